"""The lines of a study as a grid: change, add, copy and remove them, checked as those of a file are."""

from __future__ import annotations

import asyncio
import copy
from typing import Any

import polars as pl
from nicegui import events, run, ui

from spareverse.errors import InputRejected, Problem, SpareverseError
from spareverse.network.schema import Column
from spareverse.network.study_tables import STUDY_LINES
from spareverse.service.workspace import Workspace
from spareverse.web.pages import states
from spareverse.web.pages.cards import box, button, card, link, note_bar, text, title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import plural

ROWS = 100
"""Lines sent at once."""
MOST_STEPS = 50
"""Changes that can be taken back."""
ID, NUMBER, WRONG = "__id", "__number", "__wrong"
_SEARCHED = ("tag", "part_id", "description", "vendor", "interchange_group")
_WIDTH = {"tag": 130, "part_id": 130, "description": 210, "life": 150, "warning": 120, "replacement": 120}
_LABELS = {"am_qualified": "AM qualified", "part_id": "Part", "asset_id": "Asset"}

Line = dict[str, Any]


def include(workspace: Workspace) -> None:
    page(workspace, "/warehouse/{study}/lines", "Lines of a study", here="/warehouse")(show)


def show(place: Place) -> None:
    LinesPage(place, place.query["study"])


