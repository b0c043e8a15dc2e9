"""Cells of a study's tables -> typed columns; every cell that holds something else is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.numbers import read_numbers
from spareverse.io.report import ACCEPT_WORDS
from spareverse.io.sheets import DAMAGE, FILE, ROW, Sheet, plain
from spareverse.io.study_durations import duration_text, read_duration
from spareverse.io.study_schema import HOURS_PER, UNITS
from spareverse.io.study_sections import LARGEST
from spareverse.io.study_table import MOST_EXAMPLES, Form, Rows, Source
from spareverse.network.schema import Column
from spareverse.network.spelling import did_you_mean

_UNIT_WORDS = {
    **{word: name for name, unit in UNITS.items() for word in (name, name.rstrip("s"), unit)},
    "w": "weeks",
    "y": "years",
    "hours": "h",
    "hour": "h",
}
_WHITE = r"[\s\u00a0\u2007\u202f\x00-\x1f\x7f]+"
_NOTHING = ("", "-", "n/a", "N/A", "#N/A")
_YES_AND_NO = dict.fromkeys(ACCEPT_WORDS["yes"], True) | dict.fromkeys(ACCEPT_WORDS["no"], False) | {"false": False}


@dataclass(frozen=True)
class CellReader:
    """Types the columns of one sheet."""

    form: Form
    sheet: Sheet
    sources: Mapping[str, Source]
    rows: Rows
    decimal: str | None = None
    currency: str = ""

    def read(self) -> None:
        """Replace the rows' frame by the typed columns, FILE and ROW."""
        self.rows.frame = self.sheet.frame.select(
            *(_clean(pl.col(source.heading)).alias(column) for column, source in self.sources.items()), FILE, ROW
        )
        damaged, remedy = self.sheet.frame[DAMAGE].is_not_null(), "Check its fields and quotation marks."
        self.rows.reject(damaged, self.form.table.names[0], "The row does not fit the header.", remedy)
        for column, source in self.sources.items():
            if source.heading in self.sheet.repeated:
                self._of_heading(
                    column, source.heading, "The heading occurs more than once.", "Keep one of the columns."
                )
        typed = {column.name: self._column(column) for column in self.form.table.columns}
        self.rows.frame = self.rows.frame.select(FILE, ROW).with_columns(**typed)

    def _column(self, column: Column) -> pl.Series:
        source = self.sources.get(column.name)
        if source is None:
            empty = pl.repeat(None, self.rows.frame.height, dtype=self.form.table.schema[column.name], eager=True)
            self._reject_missing(column, empty)
            return empty
        text = self.rows.frame[column.name]
        self._reject_missing(column, text)
        if column.name in self.form.durations:
            return self._durations(column.name, source)
        self._check_unit(column, source)
        if column.kind in ("number", "integer"):
            return self._numbers(column, source)
        if column.kind == "boolean":
            return self._booleans(column.name)
        return self._choices(column) if column.choices else text

    def _reject_missing(self, column: Column, values: pl.Series) -> None:
        if column.required:
            reason = f"The {column.name.replace('_', ' ')} is missing."
            self.rows.reject(values.is_null(), column.name, reason, "Fill it in, or delete the row.")

    def _of_heading(self, column: str, value: str, reason: str, remedy: str) -> None:
        first = self.rows.frame.head(1).select(FILE, ROW, value=pl.lit(value))
        self.rows.report(first, column, reason, remedy)

    def _check_unit(self, column: Column, source: Source) -> None:
        if "currency" in column.unit and not self.currency:
            return
        wanted = column.unit.replace("currency", self.currency)
        known = {plain(wanted), plain(column.unit)}
        if source.unit and column.unit and plain(source.unit) not in known:
            self._reject_unit(column.name, source.unit, wanted)

    def _reject_unit(self, column: str, unit: str, wanted: str) -> None:
        reason = f"The unit {unit!r} in the heading is not the one expected."
        self._of_heading(column, unit, reason, f"Write the column in {wanted}, and say so in the heading.")

    def _durations(self, name: str, source: Source) -> pl.Series:
        """Texts of distributions, each different text read once; the same texts with their unit come back."""
        unit = _UNIT_WORDS.get(source.unit.lower(), "") if source.unit else self.form.durations[name]
        texts = self.rows.frame[name]
        if not unit:
            self._reject_unit(name, source.unit, " or ".join(HOURS_PER))
            return texts
        read: dict[str, str] = {}
        for text in texts.drop_nulls().unique(maintain_order=True):
            try:
                read[text] = duration_text(read_duration(text, unit), unit)
            except ValueError as error:
                remedy = f"Write a number of {unit} or a distribution."
                self.rows.reject(texts == text, name, f"{str(error).rstrip('.')}.", remedy)
        return texts.replace_strict(read, default=None, return_dtype=pl.String)

    def _numbers(self, column: Column, source: Source) -> pl.Series:
        name, texts = column.name, self.rows.frame.select(column.name)
        try:
            if self.sheet.typed and self.decimal is None:
                values, wrong = self._numbers_of_a_workbook(texts)
            else:
                titles, sign = {name: source.heading}, self.decimal
                reading = read_numbers(
                    self.sheet.file, texts, titles=titles, delimiter=self.sheet.delimiter, decimal=sign
                )
                values, wrong = reading.values[name], reading.unreadable[name]
        except InputRejected as error:
            remedy = self.form.decimal_remedy
            self.rows.problems += [Problem(p.reason, remedy, p.file, p.row, p.column, p.value) for p in error.problems]
            return pl.repeat(None, texts.height, dtype=self.form.table.schema[name], eager=True)
        self.rows.reject(wrong, name, f"{name} is no number.", "Write a plain number, for example 12 or 12.5.")
        self.rows.reject(values.abs() > LARGEST, name, f"{name} is too large to be meant.", "Check its unit.")
        if column.kind == "integer":
            self.rows.reject(values != values.round(0), name, f"{name} is no whole number.", "Count whole pieces.")
            return values.round(0).cast(pl.Int64, strict=False)
        return values

    def _numbers_of_a_workbook(self, texts: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """A workbook's own numbers have a point; texts with a comma among them are read by what they show."""
        (name,) = texts.columns
        comma = pl.col(name).str.contains(",", literal=True)
        parts = [texts.select(pl.when(~comma).then(pl.col(name))), texts.select(pl.when(comma).then(pl.col(name)))]
        own, typed_in = (
            read_numbers(self.sheet.file, part, titles={}, delimiter="", decimal=sign)
            for part, sign in zip(parts, (".", None), strict=True)
        )
        values = own.values[name].fill_null(typed_in.values[name])
        return values, own.unreadable[name] | typed_in.unreadable[name]

    def _booleans(self, name: str) -> pl.Series:
        text = self.rows.frame[name].str.to_lowercase()
        value = text.replace_strict(_YES_AND_NO, default=None, return_dtype=pl.Boolean)
        wrong = text.is_not_null() & value.is_null()
        self.rows.reject(wrong, name, f"{name} is neither yes nor no.", "Write yes or no.")
        return value

    def _choices(self, column: Column) -> pl.Series:
        given, choices = self.rows.frame[column.name], list(column.choices)
        text = given.str.to_lowercase().str.replace_all(r"[ \-]+", "_")
        known = text.is_in(choices)
        for bad in given.filter(~known).drop_nulls().unique(maintain_order=True).head(MOST_EXAMPLES):
            reason = f"It must be one of {', '.join(choices)}.{did_you_mean(bad, choices)}"
            self.rows.reject(given == bad, column.name, reason)
        return pl.select(pl.when(known).then(text)).to_series()


def _clean(text: pl.Expr) -> pl.Expr:
    """Without white space around it, hard spaces, line breaks and controls inside made plain; empty texts null."""
    tidy = text.str.replace_all(_WHITE, " ").str.strip_chars()
    return pl.when(~tidy.is_in(list(_NOTHING))).then(tidy)
