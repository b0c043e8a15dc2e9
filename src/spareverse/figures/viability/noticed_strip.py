"""Disturbances of simulated runs on a strip of time, and on it when each monitor first alarmed."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend, plain, room
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.viability.noticed import monitor_words, of_use, runs_words, watched_words, weeks_words
from spareverse.figures.viability.words import capital, plain_name

Row = dict[str, Any]
MOST_OF_ONE, MOST, _ROW, _BAND = 6, 24, 26, 26
UP, DOWN = "more", "less"
_LOOK = {"up": (UP, LIGHT.stock_out, 0), "down": (DOWN, LIGHT.holding, 180)}
"""Direction -> words, colour, and how far the triangle is turned."""


def noticed_strip(noticed: pl.DataFrame) -> Figure:
    """Rows of NOTICED of one scenario: a band from where each disturbance begins for as long as it is watched, a row
    for every monitor of use with the median, quickest and slowest first alarm."""
    first = of_use(noticed).group_by("scenario", "disturbance", maintain_order=True).head(MOST_OF_ONE)
    rows = first.sort("begins_day", "disturbance", "delay_days", maintain_order=True).head(MOST).to_dicts()
    if not rows:
        return not_enough(
            "noticed-strip", "No monitor noticed clearly more than it would have alarmed anyway.",
            "Simulate a scenario with a disturbance, with ten replications or shorter periods.", noticed,
        )  # fmt: skip
    together = {row["begins_day"] for row in rows if len(_of_day(rows, row["begins_day"])) > 1}
    names = [
        plain(monitor_words(row) + (f" ({row['disturbance']})" if row["begins_day"] in together else ""), 56)
        for row in rows
    ]  # fmt: skip
    dots, lines = [], []
    for at, row in enumerate(rows):
        _, colour, turned = _LOOK[row["direction"] or "up"]
        days = [row["begins_day"] + row[f"delay_days{end}"] for end in ("", "_low", "_high")]
        dots.append({"value": [style.rounded(days[0]), at], "name": _told(row), "symbolRotate": turned,
                     "itemStyle": {"color": colour}, "symbolSize": 7 + 7 * row["noticed"] / row["runs"]})  # fmt: skip
        line = {"color": colour, "type": "solid", "width": 4, "opacity": 0.45}
        lines.append([{"coord": [days[1], at], "lineStyle": line}, {"coord": [days[2], at]}])
    told = noticed.select("disturbance", "begins_day", "watched_days").unique(maintain_order=True).to_dicts()
    mark = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False}, "data": lines}
    series: list[Options] = [
        {"id": "alarms", "name": "first alarm", "type": "scatter", "symbol": "triangle", "data": dots, "z": 6,
         "markLine": mark, "markArea": _bands(told)},
        *({"id": words, "name": words, "type": "scatter", "symbol": "triangle", "data": [], "symbolRotate": turned,
           "itemStyle": {"color": colour}} for words, colour, turned in _LOOK.values()),
    ]  # fmt: skip
    key, head = legend([UP, DOWN])
    end = max(row["begins_day"] + row["watched_days"] for row in told)
    picture = style.chart(
        series,
        legend=key | {"data": [UP, DOWN], "icon": "triangle"},
        grid={"left": room(names, 130), "right": 30, "top": head + _BAND, "height": _ROW * len(rows)},
        xAxis=style.axis("value", "Day of the run", min=0, max=style.nice_end(end)),
        yAxis=style.axis("category", data=names, inverse=True, axisLabel={"interval": 0}),
    )
    quick = min(rows, key=lambda row: row["delay_days"])
    what = capital(plain_name(quick["disturbance"]))
    title = f"{what} is noticed after {weeks_words(quick)}, by {watched_words(quick)}"
    note = (
        "Band: from the beginning of a disturbance for as long as it is watched. Triangle: median first alarm, larger"
    )
    note += " where more runs noticed; line: quickest to slowest run."
    return Figure("noticed-strip", title, picture, noticed, note, _ROW * len(rows) + head + _BAND + 52)


def _of_day(rows: list[Row], day: float) -> set[str]:
    return {row["disturbance"] for row in rows if row["begins_day"] == day}


def _bands(told: list[Row]) -> Options:
    """Shaded from where something begins, its name above; of those that begin together the names stand in one band."""
    of_day: dict[tuple[float, float], list[str]] = {}
    for row in told:
        of_day.setdefault((row["begins_day"], row["watched_days"]), []).append(plain_name(row["disturbance"]))
    data = [
        [{"xAxis": begin, "name": plain(", ".join(names), 34)}, {"xAxis": begin + days}]
        for (begin, days), names in of_day.items()
    ]  # fmt: skip
    label = {"position": "top", "color": LIGHT.ink, "fontSize": 11}
    return {"silent": True, "itemStyle": {"color": LIGHT.late, "opacity": 0.12}, "label": label, "data": data}


def _told(row: Row) -> str:
    return (
        f"{monitor_words(row)}: {row['direction']}\n"
        f"{row['disturbance']} noticed in {runs_words(row['noticed'], row)}, after {weeks_words(row)}\n"
        f"alarms without it in {runs_words(row['false_alarms'], row)}"
    )
