"""Guaranteed service: where in a tree of stages safety stock belongs, when every stage promises a time and keeps it.

A stage that is promised its inputs within SI and promises its output within S covers the net lead time SI + T - S with
the safety stock z sd sqrt(SI + T - S). Whole service times that cost least are found by dynamic programming, exactly,
for every tree: serial, assembly, distribution, or both mixed.

Sources: Simpson 1958; Graves & Willems 2000.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Stage = str
FINEST = 1000
"""Times are multiples of a common unit of at least 1 / FINEST."""


@dataclass(frozen=True)
class Stages:
    """Stages and what is known of them; times in one unit, costs per piece and unit of time."""

    processing_time: Mapping[Stage, float]
    holding_cost: Mapping[Stage, float]
    edges: Sequence[tuple[Stage, Stage]]
    """(supplier, customer)"""
    demand_sd: Mapping[Stage, float]
    """Of a unit of time, where customers outside buy."""
    z: float | Mapping[Stage, float]
    """Standard deviations of demand that are covered."""
    inbound_time: Mapping[Stage, float]
    """Service time of suppliers outside; 0 where not given."""
    outbound_time: Mapping[Stage, float]
    """Longest service time customers outside accept; 0 where not given."""


@dataclass(frozen=True)
class ServicePlan:
    """Service times that cost least, and the stocks they take."""

    service_time: dict[Stage, float]
    net_lead_time: dict[Stage, float]
    safety_stock: dict[Stage, float]
    cost: float


def best_service_times(stages: Stages) -> ServicePlan:
    """The cheapest plan of a forest of stages; the shorter times where several cost the same.

    ValueError where the stages are no forest (two ways from one stage to another, direction apart), or an input makes
    no sense.
    """
    names, unit = _checked(stages), _unit(stages)
    solver = _Solver(stages, names, unit)
    times: dict[Stage, int] = {}
    for root in names:
        if root not in solver.towards:
            solver.solve(root)
            solver.recover(root, times)
    return _plan(stages, solver, times)


class _Solver:
    """Costs of the branches of each tree by the service time that ties a branch to the rest."""

    def __init__(self, stages: Stages, names: list[Stage], unit: Fraction) -> None:
        self.suppliers: dict[Stage, list[Stage]] = {name: [] for name in names}
        self.customers: dict[Stage, list[Stage]] = {name: [] for name in names}
        for supplier, customer in stages.edges:
            self.suppliers[customer].append(supplier)
            self.customers[supplier].append(customer)
        self.unit = unit
        self.work = {name: _steps(stages.processing_time[name], unit) for name in names}
        self.inbound = {name: _steps(stages.inbound_time.get(name, 0), unit) for name in names}
        self.outbound = {
            name: _steps(stages.outbound_time.get(name, 0), unit)
            for name in names
            if not self.customers[name] or name in stages.demand_sd
        }
        self.latest = self._latest(names)
        sd = _demand_sd(stages, self.customers)
        self.price = {
            name: stages.holding_cost[name] * _z_of(stages, name) * sd[name] * math.sqrt(float(unit)) for name in names
        }
        self.towards: dict[Stage, Stage | None] = {}
        self.order: list[Stage] = []
        self.cost: dict[Stage, Floats] = {}
        self.branch: dict[Stage, Floats] = {}

    def _latest(self, names: list[Stage]) -> dict[Stage, int]:
        """Longest time in which a stage can have its output made from nothing."""
        latest: dict[Stage, int] = {}
        waiting = list(names)
        while waiting:
            ready = [name for name in waiting if all(supplier in latest for supplier in self.suppliers[name])]
            if not ready:
                raise ValueError("the stages supply one another in a circle")
            for name in ready:
                slowest = max([latest[supplier] for supplier in self.suppliers[name]], default=0)
                latest[name] = max(slowest, self.inbound[name]) + self.work[name]
            waiting = [name for name in waiting if name not in latest]
        return latest

    def solve(self, root: Stage) -> None:
        """Costs of all branches of the root's tree, leaves first."""
        self.towards[root] = None
        tree = [root]
        for name in tree:
            for other in (*self.suppliers[name], *self.customers[name]):
                if other == self.towards[name]:
                    continue
                if other in self.towards:
                    raise ValueError(f"the stages are no tree: there are two ways between {name!r} and {other!r}")
                self.towards[other] = name
                tree.append(other)
        self.order = tree
        for name in reversed(tree):
            cost = self.cost[name] = self._own_and_branches(name)
            towards = self.towards[name]
            if towards in self.customers[name]:
                # it supplies the rest within S or sooner: the customer waits for its slowest supplier
                self.branch[name] = np.minimum.accumulate(cost.min(axis=0))
            elif towards is not None:
                # the rest supplies it within SI; to count on later inputs than come is allowed
                self.branch[name] = np.minimum.accumulate(cost.min(axis=1)[::-1])[::-1]

    def _own_and_branches(self, name: Stage) -> Floats:
        """[SI, S] cost of the stage and of the branches behind it, inf where its time would not do."""
        most = self.latest[name]
        inbound, service = np.arange(most - self.work[name] + 1)[:, None], np.arange(most + 1)[None, :]
        net = inbound + self.work[name] - service
        allowed = (net >= 0) & (inbound >= self.inbound[name]) & (service <= self.outbound.get(name, most))
        cost: Floats = np.where(allowed, self.price[name] * np.sqrt(np.maximum(net, 0)), np.inf)
        for supplier in self.suppliers[name]:
            if supplier != self.towards[name]:
                branch = self.branch[supplier]
                cost = cost + branch[np.minimum(inbound[:, 0], len(branch) - 1)][:, None]
        for customer in self.customers[name]:
            if customer != self.towards[name]:
                branch = self.branch[customer]
                cost = cost + np.where(
                    service[0] < len(branch), branch[np.minimum(service[0], len(branch) - 1)], np.inf
                )
        return cost

    def recover(self, root: Stage, times: dict[Stage, int]) -> None:
        """Service times of the root's tree, from the root outwards."""
        inbound: dict[Stage, int] = {}
        for name in self.order:
            towards = self.towards[name]
            cost = self.cost[name]
            if towards is not None and towards in self.customers[name]:
                cost = cost[:, : min(inbound[towards], cost.shape[1] - 1) + 1]
            first = times[towards] if towards is not None and towards in self.suppliers[name] else 0
            found = np.unravel_index(int(np.argmin(cost[first:])), cost[first:].shape)
            inbound[name], times[name] = int(found[0]) + first, int(found[1])


