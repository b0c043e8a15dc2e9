"""A server-side grid: which columns there are, how they are shown, and their first sort and filter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nicegui import ui

from spareverse.network.schema import Column
from spareverse.service.rows import Listing, Query
from spareverse.web.pages.cards import box, button
from spareverse.web.pages.place import Place

ROWS_PER_FETCH = 100
ROW, ROW_OF_SENTENCES, WIDE = 32, 66, 1760
"""Height of a row, of one that shows a sentence over four lines, and the width of a window that needs no such [px]."""
_HEADINGS = {"part_id": "Part", "place_id": "Place", "accept": "Decision", "override_reorder_point": "Override"}
_WIDTH = {"part_id": 104, "place_id": 100, "description": 168, "supplier_id": 108, "comment": 220, "remarks": 260}
_MIDDLE = {"display": "flex", "alignItems": "center"}
_TYPES = {
    "gt": "greaterThan",
    "ge": "greaterThanOrEqual",
    "lt": "lessThan",
    "le": "lessThanOrEqual",
    "eq": "equals",
    "ne": "notEqual",
    "contains": "contains",
    "starts": "startsWith",
    "empty": "blank",
    "filled": "notBlank",
}


@dataclass(frozen=True)
class Look:
    """How a listing shows as a grid."""

    listing: Listing
    default: tuple[str, ...]
    """Columns shown at first, in their order."""
    rows: str = ""
    """Address that answers a fetch."""
    file: str = ""
    """Address of an Excel file of exactly what is shown."""
    headings: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    ranged: frozenset[str] = frozenset()
    """Columns shown with their 95 % limits behind them."""
    shares: frozenset[str] = frozenset()
    """Columns shown in per cent."""
    signed: frozenset[str] = frozenset()
    """Columns shown with their sign."""
    pinned: frozenset[str] = frozenset()
    """Columns that stay at the right end, however wide the rest is."""
    levels: frozenset[str] = frozenset()
    """Reorder points, of which those below zero mean that none is kept in stock."""
    grows: str = "description"
    """The column that takes what room is left."""
    counted: Mapping[str, str] = field(default_factory=dict)
    """Columns of texts with the column of the pieces that stand behind the text."""
    narrow: frozenset[str] = frozenset()
    """Columns without a filter of their own in the header, for want of room."""
    wrapped: frozenset[str] = frozenset()
    """Columns of sentences: on screens too narrow for them, rows are as high as four lines and show them whole."""
    digits: Mapping[str, int] = field(default_factory=dict)
    """Decimals of columns that are no whole numbers, shares or money."""

    def columns(self) -> tuple[Column, ...]:
        """Every column, the default ones first; limits of intervals stand beside their value instead."""
        limits = {f"{name}_{end}" for name in self.ranged for end in ("low", "high")}
        declared = self.listing.columns
        names = [*self.default, *(name for name in declared if name not in self.default and name not in limits)]
        return tuple(declared[name] for name in names)

    def heading(self, name: str) -> str:
        known = self.headings.get(name) or _HEADINGS.get(name)
        return known or name.removesuffix("_days").removesuffix("_id").replace("_", " ").capitalize()

    def unit(self, name: str, currency: str) -> str:
        """The unit of a column as its header shows it."""
        return "%" if name in self.shares else self.listing.columns[name].unit.replace("currency", currency)

    def width(self, column: Column) -> int:
        known = self.widths.get(column.name) or _WIDTH.get(column.name)
        return known or (104 if column.kind in ("number", "integer") else 130)


def grid(
    place: Place,
    look: Look,
    query: Query,
    start: dict[str, str],
    where: Sequence[str],
    visible: Sequence[str],
    mark: str = "parts",
) -> ui.aggrid:
    """The grid itself; ``start`` is the part of the address that every fetch repeats (window, view, search)."""
    sorts = {
        name.lstrip("-"): (index, "desc" if name.startswith("-") else "asc") for index, name in enumerate(query.sort)
    }
    definitions = [_definition(look, column, place.workspace.currency, visible, sorts) for column in look.columns()]
    source = {"start": start, "shares": sorted(look.shares), "rows": look.rows, "file": look.file}
    options = {
        "columnDefs": definitions,
        "defaultColDef": {"sortable": True, "resizable": True, "suppressHeaderMenuButton": True, "minWidth": 70},
        "rowModelType": "infinite",
        "cacheBlockSize": ROWS_PER_FETCH,
        "maxBlocksInCache": 20,
        "maxConcurrentDatasourceRequests": 2,
        "blockLoadDebounceMillis": 40,
        "rowSelection": {"mode": "multiRow", "headerCheckbox": False, "enableClickSelection": False},
        "selectionColumnDef": {"pinned": "left", "width": 44},
        "enableCellTextSelection": True,
        "suppressDragLeaveHidesColumns": True,
        "tooltipShowDelay": 400,
        ":rowHeight": f"window.innerWidth < {WIDE} ? {ROW_OF_SENTENCES} : {ROW}" if look.wrapped else str(ROW),
        "headerHeight": 58,
        "animateRows": False,
        "overlayNoRowsTemplate": "No part matches. Clear the filters or choose another view.",
        ":getRowId": "p => p.data.part_id + '\\u0001' + p.data.place_id",
        ":onGridReady": "window.spareverse.ready",
        ":datasource": f"window.spareverse.datasource({_script(source)})",
        "initialState": {"filter": {"filterModel": _filter_model(look, where)}},
    }
    return ui.aggrid(options, auto_size_columns=False).classes("grid").props(f"data-grid={mark}")


def row_count() -> None:
    """Where the grid says how many rows it shows."""
    ui.html('<span id="row-count" class="num"></span>', sanitize=False).style(
        "min-width: 110px; font-weight: 500"
    ).props("aria-live=polite")


def filters(look: Look, choices: Mapping[str, tuple[str, Sequence[str]]], where: Sequence[str]) -> None:
    """Values of some columns to choose from: column -> heading and values. They are filters of the grid like others."""
    asked = {w.column: w.value for w in map(look.listing.where, where) if w.operator == "eq"}
    for column, (heading, values) in choices.items():
        chosen = asked.get(column, "")
        offered = "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(value)}</option>'
            for value in values
        )
        first = f'<option value="">{escape(heading)}: all</option>'
        element = ui.html(first + offered, sanitize=False, tag="select").classes("chip")
        element.props(f'data-filter={column} aria-label="{escape(heading)}"')
        element.on("change", js_handler=f"(e) => window.spareverse.filterBy('{column}', e.target.value)")


def tools(look: Look, visible: Sequence[str]) -> None:
    """Which columns, no filters, and what is shown as Excel."""
    ui.element("div").style("flex: 1")
    _chooser(look, visible)
    button("Clear filters", icon="filter_alt_off", slim=True).on(
        "click", js_handler="() => window.spareverse.clearFilters()"
    )
    button("Excel", icon="download", slim=True).on("click", js_handler="() => window.spareverse.exportExcel()")


def _chooser(look: Look, visible: Sequence[str]) -> None:
    """Which columns the grid shows."""
    listing = box("stack").style("padding: 10px 14px; gap: 0; width: 300px")
    with button("Columns", icon="view_column", slim=True), ui.menu().props("max-height=420px") as menu:
        listing.move(menu)
        with listing:
            boxes = {
                column.name: ui.checkbox(look.heading(column.name), value=column.name in visible)
                .props("dense")
                .tooltip(column.meaning)
                .style("padding: 3px 0")
                for column in look.columns()
            }

    def show() -> None:
        chosen = [name for name, box_ in boxes.items() if box_.value]
        ui.run_javascript(f"window.spareverse.showColumns({chosen!r})")

    for box_ in boxes.values():
        box_.on_value_change(show)


def _definition(
    look: Look, column: Column, currency: str, visible: Sequence[str], sorts: Mapping[str, tuple[int, str]]
) -> dict[str, Any]:
    name = column.name
    shown_unit = look.unit(name, currency)
    unit = "" if name in look.levels else shown_unit  # a level is in pieces, as everybody knows
    numeric = column.kind in ("number", "integer")
    definition: dict[str, Any] = {
        "field": name,
        "headerName": f"{look.heading(name)}\n{unit}" if unit else look.heading(name),
        "headerTooltip": f"{column.meaning}{f' [{shown_unit}]' if shown_unit else ''}",
        "hide": name not in visible,
        "width": look.width(column),
        "filter": "agNumberColumnFilter" if numeric else "agTextColumnFilter",
        "filterParams": {
            "buttons": ["reset"],
            "maxNumConditions": 1,
            "debounceMs": 250,
            "filterOptions": [
                "greaterThanOrEqual",
                "lessThanOrEqual",
                "equals",
                "notEqual",
                "inRange",
                "blank",
                "notBlank",
            ]
            if numeric
            else ["contains", "startsWith", "equals", "notEqual", "blank", "notBlank"],
        },
    }
    if numeric:
        definition |= {"cellClass": "n", "headerClass": "n", ":valueFormatter": _formatter(look, name, shown_unit)}
    else:
        definition |= {"tooltipField": name}
    if name in look.counted:
        definition |= {":valueFormatter": f"window.spareverse.counted('{look.counted[name]}')"}
    if name in look.narrow:
        definition |= {"suppressHeaderFilterButton": True}
    if name == "part_id":
        definition |= {"pinned": "left", "lockPosition": "left", ":cellRenderer": "window.spareverse.partLink"}
    if name in look.wrapped:
        definition |= {"cellStyle": {"whiteSpace": "normal", "fontSize": "12px", "lineHeight": "15px", **_MIDDLE}}
    if name in look.pinned:
        definition |= {"pinned": "right"}
    if name == look.grows:
        definition |= {"flex": 1, "minWidth": definition["width"]}
    if name in sorts:
        definition |= {"initialSortIndex": sorts[name][0], "initialSort": sorts[name][1]}
    return definition


def _formatter(look: Look, name: str, shown_unit: str) -> str:
    if name in look.ranged:
        return f"window.spareverse.ranged('{name}', {'true' if name in look.shares else 'false'})"
    if name in look.shares:
        return "window.spareverse.percent"
    if name in look.levels:
        return "window.spareverse.level"
    amount = len(shown_unit) > 2 and shown_unit[:3].isupper()
    if name in look.signed:
        return f"window.spareverse.signed({'true' if amount else 'false'}, {look.digits.get(name, 0)})"
    return "window.spareverse.money" if amount else f"window.spareverse.number({look.digits.get(name, 0)})"


def _filter_model(look: Look, where: Sequence[str]) -> dict[str, Any]:
    """The conditions of an address as the grid's own filters; what it cannot show is left to the view."""
    model: dict[str, Any] = {}
    for text in where:
        condition = look.listing.where(text)
        if condition.operator in _TYPES:
            numeric = look.listing.columns[condition.column].kind in ("number", "integer")
            value: str | float = float(condition.value) if numeric and condition.value else condition.value
            if condition.column in look.shares and isinstance(value, float):
                value *= 100
            model[condition.column] = {
                "filterType": "number" if numeric else "text",
                "type": _TYPES[condition.operator],
                "filter": value,
            }
    return model


def _script(value: object) -> str:
    """JSON that is safe inside a script expression."""
    return json.dumps(value).replace("<", "\\u003c")
