"""The twin folder: what a company imported and analysed, as immutable Parquet folders and one small catalogue.

twin.toml            name, currency, created
costs.toml           cost parameters (written by the optimisation)
catalogue.sqlite     imports, runs, decisions, promises
imports/<id>/        rows.parquet, quarantine.parquet, resolved.parquet
analyses/<id>/       analysis.json and its tables; so in plans/, backtests/, networks/, simulations/, counterfactuals/,
                     observations/
scenarios/           scenario files (TOML)
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import tomli_w

from spareverse.errors import InputRejected, NotFound, Problem, UsageError
from spareverse.io.catalogue import DECISIONS_SCHEMA, Catalogue, ImportRecord, now
from spareverse.io.known_columns import with_known_columns
from spareverse.io.storage import UNFINISHED, Claim, PreparedFolder, WriteLock, storage_errors, sync_folder
from spareverse.io.storage import write_text_atomically as write_text
from spareverse.network.schema import Table
from spareverse.network.tables import TABLES

RUN_FOLDERS = {
    "analysis": "analyses", "plan": "plans", "adopted": "plans", "backtest": "backtests", "network": "networks",
    "simulation": "simulations", "counterfactuals": "counterfactuals", "observation": "observations",
}  # fmt: skip
"""Kind of run -> folder. An adopted plan is one of the plans, in the order of adoption."""
ORIGIN_COLUMNS: dict[str, Any] = {"import_id": pl.String, "file": pl.String, "row": pl.Int64, "flag": pl.String}
QUARANTINE_SCHEMA: dict[str, Any] = {
    "import_id": pl.String,
    "file": pl.String,
    "table": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "remedy": pl.String,
    "record": pl.String,
}
RESOLVED_SCHEMA: dict[str, Any] = {"import_id": pl.String, "file": pl.String, "row": pl.Int64}
MASTER_DATA = ("parts",)
"""Tables whose files may each hold some of the columns."""
_OLD_LEFTOVER_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Settings:
    """What holds for the whole twin. ``currency`` is the one all money is kept in."""

    name: str
    currency: str
    created: str


@dataclass(frozen=True)
class PreparedImport:
    """What one file brings: its catalogue row and its tables, not yet in the twin."""

    record: ImportRecord
    rows: pl.DataFrame
    quarantine: pl.DataFrame
    resolved: pl.DataFrame


class RunTables(Mapping[str, pl.DataFrame]):
    """The tables of a run, each read from disk when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*.parquet"))}
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._read:
            self._read[name] = pl.read_parquet(self._files[name], glob=False)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def scan(self, name: str) -> pl.LazyFrame:
        return pl.scan_parquet(self._files[name], glob=False)


