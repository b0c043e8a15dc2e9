"""Availability, cost and CO2 together: which options nothing else beats in all three."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import join, legend
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison, Row

_LIMITS = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False}}


def pareto(table: pl.DataFrame, comparison: Comparison) -> Figure:
    """Yearly cost against availability, area = CO2; hollow where another option is better in everything. PARETO."""
    rows = table.drop_nulls(["availability", "total_cost"]).to_dicts()
    if not rows:
        return not_enough(
            "pareto_front", "No option has been simulated, so there is no front to draw.", "Run the study."
        )
    years, currency = comparison.years, comparison.currency
    most = max([row["co2_kg"] or 0.0 for row in rows] + [1e-9])
    series = [
        _option(name, rows, most, comparison) for name in comparison.names if any(r["option"] == name for r in rows)
    ]
    front = sorted(
        (row for row in rows if row["verdict"] != "dominated" and not row["dominated_by"]),
        key=lambda row: row["total_cost"],
    )
    line = style.line(
        "front",
        style.points([r["total_cost"] / years for r in front], [100 * r["availability"] for r in front]),
        LIGHT.muted,
        width=1,
        lineStyle={"color": LIGHT.muted, "width": 1, "type": "dashed"},
        z=1,
    )
    lowest = min(100 * (row["availability_low"] or row["availability"]) for row in rows)
    dearest = max((row["total_cost_high"] or row["total_cost"]) / years for row in rows)
    key, room = legend([one["name"] for one in series])
    picture = style.chart(
        [line, *series],
        legend=key | {"icon": "circle", "itemWidth": 9, "itemHeight": 9},
        grid=style.grid(top=room + 26, right=36, left=16),
        xAxis=style.axis("value", f"Cost, {currency}/year", min=0, max=style.nice_end(dearest)),
        yAxis=style.axis("value", "Availability, %", vertical=True, min=_floor(lowest), max=100),
    )
    co2 = " Area: CO2 of transport." if any(row["co2_kg"] for row in rows) else ""
    note = f"Strokes: 95 % intervals of the means. Hollow: another point is better in all.{co2}"
    if any(row["variant"] for row in rows):
        note += " Small marks: the same option with other stock, 'initial/reorder point'."
    return Figure("pareto_front", _title(rows, front, comparison), picture, table, note, 370 + room)


def _floor(lowest: float) -> float:
    step = 1.0 if lowest > 94 else 5.0 if lowest > 75 else 10.0
    return max(step * ((lowest - 0.15 * step) // step), 0.0)


def _option(name: str, rows: list[Row], most: float, comparison: Comparison) -> Options:
    colour, years = comparison.colour(name), comparison.years
    data: list[Options] = []
    strokes: list[list[Options]] = []
    for row in (row for row in rows if row["option"] == name):
        at = [style.rounded(row["total_cost"] / years), style.rounded(100 * row["availability"])]
        beaten = row["verdict"] == "dominated"
        size = 9 + 17 * ((row["co2_kg"] or 0.0) / most) ** 0.5
        look: dict[str, Any] = {"color": LIGHT.surface if beaten else colour, "borderColor": colour, "borderWidth": 2}
        data.append(
            {"value": at, "symbolSize": style.rounded(0.6 * size if row["variant"] else size, 3), "itemStyle": look,
             "name": _text(row, comparison)}
        )  # fmt: skip
        if not row["variant"]:
            strokes += _cross(row, at, years)
    mark = {**_LIMITS, "lineStyle": {"color": LIGHT.ink, "type": "solid", "width": 1.5}, "data": strokes}
    return {
        "id": name,
        "name": comparison.title(name),
        "type": "scatter",
        "data": data,
        "z": 4,
        "itemStyle": {"color": colour},
        "markLine": mark,
    }


def _cross(row: Row, at: list[Any], years: float) -> list[list[Options]]:
    strokes: list[list[Options]] = []
    if numbers.known(row["total_cost_low"]) and numbers.known(row["total_cost_high"]):
        ends = [row["total_cost_low"] / years, row["total_cost_high"] / years]
        strokes.append([{"coord": [style.rounded(end), at[1]]} for end in ends])
    if numbers.known(row["availability_low"]) and numbers.known(row["availability_high"]):
        ends = [100 * row["availability_low"], 100 * row["availability_high"]]
        strokes.append([{"coord": [at[0], style.rounded(end)]} for end in ends])
    return strokes


def _text(row: Row, comparison: Comparison) -> str:
    years, currency = comparison.years, comparison.currency

    def yearly(name: str, unit: str) -> str:
        value, low, high = (
            None if row[key] is None else row[key] / years for key in (name, f"{name}_low", f"{name}_high")
        )
        return numbers.measured(value, low, high, f"{unit}/year")

    stock = f" with stock {row['variant']}" if row["variant"] else ""
    up = numbers.measured(row["availability"], row["availability_low"], row["availability_high"], share=True)
    lines = [f"{comparison.title(row['option'])}{stock}", f"availability {up}", yearly("total_cost", currency)]
    lines.append(f"CO2 {yearly('co2_kg', 'kg')}")
    if row["dominated_by"]:
        lines.append(f"beaten by {comparison.title(row['dominated_by'])}")
    return "\n".join(lines)


def _title(rows: list[Row], front: list[Row], comparison: Comparison) -> str:
    whole = [row for row in rows if not row["variant"]]
    beaten = [row for row in whole if row["verdict"] == "dominated"]
    kept = list(dict.fromkeys(comparison.title(row["option"]) for row in front))
    if not beaten:
        return f"None of the {len(whole)} options is beaten in availability, cost and CO2 at once"
    names = join([comparison.title(row["option"]) for row in beaten])
    text = f"{names} {'is' if len(beaten) == 1 else 'are'} beaten in availability, cost and CO2 by another option"
    return f"{text}; {len(whole) - len(beaten)} of {len(whole)} remain: {join(kept)}" if kept else text
