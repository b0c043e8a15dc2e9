"""Variance as a signal: where assets wear out, so that next year's demand is not last year's.

Every item with an installed base gets the shape of its life (its own failures leaning on those of its category) and,
from the ages of what is at work, the expected demand of the next year against that of the last one and of the record.
A shape above 1 and an ageing fleet mean more demand than any average of the past; a fleet just renewed means less.
The level of demand cancels in these ratios, so they can be known where the rate itself hardly is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from spareverse.errors import NotEnoughData
from spareverse.history.asset_lives import asset_lives
from spareverse.history.items import numbered
from spareverse.history.lines import with_place
from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.installed_base import expected_removals
from spareverse.statistics import lives, weibull
from spareverse.statistics.lives import Lives

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

YEAR_DAYS = 365.25
FEWEST_OWN = 3
"""Failures below which a part has no shape of its own."""
MOST_UNSEEN = 0.1
"""Replacements expected before the record began beyond which a piece from before it has no sure age."""
SHAPE_SPREAD = 0.3
"""Standard deviation of ln shape between the parts of a category (as in ``pooling``)."""
_NODES = np.array([0.0, -math.sqrt(3.0), math.sqrt(3.0), -1.96, 1.96])
_WEIGHTS = np.array([2.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0])
"""Of the first three nodes: Gauss-Hermite's for the mean; the last two are the limits."""
NUMBERS = (
    "at_work", "mean_age_years", "failures", "shape", "shape_low", "shape_high", "expected_last_year",
    "expected_next_year", "expected_next_low", "expected_next_high", "change", "change_low", "change_high",
    "multiplier", "multiplier_low", "multiplier_high",
)  # fmt: skip
_HALF = 0.5
"""Failures that the category's rate counts for."""


@dataclass(frozen=True)
class AgeingRates:
    """Per item of a plan: next year's expected demand rate over that of the record; NaN without an installed base."""

    multiplier: Floats
    low: Floats
    high: Floats
    table: pl.DataFrame
    """One row per item with an installed base, see ``ageing_table``."""


def ageing_rates(tables: Mapping[str, pl.DataFrame], data: PlanningData) -> AgeingRates:
    """What the ages of the installed base say of every item's rate in the year after the plan's window.

    Uses ``installed`` (asset, part, quantity, since) and ``consumption`` (asset, part, day) as known at the window's
    end. A forecast from the record's mean rate times ``multiplier`` is the expected rate of the next year.
    """
    until = data.first + timedelta(days=round(data.steps * data.step_days))
    table = ageing_table(tables, data.items, data.first, until)
    row = table["item"].to_numpy()

    def per_item(name: str) -> Floats:
        out = np.full(len(data), np.nan)
        out[row] = table[name].to_numpy()
        return out

    return AgeingRates(per_item("multiplier"), per_item("multiplier_low"), per_item("multiplier_high"), table)


def ageing_table(tables: Mapping[str, pl.DataFrame], items: pl.DataFrame, begins: date, until: date) -> pl.DataFrame:
    """One row per item with known ages at ``until``, most wear first; empty where nothing is known.

    item, part_id, place_id, at_work (pieces), mean_age_years, failures, shape with limits (95 %), expected_last_year,
    expected_next_year with limits (pieces in ``until``'s year: rate and shape uncertain), change (next over last year)
    with limits, multiplier (next year over the record's mean) with limits, wears_out (shape and change both surely
    above 1).
    """
    by_place = bool((items["place_id"].fill_null("") != "").any())
    placed = with_place(tables["installed"], by_place)
    found = numbered(asset_lives(placed, tables["consumption"], begins, until), items).sort("item")
    found = found.filter(pl.col("exit") > pl.col("entry"))
    if found.is_empty():
        return _table(items, np.empty(0, dtype=np.int64), {})
    rows, starts = np.unique(found["item"].to_numpy(), return_index=True)
    category = items["category"].fill_null("")[rows.tolist()].to_numpy()
    seen = _Seen(found, np.append(starts, len(found)).astype(np.int64), category, float((until - begins).days))
    log_shape, error = _shapes(seen)
    return _table(items, rows, _measures(seen, log_shape, error))


