"""The demo company from files to decisions: import of six years, analysis of three, growth with the catalogue."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from measuring import Measurement, peak_memory_mb, run

FOLDER = Path("bench-results") / "companies"
SINCE, UNTIL = date(2020, 3, 1), date(2023, 3, 1)


def measure(*, quick: bool) -> Iterator[Measurement]:
    for parts in (1_000, 3_000) if quick else (3_000, 30_000, 300_000, 1_000_000):
        company = FOLDER / str(parts)
        files = company / "files"
        if not files.exists():
            _step("make", company, parts)
        plain = _step("read", company, parts)
        # A fresh twin each time, or the import would rightly add nothing.
        shutil.rmtree(company / "twin", ignore_errors=True)
        taken = _step("import", company, parts)
        yield Measurement(
            f"import of all files, {parts:,} parts",
            taken["seconds"],
            "s",
            "pandas.read_csv, nothing checked",
            plain["seconds"],
            cpu_seconds=taken["cpu"],
            memory_mb=taken["memory"],
            remark=f"{taken['rows']:,} rows",
        )
        analysed = _step("analyse", company, parts)
        baseline = _step("baseline", company, parts)
        yield Measurement(
            f"analysis of three years, warm, {parts:,} parts",
            analysed["seconds"],
            "s",
            "pandas + SciPy, Weibull of lead times",
            baseline["seconds"],
            cpu_seconds=analysed["cpu"],
            memory_mb=analysed["memory"],
            remark=f"theirs: {baseline['fits']:,} fits extrapolated from {baseline['fitted']}, lead times only",
        )


def _step(name: str, company: Path, parts: int) -> dict[str, float]:
    """Run one step in a process of its own, so that its memory is its own."""
    done = run([sys.executable, __file__, name, str(company), str(parts)])
    return dict(json.loads(done.output.splitlines()[-1]))


def make(company: Path, parts: int) -> dict[str, float]:
    from spareverse.examples.demo_company import write

    write(company / "files", parts=parts)
    return {}


def read(company: Path, parts: int) -> dict[str, float]:
    import pandas as pd

    begin = time.perf_counter()
    for file in sorted((company / "files").glob("*.csv")):
        pd.read_csv(file, sep=";", decimal=",", low_memory=False)
    return {"seconds": time.perf_counter() - begin}


def import_files(company: Path, parts: int) -> dict[str, float]:
    import spareverse as sv

    create = sv.create  # loads the libraries; what is timed is the work
    files = {file.stem: file for file in (company / "files").glob("*.csv")}
    begin, cpu = time.perf_counter(), time.process_time()
    report = create(company / "twin").import_orders(**files)
    return {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - cpu,
        "memory": peak_memory_mb(),
        "rows": sum(file.read for file in report.files),
    }


def analyse(company: Path, parts: int) -> dict[str, float]:
    import spareverse as sv

    twin = sv.open(company / "twin")
    twin.analyse(since=date(2022, 12, 1), until=UNTIL)  # compiles, or loads what is compiled
    begin, cpu = time.perf_counter(), time.process_time()
    twin.analyse(since=SINCE, until=UNTIL)
    return {
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - cpu,
        "memory": peak_memory_mb(),
    }


def baseline(company: Path, parts: int) -> dict[str, float]:
    """What a planner's own script does: group the receipts by part and fit a Weibull to each with two or more."""
    import pandas as pd
    from scipy.stats import weibull_min

    most = 200
    lines = pd.read_csv(company / "files" / "purchases.csv", sep=";", decimal=",", low_memory=False)
    begin = time.perf_counter()
    for name in ("ordered_on", "received_on"):
        lines[name] = pd.to_datetime(lines[name], dayfirst=True, format="mixed", errors="coerce")
    lines["lead_time"] = (lines["received_on"] - lines["ordered_on"]).dt.days
    chosen = lines[(lines["ordered_on"] >= str(SINCE)) & (lines["lead_time"] > 0)]
    samples = [group.to_numpy() for _, group in chosen.groupby("part_id")["lead_time"] if len(group) > 1]
    prepared = time.perf_counter() - begin
    begin = time.perf_counter()
    for sample in samples[:most]:
        weibull_min.fit(sample, floc=0)
    each = (time.perf_counter() - begin) / max(1, min(most, len(samples)))
    return {"seconds": prepared + each * len(samples), "fits": len(samples), "fitted": min(most, len(samples))}


STEPS = {"make": make, "read": read, "import": import_files, "analyse": analyse, "baseline": baseline}

if __name__ == "__main__":
    import warnings

    warnings.simplefilter("ignore")
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
