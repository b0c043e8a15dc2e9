"""Tables of a study (package, stock levels) as people write them -> typed columns, every cell's trouble told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.mapping import did_you_mean
from spareverse.io.merged_cells import merged_ranges
from spareverse.io.numbers import read_numbers
from spareverse.io.readers import as_sheet, read_cells
from spareverse.io.report import ACCEPT_WORDS
from spareverse.io.sheets import DAMAGE, FILE, ROW, Cells, Sheet, content_columns, plain
from spareverse.io.study_durations import duration_text, read_duration
from spareverse.io.study_keys import HOURS_PER, UNITS
from spareverse.network.schema import Column, Table

MOST_EXAMPLES = 20
"""Rows listed with one and the same trouble; further ones are counted."""
_BRACKET = re.compile(r"\s*[\[(]\s*([^\[\]()]*?)\s*[\])]\s*")
_UNIT_WORDS = {
    **{word: name for name, unit in UNITS.items() for word in (name, name.rstrip("s"), unit)},
    "w": "weeks",
    "y": "years",
    "hours": "h",
    "hour": "h",
}
_WHITE = r"[\s\u00a0\u2007\u202f]+"


@dataclass(frozen=True)
class Form:
    """A declared table as people may bring it: other headings of its columns, and the unit of its durations."""

    table: Table
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    durations: Mapping[str, str] = field(default_factory=dict)

    def spellings(self, column: str) -> tuple[str, ...]:
        """Headings of a column, its own name first."""
        units = HOURS_PER if column in self.durations else ()
        return (column, *(f"{column}_{unit}" for unit in units), *self.headings.get(column, ()))

    @property
    def known(self) -> frozenset[str]:
        return frozenset(plain(text) for column in self.table.names for text in self.spellings(column))


@dataclass
class Rows:
    """Typed rows with FILE and ROW, the headings they were read from, and the troubles and remarks so far."""

    frame: pl.DataFrame
    headings: dict[str, dict[str, str]]
    problems: list[Problem]
    notes: list[str]
    inline: str = ""
    """Name of the section where the rows stand in the study file itself."""

    def reject(self, mask: pl.Series | pl.Expr, column: str, reason: str, remedy: str = "") -> None:
        """A problem for every row where the mask holds; the first ones listed, the rest counted."""
        marked = self.frame.with_columns(__bad=mask).filter(pl.col("__bad").fill_null(value=False))
        value = pl.col(column).cast(pl.String) if column in marked.columns else pl.lit(None, pl.String)
        self.report(marked.select(FILE, ROW, value=value), column, reason, remedy)

    def report(self, where: pl.DataFrame, column: str, reason: str, remedy: str = "") -> None:
        """The same for rows given with FILE, ROW and value."""
        for file, row, value in where.head(MOST_EXAMPLES).rows():
            self.problems.append(Problem(reason, remedy, **self._place(file, row, column), value=value))
        if (more := where.height - MOST_EXAMPLES) > 0:
            file, row, _ = where.row(MOST_EXAMPLES)
            self.problems.append(
                Problem(f"{more:,} more rows have the same trouble.", **self._place(file, row, column))
            )

    def _place(self, file: str, row: int, column: str) -> dict[str, Any]:
        if self.inline:
            return {"file": file, "column": f"{self.inline}[{row}].{column}"}
        return {"file": file, "row": row, "column": self.headings.get(file, {}).get(column, column)}


def read_file(
    form: Form,
    file: str,
    content: bytes,
    problems: list[Problem],
    *,
    sheet: str | None = None,
    decimal: str | None = None,
    optional: bool = False,
) -> Rows | None:
    """Rows of every sheet that has the table's required columns; None when there is none.

    optional
        Whether a file without such a sheet is fine; else it is a problem.
    """
    all_cells = read_cells(file, content)
    if sheet is not None and sheet not in [cells.sheet for cells in all_cells]:
        names = [cells.sheet for cells in all_cells]
        hint = did_you_mean(sheet, names).strip() or f"Sheets: {', '.join(names)}."
        problems.append(Problem("There is no such sheet.", hint, file=file, column="study.sheet", value=sheet))
        return None
    merged = merged_ranges(content)
    found: list[Rows] = []
    nearest: tuple[int, Sheet | None] = (0, None)
    for cells in all_cells:
        if sheet not in (None, cells.sheet):
            continue
        try:
            table = as_sheet(cells, form.known)
        except InputRejected as error:
            if sheet is not None or len(all_cells) == 1:
                problems.extend(error.problems)
                return None
            continue
        columns = _columns(form, table.header)
        if set(form.table.required) <= set(columns):
            rows = _typed(form, table, columns, problems, decimal)
            _reject_merged(rows, cells, merged, columns, table)
            found.append(rows)
        elif len(columns) > nearest[0]:
            nearest = len(columns), table
    if not found:
        if not optional:
            _reject_without_columns(form, file, nearest[1] or as_sheet(all_cells[0], form.known), problems)
        return None
    first = found[0]
    for other in found[1:]:
        first.headings.update(other.headings)
    first.notes = list(dict.fromkeys(note for rows in found for note in rows.notes))
    if len(found) > 1:
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
    frame = pl.DataFrame(cells, schema=dict.fromkeys(header, pl.String)).with_columns(
        pl.Series(FILE, [file] * len(items), pl.String),
        pl.Series(ROW, range(1, len(items) + 1), pl.Int64),
        pl.Series(DAMAGE, [None] * len(items), pl.String),
    )
    sheet = Sheet(file, "", header, frame)
    return _typed(form, sheet, _columns(form, header), problems, ".", inline=name)


def _cell(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value)


@dataclass(frozen=True)
class _Source:
    """Where a column is read from: its heading, and the unit the heading names."""

    heading: str
    unit: str


def _columns(form: Form, header: Sequence[str]) -> dict[str, _Source]:
    """Column -> heading; a unit in brackets, or at the end of the name, is taken off and kept."""
    by_plain: dict[str, _Source] = {}
    for heading in reversed(header):
        unit = found[1] if (found := _BRACKET.search(heading)) else ""
        by_plain[plain(_BRACKET.sub(" ", heading))] = _Source(heading, unit)
        by_plain.setdefault(plain(heading), _Source(heading, ""))
    columns = {}
    for column in form.table.names:
        for text in form.spellings(column):
            if source := by_plain.get(plain(text)):
                named = text.removeprefix(f"{column}_") if column in form.durations and text != column else ""
                columns[column] = _Source(source.heading, source.unit or (named if named in HOURS_PER else ""))
                break
    return columns


def _typed(
    form: Form,
    sheet: Sheet,
    columns: Mapping[str, _Source],
    problems: list[Problem],
    decimal: str | None,
    inline: str = "",
) -> Rows:
    label = str(sheet.frame[FILE][0]) if sheet.frame.height else sheet.file
    headings = {column: source.heading for column, source in columns.items()}
    rows = Rows(sheet.frame.select(FILE, ROW), {label: headings}, problems, [], inline)
    texts = sheet.frame.select(
        *(_clean(pl.col(source.heading)).alias(column) for column, source in columns.items()), FILE, ROW
    )
    rows.frame = texts
    rows.reject(sheet.frame[DAMAGE].is_not_null(), form.table.names[0], "The row does not fit the header.",
                "Check its fields and quotation marks.")  # fmt: skip
    _reject_repeated(sheet, columns, rows)
    others = [name for name in sheet.header if name not in headings.values() and not name.startswith("column ")]
    if others and not inline:
        rows.notes.append(f"{label}: columns not used: {', '.join(others)}.")
    typed = {column.name: _column(column, form, columns, rows, sheet, decimal) for column in form.table.columns}
    rows.frame = texts.select(FILE, ROW).with_columns(**typed)
    return rows


def _clean(text: pl.Expr) -> pl.Expr:
    """Without white space around it, hard spaces and line breaks inside made plain; empty texts null."""
    tidy = text.str.replace_all(_WHITE, " ").str.strip_chars()
    return pl.when(~tidy.is_in(["", "-", "n/a", "N/A", "#N/A"])).then(tidy)


def _column(
    column: Column, form: Form, columns: Mapping[str, _Source], rows: Rows, sheet: Sheet, decimal: str | None
) -> pl.Series:
    texts = rows.frame
    source = columns.get(column.name)
    if source is None:
        return pl.repeat(None, texts.height, dtype=form.table.schema[column.name], eager=True).alias(column.name)
    text = texts[column.name]
    if column.required:
        reason = f"The {column.name.replace('_', ' ')} is missing."
        rows.reject(text.is_null(), column.name, reason, "Fill it in, or delete the row.")
    if column.name in form.durations:
        return _durations(column, source, form.durations[column.name], rows)
    if source.unit and column.unit not in ("", "currency") and plain(source.unit) != plain(column.unit):
        _reject_unit(rows, column.name, source, column.unit)
    if column.kind in ("number", "integer"):
        return _numbers(column, rows, sheet, source, decimal)
    if column.kind == "boolean":
        return _booleans(column, rows)
    return _choices(column, rows) if column.choices else text


def _reject_unit(rows: Rows, column: str, source: _Source, wanted: str) -> None:
    first = rows.frame.head(1).select(FILE, ROW, value=pl.lit(source.unit))
    rows.report(
        first, column, f"The unit {source.unit!r} is not known here.", f"Use {wanted}, and say so in the heading."
    )


def _durations(column: Column, source: _Source, unit: str, rows: Rows) -> pl.Series:
    """Texts of distributions, each different text read once; the same texts with their unit come back."""
    if source.unit:
        unit = _UNIT_WORDS.get(source.unit.lower(), "")
    if not unit:
        _reject_unit(rows, column.name, source, " or ".join(HOURS_PER))
        return rows.frame[column.name]
    read: dict[str, str] = {}
    for text in rows.frame[column.name].drop_nulls().unique(maintain_order=True):
        try:
            read[text] = duration_text(read_duration(text, unit), unit)
        except ValueError as error:
            bad = rows.frame[column.name] == text
            rows.reject(bad, column.name, f"{str(error).rstrip('.')}.", f"Write a number of {unit} or a distribution.")
    return rows.frame[column.name].replace_strict(read, default=None, return_dtype=pl.String)


def _numbers(column: Column, rows: Rows, sheet: Sheet, source: _Source, decimal: str | None) -> pl.Series:
    texts = rows.frame.select(column.name)
    titles = {column.name: source.heading}
    try:
        if sheet.typed and decimal is None:
            values, wrong = _numbers_of_a_workbook(sheet.file, texts, column.name)
        else:
            reading = read_numbers(sheet.file, texts, titles=titles, delimiter=sheet.delimiter, decimal=decimal)
            values, wrong = reading.values[column.name], reading.unreadable[column.name]
    except InputRejected as error:
        remedy = 'Say it under [study]: decimal = "," or decimal = ".".'
        rows.problems += [Problem(p.reason, remedy, p.file, p.row, p.column, p.value) for p in error.problems]
        return pl.repeat(None, texts.height, dtype=pl.Float64, eager=True).alias(column.name)
    rows.reject(wrong, column.name, f"{column.name} is no number.", "Write a plain number, for example 12 or 12.5.")
    if column.kind == "integer":
        rows.reject(values != values.round(0), column.name, f"{column.name} is no whole number.", "Count whole pieces.")
        return values.round(0).cast(pl.Int64)
    return values


def _numbers_of_a_workbook(file: str, texts: pl.DataFrame, name: str) -> tuple[pl.Series, pl.Series]:
    """A workbook's own numbers have a point; texts with a comma among them are read by what they show themselves."""
    comma = pl.col(name).str.contains(",", literal=True)
    parts = [texts.select(pl.when(~comma).then(pl.col(name))), texts.select(pl.when(comma).then(pl.col(name)))]
    own, typed_in = (
        read_numbers(file, part, titles={}, delimiter="", decimal=sign)
        for part, sign in zip(parts, (".", None), strict=True)
    )
    values = own.values[name].fill_null(typed_in.values[name])
    return values, own.unreadable[name] | typed_in.unreadable[name]


