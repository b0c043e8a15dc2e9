"""Starting: the command line, and the first use that must compile."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measuring import Measurement, run, spareverse


def measure(*, quick: bool) -> Iterator[Measurement]:
    runs = [run(spareverse("--help")) for _ in range(3 if quick else 10)]
    bare = [run([sys.executable, "-c", "pass"]) for _ in range(3 if quick else 10)]
    ours, theirs = (statistics.median(r.seconds for r in group) for group in (runs, bare))
    yield Measurement("spareverse --help, median", ours, "s", "python -c pass", theirs, memory_mb=runs[0].memory_mb)

    folder = Path(tempfile.mkdtemp())
    try:
        demo = spareverse("demo", folder / "twin", "--parts", 300, "--no-serve", "--json")
        first = run(demo, environment={"XDG_CACHE_HOME": str(folder / "cache")})
        shutil.rmtree(folder / "twin")
        warm = run(demo, environment={"XDG_CACHE_HOME": str(folder / "cache")})
    finally:
        shutil.rmtree(folder)
    yield Measurement(
        "make, import, analyse 300 parts, first ever",
        first.seconds,
        "s",
        "the same, compiled before",
        warm.seconds,
        cpu_seconds=first.cpu_seconds,
        memory_mb=first.memory_mb,
        remark=f"compiling takes {first.seconds - warm.seconds:.1f} s",
    )
