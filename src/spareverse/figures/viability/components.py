"""How a network holds itself: the components of homeostasis, a panel for every disturbance of the battery."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import whiskers
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.panels import Panels
from spareverse.figures.viability.words import COMPONENTS, NO_RUN, capital, disturbance_words, quantity

Row = dict[str, Any]
_BAR = 22


def component_bars(homeostasis: pl.DataFrame) -> Figure:
    """Rows of HOMEOSTASIS: index of each component from 0 to 1 with its interval; the lowest of all is marked."""
    if homeostasis.is_empty():
        return not_enough("components", "The network has not been shaken yet, so nothing shows how it holds.", NO_RUN)
    names = homeostasis["disturbance"].unique(maintain_order=True).to_list()
    rows = {name: homeostasis.filter(pl.col("disturbance") == name).to_dicts() for name in names}
    panels = Panels([_heading(name, rows[name]) for name in names], _BAR * max(len(found) for found in rows.values()))
    series: list[Options] = []
    for at, name in enumerate(names):
        series += _bars(at, name, rows[name])
    picture = style.chart(
        series,
        title=panels.headings,
        grid=panels.grids,
        xAxis=[
            style.axis("value", gridIndex=at, min=0, max=1, interval=0.25, axisLabel={"show": panels.in_last_row(at)})
            for at in range(len(names))
        ],
        yAxis=[
            style.axis("category", gridIndex=at, inverse=True, lines=False, axisLabel={"interval": 0},
                       data=[capital(str(row["component"])) for row in rows[name]])
            for at, name in enumerate(names)
        ],
    )  # fmt: skip
    told = {
        name: COMPONENTS[name] for name in homeostasis["component"].unique(maintain_order=True) if name in COMPONENTS
    }
    note = (
        "Bar: index of the component, 1 = not thrown at all, one half where it reaches the declared reference; stroke:"
        f" 95 %. Hover for the value itself. {'; '.join(f'{capital(name)}: {words}' for name, words in told.items())}."
    )
    return Figure("components", _title(homeostasis), picture, homeostasis, note, panels.total)


def _heading(name: str, rows: list[Row]) -> str:
    worst = next((row for row in rows if row["worst"] == "yes"), None)
    return disturbance_words(name) + (f": {worst['component']} is weakest" if worst else "")


def _bars(at: int, name: str, rows: list[Row]) -> list[Options]:
    data, ends = [], []
    for place, row in enumerate(rows):
        worst = row["worst"] == "yes"
        value = quantity(row["value"], row["value_low"], row["value_high"], row["unit"])
        index = numbers.measured(row["h"], row["h_low"], row["h_high"])
        text = f"{disturbance_words(name)}: {row['component']}\nindex {index}\n{value}"
        colour = LIGHT.stock_out if worst else LIGHT.data
        data.append({"value": style.rounded(row["h"]), "name": text, "itemStyle": {"color": colour}})
        ends.append((row["h_low"], row["h_high"], place, LIGHT.ink))
    bars = {"id": name, "type": "bar", "data": data, "xAxisIndex": at, "yAxisIndex": at, "barMaxWidth": 12}
    return [bars, whiskers(f"{name} interval", ends, width=1.5, xAxisIndex=at, yAxisIndex=at)]


def _title(homeostasis: pl.DataFrame) -> str:
    row = homeostasis.sort("h").row(0, named=True)
    value = quantity(row["value"], row["value_low"], row["value_high"], row["unit"])
    name = str(row["component"])
    words = f"{COMPONENTS[name]} ({name})" if name in COMPONENTS else name
    return f"Weakest: {words}, {disturbance_words(row['disturbance']).lower()}: {value}"
