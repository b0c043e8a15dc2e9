"""Money through time: cumulative cost of every option; fees against what they cover (El-Thalji 2025, figure 11)."""

from __future__ import annotations

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import Options
from spareverse.figures.warehouse.comparison import Comparison, Row
from spareverse.network.study import HOURS_PER_YEAR
from spareverse.network.study_answers import NOT_ENOUGH

MOST_POINTS = 240


def cumulative_cost(periods: pl.DataFrame, comparison: Comparison) -> Figure:
    """All costs up to each time, with the band of 95 % of single runs; rows of PERIOD_RESULTS."""
    names = [name for name in comparison.names if name in set(periods["option"].unique())]
    if not names:
        return not_enough("cumulative", "No option has been simulated, so no cost adds up yet.", "Run the study.")
    currency = comparison.currency
    frames = {name: _thin(periods.filter(pl.col("option") == name).sort("period")) for name in names}
    series: list[Options] = []
    for name, frame in frames.items():
        x = (frame["until_h"] / HOURS_PER_YEAR).to_list()
        colour = comparison.colour(name)
        series += style.band(
            f"{name}_runs", x, frame["cumulative_low"].to_list(), frame["cumulative_high"].to_list(), colour
        )
        series.append(
            style.line(name, style.points(x, frame["cumulative_cost"].to_list()), colour, name=comparison.title(name))
        )
    first = next(iter(frames.values()))
    x = (first["until_h"] / HOURS_PER_YEAR).to_list()
    top = max(max(frame["cumulative_high"].drop_nulls().to_list(), default=0.0) for frame in frames.values())
    texts = [_hover(at, frames, comparison) for at in range(first.height)]
    ends = {name: float(frame["cumulative_cost"][-1]) for name, frame in frames.items()}
    picture = style.chart(
        [style.hover_series(x, first["cumulative_cost"].to_list(), texts), *series],
        hover="axis",
        legend=style.legend([comparison.title(name) for name in names]) | {"left": 8, "right": 8},
        grid=style.grid(top=74),
        xAxis=style.axis("value", "Time since commissioning, years", min=0, max=style.rounded(float(x[-1]))),
        yAxis=style.axis("value", f"Cost so far, {currency}", vertical=True, min=0, max=style.nice_end(max(top, 1.0))),
    )
    cheap, dear = min(ends, key=lambda n: ends[n]), max(ends, key=lambda n: ends[n])
    title = f"After {x[-1]:.0f} years {comparison.title(cheap)} has cost {numbers.money(ends[cheap], currency)}"
    if dear != cheap:
        title += f", {comparison.title(dear)} {numbers.money(ends[dear], currency)}"
    note = "Band: 95 % of single runs. First stock and investment included, down time and CO2 at their price."
    kept = periods.select("option", "period", "until_h", "cumulative_cost", "cumulative_low", "cumulative_high")
    return Figure("cumulative", title, picture, kept, note, 380)


def _thin(frame: pl.DataFrame) -> pl.DataFrame:
    kept: pl.DataFrame = frame[style.thin(frame["period"].to_list(), MOST_POINTS).tolist()]
    return kept


def _hover(at: int, frames: dict[str, pl.DataFrame], comparison: Comparison) -> str:
    any_frame = next(iter(frames.values()))
    lines = [f"After {any_frame['until_h'][at] / HOURS_PER_YEAR:.1f} years"]
    for name, frame in frames.items():
        if at < frame.height:
            low, mean, high = (frame[f"cumulative_{end}"][at] for end in ("low", "cost", "high"))
            lines.append(f"{comparison.title(name)}: {numbers.measured(mean, low, high, comparison.currency)}")
    return "\n".join(lines)


