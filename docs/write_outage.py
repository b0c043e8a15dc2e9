"""Write docs/validation/outage.md from its record: python docs/write_outage.py docs/validation/outage.json"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from spareverse.figures import numbers

PAGE = Path(__file__).parent / "validation" / "outage.md"
INTRODUCTION = """\
# A supplier stands still for six weeks

Written by `python docs/write_outage.py` from the record [outage.json](outage.json); do not edit. The record was written
by `spareverse reproduce outage --parts {parts} --replications {replications} --seed {seed} --record outage.json`.

The world network with {parts:,} parts at {places} places ({stock_points:,} stock points); everything in it is invented.
{supplier}, who makes {parts_of_supplier:,} of the parts, stands still for {outage_days:.0f} days from day
{outage_start_day:.0f} on, after a year of warm-up that is not counted. {counted_days:,.0f} days are counted, in
{replications} replications with and without the outage under the same random numbers: differences are paired, limits
are at 95 %. {events:,} events.

## Before and after

*Before* is the network as it is, *after* the same with the outage. The second table looks at the outage and the
{after_days:.0f} days after it only."""
SUMS = """
Whole seconds times pieces over all replications. The three must be equal; the command stops if they are not:
"""
NOTE = (
    "Piece-days of one run; parts are means over the runs, customers have limits. Causes below: seconds over all runs."
)
WITHOUT = """
## The five largest causes, and the runs without them

Charged in the run with the outage, and what goes away when the outage stays and the cause is taken away; piece-days of
one run. *Disruption* takes away all of them, the outage and those at random. *Cover* cannot be taken away: more of
it is another plan.

| cause | timeline | critical path | goes away |
|---|---:|---:|---:|"""
MOVED = """
Where ledger and run part, the other causes moved along. Charge and moves add up to what goes away, exactly:
"""
WHY = """
A plus is waiting of another cause that goes away as well. The queue is the clearest: behind an outage it is long
because lines are few, and the shadow clock charges that to the outage. With lines enough the outage holds up only what
it strikes, so that far more goes away than the queue is charged. A budget sends what it held back all at once, into the
queues. A minus is waiting that comes anyway: something else would have held the piece up, and is charged now.

What goes away for those hurt most, piece-days of one run:
"""
Row = dict[str, Any]
SUMMED = ("timeline", "critical", "waiting")


def main() -> None:
    record = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lines = INTRODUCTION.format(**record).splitlines()
    for span in ("all", "about the outage"):
        lines += _measures([row for row in record["measures"] if row["span"] == span])
    lines += _causes(record)
    lines += [
        "",
        "## Who is hurt most, and why",
        "",
        *_hurt_head(record),
        *(text for one in record["hurt"] for text in _hurt(one)),
    ]
    lines += _counterfactuals(record)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _limits(row: Row, share: bool) -> str:
    return numbers.measured(row["mean"], row["low"], row["high"], "", share=share)


def _measures(rows: list[Row]) -> list[str]:
    table = ["", "| measure | unit | before | after | difference |", "|---|---|---:|---:|---:|"]
    for row in rows:
        share = row["unit"].startswith("share")
        cells = " | ".join(_limits(row[name], share) for name in ("before", "after", "difference"))
        table.append(f"| {row['measure'].replace('_', ' ')} | {row['unit']} | {cells} |")
    return table


def _causes(record: Row) -> list[str]:
    text = [
        "", "## Waiting by cause", "",
        "Piece-days of one run. What each cause means: [why customers waited](../background/causes.md).", "",
        "| cause | timeline before | after | critical path before | after |", "|---|---:|---:|---:|---:|",
    ]  # fmt: skip
    for row in record["causes"]:
        names = ("timeline_before", "timeline_after", "critical_before", "critical_after")
        text.append(f"| {row['cause']} | " + " | ".join(f"{row[name]:,.0f}" for name in names) + " |")
    text += SUMS.splitlines()
    text += ["", "| scenario | timeline | critical path | waiting in the accounts |", "|---|---:|---:|---:|"]
    return text + [
        "| " + " | ".join([one["scenario"], *(f"{one[f'{name}_seconds']:,}" for name in SUMMED)]) + " |"
        for one in record["ledgers"]
    ]


def _hurt_head(record: Row) -> list[str]:
    rows = ["| | waits before | after | more |", "|---|---:|---:|---:|"]
    for one in record["hurt"]:
        more = numbers.measured(one["more"], one["low"], one["high"])
        name = f"{one['kind']} {one['id']} {one['name'] or ''}".strip()
        rows.append(f"| {name} | {one['before']:,.0f} | {one['after']:,.0f} | {more} |")
    return [*rows, "", NOTE]


def _hurt(one: Row) -> list[str]:
    text = ["", f"### {one['kind'].capitalize()} {one['id']}", ""]
    text += ["| cause | mostly at | timeline, piece s | critical path, piece s |", "|---|---|---:|---:|"]
    text += [
        f"| {each['cause']} | {each['mostly_at'] or ''} | {each['timeline_seconds']:,} | {each['critical_seconds']:,} |"
        for each in one["causes"]
    ]
    sums = [f"**{sum(each[f'{name}_seconds'] for each in one['causes']):,}**" for name in SUMMED[:2]]
    return [*text, f"| **all** | | {sums[0]} | {sums[1]} |"]


def _counterfactuals(record: Row) -> list[str]:
    text = WITHOUT.splitlines()
    for one in record["counterfactuals"]:
        gone = numbers.measured(one["removed_days"], one["low"], one["high"])
        text.append(f"| {one['cause']} | {one['timeline_days']:,.0f} | {one['critical_days']:,.0f} | {gone} |")
    movers = _movers(record)
    text += [*MOVED.splitlines(), "", f"| without | charged | {' | '.join(movers)} | all others | goes away |"]
    text.append("|---|---:|" + "---:|" * (len(movers) + 2))
    for one in record["counterfactuals"]:
        moved = [one["others"].get(name, 0.0) for name in movers]
        left = sum(one["others"].values()) - sum(moved)
        cells = " | ".join(f"{value:+,.0f}" for value in (*moved, left))
        text.append(f"| {one['cause']} | {one['critical_days']:,.0f} | {cells} | {one['removed_days']:,.0f} |")
    hurt = [one["id"] for one in record["hurt"]]
    text += [*WHY.splitlines(), "", f"| without | {' | '.join(hurt)} |", "|---|" + "---:|" * len(hurt)]
    for one in record["counterfactuals"]:
        text.append(f"| {one['cause']} | " + " | ".join(f"{each['removed_days']:,.0f}" for each in one["hurt"]) + " |")
    return text


def _movers(record: Row) -> list[str]:
    """The causes that move most when another is taken away."""
    weight: dict[str, float] = {}
    for one in record["counterfactuals"]:
        for name, change in one["others"].items():
            weight[name] = weight.get(name, 0.0) + abs(change)
    return sorted(weight, key=lambda name: -weight[name])[:4]


if __name__ == "__main__":
    main()
