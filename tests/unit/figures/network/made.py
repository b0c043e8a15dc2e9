"""A basin of platforms with two bases and five suppliers, played by a small simulation: tables to draw from.

Base stock everywhere; a platform asks its base, a base its supplier. In the scenario ``storm`` ships stay in port for
a month. Causes of waiting are drawn, not traced: only their sums are right.
"""

from __future__ import annotations

import heapq
import math
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.simulation_tables import COST_KINDS, SIMULATION_TABLES

DAYS = 360
PERIOD = 30.0
STORM = (150.0, 180.0)
SCENARIOS = ("today", "storm")
TABLES = {table.name: table for table in SIMULATION_TABLES}
_SUPPLIERS = (
    ("HAMBURG", "Hamburg valves", "DE", 53.55, 10.0),
    ("MILAN", "Milan pumps", "IT", 45.46, 9.19),
    ("LYON", "Lyon seals", "FR", 45.76, 4.84),
    ("GRIMSBY", "Grimsby bearings", "GB", 53.57, -0.07),
    ("HOUSTON", "Houston turbines", "US", 29.76, -95.37),
)
_BASES = (("STAVANGER", "Stavanger base", "NO", 58.97, 5.73), ("ABERDEEN", "Aberdeen base", "GB", 57.15, -2.09))
_PLATFORMS = tuple((f"P{number:02d}", f"Platform {number}", "", 57.0 + 0.42 * number, 3.2 - 0.35 * (number % 5))
                   for number in range(1, 13))  # fmt: skip
PARTS = tuple(f"PART-{number:03d}" for number in range(1, 16))
_PLACE = ("id", "name", "country", "latitude", "longitude")


def _base(platform: str) -> str:
    return "STAVANGER" if int(platform[1:]) % 2 else "ABERDEEN"


def _supplier(part: str, base: str) -> str:
    del base
    return _SUPPLIERS[PARTS.index(part) % len(_SUPPLIERS)][0]


@cache
def network(coordinates: bool = True) -> Network:
    """The basin; without coordinates (nor countries) only its layers are known."""
    places = [*((*row, "distribution centre") for row in _BASES), *((*row, "site") for row in _PLATFORMS)]
    suppliers = pl.DataFrame(_SUPPLIERS, schema=["supplier_id", *_PLACE[1:]], orient="row")
    stocked = pl.DataFrame(places, schema=["place_id", *_PLACE[1:], "kind"], orient="row")
    if not coordinates:
        none = [pl.lit(None, pl.Float64).alias(name) for name in ("latitude", "longitude")]
        suppliers, stocked = (frame.with_columns(*none, country=pl.lit("")) for frame in (suppliers, stocked))
    modes = {"HOUSTON": "air", "HAMBURG": "road", "MILAN": "road", "LYON": "road", "GRIMSBY": "sea"}
    links = [
        {"link_id": f"{source}-{base}", "from_id": source, "to_id": base, "mode": modes[source],
         "transit_time": "7", "distance_km": None}
        for source, *_ in _SUPPLIERS for base, *_ in _BASES
    ] + [
        {"link_id": f"{_base(row[0])}-{row[0]}", "from_id": _base(row[0]), "to_id": row[0], "mode": "sea",
         "transit_time": "2", "distance_km": None}
        for row in _PLATFORMS
    ]  # fmt: skip
    sourcing = [{"place_id": row[0], "source_id": _base(row[0])} for row in _PLATFORMS]
    sourcing += [{"part_id": part, "place_id": base, "source_id": _supplier(part, base)}
                 for part in PARTS for base, *_ in _BASES]  # fmt: skip
    parts = [{"part_id": part, "description": f"Spare {i}", "unit_cost": 100.0 * (i + 1), "weight_kg": 20.0}
             for i, part in enumerate(PARTS)]  # fmt: skip
    stock = [{"part_id": part, "place_id": row[0], "order_up_to": 1, "initial_stock": 1}
             for part in PARTS for row in _PLATFORMS]  # fmt: skip
    stock += [{"part_id": part, "place_id": base, "order_up_to": 5, "initial_stock": 5}
              for part in PARTS for base, *_ in _BASES]  # fmt: skip
    tables = {"links": links, "sourcing": sourcing, "parts": parts, "stock": stock}
    tables["settings"] = [{"horizon_days": float(DAYS), "period_days": PERIOD}]
    tables["customers"] = [{"customer_id": f"OPERATOR-{i}", "name": f"Operator {i}"} for i in range(3)]
    frames = {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in tables.items()}
    built = Network.of({"suppliers": suppliers, "places": stocked, **frames}, "North Sea basin")
    return with_distances(built) if coordinates else built


