"""Figures of lives and removals: what they draw is what was found, and they say it in words."""

from __future__ import annotations

import numpy as np
import pytest

from long.lives_study import fleet
from spareverse.figures.plan.lives import hazard_figure, kaplan_meier, life_figure, removal_figure
from spareverse.statistics import lives
from spareverse.statistics.lives import Lives

SEEN = fleet(np.random.default_rng(2), 150, 2.2, 15_000.0)
FIT = lives.fit(SEEN)
DRAWS = lives.parameter_draws(SEEN, 50, 0)


def test_kaplan_meier_counts_late_entries() -> None:
    """Three units; the third is watched from age 6 on, so the failure at 5 is one of two."""
    some = Lives(np.array([0.0, 0.0, 6.0]), np.array([5.0, 10.0, 8.0]), np.array([True, False, True]))
    ages, share, at_risk = kaplan_meier(some)
    assert ages.tolist() == [0.0, 5.0, 8.0]
    assert share.tolist() == [1.0, 0.5, 0.25]
    assert at_risk.tolist() == [2, 2, 2]


def test_life_and_hazard() -> None:
    life, hazard = life_figure(SEEN, FIT, DRAWS, ignoring=FIT), hazard_figure(SEEN, FIT, DRAWS)
    assert life.drawn
    assert hazard.drawn
    assert "old units fail more often" in life.title
    assert hazard.data["failures"].sum() == SEEN.failures
    assert hazard.data["worked"].sum() == pytest.approx(float((SEEN.exit - SEEN.entry).sum()))
    assert "come under observation" in life.note or "came under observation" in life.note
    assert life.json()
    assert hazard.dark().json()


def test_without_failures_words_stand_in() -> None:
    quiet = Lives(np.zeros(2), np.ones(2), np.zeros(2, dtype=bool))
    assert not life_figure(quiet, FIT, DRAWS).drawn
    assert not hazard_figure(quiet, FIT, DRAWS).drawn
    assert not removal_figure([], []).drawn


def test_removals_beside_their_forecasts() -> None:
    quarters = [{"quarter": f"2018 Q{n}", "removed": 70 + n} for n in (1, 2, 3)]
    ends = {"low_80": 60, "high_80": 80, "low_95": 50, "high_95": 90}
    forecasts = [{"quarter": f"2018 Q{n}", "mean": 71.5, "actual": a} | ends for n, a in ((2, 72), (3, 200))]
    figure = removal_figure(quarters, forecasts)
    assert figure.title.startswith("1 of 2 quarters")
    assert figure.data.height == 3
    assert figure.json()