def _booleans(column: Column, rows: Rows) -> pl.Series:
    words = dict.fromkeys(ACCEPT_WORDS["yes"], True) | dict.fromkeys(ACCEPT_WORDS["no"], False) | {"false": False}
    text = rows.frame[column.name].str.to_lowercase()
    value = text.replace_strict(words, default=None, return_dtype=pl.Boolean)
    rows.reject(
        text.is_not_null() & value.is_null(), column.name, f"{column.name} is neither yes nor no.", "Write yes or no."
    )
    return value


def _choices(column: Column, rows: Rows) -> pl.Series:
    text = rows.frame[column.name].str.to_lowercase().str.replace_all(r"[ \-]+", "_")
    value = pl.select(pl.when(text.is_in(list(column.choices))).then(text)).to_series()
    wrong = rows.frame[column.name].filter(text.is_not_null() & value.is_null()).unique(maintain_order=True)
    for bad in wrong.head(MOST_EXAMPLES):
        reason = f"It must be one of {', '.join(column.choices)}.{did_you_mean(bad, list(column.choices))}"
        rows.reject(rows.frame[column.name] == bad, column.name, reason)
    return value.alias(column.name)


def _reject_repeated(sheet: Sheet, columns: Mapping[str, _Source], rows: Rows) -> None:
    for column, source in columns.items():
        if source.heading in sheet.repeated:
            first = rows.frame.head(1).select(FILE, ROW, value=pl.lit(source.heading))
            rows.report(first, column, "The heading occurs more than once.", "Keep one of the columns.")


def _reject_merged(
    rows: Rows, cells: Cells, merged: Mapping[str, Any], columns: Mapping[str, _Source], sheet: Sheet
) -> None:
    """Merged cells below the header in a column that is read: only the first of their rows holds the value."""
    first_row = int(sheet.frame[ROW].min())  # type: ignore[arg-type]
    at = {sheet.header.index(source.heading): column for column, source in columns.items()}
    label = str(sheet.frame[FILE][0])
    for area in merged.get(cells.sheet, []):
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


def _reject_without_columns(form: Form, file: str, sheet: Sheet, problems: list[Problem]) -> None:
    present = _columns(form, sheet.header)
    for column in form.table.required:
        if column not in present:
            near = did_you_mean(column, [name for name in sheet.header if not name.startswith("column ")])
            meaning = form.table.column(column).meaning
            reason = f"There is no column {column} ({meaning[0].lower()}{meaning[1:]}).{near}"
            label = f"{file} [{sheet.sheet}]" if sheet.sheet else file
            remedy = f"Headings found: {', '.join(sheet.header[:12])}. Name the column {column}."
            problems.append(Problem(reason, remedy, file=label, column=column))
