"""What ``reproduce early-warning`` prints: whether warnings hold in futures they did not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spareverse.cli import screen

Document = dict[str, Any]


def reproduce(parts: int | None, seed: int | None, record: Path | None, *, as_json: bool) -> None:
    """Warn, let the futures come, and print the scores; options that are None have the defaults of the reproduction."""
    from spareverse.reproduction import early_warning

    result = screen.made(early_warning.run, parts=parts, seed=seed, record=record)
    if as_json:
        screen.document(result)
        return
    screen.say(
        f"{result['futures']} futures of {result['states']} states, {result['stock_points']:,} stock points, "
        f"{result['weeks']} weeks ahead, seed {result['seed']}"
    )
    columns = ("world", "said %", "came %", "skill", "area", "top 5 %: came", "found", "warned: came", "weeks ahead")
    screen.table("Warnings beside what came", columns, [scores(row) for row in result["scores"]], right=columns[1:])
    rows = [
        (row["world"], f"{100 * row['from']:.0f}-{100 * row['until']:.0f}", f"{row['cells']:,}",
         f"{100 * row['said']:.1f}", f"{100 * row['seen']:.1f}")
        for row in result["calibration"]
    ]  # fmt: skip
    bands = ("world", "chance %", "stock points x futures", "said %", "came %")
    screen.table("Calibration", bands, rows, right=bands[1:])


def scores(row: Document) -> tuple[str, ...]:
    """One row of the table of scores; ``warned`` is a chance of 20 % or more."""
    warned = row["at_0.2"]
    return (
        row["world"], f"{100 * row['said_share']:.1f}", f"{100 * row['failed_share']:.1f}",
        f"{row['skill']:.3f} [{row['skill_low']:.3f} to {row['skill_high']:.3f}]", f"{row['auc']:.2f}",
        f"{100 * row['hits_in_top_5']:.0f} %", f"{100 * row['found_in_top_5']:.0f} %",
        "-" if warned["came_true"] is None else f"{100 * warned['came_true']:.0f} %",
        "-" if warned["weeks_ahead"] is None else f"{warned['weeks_ahead']:.1f}",
    )  # fmt: skip
