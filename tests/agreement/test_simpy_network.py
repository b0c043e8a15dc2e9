"""The product's network against the same network written in SimPy: lines and an outage, three places, capacity,
closure, priorities, parts of orders, patience, emergency orders, a budget, price breaks, contracts.

Fixed seeds. Bound: four standard errors of the difference, widened for few runs (Student's t), for each of 25 measures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from agreement.comparison import FAR
from agreement.simpy_network import CUSTOMERS, KEEPS, Model, tables
from spareverse.network.network import Network
from spareverse.network.network_checks import check_network
from spareverse.simulation.universe_run import run_universe

RUNS, SIMPY_RUNS = 600, 60
Measures = dict[str, np.ndarray]
"""One value per replication."""


def product(network: Network, runs: int) -> Measures:
    found = run_universe(network, replications=runs, seed=4, causes=False).tables
    series, customers = found["series"], found["customers"]
    whole = series.group_by("replication").agg(pl.col(pl.Float64, pl.Int64).sum()).sort("replication")
    measures = {
        "purchases": whole["purchases_cost"], "freight": whole["transport_cost"], "penalty": whole["penalty_cost"],
        "emergency orders": whole["emergency_orders"],
    }  # fmt: skip
    for place in ("C", *KEEPS):
        of = series.filter(pl.col("place_id") == place).sort("replication")
        measures |= {
            f"orders {place}": of["orders"], f"on hand {place}": of["on_hand_piece_days"],
            f"lines {place}": of["demands"], f"whole {place}": of["filled"],
        }  # fmt: skip
    for name, (_, _, _, patience) in CUSTOMERS.items():
        of = customers.filter(pl.col("customer_id") == name).sort("replication")
        if patience != 0.0:
            measures[f"waiting {name}"] = of["waiting_piece_days"]
        if patience is not None:
            measures[f"lost {name}"] = of["pieces_lost"]
    return {name: values.cast(pl.Float64).to_numpy() for name, values in measures.items()}


def beside(runs: int) -> Measures:
    found = [Model(seed).run() for seed in range(runs)]
    return {name: np.array([run.get(name, 0.0) for run in found]) for name in found[0]}


def distances(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Standard errors between the means."""
    return {
        name: (values.mean() - other[name].mean())
        / np.hypot(values.std(ddof=1) / len(values) ** 0.5, other[name].std(ddof=1) / len(other[name]) ** 0.5)
        for name, values in one.items()
    }


@pytest.fixture(scope="module")
def simpy_runs() -> Measures:
    return beside(SIMPY_RUNS)


def test_both_programs_see_the_same_network(simpy_runs: Measures) -> None:
    network = tables()
    assert check_network(network.tables) == []
    ours = product(network, RUNS)
    assert set(ours) == set(simpy_runs) - {"emergency"}
    assert len(ours) >= 22
    far = float(student.isf(norm.sf(FAR), SIMPY_RUNS - 1))
    found = distances(ours, simpy_runs)
    worst = max(found, key=lambda name: abs(found[name]))
    assert abs(found[worst]) < far, (worst, found[worst], ours[worst].mean(), simpy_runs[worst].mean())
    for name, values in simpy_runs.items():
        assert values.mean() > 0, f"{name} does not occur"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("budgets", "amount", 1_000.0), ("suppliers", "work_per_piece_days", 0.9), ("links", "capacity_kg_per_day", 0.9)],
)
def test_the_comparison_can_fail(simpy_runs: Measures, table: str, column: str, value: float) -> None:
    """A fifth less money, some more work, a slower dock: each is seen."""
    network = tables()
    changed = network[table].with_columns(
        pl.when(pl.col(column).is_not_null() & (pl.col(column) != 0)).then(value).otherwise(column).alias(column)
    )
    found = distances(product(Network({**network.tables, table: changed}), RUNS), simpy_runs)
    assert max(map(abs, found.values())) > FAR
