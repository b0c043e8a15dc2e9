"""Demand told per month for one part and per quarter for another, brought to one period: exactly, or refused.

Months add up to quarters and years, days to weeks and months. Weeks lie across the ends of months: nobody can say which
pieces of such a week belong to which month, so the two are refused. A longer period is known where all the shorter ones
in it are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from spareverse.errors import InputRejected, NotEnoughData, Problem
from spareverse.history.demand_events import told, zero_where_absent
from spareverse.history.items import some_parts
from spareverse.history.periods import Periods
from spareverse.network.tables import DEMAND

MOST_NAMED = 1000
_KEY = ["part_id", "place_id"]
_LENGTHS = {
    "day": ("day", 1),
    "week": ("day", 7),
    "month": ("month", 1),
    "quarter": ("month", 3),
    "year": ("month", 12),
}
_MONDAY = date(1970, 1, 5)
_GROUP, _ITEM = "__group", "__item"


@dataclass(frozen=True)
class PeriodDemand:
    """Rows of the demand table that have come, all of one period."""

    rows: pl.DataFrame
    """part_id, place_id, period, quantity, absent."""
    periods: Periods
    notices: list[str]


def period_demand(demand: pl.DataFrame) -> PeriodDemand:
    """The table of demand in the shortest period that all of it can be told in.

    NotEnoughData without any row; InputRejected, row by row, where periods lie across one another or a part's overlap.
    """
    # written by an earlier version, it lacks the column that says how long periods are
    rows = told(DEMAND.completed(demand))
    groups = period_groups(rows)
    refuse_mixed(rows, groups)
    if len(groups) == 1:
        return PeriodDemand(rows, groups[0][0], [])
    target = max((periods for periods, _ in groups), key=lambda periods: periods.step_days)
    # whole numbers are quicker to group by than names
    keys = rows.select(_KEY).unique().with_row_index(_ITEM)
    sums = [_summed(of.join(keys, on=_KEY, nulls_equal=True), periods, target) for periods, of in groups]
    joined, left = _joined(sums, target)
    first = target.first_day(int(joined["n"].min()))  # type: ignore[arg-type]
    days = {n: target.first_day(n) for n in joined["n"].unique()}
    found = (
        joined.join(keys, on=_ITEM)
        .sort("n", *_KEY)
        .select(*_KEY, pl.col("n").replace_strict(days, return_dtype=pl.Date).alias("period"), "quantity", "absent")
    )
    return PeriodDemand(found, Periods(first, target.unit, target.length), _notices(groups, target, left))


def period_groups(rows: pl.DataFrame) -> list[tuple[Periods, pl.DataFrame]]:
    """The rows by the length of their period, shortest first; rows that do not say it are told by their first days."""
    if rows["period"].drop_nulls().is_empty():
        raise NotEnoughData("There is no demand per period yet. Import it first.")
    units = rows["period_unit"].unique()
    if len(units) == 1 and units[0] is not None:
        return [_named(str(units[0]), rows)]
    named = [_named(str(unit), of) for (unit,), of in rows.drop_nulls("period_unit").group_by("period_unit")]
    silent = rows.filter(pl.col("period_unit").is_null() & pl.col("period").is_not_null())
    if silent.height and silent["period"].n_unique() == 1 and len(named) == 1:
        # a single period tells no length: it is as long as the others
        kind, length = named[0][0].unit, named[0][0].length
        named.append((Periods(silent["period"][0], kind, length), silent))
    elif silent.height:
        named += [(Periods.of(of["period"]), of) for of in _by_weekday(silent)]
    groups: dict[tuple[str, int, int], tuple[Periods, list[pl.DataFrame]]] = {}
    for periods, of in named:
        key = (periods.unit, periods.length, _phase(periods))
        before, frames = groups.get(key, (periods, []))
        groups[key] = (min(before, periods, key=lambda each: each.first), [*frames, of])
    found = [(periods, pl.concat(frames)) for periods, frames in groups.values()]
    return sorted(found, key=lambda group: (group[0].step_days, group[0].first))


def with_units(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with ``period_unit`` filled in where the first days tell it; a single period tells nothing."""
    if not rows["period_unit"].null_count():
        return rows
    told_apart = [
        of.with_columns(pl.col("period_unit").fill_null(periods.name))
        if periods.name in _LENGTHS and of["period"].n_unique() > 1
        else of
        for periods, of in period_groups(rows)
    ]
    return pl.concat(told_apart)


def _named(unit: str, rows: pl.DataFrame) -> tuple[Periods, pl.DataFrame]:
    kind, length = _LENGTHS[unit]
    first: date = rows["period"].min()  # type: ignore[assignment]
    return Periods(first, kind, length), rows  # type: ignore[arg-type]


