"""A small company as the inputs make it: items and demand lines by day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from spareverse.history.planning_data import PlanningData

STEPS = 1460
_KINDS: dict[str, Any] = {
    **dict.fromkeys(
        ("part_id", "place_id", "description", "category", "criticality", "supplier_id", "planner", "superseded_by",
         "unit_cost_source", "contract", "remarks"), pl.String,
    ),
    **dict.fromkeys(
        ("unit_cost", "min_order_quantity", "pack_size", "installed", "current_reorder_point",
         "current_order_quantity", "current_order_up_to", "on_hand", "on_order", "backordered", "holding_cost",
         "ordering_cost", "stock_out_cost", "expected_lead_time_days", "volume_m3", "salvage_value", "shortage_cost"),
        pl.Float64,
    ),
    **dict.fromkeys(("last_order_on", "needed_until"), pl.Date),
    "cycles": pl.Int64,
    "current_fills_up": pl.Boolean,
}  # fmt: skip


def planning_case(
    rows: list[dict[str, Any]], rates: list[float], *, seed: int = 3, lead_days: float = 60.0
) -> PlanningData:
    """One item per row (columns not given are null), demanded ``rates`` lines a year of one to three pieces."""
    random = np.random.default_rng(seed)
    plain = {"place_id": "", "category": "pumps", "unit_cost": 10.0, "ordering_cost": 60.0, "cycles": 5, "remarks": ""}
    full = [{**plain, **row} for row in rows]
    for row in full:
        holding = row["unit_cost"] * 0.25 / 365.0
        row["holding_cost"], row["stock_out_cost"] = holding, 26.0 * holding
    items = (
        pl.DataFrame({name: pl.Series([row.get(name) for row in full], dtype=kind) for name, kind in _KINDS.items()})
        .with_row_index("item")
        .with_columns(pl.col("item").cast(pl.Int64))
    )
    counts = random.poisson(np.array(rates) * STEPS / 365.0)
    steps = [np.sort(random.integers(0, STEPS, count)) for count in counts]
    none = np.zeros(len(rows) + 1, dtype=np.int64)
    return PlanningData(
        items=items,
        first=date(2020, 1, 1),
        step_days=1.0,
        steps=STEPS,
        continuous=True,
        event_starts=np.concatenate([[0], np.cumsum(counts)]),
        event_step=np.concatenate(steps).astype(np.int64),
        event_pieces=random.integers(1, 4, int(counts.sum())).astype(float),
        known_from=np.zeros(len(rows), dtype=np.int64),
        known_steps=np.full(len(rows), STEPS),
        gap_starts=none,
        gap_from=none[:0],
        gap_until=none[:0],
        lead_nodes=np.full((len(rows), 1), lead_days),
        lead_weights=np.ones(1),
    )
