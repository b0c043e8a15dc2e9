"""Area 3, one item: which model a case asks for, by what is given and what is wanted."""

from __future__ import annotations

import math
import re
from typing import Any

from spareverse.network.distributions import LogNormal
from spareverse.optimisation.single_item import eoq, lot_sizing, newsvendor, order_up_to, reorder_point
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw
from spareverse.optimisation.single_item.normal_reorder_point import NormalPolicy, NormalStock
from spareverse.reproduction.case_inputs import CaseInputs

Answer = dict[str, Any]
_POLICY = re.compile(r"cost_at_r(-?\d+(?:_\d+)?)_Q(\d+(?:_\d+)?)")


def answer(case: CaseInputs) -> Answer:
    """Every figure the right model gives; ValueError where the inputs fit none."""
    if case.has("breakpoints", "unit_costs"):
        return _discounts(case)
    if case.has("production_rate"):
        return _quantity(case)
    if isinstance(case.given.get("demand"), list):
        return _lots(case)
    if case.has("reorder_point", "order_up_to") or case.asks("s", "S") or case.asks("order_up_to"):
        return _order_up_to(case)
    if case.has("reorder_point", "order_quantity") or any(map(_about_reorder_point, case.wanted)):
        return _normal_policies(case) if case.is_normal else _reorder_point(case)
    if case.has("fixed_cost"):
        return _quantity(case)
    return _base_stock(case)


def _about_reorder_point(name: str) -> bool:
    return name in ("r", "R", "reorder_point", "by_r", "exact_optimum", "EIL", "EOQB", "EOQ_SS") or bool(
        _POLICY.fullmatch(name)
    )


def _costs(case: CaseInputs) -> tuple[float, float]:
    return case.number("holding_cost"), case.number("stockout_cost")


def _discounts(case: CaseInputs) -> Answer:
    incremental = "incremental" in case.words and "all-units" not in case.words
    found = eoq.discounted_quantity(
        case.number("fixed_cost"), case.number("holding_cost_rate"), case.number("demand_mean"),
        case.given["breakpoints"], case.given["unit_costs"], incremental=incremental,
    )  # fmt: skip
    breaks = case.given["breakpoints"]
    region = max(j for j, start in enumerate(breaks) if start <= found.quantity)
    return _lot(found) | {"unit_cost": found.unit_cost, "region": region}


def _quantity(case: CaseInputs) -> Answer:
    fixed, demand = case.number("fixed_cost"), case.number("demand_mean")
    holding = case.number("holding_cost", _holding_of_price(case))
    if case.has("stockout_cost"):
        return _lot(eoq.backorder_quantity(fixed, holding, case.number("stockout_cost"), demand))
    made = case.number("production_rate") if case.has("production_rate") else None
    if case.has("order_quantity"):
        slope = holding if made is None else holding * (1.0 - demand / made)
        return _named(eoq.cycle_cost(case.number("order_quantity"), fixed, slope, demand), "cost", "total_cost")
    return _lot(eoq.economic_order_quantity(fixed, holding, demand, production_rate=made))


def _holding_of_price(case: CaseInputs) -> float | None:
    if case.has("holding_cost_rate") and case.has("unit_cost"):
        return case.number("holding_cost_rate") * case.number("unit_cost")
    return None


def _lot(found: eoq.OrderQuantity) -> Answer:
    # a cycle is told in the unit of time of the demand rate, whatever that unit is called
    times = [f"cycle_{unit}" for unit in ("time", "days", "weeks", "months", "years")]
    return (
        _named(found.quantity, "Q", "order_quantity", "EOQ", "quantity")
        | _named(found.cost, "cost", "total_cost")
        | _named(found.cycle_time, *times, "time_between_orders")
        | {"stockout_fraction": found.stockout_fraction, "orders_per_time": 1.0 / found.cycle_time}
    )


def _lots(case: CaseInputs) -> Answer:
    demand = case.given["demand"]
    found = lot_sizing.wagner_whitin(
        demand, case.given["fixed_cost"], case.given["holding_cost"], case.given.get("purchase_cost", 0.0)
    )
    orders = list(found.orders)
    periods = [number for number, pieces in enumerate(orders, start=1) if pieces > 0]
    return _named(orders, "orders", "order_quantities", "Q") | {"cost": found.cost, "order_periods": periods}


def _order_up_to(case: CaseInputs) -> Answer:
    fixed, (holding, stockout) = case.number("fixed_cost"), _costs(case)
    if case.is_normal:
        found = order_up_to.power_approximation(
            case.number("demand_mean"),
            case.number("demand_sd"),
            fixed,
            holding,
            stockout,
            case.number("lead_time", 0.0),
        )
        return _levels(*found)
    law, lead = case.demand_law(), case.whole("lead_time", 0)
    if case.has("reorder_point", "order_up_to"):
        low, high = case.whole("reorder_point"), case.whole("order_up_to")
        cost = order_up_to.order_up_to_cost(low, high, law, fixed, holding, stockout, lead)
        measures = order_up_to.evaluate_order_up_to(low, high, law, lead)
        return _levels(low, high) | vars(measures) | {"cost": cost}
    best = order_up_to.best_order_up_to(law, fixed, holding, stockout, lead)
    return _levels(best.reorder_point, best.order_up_to) | {"cost": best.cost}


