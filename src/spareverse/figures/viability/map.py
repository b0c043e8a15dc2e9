"""The viability map: structural coherence and dynamic homeostasis of today, scenarios, plans and the past."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import join, plain
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.words import (
    NO_RUN,
    VERDICT_COLOURS,
    VERDICT_SYMBOLS,
    margin_words,
    point_words,
    verdict_words,
)

Row = dict[str, Any]
Box = tuple[float, float, float, float]
"""Left, right, lower and upper end [px]."""
AXES = ("coherence", "homeostasis")
PLAIN = {"coherence": "Pay agrees", "homeostasis": "Bears shocks"}
"""What a point far out on an axis does."""
JOINT = 2.4477 / 1.9600
"""Half-width of the 95 % region of two normal estimates over that of one."""
HELD = (
    "Colour and shape: whether all limits on service, money and workload are kept; the intervals decide, and where one"
    " crosses a limit it is not sure. Centre: the point farthest inside."
)
NOT_SET = (
    "Nobody has set limits, so no point is inside or outside of any: others are held against today. Centre: the point"
    " farthest from a tenth worse than today."
)
_CORNERS = 41
_LEAST_SPAN = 0.2
_NARROW = 400.0
"""Width of the plotting area where the map is narrowest [px]."""
_EVERY = 6
"""Windows of the record are drawn every so many, counted back from the newest: those between share their months."""
_HALO: Options = {"textBorderColor": LIGHT.surface, "textBorderWidth": 3}
"""Words can be read where lines and points cross them."""


def viability_map(
    viability: pl.DataFrame,
    *,
    centre: str | None = None,
    experimental: Mapping[str, str] | None = None,
    earlier: pl.DataFrame | None = None,
    height: int = 440,
    currency: str = "",
) -> Figure:
    """Rows of VIABILITY. ``centre``: the point farthest inside the limits; ``experimental``: axis -> why;
    ``earlier``: the same schema, today's point of earlier observations, oldest first."""
    located = viability.drop_nulls(list(AXES))
    past = _tail_of(located.filter(pl.col("kind") == "past").sort("until").to_dicts())
    points = located.filter(pl.col("kind") != "past").to_dicts()
    if not past and not points:
        lacking = "No point of the map is known yet." if viability.is_empty() else "An axis of the map is not known."
        return not_enough("viability-map", lacking, NO_RUN, viability)
    tail = [] if earlier is None else earlier.drop_nulls(list(AXES)).to_dicts()
    ends = {axis: _ends([*points, *past, *tail], axis) for axis in AXES}
    series = [*_record(past, currency, with_points=bool(points)), *_tail(tail, points, currency)]
    for row in points:
        series += _region(row)
    if points:
        series.append(_points(points, centre, ends, height, currency))
    marks = experimental or {}
    picture = style.chart(
        series,
        grid=style.grid(top=34, right=40, bottom=46),
        xAxis=_axis("structural coherence", "coherence", ends, marks, stands=not points),
        yAxis=_axis("dynamic homeostasis", "homeostasis", ends, marks, stands=not points, vertical=True),
    )
    return Figure("viability-map", _title(points, past, centre), picture, viability, _note(points, past, tail), height)


def _tail_of(past: list[Row]) -> list[Row]:
    return past[::-1][::_EVERY][::-1]


def _axis(
    words: str, axis: str, ends: Mapping[str, tuple[float, float]], marks: Mapping[str, str], *, stands: bool,
    vertical: bool = False,
) -> Options:  # fmt: skip
    """``stands``: the axis is what stands for it in a record."""
    low, high = ends[axis]
    told = f"{f'Stands for {words}' if stands else f'{PLAIN[axis]} ({words})'}, 0 to 1" + (
        " (experimental)" if axis in marks else ""
    )
    return style.axis("value", told, vertical=vertical, min=low, max=high, interval=_step(high - low))


def _ends(rows: list[Row], axis: str) -> tuple[float, float]:
    """Ends of an axis that hold all points and intervals, on a grid line both."""
    every = [row[name] for row in rows for name in (axis, f"{axis}_low", f"{axis}_high") if numbers.known(row[name])]
    low, high = min(every), max(every)
    pad = max((_LEAST_SPAN - (high - low)) / 2, 0.06 * (high - low) + 0.01)
    low, high = max(low - pad, 0.0), min(high + pad, 1.0)
    step = _step(high - low)
    return round(step * math.floor(low / step + 1e-9), 2), min(round(step * math.ceil(high / step - 1e-9), 2), 1.0)


def _step(span: float) -> float:
    """Distance of grid lines; each is a part of 1."""
    return 0.05 if span <= 0.3 else 0.1 if span <= 0.6 else 0.2


def _told(row: Row, name: str, currency: str) -> str:
    axes = [f"{axis} {numbers.measured(*(row[f'{axis}{end}'] for end in ('', '_low', '_high')))}" for axis in AXES]
    lines = [name, *axes]
    if row.get("margin") is not None:
        margin = margin_words(row, currency)
        if row["viable"] == "default":
            lines += [verdict_words(row), f"least room to a tenth worse than today: {margin}"]
        else:
            of = " of the limit" if (row.get("margin_unit") or "share") == "share" else ""
            lines.append(f"{verdict_words(row)}; least margin {margin}{of}")
    if row.get("basis"):
        lines.append(str(row["basis"]))
    return "\n".join(lines)


