"""Do the 95 % intervals of a study hold the exact value? A thousand seeds of studies whose Markov chain is solved.

PYTHONPATH=tests python -m long.study_coverage [seeds]      writes docs/validation/study-coverage.md and its picture
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import beta

from agreement.cases import Case, chains, renewals
from spareverse.simulation.study_run import run_study

Floats = NDArray[np.float64]
SEEDS = 1_000
FIRST_SEED = 10_000
REPLICATIONS = 100
PRECISION = 0.005
PICTURE = "study-coverage.svg"


@cache
def studies() -> dict[str, Case]:
    """Cases of the agreement table, by what is asked of them."""
    wanted = (
        "El-Thalji 1, own piece, exponential",
        "El-Thalji 1, first arrival, exponential",
        "El-Thalji 4, own piece",
        "(s, Q) on the position",
        "three assets share base stock 2",
    )
    found = {case.name: case for case in (*chains(), *renewals())}
    return {name: found[name] for name in wanted}


@dataclass(frozen=True)
class Coverage:
    """Intervals of one study and measure over all seeds."""

    study: str
    stopping: str
    measure: str
    exact: float
    limits: Floats
    """[seeds, 2]"""
    replications: float
    """Mean per seed."""

    @property
    def held(self) -> NDArray[np.bool_]:
        return (self.limits[:, 0] <= self.exact) & (self.exact <= self.limits[:, 1])

    @property
    def share(self) -> float:
        return float(self.held.mean())

    @property
    def share_limits(self) -> tuple[float, float]:
        """95 % limits of the share itself (Clopper & Pearson)."""
        n, k = len(self.held), int(self.held.sum())
        low = float(beta.ppf(0.025, k, n - k + 1)) if k else 0.0
        return low, float(beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0

    @property
    def half_width(self) -> float:
        return float(np.diff(self.limits, axis=1).mean()) / 2.0


def cover(name: str, seeds: int, *, precision: float | None = None) -> list[Coverage]:
    """Every measure of a study with an exact value: a fixed number of replications, or until a half-width."""
    case = studies()[name]
    measures = [measure for measure in case.exact if measure != "system_availability"]
    limits = np.empty((seeds, len(measures), 2))
    used = 0
    for number in range(seeds):
        amount = {"replications": REPLICATIONS} if precision is None else {"precision": precision}
        run = run_study(case.study, seed=FIRST_SEED + number, trace=0, **amount)  # type: ignore[arg-type]
        table = run.tables["options"]
        rows = {row["measure"]: row for row in table.filter(pl.col("measure").is_in(measures)).iter_rows(named=True)}
        limits[number] = [(rows[measure]["low"], rows[measure]["high"]) for measure in measures]
        used += run.replications
    stopping = f"{REPLICATIONS} runs" if precision is None else f"until ± {precision:g}"
    return [
        Coverage(name, stopping, measure, case.exact[measure], limits[:, column], used / seeds)
        for column, measure in enumerate(measures)
    ]


# the page ----------------------------------------------------------------------------------------------------------

PAGE = """\
# Do a study's intervals hold?

Written by `PYTHONPATH=tests python -m long.study_coverage`; do not edit.

{seeds:,} seeds of every study; the exact value comes from its Markov chain over the same twenty years
([how](../background/spares-theory.md)). A 95 % interval of the mean should hold it for 95 % of the seeds; 93 to 97 % is
asked of availability, which is what runs are stopped by. A study stopped *until* a half-width chooses its number of
runs by what it sees, which could make it too sure of itself.

![Intervals of the first hundred seeds, and the share that holds in each study]({picture})

