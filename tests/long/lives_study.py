"""Fleets with a known life, watched for some years only: how near the fits come and how often the limits hold.

Positions are filled at random moments over ten years and refilled at every failure; the record sees the last four of
them. Pieces removed before it are unknown, those at work when it begins are seen from the age they had then, those
at work at its end are censored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.statistics import lives, weibull
from spareverse.statistics.lives import Lives

Floats = NDArray[np.float64]

HOURS_PER_YEAR = 4_000.0
YEARS, RECORD = 10.0, 4.0
TRUTHS = ((0.8, 25_000.0), (1.0, 25_000.0), (1.6, 25_000.0), (3.0, 30_000.0))


@dataclass(frozen=True)
class LifeStudy:
    """Over many fleets: mean error of ln shape and ln scale, their standard errors, and shares of limits that hold."""

    fleets: int
    fitted: int
    failures: float
    shape_bias: float
    scale_bias: float
    bias_error: float
    covered: dict[str, float]


def fleet(random: np.random.Generator, positions: int, shape: float, scale: float) -> Lives:
    """One fleet as its record shows it."""
    end, begins = YEARS * HOURS_PER_YEAR, (YEARS - RECORD) * HOURS_PER_YEAR
    begin = random.uniform(0.0, end, positions)
    entry, exits, failed = [], [], []
    while len(begin):
        stop = begin + scale * random.weibull(shape, len(begin))
        seen = stop > begins
        last = np.minimum(stop, end)
        entry.append(np.maximum(begins - begin, 0.0)[seen])
        exits.append((last - begin)[seen])
        failed.append((stop < end)[seen])
        begin = stop[stop < end]
    return Lives(np.concatenate(entry), np.concatenate(exits), np.concatenate(failed))


def life_study(truth: tuple[float, float], fleets: int, positions: int, seed: int) -> LifeStudy:
    """Fit ``fleets`` fleets of ``positions`` each and hold the limits against the truth."""
    shape, scale = truth
    random = np.random.default_rng(seed)
    each = [fleet(random, positions, shape, scale) for _ in range(fleets)]
    together = Lives(*(np.concatenate([getattr(one, name) for one in each]) for name in ("entry", "exit", "failed")))
    starts = np.concatenate([[0], np.cumsum([len(one) for one in each])]).astype(np.int64)
    fits = lives.fit_groups(together, starts)
    fitted = np.flatnonzero(fits.status == weibull.FITTED)
    values = {"shape": shape, "scale": scale, "mean": lives.mean_life(shape, scale)}
    covered = {
        name: float(
            np.mean([lives.deviance(each[i], name, value) <= lives.allowed_deviance(each[i].failures) for i in fitted])
        )  # type: ignore[arg-type]
        for name, value in values.items()
    }
    errors = np.log(fits.shape[fitted] / shape)
    return LifeStudy(
        fleets,
        len(fitted),
        float(np.mean([one.failures for one in each])),
        float(errors.mean()),
        float(np.log(fits.scale[fitted] / scale).mean()),
        float(errors.std() / np.sqrt(len(fitted))),
        covered,
    )
