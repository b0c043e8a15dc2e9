"""Area 4b: a depot and its bases, by METRIC and exactly."""

from __future__ import annotations

from typing import Any

from spareverse.optimisation.spares.two_echelons import Base, TwoEchelons, least_backorders, total_cost
from spareverse.reproduction.case_inputs import CaseInputs

Answer = dict[str, Any]


def answer(case: CaseInputs) -> Answer:
    """Exact costs of policies, least backorders by total stock, backlogs of given stocks, or one METRIC item."""
    if case.has("policies"):
        costs = exact_costs(case)
        return {"exact_cost": costs, "own_more_digits": costs}
    if case.has("items"):
        return _least(case)
    if case.has("outlets"):
        network = outlets(case)
        return {"total_backlog": [_backlog(network, *map(int, row)) for row in case.given["evaluate"]]}
    return _item(case)


def retailers(case: CaseInputs) -> TwoEchelons:
    """A warehouse with retailers alike, one for one at the retailers."""
    if case.number("retailer_batch", 1) != 1:
        raise ValueError("retailers that order batches are not offered")
    base = Base(case.number("retailer_demand_rate"), case.number("transit_time"))
    return TwoEchelons(
        case.number("warehouse_lead_time"), (base,) * case.whole("retailers"), case.whole("warehouse_batch", 1)
    )


def exact_costs(case: CaseInputs) -> list[float]:
    """Cost of each policy per unit of time; reorder points R mean levels R + batch."""
    network = retailers(case)
    return [
        total_cost(
            network, int(policy["R_warehouse"]) + network.depot_batch,
            [int(policy["R_retailer"]) + 1] * len(network.bases), case.number("holding_warehouse"),
            case.number("holding_retailer"), case.number("shortage_cost_per_unit_time"),
        )
        for policy in case.given["policies"]
    ]  # fmt: skip


def outlets(case: CaseInputs) -> TwoEchelons:
    base = Base(case.number("demand_rate"), case.number("outlet_resupply"))
    return TwoEchelons(case.number("depot_resupply"), (base,) * case.whole("outlets"))


def _backlog(network: TwoEchelons, depot_stock: int, stock: int) -> float:
    return sum(float(network.metric(base, depot_stock, stock).backorders[stock]) for base in network.bases)


def _least(case: CaseInputs) -> Answer:
    least: dict[str, list[float]] = {}
    depot: dict[str, list[int]] = {}
    for name, item in case.given["items"].items():
        bases = tuple(
            Base(row["demand_rate"], row["order_and_ship_time"], row["base_repair_fraction"], row["base_repair_time"])
            for row in item["bases"]
        )
        network = TwoEchelons(item["depot_repair_time"], bases)
        found = [least_backorders(network, int(total)) for total in case.given["total_stock_per_item"]]
        least[name] = [backorders for backorders, _, _ in found]
        depot[name] = [stock for _, stock, _ in found]
    return {"min_total_ebo": least, "best_depot_stock": depot}


def _item(case: CaseInputs) -> Answer:
    """Bases alike that repair a part of the demand themselves; times in days, demand per year."""
    per_day = case.number("demand_rate_per_base") / case.number("days_per_year", 365)
    base = Base(
        per_day, case.number("order_and_ship_days"), case.number("base_repair_fraction"),
        case.number("base_repair_days"),
    )  # fmt: skip
    network = TwoEchelons(case.number("depot_repair_days"), (base,) * case.whole("bases"))
    depot, stock = case.whole("depot_stock"), case.whole("base_stock")
    short = float(network.metric(base, depot, stock).backorders[stock])
    return {
        "depot_pipeline": network.depot_pipeline,
        "depot_ebo": network.depot_backorders(depot),
        "depot_var_backorders": network.depot_backorder_variance(depot),
        "depot_delay_days": network.depot_delay(depot),
        "base_pipeline": network.pipeline(base, depot),
        "base_ebo": short,
        "total_base_ebo": short * len(network.bases),
    }
