"""A sheet of text cells, through a mapping, to checked rows of one input table. Every row is accounted for."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from spareverse.errors import InputRejected, Problem, UsageError
from spareverse.io import checks
from spareverse.io.currency import convert_prices
from spareverse.io.date_formats import ORDERS, Order
from spareverse.io.findings import Findings, quarantine_rows
from spareverse.io.mapping import Mapping, TableMapping, candidates, did_you_mean, sources
from spareverse.io.sheets import DAMAGE, FILE, ROW, Sheet, plain
from spareverse.io.values import (
    choose,
    read_date_columns,
    read_number_columns,
    reject_mostly_damaged,
    reject_mostly_unreadable,
    report_unreadable,
    scale,
    with_defaults,
)
from spareverse.network.schema import Table
from spareverse.network.tables import TABLES

_DAMAGE_REMEDY = "Correct the number of fields and the quotation marks of the row."


@dataclass(frozen=True)
class Context:
    """What a translation needs besides the file: answers to questions asked before, rates, the twin's currency."""

    currency: str
    rates: pl.DataFrame
    orders: AnyMapping[str, AnyMapping[str, Order]]
    decimal: str | None
    today: date
    whole_file: bool = True
    """Whether a column that is mostly unreadable rejects the file; not so for a few lines of it."""


@dataclass(frozen=True)
class Translation:
    """Rows taken (table schema, file, row, flag), rows quarantined, and the counts that add up to ``read``."""

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    read: int
    not_applicable: int
    reasons: dict[str, int]
    flagged: dict[str, int]
    formats: dict[str, dict[str, int]]
    orders: dict[str, dict[str, Order]]
    decimal: str
    sources: dict[str, str]
    missing: list[tuple[str, str]]
    notices: list[str]


def translate(sheet: Sheet, mapping: Mapping, table_name: str, context: Context) -> Translation:
    """Read every row of a sheet as a row of the table; InputRejected when required columns are missing.

    Order of judgement: a damaged row is unreadable; a row the mapping sets aside does not apply, whatever else is
    wrong with it; then values that cannot be read; then lines that read well and do not apply.
    """
    table, rules = TABLES[table_name], mapping.table(table_name)
    found = sources(mapping, table, sheet.header)
    _require(sheet, mapping, table, found)
    raw = sheet.frame
    findings = Findings(raw.height)
    findings.add("unreadable", raw[DAMAGE].is_not_null(), raw[DAMAGE].fill_null(""), remedy=_DAMAGE_REMEDY)
    _set_aside(raw, rules, found, findings)
    constants = rules.constants or {}
    texts = raw.select(
        (pl.col(found[name]) if name in found else pl.lit(constants.get(name), pl.String)).alias(name)
        for name in table.names
    )
    if context.whole_file:
        reject_mostly_damaged(sheet)
    aside = ~findings.clean()
    decimal = context.decimal or mapping.decimal or sheet.decimal
    dates = read_date_columns(sheet, table, texts, found, context.orders, aside)
    numbers = read_number_columns(sheet, table, texts, found, decimal, mapping.three_decimals, aside)
    if context.whole_file:
        reject_mostly_unreadable(sheet, table, texts, found, {**dates.unreadable, **numbers.unreadable}, aside)
    report_unreadable(texts, found, dates, numbers, findings)
    rows = texts.with_columns(*dates.values.iter_columns(), *numbers.values.iter_columns())
    rows = rows.with_columns(
        pl.when(~texts[name].is_in(list(empty)).fill_null(value=False)).then(pl.col(name)).alias(name)
        for name, empty in (rules.empty or {}).items()
    )
    rows, unknown = choose(table, rules, rows)
    unreadable = {**dates.unreadable, **numbers.unreadable}
    for name in table.required:
        empty = rows[name].is_null() & ~aside
        if name in unreadable:
            empty &= ~unreadable[name]
        if choices := table.column(name).choices:
            wrong, known = empty & texts[name].is_not_null(), f"Use one of: {', '.join(choices)}."
            heading = found.get(name, name)
            findings.add("unreadable", wrong, f"{name} is not known", column=heading, value=texts[name], remedy=known)
            empty &= ~wrong
        remedy = "Fill it in; the line cannot be used without it."
        findings.add("unreadable", empty, f"{name} is empty", column=found.get(name, name), remedy=remedy)
    rows = with_defaults(table, scale(raw, rules, rows, findings, decimal or one_sign(numbers.decimal)))
    conversion = convert_prices(table_name, rows, context.rates, context.currency, findings)
    checks.lines_that_do_not_apply(table_name, conversion.rows, raw, findings)
    taken, quarantine, verdicts = _outcome(sheet, table, conversion.rows, findings, context.today)
    return Translation(
        rows=taken,
        quarantine=quarantine,
        read=raw.height,
        not_applicable=int((verdicts["kind"] == "not applicable").sum()),
        reasons=dict(verdicts["first_reason"].value_counts(sort=True).rows()),
        flagged=dict(taken["flag"].drop_nulls().str.split("; ").explode().value_counts(sort=True).rows()),
        formats={name: counts for name, counts in dates.formats.items() if counts},
        orders=dates.orders,
        decimal=numbers.decimal,
        sources=found,
        missing=_missing(table, found, constants),
        notices=[
            *sheet.notices,
            *([mapping.notice] if mapping.notice else []),
            *dates.notices,
            *unknown,
            *(f"{n:,} prices converted from {code} to {context.currency}." for code, n in conversion.converted.items()),
            *_unused(sheet, table, found),
        ],
    )


