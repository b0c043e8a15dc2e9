"""A record beside simulations: measures, thresholds, false findings, and what is said where data are too few."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from spareverse.calibration.network_from_history import network_from_history
from spareverse.calibration.replay_measures import expected, longest_lead_times, measured, source_laws
from spareverse.calibration.replayed_lines import Lines, altered_demand, altered_lead_times, lines_of_record
from spareverse.calibration.universe_replay import (
    DECLARED,
    Thresholds,
    benjamini_hochberg,
    compare,
    judged,
    predicted,
    simulate,
)
from spareverse.network.calibration_table import CALIBRATION, SUBJECT
from spareverse.network.network import Network
from tests.company import day
from tests.recorded_company import DAYS, drawn_lines, record


@pytest.fixture(scope="module")
def network() -> Network:
    return network_from_history(record())


@pytest.fixture(scope="module")
def longest(network: Network) -> pl.DataFrame:
    return longest_lead_times(network, 1000.0)


def value(frame: pl.DataFrame, measure: str, column: str = "value", **of: str) -> float:
    chosen = [pl.col(name).eq_missing(pl.lit(of.get(name), pl.String)) for name in SUBJECT[1:]]
    return float(frame.filter(pl.col("measure") == measure, *chosen)[column].item())


def lines(orders: list[tuple[float, float | None]], demands: list[tuple[float, float, bool | None]]) -> Lines:
    return Lines(
        1000.0,
        pl.DataFrame(
            [("B", "CENTRE", "FIRST", when, lead, None if lead is None else lead <= 40.0) for when, lead in orders],
            schema={"part_id": pl.String, "place_id": pl.String, "source_id": pl.String, "day": pl.Float64,
                    "lead_days": pl.Float64, "on_time": pl.Boolean}, orient="row",
        ),
        pl.DataFrame(
            [("B", "CENTRE", when, pieces, late) for when, pieces, late in demands],
            schema={"part_id": pl.String, "place_id": pl.String, "day": pl.Float64, "pieces": pl.Float64,
                    "late": pl.Boolean}, orient="row",
        ),
    )  # fmt: skip


def test_measures_by_hand(network: Network, longest: pl.DataFrame) -> None:
    limit = float(longest.filter(pl.col("source_id") == "FIRST")["limit"].item())
    seen = lines([(0.0, 30.0), (10.0, 50.0), (20.0, None), (999.0, None)], [(5.0, 3.0, False), (6.0, 1.0, True)])
    found = measured(seen, network, longest)
    # the order of day 999 is too young to count, the one of day 20 counts as long as any may
    assert value(found, "lead time of a supplier", supplier_id="FIRST") == pytest.approx((80.0 + limit) / 3)
    assert value(found, "lead time of a lane", "lines", supplier_id="FIRST", place_id="CENTRE") == 3
    assert value(found, "supply on time", supplier_id="FIRST") == pytest.approx(0.5)
    assert value(found, "demand of a group", place_id="CENTRE", group="seals") == pytest.approx(2 * 0.365)
    assert value(found, "pieces of a group", place_id="CENTRE", group="seals") == pytest.approx(4 * 0.365)
    assert value(found, "orders of a place", place_id="CENTRE") == pytest.approx(4 * 0.365)
    assert value(found, "served in time", place_id="CENTRE") == pytest.approx(0.75)


def test_the_lines_of_a_record_are_those_of_its_window() -> None:
    seen = lines_of_record(record(), day(100), day(DAYS))
    assert seen.days == DAYS - 100
    assert seen.orders.filter(pl.col("part_id") == "B").height == 65
    assert seen.orders.filter(pl.col("lead_days").is_null() & (pl.col("part_id") == "B")).height == 1
    assert float(seen.demands["day"].min()) >= 0.0  # type: ignore[arg-type]
    assert not seen.demands["late"].fill_null(value=False).any()


def test_laws_agree_with_lines_drawn_from_them(network: Network, longest: pl.DataFrame) -> None:
    apart = []
    for seed in range(40):
        run = drawn_lines(network, 1000.0, seed)
        both = measured(run, network, longest).join(expected(run, network, longest), on=list(SUBJECT), nulls_equal=True)
        apart.append(both.select(*SUBJECT, ((pl.col("value") - pl.col("mean")) / pl.col("sd")).alias("z")))
    z = (
        pl.concat(apart)
        .group_by(SUBJECT)
        .agg(pl.col("z").mean().alias("mean"), pl.col("z").std().alias("sd"), pl.len())
    )
    assert z.filter(pl.col("len") == 40).height >= 8
    # four standard errors of a mean of forty, and of their spread
    assert z["mean"].abs().max() < 4.0 / np.sqrt(40.0)  # type: ignore[operator]
    assert z["sd"].is_between(0.55, 1.45).all()


def test_longer_lead_times_and_more_demand_are_found_and_nothing_else(network: Network, longest: pl.DataFrame) -> None:
    simulated = predicted([measured(drawn_lines(network, 3000.0, seed), network, longest) for seed in range(30)])
    plain = drawn_lines(network, 3000.0, 99)
    easy = Thresholds(power=0.5, single=0.01)
    calm = judged(measured(plain, network, longest), simulated, easy)
    assert calm.filter(pl.col("verdict") == "differs").is_empty()
    assert calm.columns == list(CALIBRATION.names)
    late = altered_lead_times(plain, pl.col("source_id") == "FIRST", 1.6)
    more = altered_demand(late, pl.col("part_id") == "A", 0.3, seed=1)
    found = judged(measured(more, network, longest), simulated, easy).filter(pl.col("verdict") == "differs")
    assert set(found["supplier_id"].drop_nulls()) == {"FIRST"}
    assert set(found["group"].drop_nulls()) == {"pumps"}


def test_what_an_alteration_makes_later_than_the_end_is_open() -> None:
    seen = lines([(900.0, 90.0), (0.0, 90.0)], [])
    late = altered_lead_times(seen, pl.col("part_id") == "B", 1.3)
    assert late.orders["lead_days"].to_list() == [None, 117.0]
    fewer = altered_demand(lines([], [(float(k), 1.0, None) for k in range(1000)]), pl.lit(value=True), -0.3, seed=2)
    assert fewer.demands.height == pytest.approx(700, abs=60)


def test_findings_are_those_of_benjamini_and_hochberg_1995() -> None:
    # the example of their section 3.2: fifteen p-values, of which the first four are findings at 5 %
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1.0,
    ]
    shuffled = np.random.default_rng(1).permutation(len(p))
    found = benjamini_hochberg(np.append(np.array(p)[shuffled], np.nan), 0.05)
    assert sorted(np.flatnonzero(found)) == sorted(np.flatnonzero(np.append(shuffled < 4, False)))


def one(
    observed: float | None, mean: float | None, sd: float | None, measure: str = "lead time of a supplier"
) -> dict[str, object]:
    key = {"measure": [measure], "supplier_id": ["S"], "place_id": [None], "group": [None]}
    types = dict.fromkeys(SUBJECT, pl.String)
    seen = pl.DataFrame(key | {"lines": [100], "value": [observed]}, schema_overrides=types)
    ahead = pl.DataFrame(
        key | {"mean": [mean], "sd": [sd], "lines": [100.0], "replications": [30]}, schema_overrides=types
    )
    return judged(seen.head(0 if observed is None else 1), ahead.head(0 if mean is None else 1)).row(0, named=True)


def test_verdicts() -> None:
    assert one(50.0, 50.0, 1.0)["verdict"] == "as simulated"
    assert one(52.4, 50.0, 0.01)["verdict"] == "as simulated"  # within the tolerance, however sure
    assert one(65.0, 50.0, 1.0)["verdict"] == "differs"
    assert one(35.0, 50.0, 1.0)["verdict"] == "differs"
    assert one(65.0, 50.0, 6.0)["verdict"] == "not enough data"
    assert one(None, 50.0, 1.0)["verdict"] == "not in the record"
    assert one(50.0, None, None)["verdict"] == "not in the network"
    assert one(0.7, 0.9, 0.01, "supply on time")["difference"] == pytest.approx(-0.2)
    assert "30%" in DECLARED.text()


def test_the_band_is_that_of_as_many_lines_as_were_seen() -> None:
    key = {"measure": ["lead time of a supplier"], "supplier_id": ["S"], "place_id": [None], "group": [None]}
    types = dict.fromkeys(SUBJECT, pl.String)
    ahead = pl.DataFrame(
        key | {"mean": [50.0], "sd": [1.0], "lines": [400.0], "replications": [10**6]}, schema_overrides=types
    )
    seen = pl.DataFrame(key | {"lines": [100], "value": [50.0]}, schema_overrides=types)
    row = judged(seen, ahead).row(0, named=True)
    assert (row["low"], row["high"]) == pytest.approx(
        (50.0 * np.exp(-1.96 * 0.04), 50.0 * np.exp(1.96 * 0.04)), rel=1e-3
    )


def test_the_engine_makes_what_the_laws_expect(network: Network) -> None:
    """Simulated lead times and demand against the laws of the same network: two routes, one answer."""
    days = 730.0
    longest = longest_lead_times(network, days)
    simulated = simulate(network, days, longest, replications=12)
    again = simulate(network, days, longest, replications=12)
    assert simulated.equals(again)
    run = drawn_lines(network, days, 3)
    exact = expected(run, network, longest).filter(pl.col("measure").is_in(["demand of a group", "pieces of a group"]))
    both = exact.join(simulated, on=list(SUBJECT), nulls_equal=True, suffix="_run")
    assert both.height == 6
    error = (both["mean_run"] - both["mean"]).abs() / (both["sd"] / np.sqrt(12.0))
    assert float(error.max()) < 4.0  # type: ignore[arg-type]
    of_second = simulated.filter((pl.col("measure") == "lead time of a supplier") & (pl.col("supplier_id") == "SECOND"))
    # SECOND delivers one part only, so its lead time is that of one law; cut at three spreads it loses next to nothing
    law = source_laws(network).filter(pl.col("source_id") == "SECOND").row(0, named=True)
    assert of_second["mean"].item() == pytest.approx(law["mean"], abs=4.0 * of_second["sd"].item() / np.sqrt(12.0))
    assert simulated.filter(pl.col("measure") == "served in time")["mean"].is_between(0.0, 1.0).all()


def test_a_record_beside_its_network_end_to_end(network: Network) -> None:
    found = compare(record(), network, since=day(0), until=day(DAYS), replications=6)
    assert found.columns == list(CALIBRATION.names)
    lane = (pl.col("measure") == "lead time of a lane") & (pl.col("supplier_id") == "FIRST")
    assert found.filter(lane)["simulated"].item() == pytest.approx(found.filter(lane)["observed"].item(), rel=0.15)
    assert set(found["verdict"]) <= {"as simulated", "not enough data", "differs"}