def _points(
    rows: list[Row], centre: str | None, ends: Mapping[str, tuple[float, float]], height: int, currency: str
) -> Options:
    names = [point_words(str(row["point"]), row["kind"]) for row in rows]
    words = [
        f"{plain(name, 26)}: {verdict_words(row, short=True)}"
        + (" (centre)" if row["point"] == centre and len(rows) > 1 else "")
        for name, row in zip(names, rows, strict=True)
    ]
    data = []
    for row, name, said, place in zip(rows, names, words, _places(rows, words, ends, height), strict=True):
        colour, now = VERDICT_COLOURS.get(row["viable"] or "", LIGHT.today), row["kind"] == "now"
        look = {"color": LIGHT.ink, "fontSize": 12, "fontWeight": "bold" if now else "normal", **_HALO}
        data.append(
            {
                "value": [style.rounded(row["coherence"]), style.rounded(row["homeostasis"])],
                "name": _told(row, name, currency),
                "symbol": VERDICT_SYMBOLS.get(row["viable"] or "", "circle"),
                "symbolSize": 17 if now else 12,
                "itemStyle": {"color": colour, "borderColor": LIGHT.ink if now else LIGHT.surface, "borderWidth": 1.5},
                "label": {"show": True, "formatter": said, **look, **place},
            }
        )
    return {"id": "points", "type": "scatter", "data": data, "z": 8}


def _places(
    rows: list[Row], words: list[str], ends: Mapping[str, tuple[float, float]], height: int
) -> Iterator[Options]:
    """Where the words of each point stand so that they meet neither other words nor other points, if they can."""
    room = {"coherence": _NARROW, "homeostasis": height - 90}
    at = [[room[axis] * (row[axis] - ends[axis][0]) / (ends[axis][1] - ends[axis][0]) for axis in AXES] for row in rows]
    # words right above or below another point would be taken for its own
    taken = [(x - 9.0, x + 9.0, y - 24.0, y + 24.0) for x, y in at]
    for number, ((x, y), said) in enumerate(zip(at, words, strict=True)):
        wide = 6.6 * len(said)
        # near either end of the axis words stand on the inner side of their point
        side = "right" if x + wide / 2 > _NARROW else "left" if x - wide / 2 < 0 else "center"
        left = {"right": x - wide, "left": x, "center": x - wide / 2}[side]
        others = [box for place, box in enumerate(taken) if place != number]
        slots = [
            (position, distance, (left, left + wide, y + up * (distance + 15) - 8.0, y + up * (distance + 15) + 8.0))
            for distance in (8, 26, 44, 62)
            for position, up in (("top", 1), ("bottom", -1))
        ]
        free = (slot for slot in slots if not any(_meet(slot[2], other) for other in others))
        position, distance, box = next(free, slots[0])
        taken.append(box)
        yield {"position": position, "distance": distance, "align": side}


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _region(row: Row) -> list[Options]:
    """The 95 % region: an ellipse whose four quarters take the half-widths of their sides."""
    halves = {}
    for axis in AXES:
        low, high = row[f"{axis}_low"], row[f"{axis}_high"]
        if not (numbers.known(low) and numbers.known(high)):
            return []
        halves[axis] = (JOINT * max(row[axis] - low, 1e-4), JOINT * max(high - row[axis], 1e-4))
    width, tall = (sum(halves[axis]) / 2 / JOINT / 1.96 for axis in AXES)
    slope = float(np.clip((row.get("covariance") or 0.0) / (width * tall), -0.99, 0.99))
    across = np.cos(np.linspace(math.pi, 0.0, _CORNERS))
    round_ = math.sqrt(1.0 - slope**2) * np.sqrt(np.maximum(1.0 - across**2, 0.0))
    x = row["coherence"] + across * np.where(across < 0, *halves["coherence"])
    sides = [
        np.clip(row["homeostasis"] + up * np.where(up < 0, *halves["homeostasis"]), 0.0, 1.0)
        for up in (slope * across - round_, slope * across + round_)
    ]
    x = np.clip(x, 0.0, 1.0)
    colour = VERDICT_COLOURS.get(row["viable"] or "", LIGHT.today)
    id_ = f"region {row['point']}"
    outline = [*style.points(x, sides[0]), *reversed(style.points(x, sides[1]))]
    border = style.line(f"{id_} border", [*outline, outline[0]], colour, width=1, z=3)
    if row["kind"] != "now":
        return [border | {"lineStyle": {"color": colour, "width": 1, "type": "dotted"}}]
    return [*style.band(id_, x, sides[0], sides[1], colour), border]


