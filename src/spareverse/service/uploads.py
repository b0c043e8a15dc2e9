"""Files people upload: kept in the twin's folder under safe names until they are imported."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from spareverse.errors import InputRejected
from spareverse.io.importing import Preview, preview
from spareverse.io.twin_folder import Settings

FOLDER = "uploads"
LONGEST_NAME = 120
KEEP_SECONDS = 7 * 24 * 3600.0
_NOT_ALLOWED = re.compile(r"[^\w .()\[\]+-]+")


def safe_name(name: str) -> str:
    """The file's own name without folders, control characters or leading dots; never empty, its ending kept."""
    last = re.split(r"[\\/]", name)[-1]
    clean = _NOT_ALLOWED.sub("_", last).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not dot:
        return clean[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'file'}.{ending}"


def new_place(twin_path: Path, name: str) -> Path:
    """Where an uploaded file of that name may be written; its folder is new and of nobody else."""
    folder = twin_path / FOLDER / secrets.token_hex(8)
    folder.mkdir(parents=True)
    return folder / safe_name(name)


def discard(path: Path) -> None:
    """Remove an uploaded file with its folder."""
    shutil.rmtree(path.parent, ignore_errors=True)


def discard_old(twin_path: Path) -> None:
    """Remove what was uploaded long ago and never imported."""
    parent = twin_path / FOLDER
    for folder in parent.iterdir() if parent.is_dir() else ():
        if time.time() - folder.stat().st_mtime > KEEP_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def look(
    paths: Sequence[str],
    settings: Settings,
    table: str | None = None,
    mapping: str | None = None,
    answers: Mapping[str, str] | None = None,
) -> Preview | InputRejected:
    """What an import of these files (one, or several extracts that belong together) would make of them.

    Meant for a process of its own: reading a large file takes seconds. A rejection is returned, not raised.
    """
    try:
        return preview(
            list(paths) if len(paths) > 1 else paths[0],
            table=table,
            mapping=mapping,
            settings=settings,
            answers=answers,
        )
    except InputRejected as rejected:
        return rejected
