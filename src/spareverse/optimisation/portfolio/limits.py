"""Limits on groups of parts: fill rates at least; stock value, storage volume and pieces at most.

Every limit is linear in what an item gains or holds, so an item's hull serves under any prices of the limits (Fox
1966). Disjoint groups limited in the plan's own measure and in stock value only split the curve: each group's steps
are brought forward to its floor and end at its ceiling. Others (volume, pieces, overlapping groups) need the solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.errors import UsageError
from spareverse.optimisation.portfolio.measures import factors, gains
from spareverse.optimisation.portfolio.problem import GroupLimit, Measure, PortfolioProblem
from spareverse.optimisation.portfolio.steps import ON_HAND, Hulls

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

SLACK = 1e-9
"""Relative slack of a bound: sums of many small figures."""


@dataclass(frozen=True)
class Uses:
    """How much of each limit plans use, every limit read as "at most": floors count negative gain.

    Row r of ``of_step`` is what each step adds, ``base`` what the first hull points use, ``bound`` the limit.
    """

    names: tuple[str, ...]
    of_step: Floats
    base: Floats
    bound: Floats


def floor_measure(measure: Measure) -> Measure:
    """The measure fill-rate floors of groups are in: pieces on a curve of pieces, else lines."""
    return "pieces" if measure == "pieces" else "lines"


def use_of(
    problem: PortfolioProblem, limit: GroupLimit, measure: Measure, found: Floats, item: Integers, price: Floats
) -> Floats:
    """What performance rows of ``item`` at ``price`` use of a limit, and 0 for items it does not name."""
    member = np.zeros(len(problem), dtype=bool)
    member[limit.members] = True
    if limit.kind == "fill_rate":
        use = -gains(problem, found, item)[floor_measure(measure)]
    else:
        each = {"stock_value": price, "volume": problem.volume[item], "pieces": np.ones(len(item))}
        use = found[:, ON_HAND] * each[limit.kind]
    return np.where(member[item], use, 0.0)


def bound_of(problem: PortfolioProblem, limit: GroupLimit, measure: Measure) -> float:
    """The bound in units of ``use_of``."""
    if limit.kind == "fill_rate":
        members = np.unique(limit.members)
        return -limit.bound * float(factors(problem)[floor_measure(measure)][members].sum())
    return limit.bound


def uses(problem: PortfolioProblem, hulls: Hulls, measure: Measure, steps: Integers) -> Uses:
    """Uses of all limits by the hull points ``steps`` (each beside the point before it)."""
    item = np.repeat(np.arange(len(problem)), np.diff(hulls.starts))
    price = problem.options.unit_cost[hulls.option]
    of_step, base = [], []
    for limit in problem.limits:
        use = use_of(problem, limit, measure, hulls.performance, item, price)
        of_step.append(use[steps] - use[steps - 1])
        base.append(use[hulls.starts[:-1]].sum())
    return Uses(
        tuple(limit.name for limit in problem.limits),
        np.array(of_step).reshape(len(problem.limits), len(steps)),
        np.array(base),
        np.array([bound_of(problem, limit, measure) for limit in problem.limits]),
    )


def refuse_unreachable(problem: PortfolioProblem, found: Uses) -> None:
    """UsageError naming every limit that no plan keeps, however the others are."""
    least = found.base + np.minimum(found.of_step, 0.0).sum(axis=1)
    problems = []
    for limit, reached, bound in zip(problem.limits, least, found.bound, strict=True):
        if reached <= bound + SLACK * max(abs(bound), 1.0):
            continue
        if limit.kind == "fill_rate":
            # rounded down, so that the share named can be asked for
            share = np.floor(1e4 * limit.bound * reached / bound) / 1e4
            reason = f"No stock reaches it; the most is {100 * share:.2f} %."
            remedy = "Lower it, or raise what holds its parts down: ceilings, own figures, rejections."
            problems.append(limit.problem(reason, remedy))
        else:
            reason = f"Floors and decided reorder points already use {reached:,.2f}, more than {bound:,.2f}."
            problems.append(limit.problem(reason, "Raise the limit or lower the floors."))
    if problems:
        count = "1 limit" if len(problems) == 1 else f"{len(problems)} limits"
        raise UsageError(f"{count} cannot be kept.", problems)


def separable(problem: PortfolioProblem, measure: Measure) -> bool:
    """Whether the limits split the curve: floors in its own measure, ceilings of value, groups disjoint or equal."""
    taken = np.full(len(problem), -1)
    for number, limit in enumerate(problem.limits):
        if limit.kind in ("volume", "pieces") or (limit.kind == "fill_rate" and floor_measure(measure) != measure):
            return False
        members = np.unique(limit.members)
        before = np.unique(taken[members])
        if len(before) > 1 or (before[0] >= 0 and len(members) != (taken == before[0]).sum()):
            return False
        if before[0] < 0:
            taken[members] = number
    return True


def split(problem: PortfolioProblem, found: Uses) -> tuple[Booleans, Booleans, tuple[str, ...]]:
    """Steps (in order of gain per money) that come first, steps that are kept, and what binds.

    UsageError where a group's floor needs more than its ceiling.
    """
    count = found.of_step.shape[1]
    first, kept = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    remarks, problems = [], []
    for limit, of_step, base, bound in zip(problem.limits, found.of_step, found.base, found.bound, strict=True):
        mine = np.flatnonzero(of_step != 0.0)
        used = base + np.concatenate([[0.0], np.cumsum(of_step[mine])])
        slack = SLACK * max(abs(bound), 1.0)
        if limit.kind == "fill_rate":
            needed = int(np.argmax(used <= bound + slack))
            first[mine[:needed]] = True
            if needed:
                remarks.append(f"{limit.name}: at least {limit.bound:g} brings {needed:,} steps forward")
        else:
            reached = int(np.searchsorted(used, bound + slack, side="right")) - 1
            kept[mine[reached:]] = False
            if reached < len(mine):
                remarks.append(f"{limit.name}: at most {limit.bound:,.10g} leaves {len(mine) - reached:,} steps out")
    for limit, of_step in zip(problem.limits, found.of_step, strict=True):
        if limit.kind == "stock_value" and (first & ~kept & (of_step != 0.0)).any():
            remedy = "Raise this limit or lower the fill rate of the same parts."
            problems.append(limit.problem("The floor of this group needs more.", remedy))
    if problems:
        raise UsageError("Limits of the same parts contradict one another.", problems)
    return first, kept, tuple(remarks)
