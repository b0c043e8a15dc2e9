"""Changes made to a record of a known network are found, and what was not changed is not."""

from __future__ import annotations

import polars as pl
import pytest

from spareverse.calibration.detection import detect
from spareverse.calibration.replay_measures import expected, longest_lead_times, measured
from spareverse.calibration.universe_replay import predicted
from spareverse.network.network import Network
from tests.recorded_company import drawn_lines

DAYS = 2000.0


@pytest.fixture(scope="module")
def network() -> Network:
    """Ten suppliers of thirty parts each at one place; their lines are enough to find 30 %."""
    parts = [f"P{number:03d}" for number in range(300)]
    supplier = [f"S{number % 10}" for number in range(300)]
    point = {"part_id": parts, "place_id": ["X"] * 300}
    return Network.of({
        "places": pl.DataFrame({"place_id": ["X"]}),
        "suppliers": pl.DataFrame({"supplier_id": sorted(set(supplier))}),
        "parts": pl.DataFrame({"part_id": parts, "category": [f"G{number % 3}" for number in range(300)]}),
        "sourcing": pl.DataFrame(point | {"source_id": supplier, "lead_time": ["weibull(shape=2, scale=40) d"] * 300}),
        "demands": pl.DataFrame(point | {"per_year": [3.0] * 300, "pieces": ["empirical(1, 1, 2)"] * 300}),
        "stock": pl.DataFrame(point),
    })  # fmt: skip


def test_what_is_altered_is_flagged_and_the_rest_is_not(network: Network) -> None:
    record = drawn_lines(network, DAYS, 7)
    longest = longest_lead_times(network, DAYS)
    simulated = predicted([measured(drawn_lines(network, DAYS, 100 + seed), network, longest) for seed in range(12)])
    found = detect(record, network, longest, simulated, seeds=range(6))
    assert found.draws.height == 18
    assert found.altered_flagged >= 0.9
    assert found.rest_flagged <= 0.05
    assert found.reached
    assert found.rest["tested"].min() > 10  # type: ignore[operator]
    # a lane is drawn of another supplier than the supplier that is
    by_kind = found.draws.pivot("measure", index="seed", values="supplier_id")
    assert (by_kind["lead time of a supplier"] != by_kind["lead time of a lane"]).all()


def test_power_falls_with_fewer_lines(network: Network) -> None:
    record = drawn_lines(network, 150.0, 7)
    longest = longest_lead_times(network, 150.0)
    found = detect(record, network, longest, expected(record, network, longest), seeds=range(2))
    thin = found.power.filter((pl.col("measure") == "lead time of a supplier") & (pl.col("change") == 0.3))
    assert thin["subjects"].sum() == 10
    many = drawn_lines(network, DAYS, 8)
    limit = longest_lead_times(network, DAYS)
    more = detect(many, network, limit, expected(many, network, limit), seeds=range(2))
    full = more.power.filter((pl.col("measure") == "lead time of a supplier") & (pl.col("change") == 0.3))
    assert (full["found"] * full["subjects"]).sum() >= (thin["found"] * thin["subjects"]).sum()
    assert more.power.filter(pl.col("change") == 0.0)["found"].max() == 0.0
