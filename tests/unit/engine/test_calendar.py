"""The heap of events: order by time, kind and sequence, whatever the order of arrival."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.engine import memory as a
from spareverse.engine.calendar import KIND_SHIFT, remove_first, schedule


def heap_memory(room: int) -> a.Whole:
    m = np.zeros(a.HEAD_SIZE + room * a.EVENT_SIZE, np.int64)
    m[a.HEAP] = a.HEAD_SIZE
    m[a.HEAP_ROOM] = room
    m[a.NEAR_END] = a.NEVER
    return m


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=60))
def test_events_leave_by_time_then_kind_then_arrival(events: list[tuple[int, int]]) -> None:
    m = heap_memory(64)
    for number, (time, kind) in enumerate(events):
        schedule(m, time, kind, number, -number)
    left = []
    while m[a.HEAP_SIZE] > 0:
        first = m[m[a.HEAP] : m[a.HEAP] + a.EVENT_SIZE].tolist()
        left.append((first[a.TIME], first[a.ORDER_KEY] >> KIND_SHIFT, first[a.ENTITY], first[a.DETAIL]))
        remove_first(m)
    assert left == sorted((time, kind, n, -n) for n, (time, kind) in enumerate(events))
    assert m[a.STATUS] == a.OK


def test_what_happens_never_is_no_event() -> None:
    m = heap_memory(4)
    schedule(m, a.NEVER, a.MARK, 0, 0)
    assert m[a.HEAP_SIZE] == 0
    assert m[a.STATUS] == a.OK


def test_a_full_heap_is_a_status_and_loses_nothing_it_has() -> None:
    m = heap_memory(2)
    for time in (3, 1, 2):
        schedule(m, time, a.MARK, 0, 0)
    assert m[a.STATUS] == a.HEAP_FULL
    assert m[a.HEAP_SIZE] == 2
    assert m[m[a.HEAP] + a.TIME] == 1
