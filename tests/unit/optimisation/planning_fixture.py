"""PlanningData from plain arrays, for tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ITEM_COLUMNS = {
    "part_id": pl.String, "place_id": pl.String, "description": pl.String, "category": pl.String,
    "criticality": pl.String, "supplier_id": pl.String, "planner": pl.String, "unit_cost": pl.Float64,
    "unit_cost_source": pl.String, "min_order_quantity": pl.Float64, "pack_size": pl.Float64,
    "superseded_by": pl.String, "installed": pl.Float64, "current_reorder_point": pl.Float64,
    "current_order_quantity": pl.Float64, "current_order_up_to": pl.Float64,
    "current_fills_up": pl.Boolean, "on_hand": pl.Float64,
    "on_order": pl.Float64, "backordered": pl.Float64, "holding_cost": pl.Float64, "ordering_cost": pl.Float64,
    "stock_out_cost": pl.Float64, "remarks": pl.String,
}  # fmt: skip


def planning_items(count: int, **columns: object) -> pl.DataFrame:
    """The table of items with the given columns; everything else unknown."""
    frame = pl.DataFrame({"item": np.arange(count)})
    values = {"part_id": [f"P{i}" for i in range(count)], "unit_cost": np.ones(count), **columns}
    return frame.with_columns(
        pl.Series(name, values[name], dtype=kind, strict=False) if name in values else pl.lit(None, kind).alias(name)
        for name, kind in ITEM_COLUMNS.items()
    )


def planning_data(
    item: Integers,
    step: Integers,
    pieces: Floats,
    *,
    items: pl.DataFrame,
    steps: int,
    continuous: bool = True,
    step_days: float = 1.0,
    known_from: Integers | None = None,
    gaps: list[tuple[int, int, int]] | None = None,
    lead_nodes: Floats | float = 30.0,
    lead_weights: Floats | None = None,
) -> PlanningData:
    """Demands in any order; ``gaps`` as (item, from, until); ``lead_nodes`` [items, K], or one constant."""
    count = items.height
    order = np.lexsort((step, item))
    known = np.zeros(count, dtype=np.int64) if known_from is None else known_from
    gaps = sorted(gaps or [])
    gap_item = np.array([gap[0] for gap in gaps], dtype=np.int64)
    gap_from = np.array([gap[1] for gap in gaps], dtype=np.int64)
    gap_until = np.array([gap[2] for gap in gaps], dtype=np.int64)
    nodes = np.full((count, 1), lead_nodes) if np.isscalar(lead_nodes) else np.asarray(lead_nodes)
    return PlanningData(
        items=items,
        first=date(2020, 1, 1),
        step_days=step_days,
        steps=steps,
        continuous=continuous,
        event_starts=_starts(item, count),
        event_step=np.asarray(step, dtype=np.int64)[order],
        event_pieces=np.asarray(pieces, dtype=np.float64)[order],
        known_from=known,
        known_steps=steps - known - np.bincount(gap_item, gap_until - gap_from, count).astype(np.int64),
        gap_starts=_starts(gap_item, count),
        gap_from=gap_from,
        gap_until=gap_until,
        lead_nodes=np.ascontiguousarray(nodes, dtype=np.float64),
        lead_weights=np.ones(nodes.shape[1]) / nodes.shape[1] if lead_weights is None else lead_weights,
    )


def _starts(item: Integers, count: int) -> Integers:
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(item, minlength=count), out=starts[1:])
    return starts


def from_periods(values: Floats, *, lead: float = 1.0, step_days: float = 365.25 / 12.0) -> PlanningData:
    """Demand per period [items, periods], NaN where missing; one price, no attributes."""
    item, step = np.nonzero(np.nan_to_num(values) > 0)
    gaps = []
    missing = np.isnan(values)
    for i in np.flatnonzero(missing.any(axis=1)):
        edges = np.diff(np.concatenate([[0], missing[i].astype(int), [0]]))
        gaps += [
            (int(i), int(a), int(b))
            for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
        ]
    return planning_data(
        item, step, values[item, step], items=planning_items(len(values)), steps=values.shape[1], continuous=False,
        step_days=step_days, gaps=gaps, lead_nodes=lead,
    )  # fmt: skip


def car_parts(shared: Path, months: int = 39) -> Floats:
    """The first months of the public car-parts data; months 40 to 51 are kept for the one final score."""
    assert months <= 39
    frame = pl.read_csv(shared / "data" / "demand-carparts" / "carparts.csv", infer_schema_length=None)
    return frame.select(pl.col(frame.columns[1 : months + 1]).cast(pl.Float64)).to_numpy().copy()
