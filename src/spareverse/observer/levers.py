"""Levers: what agents can turn in a network, and the network with levers turned by steps.

A level, batch, threshold, budget or capacity turned by x steps is multiplied by (1 + step) to the power x; a share is
moved by x steps. Whole numbers are rounded up or down at random, with a probability that gives the right mean, by a
draw that belongs to the row: a little more of a lever moves a few rows more, and always the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.network import Network
from spareverse.simulation.universe.keys import name_keys

Floats = NDArray[np.float64]
Steps = NDArray[np.float64]
"""Of every lever, from today's setting."""
LARGEST_SHARE = 0.98
"""No supplier gets all, nor loses all: its price and lead time would no longer be seen."""
_POINT = ("part_id", "place_id")


@dataclass(frozen=True)
class Lever:
    """One lever of an agent; None: no limit to parts, places, kinds of places."""

    agent: str
    kind: str
    category: str | None
    place: str | None
    place_kind: str | None
    supplier: str | None
    step: float

    @property
    def name(self) -> str:
        """What is turned, and where: ``stock_level of Valves at CENTRAL``."""
        where = [self.kind]
        if self.category:
            where.append(f"of {self.category}")
        if self.place or self.place_kind:
            where.append(f"at {self.place or self.place_kind}")
        if self.supplier:
            where.append(f"of {self.supplier}")
        return " ".join(where)

    def factor(self, steps: float) -> float:
        return float((1.0 + self.step) ** steps)


def levers_of(network: Network) -> tuple[Lever, ...]:
    """The declared levers of a network, the supplier filled in where it is meant by size."""
    names = ("agent_id", "lever", "category", "place_id", "place_kind", "supplier_id", "step")
    levers = [Lever(*row) for row in network["levers"].select(names).rows()]
    return tuple(
        replace(lever, supplier=lever.supplier or _largest_supplier(network, lever.kind))
        if lever.kind in ("source_share", "capacity")
        else lever
        for lever in levers
    )


def turned(network: Network, levers: Sequence[Lever], steps: Steps) -> Network:
    """The network with every lever turned by its steps. The network has been checked, and is not checked again."""
    tables = dict(network.tables)
    for lever, by in zip(levers, steps, strict=True):
        if by != 0.0:
            table, turn = _TURNS[lever.kind]
            tables[table] = turn(network, tables[table], lever, float(by))
    return replace(network, tables=tables)


def turns(network: Network, lever: Lever) -> bool:
    """Whether the lever changes anything when it is turned by two steps."""
    table, turn = _TURNS[lever.kind]
    if lever.kind in ("source_share", "capacity") and lever.supplier is None:
        return False
    return any(not turn(network, network[table], lever, steps).equals(network[table]) for steps in (2.0, -2.0))


