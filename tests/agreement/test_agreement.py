"""The product against closed forms, exact chains and the independent SimPy model; comparison.py writes the page.

Fixed seeds. Bound: four standard errors of the difference, widened for few runs (Student's t); by chance one test in
some hundred would fail, once and for all, at another seed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from agreement.cases import MONTHLY, PAPER, all_cases, chained
from agreement.comparison import FAR, Case, Estimate, Row, compare, document, other, product
from spareverse.optimisation.spares import Fleet

QUICK_RUNS = 400
QUICK_SIMPY_RUNS = 16
CASES = all_cases()
KNOWN = [case for case in CASES if case.exact]
BESIDE = [case for case in CASES if not case.exact]


def named(case: Case) -> str:
    return case.name


def far(runs: int) -> float:
    """The distance that Student's t exceeds as rarely as a normal exceeds ``FAR``."""
    return float(student.isf(norm.sf(FAR), runs - 1))


def test_there_are_enough_cases() -> None:
    assert len(KNOWN) >= 25
    assert len([case for case in CASES if case.simpy_runs]) >= 25
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", KNOWN, ids=named)
def test_the_product_agrees_with_the_exact_answer(case: Case) -> None:
    runs = min(QUICK_RUNS, case.runs)
    for measure, estimate in product(case, runs).items():
        distance = abs(estimate.mean - case.exact[measure]) / max(estimate.error, 1e-12)
        assert distance < far(runs), (measure, estimate, case.exact[measure])


@pytest.mark.parametrize("case", BESIDE, ids=named)
def test_the_product_agrees_with_simpy(case: Case) -> None:
    ours, simpy = product(case, QUICK_RUNS), other(case, QUICK_SIMPY_RUNS)
    for measure in case.measures:
        error = max(np.hypot(ours[measure].error, simpy[measure].error), 1e-12)
        distance = abs(ours[measure].mean - simpy[measure].mean) / error
        assert distance < far(QUICK_SIMPY_RUNS), (measure, ours[measure], simpy[measure])


def test_the_comparison_can_fail() -> None:
    """One hour more of replacement, or the other emergency rule, is seen."""
    fleet = Fleet(1, MONTHLY, 800.0, 8.0, "own_piece")
    case = chained("own piece", PAPER, fleet)
    for wrong in (replace(fleet, mean_replacement_h=24.0), replace(fleet, emergency="first_arrival")):
        exact = chained("other", PAPER, wrong).exact["availability"]
        estimate = product(case, QUICK_RUNS)["availability"]
        assert abs(estimate.mean - exact) / estimate.error > FAR


def test_the_page_tells_a_difference() -> None:
    case = KNOWN[0]
    rows = compare(case, 50, 2)
    spoilt = Row(case, "availability", 0.5, Estimate(0.8, 0.001, 50), None)
    page = document([*rows, spoilt, Row(BESIDE[0], "orders", None, Estimate(5, 1, 9), Estimate(6, 1, 9))])
    assert "differs by 300.0 standard errors" in page
    assert page.count("| agrees |") == len(rows) + 1
    assert "nan" not in page


@pytest.mark.long
@pytest.mark.parametrize("case", [case for case in CASES if case.simpy_runs], ids=named)
def test_all_three_agree(case: Case) -> None:
    for row in compare(case, case.runs, case.simpy_runs):
        assert row.verdict == "agrees", row
