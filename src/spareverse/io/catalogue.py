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
"""

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
            connection.execute("INSERT INTO runs (run_id, kind, at) VALUES (?, ?, ?)", (run_id, kind, now()))

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

    def decide(self, rows: pl.DataFrame) -> None:
        columns = ", ".join(DECISIONS_SCHEMA)
        marks = ", ".join("?" * len(DECISIONS_SCHEMA))
        with self.connection() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO decisions ({columns}) VALUES ({marks})",  # noqa: S608 -- as above
                rows.select(list(DECISIONS_SCHEMA)).rows(),
            )
