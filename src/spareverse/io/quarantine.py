"""Lines that could not be read: out to Excel, mended there, and back into the twin."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.catalogue import ImportRecord
from spareverse.io.excel import write_tables
from spareverse.io.importing import FileReport, ImportReport, prepared_import
from spareverse.io.mapping import load_mapping
from spareverse.io.readers import as_sheet, read_bytes, read_cells
from spareverse.io.sheets import DAMAGE, FILE, ROW, Sheet, plain
from spareverse.io.translation import Context, Translation, translate
from spareverse.io.twin_folder import RESOLVED_SCHEMA, PreparedImport, TwinFolder

_PREFIX = "quarantine_"
_OWN = ("import_id", "file", "row", "column", "value", "reason", "remedy")
_KEY = [f"{_PREFIX}import_id", f"{_PREFIX}file", f"{_PREFIX}row"]


def export_quarantine(folder: TwinFolder, path: str | Path) -> int:
    """Write the quarantine to Excel, one sheet per import: what is wrong, then the raw line to mend.

    Returns the number of lines. All cells are text, as they were in the file.
    """
    quarantine = folder.quarantine()
    sheets: dict[str, pl.DataFrame] = {}
    for (_, table), rows in quarantine.group_by("import_id", "table", maintain_order=True):
        trouble = rows.select(pl.col(name).cast(pl.String).alias(f"{_PREFIX}{name}") for name in _OWN)
        sheets[f"{table} {len(sheets) + 1}"] = pl.concat([trouble, _raw(rows["record"])], how="horizontal")
    write_tables(path, sheets or {"quarantine": pl.DataFrame(schema=dict.fromkeys(_KEY, pl.String))})
    return quarantine.height


def _raw(records: pl.Series) -> pl.DataFrame:
    names: dict[str, Any] = {}
    for record in records.head(1):
        names = dict.fromkeys(json.loads(record), pl.String)
    return records.str.json_decode(pl.Struct(names)).struct.unnest()


def resubmit_quarantine(folder: TwinFolder, path: str | Path) -> ImportReport:
    """Import the mended lines of an exported quarantine; those that are right now leave the quarantine.

    A line is read as its file was: same mapping, same order of day and month, same decimal sign.
    """
    path = Path(path)
    content = read_bytes(path)
    known = frozenset(plain(name) for name in _KEY)
    sheets = [as_sheet(cells, known) for cells in read_cells(path.name, content)]
    with folder.writing():
        waiting = folder.quarantine().select(*RESOLVED_SCHEMA, "record")
        prepared: list[PreparedImport] = []
        reports: list[FileReport] = []
        for record, sheet in _by_import(folder, path.name, sheets):
            lines = _still_waiting(sheet, record.import_id, waiting)
            if lines.frame.is_empty():
                continue
            translation = _translate_again(folder, record, lines)
            sha256 = hashlib.sha256(content + record.import_id.encode()).hexdigest()
            item = prepared_import(path.name, record.table, record.mapping, record.recipe, sha256, sha256, translation)
            unread = translation.quarantine.select("file", "row")
            mended = lines.frame.select(pl.col(FILE).alias("file"), pl.col(ROW).alias("row"))
            mended = mended.join(unread, on=["file", "row"], how="anti").unique()
            resolved = mended.select(pl.lit(record.import_id).alias("import_id"), "file", "row")
            if resolved.height:
                # lines that are still wrong stay where they are
                prepared.append(replace(item, resolved=resolved, quarantine=item.quarantine.clear()))
            reports.append(_report(path.name, record, translation, item.record.import_id if resolved.height else None))
        if prepared:
            folder.add_imports(prepared)
    return ImportReport(tuple(reports))


def _by_import(folder: TwinFolder, file: str, sheets: list[Sheet]) -> Iterator[tuple[ImportRecord, Sheet]]:
    ours = [sheet for sheet in sheets if set(_KEY) <= set(sheet.header)]
    if not ours:
        reason = f"It is no exported quarantine: the columns {', '.join(_KEY)} are not there."
        remedy = "Export the quarantine, mend the lines in that file, and keep its headings."
        raise InputRejected(f"{file}: {reason}", [Problem(reason, remedy, file=file)])
    for sheet in ours:
        for (import_id,), rows in sheet.frame.group_by(_KEY[0], maintain_order=True):
            yield folder.import_record(str(import_id)), replace(sheet, frame=rows)


def _still_waiting(sheet: Sheet, import_id: str, waiting: pl.DataFrame) -> Sheet:
    """The raw lines under their own file and row, without those already mended."""
    frame = sheet.frame.with_columns(
        pl.col(_KEY[1]).alias(FILE),
        pl.col(_KEY[2]).cast(pl.Int64, strict=False).alias(ROW),
        pl.lit(None, pl.String).alias(DAMAGE),
    )
    here = waiting.filter(pl.col("import_id") == import_id).select("file", "row").unique()
    frame = frame.join(here, left_on=[FILE, ROW], right_on=["file", "row"], how="semi", maintain_order="left")
    header = tuple(name for name in sheet.header if not name.startswith(_PREFIX))
    return replace(sheet, header=header, frame=frame.select(*header, FILE, ROW, DAMAGE), notices=())


def _translate_again(folder: TwinFolder, record: ImportRecord, sheet: Sheet) -> Translation:
    recipe = json.loads(record.recipe)
    context = Context(
        currency=folder.settings.currency,
        rates=folder.table("rates"),
        orders=recipe["orders"],
        decimal=recipe["decimal"],
        today=date.today(),
        whole_file=False,
    )
    translation = translate(sheet, load_mapping(recipe["mapping"]), record.table, context)
    if "absent" not in recipe:
        return translation
    return replace(translation, rows=translation.rows.with_columns(pl.col("absent").fill_null(recipe["absent"])))


def _report(file: str, record: ImportRecord, translation: Translation, import_id: str | None) -> FileReport:
    left = translation.quarantine.height
    notices = [f"{left:,} lines are still wrong and stay in the quarantine."] if left else []
    return FileReport(
        file=file,
        table=record.table,
        mapping=record.mapping,
        read=translation.read,
        taken=translation.rows.height,
        not_applicable=translation.not_applicable,
        quarantined=left,
        reasons=translation.reasons,
        flagged=translation.flagged,
        formats=translation.formats,
        decimal=translation.decimal,
        notices=tuple(notices),
        import_id=import_id,
    )