class LinesPage:
    """All lines at the server, one page of them in the grid. What is right is kept at once, as in the form."""

    def __init__(self, place: Place, name: str) -> None:
        self._place, self._name = place, name
        self._studies = place.workspace.studies
        study = self._studies.definition(name)
        self._lines = as_written(study.lines)
        self._next = len(self._lines)
        self._kept, self._before = copy.deepcopy(self._lines), list[list[Line]]()
        self._problems: list[Problem] = []
        self._page = 0
        self._checking = asyncio.Lock()
        self._headline(study.name)
        self._state = ui.element("div").classes("stack")
        with card():
            self._tools()
            options = _options(study.currency) | {"rowData": self._turned()}
            self._grid = ui.aggrid(options, auto_size_columns=False).classes("grid").props("data-lines")
            self._grid.on("cellValueChanged", self._edited)

    def _headline(self, study: str) -> None:
        home = self._place.link(f"/warehouse/{self._name}")
        with box("crumb", "nav").props('aria-label="Breadcrumb"'):
            link("Warehouse options", self._place.link("/warehouse"))
            text("›", tag="span")
            link(study, home)
        with box("headline"):
            with box("words"):
                title("Lines", "One row for each tag and part. What is right is kept at once; what is wrong is told.")
            button("Undo", self._undo, icon="undo").props('title="Take the last change back"')
            button("Back to the study", icon="arrow_back", href=home)

    def _tools(self) -> None:
        with box("row-gap filters"):
            self._words = ui.input("Tag, part, name or vendor").props(
                "outlined dense stack-label clearable debounce=250"
            )
            self._only = ui.checkbox("Only what is wrong").props("dense data-only-wrong")
            self._count = text("", "num grow").props("aria-live=polite data-count")
            self._back = button("", lambda: self._turn(-1), icon="chevron_left", slim=True)
            self._back.props('aria-label="Page before"')
            self._forth = button("", lambda: self._turn(1), icon="chevron_right", slim=True)
            self._forth.props('aria-label="Next page"')
            button("Add line", self._add, icon="add", slim=True).props("data-add")
            button("Copy", self._copy, icon="content_copy", slim=True).props("data-copy")
            button("Remove", self._remove, icon="close", slim=True).props("data-remove")
        for field in (self._words, self._only):
            field.on_value_change(self._first)

    # -- what is shown

    def _shown(self) -> list[Line]:
        """The lines that fit the filters, each with its number in the package and what is wrong with it."""
        words = str(self._words.value or "").strip().lower()
        wrong = by_line(self._problems)
        found = []
        for number, line in enumerate(self._lines, start=1):
            if words and not any(words in str(line.get(name) or "").lower() for name in _SEARCHED):
                continue
            if self._only.value and number not in wrong:
                continue
            found.append(line | {NUMBER: number, WRONG: wrong.get(number, {})})
        return found

    def _turned(self) -> list[Line]:
        """The rows of the page, once the controls above say which they are."""
        found = self._shown()
        last = max((len(found) - 1) // ROWS, 0)
        self._page = min(max(self._page, 0), last)
        start = self._page * ROWS
        rows = found[start : start + ROWS]
        span = f"{start + 1:,} to {start + len(rows):,} of " if len(found) > ROWS else ""
        self._count.set_content(f"{span}{plural(len(found), 'line')}")
        for turn, on in ((self._back, self._page > 0), (self._forth, self._page < last)):
            turn.props(remove="disabled") if on else turn.props("disabled")
        return rows

    def _refresh(self) -> None:
        """Rows change in place, so that the focus stays where it is."""
        self._grid.run_grid_method("setGridOption", "rowData", self._turned())
        self._grid.run_grid_method("refreshCells", {"force": True})

    def _first(self) -> None:
        self._page = 0
        self._refresh()

    def _turn(self, pages: int) -> None:
        self._page += pages
        self._refresh()

    def _report(self) -> None:
        self._state.clear()
        if not self._problems:
            return
        told = [vars(problem) | {"file": None} for problem in self._problems]
        with self._state:
            count = f"{len(told)} things are" if len(told) > 1 else "One thing is"
            note_bar(f"{count} wrong; the study keeps its last good lines.", tone="bad", icon="error_outline")
            with box("card short-report"):
                states.problems_table(told)

    # -- what is done

    async def _edited(self, event: events.GenericEventArguments) -> None:
        line = next((line for line in self._lines if str(line[ID]) == str(event.args["rowId"])), None)
        if line is not None:
            line[event.args["colId"]] = event.args["newValue"]
            await self._check()

    async def _add(self) -> None:
        self._words.value, self._only.value = "", False
        self._lines.append(self._numbered({}))
        self._page = len(self._lines) // ROWS
        self._refresh()
        row = (len(self._lines) - 1) % ROWS
        self._grid.run_grid_method("ensureIndexVisible", row)
        self._grid.run_grid_method("startEditingCell", {"rowIndex": row, "colKey": "tag"})

    async def _copy(self) -> None:
        chosen = await self._chosen()
        made = [line | self._numbered({"tag": f"{line.get('tag') or ''} copy".strip()}) for line in chosen]
        self._lines.extend(made)
        if made:
            self._page = len(self._lines) // ROWS
            await self._check()

    async def _remove(self) -> None:
        gone = {line[ID] for line in await self._chosen()}
        if gone:
            self._lines = [line for line in self._lines if line[ID] not in gone]
            await self._check()

    async def _chosen(self) -> list[Line]:
        ids = {row[ID] for row in await self._grid.get_selected_rows()}
        if not ids:
            ui.notify("Choose lines first, by the boxes at their left.")
        return [line for line in self._lines if line[ID] in ids]

    async def _undo(self) -> None:
        """Take back what is wrong, else the last change that was kept."""
        if not self._problems and len(self._lines) == len(self._kept):
            if not self._before:
                ui.notify("Nothing was changed on this page.")
                return
            self._kept = self._before.pop()
            await run.io_bound(self._studies.change_lines, self._name, as_told(self._kept))
        self._lines, self._problems = copy.deepcopy(self._kept), []
        self._report()
        self._refresh()

    async def _check(self) -> None:
        """Keep the lines if they hold; else say beside each cell what is wrong."""
        async with self._checking:
            problems: list[Problem] = []
            study = None
            try:
                study = await run.io_bound(self._studies.change_lines, self._name, as_told(self._lines))
            except InputRejected as rejected:
                problems = rejected.problems
            except SpareverseError as error:
                ui.notify(error.message, type="negative")
                return
            self._problems = problems
            if study is not None:  # None when it was refused, or when the server is being stopped
                self._before = [*self._before, self._kept][-MOST_STEPS:]
                found = as_written(study.lines)  # with what was filled in
                self._lines = [line | {ID: old[ID]} for line, old in zip(found, self._lines, strict=True)]
                self._kept = copy.deepcopy(self._lines)
            self._report()
            self._refresh()

    def _numbered(self, line: Line) -> Line:
        self._next += 1
        return line | {ID: self._next}


def as_written(lines: pl.DataFrame) -> list[Line]:
    """Lines as texts, as one would type them, each with an id."""
    yes = [pl.when(pl.col(c.name)).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(c.name) for c in _BOOLEANS]
    written = lines.with_columns(yes).cast(pl.String)
    whole = [pl.col(column.name).str.strip_suffix(".0") for column in STUDY_LINES.columns if column.kind == "number"]
    return written.with_columns(whole).with_row_index(ID).to_dicts()


def as_told(lines: list[Line]) -> list[Line]:
    """Lines as the check takes them."""
    return [{name: line.get(name) for name in STUDY_LINES.names} for line in lines]


def by_line(problems: list[Problem]) -> dict[int, dict[str, str]]:
    """Number of the line -> column -> what is wrong there."""
    found: dict[int, dict[str, str]] = {}
    for problem in problems:
        if problem.row is not None:
            words = f"{problem.reason} {problem.remedy}".strip()
            found.setdefault(problem.row, {}).setdefault(problem.column or "", words)
    return found


_BOOLEANS = [column for column in STUDY_LINES.columns if column.kind == "boolean"]


def _options(currency: str) -> dict[str, Any]:
    number = {
        "field": NUMBER,
        "headerName": "Line",
        "width": 66,
        "pinned": "left",
        "cellClass": "n",
        "headerClass": "n",
    }
    return {
        "columnDefs": [number, *(_definition(column, currency) for column in STUDY_LINES.columns)],
        "defaultColDef": {
            "resizable": True,
            "sortable": False,
            "suppressMovable": True,
            "minWidth": 60,
            ":cellClassRules": f"({{wrong: p => Boolean(p.data?.{WRONG}?.[p.colDef.field])}})",
            ":tooltipValueGetter": f"p => p.data?.{WRONG}?.[p.colDef.field]",
        },
        "rowSelection": {"mode": "multiRow", "headerCheckbox": True, "enableClickSelection": False},
        "selectionColumnDef": {"pinned": "left", "width": 44},
        "suppressColumnVirtualisation": True,
        "stopEditingWhenCellsLoseFocus": True,
        "enterNavigatesVerticallyAfterEdit": True,
        "tooltipShowDelay": 200,
        "rowHeight": 32,
        "headerHeight": 58,
        "animateRows": False,
        "overlayNoRowsTemplate": "No line fits these filters.",
        ":getRowId": f"p => String(p.data.{ID})",
    }


def _definition(column: Column, currency: str) -> dict[str, Any]:
    unit = column.unit.replace("currency", currency)
    words = _LABELS.get(column.name) or column.name.removesuffix("_per_h").removesuffix("_per_year").replace("_", " ")
    heading = words[:1].upper() + words[1:]
    numeric = column.kind in ("number", "integer")
    definition: dict[str, Any] = {
        "field": column.name,
        "headerName": f"{heading}\n{unit}" if unit else heading,
        "headerTooltip": column.meaning,
        "editable": True,
        "width": _WIDTH.get(column.name, 104 if numeric else 124),
    }
    if numeric:
        definition |= {"cellClass": "n", "headerClass": "n"}
    choices = ("yes", "no") if column.kind == "boolean" else column.choices
    if choices:
        definition |= {"cellEditor": "agSelectCellEditor", "cellEditorParams": {"values": ["", *choices]}}
    if column.name in ("tag", "part_id"):
        definition |= {"pinned": "left"}
    return definition
