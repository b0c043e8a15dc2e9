"""Order sizes and crossings on the grid of pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.special import logit as scipy_logit

from spareverse.statistics import grid


@settings(max_examples=200, deadline=None)
@given(st.floats(0.01, 400.0), st.sampled_from([1.0, 2.0, 5.0, 10.0]))
def test_a_size_keeps_its_mass_and_mean_on_the_grid(size: float, step: float) -> None:
    chances = np.zeros(500)
    grid.add_size(chances, size, step, 0.25)
    assert chances.sum() == pytest.approx(0.25)
    assert chances @ np.arange(500) * step == pytest.approx(0.25 * size)
    assert np.count_nonzero(chances) <= 2


def test_a_size_beyond_the_grid_is_missing_mass() -> None:
    chances = np.zeros(10)
    grid.add_size(chances, 50.0, 1.0, 1.0)
    assert chances.sum() == 0.0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.2, 1.0), min_size=4, max_size=40), st.floats(0.8, 1.2))
def test_a_tilt_moves_the_mean_where_it_was_asked(weights: list[float], factor: float) -> None:
    chances = np.array([0.0, *weights]) / sum(weights)
    steps = np.arange(len(chances))
    target = factor * (chances @ steps)
    tilted = chances * np.exp(grid.tilt_to_mean(chances, chances @ steps, target) * steps)
    assert tilted @ steps / tilted.sum() == pytest.approx(target, rel=1e-4)


def test_a_tilt_has_a_bound_that_keeps_its_powers_finite() -> None:
    nearly_one_size = np.zeros(192)
    nearly_one_size[[1, 191]] = 1.0 - 1e-12, 1e-12
    tilt = grid.tilt_to_mean(nearly_one_size, 1.0, 150.0)
    assert abs(tilt) <= 20.0 / 192


def test_a_crossing_lies_between_the_grid_points_around_it() -> None:
    tail = np.exp(-0.3 * np.arange(40))
    for ratio in (0.9, 0.5, 0.033, 1e-4):
        assert grid.crossing_of(tail, 40, ratio) == pytest.approx(-np.log(ratio) / 0.3, abs=1e-9)
    assert grid.crossing_of(tail, 40, 1e-9) == 40.0
    assert grid.crossing_of(tail, 40, 1.5) < 0.0


@settings(max_examples=100, deadline=None)
@given(st.floats(1e-3, 1e9))
def test_steps_are_round_and_just_large_enough(size: float) -> None:
    step = grid.nice_step(size)
    assert step >= min(size, step)
    assert step >= size or step == 1.0
    assert f"{step:.0e}"[0] in "125"
    assert step == 1.0 or step <= 2.5 * size * (1 + 1e-12)


def test_logit_and_back() -> None:
    p = np.array([1e-6, 0.02, 0.5, 0.999])
    np.testing.assert_allclose([grid.logit(x) for x in p], scipy_logit(p))
    np.testing.assert_allclose([grid.logistic(x) for x in (-30.0, 0.0, 4.0)], expit([-30.0, 0.0, 4.0]))


def test_own_sizes_outweigh_the_groups_as_they_grow_in_number() -> None:
    chances = np.empty(12)
    for own in (0, 1, 30):
        sizes = np.full(own, 9.0)
        grid.fill_sizes(
            0, sizes, np.array([0, own]), 0, np.array([1.0, 3.0]), np.array([0.5, 0.5]), np.array([0, 2]), 4.0, 1.0,
            chances,
        )  # fmt: skip
        assert chances.sum() == pytest.approx(1.0)
        assert chances[9] == pytest.approx(own / (own + 4.0))
        assert chances[1] == chances[3] == pytest.approx(2.0 / (own + 4.0))
