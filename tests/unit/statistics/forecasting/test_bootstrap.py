"""Bootstrap laws of lead-time demand: worked by hand, against drawing them, and their coverage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from spareverse.statistics.forecasting import bootstrap
from spareverse.statistics.forecasting.bootstrap import BootstrapLaws, empirical_laws, willemain_laws

NAN = np.nan
Floats = NDArray[np.float64]
BOTH = pytest.mark.parametrize("laws_of", [empirical_laws, willemain_laws])
LawsOf = Callable[..., BootstrapLaws]


def test_two_periods_drawn_from_the_known_ones() -> None:
    laws = empirical_laws([1, 0, NAN, 1, 0], [0, 5], 2)
    assert laws.mass[0, :4] == pytest.approx([0.25, 0.5, 0.25, 0.0])
    assert laws.with_line[0, :5] == pytest.approx([0.0, 0.25, 0.5, 0.25, 0.0])
    assert (laws.step[0], laws.mean[0], laws.chance[0]) == pytest.approx((1.0, 1.0, 0.5))


def test_lead_times_that_vary_are_mixed() -> None:
    laws = empirical_laws([1, 0], [0, 2], [[0, 1]], [0.2, 0.8])
    assert laws.mass[0, :3] == pytest.approx([0.6, 0.4, 0.0])
    assert laws.with_line[0, :3] == pytest.approx([0.0, 0.6, 0.4])
    assert laws.mean[0] == pytest.approx(0.4)


def test_the_chain_is_counted_between_neighbours_and_starts_with_the_share() -> None:
    chances = np.empty(3)
    for chain in (bootstrap._chain, bootstrap._chain.py_func):
        # one step from idle, to demand; one from demand, to idle; a third of the periods has demand
        chain(np.array([0.0, 2.0, 0.0]), 0, 3, 1, True, chances)
        assert chances == pytest.approx([(1 + 1 / 3) / 2, (0 + 1 / 3) / 2, 0.0])
        # no two neighbours are known; the period after the last demand is missing
        chain(np.array([0.0, NAN, 2.0, NAN, 0.0, NAN, 2.0, NAN]), 0, 8, 2, True, chances)
        assert chances == pytest.approx([0.5, 0.5, 0.5])
        # a state that was never left: after demand it is the share again
        chain(np.array([0.0, 0.0, 0.0, 3.0]), 0, 4, 1, True, chances)
        assert chances == pytest.approx([(1 + 0.25) / 4, 0.25, 1.0])
        chain(np.array([0.0, 0.0, 0.0, 3.0]), 0, 4, 1, False, chances)
        assert chances == pytest.approx([0.25, 0.25, 0.25])


def test_clustered_demand_has_a_wider_law_than_the_same_demand_mixed() -> None:
    clustered = [1.0] * 20 + [0.0] * 20 + [1.0] * 20 + [0.0] * 21
    after_idle = willemain_laws(clustered, [0, 81], 3)
    after_demand = willemain_laws(clustered[::-1], [0, 81], 3)
    assert after_idle.mass[0, 0] > 0.85
    assert empirical_laws(clustered, [0, 81], 3).mass[0, 0] < 0.2
    assert after_demand.mass[0, 0] < 0.1


@pytest.mark.parametrize("size", [0.4, 1.0, 2.0, 7.0, 60.0])
def test_jitter_has_the_law_of_the_source(size: float) -> None:
    drawn = size + np.random.default_rng(1).standard_normal(200_000) * np.sqrt(size)
    drawn = 1.0 + np.floor(drawn)
    drawn = np.where(drawn <= 0.0, size, drawn)
    sizes = np.zeros(300)
    mean = bootstrap._jitter(size, 1.0, 1.0, sizes)
    assert mean == pytest.approx(drawn.mean(), abs=4 * drawn.std() / np.sqrt(len(drawn)))
    assert sizes.sum() == pytest.approx(1.0)
    below, share = divmod(drawn, 1.0)
    seen = np.bincount(below.astype(int), 1.0 - share, 300) + np.bincount(below.astype(int) + 1, share, 301)[:300]
    # Kolmogorov's bound at 1 in 1,000
    assert np.abs(np.cumsum(seen) / len(drawn) - np.cumsum(sizes)).max() < 1.95 / np.sqrt(len(drawn))
    plain = np.zeros(300)
    assert bootstrap._jitter.py_func(size, 1.0, 1.0, plain) == pytest.approx(mean)
    assert_allclose(plain, sizes, atol=1e-14)


def drawn_lead_times(history: Floats, horizon: int, draws: int) -> tuple[Floats, Floats]:
    """Willemain, Smart & Schwarz as printed, by drawing; with the chances of this module. Demand, and whether the
    period after the lead time has any."""
    random = np.random.default_rng(21)
    chances = np.empty(3)
    bootstrap._chain(history, 0, len(history), int((history > 0).sum()), True, chances)
    state = (random.random(draws) < chances[2]).astype(int)
    total = np.zeros(draws)
    for _ in range(horizon):
        state = (random.random(draws) < chances[state]).astype(int)
        size = random.choice(history[history > 0], draws)
        jittered = 1.0 + np.floor(size + random.standard_normal(draws) * np.sqrt(size))
        total += state * np.where(jittered > 0, jittered, size)
    return total, random.random(draws) < chances[state]


def test_the_law_is_what_drawing_approaches() -> None:
    draws = 200_000
    history = np.array([0, 0, 3, 4, 0, NAN, 0, 1, 1, 0, 0, 0, 9, 2, 0, 0, 1, NAN], dtype=float)
    for horizon in (1, 4):
        laws = willemain_laws(history, [0, len(history)], horizon)
        total, follows = drawn_lead_times(history, horizon, draws)
        assert laws.chance[0] == pytest.approx(follows.mean(), abs=4 * 0.5 / np.sqrt(draws))
        seen = np.cumsum(np.bincount(total.astype(int), minlength=128)) / draws
        assert np.abs(seen - np.cumsum(laws.mass[0])).max() < 1.95 / np.sqrt(draws)
        # the size of the line is independent of the demand before it, given that it comes
        before = total[follows]
        sizes = np.zeros(128)
        bootstrap._size_law(history, 0, len(history), 7, True, 1.0, sizes)
        expected = np.convolve(np.bincount(before.astype(int), minlength=128) / len(before), sizes)[:128]
        assert np.abs(np.cumsum(expected) - np.cumsum(laws.with_line[0])).max() < 1.95 / np.sqrt(len(before))


@BOTH
def test_mean_and_mass_on_coarse_grids(laws_of: LawsOf) -> None:
    random = np.random.default_rng(3)
    scale = np.repeat([1.0, 30.0, 1_000.0, 40_000.0], 50)[:, None]
    values = (random.random((200, 40)) < 0.3) * np.ceil(random.lognormal(0, 1, (200, 40)) * scale)
    values[:, 0] = 1.0
    laws = laws_of(values.ravel(), np.arange(201) * 40, np.full(200, 4), points=96)
    grid = np.arange(96) * laws.step[:, None]
    assert (laws.mass.sum(axis=1) > 0.999).all()
    assert (laws.with_line.sum(axis=1) > 0.995).all()
    assert_allclose((laws.mass * grid).sum(axis=1), laws.mean, rtol=0.03)
    if laws_of is empirical_laws:
        assert_allclose(laws.mean, 4 * values.mean(axis=1))
    assert laws.step.max() > 1_000.0


@BOTH
def test_without_demand_there_is_no_law(laws_of: LawsOf) -> None:
    laws = laws_of([0, 0, NAN, NAN, 3, -1, 0, 3], np.arange(5) * 2, 1)
    for part in (laws.mass.sum(axis=1), laws.with_line.sum(axis=1), laws.mean, laws.chance):
        assert np.isnan(part[:3]).all()
        assert np.isfinite(part[3])


@BOTH
def test_arguments_that_do_not_fit_are_refused(laws_of: LawsOf) -> None:
    for horizons, weights, points in (
        ([1, 2], None, 10), ([-1], None, 10), ([1.5], None, 10), ([NAN], None, 10), ([1], None, 1),
        ([[1, 2]], [0.5, 0.6], 10), ([[1, 2]], [1.0], 10), ([[1, 2]], [-1.0, 2.0], 10),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="horizons"):
            laws_of([1.0], [0, 1], horizons, weights, points=points)


def covered(
    laws_of: LawsOf, periods: int, after_idle: float, after_demand: float, chance: float, mean_size: float = 10.0
) -> float:
    """Share of 4,000 lead times of three periods below their law's quantile, made continuous by chance."""
    random, series = np.random.default_rng(8), 4_000
    moved = np.empty((series, periods + 3), dtype=bool)
    moved[:, 0] = random.random(series) < after_idle / (1.0 + after_idle - after_demand)
    for k in range(1, periods + 3):
        moved[:, k] = random.random(series) < np.where(moved[:, k - 1], after_demand, after_idle)
    values = moved * random.geometric(1.0 / mean_size, moved.shape).astype(float)
    demand = values[:, periods:].sum(axis=1)
    laws = laws_of(values[:, :periods].ravel(), np.arange(series + 1) * periods, np.full(series, 3), points=256)
    place = (demand / laws.step).astype(int)
    up_to = np.cumsum(laws.mass, axis=1)[np.arange(series), place]
    here = laws.mass[np.arange(series), place]
    known = ~np.isnan(up_to)
    return float(np.mean((up_to - random.random(series) * here)[known] <= chance))


