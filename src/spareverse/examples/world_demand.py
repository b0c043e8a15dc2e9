"""Which parts the world network moves, where they are demanded and kept, and what flows through each stock point."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
TIER: Ints = np.array([0, *[1] * len(CENTRES), *[2] * (len(PLACES) - 1 - len(CENTRES))])
"""0 the hub, 1 a centre, 2 a depot."""
KEPT_FROM_LINES = 1.2
"""Order lines a year from which a depot keeps a part, a centre from those of all it feeds; who wants another part gets
it straight from the place above."""
MARKET_SHARES = (0.9, 0.8, 0.8)
"""Of the hub's market and those of the centres: what of their demand comes to the company."""
LINES_PER_YEAR = 3.8
"""Mean order lines of a moving part; the published case has 195,000 lines a year on some 50,000 of them."""
MOST_DRAWS = 24
MAIN_SUPPLIER, MAIN_SHARE = "DE-101", 0.2
"""A house of all kinds of parts, and its share of what is bought of each."""
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
    """Order lines a year that each stream of demand would bring; parts count among the moving ones."""
    served_from: Ints
    """Place that serves each stream: its own where that keeps the part, else the one that feeds it."""
    point_part: Ints
    point_place: Ints
    flow: Floats
    """Pieces per day that pass each stock point."""
    own_flow: Floats
    """Of them those that customers take there."""


def world(parts: int, seed: int) -> World:
    """A world of ``parts`` moving parts of the demo company's kind."""
    size = round(parts / _MOVING_AT_LEAST) + 200
    part = catalogue(size, seed)
    supplier = _with_main(suppliers(size, seed))
    source = sourcing(part, supplier, seed)
    moving = np.flatnonzero(part.moving)[:parts]
    rate = part.order_rate[moving]
    rate = np.maximum(0.1, rate * (LINES_PER_YEAR / rate.mean()))
    demand_part, demand_place, share = _spread(rate, seed)
    per_year = rate[demand_part] * share
    market = np.where(TIER < 2, np.arange(len(PLACES)), PARENT)[demand_place]
    region = demand_part * len(PLACES) + market
    centre_keeps = np.bincount(region, weights=per_year)[region] >= KEPT_FROM_LINES
    served_from = np.where(centre_keeps, market, 0)
    served_from = np.where(per_year >= KEPT_FROM_LINES, demand_place, served_from)
    pieces = per_year * np.array(MARKET_SHARES)[market] * part.order_size[moving][demand_part] / 365.25
    key, flow, own_flow = _flows(demand_part, served_from, pieces, len(moving))
    return World(
        part, supplier, source, moving, demand_part, demand_place, per_year, served_from,
        key // len(PLACES), key % len(PLACES), flow, own_flow,
    )  # fmt: skip


def _with_main(supplier: Suppliers) -> Suppliers:
    """The suppliers, with the main one among them."""
    main = supplier.supplier_id.to_list().index(MAIN_SUPPLIER)
    kinds, weight = supplier.kinds.copy(), supplier.weight.copy()
    weight[main] = 0.0
    weight[main] = MAIN_SHARE / (1.0 - MAIN_SHARE) * (weight @ kinds).mean()
    kinds[main] = True
    return replace(supplier, kinds=kinds, weight=weight)


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


def _flows(part: Ints, place: Ints, pieces: Floats, parts: int) -> tuple[Ints, Floats, Floats]:
    """Stock points (part x place as one number) with what flows through them and what customers take there.

    A point passes on what the points below it need; every part has a point at the hub.
    """
    key = part * len(PLACES) + place
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
    own = np.bincount(np.searchsorted(points, key), weights=pieces, minlength=len(points))
    return points.astype(np.int64), through.astype(np.float64), own.astype(np.float64)
