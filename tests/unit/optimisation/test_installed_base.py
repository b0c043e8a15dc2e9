"""Laws of a fleet's removals against simulation, closed forms and each other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import poisson

from spareverse.optimisation.installed_base import Fleet, expected_removals, forecast
from spareverse.statistics.lives import ParameterDraws

FLEET = Fleet(np.array([0.0, 50.0, 120.0, 200.0, 200.0]), np.array([300.0, 300.0, 150.0, 300.0, 0.0]))
RUNS = 100_000


def one(shape: float, scale: float) -> ParameterDraws:
    return ParameterDraws(np.array([shape]), np.array([scale]))


def simulated(shape: float, scale: float, *, replaced: bool) -> np.ndarray:
    random, total = np.random.default_rng(1), np.zeros(RUNS, dtype=np.int64)
    for age, work in zip(FLEET.age, FLEET.work, strict=True):
        time = scale * ((age / scale) ** shape - np.log(random.random(RUNS))) ** (1 / shape) - age
        alive = time < work
        total += alive
        while replaced and alive.any():
            time = time + scale * random.weibull(shape, RUNS)
            alive = alive & (time < work)
            total += alive
    return total


@pytest.mark.parametrize("replaced", [True, False])
@pytest.mark.parametrize(("shape", "scale"), [(2.5, 150.0), (0.7, 200.0), (1.2, 1000.0)])
def test_the_law_is_that_of_simulated_fleets(shape: float, scale: float, replaced: bool) -> None:
    seen = simulated(shape, scale, replaced=replaced)
    law = forecast(FLEET, one(shape, scale), replaced=replaced)
    share = np.bincount(seen, minlength=len(law.mass))[: len(law.mass)] / RUNS
    # four standard errors of a share, and 0.3 % for renewals on a grid
    assert np.abs(share - law.mass).max() < 4 * math.sqrt(0.25 / RUNS) + 0.003
    assert law.mean == pytest.approx(seen.mean(), rel=0.01)
    assert law.standard_deviation == pytest.approx(seen.std(), rel=0.02)


def test_a_constant_rate_with_replacement_is_poisson() -> None:
    law = forecast(FLEET, one(1.0, 400.0))
    assert law.mean == pytest.approx(FLEET.work.sum() / 400.0, rel=1e-3)
    assert law.mass == pytest.approx(poisson.pmf(np.arange(len(law.mass)), law.mean), abs=1e-3)


def test_without_replacement_every_unit_fails_once_at_most() -> None:
    law = forecast(FLEET, one(3.0, 10.0), replaced=False)
    assert law.mean == pytest.approx(4.0, abs=1e-6)  # the fifth does not work
    assert law.interval(0.95) == (4, 4)


def test_expected_removals_are_the_law_s_mean() -> None:
    each = expected_removals(FLEET.age, FLEET.work, np.full(5, 1.7), np.full(5, 220.0))
    assert each.sum() == pytest.approx(forecast(FLEET, one(1.7, 220.0)).mean, rel=1e-3)
    assert each[4] == 0.0
    assert expected_removals(np.ones(1), np.ones(1), np.ones(1), np.full(1, np.inf))[0] == 0.0


def test_old_units_fail_more_often_where_parts_wear_out() -> None:
    young, old = (
        expected_removals(np.array([age]), np.array([100.0]), *np.array([[3.0], [500.0]])) for age in (0.0, 400.0)
    )
    assert old[0] > 5 * young[0]


def test_a_fleet_grows() -> None:
    grown = FLEET.grown(np.array([100.0, 50.0]))
    assert len(grown) == 7
    added = expected_removals(np.zeros(2), np.array([100.0, 50.0]), np.full(2, 1.5), np.full(2, 200.0)).sum()
    assert forecast(grown, one(1.5, 200.0)).mean == pytest.approx(
        forecast(FLEET, one(1.5, 200.0)).mean + added, rel=1e-3
    )


def test_dispersion_widens_and_keeps_the_mean() -> None:
    fleet = Fleet(np.linspace(0, 3000, 400), np.full(400, 300.0))
    plain, wide = (forecast(fleet, one(1.3, 2500.0), dispersion=x) for x in (1.0, 3.0))
    assert wide.mean == pytest.approx(plain.mean, rel=1e-6)
    assert wide.standard_deviation == pytest.approx(math.sqrt(3) * plain.standard_deviation, rel=1e-3)
    low, high = wide.interval(0.8)
    assert wide.quantile(0.1) == low < plain.interval(0.8)[0] < plain.interval(0.8)[1] < high


def test_uncertain_parameters_widen_the_law() -> None:
    scales = 2500.0 * np.exp(np.random.default_rng(0).normal(0, 0.3, 200))
    fleet = Fleet(np.linspace(0, 3000, 400), np.full(400, 300.0))
    sure, unsure = forecast(fleet, one(1.3, 2500.0)), forecast(fleet, ParameterDraws(np.full(200, 1.3), scales))
    assert unsure.standard_deviation > 1.5 * sure.standard_deviation


def test_no_units_need_nothing_and_impossible_fleets_are_refused() -> None:
    assert forecast(Fleet(np.empty(0), np.empty(0)), one(1.0, 1.0)).interval(0.95) == (0, 0)
    for age, work in (([-1.0], [1.0]), ([1.0], [-1.0]), ([1.0], [1.0, 2.0])):
        with pytest.raises(ValueError, match="none below 0"):
            Fleet(np.array(age), np.array(work))
