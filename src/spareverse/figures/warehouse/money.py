"""Money through time: cumulative cost of every option; fees against what they cover (El-Thalji 2025, figure 11)."""

from __future__ import annotations

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import at_end, legend, money_scale, room
from spareverse.figures.style import Options
from spareverse.figures.warehouse.comparison import Comparison
from spareverse.network.study import HOURS_PER_MONTH, HOURS_PER_YEAR
from spareverse.network.study_answers import NOT_ENOUGH

MOST_POINTS = 240
COVERED, TOTAL = "what the fee covers", "all costs"


def cumulative_cost(periods: pl.DataFrame, comparison: Comparison) -> Figure:
    """All costs up to each time, with the band of 95 % of single runs; rows of PERIOD_RESULTS."""
    names = [name for name in comparison.names if name in set(periods["option"].unique())]
    if not names:
        return not_enough("cumulative", "No option has been simulated, so no cost adds up yet.", "Run the study.")
    amounts = [name for name in periods.columns if name.startswith("cumulative_")]
    size, unit = money_scale(periods["cumulative_high"].to_list(), comparison.currency)
    periods = periods.with_columns(pl.col(amounts) / size)
    frames = {name: _thin(periods.filter(pl.col("option") == name).sort("period")) for name in names}
    bands: list[Options] = []
    means: dict[str, Options] = {}
    for name, frame in frames.items():
        x, colour = _years(frame), comparison.colour(name)
        ends = frame["cumulative_low"].to_list(), frame["cumulative_high"].to_list()
        bands += style.band(f"{name}_runs", x, *ends, colour)
        means[comparison.title(name)] = style.line(name, style.points(x, frame["cumulative_cost"].to_list()), colour)
    first = next(iter(frames.values()))
    x = _years(first)
    top = max(max(frame["cumulative_high"].drop_nulls().to_list(), default=0.0) for frame in frames.values())
    end = style.nice_end(max(top, 1.0))
    texts = [_hover(at, frames, comparison, unit) for at in range(first.height)]
    hover = style.hover_series(x, first["cumulative_cost"].to_list(), texts)
    picture = style.chart(
        [hover, *bands, *at_end(means, end, 262)],
        hover="axis",
        grid=style.grid(top=34, right=room(means)),
        xAxis=style.axis("value", "Time since commissioning, years", min=0, max=style.rounded(x[-1])),
        yAxis=style.axis("value", f"Cost so far, {unit}", vertical=True, min=0, max=end),
    )
    note = "Band: 95 % of single runs. First stock and investment included, down time and CO2 at their price."
    kept = periods.select("option", "period", "until_h", pl.col(amounts) * size)
    return Figure("cumulative", _cost_title(frames, comparison, unit), picture, kept, note, 360)


def _cost_title(frames: dict[str, pl.DataFrame], comparison: Comparison, unit: str) -> str:
    ends = {name: frame["cumulative_cost"][-1] for name, frame in frames.items()}

    def told(name: str) -> str:
        low, high = (frames[name][f"cumulative_{end}"][-1] for end in ("low", "high"))
        return numbers.measured(ends[name], low, high, unit, limits=False)

    cheap, dear = (choose(ends, key=lambda name: ends[name]) for choose in (min, max))
    years = _years(frames[cheap])[-1]
    text = f"After {numbers.digits(years)} years {comparison.title(cheap)} has cost {told(cheap)}"
    return text if dear == cheap else f"{text}, {comparison.title(dear)} {told(dear)}"


def _years(frame: pl.DataFrame) -> list[float]:
    return [float(hours) / HOURS_PER_YEAR for hours in frame["until_h"]]


def _thin(frame: pl.DataFrame) -> pl.DataFrame:
    kept: pl.DataFrame = frame[style.thin(frame["period"].to_list(), MOST_POINTS).tolist()]
    return kept


def _hover(at: int, frames: dict[str, pl.DataFrame], comparison: Comparison, unit: str) -> str:
    any_frame = next(iter(frames.values()))
    lines = [f"After {any_frame['until_h'][at] / HOURS_PER_YEAR:.1f} years"]
    for name, frame in frames.items():
        if at < frame.height:
            low, mean, high = (frame[f"cumulative_{end}"][at] for end in ("low", "cost", "high"))
            lines.append(f"{comparison.title(name)}: {numbers.measured(mean, low, high, unit)}")
    return "\n".join(lines)


