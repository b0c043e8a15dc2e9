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

from spareverse.errors import InputRejected, Problem, UsageError
from spareverse.io.catalogue import ImportRecord, now
from spareverse.io.mapping import Mapping as ColumnMapping
from spareverse.io.mapping import headings_of, load_mapping, recognise, shipped_mapping, sources
from spareverse.io.readers import as_sheet, checksum, read_bytes, read_cells
from spareverse.io.sheets import Sheet
from spareverse.io.translation import Context, Translation, orders_from_answers, translate
from spareverse.io.twin_folder import QUARANTINE_SCHEMA, RESOLVED_SCHEMA, PreparedImport, Settings, TwinFolder
from spareverse.network.tables import TABLES

Progress = Callable[[float, str], None]
Source = str | Path
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
    problems: tuple[Problem, ...] = ()

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
    mapping: Source | ColumnMapping | None = None,
    settings: Settings,
    answers: Mapping[str, str] | None = None,
) -> Preview:
    """Read a file as an import would and show what comes out; what rejects it is raised as by an import."""
    sheet, chosen, name = _recognised(path, table, load_mapping(mapping) if mapping else None)
    context = _context(settings, TABLES["rates"].empty(), chosen, name, sheet, answers)
    translation = translate(sheet, chosen, name, context)
    return Preview(
        report=_report(sheet, chosen, name, translation, None),
        sources=translation.sources,
        rows=translation.rows.head(PREVIEW_ROWS),
        quarantine=translation.quarantine.head(PREVIEW_ROWS),
    )


def import_files(
    folder: TwinFolder,
    files: Mapping[str, Source],
    *,
    mapping: Source | ColumnMapping | None = None,
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
        rates = folder.table("rates")
        prepared: list[_Prepared] = []
        for done, name in enumerate(order):
            say(done / (len(order) + 1), f"Reading {Path(files[name]).name}")
            prepared.append(_prepare(folder, files[name], name, chosen, answers, rates))
            if name == "rates":
                rates = pl.concat([rates, _as_stored(prepared[-1].translation.rows, "rates")])
        say(len(order) / (len(order) + 1), "Saving")
        items = [one.item for one in prepared if one.item is not None]
        if items:
            folder.add_imports(items)
    say(1.0, "Done")
    by_table = {one.report.table: one.report for one in prepared}
    return ImportReport(tuple(by_table[name] for name in files))


def _prepare(
    folder: TwinFolder,
    path: Source,
    table: str,
    mapping: ColumnMapping | None,
    answers: Mapping[str, str] | None,
    rates: pl.DataFrame,
) -> _Prepared:
    sheet, chosen, name = _recognised(path, table, mapping)
    context = _context(folder.settings, rates, chosen, name, sheet, answers)
    translation = translate(sheet, chosen, name, context)
    sha256 = sheet.sha256
    recipe = json.dumps(
        {"mapping": dict(chosen.document), "orders": translation.orders, "decimal": _one_sign(translation.decimal)},
        ensure_ascii=False,
        sort_keys=True,
    )
    counts = (translation.read, translation.rows.height, translation.not_applicable, translation.quarantine.height)
    digest = hashlib.sha256(f"{sha256} {name} {recipe} {counts}".encode()).hexdigest()
    for earlier in folder.live_imports(name):
        if earlier.digest == digest:
            report = _report(sheet, chosen, name, translation, earlier.import_id)
            notice = f"Already imported on {earlier.at[:10]}: nothing was added."
            return _Prepared(replace(report, notices=(notice, *report.notices)), None, translation)
    import_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{name}-{uuid.uuid4().hex[:6]}"
    record = ImportRecord(import_id, now(), sheet.file, name, chosen.name, recipe, sha256, digest, *counts)
    item = PreparedImport(
        record=record,
        rows=_as_stored(translation.rows, name, import_id),
        quarantine=translation.quarantine.with_columns(import_id=pl.lit(import_id)).select(list(QUARANTINE_SCHEMA)),
        resolved=pl.DataFrame(schema=RESOLVED_SCHEMA),
    )
    return _Prepared(_report(sheet, chosen, name, translation, import_id), item, translation)


def _one_sign(decimal: str) -> str | None:
    return decimal if decimal in (".", ",") else None


def _as_stored(rows: pl.DataFrame, table: str, import_id: str = "") -> pl.DataFrame:
    return rows.select(*TABLES[table].names, pl.lit(import_id).alias("import_id"), "file", "row", "flag")


def _recognised(path: Source, table: str | None, mapping: ColumnMapping | None) -> tuple[Sheet, ColumnMapping, str]:
    """The sheet of a file that fits, the mapping and the table it is read as."""
    path = Path(path)
    content = read_bytes(path)
    encoding, delimiter = (mapping.encoding, mapping.delimiter) if mapping else (None, None)
    known = headings_of(mapping or shipped_mapping("generic"))
    sheets = [as_sheet(c, known) for c in read_cells(path.name, content, encoding=encoding, delimiter=delimiter)]
    fitting = [(sheet, match) for sheet in sheets if (match := recognise(sheet, table, mapping))]
    if not fitting:
        sheet = max(sheets, key=lambda sheet: sheet.frame.height)
        if table is None:
            reason = "The columns fit no table."
            remedy = f"Say which table it is, or bring a mapping file. Columns found: {', '.join(sheet.header[:20])}."
            raise InputRejected(f"{path.name}: {reason} {remedy}", [Problem(reason, remedy, file=path.name)])
        chosen, name = mapping or shipped_mapping("generic"), table
        return replace(sheet, sha256=checksum(content)), chosen, name
    sheet, (chosen, name) = fitting[0]
    same = [other for other, _ in fitting if other.header == sheet.header]
    unread = [other.sheet for other in sheets if other not in same]
    notices = sheet.notices
    if unread:
        notices = (*notices, f"Sheets not read: {', '.join(unread)}.")
    frame = pl.concat([other.frame for other in same])
    return replace(sheet, frame=frame, notices=notices, sha256=checksum(content)), chosen, name


def _context(
    settings: Settings,
    rates: pl.DataFrame,
    mapping: ColumnMapping,
    table: str,
    sheet: Sheet,
    answers: Mapping[str, str] | None,
) -> Context:
    found = sources(mapping, TABLES[table], sheet.header)
    orders = dict(mapping.table(table).orders or {})
    orders.update(orders_from_answers(TABLES[table], found, answers))
    return Context(settings.currency, rates, orders, None, date.today())


def _report(
    sheet: Sheet, mapping: ColumnMapping, table: str, translation: Translation, import_id: str | None
) -> FileReport:
    return FileReport(
        file=sheet.file,
        table=table,
        mapping=mapping.name,
        read=translation.read,
        taken=translation.rows.height,
        not_applicable=translation.not_applicable,
        quarantined=translation.quarantine.height,
        reasons=translation.reasons,
        flagged=translation.flagged,
        formats=translation.formats,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        decimal=translation.decimal,
        missing=tuple(translation.missing),
        notices=tuple(translation.notices),
        import_id=import_id,
    )
