"""Closed form, SimPy and the product beside one another.

PYTHONPATH=tests python -m agreement.comparison [share of the runs]      writes docs/validation/agreement.md
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from agreement.cases import Case, all_cases
from agreement.simpy_study import replicate
from spareverse.simulation.study_run import run_study

Floats = NDArray[np.float64]
SEED = 2025
FAR = 4.0
"""Standard errors beyond which two figures are said to differ: once in 16,000 comparisons by chance."""


@dataclass(frozen=True)
class Estimate:
    """Mean over independent runs."""

    mean: float
    error: float
    """Standard error."""
    runs: int

    @classmethod
    def of(cls, values: Floats) -> Estimate:
        known = values[np.isfinite(values)]
        return cls(float(known.mean()), float(known.std(ddof=1)) / math.sqrt(len(known)), len(known))

    @property
    def half_width(self) -> float:
        """Of the 95 % interval."""
        return float(student.ppf(0.975, self.runs - 1)) * self.error

    def holds(self, value: float) -> bool:
        return abs(value - self.mean) <= max(self.half_width, 1e-9 * abs(value))


@dataclass(frozen=True)
class Row:
    """One measure of one case."""

    case: Case
    measure: str
    exact: float | None
    ours: Estimate
    simpy: Estimate | None

    @property
    def distances(self) -> Iterator[float]:
        """Standard errors between each two of the three."""
        floor = 1e-9 * max(abs(self.ours.mean), 1.0)
        if self.exact is not None:
            yield abs(self.ours.mean - self.exact) / max(self.ours.error, floor)
        if self.simpy is not None:
            yield abs(self.ours.mean - self.simpy.mean) / max(math.hypot(self.ours.error, self.simpy.error), floor)
        if self.exact is not None and self.simpy is not None:
            yield abs(self.simpy.mean - self.exact) / max(self.simpy.error, floor)

    @property
    def verdict(self) -> str:
        worst = max(self.distances)
        return "agrees" if worst <= FAR else f"differs by {worst:.1f} standard errors"


def seed_of(case: Case) -> int:
    """Of its own: cases of one seed would share the lives of their assets, and their luck."""
    return crc32(f"{SEED} {case.name}".encode())


def product(case: Case, runs: int) -> dict[str, Estimate]:
    """The product's runs of a case: measure -> estimate."""
    table = run_study(case.study, replications=runs, seed=seed_of(case), trace=0).tables["replications"]
    return {measure: Estimate.of(table[measure].to_numpy()) for measure in case.measures}


def other(case: Case, runs: int) -> dict[str, Estimate]:
    """SimPy's runs of a case; nothing where none are wanted."""
    if runs < 2:
        return {}
    found = replicate(case.study, "only", runs=runs, seed=seed_of(case))
    return {measure: Estimate.of(found[measure]) for measure in case.measures}


def compare(case: Case, runs: int, simpy_runs: int) -> list[Row]:
    """Every measure of a case."""
    ours, simpy = product(case, runs), other(case, simpy_runs)
    return [Row(case, measure, case.exact.get(measure), ours[measure], simpy.get(measure)) for measure in case.measures]


# the page ----------------------------------------------------------------------------------------------------------

PAGE = """\
# Closed form, SimPy and Spareverse

Written by `PYTHONPATH=tests python -m agreement.comparison`; do not edit.

{cases} studies, {known} of them with an answer in closed form or from an exact Markov chain
([how](../background/spares-theory.md)), {beside} run by an independent model of the study written in SimPy as well.
Behind a simulated mean stands the half-width of its 95 % interval; seeds from {seed}. *Agrees*: no two of the three are
more than {far:g} standard errors apart, which chance alone does once in 16,000 comparisons.

* {agreeing} of {rows} figures agree.
* {ours:.1%} of Spareverse's 95 % intervals ({ours_count}) and {simpy:.1%} of SimPy's ({simpy_count}) hold the exact
  value. The measures of one case vary together, so these shares scatter more than independent ones would; a thousand
  seeds of a case are [counted apart](study-coverage.md).
* Largest distance of Spareverse: {ours_far:.1f} standard errors from the exact value, {simpy_far:.1f} from SimPy.

## With an exact answer

| case | formula | measure | exact | SimPy | Spareverse | verdict |
|---|---|---|---:|---:|---:|---|
{exact_rows}

## Beside SimPy alone

A package of four tags on three assets: Weibull and exponential lives, a part shared by two assets, two of three pieces
needed. No formula covers these studies as a whole.

| case | measure | SimPy | Spareverse | verdict |
|---|---|---:|---:|---|
{simpy_rows}
"""


def digits(value: float, error: float) -> str:
    """Two digits of the error decide how many are shown."""
    places = 5 if error <= 0.0 else max(0, 1 - math.floor(math.log10(error)))
    return f"{value:,.{min(places, 7)}f}"


def shown(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return f"{digits(estimate.mean, estimate.error)} ± {digits(estimate.half_width, estimate.error)}"


def line(row: Row) -> str:
    measure = row.measure.replace("_", " ")
    if row.exact is None:
        return f"| {row.case.name} | {measure} | {shown(row.simpy)} | {shown(row.ours)} | {row.verdict} |"
    exact = digits(row.exact, row.ours.error / 10.0)
    cells = (row.case.name, row.case.formula, measure, exact, shown(row.simpy), shown(row.ours), row.verdict)
    return f"| {' | '.join(cells)} |"


def document(rows: list[Row]) -> str:
    """The page docs/validation/agreement.md."""
    known = [row for row in rows if row.exact is not None]
    both = [row for row in rows if row.simpy is not None]
    ours = [row.ours.holds(row.exact) for row in known if row.exact is not None]
    simpy = [row.simpy.holds(row.exact) for row in known if row.exact is not None and row.simpy is not None]
    return PAGE.format(
        cases=len({row.case.name for row in rows}),
        known=len({row.case.name for row in known}),
        beside=len({row.case.name for row in both}),
        seed=SEED,
        far=FAR,
        agreeing=sum(row.verdict == "agrees" for row in rows),
        rows=len(rows),
        ours=float(np.mean(ours)),
        ours_count=len(ours),
        simpy=float(np.mean(simpy)),
        simpy_count=len(simpy),
        ours_far=max(next(iter(row.distances)) for row in known),
        simpy_far=max(list(row.distances)[0 if row.exact is None else 1] for row in both),
        exact_rows="\n".join(map(line, known)),
        simpy_rows="\n".join(line(row) for row in rows if row.exact is None),
    )


def main(arguments: list[str]) -> None:
    share = float(arguments[0]) if arguments else 1.0
    rows = []
    for case in all_cases():
        rows += compare(case, max(20, round(share * case.runs)), round(share * case.simpy_runs))
        sys.stderr.write(
            f"{case.name}: {', '.join(f'{row.measure} {row.verdict}' for row in rows if row.case is case)}\n"
        )
    page = document(rows)
    if share >= 1.0:
        (Path(__file__).parents[2] / "docs" / "validation" / "agreement.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main(sys.argv[1:])
