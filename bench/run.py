"""Speed and memory beside the usual libraries: make bench, or python bench/run.py [NAME ...] [--quick].

Every case prints what was measured beside what people use today; nothing here passes or fails. The figures of a run
are also written to bench-results/.
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from measuring import Measurement, cores

SUITES = (
    "weibull_fits",
    "cycle_join",
    "forecasting",
    "single_item",
    "portfolio",
    "monitors",
    "engine",
    "universe",
    "early_warning",
    "viability",
    "words",
    "start",
    "company",
    "pages",
)


def main() -> int:
    """Run the chosen suites and print one table each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SUITES, []], help=f"suites: {', '.join(SUITES)} (all)")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    chosen = parser.parse_args()
    machine = f"{platform.machine()}, {cores()} cores, Python {platform.python_version()}"
    print(f"{machine}\n")
    results: dict[str, list[Measurement]] = {}
    for name in chosen.names or SUITES:
        suite = importlib.import_module(name)
        print((suite.__doc__ or name).strip().splitlines()[0])
        print(HEADER)
        results[name] = []
        for measurement in suite.measure(quick=chosen.quick):
            results[name].append(measurement)
            print(line(measurement), flush=True)
        print()
    folder = Path("bench-results")
    folder.mkdir(exist_ok=True)
    path = folder / f"{datetime.now().astimezone():%Y-%m-%dT%H-%M-%S}.json"
    found = {name: [asdict(entry) for entry in entries] for name, entries in results.items()}
    path.write_text(json.dumps({"machine": machine, "results": found}, indent=2))
    print(f"written to {path}")
    return 0


HEADER = f"  {'case':46} {'ours':>12} {'cpu s':>8} {'MB':>7}   {'beside':34} {'theirs':>12} {'ratio':>9}"


def line(found: Measurement) -> str:
    """One row of the table; the ratio is how many times better ours is."""
    cpu = f"{found.cpu_seconds:8.2f}" if found.cpu_seconds is not None else " " * 8
    memory = f"{found.memory_mb:7.0f}" if found.memory_mb is not None else " " * 7
    ours = f"{found.ours:,.4g} {found.unit}"
    row = f"  {found.case:46} {ours:>12} {cpu} {memory}   {found.beside:34}"
    if found.theirs is not None:
        row += f" {f'{found.theirs:,.4g} {found.unit}':>12} {found.ratio:9,.2f}"
    return row + (f"   {found.remark}" if found.remark else "")


if __name__ == "__main__":
    sys.exit(main())