def fee_chart(
    chart: pl.DataFrame, break_even: pl.DataFrame, comparison: Comparison, *, against: str | None = None
) -> Figure:
    """Cumulative fees against what they cover, and the break-even fee; rows of FEE_CHART and BREAK_EVEN.

    Fees that cover nothing are part of the total cost, and the totals are drawn. Down time counts where the study
    prices it. ``against``: the option compared with; None: the cheapest without a fee.
    """
    fees = chart.filter(pl.col("kind") == "fee")
    even = break_even.filter((pl.col("lever") == "fee_per_month") & (pl.col("part_id").fill_null("") == ""))
    paying = set(fees.filter(pl.col("cumulative") > 0)["option"].unique())
    totals = chart.filter(pl.col("kind") == "total").group_by("option").agg(pl.col("cumulative").max())
    costs = dict(totals.iter_rows())
    ranked = sorted(comparison.names, key=lambda name: costs.get(name, float("inf")))
    payers = [name for name in ranked if name in paying]
    other = against or next((name for name in ranked if name not in paying and name in costs), None)
    curve = _of_kind(chart, other, "covered")
    covering = bool(curve["cumulative"].sum())
    curve = curve if covering else _of_kind(chart, other, "total")
    if not payers or other is None or curve.is_empty():
        return not_enough(
            "fees",
            "There is no fee to set against the cost of parts.",
            "Give an option a fee per month, and keep one option that buys its parts.",
        )
    currency, x = comparison.currency, _years(curve)
    counted = bool(even["includes_downtime"].any())
    told = even.filter((pl.col("against") == other) & (pl.col("includes_downtime") == counted))
    theirs = {name: _of_kind(chart, name, "fee" if covering else "total") for name in payers}
    lines = {f"{comparison.title(other)}: {COVERED if covering else TOTAL}": _line("buys", other, curve, comparison)}
    for name, paid in theirs.items():
        lines[f"{comparison.title(name)}: {'fees' if covering else TOTAL}"] = _line(name, name, paid, comparison)
    lines |= _even_lines(told, payers, curve, comparison) if covering else {}
    highest = max(point[1] or 0.0 for one in lines.values() for point in one["data"])
    texts = [_paid(at, {other: curve, **theirs}, comparison) for at in range(curve.height)]
    key, top = legend(list(lines))
    picture = style.chart(
        [style.hover_series(x, curve["cumulative"].to_list(), texts)]
        + [one | {"name": label} for label, one in lines.items()],
        hover="axis",
        legend=key | {"icon": "path://M0,4h24v3h-24z", "itemWidth": 18},
        grid=style.grid(top=top + 26),
        xAxis=style.axis("value", "Time since commissioning, years", min=0, max=style.rounded(x[-1])),
        yAxis=style.axis("value", f"Paid so far, {currency}", vertical=True, min=0, max=style.nice_end(highest or 1.0)),
    )
    words = f"down time {'' if counted else 'not '}counted"
    title = _fee_title(told, payers, other, fees, curve, comparison)
    note = f"The fees cover nothing else, so all costs are drawn; {words}."
    if covering:
        note = f"Dashed: the fee at which both options cost the same, all else as it is; {words}."
    data = pl.concat([curve, *theirs.values()])
    drawn = len(lines) > 1 + len(payers) or not covering
    return Figure("fees", title, picture, data, note if drawn else "", 320 + top)


def _of_kind(chart: pl.DataFrame, option: str | None, kind: str) -> pl.DataFrame:
    return chart.filter((pl.col("option") == (option or "")) & (pl.col("kind") == kind)).sort("period")


def _line(id_: str, option: str, frame: pl.DataFrame, comparison: Comparison) -> Options:
    points = style.points(_years(frame), frame["cumulative"].to_list())
    return style.line(id_, points, comparison.colour(option), width=2.5 if id_ == "buys" else 2)


def _even_lines(
    told: pl.DataFrame, payers: list[str], curve: pl.DataFrame, comparison: Comparison
) -> dict[str, Options]:
    """The break-even fee of each option that pays one, dashed."""
    lines: dict[str, Options] = {}
    for row in told.iter_rows(named=True):
        if row["option"] in payers and numbers.known(row["value"]) and row["value"] > 0:
            colour = comparison.colour(row["option"])
            paid = [row["value"] * hours / HOURS_PER_MONTH for hours in curve["until_h"]]
            drawn = style.line(f"{row['option']}_even", style.points(_years(curve), paid), colour, width=1.5)
            drawn["lineStyle"] |= {"type": "dashed"}
            lines[f"{comparison.title(row['option'])}: break-even"] = drawn
    return lines


def _paid(at: int, curves: dict[str, pl.DataFrame], comparison: Comparison) -> str:
    first = next(iter(curves.values()))
    lines = [f"After {first['until_h'][at] / HOURS_PER_YEAR:.1f} years"]
    for name, curve in curves.items():
        paid = curve.filter(pl.col("period") == first["period"][at])["cumulative"]
        if len(paid):
            kind = " of fees" if curve["kind"][0] == "fee" else ""
            lines.append(f"{comparison.title(name)}: {numbers.money(paid[0], comparison.currency)}{kind}")
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
