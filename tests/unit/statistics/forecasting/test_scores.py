"""Scores of laws and intervals, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.statistics.forecasting import scores
from spareverse.statistics.forecasting.scores import coverage, crps_counts, interval_score, law_quantiles, pinball

NAN = np.nan
COIN = np.array([[0.5, 0.5, 0.0]])


def test_crps_is_the_area_between_the_law_and_what_happened() -> None:
    assert crps_counts(COIN, 1.0, [0.0])[0] == pytest.approx(0.25)
    assert crps_counts(COIN, 1.0, [1.0])[0] == pytest.approx(0.25)
    assert crps_counts(COIN, 1.0, [3.0])[0] == pytest.approx(2.25)
    assert crps_counts(COIN, 1.0, [70.0])[0] == pytest.approx(69.25)


def test_crps_on_a_coarse_grid_and_between_its_points() -> None:
    assert crps_counts(COIN, 10.0, [10.0])[0] == pytest.approx(2.5)
    # half a cell with F = 0.5 below, half with 1 - F = 0.5 above
    assert crps_counts(COIN, 10.0, [5.0])[0] == pytest.approx(2.5)
    assert crps_counts(COIN, 10.0, [12.0])[0] == pytest.approx(2.5 + 2.0)


def test_mass_beyond_the_grid_counts_at_its_end() -> None:
    short, whole = np.array([[0.5, 0.25]]), np.array([[0.5, 0.25, 0.25]])
    for seen in (0.0, 1.0, 2.0, 5.0):
        assert crps_counts(short, 1.0, [seen]) == pytest.approx(crps_counts(whole, 1.0, [seen]))


def test_a_certain_law_scores_the_absolute_error() -> None:
    law = np.zeros((1, 20))
    law[0, 7] = 1.0
    assert crps_counts(law, 1.0, [2.0, 7.0, 11.5, 40.0], [0, 0, 0, 0]) == pytest.approx([5.0, 0.0, 4.5, 33.0])


def test_missing_and_impossible_observations_have_no_score() -> None:
    assert np.isnan(crps_counts(COIN, 1.0, [NAN, -1.0, np.inf], [0, 0, 0])).all()
    assert np.isnan(crps_counts(COIN * NAN, 1.0, [1.0])).all()


def test_single_precision_serves_too() -> None:
    assert crps_counts(COIN.astype(np.float32), 1.0, [3.0])[0] == pytest.approx(2.25)


def test_observations_without_a_law_are_refused() -> None:
    for law in ([0, 1], [-1, 0], [0], None):
        with pytest.raises(ValueError, match="row of its law"):
            crps_counts(COIN, 1.0, [1.0, 2.0], law)


def test_quantiles_of_a_law() -> None:
    laws = np.array([[0.25, 0.5, 0.2], [0.1, 0.2, 0.7], [NAN, NAN, NAN]])
    found = law_quantiles(laws, [1.0, 5.0, 1.0], [0.25, 0.5, 0.96])
    assert found.tolist()[:2] == [[0.0, 1.0, np.inf], [5.0, 10.0, 10.0]]
    assert np.isnan(found[2]).all()
    # ten tenths sum to less than one
    assert law_quantiles(np.full((1, 10), np.float32(0.1)), 1.0, 0.9)[0, 0] == 8.0
    with pytest.raises(ValueError, match="between 0 and 1"):
        law_quantiles(laws, 1.0, 1.0)


def test_pinball() -> None:
    assert pinball([10.0, 10.0, 10.0], [14.0, 7.0, NAN], 0.9) == pytest.approx([3.6, 0.3, NAN], nan_ok=True)


def test_twice_the_pinball_over_all_levels_is_the_crps() -> None:
    law = np.random.default_rng(2).dirichlet(np.ones(12))[None, :]
    levels = (np.arange(20_000) + 0.5) / 20_000
    for seen in (0.0, 4.0, 11.0):
        area = 2.0 * pinball(law_quantiles(law, 1.0, levels)[0], seen, levels).mean()
        assert area == pytest.approx(crps_counts(law, 1.0, [seen])[0], abs=1e-3)


def test_interval_score_is_width_and_misses() -> None:
    # 2 / (1 - 0.8) = 10 a piece missed
    assert interval_score(2.0, 5.0, [3.0, 1.5, 7.0, NAN], 0.8) == pytest.approx([3.0, 8.0, 23.0, NAN], nan_ok=True)
    with pytest.raises(ValueError, match="between 0 and 1"):
        interval_score(0.0, 1.0, 0.5, 1.0)


def test_coverage_counts_ends_and_leaves_missing_out() -> None:
    share, low, high = coverage([0, 0, 0, 0, 0], [2, 2, 2, 2, 2], [0, 1, 2, 3, NAN])
    assert share == 0.75
    assert 0.0 <= low < 0.75 < high <= 1.0
    assert np.isnan(coverage([0], [1], [NAN])).all()


def test_compiled_and_plain_agree() -> None:
    random = np.random.default_rng(6)
    laws = random.dirichlet(np.ones(30), 20) * 0.98
    seen = random.uniform(0, 80, 20)
    found = np.full(20, NAN)
    scores._crps_many.py_func(laws, np.full(20, 2.0), seen, np.arange(20), 0, 20, found)
    assert found == pytest.approx(crps_counts(laws, 2.0, seen), rel=1e-12)
    assert scores._crps.py_func(laws[0], 2.0, seen[0]) == pytest.approx(found[0], rel=1e-12)
