"""Rolling windows [Sirri 2023, Fig. 5]: on-time supply and optimal safety cover against time."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options

SHOCKS = ((date(2020, 3, 11), "March 2020: pandemic"), (date(2022, 2, 24), "February 2022: war in Ukraine"))
"""Dates at which supply chains world-wide were hit; drawn when they lie between the first and last window's end."""


def rolling(frame: pl.DataFrame, *, whole: bool = False) -> Figure:
    """Two panels over each window's end; rows of ROLLING_RESULTS. ``whole``: the portfolio instead of one part."""
    windows = frame.drop_nulls("until").sort("until")
    on_time, cover = windows.drop_nulls("on_time"), windows.drop_nulls("optimal_cover")
    if on_time.height < 2 and cover.height < 2:
        return not_enough(
            "rolling",
            f"A trend needs at least 2 windows with completed cycles, not {max(on_time.height, cover.height)}.",
            "Analyse a longer history, or choose shorter windows.",
            frame,
        )
    ends = windows["until"]
    unit = "Optimal safety cover, pieces" + (" (all parts)" if whole else "")
    options = style.chart(
        [
            _hover(windows),
            *_panel(on_time, "on_time", LIGHT.holding, 0, 100.0, _shocks(ends, label=True)),
            *_panel(cover, "optimal_cover", LIGHT.proposed, 1, 1.0, _shocks(ends, label=False)),
        ],
        hover="axis",
        axisPointer={"link": [{"xAxisIndex": "all"}]},
        grid=[
            {"left": 52, "right": 28, "top": 64, "height": 124},
            {"left": 52, "right": 28, "top": 232, "height": 130},
        ],
        xAxis=[_time(0, labels=False), _time(1, labels=True)],
        yAxis=[
            style.axis(
                "value",
                "Receipts on time, %",
                vertical=True,
                gridIndex=0,
                scale=True,
                splitNumber=4,
                **_percent_ends(on_time),
            ),
            style.axis("value", unit, vertical=True, gridIndex=1, min=0, splitNumber=4),
        ],
    )
    return Figure("rolling", _title(windows, whole), options, windows, _note(windows), height=420)


def _panel(frame: pl.DataFrame, name: str, colour: str, panel: int, scale: float, shocks: Options) -> list[Options]:
    place: dict[str, Any] = {"xAxisIndex": panel, "yAxisIndex": panel}
    x = frame["until"].to_list()
    value = (frame[name] * scale).to_list()
    low, high = ((frame[f"{name}_{side}"].fill_null(frame[name]) * scale).to_list() for side in ("low", "high"))
    drawn = style.line(
        name, style.points(x, value), colour, showSymbol=True, symbol="circle", symbolSize=6, z=3, **place
    )
    return [*style.band(f"{name}_interval", x, low, high, colour, **place), {**drawn, "markLine": shocks}]


def _hover(windows: pl.DataFrame) -> Options:
    texts = [_text(row) for row in windows.to_dicts()]
    return style.hover_series(windows["until"].to_list(), (windows["on_time"].fill_null(0.0) * 100).to_list(), texts)


def _text(row: dict[str, Any]) -> str:
    def with_limits(name: str) -> tuple[Any, Any, Any]:
        return row[name], row[f"{name}_low"], row[f"{name}_high"]

    return (
        f"{row['window']}: {row['since']} to {row['until']}\n"
        f"On time {numbers.percent_interval(*with_limits('on_time'))}\n"
        f"Optimal cover {numbers.interval(*with_limits('optimal_cover'), 'pieces')}\n"
        f"{numbers.count(row['cycles'], 'cycle')}, {numbers.count(row['sales_lines'], 'sales line')}"
    )


def _time(panel: int, *, labels: bool) -> Options:
    name = "End of the window" if labels else ""
    look = {"show": labels, "formatter": {"year": "{yyyy}", "month": "{yyyy}-{MM}", "day": "{yyyy}-{MM}-{dd}"}}
    return style.axis("time", name, gridIndex=panel, lines=False, axisLabel=look)


def _shocks(ends: pl.Series, *, label: bool) -> Options:
    first, last = ends.min(), ends.max()
    lines = []
    for day, text in SHOCKS:
        if isinstance(first, date) and isinstance(last, date) and first <= day <= last:
            near_start = (day - first) < 0.2 * (last - first)
            place: dict[str, Any] = {"align": "left" if near_start else "center", "distance": style.ABOVE_NAME}
            rule = style.marker(0.0, text if label else "", LIGHT.muted, dashed=True, **place)
            lines.append({**rule, "xAxis": day.isoformat()})
    return style.markers(lines)


def _percent_ends(on_time: pl.DataFrame) -> Options:
    highest = on_time["on_time_high"].max()
    return {"max": 100} if isinstance(highest, float) and highest > 0.9 else {}


def _title(windows: pl.DataFrame, whole: bool) -> str:
    sentences = []
    for name, thing, text in (
        ("on_time", "on-time supply", numbers.percent),
        ("optimal_cover", "the sum of optimal covers" if whole else "the optimal safety cover", numbers.pieces),
    ):
        values = windows[name].drop_nulls()
        if len(values) >= 2:
            verb = _verb(float(values[0]), float(values[-1]))
            change = (
                f"{verb} from {text(values[0])} to {text(values[-1])}"
                if verb != "stayed"
                else f"stayed near {text(values[-1])}"
            )
            sentences.append(f"{thing} {change}")
    sentence = " and ".join(sentences)
    return sentence[:1].upper() + sentence[1:]


def _verb(first: float, last: float) -> str:
    if abs(last - first) <= 0.05 * max(abs(first), 1e-12):
        return "stayed"
    return "rose" if last > first else "fell"


def _note(windows: pl.DataFrame) -> str:
    first, last = (
        f"{row['window']} ({row['since']} to {row['until']})"
        for row in (windows.row(0, named=True), windows.row(-1, named=True))
    )
    shared = "Bands: 95 % intervals. Neighbouring windows share most of their data."
    return f"{numbers.count(windows.height, 'window')}, {first} to {last}. {shared}"
