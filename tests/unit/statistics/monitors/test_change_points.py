"""Best splits: exact chances beside enumeration and drawing, false discoveries, planted changes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from drawn_streams import drawn, of_table
from spareverse.statistics.monitors.change_points import (
    EDGE,
    chance_of_split,
    chances_of_splits,
    log_ratio,
    split_counts,
    split_values,
)
from spareverse.statistics.monitors.false_discoveries import q_values


def best(counts: tuple[int, ...]) -> float:
    total, periods = sum(counts), len(counts)
    splits = range(EDGE, periods - EDGE + 1)
    return max(log_ratio(float(sum(counts[:split])), float(total), split / periods) for split in splits)


@pytest.mark.parametrize("dispersion", [1.0, 2.5])
def test_exact_chances_beside_all_courses_of_five_events_in_eight_periods(dispersion: float) -> None:
    chances: dict[tuple[int, ...], float] = {}
    for counts in itertools.product(range(6), repeat=8):
        if sum(counts) == 5:
            logs = -sum(math.lgamma(x + 1.0) for x in counts)
            if dispersion > 1.0:
                shape = 5 / 8 / (dispersion - 1.0)
                logs += sum(math.lgamma(x + shape) - math.lgamma(shape) for x in counts)
            chances[counts] = math.exp(logs)
    whole = sum(chances.values())
    for ratio in (0.5, 1.5, 2.5):
        wanted = sum(chance for counts, chance in chances.items() if best(counts) >= ratio) / whole
        assert chance_of_split(5, 8, dispersion, ratio) == pytest.approx(wanted, rel=1e-9)


def test_the_statistic_and_the_split_are_the_best_ones() -> None:
    table = np.random.default_rng(3).poisson(0.8, (40, 30))
    found = split_counts(of_table(table))
    for stream, at, statistic in zip(found.stream, found.at, found.statistic, strict=True):
        counts = tuple(int(x) for x in table[stream])
        reached = log_ratio(float(sum(counts[:at])), float(sum(counts)), at / 30)
        assert reached == pytest.approx(best(counts))
        assert statistic <= reached + 1e-12


@pytest.mark.parametrize(("rate", "dispersion"), [(0.15, 1.0), (1.0, 1.0), (1.0, 2.0), (12.0, 1.0)])
def test_p_values_of_streams_without_a_change(rate: float, dispersion: float) -> None:
    """4,000 streams: p-values below 1 % and 0.1 % at most as often as they say (three standard errors)."""
    found = split_counts(drawn(np.full((4000, 60), rate), 21, dispersion))
    for most in (0.01, 0.001):
        assert np.mean(found.p_value < most) <= most + 3.0 * math.sqrt(most / len(found.stream))
    assert np.mean(found.p_value < 0.01) > 0.002 or rate < 0.5


def test_large_totals_are_answered_by_the_limit() -> None:
    """60 months of 4,000 lines, alike or from the middle on 5 % more, which is twelve standard errors."""
    rate = np.full((60, 60), 4000.0)
    rate[0, 30:] *= 1.05
    found = split_counts(drawn(rate, 14))
    assert found.p_value[0] < 1e-6
    assert np.sort(found.p_value[1:])[0] > 1e-4
    questions = np.array([[5001.0, 60.0, 1.0, 6.0], [5000.0, 60.0, 1.0, 6.0]])
    answers = np.empty(2)
    chances_of_splits(questions, 0, 2, answers)
    assert answers[0] == pytest.approx(answers[1])


def test_planted_changes_among_many() -> None:
    """2,000 streams, 200 of them from 0.5 to 2 lines a month at month 30: more than 80 % found, few others."""
    rate = np.full((2000, 60), 0.5)
    rate[:200, 30:] = 2.0
    found = split_counts(drawn(rate, 8))
    shown = q_values(found.p_value) <= 0.1
    true = found.stream < 200
    assert shown[true].mean() > 0.8
    assert (shown & ~true).sum() / shown.sum() < 0.15
    assert found.upward[shown & true].all()
    assert np.median(np.abs(found.at[shown & true] - 30)) <= 2


def test_ranks_find_a_shift_of_any_law_and_say_how_sure() -> None:
    """Pettitt: 1,000 streams of 60 without a change, at most 5 % below 5 %; then a doubling at 30."""
    rng = np.random.default_rng(13)
    table = np.exp(rng.normal(size=(1000, 60)))
    starts = np.arange(1001) * 60
    assert np.mean(split_values(starts, table.ravel()).p_value < 0.05) <= 0.05
    table[:, 30:] *= 3.0
    found = split_values(starts, table.ravel())
    assert np.mean((found.p_value < 0.05) & found.upward) > 0.7
    assert abs(np.median(found.at) - 30) <= 1
