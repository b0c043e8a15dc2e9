"""A warehouse-options study as its user meets it: load, run, look, hand over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import spareverse
from spareverse.io.study_files import read_study, write_study
from spareverse.io.study_runs import RunMemory, study_fingerprint, write_run_tables
from spareverse.jit import Cancel, Progress, is_compiled
from spareverse.network.study import Emergency
from spareverse.network.study import Study as Definition
from spareverse.simulation.study_run import StudyRun, run_study

if TYPE_CHECKING:
    from spareverse.explainer.facts import Narrative
    from spareverse.figures.figure import Figure
    from spareverse.figures.warehouse.gallery import Gallery

COMPILING = "Compiling the engine for this machine; only the first run does this"


@dataclass(frozen=True)
class StudyResult:
    """A run with everything concluded from it."""

    run: StudyRun
    answers: dict[str, pl.DataFrame]
    document: dict[str, Any]
    """How it was made: name, version, seed, replications, half-widths, rule, hash of the inputs, notes, made_at."""

    @property
    def study(self) -> Definition:
        return self.run.study

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """The result tables (``network.study_tables``)."""
        return self.run.tables

    @cached_property
    def gallery(self) -> Gallery:
        from spareverse.figures.warehouse.gallery import Gallery

        return Gallery(self.study, self.tables, self.answers)

    @cached_property
    def decision(self) -> Narrative:
        """What the run says, the decision first."""
        from spareverse.explainer.warehouse import decision

        return decision(self.study, self.tables, self.answers)

    def figures(self) -> dict[str, Figure]:
        """Every figure that has something to show."""
        return self.gallery.all()

    def figure(self, name: str, **wishes: Any) -> Figure:
        """One figure; ``wishes`` as of ``Gallery.figure``. NotFound for an unknown name."""
        return self.gallery.figure(name, **wishes)

    def spir(self, path: str | Path) -> Path:
        """Write the SPIR workbook."""
        from spareverse.io.spir import write_spir

        return write_spir(path, self)

    def report(self, path: str | Path) -> Path:
        """Write the report, one HTML file that needs no network."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self._report(), encoding="utf-8")
        return target

    def save(self, folder: str | Path) -> Path:
        """Write the run folder: inputs, tables, SPIR workbook, report."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        write_study(self.study, target)
        self.spir(target / "SPIR.xlsx")
        self.report(target / "report.html")
        write_run_tables(target, {**self.tables, **self.answers}, self.document)
        return target

    def _report(self) -> str:
        from spareverse.explainer.study_report import study_sections
        from spareverse.figures.report import html_study_report

        sections = study_sections(self.study, self.tables, self.answers, self.figures())
        return html_study_report(self.study.name, self.document, sections)

    def __repr__(self) -> str:
        told = self.decision
        return f"<StudyResult {self.study.name!r}, {self.run.replications} runs: {told.sentences[0]}>"

    def _repr_html_(self) -> str:
        return self.figure("options")._repr_html_()


class Study:
    """Ways to keep and supply a package of spare parts, compared by simulation.

    >>> study = Study.load("platform.toml")                          # doctest: +SKIP
    >>> result = study.run(precision=0.001, seed=7)                  # doctest: +SKIP
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    @classmethod
    def load(cls, path: str | Path, *, history: pl.DataFrame | None = None) -> Study:
        """Read a study file, or a folder that holds one. InputRejected lists everything wrong with it.

        history
            Part results of a twin's analysis, for lines whose ``rate_source`` is the history.
        """
        return cls(read_study(path, history=history))

    def with_emergency(self, rule: Emergency) -> Study:
        """The same study under another rule for an asset without a spare."""
        return Study(replace(self.definition, emergency=rule))

    def run(
        self,
        *,
        precision: float | None = None,
        replications: int | None = None,
        seed: int = 0,
        out: str | Path | None = None,
        resume: bool = False,
        thorough: bool = False,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
        stop: Cancel | None = None,
    ) -> StudyResult:
        """Simulate every option and work out the answers.

        precision, replications
            Wanted half-width of availability (a share), or a number of replications; 200 with neither.
        thorough
            Also vary all inputs at once (global sensitivity): hundreds of further simulations.
        out, resume
            Folder for the result; a run that was ended there goes on with ``resume``.
        cancel, stop
            Asked between pieces of work: raise Cancelled, or end with the replications there are.
        """
        if progress is not None and not is_compiled():
            progress(0.0, COMPILING)
        definition = self._with_stock()
        target = None if out is None else Path(out)
        memory = None
        if target is not None:
            memory = RunMemory(target, study_fingerprint(definition), seed, resume=resume)
        run = run_study(
            definition,
            precision=precision,
            replications=replications,
            seed=seed,
            progress=_share(progress, 0.0, 0.8),
            cancel=cancel,
            stop=stop,
            memory=memory,
        )
        from spareverse.optimisation.warehouse.answers import answers

        made = answers(run, simulate=run_study, thorough=thorough, progress=_share(progress, 0.8, 1.0), cancel=cancel)
        result = StudyResult(run, made, self._document(run, precision))
        if target is not None and memory is not None:
            result.save(target)
            if not run.stopped_early:
                memory.forget()
        return result

    def _with_stock(self) -> Definition:
        """The definition with the levels of options that name a target instead of a stock."""
        if all(option.target_availability is None for option in self.definition.options):
            return self.definition
        from spareverse.optimisation.warehouse.stock_ladder import stock_levels

        return replace(self.definition, stock=stock_levels(self.definition))

    def _document(self, run: StudyRun, precision: float | None) -> dict[str, Any]:
        return {
            "name": run.study.name,
            "version": spareverse.__version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "inputs": {"study": study_fingerprint(run.study)},
            "seed": run.seed,
            "replications": run.replications,
            "precision": precision,
            "half_widths": run.half_widths,
            "stopped_early": run.stopped_early,
            "emergency": run.study.emergency,
            "currency": run.study.currency,
            "horizon_h": run.study.horizon_h,
            "notes": list(run.study.notes),
        }


def _share(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Progress of a part of the work."""
    if progress is None:
        return None
    return lambda fraction, what: progress(start + fraction * (end - start), what)
