"""Exact (r, Q) and (s, S) under Poisson demand: items per CPU second beside stockpyl, equal optima checked."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from measuring import Measurement, timed
from numpy.typing import NDArray

from spareverse.optimisation.single_item.demand_laws import poisson
from spareverse.optimisation.single_item.many_items import Policies, poisson_order_up_to, poisson_reorder_points
from spareverse.optimisation.single_item.order_up_to import best_order_up_to
from spareverse.optimisation.single_item.reorder_point import best_reorder_point

Floats = NDArray[np.float64]


def measure(*, quick: bool) -> Iterator[Measurement]:
    """A range of parts from one demand in twenty periods to fifty a period, fixed costs from 1 to 150 holding costs."""
    items, theirs, alone = (20_000, 10, 50) if quick else (300_000, 150, 500)
    rng = np.random.default_rng(7)
    rate, lead = np.exp(rng.uniform(-3.0, 4.0, items)), rng.uniform(0.1, 3.0, items)
    holding = np.exp(rng.uniform(-2.0, 2.0, items))
    fixed, stockout = holding * np.exp(rng.uniform(0.0, 5.0, items)), holding * np.exp(rng.uniform(0.0, 5.0, items))

    _, cpu, found = timed(lambda: poisson_reorder_points(rate, lead, fixed, holding, stockout))
    sample, speed = _stockpyl_reorder_points(rate[:theirs], lead, fixed, holding, stockout)
    remark = _remark(found, sample)
    yield Measurement(
        f"(r, Q) of {items:,} items", items / cpu, "/s", "stockpyl, one by one", speed, True, cpu, None, remark
    )
    _, cpu, _ = timed(
        lambda: [
            best_reorder_point(poisson(rate[i] * lead[i]), rate[i], fixed[i], holding[i], stockout[i])
            for i in range(alone)
        ]
    )
    yield Measurement("(r, Q), one call an item", alone / cpu, "/s", "stockpyl, one by one", speed, True, cpu)

    _, cpu, found = timed(lambda: poisson_order_up_to(rate, fixed, holding, stockout))
    sample, speed = _stockpyl_order_up_to(rate[:theirs], fixed, holding, stockout)
    remark = _remark(found, sample)
    yield Measurement(
        f"(s, S) of {items:,} items", items / cpu, "/s", "stockpyl, one by one", speed, True, cpu, None, remark
    )
    _, cpu, _ = timed(
        lambda: [best_order_up_to(poisson(rate[i]), fixed[i], holding[i], stockout[i]) for i in range(alone)]
    )
    yield Measurement("(s, S), one call an item", alone / cpu, "/s", "stockpyl, one by one", speed, True, cpu)


def _stockpyl_reorder_points(
    rate: Floats, lead: Floats, fixed: Floats, holding: Floats, stockout: Floats
) -> tuple[list[tuple[float, ...]], float]:
    from stockpyl.rq import r_q_poisson_exact

    begin = time.process_time()
    sample = [r_q_poisson_exact(holding[i], stockout[i], fixed[i], rate[i], lead[i]) for i in range(len(rate))]
    return sample, len(rate) / (time.process_time() - begin)


def _stockpyl_order_up_to(
    rate: Floats, fixed: Floats, holding: Floats, stockout: Floats
) -> tuple[list[tuple[float, ...]], float]:
    from stockpyl.ss import s_s_discrete_exact

    begin = time.process_time()
    sample = [s_s_discrete_exact(holding[i], stockout[i], fixed[i], True, rate[i]) for i in range(len(rate))]
    return sample, len(rate) / (time.process_time() - begin)


def _remark(found: Policies, sample: list[tuple[float, ...]]) -> str:
    """Whether every policy of the sample is ours, at the same cost to nine digits."""
    same = sum(
        (found.reorder_point[i], found.upper[i]) == (low, high) and abs(found.cost[i] / cost - 1.0) < 1e-9
        for i, (low, high, cost) in enumerate(sample)
    )
    return f"{same} of {len(sample)} optima equal" + ("" if same == len(sample) else " DIFFERENT ANSWER")
