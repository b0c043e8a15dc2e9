"""Access to an asset: visits every so often, and random spells of weather in which work may start."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spareverse.engine.memory import NEVER
from spareverse.engine.profiles import MONTH, spell
from spareverse.engine.streams import uniform
from spareverse.jit import inner_kernel, lean_kernel


class Calendars(NamedTuple):
    """N calendars; times in seconds."""

    visit_interval: NDArray[np.int64]  # 0 = any time
    open_mean: NDArray[np.float64]  # [N, 12] by the month in which a spell starts; closed 0 = always open
    closed_mean: NDArray[np.float64]
    must_fit: NDArray[np.bool_]
    key: NDArray[np.uint64]


@lean_kernel
def realise_windows(
    calendars: Calendars,
    index: int,
    states: NDArray[np.uint64],
    stream: int,
    horizon: int,
    opens: NDArray[np.int64],
    closes: NDArray[np.int64],
) -> int:
    """Write one replication's open windows, ``opens[i] <= t < closes[i]``, up to the first that ends after ``horizon``.

    The weather at time 0 is open with the long-run share of January. Returns the number of windows, or -1 when the
    arrays are too small; the stream then stands where it stood.
    """
    s0, s1, s2, s3 = states[stream, 0], states[stream, 1], states[stream, 2], states[stream, 3]
    shut = 0  # months that may be closed
    never = 0  # months that are never open
    for month in range(12):
        shut += calendars.closed_mean[index, month] > 0.0
        never += calendars.closed_mean[index, month] > 0.0 and calendars.open_mean[index, month] <= 0.0
    if never == 12:
        return 0
    if shut == 0:
        if len(opens) == 0:
            return -1
        opens[0] = 0
        closes[0] = NEVER
        return 1
    january = calendars.open_mean[index, 0] + calendars.closed_mean[index, 0]
    is_open = january * uniform(states, stream) <= calendars.open_mean[index, 0]
    count = 0
    t = 0
    while t <= horizon or count == 0 or closes[count - 1] <= horizon:
        month = (t // MONTH) % 12
        own = calendars.open_mean[index, month] if is_open else calendars.closed_mean[index, month]
        other = calendars.closed_mean[index, month] if is_open else calendars.open_mean[index, month]
        if own <= 0.0 and (other > 0.0 or not is_open):
            is_open = not is_open
            continue
        # a month that knows only one kind of weather keeps it to its end
        end = t + spell(own, states, stream) if other > 0.0 else (t // MONTH + 1) * MONTH
        if is_open:
            if count > 0 and closes[count - 1] == t:
                closes[count - 1] = end
            elif count == len(opens):
                states[stream, 0], states[stream, 1], states[stream, 2], states[stream, 3] = s0, s1, s2, s3
                return -1
            else:
                opens[count] = t
                closes[count] = end
                count += 1
        if other > 0.0:
            is_open = not is_open
        t = end
    return count


@inner_kernel
def next_start(
    every: int,
    must_fit: int,
    opens: NDArray[np.int64],
    closes: NDArray[np.int64],
    count: int,
    t: int,
    duration: int,
) -> int:
    """First second from ``t`` on at which work of ``duration`` seconds may start; NEVER when there is none.

    On a visit (multiples of ``every``, 0 = any time), inside an open window, and with ``must_fit`` wholly inside it.
    """
    needed = duration if must_fit else 1
    low = 0
    high = count
    while low < high:
        middle = (low + high) // 2
        if closes[middle] <= t:
            low = middle + 1
        else:
            high = middle
    for i in range(low, count):
        start = max(t, opens[i])
        if every > 0:
            start = (start + every - 1) // every * every
        if start < closes[i] and start + needed <= closes[i]:
            return int(start)
    return NEVER