def _plan(stages: Stages, solver: _Solver, times: dict[Stage, int]) -> ServicePlan:
    """The plan with inputs that come when they are promised, at latest when they were counted on."""
    unit = float(solver.unit)
    net: dict[Stage, int] = {}
    for name in sorted(times, key=lambda name: solver.latest[name]):
        inbound = max([solver.inbound[name], *(times[supplier] for supplier in solver.suppliers[name])])
        times[name] = min(times[name], inbound + solver.work[name])
        net[name] = inbound + solver.work[name] - times[name]
    cost = {name: solver.price[name] * math.sqrt(steps) for name, steps in net.items()}
    held = stages.holding_cost
    return ServicePlan(
        {name: steps * unit for name, steps in times.items()},
        {name: steps * unit for name, steps in net.items()},
        {name: cost[name] / held[name] if held[name] else 0.0 for name in net},
        math.fsum(cost.values()),
    )


def _demand_sd(stages: Stages, customers: Mapping[Stage, list[Stage]]) -> dict[Stage, float]:
    """Standard deviation of the demand each stage sees: independent customers' variances add up."""
    variance: dict[Stage, float] = {}

    def of(name: Stage) -> float:
        if name not in variance:
            variance[name] = stages.demand_sd.get(name, 0.0) ** 2 + sum(of(customer) for customer in customers[name])
        return variance[name]

    return {name: math.sqrt(of(name)) for name in customers}


def _z_of(stages: Stages, name: Stage) -> float:
    return stages.z[name] if isinstance(stages.z, Mapping) else stages.z


def _checked(stages: Stages) -> list[Stage]:
    names = list(stages.processing_time)
    unknown = {end for edge in stages.edges for end in edge} | set(stages.holding_cost) | set(stages.demand_sd)
    if unknown != set(names) & unknown or set(stages.holding_cost) != set(names):
        raise ValueError("each stage needs a processing time and a holding cost, and edges and demands name stages")
    numbers = [*stages.processing_time.values(), *stages.holding_cost.values(), *stages.demand_sd.values()]
    numbers += [*stages.inbound_time.values(), *stages.outbound_time.values(), *(_z_of(stages, name) for name in names)]
    if not all(number >= 0.0 and math.isfinite(number) for number in numbers):
        raise ValueError("times, costs, standard deviations and z must not be negative")
    return names


def _unit(stages: Stages) -> Fraction:
    """The largest time that all times are multiples of."""
    times = [*stages.processing_time.values(), *stages.inbound_time.values(), *stages.outbound_time.values()]
    shares = [Fraction(time).limit_denominator(FINEST) for time in times]
    return Fraction(1, math.lcm(*(share.denominator for share in shares)))


def _steps(time: float, unit: Fraction) -> int:
    return round(Fraction(time).limit_denominator(FINEST) / unit)
