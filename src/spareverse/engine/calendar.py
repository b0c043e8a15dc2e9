"""The event calendar: a binary heap ordered by time, then kind, then sequence, so that ties never depend on luck."""

from __future__ import annotations

from spareverse.engine.memory import (
    DETAIL,
    ENTITY,
    EVENT_SIZE,
    HEAP,
    HEAP_FULL,
    HEAP_ROOM,
    HEAP_SIZE,
    ORDER_KEY,
    SEQUENCE,
    STATUS,
    TIME,
    Whole,
    at,
)
from spareverse.jit import inner_kernel

KIND_SHIFT = 48


@inner_kernel
def schedule(m: Whole, time: int, kind: int, entity: int, detail: int) -> None:
    """Add an event of that kind; the kind is also its priority at the same moment. Sets the status when full."""
    size = m[HEAP_SIZE]
    if size >= m[HEAP_ROOM]:
        m[STATUS] = HEAP_FULL
        return
    key = (kind << KIND_SHIFT) + m[SEQUENCE]
    m[SEQUENCE] += 1
    m[HEAP_SIZE] = size + 1
    heap = m[HEAP]
    child = size
    hole = heap + child * EVENT_SIZE
    while child > 0:
        child = (child - 1) >> 1
        parent = heap + child * EVENT_SIZE
        before = m[at(parent + TIME)]
        if before < time or (before == time and m[at(parent + ORDER_KEY)] < key):
            break
        m[at(hole + TIME)] = before
        m[at(hole + ORDER_KEY)] = m[at(parent + ORDER_KEY)]
        m[at(hole + ENTITY)] = m[at(parent + ENTITY)]
        m[at(hole + DETAIL)] = m[at(parent + DETAIL)]
        hole = parent
    m[at(hole + TIME)] = time
    m[at(hole + ORDER_KEY)] = key
    m[at(hole + ENTITY)] = entity
    m[at(hole + DETAIL)] = detail


@inner_kernel
def remove_first(m: Whole) -> None:
    """Take the first event away; the caller has read its row, the first of the heap, before."""
    size = m[HEAP_SIZE] - 1
    m[HEAP_SIZE] = size
    heap = m[HEAP]
    last = heap + size * EVENT_SIZE
    time = m[at(last + TIME)]
    key = m[at(last + ORDER_KEY)]
    hole = heap
    child = 1
    while child < size:
        row = heap + child * EVENT_SIZE
        right = row + EVENT_SIZE
        if child + 1 < size and (
            m[at(right + TIME)] < m[at(row + TIME)]
            or (m[at(right + TIME)] == m[at(row + TIME)] and m[at(right + ORDER_KEY)] < m[at(row + ORDER_KEY)])
        ):
            child += 1
            row = right
        if time < m[at(row + TIME)] or (time == m[at(row + TIME)] and key < m[at(row + ORDER_KEY)]):
            break
        m[at(hole + TIME)] = m[at(row + TIME)]
        m[at(hole + ORDER_KEY)] = m[at(row + ORDER_KEY)]
        m[at(hole + ENTITY)] = m[at(row + ENTITY)]
        m[at(hole + DETAIL)] = m[at(row + DETAIL)]
        hole = row
        child = 2 * child + 1
    m[at(hole + TIME)] = time
    m[at(hole + ORDER_KEY)] = key
    m[at(hole + ENTITY)] = m[at(last + ENTITY)]
    m[at(hole + DETAIL)] = m[at(last + DETAIL)]
