"""The reproduction of coherence: its ranks, its drawn pay, and agents that try things for a year."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spareverse.cli.coherence import reproduce
from spareverse.examples.drawn_companies import drawn_company
from spareverse.network.agent_tables import MEASURES_PAID
from spareverse.network.geography import with_distances
from spareverse.observer.agents import Agent, agents_of, with_agents
from spareverse.observer.coherence_validity import VALIDITY
from spareverse.observer.levers import levers_of
from spareverse.reproduction import coherence, incentive_drift

RECORD = Path(__file__).parents[3] / "docs" / "validation" / "coherence.json"


def test_ranks_within_networks_are_not_those_over_all() -> None:
    """Two networks, in each of which order is reversed, one all above the other."""
    index = np.arange(40.0)
    good = np.concatenate([np.arange(20.0)[::-1], 100.0 + np.arange(20.0)[::-1]])
    found = coherence._rank_correlation(index, good, np.array(["a"] * 20 + ["b"] * 20), 1)
    differences = index - good.argsort().argsort()
    assert found["within"]["value"] == pytest.approx(-1.0)
    assert found["all"]["value"] == pytest.approx(1.0 - 6.0 * (differences**2).sum() / (40 * (40**2 - 1)))
    assert found["all"]["low"] <= found["all"]["value"] <= found["all"]["high"]


def test_drawn_pay_is_for_measures_of_a_run() -> None:
    agents = [Agent(name, {}, 0.0) for name in ("one", "two", "three")] * 20
    paid = coherence.drawn_pay(agents, np.random.default_rng(4))
    assert {name for agent in paid for name in agent.weights} <= set(MEASURES_PAID)
    assert {len(agent.weights) for agent in paid} == {1, 2}
    shares = np.array([agent.enterprise_share for agent in paid])
    assert 0.25 < (shares == 0.0).mean() < 0.75
    assert shares.max() < 1.0


def test_agents_try_things_near_today_and_the_same_ones_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incentive_drift, "ROUNDS", 2)
    monkeypatch.setattr(incentive_drift, "FINAL_REPLICATIONS", 3)
    network = with_distances(with_agents(drawn_company(2, parts=8)))
    levers, agents = levers_of(network), agents_of(network)
    once, again = (incentive_drift.drift(network, levers, agents, 5) for _ in range(2))
    assert once.steps == again.steps
    assert np.abs(once.steps).max() <= incentive_drift.WIDTH
    assert any(once.steps)
    assert once.cost_more.mean() == pytest.approx(once.cost_after - once.cost_before)
    assert len(once.cost_more) == 3


def test_planners_paid_for_less_stock_try_their_way_to_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incentive_drift, "FINAL_REPLICATIONS", 2)
    network = with_distances(with_agents(drawn_company(2, parts=8)))
    levers = [lever for lever in levers_of(network) if lever.agent == "planner"]
    planner = [agent for agent in agents_of(network) if agent.name == "planner"]
    assert incentive_drift.drift(network, levers, planner, 1).steps[0] < -0.8


def test_the_record_is_what_the_product_says_of_its_index() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    found = record["validity"]["rank_correlation"]["all"]
    assert VALIDITY.settings == len(record["validity"]["settings"])
    assert (VALIDITY.correlation, VALIDITY.low, VALIDITY.high) == pytest.approx(
        (found["value"], found["low"], found["high"]), abs=0.001
    )


def test_the_command_prints_the_record(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    given: dict[str, Any] = {}
    monkeypatch.setattr(coherence, "run", lambda **options: (given.update(options), record)[1])
    reproduce(None, 3, None, as_json=False)
    printed = capsys.readouterr().out
    assert given["seed"] == 3
    assert "replications" not in given
    assert "rank correlation" in printed
    assert "split incentives" in printed