| study | stopped | runs | measure | exact | half-width | held | 95 % limits of that share |
|---|---|---:|---|---:|---:|---:|---:|
{rows}
"""


def row(found: Coverage) -> str:
    low, high = found.share_limits
    cells = (
        found.study,
        found.stopping,
        f"{found.replications:,.0f}",
        found.measure.replace("_", " "),
        f"{found.exact:,.4f}",
        f"{found.half_width:.2g}",
        f"{found.share:.1%}",
        f"{low:.1%} to {high:.1%}",
    )
    return f"| {' | '.join(cells)} |"


def document(found: list[Coverage]) -> str:
    """The page docs/validation/study-coverage.md."""
    return PAGE.format(seeds=len(found[0].held), picture=PICTURE, rows="\n".join(map(row, found)))


def picture(found: list[Coverage]) -> str:
    """SVG: intervals of the first hundred seeds of the first study, and the share that holds in all."""
    first = found[0]
    shown = first.limits[:100]
    low, high = float(shown.min()), float(shown.max())

    def y(value: float) -> float:
        return 40.0 + 200.0 * (high - value) / (high - low)

    marks = [
        f'<line x1="{60 + 6.6 * n:.1f}" x2="{60 + 6.6 * n:.1f}" y1="{y(bottom):.1f}" y2="{y(top):.1f}" '
        f'stroke="{"#3b6ea5" if held else "#c8452f"}" stroke-width="3"/>'
        for n, ((bottom, top), held) in enumerate(zip(shown, first.held[:100], strict=True))
    ]
    missed = int((~first.held[:100]).sum())
    head = (
        f'<text x="60" y="22" class="t">Availability of “{first.study}”, {first.stopping}: 95 % intervals of '
        f"{len(shown)} seeds, {missed} miss the exact {first.exact:.4f}</text>"
    )
    exact = f'<line x1="52" x2="722" y1="{y(first.exact):.1f}" y2="{y(first.exact):.1f}" stroke="#222"/>'
    scale = [f'<text x="48" y="{y(v) + 4:.1f}" text-anchor="end">{v:.3f}</text>' for v in (low, first.exact, high)]
    known = [each for each in found if each.measure == "availability"]

    def x(share: float) -> float:
        return 360.0 + 360.0 * (share - 0.90) / 0.10

    bottom = 290 + 26 * len(known)
    dots = [
        f'<rect x="{x(0.93):.1f}" y="276" width="{x(0.97) - x(0.93):.1f}" height="{bottom - 282}" fill="#e4ecf4"/>',
        '<text x="60" y="270" class="t">Share of the seeds whose interval holds the exact availability</text>',
    ]
    for n, each in enumerate(known):
        at, (left, right) = 294 + 26 * n, each.share_limits
        dots += [
            f'<text x="60" y="{at + 4}">{each.study}, {each.stopping}</text>',
            f'<line x1="{x(max(left, 0.9)):.1f}" x2="{x(right):.1f}" y1="{at}" y2="{at}" stroke="#3b6ea5"/>',
            f'<circle cx="{x(max(each.share, 0.9)):.1f}" cy="{at}" r="4" fill="#3b6ea5"/>',
        ]
    dots += [
        f'<text x="{x(share):.1f}" y="{bottom + 10}" text-anchor="middle">{share:.0%}</text>'
        for share in (0.90, 0.93, 0.95, 0.97, 1.0)
    ]
    style = "text{font:12px sans-serif;fill:#333}.t{font-weight:bold}"
    body = "\n".join([head, *scale, *marks, exact, *dots])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {bottom + 24}" role="img">\n<style>{style}</style>\n'
        f'<rect width="760" height="{bottom + 24}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def main(arguments: list[str]) -> None:
    seeds = int(arguments[0]) if arguments else SEEDS
    found = []
    for name in studies():
        found += cover(name, seeds)
        sys.stderr.write(f"{found[-1].study}\n")
    for name in list(studies())[:2]:
        found += cover(name, seeds, precision=PRECISION)
    page = document(found)
    if seeds >= SEEDS:
        folder = Path(__file__).parents[2] / "docs" / "validation"
        (folder / "study-coverage.md").write_text(page, encoding="utf-8")
        (folder / PICTURE).write_text(picture(found), encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main(sys.argv[1:])