def fee_chart(
    chart: pl.DataFrame, break_even: pl.DataFrame, comparison: Comparison, *, against: str | None = None
) -> Figure:
    """Cumulative fees against what they replace, and the break-even fee; rows of FEE_CHART and BREAK_EVEN.

    ``against``: the option whose parts (and holding) the fees replace; None: the first the break-even compares with.
    """
    fees = chart.filter(pl.col("kind") == "fee")
    even = break_even.filter((pl.col("lever") == "fee_per_month") & (pl.col("part_id").fill_null("") == ""))
    payers = [name for name in comparison.names if name in set(fees["option"].unique())]
    others = [name for name in comparison.names if name not in payers]
    other = against or next(
        (name for name in even["against"].to_list() if name in others), others[0] if others else None
    )
    replaced = chart.filter((pl.col("option") == (other or "")) & pl.col("kind").is_in(["covered", "parts"]))
    if not payers or other is None or replaced.is_empty():
        return not_enough(
            "fees",
            "There is no fee to set against the cost of parts.",
            "Give an option a fee per month, and keep one option that buys its parts.",
        )
    kind = "covered" if "covered" in set(replaced["kind"]) else "parts"
    curve = replaced.filter(pl.col("kind") == kind).sort("period")
    currency = comparison.currency
    words = {"parts": "parts", "covered": "what the fee covers"}[kind]
    told = even.filter((pl.col("against") == other) & ~pl.col("includes_downtime"))
    x = (curve["until_h"] / HOURS_PER_YEAR).to_list()
    buys = f"{comparison.title(other)}: {words}"
    series = [
        style.line(
            "buys", style.points(x, curve["cumulative"].to_list()), comparison.colour(other), name=buys, width=2.5
        )
    ]
    names = [buys]
    for name in payers:
        paid = fees.filter(pl.col("option") == name).sort("period")
        label = f"{comparison.title(name)}: fees"
        names.append(label)
        at = (paid["until_h"] / HOURS_PER_YEAR).to_list()
        series.append(
            style.line(name, style.points(at, paid["cumulative"].to_list()), comparison.colour(name), name=label)
        )
    months = [value / 730.0 for value in curve["until_h"]]
    for row in _worth_drawing(told, payers):
        label = f"break-even for {comparison.title(row['option'])}"
        names.append(label)
        values = [row["value"] * month for month in months]
        dashed = {"lineStyle": {"color": comparison.colour(row["option"]), "width": 1.5, "type": "dashed"}}
        series.append(
            style.line(f"{row['option']}_even", style.points(x, values), comparison.colour(row["option"]), name=label)
            | dashed
        )
    highest = max(point[1] or 0.0 for one in series for point in one["data"])
    texts = [_paid(at, curve, fees, payers, other, comparison) for at in range(curve.height)]
    picture = style.chart(
        [style.hover_series(x, curve["cumulative"].to_list(), texts), *series],
        hover="axis",
        legend=style.legend(names) | {"left": 8, "right": 8},
        grid=style.grid(top=26 + 24 * (1 + (len(names) - 1) // 3)),
        xAxis=style.axis("value", "Time since commissioning, years", min=0, max=style.rounded(float(x[-1]))),
        yAxis=style.axis(
            "value", f"Paid so far, {currency}", vertical=True, min=0, max=style.nice_end(max(highest, 1.0))
        ),
    )
    title = _fee_title(told, payers, other, fees, curve, comparison)
    note = (
        "Dashed: the fee at which both options cost the same in all, other things as they are; down time not counted."
    )
    return Figure("fees", title, picture, pl.concat([curve, fees]), note if len(names) > 1 + len(payers) else "", 400)


def _worth_drawing(told: pl.DataFrame, payers: list[str]) -> list[Row]:
    return [
        row
        for row in told.iter_rows(named=True)
        if row["option"] in payers and numbers.known(row["value"]) and row["value"] > 0
    ]


def _paid(
    at: int, curve: pl.DataFrame, fees: pl.DataFrame, payers: list[str], other: str, comparison: Comparison
) -> str:
    lines = [f"After {curve['until_h'][at] / HOURS_PER_YEAR:.1f} years"]
    lines.append(f"{comparison.title(other)}: {numbers.money(curve['cumulative'][at], comparison.currency)}")
    for name in payers:
        paid = fees.filter((pl.col("option") == name) & (pl.col("period") == curve["period"][at]))["cumulative"]
        if len(paid):
            lines.append(f"{comparison.title(name)}: {numbers.money(paid[0], comparison.currency)} of fees")
    return "\n".join(lines)


def _fee_title(
    told: pl.DataFrame, payers: list[str], other: str, fees: pl.DataFrame, curve: pl.DataFrame, comparison: Comparison
) -> str:
    currency, name = comparison.currency, comparison.title(payers[0])
    for row in told.sort(pl.col("option").replace_strict({n: i for i, n in enumerate(payers)}, default=99)).to_dicts():
        name, today = comparison.title(row["option"]), numbers.money(row["today"], currency, "month")
        if row["verdict"] == "never":
            return f"{name} would cost more than {comparison.title(other)} even without its fee of {today}"
        if numbers.known(row["value"]):
            worth = numbers.measured(row["value"], row["value_low"], row["value_high"], f"{currency}/month")
            unsure = ", not clear of noise" if row["verdict"] == NOT_ENOUGH else ""
            return f"{name} is worth up to {worth} against {comparison.title(other)}{unsure}; its fee is {today}"
    paid = fees.filter(pl.col("option") == payers[0]).sort("period")["cumulative"][-1]
    instead = f"{numbers.money(curve['cumulative'][-1], currency)} with {comparison.title(other)}"
    return f"{name} charges {numbers.money(paid, currency)} in fees for what costs {instead}"
