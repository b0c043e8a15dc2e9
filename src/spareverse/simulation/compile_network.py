"""Tables of a network to arrays of the engine: names become row numbers, hours seconds, distributions laws.

The one place that knows both worlds.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.engine import memory as a
from spareverse.engine.layout import Entities
from spareverse.engine.sampling import LAW_SIZE
from spareverse.network.distributions import Distribution
from spareverse.network.universe import Universe
from spareverse.simulation.compile_distributions import compile_calendars, compile_distributions, compile_profiles
from spareverse.simulation.laws import read_law

SECONDS = 3600
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class CompiledNetwork:
    """Entities of the engine, and the names of their rows."""

    entities: Entities
    asset_ids: list[str]
    stock_ids: list[str]
    position_ids: list[str]
    first_period: int
    """Periods before it are warm-up."""

    @property
    def counted_seconds(self) -> int:
        bounds = self.entities.bounds
        return int(bounds[-1] - bounds[self.first_period])


def key(*names: str) -> int:
    """The number that starts an entity's random streams: a hash of its name, the same on every machine."""
    return int.from_bytes(blake2b("\x1f".join(names).encode(), digest_size=8).digest(), "little")


def compile_network(universe: Universe) -> CompiledNetwork:
    """Sort the entities by coupled group and number them. KeyError when a table names what another lacks."""
    assets, stocks, groups = _grouped(universe)
    asset_row = _rows(assets["asset_id"])
    stock_row = _rows(stocks["stock_id"])
    station_row = _rows(universe.stations["station_id"])
    of_asset = _numbers(universe.positions["asset_id"], asset_row)
    order = np.argsort(of_asset, kind="stable")
    positions, of_asset = universe.positions[order], of_asset[order]
    blocks, block = _blocks(of_asset, positions)
    laws = _Laws()
    given_positions = np.column_stack(
        [
            of_asset,
            block,
            _numbers(positions["stock_id"], stock_row),
            laws.rows(positions["life"]),
            laws.rows(positions["replacement"]),
            laws.rows(positions["warning"]),
        ]
    )
    ends = np.searchsorted(given_positions[:, 0], np.arange(assets.height + 1))
    given_assets = np.column_stack(
        [
            ends[:-1],
            ends[1:],
            assets["profile"].to_numpy(),
            assets["access"].to_numpy(),
            (assets["ages"] == "while_working").cast(pl.Int64).to_numpy(),
            assets["critical"].cast(pl.Int64).to_numpy(),
        ]
    )
    given_stocks, sources = _stocks(stocks, stock_row, station_row, laws)
    bounds, first_period = _bounds(universe)
    stock_keys = np.array([key("stock", name) for name in stocks["stock_id"]], np.uint64)
    entities = Entities(
        groups=groups,
        assets=given_assets.astype(np.int64),
        blocks=blocks,
        positions=given_positions.astype(np.int64),
        stocks=given_stocks,
        sources=sources,
        stations=np.column_stack([universe.stations["servers"].to_numpy(), np.full(universe.stations.height, -1)]),
        position_keys=np.array([key("position", name) for name in positions["position_id"]], np.uint64),
        stock_keys=stock_keys,
        source_keys=np.repeat(stock_keys, 2),
        laws=compile_distributions(laws.laws),
        profiles=compile_profiles(universe.profiles, [key("profile", str(i)) for i in range(len(universe.profiles))]),
        calendars=compile_calendars(universe.accesses, [key("access", str(i)) for i in range(len(universe.accesses))]),
        bounds=bounds,
        counted_from=int(bounds[first_period]),
    )
    names = assets["asset_id"].to_list(), stocks["stock_id"].to_list(), positions["position_id"].to_list()
    return CompiledNetwork(entities, *names, first_period)


