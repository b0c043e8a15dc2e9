"""The Shanghai chart [Sirri 2023, Fig. 3 and 4]: every reorder cycle by lead time and safety cover, with both risks.

The scatter stands in the middle; above it the density of the lead time, its late tail shaded beyond the chosen lead
time; at the right the distribution of the safety cover, its stock-out tail shaded beyond the chosen cover. Both rules
move: ``shanghai_markers`` holds only what changes, by series id, to be merged with ECharts' ``setOption``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.risk_curve import Row, curve, end_of_interest, risk_at, risk_text
from spareverse.figures.style import LIGHT, Options
from spareverse.network.distributions import Weibull

_MOST_BARS = 48
_DENSITY_POINTS = 81
_MOST_CYCLES = 1500
_OPEN = "path://M-4,0A4,4,0,1,1,4,0A4,4,0,1,1,-4,0ZM3,-3L10,-10M10,-10L5,-10M10,-10L10,-5"
"""A hollow circle with an arrow: the cycle is not finished, both its coordinates may still grow."""


@dataclass(frozen=True)
class _Frame:
    """What does not move: the ends of both axes and the bars of the safety cover."""

    last_day: float
    bar: float
    """Pieces in one bar."""
    mass: NDArray[np.float64]
    """P(SC in bar k); bar 0 is SC = 0, bar k holds ((k - 1) bar, k bar]."""

    @property
    def top(self) -> float:
        """Upper end of the cover axis; half a bar is added at both ends, so that bars and points line up."""
        return (len(self.mass) - 0.5) * self.bar


def shanghai(row: Row, cycles: pl.DataFrame, *, cover: float | None = None, lead_time: float | None = None) -> Figure:
    """The chart of one part; ``cover`` [pieces] defaults to the optimum, ``lead_time`` [days] to the expected one."""
    cover, lead_time = _chosen(row, cover, lead_time)
    counted = _counted(cycles)
    if lead_time is None or not len(curve(row)):
        return not_enough(
            "shanghai",
            "The Shanghai chart needs a lead time and a demand; "
            + ("this part has no expected lead time." if lead_time is None else "this part has no demand to draw."),
            "Import purchase lines with a promised date, or a parts table with expected_lead_time_days.",
            counted,
        )
    frame = _frame(row, counted)
    moving = shanghai_markers(row, cover, lead_time, counted)["series"]
    fixed = [*_scatters(counted), *_marginals(row, frame)]
    right = {"xAxisIndex": 2, "yAxisIndex": 2}
    place: dict[str, Options] = {
        "late_tail": {"xAxisIndex": 1, "yAxisIndex": 1},
        "safe_cover": right,
        "stock_out_tail": right,
        "cover_edge": {"xAxisIndex": 2, "yAxisIndex": 3},
    }
    options = style.chart(
        [*fixed, *({**series, **place.get(series["id"], {})} for series in moving)],
        grid=[
            {"left": 58, "right": "25%", "top": 148, "bottom": 44},
            {"left": 58, "right": "25%", "top": 30, "height": 84},
            {"width": "18%", "right": 24, "top": 148, "bottom": 44},
        ],
        xAxis=_x_axes(frame),
        yAxis=_y_axes(frame),
        graphic=[_beside("77%", 92, "density of the\nlead time")],
    )
    return Figure(
        "shanghai", shanghai_title(row, cover, lead_time), options, counted, _note(row, cycles, counted), height=460
    )


def _counted(cycles: pl.DataFrame) -> pl.DataFrame:
    return cycles.filter(pl.col("flag").fill_null("") == "").sort("ordered_on")


def _chosen(row: Row, cover: float | None, lead_time: float | None) -> tuple[float, float | None]:
    if cover is None:
        cover = row["optimal_cover"] if row["optimal_cover"] is not None else row["current_cover"]
    return cover or 0.0, row["expected_lead_time_days"] if lead_time is None else lead_time


def shanghai_title(row: Row, cover: float, lead_time: float) -> str:
    """The finding for that pair of markers."""
    late = _late_risk(row, lead_time)
    return (
        f"Supply takes longer than {numbers.digits(lead_time)} days in {late} of the cycles; "
        f"{numbers.pieces(cover)} pieces leave a stock-out risk of {risk_text(row, cover)}"
    )


def shanghai_markers(row: Row, cover: float, lead_time: float, cycles: pl.DataFrame) -> Options:
    """Only what moves with the two markers: partial options for ``setOption``, found by series id."""
    frame = _frame(row, _counted(cycles))
    weibull = Weibull(row["lead_time_shape"], row["lead_time_scale_days"])
    day = min(lead_time, frame.last_day)
    days = np.linspace(day, frame.last_day, _DENSITY_POINTS // 2)
    # the rule lies between the last bar that the cover serves and the first of the tail
    first_bad = min(math.floor(cover / frame.bar + 1e-9) + 1, len(frame.mass))
    in_tail = np.arange(len(frame.mass)) >= first_bad
    along = day / frame.last_day
    side = "left" if along < 0.15 else "right" if along > 0.85 else "center"
    late_text = f"{numbers.digits(lead_time)} days: late {_late_risk(row, lead_time)}"
    short = f"{numbers.pieces(cover)} pieces: short {numbers.percent(risk_at(row, cover))}"
    over: dict[str, Any] = {"position": "insideEndTop", "color": LIGHT.stock_out, "fontWeight": "bold"}
    edge = first_bad - 0.5
    rules = [style.marker(day, "", LIGHT.late), style.marker(edge * frame.bar, short, LIGHT.proposed, axis="y", **over)]
    late = style.marker(day, late_text, LIGHT.late, fontWeight="bold", align=side)
    out = style.marker(edge * frame.bar, "", LIGHT.proposed, axis="y")
    return {
        "series": [
            {"id": "rules", "type": "line", "data": [], "markLine": style.markers(rules)},
            _area("late_tail", style.points(days, weibull.density(days)), LIGHT.late, 0.55)
            | {"markLine": style.markers([late])},
            _bars("safe_cover", np.where(in_tail, 0, frame.mass), LIGHT.data),
            _bars("stock_out_tail", np.where(in_tail, frame.mass, 0), LIGHT.stock_out),
            {"id": "cover_edge", "type": "line", "data": [], "markLine": style.markers([out])},
        ]
    }


def _late_risk(row: Row, lead_time: float) -> str:
    """With its interval at the expected lead time, which is where the row carries one."""
    if lead_time == row["expected_lead_time_days"]:
        return numbers.percent_interval(row["late_risk"], row["late_risk_low"], row["late_risk_high"])
    weibull = Weibull(row["lead_time_shape"], row["lead_time_scale_days"])
    return numbers.percent(float(weibull.survival(lead_time)))


def _frame(row: Row, cycles: pl.DataFrame) -> _Frame:
    """From the row and its cycles alone, so that nothing shifts while a marker moves."""
    weibull = Weibull(row["lead_time_shape"], row["lead_time_scale_days"])
    longest = _largest(cycles, "lead_time_days")
    last_day = 1.05 * max(float(weibull.quantile(0.985)), longest, 1.25 * (row["expected_lead_time_days"] or 0.0), 5.0)
    values, step = curve(row), row["risk_step"]
    end = end_of_interest(row, row["optimal_cover_high"], row["current_cover"], _largest(cycles, "safety_cover"))
    many = max(1, math.ceil(end / _MOST_BARS))
    edges = values[0 : end + many : many]
    mass = np.concatenate(([1.0 - edges[0]], edges[:-1] - edges[1:]))
    return _Frame(style.nice_end(last_day), step * many, mass)


def _largest(cycles: pl.DataFrame, column: str) -> float:
    largest = cycles[column].max() if cycles.height else None
    return float(largest) if isinstance(largest, (int, float)) else 0.0


def _scatters(cycles: pl.DataFrame) -> list[Options]:
    shown = cycles.tail(_MOST_CYCLES)
    age = (np.arange(shown.height) * len(LIGHT.ages)) // max(shown.height, 1)
    completed, still_open = [], []
    for cycle, shade in zip(shown.to_dicts(), age, strict=True):
        item = {"value": [cycle["lead_time_days"], cycle["safety_cover"]], "name": _cycle_text(cycle)}
        if cycle["open"]:
            still_open.append(item)
        else:
            completed.append({**item, "itemStyle": {"color": LIGHT.ages[int(shade)]}})
    common: Options = {"type": "scatter", "z": 4}
    closed_look = {"borderColor": LIGHT.surface, "borderWidth": 1}
    open_look = {"color": "transparent", "borderColor": LIGHT.ages[-1], "borderWidth": 1.5}
    return [
        {**common, "id": "cycles", "data": completed, "symbolSize": 11, "itemStyle": closed_look},
        {**common, "id": "open_cycles", "data": still_open, "symbol": _OPEN, "symbolSize": 16, "itemStyle": open_look}
        | {"symbolOffset": ["21%", "-21%"]},
    ]


def _cycle_text(cycle: dict[str, Any]) -> str:
    lines = [
        f"Order {cycle['order_id'] or 'without number'}, placed {cycle['ordered_on']}",
        f"{'open for' if cycle['open'] else 'lead time'} {numbers.digits(cycle['lead_time_days'])} days",
        f"{'demand so far' if cycle['open'] else 'safety cover'} {numbers.pieces(cycle['safety_cover'])} pieces",
        f"in {numbers.count(cycle['sales_lines'], 'customer order')}",
    ]
    return "\n".join(lines)


def _marginals(row: Row, frame: _Frame) -> list[Options]:
    weibull = Weibull(row["lead_time_shape"], row["lead_time_scale_days"])
    days = np.linspace(0, frame.last_day, _DENSITY_POINTS)[1:]
    top = {"xAxisIndex": 1, "yAxisIndex": 1}
    density = _area("lead_time_density", style.points(days, weibull.density(days)), LIGHT.data, 0.18)
    series = [density | top | {"lineStyle": {"color": LIGHT.holding, "width": 1.5}}]
    if row["paper_shape"] and row["paper_scale"]:
        edges = np.arange(len(frame.mass)) * frame.bar
        survival = (1 - (row["paper_no_sale"] or 0.0)) * Weibull(row["paper_shape"], row["paper_scale"]).survival(edges)
        inside = [[style.rounded(float(a - b)), k] for k, (a, b) in enumerate(pairwise(survival), 1)]
        paper = style.line("paper", inside, LIGHT.ink, width=1.2, xAxisIndex=2, yAxisIndex=2, z=5)
        series.append(paper | {"lineStyle": {"color": LIGHT.ink, "width": 1.2, "type": "dotted"}})
    return series


def _area(id_: str, data: list[Any], colour: str, opacity: float) -> Options:
    return style.line(id_, data, colour, width=0, areaStyle={"color": colour, "opacity": opacity}, z=2)


def _bars(id_: str, mass: NDArray[np.float64], colour: str) -> Options:
    data = [style.rounded(float(share), 4) for share in mass]
    look = {"color": colour, "opacity": 0.75}
    return {
        "id": id_,
        "type": "bar",
        "stack": "cover",
        "data": data,
        "barCategoryGap": "12%",
        "itemStyle": look,
        "silent": True,
    }


def _beside(left: str, top: int, text: str) -> Options:
    """A quiet word in the empty corner beside the density, where no marker's label can come."""
    look = {"text": text, "fill": LIGHT.muted, "fontSize": 12, "lineHeight": 16, "fontFamily": style.FONT}
    return {"type": "text", "left": left, "top": top, "silent": True, "style": look}


