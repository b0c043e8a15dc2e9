"""Blank files to fill in, made from the declared tables."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from spareverse.io.excel import write_csv, write_tables
from spareverse.network.schema import Table
from spareverse.network.tables import TABLES

_KIND_IN_WORDS = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "date": "date, such as 2024-03-31",
    "boolean": "yes or no",
    "numbers": "numbers",
}


def describe(table: Table) -> pl.DataFrame:
    """The columns of a table in words: name, meaning, unit, kind, required, choices, what its absence costs."""
    return pl.DataFrame(
        {
            "column": [column.name for column in table.columns],
            "meaning": [column.meaning for column in table.columns],
            "unit": [column.unit for column in table.columns],
            "kind": [_KIND_IN_WORDS[column.kind] for column in table.columns],
            "required": ["yes" if column.required else "no" for column in table.columns],
            "choices": [", ".join(column.choices) for column in table.columns],
            "if missing": [column.consequence for column in table.columns],
        }
    )


def write_templates(folder: str | Path) -> list[Path]:
    """One workbook with all tables, and a blank CSV file for each; returns the files written."""
    folder = Path(folder)
    workbook = folder / "spareverse-templates.xlsx"
    sheets: dict[str, pl.DataFrame] = {}
    choices: dict[str, tuple[str, ...]] = {}
    for name, table in TABLES.items():
        sheets[name] = table.empty()
        sheets[f"about {name}"] = describe(table)
        choices.update({f"{name}.{column.name}": column.choices for column in table.columns if column.choices})
    write_tables(workbook, sheets, TABLES, choices=choices)
    written = [workbook]
    for name, table in TABLES.items():
        written.append(folder / f"{name}.csv")
        write_csv(written[-1], table.empty())
    return written
