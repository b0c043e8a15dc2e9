"""Coherence of small companies: what must hold of the index whatever the company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import polars as pl
import pytest

from spareverse.errors import Cancelled, InputRejected
from spareverse.examples.drawn_companies import drawn_company
from spareverse.network.network import Network
from spareverse.network.observer_tables import AGENT_MOVES, COHERENCE, EXTERNALITIES
from spareverse.observer.agents import Agent, agents_of, with_agents
from spareverse.observer.best_response import Rest
from spareverse.observer.coherence import Scored, assessed, coherence
from spareverse.observer.coherence_tables import tables_of
from spareverse.observer.levers import levers_of
from spareverse.observer.sample import sampled
from spareverse.observer.setting_search import Found
from spareverse.observer.trials import COST, Outcomes, Trials

REPLICATIONS = 8


def _short(network: Network, days: float = 400.0) -> Network:
    settings = network["settings"].with_columns(horizon_days=pl.lit(days), warm_up_days=pl.lit(100.0))
    return replace(network, tables={**network.tables, "settings": settings})


@pytest.fixture(scope="module")
def company() -> tuple[Trials, tuple[Agent, ...]]:
    network = with_agents(_short(drawn_company(5, parts=25)))
    return Trials(network, levers_of(network), threads=1), agents_of(network)


def _index(company: tuple[Trials, tuple[Agent, ...]], agents: Sequence[Agent]) -> dict[str, float]:
    trials, _ = company
    tables = assessed(trials, agents, sampled(trials.network, 1_000, 1), rhos=(2,), replications=REPLICATIONS)
    return tables["coherence"].to_dicts()[0]


def test_all_paid_for_the_enterprise_lead_to_its_best(company: tuple[Trials, tuple[Agent, ...]]) -> None:
    shared = _index(company, [replace(agent, enterprise_share=1.0) for agent in company[1]])
    assert shared["coherence_high"] == 1.0
    assert shared["coherence"] > 0.97  # few replications leave some in doubt, who then stay
    assert shared["price"] >= 0.0


def test_all_paid_against_it_lead_to_the_worst(company: tuple[Trials, tuple[Agent, ...]]) -> None:
    against = _index(company, [replace(agent, weights={"total_cost": 1.0}) for agent in company[1]])
    assert against["coherence"] == pytest.approx(against["floor"], rel=0.03)
    assert against["coherence"] < 0.9


def test_units_of_pay_change_nothing(company: tuple[Trials, tuple[Agent, ...]]) -> None:
    times = [replace(a, weights={name: 700.0 * weight for name, weight in a.weights.items()}) for a in company[1]]
    before = company[0].runs
    mine = _index(company, company[1])
    simulated = company[0].runs
    assert _index(company, times) == {**mine, "runs": mine["runs"]}
    assert company[0].runs == simulated, "what was simulated before is not simulated again"
    assert simulated >= before


def test_the_index_is_made_of_its_costs(company: tuple[Trials, tuple[Agent, ...]]) -> None:
    found = _index(company, company[1])
    assert found["coherence"] == pytest.approx(found["cost_best"] / found["cost_drift"])
    assert found["price"] == pytest.approx(found["cost_drift"] - found["cost_best"])
    assert found["floor"] <= found["coherence"] <= 1.0
    assert found["coherence_low"] <= found["coherence"] <= found["coherence_high"]
    assert found["cost_best"] <= found["cost_now"]


def test_tables_are_as_declared_and_the_first_answer_comes_first() -> None:
    first: list[dict[str, pl.DataFrame]] = []
    told: list[float] = []
    network = _short(drawn_company(2, parts=12), days=200.0)
    found = coherence(
        network, rhos=(1, 2), replications=11, on_first=first.append, progress=lambda share, words: told.append(share),
        threads=1,
    )  # fmt: skip
    for tables in (first[0], found):
        for declared in (COHERENCE, AGENT_MOVES, EXTERNALITIES):
            assert tables[declared.name].schema == declared.schema
    assert first[0]["coherence"]["replications"].to_list() == [4, 4]
    assert found["coherence"]["replications"].to_list() == [11, 11]
    assert found["coherence"]["runs"][0] > first[0]["coherence"]["runs"][0]
    assert told == sorted(told)
    assert max(told) <= 1.0
    agents = network["agents"].height or 4
    assert found["externalities"].height == 2 * agents * (agents + 1)
    own = found["externalities"].filter(pl.col("mover") == pl.col("on"))
    assert (own["share_of_range"] > -0.2).all(), "nobody moves against its own pay, but for noise"


def test_the_same_seed_gives_the_same_tables() -> None:
    network = _short(drawn_company(4, parts=10), days=150.0)
    once, again = (coherence(network, rhos=(1,), replications=4, seed=3, threads=threads) for threads in (1, 2))
    for name, table in once.items():
        assert table.equals(again[name]), name


def test_more_scores_tell_today_as_a_deeper_search_does() -> None:
    network = drawn_company(2, parts=10)
    few, many, deep = (
        coherence(network, rhos=(1,), replications=replications, scores=scores)["coherence"].row(0, named=True)
        for replications, scores in ((4, None), (4, 12), (12, None))
    )
    assert many["cost_now"] == deep["cost_now"] != few["cost_now"]
    assert (many["cost_now_low"], many["cost_now_high"]) == (deep["cost_now_low"], deep["cost_now_high"])


def test_agents_without_levers_are_refused() -> None:
    network = with_agents(drawn_company(1, parts=10))
    levers = network["levers"].filter(pl.col("lever") == "budget").with_columns(category=pl.lit("Gears"))
    alone = replace(network, tables={**network.tables, "levers": levers})
    with pytest.raises(InputRejected, match="nothing to find out"):
        coherence(alone, replications=4)


def test_costs_below_zero_are_refused() -> None:
    """Prices far below the value of the parts make savings of every purchase."""
    network = drawn_company(1, parts=10)
    parts = network["parts"].with_columns(pl.col("unit_cost") * 50.0)
    with pytest.raises(InputRejected, match="above zero"):
        coherence(replace(network, tables={**network.tables, "parts": parts}), rhos=(1,), replications=4)


def test_it_stops_when_asked() -> None:
    with pytest.raises(Cancelled):
        coherence(drawn_company(1, parts=10), replications=4, cancel=lambda: True)


def test_points_of_the_box_stay_in_the_box(company: tuple[Trials, tuple[Agent, ...]]) -> None:
    trials, agents = company
    moves = assessed(trials, agents, sampled(trials.network, 1_000, 1), rhos=(1, 2), replications=4)["agent_moves"]
    for rho, rows in moves.group_by("rho"):
        steps = rows.select("own_steps", "drift_steps", "best_steps").to_numpy()
        assert np.abs(steps).max() <= float(rho[0])  # type: ignore[arg-type]


def test_one_agent_with_one_lever_is_enough() -> None:
    network = with_agents(_short(drawn_company(2, parts=10), days=150.0))
    alone = {name: network[name].filter(pl.col("agent_id") == "planner") for name in ("agents", "levers", "incentives")}
    found = coherence(replace(network, tables={**network.tables, **alone}), rhos=(1,), replications=4, threads=1)
    assert found["agent_moves"].select("agent_id", "drift_steps").rows() == [("planner", -1.0)]
    assert found["externalities"].select("mover", "on").rows() == [("planner", "enterprise"), ("planner", "planner")]


def test_a_wider_box_has_no_dearer_best_and_no_cheaper_worst() -> None:
    """On fresh random numbers what the wide box proposes may be worse than what the narrow one did: it has both."""
    steps = np.array([[0.0], [1.0], [-1.0], [2.0], [-2.0]])
    cost = np.array([[10.0, 10.2], [8.0, 8.1], [15.0, 15.2], [9.0, 9.2], [12.0, 12.1]])
    outcomes = Outcomes(steps, {COST: cost, "fill_rate": np.full_like(cost, 0.9)}, cost.mean(axis=1)[:, None])
    narrow, wide = (
        Found({}, {}, Rest(np.array([-rho]), settled=True), best=np.array([rho]), worst=np.array([-rho]), ranges={})
        for rho in (1.0, 2.0)
    )
    company = drawn_company(3, parts=4)
    sample = sampled(company, 4, 1)
    trials = SimpleNamespace(part_ids=pl.Series(["P"]), levers=(), runs=10, events=10, network=company)
    scored = Scored({1.0: narrow, 2.0: wide}, outcomes, cast("Trials", trials), (), sample, seed=1)
    table = tables_of(scored)[COHERENCE.name]
    assert table["cost_best"].to_list() == pytest.approx([8.05, 8.05])
    worst = (table["coherence"] * table["cost_drift"] / table["floor"]).to_list()
    assert worst == pytest.approx([15.1, 15.1])
    # the price may fall: rest is a cheaper point here in the wide box
    assert table["price"].to_list() == pytest.approx([15.1 - 8.05, 12.05 - 8.05])
