"""Best policies of many items in one call, on all cores: the same exact searches as for one item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spareverse.jit import Cancel, kernel, run_in_chunks
from spareverse.optimisation.single_item.demand_laws import poisson_mass
from spareverse.optimisation.single_item.order_up_to import search_levels, sizes_when_busy
from spareverse.optimisation.single_item.reorder_point import search_window
from spareverse.optimisation.single_item.stock_cost import costs_of_mass
from spareverse.statistics.lead_time_demand import Grids, LeadTimeDemand

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Policies:
    """[items] each. ``upper`` is the order quantity of (r, Q), the order-up-to level of (s, S)."""

    reorder_point: Integers
    upper: Integers
    cost: Floats


def poisson_reorder_points(
    demand_rate: ArrayLike, lead_time: ArrayLike, fixed_cost: ArrayLike, holding_cost: ArrayLike,
    stockout_cost: ArrayLike, *, cancel: Cancel | None = None,
) -> Policies:  # fmt: skip
    """Exact (r, Q) per item under Poisson demand; arguments as ``best_reorder_point``, arrays [items] or one number.

    ValueError when a lead time demand or a cost is not positive.
    """
    rate, lead, fixed, holding, stockout = _columns(
        demand_rate=demand_rate, lead_time=lead_time, fixed_cost=fixed_cost, holding_cost=holding_cost,
        stockout_cost=stockout_cost,
    )  # fmt: skip
    return _run(
        lambda first, last, out, cost: _poisson_windows(first, last, rate, lead, fixed, holding, stockout, out, cost),
        rate,
        cancel,
    )


def poisson_order_up_to(
    demand_mean: ArrayLike, fixed_cost: ArrayLike, holding_cost: ArrayLike, stockout_cost: ArrayLike,
    lead_time_periods: ArrayLike = 0, *, cancel: Cancel | None = None,
) -> Policies:  # fmt: skip
    """Exact (s, S) per item, periodic review, Poisson demand per period; arguments as ``best_order_up_to``."""
    mean, fixed, holding, stockout = _columns(
        demand_mean=demand_mean, fixed_cost=fixed_cost, holding_cost=holding_cost, stockout_cost=stockout_cost
    )
    lead = np.broadcast_to(np.asarray(lead_time_periods, dtype=np.float64), mean.shape)
    if (lead < 0).any():
        raise ValueError("lead time must not be negative for any item")
    periods = np.ascontiguousarray(lead + 1.0)
    return _run(
        lambda first, last, out, cost: _poisson_levels(first, last, mean, periods, fixed, holding, stockout, out, cost),
        mean,
        cancel,
    )


def best_reorder_points(
    demand: LeadTimeDemand, demand_rate: ArrayLike, fixed_cost: ArrayLike, holding_cost: ArrayLike,
    stockout_cost: ArrayLike, *, cancel: Cancel | None = None,
) -> Policies:  # fmt: skip
    """Best (r, Q) per item for laws on grids, in pieces; each order counts once per Q pieces demanded.

    Exact where the grid step is one piece; else the best multiple of the step. Demand beyond a grid counts as at its
    end.
    """
    rate, fixed, holding, stockout = _columns(
        items=len(demand),
        demand_rate=demand_rate,
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
    )
    mass, step = demand.mass, demand.step
    return _run(
        lambda first, last, out, cost: _grid_windows(
            first, last, mass, step, rate, fixed, holding, stockout, out, cost
        ),
        rate,
        cancel,
    )


def _columns(items: int = 1, **values: ArrayLike) -> list[Floats]:
    """Arrays of one length; ValueError names the first argument with a value that is not positive."""
    given = [np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in values.values()]
    arrays = np.broadcast_arrays(np.empty(items), *given)[1:]
    for name, array in zip(values, arrays, strict=True):
        bad = np.flatnonzero(~(np.isfinite(array) & (array > 0.0)))
        if len(bad):
            raise ValueError(f"{name.replace('_', ' ')} must be above zero, got {array[bad[0]]:g} for item {bad[0]}")
    return [np.ascontiguousarray(array) for array in arrays]


def _run(work: Callable[[int, int, Integers, Floats], None], items: Floats, cancel: Cancel | None) -> Policies:
    out = np.empty((len(items), 2), dtype=np.int64)
    cost = np.empty(len(items))
    run_in_chunks(lambda first, last: work(first, last, out, cost), len(items), cancel=cancel)
    return Policies(out[:, 0], out[:, 1], cost)


@kernel
def _poisson_windows(
    first: int, last: int, rate: Floats, lead: Floats, fixed: Floats, h: Floats, b: Floats, out: Integers, cost: Floats
) -> None:
    for i in range(first, last):
        low, mass = poisson_mass(rate[i] * lead[i])
        table = costs_of_mass(mass, h[i], b[i])
        start = low + int(np.argmin(table))
        bottom, quantity, cost[i] = search_window(
            low, table, rate[i] * lead[i], h[i], b[i], start, fixed[i] * rate[i], np.ones(1), 1, 1, -1
        )
        out[i, 0] = bottom - 1
        out[i, 1] = quantity


@kernel
def _poisson_levels(
    first: int, last: int, mean: Floats, periods: Floats, fixed: Floats, h: Floats, b: Floats,
    out: Integers, cost: Floats,
) -> None:  # fmt: skip
    for i in range(first, last):
        low, mass = poisson_mass(mean[i])
        sizes, busy = sizes_when_busy(low, mass)
        at, protected = poisson_mass(mean[i] * periods[i])
        table = costs_of_mass(protected, h[i], b[i])
        start = at + int(np.argmin(table))
        out[i, 0], out[i, 1], cost[i] = search_levels(
            sizes, busy, at, table, mean[i] * periods[i], h[i], b[i], fixed[i], start
        )


@kernel
def _grid_windows(
    first: int, last: int, mass: Grids, step: Floats, rate: Floats, fixed: Floats, h: Floats, b: Floats,
    out: Integers, cost: Floats,
) -> None:  # fmt: skip
    points = mass.shape[1]
    for i in range(first, last):
        row = mass[i].astype(np.float64)
        row[points - 1] += max(0.0, 1.0 - row.sum())
        mean = 0.0
        for x in range(points):
            mean += x * row[x]
        # counted in steps, a piece's costs are those of a step
        table = costs_of_mass(row, h[i] * step[i], b[i] * step[i])
        bottom, quantity, cost[i] = search_window(
            0, table, mean, h[i] * step[i], b[i] * step[i], int(np.argmin(table)), fixed[i] * rate[i] / step[i],
            np.ones(1), 1, 1, -1,
        )  # fmt: skip
        out[i, 0] = (bottom - 1) * int(step[i])
        out[i, 1] = quantity * int(step[i])
