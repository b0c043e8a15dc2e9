"""Sources of stock points: suppliers with their queues and lead times, places above, the links between."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.engine import memory as a
from spareverse.engine.memory import Streams, Whole
from spareverse.network.network import Network
from spareverse.simulation.universe.keys import name_keys, numbered
from spareverse.simulation.universe.laws import DAY, LawTable
from spareverse.simulation.universe.rates import RateTable

CENTS = 100
GRAMS = 1_000
PPM = 1_000_000
WORKS = {"outage": "zero", "capacity_loss": "same"}
DELIVERS = {"outage": "zero", "lead_time_stretch": "inverse"}
TRAVELS = {"lead_time_stretch": "inverse"}
OPEN = {"link_closure": "zero"}
LOADS = {"capacity_loss": "same"}
RELEASED = {"quality_hold": "zero"}


@dataclass(frozen=True)
class Sources:
    """Rows of sources: the ordinary ones of each stock point together, those of emergency orders behind."""

    given: Whole
    """[S, 28] ABOVE ... LINK_NUMBER"""
    stock: Whole
    """[S] the stock point that orders there"""
    names: pl.DataFrame
    """source_id, link_id"""
    keys: Streams
    first: Whole
    """[K] first and end row of each stock point, and its emergency source (-1: none)"""
    end: Whole
    emergency: Whole
    stations: Whole
    breaks: Whole
    trails: int
    lead: Whole
    """[S] numbers of the laws of work, lead time and transit"""
    work: Whole
    transit: Whole

    def reordered(self, order: Whole) -> Sources:
        """For stock points in another order; rows of sources stay where they are."""
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        given = self.given.copy()
        above = given[:, a.ABOVE]
        given[:, a.ABOVE] = np.where(above < 0, -1, place[above])
        return replace(
            self, given=given, stock=place[self.stock], first=self.first[order], end=self.end[order],
            emergency=self.emergency[order],
        )  # fmt: skip

    def with_laws(self, laws: LawTable) -> Sources:
        """With places in the float memory instead of numbers of laws."""
        given = self.given.copy()
        for column in (a.WORK, a.LEAD, a.TRANSIT):
            given[:, column] = laws.rows(given[:, column])
        return replace(self, given=given)

    def usual_lead(self, laws: LawTable, pieces: Whole) -> Whole:
        """Mean seconds from order to receipt at each stock point's first source, work on a usual order included.

        pieces
            [K] of a usual order; the source may ask for more. 0 where a stock point has no source.
        """
        mean = np.asarray(sum(laws.mean_seconds(law) for law in (self.work, self.lead, self.transit)))
        has = self.end > self.first
        first = np.minimum(self.first, max(len(self.stock) - 1, 0))
        given = self.given[first] if len(self.given) else np.zeros((len(first), a.LINK_NUMBER + 1), np.int64)
        work = given[:, a.WORK_PER_PIECE] * (np.maximum(pieces, given[:, a.LEAST]) - 1)
        usual = np.where(has, mean[first] if len(mean) else 0.0, 0.0) + np.where(has, work, 0)
        seconds: Whole = np.rint(usual).astype(np.int64)
        return seconds


def compile_sources(
    network: Network, stock: pl.DataFrame, laws: LawTable, rates: RateTable, blamed: pl.DataFrame
) -> Sources:
    """Every alternative of every stock point, in order of rank, source and link; then the emergency ways."""
    rows = _alternatives(network, stock)
    suppliers, links, stations = _suppliers(network, rates), _links(network, rates), _Stations()
    ordinary = rows.height
    emergency = rows.filter(pl.col("emergency_lead_time").is_not_null()).unique(
        "stock", keep="first", maintain_order=True
    )
    both = pl.concat([rows, emergency])
    urgent = np.arange(both.height) >= ordinary
    both = _with_facts(both, suppliers, links, stock, blamed)
    given = np.full((both.height, a.LINK_NUMBER + 1), -1, np.int64)
    internal = both["above"].is_not_null().to_numpy()
    station = stations.of_suppliers(suppliers, both["source_id"])
    dock = stations.of_links(links, both["link_id"])
    lead, work = laws.numbers(both["lead_time"]), laws.numbers(both["work_time"])
    transit, hurried = laws.numbers(both["transit_time"]), laws.numbers(both["emergency_lead_time"])
    lead = np.where(urgent & ~internal, hurried, np.where(internal, -1, lead))
    transit = np.where(urgent, np.where(internal, hurried, -1), transit)
    work = np.where(urgent | internal | (station < 0), -1, work)
    plain = ~urgent

    def money(column: str, scale: float) -> Whole:
        return np.rint(both[column].fill_null(0.0).to_numpy() * scale).astype(np.int64)

    per_piece = np.where(work >= 0, money("work_per_piece_days", DAY), 0)
    told = both["planned_lead_time_days"].is_not_null().to_numpy() & plain
    planned_lead = np.where(
        told,
        both["planned_lead_time_days"].fill_null(0.0).to_numpy() * DAY,
        laws.mean_seconds(lead) + laws.mean_seconds(work),
    )
    planned_transit = np.where(
        both["planned_transit_days"].is_not_null().to_numpy() & plain,
        both["planned_transit_days"].fill_null(0.0).to_numpy() * DAY,
        laws.mean_seconds(transit),
    )
    breaks, breaks_from, breaks_until = _breaks(network, both)
    trail, trails = _trails(both, stock, plain)
    co2_mg_per_kg = both["co2"].fill_null(0.0).to_numpy() * both["distance_km"].fill_null(0.0).to_numpy() * 1e3
    columns: dict[int, Whole] = {
        a.ABOVE: both["above"].fill_null(-1).to_numpy(),
        a.STATION: np.where(plain & ~internal, station, -1),
        a.WORK: work,
        a.WORK_PER_PIECE: per_piece,
        a.LEAD: lead,
        a.TRANSIT: transit,
        a.SUPPLIER_SPEED: both["speed"].fill_null(-1).to_numpy(),
        a.LINK_SPEED: np.where(plain, both["link_speed"].fill_null(-1).to_numpy(), -1),
        a.LINK_GATE: both["gate"].fill_null(-1).to_numpy(),
        a.HOLD: rates.of_goods(both.select("source_id", "link_id", "category"), RELEASED),
        a.DOCK: np.where(plain, dock, -1),
        a.DOCK_GRAMS_PER_DAY: money("capacity_kg_per_day", GRAMS),
        a.PRICE: np.where(internal, 0, money("price", CENTS)),
        a.LIST_PRICE: np.where(internal, 0, money("unit_cost", CENTS)),
        a.BREAKS: breaks_from,
        a.BREAKS_END: breaks_until,
        a.LEAST: both["min_order_quantity"].fill_null(1).to_numpy(),
        a.PACK: both["pack_size"].fill_null(1).to_numpy(),
        a.FREIGHT_FIXED: money("cost_per_shipment", CENTS),
        a.FREIGHT_PER_TONNE: money("cost_per_kg", CENTS * 1000.0),
        a.CO2_MG_PER_KG: np.rint(co2_mg_per_kg).astype(np.int64),
        a.EMERGENCY_COST: np.where(urgent, money("emergency_cost", CENTS), 0),
        a.SHARE_PPM: _shares(both, plain),
        a.PLAN_LEAD: np.rint(planned_lead).astype(np.int64),
        a.PLAN_PER_PIECE: np.where(told, 0, per_piece),
        a.PLAN_TRANSIT: np.rint(planned_transit).astype(np.int64),
        a.LEAD_MOST: np.full(both.height, a.NEVER),
        a.TRANSIT_MOST: np.full(both.height, a.NEVER),
        a.TRAIL: trail,
        a.SUPPLIER_NUMBER: both["source_number"].fill_null(-1).to_numpy(),
        a.LINK_NUMBER: both["link_number"].fill_null(-1).to_numpy(),
    }  # fmt: skip
    for column, values in columns.items():
        given[:, column] = values
    of_stock = both["stock"].to_numpy().astype(np.int64)
    first = np.searchsorted(of_stock[:ordinary], np.arange(stock.height))
    end = np.searchsorted(of_stock[:ordinary], np.arange(stock.height), side="right")
    quick = np.full(stock.height, -1, np.int64)
    quick[of_stock[ordinary:]] = np.arange(ordinary, both.height)
    keys = name_keys("source", *(both[name] for name in ("part_id", "place_id", "source_id", "link_id")))
    return Sources(
        given, of_stock, both.select("source_id", "link_id"), keys, first, end, quick,
        stations.rows(), breaks, trails, lead, work, transit,
    )  # fmt: skip


def _alternatives(network: Network, stock: pl.DataFrame) -> pl.DataFrame:
    """Rows of sourcing per stock point: its own, else those of the place for every part."""
    points = stock.select("part_id", "place_id", "category", pl.col("unit_cost")).with_row_index("stock")
    sourcing = network["sourcing"]
    own = points.join(sourcing.filter(pl.col("part_id").is_not_null()), on=["part_id", "place_id"], how="inner")
    rest = points.join(own.select("stock").unique(), on="stock", how="anti")
    general = rest.join(sourcing.filter(pl.col("part_id").is_null()).drop("part_id"), on="place_id", how="inner")
    columns = own.columns
    rows = pl.concat([own.select(columns), general.select(columns)])
    links = network["links"].sort("link_id").unique(["from_id", "to_id"], keep="first", maintain_order=True)
    between = links.select(
        pl.col("from_id").alias("source_id"), pl.col("to_id").alias("place_id"), pl.col("link_id").alias("usual_link")
    )
    return (
        rows.join(between, on=["source_id", "place_id"], how="left")
        .with_columns(link_id=pl.coalesce("link_id", "usual_link"))
        .drop("usual_link")
        .sort("stock", "rank", "source_id", "link_id")
    )


def _suppliers(network: Network, rates: RateTable) -> pl.DataFrame:
    """Suppliers with the profiles of their work and of their lead times."""
    table = network["suppliers"].sort("supplier_id")
    names = table["supplier_id"]
    return table.select(
        pl.col("supplier_id").alias("source_id"), "lines", "work_time", "work_per_piece_days",
        pl.Series("work_speed", rates.of_targets(names, WORKS, "supplier")),
        pl.Series("speed", rates.of_targets(names, DELIVERS, "supplier")),
    )  # fmt: skip


def _links(network: Network, rates: RateTable) -> pl.DataFrame:
    """Links with their gates and speeds."""
    table = network["links"].sort("link_id")
    names = table["link_id"]
    return table.select(
        "link_id", "distance_km", "transit_time", "planned_transit_days", "capacity_kg_per_day", "cost_per_kg",
        "cost_per_shipment", pl.col("co2_kg_per_tonne_km").alias("co2"),
        pl.Series("link_speed", rates.of_targets(names, TRAVELS, "link")),
        pl.Series("gate", rates.of_targets(names, OPEN, "link")),
        pl.Series("dock_speed", rates.of_targets(names, LOADS, "link")),
    )  # fmt: skip


def _with_facts(
    rows: pl.DataFrame, suppliers: pl.DataFrame, links: pl.DataFrame, stock: pl.DataFrame, blamed: pl.DataFrame
) -> pl.DataFrame:
    """Rows with what is known of their supplier, of the stock point above and of their link."""
    above = stock.select("part_id", pl.col("place_id").alias("source_id")).with_row_index("above")
    place = blamed.filter(pl.col("entity_kind").is_in(["place", "supplier"]))
    number = place.select(
        pl.col("entity_id").alias("source_id"), pl.col("number").cast(pl.Int64).alias("source_number")
    )
    link = blamed.filter(pl.col("entity_kind") == "link")
    of_link = link.select(pl.col("entity_id").alias("link_id"), pl.col("number").cast(pl.Int64).alias("link_number"))
    joined = (
        rows.join(suppliers, on="source_id", how="left", maintain_order="left")
        .join(above.cast({"above": pl.Int64}), on=["part_id", "source_id"], how="left", maintain_order="left")
        .join(links, on="link_id", how="left", maintain_order="left")
        .join(number, on="source_id", how="left", maintain_order="left")
        .join(of_link, on="link_id", how="left", maintain_order="left")
    )
    return joined.with_columns(
        above=pl.when(pl.col("source_id").is_in(suppliers["source_id"].to_list())).then(None).otherwise("above"),
        price=pl.coalesce("unit_price", "unit_cost"),
    )


class _Stations:
    """Queues: those of suppliers with lines, and the docks of links with a capacity."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int]] = []

    def rows(self) -> Whole:
        return np.array(self._rows, np.int64).reshape(-1, 2)

    def of_suppliers(self, suppliers: pl.DataFrame, used: pl.Series) -> Whole:
        limited = suppliers.filter(pl.col("lines").is_not_null())
        return self._queues(used, limited["source_id"], limited.select("lines", "work_speed").rows())

    def of_links(self, links: pl.DataFrame, used: pl.Series) -> Whole:
        limited = links.filter(pl.col("capacity_kg_per_day").is_not_null())
        return self._queues(used, limited["link_id"], [(1, speed) for speed in limited["dock_speed"]])

    def _queues(self, used: pl.Series, names: pl.Series, rows: list[tuple[int, int]]) -> Whole:
        """Add a queue for each name; returns which of them each row uses."""
        first = len(self._rows)
        self._rows += rows
        found = numbered(used, names)
        return np.where(found < 0, -1, first + found)


