"""The periods of a table of demand: months, weeks, quarters, numbered without holes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from spareverse.errors import NotEnoughData

DAYS_A_MONTH = 365.25 / 12.0


def first_day_of_step(first: date, step_days: float, step: int) -> date:
    """Day on which a step of a ``PlanningData`` begins; steps that are no whole days are months."""
    if step_days == int(step_days):
        return first + timedelta(days=int(step_days) * step)
    return Periods(first, "month", round(step_days / DAYS_A_MONTH)).first_day(step)


@dataclass(frozen=True)
class Periods:
    """Periods of ``length`` months or days each; number 0 begins on ``first``."""

    first: date
    unit: Literal["month", "day"]
    length: int

    @classmethod
    def of(cls, days: pl.Series) -> Periods:
        """The longest period that all first days are multiples of; NotEnoughData without any day."""
        known = days.drop_nulls().unique().sort()
        if known.is_empty():
            raise NotEnoughData("There is no demand per period yet. Import it first.")
        first: date = known[0]
        if (known.dt.day() == 1).all():
            months = known.dt.year().cast(pl.Int64) * 12 + known.dt.month().cast(pl.Int64)
            return cls(first, "month", math.gcd(*(months - months[0]).to_list()) or 1)
        passed = (known - first).dt.total_days()
        return cls(first, "day", math.gcd(*passed.to_list()) or 7)

    @property
    def step_days(self) -> float:
        return self.length * (DAYS_A_MONTH if self.unit == "month" else 1.0)

    @property
    def name(self) -> str:
        """month, quarter, year, week, day, or how many of them."""
        names = {("month", 1): "month", ("month", 3): "quarter", ("month", 12): "year", ("day", 7): "week"}
        one = names.get((self.unit, self.length))
        return one or ("day" if self.length == 1 else f"period of {self.length} {self.unit}s")

    def number(self, day: str) -> pl.Expr:
        """Number of the period the days of a column fall in."""
        column = pl.col(day)
        if self.unit == "month":
            passed = (column.dt.year().cast(pl.Int64) - self.first.year) * 12 + (
                column.dt.month().cast(pl.Int64) - self.first.month
            )
        else:
            passed = (column - pl.lit(self.first)).dt.total_days()
        return passed // self.length

    def number_of(self, day: date) -> int:
        """Number of the period a day falls in."""
        return int(pl.DataFrame({"day": [day]}).select(self.number("day")).item())

    def first_day(self, number: int) -> date:
        """First day of a period."""
        if self.unit == "day":
            return self.first + timedelta(days=number * self.length)
        year, month = divmod(self.first.year * 12 + self.first.month - 1 + number * self.length, 12)
        return date(year, month + 1, 1)
