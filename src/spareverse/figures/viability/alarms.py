"""Alarms of the monitors on a time line: since when a stream is not what it was, and when that was noticed."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain, room
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.words import plain_name, three

Row = dict[str, Any]
MOST, _ROW = 20, 26


def alarm_timeline(alarms: pl.DataFrame) -> Figure:
    """Rows of ALARMS, the surest first: bar from the estimated beginning to the day it was noticed."""
    if alarms.is_empty():
        return not_enough(
            "alarms", "No stream has left what it was.",
            "Import the next months; the monitors look at demand, lead times, lateness and concentration.",
        )  # fmt: skip
    record = alarms["raised"].null_count() < alarms.height
    begin, end = ("since", "raised") if record else ("since_day", "raised_day")
    known = alarms.filter(pl.col(end).is_not_null()).with_columns(pl.coalesce(begin, end).alias(begin))
    rows = known.sort("q_value", nulls_last=True).head(MOST).sort(begin).to_dicts()
    names = [plain(alarm_words(row), 44) for row in rows]
    data, ends = [], []
    for at, row in enumerate(rows):
        colour = LIGHT.stock_out if row["direction"] == "up" else LIGHT.holding
        x = row[end].isoformat() if record else row[end]
        start = row[begin].isoformat() if record else row[begin]
        symbol = {"symbol": "triangle", "symbolRotate": 0 if row["direction"] == "up" else 180}
        data.append({"value": [x, at], "name": _told(row), "itemStyle": {"color": colour}, **symbol})
        ends.append([{"coord": [start, at], "lineStyle": {"color": colour}}, {"coord": [x, at]}])
    mark = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False},
            "lineStyle": {"type": "solid", "width": 4, "opacity": 0.45}, "data": ends}  # fmt: skip
    dots: Options = {"id": "alarms", "type": "scatter", "data": data, "symbolSize": 11, "z": 6, "markLine": mark}
    picture = style.chart(
        [dots],
        grid={"left": room(names, 130), "right": 26, "top": 8, "height": _ROW * len(rows)},
        xAxis=style.axis("time" if record else "value", "" if record else "Day of the run", scale=True),
        yAxis=style.axis("category", data=names, inverse=True, axisLabel={"interval": 0}),
    )
    note = "Bar: from the estimated beginning to the alarm. Triangle up, orange: more; down, blue: less."
    if alarms.height > len(rows):
        note += f" The {len(rows)} surest of {alarms.height:,}."
    return Figure("alarms", _title(alarms, rows[-1]), picture, alarms, note, _ROW * len(rows) + 52)


def alarm_words(row: Row) -> str:
    """``lead time, supplier S-3``."""
    where = f" at {row['place_id']}" if row["place_id"] else ""
    return f"{plain_name(row['stream'])}, {row['subject_kind']} {row['subject_id']}{where}"


def level_words(row: Row) -> str:
    """``from 12 days [11-13] to 20 days [17-23]``; empty where the levels are not known."""
    if row["before"] is None or row["after"] is None:
        return ""
    unit = {"d": "days"}.get(row["unit"] or "", row["unit"] or "")
    before, after = (numbers.measured(*three(row, name), unit) for name in ("before", "after"))
    return f"from {before} to {after}"


def _told(row: Row) -> str:
    since, raised = (row[name] if row[name] is not None else f"day {numbers.whole(row[f'{name}_day'])}"
                     for name in ("since", "raised"))  # fmt: skip
    lines = [alarm_words(row), f"{row['monitor']}: {row['direction']} since {since}, raised {raised}", level_words(row)]
    if row["q_value"] is not None:
        lines.append(f"false discovery rate {numbers.digits(row['q_value'], 2)}")
    return "\n".join(line for line in lines if line)


def _title(alarms: pl.DataFrame, newest: Row) -> str:
    count = numbers.count(alarms.height, "stream has", "streams have")
    return f"{count} left what they were; newest: {alarm_words(newest)}"
