"""Lives under censoring and delayed entry: against SciPy, closed forms, and fleets whose life is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize
from scipy.stats import gamma, lognorm, weibull_min

from long.lives_study import fleet, life_study
from spareverse.errors import NotEnoughData
from spareverse.statistics import lives, weibull
from spareverse.statistics.lives import Lives

RANDOM = np.random.default_rng(3)
FLEET = fleet(RANDOM, 200, 1.6, 20_000.0)


def likelihood(some: Lives, shape: float, scale: float) -> float:
    """By SciPy's own density and survival, one unit at a time."""
    law = weibull_min(shape, scale=scale)
    return float(
        law.logpdf(some.exit[some.failed]).sum()
        + law.logsf(some.exit[~some.failed]).sum()
        - law.logsf(some.entry).sum()
    )


def test_the_fit_is_the_maximum_of_the_truncated_likelihood() -> None:
    found = lives.fit(FLEET)
    best = optimize.minimize(
        lambda x: -likelihood(FLEET, math.exp(x[0]), math.exp(x[1])),
        [0.0, 10.0],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-9},
    )
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    assert (found.shape.value, found.scale.value) == pytest.approx(np.exp(best.x), rel=1e-6)
    assert found.mean.value == pytest.approx(weibull_min.mean(found.shape.value, scale=found.scale.value))
    assert found.entered_late == int((FLEET.entry > 0).sum()) > 0


@pytest.mark.parametrize("quantity", ["shape", "scale", "mean"])
def test_limits_lie_where_the_likelihood_has_fallen_as_far_as_allowed(quantity: str) -> None:
    found = lives.fit(FLEET)
    allowed = lives.allowed_deviance(FLEET.failures)
    estimate = getattr(found, quantity)
    for end in (estimate.low, estimate.high):

        def held(log_shape: float, end: float = end) -> float:
            shape = math.exp(log_shape)
            scale = end if quantity == "scale" else end / math.gamma(1 + 1 / shape)
            return -likelihood(FLEET, shape, scale)

        if quantity == "shape":
            best = optimize.minimize_scalar(
                lambda x, end=end: -likelihood(FLEET, end, math.exp(x)), bounds=(7, 13), method="bounded"
            )
        else:
            best = optimize.minimize_scalar(held, bounds=(-2, 2), method="bounded")
        assert 2 * (found.log_likelihood + best.fun) == pytest.approx(allowed, abs=1e-3)


def test_without_late_entries_it_is_the_censored_fit_of_before() -> None:
    plain = FLEET.untruncated()
    found, known = lives.fit(plain), weibull.fit(plain.exit, ~plain.failed)
    assert found.shape.value == known.distribution.shape
    assert found.log_likelihood == known.log_likelihood


def test_what_is_ignored_shows() -> None:
    """Units seen only because they were still there: ignoring it makes old age look dangerous and life short."""
    young = fleet(np.random.default_rng(8), 2_000, 1.0, 30_000.0)
    handled, untruncated, naive = (
        lives.fit(some) for some in (young, young.untruncated(), young.failed_only().untruncated())
    )
    assert handled.shape.low < 1.0 < handled.shape.high
    assert handled.mean.low < 30_000 < handled.mean.high
    assert untruncated.shape.low > 1.05
    assert naive.mean.high < 15_000


def test_generated_fleets_are_found_again() -> None:
    """200 fleets: bias of ln shape below 0.04, and limits that hold in 93 to 97 of 100 give or take four errors."""
    study = life_study((1.6, 25_000.0), 200, 120, 21)
    slack = 4 * math.sqrt(0.95 * 0.05 / 200)
    assert study.fitted == 200
    assert abs(study.shape_bias) < 0.04
    assert abs(study.scale_bias) < 0.04
    for share in study.covered.values():
        assert share == pytest.approx(0.95, abs=slack)


def test_many_groups_are_fitted_as_if_alone() -> None:
    random = np.random.default_rng(4)
    each = [fleet(random, 30, 1.2, 15_000.0) for _ in range(20)]
    starts = np.cumsum([0] + [len(one) for one in each])
    together = Lives(*(np.concatenate([getattr(one, name) for one in each]) for name in ("entry", "exit", "failed")))
    fits = lives.fit_groups(together, starts)
    errors = lives.log_shape_errors(together, starts, fits)
    for i in (0, 7, 19):
        alone = lives.fit(each[i])
        assert fits.shape[i] == alone.shape.value
        width = math.log(alone.shape.high / alone.shape.low) / (2 * math.sqrt(lives.allowed_deviance(each[i].failures)))
        assert errors[i] == pytest.approx(width, rel=0.15)


def test_ages_at_entry_can_leave_the_shape_open() -> None:
    """A hazard that falls faster than any Weibull's, seen late: the likelihood rises towards a shape of nought."""
    entry = np.array([100.0, 100.0, 100.0, 100.0])
    exits = np.array([101.0, 102.0, 9_000.0, 90_000.0])
    fits = weibull.fit_many(exits, np.array([False, False, True, True]), np.array([0, 4]), entry)
    assert fits.status[0] == weibull.NO_SPREAD
    with pytest.raises(NotEnoughData, match="leave the shape open"):
        lives.fit(Lives(entry, exits, np.array([True, True, False, False])))


