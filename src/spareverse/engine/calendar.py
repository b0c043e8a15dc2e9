"""The event calendar: a binary heap ordered by time, then kind, then sequence, so that ties never depend on luck.

Where very many events are pending, those after ``NEAR_END`` wait unordered in buckets of equal width; a bucket is put
in order when its time has come. The order in which events take place is the same, and the heap stays in the cache.
"""

from __future__ import annotations

from spareverse.engine.memory import (
    AHEAD,
    BUCKET,
    BUCKET_COUNT,
    BUCKET_WIDTH,
    BUCKETS,
    DETAIL,
    ENTITY,
    EVENT_SIZE,
    FAR,
    FAR_COUNT,
    FAR_FULL,
    FAR_ROOM,
    FAR_SIZE,
    FAR_USED,
    FREE_FAR,
    HEAP,
    HEAP_FULL,
    HEAP_ROOM,
    HEAP_SIZE,
    NEAR_END,
    NEVER,
    ORDER_KEY,
    SEQUENCE,
    STATUS,
    TIME,
    Whole,
    at,
)
from spareverse.jit import inner_kernel, lean_kernel

KIND_SHIFT = 48


@inner_kernel
def schedule(m: Whole, time: int, kind: int, entity: int, detail: int) -> None:
    """Add an event of that kind; the kind is also its priority at the same moment. Sets the status when full.

    What would happen at NEVER, such as leaving over a link that stays closed, does not happen.
    """
    if time >= NEVER:
        return
    key = (kind << KIND_SHIFT) + m[SEQUENCE]
    m[SEQUENCE] += 1
    if time >= m[NEAR_END]:
        put_off(m, time, key, entity, detail)
    else:
        insert(m, time, key, entity, detail)


@inner_kernel
def insert(m: Whole, time: int, key: int, entity: int, detail: int) -> None:
    """Put an event into the heap."""
    size = m[HEAP_SIZE]
    if size >= m[HEAP_ROOM]:
        m[STATUS] = HEAP_FULL
        return
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


@lean_kernel
def put_off(m: Whole, time: int, key: int, entity: int, detail: int) -> None:
    """Put an event into its bucket; what comes after all buckets lies in the last one."""
    row = m[FREE_FAR]
    if row >= 0:
        m[FREE_FAR] = m[at(row + EVENT_SIZE)]
    else:
        used = m[FAR_USED]
        if used >= m[FAR_ROOM]:
            m[STATUS] = FAR_FULL
            return
        m[FAR_USED] = used + 1
        row = m[FAR] + used * FAR_SIZE
    bucket = m[BUCKETS] + min(time // m[BUCKET_WIDTH], m[BUCKET_COUNT] - 1)
    m[at(row + TIME)] = time
    m[at(row + ORDER_KEY)] = key
    m[at(row + ENTITY)] = entity
    m[at(row + DETAIL)] = detail
    m[at(row + EVENT_SIZE)] = m[at(bucket)]
    m[at(bucket)] = row
    m[FAR_COUNT] += 1


@lean_kernel
def next_bucket(m: Whole) -> None:
    """Put the events of the next bucket that has any into the heap, which is empty."""
    while m[HEAP_SIZE] == 0 and m[FAR_COUNT] > 0:
        m[BUCKET] += 1
        bucket = m[BUCKETS] + m[BUCKET]
        row = m[at(bucket)]
        m[at(bucket)] = -1
        m[NEAR_END] = NEVER if m[BUCKET] == m[BUCKET_COUNT] - 1 else (m[BUCKET] + 1) * m[BUCKET_WIDTH]
        while row >= 0:
            insert(m, m[at(row + TIME)], m[at(row + ORDER_KEY)], m[at(row + ENTITY)], m[at(row + DETAIL)])
            following = m[at(row + EVENT_SIZE)]
            m[at(row + EVENT_SIZE)] = m[FREE_FAR]
            m[FREE_FAR] = row
            m[FAR_COUNT] -= 1
            row = following
    m[AHEAD] = m[at(m[BUCKETS] + m[BUCKET] + 1)] if m[BUCKET] + 1 < m[BUCKET_COUNT] else -1


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
