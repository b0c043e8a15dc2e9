"""Answers that other people published: Weibull fits, spares under Poisson demand, few machines with spares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spareverse.network.distributions import Weibull
from spareverse.optimisation.spares.erlang import blocking, offered_load
from spareverse.optimisation.spares.finite_population import MachineRepair
from spareverse.optimisation.spares.marginal import efficient_points
from spareverse.optimisation.spares.palm import backorder_variance, expected_backorders, fill_rate
from spareverse.optimisation.spares.single_asset import one_for_one, without_stock
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


def collection(shared: Path, area: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((shared / "cases" / "known-answers.json").read_text(encoding="utf-8"))
    return [case for case in cases if case["area"] == area]


def test_every_maximum_likelihood_weibull_of_the_collection(shared: Path) -> None:
    tested = 0
    for case in collection(shared, "1-weibull"):
        if not case["id"].startswith("WBL-"):
            continue
        expected = case["expected"].get("mle", case["expected"])
        found = fitted(case["inputs"]["failures"], case["inputs"]["right_censored"])
        tolerance = case["tolerance"].get("mle_rel", case["tolerance"].get("rel"))
        pair = (found.distribution.shape, found.distribution.scale)
        assert pair == pytest.approx((expected["shape"], expected["scale"]), rel=tolerance), case["id"]
        if "loglik" in expected:
            assert found.log_likelihood == pytest.approx(expected["loglik"], abs=2e-3), case["id"]
        tested += 1
    assert tested >= 6


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


def test_every_single_site_stock_of_the_collection(shared: Path) -> None:
    tested = 0
    for case in collection(shared, "4a-single-site-spares"):
        given, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]
        if "pairs" in given:
            found = [blocking(int(servers), load) for servers, load in given["pairs"]]
            assert found == pytest.approx(expected["blocking"], rel=tolerance["rel"]), case["id"]
        elif "blocking" in given:
            found = [offered_load(servers, given["blocking"]) for servers in given["n"]]
            rounding = 0.5e-5  # the table is printed to five decimals, which is coarser than its tolerance at n = 1
            assert found == pytest.approx(expected["offered_load"], rel=tolerance["rel"], abs=rounding), case["id"]
        elif "unit_cost" in given:
            pairs = zip(given["demand_rate_per_hour"], given["mean_repair_time_h"], strict=True)
            points = efficient_points([rate * time for rate, time in pairs], given["unit_cost"], budget=506)
            plans = {point.stock: point for point in points}
            for printed in expected["efficient_points"]:
                point = plans[tuple(printed["stock"])]
                assert point.cost == printed["cost"], case["id"]
                assert point.expected_backorders == pytest.approx(printed["ebo"], abs=tolerance["ebo_abs"]), case["id"]
            assert len(points) == len(expected["efficient_points"])
        else:
            pipeline = given["demand_rate"] * given["mean_repair_time"]
            assert pipeline == pytest.approx(expected["pipeline_mean"], abs=tolerance["abs"])
            for name, function in (
                ("ebo_by_stock", expected_backorders),
                ("var_backorders_by_stock", backorder_variance),
                ("fill_rate_by_stock", fill_rate),
            ):
                values = function(np.arange(len(expected[name])), pipeline)
                assert values == pytest.approx(expected[name], abs=tolerance["abs"]), (case["id"], name)
        tested += 1
    assert tested == 4


# few machines with spares ------------------------------------------------------------------------------------------


def test_five_machines_of_gross_and_harris() -> None:
    """Fundamentals of Queueing Theory prints p0 = 0.619 and L = 0.465 for MTBF 30 h, repair 3 h, two repairers."""
    model = MachineRepair(5, 0, 2, 30.0, 3.0)
    assert (model.probabilities[0], model.mean_failed) == pytest.approx((0.619, 0.465), abs=6e-4)


def test_two_machines_of_hillier_and_lieberman() -> None:
    model = MachineRepair(2, 0, 1, 10.0, 8.0)
    assert list(model.probabilities) == pytest.approx([1 / 3.88, 1.6 / 3.88, 1.28 / 3.88])


def test_every_finite_population_of_the_collection(shared: Path) -> None:
    tested = 0
    for case in collection(shared, "5-finite-population"):
        given, expected, tolerance = case["inputs"], case["expected"], case["tolerance"]
        relative = tolerance.get("rel", tolerance.get("exact_rel", tolerance.get("analytic_rel")))
        if "table" in given:
            found: dict[str, Any] = {
                "availability": [one_for_one(int(spares), given["mtbf"], lead) for spares, lead in given["table"]]
            }
        elif "rows" in given:
            found = {
                "availability": [
                    without_stock(row.get("mtbf") or weibull_mean(row["life"]), row["mean_lead"], row["repair"])
                    for row in given["rows"]
                ]
            }
        else:
            positions = given.get("operating_positions", given.get("machines"))
            model = MachineRepair(positions, given["spares"], given["repairers"], given["mtbf"], given["mttr"])
            found = {
                "p": list(model.probabilities),
                "p0_exact": model.probabilities[0],
                "mean_failed": model.mean_failed,
                "mean_failed_exact": model.mean_failed,
                "mean_operating": model.mean_operating,
                "availability": model.availability,
                "prob_all_N_operating": model.all_operating,
            }
        printed = tolerance.get("printed_abs")
        compared = 0
        for name, value in expected.items():
            if name in found:
                coarse = printed is not None and f"{name}_exact" in expected
                close = pytest.approx(value, abs=printed) if coarse else pytest.approx(value, rel=relative)
                assert found[name] == close, (case["id"], name)
                compared += 1
        assert compared >= 1, case["id"]
        tested += 1
    assert tested == 6


def weibull_mean(words: str) -> float:
    """Mean of a law given in words: Weibull shape 2 scale 1000."""
    law, _, shape, _, scale = words.split()
    assert law == "Weibull"
    return Weibull(float(shape), float(scale)).mean
