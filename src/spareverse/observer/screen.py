"""Closed-form chance that a stock point fails a customer within some weeks, for all stock points at once.

A sum over time of the rate of demand lines times the chance that one meets too little stock: until a new order can
arrive, stock on hand and open orders less the demand so far; after that, the inventory position one lead time ago less
the demand since. Compound demand is taken as negative binomial, open orders as early, in time or late together. The
form is quick and rough (lines that fail come in runs, places above are taken to have stock): ``recalibrated`` fits it
to simulated futures before a chance is stated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import betainc, gammainc

from spareverse.engine import memory as a
from spareverse.network.distributions import parse
from spareverse.network.network import Network
from spareverse.simulation.universe.compile import CompiledUniverse, compile_universe
from spareverse.simulation.universe.laws import DAY

Floats = NDArray[np.float64]
PUNCTUAL = ((0.65, 0.3), (1.0, 0.4), (1.6, 0.3))
"""Open orders and lead times take so many times as long as expected, with these weights."""
STEP_DAYS = 7.0
YEAR_DAYS = 365.0
POINT = ("part_id", "place_id")


@dataclass(frozen=True)
class Screen:
    """Stock points with demand of their own: rows of ``points``, each array [points]."""

    points: pl.DataFrame
    """part_id, place_id, row (of the compiled network)"""
    rate: Floats
    """Lines per day"""
    pieces: Floats
    """Pieces of a line, mean"""
    on_hand: Floats
    under_way: Floats
    owed: Floats
    lead_days: Floats
    """Usual time from an order until it comes"""
    chance: Floats
    """Of at least one line not filled within the days asked for, before recalibration"""


def screened(network: Network, days: float, compiled: CompiledUniverse | None = None) -> Screen:
    """The chance of every stock point with demand; the network has been checked."""
    compiled = compile_universe(network) if compiled is None else compiled
    points = _demanding(network, compiled)
    row = points["row"].to_numpy()
    stocks = compiled.entities.stocks

    def of_stock(column: int) -> Floats:
        return np.asarray(stocks[row, column - a.PLACE], np.float64)

    rate, pieces, square = (points[name].to_numpy() for name in ("rate", "mean", "square"))
    orders, owed = _under_way(network, points), _owed(network, points)
    on_hand = of_stock(a.INITIAL) - owed
    first = np.bincount(orders["point"], orders["quantity"], len(row)).astype(np.float64)
    reorder, lead = of_stock(a.REORDER_AT), of_stock(a.USUAL_LEAD) / DAY
    full = np.where(of_stock(a.POLICY) == a.ON_REORDER_POINT, reorder + of_stock(a.BATCH), of_stock(a.UP_TO))
    position, middle = on_hand + first, 0.5 * (reorder + 1.0 + np.maximum(full, reorder + 1.0))
    failing = np.zeros(len(row))
    steps = np.arange(STEP_DAYS / 2, days, STEP_DAYS)
    for stretch, weight in PUNCTUAL:
        late = lead * stretch
        for at in steps:
            come = np.bincount(
                orders["point"], orders["quantity"] * (orders["due"] * stretch <= at), len(row)
            )  # fmt: skip
            until = np.maximum(at - late, 0.0)  # what was ordered by then has come
            left = position - rate * pieces * until
            supply = np.where(at <= late, on_hand + come, np.where(left > reorder, position, middle))
            span = np.where((at <= late) | (left > reorder), at, late)
            failing += weight * rate * STEP_DAYS * _too_much(rate * span, pieces, square, supply - pieces + 1.0)
    chance = -np.expm1(-failing)
    return Screen(points.select(*POINT, "row"), rate, pieces, of_stock(a.INITIAL), first, owed, lead, chance)


def recalibrated(chance: Floats, said: Floats, seen: Floats, weight: Floats | None = None) -> Floats:
    """Chances as simulated futures bear them out: the monotone fit of ``seen`` shares on what was ``said``.

    Between the points of the fit it goes straight; it never says 0 or 1.
    """
    order = np.argsort(said, kind="stable")
    fit = isotonic_regression(seen[order], weights=None if weight is None else weight[order]).x
    least = 0.5 / (len(said) + 1.0)
    return np.asarray(np.clip(np.interp(chance, said[order], fit), least, 1.0 - least))


def _too_much(lines: Floats, mean: Floats, square: Floats, pieces: Floats) -> Floats:
    """P(compound demand of so many expected lines >= pieces), negative binomial with its two moments."""
    wanted = np.maximum(np.ceil(pieces - 1e-9), 0.0)
    expected, variance = lines * mean, lines * square
    spread = variance > expected * (1.0 + 1e-9)
    some = (wanted > 0) & (expected > 0)
    chance = np.where(wanted > 0, 0.0, 1.0)
    poisson = some & ~spread
    chance[poisson] = gammainc(wanted[poisson], expected[poisson])
    wide = some & spread
    size = expected[wide] ** 2 / (variance[wide] - expected[wide])
    chance[wide] = betainc(wanted[wide], size, 1.0 - expected[wide] / variance[wide])
    return chance


def _demanding(network: Network, compiled: CompiledUniverse) -> pl.DataFrame:
    """Stock points with demand, in the order of the compiled network: rate [1/d], mean and mean square of a line."""
    demands = network["demands"]
    sizes = {text: _moments(text) for text in demands["pieces"].drop_nulls().unique()}
    gaps = {text: 1.0 / max(parse(text, unit="d").mean / 24.0, 1e-9) for text in demands["gap"].drop_nulls().unique()}
    of_gap = pl.col("gap").replace_strict(gaps, default=None, return_dtype=pl.Float64)
    columns = [
        pl.col("pieces").replace_strict({t: m[k] for t, m in sizes.items()}, default=1.0, return_dtype=pl.Float64)
        .alias(name) for k, name in enumerate(("mean", "square"))
    ]  # fmt: skip
    rate = pl.coalesce(of_gap, pl.col("per_year") / YEAR_DAYS).fill_null(0.0).alias("rate")
    streams = demands.select(*POINT, rate, *columns).filter(pl.col("rate") > 0)
    weighted = [(pl.col(name) * pl.col("rate")).sum() / pl.col("rate").sum() for name in ("mean", "square")]
    each = streams.group_by(POINT, maintain_order=True).agg(pl.col("rate").sum(), *weighted)
    rows = compiled.stocks.select(POINT).with_row_index("row").cast({"row": pl.Int64})
    return rows.join(each, on=POINT, how="inner", maintain_order="left")


def _moments(text: str) -> tuple[float, float]:
    """Mean and mean square of the pieces of a line; laws that are not whole are rounded up."""
    law = parse(text, unit="h")
    if law.atoms:
        return law.mean, law.variance + law.mean**2
    mean = law.mean + 0.5
    return mean, law.variance + mean**2


def _under_way(network: Network, points: pl.DataFrame) -> pl.DataFrame:
    """point, quantity, due (mean days) of the open orders of the points."""
    orders = network["opening_orders"]
    due = {text: parse(text, unit="d").mean / 24.0 for text in orders["due_in"].drop_nulls().unique()}
    numbered = points.select(POINT).with_row_index("point").cast({"point": pl.Int64})
    return orders.join(numbered, on=POINT, how="inner").select(
        "point",
        pl.col("quantity").cast(pl.Float64),
        pl.col("due_in").replace_strict(due, default=0.0, return_dtype=pl.Float64).alias("due"),
    )


def _owed(network: Network, points: pl.DataFrame) -> Floats:
    owed = network["opening_backorders"].group_by(POINT).agg(pl.col("quantity").sum().alias("owed"))
    joined = points.select(POINT).join(owed, on=POINT, how="left", maintain_order="left")["owed"]
    return joined.fill_null(0).to_numpy().astype(np.float64)
