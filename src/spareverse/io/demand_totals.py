"""Totals in a table of demand: rows and columns that add up the others, as spreadsheets print them, are no parts.

A row is left out where it is both named as a total and holds the sums of other rows: of all, of its place, or of those
since the total before it. A part that is only named so is taken, with a flag.
"""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from spareverse.errors import InputRejected
from spareverse.io.numbers import read_numbers
from spareverse.io.sheets import ROW, Sheet
from spareverse.io.translation import Translation, one_sign

REASON = "sum of other rows"
FLAG = "named_as_total"
# fmt: off
_WORDS = frozenset((
    "total", "totals", "subtotal", "sum", "sums", "overall", "summe", "gesamt", "gesamtsumme", "gesamtergebnis",
    "ergebnis", "zwischensumme", "insgesamt", "somme", "totale", "subtotale", "somma", "complessivo",
))
# fmt: on
_KEY = ["part_id", "place_id"]
_CLOSE = 1e-6
_MOST_NAMED = 5


def is_total(text: str) -> bool:
    """Whether a text names a total, such as Grand total, North total or Gesamtergebnis."""
    return bool(_WORDS.intersection(re.split(r"\W+", text.casefold())))


def with_total_labels(frame: pl.DataFrame, part: str | None, others: list[str]) -> pl.DataFrame:
    """Rows without a part that some other column calls a total, under that name."""
    if part is None:
        return frame
    named = [
        pl.when(pl.col(name).is_in([text for text in frame[name].drop_nulls().unique() if is_total(text)]))
        .then(pl.col(name))
        for name in others
        if name != part
    ]  # fmt: skip
    return frame.with_columns(pl.coalesce(part, *named).alias(part))


def without_totals(sheet: Sheet, translation: Translation) -> Translation:
    """The translation without rows that hold the sums of others; rows only named so carry a flag."""
    notices = [*translation.notices, *_columns(sheet, translation)]
    rows = translation.rows
    labels = [part for part in rows["part_id"].drop_nulls().unique() if is_total(part)]
    if not labels:
        return replace(translation, notices=notices)
    judged = _judged(rows, labels)
    sums = judged.filter("adds_up").select(_KEY)
    kept = rows.join(sums, on=_KEY, how="anti", nulls_equal=True, maintain_order="left")
    gone = rows.height - kept.height
    mark = pl.when(pl.col("part_id").is_in(labels)).then(
        pl.concat_str("flag", pl.lit(FLAG), separator="; ", ignore_nulls=True)
    )
    kept = kept.with_columns(mark.otherwise(pl.col("flag")).alias("flag"))
    flags = kept["flag"].drop_nulls().str.split("; ").explode().value_counts(sort=True).rows()
    return replace(
        translation,
        rows=kept,
        not_applicable=translation.not_applicable + gone,
        reasons=translation.reasons | ({REASON: gone} if gone else {}),
        flagged=dict(flags),
        notices=[*notices, *_said(judged)],
    )


def _judged(rows: pl.DataFrame, labels: list[str]) -> pl.DataFrame:
    """One row per part named as a total: part_id, place_id, row, adds_up; its first difference from the sum of all."""
    labelled = pl.col("part_id").is_in(labels)
    ends = rows.filter(labelled)["row"].unique().sort()
    rows = rows.with_columns(pl.Series("__since", ends.search_sorted(rows["row"], side="left")))
    parts, totals = rows.filter(~labelled), rows.filter(labelled & pl.col("quantity").is_not_null())
    for name, by in (("all", []), ("place", ["place_id"]), ("since", ["__since"])):
        sums = parts.group_by("period", *by).agg(pl.col("quantity").sum().alias(name))
        totals = totals.join(sums, on=["period", *by], how="left", nulls_equal=True)
        close = (pl.col(name).fill_null(0.0) - pl.col("quantity")).abs() <= _CLOSE * pl.col("quantity").clip(1.0)
        totals = totals.with_columns(close.alias(f"{name}_close"))
    some = (pl.col("quantity") > 0.0).any()
    first = [pl.col(name).filter(~pl.col("all_close")).first() for name in ("period", "quantity", "all")]
    return (
        totals.sort("row", "period")
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col("row").first(),
            (some & pl.any_horizontal(pl.col(f"{name}_close").all() for name in ("all", "place", "since"))).alias(
                "adds_up"
            ),
            *first,
        )
    )


def _said(judged: pl.DataFrame) -> list[str]:
    said = []
    for row in judged.head(_MOST_NAMED).to_dicts():
        name = f"{row['part_id']!r} (row {row['row']:,})"
        if row["adds_up"]:
            said.append(f"{name} holds the sums of other rows: it is no part and is left out.")
            continue
        differs = (
            f" ({row['quantity']:g} against {row['all'] or 0.0:g} in {row['period']})"
            if row["period"] is not None
            else ""
        )
        said.append(
            f"{name} is named as a total but is not the sum of the other rows{differs}: it is taken as a part. "
            "If it is none, delete the row and import the file again."
        )
    if judged.height > _MOST_NAMED:
        said.append(f"{judged.height:,} rows are named as totals; {int(judged['adds_up'].sum()):,} are left out.")
    return said


def _columns(sheet: Sheet, translation: Translation) -> list[str]:
    """What is to be said of columns named as totals, which nothing is read from."""
    used = set(translation.sources.values())
    return [_column(sheet, name, translation) for name in sheet.header if name not in used and is_total(name)]


def _column(sheet: Sheet, name: str, translation: Translation) -> str:
    texts = sheet.frame.select(ROW, name).unique(ROW, keep="first", maintain_order=True)
    try:
        numbers = read_numbers(
            sheet.file, texts.select(name), titles={name: name}, delimiter=sheet.delimiter,
            decimal=one_sign(translation.decimal),
        ).values[name]  # fmt: skip
    except InputRejected:
        return f"The column {name!r} is not used."
    sums = translation.rows.group_by("row").agg(pl.col("quantity").sum().alias("sum"))
    differs = (
        pl.DataFrame({"row": texts[ROW].cast(pl.Int64), "said": numbers})
        .join(sums.with_columns(pl.col("row").cast(pl.Int64)), on="row")
        .filter((pl.col("said") - pl.col("sum")).abs() > _CLOSE * pl.col("said").abs().clip(1.0))
        .sort("row")
    )
    if differs.is_empty():
        return f"The column {name!r} holds the sums of the periods: it is not used."
    row = differs.row(0, named=True)
    return (
        f"The column {name!r} is not used. In {differs.height:,} rows it is not the sum of the periods (row "
        f"{row['row']:,}: {row['said']:g} against {row['sum']:g}): check that no period is missing in the file."
    )
