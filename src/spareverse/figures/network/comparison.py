"""Scenarios beside one another: how every measure differs from the first, paired by replication, with its interval."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend, plain, room, whiskers
from spareverse.figures.network.scenarios import Scenarios
from spareverse.figures.style import LIGHT, Options
from spareverse.simulation.universe.measures import MEASURES

Row = dict[str, Any]
MOST_PERCENT = 100.0
"""Larger changes stand at the end of the axis, with their value in words: others would shrink to nothing."""
_NOTHING = 1e-9
"""A share of the measure that is left of equal numbers when they are subtracted."""
_LINE, _BLOCK = 20, 16


def scenario_differences(differences: pl.DataFrame, measures: pl.DataFrame, scenarios: Scenarios) -> Figure:
    """Change of each measure in percent of the first scenario; rows of DIFFERENCES and MEASURES_TABLE."""
    first = scenarios.names[0] if scenarios.names else ""
    base = measures.filter(pl.col("scenario") == first).select("measure", base="mean")
    known = pl.col("difference").is_finite() & pl.col("base").is_finite() & (pl.col("base") != 0)
    rows = differences.join(base, on="measure", how="left", maintain_order="left").filter(known).to_dicts()
    if not rows:
        lacking = "There is only one scenario, so there is nothing to compare."
        return not_enough("scenarios", lacking, "Add a scenario and simulate both.")
    moved = {row["measure"] for row in rows if abs(row["difference"]) > _NOTHING * abs(row["base"])}
    same = list(dict.fromkeys(row["measure"] for row in rows if row["measure"] not in moved))
    if not moved:
        return not_enough(
            "scenarios", "No scenario changes anything in these runs.", "Look whether what it changes is used at all."
        )
    rows = [row for row in rows if row["measure"] in moved]
    names = list(dict.fromkeys(row["measure"] for row in rows))
    others = [name for name in scenarios.names if any(row["scenario"] == name for row in rows)]
    wide = _wide(rows)
    placed = [(row, names.index(row["measure"]) + _height(others.index(row["scenario"]), len(others))) for row in rows]
    series: list[Options] = []
    for name in others:
        own = [(row, y) for row, y in placed if row["scenario"] == name]
        series += [_dots(name, own, wide, scenarios), _strokes(name, own, wide, scenarios.colour(name))]
    series[1]["markLine"]["data"].append(_zero(len(names)))
    key, head = legend([plain(scenarios.title(name)) for name in others])
    picture = style.chart(
        series,
        legend=key,
        grid={"left": room(map(_words, names), 130), "right": 96, "top": head + 8, "bottom": 48},
        xAxis=style.axis("value", f"Change against {scenarios.title(first)}, %", min=-wide, max=wide),
        yAxis=[
            style.axis("category", data=[_words(name) for name in names], inverse=True, axisLabel={"interval": 0}),
            {"type": "value", "show": False, "inverse": True, "min": 0, "max": len(names)},
        ],
    )
    note = "Paired by run under the same random numbers; stroke: 95 % interval. A stroke across 0: not clear of noise."
    if any(abs(_percent(row, "difference")) > wide for row in rows):
        note += f" Changes beyond {wide:.0f} % stand at the end of the axis."
    if same:
        note += f" Nothing changes: {', '.join(_words(name) for name in same)}."
    height = head + 64 + (_LINE * len(others) + _BLOCK) * len(names)
    data = differences.sort("measure", "scenario")
    return Figure("scenarios", _title(rows, scenarios), picture, data, note, height)


def _words(measure: str) -> str:
    """A measure as it is known: ``Holding cost``, ``CO2``."""
    words = measure.replace("_", " ").removesuffix(" kg").replace("piece days", "of customers")
    return (words[:1].upper() + words[1:]).replace("Co2", "CO2")


def _height(at: int, count: int) -> float:
    """Where a scenario stands within the row of a measure, 0 to 1."""
    return (at + 0.5) / count * 0.7 + 0.15


def _percent(row: Row, name: str) -> float:
    value = row[name]
    return math.nan if value is None else 100.0 * float(value) / abs(float(row["base"]))


def _wide(rows: list[Row]) -> float:
    """Half the axis: it holds every interval up to ``MOST_PERCENT``."""
    every = [_percent(row, name) for row in rows for name in ("difference", "low", "high")]
    ends = [abs(end) for end in every if math.isfinite(end)]
    return style.nice_end(min(max(ends), MOST_PERCENT))


def _share(row: Row) -> bool:
    return str(row["unit"] or "").startswith("share")


def _dots(name: str, own: list[tuple[Row, float]], wide: float, scenarios: Scenarios) -> Options:
    data = []
    for row, y in own:
        change = _percent(row, "difference")
        unit = "percentage points" if _share(row) else row["unit"] or ""
        size = 100.0 if _share(row) else 1.0
        mean, low, high = (None if row[end] is None else size * row[end] for end in ("difference", "low", "high"))
        told = numbers.measured(mean, low, high, unit)
        before = numbers.percent(row["base"]) if _share(row) else numbers.digits(row["base"])
        text = f"{scenarios.title(name)}: {_words(row['measure']).lower()}\n{told} against {before}"
        label = {"show": True, "position": "right", "color": LIGHT.ink, "fontSize": 11, "distance": 8}
        beyond = {"symbol": "triangle", "symbolRotate": -90 if change > 0 else 90} if abs(change) > wide else {}
        dot: Options = {"value": [style.rounded(min(max(change, -wide), wide)), y], "name": text, **beyond}
        if beyond:
            dot["label"] = {**label, "formatter": f"{numbers.digits(change, 2)} %"}
        data.append(dot)
    return {"id": name, "name": plain(scenarios.title(name)), "type": "scatter", "data": data, "yAxisIndex": 1,
            "symbolSize": 9, "z": 6, "itemStyle": {"color": scenarios.colour(name), "opacity": 1}}  # fmt: skip


def _strokes(name: str, own: list[tuple[Row, float]], wide: float, colour: str) -> Options:
    ends = []
    for row, y in own:
        low, high = _percent(row, "low"), _percent(row, "high")
        if low < wide and high > -wide:
            ends.append((max(low, -wide), min(high, wide), y, colour))
    return whiskers(f"{name} interval", ends, yAxisIndex=1)


def _zero(rows: int) -> list[Options]:
    return [{"coord": [0, 0], "lineStyle": {"color": LIGHT.muted, "width": 1}}, {"coord": [0, rows]}]


def _clear(row: Row) -> bool:
    low, high = row["low"], row["high"]
    return low is not None and high is not None and (low > 0 or high < 0)


def _title(rows: list[Row], scenarios: Scenarios) -> str:
    clear = [row for row in rows if _clear(row)]
    if not clear:
        return f"No measure differs from {scenarios.title(scenarios.names[0])} clear of noise"
    most = max(clear, key=lambda row: abs(_percent(row, "difference")))
    change = _percent(most, "difference")
    told = f"{numbers.digits(abs(change), 2)} % {'higher' if change > 0 else 'lower'}"
    if change >= 200:
        told = f"{numbers.digits(1 + change / 100, 2)} times as high"
    known = MEASURES.get(most["measure"])
    verdict = ""
    if known is not None and known.better != "neither":
        verdict = " (better)" if (change > 0) == (known.better == "more") else " (worse)"
    return f"{scenarios.title(most['scenario'])}: {_words(most['measure']).lower()} {told}{verdict}"
