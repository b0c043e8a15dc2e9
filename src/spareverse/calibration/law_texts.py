"""Laws of many items at once, written as the texts of a network's tables."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import kernel
from spareverse.statistics.demand_models.order_sizes import OrderSizes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SIZES = 20
"""Equally likely sizes that stand for a law of sizes."""
RESIDUALS = 10
"""Equally likely days that stand for what is left of an open order's lead time."""
_SHAPES = np.geomspace(0.25, 60.0, 400)
_FIRST = np.array([math.lgamma(1.0 + 1.0 / k) for k in _SHAPES])
_VARIATION = np.sqrt(np.expm1(np.array([math.lgamma(1.0 + 2.0 / k) for k in _SHAPES]) - 2.0 * _FIRST))


def weibull_of(mean: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Shape and scale of the Weibull laws with these means and standard deviations (mean > 0)."""
    log_shape = np.interp(sd / mean, _VARIATION[::-1], np.log(_SHAPES[::-1]))
    scale = mean / np.exp(np.interp(log_shape, np.log(_SHAPES), _FIRST))
    return np.exp(log_shape), scale


def weibull_texts(mean: Floats, sd: Floats) -> pl.Series:
    """Weibull laws in days; a constant where nothing varies. Three digits, so that alike parts share a text."""
    shape, scale = weibull_of(np.maximum(mean, 1e-6), sd)
    frame = pl.DataFrame({"mean": mean, "sd": sd, "shape": shape, "scale": scale}).with_columns(
        pl.col("mean", "shape", "scale").round_sig_figs(3)
    )
    law = pl.format("weibull(shape={}, scale={}) d", "shape", "scale")
    return frame.select(
        pl.when(pl.col("sd") <= 1e-3 * pl.col("mean")).then(pl.format("{} d", "mean")).otherwise(law).alias("law")
    )["law"]


def residual_texts(shape: Floats, scale: Floats, age: Floats) -> pl.Series:
    """What is left of Weibull lead times [days] of orders that are ``age`` days old and not yet there."""
    chance = (np.arange(RESIDUALS) + 0.5) / RESIDUALS
    hazard = (age / scale)[:, None] ** shape[:, None] - np.log1p(-chance)
    left = scale[:, None] * hazard ** (1.0 / shape[:, None]) - age[:, None]
    return _listed(np.maximum(left, 0.1).round(1).astype(np.float64), "empirical({}) d")


def size_texts(sizes: OrderSizes, chosen: Integers) -> pl.Series:
    """Pieces of a demand line of the chosen items: equally likely whole sizes that keep the mean."""
    found = np.empty((len(chosen), SIZES), dtype=np.int64)
    _equal_sizes(*sizes.arrays(), chosen, found)
    # one size for all is a number
    alike = pl.Series("alike", (found == found[:, :1]).all(axis=1))
    texts = pl.DataFrame([alike, pl.Series("first", found[:, 0]), _listed(found, "empirical({})").alias("text")])
    return texts.select(pl.when("alike").then(pl.col("first").cast(pl.String)).otherwise("text").alias("law"))["law"]


def _listed(values: Floats | Integers, form: str) -> pl.Series:
    """Each row of the values in one text."""
    rows = pl.Series(
        "row", values, dtype=pl.Array(pl.Float64 if values.dtype == np.float64 else pl.Int64, values.shape[1])
    )
    joined = rows.to_frame().select(
        pl.format(form, pl.col("row").arr.to_list().cast(pl.List(pl.String)).list.join(", "))
    )
    return joined.to_series()


@kernel
def _equal_sizes(
    sizes: Floats,
    weights: Floats,
    starts: Integers,
    group: Integers,
    group_sizes: Floats,
    group_chances: Floats,
    group_starts: Integers,
    concentration: Floats,
    chosen: Integers,
    found: Integers,
) -> None:
    """found[k] = whole sizes of item chosen[k] in ascending order, whose sum is that of equal slices of the law."""
    count = found.shape[1]
    for k in range(len(chosen)):
        i = chosen[k]
        g = group[i]
        order = np.argsort(sizes[starts[i] : starts[i + 1]])
        own = 0.0
        for j in range(starts[i], starts[i + 1]):
            own += weights[j]
        unit = count / (own + concentration[g])
        a = 0
        b = group_starts[g]
        left = 0.0
        value = 1.0
        total = 0.0
        before = 0
        for piece in range(count):
            room = 1.0
            while room > 1e-9:
                if left <= 1e-12:
                    more_own = a < len(order)
                    more_group = b < group_starts[g + 1] and concentration[g] > 0.0
                    if not more_own and not more_group:
                        total += room * value
                        break
                    mine = sizes[starts[i] + order[a]] if more_own else math.inf
                    if not more_group or mine <= group_sizes[b]:
                        value = max(mine, 1.0)
                        left = unit * weights[starts[i] + order[a]]
                        a += 1
                    else:
                        value = max(group_sizes[b], 1.0)
                        left = unit * concentration[g] * group_chances[b]
                        b += 1
                used = min(left, room)
                total += used * value
                left -= used
                room -= used
            after = math.floor(total + 0.5)
            found[k, piece] = max(after - before, 1)
            before = max(after, before + 1)
