"""Order quantities of parts that may never be more than so many: orders small enough to leave the plan a choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.portfolio.problem import OrderOptions, PortfolioProblem

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def with_small_orders(
    data: PlanningData, problem: PortfolioProblem, ceiling: Floats, least: Integers
) -> PortfolioProblem:
    """Orders of at most half of each item's ceiling, and what its least reorder point leaves of it.

    ceiling: [items] pieces of reorder point and order quantity together, inf: none. Never below what the supplier
    takes: such a part may not fit under its ceiling at all. Price breaks beyond it are not offered.
    """
    limited = np.isfinite(ceiling)
    if not limited.any():
        return problem
    pack = pl.col("pack_size").clip(lower_bound=1.0).fill_null(1.0).ceil()
    packs = (pl.col("min_order_quantity").clip(lower_bound=1.0).fill_null(1.0) / pack).ceil()
    accepted = data.items.select(pack.alias("pack"), (packs * pack).alias("least"))
    size, smallest = accepted["pack"].to_numpy(), accepted["least"].to_numpy()
    room = np.minimum(np.ceil(ceiling / 2.0), np.floor(ceiling) - least)
    most = np.where(limited, np.maximum(np.floor(room / size) * size, smallest), np.inf)
    plain = np.minimum(problem.order_quantity, most).astype(np.int64)
    fitting = replace(problem, order_quantity=plain)
    if problem.order_options is None:
        return fitting
    return replace(fitting, order_options=_offered(problem.order_options, most, plain, problem.unit_cost))


def _offered(options: OrderOptions, most: Floats, plain: Integers, unit_cost: Floats) -> OrderOptions:
    """The options that fit; the plain quantity at the plain price where none does."""
    owner = np.repeat(np.arange(len(plain)), np.diff(options.starts))
    fits = options.quantity <= most[owner]
    bare = np.flatnonzero(np.bincount(owner[fits], minlength=len(plain)) == 0)
    item = np.concatenate([owner[fits], bare])
    order = np.argsort(item, kind="stable")
    return OrderOptions(
        np.concatenate([[0], np.cumsum(np.bincount(item, minlength=len(plain)))]),
        np.concatenate([options.quantity[fits], plain[bare]])[order],
        np.concatenate([options.unit_cost[fits], unit_cost[bare]])[order],
    )
