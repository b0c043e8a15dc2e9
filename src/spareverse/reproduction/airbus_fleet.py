"""Ages of the units of the removal workbook on any day, told from the hours at their removal or in the list.

A unit's hours on another day follow from its airline's flight hours per aircraft-month. A unit that had been
installed when the record began is in the workbook only because it was still there then: its life counts from the
age it had reached by that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.optimisation.installed_base import Fleet
from spareverse.reproduction.airbus_file import RemovalFile
from spareverse.statistics.lives import Lives, accumulated_hazard

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Integers = NDArray[np.int64]

RECORD_BEGINS = date(2015, 1, 1)
MONTHS_PER_DAY = 12.0 / 365.25


@dataclass(frozen=True)
class Record:
    """Units with known hours, days counted as ``date.toordinal``; a removal counts at the end of its day."""

    customer: Integers
    age: Floats
    """Hours since installation when last seen."""
    seen: Floats
    """Day last seen: removal, or the day of the list."""
    removed: Booleans
    repaired: Booleans
    """Had flown before this installation."""
    hours_per_day: Floats
    contract_end: Floats
    begins: float
    unaged: NDArray[np.int64]
    """Days of removals without usable hours, and ``unaged_customer`` their airlines."""
    unaged_customer: Integers

    def only(self, chosen: Booleans) -> Record:
        """Some of the units."""
        arrays = ("customer", "age", "seen", "removed", "repaired", "hours_per_day", "contract_end")
        return replace(self, **{name: getattr(self, name)[chosen] for name in arrays})

    def with_hours(self, factor: float) -> Record:
        """The same with other flight hours per month."""
        return replace(self, hours_per_day=self.hours_per_day * factor)

    @property
    def installed(self) -> Floats:
        """Day of installation."""
        return self.seen - self.age / self.hours_per_day

    def age_on(self, day: float) -> Floats:
        """Hours on a day; 0 before installation, no more than at the removal."""
        return np.clip(self.age - self.hours_per_day * (self.seen - day), 0.0, self.age)

    def known_by(self, day: float) -> Booleans:
        """Units installed by then and not removed before the record begins."""
        out: Booleans = (self.installed < day) & (self.seen > self.begins)
        return out

    def lives(self, day: float) -> Lives:
        """Every life as known on the morning of ``day``: later removals have not happened."""
        known = self.known_by(day)
        failed = self.removed & (self.seen <= day)
        return Lives(self.age_on(self.begins)[known], self.age_on(day)[known], failed[known])

    def fleet(self, day: float, until: float, customer: int) -> Fleet:
        """A customer's units at work on the morning of ``day`` and their hours until ``until`` or its contract ends."""
        here = (self.customer == customer) & (self.installed < day) & (~self.removed | (self.seen > day))
        days = np.clip(np.minimum(until, self.contract_end) - day, 0.0, None)
        return Fleet(self.age_on(day)[here], (days * self.hours_per_day)[here])

    def counts(self, edges: Floats, customer: int) -> Floats:
        """Removals between the mornings in ``edges``, those without hours included."""
        aged = self.seen[self.removed & (self.customer == customer)]
        days = np.concatenate([aged, self.unaged[self.unaged_customer == customer] + 1.0])
        # Seen at the end of its day, a removal belongs to the interval that the day ends in.
        return np.histogram(days - 0.5, edges)[0].astype(np.float64)

    def expected(self, edges: Floats, customer: int, shape: float, scale: float) -> Floats:
        """Removals that a life expects between those mornings of the units then at work."""
        ages = [self.age_on(max(day, self.begins))[self.customer == customer] for day in edges]
        return np.array([accumulated_hazard(shape, scale, a, b).sum() for a, b in pairwise(ages)])

    def unaged_share(self, day: float) -> float:
        """Removals without usable hours for each one with them, before ``day``."""
        aged = (self.removed & (self.seen <= day)).sum()
        return float((self.unaged < day).sum() / aged) if aged else 0.0


def record(
    file: RemovalFile,
    last: date,
    *,
    begins: date = RECORD_BEGINS,
    listed_days_before: int = 0,
    unaged_h: float | None = None,
) -> Record:
    """The units of the workbook as of the end of ``last``, the last day of the record.

    listed_days_before
        Days by which the hours in the list of units are older than that.
    unaged_h
        Hours given to removals without positive hours; None leaves them out of the lives.
    """
    airlines = file.airlines.select(
        "customer",
        (pl.col("hours_per_month") * MONTHS_PER_DAY).alias("hours_per_day"),
        pl.col("contract_end").fill_null(date.max),
    )
    hours, new = pl.col("since_installation_h"), pl.col("since_new_h")
    removals = file.removals.with_columns(pl.lit(value=True).alias("removed"))
    units = file.units.with_columns(pl.lit(last).alias("day"), pl.lit(value=False).alias("removed"))
    if unaged_h is not None:
        removals = removals.with_columns(
            pl.when(hours > 0).then(hours).otherwise(unaged_h).alias(hours.meta.output_name())
        )
    everything = pl.concat([removals, units.select(removals.columns)]).join(airlines, on="customer", how="left")
    flown = pl.when("removed").then(0.0).otherwise(pl.col("hours_per_day") * listed_days_before)
    everything = everything.with_columns(hours + flown)
    usable = everything.filter((hours > 0) & (pl.col("day") >= begins))
    unaged = everything.filter((~(hours > 0)).fill_null(value=True) & pl.col("removed"))
    return Record(
        usable["customer"].to_numpy(),
        usable["since_installation_h"].to_numpy(),
        _ordinals(usable["day"]) + 1.0,
        usable["removed"].to_numpy(),
        usable.select((new > hours + 1.0).fill_null(value=False)).to_series().to_numpy(),
        usable["hours_per_day"].to_numpy(),
        _ordinals(usable["contract_end"]),
        float(begins.toordinal()),
        _ordinals(unaged["day"]).astype(np.int64),
        unaged["customer"].to_numpy(),
    )


def _ordinals(days: pl.Series) -> Floats:
    return days.to_physical().to_numpy().astype(np.float64) + date(1970, 1, 1).toordinal()
