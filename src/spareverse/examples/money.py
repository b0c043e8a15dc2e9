"""Prices and currencies of the demo company; its own currency is the euro."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.timeline import DAYS, FIRST_DAY, day_number, stream

# EUR per unit: about the level of the years 2017 to 2023
_LEVELS = {"USD": 0.89, "GBP": 1.15, "CNY": 0.133}
CURRENCIES = tuple(_LEVELS)
MONTHS = tuple(
    date(year, month, 1) for year in range(2017, 2024) for month in range(1, 13) if (year, month) <= (2023, 2)
)
_MONTH_OF_DAY = np.searchsorted([day_number(month) for month in MONTHS], np.arange(DAYS), side="right") - 1
INFLATION_PER_YEAR = 0.015
INFLATION_2022 = 0.08
"""What the year 2022 added to prices on top."""


def monthly_rates(seed: int) -> NDArray[np.float64]:
    """EUR per unit of each foreign currency; currencies x months."""
    random = stream(seed, "rates")
    walk = np.cumsum(random.normal(0.0, 0.012, (len(_LEVELS), len(MONTHS))), axis=1)
    level = np.array(list(_LEVELS.values()))
    rates: NDArray[np.float64] = np.round(level[:, None] * np.exp(walk - walk.mean(axis=1, keepdims=True)), 5)
    return rates


def rates_table(rates: NDArray[np.float64]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "currency": pl.Series(CURRENCIES).gather(np.repeat(np.arange(len(CURRENCIES)), len(MONTHS))),
            "on": pl.Series(MONTHS * len(CURRENCIES), dtype=pl.Date),
            "rate": rates.ravel(),
        }
    )


def in_currency(
    euros: NDArray[np.float64], currency: NDArray[np.str_], day: NDArray[np.int64], rates: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Amounts in each line's currency at the rate of its month, to the cent."""
    rate = np.ones(len(euros))
    for index, code in enumerate(CURRENCIES):
        here = currency == code
        rate[here] = rates[index, _MONTH_OF_DAY[day[here]]]
    return np.maximum(0.01, np.round(euros / rate, 2))


def price_level(day: NDArray[np.int64]) -> NDArray[np.float64]:
    """Prices relative to the last day of the extract, at which the catalogue's costs are kept."""
    year = np.arange(DAYS) / 365.25
    surge = np.clip((np.arange(DAYS) - (date(2022, 1, 1) - FIRST_DAY).days) / 365, 0, 1)
    level = (1 + INFLATION_PER_YEAR) ** year * (1 + INFLATION_2022 * surge)
    relative: NDArray[np.float64] = level / level[-1]
    return relative[day]
