"""Alarms of the monitors on a time line: since when a stream is not what it was, and when that was noticed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain, room
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.words import plain_name, three

Row = dict[str, Any]
MOST, _ROW = 20, 26
_STREAM = ("stream", "subject_kind", "subject_id", "place_id")
_WIDTH = {kind: at for at, kind in enumerate(("company", "network", "category", "supplier", "place", "lane", "part"))}
_LEAST_Q = 1e-3


def streams(alarms: pl.DataFrame) -> list[Row]:
    """Rows of ALARMS, one per stream, the surest first; under ``all`` those of every monitor."""
    return one_per_stream(alarms.sort("q_value", nulls_last=True, maintain_order=True).to_dicts())


def one_per_stream(alarms: Iterable[Row]) -> list[Row]:
    """The same of rows, in their order."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in alarms:
        stream = found.setdefault(tuple(row[name] for name in _STREAM), {**row, "all": []})
        stream["all"].append(row)
    return list(found.values())


def troubles(alarms: pl.DataFrame) -> list[Row]:
    """Rows of ALARMS, one per trouble, the surest first: the surest alarm of its widest subject, raised when the first
    of that subject was, under ``last`` and ``last_day`` when the last of the trouble was, under ``all`` every alarm,
    under ``more`` how many streams beside the first changed. Alarms of no trouble count by their stream."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for stream in streams(alarms):
        key = (stream["trouble"],) if stream["trouble"] is not None else tuple(stream[name] for name in _STREAM)
        found.setdefault(key, []).append(stream)
    heads = [min(own, key=lambda row: _WIDTH.get(row["subject_kind"], len(_WIDTH))) for own in found.values()]
    return [
        _noticed({**head, "all": [row for stream in own for row in stream["all"]], "more": len(own) - 1})
        for head, own in zip(heads, found.values(), strict=True)
    ]


def _noticed(trouble: Row) -> Row:
    """The same with its first and its last alarm, as the table of troubles has them."""
    own = [row for row in trouble["all"] if all(row[name] == trouble[name] for name in _STREAM[1:])]
    days: Row = {}
    for name, last in (("raised", "last"), ("raised_day", "last_day")):
        days[name] = min((row[name] for row in own if row[name] is not None), default=None)
        days[last] = max((row[name] for row in trouble["all"] if row[name] is not None), default=None)
    return trouble | days


def alarm_timeline(alarms: pl.DataFrame) -> Figure:
    """Rows of ALARMS, the surest troubles: bar from the estimated beginning to the day it was noticed."""
    if alarms.is_empty():
        return not_enough(
            "alarms", "No stream has left what it was.",
            "Import the next months; the monitors look at demand, lead times, lateness and concentration.",
        )  # fmt: skip
    record = alarms["raised"].null_count() < alarms.height
    begin, end = ("since", "raised") if record else ("since_day", "raised_day")
    every = troubles(alarms.filter(pl.col(end).is_not_null()).with_columns(pl.coalesce(begin, end).alias(begin)))
    rows = sorted(every[:MOST], key=lambda row: row[begin])
    names = [plain(trouble_words(row), 44) for row in rows]
    data, ends = [], []
    for at, row in enumerate(rows):
        first, last = (pick(one[name] for one in row["all"]) for name, pick in ((begin, min), (end, max)))
        ends.append([{"coord": [_x(first), at], "lineStyle": {"color": _colour(row)}}, {"coord": [_x(last), at]}])
        for alarm in row["all"]:
            symbol = {"symbol": "triangle", "symbolRotate": 0 if alarm["direction"] == "up" else 180}
            data.append({"value": [_x(alarm[end]), at], "name": _told(alarm), "itemStyle": {"color": _colour(alarm)}}
                        | symbol)  # fmt: skip
    mark = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False},
            "lineStyle": {"type": "solid", "width": 4, "opacity": 0.45}, "data": ends}  # fmt: skip
    dots: Options = {"id": "alarms", "type": "scatter", "data": data, "symbolSize": 11, "z": 6, "markLine": mark}
    starts: Options = {"min": _x(min(one[begin] for row in rows for one in row["all"]))}
    picture = style.chart(
        [dots],
        grid={"left": room(names, 130), "right": 26, "top": 8, "height": _ROW * len(rows)},
        xAxis=style.axis("time" if record else "value", "" if record else "Day of the run", **starts),
        yAxis=style.axis("category", data=names, inverse=True, axisLabel={"interval": 0}),
    )
    note = "A row is a trouble, its bar from the estimated beginning to the alarms. Triangle up, orange: more; down,"
    note += " blue: less."
    if len(every) > len(rows):
        note += f" The {len(rows)} surest of {len(every):,}."
    return Figure("alarms", _title(every), picture, alarms, note, _ROW * len(rows) + 52)


def _x(value: date | float) -> str | float:
    return value.isoformat() if isinstance(value, date) else value


def _colour(row: Row) -> str:
    return LIGHT.stock_out if row["direction"] == "up" else LIGHT.holding


def subject_words(row: Row) -> str:
    """``supplier S-3``, ``lane S-3 to OSLO``, ``part P-1 at OSLO``, ``all parts``."""
    if row["subject_kind"] in ("company", "network"):
        return str(row["subject_id"])
    where = f" {'to' if row['subject_kind'] == 'lane' else 'at'} {row['place_id']}" if row["place_id"] else ""
    return f"{row['subject_kind']} {row['subject_id']}{where}"


def alarm_words(row: Row) -> str:
    """``lead time, supplier S-3``."""
    return f"{plain_name(row['stream'])}, {subject_words(row)}"


def trouble_words(row: Row) -> str:
    """``lead time, supplier S-3 and 41 more``."""
    return alarm_words(row) + (f" and {row['more']:,} more" if row["more"] else "")


def level_words(row: Row) -> str:
    """``from 12 days [11-13] to 20 days [17-23]``; empty where the levels are not known."""
    if row["before"] is None or row["after"] is None:
        return ""
    unit = {"d": "days"}.get(row["unit"] or "", row["unit"] or "")
    before, after = (numbers.measured(*three(row, name), unit) for name in ("before", "after"))
    return f"from {before} to {after}"


def discovery_words(q_value: float | None) -> str:
    """A false discovery rate: ``0.022``, ``<0.001``."""
    return "<0.001" if q_value is not None and q_value < _LEAST_Q else numbers.digits(q_value, 2)


def _told(row: Row) -> str:
    since, raised = (row[name] if row[name] is not None else f"day {numbers.whole(row[f'{name}_day'])}"
                     for name in ("since", "raised"))  # fmt: skip
    way = "more" if row["direction"] == "up" else "less"
    lines = [alarm_words(row), f"{way} since {since}, noticed {raised} ({row['monitor']})", level_words(row)]
    if row["q_value"] is not None:
        lines.append(f"false alarms among such: {discovery_words(row['q_value'])} of all (false discovery rate)")
    return "\n".join(line for line in lines if line)


def _title(every: list[Row]) -> str:
    return f"{numbers.count(len(every), 'trouble')} noticed; the surest: {trouble_words(every[0])}"