def _by_weekday(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Months and weeks apart: first days of months, and days that are all of one weekday."""
    days = rows["period"].unique()
    begins = days.dt.day() == 1
    others = days.filter(~begins)
    if len(others) < 2 or not begins.any() or others.dt.weekday().n_unique() > 1:
        return [rows]
    if (days.filter(begins).dt.weekday() == others.dt.weekday()[0]).all():
        return [rows]
    month = rows["period"].dt.day() == 1
    return [rows.filter(month), rows.filter(~month)]


def _phase(periods: Periods) -> int:
    """Where in the calendar periods of this length begin."""
    if periods.unit == "month":
        return (periods.first.year * 12 + periods.first.month) % periods.length
    return (periods.first - _MONDAY).days % periods.length


def _nests(fine: Periods, coarse: Periods) -> bool:
    """Whether whole ``fine`` periods make up every ``coarse`` one."""
    if fine.unit != coarse.unit:
        return fine.unit == "day" and fine.length == 1
    whole = Periods(coarse.first, fine.unit, fine.length)
    return coarse.length % fine.length == 0 and _phase(whole) == _phase(fine)


def refuse_mixed(rows: pl.DataFrame, groups: list[tuple[Periods, pl.DataFrame]]) -> None:
    """InputRejected where periods lie across one another, or a part's demand of one time is told twice.

    ``rows`` with the columns file and row, where they are known.
    """
    if len(groups) == 1:
        return
    target = groups[-1][0]
    across = [(periods, of) for periods, of in groups if not _nests(periods, target)]
    if across:
        names = sorted({periods.name for periods, _ in groups})
        remedy = f"Bring all demand per {target.name}, or all per {across[0][0].name}; or order lines by day instead."
        problems = [
            problem
            for periods, of in across
            for problem in _problems(of, f"a {periods.name} lies across the {target.name}s of other rows", remedy)
        ]
        raise InputRejected(f"Demand per {' and per '.join(names)} cannot be added up.", problems[:MOST_NAMED])
    marked = pl.concat([of.with_columns(pl.lit(k).alias(_GROUP)) for k, (_, of) in enumerate(groups)])
    twice = marked.filter(
        pl.col(_GROUP).n_unique().over(*_KEY, target.number("period")) > 1, pl.col("quantity").is_not_null()
    ).filter(pl.col(_GROUP) < len(groups) - 1)
    if twice.height:
        reason = f"the {target.name} it lies in is told for this part too"
        remedy = f"Keep one: the {target.name}, or what it is made of. An earlier import can be undone."
        raise InputRejected("Demand of some parts is told twice, in periods of different lengths.",
                            _problems(twice, reason, remedy))  # fmt: skip


def _problems(rows: pl.DataFrame, reason: str, remedy: str) -> list[Problem]:
    place = [name for name in ("file", "row") if name in rows.columns]
    return [
        Problem(f"{reason} (part {row['part_id']})", remedy, row.get("file"), row.get("row"), "period",
                row["period"].isoformat())
        for row in rows.sort(*place, "part_id", "period").head(MOST_NAMED).to_dicts()
    ]  # fmt: skip


@dataclass(frozen=True)
class _Summed:
    """Cells of one group in periods of the target: item, n, quantity (null = not known)."""

    cells: pl.DataFrame
    zero: pl.DataFrame
    """n, zero: whether a part without a row had no demand."""


def _summed(rows: pl.DataFrame, fine: Periods, target: Periods) -> _Summed:
    last = int(rows.select(fine.number("period").max()).item()) + 1
    days = pl.DataFrame({"step": np.arange(last), "zero": zero_where_absent(rows, fine, 0, last),
                         "day": [fine.first_day(k) for k in range(last)]})  # fmt: skip
    steps = days.select("step", "zero", target.number("day").alias("n"))
    wanted = steps.group_by("n").agg(pl.col("zero").sum().alias("zeros")).sort("n")
    whole = [_steps_in(fine, target, n) for n in wanted["n"]]
    wanted = wanted.select("n", (pl.Series("whole", whole) - pl.col("zeros").cast(pl.Int64)).alias("needed"))
    known = (
        rows.group_by(_ITEM, fine.number("period").alias("step"))
        .agg(pl.col("quantity").sum(), pl.col("quantity").is_null().any().alias("unknown"))
        .join(steps, on="step")
        .group_by(_ITEM, "n")
        .agg(pl.col("quantity").sum(), pl.col("unknown").any(), (~pl.col("zero")).sum().cast(pl.Int64).alias("rows"))
    )
    every = rows.select(_ITEM).unique().join(wanted, how="cross")
    cells = every.join(known, on=[_ITEM, "n"], how="left").select(
        _ITEM,
        "n",
        pl.when(~pl.col("unknown").fill_null(value=False) & (pl.col("rows").fill_null(0) == pl.col("needed")))
        .then(pl.col("quantity").fill_null(0.0))
        .alias("quantity"),
    )
    return _Summed(cells, wanted.select("n", (pl.col("needed") == 0).alias("zero")))


def _steps_in(fine: Periods, target: Periods, number: int) -> int:
    """How many periods of one length are in a longer one."""
    if fine.unit == target.unit:
        return target.length // fine.length
    return (target.first_day(number + 1) - target.first_day(number)).days


def _joined(sums: list[_Summed], target: Periods) -> tuple[pl.DataFrame, int]:
    """All groups together, without periods at the end in which nothing is known of any part; how many rows they had."""
    zero = (
        pl.concat([one.zero for one in sums])
        .group_by("n")
        .agg(pl.when((pl.len() == len(sums)) & pl.col("zero").all()).then(pl.lit("zero")).otherwise(pl.lit("missing"))
             .alias("absent"))
    )  # fmt: skip
    cells = pl.concat([one.cells for one in sums]).group_by(_ITEM, "n").agg(pl.col("quantity").max())
    last = cells.filter(pl.col("quantity").is_not_null())["n"].max()
    if last is None:
        raise NotEnoughData(f"No whole {target.name} of demand is known.")
    kept = cells.filter(pl.col("n") <= last)
    return kept.join(zero, on="n"), cells.height - kept.height


def _notices(groups: list[tuple[Periods, pl.DataFrame]], target: Periods, left: int) -> list[str]:
    counts = []
    for periods, of in groups:
        parts = of["part_id"]
        counts.append(f"per {periods.name} for {parts.n_unique():,} parts ({some_parts(parts)})")
    said = (
        f"Demand is told {' and '.join(counts)}. All is planned per {target.name}: shorter periods are added up, and a "
        f"{target.name} is known where all of them are. To plan per {groups[0][0].name}, bring the others so too, or "
        "keep them in a twin of their own."
    )
    return [said, f"The last {target.name} is not whole yet: what is told of it waits for its end."] if left else [said]
