"""Small networks with any set of mechanisms switched on, their figures drawn from a seed; a set of sets covers all
pairs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from spareverse.network.components import COMPONENTS
from spareverse.network.network import Network

Rows = dict[str, list[dict[str, Any]]]
HORIZON = 420.0
SCHEMAS = {table.name: table.schema for table in COMPONENTS}


def network_of(rows: Rows) -> Network:
    """A network of rows by table."""
    return Network.of(
        {name: pl.DataFrame(found, schema_overrides=_schema(name, found)) for name, found in rows.items()}
    )


def _schema(name: str, rows: list[dict[str, Any]]) -> dict[str, pl.DataType]:
    return {column: SCHEMAS[name][column] for row in rows for column in row}


def row(rows: Rows, table: str, **where: Any) -> dict[str, Any]:
    """The first row with these values."""
    return next(each for each in rows[table] if all(each.get(name) == value for name, value in where.items()))


class Draw:
    """Figures from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def of(self, *choices: Any) -> Any:
        return choices[int(self._random.integers(len(choices)))]


def plain(draw: Draw) -> Rows:
    """Two suppliers, a central warehouse, two regions, two parts: no limits, nothing goes wrong."""
    places = [{"place_id": name, "holding_rate_per_year": 0.2, "order_cost": 7.5} for name in "CNS"]
    transit = ("2", "exponential(4)", "triangular(1, 2, 9)", "0.25")
    lead = ("20", "gamma(shape=2, mean=25)", "exponential(15)", "uniform(5, 40)")
    stock: list[dict[str, Any]] = []
    demands: list[dict[str, Any]] = []
    sourcing: list[dict[str, Any]] = []
    for part in "pq":
        stock += [
            {"part_id": part, "place_id": place, "policy": "base_stock", "order_up_to": draw.of(1, 2, 3, 5)}
            for place in "CNS"
        ]
        demands += [
            {"part_id": part, "place_id": place, "customer_id": customer, "per_year": draw.of(3.0, 11.0, 30.0)}
            for place, customer in (("C", "c"), ("N", "n"), ("S", "s"), ("S", None))
        ]
    sourcing += [
        {
            "place_id": "C", "source_id": supplier, "rank": rank, "lead_time": draw.of(*lead),
            "unit_price": draw.of(80.0, 99.5, 130.25),
        }
        for rank, supplier in enumerate("AB", start=1)
    ]  # fmt: skip
    sourcing += [{"place_id": region, "source_id": "C", "rank": 1} for region in "NS"]
    links = [
        {
            "link_id": way, "from_id": way[0], "to_id": way[1], "mode": "road", "distance_km": 250.0,
            "transit_time": draw.of(*transit), "cost_per_kg": 0.37, "cost_per_shipment": 12.5,
            "co2_kg_per_tonne_km": 0.11,
        }
        for way in ("AC", "BC", "CN", "CS")
    ]  # fmt: skip
    return {
        "settings": [{"horizon_days": HORIZON, "period_days": 30.0, "co2_price_per_kg": 0.1}],
        "places": places,
        "suppliers": [{"supplier_id": name} for name in "AB"],
        "links": links,
        "parts": [
            {"part_id": "p", "category": "pumps", "unit_cost": 100.0, "weight_kg": 3.25},
            {"part_id": "q", "category": "seals", "unit_cost": 40.0, "weight_kg": 0.4},
        ],
        "sourcing": sourcing,
        "stock": stock,
        "customers": [{"customer_id": name} for name in "cns"],
        "demands": demands,
    }


def add(rows: Rows, table: str, *new: dict[str, Any]) -> None:
    rows.setdefault(table, []).extend(new)


def disturb(rows: Rows, kind: str, target: str, start: float | None, days: float, **more: Any) -> None:
    name = f"{kind} of {target} {start}"
    add(rows, "disturbances", {"disturbance_id": name, "kind": kind, "target_id": target, "start_day": start,
                               "days": days, **more})  # fmt: skip


def lines(rows: Rows, draw: Draw) -> None:
    row(rows, "suppliers", supplier_id="A").update(
        lines=draw.of(1, 2), work_time=draw.of("3", "exponential(5)"), work_per_piece_days=draw.of(0.0, 0.5)
    )


def outage(rows: Rows, draw: Draw) -> None:
    disturb(rows, "outage", draw.of("A", "*"), draw.of(100.0, 390.0), 45.0)


def random_outage(rows: Rows, draw: Draw) -> None:
    disturb(rows, "outage", "B", None, draw.of(10.0, 40.0), every_days=120.0)


def capacity_loss(rows: Rows, _: Draw) -> None:
    disturb(rows, "capacity_loss", "A", 200.0, 60.0, factor=0.4)
    disturb(rows, "capacity_loss", "CS", 150.0, 90.0, factor=0.3)