class TwinFolder:
    """One twin on disk. Reading needs no lock; imports are written by one process at a time."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.settings = settings
        self._catalogue = Catalogue(path / "catalogue.sqlite")
        self._lock = WriteLock(path / ".lock")
        self._observing = Claim(
            path / ".observing", "observed",
            "Wait until that is done and repeat the command; asked the same, what was found is shown at once.",
        )  # fmt: skip
        self._merged: dict[str, tuple[tuple[str, ...], pl.DataFrame]] = {}
        self._merging = threading.Lock()

    @classmethod
    def create(cls, path: str | Path, *, name: str | None = None, currency: str = "EUR") -> TwinFolder:
        """A new, empty twin; UsageError when the folder holds anything already."""
        path = Path(path)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise UsageError(f"{path} is not empty. Choose a new folder, or open the twin that is there.")
        currency = currency.strip().upper()
        if len(currency) != 3 or not currency.isalpha():
            raise UsageError(f"{currency!r} is no currency code. Use three letters, such as EUR.")
        settings = Settings(name=name or path.resolve().name, currency=currency, created=date.today().isoformat())
        with storage_errors(path):
            path.mkdir(parents=True, exist_ok=True)
            (path / "imports").mkdir()
            (path / "analyses").mkdir()
            Catalogue(path / "catalogue.sqlite").prepare()
            write_text(path / "twin.toml", tomli_w.dumps(vars(settings)))
        return cls(path, settings)

    @classmethod
    def open(cls, path: str | Path) -> TwinFolder:
        """The twin in that folder; NotFound when there is none."""
        path = Path(path)
        file = path / "twin.toml"
        if not file.is_file():
            raise NotFound(f"There is no twin in {path}. `spareverse new {path}` makes one.")
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
            settings = Settings(
                name=str(values["name"]), currency=str(values["currency"]).upper(), created=str(values["created"])
            )
        except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
            problem = Problem(f"twin.toml cannot be read ({error}).", "Restore name, currency and created.", str(file))
            raise InputRejected("The settings of the twin cannot be read.", [problem]) from error
        folder = cls(path, settings)
        with storage_errors(path):
            folder._catalogue.prepare()
        return folder

    def writing(self, patience_seconds: float = 0.0) -> AbstractContextManager[None]:
        """Exclusive right to write, across processes; TwinBusy when another holds it for longer than the patience."""
        return self._lock(patience_seconds)

    def observing(self) -> AbstractContextManager[None]:
        """The one observation that is made at a time, across processes; TwinBusy says who is at it."""
        return self._observing()

    def table(self, name: str) -> pl.DataFrame:
        """All live imports of an input table, merged: schema of ``network.tables`` plus import_id, file, row, flag.

        Across imports the newest rows of an identity win; within one file rows of the same order line are split
        deliveries and all kept. Of parts, columns a file has no value in stay as known.
        """
        if name not in TABLES:
            raise NotFound(f"There is no table {name!r}. Tables: {', '.join(TABLES)}.")
        imports = tuple(record.import_id for record in self._catalogue.live_imports(name))
        with self._merging:
            cached = self._merged.get(name)
            if cached is None or cached[0] != imports:
                cached = (imports, self._merge(name, imports))
                self._merged[name] = cached
            return cached[1]

    def _merge(self, name: str, imports: tuple[str, ...]) -> pl.DataFrame:
        schema = {**TABLES[name].schema, **ORIGIN_COLUMNS}
        frames = [
            # imports of an earlier version lack the columns that the table has gained since
            TABLES[name]
            .completed(pl.read_parquet(self.path / "imports" / import_id / "rows.parquet", glob=False))
            .select(list(schema))
            for import_id in imports
        ]
        if not frames:
            return pl.DataFrame(schema=schema)
        if len(frames) == 1:
            return frames[0]
        key = identity_key(name)
        if not key:
            return pl.concat(frames)
        if name in MASTER_DATA:
            frames = with_known_columns(frames, TABLES[name])
        merged = pl.concat([frame.with_columns(_import=pl.lit(i)) for i, frame in enumerate(frames)])
        newest = pl.col("_import") == pl.col("_import").max().over(key)
        return merged.filter(pl.col(key[0]).is_null() | newest).drop("_import")

    def imports(self) -> pl.DataFrame:
        """Every import, newest first: import_id, at, file, table, mapping, the four counts, undone."""
        return self._catalogue.imports()

    def live_imports(self, table: str | None = None) -> list[ImportRecord]:
        return self._catalogue.live_imports(table)

    def import_record(self, import_id: str) -> ImportRecord:
        return self._catalogue.import_record(import_id)

    def undo(self, import_id: str) -> None:
        """Take an import back; its files stay, its rows no longer count."""
        with self.writing(), storage_errors(self.path):
            self._catalogue.undo(import_id)

    def quarantine(self) -> pl.DataFrame:
        """Lines that could not be read and are not mended yet, with what is wrong and the raw line as JSON."""
        quarantined, resolved = [], []
        for record in self._catalogue.live_imports():
            folder = self.path / "imports" / record.import_id
            quarantined.append(pl.read_parquet(folder / "quarantine.parquet", glob=False))
            resolved.append(pl.read_parquet(folder / "resolved.parquet", glob=False))
        if not quarantined:
            return pl.DataFrame(schema=QUARANTINE_SCHEMA)
        return pl.concat(quarantined).join(pl.concat(resolved), on=list(RESOLVED_SCHEMA), how="anti")

    def add_imports(self, prepared: list[PreparedImport]) -> None:
        """Put several imports into the twin: all of them or, whatever happens, none."""
        folders: list[PreparedFolder] = []
        with self.writing(), storage_errors(self.path):
            self._clean()
            try:
                for item in prepared:
                    folders.append(PreparedFolder(self.path / "imports"))
                    folders[-1].write({"rows": item.rows, "quarantine": item.quarantine, "resolved": item.resolved})
                for item, folder in zip(prepared, folders, strict=True):
                    folder.publish(item.record.import_id)
                self._catalogue.add_imports([item.record for item in prepared])
            except BaseException:
                for folder in folders:
                    folder.discard()
                raise

    def _clean(self) -> None:
        """Remove what killed imports left behind: folders the catalogue does not know."""
        known = self._catalogue.known_import_ids()
        for folder in (self.path / "imports").iterdir():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)
        sync_folder(self.path / "imports")

    def fingerprint(self) -> dict[str, str]:
        """Input table -> hash of its live imports; equal hashes mean equal tables."""
        digests: dict[str, list[str]] = {}
        for record in self._catalogue.live_imports():
            digests.setdefault(record.table, []).append(record.digest)
        return {table: hashlib.sha256("\n".join(values).encode()).hexdigest()[:16] for table, values in digests.items()}

    def save_run(
        self, kind: str, document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame | pl.LazyFrame]
    ) -> str:
        """Keep a run for good; returns its id."""
        parent = self.path / _run_folder(kind)
        run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
        with storage_errors(self.path):
            parent.mkdir(exist_ok=True)
            _clean_old_runs(parent)
            folder = PreparedFolder(parent)
            try:
                folder.write(tables, {**document, "id": run_id})
                folder.publish(run_id)
                self._catalogue.add_run(kind, run_id)
            except BaseException:
                folder.discard()
                raise
        return run_id

    def renew_run(self, kind: str, run_id: str) -> None:
        """Make a kept run the newest of its kind again."""
        with storage_errors(self.path):
            self._catalogue.add_run(kind, run_id)

    def forget_run(self, kind: str, run_id: str) -> None:
        """Take a run off the list of a kind; what it is made of stays on disk."""
        with storage_errors(self.path):
            self._catalogue.forget_run(kind, run_id)

    def runs(self, kind: str) -> list[str]:
        """Ids of the runs of a kind that are still on disk, newest first."""
        folder = self.path / _run_folder(kind)
        return [run for run in self._catalogue.runs(kind) if (folder / run / "analysis.json").exists()]

    def load_run(self, kind: str, id: str = "latest") -> tuple[dict[str, Any], RunTables]:  # noqa: A002 -- as in the interface
        """Document and tables of a run; NotFound when there is none of that id."""
        runs = self.runs(kind)
        run_id = runs[0] if id == "latest" and runs else id
        if run_id not in runs:
            raise NotFound(f"There is no {kind} in this twin yet." if id == "latest" else f"There is no {kind} {id!r}.")
        folder = self.path / _run_folder(kind) / run_id
        document: dict[str, Any] = json.loads((folder / "analysis.json").read_text(encoding="utf-8"))
        return document, RunTables(folder)

    def replies(self, table: Table) -> pl.DataFrame:
        """What people said to the Observer: schema WARNING_STATES, ACCEPTED, WITHDRAWN or LIMITS."""
        return self._catalogue.replies(table)

    def reply(self, table: Table, rows: pl.DataFrame) -> None:
        """Keep what somebody says to the Observer; the newest word on each thing wins."""
        with storage_errors(self.path):
            self._catalogue.reply(table, rows)

    def take_back(self, table: Table, key: str) -> bool:
        """Forget what was said on one thing; whether there was anything."""
        with storage_errors(self.path):
            return self._catalogue.take_back(table, key)

    def decisions(self) -> pl.DataFrame:
        """What planners decided per part and place: accept, override, comment, and on which proposal."""
        return self._catalogue.decisions()

    def promises(self) -> pl.DataFrame:
        """What accepted recommendations promised (schema PROMISES); never changed once written."""
        return self._catalogue.promises()

    def decide(self, rows: pl.DataFrame, promises: pl.DataFrame | None = None) -> None:
        """Keep decisions, and what was promised to those who accepted; both or neither.

        The newest decision of a part and place wins. Columns not given stay empty.
        """
        if "part_id" not in rows.columns:
            raise UsageError("A decision names its part: the column part_id is missing.")
        frame = rows.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in DECISIONS_SCHEMA.items() if name not in rows.columns
        ).select(pl.col(name).cast(dtype) for name, dtype in DECISIONS_SCHEMA.items())
        frame = frame.with_columns(pl.col("place_id").fill_null(""), pl.col("decided_at").fill_null(now()))
        wrong = frame.filter(pl.col("accept").is_not_null() & ~pl.col("accept").is_in(["yes", "no"]))
        if not wrong.is_empty():
            raise UsageError(f"accept is yes, no or empty, not {wrong['accept'][0]!r}.")
        with storage_errors(self.path):
            self._catalogue.decide(frame, promises)


def identity_key(name: str) -> list[str]:
    """Columns by which the newest row wins; an order line also has its part. Empty: rows are never merged."""
    identity = list(TABLES[name].identity)
    return [*identity, "part_id"] if name in ("purchases", "sales") else identity


def _run_folder(kind: str) -> str:
    return RUN_FOLDERS.get(kind, kind)


def _clean_old_runs(parent: Path) -> None:
    # a run may be written by several processes at once, so only old leftovers are surely dead
    for folder in parent.glob(f"{UNFINISHED}*"):
        if time.time() - folder.stat().st_mtime > _OLD_LEFTOVER_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
