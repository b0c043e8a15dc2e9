"""Charts free of any law: run lengths whatever the observations, open ones included, and planted shifts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.statistics.monitors.excursions import NEVER
from spareverse.statistics.monitors.scores import WARM_UP, score, watch_values

Floats = NDArray[np.float64]


def charts(table: Floats, open_ended: NDArray[np.bool_] | None = None) -> dict[tuple[str, str], object]:
    starts = np.arange(len(table) + 1) * table.shape[1]
    known = np.zeros(table.size, np.bool_) if open_ended is None else open_ended.ravel()
    return watch_values(starts, table.ravel(), known)


@pytest.mark.parametrize("law", ["normal", "heavy", "days"])
def test_false_alarms_as_designed_whatever_the_law(law: str) -> None:
    """1,500 streams of 300: at most 1 - exp(-290 / 1000) = 25 % of charts alarm and 1 % of p-values are below 1 %, four
    standard errors apart; and no fewer than 15 % alarm."""
    rng = np.random.default_rng(9)
    table = {
        "normal": rng.normal(size=(1500, 300)),
        "heavy": np.exp(2.0 * rng.normal(size=(1500, 300))),
        "days": np.round(30.0 * rng.weibull(2.0, (1500, 300))),
    }[law]
    for chart in charts(table).values():
        reached = np.mean(chart.statistic > chart.limit)
        assert 0.15 < reached < 0.25 + 4.0 * math.sqrt(0.25 * 0.75 / 1500)
        assert np.mean(chart.p_value < 0.01) < 0.01 + 4.0 * math.sqrt(0.01 / 1500)


def test_scores_are_standard_and_independent() -> None:
    table = np.random.default_rng(2).exponential(size=(2000, 60))
    found = np.zeros(table.size)
    score(np.arange(2000), np.arange(2001) * 60, table.ravel(), np.zeros(table.size, np.bool_), 0, 2000, found)
    scores = found.reshape(table.shape)
    assert not scores[:, :WARM_UP].any()
    # calmed streams have less; none has more
    assert scores[:, 40].std() == pytest.approx(0.97, abs=0.06)
    assert np.corrcoef(scores[:, 40], scores[:, 41])[0, 1] == pytest.approx(0.0, abs=0.09)


def test_a_shift_is_found_soon_and_where_it_began() -> None:
    """One standard deviation more from observation 120 on, 100 streams."""
    table = np.random.default_rng(5).normal(size=(100, 200))
    table[:, 120:] += 1.0
    for monitor in ("CUSUM", "EWMA"):
        chart = charts(table)[monitor, "up"]
        found = (chart.raised >= 120) & (chart.p_value < 0.01)
        assert found.mean() > 0.8
        assert np.median(chart.raised[found]) < 135
        assert abs(np.median(chart.since[found]) - 120) <= 5
        assert charts(table)[monitor, "down"].p_value.min() > 1e-4


def test_correlated_streams_are_calmed() -> None:
    """Neighbours correlated by 0.3: alarms of p below 1 % in at most 2.5 % of streams, where 12 % were uncalmed."""
    rng = np.random.default_rng(11)
    table = rng.normal(size=(1500, 300))
    for t in range(1, 300):
        table[:, t] += 0.3 * table[:, t - 1]
    assert np.mean(charts(table)["CUSUM", "up"].p_value < 0.01) < 0.025


def test_open_observations_raise_no_alarm_by_themselves_and_count_when_they_are_old() -> None:
    """Lead times of 30 days, ordered one a day: all that is not received by the end is open with its age."""
    rng = np.random.default_rng(7)
    lead = 30.0 * rng.weibull(2.0, (1000, 200))
    age = 200.0 - np.arange(200)[None, :]
    seen, still_open = np.minimum(lead, age), lead > age
    for chart in charts(seen, still_open).values():
        assert np.mean(chart.p_value < 0.01) < 0.01 + 4.0 * math.sqrt(0.01 / 1000)
    stopped = lead.copy()
    stopped[:, 150:] += 500.0
    seen, still_open = np.minimum(stopped, age), stopped > age
    assert np.mean(charts(seen, still_open)["CUSUM", "up"].raised != NEVER) > 0.9


def test_short_streams_are_not_watched() -> None:
    assert len(charts(np.zeros((2, 20)))["CUSUM", "up"].stream) == 0


def test_a_long_past_is_not_watched_and_the_first_crossing_is_told() -> None:
    """A shift in the past raises nothing; two later ones, the second larger, are first raised by the first."""
    rng = np.random.default_rng(14)
    table = rng.normal(size=(40, 300))
    table[:, 30:60] += 3.0
    table[:, 180:190] += 4.0
    table[:, 250:290] += 4.0
    starts = np.arange(41) * 300
    found = watch_values(starts, table.ravel(), np.zeros(table.size, np.bool_), past=np.full(40, 150))["CUSUM", "up"]
    assert (found.first_raised >= 180).all()
    assert np.median(found.first_raised) < 190
    assert np.median(found.raised) > 250
    assert (found.first_raised <= found.raised).all()