def _x_axes(frame: _Frame) -> list[Options]:
    bare: dict[str, Any] = {"axisLabel": {"show": False}, "lines": False}
    rest = np.sort(frame.mass[1:])[-1] if len(frame.mass) > 1 else 1.0
    # a tall first bar (no demand at all during the lead time) must not flatten the others
    widest = min(float(frame.mass.max()), 3.0 * float(rest)) or 1.0
    return [
        style.axis("value", "Lead time of the reorder cycle, days", min=0, max=frame.last_day),
        style.axis("value", gridIndex=1, min=0, max=frame.last_day, **bare),
        style.axis(
            "value", "Share of cycles", gridIndex=2, min=0, max=style.rounded(1.05 * widest), nameGap=14, **bare
        ),
    ]


def _y_axes(frame: _Frame) -> list[Options]:
    bare: dict[str, Any] = {"axisLabel": {"show": False}, "lines": False}
    ends = {"showMinLabel": False, "showMaxLabel": False}
    labels = [numbers.pieces(k * frame.bar) for k in range(len(frame.mass))]
    return [
        style.axis(
            "value", min=-frame.bar / 2, max=frame.top, axisLabel=ends, name="Safety cover, pieces", vertical=True
        ),
        style.axis("value", gridIndex=1, vertical=True, **bare),
        style.axis("category", gridIndex=2, data=labels, axisLine={"show": True}, **bare),
        style.axis("value", gridIndex=2, show=False, min=-frame.bar / 2, max=frame.top, **bare),
    ]


def _note(row: Row, cycles: pl.DataFrame, counted: pl.DataFrame) -> str:
    still_open = int(counted["open"].sum()) if counted.height else 0
    text = f"{numbers.count(counted.height - still_open, 'completed cycle')}, old ones light, recent ones dark"
    if still_open:
        text += f"; {still_open} open, drawn hollow with an arrow because lead time and demand may still grow"
    if counted.height > _MOST_CYCLES:
        text += f"; the most recent {_MOST_CYCLES} are drawn"
    if cycles.height > counted.height:
        text += f"; {cycles.height - counted.height} kept out of the statistics are not drawn"
    text += ". Bars: chance of each safety cover from all sales of the part."
    if row["paper_shape"] and row["paper_scale"]:
        text += " Dotted: Weibull of the completed cycles alone."
    return text
