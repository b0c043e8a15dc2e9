"""Lead times that borrow strength: the truth is recovered, and one part's posterior is the integral it claims."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.statistics import pooling

Floats = NDArray[np.float64]


def simulated(parts: int, sizes: NDArray[np.int64], centre: Floats, spread: Floats, seed: int, limit: float) -> tuple:
    random = np.random.default_rng(seed)
    own = centre + random.normal(size=(parts, 2)) * np.sqrt(spread)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    part = np.repeat(np.arange(parts), sizes)
    lives = np.exp(own[part, 0]) * random.weibull(1.0, starts[-1]) ** np.exp(-own[part, 1])
    return own, np.minimum(lives, limit), lives > limit, starts


def test_centres_and_spreads_of_two_groups_are_recovered() -> None:
    half = 150
    sizes = np.random.default_rng(0).integers(2, 9, 2 * half)
    centres = np.array([[4.0, 0.8], [5.2, 0.3]])
    spreads = np.array([[0.10, 0.05], [0.40, 0.02]])
    first = simulated(half, sizes[:half], centres[0], spreads[0], 1, 120.0)
    second = simulated(half, sizes[half:], centres[1], spreads[1], 2, 400.0)
    values, censored = (np.concatenate([first[k], second[k]]) for k in (1, 2))
    starts = np.concatenate([first[3], second[3][1:] + first[3][-1]])
    group = np.repeat([0, 1], half).astype(np.int64)
    assert 0.05 < censored.mean() < 0.3
    found = pooling.fit_hierarchy(values, censored, starts, group, 2, np.array([[4.6, 0.5], [4.6, 0.5]]))
    np.testing.assert_allclose(found.centre, centres, atol=0.12)
    np.testing.assert_allclose(found.spread[:, 0], spreads[:, 0], rtol=0.4)
    assert (found.spread[:, 1] < 0.12).all()
    own = pooling.posterior(values, censored, starts, group, found)
    truth = np.concatenate([first[0], second[0]])
    # The posterior beats both the group's centre and, at 2-8 cycles, honest limits hold the truth.
    error = own.mean[:, 0] - truth[:, 0]
    assert (error**2).mean() < 0.7 * ((found.centre[group, 0] - truth[:, 0]) ** 2).mean()
    inside = np.abs(error) <= 1.96 * np.sqrt(own.covariance[:, 0])
    assert 0.91 < inside.mean() < 0.985


def hierarchy(centre: Floats, spread: Floats) -> pooling.Hierarchy:
    """A group that is known exactly."""
    return pooling.Hierarchy(centre[None, :], spread[None, :], np.zeros((1, 2)), np.array([100]))


def by_grid(values: Floats, censored: NDArray[np.bool_], centre: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Posterior mean and covariance of one part by a plain two-dimensional sum."""
    m = centre[0] + np.sqrt(spread[0]) * np.linspace(-7, 7, 801)[:, None]
    s = centre[1] + np.sqrt(spread[1]) * np.linspace(-7, 7, 801)[None, :]
    log = -0.5 * ((m - centre[0]) ** 2 / spread[0] + (s - centre[1]) ** 2 / spread[1])
    for value, open_ in zip(values, censored, strict=True):
        if value <= 0:
            log = log + (0.0 if open_ else np.log(-np.expm1(-np.exp(-np.exp(s) * m))))
            continue
        z = np.exp(s) * (np.log(value) - m)
        log = log - np.exp(np.minimum(z, 500)) + (0.0 if open_ else s + z)
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    mean = np.array([(weight * m).sum(), (weight * s).sum()])
    dm, ds = m - mean[0], s - mean[1]
    return mean, np.array([(weight * dm * dm).sum(), (weight * dm * ds).sum(), (weight * ds * ds).sum()])


@pytest.mark.parametrize(
    ("values", "censored"),
    [
        ([70.0], [False]),
        ([70.0], [True]),
        ([300.0, 20.0], [False, True]),
        ([0.0, 2.0], [False, False]),
        ([55.0, 61.0, 80.0, 40.0, 95.0, 33.0, 71.0, 62.0], [False] * 6 + [True] * 2),
    ],
)
def test_a_posterior_is_the_integral_it_claims(values: list[float], censored: list[bool]) -> None:
    centre, spread = np.array([4.4, 0.75]), np.array([0.3, 0.1])
    times, flags = np.array(values), np.array(censored)
    found = pooling.posterior(times, flags, np.array([0, len(times)]), np.zeros(1, np.int64), hierarchy(centre, spread))
    mean, covariance = by_grid(times, flags, centre, spread)
    # Five nodes an axis: a few per cent of the prior's standard deviation.
    np.testing.assert_allclose((found.mean[0] - mean) / np.sqrt(spread), 0.0, atol=0.03)
    scale = np.array([spread[0], np.sqrt(spread[0] * spread[1]), spread[1]])
    np.testing.assert_allclose((found.covariance[0] - covariance) / scale, 0.0, atol=0.05)


def test_a_part_without_lines_gets_its_groups_prediction_exactly() -> None:
    values, censored = np.array([50.0, 60.0, 70.0]), np.zeros(3, dtype=bool)
    starts = np.array([0, 0, 3, 3], dtype=np.int64)
    group = np.zeros(3, dtype=np.int64)
    known = pooling.Hierarchy(
        np.array([[4.0, 0.5]]), np.array([[0.2, 0.08]]), np.array([[0.01, 0.004]]), np.array([20])
    )
    found = pooling.posterior(values, censored, starts, group, known)
    for part in (0, 2):
        np.testing.assert_allclose(found.mean[part], [4.0, 0.5])
        # Spread of the parts plus the uncertainty of the centre.
        np.testing.assert_allclose(found.covariance[part], [0.21, 0.0, 0.084])
    assert found.covariance[1, 0] < 0.2


def test_more_cycles_lean_less_on_the_group() -> None:
    own = np.exp(5.5)
    widths, means = [], []
    for size in (1, 4, 16, 64):
        random = np.random.default_rng(12)
        values = own * random.weibull(2.0, 64)[:size]
        found = pooling.posterior(
            values,
            np.zeros(size, dtype=bool),
            np.array([0, size]),
            np.zeros(1, np.int64),
            hierarchy(np.array([4.0, 0.7]), np.array([0.3, 0.05])),
        )
        widths.append(found.covariance[0, 0])
        means.append(found.mean[0, 0])
    assert widths == sorted(widths, reverse=True)
    assert means[-1] == pytest.approx(5.5, abs=0.15)
    assert means[0] < means[-1]
