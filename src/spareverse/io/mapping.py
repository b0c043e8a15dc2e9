"""Mapping files: how the columns and values of other systems become those of the product."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from spareverse.errors import InputRejected, NotFound, Problem
from spareverse.io.date_formats import Order, order_of_format
from spareverse.io.sheets import Sheet
from spareverse.network.schema import Table
from spareverse.network.spelling import did_you_mean, plain
from spareverse.network.tables import TABLES

SHIPPED = ("scms", "sap-purchases", "sap-mb51", "sap-marc", "sap-mard", "generic")
GENERIC = "generic"
_TOP_KEYS = {
    *(
        "name",
        "title",
        "encoding",
        "delimiter",
        "decimal",
        "columns",
        "date_formats",
        "other_columns",
        "three_decimals",
    ),
    *("notice", "headings", *TABLES),
}
_TABLE_KEYS = {
    *("recognise", "columns", "constants", "not_applicable", "values", "filters", "date_formats", "units"),
    *("signs", "price_unit", "join", "empty"),
}


@dataclass(frozen=True)
class Filter:
    """Lines whose ``column`` holds none of ``keep``, or one of ``drop``, do not apply, for ``reason``."""

    column: str
    reason: str
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Units:
    """Pieces per unit named in ``column``: quantities are multiplied, prices divided."""

    column: str
    factors: AnyMapping[str, float]


@dataclass(frozen=True)
class Signs:
    """Sign of the quantity by a code in ``column``, such as a movement type."""

    column: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]


@dataclass(frozen=True)
class TableMapping:
    """What a mapping says about one table."""

    columns: AnyMapping[str, tuple[str, ...]]
    recognise: tuple[str, ...] = ()
    constants: AnyMapping[str, str] | None = None
    not_applicable: AnyMapping[str, AnyMapping[str, str]] | None = None
    values: AnyMapping[str, AnyMapping[str, str]] | None = None
    filters: tuple[Filter, ...] = ()
    orders: AnyMapping[str, AnyMapping[str, Order]] | None = None
    units: Units | None = None
    signs: Signs | None = None
    price_unit: str = ""
    """Heading of the number of pieces a price is for."""
    join: str = ""
    empty: AnyMapping[str, tuple[str, ...]] | None = None
    """Texts that stand for nothing, such as a lot size of 0."""


@dataclass(frozen=True)
class Mapping:
    """A mapping file. ``document`` is its content, kept with every import made by it."""

    name: str
    title: str
    document: AnyMapping[str, Any]
    tables: AnyMapping[str, TableMapping]
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    other_columns: bool = True
    """Whether columns it does not name are looked for under their usual names."""
    three_decimals: bool = False
    """Whether quantities are written with three decimals: 5,000 is five where all look like that."""
    notice: str = ""
    headings: AnyMapping[str, str] | None = None
    """Other ways (made plain) to write the headings the mapping uses."""

    def table(self, name: str) -> TableMapping:
        return self.tables.get(name) or TableMapping(columns={})


def load_mapping(source: str | Path | AnyMapping[str, Any] | Mapping) -> Mapping:
    """A mapping from a TOML file, the name of a shipped one, or its content; InputRejected when it is wrong."""
    if isinstance(source, Mapping):
        return source
    if isinstance(source, AnyMapping):
        return _from_document(str(source.get("name", "mapping")), source)
    if str(source) in SHIPPED:
        return shipped_mapping(str(source))
    path = Path(source)
    if not path.is_file():
        raise NotFound(f"There is no mapping file {path}. Shipped mappings: {', '.join(SHIPPED)}.")
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = Problem(f"The mapping is no valid TOML: {error}.", "Mend the line it names.", file=path.name)
        raise InputRejected(f"{path.name}: the mapping cannot be read.", [problem]) from error
    return _from_document(path.name, document)


@cache
def shipped_mapping(name: str) -> Mapping:
    text = resources.files("spareverse.io").joinpath("mappings", f"{name}.toml").read_text(encoding="utf-8")
    return _from_document(name, tomllib.loads(text))


def _from_document(file: str, document: AnyMapping[str, Any]) -> Mapping:
    problems = _unknown(file, "", document, _TOP_KEYS)
    given = document.get("columns", {})
    common = given if isinstance(given, AnyMapping) else {}
    tables: dict[str, TableMapping] = {}
    for name, table in TABLES.items():
        section = document.get(name, {})
        if not isinstance(section, AnyMapping):
            problems.append(Problem("It must be a section.", f"Write [{name}.columns].", file=file, column=name))
            continue
        problems += _unknown(file, f"{name}.", section, _TABLE_KEYS)
        shared = {column: value for column, value in common.items() if column in table.names}
        for part in ("columns", "constants", "not_applicable", "values", "date_formats", "empty"):
            problems += _unknown(file, f"{name}.{part}.", section.get(part, {}), set(table.names))
        if section or shared:
            try:
                tables[name] = _table_mapping(section, shared, document.get("date_formats", {}))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                reason = f"The section is incomplete or holds a value of the wrong kind ({error})."
                problems.append(Problem(reason, "Compare it with the guide to mappings.", file=file, column=name))
    every_column = {column for table in TABLES.values() for column in table.names}
    problems += _unknown(file, "columns.", given, every_column)
    problems += _wrong_settings(file, document)
    if problems:
        raise InputRejected(f"{file}: the mapping has {len(problems)} mistakes.", problems)
    return Mapping(
        name=str(document.get("name", Path(file).stem)),
        title=str(document.get("title", file)),
        document=dict(document),
        tables=tables,
        encoding=document.get("encoding"),
        delimiter=document.get("delimiter"),
        decimal=document.get("decimal"),
        other_columns=bool(document.get("other_columns", True)),
        three_decimals=bool(document.get("three_decimals", False)),
        notice=str(document.get("notice", "")),
        headings={plain(text): name for name, texts in document.get("headings", {}).items() for text in _texts(texts)},
    )


def _wrong_settings(file: str, document: AnyMapping[str, Any]) -> list[Problem]:
    """Settings of the whole file that hold what they cannot."""
    delimiter, encoding, decimal = (document.get(key) for key in ("delimiter", "encoding", "decimal"))
    single = isinstance(delimiter, str) and len(delimiter.encode()) == 1
    tests = (
        ("decimal", decimal in (None, ".", ","), 'It must be "." or ",".'),
        ("delimiter", delimiter is None or single, "It must be one plain character."),
        ("encoding", encoding is None or isinstance(encoding, str), "It must be a text, such as cp1252."),
        *(
            (key, isinstance(document.get(key, {}), AnyMapping), "It must be a section.")
            for key in ("headings", "date_formats")
        ),
    )
    return [
        Problem(reason, "Correct it.", file=file, column=key, value=str(document[key]))
        for key, right, reason in tests
        if not right
    ]


def _table_mapping(
    section: AnyMapping[str, Any], shared: AnyMapping[str, Any], date_formats: AnyMapping[str, Any]
) -> TableMapping:
    columns = {name: _texts(value) for name, value in shared.items()}
    for name, value in section.get("columns", {}).items():
        columns[name] = (*_texts(value), *columns.get(name, ()))
    units, signs = section.get("units"), section.get("signs")
    return TableMapping(
        columns=columns,
        recognise=_texts(section.get("recognise", ())),
        constants={name: str(value) for name, value in section.get("constants", {}).items()},
        not_applicable=section.get("not_applicable", {}),
        values=section.get("values", {}),
        filters=tuple(
            Filter(item["column"], item["reason"], _texts(item.get("keep", ())), _texts(item.get("drop", ())))
            for item in section.get("filters", ())
        ),
        orders=_orders({**date_formats, **section.get("date_formats", {})}),
        units=Units(units["column"], {str(k): float(v) for k, v in units["factors"].items()}) if units else None,
        signs=Signs(signs["column"], _texts(signs["positive"]), _texts(signs["negative"])) if signs else None,
        price_unit=str(section.get("price_unit", "")),
        join=str(section.get("join", "")),
        empty={name: _texts(value) for name, value in section.get("empty", {}).items()},
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)


def _orders(formats: AnyMapping[str, Any]) -> dict[str, dict[str, Order]]:
    """``{column: [formats]}`` -> ``{column: {family: day or month first}}``."""
    return {
        column: dict(known for pattern in _texts(patterns) if (known := order_of_format(pattern)))
        for column, patterns in formats.items()
    }


def _unknown(file: str, where: str, section: object, known: set[str]) -> list[Problem]:
    if not isinstance(section, AnyMapping):
        return [Problem("It must be a section.", f"Write [{where[:-1]}].", file=file, column=where[:-1])]
    return [
        Problem(
            reason=f"The mapping knows no such key.{did_you_mean(key, known)}",
            remedy=f"Use one of: {', '.join(sorted(known))}.",
            file=file,
            column=f"{where}{key}",
        )
        for key in section
        if key not in known
    ]


# -- recognising a file --


def candidates(mapping: Mapping, table: Table, column: str) -> tuple[str, ...]:
    """Headings a product column may have, best first."""
    named = mapping.table(table.name).columns.get(column, ())
    if not mapping.other_columns:
        return named
    usual = shipped_mapping(GENERIC).table(table.name).columns.get(column, ())
    return tuple(dict.fromkeys((*named, column, *usual)))


def sources(mapping: Mapping, table: Table, header: tuple[str, ...]) -> dict[str, str]:
    """Product column -> heading it is read from. Headings the mapping names itself are taken before usual names."""
    by_plain = {plain(heading): heading for heading in reversed(header)}
    constants = mapping.table(table.name).constants or {}
    found: dict[str, str] = {}
    for named_only in (True, False):
        taken = set(found.values())
        for column in table.names:
            if column in found or column in constants:
                continue
            named = mapping.table(table.name).columns.get(column, ()) if mapping.name != GENERIC else ()
            options = named if named_only else candidates(mapping, table, column)
            heading = next((by_plain[plain(option)] for option in options if plain(option) in by_plain), None)
            if heading is not None and (named_only or heading not in taken):
                found[column] = heading
                taken.add(heading)
    return {column: found[column] for column in table.names if column in found}


@cache
def known_headings() -> frozenset[str]:
    """Every heading, made plain, that some shipped mapping understands."""
    names: set[str] = set()
    for mapping in map(shipped_mapping, SHIPPED):
        for name, table in TABLES.items():
            names.update(table.names)
            names.update(mapping.table(name).recognise)
            names.update(mapping.headings or {})
            for column in table.names:
                names.update(candidates(mapping, table, column))
    return frozenset(plain(name) for name in names)


def headings_of(mapping: Mapping) -> frozenset[str]:
    """Headings the mapping reads, made plain."""
    named = {name for table in mapping.tables.values() for names in table.columns.values() for name in names}
    return known_headings() | {plain(name) for name in named} | set(mapping.headings or {})


def with_usual_headings(sheet: Sheet, mapping: Mapping) -> Sheet:
    """The sheet with the headings the mapping uses, where it writes them another way."""
    names = {
        heading: (mapping.headings or {})[plain(heading)]
        for heading in sheet.header
        if plain(heading) in (mapping.headings or {})
    }
    new = {old: name for old, name in names.items() if name not in sheet.header}
    if len(set(new.values())) < len(new):
        return sheet
    header = tuple(new.get(heading, heading) for heading in sheet.header)
    return replace(sheet, header=header, frame=sheet.frame.rename(new))


def recognise(sheet: Sheet, table: str | None = None, mapping: Mapping | None = None) -> tuple[Mapping, str] | None:
    """The mapping and table that fit a header; None when no table has its required columns there."""
    for candidate in (mapping,) if mapping else map(shipped_mapping, SHIPPED):
        header = {plain(heading) for heading in with_usual_headings(sheet, candidate).header}
        for name, rules in candidate.tables.items():
            marks = {plain(mark) for mark in rules.recognise}
            if marks and marks <= header and table in (None, name):
                return candidate, name
    fallback = mapping or shipped_mapping(GENERIC)
    best = table or nearest_table(sheet, fallback)
    return (fallback, best) if best and _complete(fallback, TABLES[best], sheet.header) else None


def nearest_table(sheet: Sheet, mapping: Mapping) -> str | None:
    """The table most columns of a header belong to; of equal ones that with its required columns there."""

    def fit(name: str) -> tuple[int, bool, float]:
        found = len(sources(mapping, TABLES[name], sheet.header))
        return found, _complete(mapping, TABLES[name], sheet.header), found / len(TABLES[name].names)

    best = max(TABLES, key=fit)
    return best if fit(best)[0] >= 2 else None


def _complete(mapping: Mapping, table: Table, header: tuple[str, ...]) -> bool:
    """Whether the required columns of a table are there."""
    given = {*sources(mapping, table, header), *(mapping.table(table.name).constants or {})}
    return given.issuperset(table.required)
