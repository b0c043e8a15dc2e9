"""A small network that is right in every way, to be made wrong one way at a time."""

from __future__ import annotations

from typing import Any

import polars as pl


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), infer_schema_length=None)


def small_network() -> dict[str, pl.DataFrame]:
    """Supplier MAKER -> HUB -> SITE; one part; a customer with a contract; a season, a market, a budget, an outage."""
    return {
        "settings": table({"horizon_days": 730.0, "currency": "NOK"}),
        "places": table(
            {"place_id": "HUB", "latitude": 58.97, "longitude": 5.73},
            {"place_id": "SITE", "latitude": 61.1, "longitude": 2.2},
        ),
        "suppliers": table({"supplier_id": "MAKER", "lines": 2, "work_time": "triangular(1, 2, 4)"}),
        "links": table(
            {"link_id": "in", "from_id": "MAKER", "to_id": "HUB", "distance_km": 900.0, "transit_time": "3"},
            {"link_id": "boat", "from_id": "HUB", "to_id": "SITE", "mode": "sea", "transit_time": "uniform(1, 2) d"},
        ),
        "parts": table({"part_id": "PUMP", "category": "Pumps", "unit_cost": 900.0, "weight_kg": 40.0}),
        "sourcing": table(
            {"place_id": "HUB", "source_id": "MAKER", "lead_time": "30", "emergency_lead_time": "4"},
            {"place_id": "SITE", "source_id": "HUB"},
        ),
        "price_breaks": table(
            {"part_id": "PUMP", "supplier_id": "MAKER", "from_quantity": 5, "unit_price": 850.0},
            {"part_id": "PUMP", "supplier_id": "MAKER", "from_quantity": 20, "unit_price": 800.0},
        ),
        "stock": table(
            {"part_id": "PUMP", "place_id": "HUB", "policy": "reorder_point", "reorder_point": 2, "order_quantity": 3,
             "order_up_to": None, "expedite_at": 4, "budget_id": "YEAR"},
            {"part_id": "PUMP", "place_id": "SITE", "policy": "base_stock", "reorder_point": None,
             "order_quantity": None, "order_up_to": 1, "expedite_at": None, "budget_id": None},
        ),
        "customers": table(
            {"customer_id": "CREW", "market_id": "SEA", "commitment_days": 2.0, "penalty_per_piece_day": 100.0}
        ),
        "demands": table(
            {"part_id": "PUMP", "place_id": "SITE", "customer_id": "CREW", "per_year": 6.0, "pieces": "uniform(0, 2)",
             "season_id": "WINTER"},
        ),
        "demand_traces": table({"part_id": "PUMP", "place_id": "SITE", "day": 12.5, "pieces": 1}),
        "seasons": table(
            *({"season_id": "WINTER", "month": month, "factor": 1.5 if month in (1, 2) else 0.9}
              for month in range(1, 13))
        ),
        "markets": table({"market_id": "SEA"}),
        "budgets": table({"budget_id": "YEAR", "amount": 20_000.0}),
        "disturbances": table(
            {"disturbance_id": "strike", "kind": "outage", "target_id": "MAKER", "start_day": 100.0, "days": 30.0,
             "every_days": None, "factor": None},
            {"disturbance_id": "storm", "kind": "link_closure", "target_id": "*", "start_day": None, "days": 3.0,
             "every_days": 60.0, "factor": None},
        ),
        "opening_orders": table(
            {"part_id": "PUMP", "place_id": "HUB", "source_id": "MAKER", "quantity": 3, "ordered_days_ago": 9.0,
             "due_in": "triangular(2, 10, 30)"},
        ),
        "opening_backorders": table({"part_id": "PUMP", "place_id": "SITE", "customer_id": "CREW", "quantity": 1}),
    }  # fmt: skip


def changed(tables: dict[str, pl.DataFrame], name: str, row: int = 0, /, **values: Any) -> dict[str, pl.DataFrame]:
    """The tables with other values in one row; a column that was not there is added."""
    frame = tables[name]
    for column, value in values.items():
        cells = frame[column].to_list() if column in frame.columns else [None] * frame.height
        cells[row] = value
        frame = frame.with_columns(pl.Series(column, cells, strict=False))
    return {**tables, name: frame}


def added(tables: dict[str, pl.DataFrame], name: str, /, **values: Any) -> dict[str, pl.DataFrame]:
    """The tables with one more row."""
    return {**tables, name: pl.concat([tables[name], table(values)], how="diagonal_relaxed")}
