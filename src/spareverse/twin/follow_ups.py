"""What accepted recommendations promised beside what the record shows since."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from spareverse.network.reply_tables import (
    ACCEPTED,
    EXCEEDED,
    FOLLOW_UPS,
    KEPT,
    MISSED,
    TOO_FEW_LINES,
    UNCLEAR,
)
from spareverse.observer.ranking import MONEY
from spareverse.observer.workload import WEEK_DAYS, recorded_workload
from spareverse.optimisation.costs import CostFile
from spareverse.twin.record_money import changes_of_money, prices_of

FEWEST_LINES = 30
"""With fewer customer lines before or since, it is too early for a verdict."""
NORMAL = 1.96
PROMISES: Mapping[str, str] = {
    "fill_change": "share", "waiting_change": "piece d/d", "workload_change": "1/week", "cost_change": "currency/d",
    "stock_change": "currency",
}  # fmt: skip
"""Promised changes with their units."""
Seen = tuple[float, float]
"""A change and its standard error."""


def follow_ups(
    accepted: pl.DataFrame, promised: pl.DataFrame, tables: Mapping[str, pl.DataFrame], costs: CostFile
) -> pl.DataFrame:
    """Schema FOLLOW_UPS.

    ``accepted``: schema ACCEPTED; ``promised``: schema RECOMMENDATIONS, a row for each of them; ``tables``: as
    imported; ``costs``: what a piece costs to keep, an order to place, and a piece that is waited for. The time from
    which on it is meant to hold is compared with as long a time before.
    """
    rows, until = [], _last_day(tables)
    whole = ACCEPTED.completed(accepted).with_columns(holds_from=pl.coalesce("holds_from", "accepted"))
    for own in whole.join(promised, on="nudge_id", how="inner").iter_rows(named=True):
        about = own["part_id"], own["place_id"], own["holds_from"]
        priced = own["ranked_by"] == MONEY
        seen = {}
        if until is not None and until > own["holds_from"]:
            seen = {**_changes(tables, *about, until), **_money(tables, costs, *about, until, priced)}
        for name, unit in PROMISES.items():
            promise = own[name]
            if promise is None:
                continue
            came = seen.get(name)
            row = {
                **{at: own[at] for at in ("nudge_id", "title", "accepted", "holds_from", "comment")}, "until": until,
                "measure": name.removesuffix("_change"), "unit": unit, "promised": promise,
                "promised_low": own[f"{name}_low"], "promised_high": own[f"{name}_high"],
                "verdict": _verdict(name, own, came),
            }  # fmt: skip
            if came is not None:
                half = NORMAL * came[1]
                row |= {"came": came[0], "came_low": came[0] - half, "came_high": came[0] + half}
            rows.append(row)
    frame = pl.DataFrame(rows, infer_schema_length=None) if rows else FOLLOW_UPS.empty()
    return FOLLOW_UPS.completed(frame).select(FOLLOW_UPS.names).cast(FOLLOW_UPS.schema)


def _verdict(name: str, own: Mapping[str, float | None], came: Seen | None) -> str:
    """kept where the intervals meet; exceeded or missed by the good direction of the measure.

    UNCLEAR where what came may be both what was promised and nothing at all.
    """
    if came is None:
        return TOO_FEW_LINES
    half = NORMAL * came[1]
    promise = own[name] or 0.0
    low, high = (promise if own[f"{name}_{end}"] is None else own[f"{name}_{end}"] or 0.0 for end in ("low", "high"))
    if came[0] - half <= high and low <= came[0] + half:
        return UNCLEAR if came[0] - half < 0.0 < came[0] + half and not low <= 0.0 <= high else KEPT
    more_is_good = name == "fill_change"
    return EXCEEDED if (came[0] > promise) == more_is_good else MISSED


def _last_day(tables: Mapping[str, pl.DataFrame]) -> date | None:
    """The last day the record tells of."""
    days = [tables["sales"][name].max() for name in ("ordered_on", "delivered_on")]
    days += [tables["purchases"][name].max() for name in ("ordered_on", "received_on")]
    known = [day for day in days if isinstance(day, date)]
    return max(known) if known else None


def _changes(
    tables: Mapping[str, pl.DataFrame], part: str | None, place: str | None, accepted: date, until: date
) -> dict[str, Seen]:
    """Changes of service, waiting and exceptions since, as far as there are lines enough."""
    days = (until - accepted).days
    since = accepted - timedelta(days=days)
    sides = _lines(tables, part, place, accepted, until)
    if sides is None:
        return {}
    purchases = _about(tables["purchases"], part, place)
    shares = [float(side["met"].sum()) / side.height for side in sides]
    error = math.sqrt(sum(share * (1 - share) / side.height for share, side in zip(shares, sides, strict=True)))
    waited = _a_day([side["late"] * side["quantity"] for side in sides], days)
    work = recorded_workload(purchases, tables["policies"]).filter(pl.col("week").is_between(since, until))
    weeks = max(days / WEEK_DAYS, 1.0)
    hurried = [float(work.filter((pl.col("week") >= accepted) == side)["expedited"].sum()) for side in (False, True)]
    missed = [side.height - float(side["met"].sum()) for side in sides]
    counts = [sum(one) for one in zip(hurried, missed, strict=True)]
    return {
        "fill_change": (shares[1] - shares[0], error),
        "waiting_change": waited,
        "workload_change": ((counts[1] - counts[0]) / weeks, math.sqrt(sum(counts)) / weeks),
    }


def _lines(
    tables: Mapping[str, pl.DataFrame], part: str | None, place: str | None, accepted: date, until: date
) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Customer lines of as long before and since, whether ``met`` and days ``late``; None where they are too few."""
    since = accepted - (until - accepted)
    sales = _about(tables["sales"], part, place)
    lines = sales.filter(pl.col("promised_on").is_not_null(), pl.col("promised_on") <= until).with_columns(
        after=pl.col("ordered_on") >= accepted,
        met=(pl.col("delivered_on") <= pl.col("promised_on")).fill_null(value=False),
        late=(pl.col("delivered_on").fill_null(until) - pl.col("promised_on")).dt.total_days().clip(lower_bound=0),
    ).filter(pl.col("ordered_on") >= since)  # fmt: skip
    before, after = (lines.filter(pl.col("after") == side) for side in (False, True))
    return None if min(before.height, after.height) < FEWEST_LINES else (before, after)


