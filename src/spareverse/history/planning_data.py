"""What is known of every item at the end of the fit window, from order lines or from tables of demand per period.

Time runs in whole steps of ``step_days`` from ``first``: days where order lines are known, the table's own period
(a month, a week) where demand comes as totals per period.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class PlanningData:
    """Items and their demand up to (not including) step ``steps``."""

    items: pl.DataFrame
    """One row per item, column ``item`` = row number: part_id, place_id, description, category, criticality,
    supplier_id, planner, unit_cost (> 0), unit_cost_source, min_order_quantity, pack_size, superseded_by, installed
    (pieces in assets), current_reorder_point, current_order_quantity, current_order_up_to, current_fills_up (orders
    go up to the level), on_hand, on_order, backordered, holding_cost [currency/piece/day], ordering_cost
    [currency/order], stock_out_cost [currency/piece/day], contract, volume_m3, last_order_on, needed_until,
    salvage_value and shortage_cost [currency/piece], remarks. Nulls where unknown."""
    first: date
    step_days: float
    steps: int
    continuous: bool
    """True: stock is reviewed at every demand (order lines by day); False: once at the end of every period."""
    event_starts: Integers
    """[items + 1] where an item's demand events begin."""
    event_step: Integers
    """[events] step of each demand, ascending within an item. One event per order line, or per period with demand."""
    event_pieces: Floats
    """[events] > 0"""
    known_from: Integers
    """[items] first step the item is known at (its introduction), 0 if always."""
    known_steps: Integers
    """[items] steps with information; gaps are left out."""
    gap_starts: Integers
    """[items + 1] where an item's gaps begin."""
    gap_from: Integers
    gap_until: Integers
    """[gaps] steps [from, until) without information."""
    lead_nodes: Floats
    """[items, K] lead times [steps] at the quadrature nodes, review period NOT included; constant: all alike."""
    lead_weights: Floats
    """[K] weights of the nodes, sum 1."""
    notices: list[str] = field(default_factory=list)
    """Assumptions and what the reader should know, one sentence each."""

    def __len__(self) -> int:
        return self.items.height