class _Play:
    """One run of one scenario; ``rows`` are the events."""

    def __init__(self, scenario: str, replication: int, rate: float) -> None:
        self.scenario, self.replication, self.rate = scenario, replication, rate
        self.random = np.random.default_rng(100 + replication)
        self.rows: list[dict[str, Any]] = []
        self.agenda: list[tuple[float, int, str, tuple[Any, ...]]] = []
        self.stock = {(r["part_id"], r["place_id"]): r["initial_stock"] for r in network()["stock"].to_dicts()}
        self.owed: dict[tuple[str, str], list[tuple[float, str]]] = {key: [] for key in self.stock}

    def later(self, day: float, what: str, *about: Any) -> None:
        heapq.heappush(self.agenda, (day, len(self.rows) + len(self.agenda) * 10**6, what, about))

    def note(self, day: float, kind: str, part: str, place: str, **more: Any) -> None:
        known = {"scenario": self.scenario, "replication": self.replication, "day": day, "kind": kind, "part_id": part,
                 "place_id": place, "on_hand": self.stock[part, place]}  # fmt: skip
        self.rows.append({**known, **more})

    def run(self) -> pl.DataFrame:
        count = self.random.poisson(self.rate * DAYS)
        for day in np.sort(self.random.uniform(0, DAYS, count)):
            self.later(float(day), "demand", str(self.random.choice(PARTS)),
                       _PLATFORMS[int(self.random.integers(len(_PLATFORMS)))][0])  # fmt: skip
        while self.agenda:
            day, _, what, about = heapq.heappop(self.agenda)
            if day < DAYS:
                getattr(self, what)(day, *about)
        return TABLES["events"].completed(pl.DataFrame(self.rows, infer_schema_length=None)).select(
            TABLES["events"].names).cast(TABLES["events"].schema)  # fmt: skip

    def demand(self, day: float, part: str, place: str) -> None:
        customer = f"OPERATOR-{int(place[1:]) % 3}"
        short = self.stock[part, place] == 0
        self.stock[part, place] -= not short
        self.note(day, "demand", part, place, customer_id=customer, quantity=1)
        if short:
            self.note(day, "stock_out", part, place, customer_id=customer, quantity=1)
            self.owed[part, place].append((day, customer))
        self.order(day, part, place, _base(place))

    def ask(self, day: float, part: str, place: str, who: str) -> None:
        self.owed[part, place].append((day, who))
        self.serve(day, part, place)

    def serve(self, day: float, part: str, place: str) -> None:
        waiting = self.owed[part, place]
        while waiting and self.stock[part, place] > 0:
            since, who = waiting.pop(0)
            self.stock[part, place] -= 1
            if who.startswith("OPERATOR"):
                self.note(day, "issue", part, place, customer_id=who, quantity=1, days=day - since)
            else:
                self.send(day, part, who, place, 2.0 * self.random.gamma(4, 0.25))

    def order(self, day: float, part: str, place: str, source: str) -> None:
        self.note(day, "order", part, place, source_id=source, quantity=1, link_id=f"{source}-{place}")
        if source in dict.fromkeys(row[0] for row in _BASES):
            self.ask(day, part, source, place)
            self.order(day, part, source, _supplier(part, source))
        else:
            self.later(day + float(self.random.gamma(3, 6.0)), "make", part, place, source)

    def make(self, day: float, part: str, place: str, source: str) -> None:
        self.send(day, part, place, source, 7.0 * self.random.gamma(4, 0.25))

    def send(self, day: float, part: str, place: str, source: str, days: float) -> None:
        if self.scenario == "storm" and source in ("STAVANGER", "ABERDEEN") and STORM[0] <= day < STORM[1]:
            self.later(STORM[1], "leave", part, place, source, days)
        else:
            self.leave(day, part, place, source, days)

    def leave(self, day: float, part: str, place: str, source: str, days: float) -> None:
        about = {"source_id": source, "link_id": f"{source}-{place}", "quantity": 1, "days": float(days)}
        self.note(day, "shipment", part, place, **about)
        self.later(day + float(days), "arrive", part, place, about)

    def arrive(self, day: float, part: str, place: str, about: dict[str, Any]) -> None:
        self.stock[part, place] += 1
        self.note(day, "transfer" if place.startswith("P") else "delivery", part, place, **about)
        self.serve(day, part, place)


@cache
def events(scenario: str = "today", replication: int = 0, rate: float = 1.5) -> pl.DataFrame:
    """EVENTS of one run; ``rate``: demands a day in the whole basin."""
    return _Play(scenario, replication, rate).run()


