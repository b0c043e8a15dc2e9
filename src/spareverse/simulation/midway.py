"""A simulated network stopped midway: its state as opening tables, from which another run can go on.

What stands beside the state is what really comes of it (days until each open order arrives); who is not to know it
replaces ``due_in`` by what is left of the lead time given its age.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.memory import Whole
from spareverse.engine.run import run_batch
from spareverse.network.components import OPENING_BACKORDERS, OPENING_ORDERS
from spareverse.network.distributions import parse
from spareverse.network.network import Network
from spareverse.simulation.universe.compile import CompiledUniverse, compile_universe
from spareverse.simulation.universe.laws import DAY
from spareverse.simulation.universe.results import value_ledger

LONGEST_LEAD_DAYS = 365.0
"""Orders that take longer after the stop are taken to arrive then."""
_POINT = ("part_id", "place_id")
_RESIDUALS = 10


def states_after(network: Network, days: float, paths: Sequence[int], *, seed: int = 1) -> list[Network]:
    """The network as it stands after ``days`` in each of the ``paths`` (numbers of futures of the seed), checked.

    On hand, orders under way, customers waiting: rows of ``stock.initial_stock``, ``opening_orders`` and
    ``opening_backorders``; an order to a place above that has not been sent yet is kept back from what comes in there.
    Queues of suppliers and links, trails, market shares and balances of budgets begin anew: where capacity is short,
    what is ordered after the stop waits less than it would have.
    """
    stopped, ahead = (compile_universe(_with_horizon(network, d)) for d in (days, days + LONGEST_LEAD_DAYS))
    states = []
    for path in paths:
        end, _ = run_batch(stopped.entities, value_ledger(stopped), seed, path, path + 1)
        _, log = run_batch(ahead.entities, value_ledger(ahead), seed, path, path + 1, log=True)
        states.append(_state(network, ahead, end.stock_totals[0], log, round(days * DAY)))
    return states


def _with_horizon(network: Network, days: float) -> Network:
    settings = network["settings"].with_columns(
        horizon_days=pl.lit(float(days)), warm_up_days=pl.lit(0.0), period_days=pl.lit(float(days))
    )
    return Network({**network.tables, "settings": settings}, network.name, network.notices)


def _state(network: Network, compiled: CompiledUniverse, totals: Whole, log: Whole, stop: int) -> Network:
    points = compiled.stocks.select(_POINT)
    on_hand = points.with_columns(pl.Series("initial_stock", totals[:, a.END_ON_HAND]))
    stock = network["stock"].drop("initial_stock").join(on_hand, on=_POINT, how="left", maintain_order="left")
    events = pl.from_numpy(log, schema=list(a.RECORD)).with_columns(asked=pl.col("time") - pl.col("duration"))
    tables = dict(network.tables)
    tables["stock"] = stock.select(network["stock"].columns)
    tables["opening_orders"] = _orders(compiled, points, events, stop)
    tables["opening_backorders"] = _waiting(compiled, points, events, stop)
    return Network(tables, network.name, network.notices)


def _across(kinds: Sequence[int], stop: int) -> pl.Expr:
    """What was asked for before the stop and came after it."""
    return pl.col("kind").is_in(kinds) & (pl.col("time") > stop) & (pl.col("asked") <= stop)


def _orders(compiled: CompiledUniverse, points: pl.DataFrame, events: pl.DataFrame, stop: int) -> pl.DataFrame:
    receipts = (a.R_DELIVERY, a.R_TRANSFER)
    coming = events.filter(_across(receipts, stop) & (pl.col("source") >= 0)).sort("time", maintain_order=True)
    coming = coming.with_columns(pl.col("quantity") - _kept_back(compiled, coming, events, stop))
    coming = coming.filter(pl.col("quantity") > 0)
    named = points[coming["stock"].to_numpy()]
    source = compiled.sources["source_id"][coming["source"].to_numpy()]
    return (
        OPENING_ORDERS.completed(
            coming.select(
                named["part_id"],
                named["place_id"],
                source.alias("source_id"),
                "quantity",
                ordered_days_ago=(stop - pl.col("asked")) / DAY,
                due_in=pl.format("{} d", ((pl.col("time") - stop) / DAY).round(3)),
            )
        )
        .select(OPENING_ORDERS.names)
        .cast(OPENING_ORDERS.schema)
    )


def _kept_back(compiled: CompiledUniverse, coming: pl.DataFrame, events: pl.DataFrame, stop: int) -> pl.Series:
    """Pieces of each receipt that go on to orders from below which had not been sent at the stop."""
    above = compiled.entities.sources[:, a.ABOVE]
    asked = coming.with_columns(pl.Series("above", above[coming["source"].to_numpy()])).filter(pl.col("above") >= 0)
    sent = events.filter(
        (pl.col("kind") == a.R_SHIPMENT) & (pl.col("time") <= stop) & (pl.col("time") + pl.col("duration") > stop)
    )
    sent = sent.with_columns(pl.Series("above", above[sent["source"].to_numpy()])).filter(pl.col("above") >= 0)
    waiting = np.bincount(asked["above"], asked["quantity"], compiled.stocks.height)
    waiting -= np.bincount(sent["above"], sent["quantity"], compiled.stocks.height)
    before = coming.select((pl.col("quantity").cum_sum() - pl.col("quantity")).over("stock"))["quantity"].to_numpy()
    left = np.maximum(waiting[coming["stock"].to_numpy()], 0.0) - before
    return pl.Series("kept", np.clip(left, 0.0, coming["quantity"].to_numpy()).astype(np.int64))


def _waiting(compiled: CompiledUniverse, points: pl.DataFrame, events: pl.DataFrame, stop: int) -> pl.DataFrame:
    served = events.filter(_across((a.R_ISSUE, a.R_LOST), stop) & (pl.col("customer") >= 0))
    named = points[served["stock"].to_numpy()]
    customer = compiled.customers["customer_id"][served["customer"].to_numpy()]
    return (
        OPENING_BACKORDERS.completed(
            served.select(
                named["part_id"],
                named["place_id"],
                customer.alias("customer_id"),
                "quantity",
                waiting_days=(stop - pl.col("asked")) / DAY,
            )
        )
        .select(OPENING_BACKORDERS.names)
        .cast(OPENING_BACKORDERS.schema)
    )


def with_residual_lead_times(network: Network, stretch: float = 1.0) -> Network:
    """The network with open orders as who only knows their age sees them: ``due_in`` is what the law of their source's
    lead time and transit, ``stretch`` times as long, leaves of it given the age."""
    orders = network["opening_orders"].join(
        _ways(network), on=[*_POINT, "source_id"], how="left", maintain_order="left"
    )
    known = orders.select("lead_time", "transit_time", "ordered_days_ago").rows()
    due = pl.Series("due_in", [_residual(lead, transit, age or 0.0, stretch) for lead, transit, age in known])
    tables = {**network.tables, "opening_orders": network["opening_orders"].with_columns(due.cast(pl.String))}
    return Network(tables, network.name, network.notices)


def _ways(network: Network) -> pl.DataFrame:
    """part_id, place_id, source_id -> lead_time, transit_time of the way preferred."""
    sourcing = network["sourcing"].sort("rank", "link_id")
    links = network["links"].sort("link_id").unique(["from_id", "to_id"], keep="first", maintain_order=True)
    between = links.select(source_id="from_id", place_id="to_id", usual=pl.col("transit_time"))
    named = network["links"].select("link_id", "transit_time")
    rows = sourcing.join(named, on="link_id", how="left", maintain_order="left").join(
        between, on=["source_id", "place_id"], how="left", maintain_order="left"
    )
    rows = rows.with_columns(transit_time=pl.coalesce("transit_time", "usual"))
    points = network["stock"].select(_POINT)
    general = points.join(rows.filter(pl.col("part_id").is_null()).drop("part_id"), on="place_id", how="inner")
    every = pl.concat([rows.filter(pl.col("part_id").is_not_null()).select(general.columns), general])
    key = [*_POINT, "source_id"]
    return every.unique(key, keep="first", maintain_order=True).select(*key, "lead_time", "transit_time")


def _residual(lead_time: str | None, transit_time: str | None, age: float, stretch: float) -> str:
    """Equally likely days that stand for what is left; an order older than its law knows is due in a tenth of it."""
    lead = parse(lead_time or "0", unit="d").scaled(stretch / 24.0) if lead_time not in (None, "0") else None
    transit = parse(transit_time, unit="d").mean * stretch / 24.0 if transit_time else 0.0
    if lead is None:
        return f"{max(transit - age, 0.1 * transit):.2f} d"
    known = max(age - transit, 0.0)
    gone = float(lead.cdf(known))
    if gone > 0.999:
        return f"{0.1 * (lead.mean + transit):.2f} d"
    at = gone + (1.0 - gone) * (np.arange(_RESIDUALS) + 0.5) / _RESIDUALS
    left = np.maximum(lead.quantile(at) + transit - age, 0.05)
    return f"empirical({', '.join(f'{day:.2f}' for day in left)}) d"
