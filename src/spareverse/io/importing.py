"""Importing files into a twin: read, translate, check, and put in as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import UsageError
from spareverse.io.catalogue import ImportRecord, now
from spareverse.io.demand_files import absence_answer, settled
from spareverse.io.demand_totals import without_totals
from spareverse.io.mapping import Mapping as ColumnMapping
from spareverse.io.mapping import load_mapping, sources
from spareverse.io.recognition import Recognised, Source, recognise_source
from spareverse.io.translation import Context, Translation, one_sign, orders_from_answers, translate
from spareverse.io.twin_folder import QUARANTINE_SCHEMA, RESOLVED_SCHEMA, PreparedImport, Settings, TwinFolder
from spareverse.network.tables import TABLES

Progress = Callable[[float, str], None]
PREVIEW_ROWS = 20


@dataclass(frozen=True)
class FileReport:
    """What became of one file. ``read`` = ``taken`` + ``not_applicable`` + ``quarantined``, always."""

    file: str
    table: str
    mapping: str
    read: int
    taken: int
    not_applicable: int
    quarantined: int
    reasons: dict[str, int] = field(default_factory=dict)
    flagged: dict[str, int] = field(default_factory=dict)
    formats: dict[str, dict[str, int]] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    decimal: str = "."
    missing: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    import_id: str | None = None

    def document(self) -> dict[str, Any]:
        missing = [{"column": column, "consequence": consequence} for column, consequence in self.missing]
        return {**vars(self), "missing": missing, "notices": list(self.notices)}


@dataclass(frozen=True)
class ImportReport:
    """What became of every file of an import."""

    files: tuple[FileReport, ...]

    def document(self) -> dict[str, Any]:
        return {"files": [file.document() for file in self.files]}


@dataclass(frozen=True)
class Preview:
    """How a file would be read: nothing is imported. ``rows`` are the first rows as the product sees them."""

    report: FileReport
    sources: dict[str, str]
    rows: pl.DataFrame
    quarantine: pl.DataFrame

    @property
    def table(self) -> str:
        return self.report.table

    @property
    def mapping(self) -> str:
        return self.report.mapping


@dataclass(frozen=True)
class _Prepared:
    report: FileReport
    item: PreparedImport | None
    translation: Translation


def preview(
    path: Source,
    *,
    table: str | None = None,
    mapping: str | Path | ColumnMapping | None = None,
    settings: Settings,
    answers: Mapping[str, str] | None = None,
    rates: pl.DataFrame | None = None,
) -> Preview:
    """Read a file as an import would and show what comes out; what rejects it is raised as by an import.

    rates
        The twin's table of currency rates; without it, lines in other currencies show as quarantined.
    """
    found = recognise_source(path, table, load_mapping(mapping) if mapping else None, answers)
    known = {"rates": TABLES["rates"].empty() if rates is None else rates, "demand": TABLES["demand"].empty()}
    translation = _translate(found, settings, known, answers)
    return Preview(
        report=_report(found, translation, None),
        sources=translation.sources,
        rows=translation.rows.head(PREVIEW_ROWS),
        quarantine=translation.quarantine.head(PREVIEW_ROWS),
    )


def translated(path: Source, table: str, settings: Settings) -> Translation:
    """All rows of a file as an import would take them or set them aside; nothing is imported."""
    found = recognise_source(path, table, None)
    known = {"rates": TABLES["rates"].empty(), "demand": TABLES["demand"].empty()}
    return _translate(found, settings, known, None)


def import_files(
    folder: TwinFolder,
    files: Mapping[str, Source],
    *,
    mapping: str | Path | ColumnMapping | None = None,
    answers: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import files, each into the table it is named for; all of them or none.

    mapping
        TOML file, or name of a shipped mapping; found out from the header when not given.
    answers
        Day or month first, per column or heading, where an import asked: ``{"ordered_on": "day"}``.
    """
    if not files:
        raise UsageError("Name at least one file to import.")
    for name in files:
        if name not in TABLES:
            raise UsageError(f"There is no table {name!r}. Tables: {', '.join(TABLES)}.")
    chosen = load_mapping(mapping) if mapping else None
    say = progress or (lambda fraction, what: None)
    # rates first: the other files may need them
    order = sorted(files, key=lambda name: name != "rates")
    with folder.writing():
        known = {name: folder.table(name) for name in ("rates", "demand")}
        prepared: list[_Prepared] = []
        for done, name in enumerate(order):
            say(done / (len(order) + 1), f"Reading {name}")
            prepared.append(_prepare(folder, files[name], name, chosen, answers, known))
            if name == "rates":
                new = _as_stored(prepared[-1].translation.rows, "rates")
                known["rates"] = pl.concat([known["rates"], new])
        say(len(order) / (len(order) + 1), "Saving")
        items = [one.item for one in prepared if one.item is not None]
        if items:
            folder.add_imports(items)
    say(1.0, "Done")
    by_table = {one.report.table: one.report for one in prepared}
    return ImportReport(tuple(by_table[name] for name in files))


