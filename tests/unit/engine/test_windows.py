"""Access: random weather windows, visits, and when work may start."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.engine.memory import NEVER
from spareverse.engine.profiles import MONTH
from spareverse.engine.streams import seed_stream
from spareverse.engine.windows import next_start, realise_windows
from spareverse.network.study import Access
from spareverse.simulation.compile_distributions import compile_calendars

HORIZON = 10 * 8760 * 3600
ROOM = 40_000
Windows = tuple[np.ndarray, np.ndarray, int]


def states(replication: int = 0) -> np.ndarray:
    made = np.zeros((1, 4), np.uint64)
    seed_stream(made, 0, np.uint64(5), replication, np.uint64(0), 0)
    return made


def realised(access: Access, replication: int = 0, horizon: int = HORIZON) -> Windows:
    opens, closes = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    calendars = compile_calendars([Access(), access], [0, 1])
    return opens, closes, realise_windows(calendars, 1, states(replication), 0, horizon, opens, closes)


def open_share(windows: Windows, start: int, end: int) -> float:
    opens, closes, count = windows
    return float(np.sum(np.clip(closes[:count], start, end) - np.clip(opens[:count], start, end)) / (end - start))


def test_without_weather_it_is_always_open() -> None:
    opens, closes, count = realised(Access(visit_interval_h=168.0))
    assert (count, opens[0], closes[0]) == (1, 0, NEVER)
    assert next_start(604_800, 0, opens, closes, count, 1, 3600) == 604_800
    assert next_start(0, 1, opens, closes, count, 17, 3600) == 17


def test_windows_alternate_and_reach_beyond_the_horizon() -> None:
    opens, closes, count = realised(Access(open_mean_h=(60.0,), closed_mean_h=(30.0,)))
    assert np.all(opens[:count] < closes[:count])
    assert np.all(closes[: count - 1] < opens[1:count])
    assert closes[count - 1] > HORIZON
    lengths, gaps = np.diff(np.stack([opens[:count], closes[:count]]), axis=0)[0], opens[1:count] - closes[: count - 1]
    assert lengths.mean() / 3600 == pytest.approx(60.0, abs=4 * 60.0 / math.sqrt(count))
    assert gaps.mean() / 3600 == pytest.approx(30.0, abs=4 * 30.0 / math.sqrt(count))


def test_the_weather_is_steady_from_the_start() -> None:
    access = Access(open_mean_h=(60.0,), closed_mean_h=(30.0,))
    runs = [realised(access, r, horizon=7200) for r in range(2000)]
    first = np.mean([windows[0][0] == 0 for windows in runs])
    assert first == pytest.approx(2 / 3, abs=4 * math.sqrt(2 / 9 / 2000))
    later = np.mean([open_share(windows, 3600, 7200) for windows in runs])
    assert later == pytest.approx(2 / 3, abs=4 * math.sqrt(2 / 9 / 2000))


def test_months_differ() -> None:
    closed = (80.0,) * 3 + (5.0,) * 6 + (80.0,) * 3
    windows = realised(Access(open_mean_h=(20.0,), closed_mean_h=closed))
    winter = np.mean([open_share(windows, (12 * y) * MONTH, (12 * y + 2) * MONTH) for y in range(1, 10)])
    summer = np.mean([open_share(windows, (12 * y + 4) * MONTH, (12 * y + 8) * MONTH) for y in range(10)])
    assert winter == pytest.approx(0.2, abs=0.05)
    assert summer == pytest.approx(0.8, abs=0.03)


def test_months_with_one_kind_of_weather_only() -> None:
    # open all January to June, never in July to December
    windows = realised(Access(open_mean_h=(1.0,) * 6 + (0.0,) * 6, closed_mean_h=(0.0,) * 6 + (1.0,) * 6))
    opens, closes, count = windows
    assert (opens[:2] == [0, 12 * MONTH]).all()
    assert (closes[:2] == [6 * MONTH, 18 * MONTH]).all()
    assert closes[count - 1] > HORIZON


def test_never_open_is_no_window() -> None:
    opens, closes, count = realised(Access(open_mean_h=(0.0,), closed_mean_h=(5.0,)))
    assert count == 0
    assert next_start(0, 0, opens, closes, count, 5, 60) == NEVER


def test_too_small_arrays_are_reported_and_change_nothing() -> None:
    calendars = compile_calendars([Access(open_mean_h=(6.0,), closed_mean_h=(3.0,)), Access()], [0, 1])
    stream = states()
    before = stream.copy()
    assert realise_windows(calendars, 0, stream, 0, HORIZON, np.zeros(5, np.int64), np.zeros(5, np.int64)) == -1
    assert realise_windows(calendars, 1, stream, 0, HORIZON, np.zeros(0, np.int64), np.zeros(0, np.int64)) == -1
    np.testing.assert_array_equal(stream, before)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=0, max_size=12),
    st.integers(0, 12),
    st.booleans(),
    st.integers(0, 250),
    st.integers(0, 30),
)
def test_next_start_against_trying_every_second(
    lengths: list[int], every: int, must_fit: bool, t: int, duration: int
) -> None:
    edges = np.cumsum(lengths[: len(lengths) // 2 * 2])
    opens, closes = edges[::2].astype(np.int64), edges[1::2].astype(np.int64)

    def allowed(s: int) -> bool:
        if every and s % every:
            return False
        return any(o <= s < c and (not must_fit or s + duration <= c) for o, c in zip(opens, closes, strict=True))

    expected = next((s for s in range(t, 600) if allowed(s)), NEVER)
    assert next_start(every, int(must_fit), opens, closes, len(opens), t, duration) == expected
    assert next_start.py_func(every, int(must_fit), opens, closes, len(opens), t, duration) == expected


def test_the_kernel_is_what_its_source_says() -> None:
    access = Access(open_mean_h=(20.0, 0.0) * 6, closed_mean_h=(0.0, 9.0, 9.0) * 4)
    opens, closes, count = realised(access)
    plain = np.zeros(ROOM, np.int64), np.zeros(ROOM, np.int64)
    calendars = compile_calendars([Access(), access], [0, 1])
    assert realise_windows.py_func(calendars, 1, states(), 0, HORIZON, *plain) == count
    np.testing.assert_array_equal(opens, plain[0])
    np.testing.assert_array_equal(closes, plain[1])


def test_impossible_weather_is_refused() -> None:
    with pytest.raises(ValueError, match="both"):
        compile_calendars([Access(open_mean_h=(5.0,))], [0])
    with pytest.raises(ValueError, match="12 values"):
        compile_calendars([Access(open_mean_h=(5.0,) * 3, closed_mean_h=(5.0,))], [0])
    assert compile_calendars([], []).open_mean.shape == (0, 12)
