"""The tool on the years of a record: when service, workload and the rest were worst, and when best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import Findings, Listing, Shown, Subject, cell, listed
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool
from spareverse.errors import NotFound
from spareverse.explainer.facts import Fact
from spareverse.explainer.narratives.limits import measure_words, unit_words

BETTER = {"service_on_time": "more"}
"""Of the others less is better."""
MEASURED = (
    "service_on_time", "exceptions_per_week", "purchases_cost", "lead_time_dispersion", "order_amplification",
    "recovery_days",
)  # fmt: skip
SHOWN = 72


def past(session: Session, measure: str) -> Findings:
    """A measure of the record in windows of twelve months, one a month: when it was worst and when best."""
    found = session.observed()
    points = found.table("viability").filter(pl.col("kind") == "past").select("point", "since", "until")
    rows = found.table("viability_measures").filter(pl.col("measure") == measure).join(
        points, on="point", maintain_order="left"
    ).drop_nulls("value").sort("until")  # fmt: skip
    what = measure_words(measure)
    if rows.is_empty():
        raise NotFound(f"The record does not tell the {what} of any twelve months.")
    unit = unit_words(measure, str(rows["unit"][0] or ""), session.currency)
    # the day is told as text, so that a row is named by it
    rows = rows.select(pl.col("until").cast(pl.String), "measure", "value", "value_low", "value_high")
    more = BETTER.get(measure) == "more"
    worst, best = (rows.sort("value", descending=end).row(0, named=True) for end in (not more, more))
    now = rows.row(-1, named=True)
    columns = (
        Shown("until", "Twelve months until", fact=False),
        Shown("value", what.capitalize(), unit, measure_of="measure"),
    )
    listing = Listing.of("past", f"{what.capitalize()} of the record", columns, rows.tail(SHOWN), rows.height,
                         key=("until",))  # fmt: skip
    before = rows.filter(pl.col("until") <= _a_year_before(str(now["until"])))
    earlier = before.row(-1, named=True) if before.height else None
    then = f"the year until {worst['until']}"
    said: tuple[str, ...] = (
        f"In the record the {what} was worst in {then}: {cell(worst, 'value', unit)}.",
        f"It was best in the year until {best['until']}: {cell(best, 'value', unit)}.",
        f"In the newest, until {now['until']}, it is {cell(now, 'value', unit)}.",
    )
    if earlier is not None:
        times = (
            f"from {cell(earlier, 'value', unit)} in the year until {earlier['until']} to {cell(now, 'value', unit)}"
        )
        said = (f"The {what} {way(earlier, now, more=more)}, {times} in the year until {now['until']}.", *said)
    ends = [("worst", worst), ("best", best), ("newest", now)]
    ends += [] if earlier is None else [("before", earlier)]
    facts = [Fact(f"{end}.until", row["until"], source="viability.until", measure=measure)
             for end, row in ends]  # fmt: skip
    facts += [
        Fact(f"{end}.value", row["value"], unit, row["value_low"], row["value_high"], "viability_measures.value",
             measure=measure, shown=cell(row, "value", unit))
        for end, row in ends
    ]  # fmt: skip
    return listed(listing, "viability_measures", Subject("viability", found.id), said, facts)


def _a_year_before(until: str) -> str:
    """The same day a year before, so that two windows of twelve months share no month."""
    return f"{int(until[:4]) - 1}{until[4:7]}-31"


def way(before: Mapping[str, Any], now: Mapping[str, Any], *, more: bool) -> str:
    """Which way it went: better or worse only where the limits of both windows are apart."""
    before_low, before_high, low, high = (row[f"value_{end}"] for row in (before, now) for end in ("low", "high"))
    if None in (before_low, before_high, low, high) or (low <= before_high and high >= before_low):
        return "shows no change that is clear of noise"
    return "got better" if (low > before_high) == more else "got worse"


TOOLS = (
    Tool(
        "past", "The record over time",
        "Service, workload and spread of the record in windows of twelve months, one a month: when worst, when best, "
        "now, and which way it goes. Of what happened, not of a simulation.",
        past, (Argument("measure", "text", "Measure", default="service_on_time", choices=MEASURED),),
    ),
)  # fmt: skip
"""Verbs on the record's past, none of which changes anything."""
