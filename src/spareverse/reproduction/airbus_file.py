"""The workbook of removals of one part number of an airliner: removals, units on aircraft, airlines.

Sheets: Removals (customer, day, serial number, flight hours since installation and since new), SN list (units on
aircraft, with the same hours), Airlines (aircraft, flight hours per aircraft-month, end of contract).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from spareverse.errors import InputRejected, Problem

_COLUMNS = {
    "Removals": {
        "Customer": ("customer", pl.Int64),
        "Removal date": ("day", pl.Date),
        "S/N": ("serial", pl.String),
        "Maintenance Type": ("maintenance", pl.String),
        "TSI (Flight Hours) at removal": ("since_installation_h", pl.Float64),
        "TSN (Flight Hours) at Removal": ("since_new_h", pl.Float64),
    },
    "SN list": {
        "Company": ("customer", pl.Int64),
        "Serial Number": ("serial", pl.String),
        "Current SN Status Description": ("status", pl.String),
        "Hour ageing Since Installation": ("since_installation_h", pl.Float64),
        "Hour ageing Since New": ("since_new_h", pl.Float64),
    },
    "Airlines": {
        "Company": ("customer", pl.Int64),
        "Number of aircraft": ("aircraft", pl.Int64),
        "FH per aircraft per month": ("hours_per_month", pl.Float64),
        "End of contract": ("contract_end", pl.Date),
    },
}
_NEEDED = ("customer", "day", "serial", "hours_per_month")
_ON_AIRCRAFT = "On Aircraft"
_UNSCHEDULED = "Unscheduled"


@dataclass(frozen=True)
class RemovalFile:
    """What the workbook says; hours as written, empty where missing."""

    removals: pl.DataFrame
    """customer, day, serial, since_installation_h, since_new_h: unscheduled removals."""
    units: pl.DataFrame
    """customer, serial, since_installation_h, since_new_h: units on aircraft."""
    airlines: pl.DataFrame
    """customer, aircraft, hours_per_month, contract_end."""
    scheduled: int
    """Removals left out because they were planned."""
    off_aircraft: int
    """Units in store, which do not age."""


def read(path: Path) -> RemovalFile:
    """The workbook at ``path``; InputRejected lists everything that keeps it from being used."""
    import fastexcel

    if not path.is_file():
        raise InputRejected(f"There is no file {path}.", [Problem("not found", "Give the workbook's path.", str(path))])
    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise InputRejected(f"{path.name} cannot be read as a workbook.", [Problem(str(error).strip())]) from error
    problems = [
        Problem(f"the sheet {name!r} is missing", file=path.name) for name in _COLUMNS if name not in book.sheet_names
    ]
    sheets: dict[str, pl.DataFrame] = {}
    for name, wanted in _COLUMNS.items():
        if name in book.sheet_names:
            present = [column for column in book.load_sheet(name, n_rows=0).to_polars().columns if column in wanted]
            sheets[name] = _typed(book.load_sheet(name, use_columns=present).to_polars(), name, path.name, problems)
    if not problems:
        _check_customers(sheets, path.name, problems)
    if problems:
        raise InputRejected(f"{path.name} is not the workbook of removals that is expected here.", problems)
    removals, units = sheets["Removals"], sheets["SN list"]
    unscheduled = removals.filter(pl.col("maintenance").fill_null(_UNSCHEDULED) == _UNSCHEDULED)
    flying = units.filter(pl.col("status") == _ON_AIRCRAFT)
    return RemovalFile(
        unscheduled.drop("maintenance").sort("day", "serial"),
        flying.drop("status"),
        sheets["Airlines"].sort("customer"),
        removals.height - unscheduled.height,
        units.height - flying.height,
    )


def _typed(raw: pl.DataFrame, sheet: str, file: str, problems: list[Problem]) -> pl.DataFrame:
    wanted = _COLUMNS[sheet]
    missing = [column for column in wanted if column not in raw.columns]
    if missing:
        problems += [Problem("the column is missing", f"Sheet {sheet!r} needs it.", file, 1, c) for c in missing]
        return pl.DataFrame(schema=dict(wanted.values()))
    raw = raw.filter(~pl.all_horizontal(pl.col(*wanted).is_null()))
    typed = raw.select(pl.col(column).cast(kind, strict=False).alias(name) for column, (name, kind) in wanted.items())
    for column, (name, _) in wanted.items():
        lost = typed[name].is_null() if name in _NEEDED else typed[name].is_null() & raw[column].is_not_null()
        for row in lost.arg_true().to_list():
            text = raw[column].cast(pl.String, strict=False)[row]
            problems.append(Problem("empty or unreadable", f"Sheet {sheet!r}.", file, row + 2, column, text))
    return typed


def _check_customers(sheets: dict[str, pl.DataFrame], file: str, problems: list[Problem]) -> None:
    """Every customer needs flight hours per month, one row of them, and above 0."""
    airlines = sheets["Airlines"]
    wrong = {
        "the airline has two rows": pl.col("customer").is_duplicated(),
        "flight hours per month of 0 or below": pl.col("hours_per_month") <= 0,
    }
    for reason, found in wrong.items():
        rows = airlines.filter(found)["customer"].unique().sort().to_list()
        problems += [Problem(reason, "Keep one row, above 0.", file, column="Company", value=str(row)) for row in rows]
    for sheet in ("Removals", "SN list"):
        unknown = sheets[sheet].join(airlines, on="customer", how="anti")["customer"].unique().sort()
        reason = f"sheet {sheet!r} names an airline that the sheet 'Airlines' does not"
        problems += [Problem(reason, "Add its row.", file, value=str(customer)) for customer in unknown.to_list()]
