"""Incentives on the command line: the price of misalignment, and who gets in whose way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from spareverse.cli import screen

if TYPE_CHECKING:
    import polars as pl

    from spareverse.twin.observation import Observation

ENTERPRISE = "enterprise"
WIDTH = 100
"""Columns of a terminal: what does not fit beside one another comes below."""
Row = dict[str, Any]


def show_incentives(found: Observation) -> None:
    """Print what misalignment costs in each trust box, and the signed matrix of externalities in the narrow one."""
    from spareverse.figures import numbers
    from spareverse.figures.viability.words import three, two_costs

    currency = str(found.document["currency"])
    rows = found.table("coherence").sort("rho").to_dicts()
    for row in rows:
        price, now, drift, best = (
            numbers.measured(*three(row, name)) for name in ("price", "cost_now", "cost_drift", "cost_best")
        )
        screen.say(
            f"Trust box of {numbers.count(row['rho'], 'step')}: price of misalignment {_with_unit(price, currency)};"
            f" cost now {now}, if all follow their pay {drift}, best found {best}."
        )
    if any(wide["price"] < narrow["price"] for narrow, wide in pairwise(rows)):
        screen.say("The wider box costs less: the point of rest there is cheaper than that of the narrower box.")
    if told := two_costs(found.table("coherence"), found.table("viability_measures"), found.document):
        screen.say(told)
    show_externalities(found.table("externalities"), currency)


def _with_unit(told: str, currency: str) -> str:
    value, bracket, limits = told.partition(" [")
    return f"{value} {currency}/day{bracket}{limits}"


def show_externalities(table: pl.DataFrame, currency: str) -> None:
    """Print who moves by whom it falls on: the gain of its pay, then what changes, with the 95 % interval.

    ``table``: schema EXTERNALITIES. Of a narrower and a wider box, the narrower one.
    """
    rows = table.to_dicts()
    if not rows:
        return
    rho = min(row["rho"] for row in rows)
    own = [row for row in rows if row["rho"] == rho]
    movers, on = (list(dict.fromkeys(str(row[name]) for row in own)) for name in ("mover", "on"))
    on.sort(key=lambda name: name != ENTERPRISE)
    title = f"Who gets in whose way, each moving alone for its own pay within {rho:g} {'step' if rho == 1 else 'steps'}"
    columns = {f"on {name}": [_cell(own, mover, name, currency) for mover in movers] for name in on}
    for number, beside in enumerate(_fitting(columns, WIDTH - _width(("who moves", *movers)))):
        cells = zip(movers, *(columns[name] for name in beside), strict=True)
        screen.table("and" if number else title, ("who moves", *beside), cells)
    screen.say(
        "+ is good for whom it falls on, - is bad: gain of its pay in % of what it can range over in the box, below it"
        " what changes [95 %]; (?) is not clear of noise."
    )


def _fitting(columns: Mapping[str, Sequence[str]], width: int) -> list[list[str]]:
    """Names of columns that fit beside one another, in groups."""
    groups: list[list[str]] = [[]]
    left = width
    for name, cells in columns.items():
        own = _width((name, *cells)) + screen.GAP
        if groups[-1] and own > left:
            groups.append([])
            left = width
        groups[-1].append(name)
        left -= own
    return groups


def _width(cells: Sequence[str]) -> int:
    return max(len(line) for cell in cells for line in cell.split("\n"))


def _cell(rows: Sequence[Row], mover: str, on: str, currency: str) -> str:
    """``-51 %``, then each measure with its change and interval on lines of their own."""
    from spareverse.figures import numbers
    from spareverse.figures.viability.words import change, plain_name, three

    own = [row for row in rows if (row["mover"], row["on"]) == (mover, on)]
    if not any(row["change"] for row in own):
        return "no change" if own else ""
    share = own[0]["share_of_range"] or 0.0
    told = numbers.digits(100 * share, 2)
    lines = [f"{'+' if share > 0 else ''}{told} %" + ("" if any(row["clear"] == "yes" for row in own) else " (?)")]
    for row in own:
        value, bracket, limits = change(*three(row, "change"), row["unit"], currency).partition(" [")
        lines += [plain_name(row["measure"]), value, *([f"[{limits}"] if bracket else [])]
    return "\n".join(lines)