def stretch(rows: Rows, draw: Draw) -> None:
    disturb(rows, "lead_time_stretch", draw.of("A", "B", "*"), 150.0, 80.0, factor=1.8)
    disturb(rows, "lead_time_stretch", "CN", None, 20.0, every_days=60.0, factor=2.5)


def closure(rows: Rows, draw: Draw) -> None:
    disturb(rows, "link_closure", draw.of("AC", "CN", "CS"), 180.0, 25.0)
    disturb(rows, "link_closure", "BC", None, 6.0, every_days=50.0)


def hold(rows: Rows, draw: Draw) -> None:
    disturb(rows, "quality_hold", draw.of("A", "C", "pumps", "CN"), 220.0, 30.0)


def surge(rows: Rows, draw: Draw) -> None:
    disturb(rows, "demand_surge", draw.of("n", "S", "pumps", "*"), 90.0, 60.0, factor=2.5)


def dock(rows: Rows, draw: Draw) -> None:
    for link in ("AC", "CS"):
        row(rows, "links", link_id=link)["capacity_kg_per_day"] = draw.of(0.2, 1.0, 5.0)


def breaks(rows: Rows, _: Draw) -> None:
    add(rows, "price_breaks", *(
        {"part_id": "p", "supplier_id": supplier, "from_quantity": quantity, "unit_price": price}
        for supplier, quantity, price in (("A", 2, 77.7), ("A", 5, 61.11), ("B", 3, 70.0))
    ))  # fmt: skip


def budget(rows: Rows, draw: Draw) -> None:
    add(rows, "budgets", {"budget_id": "M", "amount": draw.of(150.0, 400.0, 1_000.0), "period_days": 30.0})
    for each in rows["stock"]:
        if each["place_id"] == "C":
            each["budget_id"] = "M"


def emergency(rows: Rows, draw: Draw) -> None:
    for each in rows["sourcing"]:
        each.update(emergency_lead_time=draw.of("2", "exponential(3)"), emergency_cost=55.55)
    for each in rows["stock"]:
        each["expedite_at"] = draw.of(None, 1, 2)


def impatience(rows: Rows, draw: Draw) -> None:
    row(rows, "customers", customer_id="n").update(patience_days=draw.of(4.0, 15.0), lost_sale_cost=33.3)
    row(rows, "customers", customer_id="c").update(patience_days=draw.of(0.0, 9.0), lost_sale_cost=20.0)


def priorities(rows: Rows, draw: Draw) -> None:
    for each in rows["customers"]:
        each["priority"] = draw.of(1, 2, 3)


def contracts(rows: Rows, draw: Draw) -> None:
    for each in rows["customers"]:
        each.update(commitment_days=draw.of(0.0, 3.0), penalty_per_piece_day=4.321)


def market(rows: Rows, draw: Draw) -> None:
    add(rows, "markets", {"market_id": "M", "share": draw.of(0.5, 1.0), "target_fill_rate": 0.9})
    for name in "ns":
        row(rows, "customers", customer_id=name)["market_id"] = "M"


def season(rows: Rows, _: Draw) -> None:
    add(rows, "seasons", *({"season_id": "y", "month": m, "factor": [0.0, 0.5, 2.5][m % 3]} for m in range(1, 13)))
    for each in rows["demands"][::2]:
        each["season_id"] = "y"


def growth(rows: Rows, draw: Draw) -> None:
    for each in rows["demands"]:
        each["growth_per_year"] = draw.of(0.0, 0.5, -0.3)


def sizes(rows: Rows, draw: Draw) -> None:
    for each in rows["demands"]:
        each["pieces"] = draw.of("2", "uniform(0, 4)", "exponential(2)", None)


def traces(rows: Rows, _: Draw) -> None:
    add(rows, "demand_traces", *(
        {"part_id": part, "place_id": "N", "customer_id": customer, "day": day, "pieces": pieces}
        for part, customer, day, pieces in (
            ("p", "n", 10.0, 3), ("p", "n", 10.0, 1), ("q", "n", 50.5, 2), ("p", None, 77.25, 4), ("q", None, 300.0, 1),
            ("p", "n", 419.9, 5),
        )
    ))  # fmt: skip


def opening_orders(rows: Rows, _: Draw) -> None:
    add(rows, "opening_orders", *(
        {"part_id": "p", "place_id": place, "source_id": source, "quantity": pieces, "ordered_days_ago": age,
         "due_in": due}
        for place, source, pieces, age, due in (
            ("C", "A", 2, 11.0, "exponential(20)"), ("C", None, 1, 5.0, "9"), ("N", "C", 1, 1.5, "uniform(1, 3)"),
            ("N", "C", 1, 1.5, "uniform(1, 3)"),
        )
    ))  # fmt: skip


