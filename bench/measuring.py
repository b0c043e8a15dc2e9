"""How things are measured: wall time, CPU time of all threads and children, peak memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """One row: ours in ``unit`` beside theirs; ``higher_is_better`` for rates."""

    case: str
    ours: float
    unit: str
    beside: str = ""
    theirs: float | None = None
    higher_is_better: bool = False
    cpu_seconds: float | None = None
    memory_mb: float | None = None
    remark: str = ""

    @property
    def ratio(self) -> float:
        """How many times better ours is."""
        if not self.theirs or not self.ours:
            return float("nan")
        return self.ours / self.theirs if self.higher_is_better else self.theirs / self.ours


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def timed(work: Callable[[], Any], *, repeat: int = 3) -> tuple[float, float, Any]:
    """Best wall time [s], its CPU time [s] over all threads, and the last answer; one unmeasured call warms up."""
    answer = work()
    best = (float("inf"), 0.0)
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        best = min(best, (time.perf_counter() - wall, time.process_time() - cpu))
    return *best, answer


@dataclass(frozen=True)
class Process:
    """What one command took."""

    seconds: float
    cpu_seconds: float
    memory_mb: float
    output: str


def run(command: Sequence[str], *, environment: dict[str, str] | None = None, cwd: Path | None = None) -> Process:
    """Run a command to its end; memory is the peak of the process itself. Raises when it fails."""
    begin = time.perf_counter()
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, cwd=cwd
    )
    assert child.stdout is not None
    output = child.stdout.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {output[:2000]}")
    scale = 1e6 if sys.platform == "darwin" else 1e3
    seconds = time.perf_counter() - begin
    return Process(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / scale, output)


def spareverse(*arguments: object) -> list[str]:
    """The command line of this environment."""
    return [str(Path(sys.executable).parent / "spareverse"), *map(str, arguments)]


def peak_memory_mb() -> float:
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
