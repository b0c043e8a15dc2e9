"""P(SC > x): demand over a random lead time, against brute force and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import nbinom, poisson, weibull_min

from spareverse.statistics import compound

Floats = NDArray[np.float64]
SIZES = np.array([0.0, 0.5, 0.2, 0.0, 0.2, 0.1])


def tails(
    rates: list[float],
    points: int,
    sizes: Floats = SIZES,
    dispersions: list[float] | None = None,
    tilts: list[float] | None = None,
    lead: tuple[tuple[float, float], ...] = ((2.12, 81.8),),
    which: list[int] | None = None,
) -> Floats:
    """The kernel with a friendlier call; lead: (shape, scale) of each lead time."""
    nodes = np.empty((len(lead), len(compound.LEAD_WEIGHTS)))
    for row, (shape, scale) in enumerate(lead):
        compound.lead_time_nodes(np.log(scale), np.log(shape), nodes[row])
    grid = np.zeros(points)
    grid[: min(len(sizes), points)] = sizes[:points]
    none = [0.0] * len(rates)
    out = np.empty((len(rates), points))
    compound.safety_cover_tails(
        np.array(rates),
        np.array(dispersions or none),
        np.array(which or [0] * len(rates)),
        nodes,
        np.array(tilts or none),
        grid,
        out,
    )
    return out


def brute_force(rate: float, dispersion: float, x: int, shape: float, scale: float, sizes: Floats = SIZES) -> float:
    """Convolution powers by NumPy, counts by SciPy, the lead time by adaptive quadrature."""
    power, powers = np.zeros(x + 1), []
    power[0] = 1.0
    for _ in range(x + 1):
        powers.append(power.sum())
        power = np.convolve(power, sizes)[: x + 1]
    counts = np.arange(len(powers))

    def not_above(days: float) -> float:
        mean = rate * days
        chance = (
            nbinom.pmf(counts, 1 / dispersion, 1 / (1 + dispersion * mean)) if dispersion else poisson.pmf(counts, mean)
        )
        return float(chance @ powers)

    below, _ = quad(
        lambda days: not_above(days) * weibull_min.pdf(days, shape, scale=scale),
        0.0,
        scale * 40 ** (1 / shape),
        points=[scale * 0.1, scale * 0.5, scale, scale * 2],
        limit=400,
        epsabs=1e-11,
    )
    return 1.0 - below


@pytest.mark.parametrize("dispersion", [0.0, 0.3, 2.0])
@pytest.mark.parametrize(("shape", "scale"), [(2.12, 81.8), (0.9, 20.0), (6.0, 300.0)])
def test_agrees_with_brute_force(dispersion: float, shape: float, scale: float) -> None:
    for demand in (0.2, 4.0, 25.0):
        rate = demand / scale
        found = tails([rate], 128, dispersions=[dispersion], lead=((shape, scale),))[0]
        for x in (0, 1, 3, 10, 40):
            assert found[x] == pytest.approx(brute_force(rate, dispersion, x, shape, scale), abs=1e-5)


@pytest.mark.parametrize("dispersion", [0.0, 0.7])
def test_agrees_with_simulation(dispersion: float) -> None:
    random = np.random.default_rng(8)
    draws, rate = 200_000, 0.06
    mean = rate * 81.8 * random.weibull(2.12, draws)
    if dispersion:
        mean *= random.gamma(1 / dispersion, dispersion, draws)
    orders = random.poisson(mean)
    pieces = random.choice(len(SIZES), orders.sum(), p=SIZES)
    cover = np.bincount(np.repeat(np.arange(draws), orders), pieces, draws)
    found = tails([rate], 96, dispersions=[dispersion])[0]
    for x in (0, 2, 5, 9, 15, 30):
        share = (cover > x).mean()
        assert found[x] == pytest.approx(share, abs=4.0 * np.sqrt(share * (1 - share) / draws) + 1e-4)


def test_settings_do_not_disturb_one_another() -> None:
    lead = ((2.12, 81.8), (1.1, 30.0))
    rates, dispersions, which = [0.01, 0.3, 0.05, 0.3], [0.0, 0.4, 1.5, 0.0], [0, 1, 1, 0]
    together = tails(rates, 128, dispersions=dispersions, which=which, lead=lead)
    for row in range(4):
        alone = tails([rates[row]], 128, dispersions=[dispersions[row]], lead=(lead[which[row]],))[0]
        np.testing.assert_allclose(together[row], alone, atol=1e-7)


def test_a_tilt_is_a_reweighting_of_the_sizes() -> None:
    for tilt in (-0.3, 0.15):
        weighed = SIZES * np.exp(tilt * np.arange(len(SIZES)))
        tilted = tails([0.05, 0.05], 64, tilts=[0.0, tilt])
        np.testing.assert_allclose(tilted[1], tails([0.05], 64, sizes=weighed / weighed.sum())[0], atol=1e-6)
        np.testing.assert_allclose(tilted[0], tails([0.05], 64)[0], atol=1e-9)


def test_tails_fall_and_stay_probabilities() -> None:
    found = tails([1e-6, 0.01, 0.4, 2.0], 192, dispersions=[0.0, 1.0, 0.0, 3.0])
    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert (np.diff(found, axis=1) <= 1e-12).all()


def test_sizes_beyond_the_grid_always_exceed_it() -> None:
    short = tails([0.02], 4, sizes=np.array([0.0, 0.5, 0.0, 0.0]))[0]
    long = tails([0.02], 64, sizes=np.array([0.0, 0.5, *[0.0] * 20, 0.5]))[0]
    np.testing.assert_allclose(short, long[:4], atol=1e-9)


def test_demand_so_high_that_no_order_is_impossible() -> None:
    one = np.array([0.0, 1.0])
    found = tails([30.0], 192, sizes=one, lead=((50.0, 100.0),))[0]
    np.testing.assert_allclose(found, 1.0, atol=1e-9)


def test_the_compiled_kernel_is_its_own_source() -> None:
    nodes = np.empty((1, len(compound.LEAD_WEIGHTS)))
    compound.lead_time_nodes(4.4, 0.75, nodes[0])
    grid = np.zeros(24)
    grid[: len(SIZES)] = SIZES
    results = []
    for run in (compound.safety_cover_tails, compound.safety_cover_tails.py_func):  # type: ignore[attr-defined]
        out = np.empty((2, 24))
        run(np.array([0.01, 0.05]), np.array([0.0, 0.5]), np.zeros(2, np.int64), nodes, np.array([0.0, 0.1]), grid, out)
        results.append(out)
    np.testing.assert_allclose(results[0], results[1], atol=1e-12)
