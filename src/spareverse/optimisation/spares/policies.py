"""One entry for the long run of any policy: the strongest formula that fits, and which one it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spareverse.network.study import Policy
from spareverse.optimisation.spares.finite_population import repairmen_for_ever
from spareverse.optimisation.spares.fleet import Fleet, FleetChain
from spareverse.optimisation.spares.reorder_policies import (
    StockPerformance,
    adaptive_limit,
    periodic_review,
    reorder_point,
)
from spareverse.optimisation.spares.single_asset import without_stock

MOST_STATES = 1_000
"""A chain of this size is solved in 30 ms; larger fleets take Hadley & Whitin."""


@dataclass(frozen=True)
class Evaluation:
    """Long-run averages of a stock and the assets it serves."""

    availability: float
    """Mean share of the assets at work."""
    fill_rate: float
    """Share of failures that find a spare."""
    expected_backorders: float
    """Mean number of assets without a piece."""
    mean_on_hand: float
    orders_per_h: float
    """Emergency orders included."""
    source: str
    """The formula, and for which laws it is exact."""
    exact: bool
    """Exact whatever the laws of lead time and replacement with these means; life is exponential throughout."""


def evaluate(policy: Policy, fleet: Fleet) -> Evaluation:
    """Long-run performance of ``policy`` for ``fleet``.

    In this order: renewal (no stock), finite population with one order per failure, exact Markov chain, and for large
    fleets or periodic review Hadley & Whitin with the demand that the working assets really make.
    """
    if policy.kind == "adaptive":
        return evaluate(_settled(policy, fleet), fleet)
    if policy.kind == "on_demand" or _never_stocked(policy):
        return _without_stock(fleet)
    ordinary = fleet.emergency == "none" or (_one_for_one(policy) and fleet.mean_emergency_lead_time_h is None)
    if ordinary and _one_for_one(policy) and fleet.mean_work_h == 0.0:
        return _one_for_one_at_once(policy, fleet)
    if policy.kind != "periodic" and fleet.mean_lead_time_h > 0:
        # an emergency order takes the place of the ordinary one, so the chain can do without
        chained = replace(fleet, emergency="none") if ordinary else fleet
        chain = _chain(policy, chained)
        if chain is not None:
            return chain
    return _large_fleet(policy, fleet)


def _never_stocked(policy: Policy) -> bool:
    return _one_for_one(policy) and policy.order_up_to <= 0


def _one_for_one(policy: Policy) -> bool:
    return policy.kind == "base_stock" and policy.basis == "position"


def _settled(policy: Policy, fleet: Fleet) -> Policy:
    """An adaptive policy with the reorder point it settles at."""
    level = adaptive_limit(policy.service_level, fleet.demand_per_h, fleet.mean_lead_time_h)
    return replace(policy, kind="reorder_point", reorder_point=level)


def _without_stock(fleet: Fleet) -> Evaluation:
    hurried = fleet.mean_emergency_lead_time_h
    lead = hurried if hurried is not None and fleet.emergency != "none" else fleet.mean_lead_time_h
    availability = without_stock(fleet.mean_life_h, lead, fleet.mean_work_h)
    failures = fleet.demand_per_h * availability
    return Evaluation(
        availability, 0.0, failures * lead, 0.0, failures, "renewal theorem: E[X] / (E[X] + E[L] + r)", True
    )


def _one_for_one_at_once(policy: Policy, fleet: Fleet) -> Evaluation:
    stock = policy.order_up_to
    model = repairmen_for_ever(fleet.assets, stock, fleet.mean_life_h, max(fleet.mean_lead_time_h, 1e-300))
    chance = model.probabilities
    failed = np.arange(len(chance))
    failing = chance * np.minimum(fleet.assets, fleet.assets + stock - failed)
    return Evaluation(
        model.availability,
        float(failing[:stock].sum() / failing.sum()),
        float(chance @ np.maximum(failed - stock, 0)),
        float(chance @ np.maximum(stock - failed, 0)),
        fleet.demand_per_h * model.availability,
        "Erlang loss: 1 - B(S + 1, E[L] / E[X])" if fleet.assets == 1 else "finite population, one order per failure",
        True,
    )


def _chain(policy: Policy, fleet: Fleet) -> Evaluation | None:
    """The chain with as many stages of the lead time as its size allows; None when even one is too many.

    One for one, one stage does: but for the replacement the law of the lead time would not matter at all.
    """
    stages = 1 if _one_for_one(policy) else fleet.lead_stages
    while True:
        try:
            chain = FleetChain(policy, replace(fleet, lead_stages=stages), most_states=MOST_STATES)
            break
        except ValueError:
            if stages == 1:
                return None
            stages //= 2
    found = chain.long_run()
    law = "exponential" if stages == 1 else f"{stages}-stage Erlang"
    return Evaluation(
        found.availability,
        found.fill_rate,
        found.expected_backorders,
        found.mean_on_hand,
        found.orders_per_h + found.emergency_orders_per_h,
        f"Markov chain of {len(chain.chain.states)} states: {law} lead time, exponential replacement",
        False,
    )


def _large_fleet(policy: Policy, fleet: Fleet) -> Evaluation:
    """Poisson demand, constant lead time, backorders; demand is that of the assets at work, found by bisection."""

    def at(availability: float) -> tuple[StockPerformance, float]:
        demand = fleet.demand_per_h * availability
        stock = _hadley_whitin(policy, demand, fleet.mean_lead_time_h)
        down = stock.expected_backorders + demand * fleet.mean_work_h
        return stock, 1.0 - down / fleet.assets

    low, high = 0.0, fleet.ceiling
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if at(middle)[1] > middle else (low, middle)
    stock, _ = at(0.5 * (low + high))
    return Evaluation(
        0.5 * (low + high),
        stock.fill_rate,
        stock.expected_backorders,
        stock.mean_on_hand,
        stock.orders_per_h,
        "Hadley-Whitin: Poisson demand of the assets at work, constant lead time, no emergency orders",
        False,
    )


def _hadley_whitin(policy: Policy, demand_per_h: float, lead_time_h: float) -> StockPerformance:
    if policy.kind == "periodic":
        return periodic_review(
            policy.review_interval_h, policy.reorder_point, policy.order_up_to, demand_per_h, lead_time_h
        )
    if policy.kind == "reorder_point":
        return reorder_point(policy.reorder_point, policy.order_quantity, demand_per_h, lead_time_h)
    level = policy.order_up_to - 1 if policy.kind == "base_stock" else policy.reorder_point
    return reorder_point(level, policy.order_up_to - level, demand_per_h, lead_time_h)
