"""Where the demo company's customers sit, and how long a parcel takes to reach them from each warehouse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.timeline import stream

PLACES = ("BOLOGNA", "MEMPHIS", "SINGAPORE")
"""The central warehouse first; most parts are stocked only there."""

# ISO 3166 codes by sales region, biggest markets of packaging machines first
_EUROPE = (
    "IT DE FR GB ES PL NL CH TR BE SE AT CZ RO DK HU PT GR IE FI "
    "NO SK BG HR UA RS LT SI LV EE BY CY LU MT IS BA MK AL MD GE"
)
_AMERICAS = "US MX BR CA AR CL CO PE EC GT CR DO PA UY BO PY SV HN NI JM TT PR BS BB GY SR"
_ASIA = "CN IN JP ID TH VN KR MY PH AU TW SG NZ PK BD LK HK MM KH UZ KZ MN NP FJ"
_AFRICA = "ZA EG SA AE DZ MA NG IL TN KE IR JO GH CI ET SN KW LB IQ OM QA CM TZ UG AO ZM ZW LY MU NA MZ BH"
# region -> (countries, share of the customers, transit in days from each place)
_SALES_REGIONS: tuple[tuple[str, float, tuple[int, int, int]], ...] = (
    (_EUROPE, 0.52, (4, 12, 14)),
    (_AMERICAS, 0.20, (14, 5, 18)),
    (_ASIA, 0.18, (15, 18, 5)),
    (_AFRICA, 0.10, (11, 18, 14)),
)
COUNTRIES = tuple(code for codes, _, _ in _SALES_REGIONS for code in codes.split())
REGIONAL_PLACE = np.array([0, 1, 2, 0])
"""Warehouse that serves a sales region where it stocks the part; else the central one does."""


@dataclass(frozen=True)
class Customers:
    """Who buys; all arrays have one entry per customer."""

    customer_id: pl.Series
    country: pl.Series
    region: NDArray[np.int64]
    weight: NDArray[np.float64]
    """Share of the customer orders."""

    @property
    def region_share(self) -> NDArray[np.float64]:
        """Share of the orders that each sales region places."""
        return np.array([self.weight[self.region == region].sum() for region in range(len(_SALES_REGIONS))])


TRANSIT_DAYS = np.array([days for _, _, days in _SALES_REGIONS])
"""Parcel days, sales region x place."""


def customers(parts: int, seed: int) -> Customers:
    """A couple of thousand customers for 300,000 parts, every country represented, a few of them very big."""
    random = stream(seed, "customers")
    count = max(len(COUNTRIES), round(4 * parts**0.5))
    region_of, share = [], []
    for region, (codes, region_share, _) in enumerate(_SALES_REGIONS):
        rank = np.arange(1, len(codes.split()) + 1)
        share.append(region_share * rank**-1.0 / np.sum(rank**-1.0))
        region_of.append(np.full(len(rank), region))
    more = random.choice(len(COUNTRIES), size=count - len(COUNTRIES), p=np.concatenate(share))
    country = np.sort(np.concatenate([np.arange(len(COUNTRIES)), more]))
    weight = random.lognormal(0.0, 1.1, count)
    return Customers(
        customer_id=pl.Series(random.permutation(count) + 20001).cast(pl.String),
        country=pl.Series(COUNTRIES).gather(country),
        region=np.concatenate(region_of)[country],
        weight=weight / weight.sum(),
    )
