"""Tables as given -> typed columns: what is not known, missing, repeated or of another kind is told."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from spareverse.errors import Problem
from spareverse.network.distributions import Distribution, parse
from spareverse.network.network_checks.draft import TABLES, Draft
from spareverse.network.schema import FILE, POLARS_TYPE, ROW, Column, Table
from spareverse.network.spelling import did_you_mean, plain

DURATIONS: tuple[tuple[str, str], ...] = (
    ("suppliers", "work_time"), ("links", "transit_time"), ("sourcing", "lead_time"),
    ("sourcing", "emergency_lead_time"), ("demands", "gap"), ("opening_orders", "due_in"),
)  # fmt: skip
"""Columns of distributions in days."""
PIECES = ("demands", "pieces")
"""The column of a distribution of counts: numbers without a unit of time."""
LARGEST = 1e12
"""No number of a network is larger; it would be a slip."""
_TIME_UNIT = r"(?i)\d\s*(?:[a-df-z]|e[a-z])|\)\s*[a-z]"
_HEADER_ROWS = 1


def draft_of(tables: Mapping[str, pl.DataFrame], sources: Mapping[str, str]) -> Draft:
    """Every declared table, typed; ``sources`` names the file of a table whose rows do not say it."""
    draft = Draft()
    for name in tables:
        if name not in TABLES:
            hint = did_you_mean(name, TABLES).strip() or f"Tables: {', '.join(TABLES)}."
            draft.problems.append(Problem("A network has no such table.", hint, sources.get(name, name), value=name))
    for name, table in TABLES.items():
        given = tables.get(name)
        draft.tables[name] = _read(draft, table, _located(table, given, sources.get(name, name)))
    for name, column in (*DURATIONS, PIECES):
        _read_laws(draft, name, column)
    return draft


def _located(table: Table, frame: pl.DataFrame | None, source: str) -> pl.DataFrame:
    """With FILE and ROW; rows of a frame are numbered as a sheet with one line of headings would."""
    if frame is None:
        frame = table.empty()
    missing = [pl.lit(source).alias(FILE)] if FILE not in frame.columns else []
    if ROW not in frame.columns:
        missing.append(pl.int_range(1 + _HEADER_ROWS, pl.len() + 1 + _HEADER_ROWS, dtype=pl.Int64).alias(ROW))
    return frame.with_columns(missing)


def _read(draft: Draft, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    label = str(frame[FILE][0]) if frame.height else table.name
    _unknown_columns(draft, table, frame, label)
    if frame.height:
        for column in table.columns:
            if column.required and column.name not in frame.columns:
                meaning = f"{column.meaning[0].lower()}{column.meaning[1:]}"
                reason = f"There is no column {column.name} ({meaning})."
                draft.problems.append(Problem(reason, "Add it.", label, column=column.name))
                draft.misread.add(table.name)
    place = frame.select(FILE, ROW)
    columns = [_column(draft, column, frame, place) for column in table.columns]
    typed = place.with_columns(columns)
    _repeated(draft, table, typed)
    return typed.cast(dict(table.schema))  # type: ignore[arg-type]


def _column(draft: Draft, column: Column, frame: pl.DataFrame, place: pl.DataFrame) -> pl.Series:
    """The column typed, with its default where nothing stands; what cannot be read is told and left empty."""
    kind = POLARS_TYPE[column.kind]
    if column.name not in frame.columns:
        return pl.repeat(column.default, frame.height, dtype=kind, eager=True).alias(column.name)
    cells = frame[column.name]
    if cells.dtype.is_nested() or cells.dtype == pl.Binary:
        reason = "The column holds lists or bytes, not plain values."
        draft.report(place.head(1), column.name, reason, "Write one value per row.")
        cells = pl.repeat(None, frame.height, dtype=kind, eager=True)
    if cells.dtype == pl.String:
        cells = cells.str.strip_chars()
        cells = cells.set(cells == "", None)
    if column.required:
        reason = f"The {column.meaning[0].lower()}{column.meaning[1:]} is missing."
        draft.report(place.filter(cells.is_null()), column.name, reason, "Fill it in.")
    if cells.null_count() == len(cells):
        return pl.repeat(column.default, len(cells), dtype=kind, eager=True).alias(column.name)
    read = _text if column.kind == "text" else _number
    values = read(draft, column, cells, place).alias(column.name)
    if column.default is None or not cells.null_count():
        return values
    return values.set(cells.is_null(), column.default)


def _unknown_columns(draft: Draft, table: Table, frame: pl.DataFrame, label: str) -> None:
    """A column whose name is nearly that of a declared one is a slip; any other is not used, and said."""
    missing = [name for name in table.names if name not in frame.columns]
    unused = []
    for name in frame.columns:
        if name in table.names or name in (FILE, ROW):
            continue
        if hint := did_you_mean(name, missing):
            draft.problems.append(Problem("There is no such column.", hint.strip(), label, column=name))
        else:
            unused.append(name)
    if unused:
        draft.notices.append(f"{label}: columns not used: {', '.join(unused)}.")


def _number(draft: Draft, column: Column, cells: pl.Series, place: pl.DataFrame) -> pl.Series:
    place = place.with_columns(cells.cast(pl.String, strict=False).alias(column.name))
    numbers = _numbers(cells)
    wrong = cells.is_not_null() & numbers.is_null()
    draft.report(place.filter(wrong), column.name, "It is no number.", "Write a plain number, for example 12 or 12.5.")
    large = numbers.abs() > LARGEST
    if large.any():
        draft.report(place.filter(large), column.name, "It is too large to be meant.", "Check its unit.")
        numbers = numbers.set(large.fill_null(value=False), None)
    if column.kind == "integer":
        broken = numbers != numbers.round(0)
        if broken.any():
            draft.report(place.filter(broken), column.name, "It is no whole number.", "Count whole pieces.")
            numbers = numbers.set(broken.fill_null(value=False), None)
        return numbers.cast(pl.Int64)
    return numbers


def _numbers(cells: pl.Series) -> pl.Series:
    """The finite numbers of a column; null where something else stands."""
    if not (cells.dtype.is_numeric() or cells.dtype == pl.String):
        return pl.repeat(None, len(cells), dtype=pl.Float64, eager=True)
    numbers = cells.cast(pl.Float64, strict=False)
    finite = numbers.is_finite()
    return numbers if finite.all() else numbers.set(~finite.fill_null(value=False), None)


def _text(draft: Draft, column: Column, cells: pl.Series, place: pl.DataFrame) -> pl.Series:
    """Texts; whole numbers stand for names made of digits."""
    if cells.dtype.is_float() and ((cells == cells.round(0)) & (cells.abs() < LARGEST)).all():
        cells = cells.cast(pl.Int64)
    text = cells if cells.dtype == pl.String else cells.cast(pl.String, strict=False)
    if not column.choices:
        return text
    known = {plain(choice): choice for choice in column.choices}
    distinct = text.drop_nulls().unique(maintain_order=True)
    chosen = {word: known[plain(word)] for word in distinct if plain(word) in known}
    for word in distinct:
        if word not in chosen:
            reason = f"It must be one of {', '.join(column.choices)}.{did_you_mean(word, column.choices)}"
            rows = place.with_columns(text.alias(column.name)).filter(text == word)
            draft.report(rows, column.name, reason)
    return text.replace_strict(chosen, default=None, return_dtype=pl.String)


def _repeated(draft: Draft, table: Table, typed: pl.DataFrame) -> None:
    identity = list(table.identity)
    if not identity or typed.height < 2:
        return
    needed = [name for name in identity if table.column(name).required]
    named = pl.all_horizontal(pl.col(needed).is_not_null())
    key = pl.col(identity[0]) if len(identity) == 1 else pl.struct(identity)
    first = typed.select(key.is_first_distinct()).to_series()
    words = " and ".join(identity)
    reason = f"The same {words} {'stands' if len(identity) == 1 else 'stand'} on an earlier row."
    draft.report(typed.filter(named & ~first), identity[0], reason, "Keep one of the rows.")


def _read_laws(draft: Draft, table: str, column: str) -> None:
    """Each different text of a column of distributions is read once."""
    pieces = (table, column) == PIECES
    texts = draft[table][column].drop_nulls().unique(maintain_order=True)
    laws: dict[str, Distribution] = {}
    wrong: dict[str, str] = {}
    timed = set(texts.filter(texts.str.contains(_TIME_UNIT))) if pieces else set()
    for text in texts:
        if text in timed:
            wrong[text] = "Pieces have no unit of time."
            continue
        try:
            laws[text] = parse(text, unit="d")
        except ValueError as error:
            wrong[text] = f"{str(error).rstrip('.')}."
    draft.laws[table, column] = laws
    if wrong:
        reason = pl.col(column).replace_strict(wrong, default=None, return_dtype=pl.String)
        remedy = "Write a number or a distribution, for instance triangular(1, 2, 5)."
        rows = draft[table].filter(pl.col(column).is_in(list(wrong)))
        draft.report(rows, column, reason, remedy)
