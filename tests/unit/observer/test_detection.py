"""Which monitor notices what in simulated runs: planted changes, their delay, and alarms without them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from spareverse.errors import UsageError
from spareverse.network.observer_tables import NOTICED
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import EVENTS, SERIES
from spareverse.observer.detection import FIRST_DAY, Change, changes, detections

RUNS, PERIODS, LENGTH, DAY = 6, 36, 10.0, 205.0


def series(runs: int = RUNS) -> pl.DataFrame:
    """Two places; in the scenario demand at B triples and receipts at A stop with period 20."""
    random = np.random.default_rng(3)
    empty = {name: 0.0 for name in SERIES.names if name not in ("scenario", "place_id")}
    rows = []
    for scenario in ("base", "shock"):
        for run in range(runs):
            for place in ("A", "B"):
                for period in range(PERIODS):
                    struck = scenario == "shock" and period >= 20
                    rows.append(
                        empty
                        | {"scenario": scenario, "replication": run, "place_id": place, "period": period,
                           "start_day": LENGTH * period, "days": LENGTH,
                           "demands": int(random.poisson(20.0 * (3.0 if struck and place == "B" else 1.0))),
                           "pieces_ordered": float(random.poisson(50.0)),
                           "pieces_received": 0.0 if struck and place == "A" else float(random.poisson(50.0)),
                           "waiting_piece_days": random.lognormal(2.0, 0.4), "stock_value": random.normal(1e3, 50.0)}
                    )  # fmt: skip
    return pl.DataFrame(rows, schema=SERIES.schema, strict=False)


def events() -> pl.DataFrame:
    """A delivery every four days from S1 and S2; those of S1 take twice as long from day 205 on in the scenario."""
    random = np.random.default_rng(4)
    rows = []
    for scenario in ("base", "shock"):
        for source in ("S1", "S2"):
            for day in range(0, 360, 4):
                longer = scenario == "shock" and source == "S1" and day >= DAY
                rows.append({"scenario": scenario, "replication": 0, "day": float(day), "kind": "delivery",
                             "part_id": "P", "place_id": "A", "source_id": source, "quantity": 1,
                             "days": 20.0 * random.lognormal(0.0, 0.2) * (2.0 if longer else 1.0)})  # fmt: skip
    return pl.DataFrame([{name: row.get(name) for name in EVENTS.names} for row in rows], schema=EVENTS.schema)


@pytest.fixture(scope="module")
def found() -> pl.DataFrame:
    return detections(series(), events(), [Change("shock", "strike", DAY)], base="base")


def row(found: pl.DataFrame, stream: str, subject: str, monitor: str, kind: str | None = None) -> dict[str, object]:
    rows = found.filter(stream=stream, subject_id=subject, monitor=monitor)
    return (rows if kind is None else rows.filter(subject_kind=kind)).row(0, named=True)


def test_a_planted_change_is_noticed_in_every_run_and_its_delay_told(found: pl.DataFrame) -> None:
    demand = row(found, "demand", "B", "CUSUM")
    assert (demand["runs"], demand["noticed"], demand["false_alarms"], demand["direction"]) == (RUNS, RUNS, 0, "up")
    assert demand["delay_days"] == 210.0 - DAY, "known at the end of the period in which it began"
    assert demand["watched_days"] == 360.0 - DAY
    receipts = row(found, "receipts", "A", "CUSUM")
    assert (receipts["noticed"], receipts["direction"]) == (RUNS, "down")
    assert 0.0 < receipts["delay_days_low"] <= receipts["delay_days"] <= receipts["delay_days_high"] <= 65.0


def test_longer_lead_times_are_noticed_by_supplier_and_lane_when_deliveries_come(found: pl.DataFrame) -> None:
    for kind in ("supplier", "lane"):
        slow = row(found, "lead time", "S1", "EWMA", kind)
        assert (slow["runs"], slow["noticed"], slow["false_alarms"], slow["direction"]) == (1, 1, 0, "up")
        assert 4.0 <= slow["delay_days"] <= 40.0
        assert row(found, "lead time", "S2", "EWMA", kind)["noticed"] == 0
    assert row(found, "lead time", "S1", "EWMA", "lane")["place_id"] == "A"


def test_what_did_not_change_alarms_as_seldom_as_its_undisturbed_twin(found: pl.DataFrame) -> None:
    """156 days of 10 at a run length of 1,000 in two directions: 3 % of charts by design."""
    assert found.schema == NOTICED.schema
    calm = found.filter(~pl.col("stream").is_in(["demand", "receipts", "lead time"]))
    for column in ("noticed", "false_alarms"):
        assert calm[column].sum() / calm["runs"].sum() < 0.08
    assert found["noticed"][0] == RUNS
    again = detections(series(), events(), [Change("shock", "strike", DAY)], base="base")
    assert again.equals(found)


def test_a_change_is_watched_until_another_begins() -> None:
    told = [Change("shock", "first", 105.0), Change("shock", "strike", DAY)]
    found = detections(series(), EVENTS.empty(), told, base="base")
    first = found.filter(disturbance="first")
    assert first["watched_days"].unique().to_list() == [pytest.approx(200.0 - 105.0)]
    assert first["noticed"].sum() / first["runs"].sum() < 0.08
    assert "lead time" not in found["stream"]


def test_false_alarms_are_counted_as_long_as_the_scenario_is_watched() -> None:
    """Another scenario, watched longer from the same day, changes nothing."""
    one = series()
    both = pl.concat([one, one.filter(scenario="shock").with_columns(scenario=pl.lit("longer"))])
    short = [Change("shock", "first", 105.0), Change("shock", "strike", 135.0)]
    alone = detections(both, EVENTS.empty(), short, base="base", run_length=30.0)
    beside = detections(both, EVENTS.empty(), [Change("longer", "first", 105.0), *short], base="base", run_length=30.0)
    assert alone["false_alarms"].sum() > 0
    assert beside.filter(scenario="shock").equals(alone)


def test_what_begins_in_a_scenario() -> None:
    strike = {"disturbance_id": "strike", "kind": "outage", "target_id": "S1", "start_day": 30.0, "days": 20.0}
    random = {**strike, "disturbance_id": "weather", "start_day": None, "every_days": 100.0}
    assert changes(Scenario("both", disturbances=(strike, random))) == [Change("both", "strike", 30.0)]
    assert changes(Scenario("faster")) == [Change("faster", FIRST_DAY, 0.0)]


def test_one_replication_has_no_past() -> None:
    with pytest.raises(UsageError, match="two replications"):
        detections(series(1), EVENTS.empty(), [Change("shock", "strike", DAY)], base="base")
