"""Is there a season in monthly counts, and how strong is every month? Very many streams at once.

Tested by Friedman's ranks: without a season the months of a year could stand in any order, whatever the law of the
counts and however the years differ. A season is then the share of each month of the year, drawn to that of the group a
stream belongs to as far as chance explains what lies between them (positive-part James-Stein): a slow mover has the
season of its group, a fast mover its own.

Sources: Friedman 1937; Iman & Davenport 1980 (the F law); James & Stein 1961; Efron & Morris 1973.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from spareverse.statistics.monitors.false_discoveries import q_values

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

YEAR = 12
LEAST_YEARS = 3
LEAST_EVENTS = 36
"""Streams with fewer have no season of their own."""
FALSE_SEASONS = 0.05
"""Share of false ones among the seasons found, on average."""
TRENDED_FROM = 5.0
"""Events a month from which a steady growth would pass for a season, and is taken out."""
LEAST_SHARE = 0.05
"""Of a usual month; a month in which next to nothing ever happened is not taken for impossible."""
_AT_ONCE = 10_000


def seasons(counts: Floats, towards: Floats) -> Floats:
    """[streams, 12] expected share of each month in a usual month's count, mean 1; ones where there is no season.

    counts
        [streams, months]; month 0 and every twelfth after it are the first column of the answer.
    towards
        [streams, 12] seasons of the groups the streams belong to; rows of ones where those have none. A stream of a
        group with a season has that season, drawn to its own; any other must show its own first.
    """
    count, months = counts.shape
    if months < YEAR * LEAST_YEARS or not count:
        return towards.copy()
    late = months % YEAR
    years = np.roll(counts[:, late:].reshape(count, -1, YEAR), late, axis=2)
    enough = years.sum(axis=(1, 2)) >= LEAST_EVENTS
    level = _without_growth(years)
    grouped = (towards != 1.0).any(axis=1)
    shown = grouped & enough
    open_ = np.flatnonzero(enough & ~grouped)
    shown[open_] = q_values(chance_of_season(level[open_])) <= FALSE_SEASONS
    found = towards.copy()
    found[shown] = _drawn(level[shown], towards[shown])
    return found


def chance_of_season(years: Floats) -> Floats:
    """[streams] chance of months so unlike one another without a season; ``years`` [streams, years, 12]."""
    found = np.ones(len(years))
    for first in range(0, len(years), _AT_ONCE):
        own = years[first : first + _AT_ONCE]
        below = (own[..., None, :] < own[..., :, None]).sum(axis=-1)
        alike = (own[..., None, :] == own[..., :, None]).sum(axis=-1)
        away = below + 0.5 * (alike + 1.0) - 0.5 * (YEAR + 1.0)
        scatter = (away**2).sum(axis=(1, 2))
        between = (away.sum(axis=1) ** 2).sum(axis=1)
        # years in which nothing happened say nothing
        told = np.maximum((away != 0.0).any(axis=2).sum(axis=1), 2.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (told - 1.0) * between / (told * scatter - between)
        usable = scatter > 0.0
        degrees = (YEAR - 1.0) * (told - 1.0)
        found[first : first + _AT_ONCE] = np.where(
            usable, fdtrc(YEAR - 1.0, degrees, np.where(usable, np.maximum(ratio, 0.0), 0.0)), 1.0
        )
    return found


def _without_growth(years: Floats) -> Floats:
    """Counts of busy streams with the median growth from year to year taken out within the years."""
    totals = years.sum(axis=2)
    growth = np.median(np.diff(np.log(totals + 0.5), axis=1), axis=1)
    growth[totals.mean(axis=1) < YEAR * TRENDED_FROM] = 0.0
    within = np.exp(-growth[:, None] * (np.arange(YEAR) - 0.5 * (YEAR - 1.0)) / YEAR)
    found: Floats = years * within[:, None, :]
    return found


def _drawn(years: Floats, towards: Floats) -> Floats:
    """Shares of the months, each stream's own drawn to ``towards`` by as much as chance explains."""
    total = years.sum(axis=(1, 2))
    own = years.sum(axis=1) / total[:, None] * YEAR
    usual = years.mean(axis=2, keepdims=True) * own[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(usual > 0.0, (years - usual) ** 2 / usual, 0.0)
    degrees = (YEAR - 1.0) * (years.shape[1] - 1.0)
    dispersion = np.maximum(squares.sum(axis=(1, 2)) / degrees, 1.0)
    chance = (YEAR - 1.0) * dispersion / total * YEAR
    away = ((own - towards) ** 2 / towards).sum(axis=1)
    weight = np.maximum(0.0, 1.0 - (YEAR - 3.0) / (YEAR - 1.0) * chance / np.maximum(away, 1e-12))
    mixed = np.maximum(towards + weight[:, None] * (own - towards), LEAST_SHARE)
    shares: Floats = mixed / mixed.mean(axis=1, keepdims=True)
    return shares
