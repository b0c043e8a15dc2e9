"""Promises against what came: a plan's fill rate per demand class, and accepted changes per kind."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import join, room, two_lines, whiskers
from spareverse.figures.plan.policies import class_order
from spareverse.figures.style import LIGHT, Options

Row = dict[str, Any]
PROMISED, REALISED = "Promised", "Realised"
_ROW = 46
_SHIFT = 0.19
"""How far promise and outcome stand from the middle of their row [rows]."""


def reliability(results: pl.DataFrame) -> Figure:
    """Promised and realised fill rate of lines of the plan, over all and per class; BACKTEST_RESULTS."""
    rows = results.filter((pl.col("policy") == "plan") & pl.col("chosen")).drop_nulls(
        ["promised_fill_rate", "fill_rate"]
    )
    if rows.is_empty():
        return not_enough(
            "reliability", "The plan promised nothing that can be compared.", "Run a back-test with the plan in it."
        )
    found = sorted(rows.to_dicts(), key=lambda row: class_order(row["group"]))
    names = ["All lines" if row["group"] == "all" else row["group"].capitalize() for row in found]
    told = [numbers.count(row["lines"], "line") for row in found]
    pairs = [_Pair.of(row, "fill_rate") for row in found]
    note = "Bands: 95 %. A promise is kept where what came lies within its band."
    return _compared("reliability", _class_title(found), names, told, pairs, rows, note)


def outcome_figure(outcomes: pl.DataFrame) -> Figure:
    """Promised and realised fill rate of accepted changes, per kind; OUTCOMES."""
    rows = outcomes.drop_nulls(["promised_fill_rate", "realised_fill_rate"])
    if rows.is_empty():
        return not_enough(
            "outcomes",
            "No accepted change has seen demand yet.",
            "Accept changes, and import the following months: promise and outcome are compared then.",
        )
    found = rows.to_dicts()
    names = [str(row["kind"]).capitalize() for row in found]
    told = [f"{numbers.whole(row['with_outcome'])} of {numbers.whole(row['accepted'])} parts" for row in found]
    pairs = [_Pair.of(row, "realised_fill_rate") for row in found]
    missed = [f"“{row['kind']}”" for row in found if row["verdict"] == "missed"]
    title = (
        f"Accepted changes missed their promise: {join(missed)}" if missed else "Accepted changes kept their promise"
    )
    early = [f"“{row['kind']}”" for row in found if row["verdict"] == "too early"]
    title += f"; too early to say of {join(early)}" if early else ""
    return _compared("outcomes", title, names, told, pairs, rows, "Bands: 95 %.")


class _Pair:
    """A promise with its band and what came of it with its limits, as shares."""

    def __init__(self, promised: tuple[Any, Any, Any], realised: tuple[Any, Any, Any], verdict: str) -> None:
        self.promised, self.realised, self.verdict = promised, realised, verdict

    @classmethod
    def of(cls, row: Row, came: str) -> _Pair:
        ends = ("", "_low", "_high")
        promised, low, high = (row[f"promised_fill_rate{end}"] for end in ends)
        realised, least, most = (row[f"{came}{end}"] for end in ends)
        return cls((promised, low, high), (realised, least, most), str(row["verdict"]))

    @property
    def colour(self) -> str:
        return LIGHT.stock_out if self.verdict == "missed" else LIGHT.early


def _compared(
    name: str, title: str, names: list[str], told: list[str], pairs: list[_Pair], data: pl.DataFrame, note: str
) -> Figure:
    height = _ROW * len(pairs)
    least = min(100 * value for pair in pairs for value in (*pair.promised, *pair.realised) if numbers.known(value))
    picture = style.chart(
        [
            *_dots("promised", PROMISED, names, [p.promised for p in pairs], [LIGHT.today] * len(pairs), -_SHIFT),
            *_dots("realised", REALISED, names, [p.realised for p in pairs], [p.colour for p in pairs], _SHIFT),
        ],
        legend={"top": 0, "left": 8, "selectedMode": False, "data": [PROMISED, REALISED], "icon": "circle",
                "itemWidth": 10, "textStyle": {"color": LIGHT.muted}},
        grid={"left": room([*names, *told], 120), "right": 30, "top": 30, "height": height},
        xAxis=style.axis(
            "value", "Demand lines met at once, %", min=max(10 * ((least - 4) // 10), 0), max=100, splitNumber=5
        ),
        yAxis=[
            style.axis("category", inverse=True, lines=False, **two_lines(names, told)),
            {"type": "value", "inverse": True, "min": 0, "max": len(pairs), "show": False},
        ],
    )  # fmt: skip
    return Figure(name, title, picture, data, note, 84 + height)


def _dots(
    id_: str, words: str, names: list[str], values: list[tuple[Any, Any, Any]], shades: list[str], shift: float
) -> list[Options]:
    """Dots with their bands, ``shift`` rows below the middle of their row."""
    data: list[Options] = []
    ends: list[tuple[Any, Any, Any, str]] = []
    for place, ((value, low, high), shade) in enumerate(zip(values, shades, strict=True)):
        text = f"{names[place]}\n{words} {numbers.percent_interval(value, low, high)}"
        at = place + 0.5 + shift
        data.append({"value": [style.rounded(100 * value), at], "name": text, "itemStyle": {"color": shade}})
        if numbers.known(low) and numbers.known(high):
            ends.append((100 * low, 100 * high, at, shade))
    dots = {
        "id": id_,
        "name": words,
        "type": "scatter",
        "data": data,
        "symbolSize": 11,
        "itemStyle": {"color": LIGHT.today if id_ == "promised" else LIGHT.early},
        "yAxisIndex": 1,
        "z": 6,
    }
    return [dots, whiskers(f"{id_}_band", ends, width=3, yAxisIndex=1)]


def _class_title(found: list[Row]) -> str:
    whole = next((row for row in found if row["group"] == "all"), None)
    parts = [row for row in found if row["group"] != "all"]
    missed = [row["group"] for row in parts if row["verdict"] == "missed"]
    if whole is not None:
        band = numbers.percent_interval(
            whole["promised_fill_rate"], whole["promised_fill_rate_low"], whole["promised_fill_rate_high"]
        )
        kept = whole["verdict"]
        text = f"Promised {band} of the lines at once, realised {numbers.percent(whole['fill_rate'])}: {kept}"
    else:
        text = "Promised against realised"
    if not missed:
        return text
    return f"{text}{', also for' if text.endswith('missed') else '; missed for'} {join(missed)}"
