"""Money that piles up with few suppliers or on few lanes: Herfindahl's index of the later half of a record.

*Spend* is what was ordered; *money under way* is spend times the days it took or has taken so far, which is what stands
and falls with a supplier. Each is watched for the company and for each category, over suppliers and over lanes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import polars as pl

from spareverse.history.history import History
from spareverse.observer.alarm_rows import Found, complete
from spareverse.observer.demand_alarms import COMPANY
from spareverse.observer.months import Months
from spareverse.statistics.monitors.concentration import ConcentrationChange, compare_concentrations
from spareverse.statistics.monitors.false_discoveries import q_values

AMOUNTS = {"spend": "spend", "money under way": "under_way"}


def concentration_alarms(history: History, *, false_discovery_rate: float) -> list[Found]:
    """Alarms of company and categories; spend and money under way, suppliers and lanes are families of their own."""
    months = Months.of(history.window)
    spend = _spend(history, months)
    found = []
    for holder in ("supplier", "lane") if history.by_place else ("supplier",):
        for name, column in AMOUNTS.items():
            found.append(_family(spend, holder, name, column, months, false_discovery_rate))
    return found


def _spend(history: History, months: Months) -> pl.DataFrame:
    """Sound purchase lines with a supplier: month, category, supplier, lane, spend, under_way."""
    days = (pl.col("received_on").fill_null(history.window.as_of) - pl.col("ordered_on")).dt.total_days()
    master = history.items.select("item", "category", "master_cost")
    return (
        history.lines.filter(pl.col("flag").is_null() & pl.col("supplier_id").is_not_null())
        .join(master, on="item", how="left", maintain_order="left")
        .with_columns(pl.coalesce("unit_cost", "master_cost").alias("cost"))
        .filter((pl.col("cost") > 0.0) & (pl.col("quantity") > 0.0))
        .select(
            months.periods.number("ordered_on").cast(pl.Int64).alias("month"), "category",
            pl.col("supplier_id").alias("supplier"),
            pl.concat_str("supplier_id", pl.lit(" to "), "place_id").alias("lane"),
            (pl.col("quantity") * pl.col("cost")).alias("spend"), days.cast(pl.Float64).alias("days"),
        )
        .filter(pl.col("month").is_between(0, months.count, closed="left"))
        .with_columns((pl.col("spend") * pl.col("days")).alias("under_way"))
    )  # fmt: skip


def _family(
    spend: pl.DataFrame, holder: str, name: str, column: str, months: Months, false_discovery_rate: float
) -> Found:
    subjects, changes, too_few = [], [], 0
    for kind, subject, own in _subjects(spend):
        change, who = _change(own, holder, column, months)
        if change is None:
            too_few += 1
            continue
        subjects.append((kind, subject, who))
        changes.append(change)
    q = q_values([change.p_value for change in changes])
    rows = [
        _row(kind, subject, who, holder, name, change, float(own), months)
        for (kind, subject, who), change, own in zip(subjects, changes, q, strict=True)
        if own <= false_discovery_rate
    ]
    return Found(complete(pl.DataFrame(rows, infer_schema_length=None) if rows else _EMPTY), len(q), too_few)


_EMPTY = pl.DataFrame(schema={"subject_id": pl.String})


def _subjects(spend: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    yield "company", COMPANY, spend
    for (category,), own in spend.drop_nulls("category").group_by("category", maintain_order=True):
        yield "category", str(category), own


def _change(own: pl.DataFrame, holder: str, column: str, months: Months) -> tuple[ConcentrationChange | None, str]:
    holders = own[holder].unique().sort()
    if len(holders) < 2:
        return None, ""
    number = own[holder].replace_strict(holders, pl.int_range(len(holders), eager=True), return_dtype=pl.Int64)
    amounts = np.zeros((months.count, len(holders)))
    np.add.at(amounts, (own["month"].to_numpy(), number.to_numpy()), own[column].to_numpy())
    change = compare_concentrations(amounts, months.count // 2)
    return change, "" if change is None else str(holders[change.gained])


def _row(
    kind: str, subject: str, who: str, holder: str, name: str, change: ConcentrationChange, q: float, months: Months
) -> dict[str, object]:
    split = months.count // 2
    last = months.periods.first_day(months.count) - timedelta(days=1)
    levels = {
        side + suffix: value
        for side, values in (("before", change.before), ("after", change.after))
        for suffix, value in zip(("", "_low", "_high"), values, strict=True)
    }
    return {
        "stream": f"concentration of {name} over {holder}s", "subject_kind": kind, "subject_id": subject,
        "monitor": "concentration", "since": months.periods.first_day(split), "raised": last,
        "direction": "up" if change.after[0] > change.before[0] else "down",
        "statistic": change.after[0] - change.before[0], "p_value": change.p_value, "q_value": q,
        "unit": "Herfindahl index", **levels,
        "remark": f"largest gain: {who}, from {100 * change.share_before:.0f} % to {100 * change.share_after:.0f} %; "
                  "later half of the time beside the earlier",
    }  # fmt: skip
