"""What ``reproduce outage`` prints: service, money and CO2 before and after, who is hurt, why, and what if not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spareverse.cli import screen
from spareverse.figures import numbers

Document = dict[str, Any]


def reproduce(
    parts: int | None, replications: int | None, seed: int | None, record: Path | None, *, as_json: bool
) -> None:
    """Simulate the outage and print what came of it; options that are None have the defaults of the reproduction."""
    from spareverse.reproduction import outage

    result = screen.made(outage.run, parts=parts, replications=replications, seed=seed, record=record)
    if as_json:
        screen.document(result)
        return
    screen.say(
        f"{result['supplier']}, supplier of {result['parts_of_supplier']:,} of {result['parts']:,} parts at "
        f"{result['places']} places, stands still for {result['outage_days']:.0f} days from day "
        f"{result['outage_start_day']:.0f} on; {result['replications']} runs each, paired, seed {result['seed']}."
    )
    for span in dict.fromkeys(row["span"] for row in result["measures"]):
        _measures(span, [row for row in result["measures"] if row["span"] == span])
    _causes(result)
    for one in result["hurt"]:
        _hurt(one)
    _counterfactuals(result["counterfactuals"])


def limits(row: Document, unit: str = "") -> str:
    """A mean with its 95 % interval."""
    share = unit.startswith("share")
    return numbers.measured(row["mean"], row["low"], row["high"], "" if share else unit, share=share)


def _measures(span: str, rows: list[Document]) -> None:
    columns = ("measure", "unit", "before", "after", "difference")
    table = [
        (row["measure"].replace("_", " "), row["unit"], *(limits(row[name], _of(row)) for name in columns[2:]))
        for row in rows
    ]
    title = "All counted time" if span == "all" else "About the outage: from its first day to half a year after it"
    screen.table(title, columns, table, right=columns[2:])


def _of(row: Document) -> str:
    return "share" if row["unit"].startswith("share") else ""


def _causes(result: Document) -> None:
    columns = ("cause", "timeline before", "after", "critical path before", "after ")
    rows = [
        (row["cause"], *(numbers.digits(row[name]) for name in (
            "timeline_before", "timeline_after", "critical_before", "critical_after")))
        for row in result["causes"]
    ]  # fmt: skip
    screen.table("Waiting of one run by cause, piece-days", columns, rows, right=columns[1:])
    for one in result["ledgers"]:
        screen.say(
            f"{one['scenario']}: timeline {one['timeline_seconds']:,} s, critical path {one['critical_seconds']:,} s, "
            f"waiting {one['waiting_seconds']:,} s in all runs: equal."
        )


def _hurt(one: Document) -> None:
    more = numbers.measured(one["more"], one["low"], one["high"], "piece-days")
    columns = ("cause", "mostly at", "timeline, piece-seconds", "critical path, piece-seconds")
    rows = [
        (each["cause"], each["mostly_at"] or "-", f"{each['timeline_seconds']:,}", f"{each['critical_seconds']:,}")
        for each in one["causes"]
    ]
    total = [f"{sum(each[name] for each in one['causes']):,}" for name in ("timeline_seconds", "critical_seconds")]
    title = f"{one['kind'].capitalize()} {one['id']} {one['name'] or ''}: {more} more"
    screen.table(title, columns, [*rows, ("all causes", "", *total)], right=columns[2:])


def _counterfactuals(rows: list[Document]) -> None:
    columns = ("without", "timeline", "critical path", "goes away", "where they differ")
    table = [
        (one["cause"], numbers.digits(one["timeline_days"]), numbers.digits(one["critical_days"]),
         numbers.measured(one["removed_days"], one["low"], one["high"], ""), one["why"])
        for one in rows
    ]  # fmt: skip
    screen.table("The largest causes that a run can do without, piece-days of one run", columns, table,
                 right=columns[1:4])  # fmt: skip
