"""The sheets of a study's tables: which of them hold the table, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.merged_cells import MergedRange, merged_ranges
from spareverse.io.readers import as_sheet, read_cells
from spareverse.io.sheets import DAMAGE, FILE, ROW, Cells, Sheet, content_columns
from spareverse.io.study_cells import CellReader
from spareverse.io.study_table import Form, Rows
from spareverse.network.spelling import did_you_mean


@dataclass(frozen=True)
class Reading:
    """How a study says its tables are to be read."""

    sheet: str | None = None
    decimal: str | None = None
    currency: str = ""


def read_file(
    form: Form, file: str, content: bytes, problems: list[Problem], how: Reading, *, optional: bool = False
) -> Rows | None:
    """Rows of every sheet that has the table's required columns; None when there is none.

    optional
        Whether a file without such a sheet is fine; else it is a problem.
    """
    candidates = _named(form, read_cells(file, content), file, how.sheet, problems)
    merged = merged_ranges(content)
    found: list[Rows] = []
    others: list[Sheet] = []
    for cells in candidates:
        try:
            sheet = as_sheet(cells, form.known)
        except InputRejected as error:
            if len(candidates) == 1 and not optional:
                problems.extend(error.problems)
                return None
            continue
        if set(form.table.required) <= set(form.sources(sheet.header)):
            found.append(sheet_rows(form, sheet, problems, how))
            reject_merged(found[-1], cells, merged.get(cells.sheet, []), sheet)
        else:
            others.append(sheet)
    if not found and others and not optional:
        nearest = max(others, key=lambda sheet: len(form.sources(sheet.header)))
        _reject_without_columns(form, nearest, problems)
    return _together(found, file) if found else None


def _named(form: Form, cells: list[Cells], file: str, name: str | None, problems: list[Problem]) -> list[Cells]:
    """The sheet of that name; without one, the sheet that is called as the table is, else all of them."""
    names = [each.sheet for each in cells]
    if name is None:
        return [each for each in cells if each.sheet in form.sheets][:1] or cells
    if name not in names:
        hint = did_you_mean(name, names).strip() or f"Sheets: {', '.join(names)}."
        problems.append(Problem("There is no such sheet.", hint, file=file, column="study.sheet", value=name))
    return [each for each in cells if each.sheet == name]


def sheet_rows(form: Form, sheet: Sheet, problems: list[Problem], how: Reading) -> Rows:
    """Typed rows of one sheet; columns that are not known are noted."""
    sources, label = form.sources(sheet.header), str(sheet.frame[FILE][0])
    headings = {column: source.heading for column, source in sources.items()}
    rows = Rows(sheet.frame.select(FILE, ROW), {label: headings}, problems, [])
    unused = [name for name in sheet.header if name not in headings.values() and not name.startswith("column ")]
    if unused:
        rows.unused[label] = unused
        rows.notes.append(f"{label}: columns not used: {', '.join(unused)}.")
    CellReader(form, sheet, sources, rows, how.decimal, how.currency).read()
    return rows


def _together(found: list[Rows], file: str) -> Rows:
    first = found[0]
    if len(found) > 1:
        for other in found[1:]:
            first.headings.update(other.headings)
            first.unused.update(other.unused)
        first.notes = list(dict.fromkeys(note for rows in found for note in rows.notes))
        first.notes.append(f"{file}: {len(found)} sheets were read together.")
        first.frame = pl.concat([rows.frame for rows in found])
    return first


def read_inline(form: Form, file: str, name: str, items: Sequence[Mapping[str, Any]], problems: list[Problem]) -> Rows:
    """Rows that stand in the study file itself, as ``[[name]]``."""
    known = [*form.table.names, *(text for column in form.durations for text in form.spellings(column))]
    for number, item in enumerate(items, start=1):
        for key in item:
            if key not in known:
                hint = did_you_mean(key, known).strip() or f"Known: {', '.join(form.table.names)}."
                problems.append(Problem("There is no such column.", hint, file=file, column=f"{name}[{number}].{key}"))
    header = tuple(key for key in known if any(key in item for item in items))
    cells = {key: [_cell(item.get(key)) for item in items] for key in header}
    place = {FILE: [file] * len(items), ROW: list(range(1, len(items) + 1)), DAMAGE: [None] * len(items)}
    kinds: dict[str, Any] = {**dict.fromkeys(header, pl.String), FILE: pl.String, ROW: pl.Int64, DAMAGE: pl.String}
    frame = pl.DataFrame({**cells, **place}, schema=kinds)
    rows = Rows(frame.select(FILE, ROW), {}, problems, [], inline=name)
    CellReader(form, Sheet(file, "", header, frame), form.sources(header), rows, ".").read()
    return rows


def _cell(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


def reject_merged(rows: Rows, cells: Cells, merged: Sequence[MergedRange], sheet: Sheet) -> None:
    """Merged cells below the header in a column that is read: only the first of their rows holds the value."""
    first_row = int(sheet.frame[ROW].min())  # type: ignore[arg-type]
    ((label, headings),) = rows.headings.items()
    at = {sheet.header.index(heading): column for column, heading in headings.items()}
    for area in merged:
        hit = [at[i] for i in range(area.first_column, area.last_column + 1) if i in at]
        if area.last_row < first_row or not hit:
            continue
        text = cells.frame.filter(pl.col(ROW) == area.first_row)
        name = f"c{area.first_column}"
        value = text[name][0] if text.height and name in content_columns(text) else None
        reason = f"The cells {area.reference} are merged; only the first of them holds the value."
        row = pl.DataFrame(
            {FILE: [label], ROW: [area.first_row], "value": [value]}, schema_overrides={"value": pl.String}
        )
        rows.report(row, hit[0], reason, "Unmerge them and write the value into every row.")


def _reject_without_columns(form: Form, sheet: Sheet, problems: list[Problem]) -> None:
    present, label = form.sources(sheet.header), str(sheet.frame[FILE][0])
    for column in form.table.required:
        if column not in present:
            near = did_you_mean(column, [name for name in sheet.header if not name.startswith("column ")])
            meaning = form.table.column(column).meaning
            reason = f"There is no column {column} ({meaning[0].lower()}{meaning[1:]}).{near}"
            remedy = f"Headings found: {', '.join(sheet.header[:12])}. Name the column {column}."
            problems.append(Problem(reason, remedy, file=label, column=column))
