"""Folders that appear whole or not at all, and one writer at a time."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import Problem, StorageFailed, TwinBusy

UNFINISHED = ".unfinished-"
_BEHIND_THE_NAME, _BETWEEN_TRIES_SECONDS = 200, 0.05
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into one message a person can act on."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError, sqlite3.OperationalError) as error:
        text = str(error)
        full = getattr(error, "errno", None) in _FULL or any(
            words in text for words in ("No space left", "disk is full", "File too large", "quota exceeded")
        )
        reason = "The disk is full." if full else f"The folder cannot be written ({text})."
        remedy = "Free some space and repeat the command." if full else "Check that the folder exists and is yours."
        message = f"{reason} Nothing was changed in the twin."
        raise StorageFailed(message, [Problem(reason=reason, remedy=remedy, file=str(path))]) from error


def sync_folder(path: Path) -> None:
    """Make renames inside the folder durable (a no-op where folders cannot be opened)."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class PreparedFolder:
    """A folder written under a temporary name; ``publish`` gives it its final one, for good."""

    def __init__(self, parent: Path) -> None:
        parent.mkdir(exist_ok=True)
        self.parent = parent
        self.path = parent / f"{UNFINISHED}{uuid.uuid4().hex}"
        self.path.mkdir()

    def write(
        self, tables: Mapping[str, pl.DataFrame | pl.LazyFrame], document: Mapping[str, Any] | None = None
    ) -> None:
        """Tables may be lazy: they are written piece by piece."""
        for name, frame in tables.items():
            file = self.path / f"{name}.parquet"
            if isinstance(frame, pl.LazyFrame):
                frame.sink_parquet(file, compression="zstd", compression_level=1)
            else:
                frame.write_parquet(file, compression="zstd", compression_level=1)
        if document is not None:
            text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
            (self.path / "analysis.json").write_text(text, encoding="utf-8")
        for file in self.path.iterdir():
            _sync_file(file)
        sync_folder(self.path)

    def publish(self, name: str) -> Path:
        final = self.parent / name
        self.path.rename(final)
        sync_folder(self.parent)
        self.path = final
        return final

    def discard(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def write_text_atomically(path: Path, text: str) -> None:
    """Replace a small file in one step."""
    temporary = path.with_name(f"{UNFINISHED}{uuid.uuid4().hex}")
    temporary.write_text(text, encoding="utf-8")
    _sync_file(temporary)
    temporary.replace(path)
    sync_folder(path.parent)


class WriteLock:
    """One writer per folder across processes and threads; the writer itself may enter again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = threading.local()

    @contextmanager
    def __call__(self, patience_seconds: float = 0.0) -> Iterator[None]:
        """TwinBusy where another holds it and goes on doing so for ``patience_seconds``."""
        if getattr(self._held, "depth", 0):
            self._held.depth += 1
            try:
                yield
            finally:
                self._held.depth -= 1
            return
        with storage_errors(self._path):
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked_within(handle, patience_seconds):
                reason = "Another import or analysis is writing to this twin."
                remedy = "Wait until it has finished, then repeat the command."
                raise TwinBusy(f"{reason} {remedy}", [Problem(reason, remedy, file=str(self._path.parent))])
            self._held.depth = 1
            try:
                yield
            finally:
                self._held.depth = 0
        finally:
            os.close(handle)  # closing also releases the lock


class Claim:
    """Long work of which there is one at a time in a folder; whoever comes second is told at once who is at it."""

    def __init__(self, path: Path, doing: str, remedy: str) -> None:
        self._path, self._doing, self._remedy = path, doing, remedy

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """TwinBusy where another process, or other work of this one, is at it."""
        with storage_errors(self._path):
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.lseek(handle, _BEHIND_THE_NAME, os.SEEK_SET)  # where a lock is of bytes, the name can still be read
            if not _try_lock(handle):
                os.lseek(handle, 0, os.SEEK_SET)
                who = os.read(handle, _BEHIND_THE_NAME).decode("utf-8", "replace").strip()
                reason = f"This twin is being {self._doing} already{f', by {who}' if who else ''}."
                problem = Problem(reason, self._remedy, file=str(self._path.parent))
                raise TwinBusy(f"{reason} {self._remedy}", [problem])
            with storage_errors(self._path):
                os.ftruncate(handle, 0)
                os.lseek(handle, 0, os.SEEK_SET)
                os.write(handle, f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC".encode())
            yield
        finally:
            os.close(handle)


def _locked_within(handle: int, patience_seconds: float) -> bool:
    until = time.monotonic() + patience_seconds
    while not _try_lock(handle):
        if time.monotonic() >= until:
            return False
        time.sleep(_BETWEEN_TRIES_SECONDS)
    return True


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
