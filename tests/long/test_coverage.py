"""The intervals hold the truth as often as they say; see coverage.py for the two truths."""

from __future__ import annotations

import pytest

from long.coverage import PARTS, SEED, Study, document, pairs_study, process_study

QUICK = 400
# Four standard errors of a share of 0.95 among 400 parts.
QUICK_SLACK = 4.0 * (0.95 * 0.05 / QUICK) ** 0.5


def shares(study: Study) -> tuple[float, float]:
    return study.median.covered, study.ninety.covered


@pytest.fixture(scope="module")
def quick_pairs() -> Study:
    return pairs_study(8, QUICK, SEED)


@pytest.fixture(scope="module")
def quick_process() -> Study:
    return process_study(8, QUICK, SEED)


def test_quick_pairs(quick_pairs: Study) -> None:
    for covered in shares(quick_pairs):
        assert covered == pytest.approx(0.95, abs=QUICK_SLACK)
    assert quick_pairs.median.with_limits > 0.99
    # Limits of a share observed 8 times cannot be much narrower than its binomial ones.
    assert 0.4 < quick_pairs.median.width < 0.6


def test_quick_process(quick_process: Study) -> None:
    for covered in shares(quick_process):
        assert covered == pytest.approx(0.95, abs=QUICK_SLACK)
    assert quick_process.open_share == pytest.approx(0.2, abs=0.02)
    optimum = quick_process.optimum
    assert optimum is not None
    assert optimum.covered >= 0.95 - QUICK_SLACK
    assert optimum.width < 1.3 * optimum.oracle_width
    assert 0.0 <= optimum.regret < 0.05 * optimum.true_cost
    assert optimum.regret_pairs < 0.5 * optimum.paper_regret


def test_quick_limits_say_when_data_are_few() -> None:
    for cycles in (0, 1):
        assert pairs_study(cycles, 20, SEED).median.with_limits == 0.0
    # Without any purchase the group predicts nothing: the assumed lead time is wide and says so.
    nothing = process_study(0, 60, SEED)
    assert min(shares(nothing)) > 0.95
    assert nothing.median.width > 0.5


def test_quick_page_has_every_row(quick_pairs: Study, quick_process: Study) -> None:
    page = document([quick_pairs], [quick_process])
    assert page.count("\n| 8 | ") == 3
    assert "nan" not in page


@pytest.mark.long
@pytest.mark.parametrize("cycles", [8, 11, 20])
def test_pairs_cover_93_to_97_percent(cycles: int) -> None:
    for covered in shares(pairs_study(cycles, PARTS, SEED)):
        assert 0.93 <= covered <= 0.97


@pytest.mark.long
@pytest.mark.parametrize("cycles", [8, 11, 20])
def test_process_covers_93_to_97_percent(cycles: int) -> None:
    study = process_study(cycles, PARTS, SEED)
    for covered in shares(study):
        assert 0.93 <= covered <= 0.97
    assert abs(study.median.bias) < 0.01
    assert abs(study.ninety.bias) < 0.01
    optimum = study.optimum
    assert optimum is not None
    assert optimum.covered >= 0.95
    assert optimum.width < 1.2 * optimum.oracle_width
    assert optimum.regret < 0.035 * optimum.true_cost
    assert optimum.regret_pairs < 0.5 * optimum.paper_regret


@pytest.mark.long
@pytest.mark.parametrize("cycles", [3, 5])
def test_few_cycles_are_never_oversold(cycles: int) -> None:
    for study in (pairs_study(cycles, PARTS, SEED), process_study(cycles, PARTS, SEED)):
        assert min(shares(study)) >= 0.93