def _prepare(
    folder: TwinFolder,
    source: Source,
    table: str,
    mapping: ColumnMapping | None,
    answers: Mapping[str, str] | None,
    known: Mapping[str, pl.DataFrame],
) -> _Prepared:
    found = recognise_source(source, table, mapping, answers)
    translation = _translate(found, folder.settings, known, answers)
    recipe = json.dumps(
        {
            "mapping": dict(found.mapping.document),
            "orders": translation.orders,
            "decimal": one_sign(translation.decimal),
            **_said(table, translation.rows),
        },
        ensure_ascii=False,
        sort_keys=True,
    )
    counts = (translation.read, translation.rows.height, translation.not_applicable, translation.quarantine.height)
    digest = hashlib.sha256(f"{found.sha256} {table} {recipe} {counts}".encode()).hexdigest()
    for earlier in folder.live_imports(table):
        if earlier.digest == digest:
            report = _report(found, translation, earlier.import_id)
            notice = f"Already imported on {earlier.at[:10]}: nothing was added."
            return _Prepared(replace(report, notices=(notice, *report.notices)), None, translation)
    item = prepared_import(found.sheet.file, table, found.mapping.name, recipe, found.sha256, digest, translation)
    return _Prepared(_report(found, translation, item.record.import_id), item, translation)


def prepared_import(
    file: str, table: str, mapping: str, recipe: str, sha256: str, digest: str, translation: Translation
) -> PreparedImport:
    """A translation as it will be stored, under a new import id."""
    import_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{table}-{uuid.uuid4().hex[:6]}"
    counts = (translation.read, translation.rows.height, translation.not_applicable, translation.quarantine.height)
    return PreparedImport(
        record=ImportRecord(import_id, now(), file, table, mapping, recipe, sha256, digest, *counts),
        rows=_as_stored(translation.rows, table, import_id),
        quarantine=translation.quarantine.with_columns(import_id=pl.lit(import_id)).select(list(QUARANTINE_SCHEMA)),
        resolved=pl.DataFrame(schema=RESOLVED_SCHEMA),
    )


def _as_stored(rows: pl.DataFrame, table: str, import_id: str = "") -> pl.DataFrame:
    return rows.select(*TABLES[table].names, pl.lit(import_id).alias("import_id"), "file", "row", "flag")


def _said(table: str, rows: pl.DataFrame) -> dict[str, str]:
    """What a table of demand says about absent periods, for lines mended later."""
    said = rows["absent"].drop_nulls().unique() if table == "demand" else pl.Series([])
    return {"absent": said[0]} if len(said) == 1 else {}


def _translate(
    found: Recognised, settings: Settings, known: Mapping[str, pl.DataFrame], answers: Mapping[str, str] | None
) -> Translation:
    """``known``: tables rates and demand as the twin has them."""
    given = dict(answers or {})
    absence = absence_answer(given)
    headings = sources(found.mapping, TABLES[found.table], found.sheet.header)
    orders = dict(found.mapping.table(found.table).orders or {})
    orders.update(orders_from_answers(TABLES[found.table], headings, given))
    context = Context(settings.currency, known["rates"], orders, None, date.today())
    translation = translate(found.sheet, found.mapping, found.table, context)
    if found.table != "demand":
        return translation
    translation = without_totals(found.sheet, translation)
    return replace(translation, rows=settled(found.sheet.file, translation.rows, known["demand"], absence))


def _report(found: Recognised, translation: Translation, import_id: str | None) -> FileReport:
    return FileReport(
        file=found.sheet.file,
        table=found.table,
        mapping=found.mapping.name,
        read=translation.read,
        taken=translation.rows.height,
        not_applicable=translation.not_applicable,
        quarantined=translation.quarantine.height,
        reasons=translation.reasons,
        flagged=translation.flagged,
        formats=translation.formats,
        encoding=found.sheet.encoding,
        delimiter=found.sheet.delimiter,
        decimal=translation.decimal,
        missing=tuple(translation.missing),
        notices=tuple(translation.notices),
        import_id=import_id,
    )
