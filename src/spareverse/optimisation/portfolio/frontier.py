"""The efficient plans of a portfolio: the next step is always the one that gains most per unit of money held.

Items are independent, so the points on their hulls, merged by gain per money, are exactly the plans that none other of
their stock value beats (Fox 1966). Between two of them the straight line bounds what any plan can reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spareverse.errors import Problem, UsageError
from spareverse.jit import Cancel, Progress
from spareverse.optimisation.portfolio.dual_bound import Priced, priced, priced_target
from spareverse.optimisation.portfolio.exact_choice import Aim, Choice, affordable, best_choice, prices_of
from spareverse.optimisation.portfolio.impossible_problems import check_problem
from spareverse.optimisation.portfolio.limits import refuse_unreachable, separable, split, uses
from spareverse.optimisation.portfolio.measures import availability, factors, price_at, scale, totals
from spareverse.optimisation.portfolio.problem import Measure, PlanPoint, PortfolioProblem
from spareverse.optimisation.portfolio.step_order import STOCKED, VALUE, along, by_ratio, steps_of
from spareverse.optimisation.portfolio.steps import MEASURES, ON_HAND, Hulls, efficient_points, performance

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROUNDING = 1e-9
"""Relative slack of a budget or target: sums of many small figures."""
CLOSE = 1e-5
"""A gap below this share of what the whole curve gains is left open."""
HALVINGS = 12
_COLUMN: dict[Measure, str] = {"lines": "fill_rate", "pieces": "fill_rate_pieces", "backorders": ""}
FEW = 30
"""Parts that are solved over all their reorder points at once."""


@dataclass(frozen=True)
class Frontier:
    """The curve. Arrays named like figures of a plan are [steps + 1], least stock first; entry 0 is the unavoidable."""

    problem: PortfolioProblem
    measure: Measure
    hulls: Hulls
    base: Integers
    """[items] hull point of entry 0: what floors, decisions and limits ask for."""
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
    keeps_limits: bool = True
    """Whether the curve keeps the problem's limits; else only the plans at a budget do."""
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.stock_value)

    @property
    def availability(self) -> Floats:
        """exp(-expected backorders / installed assets); NaN without installed assets."""
        return availability(self.problem, self.expected_backorders)

    def at(self, entry: int) -> PlanPoint:
        """The plan of one entry: none other of its stock value is better."""
        points = self.base + np.bincount(self.step_item[:entry], minlength=len(self.problem))
        return self._plan(points, float(self.gain_per_money[entry]))

    def _plan(self, points: Integers, gain_per_money: float) -> PlanPoint:
        """The plan of one hull point per item."""
        found = self.hulls.performance[points]
        price = self.problem.options.unit_cost[self.hulls.option[points]]
        quantity = self.problem.options.quantity[self.hulls.option[points]]
        reorder_point = self.hulls.reorder_point[points]
        return self._point(reorder_point, np.where(reorder_point >= 0, quantity, 1), price, found, gain_per_money)

    def _point(
        self, reorder_point: Integers, quantity: Integers, price: Floats, found: Floats, gain_per_money: float
    ) -> PlanPoint:
        reached = totals(self.problem, found)
        return PlanPoint(
            reorder_point=reorder_point,
            stock_value=float(price @ found[:, ON_HAND]),
            fill_rate=reached["lines"],
            fill_rate_pieces=reached["pieces"],
            expected_backorders=-reached["backorders"],
            gain_per_money=gain_per_money,
            gap=0.0,
            remarks=self.remarks,
            order_quantity=quantity,
            unit_cost=price,
            availability=float(availability(self.problem, np.array(-reached["backorders"]))),
        )

    def at_budget(self, budget: float, *, exact: bool = True) -> PlanPoint:
        """The best plan within a budget: the last one of the curve; ``exact``, what still lies above it is closed.

        UsageError where the unavoidable stock already costs more, or the limits cannot be kept with it.
        """
        least = float(self.stock_value[0])
        if not budget >= least * (1.0 - ROUNDING):
            raise UsageError(
                f"A budget of {budget:,.2f} is below what the plan cannot avoid: {least:,.2f}.",
                [Problem(reason, remedy, column="budget", value=f"{budget:g}") for reason, remedy in self._floors()],
            )
        entry = int(np.searchsorted(self.stock_value, budget + ROUNDING * abs(budget), side="right")) - 1
        if not exact:
            gap = float("nan") if self.problem.limits else max(0.0, self.bound(budget) - float(self.gain[entry]))
            return replace(self.at(entry), gap=gap)
        point = self._filled(entry, budget)
        close = CLOSE * float(self.gain[-1] - self.gain[0])
        if not self.problem.limits and self.bound(budget) - self._measured(point) <= close:
            return replace(point, gap=max(0.0, self.bound(budget) - self._measured(point)))
        return self._closed(point, budget)

    def _filled(self, entry: int, budget: float) -> PlanPoint:
        """The plan of an entry, and of the steps after it those that what is left still buys."""
        points = self.base + np.bincount(self.step_item[:entry], minlength=len(self.problem))
        step_value = np.diff(self.stock_value[entry:])
        affordable(self.step_item[entry:], step_value, budget - float(self.stock_value[entry]), points)
        return self._plan(points, float(self.gain_per_money[entry]))

    def _closed(self, point: PlanPoint, budget: float) -> PlanPoint:
        """The exact best within budget and limits, as far as the solver gets, where ``point`` is not."""
        problem, known = self.problem, self.keeps_limits
        reached, found = self._measured(point), self._priced(budget)
        aim = Aim(prices_of(problem, self.measure, found.prices), budget)
        near = self._near()
        if known:
            near = min(near, max(found.bound - reached, 0.0))
        choice = best_choice(problem, self.measure, aim, np.inf if len(problem) <= FEW else near)
        if choice is None and not known:
            binds = [Problem("It binds here.", "Relax it.", column=f"limits.{name}") for name in found.binding]
            proven = found.bound < float(self.gain[0])
            said = "keeps all limits" if proven else "that keeps all limits was found"
            raise UsageError(f"No plan within {budget:,.2f} {said}.", binds)
        if choice is None or (known and choice.score <= reached):
            bound = found.bound if choice is None else min(choice.bound, found.bound)
            return replace(point, gap=max(0.0, bound - reached), prices=found.prices)
        return self._of_choice(choice, found, point.gain_per_money)

    def _of_choice(self, choice: Choice, found: Priced, gain_per_money: float) -> PlanPoint:
        """The plan that was chosen at the prices found."""
        options = self.problem.options
        quantity = np.where(choice.reorder_point >= 0, options.quantity[choice.option], 1)
        better = performance(self.problem.demand, choice.reorder_point, quantity)
        price = options.unit_cost[choice.option]
        plan = self._point(choice.reorder_point, quantity, price, better, gain_per_money)
        binding = tuple(f"The limit on {name} binds." for name in found.binding)
        gap, remarks = max(0.0, choice.bound - choice.score), (*plan.remarks, *binding)
        return replace(plan, gap=gap, remarks=remarks, prices=found.prices)

    def _near(self) -> float:
        """What options may lose against the best of their item to be looked at first."""
        return float(np.ptp(self.gain)) / len(self.problem)

    def _priced(self, budget: float) -> Priced:
        """Prices of the budget and of the limits, and the bound they prove."""
        if self.problem.limits:
            return priced(self.problem, self.hulls, self.measure, budget)
        entry = int(np.searchsorted(self.stock_value, budget, side="right"))
        price = float(self.gain_per_money[entry]) / scale(factors(self.problem), self.measure)
        return Priced(np.array([price]), self.bound(budget), ())

    def _measured(self, point: PlanPoint) -> float:
        figures = {
            "lines": point.fill_rate,
            "pieces": point.fill_rate_pieces,
            "backorders": -point.expected_backorders,
        }
        return figures[self.measure]

    def at_fill_rate(self, target: float, measure: Measure | None = None) -> PlanPoint:
        """The efficient plan of least stock value with that fill rate, of lines or of pieces (the curve's own).

        UsageError for a target that is no share, or above what any stock reaches.
        """
        if not 0.0 <= target <= 1.0:
            raise UsageError(f"A fill rate is between 0 and 1, not {target:g}.")
        pieces = (measure or self.measure) == "pieces"
        reached = self.fill_rate_pieces if pieces else self.fill_rate
        column = "fill_rate_pieces" if pieces else "fill_rate"
        return self._first(reached, target, "fill rate" + (" of pieces" if pieces else " of lines"), column)

    def at_availability(self, target: float) -> PlanPoint:
        """The efficient plan of least stock value with that availability. UsageError as for the fill rate."""
        if not 0.0 <= target <= 1.0:
            raise UsageError(f"An availability is between 0 and 1, not {target:g}.")
        if self.problem.installed_assets <= 0:
            raise UsageError("An availability needs the number of installed assets that share the pieces owed.")
        return self._first(self.availability, target, "availability", "availability")

    def evaluate(
        self, reorder_point: Integers, order_quantity: Integers | None = None, found: Floats | None = None
    ) -> PlanPoint:
        """Any plan; its gap is how much more the best plan of its stock value could gain at most.

        Without ``order_quantity`` the problem's own is used, and 1 where the reorder point is -1. ``found``: what the
        rules do, [items, WIDTH] as of ``performance``, where they are no (s, nQ).
        """
        quantity = np.where(reorder_point >= 0, self.problem.order_quantity, 1)
        if order_quantity is not None:
            quantity = order_quantity
        if found is None:
            found = performance(self.problem.demand, reorder_point, quantity)
        point = self._point(reorder_point, quantity, price_at(self.problem, quantity), found, float("nan"))
        return replace(point, gap=max(0.0, self.bound(point.stock_value) - self._measured(point)), remarks=())

    def bound(self, stock_value: float) -> float:
        """What no plan of that stock value exceeds, in the measure: the hull of the curve."""
        return float(np.interp(stock_value, self.stock_value, self.gain))

    def _first(self, reached: Floats, target: float, name: str, column: str) -> PlanPoint:
        enough = reached >= target - ROUNDING
        ends_early = self.keeps_limits and bool(self.problem.limits)
        if not enough.any() and not ends_early:
            best = float(reached.max())
            raise UsageError(
                f"No stock reaches the {name} of {target:.4%}; the most is {best:.4%}.",
                [Problem("Ceilings, decided figures or demand beyond the forecast stand against it.", column=column)],
            )
        entry = int(np.argmax(enough)) if enough.any() else len(self) - 1
        if not ends_early:
            return self.at(entry) if self.keeps_limits else self._least_budget(column, target, entry)
        if enough.any():
            # steps brought forward or left out leave room that other plans may use
            point = self.at(entry)
            gap = max(0.0, self._priced(point.stock_value).bound - self._measured(point))
            if column != _COLUMN[self.measure] or gap <= CLOSE * float(self.gain[-1] - self.gain[0]):
                return replace(point, gap=gap)
        return self._least_budget(column, target, entry)

    def _least_budget(self, column: str, target: float, entry: int) -> PlanPoint:
        """Where the curve does not keep the limits: the least stock value that reaches the target.

        In the curve's own measure it is chosen at the prices of the target; else the least budget is halved in.
        """
        if column == _COLUMN[self.measure] and (cheapest := self._cheapest(target)) is not None:
            return cheapest
        low, high = float(self.stock_value[entry]), self._dearest()
        best = self.at_budget(high)
        if getattr(best, column) < target - ROUNDING:
            reached = getattr(best, column)
            remedies = [Problem("It has a price in this plan.", column=f"limits.{x.name}") for x in self.problem.limits]
            raise UsageError(f"Within its limits no plan reaches {target:.4%}; the most is {reached:.4%}.", remedies)
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            found = self._reaching(column, target, middle)
            best, low, high = (best, middle, high) if found is None else (found, low, middle)
        return best

    def _cheapest(self, target: float) -> PlanPoint | None:
        """The plan of least stock value that reaches a target in the curve's measure, as far as the solver gets."""
        found = priced_target(self.problem, self.hulls, self.measure, target)
        if found is None or found.bound > self._dearest():
            return None
        aim = Aim(prices_of(self.problem, self.measure, found.prices), target, least_stock=True)
        near = np.inf if len(self.problem) <= FEW else self._near()
        choice = best_choice(self.problem, self.measure, aim, near)
        if choice is None:
            return None
        return self._of_choice(choice, found, float(found.prices[0]) * scale(factors(self.problem), self.measure))

    def _dearest(self) -> float:
        """Stock value where every item stands at the end of its hull, limits or not."""
        last = self.hulls.starts[1:] - 1
        return float(self.hulls.performance[last, ON_HAND] @ self.problem.options.unit_cost[self.hulls.option[last]])

    def _reaching(self, column: str, target: float, budget: float) -> PlanPoint | None:
        """The best plan of a budget where it keeps the limits and reaches the target."""
        try:
            found = self.at_budget(budget)
        except UsageError:
            return None
        return found if getattr(found, column) >= target - ROUNDING else None

    def _floors(self) -> list[tuple[str, str]]:
        """Why the least stock is what it is: reason and remedy."""
        base = self.hulls.starts[:-1]
        value = self.hulls.performance[base, ON_HAND] * self.problem.options.unit_cost[self.hulls.option[base]]
        decided = self.problem.fixed >= -1
        limited = float(self.stock_value[0] - value.sum())
        found = []
        for chosen, what, remedy in (
            (~decided, "Parts that must keep a least stock", "Lower their floors or raise the budget."),
            (decided, "Reorder points decided by planners", "Revise the decisions or raise the budget."),
        ):
            if (held := float(value[chosen].sum())) > 0:
                parts = int((value[chosen] > 0).sum())
                found.append((f"{what} hold {held:,.2f} ({parts:,} parts).", remedy))
        if limited > ROUNDING * float(self.stock_value[0]):
            names = ", ".join(limit.name for limit in self.problem.limits if limit.kind == "fill_rate")
            found.append((f"Limits ({names}) need {limited:,.2f} more.", "Lower them or raise the budget."))
        return found


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