def _record(past: list[Row], currency: str, *, with_points: bool) -> list[Options]:
    """Windows of the record, faint to strong, with an arrow for the way the last twelve months went."""
    if not past:
        return []
    data = []
    for at, row in enumerate(past):
        age = LIGHT.ages[min(at * len(LIGHT.ages) // len(past), len(LIGHT.ages) - 1)]
        last = at == len(past) - 1
        name = f"Record {_day(row['since'])} to {_day(row['until'])}"
        data.append(
            {
                "value": [style.rounded(row["coherence"]), style.rounded(row["homeostasis"])],
                "name": _told(row, name, currency),
                "symbolSize": 10 if last else 7,
                "itemStyle": {"color": LIGHT.surface, "borderColor": age, "borderWidth": 2},
                "label": _record_label(f"record until {_day(row['until'])}", last=last),
            }
        )
    way = style.points([r["coherence"] for r in past], [r["homeostasis"] for r in past])
    before = _window_before(past)
    dashed = {"color": LIGHT.data, "type": "dashed", "width": 1.5}
    arrow: Options = {}
    if before is not None:
        ends = [{"coord": [style.rounded(row[axis]) for axis in AXES]} for row in (before, past[-1])]
        look = {"color": LIGHT.age4, "width": 1.5, "type": "solid"}
        mark = {"silent": True, "symbol": ["none", "arrow"], "symbolSize": 9, "animation": False}
        arrow = {"markLine": {**mark, "label": {"show": False}, "lineStyle": look, "data": [ends]}}
    dots = {"id": "record points", "type": "scatter", "data": data, "z": 5, **arrow}
    region = [] if with_points else _region(past[-1] | {"kind": "now"})
    return [*region, style.line("record", way, LIGHT.data, z=2) | {"lineStyle": dashed}, dots]


def _record_label(words: str, *, last: bool) -> Options:
    if not last:
        return {"show": False}
    return {"show": True, "position": "bottom", "distance": 7, "formatter": words, "color": LIGHT.muted, "fontSize": 11,
            **_HALO}  # fmt: skip


def _tail(tail: list[Row], points: list[Row], currency: str) -> list[Options]:
    """Today's point as earlier observations had it, joined to that of now."""
    now = [row for row in points if row["kind"] == "now"]
    if not tail or not now:
        return []
    data = [
        {"value": [style.rounded(row[axis]) for axis in AXES], "name": _told(row, f"Observed {row['point']}", currency),
         "symbolSize": 7, "itemStyle": {"color": LIGHT.ages[min(at * 5 // len(tail), 4)]}}
        for at, row in enumerate(tail)
    ]  # fmt: skip
    way = style.points([r["coherence"] for r in [*tail, *now]], [r["homeostasis"] for r in [*tail, *now]])
    return [
        style.line("tail", way, LIGHT.age3, width=1.5, z=4),
        {"id": "tail points", "type": "scatter", "data": data, "z": 6},
    ]


def _day(value: date | None) -> str:
    return "?" if value is None else value.isoformat()


def _window_before(past: list[Row]) -> Row | None:
    """The last window that shares no day with the newest; the first one where all do."""
    if len(past) < 2:
        return None
    apart = [row for row in past if row["until"] and past[-1]["since"] and row["until"] < past[-1]["since"]]
    return apart[-1] if apart else past[0]


def drift_words(past: list[Row]) -> str:
    """``The record drifts: homeostasis falls by 0.05``; what is within noise is not called a drift."""
    before = _window_before(past)
    if before is None:
        return ""
    told = []
    for axis in AXES:
        moved = past[-1][axis] - before[axis]
        halves = [(row[f"{axis}_high"] or 0.0) - (row[f"{axis}_low"] or 0.0) for row in (before, past[-1])]
        if abs(moved) > math.hypot(*halves) / 2 > 0:
            told.append(f"{axis} {'rises' if moved > 0 else 'falls'} by {numbers.digits(abs(moved), 2)}")
    if not told:
        return f"The record shows no drift beyond noise since {_day(before['until'])}"
    return f"The record drifts: {join(told)} since {_day(before['until'])}"


def _title(points: list[Row], past: list[Row], centre: str | None) -> str:
    now = next((row for row in points if row["kind"] == "now"), None)
    if now is None:
        return drift_words(past) or "One year of the record is one point of the map"
    stands = {
        "yes": "Today lies inside the limits",
        "no": "Today lies outside the limits",
        "unsure": "Whether today lies inside the limits is not sure",
        "default": "No limits are set: a tenth worse than today is taken",
    }.get(now["viable"] or "", "No limits are known, so nothing can be called viable")
    better = next((row for row in points if row["point"] == centre and row["kind"] != "now"), None)
    farther = "keeps farther from that" if now["viable"] == "default" else "lies farther inside"
    return f"{stands}; {plain(str(better['point']))} {farther}" if better else stands


def _note(points: list[Row], past: list[Row], tail: list[Row]) -> str:
    told = []
    if points:
        told.append("Region: 95 % for both axes together.")
        told.append(NOT_SET if any(row["viable"] == "default" for row in points) else HELD)
    if tail:
        told.append("Joined dots: earlier observations.")
    if past:
        drift = f" {drift_words(past)}." if points and drift_words(past) else ""
        told.append("Hollow, dashed: windows of twelve months of the record, on measures that stand for the axes;"
                    f" they show a direction and are not to be held against simulated points.{drift}")  # fmt: skip
    return " ".join(told)
