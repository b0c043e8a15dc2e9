"""Removals of one airliner part: its life under censoring and truncation, and quarterly forecasts held against 2018.

Every forecast is made with what was known on the morning of its quarter: removals until then, the hours the units had
reached, and which were at work. The life, its uncertainty and the dispersion of quarterly counts are fitted anew
each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import NotEnoughData
from spareverse.reproduction import airbus_file
from spareverse.reproduction.airbus_file import RemovalFile
from spareverse.reproduction.airbus_fleet import MONTHS_PER_DAY, RECORD_BEGINS, Record, record
from spareverse.reproduction.airbus_forecasts import (
    AGEING,
    EARLIER,
    METHODS,
    TESTED,
    last_quarters,
    quarter_edges,
    quarter_name,
    scored,
    summary,
)
from spareverse.statistics import lives
from spareverse.statistics.lives import LifeFit, Lives

Floats = NDArray[np.float64]
Progress = Callable[[float, str], None]
Document = dict[str, Any]

_LEAST_DAYS = 400
"""Between removal and list, so that the months in which hours are booked do not matter."""


def run(path: Path, *, seed: int = 0, progress: Progress | None = None) -> Document:
    """Everything about the workbook at ``path``: counts, fits, forecasts, scores; InputRejected if it is another file.

    The same seed gives the same result.
    """
    tell = progress or (lambda fraction, what: None)
    tell(0.0, "reading the workbook")
    file = airbus_file.read(path)
    last_day = _last_day(file)
    units, end = record(file, last_day), float(last_day.toordinal() + 1)
    edges = quarter_edges(RECORD_BEGINS, last_day)
    customers = np.unique(units.customer).tolist()
    tell(0.1, "fitting lives")
    known = units.lives(end)
    dispersion = _dispersion(units, edges, customers, known)
    fits, alternatives = list(_fits(known, dispersion)), [asdict(one) for one in lives.alternatives(known)]
    tell(0.2, "forecasting quarters")
    forecasts = _forecasts(units, edges, customers, seed)
    tell(0.6, "reading the workbook in other ways")
    return {
        "title": "Airbus removals, part number C",
        "seed": seed,
        "last_day": last_day,
        "data": _counted(file, units, customers, known),
        "dispersion": dispersion,
        "fits": fits,
        "alternatives": alternatives,
        "quarters": _observed(units, edges, customers, known),
        "forecasts": forecasts,
        "scores": [row for tested in (True, False) for row in summary(forecasts, tested=tested)],
        "sensitivity": list(_sensitivity(file, last_day, edges, customers, seed)),
    }


def _last_day(file: RemovalFile) -> date:
    """The list of units bears no day: its hours are taken as those of the last removal's."""
    last = file.removals["day"].max()
    if not isinstance(last, date):
        raise NotEnoughData("The workbook holds no unscheduled removal.")
    return last


def _counted(file: RemovalFile, units: Record, customers: list[int], known: Lives) -> Document:
    hours = file.removals["since_installation_h"]
    return {
        "removals": file.removals.height,
        "scheduled_removals_left_out": file.scheduled,
        "removals_without_hours": hours.null_count(),
        "removals_at_0_hours_or_below": int((hours <= 0).sum()),
        "units_on_aircraft": file.units.height,
        "units_in_store_left_out": file.off_aircraft,
        "serials_that_are_no_number": file.units.filter(~pl.col("serial").str.contains(r"^\d+$")).height,
        "airlines": file.airlines.height,
        "airlines_with_this_part": customers,
        "lives": len(known),
        "failures": known.failures,
        "at_work": len(known) - known.failures,
        "left_truncated": int((known.entry > 0).sum()),
        "last_installation": date.fromordinal(int(units.installed.max())),
    }


def _dispersion(units: Record, edges: Floats, customers: list[int], known: Lives) -> float:
    """Of the quarterly counts around those that the life expects, over all customers."""
    life = lives.fit(known)
    shape, scale = life.shape.value, life.scale.value
    counts = [units.counts(edges, customer) for customer in customers]
    expected = [units.expected(edges, customer, shape, scale) for customer in customers]
    return lives.dispersion(np.concatenate(counts), np.concatenate(expected))


def _fits(known: Lives, dispersion: float) -> Iterator[Document]:
    """The life with everything handled, and what leaving it out would change."""
    ways = (
        ("censoring and truncation handled", known),
        ("truncation ignored", known.untruncated()),
        ("units at work ignored", known.failed_only()),
        ("both ignored", known.failed_only().untruncated()),
    )
    for name, chosen in ways:
        yield {"way": name} | _fitted(lives.fit(chosen, dispersion=dispersion))


