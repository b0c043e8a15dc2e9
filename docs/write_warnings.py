"""Write docs/validation/early-warning.md and observer-year.md from their records beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spareverse.cli.early_warning import scores
from spareverse.cli.observer_year import compared

FOLDER = Path(__file__).parent / "validation"
WARNED = """\
# Warnings beside what came

Written by `python docs/write_warnings.py` from the record [early-warning.json](early-warning.json); do not edit. The
record was written by `spareverse reproduce early-warning --parts {parts} --seed {seed} --record early-warning.json`.

The world network with {parts:,} parts ({stock_points:,} stock points), its reorder points at {lean:.0%} of what they
were: as it is, too little goes wrong to score warnings on. {states} states after {past_days:.0f} days, {futures}
futures of {weeks} weeks. In half of them the world is the one the warnings were made with; in the other half it is one
they do not know: lead times log-normal and half as wide again, lead times a quarter longer with a tenth more demand,
the supplier with most parts standing still for 60 days, demand a fifth up and down. Open orders are known by age only.

*Said* and *came* are mean chances and shares of stock points with a line not filled at once; *skill* is 1 - Brier score
over that of the base rate, with limits from resampled states; *area* is that under the curve of hits against false
alarms; *top 5 %* the twentieth of stock points with the highest chances: how many failed, and which share of all
failures they are; *warned* means a chance of 20 % or more: the share that came true (the rest are false alarms), and
the median weeks until it did.

| world | said % | came % | skill | area | top 5 %: came | of all failures | warned: came | weeks ahead |
|---|---:|---:|---|---:|---:|---:|---:|---:|"""
BANDS = """
## Calibration

| world | chance | stock points x futures | said % | came % |
|---|---|---:|---:|---:|"""
YEAR = """\
# A year with and without the Observer

Written by `python docs/write_warnings.py` from the record [observer-year.json](observer-year.json); do not edit. The
record was written by `spareverse reproduce observer-year --seed {seed} --record observer-year.json`.

A small company of split incentives ({parts} parts, {stock_points:,} stock points), {futures} futures, each played twice
with the same random numbers. In one the company goes on as it is; in the other the Observer looks at its state
{steps} times, and what it recommends is done, but for more capacity, which it cannot price. In half of the futures
the world is what the Observer's model believes; in the other half lead times are a quarter longer and demand a tenth
higher. Differences are paired, with 95 % limits.

| world | measure | unit | without | with | difference |
|---|---|---|---:|---:|---|"""


def main() -> None:
    warned = json.loads((FOLDER / "early-warning.json").read_text(encoding="utf-8"))
    lines = [WARNED.format(**warned)]
    lines += [f"| {' | '.join(scores(row))} |" for row in warned["scores"]]
    lines += [BANDS, *(_band(row) for row in warned["calibration"]), ""]
    lines += [_verdict(warned["scores"]), ""]
    (FOLDER / "early-warning.md").write_text("\n".join(lines), encoding="utf-8")
    year = json.loads((FOLDER / "observer-year.json").read_text(encoding="utf-8"))
    lines = [YEAR.format(**year), *(f"| {' | '.join(compared(row))} |" for row in year["results"]), ""]
    done = ", ".join(f"{count} of kind {kind.replace('_', ' ')}" for kind, count in year["nudges"].items())
    lines += [f"Recommendations followed: {done or 'none'}.", "", _helped(year["results"]), ""]
    (FOLDER / "observer-year.md").write_text("\n".join(lines), encoding="utf-8")


def _band(row: dict[str, Any]) -> str:
    return (
        f"| {row['world']} | {100 * row['from']:.0f}-{100 * row['until']:.0f} % | {row['cells']:,} | "
        f"{100 * row['said']:.1f} | {100 * row['seen']:.1f} |"
    )


def _verdict(rows: list[dict[str, Any]]) -> str:
    known, unknown = rows[:2]
    return (
        f"Skill is small by nature: {100 * known['failed_share']:.0f} % of the stock points fail, and most of it is "
        f"chance. The area of {known['auc']:.2f} in the world it knows and {unknown['auc']:.2f} in those it does not "
        "says that the list ranks; where the world has changed, chances are said too low or too high by as much as the "
        "rows of the single worlds show."
    )


def _helped(rows: list[dict[str, Any]]) -> str:
    said = []
    for name in ("total_cost", "fill_rate", "emergency_orders"):
        row = next(one for one in rows if one["world"] == "all" and one["measure"] == name)
        word = name.replace("_", " ")
        if row["low"] <= 0 <= row["high"]:
            said.append(f"{word}: no difference beyond noise")
        else:
            said.append(f"{word}: {'lower' if row['difference'] < 0 else 'higher'} with the Observer, beyond noise")
    return f"Over all futures {'; '.join(said)}."


if __name__ == "__main__":
    main()
