"""A few identical assets that draw on one stock: the exact Markov chain of a policy and an emergency rule.

Life and replacement are exponential, lead times are Erlang with any number of stages (1 = exponential, many = nearly
constant). The rules are those of a study (``network.study``):

* A failure is a demand. A piece on hand is issued at once; otherwise the asset waits, first come, first served.
* Without a piece on hand, ``first_arrival`` orders one piece, which serves whoever waits or goes to stock;
  ``own_piece`` orders one piece that only this asset may take; ``none`` orders nothing.
* The policy is looked at then, and only then: by inventory position (on hand + on order - waiting, emergency orders
  included, pieces that belong to one asset excluded), or by stock on hand while no ordinary order is outstanding. So a
  policy on the position that orders one for one sees in the emergency order its ordinary one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spareverse.network.distributions import Distribution
from spareverse.network.study import Emergency, Policy
from spareverse.optimisation.spares.markov import MarkovChain

Floats = NDArray[np.float64]
Order = tuple[int, int]
"""Pieces of an ordinary order, else ``EMERGENCY`` or ``OWN`` (one piece); stages of the lead time still to go."""

EMERGENCY = 0
OWN = -1


@dataclass(frozen=True)
class Fleet:
    """Identical assets of one piece each, and their supply. Means in hours; zero replacement takes no time."""

    assets: int
    mean_life_h: float
    mean_lead_time_h: float
    mean_replacement_h: float = 0.0
    emergency: Emergency = "none"
    mean_emergency_lead_time_h: float | None = None
    """None: the ordinary lead time."""
    lead_stages: int = 1
    """Erlang stages of a lead time: about (mean / standard deviation) squared."""
    mean_access_h: float = 0.0
    """Wait for a visit or for the weather, once the piece is there; here a part of the replacement."""

    def __post_init__(self) -> None:
        times = (self.mean_lead_time_h, self.mean_replacement_h, self.mean_access_h)
        if self.assets < 1 or self.lead_stages < 1 or not self.mean_life_h > 0 or min(times) < 0:
            raise ValueError(f"a fleet needs assets, a life and stages above zero and no negative time, got {self}")

    @property
    def mean_work_h(self) -> float:
        """From the piece to work again."""
        return self.mean_replacement_h + self.mean_access_h

    @property
    def demand_per_h(self) -> float:
        """Failures per hour if all assets always worked."""
        return self.assets / self.mean_life_h

    @property
    def ceiling(self) -> float:
        """Availability with a spare always at hand: only access and replacement take time."""
        return self.mean_life_h / (self.mean_life_h + self.mean_work_h)


def erlang_stages(law: Distribution, *, most: int = 64) -> int:
    """Stages of the Erlang law with the mean and about the variance of ``law``; ``most`` for a constant."""
    return max(1, round(law.mean**2 / law.variance)) if law.variance * most > law.mean**2 else most


class FleetState(NamedTuple):
    """What is known at a moment; assets that neither wait nor get their piece work."""

    replacing: int
    waiting: int
    """For the next piece that comes."""
    owed: int
    """Waiting for a piece of their own."""
    on_hand: int
    orders: tuple[Order, ...]
    """Sorted."""

    @property
    def outstanding(self) -> int:
        """Pieces on ordinary order."""
        return sum(pieces for pieces, _ in self.orders if pieces > 0)

    @property
    def emergencies(self) -> int:
        return sum(pieces == EMERGENCY for pieces, _ in self.orders)

    @property
    def position(self) -> int:
        return self.on_hand + self.outstanding + self.emergencies - self.waiting

    def plus(self, order: Order) -> FleetState:
        return self._replace(orders=tuple(sorted([*self.orders, order])))

    def less(self, order: Order) -> FleetState:
        left = list(self.orders)
        left.remove(order)
        return self._replace(orders=tuple(left))


@dataclass(frozen=True)
class FleetMeasures:
    """Averages over time."""

    availability: float
    """Mean share of the assets at work."""
    all_working: float
    """Share of time in which all work."""
    fill_rate: float
    """Share of failures that find a spare."""
    expected_backorders: float
    """Mean number of assets without a piece."""
    mean_on_hand: float
    failures_per_h: float
    orders_per_h: float
    """Ordinary orders."""
    emergency_orders_per_h: float
    pieces_per_h: float
    """Pieces ordered, either way."""
    truncated: float
    """Share of time at the cap on emergency orders; next to nothing, or the cap is too low."""


class FleetChain:
    """The chain of a fleet under a policy, from the first stock and new assets on.

    ``most_emergencies``: cap on emergency orders under way, of which there may otherwise be any number.
    ValueError beyond ``most_states``, without a lead time, and for a policy that is no such chain: ``periodic`` acts
    by the clock, ``adaptive`` learns (give its limit as a ``reorder_point``).
    """

    def __init__(self, policy: Policy, fleet: Fleet, *, most_emergencies: int = 8, most_states: int = 200_000) -> None:
        if policy.kind in ("periodic", "adaptive"):
            raise ValueError(f"a policy of kind {policy.kind!r} has no chain")
        if fleet.mean_lead_time_h <= 0 or fleet.mean_emergency_lead_time_h == 0:
            raise ValueError("a chain needs lead times above zero")
        self.policy, self.fleet = policy, fleet
        self.lead_stages, self.most_emergencies = fleet.lead_stages, most_emergencies
        stock = 0 if policy.kind == "on_demand" else policy.initial_stock
        start = self._reorder(FleetState(0, 0, 0, stock, ()))
        self.chain = MarkovChain.explore(
            start,
            lambda state: ((rate, following) for rate, following, _ in self._moves(state)),
            most_states=most_states,
        )

    def long_run(self) -> FleetMeasures:
        return self._measures(self.chain.stationary())

    def over(self, horizon_h: float) -> FleetMeasures:
        """Expected averages over [0, horizon]; orders at commissioning are not counted."""
        return self._measures(self.chain.mean_over(horizon_h))

    def _moves(self, state: FleetState) -> Iterator[tuple[float, FleetState, Order | None]]:
        """Rate, next state, and the order that moves on, of everything that can happen."""
        fleet = self.fleet
        if working := self._working(state):
            yield working / fleet.mean_life_h, self._failure(state), None
        if state.replacing:
            done = state._replace(replacing=state.replacing - 1)
            yield state.replacing / fleet.mean_work_h, done, None
        for order in sorted(set(state.orders)):
            rate = state.orders.count(order) * self.lead_stages / self._lead_time(order)
            yield rate, self._progress(state, order), order

    def _working(self, state: FleetState) -> int:
        return self.fleet.assets - state.replacing - state.waiting - state.owed

    def _lead_time(self, order: Order) -> float:
        hurried = self.fleet.mean_emergency_lead_time_h
        return hurried if order[0] <= 0 and hurried is not None else self.fleet.mean_lead_time_h

    def _failure(self, state: FleetState) -> FleetState:
        rule = self.fleet.emergency
        if state.on_hand:
            state = self._issue(state._replace(on_hand=state.on_hand - 1))
        elif rule == "own_piece":
            state = state._replace(owed=state.owed + 1).plus((OWN, self.lead_stages))
        else:
            if rule == "first_arrival" and state.emergencies < self.most_emergencies:
                state = state.plus((EMERGENCY, self.lead_stages))
            state = state._replace(waiting=state.waiting + 1)
        return self._reorder(state)

    def _issue(self, state: FleetState) -> FleetState:
        return state._replace(replacing=state.replacing + 1) if self.fleet.mean_work_h > 0 else state

    def _progress(self, state: FleetState, order: Order) -> FleetState:
        pieces, stages = order
        state = state.less(order)
        if stages > 1:
            return state.plus((pieces, stages - 1))
        if pieces == OWN:
            return self._issue(state._replace(owed=state.owed - 1))
        state = state._replace(on_hand=state.on_hand + max(pieces, 1))
        for _ in range(min(state.on_hand, state.waiting)):
            state = self._issue(state._replace(on_hand=state.on_hand - 1, waiting=state.waiting - 1))
        return state

    def _reorder(self, state: FleetState) -> FleetState:
        """With the ordinary order that the policy asks for, if any."""
        policy = self.policy
        up_to = 0 if policy.kind == "on_demand" else policy.order_up_to
        level = up_to - 1 if policy.kind in ("base_stock", "on_demand") else policy.reorder_point
        stock = state.on_hand if policy.basis == "on_hand" else state.position
        if stock > level or (policy.basis == "on_hand" and state.outstanding):
            return state
        if policy.kind != "reorder_point":
            return state.plus((up_to - stock, self.lead_stages))
        batches = 1 if policy.basis == "on_hand" else (level - stock) // policy.order_quantity + 1
        return state.plus((batches * policy.order_quantity, self.lead_stages))

    def _placed(self, state: FleetState) -> Floats:
        """Ordinary orders, emergency orders and pieces ordered per hour: new orders have all their stages to go."""
        total = np.zeros(3)
        for rate, following, moved in self._moves(state):
            kept = state if moved is None else state.less(moved)
            fresh = Counter(following.orders) - Counter(kept.orders)
            for (pieces, stages), count in fresh.items():
                if stages == self.lead_stages:
                    total += rate * count * np.array([pieces > 0, pieces <= 0, max(pieces, 1)])
        return total

    def _measures(self, share: Floats) -> FleetMeasures:
        states = self.chain.states
        working = np.array([self._working(state) for state in states], dtype=np.float64)
        on_hand = np.array([state.on_hand for state in states], dtype=np.float64)
        placed = np.array([self._placed(state) for state in states])
        orders, emergencies, pieces = share @ placed
        failing = share * working / self.fleet.mean_life_h
        return FleetMeasures(
            availability=float(share @ working) / self.fleet.assets,
            all_working=float(share @ (working == self.fleet.assets)),
            fill_rate=float(failing @ (on_hand > 0) / failing.sum()),
            expected_backorders=float(share @ [state.waiting + state.owed for state in states]),
            mean_on_hand=float(share @ on_hand),
            failures_per_h=float(failing.sum()),
            orders_per_h=float(orders),
            emergency_orders_per_h=float(emergencies),
            pieces_per_h=float(pieces),
            truncated=float(share @ [state.emergencies >= self.most_emergencies for state in states]),
        )