def _outcome(
    sheet: Sheet, table: Table, rows: pl.DataFrame, findings: Findings, today: date
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows taken with their flags, rows quarantined, and the verdicts on all rows not taken."""
    raw = sheet.frame
    verdicts = findings.verdicts()
    taken = rows.select(table.names).with_columns(file=raw[FILE], row=raw[ROW]).filter(findings.clean())
    taken = taken.with_columns(flag=checks.flags(table.name, taken, today))
    return taken, quarantine_rows(verdicts, raw, FILE, table.name), verdicts


def one_sign(decimal: str) -> str | None:
    """The decimal sign, if a file has but one."""
    return decimal if decimal in (".", ",") else None


def orders_from_answers(
    table: Table, found: AnyMapping[str, str], answers: AnyMapping[str, str] | None
) -> dict[str, dict[str, Order]]:
    """``{column or heading: day | month}`` -> decisions for `read_dates`; headings of other tables are left alone."""
    orders: dict[str, dict[str, Order]] = {}
    for asked, answer in (answers or {}).items():
        order = next((order for order in ORDERS if order == answer.strip().lower()), None)
        if order is None:
            raise UsageError(f'The answer for {asked} is "day" or "month", not {answer!r}.')
        for name, heading in found.items():
            if plain(asked) in (plain(name), plain(heading)) and table.column(name).kind == "date":
                orders[name] = {"*": order}
    return orders


# -- steps --


def _require(sheet: Sheet, mapping: Mapping, table: Table, found: AnyMapping[str, str]) -> None:
    constants = mapping.table(table.name).constants or {}
    problems = []
    spare = [heading for heading in sheet.header if heading not in found.values()]
    for name in table.required:
        if name in found or name in constants:
            continue
        near = next(
            (hint for option in candidates(mapping, table, name) if (hint := did_you_mean(option, spare))),
            "",
        )
        names = ", ".join(candidates(mapping, table, name)[:6])
        problems.append(
            Problem(
                reason=f"The required column is missing ({table.column(name).meaning}).{near}",
                remedy=f"Name it one of: {names}; or say in a mapping file which column holds it:"
                f' [{table.name}.columns] {name} = "...". Columns found: {", ".join(sheet.header[:20])}.',
                file=sheet.file,
                column=name,
            )
        )
    problems += [
        Problem(
            reason="The heading occurs more than once, so it is not clear which column is meant.",
            remedy="Rename or delete one of the columns.",
            file=sheet.file,
            column=heading,
        )
        for heading in found.values()
        if heading in sheet.repeated
    ]
    if problems:
        what = ", ".join(str(problem.column) for problem in problems)
        raise InputRejected(f"{sheet.file}: it cannot be read as {table.name}, because of {what}.", problems)


def _set_aside(raw: pl.DataFrame, rules: TableMapping, found: AnyMapping[str, str], findings: Findings) -> None:
    for rule in rules.filters:
        if rule.column not in raw.columns:
            continue
        text = raw[rule.column]
        mask = text.is_in(list(rule.drop)) if rule.drop else ~text.is_in(list(rule.keep)).fill_null(value=False)
        findings.add("not applicable", mask, rule.reason, column=rule.column, value=text)
    for name, texts in (rules.not_applicable or {}).items():
        if name in found:
            text = raw[found[name]]
            reason = text.replace_strict(dict(texts), default=None, return_dtype=pl.String)
            findings.add("not applicable", reason.is_not_null(), reason.fill_null(""), column=found[name], value=text)


def _missing(table: Table, found: AnyMapping[str, str], constants: AnyMapping[str, str]) -> list[tuple[str, str]]:
    """Columns not brought that cost something, with what they cost."""
    return [
        (column.name, column.consequence)
        for column in table.columns
        if column.consequence and column.name not in found and column.name not in constants
    ]


def _unused(sheet: Sheet, table: Table, found: AnyMapping[str, str]) -> list[str]:
    """Headings close to a column of the table that was not found: probably misspelt."""
    open_columns = {name for name in table.names if name not in found}
    return [
        f"The column {heading!r} is not used.{hint}"
        for heading in sheet.header
        if heading not in found.values() and (hint := did_you_mean(heading, open_columns))
    ]
