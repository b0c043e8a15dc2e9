"""What the portfolio optimiser is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spareverse.statistics.lead_time_demand import LeadTimeDemand

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Measure = Literal["lines", "pieces", "backorders"]


@dataclass(frozen=True)
class GroupLimit:
    """A limit on a group of items: at least ``least`` fill rate, or at most ``most`` of value or volume."""

    name: str
    members: Integers
    """Item numbers."""
    kind: Literal["fill_rate", "stock_value", "volume"]
    bound: float


@dataclass(frozen=True)
class PortfolioProblem:
    """Independent items under one budget or target. Arrays are [items]."""

    demand: LeadTimeDemand
    unit_cost: Floats
    """[currency/piece] > 0"""
    order_quantity: Integers
    """Q >= 1; an order is a multiple of it."""
    weight: Floats
    """What a demand line (or piece) of the item counts; 1 everywhere gives the plain fill rate."""
    least: Integers
    """Least reorder point; -1: need not be stocked, 0 with Q = 1: keeps one piece."""
    most: Integers
    """Largest reorder point allowed; -1: must not be stocked."""
    fixed: Integers
    """Reorder point the planner decided; -2: free."""
    volume: Floats
    """Storage volume of a piece, 0 where unknown."""
    limits: tuple[GroupLimit, ...] = field(default=())
    installed_assets: float = 0.0
    """Assets that share the backorders, for availability; 0: unknown."""


@dataclass(frozen=True)
class PlanPoint:
    """One plan. ``gap`` is how much better (in the measure) the best plan could be at most."""

    reorder_point: Integers
    """[items]; -1 = not stocked: bought when demanded."""
    stock_value: float
    fill_rate: float
    fill_rate_pieces: float
    expected_backorders: float
    gain_per_money: float
    gap: float
    remarks: tuple[str, ...] = ()
    """Limits that bind, targets that nothing can reach."""
