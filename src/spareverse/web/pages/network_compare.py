"""Scenarios beside one another as figures and as numbers; each number leads to where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spareverse.figures import numbers
from spareverse.simulation.universe.accounts import ACCOUNT_EVENTS
from spareverse.simulation.universe_run import BASE
from spareverse.web.pages.cards import Cell, card, note_bar, table, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.simulation import Simulation

Row = Mapping[str, Any]
Measures = Mapping[tuple[str, str], Row]
_WAITING = (
    "fill_rate",
    "fill_rate_pieces",
    "wait_days",
    "waiting_piece_days",
    "backorders",
    "late_share",
    "lost_share",
)


def differs(row: Row | None, base: float | None) -> bool:
    """Whether a difference is more than what is left of equal numbers when they are subtracted."""
    return row is not None and row["difference"] is not None and abs(row["difference"]) > 1e-9 * abs(base or 0.0)


def clear(row: Row | None) -> bool:
    """Whether the interval of a difference leaves out zero."""
    return row is not None and row["low"] is not None and not row["low"] <= 0 <= row["high"]


def changed(row: Row, unit: str = "") -> str:
    """``+0.05 [0.03-0.07]``; shares in percentage points."""
    size = 100.0 if str(row["unit"] or "").startswith("share") else 1.0
    mean, low, high = (None if row[end] is None else size * row[end] for end in ("difference", "low", "high"))
    told = numbers.measured(mean, low, high, "points" if size > 1 else unit)
    return told if told.startswith("-") else f"+{told}"


def source(place: Place, scenario: str, measure: str) -> str:
    """Where a measure comes from: the waits, or the account and its events."""
    if measure in _WAITING:
        return place.here(tab="why", scenario=scenario)
    if measure in ACCOUNT_EVENTS:
        return place.here(tab="accounts", scenario=scenario, account=measure)
    return place.here(tab="accounts", scenario=scenario)


def compare(
    place: Place,
    simulation: Simulation,
    scenario: str,
    measures: Measures,
    changes: Measures,
    figures: Sequence[Figure],
) -> None:
    """The figures of all scenarios, and the differences of the chosen one as numbers."""
    if len(simulation.names) == 1:
        note_bar("Only the network as it is was simulated: choose scenarios above and run them beside it.")
        return
    for figure in figures:
        Drawing(place, figure)
    every = [row for row in changes.values() if row["scenario"] == scenario]
    if not every:
        text("Choose a scenario above to see its differences as numbers.", "quiet small")
        return
    currency = str(simulation.document.get("currency", ""))

    def mean(row: Row, name: str) -> str:
        value = measures[name, row["measure"]]["mean"]
        if str(row["unit"]).startswith("share"):
            return "–" if value is None else f"{numbers.digits(100.0 * value)} %"
        return numbers.digits(value)

    rows = [dict(row) for row in every if differs(row, measures[BASE, row["measure"]]["mean"])]
    told = {row["measure"] for row in rows}
    same = [str(row["measure"]).replace("_", " ") for row in every if row["measure"] not in told]
    cells = [
        Cell("Measure", lambda row: row["measure"].replace("_", " "),
             href=lambda row: source(place, scenario, row["measure"])),
        Cell("Unit", lambda row: currency if row["unit"] == "currency" else row["unit"] or ""),
        Cell("As it is", lambda row: mean(row, BASE), right=True),
        Cell("Scenario", lambda row: mean(row, scenario), right=True),
        Cell("Difference", changed, "paired by run, 95 % interval", right=True),
        Cell("", lambda row: "" if clear(row) else "within noise"),
        Cell("Gain of pairing", _gain, "fewer runs needed", right=True),
    ]  # fmt: skip
    over = numbers.span(float(simulation.network.setting("horizon_days")))
    note = f"money, orders and waiting in all over {over}; click a measure for where it comes from"
    with card("The differences as numbers", note) as holder:
        holder.props("data-differences")
        table(rows, cells, mark="differences")
        if same:
            text(f"The same in both: {', '.join(same)}.", "quiet small")


def _gain(row: dict[str, Any]) -> str:
    """By how much fewer runs the pairing needs."""
    ratio = row["variance_ratio"]
    if not ratio or not row["low"] or not row["high"]:
        return ""
    return "over 1,000 x" if ratio > 1000 else f"{numbers.digits(ratio)} x"
