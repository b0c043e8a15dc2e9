"""The efficient plans of a portfolio: the next step is always the one that gains most per unit of money held.

Items are independent, so the points on their hulls, merged by gain per money, are exactly the plans that none other of
their stock value beats (Fox 1966). Between two of them the straight line bounds what any plan can reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.errors import Problem, UsageError
from spareverse.jit import Cancel, Progress
from spareverse.optimisation.portfolio.impossible_problems import check_problem
from spareverse.optimisation.portfolio.problem import Measure, PlanPoint, PortfolioProblem
from spareverse.optimisation.portfolio.steps import (
    BACKORDERS,
    LINE_FILL,
    MEASURES,
    ON_HAND,
    PIECE_FILL,
    Hulls,
    efficient_points,
    performance,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROUNDING = 1e-9
"""Relative slack of a budget or target: sums of many small figures."""


@dataclass(frozen=True)
class Frontier:
    """The curve. Arrays named like figures of a plan are [steps + 1], least stock first; entry 0 is the unavoidable."""

    problem: PortfolioProblem
    measure: Measure
    hulls: Hulls
    step_item: Integers
    """[steps] item of each step, in the order bought; an item's steps follow its hull."""
    stock_value: Floats
    fill_rate: Floats
    fill_rate_pieces: Floats
    expected_backorders: Floats
    parts_stocked: Integers
    gain_per_money: Floats
    """Of the step that leads to the entry [lines a year, pieces a year or pieces owed, per unit of money]."""
    gain: Floats
    """The measure itself: a fill rate, or minus the (weighted) pieces owed."""
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.stock_value)

    @property
    def availability(self) -> Floats:
        """exp(-expected backorders / installed assets); NaN without installed assets."""
        return availability(self.problem, self.expected_backorders)

    def at(self, entry: int, budget: float | None = None, remarks: Sequence[str] = ()) -> PlanPoint:
        """The plan of one entry; ``budget`` is what may be spent, for the gap."""
        points = self.hulls.starts[:-1] + np.bincount(self.step_item[:entry], minlength=len(self.problem))
        return PlanPoint(
            reorder_point=self.hulls.reorder_point[points],
            stock_value=float(self.stock_value[entry]),
            fill_rate=float(self.fill_rate[entry]),
            fill_rate_pieces=float(self.fill_rate_pieces[entry]),
            expected_backorders=float(self.expected_backorders[entry]),
            gain_per_money=float(self.gain_per_money[entry]),
            gap=0.0 if budget is None else max(0.0, self.bound(budget) - float(self.gain[entry])),
            remarks=(*self.remarks, *remarks),
            order_quantity=self._quantities(points),
            unit_cost=self.problem.options.unit_cost[self.hulls.option[points]],
            availability=float(self.availability[entry]),
        )

    def at_budget(self, budget: float) -> PlanPoint:
        """The last efficient plan within a budget. UsageError where the unavoidable stock already costs more."""
        least = float(self.stock_value[0])
        if not budget >= least * (1.0 - ROUNDING):
            raise UsageError(
                f"A budget of {budget:,.2f} is below what the plan cannot avoid: {least:,.2f}.",
                [Problem(reason, remedy, column="budget", value=f"{budget:g}") for reason, remedy in self._floors()],
            )
        entry = int(np.searchsorted(self.stock_value, budget + ROUNDING * abs(budget), side="right")) - 1
        return self.at(entry, budget)

    def at_fill_rate(self, target: float, measure: Measure | None = None) -> PlanPoint:
        """The efficient plan of least stock value with that fill rate, of lines or of pieces (the curve's own).

        UsageError for a target that is no share, or above what any stock reaches.
        """
        if not 0.0 <= target <= 1.0:
            raise UsageError(f"A fill rate is between 0 and 1, not {target:g}.")
        pieces = (measure or self.measure) == "pieces"
        reached = self.fill_rate_pieces if pieces else self.fill_rate
        return self._first(reached, target, "fill rate" + (" of pieces" if pieces else " of lines"), "fill_rate")

    def at_availability(self, target: float) -> PlanPoint:
        """The efficient plan of least stock value with that availability. UsageError as for the fill rate."""
        if not 0.0 <= target <= 1.0:
            raise UsageError(f"An availability is between 0 and 1, not {target:g}.")
        if self.problem.installed_assets <= 0:
            raise UsageError("An availability needs the number of installed assets that share the pieces owed.")
        return self._first(self.availability, target, "availability", "availability")

    def evaluate(self, reorder_point: Integers, order_quantity: Integers | None = None) -> PlanPoint:
        """Any plan; its gap is how much more the best plan of its stock value could gain at most.

        Without ``order_quantity`` the problem's own is used, and 1 where the reorder point is -1.
        """
        quantity = np.where(reorder_point >= 0, self.problem.order_quantity, 1)
        if order_quantity is not None:
            quantity = order_quantity
        cost = price_at(self.problem, quantity)
        found = performance(self.problem.demand, reorder_point, quantity)
        value = float(cost @ found[:, ON_HAND])
        totals = _totals(self.problem, found)
        owed = -totals["backorders"]
        return PlanPoint(
            reorder_point=reorder_point,
            stock_value=value,
            fill_rate=totals["lines"],
            fill_rate_pieces=totals["pieces"],
            expected_backorders=owed,
            gain_per_money=float("nan"),
            gap=max(0.0, self.bound(value) - totals[self.measure]),
            order_quantity=quantity,
            unit_cost=cost,
            availability=float(availability(self.problem, np.array(owed))),
        )

    def bound(self, stock_value: float) -> float:
        """What no plan of that stock value exceeds, in the measure: the hull of the curve."""
        return float(np.interp(stock_value, self.stock_value, self.gain))

    def _first(self, reached: Floats, target: float, name: str, column: str) -> PlanPoint:
        enough = reached >= target - ROUNDING
        if not enough.any():
            best = float(reached.max())
            raise UsageError(
                f"No stock reaches a {name} of {target:.4%}; the most is {best:.4%}.",
                [Problem("Ceilings, decided figures or demand beyond the forecast stand against it.", column=column)],
            )
        return self.at(int(np.argmax(enough)))

    def _floors(self) -> list[tuple[str, str]]:
        """Why the least stock is what it is: reason and remedy."""
        base = self.hulls.starts[:-1]
        value = self.hulls.performance[base, ON_HAND] * self.problem.options.unit_cost[self.hulls.option[base]]
        decided = self.problem.fixed >= -1
        found = []
        for chosen, what, remedy in (
            (~decided, "Parts that must keep a least stock", "Lower their floors or raise the budget."),
            (decided, "Reorder points decided by planners", "Revise the decisions or raise the budget."),
        ):
            if (held := float(value[chosen].sum())) > 0:
                parts = int((value[chosen] > 0).sum())
                found.append((f"{what} hold {held:,.2f} ({parts:,} parts).", remedy))
        return found

    def _quantities(self, points: Integers) -> Integers:
        chosen = self.problem.options.quantity[self.hulls.option[points]]
        return np.where(self.hulls.reorder_point[points] >= 0, chosen, 1)


