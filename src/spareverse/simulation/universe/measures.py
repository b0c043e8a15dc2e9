"""The registry of measures of a simulated network, and the one way to ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from spareverse.network.simulation_tables import COST_KINDS
from spareverse.special import student_quantile

MONTH_DAYS = 365.0 / 12.0
CONTROLLABLE = tuple(f"{kind}_cost" for kind in COST_KINDS if kind != "purchases")


@dataclass(frozen=True)
class Measure:
    """A quotient of two sums over rows of a result table; without a divisor, the sum itself."""

    name: str
    unit: str
    meaning: str
    of: pl.Expr
    per: pl.Expr | None = None
    better: Literal["more", "less", "neither"] = "neither"

    def value(self) -> pl.Expr:
        """Over the rows of a group; null where the divisor is zero."""
        if self.per is None:
            return self.of.sum()
        divisor = self.per.sum()
        return pl.when(divisor != 0).then(self.of.sum() / divisor)


def _sum(name: str, unit: str, meaning: str, better: Literal["more", "less", "neither"] = "neither") -> Measure:
    return Measure(name, unit, meaning, pl.col(name), None, better)


_DAYS = pl.col("days")
MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "fill_rate", "share of lines", "Demands served whole at once", pl.col("filled"), pl.col("demands"), "more"
        ),
        Measure(
            "fill_rate_pieces", "share of pieces", "Pieces handed over at once", pl.col("pieces_filled"),
            pl.col("pieces_demanded"), "more",
        ),
        Measure(
            "wait_days", "d/piece", "Mean wait of a piece demanded", pl.col("waiting_piece_days"),
            pl.col("pieces_demanded"), "less",
        ),
        _sum("waiting_piece_days", "piece d", "Waiting of customers and assets", "less"),
        Measure(
            "backorders", "pieces", "Pieces owed, mean over time", pl.col("waiting_piece_days"),
            _DAYS / pl.col("place_id").n_unique(), "less",
        ),
        Measure("stock_value", "currency", "Value on hand, mean over time", pl.col("stock_value") * _DAYS,
                _DAYS / pl.col("place_id").n_unique(), "less"),
        Measure(
            "lost_share", "share of pieces", "Pieces not sold for want of stock", pl.col("pieces_lost"),
            pl.col("pieces_demanded"), "less",
        ),
        Measure(
            "late_share", "share of pieces", "Pieces handed over after the commitment", pl.col("pieces_late"),
            pl.col("pieces_demanded"), "less",
        ),
        _sum("demands", "lines", "Demands"),
        _sum("pieces_demanded", "pieces", "Pieces demanded"),
        _sum("pieces_lost", "pieces", "Pieces not sold", "less"),
        _sum("orders", "orders", "Replenishment orders"),
        _sum("emergency_orders", "orders", "Emergency orders", "less"),
        Measure(
            "price_index", "share of list", "Price paid over list price", pl.col("purchases_cost"),
            pl.col("purchases_cost") - pl.col("price_variance_cost"),
        ),
        *(_sum(f"{kind}_cost", "currency", f"Cost: {kind.replace('_', ' ')}", "less") for kind in COST_KINDS),
        Measure("total_cost", "currency", "All controllable cost", pl.sum_horizontal(CONTROLLABLE), None, "less"),
        _sum("co2_kg", "kg", "Emissions of transport", "less"),
    )
}  # fmt: skip


def measured(
    series: pl.DataFrame, name: str, *, by: Sequence[str] = (), where: Mapping[str, str] | None = None,
    per: Literal["month", "period"] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Mean and 95 % limits over the replications of a measure, per scenario and what ``by`` names.

    ``series`` is the result table; ``where`` keeps rows with these values; ``per`` adds the period (or the month it
    begins in). KeyError for a measure or column that does not exist.
    """
    values = per_replication(series, name, by=by, where=where, per=per)
    keys = [column for column in values.columns if column not in ("replication", "value")]
    return with_limits(values, keys).with_columns(pl.lit(MEASURES[name].unit).alias("unit"))


def per_replication(
    series: pl.DataFrame, name: str | Measure, *, by: Sequence[str] = (), where: Mapping[str, str] | None = None,
    per: Literal["month", "period"] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """One value per replication: scenario, ``by``, period, replication, value. ``name``: of MEASURES, or one's own."""
    measure = MEASURES[name] if isinstance(name, str) else name
    rows = series
    for column, value in (where or {}).items():
        rows = rows.filter(pl.col(column) == value)
    if per == "month":
        rows = rows.with_columns(month=(pl.col("start_day") / MONTH_DAYS + 1e-9).floor().cast(pl.Int64))
    keys = list(dict.fromkeys(["scenario", *by, *([] if per is None else [per])]))
    # in the order of the rows: sums of floats taken in any other order differ in the last bit from run to run
    groups = rows.group_by([*keys, "replication"], maintain_order=True)
    return groups.agg(measure.value().alias("value")).sort([*keys, "replication"])


def with_limits(values: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Mean of ``value`` with Student's limits; none from a single replication."""
    table = values.group_by(keys, maintain_order=True).agg(
        pl.col("value").mean().alias("mean"),
        pl.col("value").std().alias("deviation"),
        pl.col("value").count().alias("runs"),
    )
    counts = table["runs"].unique().to_list()
    factors = [float(student_quantile(n - 1, 0.975)) / n**0.5 if n > 1 else float("nan") for n in counts]
    factor = pl.DataFrame({"runs": counts, "factor": factors}, schema={"runs": pl.UInt32, "factor": pl.Float64})
    table = table.join(factor, on="runs", how="left", maintain_order="left")
    half = pl.col("deviation") * pl.col("factor").fill_nan(None)
    return table.with_columns(low=pl.col("mean") - half, high=pl.col("mean") + half).drop("deviation", "runs", "factor")
