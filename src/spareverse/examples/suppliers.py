"""Who supplies the demo company, what they promise, and how long they really take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.parts import CATEGORIES, Catalogue
from spareverse.examples.timeline import REGIONS, stream

OWN_WORKS = "WORKS-BO"
# country -> (share of the suppliers, lead time relative to the category's, region of the shocks, invoicing currency)
_COUNTRIES: dict[str, tuple[float, float, str, str]] = {
    "IT": (0.42, 0.9, "europe", "EUR"),
    "DE": (0.18, 1.0, "europe", "EUR"),
    "CN": (0.07, 1.9, "overseas", "CNY"),
    "FR": (0.06, 1.0, "europe", "EUR"),
    "CH": (0.05, 1.0, "europe", "EUR"),
    "AT": (0.04, 0.95, "europe", "EUR"),
    "US": (0.04, 1.5, "overseas", "USD"),
    "GB": (0.03, 1.15, "europe", "GBP"),
    "JP": (0.03, 1.7, "overseas", "EUR"),
    "ES": (0.02, 1.0, "europe", "EUR"),
    "CZ": (0.02, 0.9, "europe", "EUR"),
    "PL": (0.02, 0.95, "europe", "EUR"),
    "SE": (0.02, 1.1, "europe", "EUR"),
}
FOREIGN_INVOICES = 0.55
"""Share of the suppliers abroad that invoice in their own currency."""
PROMISE_QUANTILE = 0.745
"""Share of the lines that arrive by the promise in quiet times (the published case begins at 73.3 %)."""
HERO_QUOTED_DAYS = 65


@dataclass(frozen=True)
class Suppliers:
    """One entry per supplier; the own works come first."""

    supplier_id: pl.Series
    region: NDArray[np.int64]
    currency: NDArray[np.str_]
    slowness: NDArray[np.float64]
    order_weekday: NDArray[np.int64]
    """Day of the week on which the company sends its orders to this supplier."""
    weight: NDArray[np.float64]
    kinds: NDArray[np.bool_]
    """Supplier x category: what each can deliver."""


@dataclass(frozen=True)
class Sourcing:
    """Where each part comes from; one entry per part."""

    supplier: NDArray[np.int64]
    shape: NDArray[np.float64]
    scale_days: NDArray[np.float64]
    """Weibull parameters of the nominal lead time, one pair per supplier x category."""
    quoted_days: NDArray[np.int64]
    """What the supplier quotes, in whole weeks."""


def suppliers(parts: int, seed: int) -> Suppliers:
    """A few hundred suppliers for 300,000 parts, in a dozen countries, and the own works."""
    random = stream(seed, "suppliers")
    count = max(24, round(0.6 * parts**0.5))
    names = list(_COUNTRIES)
    country = np.concatenate([np.arange(len(names)), random.choice(len(names), count - len(names), p=_shares())])
    pace, region, currency = (np.array([_COUNTRIES[name][column] for name in names])[country] for column in (1, 2, 3))
    currency = np.where(random.random(count) < FOREIGN_INVOICES, currency, "EUR")
    slowness = pace.astype(np.float64) * random.lognormal(0.0, 0.22, count)
    kinds = random.random((count, len(CATEGORIES))) < 0.2
    for category in range(len(CATEGORIES)):
        kinds[random.integers(count), category] = True  # nothing without a source
    codes = pl.Series(names).gather(country) + "-" + pl.Series(np.arange(count) + 100).cast(pl.String)
    own = np.ones((1, len(CATEGORIES)), dtype=np.bool_)
    return Suppliers(
        supplier_id=pl.concat([pl.Series([OWN_WORKS]), codes]),
        region=np.concatenate(([REGIONS.index("own works")], [REGIONS.index(name) for name in region])),
        currency=np.concatenate((["EUR"], currency)),
        slowness=np.concatenate(([0.75], slowness)),
        order_weekday=np.concatenate(([0], random.integers(0, 5, count))),
        weight=np.concatenate(([0.0], random.lognormal(0.0, 1.0, count))),
        kinds=np.concatenate((own, kinds)),
    )


def _shares() -> NDArray[np.float64]:
    share: NDArray[np.float64] = np.array([row[0] for row in _COUNTRIES.values()])
    return np.asarray(share / share.sum())


def sourcing(part: Catalogue, supplier: Suppliers, seed: int) -> Sourcing:
    """Give every part its supplier and that supplier's lead time for its category."""
    random = stream(seed, "sourcing")
    source = np.zeros(len(part), dtype=np.int64)
    for category in range(len(CATEGORIES)):
        bought = np.flatnonzero((part.category == category) & ~part.made)
        weight = supplier.weight * supplier.kinds[:, category]
        source[bought] = random.choice(len(weight), size=len(bought), p=weight / weight.sum())
    lanes = (len(supplier.weight), len(CATEGORIES))
    shape = np.clip(random.normal(2.1, 0.25, lanes), 1.5, 2.9)
    usual = np.array([kind.lead_time_days for kind in CATEGORIES])
    mean = usual * supplier.slowness[:, None] * random.lognormal(0.0, 0.15, lanes)
    hero = source[0], 0
    scale = mean / 0.886  # a Weibull of shape 2 has its mean at .886 of its scale
    shape[hero] = 2.12
    quantile = (-np.log(1 - PROMISE_QUANTILE)) ** (1 / shape)
    scale[hero] = HERO_QUOTED_DAYS / quantile[hero]
    quoted = np.maximum(7, 7 * np.round(scale * quantile / 7)).astype(np.int64)
    quoted[hero] = HERO_QUOTED_DAYS
    lane = source, part.category
    return Sourcing(source, shape[lane], scale[lane], quoted[lane])