@cache
def tables(replications: int = 4) -> dict[str, pl.DataFrame]:
    """Every table of SIMULATION_TABLES for both scenarios."""
    runs = [events(name, replication) for name in SCENARIOS for replication in range(replications)]
    played = pl.concat(runs).with_columns((pl.col("day") // PERIOD).cast(pl.Int64).alias("period"))
    found = {"events": pl.concat(events(name) for name in SCENARIOS), "series": _series(played)}
    found["points"] = _totals(played, "part_id", "place_id").group_by("scenario", "part_id", "place_id").agg(
        pl.col(pl.Int64, pl.Float64).exclude("replication").sum() / replications)  # fmt: skip
    served = played.filter(pl.col("customer_id").is_not_null())
    found["customers"] = _totals(served, "replication", "customer_id")
    found["causes"] = _causes(found["series"])
    found["measures"], found["differences"] = _measures(found["series"])
    return {name: _whole(name, frame) for name, frame in found.items()}


def _whole(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    table = TABLES[name]
    return table.completed(frame).select(table.names).cast(table.schema)


def _totals(played: pl.DataFrame, *by: str) -> pl.DataFrame:
    kind, days = pl.col("kind"), pl.col("days").fill_null(0.0)
    return played.group_by("scenario", *by, maintain_order=True).agg(
        (kind == "demand").sum().cast(pl.Int64).alias("demands"),
        ((kind == "demand").sum().cast(pl.Int64) - (kind == "stock_out").sum().cast(pl.Int64)).alias("filled"),
        (kind == "demand").sum().cast(pl.Int64).alias("pieces_demanded"),
        ((kind == "demand").sum().cast(pl.Int64) - (kind == "stock_out").sum().cast(pl.Int64)).alias("pieces_filled"),
        ((kind == "issue") & (days > 5)).sum().cast(pl.Int64).alias("pieces_late"),
        days.filter(kind == "issue").sum().alias("waiting_piece_days"),
        (kind == "order").sum().cast(pl.Int64).alias("orders"),
        kind.is_in(["delivery", "transfer"]).sum().cast(pl.Int64).alias("pieces_received"),
    )  # fmt: skip


def _series(played: pl.DataFrame) -> pl.DataFrame:
    counted = _totals(played, "replication", "place_id", "period").sort("scenario", "replication", "place_id", "period")
    random = np.random.default_rng(5)
    stock = 12.0 + random.normal(0, 2, counted.height)
    costs = [pl.lit(10.0).alias(f"{kind}_cost") for kind in COST_KINDS]
    return counted.with_columns(
        *costs,
        (pl.col("period") * PERIOD).alias("start_day"),
        pl.Series("on_hand_piece_days", stock * PERIOD),
        pl.Series("end_on_hand", stock.round().astype(int)),
        pl.Series("stock_value", stock * 700.0),
        pl.lit(3.0).alias("co2_kg"),
    )


def _causes(series: pl.DataFrame) -> pl.DataFrame:
    random = np.random.default_rng(7)
    shares = (
        ("cover here", "place", "", 0.0, 0.35), ("lead time in plan", "supplier", "MILAN", 0.3, 0.0),
        ("lead time beyond plan", "supplier", "MILAN", 0.2, 0.25), ("capacity queue", "supplier", "LYON", 0.15, 0.15),
        ("link closed", "link", "STAVANGER-P01", 0.1, 0.25), ("transport in plan", "link", "ABERDEEN-P02", 0.25, 0.0),
    )  # fmt: skip
    rows = []
    for row in series.group_by("scenario", "place_id", "period", maintain_order=True).agg(
        pl.col("waiting_piece_days").mean()).to_dicts():  # fmt: skip
        total = round(86400 * row["waiting_piece_days"])
        for cause, kind, entity, timeline, critical in shares:
            about = {"cause": cause, "entity_kind": kind, "entity_id": entity or row["place_id"]}
            about |= {"part_id": str(random.choice(PARTS)), "customer_id": "OPERATOR-1", "waits": 1}
            keys = {name: row[name] for name in ("scenario", "place_id", "period")}
            rows.append({**keys, **about, "timeline_seconds": round(timeline * total),
                         "critical_seconds": round(critical * total)})  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def _measures(series: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of each run: share filled, waiting, stock value; means with intervals, and paired differences."""
    runs = series.group_by("scenario", "replication", maintain_order=True).agg(
        (pl.col("filled").sum() / pl.col("demands").sum()).alias("fill_rate"),
        pl.col("waiting_piece_days").sum(),
        pl.col("stock_value").sum() / pl.col("period").n_unique(),
        (pl.col("holding_cost").sum() * 1000).alias("total_cost"),
    ).sort("scenario", "replication")  # fmt: skip
    units = {"fill_rate": "share of lines", "waiting_piece_days": "piece d", "stock_value": "EUR", "total_cost": "EUR"}
    means, differences = [], []
    for measure, unit in units.items():
        by = {name: runs.filter(pl.col("scenario") == name)[measure].to_numpy() for name in SCENARIOS}
        for name, values in by.items():
            means.append({"scenario": name, "measure": measure, "unit": unit, **_interval(values, "mean")})
        gap = by["storm"] - by["today"]
        differences.append({"scenario": "storm", "measure": measure, "unit": unit, **_interval(gap, "difference"),
                            "variance_ratio": 3.0})  # fmt: skip
    return pl.DataFrame(means), pl.DataFrame(differences)


def _interval(values: np.ndarray[Any, Any], name: str) -> dict[str, float]:
    mean, half = float(values.mean()), 3.2 * float(values.std(ddof=1)) / math.sqrt(len(values))
    return {name: mean, "low": mean - half, "high": mean + half}
