"""A network's tables to arrays of the engine: names become row numbers, days seconds, money cents.

Rows are put in the order of their names first, so that the order of the tables changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.layout import Entities
from spareverse.engine.memory import Floats, Whole
from spareverse.engine.windows import Calendars
from spareverse.network.network import Network
from spareverse.simulation.compile_distributions import compile_calendars
from spareverse.simulation.universe.counterfactuals import without_disturbances, without_limits
from spareverse.simulation.universe.coupling import bounds_of, coupled_stocks
from spareverse.simulation.universe.customers import Customers, compile_customers
from spareverse.simulation.universe.keys import name_keys, numbered
from spareverse.simulation.universe.laws import DAY, LawTable
from spareverse.simulation.universe.opening import compile_under_way, compile_waiting
from spareverse.simulation.universe.rates import RateTable
from spareverse.simulation.universe.sources import Sources, compile_sources
from spareverse.simulation.universe.stocks import compile_stocks, sorted_stock

PPM = 1_000_000


@dataclass(frozen=True)
class CompiledUniverse:
    """Entities of the engine, and the names of their rows."""

    entities: Entities
    stocks: pl.DataFrame
    """part_id, place_id, unit_cost in the order of the engine's stock points."""
    customers: pl.DataFrame
    """customer_id of the engine's customers."""
    sources: pl.DataFrame
    """source_id, link_id of the engine's sources."""
    places: list[str]
    blamed: pl.DataFrame
    """entity_kind, entity_id of the numbers that causes are laid on."""
    unit_cost: Floats
    waiting_cost: Floats
    """Of a piece waited for at each stock point, a day."""
    rank: Whole
    """Of each stock point, by part and place."""

    @property
    def counted_seconds(self) -> int:
        return int(self.entities.bounds[-1]) - self.entities.counted_from


def compile_universe(network: Network, switched_off: Collection[str] = ()) -> CompiledUniverse:
    """Number everything, sorted by coupled group; without the causes of waiting that are switched off.

    The network has been checked.
    """
    network = without_disturbances(network, switched_off)
    laws, rates = LawTable(), RateTable(network)
    stock = sorted_stock(network)
    blamed = _blamed(network)
    sources = compile_sources(network, stock, laws, rates, blamed)
    customers = compile_customers(network, stock, laws, rates)
    group = _groups(network, stock, sources, customers)
    order = np.argsort(group, kind="stable")
    sources, customers = sources.reordered(order).with_laws(laws), customers.reordered(order)
    stock = stock[order]
    group = group[order]
    bounds, counted_from = accounting_bounds(network)
    given_stocks = compile_stocks(network, stock, sources, laws)
    under_way, under_way_keys = compile_under_way(network, stock, sources, laws)
    waiting = compile_waiting(network, stock, customers)
    groups = _group_rows(group, customers.given, under_way, waiting)
    entities = Entities(
        groups=groups,
        stocks=given_stocks,
        sources=sources.given,
        laws=laws.memory(),
        profiles=rates.profiles(),
        calendars=no_calendars(),
        bounds=bounds,
        stock_keys=name_keys("stock", stock["part_id"], stock["place_id"]),
        source_keys=sources.keys,
        customers=customers.given,
        customer_keys=customers.keys,
        stations=sources.stations,
        budgets=_budgets(network, blamed),
        markets=_markets(network),
        breaks=sources.breaks,
        traces=customers.traces,
        under_way=under_way,
        under_way_keys=under_way_keys,
        waiting=waiting,
        trails=sources.trails,
        trail_settings=_trail_settings(network),
        places=network["places"].height,
        counted_from=counted_from,
    )
    return CompiledUniverse(
        without_limits(entities, switched_off),
        stock.select("part_id", "place_id", "unit_cost"),
        customers.names,
        sources.names,
        network["places"]["place_id"].sort().to_list(),
        blamed,
        stock["unit_cost"].to_numpy().astype(np.float64),
        stock["waiting_cost_per_piece_day"].fill_null(0.0).to_numpy(),
        order,
    )


