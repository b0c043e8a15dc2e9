"""Components by hand, an interval that covers, replications added, and what a sample of parts leaves open."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from spareverse.examples.drawn_companies import drawn_company
from spareverse.network.simulation_tables import SERIES
from spareverse.observer.battery import DAYS, PERIOD_DAYS
from spareverse.observer.battery_runs import INNER, OUTER, BatteryRuns, added_up, run_battery
from spareverse.observer.homeostasis import LOST_DAYS, REFERENCES, WEIGHTS, Homeostasis, assess, homeostasis
from spareverse.observer.sample import Sample, sampled
from spareverse.simulation.universe.measures import MEASURES, per_replication
from spareverse.simulation.universe_run import run_variants

PERIODS = 4


def series(scenario: str, replication: int, **columns: list[float]) -> pl.DataFrame:
    """One scenario of one replication at two places; what is not named is zero."""
    rows = [
        {
            **{name: 0.0 for name in SERIES.names if name not in ("scenario", "place_id")},
            "scenario": scenario, "replication": replication, "place_id": place, "period": period,
            "start_day": 365.0 + period * PERIOD_DAYS, "days": PERIOD_DAYS,
            **({name: values[period] for name, values in columns.items()} if place == OUTER else {}),
        }
        for place in (OUTER, INNER)
        for period in range(PERIODS)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=SERIES.schema, strict=False)


def runs(frames: list[pl.DataFrame], replications: int) -> BatteryRuns:
    return BatteryRuns(pl.concat(frames), pl.DataFrame(), (), replications, 0)


CALM = {
    "demands": [5.0] * 4, "pieces_demanded": [10.0, 10.0, 10.0, 30.0], "waiting_piece_days": [6.0] * 4,
    "stock_value": [100.0] * 4, "emergency_orders": [0.0, 1.0, 0.0, 0.0], "pieces_ordered": [0.0, 40.0, 0.0, 20.0],
}  # fmt: skip
PULSE = {**CALM, "waiting_piece_days": [6.0, 206.0, 106.0, 6.0], "stock_value": [100.0, 40.0, 70.0, 110.0],
         "emergency_orders": [0.0, 3.0, 1.0, 0.0], "pieces_lost": [0.0, 1.0, 0.0, 0.0]}  # fmt: skip


def test_components_by_hand() -> None:
    """60 pieces in 40 days; two runs alike, so that there is no noise."""
    found = assess(runs([series(name, run, **columns) for run in range(2)
                         for name, columns in (("none", CALM), ("pulse", PULSE))], 2))  # fmt: skip
    rows = {(row["disturbance"], row["component"]): row for row in found.tables["homeostasis"].iter_rows(named=True)}
    extra = 200.0 + 100.0 + LOST_DAYS
    expected = {
        ("pulse", "loss"): extra / (60.0 / 40.0 * DAYS["pulse"]),
        ("pulse", "recovery"): PERIOD_DAYS * extra / (200.0 + LOST_DAYS),
        ("pulse", "swing"): 60.0 / 100.0,
        ("pulse", "firefighting"): 3.0 / 20.0,
        ("none", "waiting"): 24.0 / 60.0,
        ("none", "firefighting"): 1.0 / 20.0,
        ("none", "amplification"): np.var([0, 40, 0, 20]) / np.var([10, 10, 10, 30]),
    }
    assert rows.keys() == expected.keys()
    for key, value in expected.items():
        assert rows[key]["value"] == pytest.approx(value)
        assert rows[key]["h"] == pytest.approx(1.0 / (1.0 + value / REFERENCES[key[1]]))
        assert rows[key]["value_low"] == pytest.approx(rows[key]["value_high"]) == pytest.approx(value)
    total = sum(WEIGHTS[component] * math.log(row["h"]) for (_, component), row in rows.items())
    index = math.exp(total / sum(WEIGHTS[component] for _, component in rows))
    assert (found.index, found.low, found.high) == pytest.approx((index, index, index))
    assert found.worst == min(rows, key=lambda key: rows[key]["h"]) == ("pulse", "firefighting")
    curve = found.tables["recovery"]
    assert curve["day"].to_list() == [5.0, 15.0, 25.0, 35.0]
    assert curve["waiting"].to_list() == [0.0, 20.0, 10.0, 0.0]
    assert curve["stock"].to_list() == [0.0, -60.0, -30.0, 10.0]


def test_a_disturbance_that_helps_counts_as_none_and_nothing_is_recovered_from_it() -> None:
    better = {**CALM, "waiting_piece_days": [0.0] * 4, "emergency_orders": [0.0] * 4}
    found = assess(runs([series(name, run, **columns) for run in range(2)
                         for name, columns in (("none", CALM), ("pulse", better))], 2))  # fmt: skip
    values = {row["component"]: row["value"] for row in
              found.tables["homeostasis"].filter(pl.col("disturbance") == "pulse").iter_rows(named=True)}  # fmt: skip
    assert values == {"loss": 0.0, "recovery": 0.0, "swing": 0.0, "firefighting": 0.0}


def test_the_interval_covers_the_index_of_the_means() -> None:
    """95 % of 120 draws of eight replications: between 106 and 119 with a chance above 99 %."""
    generator = np.random.default_rng(5)
    truth = _noisy(np.zeros((2, PERIODS)))
    covered = 0
    for _ in range(120):
        found = _noisy(generator.normal(0.0, 60.0, (8, PERIODS)))
        covered += found.low <= truth.index <= found.high
    assert 106 <= covered <= 119


def _noisy(noise: NDArray[np.float64]) -> Homeostasis:
    frames = []
    for run, moved in enumerate(noise):
        waits = [max(6.0 + extra, 0.0) for extra in (0.0, 400.0 + moved[1], 200.0 + moved[2], moved[3] * 0.0)]
        frames += [series("none", run, **CALM), series("pulse", run, **{**PULSE, "waiting_piece_days": waits})]
    return assess(runs(frames, len(noise)))


@cache
def company_runs(seed: int) -> BatteryRuns:
    return run_battery(drawn_company(3, parts=12), replications=2, seed=seed)


def test_replications_are_added() -> None:
    first, second = company_runs(1), company_runs(2)
    both = first.and_more(second)
    assert both.replications == 4
    assert both.series["replication"].unique().sort().to_list() == [0, 1, 2, 3]
    waited = [one.parts["waiting_piece_days"].sum() for one in (first, second, both)]
    assert waited[2] == pytest.approx((waited[0] + waited[1]) / 2)
    # means over the replications by part are those of the series
    assert waited[2] == pytest.approx(both.series["waiting_piece_days"].sum() / 4)


def test_places_added_up_keep_every_measure() -> None:
    network = drawn_company(3, parts=12)
    tables, _ = run_variants([("none", lambda: network)], replications=2, seed=1)
    one = tables["series"]
    again = added_up(one, ["CENTRAL"])
    assert set(again["place_id"]) == {OUTER, INNER}
    for name in MEASURES:
        before, after = (per_replication(each, name)["value"].fill_null(0.0).to_list() for each in (one, again))
        assert after == pytest.approx(before), name


def test_a_sample_of_the_parts_widens_the_limits() -> None:
    part = sampled(drawn_company(3, parts=60), 24, 1)
    some = run_battery(part.network, replications=2, seed=1)
    of_all = assess(some, Sample(part.network, part.strata, 24, ""))
    of_some = assess(some, part)
    assert of_some.index == of_all.index
    assert of_some.low < of_all.low
    assert of_some.high >= of_all.high


def test_the_same_seed_finds_the_same() -> None:
    network = drawn_company(3, parts=12)
    first, again = (homeostasis(network, replications=2, seed=9) for _ in range(2))
    assert first.index == again.index
    assert first.tables["homeostasis"].equals(again.tables["homeostasis"])
    assert 0.0 < first.low <= first.index <= first.high <= 1.0
