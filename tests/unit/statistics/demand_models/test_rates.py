"""What was seen, the rates of groups, the spread of rates, corrections."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spareverse.statistics.demand_models.calibration import Comparison, corrected, correction, states
from spareverse.statistics.demand_models.exposure import demand_between, known_between, period_values, seen
from spareverse.statistics.demand_models.frailty import FACTORS, SHAPE, frailty_weights, rate_posterior
from spareverse.statistics.demand_models.group_rates import cell_rates, rate_dispersion
from spareverse.statistics.demand_models.occurrence import Occurrence
from spareverse.statistics.demand_models.own_series import series_moments, zero_inflated

STARTS = np.array([0, 3, 3])
STEP = np.array([2, 5, 9])
PIECES = np.array([1.0, 4.0, 2.0])
KNOWN_FROM = np.array([1, 0])
GAPS = (np.array([0, 1, 2]), np.array([3, 0]), np.array([5, 4]))


def test_discounted_counts_and_exposure_by_hand() -> None:
    view = seen(STARTS, STEP, PIECES, KNOWN_FROM, GAPS, 10, half_life=2.0)
    weight = 2.0 ** (-(9 - np.arange(10)) / 2.0)
    known = np.ones((2, 10), dtype=bool)
    known[0, [0, 3, 4]] = False
    known[1, :4] = False
    assert view.exposure == pytest.approx((known * weight).sum(axis=1))
    assert view.counts == pytest.approx([weight[[2, 5, 9]].sum(), 0.0])
    assert view.pieces[0] == pytest.approx(weight[[2, 5, 9]] @ PIECES)
    plain = seen(STARTS, STEP, PIECES, KNOWN_FROM, GAPS, 8)
    assert plain.counts.tolist() == [2.0, 0.0]
    assert plain.exposure.tolist() == [5.0, 4.0]
    # since step 5: steps 6 and 7; never moved: all steps known
    assert plain.quiet.tolist() == [2.0, 4.0]


def test_windows_and_periods() -> None:
    lines, pieces = demand_between(STARTS, STEP, PIECES, 3, np.array([9, 9]))
    assert lines.tolist() == [1.0, 0.0]
    assert pieces.tolist() == [4.0, 0.0]
    assert known_between(KNOWN_FROM, GAPS, 2, np.array([6, 6])).tolist() == [2.0, 2.0]
    values, starts = period_values(STARTS, STEP, PIECES, KNOWN_FROM, GAPS, np.array([1, 0]), 1, 2, 4)
    nan = math.nan
    assert starts.tolist() == [0, 4, 8]
    assert np.array_equal(values, [nan, 0.0, 0.0, 0.0, 1.0, nan, 4.0, 0.0], equal_nan=True)


def test_cells_without_demand_get_the_rate_their_factors_imply() -> None:
    random = np.random.default_rng(2)
    factors = np.array([(a, b) for a in range(4) for b in range(5)])
    true = 0.02 * np.exp(0.8 * factors[:, 0] - 0.5 * factors[:, 1])
    cell = np.repeat(np.arange(20), 300)[300:]  # the first cell has no part at all
    exposure = np.full(len(cell), 50.0)
    counts = random.poisson(random.gamma(0.5, 2.0, len(cell)) * true[cell] * exposure).astype(float)
    rate = cell_rates(counts, exposure, cell, factors, 2.0)
    assert np.abs(np.log(rate / true)).max() < 0.35
    assert rate_dispersion(counts, exposure, true[cell]) == pytest.approx(2.0, rel=0.3)


def test_a_cell_keeps_its_own_deviation_as_far_as_its_parts_support_it() -> None:
    factors = np.array([(a, b) for a in range(3) for b in range(3)])
    cell = np.repeat(np.arange(9), 400)
    counts = np.full(len(cell), 1.0)
    counts[cell == 4] = 4.0
    rate = cell_rates(counts, np.full(len(cell), 10.0), cell, factors, 0.1)
    assert rate[4] == pytest.approx(0.4, rel=0.05)
    assert rate[0] == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("periodic", [False, True])
def test_the_spread_of_rates_is_learnt(periodic: bool) -> None:
    random = np.random.default_rng(7)
    parts, exposure = 6000, 40.0
    rate = np.where(random.random(parts) < 0.6, 0.0, random.lognormal(-3.0, 1.0, parts))
    counts = random.binomial(40, np.minimum(rate, 1.0)) if periodic else random.poisson(rate * exposure)
    time, group = np.full(parts, exposure), np.zeros(parts, dtype=np.int64)
    centre = np.full(parts, counts.sum() / time.sum())
    weights = frailty_weights(counts.astype(float), time, centre, group, 1, periodic)
    posterior = rate_posterior(counts.astype(float), time, centre, group, weights, periodic)
    expected = posterior.expected()
    assert weights.sum() == pytest.approx(1.0)
    for low, high in ((0, 0), (1, 1), (2, 4), (5, 40)):
        of = (counts >= low) & (counts <= high)
        assert expected[of].mean() == pytest.approx(rate[of].mean(), rel=0.15)


def test_one_gamma_law_gives_the_conjugate_posterior() -> None:
    weights = np.zeros((1, len(FACTORS)))
    unit = int(np.flatnonzero(FACTORS == 1.0)[0])
    weights[0, unit] = 1.0
    posterior = rate_posterior(
        np.array([3.0]), np.array([20.0]), np.array([0.1]), np.zeros(1, dtype=np.int64), weights, False
    )
    assert posterior.strength[0, unit] == SHAPE + 3.0
    assert posterior.expected()[0] == pytest.approx((SHAPE + 3.0) / (SHAPE / 0.1 + 20.0))


def test_corrections_follow_what_came_and_shrink_where_little_came() -> None:
    state = np.array([0] * 2000 + [1] * 4)
    expected = np.full(2004, 0.2)
    came = np.zeros(2004)
    came[:800] = 1.0
    came[2000] = 1.0
    band = np.zeros(2004, dtype=np.int64)
    factor = correction([Comparison.of(expected, came, state, band, 1)] * 3, 1.0, 1)
    assert factor[0, 0] == pytest.approx(2.0, rel=0.05)
    # one demand of 0.8 says little: near the ratio of all
    assert factor[1, 0] == pytest.approx(2.0, rel=0.15)
    chances = Occurrence(np.ones((2, 1)), np.array([[0.1], [0.8]]), np.full((2, 1), 5.0), True)
    assert corrected(chances, np.array([2.0, 2.0])).mean[:, 0] == pytest.approx([0.2, 0.9])


def test_states_tell_new_from_gone() -> None:
    view = seen(
        np.array([0, 0, 1, 4]), np.array([0, 90, 95, 99]), np.ones(4), np.zeros(3, dtype=np.int64),
        (np.zeros(4, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)), 100,
    )  # fmt: skip
    assert states(view, 60.0).tolist() == [0, 3, 4]


def test_own_series_models() -> None:
    nan = math.nan
    values = np.array([0.0, 2.0, nan, 0.0, 4.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    starts = np.array([0, 5, 8, 10])
    moments = series_moments(values, starts)
    assert moments.mean.tolist() == [1.5, 1.0, 0.0]
    assert moments.logarithmic[0] == pytest.approx(1.0 - 1.5 / np.var([0.0, 2.0, 0.0, 4.0], ddof=1))
    assert moments.logarithmic[1:].tolist() == [0.0, 0.0]
    chance, size = zero_inflated(values, starts)
    # mean kept, share of zeros kept
    assert chance[0] * size[0] == pytest.approx(1.5, rel=1e-6)
    assert 1.0 - chance[0] * -np.expm1(-size[0]) == pytest.approx(0.5, rel=1e-6)
    assert (chance[1], size[1]) == (1.0, 1.0)
    assert chance[2] == 0.0