def _merged(problem: PortfolioProblem, measure: Measure, hulls: Hulls) -> Frontier:
    rows, ratio = steps_of(problem, hulls, measure)
    order = by_ratio(ratio)
    item = np.repeat(np.arange(len(problem)), np.diff(hulls.starts))
    base = hulls.starts[:-1]
    least = rows[base].sum(axis=0)
    keeps = not problem.limits
    remarks: tuple[str, ...] = ()
    if problem.limits:
        used = uses(problem, hulls, measure, order)
        refuse_unreachable(problem, used)
        keeps = separable(problem, measure)
    if problem.limits and keeps:
        forced, kept, remarks = split(problem, used)
        base = base + np.bincount(item[order[forced]], minlength=len(problem))
        least = least + rows[order[forced]].sum(axis=0)
        order = order[kept & ~forced]
    counts = factors(problem)
    sums = along(rows, least, order, np.array([1.0, *(scale(counts, name) for name in MEASURES), 1.0]))
    gained = dict(zip(MEASURES, sums[1:], strict=False))
    return Frontier(
        problem=problem,
        measure=measure,
        hulls=hulls,
        base=base,
        step_item=item[order],
        stock_value=sums[VALUE],
        fill_rate=gained["lines"],
        fill_rate_pieces=gained["pieces"],
        expected_backorders=-gained["backorders"],
        parts_stocked=sums[STOCKED].round().astype(np.int64),
        gain_per_money=np.concatenate([[np.inf], ratio[order]]),
        gain=gained[measure],
        keeps_limits=keeps,
        remarks=remarks,
    )
