"""What the monitors noticed of simulated disturbances: weeks until the first alarm, beside false alarms."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain, room
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.words import disturbance_words

Row = dict[str, Any]
MOST, _ROW, _WEEK = 15, 26, 7.0
CLEAR = 1.2816
"""Standard deviations that one in ten lies beyond."""


def of_use(noticed: pl.DataFrame) -> pl.DataFrame:
    """Rows of NOTICED that alarmed in clearly more disturbed runs than in undisturbed ones, in their order.

    Clearly: one time in ten by chance, as if alarms of either were Poisson; a single run must have been told apart.
    """
    more = pl.col("noticed") - pl.col("false_alarms")
    clear = more > CLEAR * (pl.col("noticed") + pl.col("false_alarms")).sqrt()
    return noticed.filter((more > 0) & (clear | (pl.col("runs") == 1)))


def noticed_delays(noticed: pl.DataFrame) -> Figure:
    """Rows of NOTICED: per monitor the median of weeks until it noticed, with the quickest and the slowest run."""
    rows = of_use(noticed).head(MOST).sort("delay_days", maintain_order=True).to_dicts()
    if not rows:
        return not_enough(
            "noticed", "No monitor noticed clearly more than it would have alarmed anyway.",
            "Simulate a scenario with a disturbance, with ten replications or shorter periods.",
        )  # fmt: skip
    names = [plain(f"{monitor_words(row)} ({row['disturbance']})", 64) for row in rows]
    ends = [
        [{"coord": [row["delay_days_low"] / _WEEK, at]}, {"coord": [row["delay_days_high"] / _WEEK, at]}]
        for at, row in enumerate(rows)
    ]
    data = [
        {"value": [row["delay_days"] / _WEEK, at], "name": _told(row),
         "symbolSize": 6 + 10 * row["noticed"] / row["runs"]}
        for at, row in enumerate(rows)
    ]  # fmt: skip
    mark = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False},
            "lineStyle": {"type": "solid", "width": 3, "opacity": 0.45, "color": LIGHT.holding},
            "data": ends}  # fmt: skip
    # a line does not widen the axis
    longest = math.ceil(max(row["delay_days_high"] for row in rows) / _WEEK)
    dots: Options = {"id": "noticed", "type": "scatter", "data": data, "z": 6, "itemStyle": {"color": LIGHT.holding},
                     "markLine": mark}  # fmt: skip
    picture = style.chart(
        [dots],
        grid={"left": room(names, 130), "right": 26, "top": 8, "height": _ROW * len(rows)},
        xAxis=style.axis("value", "Weeks from the beginning to the first alarm", min=0, max=longest),
        yAxis=style.axis("category", data=names, inverse=True, axisLabel={"interval": 0}),
    )
    first = rows[0]
    what = disturbance_words(first["disturbance"])
    title = f"{what} is noticed soonest, by {watched_words(first)}: after {weeks_words(first)}"
    note = "Dot: median of the runs that noticed, larger where more did; line: quickest to slowest."
    return Figure("noticed", title, picture, noticed, note, _ROW * len(rows) + 52)


def watched_words(row: Row) -> str:
    """What is watched: ``stock at NORTH``, ``lead time of lane S-1 to NORTH``."""
    if row["subject_kind"] in ("place", "places"):
        return f"{row['stream']} at {row['subject_id']}"
    if row["subject_kind"] == "network":
        return f"{row['stream']}, {row['subject_id']}"
    where = f" to {row['place_id']}" if row["place_id"] else ""
    return f"{row['stream']} of {row['subject_kind']} {row['subject_id']}{where}"


def monitor_words(row: Row) -> str:
    """``stock at NORTH (EWMA)``."""
    return f"{watched_words(row)} ({row['monitor']})"


def weeks_words(row: Row) -> str:
    """``6 weeks``, with the quickest and the slowest run where they differ; empty where nothing was noticed."""
    if row["delay_days"] is None:
        return ""
    middle, low, high = (row[f"delay_days{end}"] / _WEEK for end in ("", "_low", "_high"))
    text = f"{numbers.digits(middle, 2)} weeks"
    return text if high - low < 0.1 else f"{text} ({numbers.digits(low, 2)} to {numbers.digits(high, 2)})"


def runs_words(count: int, row: Row) -> str:
    """``9 of 10 runs``."""
    return f"{count} of {numbers.count(row['runs'], 'run')}"


def _told(row: Row) -> str:
    return (
        f"{monitor_words(row)}: {row['direction']}\n"
        f"{row['disturbance']} noticed in {runs_words(row['noticed'], row)}, after {weeks_words(row)}\n"
        f"alarms without it in {runs_words(row['false_alarms'], row)}"
    )
