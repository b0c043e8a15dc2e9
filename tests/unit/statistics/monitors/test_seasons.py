"""Seasons of monthly counts: the test says what it says, known seasons are found, slow movers have their group's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.statistics.monitors.seasons import YEAR, chance_of_season, seasons

MONTHS = np.arange(72)
WAVE = 1.0 + 0.6 * np.sin(2.0 * np.pi * np.arange(YEAR) / YEAR)


@pytest.mark.parametrize(("rate", "dispersion"), [(0.6, 1.0), (3.0, 1.0), (3.0, 3.0), (300.0, 1.0)])
@pytest.mark.parametrize("years", [3, 6])
def test_without_a_season_the_chance_is_a_chance(rate: float, dispersion: float, years: int) -> None:
    """4,000 streams: chances below 1 % in at most 1.4 % (the F law is near, not exact) and three standard errors."""
    random = np.random.default_rng(int(rate + years))
    size = (4000, years, YEAR)
    poisson = dispersion == 1.0
    counts = random.poisson(rate, size) if poisson else random.negative_binomial(rate / 2.0, 1.0 / 3.0, size)
    chance = chance_of_season(counts.astype(np.float64))
    assert np.mean(chance < 0.01) <= 0.014 + 3.0 * math.sqrt(0.014 / 4000)
    assert np.mean(chance < 0.1) == pytest.approx(0.1, abs=0.025)


@pytest.mark.parametrize(
    "level", [np.where(MONTHS < 41, 10.0, 30.0), 20.0 * 1.2 ** (MONTHS / YEAR), np.where(MONTHS < 50, 20.0, 0.5)]
)
def test_a_step_growth_and_an_end_are_no_season(level: np.ndarray) -> None:
    counts = np.random.default_rng(3).poisson(level, (1000, 72)).astype(np.float64)
    found = seasons(counts, np.ones((1000, YEAR)))
    assert np.mean((found != 1.0).any(axis=1)) < 0.01


def test_a_season_is_found_in_the_months_it_is_in_whatever_month_the_window_begins_with() -> None:
    rate = 40.0 * np.tile(WAVE, 7)[:75]
    found = seasons(np.random.default_rng(4).poisson(rate, (50, 75)).astype(np.float64), np.ones((50, YEAR)))
    assert found.mean(axis=1) == pytest.approx(np.ones(50))
    assert np.abs(found.mean(axis=0) - WAVE).max() < 0.05


def test_slow_movers_have_the_season_of_their_group_and_fast_ones_their_own() -> None:
    """Drawn to the group: the mean squared error of one line a month falls to less than half of its own shares'; of
    200 lines a month against the group's season next to nothing of that is left."""
    random = np.random.default_rng(5)
    slow = random.poisson(np.tile(WAVE, 6), (400, 72)).astype(np.float64)
    group = np.tile(WAVE, (400, 1))
    drawn = ((seasons(slow, group) - WAVE) ** 2).mean()
    own = slow.reshape(400, 6, YEAR).sum(axis=1)
    own = own / own.mean(axis=1, keepdims=True)
    assert drawn < 0.5 * ((own - WAVE) ** 2).mean()
    fast = random.poisson(200.0, (20, 72)).astype(np.float64)
    assert np.abs(seasons(fast, group[:20]) - 1.0).max() < 0.15
    few = np.zeros((1, 72))
    few[0, 7] = 5.0
    assert (seasons(few, group[:1]) == WAVE).all()


def test_a_short_record_has_no_season_of_its_own() -> None:
    assert (seasons(np.full((2, 30), 9.0), np.ones((2, YEAR))) == 1.0).all()
