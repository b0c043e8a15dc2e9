"""The cells of a table's columns -> dates, numbers and choices, with units and signs applied."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io import checks
from spareverse.io.date_formats import Order
from spareverse.io.dates import DateReading, read_dates
from spareverse.io.findings import Findings
from spareverse.io.mapping import GENERIC, TableMapping, shipped_mapping
from spareverse.io.numbers import NumberReading, read_numbers
from spareverse.io.sheets import DAMAGE, Sheet, rejected
from spareverse.network.schema import Table

_DATE_REMEDY = "Correct the date, for example 2024-03-31."
_NUMBER_REMEDY = "Write a plain number, for example 12 or 12.5."
_MOSTLY = 0.5
"""A required column of which more than this share cannot be read rejects the file."""
_PRICES = ("unit_cost", "unit_price")


def read_date_columns(
    sheet: Sheet,
    table: Table,
    texts: pl.DataFrame,
    found: AnyMapping[str, str],
    orders: AnyMapping[str, AnyMapping[str, Order]],
    aside: pl.Series,
) -> DateReading:
    """Dates of the rows that are not set aside."""
    names = [column.name for column in table.columns if column.kind == "date"]
    kept = texts.select(pl.when(~aside).then(pl.col(name)).alias(name) for name in names)
    events = checks.EVENTS.get(table.name, ())
    return read_dates(sheet.file, kept, titles=found, events=events, orders=orders)


def read_number_columns(
    sheet: Sheet,
    table: Table,
    texts: pl.DataFrame,
    found: AnyMapping[str, str],
    decimal: str | None,
    three_decimals: bool,
    aside: pl.Series,
) -> NumberReading:
    """Numbers of the rows that are not set aside."""
    names = [column.name for column in table.columns if column.kind in ("number", "integer")]
    kept = texts.select(pl.when(~aside).then(pl.col(name)).alias(name) for name in names)
    return read_numbers(
        sheet.file, kept, titles=found, delimiter=sheet.delimiter, decimal=decimal, three_decimals=three_decimals
    )


def reject_mostly_damaged(sheet: Sheet) -> None:
    """InputRejected when most rows do not fit the header: it is the header or the delimiter that is wrong."""
    damage = sheet.frame[DAMAGE].drop_nulls()
    if len(damage) > _MOSTLY * sheet.frame.height:
        reason = f"{len(damage):,} of {sheet.frame.height:,} rows do not fit the header (such as: {damage[0]})."
        remedy = "Check that every column has a heading and that the right delimiter is used."
        raise rejected(sheet.file, reason, remedy)


def reject_mostly_unreadable(
    sheet: Sheet,
    table: Table,
    texts: pl.DataFrame,
    found: AnyMapping[str, str],
    unreadable: AnyMapping[str, pl.Series],
    aside: pl.Series,
) -> None:
    """InputRejected when most values of a required column are no dates or numbers: it is the wrong column."""
    problems = []
    for name, mask in unreadable.items():
        given = texts[name].filter(~aside).count()
        bad = int(mask.sum())
        if table.column(name).required and bad > _MOSTLY * given:
            kind = table.column(name).kind
            examples = texts[name].filter(mask).unique(maintain_order=True).head(3).to_list()
            problems.append(
                Problem(
                    reason=f"{bad:,} of {given:,} values are no {kind}s, such as {', '.join(examples)}.",
                    remedy="Check that the right column is used; name it in a mapping file if not.",
                    file=sheet.file,
                    column=found.get(name, name),
                    value=examples[0],
                )
            )
    if problems:
        message = f"{sheet.file}: {problems[0].column} does not hold what it should. Nothing was imported."
        raise InputRejected(message, problems)


def report_unreadable(
    texts: pl.DataFrame,
    found: AnyMapping[str, str],
    dates: DateReading,
    numbers: NumberReading,
    findings: Findings,
) -> None:
    """A finding for every cell that holds neither the date nor the number it should."""
    for unreadable, kind, remedy in (
        (dates.unreadable, "date", _DATE_REMEDY),
        (numbers.unreadable, "number", _NUMBER_REMEDY),
    ):
        for name, mask in unreadable.items():
            findings.add(
                "unreadable",
                mask,
                f"{name} is no {kind}",
                column=found.get(name, name),
                value=texts[name],
                remedy=remedy,
            )


def choose(table: Table, rules: TableMapping, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Translate texts of closed sets; a text that is in none becomes empty, and is said."""
    notices: list[str] = []
    usual = shipped_mapping(GENERIC).table(table.name).values or {}
    for column in table.columns:
        if not column.choices or rows[column.name].null_count() == rows.height:
            continue
        known = {choice: choice for choice in column.choices}
        known.update({text.casefold(): value for text, value in usual.get(column.name, {}).items()})
        known.update({text.casefold(): value for text, value in ((rules.values or {}).get(column.name, {})).items()})
        text = rows[column.name]
        lowered = text.str.to_lowercase()
        exact = {choice.lower(): choice for choice in column.choices}
        chosen = lowered.replace_strict({**known, **exact}, default=None, return_dtype=pl.String)
        unknown = text.filter(text.is_not_null() & chosen.is_null())
        if len(unknown):
            examples = ", ".join(unknown.unique(maintain_order=True).head(3).to_list())
            notices.append(
                f"{column.name}: {len(unknown):,} texts such as {examples} are not known and count as empty."
                f" A mapping can translate them: [{table.name}.values.{column.name}]."
            )
        rows = rows.with_columns(chosen.alias(column.name))
    return rows, notices


