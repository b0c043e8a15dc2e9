"""Weibull fits that other people published: ball bearings, the NIST handbook, and a trap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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


def test_every_maximum_likelihood_weibull_of_the_collection(shared: Path) -> None:
    cases: list[dict[str, Any]] = json.loads((shared / "cases" / "known-answers.json").read_text(encoding="utf-8"))
    tested = 0
    for case in cases:
        if case["area"] != "1-weibull" or not case["id"].startswith("WBL-"):
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
