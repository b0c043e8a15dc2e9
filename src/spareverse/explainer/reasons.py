"""Why a part is on the list, in words: one Polars expression for all parts, no loop."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.facts import Fact, Narrative
from spareverse.figures import numbers

_OFTEN_LATE = 0.5
_WORTH_SAYING = 0.1
"""Stock-out and late risks below this are not a reason."""
_FACTS = {
    "current_cover": "pieces",
    "optimal_cover": "pieces",
    "current_risk": "share",
    "optimal_risk": "share",
    "late_risk": "share",
    "open_lines": "lines",
}


def percent_text(share: pl.Expr) -> pl.Expr:
    """``13 %``, as ``figures.numbers.percent`` writes it."""
    value = 100.0 * share
    one, none = value.round(1).cast(pl.String), value.round(0).cast(pl.Int64).cast(pl.String)
    text = (
        pl.when((value > 0) & (value < 0.05))
        .then(pl.lit("<0.1"))
        .when((value > 99.95) & (value < 100))
        .then(pl.lit(">99.9"))
        .when(((value > 0) & (value < 0.95)) | ((value > 99) & (value < 100)))
        .then(one)
        .otherwise(none)
    )
    return pl.format("{} %", text)


def pieces_text(pieces: pl.Expr) -> pl.Expr:
    """Whole pieces without decimals, others with one."""
    whole = pieces == pieces.round(0)
    return pl.when(whole).then(pieces.cast(pl.Int64).cast(pl.String)).otherwise(pieces.round(1).cast(pl.String))


def reason_expression() -> pl.Expr:
    """Column ``reason`` from the columns of PART_RESULTS: the clauses that apply, most telling first."""
    today, best = pl.col("current_cover"), pl.col("optimal_cover")
    risk, best_risk, late = pl.col("current_risk"), pl.col("optimal_risk"), pl.col("late_risk")
    unknown = today.is_null()
    with_today = "With today's {} the stock-out risk is {}"
    counted, better = pieces_text(today), pieces_text(best)
    holding = (
        pl.when(best.is_null())
        .then(pl.lit("No expected lead time, so no proposal"))
        .when(unknown)
        .then(
            pl.format(
                "No reorder point or stock known; with {} the stock-out risk is {}", better, percent_text(best_risk)
            )
        )
        .when(best > today)
        .then(
            pl.format(with_today + ", with {} it is {}", counted, percent_text(risk), better, percent_text(best_risk))
        )
        .when(best < today)
        .then(pl.format("Today's {} is more than the {} that cost least", counted, better))
        .otherwise(pl.format(with_today + ", and the cost is least", counted, percent_text(risk)))
    )
    lateness = (
        pl.when(late >= _OFTEN_LATE)
        .then(pl.format("supply is late more often than not ({})", percent_text(late)))
        .when(late >= _WORTH_SAYING)
        .then(pl.format("supply is late {} of the time", percent_text(late)))
    )
    waiting = pl.col("open_lines")
    still_open = (
        pl.when(waiting == 1)
        .then(pl.lit("one purchase line is still open"))
        .when(waiting > 1)
        .then(pl.format("{} purchase lines are still open", waiting))
    )
    none = "no completed cycle, figures borrowed from its group"
    borrowed = pl.when(pl.col("evidence") == "borrowed").then(pl.lit(none))
    clauses = [holding, lateness, still_open, borrowed]
    return pl.concat_str(clauses, separator="; ", ignore_nulls=True).alias("reason")


def worst_reasons(parts: pl.DataFrame, n: int = 10) -> pl.DataFrame:
    """The n parts with the most money at risk, worst first, with the reason in words."""
    columns = ("part_id", "place_id", "description", "supplier_id", "current_cover", "optimal_cover", "money_at_risk")
    worst = (
        parts.select(pl.exclude(pl.List(pl.Float32)))
        .filter(pl.col("money_at_risk") > 0)
        .top_k(n, by="money_at_risk")
        .sort("money_at_risk", descending=True)
    )
    return worst.select(*columns, reason_expression())


def reason_narratives(parts: pl.DataFrame) -> list[Narrative]:
    """The same reasons with their facts, for few rows."""
    frame = parts.with_columns(reason_expression())
    narratives = []
    for row in frame.select("reason", *_FACTS).to_dicts():
        facts = (_fact(name, row[name], unit) for name, unit in _FACTS.items())
        narratives.append(Narrative((row["reason"],), tuple(facts)))
    return narratives


def _fact(name: str, value: float | None, unit: str) -> Fact:
    shown = "" if value is None else numbers.percent(value) if unit == "share" else f"{value:.1f}"
    return Fact(name, value, unit, source=f"parts.{name}", shown=shown)
