"""The folder of a study's run: inputs, results, and what it takes to go on with it.

study.toml, lines.xlsx   the inputs                    run.json        how it was made
<table>.parquet          results and answers           SPIR.xlsx, report.html
unfinished/<n>.npz       replications so far, while the run is not finished
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import Problem, UsageError
from spareverse.io.excel import finished_file
from spareverse.io.storage import storage_errors, write_text_atomically
from spareverse.io.study_files import study_document
from spareverse.io.twin_folder import RunTables
from spareverse.network.study import Study
from spareverse.network.study_answers import STUDY_ANSWERS
from spareverse.network.study_tables import STUDY_RESULTS

DOCUMENT = "run.json"
UNFINISHED_RUN = "unfinished"


def study_fingerprint(study: Study) -> str:
    """A hash of everything a run depends on but its seed and its number of replications."""
    digest = hashlib.sha256(json.dumps(study_document(study), sort_keys=True, default=str).encode())
    for table in (study.lines, study.stock):
        digest.update(table.write_csv().encode())
    return digest.hexdigest()[:32]


class StudyTables(RunTables):
    """The tables of a saved run, whatever version wrote them: what it did not have yet is empty."""

    def __getitem__(self, name: str) -> pl.DataFrame:
        declared = {**STUDY_RESULTS, **STUDY_ANSWERS}.get(name)
        if declared is None:
            return super().__getitem__(name)
        return declared.completed(super().__getitem__(name)) if name in iter(self) else declared.empty()


class RunMemory:
    """Replications kept in the run's folder, so that a run that was ended goes on where it stood."""

    def __init__(self, folder: Path, fingerprint: str, seed: int, *, resume: bool) -> None:
        """UsageError when the folder holds something else, or another run than the one to go on with."""
        self._folder = folder / UNFINISHED_RUN
        made_of = {"study": fingerprint, "seed": seed}
        mark = self._folder / "made_of.json"
        if resume and mark.is_file():
            if json.loads(mark.read_text(encoding="utf-8")) != made_of:
                reason = "The study or the seed is not that of the run in this folder."
                remedy = "Give the same study file and --seed, or another --out."
                raise UsageError(f"{folder} cannot be gone on with. {reason}", [Problem(reason, remedy, str(folder))])
            return
        if folder.is_dir() and any(folder.iterdir()):
            reason = "The folder is not empty." if not resume else "The folder holds no unfinished run."
            remedy = "Name a new folder with --out" + (", or leave --resume out." if resume else ".")
            if mark.is_file():
                reason, remedy = (
                    "The folder holds an unfinished run.",
                    "Go on with it with --resume, or name a new folder.",
                )
            raise UsageError(f"{reason} ({folder}) {remedy}", [Problem(reason, remedy, str(folder))])
        with storage_errors(folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_text_atomically(mark, json.dumps(made_of))

    def read(self, name: str) -> dict[str, NDArray[Any]] | None:
        """What ``write`` kept for the option."""
        path = self._path(name)
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as kept:
            return {key: kept[key] for key in kept.files}

    def write(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep the option's replications so far, instead of what was kept before."""
        with finished_file(self._path(name)) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **dict(arrays))

    def forget(self) -> None:
        """The run is finished and saved."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.npz"


def write_run_tables(folder: Path, tables: Mapping[str, pl.DataFrame], document: Mapping[str, Any]) -> None:
    """One Parquet file a table, then ``run.json``, which marks the run as whole."""
    with storage_errors(folder):
        for name, frame in tables.items():
            with finished_file(folder / f"{name}.parquet") as temporary:
                frame.write_parquet(temporary, compression="zstd", compression_level=1)
        write_text_atomically(folder / DOCUMENT, json.dumps(document, ensure_ascii=False, indent=1, default=str))
