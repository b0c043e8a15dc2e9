"""What a plan is measured in: lines met, pieces met or pieces owed, weighted; and what the pieces of it cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spareverse.optimisation.portfolio.problem import Measure, PortfolioProblem
from spareverse.optimisation.portfolio.steps import BACKORDERS, LINE_FILL, MEASURES, PIECE_FILL

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


def factors(problem: PortfolioProblem) -> dict[Measure, Floats]:
    """[items] what a full fill rate (a piece owed) of the item counts in each measure, a year."""
    lines = problem.weight * problem.demand.lines_a_year
    return {"lines": lines, "pieces": lines * problem.demand.line_mean, "backorders": problem.weight}


def gains(problem: PortfolioProblem, found: Floats, item: Integers | slice = slice(None)) -> dict[Measure, Floats]:
    """Gain of performance rows in each measure: lines or pieces met a year, minus the pieces owed."""
    counts = factors(problem)
    return {
        "lines": counts["lines"][item] * found[:, LINE_FILL],
        "pieces": counts["pieces"][item] * found[:, PIECE_FILL],
        "backorders": -counts["backorders"][item] * found[:, BACKORDERS],
    }


def scale(counts: dict[Measure, Floats], measure: Measure) -> float:
    """What the sum of gains is divided by: a year's lines or pieces, 1 for pieces owed; NaN without any demand."""
    if measure == "backorders":
        return 1.0
    return float(counts[measure].sum()) or float("nan")


def totals(problem: PortfolioProblem, found: Floats, chosen: Booleans | slice = slice(None)) -> dict[Measure, float]:
    """Each measure of a whole plan, or of its ``chosen`` items: fill rates (NaN where nothing is demanded), minus the
    pieces owed."""
    counts = {name: count[chosen] for name, count in factors(problem).items()}
    gained = gains(problem, found)
    return {name: float(gained[name][chosen].sum()) / scale(counts, name) for name in MEASURES}


def availability(problem: PortfolioProblem, backorders: Floats) -> Floats:
    """exp(-expected backorders / installed assets) (Sherbrooke 2004, chapter 2); NaN without installed assets."""
    if problem.installed_assets <= 0:
        return np.full_like(backorders, np.nan)
    found: Floats = np.exp(-backorders / problem.installed_assets)
    return found


def price_at(problem: PortfolioProblem, quantity: Integers) -> Floats:
    """[items] price of a piece at an order quantity: the largest break it reaches; the plain price without breaks."""
    if problem.order_options is None:
        return problem.unit_cost
    options = problem.order_options
    item = np.repeat(np.arange(len(problem)), np.diff(options.starts))
    reached = np.where(options.quantity <= quantity[item], options.unit_cost, np.inf)
    lowest = np.minimum.reduceat(reached, options.starts[:-1])
    return np.where(np.isfinite(lowest), lowest, problem.unit_cost)
