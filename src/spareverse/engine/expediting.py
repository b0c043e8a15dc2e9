"""Emergency orders for those who wait."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.memory import Floats, Streams, Whole, at
from spareverse.engine.supply import order
from spareverse.jit import lean_kernel


@lean_kernel
def expedite(m: Whole, f: Floats, u: Streams, now: int, stock: int, lacking: int) -> None:
    """Order by the emergency way what lacks: these pieces at once, or, from a number of waiting pieces on, all that
    are not expedited yet."""
    if m[at(stock + a.EMERGENCY_RULE)] == a.NO_EMERGENCY:
        return
    threshold = m[at(stock + a.EXPEDITE_AT)]
    if threshold == 0:
        order(m, f, u, now, stock, lacking, a.EMERGENCY, a.NONE)
        return
    more = m[at(stock + a.WANTING)] - m[at(stock + a.EXPEDITED)]
    if m[at(stock + a.WANTING)] >= threshold and more > 0:
        order(m, f, u, now, stock, more, a.EMERGENCY, a.NONE)
