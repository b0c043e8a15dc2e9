"""How single runs and single events spread: availability of runs, lead times, waits; one panel per option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison

MOST_PANELS = 8
_PANEL, _GAP, _HEAD = 62, 30, 26

Samples = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class _Kind:
    """What is counted, on which axis, and the one figure told per option."""

    name: str
    axis: str
    unit: str
    of: str


def availability_histogram(replications: pl.DataFrame, comparison: Comparison) -> Figure:
    """Availability of every single run; rows of REPLICATION_RESULTS."""
    samples = _samples(replications, "option", pl.col("availability") * 100, comparison)
    if not samples:
        return not_enough("availability", "No run has been made, so no availability spreads yet.", "Run the study.")
    widest = max(samples, key=lambda name: float(np.ptp(_middle(samples[name]))))
    low, high = _middle(samples[widest])
    title = f"One run in twenty lies outside {low:.1f} to {high:.1f} % with {comparison.title(widest)}"
    if len(samples) > 1:
        title += ", the least certain option"
    runs = numbers.count(max(len(values) for values in samples.values()), "run")
    note = f"Availability over the whole horizon, {runs} of every option under the same random numbers. Rule: the mean."
    return _draw(_Kind("availability", "Availability of one run, %", "%", "runs"), samples, comparison, title, note)


def lead_time_histogram(events: pl.DataFrame, comparison: Comparison) -> Figure:
    """Lead times of deliveries from suppliers; rows of STUDY_EVENTS (first runs only)."""
    arrived = events.filter((pl.col("kind") == "delivery") & pl.col("duration_h").is_not_null())
    samples = _samples(arrived, "option", pl.col("duration_h") / 24, comparison)
    if not samples:
        return not_enough(
            "lead_times",
            "No delivery was logged, so there are no lead times to show.",
            "Run the study with its log on.",
        )
    means = {name: float(values.mean()) for name, values in samples.items()}
    slow, fast = max(means, key=lambda n: means[n]), min(means, key=lambda n: means[n])
    title = f"A delivery takes {means[slow]:.0f} days on average with {comparison.title(slow)}"
    if means[slow] > 1.05 * means[fast]:
        title += f", {means[fast]:.0f} with {comparison.title(fast)}"
    note = f"Deliveries in the {_logged(events)}, from order to arrival. Rule: the mean."
    return _draw(_Kind("lead_times", "Lead time, days", "days", "deliveries"), samples, comparison, title, note)


def wait_histogram(events: pl.DataFrame, comparison: Comparison) -> Figure:
    """How long failures waited for their piece, of those that waited; rows of STUDY_EVENTS (first runs only)."""
    issued = events.filter((pl.col("kind") == "issue") & pl.col("duration_h").is_not_null())
    waited = _samples(issued.filter(pl.col("duration_h") > 0), "option", pl.col("duration_h") / 24, comparison)
    if issued.is_empty():
        return not_enough("waits", "No withdrawal was logged, so there are no waits to show.", "Run the study.")
    share = dict(issued.group_by("option").agg((pl.col("duration_h") > 0).mean()).iter_rows())
    if not waited:
        return not_enough("waits", "No failure waited for a piece in the logged runs.", "Nothing to do here.")
    least, most = (choose(share, key=lambda name: share[name]) for choose in (min, max))
    title = f"{numbers.percent(share[most])} of failures wait for a piece with {comparison.title(most)}"
    if share[least] < share[most]:
        title += f", {numbers.percent(share[least])} with {comparison.title(least)}"
    note = f"Failures that found no spare in the {_logged(events)}. Rule: the mean of those that waited."
    return _draw(_Kind("waits", "Wait for the piece, days", "days", "waits"), waited, comparison, title, note)


def _logged(events: pl.DataFrame) -> str:
    runs = events["replication"].n_unique()
    return "logged run" if runs == 1 else f"{runs} logged runs"


def _samples(frame: pl.DataFrame, by: str, value: pl.Expr, comparison: Comparison) -> Samples:
    parts = frame.select(by, value=value).drop_nulls().partition_by(by, as_dict=True)
    found = {name: parts[(name,)]["value"].to_numpy() for name in comparison.names if (name,) in parts}
    return dict(list(found.items())[:MOST_PANELS])


def _middle(values: NDArray[np.float64]) -> tuple[float, float]:
    """95 % of the values lie between."""
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def _draw(kind: _Kind, samples: Samples, comparison: Comparison, title: str, note: str) -> Figure:
    last = len(samples) - 1
    series: list[Options] = []
    rows: list[dict[str, Any]] = []
    tallest: list[int] = []
    for panel, (name, values) in enumerate(samples.items()):
        edges, counts = _binned(values)
        series += _steps(kind, panel, name, edges, counts, float(values.mean()), comparison)
        tallest.append(int(counts.max()))
        rows += [
            {"option": name, "from": a, "to": b, kind.of: int(n)}
            for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)
            if n
        ]
    tops = [_HEAD + panel * (_PANEL + _GAP) for panel in range(len(samples))]
    ends = _ends(np.concatenate(list(samples.values())))
    picture = style.chart(
        series,
        grid=[{"left": 48, "right": 28, "top": top, "height": _PANEL} for top in tops],
        xAxis=[
            style.axis(
                "value", kind.axis if panel == last else "", gridIndex=panel, axisLabel={"show": panel == last}, **ends
            )
            for panel in range(len(samples))
        ],
        yAxis=[_counts(panel, name, comparison, kind, tallest[panel]) for panel, name in enumerate(samples)],
    )
    if len(comparison.names) > len(samples) == MOST_PANELS:
        note += f" The first {MOST_PANELS} options are drawn."
    return Figure(kind.name, title, picture, pl.DataFrame(rows), note, tops[-1] + _PANEL + 56)


def _step(width: float) -> float:
    """A round width of a bin, at most ``width``."""
    magnitude = 10.0 ** np.floor(np.log10(width))
    return float(max(factor * magnitude for factor in (1, 2, 5) if factor * magnitude <= width * (1 + 1e-9)))


def _binned(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Round bins over the option's own values, so that a sharp option is not one bar."""
    low, high = float(values.min()), float(np.quantile(values, 0.999))
    step = _step((high - low) / 12) if high > low else _step(max(abs(low), 1.0) / 50)
    edges = step * np.arange(np.floor(low / step), np.ceil(max(high, low + step) / step) + 1.5)
    counts = np.histogram(np.minimum(values, edges[-1] - 0.5 * step), edges)[0]
    return edges, counts.astype(np.int64)


