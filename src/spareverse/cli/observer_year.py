"""What ``reproduce observer-year`` prints: a year with and without the Observer's nudges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spareverse.cli import screen
from spareverse.figures import numbers

Document = dict[str, Any]


def reproduce(
    parts: int | None, replications: int | None, seed: int | None, record: Path | None, *, as_json: bool
) -> None:
    """Play the years and print; options that are None have the defaults of the reproduction."""
    from spareverse.reproduction import observer_year

    result = screen.made(observer_year.run, parts=parts, replications=replications, seed=seed, record=record)
    if as_json:
        screen.document(result)
        return
    screen.say(f"{result['futures']} years of {result['stock_points']:,} stock points, seed {result['seed']}")
    columns = ("world", "measure", "unit", "without", "with", "difference")
    screen.table("A year with and without the Observer", columns, [compared(row) for row in result["results"]],
                 right=columns[3:])  # fmt: skip
    done = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in result["nudges"].items())
    screen.say(f"Recommendations followed: {done or 'none'}.")


def compared(row: Document) -> tuple[str, ...]:
    """One row of the table of both years."""
    share = row["unit"].startswith("share")
    return (
        row["world"], row["measure"].replace("_", " "), row["unit"],
        *(numbers.percent(row[arm]) if share else numbers.digits(row[arm], 4) for arm in ("without", "with")),
        numbers.measured(100.0 * row["difference"], 100.0 * row["low"], 100.0 * row["high"], "points") if share
        else numbers.measured(row["difference"], row["low"], row["high"]),
    )  # fmt: skip
