"""The rows of a scenario's form, which can be added and taken away; the changes among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from spareverse.errors import InputRejected, Problem
from spareverse.network.components import COMPONENTS
from spareverse.network.network import Network
from spareverse.network.scenario import Override
from spareverse.web.pages.cards import box, button, card, text

LOOK = "outlined dense options-dense stack-label"


class Rows:
    """Rows that can be added and taken away; ``_fields`` makes one and returns what reads it."""

    heading = ""
    note = ""
    add = ""
    mark = ""

    def __init__(self, network: Network | None, rows: Sequence[Any]) -> None:
        self._network = network
        self._read: dict[int, Callable[[], Any]] = {}
        with card(self.heading, self.note) as self.card:
            self.card.props(f'data-rows="{self.mark}"')
            self._above()
            self._holder = box("stack")
            with self._holder:
                for row in rows:
                    self._row(row)
            self._changed()
            button(self.add, self._more, icon="add", slim=True).props("data-add")

    def _above(self) -> None:
        """What stands above the rows."""

    def _changed(self) -> None:
        """Called when rows have come or gone."""

    def _more(self) -> None:
        with self._holder:
            self._row(None)

    def _row(self, row: Any) -> None:
        line = box("row-gap").props("data-row")
        with line:
            read = self._fields(row)

            def drop() -> None:
                del self._read[line.id]
                line.delete()
                self._changed()

            button("", drop, icon="close", slim=True).props('aria-label="Take this row away" title="Take away"')
        self._read[line.id] = read

    def _fields(self, row: Any) -> Callable[[], Any]:
        raise NotImplementedError

    def given(self) -> tuple[Any, ...]:
        """What the rows say, in order."""
        return tuple(read() for read in self._read.values())


class OverrideRows(Rows):
    """Figures of the network that are others."""

    heading = "What is changed"
    note = "a factor multiplies the figure or the whole distribution; without a condition every row is changed"
    add = "Add a change"
    mark = "OverrideRows"

    def _fields(self, row: Override | None) -> Callable[[], Override]:
        tables = {table.name: table for table in COMPONENTS if table.name != "disturbances"}
        table = row.table if row and row.table in tables else "links"

        def columns(name: str) -> dict[str, str]:
            return {
                column.name: f"{column.name}, {column.unit}" if column.unit else column.name
                for column in tables[name].columns
                if column.name not in tables[name].identity
            }

        of = ui.select({name: found.title for name, found in tables.items()}, label="Table", value=table).props(
            f"{LOOK} data-table"
        )
        of.style("width: 168px")
        offered = columns(table)
        column = ui.select(offered, label="Column", value=row.column if row and row.column in offered else None)
        column.props(f"{LOOK} data-column").style("width: 220px")
        of.on_value_change(lambda event: column.set_options(columns(str(event.value)), value=None))
        where = ", ".join(f"{name} = {value}" for name, value in (row.where if row else {}).items())
        rows = ui.input("Only where", value=where, placeholder="supplier_id = M-MILAN").props(f"{LOOK} data-where")
        rows.style("width: 230px")
        multiplied = row is not None and row.factor is not None
        how = ui.select({"value": "becomes", "factor": "times"}, label="How", value="factor" if multiplied else "value")
        how.props(LOOK).style("width: 108px")
        amount = row.factor if row and multiplied else row.value if row else None
        new = (
            ui.input("New", value="" if amount is None else plain(amount))
            .props(f"{LOOK} data-new")
            .style("width: 150px")
        )

        def read() -> Override:
            said = str(new.value or "").strip()
            change: dict[str, Any] = {"value": _cell(said)}
            if how.value == "factor":
                change = {"factor": _factor(said, str(column.value))}
            return Override(str(of.value), str(column.value or ""), _conditions(str(rows.value or "")), **change)

        if not self._network:
            text("Checked once there is a network.", "quiet small")
        return read


def plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value or "")


def _cell(said: str) -> str | float | int:
    """A number where it reads as one, else the text."""
    try:
        number = float(said)
    except ValueError:
        return said
    return int(number) if number.is_integer() and "." not in said else number


def _factor(said: str, column: str) -> float:
    try:
        return float(said)
    except ValueError as error:
        problem = Problem("A factor is a number.", "Write 1.5 for half as much again.", column=column, value=said)
        raise InputRejected("A change has no factor that can be read.", [problem]) from error


def _conditions(said: str) -> dict[str, str | int | float]:
    """``column = value, column = value``."""
    found: dict[str, str | int | float] = {}
    for piece in said.split(","):
        if not piece.strip():
            continue
        name, equals, value = piece.partition("=")
        if not equals or not value.strip():
            problem = Problem("It must name a column and a value.", "Write supplier_id = M-MILAN.", value=piece.strip())
            raise InputRejected("A condition of a change cannot be read.", [problem])
        found[name.strip()] = _cell(value.strip())
    return found
