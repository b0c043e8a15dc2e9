"""Answers that other people published: Weibull fits, spares under Poisson demand, few machines with spares."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spareverse.optimisation.spares.erlang import offered_load
from spareverse.optimisation.spares.finite_population import MachineRepair
from spareverse.optimisation.spares.marginal import efficient_points
from spareverse.optimisation.spares.palm import expected_backorders
from spareverse.reproduction.known_answers import run
from spareverse.statistics.weibull import WeibullFit, fit

BEARINGS = [
    17.88, 28.92, 33, 41.52, 42.12, 45.6, 48.4, 51.84, 51.96, 54.12, 55.56, 67.8, 68.64, 68.64, 68.88, 84.12, 93.12,
    98.64, 105.12, 105.84, 127.92, 128.04, 173.4,
]  # fmt: skip


def fitted(failures: list[float], right_censored: list[float]) -> WeibullFit:
    values = np.array([*failures, *right_censored], dtype=float)
    return fit(values, np.arange(len(values)) >= len(failures))


def test_ball_bearings_of_lieblein_and_zelen() -> None:
    """Lieblein & Zelen 1956; Lawless and Meeker & Escobar print 2.10 and 81.9."""
    found = fitted(BEARINGS, [])
    assert (found.distribution.shape, found.distribution.scale) == pytest.approx((2.101847, 81.8746), rel=1e-6)
    assert found.log_likelihood == pytest.approx(-113.69196, abs=1e-5)


def test_twenty_units_of_the_nist_handbook() -> None:
    """NIST/SEMATECH e-Handbook, 8.4.1: ten failures, stopped at 500 hours; prints 1.7207 and 606.5280."""
    found = fitted([54, 187, 216, 240, 244, 335, 361, 373, 375, 386], [500] * 10)
    assert (found.distribution.shape, found.distribution.scale) == pytest.approx((1.720797, 606.5276), rel=1e-6)
    assert found.log_likelihood == pytest.approx(-75.13462, abs=1e-5)
    assert (found.failures, found.censored) == (10, 10)


def test_six_units_of_kececioglu() -> None:
    found = fitted([16, 34, 53, 75, 93, 120], [])
    assert (found.distribution.shape, found.distribution.scale) == pytest.approx((1.932678, 73.5261), rel=1e-6)


def test_the_trap_of_abernethys_figure() -> None:
    """The New Weibull Handbook, figure 2-5, prints 2.024 and 94.998: a rank regression, not maximum likelihood."""
    found = fitted([90, 96, 30, 49, 82], [100, 45, 10])
    assert (found.distribution.shape, found.distribution.scale) == pytest.approx((3.017019, 87.9563), rel=1e-6)


LEAST = [("1", 8), ("2", 8), ("3", 18), ("4a", 4), ("4b", 10), ("5", 6), ("6a", 3), ("6b", 1), ("7", 3)]


@pytest.mark.parametrize(("area", "least"), LEAST, ids=str)
def test_every_case_of_the_collection_agrees(area: str, least: int, shared: Path) -> None:
    """Within the tolerance of each case, every figure of it; ``reproduce known-answers`` shows the same."""
    found = run(shared / "cases" / "known-answers.json", area)
    assert len(found["cases"]) >= least
    for case in found["cases"]:
        assert case["verdict"] == "agrees", [figure for figure in case["figures"] if figure["verdict"] != "agrees"]


# spares under Poisson demand ---------------------------------------------------------------------------------------


def test_erlang_traffic_table() -> None:
    """Offered load at 1 % blocking, as printed to three digits in traffic tables."""
    printed = {1: 0.0101, 2: 0.153, 3: 0.455, 4: 0.869, 5: 1.36, 6: 1.91, 8: 3.13, 10: 4.46, 20: 12.0, 30: 20.3}
    for servers, load in printed.items():
        assert offered_load(servers, 0.01) == pytest.approx(load, rel=5e-3), servers


def test_nine_units_of_the_royal_institute_of_technology() -> None:
    """KTH course SF2863, assignment of 2021: the last efficient plan costs 506 and leaves 0.54187 backorders."""
    rates = (0.05, 0.04, 0.045, 0.05, 0.025, 0.048, 0.06, 0.035, 0.015)
    times = (6, 8, 14, 25, 12, 18, 33, 8, 12)
    costs = (12, 14, 21, 20, 11, 45, 75, 30, 22)
    last = efficient_points([rate * time for rate, time in zip(rates, times, strict=True)], costs, budget=506)[-1]
    assert last.stock == (1, 1, 2, 3, 1, 2, 3, 1, 1)
    assert (last.cost, last.expected_backorders) == pytest.approx((506, 0.54187), abs=2e-5)


def test_depot_of_sherbrooke() -> None:
    """Sherbrooke 2004, chapter 3: 92.8 demands a year, repair of 0.02531 years."""
    stock = np.arange(4)
    assert expected_backorders(stock, 92.8 * 0.02531) == pytest.approx(
        [2.348768, 1.444255, 0.764018, 0.347167], abs=1e-6
    )


# few machines with spares ------------------------------------------------------------------------------------------


def test_five_machines_of_gross_and_harris() -> None:
    """Fundamentals of Queueing Theory prints p0 = 0.619 and L = 0.465 for MTBF 30 h, repair 3 h, two repairers."""
    model = MachineRepair(5, 0, 2, 30.0, 3.0)
    assert (model.probabilities[0], model.mean_failed) == pytest.approx((0.619, 0.465), abs=6e-4)


def test_two_machines_of_hillier_and_lieberman() -> None:
    model = MachineRepair(2, 0, 1, 10.0, 8.0)
    assert list(model.probabilities) == pytest.approx([1 / 3.88, 1.6 / 3.88, 1.28 / 3.88])
