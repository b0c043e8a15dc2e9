"""The engine through the public verb: one asset beside SimPy, scale, a package of 500 lines, stock search, start."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from measuring import Measurement, run, spareverse
from simpy_platform import Platform, Scenario

CONVENTIONAL_H, DIGITAL_H = (480.0, 720.0, 1200.0), (120.0, 168.0, 336.0)
SCENARIOS = (
    Scenario(3, 2, CONVENTIONAL_H),
    Scenario(0, 0, DIGITAL_H),
    Scenario(7, 6, CONVENTIONAL_H),
    Scenario(4, 3, DIGITAL_H),
)
"""As the options of the example ``el-thalji-2025``, in their order."""
SEED = 1


@contextmanager
def one_core() -> Iterator[None]:
    """Keep the process on one core, where the system can: SimPy uses one, and two threads on one core's two halves
    would count as two."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measure(*, quick: bool) -> Iterator[Measurement]:
    with one_core():
        yield from _one_asset(quick)
    yield from _scale(quick)
    yield from _package(quick)
    yield from _search()
    yield from _start(quick)


def _one_asset(quick: bool) -> Iterator[Measurement]:
    """Runs per CPU second of each scenario, SimPy and ours in turn: tables alone, and with all answers."""
    from spareverse.examples import platform
    from spareverse.simulation.study_run import run_study

    runs, theirs = (400, 20) if quick else (40_000, 400)
    study = platform.study()
    for option, scenario in zip(study.options, SCENARIOS, strict=True):
        alone = replace(study, options=(option,))
        _simulate(alone, replications=50)
        begin = time.process_time()
        sample = [Platform(scenario, SEED + number).run() for number in range(theirs)]
        their_rate = theirs / (time.process_time() - begin)
        for verb, work in (("tables", run_study), ("and answers", _simulate)):
            rate, found = _rate(partial(work, alone, replications=runs, seed=SEED), runs)
            ours = found.tables["replications"]["availability"]
            noise = 4.0 * (ours.std() ** 2 / len(ours) + stdev(sample) ** 2 / theirs) ** 0.5
            remark = f"availability {ours.mean():.4f} and {mean(sample):.4f}"
            if abs(ours.mean() - mean(sample)) > noise:
                remark += " DIFFERENT ANSWER"
            case = f"20 years of {option.name}, runs, {verb}"
            yield Measurement(case, rate, "/s", "SimPy", their_rate, higher_is_better=True, remark=remark)


def _scale(quick: bool) -> Iterator[Measurement]:
    """CPU time for each event over the fixed cost of a run, as the work grows a thousandfold."""
    from spareverse.examples import platform
    from spareverse.simulation.study_run import run_study

    study = replace(platform.study(), options=platform.study().options[:1])
    _, fixed = _timed(partial(run_study, study, replications=2, seed=SEED))
    smallest = None
    for replications in (100, 1_000, 10_000) if quick else (100, 1_000, 10_000, 100_000):
        found, seconds = _timed(partial(run_study, study, replications=replications, seed=SEED))
        events = int(found.tables["replications"]["events"].sum())
        each = 1e9 * (seconds - fixed) / events
        smallest = smallest or each
        case = f"CPU time an event, {events:,} events"
        yield Measurement(case, each, "ns", "the same, fewest events", smallest, cpu_seconds=seconds)


def _package(quick: bool) -> Iterator[Measurement]:
    """The example package, its options, until availability is known to 0.2 points (2 points when quick)."""
    from spareverse.examples import package
    from spareverse.twin.warehouse_study import Study

    folder = Path(tempfile.mkdtemp())
    try:
        study = Study.load(package.write(folder)["study"]).definition
    finally:
        shutil.rmtree(folder)
    _simulate(replace(study, horizon_h=8760.0), replications=2)
    begin, cpu = time.perf_counter(), time.process_time()
    found = _simulate(study, precision=0.02 if quick else 0.002)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    events = int(found.tables["replications"]["events"].sum())
    yield Measurement(
        f"{study.lines.height} lines, {len(study.options)} options, to {2 if quick else 0.2} points",
        seconds,
        "s",
        "the limit we set",
        120.0,
        cpu_seconds=cpu,
        remark=f"{found.run.replications} replications, {events:,} events, {events / cpu / 1e6:.1f} M a CPU second",
    )


def _search() -> Iterator[Measurement]:
    """Smallest stock of the platform that reaches its target, for both kinds of supply."""
    from spareverse.examples import platform
    from spareverse.optimisation.warehouse.answers import smallest_stocks
    from spareverse.simulation.study_run import run_study

    study = platform.study()
    smallest_stocks(study, run_study, seed=SEED)
    begin, cpu = time.perf_counter(), time.process_time()
    found, _ = smallest_stocks(study, run_study, seed=SEED)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    pieces = ", ".join(f"{row['supply']} {row['initial_stock']}" for row in found.iter_rows(named=True))
    case = f"smallest stock for {study.target_availability:.0%}"
    yield Measurement(case, seconds, "s", "the limit we set", 5.0, cpu_seconds=cpu, remark=f"pieces: {pieces}")


def _start(quick: bool) -> Iterator[Measurement]:
    """From the command to the first line of progress, warm; and the first run ever, which compiles."""
    folder = Path(tempfile.mkdtemp())
    try:
        run(spareverse("new", folder / "study", "--example", "el-thalji-2025"))
        file = next((folder / "study").glob("*.toml"))
        command = spareverse("study", file, "--replications", 200)
        cold = run(command, environment={"XDG_CACHE_HOME": str(folder / "cache")})
        warm = run(command, environment={"XDG_CACHE_HOME": str(folder / "cache")})
        run(command)
        first = min(_first_progress(command) for _ in range(3 if quick else 10))
    finally:
        shutil.rmtree(folder)
    yield Measurement("warm study to the first half-width shown", first, "s", "the limit we set", 1.5)
    yield Measurement(
        "first study ever, which compiles",
        cold.seconds,
        "s",
        "the same, compiled before",
        warm.seconds,
        cpu_seconds=cold.cpu_seconds,
        memory_mb=cold.memory_mb,
        remark=f"compiling takes {cold.seconds - warm.seconds:.1f} s",
    )


def _first_progress(command: list[str]) -> float:
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        while b"runs)" not in child.stderr.readline():
            pass
        seconds = time.perf_counter() - begin
        child.stderr.read()
    return seconds


def _rate(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Runs a CPU second (all threads), and the result."""
    found, seconds = _timed(work)
    return runs / seconds, found


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The result and its CPU time [s], the better of two."""
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        found = work()
        best = min(best, time.process_time() - begin)
    return found, best


def _simulate(study: Any, **asked: Any) -> Any:
    """Through the public verb, all answers included."""
    from spareverse.twin.warehouse_study import Study

    return Study(study).run(**({"seed": SEED} | asked))
