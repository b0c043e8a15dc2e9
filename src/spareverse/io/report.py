"""What leaves the product: the report of an analysis, and the change list, which also comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from spareverse.errors import InputRejected, Problem, UsageError
from spareverse.figures.numbers import count
from spareverse.io.excel import write_csv, write_tables
from spareverse.io.numbers import read_numbers
from spareverse.io.readers import as_sheet, read_bytes, read_cells
from spareverse.io.sheets import FILE, ROW, Sheet, plain
from spareverse.network.plan_list import heading
from spareverse.network.results import CHANGE_LIST, RESULTS

ChangeFormat = Literal["xlsx", "csv", "sap"]
ACCEPT_WORDS = {
    "yes": ("yes", "y", "ja", "j", "oui", "sì", "si", "x", "1", "true", "ok", "accept"),
    "no": ("no", "n", "nein", "non", "0", "false", "reject"),
}
_DECISION = ("part_id", "place_id", "accept", "override_reorder_point", "comment")
_NUMBERS = ("override_reorder_point", "proposed_reorder_point", "proposed_order_quantity")
_COLUMNS = (*_DECISION, "proposed_reorder_point", "proposed_order_quantity")
_NAMES = {plain(heading(name)): name for name in _DECISION} | {
    plain(heading("reorder_point")): "proposed_reorder_point",
    plain(heading("order_quantity")): "proposed_order_quantity",
}
"""Headings of a plan that was handed over, made plain."""


def write_analysis_report(path: str | Path, document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
    """The Excel report: Summary, Changes, Parts, Suppliers, Lanes, Assumptions.

    tables
        ``changes, parts, suppliers, lanes`` with the schemas of ``network.results``; those given are written.
    """
    sheets = {"Summary": _summary(document)}
    schemas = {}
    for name in ("changes", "parts", "suppliers", "lanes"):
        if name in tables:
            title = RESULTS[name].title if name == "changes" else name.capitalize()
            sheets[title] = tables[name]
            schemas[title] = RESULTS[name]
    said = [(kind, str(text)) for kind in ("assumption", "notice") for text in document.get(f"{kind}s", [])]
    sheets["Assumptions"] = pl.DataFrame(said, schema={"kind": pl.String, "text": pl.String}, orient="row")
    accept = CHANGE_LIST.column("accept").choices
    write_tables(path, sheets, schemas, choices={"accept": accept})


def _summary(document: Mapping[str, Any]) -> pl.DataFrame:
    """Every figure of the document as one line of words and value."""
    facts = ("made_at", "version", "since", "until", "as_of")
    rows = [(name.replace("_", " "), str(document[name])) for name in facts if document.get(name) is not None]
    for part in ("options", "summary", "inputs"):
        rows += _flat(part, document.get(part, {}))
    return pl.DataFrame(rows, schema={"figure": pl.String, "value": pl.String}, orient="row")


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    words = name.replace("_", " ")
    if isinstance(value, Mapping):
        return [line for key, item in value.items() for line in _flat(f"{words}: {key}", item)]
    if isinstance(value, float):
        return [(words, f"{value:,.4g}" if abs(value) < 100 else f"{value:,.0f}")]
    return [(words, "" if value is None else str(value))]


def write_changes(path: str | Path, frame: pl.DataFrame, format: ChangeFormat = "xlsx") -> int:  # noqa: A002 -- as the option
    """Write the change list; returns the rows written.

    xlsx and csv hold every row and can be filled in and read back. sap is an upload file of the accepted rows only:
    MATNR, WERKS, DISMM (VB: by reorder point, ND: bought on demand), MINBE (reorder point, the planner's own figure
    first), BSTFE (order quantity).
    """
    if format == "xlsx":
        accept = CHANGE_LIST.column("accept").choices
        write_tables(path, {"Changes": frame}, {"Changes": CHANGE_LIST}, choices={"accept": accept})
        return frame.height
    if format == "csv":
        write_csv(path, frame)
        return frame.height
    if format != "sap":
        raise UsageError(f"There is no format {format!r}. Use xlsx, csv or sap.")
    level = pl.coalesce("override_reorder_point", "proposed_reorder_point")
    upload = frame.filter(pl.col("accept") == "yes").select(
        MATNR="part_id",
        WERKS="place_id",
        DISMM=pl.when(level >= 0).then(pl.lit("VB")).otherwise(pl.lit("ND")),
        MINBE=pl.when(level >= 0).then(level),
        BSTFE=pl.when(level >= 0).then("proposed_order_quantity"),
    )
    write_csv(path, upload, delimiter=";")
    return upload.height


def read_changes(path: str | Path) -> pl.DataFrame:
    """A change list or plan that was filled in: part, place, accept, override, comment and the proposals decided on.

    All sheets that have these columns are read, under their names or the headings of a plan. Rows without accept,
    override and comment are left out. InputRejected lists every cell that makes no sense.
    """
    path = Path(path)
    known = frozenset(_NAMES) | frozenset(plain(name) for name in CHANGE_LIST.names)
    cells = [part for part in read_cells(path.name, read_bytes(path)) if part.frame.height > 1]
    sheets = [_named(as_sheet(part, known)) for part in cells]
    lists = [sheet for sheet in sheets if set(_DECISION[:3]) <= set(sheet.header)]
    if not lists:
        reason = "It is no change list: the columns part_id, place_id and accept are not all there."
        remedy = "Fill in the file that `spareverse export --changes` or a plan wrote, and keep its headings."
        raise InputRejected(f"{path.name}: {reason}", [Problem(reason, remedy, file=path.name)])
    frame = pl.concat([_decided(sheet) for sheet in lists])
    return _checked(path.name, lists[0], frame).select(_COLUMNS)


def _named(sheet: Sheet) -> Sheet:
    """The sheet with the names of a change list in place of the headings of a plan, which end with their unit."""
    names = {title: _NAMES.get(plain(title.partition("[")[0]), title) for title in sheet.header}
    taken = {title: name for title, name in names.items() if title == name or name not in sheet.header}
    return replace(
        sheet, header=tuple(taken.get(title, title) for title in sheet.header), frame=sheet.frame.rename(taken)
    )


def _decided(sheet: Sheet) -> pl.DataFrame:
    """The rows of a sheet that hold an answer, as text."""
    columns = list(_COLUMNS)
    frame = sheet.frame.with_columns(pl.lit(None, pl.String).alias(c) for c in columns if c not in sheet.header)
    answered = pl.any_horizontal(pl.col("accept", "override_reorder_point", "comment").is_not_null())
    return frame.filter(answered).select(*columns, FILE, ROW)


def _checked(file: str, sheet: Sheet, frame: pl.DataFrame) -> pl.DataFrame:
    words = {word: answer for answer, texts in ACCEPT_WORDS.items() for word in texts}
    numbers = read_numbers(file, frame.select(_NUMBERS), titles={}, delimiter=sheet.delimiter)
    accept = frame["accept"].str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    override = "override_reorder_point"
    own = numbers.values[override]
    no_level = numbers.unreadable[override] | ((own < 0) & (own != -1)).fill_null(value=False)
    no_answer = frame["accept"].is_not_null() & accept.is_null()
    wrong = {
        "part_id": (frame["part_id"].is_null(), "The part is missing.", "Do not change or delete part_id."),
        "accept": (no_answer, "This is neither yes nor no.", "Write yes or no, or nothing."),
        override: (no_level, "This is no stock level.", "Write pieces, 0 or more; -1 = bought on demand."),
    }
    problems = [
        Problem(reason, remedy, file=row[FILE], row=row[ROW], column=column, value=row[column])
        for column, (mask, reason, remedy) in wrong.items()
        for row in frame.filter(mask).iter_rows(named=True)
    ]
    if problems:
        message = f"{file}: {count(len(problems), 'cell')} of the change list cannot be read. Nothing was changed."
        raise InputRejected(message, problems)
    return frame.with_columns(*numbers.values.iter_columns(), accept=accept, place_id=pl.col("place_id").fill_null(""))
