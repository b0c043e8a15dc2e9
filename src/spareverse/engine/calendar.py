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
        before = m[parent + TIME]
        if before < time or (before == time and m[parent + ORDER_KEY] < key):
            break
        m[hole + TIME] = before
        m[hole + ORDER_KEY] = m[parent + ORDER_KEY]
        m[hole + ENTITY] = m[parent + ENTITY]
        m[hole + DETAIL] = m[parent + DETAIL]
        hole = parent
    m[hole + TIME] = time
    m[hole + ORDER_KEY] = key
    m[hole + ENTITY] = entity
    m[hole + DETAIL] = detail


@inner_kernel
def remove_first(m: Whole) -> None:
    """Take the first event away; the caller has read its row, the first of the heap, before."""
    size = m[HEAP_SIZE] - 1
    m[HEAP_SIZE] = size
    heap = m[HEAP]
    last = heap + size * EVENT_SIZE
    time = m[last + TIME]
    key = m[last + ORDER_KEY]
    hole = heap
    child = 1
    while child < size:
        row = heap + child * EVENT_SIZE
        right = row + EVENT_SIZE
        if child + 1 < size and (
            m[right + TIME] < m[row + TIME]
            or (m[right + TIME] == m[row + TIME] and m[right + ORDER_KEY] < m[row + ORDER_KEY])
        ):
            child += 1
            row = right
        if time < m[row + TIME] or (time == m[row + TIME] and key < m[row + ORDER_KEY]):
            break
        m[hole + TIME] = m[row + TIME]
        m[hole + ORDER_KEY] = m[row + ORDER_KEY]
        m[hole + ENTITY] = m[row + ENTITY]
        m[hole + DETAIL] = m[row + DETAIL]
        hole = row
        child = 2 * child + 1
    m[hole + TIME] = time
    m[hole + ORDER_KEY] = key
    m[hole + ENTITY] = m[last + ENTITY]
    m[hole + DETAIL] = m[last + DETAIL]
