"""Rules of the world network's stock points: batches by cost, reorder points by the spread of what is taken meanwhile.

Rules of thumb as a planning department would use them, from the bottom up: what a depot orders at a time is what its
centre sees as one demand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spareverse.examples.world_demand import PARENT, PLACES, TIER, Floats, Ints, World

HOLDING_RATE = 0.2
ORDER_COSTS = (25.0, 12.0, 4.0)
"""Of the hub, a centre, a depot."""
MOST_BATCH_DAYS = (91.0, 61.0, 61.0)
"""Flow that one order covers at most."""
FEEDING_DAYS = (0.0, 33.0, 6.0)
"""From the place above to a centre or depot, and a few days more since it may have to wait there."""
SAFETY = (2.0, 1.5, 1.1)
"""Standard deviations kept of parts of criticality A, B and C."""
LINE_COVER = 0.9
"""Of the largest order line: there is no filling it from less."""


@dataclass(frozen=True)
class Rules:
    """One entry per stock point."""

    reorder_point: Ints
    order_quantity: Ints
    order_size: Floats
    """Pieces of a usual order: the batch, or more where single demands are larger."""


def rules(of: World, hub_lead_days: Floats, hub_lead_deviation: Floats) -> Rules:
    """Rules of every stock point; the lead times are those of the parts at the hub, transport included [days]."""
    tier = TIER[of.point_place]
    part = of.moving[of.point_part]
    cost, size, pack = of.part.unit_cost[part], of.part.order_size[part], of.part.pack[part]
    batch = _batches(of.flow, cost, np.where(tier == 0, pack, 1), tier)
    largest = largest_line(size)
    lumps = of.own_flow * (2 * largest + 1) / 3  # of lines of 1 to n pieces, by the pieces in them
    order_size = np.zeros(len(tier))
    for level in (2, 1, 0):
        here = np.flatnonzero(tier == level)
        lump = np.divide(lumps[here], of.flow[here], out=np.ones(len(here)), where=of.flow[here] > 0)
        order_size[here] = np.maximum(batch[here], lump)
        if level:
            above = of.point_part[here] * len(PLACES) + PARENT[of.point_place[here]]
            row = np.searchsorted(of.point_part * len(PLACES) + of.point_place, above)
            lumps += np.bincount(row, weights=of.flow[here] * order_size[here], minlength=len(tier))
    lump = np.divide(lumps, of.flow, out=np.ones(len(tier)), where=of.flow > 0)
    hub = tier == 0
    lead = np.where(hub, hub_lead_days[of.point_part], np.array(FEEDING_DAYS)[tier])
    deviation = np.where(hub, hub_lead_deviation[of.point_part], 0.2 * lead)
    taken = of.flow * lead
    spread = np.sqrt(taken * lump + (of.flow * deviation) ** 2)
    safety = np.array(SAFETY)[of.part.criticality[part]] * spread
    line = np.where(of.own_flow > 0, LINE_COVER * largest, 0.0)
    # an order goes out at the reorder point: what is covered for is one piece more
    point = np.maximum(np.ceil(taken + np.maximum(safety, line)) - 1, 0).astype(np.int64)
    return Rules(point, batch, order_size)


def _batches(flow: Floats, cost: Floats, pack: Ints, tier: Ints) -> Ints:
    """The economic order quantity in whole packs, of some months' flow at most."""
    economic = np.sqrt(2 * 365.25 * flow * np.array(ORDER_COSTS)[tier] / (HOLDING_RATE * cost))
    economic = np.clip(economic, 1.0, 1.0 + np.array(MOST_BATCH_DAYS)[tier] * flow)
    batch: Ints = (pack * np.ceil(economic / pack)).astype(np.int64)
    return batch


def largest_line(mean: Floats) -> Ints:
    """Pieces of the largest order line, where 1 to n are as likely and their mean is about this."""
    largest: Ints = np.maximum(1, np.round(2 * mean - 1)).astype(np.int64)
    return largest