def test_one_failure_is_too_few() -> None:
    alone = Lives(np.zeros(3), np.array([10.0, 20.0, 30.0]), np.array([True, False, False]))
    for ask in (lives.fit, lambda some: lives.parameter_draws(some, 10, 0)):
        with pytest.raises(NotEnoughData, match="two failures"):
            ask(alone)


def test_units_that_were_never_watched_do_not_count() -> None:
    more = Lives(*(np.append(a, b) for a, b in ((FLEET.entry, 500.0), (FLEET.exit, 500.0), (FLEET.failed, True))))
    assert lives.fit(more) == lives.fit(FLEET)


def test_alternatives_match_their_laws() -> None:
    models = {one.name: one for one in lives.alternatives(FLEET)}
    worked = float((FLEET.exit - FLEET.entry).sum())
    assert models["exponential"].parameters["mean"] == pytest.approx(worked / FLEET.failures)
    laws = {
        "gamma": lambda p: gamma(p["shape"], scale=p["scale"]),
        "log-normal": lambda p: lognorm(p["sigma"], scale=math.exp(p["mu"])),
    }
    for name, law in laws.items():
        at = law(models[name].parameters)
        value = at.logpdf(FLEET.exit[FLEET.failed]).sum() + at.logsf(FLEET.exit[~FLEET.failed]).sum()
        assert models[name].log_likelihood == pytest.approx(value - at.logsf(FLEET.entry).sum(), abs=1e-6)
    assert models["Weibull"].aicc < models["exponential"].aicc


def groups(shapes: tuple[float, ...], scales: tuple[float, ...], seed: int) -> tuple[Lives, np.ndarray]:
    random = np.random.default_rng(seed)
    each = [fleet(random, 120, k, s) for k, s in zip(shapes, scales, strict=True)]
    together = Lives(*(np.concatenate([getattr(one, name) for one in each]) for name in ("entry", "exit", "failed")))
    return together, np.cumsum([0] + [len(one) for one in each])


def test_a_pooled_shape_is_the_maximum_over_all_scales() -> None:
    together, starts = groups((2.0, 2.0, 2.0), (8_000.0, 15_000.0, 30_000.0), 5)
    found = lives.pooled_fit(together, starts)
    assert found.shape.low < 2.0 < found.shape.high
    assert found.scale == pytest.approx([8_000, 15_000, 30_000], rel=0.25)
    value = sum(likelihood(together[starts[g] : starts[g + 1]], found.shape.value, found.scale[g]) for g in range(3))
    assert found.log_likelihood == pytest.approx(value, abs=1e-6)
    single = lives.fit(together)
    assert found.shape.high - found.shape.low < single.shape.high  # a shape of one scale for all is another figure
    assert found.p_value > 0.01


def test_pooling_says_when_shapes_differ() -> None:
    assert lives.pooled_fit(*groups((0.8, 3.0), (15_000.0, 15_000.0), 6)).p_value < 0.001


def test_a_group_without_failures_has_no_end() -> None:
    together, starts = groups((2.0,), (10_000.0,), 7)
    quiet = Lives(np.zeros(3), np.full(3, 100.0), np.zeros(3, dtype=bool))
    joined = Lives(*(np.append(getattr(together, n), getattr(quiet, n)) for n in ("entry", "exit", "failed")))
    found = lives.pooled_fit(joined, np.append(starts, starts[-1] + 3))
    assert math.isinf(found.scale[1])
    assert found.shape.value == pytest.approx(lives.fit(together).shape.value, rel=1e-4)


def test_draws_spread_as_the_limits_do() -> None:
    found = lives.fit(FLEET)
    for dispersion in (1.0, 4.0):
        draws = lives.parameter_draws(FLEET, 4_000, 1, dispersion=dispersion)
        fit = lives.fit(FLEET, dispersion=dispersion)
        low, high = np.quantile(draws.shape, (0.025, 0.975))
        assert (low, high) == pytest.approx((fit.shape.low, fit.shape.high), rel=0.06)
        assert np.median(draws.shape) == pytest.approx(found.shape.value, rel=0.05)
        low, high = np.quantile(draws.scale, (0.025, 0.975))
        assert (low, high) == pytest.approx((fit.scale.low, fit.scale.high), rel=0.06)


def test_dispersion_is_pearson_s_and_never_below_one() -> None:
    expected = np.full(8, 50.0)
    counts = 50.0 + 20.0 * np.array([1, -1, 1, -1, 1, -1, 1, -1])
    assert lives.dispersion(counts, expected) == pytest.approx(8 * 400 / 50 / 6)
    assert lives.dispersion(expected, expected) == 1.0
    assert lives.dispersion(counts[:3], expected[:3]) == 1.0