def _draws(lever: Lever, *names: pl.Series) -> Floats:
    """One number in [0, 1) for every row, whatever rows there are beside."""
    keys = name_keys(f"lever {lever.kind}", *names)
    return (keys >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _scaled(values: pl.Expr, lever: Lever, steps: float, draws: Floats) -> pl.Expr:
    return (values * lever.factor(steps) + pl.lit(pl.Series(draws))).floor().cast(pl.Int64)


def _concerned(network: Network, lever: Lever, *, part: bool = True) -> pl.Expr:
    """Rows of a table with part_id and place_id that the lever is for."""
    places, parts = network["places"], network["parts"]
    found = pl.lit(value=True)
    if lever.place is not None:
        found &= pl.col("place_id") == lever.place
    if lever.place_kind is not None:
        kept = places.filter(pl.col("kind") == lever.place_kind)["place_id"]
        found &= pl.col("place_id").is_in(kept.implode())
    if lever.category is not None and part:
        kept = parts.filter(pl.col("category") == lever.category)["part_id"]
        found &= pl.col("part_id").is_in(kept.implode())
    return found


def _levels(network: Network, stock: pl.DataFrame, lever: Lever, steps: float) -> pl.DataFrame:
    """Reorder points and order-up-to levels; s + 1 pieces are what a reorder point s keeps."""
    draws, here = _draws(lever, *(stock[name] for name in _POINT)), _concerned(network, lever)
    kept = _scaled(pl.col("reorder_point") + 1, lever, steps, draws) - 1
    up_to = _scaled(pl.col("order_up_to"), lever, steps, draws)
    return stock.with_columns(
        reorder_point=pl.when(here).then(kept).otherwise("reorder_point"),
        order_up_to=pl.when(here).then(up_to).otherwise("order_up_to"),
    )


def _batches(network: Network, stock: pl.DataFrame, lever: Lever, steps: float) -> pl.DataFrame:
    draws, here = _draws(lever, *(stock[name] for name in _POINT)), _concerned(network, lever)
    batch = _scaled(pl.col("order_quantity"), lever, steps, draws).clip(lower_bound=1)
    return stock.with_columns(order_quantity=pl.when(here).then(batch).otherwise("order_quantity"))


def _thresholds(network: Network, stock: pl.DataFrame, lever: Lever, steps: float) -> pl.DataFrame:
    draws, here = _draws(lever, *(stock[name] for name in _POINT)), _concerned(network, lever)
    waiting = _scaled(pl.col("expedite_at"), lever, steps, draws).clip(lower_bound=1)
    return stock.with_columns(expedite_at=pl.when(here).then(waiting).otherwise("expedite_at"))


def _shares(network: Network, sourcing: pl.DataFrame, lever: Lever, steps: float) -> pl.DataFrame:
    """Points of share of one supplier where it has others beside it; these give or take in proportion."""
    mine = pl.col("source_id") == lever.supplier
    share = pl.col("share") / pl.col("share").sum().over(_POINT)
    had = share.filter(mine).sum().over(_POINT)
    has = (had + steps * lever.step).clip(1.0 - LARGEST_SHARE, LARGEST_SHARE)
    moved = pl.when(mine).then(share * has / had).otherwise(share * (1.0 - has) / (1.0 - had))
    here = _concerned(network, lever) & (had > 0.0) & (had < 1.0)
    return sourcing.with_columns(share=pl.when(here).then(moved).otherwise("share"))


def _budgets(network: Network, budgets: pl.DataFrame, lever: Lever, steps: float) -> pl.DataFrame:
    paid = network["stock"].filter(_concerned(network, lever))["budget_id"].drop_nulls().unique()
    here = pl.col("budget_id").is_in(paid.implode())
    amount = pl.col("amount") * lever.factor(steps)
    return budgets.with_columns(amount=pl.when(here).then(amount).otherwise("amount"))


def _capacities(network: Network, suppliers: pl.DataFrame, lever: Lever, steps: float) -> pl.DataFrame:
    draws = _draws(lever, suppliers["supplier_id"])
    lines = _scaled(pl.col("lines"), lever, steps, draws).clip(lower_bound=1)
    here = pl.col("supplier_id") == lever.supplier
    return suppliers.with_columns(lines=pl.when(here).then(lines).otherwise("lines"))


_Turn = Callable[[Network, pl.DataFrame, Lever, float], pl.DataFrame]
_TURNS: dict[str, tuple[str, _Turn]] = {
    "stock_level": ("stock", _levels),
    "batch": ("stock", _batches),
    "expedite_at": ("stock", _thresholds),
    "source_share": ("sourcing", _shares),
    "budget": ("budgets", _budgets),
    "capacity": ("suppliers", _capacities),
}
"""Table that a kind of lever changes, and how."""


def _largest_supplier(network: Network, kind: str) -> str | None:
    """The supplier of the most, by shares of what is sourced; of capacity, among those with lines."""
    suppliers = network["suppliers"]
    if kind == "capacity":
        suppliers = suppliers.filter(pl.col("lines").is_not_null())
    rows = network["sourcing"].filter(pl.col("source_id").is_in(suppliers["supplier_id"].implode()))
    regular = rows.filter(pl.col("emergency_lead_time").is_null())
    if kind == "source_share":
        regular = regular.filter(pl.col("share") < pl.col("share").sum().over(_POINT))
    largest = (
        regular.group_by("source_id").agg(pl.col("share").sum()).sort("share", "source_id", descending=[True, False])
    )
    return str(largest["source_id"][0]) if largest.height else None