def accounting_bounds(network: Network) -> tuple[Whole, int]:
    """Ends of the accounting periods [s] (warm-up first, if any; the last may be shorter), and when counting begins."""
    counted, warm_up, period = (
        round(float(network.setting(name)) * DAY) for name in ("horizon_days", "warm_up_days", "period_days")
    )
    horizon = warm_up + counted
    bounds = np.append(np.arange(warm_up, horizon, period, dtype=np.int64), horizon)
    return (np.insert(bounds, 0, 0), warm_up) if warm_up else (bounds, 0)


def no_calendars() -> Calendars:
    return compile_calendars([], [])


def _blamed(network: Network) -> pl.DataFrame:
    """What causes are laid on: places, suppliers, links, budgets, each kind in the order of its names."""
    kinds = (("place", "places"), ("supplier", "suppliers"), ("link", "links"), ("budget", "budgets"))
    return pl.concat(
        [
            network[table]
            .select(pl.lit(kind).alias("entity_kind"), pl.col(f"{kind}_id").alias("entity_id"))
            .sort("entity_id")
            for kind, table in kinds
        ]
    ).with_row_index("number")


def _groups(network: Network, stock: pl.DataFrame, sources: Sources, customers: Customers) -> Whole:
    """Coupled group of each stock point."""
    budget = numbered(stock["budget_id"], network["budgets"]["budget_id"].sort())
    market = customers.given[:, a.MARKET]
    of_source = sources.stock
    shared = [
        (of_source, sources.given[:, a.STATION]),
        (of_source, sources.given[:, a.DOCK]),
        (of_source, sources.given[:, a.TRAIL]),
        (np.arange(stock.height), budget),
        (customers.given[:, a.CUSTOMER_STOCK], market),
    ]
    above = sources.given[:, a.ABOVE]
    internal = above >= 0
    return coupled_stocks(stock.height, shared, (of_source[internal], above[internal]))


def _group_rows(group: Whole, customers: Whole, under_way: Whole, waiting: Whole) -> Whole:
    """[G, 10] bounds of the rows of each group; customers and openings are sorted by stock point, hence by group."""
    count = int(group.max(initial=-1)) + 1
    none = np.zeros(count, np.int64)
    columns: list[Whole] = [none, none, *bounds_of(group, count)]
    of_customer = group[customers[:, a.CUSTOMER_STOCK]]
    columns += bounds_of(of_customer, count)
    columns += bounds_of(group[under_way[:, a.ORDER_STOCK]], count)
    columns += bounds_of(of_customer[waiting[:, a.WAIT_CUSTOMER]], count)
    return np.column_stack(columns).astype(np.int64)


def _budgets(network: Network, blamed: pl.DataFrame) -> Whole:
    """[., 3] amount in cents, period in seconds, number that causes are laid on."""
    number = dict(blamed.filter(pl.col("entity_kind") == "budget").select("entity_id", "number").iter_rows())
    rows = network["budgets"].sort("budget_id")
    return np.array(
        [
            (round(amount * 100), round(days * DAY), number[name])
            for name, amount, days in rows.select("budget_id", "amount", "period_days").iter_rows()
        ],
        np.int64,
    ).reshape(-1, 3)


def _markets(network: Network) -> Whole:
    """[., 4] share, target, loss, recovery in millionths."""
    rows = network["markets"].sort("market_id")
    names = ("share", "target_fill_rate", "loss_per_month", "recovery_per_month")
    given: Whole = np.rint(rows.select(names).to_numpy() * PPM).astype(np.int64).reshape(-1, 4)
    return given


def _trail_settings(network: Network) -> Floats:
    per_day, penalty, floor, alpha, beta = (
        float(network.setting(f"ants_{name}")) for name in ("evaporation_per_day", "penalty", "floor", "alpha", "beta")
    )
    per_second = -np.log1p(-min(per_day, 0.999999)) / DAY
    return np.array([per_second, penalty, floor, alpha, beta])