def _ends(values: NDArray[np.float64]) -> Options:
    low, high = float(values.min()), float(np.quantile(values, 0.999))
    step = _step(max((high - low) / 5, 1e-3))
    return {
        "min": style.rounded(step * np.floor(low / step - 0.1)) if low > step else 0,
        "max": style.rounded(step * np.ceil(high / step + 0.1)),
    }


def _steps(
    kind: _Kind,
    panel: int,
    name: str,
    edges: NDArray[np.float64],
    counts: NDArray[np.int64],
    mean: float,
    comparison: Comparison,
) -> list[Options]:
    """Bars as a stepped area over a value axis, the mean as a rule, and unseen dots that carry the counts."""
    colour = comparison.colour(name)
    axes: Options = {"xAxisIndex": panel, "yAxisIndex": panel}
    corners = [float(edges[0]), *edges.tolist()]
    area = style.line(name, style.points(corners, [0.0, *counts.tolist(), 0.0]), colour, width=1)
    area |= {"step": "end", "areaStyle": {"color": colour, "opacity": 0.55}, **axes}
    area["markLine"] = style.markers([style.marker(mean, "", LIGHT.ink, dashed=True)])
    dots = [
        {"value": [style.rounded((a + b) / 2, 6), int(n)],
         "name": f"{comparison.title(name)}\n{_span(a, b)} {kind.unit}: {n:,} {kind.of}"}
        for a, b, n in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
        if n
    ]  # fmt: skip
    unseen = {"itemStyle": {"color": colour, "opacity": 0.01}, "symbolSize": 12, **axes}
    return [area, {"id": f"{name}_counts", "type": "scatter", "data": dots, **unseen}]


def _span(low: float, high: float) -> str:
    return f"{numbers.digits(low, 4)} to {numbers.digits(high, 4)}"


def _counts(panel: int, name: str, comparison: Comparison, kind: _Kind, tallest: int) -> Options:
    words = plain(comparison.title(name))
    top = int(style.nice_end(max(tallest, 1)))
    return style.axis(
        "value",
        words if panel else f"{words} ({kind.of})",
        vertical=True,
        gridIndex=panel,
        min=0,
        max=top,
        interval=top,
        nameTextStyle={"color": LIGHT.ink, "padding": [0, 0, 0, -40]},
    )
