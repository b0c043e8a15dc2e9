"""What happened after the end of a fit: the demand that came, and how long supply really took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import NotEnoughData
from spareverse.history.demand_events import DemandEvents, events_of_lines, events_of_periods, starts_of
from spareverse.history.demand_units import period_demand
from spareverse.history.items import numbered
from spareverse.history.lines import demand_lines, purchase_lines, with_place
from spareverse.history.planning_data import PlanningData
from spareverse.history.window import last_known_day

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Tables = Mapping[str, pl.DataFrame]

# An order placed in the last days of the books may still be open. Only orders that had as long as 19 of 20 take are
# looked at; those still open count with their age.
PATIENCE = 0.95


@dataclass(frozen=True)
class LaterDemand:
    """Demand and lead times of the items of a ``PlanningData``, in its steps; step 0 is the first after the fit."""

    first: date
    """Day of step 0."""
    steps: int
    step_days: float
    continuous: bool
    event_starts: Integers
    """[items + 1]"""
    event_step: Integers
    event_pieces: Floats
    gap_starts: Integers
    """[items + 1]"""
    gap_from: Integers
    gap_until: Integers
    """[gaps] steps [from, until) without information: nothing is replayed there."""
    lead_from: Integers
    lead_until: Integers
    """[items] where an item's lead times lie in ``lead_times``; items share those of their supplier, or all."""
    lead_times: Floats
    """[steps] how long orders placed after the fit took."""
    lead_source: Integers
    """[items] 0: the item's own, 1: of its supplier, 2: of all items, 3: as expected at the fit."""
    unknown_lines: int = 0
    """Demand lines of parts that were not known at the fit: no plan could have served them."""
    notices: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lead_from)


def later_demand(tables: Tables, data: PlanningData, until: date) -> LaterDemand:
    """Demand from ``until`` (the end of the fit behind ``data``) to the end of the books, and real lead times.

    NotEnoughData when nothing happened after ``until``.
    """
    return _by_day(tables, data, until) if data.continuous else _by_period(tables, data)


def _by_day(tables: Tables, data: PlanningData, until: date) -> LaterDemand:
    sold = tables["sales"] if tables["sales"].height else tables["consumption"].rename({"issued_on": "ordered_on"})
    extract = last_known_day(tables["purchases"], sold)
    if extract < until:
        raise NotEnoughData(f"Nothing happened after {until}: the books end on {extract}.")
    lines = purchase_lines(tables["purchases"], extract)
    demand = demand_lines(tables["sales"], tables["consumption"], extract)
    # Places are compared exactly where they were at the fit.
    by_place = bool((data.items["place_id"] != "").any())
    after = with_place(demand, by_place).filter(pl.col("ordered_on") >= until)
    known = numbered(after, data.items)
    end = extract + timedelta(days=1)
    events = events_of_lines(known, len(data), until, end)
    placed = numbered(with_place(lines, by_place), data.items).filter(pl.col("ordered_on") >= until)
    unknown = after.height - known.height
    said = []
    if unknown:
        said.append(
            f"{unknown:,} later demand lines are of parts and places nobody knew at the fit; they are not replayed."
        )
    source, lead, notices = _lead_times(placed, data, extract)
    return _later(
        data, until, (end - until).days, events, *lead, source, unknown_lines=unknown, notices=[*said, *notices]
    )


def _lead_times(
    placed: pl.DataFrame, data: PlanningData, extract: date
) -> tuple[Integers, tuple[Integers, Integers, Floats], list[str]]:
    """Source, (from, until, lead times) of every item, and what is to be said of them.

    ``placed``: purchase lines placed after the fit, with column item.
    """
    sound = placed.filter(pl.col("flag").is_null() & (pl.col("status").fill_null("") != "cancelled"))
    end = pl.col("received_on").fill_null(extract)
    aged = sound.select(
        "item",
        (end - pl.col("ordered_on")).dt.total_days().cast(pl.Float64).alias("days"),
        (pl.lit(extract) - pl.col("ordered_on")).dt.total_days().alias("age"),
        pl.col("received_on").is_null().alias("open"),
    )
    usual = aged.filter(~pl.col("open"))["days"].quantile(PATIENCE, "linear")
    if usual is None:
        said = "No order placed after the fit was received: lead times are those expected at the fit."
        return np.full(len(data), 3, dtype=np.int64), expected_lead_times(data), [said]
    told = aged.filter(pl.col("age") >= usual)
    early = bool(told.is_empty())
    told = aged.filter(~pl.col("open")) if early else told
    said = (
        f"Lead times of {told.height:,} orders placed after the fit"
        + (" and received" if early else f" at least {usual:.0f} days before the end of the books")
        + f"; {int(told['open'].sum()):,} still open count with their age."
    )
    return *_pools(told, data), [said]