class _Seen:
    """Lives of the items in order, as arrays."""

    def __init__(self, found: pl.DataFrame, starts: Integers, category: NDArray[np.str_], record_days: float) -> None:
        self.lives = Lives(found["entry"].to_numpy(), found["exit"].to_numpy(), found["failed"].to_numpy())
        self.single = found["single"].to_numpy()
        self.at_work = found["at_work"].to_numpy()
        ended = found["ended"].to_numpy()
        self.year_ago = np.clip(self.lives.exit - np.clip(YEAR_DAYS - ended, 0.0, None), self.lives.entry, None)
        """Age a year before the window's end, or when it came under observation if that was later."""
        self.starts, self.record_days = starts, record_days
        self.item = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        self.aged = self._known_ages()
        self.category = category
        self.of_category = self._of_category()
        """Failures expected of each item at its category's rate per day."""

    def per_item(self, values: Floats | NDArray[np.bool_]) -> Floats:
        out: Floats = np.bincount(self.item, values, minlength=len(self.starts) - 1).astype(np.float64)
        return out

    def _known_ages(self) -> NDArray[np.bool_]:
        """Lives that began within the record, or before it if few would have been replaced by then."""
        within = self.lives.entry == 0
        rate = self.per_item(within & self.lives.failed) / np.maximum(self.per_item(within * self.lives.exit), 1.0)
        out: NDArray[np.bool_] = within | (rate[self.item] * self.lives.entry < MOST_UNSEEN)
        return out

    def _of_category(self) -> Floats:
        failures = self.per_item(self.lives.failed & self.aged)
        days = self.per_item(np.where(self.aged, self.lives.exit - self.lives.entry, 0.0))
        group = np.unique(self.category, return_inverse=True)[1]
        everywhere = (failures.sum() + _HALF) / max(days.sum(), 1.0)
        # A category with few failures leans on all parts in the same way.
        expected = everywhere * np.maximum(np.bincount(group, days), 1.0)
        rate = (
            (np.bincount(group, failures) + _HALF)
            / (1.0 + _HALF / expected)
            / np.maximum(np.bincount(group, days), 1.0)
        )
        out: Floats = np.maximum(rate[group] * days, 1e-9)
        return out

    def sure(self) -> tuple[Lives, Integers, Integers]:
        """Lives of single pieces with known ages, their items and where the items begin."""
        chosen = self.aged & self.single
        item = self.item[chosen]
        return self.lives[chosen], item, np.searchsorted(item, np.arange(len(self.starts))).astype(np.int64)


def _shapes(seen: _Seen) -> tuple[Floats, Floats]:
    """ln shape and its standard error per item: its own fit and its category's, weighted by what each knows."""
    (sure, item, starts), category = seen.sure(), seen.category
    everywhere = _pooled(sure, starts)
    mean, error = np.full(len(category), everywhere[0]), np.full(len(category), everywhere[1])
    for name in np.unique(category):
        inside = category == name
        chosen = inside[item]
        if sure[chosen].failures >= FEWEST_OWN:
            parts = np.unique(item[chosen], return_counts=True)[1]
            mean[inside], error[inside] = _pooled(
                sure[chosen], np.concatenate([[0], np.cumsum(parts)]).astype(np.int64)
            )
    variance = error**2 + SHAPE_SPREAD**2
    fits = lives.fit_groups(sure, starts)
    own = lives.log_shape_errors(sure, starts, fits)
    failures = np.bincount(item[sure.failed], minlength=len(category))
    known = (fits.status == weibull.FITTED) & (failures >= FEWEST_OWN) & np.isfinite(own)
    weight = np.where(known, 1.0 / np.where(known, own, 1.0) ** 2, 0.0)
    total = weight + 1.0 / variance
    log_own = np.log(np.where(known, fits.shape, 1.0))
    return (weight * log_own + mean / variance) / total, np.sqrt(1.0 / total)


def _pooled(sure: Lives, starts: Integers) -> tuple[float, float]:
    """ln shape of all and its standard error; without failures no wear is assumed, and little known of it."""
    try:
        shape = lives.pooled_fit(sure, starts).shape
    except NotEnoughData:
        return 0.0, SHAPE_SPREAD
    if not (shape.low > 0 and math.isfinite(shape.high)):
        return 0.0, SHAPE_SPREAD
    return math.log(shape.value), math.log(shape.high / shape.low) / 3.92