def opening_backorders(rows: Rows, draw: Draw) -> None:
    add(rows, "opening_backorders", *(
        {"part_id": "q", "place_id": "S", "customer_id": customer, "quantity": pieces, "waiting_days": age}
        for customer, pieces, age in (("s", 2, 8.0), (None, 1, 20.0), ("s", 1, 0.0))
    ))  # fmt: skip
    row(rows, "stock", part_id="q", place_id="S")["initial_stock"] = draw.of(0, 2, 9)


def shelf_life(rows: Rows, _: Draw) -> None:
    rows["parts"][0]["shelf_life_days"] = 45.0


def direct(rows: Rows, region: str, rule: str) -> None:
    if not any(each["place_id"] == region and each["source_id"] == "B" for each in rows["sourcing"]):
        add(rows, "sourcing", {"place_id": region, "source_id": "B", "rank": 2, "share": 0.5, "unit_price": 111.0,
                               "lead_time": "12"})  # fmt: skip
    for each in rows["stock"]:
        if each["place_id"] == region:
            each["sourcing_rule"] = rule


def ants(rows: Rows, _: Draw) -> None:
    for each in rows["stock"]:
        if each["place_id"] == "C":
            each["sourcing_rule"] = "adaptive"


def shares(rows: Rows, _: Draw) -> None:
    direct(rows, "N", "share")


def cheapest(rows: Rows, _: Draw) -> None:
    direct(rows, "S", "cheapest")


def batches(rows: Rows, draw: Draw) -> None:
    for each in rows["stock"]:
        if each["place_id"] == "C":
            each.update(policy="reorder_point", reorder_point=draw.of(0, 2), order_quantity=draw.of(2, 4))
    for each in rows["sourcing"][:2]:
        each.update(min_order_quantity=draw.of(1, 3), pack_size=draw.of(1, 2))


def periodic(rows: Rows, draw: Draw) -> None:
    row(rows, "stock", part_id="p", place_id="S").update(
        policy="periodic", reorder_point=1, order_up_to=draw.of(2, 4), review_interval_days=draw.of(7.0, 30.0)
    )
    row(rows, "stock", part_id="q", place_id="S").update(policy="order_up_to", reorder_point=0, order_up_to=3)


def adaptive_policy(rows: Rows, _: Draw) -> None:
    row(rows, "stock", part_id="p", place_id="N").update(
        policy="adaptive", order_quantity=2, service_level=0.9, expected_per_year=12.0
    )


def third_echelon(rows: Rows, draw: Draw) -> None:
    add(rows, "places", {"place_id": "T"})
    add(rows, "links", {"link_id": "NT", "from_id": "N", "to_id": "T", "transit_time": "1.5", "cost_per_kg": 2.0})
    add(rows, "sourcing", {"place_id": "T", "source_id": "N"})
    add(rows, "customers", {"customer_id": "t"})
    for part in "pq":
        add(rows, "stock", {"part_id": part, "place_id": "T", "policy": "base_stock", "order_up_to": draw.of(0, 1, 2)})
        add(rows, "demands", {"part_id": part, "place_id": "T", "customer_id": "t", "per_year": 12.0})


def warm_up(rows: Rows, _: Draw) -> None:
    rows["settings"][0]["warm_up_days"] = 95.0


MECHANISMS: dict[str, Callable[[Rows, Draw], None]] = {
    rule.__name__: rule
    for rule in (
        third_echelon, lines, outage, random_outage, capacity_loss, stretch, closure, hold, surge, dock, breaks, budget,
        emergency, impatience, priorities, contracts, market, season, growth, sizes, traces, opening_orders,
        opening_backorders, shelf_life, ants, shares, cheapest, batches, periodic, adaptive_policy, warm_up,
    )
}  # fmt: skip
"""In the order in which they are switched on."""


def network_with(mechanisms: Collection[str], seed: int = 0) -> Network:
    """A small network with these mechanisms."""
    draw = Draw(seed)
    rows = plain(draw)
    for name, switch_on in MECHANISMS.items():
        if name in mechanisms:
            switch_on(rows, draw)
    return network_of(rows)


def covering_sets() -> list[frozenset[str]]:
    """Sets of mechanisms in which every pair is on together at least once, and each is off at least once."""
    random = np.random.default_rng(5)
    names = list(MECHANISMS)
    left = {frozenset(pair) for pair in combinations(names, 2)}
    found: list[frozenset[str]] = []
    while left:
        drawn = [frozenset(random.choice(names, 16, replace=False)) for _ in range(60)]
        best = max(drawn, key=lambda some: sum(pair <= some for pair in left))
        left = {pair for pair in left if not pair <= best}
        found.append(best)
    return found