class _Laws:
    """Distributions met so far; each text is read once."""

    def __init__(self) -> None:
        self.laws: list[Distribution] = []
        self._row: dict[str, int] = {}

    def rows(self, texts: pl.Series) -> Whole:
        """Where the law of each text begins in the float memory; -1 where there is none."""
        for text in texts:
            if text is not None and text not in self._row:
                self._row[text] = LAW_SIZE * len(self.laws)
                self.laws.append(read_law(text, "h"))
        return np.array([-1 if text is None else self._row[text] for text in texts], np.int64)

    def means_in_seconds(self, rows: Whole) -> NDArray[np.float64]:
        means = np.array([law.mean for law in self.laws])
        return np.where(rows < 0, 0.0, means[np.maximum(rows, 0) // LAW_SIZE] * SECONDS)


def _rows(names: pl.Series) -> dict[str, int]:
    return {name: row for row, name in enumerate(names)}


def _numbers(names: pl.Series, row: dict[str, int]) -> Whole:
    """Row numbers of names; -1 for null."""
    try:
        return np.array([-1 if name is None else row[name] for name in names], np.int64)
    except KeyError as missing:
        raise KeyError(f"{names.name} {missing.args[0]!r} is named and not defined") from None


def _blocks(of_asset: Whole, positions: pl.DataFrame) -> tuple[Whole, Whole]:
    """Pieces needed of each block, and the block of each position."""
    number: dict[tuple[int, str], int] = {}
    names = zip(of_asset.tolist(), positions["block"], strict=True)
    block = np.array([number.setdefault(name, len(number)) for name in names], np.int64)
    _, first = np.unique(block, return_index=True)
    return positions["needed"].to_numpy()[first].astype(np.int64), block


def _grouped(universe: Universe) -> tuple[pl.DataFrame, pl.DataFrame, Whole]:
    """Assets and stock points sorted by coupled group, and the groups' bounds [G, 6].

    Assets that draw on one stock point, stock points that supply one another or pass one station are coupled. With
    stations, everything forms one group.
    """
    assets, stocks = universe.assets, universe.stock_points
    asset_row, stock_row = _rows(assets["asset_id"]), _rows(stocks["stock_id"])
    from_asset = _numbers(universe.positions["asset_id"], asset_row)
    to_stock = _numbers(universe.positions["stock_id"], stock_row) + assets.height
    source = _numbers(stocks["supplied_from"], stock_row)
    below = np.flatnonzero(source >= 0) + assets.height
    above = source[source >= 0] + assets.height
    size = assets.height + stocks.height
    start, end = np.concatenate([from_asset, below]), np.concatenate([to_stock, above])
    if universe.stations.height:
        group = np.zeros(size, np.int64)
    else:
        group = coupled(size, start, end)
    count = int(group.max(initial=-1)) + 1
    of_asset, of_stock = group[: assets.height], group[assets.height :]
    asset_order, stock_order = np.argsort(of_asset, kind="stable"), np.argsort(of_stock, kind="stable")
    numbers = np.arange(count + 1)
    asset_ends = np.searchsorted(of_asset[asset_order], numbers)
    stock_ends = np.searchsorted(of_stock[stock_order], numbers)
    none = np.zeros(count)
    bounds = [asset_ends[:-1], asset_ends[1:], stock_ends[:-1], stock_ends[1:], *[none] * 6]
    return assets[asset_order], stocks[stock_order], np.column_stack(bounds).astype(np.int64)


def coupled(size: int, start: Whole, end: Whole) -> Whole:
    """Number of the connected group of each of ``size`` nodes, in the order of the groups' first nodes.

    Every node points at one that is no later; edges pull the first nodes of their groups together until none is left
    between two groups. NumPy alone: SciPy's graphs take longer to load than a study takes to its first figures.
    """
    first = np.arange(size, dtype=np.int64)
    while not np.array_equal(one := first[start], other := first[end]):
        np.minimum.at(first, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(first, beyond := first[first]):
            first = beyond
    group: Whole = np.unique(first, return_inverse=True)[1].astype(np.int64)
    return group


def _stocks(
    stocks: pl.DataFrame, stock_row: dict[str, int], station_row: dict[str, int], laws: _Laws
) -> tuple[Whole, Whole]:
    """Columns PLACE to USUAL_LEAD of the stock points, and ABOVE to LINK_NUMBER of two sources for each: the ordinary
    one and that of emergency orders."""
    count = stocks.height
    lead, expedite = laws.rows(stocks["lead_time"]), laws.rows(stocks["expedite_lead_time"])
    # base stock orders at every demand: its reorder point is one below the level
    reorder_at = pl.when(pl.col("policy") == "base_stock").then(pl.col("order_up_to") - 1).otherwise("reorder_point")
    first = 2 * np.arange(count)
    columns: dict[int, Whole | pl.Series] = {
        a.INITIAL: stocks["initial_stock"],
        a.POLICY: _choice(stocks["policy"], a.POLICY_KINDS),
        a.REORDER_AT: stocks.select(reorder_at.alias("at"))["at"],
        a.BATCH: stocks["order_quantity"],
        a.UP_TO: stocks["order_up_to"],
        a.ON_HAND_BASIS: (stocks["basis"] == "on_hand").cast(pl.Int64),
        a.EMERGENCY_RULE: _choice(stocks["emergency"], a.EMERGENCY_RULES),
        a.ANTICIPATES: stocks["anticipates"].cast(pl.Int64),
        a.SOURCES: first,
        a.SOURCES_END: first + 1,
        a.EXPEDITE: np.where(expedite >= 0, first + 1, -1),
        a.BUDGET: np.full(count, -1),
        a.SHELF_LIFE: _seconds(stocks["shelf_life_h"]),
        a.REVIEW_EVERY: np.maximum(_seconds(stocks["review_interval_h"]), 1),
        a.SERVICE_PPM: (stocks["service_level"].fill_null(0.0) * 1_000_000).round().cast(pl.Int64),
        a.DEMAND_EVERY: _seconds(1.0 / stocks["expected_rate_per_h"]),
        a.USUAL_LEAD: np.rint(laws.means_in_seconds(lead)).astype(np.int64),
    }
    given = np.zeros((count, a.USUAL_LEAD + 1), np.int64)
    for field, values in columns.items():
        given[:, field] = values
    return given[:, a.PLACE :], _sources(stocks, stock_row, station_row, lead, expedite)


def _sources(
    stocks: pl.DataFrame, stock_row: dict[str, int], station_row: dict[str, int], lead: Whole, expedite: Whole
) -> Whole:
    """The ordinary and the emergency source of each stock point, in turn."""
    above, station = _numbers(stocks["supplied_from"], stock_row), _numbers(stocks["station_id"], station_row)
    given = np.full((stocks.height, 2, a.LINK_NUMBER + 1), -1, np.int64)
    given[:, :, a.ABOVE] = above[:, None]
    given[:, :, a.STATION] = station[:, None]
    for number, law in enumerate((lead, expedite)):
        given[:, number, a.WORK] = np.where((above < 0) & (station >= 0), law, -1)
        given[:, number, a.LEAD] = np.where((above < 0) & (station < 0), law, -1)
        given[:, number, a.TRANSIT] = np.where(above >= 0, law, -1)
    for zero in (a.WORK_PER_PIECE, a.PRICE, a.LIST_PRICE, a.LEAST, a.PACK, a.FREIGHT_FIXED, a.FREIGHT_PER_TONNE,
                 a.CO2_MG_PER_KG, a.EMERGENCY_COST, a.SHARE_PPM, a.PLAN_LEAD, a.PLAN_PER_PIECE,
                 a.PLAN_TRANSIT):  # fmt: skip
        given[:, :, zero] = 0
    given[:, :, [a.LEAD_MOST, a.TRANSIT_MOST]] = a.NEVER
    return given.reshape(-1, a.LINK_NUMBER + 1)


def _choice(texts: pl.Series, kinds: tuple[str, ...]) -> Whole:
    return np.array([kinds.index(text) for text in texts], np.int64)


def _seconds(hours: pl.Series) -> Whole:
    """Whole seconds; 0 where there is no value; far beyond any horizon stays there."""
    whole: Whole = np.rint(np.minimum(hours.fill_null(0.0).to_numpy() * SECONDS, 1e17)).astype(np.int64)
    return whole


def _bounds(universe: Universe) -> tuple[Whole, int]:
    """Ends of the accounting periods [s] (warm-up first, if any; the last may be shorter), the first that counts."""
    horizon, warm_up = round(universe.horizon_h * SECONDS), round(universe.warm_up_h * SECONDS)
    starts = np.arange(warm_up, horizon, round(universe.period_h * SECONDS), dtype=np.int64)
    bounds = np.append(starts, horizon)
    return (np.insert(bounds, 0, 0), 1) if warm_up else (bounds, 0)
