"""Portfolios that no plan can fit: every trouble in one report."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spareverse.errors import InputRejected, Problem
from spareverse.optimisation.portfolio.problem import PortfolioProblem

MOST_NAMED = 20
"""Items named per kind of trouble; the rest is counted."""


def check_problem(problem: PortfolioProblem) -> None:
    """InputRejected with all that is wrong: empty, prices, quantities, floors above ceilings, limits."""
    if len(problem) == 0:
        raise InputRejected("There is no part to plan.", [Problem("The portfolio is empty.")])
    troubles = _lengths(problem)
    if not troubles:
        troubles = [*_items(problem), *_limits(problem)]
    if troubles:
        raise InputRejected("This portfolio cannot be planned.", troubles)


def _lengths(problem: PortfolioProblem) -> list[Problem]:
    names = ("order_quantity", "weight", "least", "most", "fixed", "volume")
    lengths = {name: len(getattr(problem, name)) for name in names} | {"demand": len(problem.demand)}
    return [
        Problem(f"{len(problem)} prices but {length} entries.", "Give one entry per part.", column=name)
        for name, length in lengths.items()
        if length != len(problem)
    ]


def _items(problem: PortfolioProblem) -> list[Problem]:
    law, options = problem.demand, problem.options
    owner = np.repeat(np.arange(len(problem)), np.diff(options.starts))
    cheap = ~(np.isfinite(options.unit_cost) & (options.unit_cost > 0))
    found: list[Problem] = []
    found += _named(np.unique(owner[cheap]), "unit_cost", "The price is not above zero.", "Give the cost of a piece.")
    found += _named(
        np.unique(owner[options.quantity < 1]),
        "order_quantity",
        "The order quantity is below one.",
        "Order at least one.",
    )
    found += _named(np.flatnonzero(np.diff(options.starts) < 1), "order_quantity", "No order quantity is offered.", "")
    free = problem.fixed < -1
    above = free & (problem.least > problem.most)
    found += _named(np.flatnonzero(above), "least", "The least reorder point is above the largest.", "Lower the floor.")
    found += _named(
        np.flatnonzero((problem.fixed < -2) | (problem.least < -1) | (problem.most < -1)),
        "least",
        "A reorder point below -1.",
        "-1 means bought when demanded; -2 as a decision means none.",
    )
    unclear = ~(np.isfinite(problem.weight) & (problem.weight >= 0))
    found += _named(np.flatnonzero(unclear), "weight", "The weight is not a number from zero up.", "")
    unclear = ~(np.isfinite(problem.volume) & (problem.volume >= 0))
    found += _named(np.flatnonzero(unclear), "volume", "The volume is not a number from zero up.", "")
    for name in ("mean", "line_mean", "lines_a_year"):
        figure = getattr(law, name)
        unclear = ~(np.isfinite(figure) & (figure >= 0))
        found += _named(np.flatnonzero(unclear), name, "The forecast of the demand is not a number from zero up.", "")
    return found


def _limits(problem: PortfolioProblem) -> list[Problem]:
    found: list[Problem] = []
    for limit in problem.limits:
        if len(limit.members) == 0:
            found.append(limit.problem("The limit has no members.", "Name parts it holds for."))
        elif limit.members.min() < 0 or limit.members.max() >= len(problem):
            found.append(limit.problem("The limit names parts that are not there."))
        if not (np.isfinite(limit.bound) and limit.bound >= 0):
            found.append(limit.problem("The bound is not a number from zero up.", value=f"{limit.bound:g}"))
        elif limit.kind == "fill_rate" and limit.bound > 1:
            found.append(limit.problem("A fill rate is at most 1.", value=f"{limit.bound:g}"))
    return found


def _named(items: NDArray[np.int64], column: str, reason: str, remedy: str) -> list[Problem]:
    """One problem per item, the first few; then how many more."""
    found = [Problem(reason, remedy, row=int(item), column=column) for item in items[:MOST_NAMED]]
    if len(items) > MOST_NAMED:
        found.append(Problem(f"{reason} And {len(items) - MOST_NAMED:,} parts more.", remedy, column=column))
    return found
