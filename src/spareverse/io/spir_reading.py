"""A SPIR workbook read back: the package, and the stock levels that stand in its sheet."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.readers import read_bytes, read_cells
from spareverse.io.sheets import FILE, ROW, rejected
from spareverse.io.spir import PACKAGE_SHEET, SPIR_SHEET
from spareverse.io.spir_columns import SPIR_COLUMNS, TABLE
from spareverse.io.study_lines import LINES_FORM, finished_lines
from spareverse.io.study_sheets import Reading, read_file
from spareverse.io.study_table import Form, Rows
from spareverse.network.study_tables import STUDY_STOCK

_PER = {"demand_per_month": "Demand rate per month", "demand_per_year": "Demand rate per year"}
SPIR_FORM = Form(
    TABLE,
    headings={
        column.name: (
            _PER.get(column.name, column.heading),
            *((f"{column.heading} [{column.unit}]",) if column.name in _PER else ()),
            *{"tags": ("tag", "tag no"), "two_year": ("quantity operational",)}.get(column.name, ()),
        )
        for column in SPIR_COLUMNS
    },
)
_TAG = r"^(.*?)(?:\s*\((\d+)\))?$"


def read_spir(path: str | Path, *, currency: str = "") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines (``STUDY_LINES``) and stock levels (``STUDY_STOCK``) of a SPIR workbook.

    Stock levels are those of the sheet ``SPIR``, so that corrections made there by hand count. Lines are those of the
    sheet ``Package`` where there is one; without it (a workbook of other origin) they are made of the SPIR's columns,
    one for each tag. InputRejected lists what is wrong.
    """
    path = Path(path)
    content = read_bytes(path)
    problems: list[Problem] = []
    names = [cells.sheet for cells in read_cells(path.name, content)]
    sheet = SPIR_SHEET if SPIR_SHEET in names else None
    spir = read_file(SPIR_FORM, path.name, content, problems, Reading(sheet, currency=currency))
    _raise(path, problems)
    if spir is None:
        raise rejected(path.name, "The workbook has no SPIR sheet.", "It needs columns for tags and part numbers.")
    stock = stock_levels(spir.frame).select(STUDY_STOCK.names).cast(dict(STUDY_STOCK.schema))  # type: ignore[arg-type]
    package = None
    if PACKAGE_SHEET in names:
        package = read_file(LINES_FORM, path.name, content, problems, Reading(PACKAGE_SHEET, currency=currency))
    lines = finished_lines(package or _lines_of(spir), history=None, pooled=True)
    _raise(path, problems)
    return lines, stock


def _raise(path: Path, problems: list[Problem]) -> None:
    if problems:
        raise InputRejected(f"{path.name}: the SPIR cannot be read as it stands.", list(dict.fromkeys(problems)))


def _lines_of(spir: Rows) -> Rows:
    """A line for each tag of each part; price and delivery time are those of the kind of warehouse the row names."""
    tag = pl.col("tags").str.split(",")
    printed = pl.col("warehouse").is_in(["digital", "hybrid"]).fill_null(value=False)
    days = pl.when(pl.col("lead_time_days").is_not_null()).then(pl.format("{} d", "lead_time_days"))
    per_year = pl.coalesce("demand_per_year", pl.col("demand_per_month") * 12.0)
    frame = (
        spir.frame.with_columns(__total=pl.col("installed_quantity"), tag=tag)
        .explode("tag")
        .with_columns(pl.col("tag").str.strip_chars())
        .with_columns(
            tag=pl.col("tag").str.extract(_TAG, 1),
            installed_quantity=pl.col("tag").str.extract(_TAG, 2).cast(pl.Int64).fill_null(1),
        )
        .with_columns(
            failures_per_year=per_year / pl.coalesce("__total", pl.col("installed_quantity").sum().over("part_id")),
            lead_time=pl.when(~printed).then(days),
            digital_lead_time=pl.when(printed).then(days),
            digital_price=pl.when(printed).then("unit_price"),
            am_qualified=pl.coalesce("am_qualified", pl.when(printed).then(pl.lit(value=True))),
            spare_class=pl.col("spare_class").str.to_lowercase().str.replace_all(r"[ \-]+", "_"),
        )
    )
    schema = {
        **LINES_FORM.table.schema,
        **{name: frame.schema[name] for name in frame.columns if name.startswith("__")},
    }
    missing = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    spir.frame = frame.with_columns(missing)
    return spir


def stock_levels(rows: pl.DataFrame) -> pl.DataFrame:
    """Levels on site of each row with quantities, and what is central where commissioning is more than the site's.

    Columns of ``STUDY_STOCK``, FILE and ROW.
    """
    part = pl.coalesce("interchange_group", "part_id").alias("part_id")
    known = rows.filter(pl.col("option").is_not_null() & pl.col("commissioning").is_not_null())
    on_site = pl.coalesce("at_site", "commissioning")
    levels = ("reorder_point", "order_quantity", "order_up_to")
    site = known.select(
        "option", part, pl.lit("site").alias("place"), on_site.alias("initial_stock"), *levels, FILE, ROW
    )
    rest = (pl.col("commissioning") - on_site).alias("initial_stock")
    own = [pl.col(f"central_{name}").alias(name) for name in levels]
    has_levels = pl.any_horizontal(pl.col(f"central_{name}").is_not_null() for name in levels)
    central = known.filter((pl.col("commissioning") > on_site) | has_levels)
    central = central.select("option", part, pl.lit("central").alias("place"), rest, *own, FILE, ROW)
    return pl.concat([site, central], how="diagonal")


def is_spir(file: str, content: bytes) -> bool:
    """Whether a file is a SPIR workbook of ours: its package is in full, and its rates include the records."""
    try:
        names = {cells.sheet for cells in read_cells(file, content)}
    except InputRejected:
        return False
    return {SPIR_SHEET, PACKAGE_SHEET} <= names


def corrected_stock(stock: Rows | None, file: str, content: bytes, problems: list[Problem]) -> Rows | None:
    """Stock levels of a SPIR workbook, with the quantities of its sheet SPIR in their place."""
    spir = read_file(SPIR_FORM, file, content, problems, Reading(SPIR_SHEET))
    if spir is None:
        return stock
    spir.frame = stock_levels(spir.frame)
    if stock is not None:
        identity, levels = (
            list(STUDY_STOCK.identity),
            ("initial_stock", "reorder_point", "order_quantity", "order_up_to"),
        )
        old = stock.frame.with_columns(pl.col("place").fill_null("site")).unique(identity, maintain_order=True)
        known = spir.frame.join(old.select(*identity, *levels), on=identity, how="left", suffix="_before")
        filled = known.with_columns(pl.coalesce(name, f"{name}_before").alias(name) for name in levels)
        others = stock.frame.join(spir.frame, on=identity, how="anti", nulls_equal=True, maintain_order="left")
        spir.frame = pl.concat([filled.select(spir.frame.columns), others.select(spir.frame.columns)])
    return spir