def _fitted(fit: LifeFit) -> Document:
    figures = {name: asdict(getattr(fit, name)) for name in ("shape", "scale", "mean")}
    return figures | {"failures": fit.failures, "at_work": fit.at_work, "left_truncated": fit.entered_late}


def _observed(units: Record, edges: Floats, customers: list[int], known: Lives) -> list[Document]:
    """Removals of every quarter beside those that the life fitted to all of the record expects."""
    fit = lives.fit(known)
    out = []
    for customer in customers:
        counts = units.counts(edges, customer)
        expected = units.expected(edges, customer, fit.shape.value, fit.scale.value)
        at_work = [len(units.fleet(day, day, customer)) for day in edges[:-1]]
        rows = zip(edges[:-1], at_work, counts, expected, strict=True)
        out += [
            {"quarter": quarter_name(day), "customer": customer, "at_work": n, "removed": int(k), "expected": float(x)}
            for day, n, k, x in rows
        ]
    return out


def _forecasts(units: Record, edges: Floats, customers: list[int], seed: int) -> list[Document]:
    """Every method's forecast of every quarter and customer."""
    rows = []
    for customer in customers:
        for quarter in last_quarters(units, edges, customer, TESTED + EARLIER, seed):
            head = {"quarter": quarter.name, "customer": customer, "tested": bool(quarter.day >= edges[-1 - TESTED])}
            rows += [head | {"method": method} | scored(law, quarter.actual) for method, law in quarter.laws()]
    return sorted(rows, key=lambda row: (row["quarter"], row["customer"], METHODS.index(row["method"])))


def _sensitivity(
    file: RemovalFile, last_day: date, edges: Floats, customers: list[int], seed: int
) -> Iterator[Document]:
    """Life and tested forecasts when the workbook is read in other ways."""
    end = float(last_day.toordinal() + 1)
    for name, units, replaced in _readings(file, last_day):
        since, known = edges[edges >= units.begins], units.lives(end)
        quarters = [
            quarter
            for customer in customers
            for quarter in last_quarters(units, since, customer, TESTED, seed, replaced=replaced)
        ]
        rows = [scored(quarter.by_lives(units.lives(quarter.day)), quarter.actual) for quarter in quarters]
        scores = {key: float(np.mean([row[key] for row in rows])) for key in ("score_80", "score_95", "crps")}
        yield {
            "reading": name,
            **_fitted(lives.fit(known, dispersion=_dispersion(units, since, customers, known))),
            "method": AGEING,
            "forecasts": [row["mean"] for row in rows],
            **scores,
        }


def _readings(file: RemovalFile, last_day: date) -> Iterator[tuple[str, Record, bool]]:
    """Name, units, and whether removed units are replaced by the same part number."""
    units = record(file, last_day)
    measured = measured_hours_per_month(file, last_day)
    stated = float(np.median(units.hours_per_day)) / MONTHS_PER_DAY
    yield "as read", units, False
    yield "removed units replaced by the same part number", units, True
    if measured is not None:
        yield f"flight hours as measured, {measured:.0f} a month", units.with_hours(measured / stated), False
    yield "flight hours 10 % lower", units.with_hours(0.9), False
    yield "flight hours 10 % higher", units.with_hours(1.1), False
    yield "list of units a month older", record(file, last_day, listed_days_before=31), False
    yield "removals without hours lived half a month", record(file, last_day, unaged_h=0.5 * stated), False
    yield "record begins a year later", record(file, last_day, begins=date(2016, 1, 1)), False


def measured_hours_per_month(file: RemovalFile, last_day: date) -> float | None:
    """Flight hours per month between a unit's removal and the list, the median over serial numbers in both; or None."""
    before = file.removals.sort("day").group_by("serial").last().rename({"since_new_h": "then_h"})
    both = file.units.join(before.select("serial", "day", "then_h"), on="serial").drop_nulls(["then_h", "since_new_h"])
    days = last_day.toordinal() - (both["day"].to_physical().to_numpy() + date(1970, 1, 1).toordinal())
    flown = (both["since_new_h"] - both["then_h"]).to_numpy()
    kept = (days > _LEAST_DAYS) & (flown > 0)
    return float(np.median(flown[kept] / days[kept])) / MONTHS_PER_DAY if kept.any() else None