def _levels(low: float, high: float) -> Answer:
    return _named(low, "s", "reorder_point") | _named(high, "S", "order_up_to", "order_up_to_level")


def _normal_policies(case: CaseInputs) -> Answer:
    holding, stockout = _costs(case)
    stock = NormalStock(
        case.number("demand_mean"), case.number("demand_sd"), case.number("lead_time", 0.0), case.number("fixed_cost"),
        holding, stockout,
    )  # fmt: skip
    if case.has("reorder_point", "order_quantity"):
        return {"cost": stock.cost(case.number("reorder_point"), case.number("order_quantity"))}
    methods = {
        "EIL": stock.expected_inventory_level,
        "EOQB": stock.eoq_with_backorders,
        "EOQ_SS": stock.eoq_with_safety_stock,
        "exact_optimum": stock.best,
    }
    found: Answer = {name: _policy(method()) for name, method in methods.items() if name in case.wanted}
    for name, point, quantity in _costs_asked(case):
        found[name] = stock.cost(point, quantity)
    if not found:
        words = re.split(r"[^a-z+]+", case.words)
        hinted = [name for name, hint in (("EIL", "eil"), ("EOQB", "eoqb"), ("EOQ_SS", "eoq+ss")) if hint in words]
        found = _policy(methods[hinted[0] if hinted else "exact_optimum"]())
    return found


def _policy(found: NormalPolicy) -> Answer:
    return (
        _named(found.reorder_point, "r", "reorder_point")
        | _named(found.order_quantity, "Q", "order_quantity")
        | {"cost": found.cost}
    )


def _reorder_point(case: CaseInputs) -> Answer:
    fixed, (holding, stockout), rate = case.number("fixed_cost"), _costs(case), case.number("demand_mean")
    law = case.lead_time_law()

    def evaluated(point: int, quantity: int) -> Answer:
        measures = reorder_point.evaluate_reorder_point(point, quantity, law, rate)
        return (
            vars(measures)
            | {"backorders": measures.expected_backorders, "on_hand": measures.mean_on_hand}
            | _named(measures.cost(fixed, holding, stockout), "cost", "total_cost")
            | _named(fixed * measures.orders, "ordering_cost_rate", "ordering_cost")
        )

    found: Answer = {name: evaluated(int(r), int(q))["cost"] for name, r, q in _costs_asked(case)}
    if case.has("order_quantity"):
        quantity = case.whole("order_quantity")
        if case.has("reorder_point"):
            return found | evaluated(case.whole("reorder_point"), quantity)
        found["by_r"] = {r: evaluated(int(r), quantity) for r in case.wanted.get("by_r", {})}
        best = _best(case, law, quantity)
        return found | {"ordering_cost_rate": fixed * rate / quantity} | best
    return found | _best(case, law)


def _best(case: CaseInputs, law: DiscreteLaw, quantity: int | None = None) -> Answer:
    best = reorder_point.best_reorder_point(
        law,
        case.number("demand_mean"),
        case.number("fixed_cost"),
        *_costs(case),
        least=quantity or 1,
        most=quantity,
    )
    return (
        _named(best.reorder_point, "r", "R", "reorder_point")
        | _named(best.order_quantity, "Q", "order_quantity")
        | _named(best.cost, "cost", "total_cost")
    )


def _costs_asked(case: CaseInputs) -> list[tuple[str, float, float]]:
    """(name, r, Q) of every cost asked for by a name such as cost_at_r126_8_Q328_5."""
    found = ((name, _POLICY.fullmatch(name)) for name in case.wanted)
    return [(name, *(float(text.replace("_", ".")) for text in match.groups())) for name, match in found if match]  # type: ignore[misc]


def _base_stock(case: CaseInputs) -> Answer:
    margin = 0.0
    if case.has("revenue", "purchase_cost"):
        holding, stockout = newsvendor.margins(
            case.number("revenue"), case.number("purchase_cost"), case.number("salvage_value", 0.0)
        )
        margin = stockout * case.number("demand_mean")
    else:
        holding, stockout = _costs(case)
    periods = case.number("lead_time", 0.0) + 1.0
    level = case.number("base_stock") if case.has("base_stock") else None
    if case.is_normal:
        mean, sd = case.number("demand_mean") * periods, case.number("demand_sd") * math.sqrt(periods)
        found = newsvendor.newsvendor_normal(mean, sd, holding, stockout, level=level)
    elif case.has("mu", "sigma"):
        law = LogNormal(math.exp(case.number("mu")), case.number("sigma"))
        found = newsvendor.newsvendor_continuous(law, holding, stockout)
    else:
        found = newsvendor.newsvendor(
            case.demand_law(periods), holding, stockout, level=None if level is None else case.whole("base_stock")
        )
    return (
        _named(found.level, "base_stock", "base_stock_level", "S", "order_quantity", "Q")
        | _named(found.cost, "cost", "expected_cost", "total_cost")
        | _named(found.chance_enough, "service_level", "critical_ratio")
        | _named(margin - found.cost, "profit", "expected_profit")
    )


def _named(value: Any, *names: str) -> Answer:
    """One figure under each of the names it goes by."""
    return dict.fromkeys(names, value)
