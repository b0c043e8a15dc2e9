"""What the record tells of stock and of what keeping and ordering it costs, before a day and since.

Receipts and issues give the way of the stock, though not where it began: that is the same before and since, and falls
out of the difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.optimisation.costs import CostFile
from spareverse.special import student_quantile

Floats = NDArray[np.float64]
BATCHES = 6
"""Stretches into which the time before, and that since, is cut: their means tell how far the stock wanders."""
FEWEST_MOVES = 30
"""With fewer receipts and issues before or since nothing is told."""


@dataclass(frozen=True)
class Change:
    """Of a mean, with its standard error, widened as far as so few stretches ask for."""

    value: float
    error: float


@dataclass(frozen=True)
class MoneyChanges:
    """Stock value [currency], and the cost of holding and ordering [currency/d]."""

    stock_value: Change
    cost: Change


def changes_of_money(
    tables: Mapping[str, pl.DataFrame], costs: CostFile, part: str | None, place: str | None, accepted: date,
    until: date,
) -> MoneyChanges | None:  # fmt: skip
    """Means from ``accepted`` until ``until`` less those over as long a time before; None where too little is known.

    ``tables``: as imported. Of one part or place, where given; parts without a cost are left out.
    """
    days = (until - accepted).days
    if days < 2 * BATCHES:
        return None
    since = accepted - timedelta(days=days)
    moves = _moves(tables).filter(pl.col("day") >= since, pl.col("day") < until)
    for column, wanted in (("part_id", part), ("place_id", place)):
        if wanted:
            moves = moves.filter(pl.col(column) == wanted)
    priced = moves.join(prices_of(tables, costs), on="part_id", how="inner", maintain_order="left").with_columns(
        after=pl.col("day") >= accepted
    )
    if not _enough(priced):
        return None
    value, holding = (_levels(priced, since, 2 * days, column) for column in ("unit_cost", "holding_cost"))
    stock, kept = _change(value), _change(holding)
    orders = priced.filter(pl.col("ordered"))
    before, after = (float(orders.filter(pl.col("after") == side)["ordering_cost"].sum()) for side in (False, True))
    spread = math.sqrt(float((orders["ordering_cost"] ** 2).sum())) / days
    return MoneyChanges(stock, Change(kept.value + (after - before) / days, math.hypot(kept.error, spread)))


def prices_of(tables: Mapping[str, pl.DataFrame], costs: CostFile) -> pl.DataFrame:
    """What a piece of each part costs (columns of ``CostFile.per_part``); parts without a cost are left out."""
    parts = tables["parts"].select("part_id", "category", "unit_cost").filter(pl.col("unit_cost") > 0.0)
    return costs.per_part(parts).unique("part_id", keep="last", maintain_order=True)


def _moves(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Columns day, part_id, place_id, pieces (issues negative), and whether an order was received by it.

    What one place sends to another leaves the first as it reaches the second.
    """
    received = tables["purchases"].select(
        "part_id", "place_id", "supplier_id", pl.coalesce("received_quantity", "quantity").alias("pieces"),
        day="received_on", ordered=True,
    )  # fmt: skip
    places = tables["stock"]["place_id"].drop_nulls().unique()
    passed = received.filter(pl.col("supplier_id").is_in(places.implode())).with_columns(
        -pl.col("pieces"), place_id="supplier_id", ordered=False
    )
    issued = [
        tables[name].select("part_id", "place_id", pieces=-pl.col("quantity"), day=day, ordered=False)
        for name, day in (("sales", "delivered_on"), ("consumption", "issued_on"))
    ]
    every = [frame.select("part_id", "place_id", "pieces", "day", "ordered") for frame in (received, passed, *issued)]
    return pl.concat(every, how="vertical_relaxed").drop_nulls(["day", "pieces"])


def _enough(moves: pl.DataFrame) -> bool:
    """Whether pieces come and go on both sides, often enough."""
    for side in (False, True):
        own = moves.filter(pl.col("after") == side)
        if own.height < FEWEST_MOVES or not own["ordered"].any() or own["ordered"].all():
            return False
    return True


def _levels(moves: pl.DataFrame, since: date, days: int, column: str) -> Floats:
    """[days] what lies there at the end of each day, in pieces times ``column``, from nothing on the first."""
    at = (moves["day"].to_numpy().astype("datetime64[D]") - np.datetime64(since)).astype(np.int64)
    of_day = np.bincount(at, (moves["pieces"] * moves[column]).to_numpy(), minlength=days)
    levels: Floats = np.cumsum(of_day[:days])
    return levels


def _change(levels: Floats) -> Change:
    """The mean of the second half less that of the first, by the means of stretches."""
    halves = levels.reshape(2, -1)
    stretches = [np.array([part.mean() for part in np.array_split(half, BATCHES)]) for half in halves]
    error = math.sqrt(sum(float(means.var(ddof=1)) for means in stretches) / BATCHES)
    few = student_quantile(2 * (BATCHES - 1), 0.975) / 1.96
    return Change(float(halves[1].mean() - halves[0].mean()), few * error)
