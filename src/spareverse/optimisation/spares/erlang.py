"""Erlang's loss formula: demand that is lost, or met from elsewhere, when all s pieces are out.

B(s, a) is the share of demands that find no piece when s pieces circulate, each demand takes one and the piece comes
back after a lead time; a = demand rate x mean lead time. It holds for any law of the lead times (Erlang 1917;
Sevastyanov 1957).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def blocking_curve(load: float, servers: int) -> Floats:
    """B(0 .. servers, load) by B(n) = a B(n-1) / (n + a B(n-1)), which never overflows and loses no digits."""
    if load < 0 or servers < 0:
        raise ValueError(f"Erlang's formula needs load >= 0 and servers >= 0, got {load} and {servers}")
    curve = np.ones(servers + 1)
    for n in range(1, servers + 1):
        busy = load * curve[n - 1]
        curve[n] = busy / (n + busy)
    return curve


def blocking(servers: int, load: float) -> float:
    """Share of demands that find all ``servers`` pieces out."""
    return float(blocking_curve(load, servers)[servers])


def offered_load(servers: int, probability: float) -> float:
    """The load at which ``servers`` pieces are all out with the given probability; bracketed Newton on log B.

    ValueError unless 0 < probability < 1 and servers >= 1. Derivative: B' = B (n / a - 1 + B).
    """
    if not (0.0 < probability < 1.0 and servers >= 1):
        raise ValueError(f"needs 0 < probability < 1 and servers >= 1, got {probability} and {servers}")
    low, high = 0.0, float(servers)
    while blocking(servers, high) < probability:
        low, high = high, 2.0 * high
    load = 0.5 * (low + high)
    for _ in range(200):
        found = blocking(servers, load)
        if found > probability:
            high = load
        else:
            low = load
        step = (np.log(probability) - np.log(found)) / (servers / load - 1.0 + found) if found > 0 else np.inf
        new = load + step
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - load) <= 1e-14 * load:
            return float(new)
        load = new
    return float(load)


def smallest_servers(load: float, probability: float) -> int:
    """Fewest pieces that leave at most ``probability`` of the demands without one."""
    if not (0.0 < probability <= 1.0 and load >= 0.0):
        raise ValueError(f"needs 0 < probability <= 1 and load >= 0, got {probability} and {load}")
    found, n = 1.0, 0
    while found > probability:
        n += 1
        found = load * found / (n + load * found)
    return n
