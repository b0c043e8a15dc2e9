"""Guaranteed service beside all service times tried one by one, on random trees."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from spareverse.optimisation.guaranteed_service import Stage, Stages, best_service_times


def tried(stages: Stages, z: float) -> float:
    """Least cost of all whole service times."""
    names = list(stages.processing_time)
    suppliers = {name: [a for a, b in stages.edges if b == name] for name in names}
    customers = {name: [b for a, b in stages.edges if a == name] for name in names}

    def variance(name: Stage) -> float:
        return stages.demand_sd.get(name, 0.0) ** 2 + sum(variance(customer) for customer in customers[name])

    def longest(name: Stage) -> float:
        slowest = max([longest(supplier) for supplier in suppliers[name]], default=0.0)
        return max(slowest, stages.inbound_time.get(name, 0.0)) + stages.processing_time[name]

    def choices(name: Stage) -> range:
        most = longest(name) if customers[name] else min(longest(name), stages.outbound_time.get(name, 0.0))
        return range(int(most) + 1)

    best = math.inf
    for times in itertools.product(*(choices(name) for name in names)):
        service, cost = dict(zip(names, times, strict=True)), 0.0
        for name in names:
            inbound = max([stages.inbound_time.get(name, 0.0), *(service[supplier] for supplier in suppliers[name])])
            net = inbound + stages.processing_time[name] - service[name]
            cost += stages.holding_cost[name] * z * math.sqrt(variance(name) * net) if net >= 0.0 else math.inf
        best = min(best, cost)
    return best


def drawn(rng: random.Random) -> Stages:
    names = "abcdef"[: rng.randint(2, 5)]
    pairs = [(name, rng.choice(names[:n])) for n, name in enumerate(names) if n]
    edges = [(one, other) if rng.random() < 0.5 else (other, one) for one, other in pairs]
    ends = [i for i in names if all(a != i for a, _ in edges)]
    starts = [i for i in names if all(b != i for _, b in edges)]
    return Stages(
        {i: rng.randint(0, 3) for i in names}, {i: rng.choice([1, 2, 3.5, 5]) for i in names}, edges,
        {i: rng.uniform(0.5, 3.0) for i in ends}, 1.3, {i: rng.randint(0, 2) for i in starts},
        {i: rng.randint(0, 2) for i in ends},
    )  # fmt: skip


def test_random_trees() -> None:
    rng = random.Random(2)
    for _ in range(60):
        stages = drawn(rng)
        assert best_service_times(stages).cost == pytest.approx(tried(stages, 1.3), rel=1e-12)


def test_half_days_and_a_z_per_stage() -> None:
    """One stage of 2.25 days that may serve within 0.25 covers two days."""
    plan = best_service_times(Stages({"a": 2.25}, {"a": 3.0}, [], {"a": 10.0}, {"a": 2.0}, {}, {"a": 0.25}))
    assert plan.net_lead_time == {"a": 2.0}
    assert plan.safety_stock["a"] == pytest.approx(20.0 * math.sqrt(2.0))
    assert plan.cost == pytest.approx(60.0 * math.sqrt(2.0))


def test_a_forest_is_the_sum_of_its_trees() -> None:
    one = Stages({"a": 2, "b": 3}, {"a": 1, "b": 4}, [("a", "b")], {"b": 5}, 2.0, {}, {})
    both = Stages(
        {"a": 2, "b": 3, "c": 2, "d": 3}, {"a": 1, "b": 4, "c": 1, "d": 4}, [("a", "b"), ("c", "d")],
        {"b": 5, "d": 5}, 2.0, {}, {},
    )  # fmt: skip
    assert best_service_times(both).cost == pytest.approx(2.0 * best_service_times(one).cost)


def test_what_is_no_tree_is_refused() -> None:
    times = costs = {"a": 1.0, "b": 1.0, "c": 1.0}
    with pytest.raises(ValueError, match="two ways"):
        best_service_times(Stages(times, costs, [("a", "b"), ("a", "c"), ("b", "c")], {"c": 1}, 1.0, {}, {}))
    with pytest.raises(ValueError, match="circle"):
        best_service_times(Stages(times, costs, [("a", "b"), ("b", "a")], {"c": 1}, 1.0, {}, {}))
    with pytest.raises(ValueError, match="processing time"):
        best_service_times(Stages(times, {"a": 1}, [], {"c": 1}, 1.0, {}, {}))
    with pytest.raises(ValueError, match="negative"):
        best_service_times(Stages({"a": -1}, {"a": 1}, [], {"a": 1}, 1.0, {}, {}))