def _a_day(sides: list[pl.Series], days: int) -> Seen:
    """Change of a sum a day, by the sums of both sides."""
    before, after = (float(side.sum()) for side in sides)
    spread = math.sqrt(sum(float((side.cast(pl.Float64) ** 2).sum()) for side in sides))
    return (after - before) / days, spread / days


def _money(
    tables: Mapping[str, pl.DataFrame], costs: CostFile, part: str | None, place: str | None, accepted: date,
    until: date, priced: bool,
) -> dict[str, Seen]:  # fmt: skip
    """Changes of the stock value, and of the cost of holding and ordering.

    priced
        Whether waiting had its price in what was promised: then it has it here, that of the cost parameters.
    """
    found = changes_of_money(tables, costs, part, place, accepted, until)
    if found is None:
        return {}
    seen = {"stock_change": (found.stock_value.value, found.stock_value.error)}
    if not priced:
        return seen | {"cost_change": (found.cost.value, found.cost.error)}
    if (sides := _lines(tables, part, place, accepted, until)) is None:
        return seen
    prices = prices_of(tables, costs).select("part_id", "stock_out_cost")
    waits = [
        side.join(prices, on="part_id", how="inner", maintain_order="left").select(
            pl.col("late") * pl.col("quantity") * pl.col("stock_out_cost")
        ).to_series() for side in sides
    ]  # fmt: skip
    waiting, error = _a_day(waits, (until - accepted).days)
    return seen | {"cost_change": (found.cost.value + waiting, math.hypot(found.cost.error, error))}


def _about(lines: pl.DataFrame, part: str | None, place: str | None) -> pl.DataFrame:
    for column, value in (("part_id", part), ("place_id", place)):
        if value:
            lines = lines.filter(pl.col(column) == value)
    return lines
