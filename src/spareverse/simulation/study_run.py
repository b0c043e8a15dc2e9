"""Run a warehouse study: replications of every option under common random numbers, until they are enough."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import polars as pl
from numpy.typing import NDArray

from spareverse.errors import Cancelled, UsageError
from spareverse.jit import Cancel, Progress
from spareverse.network.study import Study
from spareverse.simulation.impossible_studies import check_possible
from spareverse.simulation.option_run import PIECE, OptionRun, piece_size, threads_available
from spareverse.simulation.study_network import Package
from spareverse.simulation.study_results import (
    difference_results,
    event_results,
    line_results,
    option_results,
    period_results,
    replication_results,
)

DEFAULT_REPLICATIONS = 200
FIRST_REPLICATIONS = 32
"""Before the first look at the half-width: fewer let a lucky variance stop too early."""
MOST_REPLICATIONS = 1_000_000
GROWTH = 2.0
"""The number of replications at most doubles between two looks."""


class Memory(Protocol):
    """Where replications are kept between two starts of a run; names are those of options."""

    def read(self, name: str) -> Mapping[str, NDArray[Any]] | None: ...
    def write(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None: ...


@dataclass(frozen=True)
class StudyRun:
    """A study's replications as the declared result tables."""

    study: Study
    seed: int
    replications: int
    """Of every option."""
    tables: Mapping[str, pl.DataFrame]
    half_widths: dict[str, float]
    """Of availability, per option."""
    stopped_early: bool


def run_study(
    study: Study,
    *,
    precision: float | None = None,
    replications: int | None = None,
    seed: int = 0,
    trace: int = 3,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    stop: Cancel | None = None,
    memory: Memory | None = None,
    only: Collection[str] | None = None,
) -> StudyRun:
    """Replications 0, 1, ... of every option; replication r meets the same random numbers under all of them.

    precision
        Wanted half-width of the 95 % interval of availability, as a share; every option runs until the widest is met.
    replications
        A number instead; with neither, 200.
    trace
        First replications whose events are logged.
    cancel, stop
        Asked between pieces of work: ``cancel`` raises Cancelled, ``stop`` ends with the replications that every option
        has: those of the last whole round, the first of which is always simulated to its end.
    memory
        Replications found there are not simulated again; new ones are added after every round.
    only
        Names of the options to simulate; the others are there to be followed.

    The result depends on study, seed and the number of replications alone, to the bit.
    """
    _check(precision, replications, seed)
    check_possible(study)
    package = Package(study)
    runs = [OptionRun.prepare(package, each, seed) for each in study.options if only is None or each.name in only]
    if memory is not None:
        for run in runs:
            if kept := memory.read(run.option.name):
                run.restore(kept)
    # an earlier start may have ended between two options
    remembered = max(run.done for run in runs)
    wanted = replications or (DEFAULT_REPLICATIONS if precision is None else FIRST_REPLICATIONS)
    wanted = max(wanted, remembered)

    def interrupted() -> bool:
        return (bool(whole) and stop is not None and stop()) or (cancel is not None and cancel())

    stopped = False
    whole: list[OptionRun] = []
    reached, shown = 0, 0.0
    with ThreadPoolExecutor(threads_available()) as pool:
        while reached < wanted and not stopped:
            goal = min(wanted, _end_of_round(reached) if reached else max(remembered, FIRST_REPLICATIONS))
            for number, run in enumerate(runs):
                before = run.done
                run.run_until(goal, pool, interrupted)
                if memory is not None and run.done > before:
                    memory.write(run.option.name, run.arrays())
                if cancel is not None and cancel():
                    raise Cancelled("Stopped on request; nothing was saved.")
                if progress is not None:
                    shown = max(shown, 0.95 * _share_done(runs, number + 1, reached, goal, wanted, precision))
                    progress(shown, widths(runs))
            if any(run.done < goal for run in runs):
                stopped, runs = True, whole
                break
            whole, reached = [run.as_it_stands() for run in runs], goal
            stopped = interrupted() and reached < wanted
            if precision is not None and reached == wanted and not stopped:
                wanted = _needed(runs, precision, reached)
    if progress is not None:
        progress(0.95, "Adding up")
    return StudyRun(
        study, seed, reached, _tables(runs, trace), {run.option.name: run.half_width() for run in runs}, stopped
    )


def _check(precision: float | None, replications: int | None, seed: int) -> None:
    if precision is not None and replications is not None:
        raise UsageError("Give a precision or a number of replications, not both.")
    if precision is not None and not 0 < precision < 0.5:
        raise UsageError(f"The precision is a half-width of availability between 0 and 0.5, got {precision}.")
    if replications is not None and not 1 <= replications <= MOST_REPLICATIONS:
        raise UsageError(f"The number of replications is between 1 and {MOST_REPLICATIONS:,}, got {replications}.")
    if not 0 <= seed < 2**63:
        raise UsageError(f"The seed is a whole number from 0 to 2^63 - 1, got {seed}.")


def _end_of_round(reached: int) -> int:
    """A quarter more, which is what a run that is ended early may lose, in whole pieces."""
    end = reached + max(reached // 4, FIRST_REPLICATIONS)
    return end - end % piece_size(reached)


def _needed(runs: list[OptionRun], precision: float, reached: int) -> int:
    """How many replications the widest option needs, rounded up to whole pieces; at most the double per look."""
    widest = max(run.half_width() for run in runs)
    if widest <= precision:
        return reached
    needed = reached * (widest / precision) ** 2 * 1.05
    return min(-(-int(min(needed, GROWTH * reached)) // PIECE) * PIECE, MOST_REPLICATIONS)


def _share_done(
    runs: list[OptionRun], options_done: int, reached: int, goal: int, wanted: int, precision: float | None
) -> float:
    """How much of the work is behind us; with a precision, by the squared half-width still to come."""
    if precision is None:
        return (reached + (goal - reached) * options_done / len(runs)) / wanted
    widest = max(run.half_width() for run in runs)
    return min((precision / widest) ** 2, 1.0) if widest > 0 else 1.0


def widths(runs: list[OptionRun]) -> str:
    """How exact the options are by now, in words."""
    known = [run for run in runs if run.done > 1]
    texts = [f"{run.option.name} {run.values('availability').mean():.4f} ± {run.half_width():.4f}" for run in known]
    return f"availability {', '.join(texts)} ({max((run.done for run in runs), default=0):,} runs)"


class ResultTables(Mapping[str, pl.DataFrame]):
    """The result tables of a run, each made when first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], pl.DataFrame]]) -> None:
        self._makers = makers
        self._made: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def _tables(runs: list[OptionRun], trace: int) -> ResultTables:
    return ResultTables(
        {
            "options": partial(option_results, runs),
            "differences": partial(difference_results, runs),
            "line_results": partial(line_results, runs),
            "periods": partial(period_results, runs),
            "replications": partial(replication_results, runs),
            "events": partial(event_results, runs, trace),
        }
    )
