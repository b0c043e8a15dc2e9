"""How single runs and single events spread: availability of runs, lead times, waits; one panel per option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison

MOST_PANELS = 8
_BINS = 32
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
    everything = np.concatenate(list(samples.values()))
    low, high = float(everything.min()), float(np.quantile(everything, 0.999))
    step = style.nice_end((high - low) / _BINS * 6) / 6 if high > low else max(abs(low), 1.0) / 10
    edges = step * np.arange(np.floor(low / step), np.ceil(max(high, low + step) / step) + 1.5)
    last = len(samples) - 1
    series: list[Options] = []
    rows: list[dict[str, Any]] = []
    for panel, (name, values) in enumerate(samples.items()):
        counts = np.histogram(np.minimum(values, edges[-1] - 0.5 * step), edges)[0]
        series.append(_bars(kind, panel, name, edges, counts, values, comparison))
        rows += [
            {"option": name, "from": a, "to": b, kind.of: int(n)}
            for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)
            if n
        ]
    tops = [_HEAD + panel * (_PANEL + _GAP) for panel in range(len(samples))]
    ends: Options = {"min": style.rounded(edges[0]), "max": style.rounded(edges[-1])}
    picture = style.chart(
        series,
        grid=[{"left": 48, "right": 28, "top": top, "height": _PANEL} for top in tops],
        xAxis=[
            style.axis(
                "value", kind.axis if panel == last else "", gridIndex=panel, axisLabel={"show": panel == last}, **ends
            )
            for panel in range(len(samples))
        ],
        yAxis=[
            _count_axis(panel, name, comparison, kind, int(max(item["value"][1] for item in one["data"])))
            for panel, (name, one) in enumerate(zip(samples, series, strict=True))
        ],
    )
    if len(comparison.names) > len(samples) == MOST_PANELS:
        note += f" The first {MOST_PANELS} options are drawn."
    return Figure(kind.name, title, picture, pl.DataFrame(rows), note, tops[-1] + _PANEL + 56)


def _bars(
    kind: _Kind,
    panel: int,
    name: str,
    edges: NDArray[np.float64],
    counts: NDArray[np.int64],
    values: NDArray[np.float64],
    comparison: Comparison,
) -> Options:
    """Bars as a stepped area, so that bins touch at any width; the mean as a rule."""
    colour = comparison.colour(name)
    data = []
    for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True):
        span = f"{numbers.digits(float(left), 4)} to {numbers.digits(float(right), 4)} {kind.unit}"
        middle = style.rounded(float(left + right) / 2, 6)
        data.append({"value": [middle, int(count)], "name": f"{comparison.title(name)}\n{span}: {count:,} {kind.of}"})
    rule = style.marker(float(values.mean()), "", LIGHT.ink, dashed=True)
    share = 100.0 / len(counts)
    return {
        "id": name,
        "type": "bar",
        "data": data,
        "barWidth": f"{0.94 * share:.2f}%",
        "itemStyle": {"color": colour},
        "xAxisIndex": panel,
        "yAxisIndex": panel,
        "markLine": style.markers([rule]),
    }


def _count_axis(panel: int, name: str, comparison: Comparison, kind: _Kind, highest: int) -> Options:
    words = comparison.title(name) if panel else f"{comparison.title(name)} ({kind.of})"
    return style.axis(
        "value",
        words.translate(str.maketrans("{}|", "()/")),
        vertical=True,
        gridIndex=panel,
        min=0,
        max=int(style.nice_end(max(highest, 1))) or 1,
        interval=int(style.nice_end(max(highest, 1))) or 1,
        nameTextStyle={"color": LIGHT.ink, "padding": [0, 0, 0, -40]},
    )
