"""Which option is cheapest depends on what an hour of down time costs: the lines, and where they cross."""

from __future__ import annotations

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison, Row
from spareverse.network.study_answers import NOT_ENOUGH


def downtime_cost(switches: pl.DataFrame, comparison: Comparison, *, today: float | None = 0.0) -> Figure:
    """Cost of each option against the cost of an hour down; the cheapest changes at the rules; DOWNTIME_SWITCHES.

    ``today``: what an hour costs in the study, marked where it is more than nothing; None: assets or months differ.
    """
    known = switches.filter(pl.col("cost_without_downtime").is_not_null() & pl.col("downtime_hours").is_not_null())
    if known.is_empty():
        return not_enough(
            "downtime",
            "No option has been simulated, so nothing can be said of the cost of down time.",
            "Run the study.",
        )
    currency, years = comparison.currency, comparison.years
    rows = {row["option"]: row for row in known.iter_rows(named=True)}
    ranked = sorted((row for row in rows.values() if row["rank"] is not None), key=lambda row: row["rank"])
    breaks = [row for row in ranked if numbers.known(row["from_cost"]) and row["from_cost"] > 0]
    reach = max([1.6 * row["from_cost"] for row in breaks] + [1.3 * (today or 0.0), 1.0])
    end = style.nice_end(reach)
    steps = [end * i / 60 for i in range(61)]
    series: list[Options] = []
    for name in comparison.names:
        if name in rows:
            series += _cost_line(rows[name], steps, years, comparison)
    texts = [_cheapest(at, rows, years, comparison) for at in steps]
    least = [min(_cost(row, at) for row in rows.values()) / years for at in steps]
    hover = style.hover_series(steps, least, texts)
    rules = [
        style.marker(row["from_cost"], numbers.digits(row["from_cost"]), LIGHT.ink, dashed=row["verdict"] == NOT_ENOUGH)
        for row in breaks
    ]
    if today:
        rules.append(style.marker(today, "today", LIGHT.today, position="insideEndTop"))
    hover["markLine"] = style.markers(rules)
    top = 1.35 * max(least[-1], *(_cost(row, steps[0]) / years for row in ranked or rows.values()))
    names = [comparison.title(name) for name in comparison.names if name in rows]
    key, room = legend(names)
    picture = style.chart(
        [hover, *series],
        hover="axis",
        legend=key,
        grid=style.grid(top=room + 44),
        xAxis=style.axis("value", f"Cost of down time, {currency}/h", min=0, max=end, lines=False),
        yAxis=style.axis(
            "value", f"Cost with down time, {currency}/year", vertical=True, min=0, max=style.nice_end(top), nameGap=24
        ),
    )
    note = "Rules: where the cheapest option changes (dashed: not clear of noise). Bands: 95 % intervals of the means."
    title = _switch_title(ranked, rows, comparison)
    if today is None:
        title = f"If an hour down cost the same everywhere: {title}"
        note += " The study's own costs of an hour differ, so that its totals lie on no point of this axis."
    return Figure("downtime", title, picture, known, note, 330 + room)


def _cost(row: Row, price: float) -> float:
    return float(row["cost_without_downtime"] + price * row["downtime_hours"])


def _cost_line(row: Row, steps: list[float], years: float, comparison: Comparison) -> list[Options]:
    name = row["option"]
    colour = comparison.colour(name)
    mean = [_cost(row, price) / years for price in steps]
    main = style.line(name, style.points(steps, mean), colour, name=comparison.title(name))
    ends = [row[f"{what}_{end}"] for what in ("cost_without_downtime", "downtime_hours") for end in ("low", "high")]
    if not all(numbers.known(end) for end in ends):
        return [main]
    low = [(ends[0] + price * ends[2]) / years for price in steps]
    high = [(ends[1] + price * ends[3]) / years for price in steps]
    return [*style.band(f"{name}_error", steps, low, high, colour), main]


def _cheapest(price: float, rows: dict[str, Row], years: float, comparison: Comparison) -> str:
    ranked = sorted(rows.values(), key=lambda row: _cost(row, price))
    lines = [f"Down time at {numbers.money(price, comparison.currency, 'h')}"]
    lines += [
        f"{comparison.title(row['option'])}: {numbers.money(_cost(row, price) / years, comparison.currency, 'year')}"
        for row in ranked
    ]
    return "\n".join(lines)


def _switch_title(ranked: list[Row], rows: dict[str, Row], comparison: Comparison) -> str:
    if not ranked:
        return f"None of the {len(rows)} options is clearly cheapest at any cost of down time"
    if len(ranked) == 1:
        return f"{comparison.title(ranked[0]['option'])} is cheapest of {len(rows)} options at any cost of down time"
    words = [f"{comparison.title(ranked[0]['option'])} is cheapest up to {numbers.digits(ranked[1]['from_cost'])}"]
    for row, after in zip(ranked[1:], [*ranked[2:], None], strict=True):
        name = comparison.title(row["option"])
        words.append(f"{name} from there on" if after is None else f"{name} up to {numbers.digits(after['from_cost'])}")
    return f"{', '.join(words)} {comparison.currency}/h of down time"
