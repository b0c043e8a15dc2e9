"""Charts of counts: exact chances, hand-made courses, false alarms under the null, what is found of planted changes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_streams import drawn, of_table
from spareverse.statistics.monitors.count_run_length import count_chances, count_cusum_run_length
from spareverse.statistics.monitors.counts import rate_limits, watch_counts
from spareverse.statistics.monitors.excursions import NEVER, chance_of_alarm, walk_down, walk_up
from spareverse.statistics.monitors.false_discoveries import q_values


def room(h: int) -> tuple[np.ndarray, np.ndarray]:
    return np.empty(h + 1), np.empty(h + 1)


@pytest.mark.parametrize(("mean", "dispersion", "upward"), [(0.1, 1.0, True), (2.0, 1.0, False), (3.0, 2.0, True)])
def test_the_chance_of_an_alarm_goes_with_the_run_length(mean: float, dispersion: float, upward: bool) -> None:
    """Run length = sum over t of P(no alarm within t), to the digits of the sum."""
    q, r = (20, 4) if mean < 1.0 else (2, 5)
    h = 30
    exact = count_cusum_run_length(count_chances(mean, dispersion), r / q, h / q, upward=upward)
    none = [1.0 - chance_of_alarm(mean, dispersion, 1, r, q, h, t, upward, *room(h)) for t in range(int(15 * exact))]
    assert math.fsum(none) == pytest.approx(exact, rel=1e-6)


def test_large_counts_in_units_have_nearly_the_same_chance() -> None:
    exact = chance_of_alarm(400.0, 1.0, 1, 411, 1, 120, 36, True, *room(120))
    in_units = chance_of_alarm(400.0, 1.0, 3, 137, 1, 40, 36, True, *room(40))
    assert in_units == pytest.approx(exact, rel=0.12)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=30, max_size=50), st.integers(1, 5), st.integers(1, 3), st.integers(1, 20))
def test_charts_skip_empty_periods_without_changing_anything(counts: list[int], r: int, q: int, limit: int) -> None:
    streams = of_table(np.array([counts]))
    for upward in (True, False):
        highest, since, raised, noticed = plain(counts, 12, r, q, limit, upward)
        out = [np.empty(1, np.int64) for _ in range(4)]
        one = [np.array([value]) for value in (12, r, q, limit)]
        events = (streams.starts, streams.period, streams.count)
        if upward:
            walk_up(*events, *one, 0, 1, *out)
        else:
            walk_down(*events, one[0], len(counts), *one[1:], 0, 1, *out)
        assert [int(value[0]) for value in out] == [highest, since, raised, noticed]


def plain(counts: Sequence[int], begin: int, r: int, q: int, limit: int, upward: bool) -> tuple[int, ...]:
    """The same chart, period by period."""
    s, climb, crossed, noticed, best = 0, begin, NEVER, NEVER, (0, NEVER, NEVER)
    for t in range(begin, len(counts)):
        if s == 0:
            climb, crossed = t, NEVER
        s = max(0, s + (q * counts[t] - r if upward else r - q * counts[t]))
        if s >= limit and crossed == NEVER:
            crossed = t
            noticed = t if noticed == NEVER else noticed
        if s > best[0]:
            best = (s, climb, crossed)
    return *best, noticed


@pytest.mark.parametrize("dispersion", [1.0, 2.0])
@pytest.mark.parametrize("rate", [0.1, 0.5, 3.0, 25.0])
def test_false_alarms_are_no_more_than_said(rate: float, dispersion: float) -> None:
    """6,000 streams of 72 months without a change: alarms at most the 3.6 % of a run length of 1,000, and p-values
    below 1 % and 0.1 % at most as often as they say; bounds with three standard errors, on the side of too many."""
    streams = drawn(np.full((6000, 72), rate), int(10 * rate + dispersion), dispersion)
    for upward in (True, False):
        found = watch_counts(streams, upward=upward)
        count = len(found.stream)
        for share, most in (
            (np.mean(found.raised != NEVER), 0.036), (np.mean(found.p_value < 0.01), 0.01),
            (np.mean(found.p_value < 0.001), 0.001),
        ):  # fmt: skip
            assert share <= most + 3.0 * math.sqrt(most / count)


def test_a_chart_that_trusts_a_short_reference_raises_several_times_the_alarms() -> None:
    """Rate 1 a month, 12 months of reference, 36 watched, run length 1,000 wanted: 3.5 % of streams may alarm.

    With the estimated rate taken for the truth more than three times as many do; with predictive limits not one more.
    """
    rng = np.random.default_rng(12)
    table = rng.poisson(1.0, (4000, 48))
    trusting = 0
    limits: dict[int, float] = {}
    for row in table:
        events = int(row[:12].sum())
        mean = max(events, 1) / 12.0
        k = round(4.0 * mean * 1.5 / math.log(2.5)) / 4.0 or 0.25
        if events not in limits:
            chances = count_chances(mean)
            limits[events] = next(h / 4 for h in range(1, 400) if count_cusum_run_length(chances, k, h / 4) >= 1000)
        s = highest = 0.0
        for x in row[12:]:
            s = max(0.0, s + x - k)
            highest = max(highest, s)
        trusting += highest >= limits[events]
    found = watch_counts(of_table(table), upward=True, reference_share=0.25)
    predictive = float(np.mean(found.raised != NEVER))
    assert trusting / 4000 > 3.0 * 0.035
    assert predictive <= 0.036 + 3.0 * math.sqrt(0.036 / 4000)


def test_planted_changes_are_found_and_false_discoveries_kept_down() -> None:
    """5,000 streams of which 250 triple from 1 to 3 lines a month at month 48: at least half are found; at most
    15 % of what is reported at a rate of 10 % is false (three standard errors), and nearly all changes begin within
    five months of the truth."""
    rate = np.full((5000, 72), 1.0)
    rate[:250, 48:] = 3.0
    found = watch_counts(drawn(rate, 77), upward=True)
    shown = np.flatnonzero(q_values(found.p_value) <= 0.1)
    true = found.stream[shown] < 250
    assert true.sum() >= 125
    assert (~true).sum() / len(shown) <= 0.15
    assert np.mean(np.abs(found.since[shown][true] - 48) <= 5) > 0.9
    assert np.median(found.raised[shown][true]) <= 54


def test_demand_that_ends_is_found_where_there_was_enough_of_it() -> None:
    rate = np.full((200, 72), 2.0)
    rate[:100, 50:] = 0.0
    found = watch_counts(drawn(rate, 3), upward=False)
    shown = q_values(found.p_value) <= 0.1
    assert shown[found.stream < 100].mean() > 0.95
    assert shown[found.stream >= 100].mean() < 0.05
    slow = watch_counts(drawn(np.full((500, 72), 0.1), 4), upward=False)
    assert np.isinf(slow.run_length).any()


def test_parts_with_hardly_any_demand_are_not_watched() -> None:
    table = np.zeros((3, 72), np.int64)
    table[0, 40:45] = 1
    table[1, 40:46] = 1
    found = watch_counts(of_table(table), upward=True)
    assert found.stream.tolist() == [1]
    assert len(watch_counts(of_table(np.ones((3, 12), np.int64)), upward=True).stream) == 0


def test_exact_limits_of_a_rate() -> None:
    """Garwood 1936: 10 events, limits 4.795 and 18.390; none, 0 and 3.689."""
    rate, low, high = rate_limits(np.array([10.0, 0.0]), np.array([10.0, 1.0]))
    assert rate.tolist() == [1.0, 0.0]
    assert low == pytest.approx([0.4795, 0.0], abs=1e-4)
    assert high == pytest.approx([1.8390, 3.6889], abs=1e-4)
