"""Charges of waits summed as they come: a row of whole numbers per waiter, period, cause and what it happened at."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.memory import Whole
from spareverse.network.simulation_tables import CAUSE_TABLE, CAUSES
from spareverse.simulation.universe.compile import CompiledUniverse

LEAST_SUMMED = 500_000
"""Rows that may lie side by side before equal ones are summed."""
_PERIOD, _STOCK, _CUSTOMER, _CAUSE, _ENTITY = (
    a.CHARGE.index(name) for name in ("period", "stock", "customer", "cause", "entity")
)
_SUMMED = {"timeline": "timeline_seconds", "critical": "critical_seconds", "waits": "waits"}


class ChargeNames:
    """What the engine's numbers of a charge are called, and one number for all of them that sorts as the names do."""

    def __init__(self, compiled: CompiledUniverse) -> None:
        self._points = compiled.stocks.select("part_id", "place_id")[np.argsort(compiled.rank)]
        customers = compiled.customers["customer_id"]
        known = customers.drop_nulls().unique().sort()
        self._customers = pl.concat([pl.Series("customer_id", [None], pl.String), known])
        names = len(self._customers)
        row = np.zeros(len(customers), np.int64)
        if len(known):
            found = customers.replace_strict(known, np.arange(1, names), default=None, return_dtype=pl.Int64)
            row = found.fill_null(0).to_numpy().astype(np.int64)
        own = compiled.rank[compiled.entities.customers[:, a.CUSTOMER_STOCK]] * names + row
        nobody = compiled.rank * names
        self._waiters, number = np.unique(np.concatenate([own, nobody]), return_inverse=True)
        self._of_customer, self._of_stock = number[: len(own)], number[len(own) :]
        self._causes = pl.Series("cause", sorted(CAUSES))
        self._of_cause = np.argsort(np.argsort(np.array(CAUSES)))
        blamed = compiled.blamed.sort("entity_id", "entity_kind")
        nothing = pl.DataFrame({name: [None] for name in ("entity_kind", "entity_id")}, schema_overrides=_TEXT)
        self._entities = pl.concat([nothing, blamed.select("entity_kind", "entity_id")])
        self._of_entity = np.zeros(blamed.height + 1, np.int64)  # the last one is for -1: nothing
        self._of_entity[blamed["number"].to_numpy()] = np.arange(1, blamed.height + 1)
        self._sizes = (len(compiled.entities.bounds), len(CAUSES), len(self._entities))
        self._first = int(np.searchsorted(compiled.entities.bounds, compiled.entities.counted_from))

    def keys(self, charges: Whole) -> Whole:
        """[n] one number per row [n, CHARGE]."""
        periods, causes, entities = self._sizes
        stock, customer = charges[:, _STOCK], charges[:, _CUSTOMER]
        waiter = self._of_stock[stock]
        someone = customer >= 0
        waiter[someone] = self._of_customer[customer[someone]]
        key: Whole = waiter * periods + charges[:, _PERIOD]
        key = key * causes + self._of_cause[charges[:, _CAUSE]]
        return key * entities + self._of_entity[charges[:, _ENTITY]]

    def columns(self, keys: Whole) -> dict[str, pl.Series]:
        """The names that ``keys`` stand for."""
        periods, causes, entities = self._sizes
        rest, entity = np.divmod(keys, entities)
        rest, cause = np.divmod(rest, causes)
        waiter, period = np.divmod(rest, periods)
        point, customer = np.divmod(self._waiters[waiter], len(self._customers))
        return {
            "part_id": self._points["part_id"].gather(point),
            "place_id": self._points["place_id"].gather(point),
            "customer_id": self._customers.gather(customer),
            "period": pl.Series(period - self._first),
            "cause": self._causes.gather(cause),
            "entity_kind": self._entities["entity_kind"].gather(entity),
            "entity_id": self._entities["entity_id"].gather(entity),
        }


_TEXT = {"entity_kind": pl.String, "entity_id": pl.String}


class ChargeSums:
    """Rows of key and sums; equal keys are summed whenever the rows have doubled, so that memory stays in proportion
    to what there is to tell apart."""

    def __init__(self) -> None:
        self._pieces: list[pl.DataFrame] = []
        self._rows = 0
        self.distinct = 0

    def add(self, piece: pl.DataFrame) -> None:
        """Columns key, timeline, critical, waits."""
        self._pieces.append(piece)
        self._rows += piece.height
        if self._rows > 2 * self.distinct + LEAST_SUMMED:
            self.whole()

    def whole(self) -> pl.DataFrame | None:
        """A row for each key; None where there is none."""
        if len(self._pieces) > 1 or self._rows > self.distinct:
            summed = pl.concat(self._pieces).group_by("key").agg(pl.col(list(_SUMMED)).sum())
            self._pieces, self._rows, self.distinct = [summed], summed.height, summed.height
        return self._pieces[0] if self._pieces else None


class Charges:
    """Charges of one scenario: those of a replication apart until it is done, since it may begin again."""

    def __init__(self, compiled: CompiledUniverse) -> None:
        self._names = ChargeNames(compiled)
        self._open: dict[int, ChargeSums] = {}
        self._done = ChargeSums()

    def restart(self, replication: int) -> None:
        self._open.pop(replication, None)

    def add(self, replication: int, charges: Whole) -> None:
        """Rows [n, CHARGE] of a replication, as the engine wrote them."""
        columns = {name: charges[:, a.CHARGE.index(name)] for name in _SUMMED}
        piece = pl.DataFrame({"key": self._names.keys(charges), **columns})
        self._open.setdefault(replication, ChargeSums()).add(piece)

    def finish(self, replication: int) -> int:
        """The replication is done; returns how many rows all have at least. Not for two threads at a time."""
        own = self._open.pop(replication, ChargeSums()).whole()
        if own is not None:
            self._done.add(own)
        return max(self._done.distinct, own.height if own is not None else 0)

    def table(self, scenario: str) -> pl.DataFrame:
        """Sums over all replications (schema CAUSE_TABLE), by part, place, customer, period and cause."""
        whole = self._done.whole()
        if whole is None:
            return CAUSE_TABLE.empty()
        whole = whole.sort("key")
        names = self._names.columns(whole["key"].to_numpy())
        return (
            whole.drop("key")
            .rename(_SUMMED)
            .with_columns(pl.lit(scenario).alias("scenario"), **names)
            .select(CAUSE_TABLE.names)
            .cast(CAUSE_TABLE.schema)
        )