def efficient_frontier(
    problem: PortfolioProblem,
    measure: Measure = "lines",
    *,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Frontier:
    """All efficient plans. ``lines``, ``pieces``: most (weighted) demand met at once; ``backorders``: fewest owed.

    InputRejected for a problem that no plan can fit; Cancelled.
    """
    if measure not in MEASURES:
        raise UsageError(f"A plan is measured in {', '.join(MEASURES)}, not {measure!r}.")
    check_problem(problem)
    hulls = efficient_points(problem, measure, progress=progress, cancel=cancel)
    return _merged(problem, measure, hulls)


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


def _totals(problem: PortfolioProblem, found: Floats) -> dict[Measure, float]:
    """Each measure of a whole plan: fill rates (NaN where nothing is demanded), minus the pieces owed."""
    counts, gained = factors(problem), gains(problem, found)
    return {name: float(gained[name].sum()) / scale(counts, name) for name in MEASURES}


def scale(counts: dict[Measure, Floats], measure: Measure) -> float:
    """What the sum of gains is divided by: a year's lines or pieces, 1 for pieces owed; NaN without any demand."""
    if measure == "backorders":
        return 1.0
    return float(counts[measure].sum()) or float("nan")


def _merged(problem: PortfolioProblem, measure: Measure, hulls: Hulls) -> Frontier:
    item = np.repeat(np.arange(len(problem)), np.diff(hulls.starts))
    steps = np.ones(len(item), dtype=bool)
    steps[hulls.starts[:-1]] = False
    after = np.flatnonzero(steps)
    value = problem.options.unit_cost[hulls.option] * hulls.performance[:, ON_HAND]
    gained = gains(problem, hulls.performance, item)
    with np.errstate(divide="ignore"):
        ratio = (gained[measure][after] - gained[measure][after - 1]) / (value[after] - value[after - 1])
    order = after[np.argsort(-ratio, kind="stable")]
    counts = factors(problem)

    def along(figure: NDArray[np.float64]) -> Floats:
        base = figure[hulls.starts[:-1]].sum()
        return np.concatenate([[base], base + np.cumsum(figure[order] - figure[order - 1])])

    curves = {name: along(figure) / scale(counts, name) for name, figure in gained.items()}
    return Frontier(
        problem=problem,
        measure=measure,
        hulls=hulls,
        step_item=item[order],
        stock_value=along(value),
        fill_rate=curves["lines"],
        fill_rate_pieces=curves["pieces"],
        expected_backorders=-curves["backorders"],
        parts_stocked=along((hulls.reorder_point >= 0).astype(np.float64)).round().astype(np.int64),
        gain_per_money=np.concatenate([[np.inf], -np.sort(-ratio)]),
        gain=curves[measure],
    )
