"""Recommendations: what helps survives, what does not is not shown, whoever proposes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest

from spareverse.examples import incentives
from spareverse.examples.drawn_companies import CENTRAL, company, drawn_company
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.observer_tables import RECOMMENDATIONS
from spareverse.network.scenario import Override, Scenario
from spareverse.observer.incentive_nudges import pay_nudges
from spareverse.observer.intervals import Interval, mean
from spareverse.observer.nudge_trials import EFFECTS, NudgeTrial, chance_of_luck
from spareverse.observer.nudges import AMONG_SAMPLE, Nudge, candidates
from spareverse.observer.packages import package
from spareverse.observer.recommendations import Advice, _promising, _verdicts, recommend
from spareverse.observer.sample import sampled
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe_run import run_universe
from tests.networks_small import chain


@pytest.fixture(scope="module")
def network() -> Network:
    """The chain with penalties that make its stock too low."""
    tables = dict(chain().tables)
    tables["customers"] = tables["customers"].with_columns(penalty_per_piece_day=pl.lit(40.0))
    return with_distances(checked_network(tables, name="chain"))


def _nudge(name: str, table: str, column: str, factor: float) -> Nudge:
    return Nudge("stock_level", name, Scenario(name, name, (Override(table, column, factor=factor),)))


@pytest.fixture(scope="module")
def advice(network: Network) -> Advice:
    poison = _nudge("half the stock", "stock", "order_up_to", 0.5)
    nothing = _nudge("pay holding as before", "places", "order_cost", 1.0)
    return recommend(network, more=[poison, nothing], replications=16, seed=2)


def test_more_stock_where_waiting_is_dear_survives(advice: Advice) -> None:
    shown = advice.shown
    assert shown.height > 0
    assert (shown["cost_change_high"] < 0).all()
    assert (shown["kind"] == "stock_level").any()
    assert shown["rank"].to_list() == sorted(shown["rank"].to_list())
    assert advice.table.schema == RECOMMENDATIONS.schema


def test_a_harmful_nudge_is_never_shown_and_one_that_changes_nothing_never_tried(advice: Advice) -> None:
    assert "half the stock" not in advice.shown["nudge_id"]
    assert "half the stock" in advice.table["nudge_id"]
    assert "pay holding as before" not in advice.table["nudge_id"]


def test_gains_hold_on_other_futures(network: Network, advice: Advice) -> None:
    best = advice.scenarios[advice.shown["nudge_id"][0]]
    run = run_universe(network, [best], replications=40, seed=99, causes=False)
    change = run.tables["differences"].filter(pl.col("measure") == "total_cost").row(0, named=True)
    assert change["high"] < 0
    promised = advice.shown.row(0, named=True)
    days = float(network.setting("horizon_days"))
    assert promised["cost_change_low"] < change["high"] / days
    assert change["low"] / days < promised["cost_change_high"]


def test_no_nudge_survives_where_nothing_can_be_gained(network: Network) -> None:
    """Candidates without effect on the cost: at most one in twenty would survive by luck, here none."""
    idle = [
        Nudge("stock_level", f"idle {k}", Scenario(f"idle {k}", "", (Override("suppliers", "lines", value=40 + k),)))
        for k in range(3)
    ]
    far = network["suppliers"].with_columns(lines=pl.lit(30, pl.Int64))
    plenty = Network({**network.tables, "suppliers": far}, "chain")
    advice = recommend(plenty, more=idle, replications=8, seed=4)
    assert not set(advice.shown["nudge_id"]) & {nudge.id for nudge in idle}


def test_pay_that_follows_the_enterprise_is_tried_where_agents_are_declared() -> None:
    """Only pay that leads elsewhere is a nudge; it is held against the drift, not against today."""
    network = company(incentives.COMPANY, seed=3, parts=12, name="small", agents=incentives.agents())
    found = pay_nudges(with_distances(network), seed=1)
    assert found.runs > 0
    assert found.nudges
    assert set(found.agents.values()) <= set(network["agents"]["agent_id"])
    for nudge in found.nudges:
        assert nudge.kind == "incentive"
        assert any(not found.rests[nudge.id][name].equals(found.drift[name]) for name in ("stock", "sourcing"))
        paid = apply_scenario(network, nudge.scenario)["agents"].filter(agent_id=found.agents[nudge.id])
        assert paid["enterprise_share"].to_list() == [0.5]
    assert pay_nudges(with_distances(checked_network(dict(chain().tables))), seed=1).runs == 0


def test_of_pay_every_effect_has_its_limits_of_a_sample_too() -> None:
    network = with_distances(company(incentives.COMPANY, seed=3, parts=12, name="small", agents=incentives.agents()))
    sample = sampled(network, 8, seed=1)
    found = recommend(sample.network, sample=sample, whole=network, kinds=("incentive",), replications=6, seed=1)
    rows = found.table.to_dicts()
    assert rows
    for row in rows:
        assert (row["kind"], row["simulated_days"]) == ("incentive", float(network.setting("horizon_days")))
        assert row["cost_today"] > 0
        for column in EFFECTS:
            assert row[f"{column}_low"] <= row[column] <= row[f"{column}_high"]
        assert row["fill_change_low"] < row["fill_change_high"]
        assert row["side_effects"].startswith("Against where all follow today's pay")


def test_a_package_is_no_worse_than_its_best_member(network: Network, advice: Advice) -> None:
    together = package(network, advice, replications=12, seed=5)
    assert together
    assert together[0] == advice.shown["nudge_id"][0]
    assert len(set(together)) == len(together)


def test_candidates_point_at_what_is_charged(network: Network) -> None:
    run = run_universe(network, replications=3, seed=1)
    found = candidates(network, run.tables["points"], run.tables["causes"])
    assert {nudge.kind for nudge in found} >= {"stock_level", "capacity"}
    assert len({nudge.id for nudge in found}) == len(found)
    more_lines = next(nudge for nudge in found if nudge.kind == "capacity")
    assert more_lines.scenario.overrides[0].value == 2


LOWER = Nudge("stock_level", "lower", Scenario("lower", "lower", (
    Override("stock", "reorder_point", {"place_id": CENTRAL}, factor=0.7),
)))  # fmt: skip


def test_of_a_sample_effects_are_told_for_the_whole_and_its_error_widens_them() -> None:
    """The change of the stock value of 240 parts from 60 of them: by a quarter too little if it is not scaled up."""
    whole = with_distances(drawn_company(3, parts=240))
    found = []
    for network, sample in ((whole, None), ((part := sampled(whole, 60, seed=1)).network, part)):
        changed = {LOWER.id: apply_scenario(network, LOWER.scenario)}
        found.append(NudgeTrial(network, changed, [LOWER], 4, 1, None, None, None, sample))
    true, estimated = (trial.effect("stock_change", LOWER) for trial in found)
    alone = found[1].change("stock_value", LOWER)
    assert estimated.value == pytest.approx(4.0 * alone.mean())
    assert estimated.low < true.value < estimated.high
    assert alone.mean() > 0.5 * true.value  # a loss of less than half of what it is
    share = found[1].effect("fill_change", LOWER)
    assert share.value == pytest.approx(found[1].change("fill_rate", LOWER).mean())
    for column in EFFECTS:
        effect = found[1].effect(column, LOWER)
        assert effect.low <= effect.value <= effect.high
    named = replace(LOWER, named=True)
    assert found[1].effect("stock_change", named).value == pytest.approx(alone.mean())


def test_of_a_sample_nudges_are_written_for_the_whole(network: Network) -> None:
    run = run_universe(network, replications=3, seed=1)
    suppliers = network["suppliers"].with_columns(pl.col("lines") * 5)
    whole = Network({**network.tables, "suppliers": suppliers}, network.name)
    found = candidates(network, run.tables["points"], run.tables["causes"], whole=whole)
    lines = next(nudge for nudge in found if nudge.kind == "capacity")
    assert lines.scenario.overrides[0].value == 2
    assert lines.whole is not None
    assert lines.whole.scenario.overrides[0].value == 10
    assert lines.whole.title.startswith("5 more lines")
    listed = [nudge for nudge in found if nudge.named]
    assert listed
    assert all(AMONG_SAMPLE in nudge.remark for nudge in listed)


@dataclass
class Tried:
    """Changes of cost and of service by nudge, of a network that costs 100."""

    changes: dict[str, tuple[np.ndarray, np.ndarray]]

    @property
    def nudges(self) -> list[Nudge]:
        return [_nudge(name, "stock", "order_up_to", 1.1) for name in self.changes]

    def change(self, measure: str, nudge: Nudge) -> np.ndarray:
        return self.changes[nudge.id][measure == "fill_rate"]

    def effect(self, column: str, nudge: Nudge) -> Interval:
        return mean(self.changes[nudge.id][column == "fill_change"])

    def chance_of_luck(self, column: str, nudge: Nudge, *, more: bool = False) -> float:
        change = self.changes[nudge.id][column == "fill_change"]
        return chance_of_luck(-change if more else change)

    def values(self, _measure: str) -> np.ndarray:
        return np.full(6, 100.0)


NOISE = np.array([-1.0, 1.0, -0.5, 0.5, -0.2, 0.2])


def test_without_a_price_on_waiting_what_serves_for_next_to_nothing_is_scored() -> None:
    """Its cost may be a little less or a little more: neither the sign nor the noise of it drops the service."""
    tried = Tried({
        "nearly free": (0.05 + NOISE, 0.04 + 0.001 * NOISE),
        "cheaper": (-5.0 + NOISE, 0.0 * NOISE),
        "serves less": (-9.0 + NOISE, -0.04 + 0.001 * NOISE),
        "dear": (5.0 + NOISE, 0.0 * NOISE),
    })  # fmt: skip
    assert {nudge.id for nudge in _promising(tried, priced=False)} == {"nearly free", "cheaper"}  # type: ignore[arg-type]
    assert [nudge.id for nudge in _promising(tried, priced=True)] == ["serves less", "cheaper"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("priced", "verdict"), [(True, "survives"), (False, "not clear")])
def test_what_serves_less_is_no_advice_where_waiting_has_no_price(priced: bool, verdict: str) -> None:
    tried = Tried({"less pay": (-50.0 + NOISE, -0.05 + 0.001 * NOISE)})
    assert _verdicts(tried, priced) == {"less pay": verdict}  # type: ignore[arg-type]
