"""Areas 6a and 6b: safety stock in trees of stages, echelon levels of stages in a row, order amplification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spareverse.optimisation.guaranteed_service import Stages, best_service_times
from spareverse.optimisation.serial_stages import best_levels_of_counts, best_levels_of_normal_demand
from spareverse.reproduction.case_inputs import CaseInputs
from spareverse.statistics.order_amplification import (
    Amplification,
    best_forecast,
    exponential_smoothing,
    moving_average,
    smoothed_orders,
)

Answer = dict[str, Any]


def stages(case: CaseInputs) -> Answer:
    """Guaranteed service where stages have processing times, else the Clark-Scarf recursion."""
    return _service_times(case) if case.has("processing_time") else _echelon_levels(case)


def _service_times(case: CaseInputs) -> Answer:
    """Stages by name; names of edges are numbers or texts, keys of JSON always texts."""
    per_stage = {
        name: {str(stage): float(value) for stage, value in (case.given.get(name) or {}).items() if value is not None}
        for name in ("processing_time", "holding_cost", "demand_sd", "external_inbound_cst", "external_outbound_cst")
    }
    z = case.given["z"]
    plan = best_service_times(
        Stages(
            per_stage["processing_time"], per_stage["holding_cost"],
            [(str(supplier), str(customer)) for supplier, customer in case.given.get("edges") or []],
            per_stage["demand_sd"],
            {str(stage): float(value) for stage, value in z.items()} if isinstance(z, Mapping) else float(z),
            per_stage["external_inbound_cst"], per_stage["external_outbound_cst"],
        )
    )  # fmt: skip
    return {
        "cost": plan.cost,
        "cst": plan.service_time,
        "net_lead_time": plan.net_lead_time,
        "safety_stock": plan.safety_stock,
    }


def _echelon_levels(case: CaseInputs) -> Answer:
    holding, upstream_first = _downstream_first(case, "echelon_holding")
    if holding is None:
        local, upstream_first = _downstream_first(case, "local_holding")
        if local is None:
            raise KeyError("echelon_holding_downstream_first")
        holding = [own - above for own, above in zip(local, [*local[1:], 0.0], strict=True)]
    lead_times, _ = _downstream_first(case, "lead_time")
    if lead_times is None:
        raise KeyError("lead_time_downstream_first")
    penalty = case.number("stockout_cost")
    if case.is_normal:
        found = best_levels_of_normal_demand(
            holding, lead_times, penalty, case.number("demand_mean"), case.number("demand_sd")
        )
    else:
        found = best_levels_of_counts(holding, [case.demand_law(lead) for lead in lead_times], penalty)
    levels = list(reversed(found.levels)) if upstream_first else list(found.levels)
    return {"S": levels, "cost": found.cost}


def _downstream_first(case: CaseInputs, name: str) -> tuple[list[float] | None, bool]:
    """A list of the stages turned so that downstream is first, and whether it was given the other way round."""
    for ending in ("_downstream_first", "_upstream_first", ""):
        given = case.given.get(name + ending)
        if isinstance(given, Sequence) and not isinstance(given, str):
            values = [float(value) for value in given]
            upstream_first = ending == "_upstream_first"
            return (values[::-1] if upstream_first else values), upstream_first
    return None, False


def amplification(case: CaseInputs) -> Answer:
    """Var(orders) / Var(demand), and of net stock, row by row or of one policy.

    Rows are named by what they hold, ``rows_p_L``: p periods of a moving average, L lead time, alpha weight of a
    smoothing, rho correlation of the demand, Ti periods of an adjustment.
    """
    for name, rows in case.given.items():
        if name.startswith("rows_"):
            columns = name.removeprefix("rows_").split("_")
            found = [_amplification(case, dict(zip(columns, row, strict=True))) for row in rows]
            return {"ratio": [one.orders for one in found], "net_stock_ratio": [one.net_stock for one in found]}
    one = _amplification(case, {})
    return {"ratio": one.orders, "net_stock_ratio": one.net_stock}


def _amplification(case: CaseInputs, row: Mapping[str, float]) -> Amplification:
    def of(*names: str) -> float | None:
        return next(
            (float(value) for name in names if (value := row.get(name, case.given.get(name))) is not None), None
        )

    lead = of("L", "lead_time")
    correlation = of("rho", "correlation", "phi") or 0.0
    if lead is None:
        raise KeyError("L")
    if (periods := of("p", "periods")) is not None:
        return moving_average(lead, int(periods), correlation)
    if (weight := of("alpha", "weight")) is not None:
        return exponential_smoothing(lead, weight, correlation)
    if (adjustment := of("Ti", "adjustment_periods")) is not None:
        return smoothed_orders(lead, adjustment)
    return best_forecast(lead, correlation)
