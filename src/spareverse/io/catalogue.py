"""The catalogue of a twin: which imports, runs and decisions there are. One SQLite file, durable at every commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import NotFound
from spareverse.network.agent_tables import LIMITS
from spareverse.network.plan_tables import PROMISES
from spareverse.network.reply_tables import ACCEPTED, WARNING_STATES, WITHDRAWN
from spareverse.network.schema import Table

_TABLES = """
CREATE TABLE IF NOT EXISTS imports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    import_id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    file TEXT NOT NULL,
    table_name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    recipe TEXT NOT NULL,          -- mapping and decisions as JSON: what reads a corrected line the same way
    sha256 TEXT NOT NULL,
    digest TEXT NOT NULL,          -- content and recipe: equal digests give equal tables
    read INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    not_applicable INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (kind, run_id)
);
CREATE TABLE IF NOT EXISTS decisions (
    part_id TEXT NOT NULL,
    place_id TEXT NOT NULL,
    accept TEXT,
    override_reorder_point REAL,
    comment TEXT,
    proposed_reorder_point REAL,
    proposed_order_quantity REAL,
    analysis_id TEXT,
    decided_at TEXT NOT NULL,
    PRIMARY KEY (part_id, place_id)
);
CREATE TABLE IF NOT EXISTS promises (      -- never changed, never deleted: what was said is what is held against us
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    part_id TEXT NOT NULL,
    place_id TEXT NOT NULL,
    accepted_on TEXT NOT NULL,
    kind TEXT NOT NULL,
    reorder_point REAL,
    order_quantity REAL,
    overridden INTEGER NOT NULL,
    promised_fill_rate REAL,
    promised_fill_rate_low REAL,
    promised_fill_rate_high REAL,
    promised_stock_value REAL,
    known_until TEXT,
    run TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS warning_states (
    warning_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    snoozed_until TEXT,
    comment TEXT,
    at TEXT NOT NULL,
    chance_then REAL,
    chance_then_high REAL
);
CREATE TABLE IF NOT EXISTS viable_limits (
    measure TEXT PRIMARY KEY,
    side TEXT NOT NULL,
    at_least REAL,
    at_most REAL,
    comment TEXT
);
CREATE TABLE IF NOT EXISTS accepted (
    nudge_id TEXT PRIMARY KEY,
    accepted TEXT NOT NULL,
    observation TEXT NOT NULL,
    known_until TEXT,
    comment TEXT,
    holds_from TEXT
);
CREATE TABLE IF NOT EXISTS withdrawn (      -- never changed, never deleted
    nudge_id TEXT NOT NULL,
    accepted TEXT NOT NULL,
    observation TEXT NOT NULL,
    known_until TEXT,
    comment TEXT,
    holds_from TEXT,
    title TEXT,
    withdrawn TEXT NOT NULL,
    PRIMARY KEY (nudge_id, withdrawn)
);
"""

_ADDED_SINCE = (
    ("viable_limits", "comment", "TEXT"), ("accepted", "holds_from", "TEXT"),
    ("warning_states", "chance_then", "REAL"), ("warning_states", "chance_then_high", "REAL"),
)  # fmt: skip
"""Columns that twins of an earlier version lack: table, column, type."""

IMPORTS_SCHEMA: dict[str, Any] = {
    "import_id": pl.String,
    "at": pl.String,
    "file": pl.String,
    "table": pl.String,
    "mapping": pl.String,
    "read": pl.Int64,
    "taken": pl.Int64,
    "not_applicable": pl.Int64,
    "quarantined": pl.Int64,
    "undone": pl.Boolean,
}

DECISIONS_SCHEMA: dict[str, Any] = {
    "part_id": pl.String,
    "place_id": pl.String,
    "accept": pl.String,
    "override_reorder_point": pl.Float64,
    "comment": pl.String,
    "proposed_reorder_point": pl.Float64,
    "proposed_order_quantity": pl.Float64,
    "analysis_id": pl.String,
    "decided_at": pl.String,
}


@dataclass(frozen=True)
class ImportRecord:
    """One file imported into one table."""

    import_id: str
    at: str
    file: str
    table: str
    mapping: str
    recipe: str
    sha256: str
    digest: str
    read: int
    taken: int
    not_applicable: int
    quarantined: int


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Catalogue:
    """Reads and writes ``catalogue.sqlite``; each call opens its own connection, so threads need no care."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are committed together at the end, or not at all."""
        connection = sqlite3.connect(self._path, timeout=30.0)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            with connection:
                yield connection
        finally:
            connection.close()

    def prepare(self) -> None:
        with self.connection() as connection:
            connection.executescript(_TABLES)
            for table, column, kind in _ADDED_SINCE:
                known = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
                if column not in known:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    def add_imports(self, records: Sequence[ImportRecord]) -> None:
        with self.connection() as connection:
            connection.executemany(
                "INSERT INTO imports (import_id, at, file, table_name, mapping, recipe, sha256, digest, read, taken,"
                " not_applicable, quarantined) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        r.import_id, r.at, r.file, r.table, r.mapping, r.recipe, r.sha256, r.digest,
                        r.read, r.taken, r.not_applicable, r.quarantined,
                    )
                    for r in records
                ],
            )  # fmt: skip

    def live_imports(self, table: str | None = None) -> list[ImportRecord]:
        """Imports that count, oldest first: not undone, and not replaced by a later import of the same content."""
        with self.connection() as connection:
            rows = connection.execute(
                "SELECT import_id, at, file, table_name, mapping, recipe, sha256, digest, read, taken, not_applicable,"
                " quarantined FROM imports WHERE number IN"
                " (SELECT max(number) FROM imports WHERE undone = 0 GROUP BY table_name, sha256)"
                " AND (?1 IS NULL OR table_name = ?1) ORDER BY number",
                (table,),
            ).fetchall()
        return [ImportRecord(*row) for row in rows]

    def import_record(self, import_id: str) -> ImportRecord:
        for record in self.live_imports():
            if record.import_id == import_id:
                return record
        raise NotFound(f"There is no live import {import_id!r}. `spareverse imports` lists them.")

    def known_import_ids(self) -> set[str]:
        with self.connection() as connection:
            return {row[0] for row in connection.execute("SELECT import_id FROM imports")}

    def imports(self) -> pl.DataFrame:
        with self.connection() as connection:
            rows = connection.execute(
                "SELECT import_id, at, file, table_name, mapping, read, taken, not_applicable, quarantined, undone"
                " FROM imports ORDER BY number DESC"
            ).fetchall()
        frame = pl.DataFrame(rows, schema={**IMPORTS_SCHEMA, "undone": pl.Int64}, orient="row")
        return frame.with_columns(pl.col("undone").cast(pl.Boolean))

    def undo(self, import_id: str) -> None:
        with self.connection() as connection:
            changed = connection.execute(
                "UPDATE imports SET undone = 1 WHERE import_id = ? AND undone = 0", (import_id,)
            ).rowcount
        if not changed:
            raise NotFound(f"There is no import {import_id!r} to undo. `spareverse imports` lists them.")

    def add_run(self, kind: str, run_id: str) -> None:
        with self.connection() as connection:
            connection.execute("INSERT OR REPLACE INTO runs (run_id, kind, at) VALUES (?, ?, ?)", (run_id, kind, now()))

    def forget_run(self, kind: str, run_id: str) -> None:
        with self.connection() as connection:
            connection.execute("DELETE FROM runs WHERE kind = ? AND run_id = ?", (kind, run_id))

    def runs(self, kind: str) -> list[str]:
        with self.connection() as connection:
            return [
                row[0]
                for row in connection.execute("SELECT run_id FROM runs WHERE kind = ? ORDER BY number DESC", (kind,))
            ]

    def decisions(self) -> pl.DataFrame:
        columns = ", ".join(DECISIONS_SCHEMA)
        with self.connection() as connection:
            rows = connection.execute(
                f"SELECT {columns} FROM decisions ORDER BY part_id, place_id"  # noqa: S608 -- names from our own schema
            ).fetchall()
        return pl.DataFrame(rows, schema=DECISIONS_SCHEMA, orient="row")

    def promises(self) -> pl.DataFrame:
        """All promises, oldest first; of several on one day for a part and place the last."""
        columns = ", ".join(PROMISES.names)
        with self.connection() as connection:
            rows = connection.execute(
                f"SELECT {columns} FROM promises ORDER BY number"  # noqa: S608 -- names from our own schema
            ).fetchall()
        texts = {name: pl.String if kind == pl.Date else kind for name, kind in PROMISES.schema.items()}
        frame = pl.DataFrame(rows, schema={**texts, "overridden": pl.Int64}, orient="row")
        days = pl.col("accepted_on", "known_until").str.to_date()
        return frame.with_columns(days, pl.col("overridden").cast(pl.Boolean)).unique(
            PROMISES.identity, keep="last", maintain_order=True
        )

    def decide(self, rows: pl.DataFrame, promises: pl.DataFrame | None = None) -> None:
        """Decisions, and what was promised to those who accepted: both or neither."""
        with self.connection() as connection:
            _insert(connection, "INSERT OR REPLACE INTO decisions", rows.select(list(DECISIONS_SCHEMA)))
            if promises is not None and promises.height:
                texts = promises.select(PROMISES.names).with_columns(
                    pl.col("accepted_on", "known_until").cast(pl.String), pl.col("overridden").cast(pl.Int64)
                )
                _insert(connection, "INSERT INTO promises", texts)

    def replies(self, table: Table) -> pl.DataFrame:
        """What people said to the Observer: WARNING_STATES, ACCEPTED, WITHDRAWN or LIMITS, in order of the names."""
        columns, key = ", ".join(table.names), table.identity[0]
        with self.connection() as connection:
            rows = connection.execute(
                f"SELECT {columns} FROM {_reply(table)} ORDER BY {key}"  # noqa: S608 -- names from our own schema
            ).fetchall()
        texts = {name: pl.String if kind == pl.Date else kind for name, kind in table.schema.items()}
        frame = pl.DataFrame(rows, schema=texts, orient="row")
        return frame.with_columns(pl.col(name).str.to_date() for name, kind in table.schema.items() if kind == pl.Date)

    def reply(self, table: Table, rows: pl.DataFrame) -> None:
        """Keep what somebody says to the Observer; the newest word on each thing wins."""
        texts = rows.select(table.names).with_columns(pl.selectors.date().cast(pl.String))
        with self.connection() as connection:
            _insert(connection, f"INSERT OR REPLACE INTO {_reply(table)}", texts)

    def take_back(self, table: Table, key: str) -> bool:
        """Forget what was said on one thing; whether there was anything."""
        statement = f"DELETE FROM {_reply(table)} WHERE {table.identity[0]} = ?"  # noqa: S608 -- from our own schema
        with self.connection() as connection:
            return connection.execute(statement, (key,)).rowcount > 0


def _reply(table: Table) -> str:
    """The name of a table that holds replies; KeyError for another."""
    kept = {WARNING_STATES.name: "warning_states", ACCEPTED.name: "accepted", WITHDRAWN.name: "withdrawn",
            LIMITS.name: "viable_limits"}  # fmt: skip
    return kept[table.name]


def _insert(connection: sqlite3.Connection, into: str, rows: pl.DataFrame) -> None:
    """``into``: the beginning of the statement, up to the table."""
    columns, marks = ", ".join(rows.columns), ", ".join("?" * rows.width)
    connection.executemany(f"{into} ({columns}) VALUES ({marks})", rows.rows())  # names from our own schema
