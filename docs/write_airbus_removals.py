"""Write the page of the Airbus removals: python docs/write_airbus_removals.py WORKBOOK (a minute)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from spareverse.reproduction.airbus_removals import run

PAGE = Path(__file__).parent / "validation" / "airbus-removals.md"
Document = dict[str, Any]

INTRODUCTION = """\
# Airbus removals: a life fitted to a real fleet, and its forecasts

Written by `python docs/write_airbus_removals.py WORKBOOK`; do not edit. `spareverse reproduce airbus-removals
--data WORKBOOK` prints the same.

Anonymised unscheduled removals of one part number (“C”) from Airbus Flight Hour Services, published with a student
project (nghi-truyen/Flight-Data-Analysis on GitHub, 2023). The workbook is not part of Spareverse; the figures
below are ours.

{counts}"""

READING = """\
## How the workbook is read

* **Hours** are those since installation, at removal or in the list of units; a unit's hours on another day follow
  from its airline's flight hours per aircraft-month. Measured between removal and list, serial numbers that are in
  both flew 346 h a month against the 350 h stated.
* **Left truncation.** Removals are recorded from 2015-01-01 on. A unit installed before is in the workbook only
  because it was still there: its life counts from the hours it had reached on that day.
* **Right censoring.** The units on aircraft are lives not yet ended. The list bears no day; it is taken as that of
  the last removal. Booked hours suggest it is a few weeks older (see the sensitivity).
* **Removals without usable hours** (missing, zero) count as removals but not as lives; forecasts are raised by
  their share.
* **The part is running out.** Hardly a unit in the workbook was installed in 2017 and none after September,
  although 649 were removed in 2017 and 2018: what replaced them bears another number, or is not listed. So
  forecasts take removed units as gone. With replacement they are one or two removals higher.
* **All customers.** Six airlines are named, one of which has this part: its four quarters are all there is to
  score.
* **What was known.** Which units were at work on a morning, and their hours, is told from later sheets (their removal
  or the list); the airline knew it that morning. Nothing else of the time after enters a forecast.
* Contracts end after the record; no aircraft are known to join within a forecast's quarter.
* A unit that left an aircraft without an unscheduled removal is in neither list, so a little exposure is missing."""

LESSONS = """\
## What this shows

* **Truncation is not a detail.** With it the part does not age: the shape is 1 within its limits, and the
  exponential has the best AICc. Without it the shape is surely above 1, and a planner would replace old units in
  vain. Failed units alone give a third of the mean life and six to seven times the removals that came.
* **The forecast is the fleet, not the wear.** Ageing and constant-rate lives forecast alike; what they know and the
  rules on past counts do not is that the fleet shrinks. Their mean error is little more than half that of the mean
  of the last four quarters.
* **The intervals are wide**, because quarters of 2016 scattered more than independent units allow and the
  dispersion is remembered. Every quarter of 2018 lies within the 80 % interval; four quarters cannot tell 80 from
  95 %. Over all twelve, 9 lie within 80 % and 11 within 95 %. In the calm year 2018 a plain Poisson of the last
  four quarters has the better interval scores (and the worse CRPS), in the years before by far the worse.
* **Right for the wrong reason.** In 2018 the life without truncation happens to score best: removals per unit rose
  over the calendar years, and its false wear imitates that. In the eight quarters before, half of its 95 %
  intervals miss.
* What no life explains is the rise in 2016 Q2: all methods missed it. Counts per quarter have causes beside age."""


def main(workbook: Path) -> int:
    """Compute, and write the page."""
    result = run(workbook)
    sections = [
        INTRODUCTION.format(counts=_counts(result["data"])),
        READING,
        "## The life\n\n" + _lives(result),
        "## Forecasts of 2018\n\nEach made on the first morning of its quarter.\n\n" + _forecasts(result),
        "## Scores\n\n" + _scores(result),
        "## Read in other ways\n\n" + _readings(result),
        "## Every quarter\n\n" + _quarters(result),
        LESSONS,
    ]
    PAGE.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    return 0


def _counts(data: Document) -> str:
    return (
        f"{data['removals']:,} removals, {data['removals_without_hours']} without hours and "
        f"{data['removals_at_0_hours_or_below']} with zero; {data['units_on_aircraft']:,} units on aircraft. Of "
        f"{data['lives']:,} lives, {data['failures']:,} ended, {data['at_work']:,} are at work, and "
        f"{data['left_truncated']:,} were under way when the record began."
    )


def _limits(figure: Document, digits: int) -> str:
    value, low, high = (f"{figure[key]:,.{digits}f}" for key in ("value", "low", "high"))
    return f"{value} [{low}–{high}]"


def _life(fit: Document) -> list[str]:
    return [_limits(fit["shape"], 2), _limits(fit["scale"], 0), _limits(fit["mean"], 0)]


def _lives(result: Document) -> str:
    rows = [[fit["way"], *_life(fit), f"{fit['failures']:,}", f"{fit['at_work']:,}"] for fit in result["fits"]]
    laws = ", ".join(f"{one['name']} {one['aicc']:,.1f}" for one in result["alternatives"])
    table = _table(["", "shape", "scale, h", "mean life, h", "failures", "at work"], rows)
    note = f"95 % limits, widened for the dispersion of quarterly counts, {result['dispersion']:.2f}."
    return f"{table}\n\n{note} AICc: {laws}."


def _forecasts(result: Document) -> str:
    rows = [
        [row["quarter"], row["method"], f"{row['mean']:.1f}", *_intervals(row), str(row["actual"])]
        for row in result["forecasts"]
        if row["tested"]
    ]
    return _table(["quarter", "method", "forecast", "80 %", "95 %", "removed"], rows)


def _intervals(row: Document) -> list[str]:
    return [f"{row[f'low_{share}']}–{row[f'high_{share}']}" for share in (80, 95)]


def _scores(result: Document) -> str:
    def rows(tested: bool) -> list[list[str]]:
        return [
            [row["method"], *(f"{row[key]:,.1f}" for key in ("score_80", "score_95", "crps", "mean_error"))]
            + [f"{row[f'inside_{share}']} of {row['quarters']}" for share in (80, 95)]
            for row in result["scores"]
            if row["tested"] == tested
        ]

    header = ["method", "interval score 80 %", "95 %", "CRPS", "mean error", "inside 80 %", "inside 95 %"]
    return (
        f"Means over the four quarters; small is good.\n\n{_table(header, rows(True))}\n\n"
        f"The same over the eight quarters before, as a further check.\n\n{_table(header, rows(False))}"
    )


def _readings(result: Document) -> str:
    rows = [
        [row["reading"], *_life(row), ", ".join(f"{x:.0f}" for x in row["forecasts"]), f"{row['score_95']:.1f}"]
        for row in result["sensitivity"]
    ]
    return _table(["", "shape", "scale, h", "mean life, h", "forecasts 2018", "interval score 95 %"], rows)


def _quarters(result: Document) -> str:
    rows = [
        [row["quarter"], f"{row['at_work']:,}", str(row["removed"]), f"{row['expected']:.1f}"]
        for row in result["quarters"]
    ]
    return "Expected by the life fitted to the whole record.\n\n" + _table(["", "at work", "removed", "expected"], rows)


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
