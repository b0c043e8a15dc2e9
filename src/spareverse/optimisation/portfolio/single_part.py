"""The reorder point each part would have by itself, by its own costs of holding and of owing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spareverse.jit import kernel, run_in_chunks
from spareverse.optimisation.portfolio.problem import UNBOUNDED
from spareverse.optimisation.portfolio.steps import Grids, candidates_of, candidates_room
from spareverse.statistics.lead_time_demand import LeadTimeDemand

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@kernel
def _cheapest_range(
    mass: Grids,
    before_line: Grids,
    with_line: Grids,
    step: Floats,
    mean: Floats,
    line_mean: Floats,
    least: Integers,
    most: Integers,
    option_starts: Integers,
    quantity: Integers,
    holding: Floats,
    stock_out: Floats,
    first: int,
    last: int,
    best: Integers,
) -> None:
    """best[i]: reorder point of least holding + stock-out cost."""
    sums, points = candidates_room(mass.shape[1], 1)
    for i in range(first, last):
        count = candidates_of(
            i, mass, before_line, with_line, step, mean, line_mean, least, most, option_starts, quantity, sums, points
        )
        lowest = np.inf
        for k in range(count):
            cost = holding[i] * points[k, 2] + stock_out[i] * points[k, 5]
            if cost < lowest:
                lowest = cost
                best[i] = int(points[k, 1])


def single_part_reorder_points(
    law: LeadTimeDemand, order_quantity: Integers, holding_cost: Floats, stock_out_cost: Floats
) -> Integers:
    """[items] s of least holding_cost E on hand + stock_out_cost E owed [both currency/piece/day]; -1: not stocked.

    Exact for the given order quantity, on the grid of the law.
    """
    best = np.full(len(law), -1, dtype=np.int64)
    least, most, starts = np.full(len(law), -1), np.full(len(law), UNBOUNDED), np.arange(len(law) + 1)

    def work(first: int, last: int) -> None:
        _cheapest_range(
            law.mass,
            law.before_line,
            law.with_line,
            law.step,
            law.mean,
            law.line_mean,
            least,
            most,
            starts,
            order_quantity,
            holding_cost,
            stock_out_cost,
            first,
            last,
            best,
        )

    run_in_chunks(work, len(law))
    return best
