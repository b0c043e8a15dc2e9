"""Rows of the event record by time, of which only so many lie in memory: more go to Parquet files."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

import numpy as np
import polars as pl

from spareverse.network.simulation_tables import EVENTS

ROWS_IN_MEMORY = 1_000_000
"""Events kept in memory; more go to files as they come."""
SPANS = 64
"""Stretches of time that the files are kept apart by: one of them at a time is sorted in memory."""


class EventStore:
    """Takes rows of EVENTS in any order of time; the files go with the store, or when it is closed."""

    def __init__(self, horizon_days: float) -> None:
        self._span_days = horizon_days / SPANS
        self._pieces: list[pl.DataFrame] = []
        self._rows = 0
        self._folder: Path | None = None
        self._remove: weakref.finalize[..., EventStore] | None = None
        self._parts: dict[int, list[Path]] = {}
        self._sorted: pl.LazyFrame | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Rows after those before; of the same moment the earlier ones come first."""
        self._pieces.append(rows)
        self._rows += rows.height
        self._sorted = None
        if self._rows > ROWS_IN_MEMORY:
            self._spill()

    def clear(self) -> None:
        """Begin anew."""
        self.close()
        self._pieces, self._rows, self._sorted, self._parts = [], 0, None, {}

    def close(self) -> None:
        """Remove the files; what was read lazily from them can be read no more."""
        if self._remove is not None:
            self._remove()
            self._folder = self._remove = None

    def table(self) -> pl.LazyFrame:
        """All rows by time, the earlier added first; those in files are read as they are asked for."""
        if self._sorted is None:
            self._sorted = self._by_time()
        return self._sorted

    def _by_time(self) -> pl.LazyFrame:
        if not self._parts:
            whole = pl.concat(self._pieces) if self._pieces else EVENTS.empty()
            return whole.sort("day", maintain_order=True).lazy()
        self._spill()
        for span, files in sorted(self._parts.items()):
            rows = pl.concat([pl.read_parquet(file, glob=False) for file in files])
            ordered = self._file(f"{span:03d}")
            rows.sort("day", maintain_order=True).write_parquet(ordered)
            for file in files:
                file.unlink()
            self._parts[span] = [ordered]
        return pl.scan_parquet([files[0] for _, files in sorted(self._parts.items())], glob=False)

    def _spill(self) -> None:
        if not self._rows:
            return
        rows = pl.concat(self._pieces)
        span = np.clip(rows["day"].to_numpy() // self._span_days, 0, SPANS).astype(np.int64)
        for number in np.unique(span):
            parts = self._parts.setdefault(int(number), [])
            file = self._file(f"{number:03d}-{len(parts):05d}")
            rows.filter(pl.Series(span == number)).write_parquet(file)
            parts.append(file)
        self._pieces, self._rows = [], 0

    def _file(self, name: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="spareverse-events-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder / f"{name}.parquet"
