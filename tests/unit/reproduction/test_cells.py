"""Verdicts: what agrees, what differs, what is only an input, and what single runs leave open."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.reproduction.cells import ANY_VALUE, apart, check, given, over_runs, ratio

RUNS = np.random.default_rng(5).normal(100.0, 10.0, 4_000)


def test_mean_limits_and_single_runs() -> None:
    found = over_runs(RUNS)
    assert found["ours"] == pytest.approx(RUNS.mean())
    assert found["high"] - found["ours"] == pytest.approx(1.96 * RUNS.std(ddof=1) / np.sqrt(4_000), rel=1e-3)
    assert (found["run_low"], found["run_high"]) == pytest.approx((80.4, 119.6), abs=1.0)


@pytest.mark.parametrize(
    ("paper", "verdict"), [(100.0, "agrees"), (118.0, "agrees"), (125.0, "differs"), (75.0, "differs")]
)
def test_the_paper_s_run_must_be_like_one_of_ours(paper: float, verdict: str) -> None:
    assert check("x", "o", paper, over_runs(RUNS))["verdict"] == verdict


def test_a_closed_form_is_held_against_the_mean_not_the_single_run() -> None:
    assert check("x", "o", None, over_runs(RUNS), exact=float(RUNS.mean()) + 0.3)["verdict"] == "agrees"
    assert check("x", "o", None, over_runs(RUNS), exact=102.0)["verdict"] == "differs"
    assert check("x", "o", None, over_runs(RUNS))["verdict"] == "not published"


def test_an_input_never_agrees() -> None:
    assert given("x", "o", 3.0, 3.0, "pieces")["verdict"] == "input"


def test_single_runs_are_compared_unpaired_as_published_ones_are() -> None:
    """The mean of a perfectly paired difference has no noise; two single runs still differ by chance."""
    found = apart(RUNS + 5.0, RUNS)
    assert found["high"] - found["low"] < 1e-9
    assert found["run_high"] - found["run_low"] == pytest.approx(2 * 1.96 * 10.0 * np.sqrt(2.0), rel=0.1)


def test_a_ratio_over_a_gap_that_can_vanish_has_no_single_run() -> None:
    far = ratio((2.0 * RUNS, RUNS), (RUNS, np.zeros_like(RUNS)))
    assert far["ours"] == pytest.approx(1.0)
    assert far["run_low"] < 1.0 < far["run_high"]
    near = ratio((RUNS + 50.0, RUNS), (RUNS + 1.0, RUNS))
    assert near["run_low"] is None
    cell = check("x", "o", 7.0, near, remark="first")
    assert (cell["verdict"], cell["remark"]) == ("cannot be told", f"first; {ANY_VALUE}")
