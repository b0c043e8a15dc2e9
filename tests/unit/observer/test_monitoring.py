"""Monitors over a record with planted changes, over one without any, and over a simulated run."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.errors import UsageError
from spareverse.examples import beer_game
from spareverse.history.history import History, prepare
from spareverse.history.window import Window
from spareverse.network.observer_tables import ALARMS, AMPLIFICATION
from spareverse.network.simulation_tables import SERIES
from spareverse.observer.amplification import echelons, order_amplification
from spareverse.observer.monitoring import Watch, watch_history, watch_series
from spareverse.observer.months import Months
from spareverse.simulation.universe_run import run_universe
from tests.company import DAY_ZERO, day, tables

DAYS = 4 * 365
CHANGE = 1000
MORE, ENDED, NEW = "P000", "P001", "P002"


def record(*, changed: bool, seed: int = 1) -> History:
    """40 parts of 1.5 lines a month, three suppliers; from day 1,000 on one part sells four times as much, one not at
    all, one is new, supplier SLOW takes twice as long and promises as before, supplier BIG gets most orders."""
    random = np.random.default_rng(seed)
    sales: list[dict[str, Any]] = []
    purchases: list[dict[str, Any]] = []
    for number in range(40):
        part = f"P{number:03d}"
        factors = {MORE: (1.0, 4.0), ENDED: (2.0, 0.0), NEW: (0.0, 1.0)}.get(part) if changed else None
        for (begin, end), factor in zip(((0, CHANGE), (CHANGE, DAYS)), factors or (1.0, 1.0), strict=True):
            rate = 1.5 * factor
            days = random.integers(begin, end, random.poisson(rate * (end - begin) / 30.4))
            sales += [{"part_id": part, "ordered_on": int(when), "quantity": 1.0} for when in days]
    for when in range(0, DAYS, 3):
        later = changed and when >= CHANGE
        supplier = random.choice(["SLOW", "BIG", "CALM"], p=[0.2, 0.7, 0.1] if later else [0.34, 0.33, 0.33])
        lead = round(40.0 * random.lognormal(0.0, 0.3) * (2.0 if later and supplier == "SLOW" else 1.0))
        purchases.append(
            {"part_id": f"P{random.integers(40):03d}", "supplier_id": supplier, "order_id": f"O{when}", "line": "1",
             "ordered_on": when, "promised_on": when + 45, "quantity": 10.0, "unit_cost": 20.0,
             "received_on": when + lead if when + lead < DAYS else None}
        )  # fmt: skip
    parts = [{"part_id": f"P{n:03d}", "category": f"C{n % 2}", "unit_cost": 20.0} for n in range(40)]
    return prepare(tables(parts=parts, sales=sales, purchases=purchases), Window(DAY_ZERO, day(DAYS), day(DAYS - 1)))


@cache
def found() -> Watch:
    return watch_history(record(changed=True))


def alarm(stream: str, subject: str, monitor: str) -> dict[str, Any]:
    rows = found().alarms.filter(
        (pl.col("stream") == stream) & (pl.col("subject_id") == subject) & (pl.col("monitor") == monitor)
    )
    assert rows.height == 1, (stream, subject, monitor)
    return rows.row(0, named=True)


def near(when: date, days: int) -> bool:
    return abs((when - day(CHANGE)).days) <= days


@pytest.mark.parametrize("monitor", ["CUSUM", "change point"])
def test_more_demand_and_none_are_told_apart(monitor: str) -> None:
    more, ended = alarm("demand", MORE, monitor), alarm("demand", ENDED, monitor)
    assert (more["direction"], ended["direction"]) == ("up", "down")
    assert near(more["since"], 95)
    assert near(ended["since"], 95)
    assert more["raised"] >= more["since"]
    assert more["before_low"] < 1.5 < more["before_high"]
    assert more["after_low"] < 6.0 < more["after_high"]
    assert ended["after"] < 0.5
    assert more["q_value"] <= 0.1
    assert more["p_value"] <= more["q_value"]
    assert (more["subject_kind"], more["unit"], more["place_id"]) == ("part", "lines/month", None)


def test_a_chart_says_its_limit_and_run_length() -> None:
    more = alarm("demand", MORE, "CUSUM")
    assert more["statistic"] >= more["limit"] > 0.0
    assert more["run_length"] >= 1000.0
    assert alarm("demand", NEW, "CUSUM")["remark"] == "nothing before: new, or not in the record"


def test_a_slower_supplier_is_seen_in_lead_times_and_in_broken_promises() -> None:
    for monitor in ("CUSUM", "EWMA", "change point"):
        slow = alarm("lead time", "SLOW", monitor)
        assert slow["direction"] == "up"
        assert near(slow["since"], 60)
        assert slow["after_low"] > slow["before_high"]
        assert slow["after"] / slow["before"] == pytest.approx(2.0, rel=0.25)
    late = alarm("lateness", "SLOW", "CUSUM")
    assert late["unit"] == "days"
    assert late["before"] < 0.0 < late["after_low"]


def test_money_that_piles_up_names_who_gained() -> None:
    piled = alarm("concentration of spend over suppliers", "all parts", "concentration")
    assert piled["direction"] == "up"
    assert piled["before"] == pytest.approx(1 / 3, abs=0.03)
    assert piled["before_high"] < piled["after_low"]
    assert piled["remark"].startswith("largest gain: BIG, from 3")


def test_little_else_is_reported() -> None:
    watch = found()
    assert watch.alarms.schema == ALARMS.schema
    assert watch.alarms.select(ALARMS.identity).is_duplicated().sum() == 0
    assert watch.alarms["q_value"].is_sorted()
    assert watch.alarms["q_value"].max() <= 0.1
    parts = watch.alarms.filter((pl.col("stream") == "demand") & (pl.col("subject_kind") == "part"))
    assert set(parts["subject_id"]) - {MORE, ENDED, NEW} == set()
    assert watch.tests > 200


def test_a_record_without_a_change_raises_next_to_nothing() -> None:
    """Three records of about 200 tests: each family alarms falsely in at most a tenth of records."""
    false = [watch_history(record(changed=False, seed=seed)).alarms for seed in (2, 3, 4)]
    assert sum(alarms.height for alarms in false) <= 6
    assert min(alarms.height for alarms in false) == 0


def test_the_window_is_cut_to_whole_months_that_are_over() -> None:
    months = Months.of(Window(date(2020, 1, 15), date(2022, 1, 1), date(2021, 6, 29)))
    assert (months.periods.first, months.count) == (date(2020, 2, 1), 16)
    assert Months.of(Window(date(2020, 1, 1), date(2022, 1, 1), date(2021, 6, 30))).count == 18
    short = prepare(
        tables(sales=[{"part_id": "A", "ordered_on": 5, "quantity": 1.0}]), Window(day(0), day(60), day(59))
    )
    assert watch_history(short).alarms.is_empty()


# simulated runs ----------------------------------------------------------------------------------------------------


def series(periods: int, change: int, replication: int = 0) -> pl.DataFrame:
    """Two places of 20 demands a period; at one of them demand and waiting double with period ``change``."""
    random = np.random.default_rng(5)
    empty = {name: 0.0 for name in SERIES.names if name not in ("scenario", "place_id")}
    rows = []
    for place in ("A", "B"):
        for period in range(periods):
            level = 2.0 if place == "B" and period >= change else 1.0
            demands = int(random.poisson(20.0 * level))
            rows.append(
                empty
                | {"scenario": "base", "replication": replication, "place_id": place, "period": period,
                   "start_day": 60.0 + 30.0 * period, "days": 30.0, "demands": demands,
                   "pieces_ordered": float(demands), "waiting_piece_days": level * random.lognormal(2.0, 0.4),
                   "stock_value": random.normal(1000.0, 50.0)}
            )  # fmt: skip
    return pl.DataFrame(rows, schema=SERIES.schema, strict=False)


def test_a_run_is_watched_by_the_same_monitors() -> None:
    alarms = watch_series(series(72, 50)).alarms
    at_b = alarms.filter((pl.col("subject_id") == "B") & (pl.col("monitor") == "CUSUM"))
    demand = at_b.filter(pl.col("stream") == "demand").row(0, named=True)
    assert demand["since_day"] == pytest.approx(60.0 + 30.0 * 50, abs=31.0)
    assert demand["raised_day"] <= 60.0 + 30.0 * 53
    assert demand["since"] is None
    assert demand["after"] == pytest.approx(40.0, rel=0.1)
    assert {"demand", "orders", "waiting"} <= set(at_b["stream"])
    assert alarms.filter(pl.col("subject_id") == "A").is_empty()
    assert watch_series(series(72, 99)).alarms.height <= 1
    with pytest.raises(UsageError, match="no replication 3"):
        watch_series(series(30, 99), replication=3)


def test_the_beer_game_amplifies_stage_by_stage() -> None:
    """Orders of each stage vary more than those below it, as the game is known for."""
    network = beer_game.network()
    levels = dict(echelons(network).iter_rows())
    assert sorted(levels.values()) == [1, 2, 3, 4]
    assert levels["RETAILER"] == 1
    run = run_universe(network, replications=1, seed=0, causes=False)
    rows = order_amplification(network, run.tables["series"])
    assert rows.schema == AMPLIFICATION.schema
    assert rows["echelon"].to_list() == [1, 2, 3, 4]
    assert rows["whole"].is_sorted()
    assert rows["whole"][3] > rows["whole"][0] > 1.0
    assert rows["stage"][0] == pytest.approx(rows["whole"][0])
    assert order_amplification(network, SERIES.empty()).is_empty()
