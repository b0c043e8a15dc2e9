"""The warehouse studies of a twin: their inputs, their runs, and the order to run them.

studies/<name>/study.toml, lines.parquet     the inputs as they stand
studies/<name>/runs/<id>/                    a run: inputs, run.json, one Parquet file per table, SPIR.xlsx, report.html
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import tempfile
import tomllib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl
import tomli_w

from spareverse.errors import InputRejected, NotFound, Problem, UsageError
from spareverse.examples import STUDIES
from spareverse.explainer.facts import Narrative
from spareverse.explainer.warehouse import decision
from spareverse.figures.warehouse.gallery import Gallery
from spareverse.io.storage import UNFINISHED, storage_errors, sync_folder, write_text_atomically
from spareverse.io.study_files import read_study, study_document, write_study
from spareverse.io.study_runs import StudyTables
from spareverse.network.study import Study
from spareverse.network.study_tables import LINE_RESULTS, STUDY_LINES
from spareverse.optimisation.warehouse.part_by_part import recommended_options

if TYPE_CHECKING:
    from spareverse.service.jobs import Job, JobQueue

FOLDER = "studies"
RUNS = "runs"
KIND = "study"
TABLE_FILES = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".parquet")
KEEP = 6
"""How many runs stay in memory."""
MOST_REPLICATIONS = 100_000
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 60


def study_folder(twin: Path, name: str) -> Path:
    """Where a study lies; NotFound for a name that none can have, or that no study has."""
    folder = twin / FOLDER / name
    if not _NAME.fullmatch(name) or not (folder / "study.toml").is_file():
        raise NotFound(f"There is no study {name!r}.")
    return folder


@dataclass(frozen=True)
class SavedRun:
    """A finished run of a study, read from its folder as far as it is asked for."""

    id: str
    folder: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        """How it was made: version, seed, replications, precision, made_at."""
        document: dict[str, Any] = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        return document

    @cached_property
    def definition(self) -> Study:
        """The inputs it was made from."""
        return read_study(self.folder)

    @cached_property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """Results and answers by name."""
        return StudyTables(self.folder)

    @cached_property
    def gallery(self) -> Gallery:
        return Gallery(self.definition, self.tables, self.tables)

    @cached_property
    def decision(self) -> Narrative:
        """What the run says, the decision first."""
        return decision(self.definition, self.tables, self.tables)

    @cached_property
    def package(self) -> pl.DataFrame:
        """One row per part: the option recommended for it, its stock and cost there, and the cheapest option."""
        return _package(self.definition, self.tables)

    def file(self, name: str) -> Path:
        """SPIR.xlsx or report.html; NotFound when the run has none."""
        path = self.folder / name
        if not path.is_file():
            raise NotFound(f"The run {self.id} has no {name}.")
        return path


class Studies:
    """All studies of one twin. Names are short and plain, so that they are folders and parts of addresses."""

    def __init__(self, twin: Path, jobs: JobQueue) -> None:
        self._twin = twin
        self._jobs = jobs
        self._runs: OrderedDict[Path, SavedRun] = OrderedDict()
        self._definitions: dict[str, tuple[tuple[int, ...], Study]] = {}
        self._lock = Lock()

    def names(self) -> list[str]:
        """All studies, in the order of the alphabet."""
        parent = self._twin / FOLDER
        found = parent.iterdir() if parent.is_dir() else ()
        return sorted(path.name for path in found if _NAME.fullmatch(path.name) and (path / "study.toml").is_file())

    def folder(self, name: str) -> Path:
        return study_folder(self._twin, name)

    def create(self, files: Sequence[Path], *, name: str = "", history: pl.DataFrame | None = None) -> str:
        """A study from a TOML file and the tables beside it; returns its name. InputRejected lists what is wrong.

        ``history``: part results of the twin, for lines whose rate comes from it.
        """
        plans = [file for file in files if file.suffix.lower() == ".toml"]
        if len(plans) != 1:
            problem = Problem("A study is one TOML file and the tables it names.", "Bring them together.")
            raise UsageError(f"{len(plans)} of {len(files)} files are TOML files; one is needed.", [problem])
        return self._keep(read_study(plans[0], history=history), name)

    def create_example(self, example: str, *, name: str = "") -> str:
        """A study that comes with the product: one of ``examples.STUDIES``."""
        if example not in STUDIES:
            problem = Problem("unknown example", f"Use one of {', '.join(STUDIES)}.", value=example)
            raise NotFound(f"There is no example {example!r}.", [problem])
        with tempfile.TemporaryDirectory(prefix="spareverse-") as folder:
            return self._keep(read_study(STUDIES[example](Path(folder))["study"]), name or example)

    def definition(self, name: str) -> Study:
        """The inputs as they stand."""
        folder = self.folder(name)
        state = tuple(file.stat().st_mtime_ns for file in sorted(folder.iterdir()) if file.is_file())
        with self._lock:
            if self._definitions.get(name, ((), None))[0] != state:
                self._definitions[name] = (state, read_study(folder))
            return self._definitions[name][1]

    def document(self, name: str) -> dict[str, Any]:
        """The study file as it stands, by section and key."""
        return tomllib.loads((self.folder(name) / "study.toml").read_text(encoding="utf-8"))

    def change(self, name: str, document: Mapping[str, Any]) -> Study:
        """Check a changed study file against its tables and keep it; InputRejected leaves everything as it was."""
        folder = self.folder(name)
        text = tomli_w.dumps(document)
        draft = folder / f"{UNFINISHED}{secrets.token_hex(6)}.toml"
        with storage_errors(folder):
            draft.write_text(text, encoding="utf-8")
        try:
            study = read_study(draft)
        except InputRejected as rejected:
            problems = [replace(p, file="study.toml" if p.file == draft.name else p.file) for p in rejected.problems]
            raise InputRejected(rejected.message.replace(draft.name, "study.toml"), problems) from None
        finally:
            draft.unlink(missing_ok=True)
        with storage_errors(folder):
            write_text_atomically(folder / "study.toml", text)
        return study

    def replace_lines(self, name: str, file: Path, *, history: pl.DataFrame | None = None) -> Study:
        """Take another package under the same options; InputRejected leaves everything as it was."""
        folder = self.folder(name)
        if file.suffix.lower() not in TABLE_FILES:
            problem = Problem("not a table", f"Bring one of {', '.join(TABLE_FILES)}.", value=file.name)
            raise UsageError(f"{file.name} is no table.", [problem])
        with tempfile.TemporaryDirectory(prefix="spareverse-") as scratch:
            document = self.document(name)
            for key in ("stock_levels", "rates_pooled"):
                document["study"].pop(key, None)
            document["study"]["lines"] = file.name
            shutil.copyfile(file, Path(scratch) / file.name)
            (Path(scratch) / "study.toml").write_text(tomli_w.dumps(document), encoding="utf-8")
            study = read_study(Path(scratch) / "study.toml", history=history)
        with storage_errors(folder):
            _write(study, folder)
        return study

    def change_lines(self, name: str, rows: Sequence[Mapping[str, Any]]) -> Study:
        """Check edited lines with the rest of the study and keep them; InputRejected leaves everything as it was.

        rows
            Values by column of the package, as numbers, or as one would write them into a file. Problems name the line
            by its number, from 1. Stock levels of a part go with its last line.
        """
        folder = self.folder(name)
        unknown = dict.fromkeys(key for row in rows for key in row if key not in STUDY_LINES.names)
        if unknown:
            remedy = f"Columns: {', '.join(STUDY_LINES.names)}."
            raise InputRejected(
                "The lines have columns that no package has. Nothing was changed.",
                [Problem("There is no such column.", remedy, file="lines", column=key) for key in unknown],
            )
        parts = {str(row.get(key)) for row in rows for key in ("part_id", "interchange_group")}
        stock = self.definition(name).stock.filter(pl.col("part_id").is_in(list(parts)))
        with tempfile.TemporaryDirectory(prefix="spareverse-") as scratch:
            document = self.document(name)
            document["study"] |= {"lines": "lines.csv", "decimal": "."}
            document["study"].pop("stock_levels", None)
            written = {key: [_cell(row.get(key)) for row in rows] for key in STUDY_LINES.names}
            pl.DataFrame(written, schema=dict.fromkeys(written, pl.String)).write_csv(Path(scratch) / "lines.csv")
            if stock.height:
                document["study"]["stock_levels"] = "stock_levels.parquet"
                stock.write_parquet(Path(scratch) / "stock_levels.parquet")
            (Path(scratch) / "study.toml").write_text(tomli_w.dumps(document), encoding="utf-8")
            try:
                study = read_study(Path(scratch) / "study.toml")
            except InputRejected as rejected:
                raise InputRejected(rejected.message, [_of_line(problem) for problem in rejected.problems]) from None
        with storage_errors(folder):
            _write(study, folder)
        return study

    def order(
        self,
        name: str,
        *,
        precision: float | None = None,
        replications: int | None = None,
        seed: int = 0,
        thorough: bool = False,
    ) -> Job:
        """Queue a run, or return the job that already does the same; UsageError for impossible wishes.

        ``precision``: wanted half-width of availability, as a share; else ``replications`` of every option.
        ``thorough``: also vary all inputs at once.
        """
        title = self.definition(name).name
        _check_wish(precision, replications, seed)
        arguments = {"study": name, "precision": precision, "replications": replications, "seed": seed}
        arguments |= {"thorough": True} if thorough else {}
        wish = f"to {100 * precision:g} points" if precision else f"{replications or 200:,} runs"
        return self._jobs.find(KIND, arguments) or self._jobs.submit(KIND, arguments, title=f"Study {title}: {wish}")

    def active(self, name: str) -> Job | None:
        """The job of the study that waits or runs."""
        return next((job for job in self._jobs.active() if job.kind == KIND and job.arguments["study"] == name), None)

    def last(self, name: str) -> Job | None:
        """The newest job of the study, whatever became of it."""
        return next((job for job in self._jobs.all() if job.kind == KIND and job.arguments["study"] == name), None)

    def runs(self, name: str) -> list[str]:
        """Ids of the finished runs, newest first."""
        parent = self.folder(name) / RUNS
        found = parent.iterdir() if parent.is_dir() else ()
        return sorted((path.name for path in found if (path / "run.json").is_file()), reverse=True)

    def run(self, name: str, run_id: str = "latest") -> SavedRun:
        """A finished run; NotFound when there is none of that id."""
        runs = self.runs(name)
        chosen = runs[0] if run_id == "latest" and runs else run_id
        if chosen not in runs:
            raise NotFound(f"{name} has not been run yet." if run_id == "latest" else f"There is no run {run_id!r}.")
        folder = self.folder(name) / RUNS / chosen
        with self._lock:
            run = self._runs.setdefault(folder, SavedRun(chosen, folder))
            self._runs.move_to_end(folder)
            if len(self._runs) > KEEP:
                self._runs.popitem(last=False)
            return run

    def stale(self, name: str, run: SavedRun) -> bool:
        """Whether the inputs changed since the run."""
        now, then = self.definition(name), run.definition
        same = now.lines.equals(then.lines) and _given_stock(now).equals(_given_stock(then))
        return not (same and _plan(now) == _plan(then))

    def restore(self, name: str, run: SavedRun) -> None:
        """Take the inputs of a run back."""
        folder = self.folder(name)
        with storage_errors(folder):
            _write(run.definition, folder)

    def _keep(self, study: Study, name: str) -> str:
        """Write a new study under a free name made of ``name`` or its own."""
        parent = self._twin / FOLDER
        wanted = plain_name(name or study.name)
        with storage_errors(self._twin):
            parent.mkdir(exist_ok=True)
            chosen, number = wanted, 1
            while (parent / chosen).exists():
                number += 1
                chosen = f"{wanted}-{number}"
            made = parent / f"{UNFINISHED}{secrets.token_hex(6)}"
            made.mkdir()
            _write(study, made)
            made.rename(parent / chosen)
            sync_folder(parent)
        return chosen


def _write(study: Study, folder: Path) -> None:
    """Write the inputs with those notes that no reading of them tells anew, so that the others follow later changes."""
    write_study(replace(study, notes=()), folder, lines="parquet")
    told = read_study(folder).notes
    kept = tuple(dict.fromkeys(note for note in study.notes if note not in told))
    if kept:
        write_study(replace(study, notes=kept), folder, lines="parquet")


def _cell(value: Any) -> str | None:
    """A value as a file would have it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else " ".join(str(value).split()) or None


