"""Everything a plan is made of, from the tables of a twin: items, demand, lead times, money, today's rule and stock.

Nothing that happened on ``until`` or later is looked at, so a plan made for a day in the past knows what was known
then. Two things carry no day and are taken as they are: the master data of the parts, and undated rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import InputRejected, NotEnoughData, Problem
from spareverse.history.cycles import reorder_cycles
from spareverse.history.demand_events import DemandEvents, events_of_lines, events_of_periods
from spareverse.history.demand_units import period_demand
from spareverse.history.history import prepare
from spareverse.history.item_master import (
    prices_paid,
    rules_and_stock,
    with_expected_lead_time,
    with_supplier,
    with_unit_cost,
)
from spareverse.history.items import counted, items_of, numbered, some_parts
from spareverse.history.lines import with_place
from spareverse.history.measures import COMPLETED
from spareverse.history.periods import Periods
from spareverse.history.planning import (
    ITEM_COLUMNS,
    as_known,
    input_notices,
    installed_pieces,
    with_master,
    with_remarks,
    with_todays_rule,
)
from spareverse.history.planning_data import PlanningData
from spareverse.history.window import Window, last_known_day, months_before
from spareverse.optimisation.costs import CostFile
from spareverse.optimisation.evidence import lead_time_evidence
from spareverse.optimisation.notes import notices as history_notices
from spareverse.statistics.compound import LEAD_WEIGHTS
from spareverse.statistics.lead_time_prediction import predictive_nodes

Tables = Mapping[str, pl.DataFrame]
Floats = NDArray[np.float64]

# Lead times and prices of the last three years, as in the history analysis; demand of all years.
SUPPLY_MONTHS = 36
# Stray dates long before the rest must not stretch the history.
STRAY_SHARE, STRAY_DAYS = 0.001, 366
# A lead time of 31 days is one month, not two.
PERIOD_TOLERANCE = 0.05
# Above it is a slip of the keyboard, or a number that was read wrong.
MOST_PIECES = 1e9
MOST_NAMED = 1000


@dataclass(frozen=True)
class _Assumed:
    """What is taken where the tables say nothing, and what money costs."""

    costs: CostFile
    lead_time_days: float | None
    unit_cost: float | None
    currency: str


def planning_data(
    tables: Tables,
    *,
    until: date | None = None,
    since: date | None = None,
    costs: CostFile | None = None,
    lead_time_days: float | None = None,
    unit_cost: float | None = None,
    currency: str = "",
) -> PlanningData:
    """Items and demand in [since, until): from order lines where there are any, else from the table of demand.

    lead_time_days, unit_cost
        Assumed where the tables say nothing.
    currency
        Of the unit costs, for what is said of them.

    NotEnoughData without demand; InputRejected (one report for all parts) where lead times are missing or the
    assumptions cannot be used.
    """
    _refuse_assumptions(lead_time_days, unit_cost)
    assumed = _Assumed(costs or CostFile(), lead_time_days, unit_cost, currency)
    if tables["sales"].height or tables["consumption"].height:
        data = _from_lines(tables, until, since, assumed)
        if tables["demand"].height:
            data.notices.append("Demand is taken from order lines; the table of demand per period is not used.")
        return data
    if tables["demand"].height:
        return _from_periods(tables, until, since, assumed)
    raise NotEnoughData(
        "There is no demand yet. Import sales lines, goods issues or a table of demand per period first."
    )


def day_within(tables: Tables, share: float, since: date | None = None) -> date:
    """First day of the month (or of the table's period) when a share of the history has passed.

    NotEnoughData where that day leaves nothing on one of its sides.
    """
    if tables["sales"].height or tables["consumption"].height:
        demand, extract = _demand_and_extract(tables)
        first = since or _first_day(demand, extract + timedelta(days=1))
        found = (first + share * (extract - first)).replace(day=1)
        within = first < found <= extract
    else:
        by_period = period_demand(tables["demand"])
        table, periods = by_period.rows, by_period.periods
        begin = 0 if since is None else max(periods.number_of(since), 0)
        last = int(table.select(periods.number("period").max()).item()) + 1
        number = begin + round(share * (last - begin))
        found, within = periods.first_day(number), begin < number < last
    if not within:
        raise NotEnoughData("The history is too short to be divided: give the day the fit ends, or import more of it.")
    return found


def _demand_and_extract(tables: Tables) -> tuple[pl.DataFrame, date]:
    demand = tables["sales"] if tables["sales"].height else tables["consumption"].rename({"issued_on": "ordered_on"})
    return demand, last_known_day(tables["purchases"], demand)


def _refuse_assumptions(lead_time_days: float | None, unit_cost: float | None) -> None:
    problems: list[Problem] = []
    if lead_time_days is not None and not 0.0 <= lead_time_days < np.inf:
        remedy = "Give days, at least 0."
        problems.append(Problem("no lead time", remedy, column="lead_time_days", value=f"{lead_time_days:g}"))
    if unit_cost is not None and not 0.0 < unit_cost < np.inf:
        remedy = "Give money per piece, above 0."
        problems.append(Problem("no cost of a piece", remedy, column="unit_cost", value=f"{unit_cost:g}"))
    if problems:
        raise InputRejected("The plan cannot be made with these assumptions.", problems)


def _from_lines(tables: Tables, until: date | None, since: date | None, assumed: _Assumed) -> PlanningData:
    demand, extract = _demand_and_extract(tables)
    end = until or extract + timedelta(days=1)
    past = end <= extract
    known = tables if until is None else as_known(tables, end, past=past)
    first = since or _first_day(demand, end)
    # An empty or reversed window is refused here.
    span = Window(first, end, end - timedelta(days=1))
    window = Window(max(first, months_before(end, SUPPLY_MONTHS)), end, span.as_of)
    history = prepare(known, window)
    cycles = reorder_cycles(history.lines, history.demand, history.items.height, window)
    items = with_expected_lead_time(with_supplier(history.items, cycles), cycles)
    done = cycles.group_by("item").agg(COMPLETED.sum().cast(pl.Int64).alias("cycles"))
    items = items.join(done, on="item", how="left", maintain_order="left").with_columns(pl.col("cycles").fill_null(0))
    today = window.as_of if until else _today(tables, window.as_of)
    items = _described(items, known, today, prices_paid(history), assumed, by_place=history.by_place)
    events = events_of_lines(history.demand, items.height, first, end)
    nodes, said = _lead_times(items, cycles, assumed.lead_time_days)
    _refuse_events(items, events, first, end)
    said += [
        *history_notices(history, known, cycles),
        *input_notices(items, assumed.currency),
        *_undated(tables, past=past),
    ]
    return _data(items, events, first, 1.0, span.days, nodes, LEAD_WEIGHTS, said, continuous=True)


def _refuse_events(items: pl.DataFrame, events: DemandEvents, first: date, end: date) -> None:
    """NotEnoughData without any demand, InputRejected with the parts of which nobody can have asked so much."""
    if not events.event_starts[-1]:
        raise NotEnoughData(f"There is no demand from {first} until {end}.")
    beyond = np.flatnonzero(events.event_pieces > MOST_PIECES)
    if len(beyond):
        owners = np.searchsorted(events.event_starts, beyond, side="right") - 1
        problems = [
            Problem(
                f"a demand of {events.event_pieces[event]:.3g} pieces for {items['part_id'][int(owner)]}",
                "Correct the line in its file and import it again.",
                column="quantity",
                value=f"{events.event_pieces[event]:g}",
            )
            for event, owner in zip(beyond[:MOST_NAMED], owners[:MOST_NAMED], strict=True)
        ]
        raise InputRejected(f"{len(beyond):,} demands are of more than {MOST_PIECES:,.0f} pieces.", problems)


def _today(tables: Tables, last: date) -> date:
    """The day a plan for now starts from: stock is often counted after the last order line."""
    counted = tables["stock"]["as_of"].max()
    return max(last, counted) if isinstance(counted, date) else last


def _first_day(demand: pl.DataFrame, end: date) -> date:
    """First day of the demand lines, or of all but a stray thousandth where those lie more than a year before."""
    days = demand.filter((pl.col("ordered_on") < end) & (pl.col("quantity") > 0))["ordered_on"].to_physical()
    least, usual = days.min(), days.quantile(STRAY_SHARE, "lower")
    if least is None or usual is None:
        raise NotEnoughData(f"There is no demand before {end}.")
    chosen = int(usual) if int(usual) - int(least) > STRAY_DAYS else int(least)  # type: ignore[arg-type]
    return date(1970, 1, 1) + timedelta(days=chosen)


def _lead_times(items: pl.DataFrame, cycles: pl.DataFrame, given: float | None) -> tuple[Floats, list[str]]:
    """[items, 24] lead times in days, and what is to be said about them."""
    if cycles.filter(COMPLETED).height:
        return predictive_nodes(lead_time_evidence(cycles, items).posterior), []
    days, assumed = _constant_lead_times(items, given)
    said = ["No purchase line was received: lead times are constant, as planned.", *assumed]
    return np.repeat(days[:, None], len(LEAD_WEIGHTS), axis=1), said


def _constant_lead_times(items: pl.DataFrame, given: float | None) -> tuple[Floats, list[str]]:
    """[items] planned lead times in days, and for how many one is assumed; InputRejected where one is missing."""
    days = items["expected_lead_time_days"].cast(pl.Float64)
    lacking = items.filter(days.is_null())
    parts = lacking["part_id"].n_unique()
    if parts and given is None:
        some = some_parts(lacking["part_id"])
        raise InputRejected(
            f"{counted(parts, 'part has', 'parts have')} no lead time. Without one nobody knows what is asked for "
            "while an order is under way, and no stock can be planned.",
            [
                Problem(
                    f"{parts:,} of {items['part_id'].n_unique():,} parts have no lead time",
                    "Fill in the column expected_lead_time_days of the parts file (a mapping file reads it under "
                    "another name), import purchase lines, or assume days for all of them (lead_time_days, "
                    "--lead-time-days).",
                    column="expected_lead_time_days",
                    value=some,
                )
            ],
        )
    said = []
    if parts and given is not None:
        some = some_parts(lacking["part_id"])
        have = counted(parts, "part has", "parts have")
        said = [f"{have} no expected_lead_time_days ({some}): {given:g} days (assumed) are taken."]
    return (days if given is None else days.fill_null(given)).clip(lower_bound=0.0).to_numpy(), said


def _from_periods(tables: Tables, until: date | None, since: date | None, assumed: _Assumed) -> PlanningData:
    demand = period_demand(tables["demand"])
    table, periods = demand.rows, demand.periods
    last = int(table.select(periods.number("period").max()).item()) + 1
    begin = 0 if since is None else max(periods.number_of(since), 0)
    end = last if until is None else min(periods.number_of(until), last)
    if end <= begin:
        raise NotEnoughData(f"There is no whole {periods.name} of demand before {until}.")
    after = periods.first_day(end)
    known = {**tables, "demand": table}
    known = known if until is None else as_known(known, after, past=end < last)
    by_place = bool(table["place_id"].is_not_null().any())
    placed = {name: with_place(known[name], by_place) for name in ("demand", "stock", "policies")}
    items = with_master(items_of(list(placed.values()), known["parts"]), known["parts"])
    items = items.with_columns(pl.lit(0, pl.Int64).alias("cycles"))
    nothing_paid = pl.DataFrame(schema={"item": pl.Int64, "paid": pl.Float64})
    today = after - timedelta(days=1) if until else _today(tables, after - timedelta(days=1))
    items = _described(items, known, today, nothing_paid, assumed, by_place=by_place)
    days, assumed_days = _constant_lead_times(items, assumed.lead_time_days)
    lead = np.ceil(np.maximum(days / periods.step_days - PERIOD_TOLERANCE, 0.0))
    events = events_of_periods(numbered(placed["demand"], items), items.height, periods, begin, end)
    _refuse_events(items, events, periods.first_day(begin), after)
    said = [*demand.notices, _period_notice(periods, lead), *assumed_days]
    gaps = int((events.gap_until - events.gap_from).sum())
    if gaps:
        said.append(f"{gaps:,} {periods.name}s of parts are not known: they are gaps, not zeros.")
    said += [*input_notices(items, assumed.currency), *_undated(tables, past=end < last)]
    first = periods.first_day(begin)
    return _data(
        items, events, first, periods.step_days, end - begin, lead[:, None], np.ones(1), said, continuous=False
    )


def _period_notice(periods: Periods, lead: Floats) -> str:
    least, most = int(lead.min(initial=1e9)), int(lead.max(initial=0.0))
    span = f"{least}" if least == most else f"{least} to {most}"
    return (
        f"Demand is known per {periods.name}: stock is reviewed at the end of each. Lead times are constant and whole "
        f"{periods.name}s, rounded up ({span}), as planned; how they vary is not known."
    )


def _described(
    items: pl.DataFrame, tables: Tables, as_of: date, paid: pl.DataFrame, assumed: _Assumed, *, by_place: bool
) -> pl.DataFrame:
    """Items with master data, today's rule and stock, installed pieces and money."""
    frames = (
        *rules_and_stock(tables, items, as_of, by_place=by_place),
        installed_pieces(tables["installed"], items, by_place=by_place),
    )
    described = with_master(items, tables["parts"])
    for frame in frames:
        described = described.join(frame, on="item", how="left", maintain_order="left")
    return assumed.costs.per_part(with_unit_cost(with_todays_rule(described), paid, assumed.unit_cost))


def _data(
    items: pl.DataFrame,
    events: DemandEvents,
    first: date,
    step_days: float,
    steps: int,
    nodes: Floats,
    weights: Floats,
    said: list[str],
    *,
    continuous: bool,
) -> PlanningData:
    return PlanningData(
        items=with_remarks(items, events).select(ITEM_COLUMNS),
        first=first,
        step_days=step_days,
        steps=steps,
        continuous=continuous,
        lead_nodes=nodes,
        lead_weights=weights,
        notices=said,
        **vars(events),
    )


def _undated(tables: Tables, *, past: bool) -> list[str]:
    """What carries no day, where that matters: a plan made for a day in the past."""
    if not past:
        return []
    said = ["Prices, planned lead times and other master data carry no day: they are today's."]
    if tables["policies"]["valid_from"].is_null().any():
        said.append("Rules without a day (valid_from) are taken as in force then.")
    if tables["stock"]["as_of"].is_null().any():
        said.append("Stock without a day (as_of) is today's and was not known then.")
    return said