def _measures(seen: _Seen, log_shape: Floats, error: Floats) -> dict[str, Floats | NDArray[np.bool_]]:
    """Columns of the table: expectations at the nodes of the shape, their mean and limits."""
    ratios = [_expectations(seen, np.exp(log_shape + node * error)) for node in _NODES]
    last, next_, record = (np.stack([ratio[k] for ratio in ratios]) for k in range(3))
    failures = seen.per_item(seen.lives.failed)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = _limits(np.where(last > 0, next_ / last, np.nan))
        multiplier = _limits(next_ / YEAR_DAYS * seen.record_days / record)
        expected = _limits(next_)
        spread = np.sqrt((np.log(expected[2] / expected[1]) / 3.92) ** 2 + 1.0 / (failures + _HALF))
    shape = np.exp(log_shape + np.array([[0.0], [-1.96], [1.96]]) * error)
    at_work = seen.per_item(seen.at_work)
    years = seen.per_item(np.where(seen.at_work, seen.lives.exit, 0.0)) / np.maximum(at_work, 1.0) / YEAR_DAYS
    next_year = (expected[0], expected[0] * np.exp(-1.96 * spread), expected[0] * np.exp(1.96 * spread))
    numbers = (at_work, years, failures, *shape, _WEIGHTS @ last[:3], *next_year, *change, *multiplier)
    wears_out = (shape[1] > 1.0) & (change[1] > 1.0)
    return dict(zip(NUMBERS, numbers, strict=True)) | {"wears_out": wears_out}


def _expectations(seen: _Seen, shape: Floats) -> tuple[Floats, Floats, Floats]:
    """Expected failures per item: of the last year, of the next and of the record, at the rate that fits the record."""
    shapes = shape[seen.item]
    years = tuple(ages / YEAR_DAYS for ages in (seen.lives.exit, seen.lives.entry, seen.year_ago))
    exit_, entry, year_ago = (ages**shapes for ages in years)
    exposure = seen.per_item(np.where(seen.aged, exit_ - entry, 0.0))
    # Half a failure of the category's rate stands in for what few failures do not tell.
    leaning = (seen.per_item(seen.lives.failed & seen.aged) + _HALF) / (1.0 + _HALF / seen.of_category)
    with np.errstate(divide="ignore"):
        rate = np.where(exposure > 0, leaning / exposure, np.nan)
    scale = YEAR_DAYS * rate ** (-1.0 / shape)
    # A piece of unknown age fails once in a mean life.
    steady = (YEAR_DAYS / (scale * special.gamma(1.0 + 1.0 / shape)))[seen.item]
    passed = [
        np.where(seen.aged, rate[seen.item] * (exit_ - then), steady * (years[0] - since))
        for then, since in ((year_ago, years[2]), (entry, years[1]))
    ]
    work = np.where(seen.at_work & seen.aged, YEAR_DAYS, 0.0)
    ahead = expected_removals(seen.lives.exit, work, shapes, scale[seen.item])
    ahead += np.where(seen.at_work & ~seen.aged, steady, 0.0)
    return seen.per_item(passed[0]), seen.per_item(ahead), seen.per_item(passed[1])


def _limits(nodes: Floats) -> Floats:
    """Mean, low and high from values at the nodes; the limits are ordered whichever way the shape works."""
    ends = np.sort(nodes[3:], axis=0)
    return np.stack([_WEIGHTS @ nodes[:3], ends[0], ends[1]])


def _table(items: pl.DataFrame, rows: Integers, columns: Mapping[str, Floats | NDArray[np.bool_]]) -> pl.DataFrame:
    """The measures beside the items they belong to."""
    named = items.select("item", "part_id", "place_id")
    if not columns:
        empty = [pl.lit(None, pl.Float64).alias(name) for name in NUMBERS]
        return named.clear().with_columns(*empty, pl.lit(None, pl.Boolean).alias("wears_out"))
    table: pl.DataFrame = pl.concat([named[rows.tolist()], pl.DataFrame(dict(columns))], how="horizontal").fill_nan(
        None
    )
    return table.sort(["wears_out", "change"], descending=True, nulls_last=True)