def test_coverage() -> None:
    """3.3 standard errors of 4,000 lead times: 0.016 at 90 %, 0.012 at 95 %."""
    assert covered(empirical_laws, 400, 0.3, 0.3, 0.9) == pytest.approx(0.9, abs=0.016)
    assert covered(empirical_laws, 400, 0.3, 0.3, 0.95) == pytest.approx(0.95, abs=0.012)
    # jitter adds half a piece to a mean of ten, so the laws of the chain lie on the safe side
    assert 0.95 - 0.012 < covered(willemain_laws, 400, 0.1, 0.6, 0.95) < 0.975
    # demand that clusters is missed by drawing periods one by one
    assert covered(empirical_laws, 400, 0.1, 0.6, 0.95) < 0.93
    # and 24 periods are too few to know the tail, as the documentation says
    assert covered(empirical_laws, 24, 0.3, 0.3, 0.99) < 0.96


def test_compiled_and_plain_agree() -> None:
    random = np.random.default_rng(12)
    values = random.poisson(0.5, 60) * 3.0
    values[7] = NAN
    starts, horizons, weights = np.array([0, 20, 40, 60]), np.full((3, 2), [1, 3]), np.array([0.4, 0.6])
    laws = willemain_laws(values, starts, horizons, weights, points=40)
    mass, with_line, (steps, means, chance) = np.full((3, 40), NAN), np.full((3, 40), NAN), np.full((3, 3), NAN)
    bootstrap._bootstrap_many.py_func(
        values, starts, 0, 3, horizons, weights, True, mass, with_line, steps, means, chance
    )
    assert_allclose([steps, means, chance], [laws.step, laws.mean, laws.chance], rtol=1e-12)
    assert_allclose(mass, laws.mass, atol=1e-14)
    assert_allclose(with_line, laws.with_line, atol=1e-14)
    sizes, plain = np.zeros(40), np.zeros(40)
    size = bootstrap._size_law(values, 0, 20, 5, True, 1.0, sizes)
    assert bootstrap._size_law.py_func(values, 0, 20, 5, True, 1.0, plain) == pytest.approx(size)
    assert_allclose(plain, sizes)
    chances, out = np.array([0.2, 0.5, 0.3]), np.zeros((4, 40))
    found = bootstrap._walk(chances, sizes, size, horizons[0], weights, out[0], out[1])
    assert bootstrap._walk.py_func(chances, sizes, size, horizons[0], weights, out[2], out[3]) == pytest.approx(found)
    assert_allclose(out[2:], out[:2], atol=1e-14)
    assert bootstrap._step_of.py_func(values, 0, 20, 5, 3, 40) == bootstrap._step_of(values, 0, 20, 5, 3, 40)