def _of_line(problem: Problem) -> Problem:
    """A problem of the file of lines names the line, from 1 below the heading."""
    if problem.row is None or not str(problem.file).startswith("lines.csv"):
        return problem
    return replace(problem, file="lines", row=problem.row - 1)


def _check_wish(precision: float | None, replications: int | None, seed: int) -> None:
    def refuse(column: str, value: object, reason: str, remedy: str) -> None:
        problem = Problem(reason, remedy, column=column, value=str(value))
        raise UsageError(f"The study cannot be run so: {reason}", [problem])

    if precision is not None and replications is not None:
        refuse("replications", replications, "A precision is given too.", "Give one of the two.")
    if precision is not None and not 1e-5 <= precision <= 0.5:
        refuse("precision", precision, "It lies outside 0.00001 to 0.5.", "Write 0.002 for 0.2 points.")
    if replications is not None and not 2 <= replications <= MOST_REPLICATIONS:
        refuse("replications", replications, "It is out of reach.", f"Make between 2 and {MOST_REPLICATIONS:,} runs.")
    if seed < 0:
        refuse("seed", seed, "It is below zero.", "Any whole number from 0 on will do.")


def plain_name(text: str) -> str:
    """A name that can be a folder and part of an address."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower())[:_LONGEST_NAME].strip("-")
    return name or "study"


def new_run(twin: Path, name: str) -> tuple[Path, Path]:
    """Where to write a run, and the folder that it becomes once it is whole."""
    parent = study_folder(twin, name) / RUNS
    parent.mkdir(exist_ok=True)
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    return parent / f"{UNFINISHED}{run_id}", parent / run_id


def _plan(study: Study) -> dict[str, Any]:
    document = study_document(study)
    document["study"].pop("notes", None)
    return document


def _given_stock(study: Study) -> pl.DataFrame:
    """Stock levels but those that a run itself worked out to reach an option's target."""
    aimed = [option.name for option in study.options if option.target_availability is not None]
    return study.stock.filter(~pl.col("option").is_in(aimed)).sort("option", "part_id", "place")


def _package(study: Study, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Part by part as the SPIR has it; ``saving`` and ``verdict`` where the recommended option is the cheapest."""
    lines = LINE_RESULTS.completed(tables["line_results"])
    best = tables["best_options"].filter(pl.col("part_id").fill_null("") != "")
    best = best.select("part_id", "description", "best_option", "saving", "saving_low", "saving_high")
    chosen = recommended_options(study, lines, tables)
    figures = lines.select(
        *("part_id", "option", "availability", "initial_stock", "reorder_point", "central_stock"),
        total_cost=pl.col("supply_cost").fill_null(0.0) + pl.col("downtime_cost").fill_null(0.0),
    )
    facts = lines.select("part_id", "vendor", "criticality", "tags", "failures_per_year").unique(
        "part_id", keep="first"
    )
    joined = best.join(facts, on="part_id", how="left", maintain_order="left")
    joined = joined.join(chosen, on="part_id", how="left", maintain_order="left")
    joined = joined.join(figures, on=["part_id", "option"], how="left", maintain_order="left")
    cheapest = pl.col("option") == pl.col("best_option")
    return joined.with_columns(
        pl.when(cheapest).then(name).alias(name) for name in ("saving", "saving_low", "saving_high")
    )