def scale(
    raw: pl.DataFrame, rules: TableMapping, rows: pl.DataFrame, findings: Findings, decimal: str | None
) -> pl.DataFrame:
    """Apply the sign of movement types, the price unit (price per so many pieces) and units of measure."""
    prices = [name for name in _PRICES if name in rows.columns]
    quantities = [name for name in ("quantity", "received_quantity") if name in rows.columns]
    signs, units = rules.signs, rules.units
    if signs and signs.column in raw.columns:
        code = raw[signs.column]
        size = pl.col("quantity").abs()
        negative = code.is_in(list(signs.negative)).fill_null(value=False)
        positive = code.is_in(list(signs.positive)).fill_null(value=False)
        rows = rows.with_columns(
            quantity=pl.when(negative).then(-size).when(positive).then(size).otherwise(pl.col("quantity"))
        )
    if rules.price_unit and rules.price_unit in raw.columns:
        text = raw.select(pieces=pl.col(rules.price_unit))
        reading = read_numbers("", text, titles={"pieces": rules.price_unit}, delimiter="", decimal=decimal)
        wrong = reading.unreadable["pieces"]
        reason, remedy = "the price unit is no number", _NUMBER_REMEDY
        findings.add("unreadable", wrong, reason, column=rules.price_unit, value=text["pieces"], remedy=remedy)
        divisor = reading.values["pieces"].fill_null(1.0).replace(0.0, 1.0)
        rows = rows.with_columns(pl.col(name) / divisor for name in prices)
    if units and units.column in raw.columns:
        factor = raw[units.column].replace_strict(dict(units.factors), default=None, return_dtype=pl.Float64)
        findings.add(
            "unreadable",
            factor.is_null(),
            "no factor for this unit",
            column=units.column,
            value=raw[units.column],
            remedy="Add the unit to the factors of the mapping.",
        )
        rows = rows.with_columns(
            *(pl.col(name) * factor for name in quantities), *(pl.col(name) / factor for name in prices)
        )
    return rows


def with_defaults(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Fill declared defaults and give every column its declared type."""
    defaults = [pl.col(c.name).fill_null(c.default) for c in table.columns if c.default is not None]
    return rows.with_columns(defaults).cast(dict(table.schema))  # type: ignore[arg-type]
