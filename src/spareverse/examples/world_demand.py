"""Which parts the world network moves, where they are demanded, and what flows through each stock point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.examples.parts import Catalogue, catalogue
from spareverse.examples.suppliers import Sourcing, Suppliers, sourcing, suppliers
from spareverse.examples.timeline import stream
from spareverse.examples.world_places import CENTRES, DEPOTS, HUB, Depot

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PLACES: tuple[Depot, ...] = (HUB, *CENTRES, *(depot for each in DEPOTS.values() for depot in each))
"""The hub first, then the centres, then the depots."""
_CODES = [place.code for place in PLACES]
PARENT: Ints = np.array([-1, 0, 0, *(_CODES.index(centre) for centre, each in DEPOTS.items() for _ in each)])
"""Place that feeds each place; the hub is fed by suppliers."""
LINES_PER_YEAR = 3.8
"""Mean order lines of a moving part; the published case has 195,000 lines a year on some 50,000 of them."""
MOST_DRAWS = 24
_MOVING_AT_LEAST = 0.14
"""Share of the demo company's catalogue that moves, with a margin."""


@dataclass(frozen=True)
class World:
    """Moving parts, and stock points by part and place; all flows are pieces per day."""

    part: Catalogue
    supplier: Suppliers
    source: Sourcing
    moving: Ints
    """Positions of the moving parts in the catalogue."""
    demand_part: Ints
    demand_place: Ints
    demand_per_year: Floats
    """Order lines a year of each stream of demand; parts count among the moving ones."""
    point_part: Ints
    point_place: Ints
    flow: Floats
    """Pieces per day that pass each stock point."""
    own_per_year: Floats
    """Order lines a year of customers at each stock point."""


def world(parts: int, seed: int) -> World:
    """A world of ``parts`` moving parts of the demo company's kind."""
    size = round(parts / _MOVING_AT_LEAST) + 200
    part = catalogue(size, seed)
    supplier = suppliers(size, seed)
    source = sourcing(part, supplier, seed)
    moving = np.flatnonzero(part.moving)[:parts]
    rate = part.order_rate[moving]
    rate = np.maximum(0.1, rate * (LINES_PER_YEAR / rate.mean()))
    demand_part, demand_place, share = _spread(rate, seed)
    per_year = rate[demand_part] * share
    key, flow, own = _flows(demand_part, demand_place, per_year, part.order_size[moving])
    return World(
        part, supplier, source, moving, demand_part, demand_place, per_year,
        key // len(PLACES), key % len(PLACES), flow, own,
    )  # fmt: skip


def _spread(rate: Floats, seed: int) -> tuple[Ints, Ints, Floats]:
    """Streams of demand: the more a part sells, the more places it sells at. Part, place, share of the part's lines."""
    random = stream(seed, "world demand")
    draws = np.clip(np.ceil(1.5 * rate), 1, MOST_DRAWS).astype(np.int64)
    weight = np.array([place.share for place in PLACES])
    place = random.choice(len(PLACES), size=int(draws.sum()), p=weight / weight.sum())
    drawn = np.repeat(np.arange(len(rate)), draws) * len(PLACES) + place
    key, count = np.unique(drawn, return_counts=True)
    part = key // len(PLACES)
    return part, key % len(PLACES), count / draws[part]


def _flows(part: Ints, place: Ints, per_year: Floats, order_size: Floats) -> tuple[Ints, Floats, Floats]:
    """Stock points (part x place as one number) with what flows through them and what customers order there.

    A point passes on what the points below it need; every part has a point at the hub.
    """
    key = part * len(PLACES) + place
    pieces = per_year * order_size[part] / 365.25
    parts = len(order_size)
    level = [key]
    amount = [pieces]
    for _ in range(2):  # depot -> centre -> hub
        below, flow = level[-1], amount[-1]
        parent = PARENT[below % len(PLACES)]
        upward = parent >= 0
        level.append(below[upward] // len(PLACES) * len(PLACES) + parent[upward])
        amount.append(flow[upward])
    level.append(np.arange(parts) * len(PLACES))
    amount.append(np.zeros(parts))
    points, where = np.unique(np.concatenate(level), return_inverse=True)
    through = np.bincount(where, weights=np.concatenate(amount))
    own = np.zeros(len(points))
    own[np.searchsorted(points, key)] = per_year
    return points.astype(np.int64), through.astype(np.float64), own