def _pools(told: pl.DataFrame, data: PlanningData) -> tuple[Integers, tuple[Integers, Integers, Floats]]:
    """Lead times of every item: its own, else those of its supplier, else all."""
    supplier = data.items["supplier_id"].fill_null("").rank("dense").cast(pl.Int64).to_numpy() - 1
    named = (data.items["supplier_id"].fill_null("") != "").to_numpy()
    item, days = told["item"].to_numpy(), told["days"].to_numpy()
    by_item, by_supplier = np.argsort(item, kind="stable"), np.argsort(supplier[item], kind="stable")
    own = starts_of(item, len(data))
    shared = starts_of(supplier[item], int(supplier.max(initial=0)) + 1) + len(days)
    lead_from, lead_until = own[:-1].copy(), own[1:].copy()
    source = np.zeros(len(data), dtype=np.int64)
    borrows = (lead_until == lead_from) & named & (np.diff(shared)[supplier] > 0)
    lead_from[borrows], lead_until[borrows] = shared[supplier[borrows]], shared[supplier[borrows] + 1]
    source[borrows] = 1
    rest = lead_until == lead_from
    lead_from[rest], lead_until[rest], source[rest] = 0, len(days), 2
    return source, (lead_from, lead_until, np.concatenate([days[by_item], days[by_supplier]]))


def expected_lead_times(data: PlanningData) -> tuple[Integers, Integers, Floats]:
    """The lead times of the fit; where they vary, each node as often as its weight says, of a hundred."""
    copies = np.maximum(np.round(100.0 * data.lead_weights), 1).astype(np.int64)
    distinct, case = np.unique(data.lead_nodes, axis=0, return_inverse=True)
    if len(data.lead_weights) == 1:
        copies = np.ones(1, dtype=np.int64)
    pools = np.repeat(distinct, copies, axis=1)
    lead_from = case.reshape(-1).astype(np.int64) * pools.shape[1]
    return lead_from, lead_from + pools.shape[1], pools.reshape(-1)


def _by_period(tables: Tables, data: PlanningData) -> LaterDemand:
    demand = period_demand(tables["demand"])
    table, periods = demand.rows, demand.periods
    begin = periods.number_of(data.first) + data.steps
    end = int(table.select(periods.number("period").max()).item()) + 1
    if end <= begin:
        raise NotEnoughData(f"The table of demand ends before {periods.first_day(begin)}: nothing is left to replay.")
    by_place = bool(table["place_id"].is_not_null().any())
    placed = with_place(table, by_place)
    after = placed.filter(pl.col("period") >= periods.first_day(begin))
    known = numbered(placed, data.items)
    unknown = after.filter(pl.col("quantity") > 0).join(data.items, on=["part_id", "place_id"], how="anti").height
    events = events_of_periods(known, len(data), periods, begin, end, introduced=False)
    source = np.full(len(data), 3, dtype=np.int64)
    said = [f"Lead times are those assumed at the fit; a table of demand per {periods.name} has no real ones."]
    return _later(
        data,
        periods.first_day(begin),
        end - begin,
        events,
        *expected_lead_times(data),
        source,
        unknown_lines=unknown,
        notices=said,
    )


def _later(
    data: PlanningData,
    first: date,
    steps: int,
    events: DemandEvents,
    lead_from: Integers,
    lead_until: Integers,
    lead_times: Floats,
    source: Integers,
    *,
    unknown_lines: int,
    notices: list[str],
) -> LaterDemand:
    return LaterDemand(
        first=first,
        steps=steps,
        step_days=data.step_days,
        continuous=data.continuous,
        event_starts=events.event_starts,
        event_step=events.event_step,
        event_pieces=events.event_pieces,
        gap_starts=events.gap_starts,
        gap_from=events.gap_from,
        gap_until=events.gap_until,
        lead_from=lead_from,
        lead_until=lead_until,
        lead_times=lead_times,
        lead_source=source,
        unknown_lines=unknown_lines,
        notices=notices,
    )
