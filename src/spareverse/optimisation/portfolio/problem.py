"""What the portfolio optimiser is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spareverse.errors import Problem
from spareverse.statistics.lead_time_demand import LeadTimeDemand

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Measure = Literal["lines", "pieces", "backorders"]

FREE = -2
"""Reorder point of an item that no planner decided."""
UNBOUNDED = 2**40
"""Largest reorder point of an item without a ceiling."""


@dataclass(frozen=True)
class GroupLimit:
    """A limit on a group of items: a fill rate of at least ``bound``, or at most so much value, volume or pieces."""

    name: str
    members: Integers
    """Item numbers."""
    kind: Literal["fill_rate", "stock_value", "volume", "pieces"]
    bound: float
    file: str | None = None
    row: int | None = None
    """Where it was written."""

    def problem(self, reason: str, remedy: str = "", value: str | None = None) -> Problem:
        """What is wrong with it, and where it stands."""
        return Problem(reason, remedy, self.file, self.row, f"limits.{self.name}", value)


@dataclass(frozen=True)
class OrderOptions:
    """Order quantities each item can choose from, with the price a piece then costs: price breaks. Ragged."""

    starts: Integers
    """[items + 1] where an item's options begin; each item has at least one."""
    quantity: Integers
    """[options] Q >= 1"""
    unit_cost: Floats
    """[options] currency/piece > 0"""


@dataclass(frozen=True)
class PortfolioProblem:
    """Independent items under one budget or target. Arrays are [items]."""

    demand: LeadTimeDemand
    unit_cost: Floats
    """[currency/piece] > 0"""
    order_quantity: Integers
    """Q >= 1; an order is a multiple of it."""
    weight: Floats
    """What a demand line (or piece, met or owed) of the item counts; 1 everywhere gives the plain fill rate."""
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
    order_options: OrderOptions | None = None
    """Where set, the item's order quantity and price are chosen with its reorder point."""

    def __len__(self) -> int:
        return len(self.unit_cost)

    @property
    def options(self) -> OrderOptions:
        """The order options; without any, each item has its one order quantity and price."""
        if self.order_options is not None:
            return self.order_options
        return OrderOptions(np.arange(len(self) + 1), self.order_quantity, self.unit_cost)


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
    order_quantity: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """[items]; 1 where not stocked."""
    unit_cost: Floats = field(default_factory=lambda: np.empty(0))
    """[items] price at that order quantity [currency/piece]"""
    availability: float = float("nan")
    """exp(-expected backorders / installed assets); NaN without installed assets."""
    prices: Floats = field(default_factory=lambda: np.empty(0))
    """Gain per unit of the budget and of each limit, where the plan was priced under limits; else empty."""
