"""What a network of a company's record is made of: its stock points, order lines, demand models and lead times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.calibration.impossible_figures import refuse_record
from spareverse.history.cycles import reorder_cycles
from spareverse.history.history import History, prepare
from spareverse.history.planning import as_known
from spareverse.history.planning_data import PlanningData
from spareverse.history.window import Window, months_before
from spareverse.jit import Cancel, Progress
from spareverse.optimisation.costs import CostFile
from spareverse.optimisation.demand_choice import DemandModels, model_demand
from spareverse.optimisation.planning_inputs import SUPPLY_MONTHS, planning_data

Tables = Mapping[str, pl.DataFrame]
Floats = NDArray[np.float64]

ONE_PLACE = "main store"
"""Name of the stock of a company that names no places."""
NO_PLACE = "no place named"
NO_SUPPLIER = "supplier not named"
YEAR_DAYS = 365.0


@dataclass(frozen=True)
class Recorded:
    """A company's record at the start of day ``start``, which is day 0 of its network."""

    start: date
    since: date
    """First day of the purchase lines that tell of lead times, sources and prices."""
    data: PlanningData
    models: DemandModels
    points: pl.DataFrame
    """Stock points: the columns of ``PlanningData.items`` with places named, ``item`` as there and ``lines``."""
    cycles: pl.DataFrame
    """Purchase lines of the supply window (schema CYCLE_RESULTS, places named); empty without purchase lines."""
    bought: pl.DataFrame
    """All purchase lines known, open ones included, as ``history.lines`` joins them, places named."""
    sold: pl.DataFrame
    """Demand lines known, places named; empty where demand is known per period only."""
    places: tuple[str, ...]
    notices: tuple[str, ...]


def recorded(
    tables: Tables,
    *,
    until: date | None = None,
    costs: CostFile | None = None,
    lead_time_days: float | None = None,
    unit_cost: float | None = None,
    choose_models: bool = False,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Recorded:
    """Everything a network needs of what was known before ``until``; NotEnoughData, InputRejected as a plan does."""
    say = progress or (lambda _fraction, _what: None)
    refuse_record(tables, lead_time_days, unit_cost)
    say(0.0, "Gathering demand, lead times and prices")
    data = planning_data(tables, until=until, costs=costs, lead_time_days=lead_time_days, unit_cost=unit_cost)
    say(0.3, "Modelling demand")
    models = model_demand(data, choose=choose_models, cancel=cancel)
    say(0.9, "Joining order lines")
    days = round(data.steps * data.step_days)
    end = until or data.first + timedelta(days=days)
    history, cycles = _lines(tables, data, end, until)
    by_place = bool((data.items["place_id"] != "").any())
    empty = NO_PLACE if by_place else ONE_PLACE
    points, said = _points(data, models, cycles, empty)
    sold = deliveries_known(history.demand, end)
    bought, sold, cycles = (_placed(frame, empty) for frame in (history.lines, sold, cycles))
    places = sorted({*points["place_id"].unique(), *bought["place_id"].unique(), *sold["place_id"].unique()})
    if not by_place:
        said.append(f"The record names no places: all stock lies in one, {ONE_PLACE!r}.")
    return Recorded(
        end, history.window.since, data, models, points, cycles, bought, sold, tuple(places), (*data.notices, *said)
    )


def _lines(tables: Tables, data: PlanningData, end: date, until: date | None) -> tuple[History, pl.DataFrame]:
    """Order lines known at the end, and the purchase lines of the supply window as reorder cycles."""
    known = dict(tables) if until is None else as_known(tables, end, past=True)
    if not (tables["sales"].height or tables["consumption"].height):
        # demand per period: lead times are constant there, and lines are no evidence
        known["purchases"] = tables["purchases"].clear()
    since = min(max(data.first, months_before(end, SUPPLY_MONTHS)), end - timedelta(days=1))
    window = Window(since, end, end - timedelta(days=1))
    history = prepare(known, window)
    return history, reorder_cycles(history.lines, history.demand, history.items.height, window)


def deliveries_known(sold: pl.DataFrame, until: date) -> pl.DataFrame:
    """Demand lines without the deliveries that were still to come on the day."""
    return sold.with_columns(pl.when(pl.col("delivered_on") < until).then("delivered_on"))


def _placed(frame: pl.DataFrame, empty: str) -> pl.DataFrame:
    named = pl.col("place_id").fill_null("")
    return frame.with_columns(pl.when(named == "").then(pl.lit(empty)).otherwise(named).alias("place_id"))


def _points(
    data: PlanningData, models: DemandModels, cycles: pl.DataFrame, empty: str
) -> tuple[pl.DataFrame, list[str]]:
    """Items that anything was ever asked, bought, kept or ruled of; the others are left out, and counted."""
    bought = pl.Series("bought", np.isin(np.arange(len(data)), cycles["item"].unique().to_numpy()))
    items = data.items.with_columns(
        pl.Series("lines", np.diff(data.event_starts)),
        pl.Series("per_year", models.occurrence.expected() * YEAR_DAYS / data.step_days),
        bought,
    )
    known = (pl.col("lines") > 0) | pl.col("bought")
    kept = known | pl.col("on_hand").is_not_null() | pl.col("current_reorder_point").is_not_null()
    left_out = items.filter(~kept)
    expected, all_of_them = float(left_out["per_year"].sum()), max(float(items["per_year"].sum()), 1e-9)
    said = []
    if left_out.height:
        said.append(
            f"{left_out.height:,} parts of the catalogue were never asked for, bought, kept or ruled: they are left "
            f"out. Their groups expect {expected:,.0f} demands a year of them all "
            f"({expected / all_of_them:.1%} of all)."
        )
    return _placed(items.filter(kept), empty), said
