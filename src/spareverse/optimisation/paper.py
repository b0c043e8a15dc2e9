"""The estimator 'paper' beside the default one: Weibull on the safety covers of completed cycles.

The article treats safety cover as continuous: E[(SC - x)+] is the integral of the Weibull tail above x, the upper
incomplete gamma function, and the optimum is the cheapest whole number of pieces.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.special import gamma, gammaincc

from spareverse.history.measures import COMPLETED
from spareverse.optimisation.safety_cover import CostCurve, UnitCosts
from spareverse.statistics.hurdle import HurdleWeibulls, fit_hurdles

Floats = NDArray[np.float64]


def expected_shortage(shape: ArrayLike, scale: ArrayLike, no_sale: ArrayLike, cover: ArrayLike) -> Floats:
    """E[(SC - x)+] [pieces] of a Weibull with a share of cycles without a sale."""
    inverse = 1.0 / np.asarray(shape, dtype=float)
    hazard = (np.asarray(cover, dtype=float) / scale) ** np.asarray(shape, dtype=float)
    out: Floats = (
        (1.0 - np.asarray(no_sale)) * np.asarray(scale) * inverse * gamma(inverse) * gammaincc(inverse, hazard)
    )
    return out


def weibull_cost_curve(
    shape: float, scale: float, no_sale: float, costs: UnitCosts, late: float, early: float, most: int
) -> CostCurve:
    """The three costs of holding 0 .. most pieces [currency/day]."""
    cover: Floats = np.arange(most + 1, dtype=np.float64)
    shortage = expected_shortage(shape, scale, no_sale, cover)
    return CostCurve(
        cover, costs.stock_out * shortage * late, costs.early_holding * cover * early, costs.holding * cover
    )


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
    known = fits.shape > 0
    money = {name: parts[name].to_numpy() for name in ("holding_cost", "early_holding_cost", "stock_out_cost")}
    late = parts["late_weight"].fill_null(float("nan")).to_numpy()
    early = parts["early_weight"].fill_null(float("nan")).to_numpy()
    optimum = np.full(parts.height, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_piece = money["early_holding_cost"] * early + money["holding_cost"]
        per_shortage = money["stock_out_cost"] * late
        excess = np.log((1.0 - fits.no_sale) * per_shortage / per_piece)
        below = np.floor(fits.scale * np.maximum(excess, 0.0) ** (1.0 / fits.shape))
        total = [
            per_shortage[known] * expected_shortage(fits.shape[known], fits.scale[known], fits.no_sale[known], cover)
            + per_piece[known] * cover
            for cover in (below[known], below[known] + 1.0)
        ]
        # The cost is convex: the best whole number is beside the continuous optimum.
        optimum[known] = below[known] + (total[1] < total[0])
    columns = {
        "paper_no_sale": fits.no_sale,
        "paper_shape": fits.shape,
        "paper_scale": fits.scale,
        "paper_optimum": np.where(np.isnan(late), np.nan, optimum),
    }
    return [pl.Series(name, values).fill_nan(None) for name, values in columns.items()]
