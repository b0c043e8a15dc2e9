"""Areas 4a and 5: spares of one place under Poisson demand, and few machines with their spares."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from spareverse.network.distributions import parse
from spareverse.optimisation.spares import palm
from spareverse.optimisation.spares.erlang import blocking, offered_load
from spareverse.optimisation.spares.finite_population import MachineRepair
from spareverse.optimisation.spares.marginal import efficient_points
from spareverse.optimisation.spares.single_asset import one_for_one, without_stock
from spareverse.reproduction.case_inputs import CaseInputs

Answer = dict[str, Any]


def single_site(case: CaseInputs) -> Answer:
    """Erlang's loss, its inverse, efficient plans of several items, or Palm's one item."""
    given = case.given
    if case.has("pairs"):
        return {"blocking": [blocking(int(pieces), float(load)) for pieces, load in given["pairs"]]}
    if case.has("blocking", "n"):
        loads = [offered_load(int(pieces), case.number("blocking")) for pieces in given["n"]]
        return {"offered_load": loads, "table_rounded": loads}
    if case.has("unit_cost"):
        return _efficient(case)
    pipeline = case.number("pipeline_mean", None if not case.has("mttr") else _pipeline(case))
    most = max((len(value) for value in case.wanted.values() if isinstance(value, list)), default=1)
    stock = np.arange(most)
    return {
        "pipeline_mean": pipeline,
        "ebo_by_stock": palm.expected_backorders(stock, pipeline).tolist(),
        "var_backorders_by_stock": palm.backorder_variance(stock, pipeline).tolist(),
        "fill_rate_by_stock": palm.fill_rate(stock, pipeline).tolist(),
        "ready_rate_by_stock": palm.ready_rate(stock, pipeline).tolist(),
        "on_hand_by_stock": palm.mean_on_hand(stock, pipeline).tolist(),
    }


def _pipeline(case: CaseInputs) -> float:
    return case.number("demand_mean") * case.number("mttr")


def _efficient(case: CaseInputs) -> Answer:
    rates = next(value for name, value in case.given.items() if name.startswith("demand_rate"))
    times = next(value for name, value in case.given.items() if name.startswith(("mean_repair_time", "mean_lead")))
    points = efficient_points(
        [rate * time for rate, time in zip(rates, times, strict=True)],
        case.given["unit_cost"],
        most=max(len(case.wanted.get("efficient_points", [])) - 1, 0),
    )
    plans = [{"stock": list(point.stock), "cost": point.cost, "ebo": point.expected_backorders} for point in points]
    return {"efficient_points": plans}


def finite_population(case: CaseInputs) -> Answer:
    """One asset with and without spares, or the machine-repair model."""
    if case.has("table"):
        rows = case.given["table"]
        return {"availability": [one_for_one(int(spares), case.number("mtbf"), lead) for spares, lead in rows]}
    if case.has("rows"):
        return {"availability": [_without_stock(row) for row in case.given["rows"]]}
    model = MachineRepair(
        case.whole("positions"), case.whole("spares", 0), case.whole("repairers"), case.number("mtbf"),
        case.number("mttr"),
    )  # fmt: skip
    chances = model.probabilities.tolist()
    return {
        "p": chances,
        "p0": chances[0],
        "p0_exact": chances[0],
        "mean_failed": model.mean_failed,
        "mean_failed_exact": model.mean_failed,
        "mean_operating": model.mean_operating,
        "availability": model.availability,
        "prob_all_N_operating": model.all_operating,
    }


def _without_stock(row: dict[str, Any]) -> float:
    life = float(row["mtbf"]) if "mtbf" in row else _mean_of(str(row["life"]))
    return without_stock(life, float(row["mean_lead"]), float(row.get("repair", 0.0)))


def _mean_of(words: str) -> float:
    """Mean of a law in words: 'Weibull shape 2 scale 1000'."""
    law, *rest = re.split(r"[\s,=]+", words.strip().lower())
    figures = ", ".join(f"{name}={value}" for name, value in zip(rest[::2], rest[1::2], strict=True))
    return parse(f"{law}({figures})").mean
