"""What an ERP export adds to clean tables: two date formats in a column, and about one bad line in two hundred.

Everything planted is counted in the manifest, so that an import can be checked to the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.timeline import stream

GO_LIVE = date(2018, 7, 1)
"""Before that day the lines come from the old system, which wrote dates the ISO way."""
BEFORE = "arrived_before_ordered"
SHARES = {
    "unreadable_date": 0.0008,
    "quantity_as_text": 0.0008,
    "missing_part": 0.0008,
    "exact_duplicate": 0.0010,
    BEFORE: 0.0010,
    "currency_without_rate": 0.0004,
}
QUARANTINED = ("unreadable_date", "quantity_as_text", "missing_part", "currency_without_rate")
_BAD_DATES = ("00.00.0000", "31.02.2021", "n/a", "99.99.9999", "soon")
_BAD_QUANTITIES = ("two", "see note", "#N/A", "1 box", "?")
_LINE_TABLES = {"purchases": "received_on", "sales": "delivered_on"}
_EPOCH = date(1970, 1, 1)


def soil(tables: Mapping[str, pl.DataFrame], seed: int) -> tuple[dict[str, pl.DataFrame], dict[str, Any]]:
    """The tables as an ERP would export them, and the manifest: table -> what is in it, to the line."""
    exported: dict[str, pl.DataFrame] = {}
    manifest: dict[str, Any] = {}
    for name, table in tables.items():
        filled = table.select(column for column in table.columns if table[column].null_count() < len(table))
        if name in _LINE_TABLES:
            dirty = _Dirt.choose(filled, _LINE_TABLES[name], stream(seed, f"dirt {name}"))
            exported[name] = dirty.plant(filled, _old_system(filled, name))
            manifest[name] = _line_counts(table, exported[name], dirty)
        else:
            exported[name] = _whole_numbers(filled).with_columns(
                _date_texts(filled[column], "%d.%m.%Y") for column in _dates(filled)
            )
            manifest[name] = {"rows": len(table)}
    return exported, manifest


def _old_system(table: pl.DataFrame, name: str) -> tuple[pl.Series, str]:
    """Rows that another system wrote, and how it writes dates."""
    if name == "purchases":
        return table["ordered_on"] < GO_LIVE, "%Y-%m-%d"
    return table["place_id"] == "MEMPHIS", "%m/%d/%Y"


def _dates(table: pl.DataFrame) -> list[str]:
    return [name for name, kind in table.schema.items() if kind == pl.Date]


def _whole_numbers(table: pl.DataFrame) -> pl.DataFrame:
    numbers = [name for name, kind in table.schema.items() if kind == pl.Float64]
    whole = [name for name in numbers if (table[name] == table[name].round()).all()]
    return table.with_columns(pl.col(whole).cast(pl.Int64))


def _date_texts(days: pl.Series, style: str) -> pl.Series:
    """Dates as text, by looking each day up in a short calendar."""
    number = days.to_physical()
    first, last = cast(int, number.min()), cast(int, number.max())
    calendar = [(_EPOCH + timedelta(days=day)).strftime(style) for day in range(first, last + 1)]
    return pl.Series(calendar).gather(number - first).alias(days.name)


@dataclass(frozen=True)
class _Dirt:
    """Row numbers of one table by kind of trouble; no row has two troubles."""

    arrival: str
    rows: Mapping[str, NDArray[np.int64]]
    early_days: NDArray[np.int64]

    @classmethod
    def choose(cls, table: pl.DataFrame, arrival: str, random: np.random.Generator) -> _Dirt:
        """Only closed lines with one receipt are spoilt, so that a lost row is a lost line."""
        whole = pl.struct("order_id", "line").is_unique() & (pl.col("status") == "closed")
        left = random.permutation(table.select(whole.arg_true()).to_series().to_numpy().astype(np.int64))
        rows = {}
        for kind, share in SHARES.items():
            count = max(1, round(share * len(table)))
            rows[kind], left = left[:count], left[count:]
        return cls(arrival, rows, random.integers(2, 40, len(rows[BEFORE])))

    def plant(self, table: pl.DataFrame, old: tuple[pl.Series, str]) -> pl.DataFrame:
        """The table as text with the troubles in it."""
        swapped = (
            table["ordered_on"]
            .gather(self.rows[BEFORE])
            .dt.offset_by(pl.Series(-self.early_days).cast(pl.String) + "d")
        )
        table = table.with_columns(table[self.arrival].scatter(self.rows[BEFORE], swapped))
        written_by_old, style = old
        text = _whole_numbers(table).with_columns(
            pl.when(written_by_old)
            .then(_date_texts(table[day], style))
            .otherwise(_date_texts(table[day], "%d.%m.%Y"))
            .alias(day)
            for day in _dates(table)
        )
        spoilt = [
            self._spoil(text["ordered_on"], "unreadable_date", _BAD_DATES),
            self._spoil(text["quantity"].cast(pl.String), "quantity_as_text", _BAD_QUANTITIES),
            self._spoil(text["part_id"], "missing_part", (None,)),
            self._spoil(text["currency"], "currency_without_rate", ("SEK",)),
        ]
        twice = np.sort(np.concatenate((np.arange(len(text)), self.rows["exact_duplicate"])))
        return text.with_columns(spoilt)[twice]

    def _spoil(self, column: pl.Series, kind: str, values: tuple[str | None, ...]) -> pl.Series:
        rows = self.rows[kind]
        return column.scatter(rows, pl.Series(values, dtype=pl.String).gather(np.arange(len(rows)) % len(values)))


def _line_counts(clean: pl.DataFrame, exported: pl.DataFrame, dirt: _Dirt) -> dict[str, Any]:
    """What a faithful import must find in the file."""
    line = clean.group_by("order_id", "line").agg(
        pl.len().alias("rows"), (pl.col("status") == "open").any().alias("open")
    )
    readable = exported.filter(~pl.col("ordered_on").is_in(_BAD_DATES))
    shapes = {"%Y-%m-%d": "-", "%d.%m.%Y": ".", "%m/%d/%Y": "/"}
    days = ("ordered_on", "promised_on", dirt.arrival)
    formats = {
        day: {style: int(readable[day].str.contains(mark, literal=True).sum()) for style, mark in shapes.items()}
        for day in days
    }
    return {
        "rows": len(exported),
        "lines": len(line),
        "cancelled_lines": int((clean["status"] == "cancelled").sum()),
        "open_lines": int(line["open"].sum()),
        "split_lines": int((line["rows"] > 1).sum()),
        "planted": {kind: len(rows) for kind, rows in dirt.rows.items()},
        "quarantined": sum(len(dirt.rows[kind]) for kind in QUARANTINED),
        "date_formats": {
            day: {style: count for style, count in found.items() if count} for day, found in formats.items()
        },
        "currencies": dict(sorted(exported.group_by("currency").len().iter_rows())),
    }
