"""The same network with causes of waiting taken away: what is left to wait for without them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.layout import Entities
from spareverse.network.network import Network

DISTURBANCES_OF = {
    "disruption": ("outage", "capacity_loss", "lead_time_stretch"),
    "link closed": ("link_closure",),
    "quality hold": ("quality_hold",),
}
SWITCHABLE = (
    "budget", "capacity queue", "disruption", "lead time beyond plan", "transport queue", "link closed",
    "transport beyond plan", "quality hold",
)  # fmt: skip
"""Causes that a run can do without. Cover too low is no such cause: more cover is another plan."""


def without_disturbances(network: Network, switched_off: Collection[str]) -> Network:
    """The network without the disturbances that bring these causes about. ValueError for a cause that stays."""
    for cause in switched_off:
        if cause not in SWITCHABLE:
            raise ValueError(f"cause {cause!r} cannot be switched off; these can: {', '.join(SWITCHABLE)}")
    kinds = [kind for cause in switched_off for kind in DISTURBANCES_OF.get(cause, ())]
    tables = dict(network.tables)
    tables["disturbances"] = tables["disturbances"].filter(~pl.col("kind").is_in(kinds))
    return Network(tables, network.name, network.notices)


def without_limits(given: Entities, switched_off: Collection[str]) -> Entities:
    """Entities without the limits, queues and delays that bring these causes about."""
    if not switched_off:
        return given
    stocks, sources, stations = given.stocks.copy(), given.sources.copy(), given.stations.copy()
    if "budget" in switched_off:
        stocks[:, a.BUDGET - a.PLACE] = -1
    if "capacity queue" in switched_off:
        used = np.unique(sources[:, a.STATION])
        stations[used[used >= 0], a.SERVERS] = 0
    if "transport queue" in switched_off:
        sources[:, a.DOCK] = -1
    if "lead time beyond plan" in switched_off:
        sources[:, a.LEAD_MOST] = sources[:, a.PLAN_LEAD]
    if "transport beyond plan" in switched_off:
        sources[:, a.TRANSIT_MOST] = sources[:, a.PLAN_TRANSIT]
    return replace(given, stocks=stocks, sources=sources, stations=stations)
