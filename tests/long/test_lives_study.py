"""The limits of lives hold in 93 to 97 of 100 generated fleets that are truncated and censored; the bias is small."""

from __future__ import annotations

import math

import pytest

from long.lives_study import TRUTHS, life_study

pytestmark = pytest.mark.long

FLEETS = 4_000


@pytest.mark.parametrize("truth", TRUTHS, ids=[f"shape {shape:g}" for shape, _ in TRUTHS])
@pytest.mark.parametrize("positions", [60, 150])
def test_limits_hold(truth: tuple[float, float], positions: int) -> None:
    study = life_study(truth, FLEETS, positions, 2_023)
    assert study.fitted >= 0.999 * FLEETS
    # The likelihood's bias of ln shape falls with the failures.
    assert abs(study.shape_bias) < 1.2 / study.failures + 4 * study.bias_error
    assert abs(study.scale_bias) < 0.05
    slack = 3 * math.sqrt(0.95 * 0.05 / FLEETS)
    for share in study.covered.values():
        assert 0.93 - slack < share < 0.97 + slack
