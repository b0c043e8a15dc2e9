"""Intervals of a study hold the exact value as often as they say; see study_coverage.py."""

from __future__ import annotations

import numpy as np
import pytest

from long.study_coverage import PRECISION, SEEDS, Coverage, cover, document, picture, studies

QUICK = 60
NAMES = list(studies())


def test_quick_intervals_hold() -> None:
    """60 seeds: four standard errors of a share of 0.95 are 0.11."""
    found = cover(NAMES[0], QUICK)
    assert {each.measure for each in found} == {"availability", "failures", "stock_outs", "orders", "mean_stock"}
    for each in found:
        assert each.share == pytest.approx(0.95, abs=0.11), each.measure


def test_quick_page_and_picture_show_what_missed() -> None:
    limits = np.array([[0.4, 0.6]] * 19 + [[0.6, 0.7]])
    found = [Coverage("study", "100 runs", "availability", 0.5, limits, 100.0)]
    assert found[0].share == 0.95
    assert "95.0% | 75.1% to 99.9%" in document(found)
    assert picture(found).count("#c8452f") == 1
    assert "1 miss the exact 0.5000" in picture(found)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_fixed_runs_cover_93_to_97_percent(name: str) -> None:
    assert 0.93 <= cover(name, SEEDS)[0].share <= 0.97


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES[:2])
def test_stopping_at_a_half_width_covers_93_to_97_percent(name: str) -> None:
    found = cover(name, SEEDS, precision=PRECISION)[0]
    assert 0.93 <= found.share <= 0.97
    assert (np.diff(found.limits, axis=1) <= 2 * PRECISION + 1e-12).all()
