"""What ``reproduce car-parts`` prints: promise against outcome by class, contenders' curves, stock at equal fill."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spareverse.cli import screen
from spareverse.figures import numbers

Document = dict[str, Any]
SHOWN_FILLS = (0.7, 0.8, 0.85, 0.9, 0.95, 0.975)


def reproduce(data: Path, record: Path | None, *, again: bool | None, rehearse: bool | None, as_json: bool) -> None:
    """Plan and score the car parts of ``data`` and print what came of it."""
    from spareverse.reproduction import car_parts

    with screen.progress() as progress:
        result = car_parts.run(data, record=record, again=bool(again), rehearse=bool(rehearse), progress=progress)
    if as_json:
        screen.document(result)
        return
    look = "a rehearsal" if rehearse else f"look {result['look']}"
    screen.say(
        f"{result['data']}: fitted to months {result['fitted_to_months']}, scored on months "
        f"{result['scored_on_months']} ({look}). Assumed: {result['assumed']}."
    )
    for one in result["results"]:
        _verdict(one)
        _classes(one)
        _curves(one)
        _equal(one)


def _verdict(one: Document) -> None:
    change = one["pieces_a_part_and_month"]["change"]
    verdict = f"Lead time {numbers.count(one['lead_time_months'], 'month')}: promise {one['verdict']}."
    cause = f" {one['cause']}." if one["cause"] else ""
    screen.say()
    screen.say(f"{verdict}{cause} Demand of a part and month: {100 * change:+.0f} % on the months of the fit.")


def _limits(row: Document, name: str) -> str:
    """``90.1 % [88.9-91.2]``"""
    if row[name] is None:
        return "-"
    if row[f"{name}_low"] is None:
        return f"{100 * row[name]:.1f} %"
    return f"{100 * row[name]:.1f} % [{100 * row[f'{name}_low']:.1f}-{100 * row[f'{name}_high']:.1f}]"


def _classes(one: Document) -> None:
    columns = ("class", "parts", "lines", "promised", "realised", "verdict", "cause")
    rows = [
        (row["group"], row["parts"], row["lines"], _limits(row, "promised_fill_rate"), _limits(row, "fill_rate"),
         row["verdict"], row["cause"])
        for row in one["classes"]
    ]  # fmt: skip
    screen.table("Fill rate of lines, promised and realised", columns, rows, right=columns[1:5])


def _curves(one: Document) -> None:
    columns = ("contender", "setting", "stock value", "fill rate", "of pieces", "orders", "mean wait, days")
    rows = [
        (row["policy"], row["setting"], float(round(row["stock_value"])), _limits(row, "fill_rate"),
         _limits(row, "fill_rate_pieces"), row["orders"], row["wait_days"])
        for row in one["curves"]
    ]  # fmt: skip
    screen.table("Every contender at every setting", columns, rows, right=columns[1:])


def _equal(one: Document) -> None:
    policies = list(dict.fromkeys(row["policy"] for row in one["equal"]))
    found = {(row["policy"], row["fill_rate"]): row for row in one["equal"]}
    columns = ("fill rate", *policies)
    rows = [
        (f"{100 * fill:.1f} %", *(_held(found[policy, fill]) for policy in policies))
        for fill in SHOWN_FILLS
        if all((policy, fill) in found for policy in policies)
    ]
    screen.table("Stock value at equal fill rate (and times the plan's)", columns, rows, right=policies)


def _held(row: Document) -> str:
    if row["stock_value"] is None:
        return "never"
    value = f"{row['stock_value']:,.0f}"
    if row["ratio"] is None or row["policy"] == "plan":
        return value
    low, high = row["ratio_low"], row["ratio_high"]
    return f"{value} ({row['ratio']:.2f}{f' [{low:.2f}-{high:.2f}]' if low is not None else ''})"
