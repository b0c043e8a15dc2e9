"""Tables as pages of JSON records: NaN becomes null, dates become ISO texts, slices are taken at the server."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import polars as pl
from pydantic import BaseModel

from spareverse.errors import Problem, UsageError

MAX_LIMIT = 1000


class Rows(BaseModel):
    """One page of a table. ``total`` counts the rows before paging."""

    total: int
    offset: int
    limit: int
    items: list[dict[str, Any]]


def rows(total: int, offset: int, limit: int, frame: pl.DataFrame) -> Rows:
    return Rows(total=total, offset=offset, limit=limit, items=records(frame))


def page(frame: pl.DataFrame, offset: int, limit: int, sort: str = "") -> Rows:
    """A slice of a table, sorted by columns ('-' in front = largest first)."""
    names = [name for name in sort.split(",") if name]
    for name in names:
        if name.lstrip("-") not in frame.columns:
            problem = Problem("unknown column", f"Use one of {', '.join(frame.columns)}.", column=name.lstrip("-"))
            raise UsageError(f"There is no column {name.lstrip('-')!r} to sort by.", [problem])
    if names:
        descending = [name.startswith("-") for name in names]
        frame = frame.sort(
            [name.lstrip("-") for name in names], descending=descending, nulls_last=True, maintain_order=True
        )
    return rows(frame.height, offset, limit, frame.slice(offset, limit))


def records(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return [plain(row) for row in frame.iter_rows(named=True)]


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with nothing JSON cannot say."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return plain(value)
    return value
