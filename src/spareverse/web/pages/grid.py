"""The server-side grid of all parts: which columns there are, how they are shown, and their first sort and filter."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from spareverse.service.portfolio import Query, Where, grid_columns
from spareverse.web.pages.place import Place

ROWS_PER_FETCH = 100

_HEADINGS: dict[str, str] = {
    "part_id": "Part",
    "place_id": "Place",
    "description": "Description",
    "evidence": "Evidence",
    "supplier_id": "Supplier",
    "current_cover": "Today",
    "optimal_cover": "Proposed",
    "change": "Change",
    "current_risk": "Risk today",
    "optimal_risk": "Risk proposed",
    "money_at_risk": "Money at risk",
    "saving": "Saving",
    "order_quantity": "Order quantity",
    "late_risk": "Late risk",
    "expected_lead_time_days": "Expected lead time",
    "lead_time_median_days": "Lead time, median",
    "lead_time_mean_days": "Lead time, mean",
    "sales_lines": "Sales lines",
    "purchase_lines": "Purchase lines",
    "accept": "Decision",
    "override_reorder_point": "Override",
    "stock_value_now": "Stock value today",
    "stock_value_proposed": "Stock value proposed",
    "annual_value": "Annual value",
}
DEFAULT: tuple[str, ...] = (
    "part_id",
    "place_id",
    "description",
    "current_cover",
    "optimal_cover",
    "change",
    "current_risk",
    "optimal_risk",
    "money_at_risk",
    "saving",
    "evidence",
    "order_quantity",
    "supplier_id",
    "expected_lead_time_days",
    "sales_lines",
    "accept",
)
RANGED: frozenset[str] = frozenset({"optimal_cover", "optimal_risk", "current_risk", "late_risk"})
SHARES: tuple[str, ...] = tuple(
    column.name
    for column in grid_columns()
    if any(word in column.name for word in ("risk", "on_time", "share_", "p_value"))
    and column.name != "money_at_risk"
    and column.kind == "number"
    and column.name != "risk_step"
)
_WIDTH = {
    "part_id": 104,
    "place_id": 100,
    "description": 168,
    "current_risk": 112,
    "optimal_risk": 112,
    "optimal_cover": 116,
    "current_cover": 86,
    "change": 88,
    "money_at_risk": 118,
    "saving": 100,
    "supplier_id": 108,
    "comment": 220,
    "remarks": 260,
    "evidence": 100,
    "accept": 100,
}
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
class GridColumn:
    """One column as the chooser lists it."""

    name: str
    heading: str
    meaning: str


def columns() -> tuple[GridColumn, ...]:
    """Every column, the default ones first and in their order; limits of intervals stand beside their value instead."""
    declared = {column.name: column for column in grid_columns()}
    limits = {f"{name}_{end}" for name in RANGED for end in ("low", "high")}
    names = [*DEFAULT, *(name for name in declared if name not in DEFAULT and name not in limits)]
    return tuple(GridColumn(name, heading(name), declared[name].meaning) for name in names)


def heading(name: str) -> str:
    return _HEADINGS.get(name) or name.removesuffix("_days").removesuffix("_id").replace("_", " ").capitalize()


def unit(name: str, currency: str) -> str:
    """The unit of a column as its header shows it."""
    if name in SHARES:
        return "%"
    declared = {column.name: column.unit for column in grid_columns()}
    return declared[name].replace("currency", currency)


def parts_grid(
    place: Place, query: Query, start: dict[str, str], where: Sequence[str], visible: Sequence[str]
) -> ui.aggrid:
    """The grid itself; ``start`` is the part of the address that every fetch repeats (window, view, search)."""
    sorts = {
        name.lstrip("-"): (index, "desc" if name.startswith("-") else "asc") for index, name in enumerate(query.sort)
    }
    definitions = [_definition(column.name, place.workspace.currency, visible, sorts) for column in columns()]
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
        "rowHeight": 32,
        "headerHeight": 58,
        "animateRows": False,
        "overlayNoRowsTemplate": "No part matches. Clear the filters or choose another view.",
        ":getRowId": "p => p.data.part_id + '\\u0001' + p.data.place_id",
        ":onGridReady": "window.spareverse.ready",
        ":datasource": f"window.spareverse.datasource({_script(start)}, {_script(SHARES)})",
        "initialState": {"filter": {"filterModel": _filter_model(where)}},
    }
    return ui.aggrid(options, auto_size_columns=False).classes("grid").props("data-grid=parts")


def _definition(name: str, currency: str, visible: Sequence[str], sorts: dict[str, tuple[int, str]]) -> dict[str, Any]:
    column = next(column for column in grid_columns() if column.name == name)
    shown_unit = unit(name, currency)
    numeric = column.kind in ("number", "integer")
    definition: dict[str, Any] = {
        "field": name,
        "headerName": f"{heading(name)}\n{shown_unit}" if shown_unit else heading(name),
        "headerTooltip": f"{column.meaning}{f' [{shown_unit}]' if shown_unit else ''}",
        "hide": name not in visible,
        "width": _WIDTH.get(name, 104 if numeric else 130),
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
        definition |= {"cellClass": "n", "headerClass": "n", ":valueFormatter": _formatter(name, shown_unit)}
    if name == "part_id":
        definition |= {"pinned": "left", "lockPosition": "left", ":cellRenderer": "window.spareverse.partLink"}
    if name == "description":
        definition |= {"flex": 1, "minWidth": _WIDTH[name]}
    if name in sorts:
        definition |= {"initialSortIndex": sorts[name][0], "initialSort": sorts[name][1]}
    return definition


def _formatter(name: str, shown_unit: str) -> str:
    if name in RANGED:
        return f"window.spareverse.ranged('{name}', {'true' if name in SHARES else 'false'})"
    if name in SHARES:
        return "window.spareverse.percent"
    if name == "change":
        return "window.spareverse.signed"
    if shown_unit and len(shown_unit) > 2 and shown_unit[:3].isupper():
        return "window.spareverse.money"
    digits = 3 if name in ("order_rate", "late_weight", "early_weight") else 2 if "shape" in name else 0
    return f"window.spareverse.number({digits})"


def _filter_model(where: Sequence[str]) -> dict[str, Any]:
    """The conditions of an address as the grid's own filters; what it cannot show is left to the view."""
    model: dict[str, Any] = {}
    for text in where:
        condition = Where.parse(text)
        if condition.operator in _TYPES:
            numeric = any(c.name == condition.column and c.kind in ("number", "integer") for c in grid_columns())
            value: str | float = float(condition.value) if numeric and condition.value else condition.value
            if condition.column in SHARES and isinstance(value, float):
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