def _breaks(network: Network, rows: pl.DataFrame) -> tuple[Whole, Whole, Whole]:
    """Price breaks [., 2] by part and supplier, and the first and end row of each source."""
    table = network["price_breaks"].sort("part_id", "supplier_id", "from_quantity").with_row_index("row")
    breaks = table.select("from_quantity", (pl.col("unit_price") * CENTS).round().cast(pl.Int64)).to_numpy()
    spans = table.group_by("part_id", "supplier_id").agg(
        pl.col("row").min().cast(pl.Int64).alias("from"), (pl.col("row").max().cast(pl.Int64) + 1).alias("until")
    )
    found = rows.select("part_id", pl.col("source_id").alias("supplier_id")).join(
        spans, on=["part_id", "supplier_id"], how="left", maintain_order="left"
    )
    ends = [found[name].fill_null(0).to_numpy().astype(np.int64) for name in ("from", "until")]
    return breaks.astype(np.int64).reshape(-1, 2), ends[0], ends[1]


def _trails(rows: pl.DataFrame, stock: pl.DataFrame, plain: NDArray[np.bool_]) -> tuple[Whole, int]:
    """Trail of each source of an adaptive buyer: one per place and source, shared by all its parts."""
    adaptive = (stock["sourcing_rule"] == "adaptive").to_numpy()[rows["stock"].to_numpy()] & plain
    lanes = rows.select(pl.concat_str("place_id", "source_id", separator="\x1f").alias("lane"))["lane"]
    used = lanes.filter(pl.Series(adaptive)).unique().sort()
    return np.where(adaptive, numbered(lanes, used), -1), len(used)


def _shares(rows: pl.DataFrame, plain: NDArray[np.bool_]) -> Whole:
    """Shares of a stock point's sources in millionths; together one."""
    share = rows.select("stock", pl.col("share").fill_null(1.0)).with_columns(plain=pl.Series(plain))
    whole = share.select(
        (pl.col("share") / pl.col("share").filter("plain").sum().over("stock").clip(lower_bound=1e-12)).alias("part")
    )["part"].fill_nan(0.0)
    millionths: Whole = np.rint(np.minimum(whole.to_numpy(), 1.0) * PPM).astype(np.int64)
    return millionths
