"""The estimator 'paper' beside the default one: Weibull on the safety covers of completed cycles."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.history.measures import COMPLETED
from spareverse.statistics.hurdle import HurdleWeibulls, fit_hurdles


def hurdle_fits(cycles: pl.DataFrame, items: int, pairs: str) -> HurdleWeibulls:
    """Fits per item; ``pairs`` "positive" drops cycles without a sale, as the article's counts suggest it did."""
    done = cycles.filter(COMPLETED).sort("item", maintain_order=True)
    if pairs == "positive":
        done = done.filter(pl.col("safety_cover") > 0)
    starts = np.zeros(items + 1, dtype=np.int64)
    np.cumsum(np.bincount(done["item"].to_numpy(), minlength=items), out=starts[1:])
    return fit_hurdles(done["safety_cover"].to_numpy().astype(np.float64), starts)


def paper_estimates(cycles: pl.DataFrame, parts: pl.DataFrame, pairs: str) -> list[pl.Series]:
    """Columns paper_no_sale, paper_shape, paper_scale, paper_optimum; null without a fit."""
    fits = hurdle_fits(cycles, parts.height, pairs)
    cost = {name: parts[name].to_numpy() for name in ("holding_cost", "early_holding_cost", "stock_out_cost")}
    late = parts["late_weight"].fill_null(float("nan")).to_numpy()
    early = parts["early_weight"].fill_null(float("nan")).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (cost["early_holding_cost"] * early + cost["holding_cost"]) / (cost["stock_out_cost"] * late)
        excess = np.log((1.0 - fits.no_sale) / ratio)
        optimum = np.ceil(fits.scale * np.maximum(excess, 0.0) ** (1.0 / fits.shape) - 1e-9)
    columns = {
        "paper_no_sale": fits.no_sale,
        "paper_shape": fits.shape,
        "paper_scale": fits.scale,
        "paper_optimum": optimum,
    }
    return [pl.Series(name, values).fill_nan(None) for name, values in columns.items()]
