"""The event record of one replication in names, days and money."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.memory import Floats, Whole
from spareverse.network.simulation_tables import EVENTS
from spareverse.simulation.universe.compile import CompiledUniverse
from spareverse.simulation.universe.event_store import EventStore
from spareverse.simulation.universe.laws import DAY

CENTS = 100.0


class EventRecord:
    """Gives the engine's rows their names, piece by piece, and keeps them in a store."""

    def __init__(self, scenario: str, compiled: CompiledUniverse) -> None:
        self._scenario, self._compiled = scenario, compiled
        self.store = EventStore(int(compiled.entities.bounds[-1]) / DAY)

    def add(self, rows: Whole) -> None:
        """Rows of the record, in the order in which they were written."""
        if len(rows):
            self.store.add(self._named(rows))

    def _named(self, rows: Whole) -> pl.DataFrame:
        compiled = self._compiled
        frame = pl.from_numpy(rows, schema=list(a.RECORD))
        points = compiled.stocks.select("part_id", "place_id")[frame["stock"].to_numpy()]
        customer, source = frame["customer"].to_numpy(), frame["source"].to_numpy()
        cost, co2 = self._money(frame, customer, source)
        return (
            frame.with_columns(
                points["part_id"],
                points["place_id"],
                _named_rows(compiled.customers["customer_id"], customer, "customer_id"),
                _named_rows(compiled.sources["source_id"], source, "source_id"),
                _named_rows(compiled.sources["link_id"], source, "link_id"),
                pl.Series("cost", cost),
                pl.Series("co2_kg", co2),
                scenario=pl.lit(self._scenario),
                day=pl.col("time") / DAY,
                days=pl.col("duration") / DAY,
                kind=pl.col("kind").replace_strict(dict(enumerate(a.RECORD_KINDS)), return_dtype=pl.String),
            )
            .select(EVENTS.names)
            .cast(EVENTS.schema)
        )

    def _money(self, frame: pl.DataFrame, customer: Whole, source: Whole) -> tuple[Floats, Floats]:
        """What each event cost and emitted, by the engine's own whole numbers: sums equal the accounts."""
        given = self._compiled.entities
        kind, quantity = frame["kind"].to_numpy(), frame["quantity"].to_numpy()
        duration = frame["duration"].to_numpy()
        cents = np.zeros(len(frame), np.int64)
        mg = np.zeros(len(frame), np.int64)
        weight = given.stocks[frame["stock"].to_numpy(), a.WEIGHT - a.PLACE]
        ship = kind == a.R_SHIPMENT
        of = given.sources[source[ship]]
        grams = quantity[ship] * weight[ship]
        cents[ship] = of[:, a.FREIGHT_FIXED] + grams * of[:, a.FREIGHT_PER_TONNE] // 1_000_000
        mg[ship] = grams * of[:, a.CO2_MG_PER_KG] // 1000
        buys = kind == a.R_PURCHASE
        cents[buys] = quantity[buys] * self._unit_price(source[buys], quantity[buys])
        hurried = kind == a.R_EMERGENCY_ORDER
        cents[hurried] = given.sources[source[hurried], a.EMERGENCY_COST]
        lost = kind == a.R_LOST
        cents[lost] = quantity[lost] * given.customers[customer[lost], a.LOST_COST]
        issued = (kind == a.R_ISSUE) & (customer >= 0)
        terms = given.customers[customer[issued]]
        late = np.maximum(duration[issued] - terms[:, a.COMMITMENT], 0) * (terms[:, a.COMMITMENT] >= 0)
        days, seconds = np.divmod(quantity[issued] * late, DAY)
        penalty = terms[:, a.PENALTY]
        cents[issued] = (days * penalty + seconds * penalty // DAY) // 1000
        return cents / CENTS, mg / 1e6

    def _unit_price(self, source: Whole, quantity: Whole) -> Whole:
        given = self._compiled.entities
        rows = given.sources[source]
        price = rows[:, a.PRICE].copy()
        for step in range(int((rows[:, a.BREAKS_END] - rows[:, a.BREAKS]).max(initial=0))):
            row = rows[:, a.BREAKS] + step
            has = row < rows[:, a.BREAKS_END]
            at = given.breaks[np.where(has, row, 0)]
            price = np.where(has & (at[:, 0] <= quantity), at[:, 1], price)
        return price


def _named_rows(names: pl.Series, rows: Whole, name: str) -> pl.Series:
    """Names of rows; null for -1."""
    with_none = pl.concat([names, pl.Series(names.name, [None], names.dtype)])
    return with_none[np.where(rows < 0, len(names), rows)].alias(name)
