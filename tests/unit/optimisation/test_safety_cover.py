"""The cost of safety cover against its formulas, worked out here from the risk alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import weibull_min

from spareverse.optimisation.paper import expected_shortage, weibull_cost_curve
from spareverse.optimisation.safety_cover import UnitCosts, cost_curve, weights

COSTS = UnitCosts(0.058, 0.094, 1.515)


def test_the_three_costs_of_a_known_distribution() -> None:
    """SC = 0, 1, 2, 3 with chances .4, .3, .2, .1."""
    curve = cost_curve([0.6, 0.3, 0.1, 0.0, 0.0], 1.0, COSTS, late=0.5, early=0.4)
    shortage = np.array([1.0, 0.4, 0.1, 0.0, 0.0])
    np.testing.assert_allclose(curve.stock_out, 1.515 * shortage * 0.5)
    np.testing.assert_allclose(curve.early, 0.094 * np.arange(5) * 0.4)
    np.testing.assert_allclose(curve.holding, 0.058 * np.arange(5))
    np.testing.assert_allclose(curve.total, curve.stock_out + curve.early + curve.holding)
    assert curve.optimum == 2
    assert curve.shares(2) == pytest.approx(
        tuple(part[2] / curve.total[2] for part in (curve.stock_out, curve.early, curve.holding))
    )
    assert sum(curve.shares(2)) == pytest.approx(1.0)
    assert cost_curve([0.0], 1.0, UnitCosts(0.0, 0.0, 0.0), 0.5, 0.5).shares(0) == (0.0, 0.0, 0.0)


def test_a_grid_of_several_pieces_a_step() -> None:
    curve = cost_curve([0.6, 0.2, 0.0], 5.0, COSTS, late=1.0, early=0.0, shortage_beyond=0.3)
    np.testing.assert_allclose(curve.cover, [0.0, 5.0, 10.0])
    np.testing.assert_allclose(curve.stock_out, 1.515 * np.array([4.3, 1.3, 0.3]))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=40),
    st.floats(0.0, 1.0),
    st.floats(0.0, 5.0),
    st.floats(1.0, 3.0),
)
def test_a_dearer_stock_out_never_lowers_the_optimum(
    risk: list[float], late: float, stock_out: float, factor: float
) -> None:
    risk = sorted(risk, reverse=True)
    one, other = (
        cost_curve(risk, 1.0, UnitCosts(0.05, 0.1, b), late, 1.0 - late) for b in (stock_out, factor * stock_out)
    )
    assert other.optimum >= one.optimum
    # The optimum is the first cover whose risk is not above the ratio of the prices, up to rounding of ties.
    if stock_out * late > 1e-6:
        ratio = (0.1 * (1.0 - late) + 0.05) / (stock_out * late)
        if min(abs(r - ratio) for r in risk) > 1e-9:
            assert one.optimum == next((x for x, r in enumerate(risk) if r <= ratio), len(risk) - 1)


lead_times = st.tuples(st.floats(0.4, 9.0), st.floats(2.0, 300.0), st.floats(1.0, 300.0))


@settings(max_examples=60, deadline=None)
@given(lead_times)
def test_lateness_by_probability(lead: tuple[float, float, float]) -> None:
    shape, scale, expected = lead
    late, early = weights(shape, scale, expected, "probability")
    assert late == pytest.approx(weibull_min.sf(expected, shape, scale=scale), abs=1e-12)
    assert late + early == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(lead_times)
def test_lateness_by_duration(lead: tuple[float, float, float]) -> None:
    shape, scale, expected = lead
    late, early = weights(shape, scale, expected, "duration")
    # E[(R - T)+] is the integral of the survival beyond T, E[(T - R)+] that of the distribution below it.
    far, *points = (scale * hazard ** (1.0 / shape) for hazard in (60.0, 0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0))
    points = [point for point in points if expected < point]
    over = quad(lambda t: weibull_min.sf(t, shape, scale=scale), expected, far, points=points or None, limit=400)[0]
    over = over if expected < far else 0.0
    under = quad(lambda t: weibull_min.cdf(t, shape, scale=scale), 0.0, expected, limit=400)[0]
    assert late == pytest.approx(over / expected, rel=1e-6, abs=1e-8)
    assert early == pytest.approx(under / expected, rel=1e-6, abs=1e-8)
    # What is late less what is early is the mean less the plan.
    assert late - early == pytest.approx(weibull_min.mean(shape, scale=scale) / expected - 1.0, rel=1e-7, abs=1e-9)


def test_expected_shortage_of_a_weibull_with_a_hurdle() -> None:
    for shape, scale in ((1.44, 9.828), (0.7, 30.0)):
        for x in (0.0, 5.0, 16.0):
            integral = quad(lambda t, k=shape, s=scale: weibull_min.sf(t, k, scale=s), x, np.inf)[0]
            assert expected_shortage(shape, scale, 0.2, x) == pytest.approx(0.8 * integral, rel=1e-7)


def test_the_papers_curve_is_the_formula() -> None:
    curve = weibull_cost_curve(1.44, 9.828, 0.1, COSTS, 0.5, 0.4, 40)
    for x in (0, 7, 40):
        shortage = 0.9 * quad(lambda t: weibull_min.sf(t, 1.44, scale=9.828), x, np.inf)[0]
        assert curve.total[x] == pytest.approx(1.515 * shortage * 0.5 + 0.094 * x * 0.4 + 0.058 * x)
