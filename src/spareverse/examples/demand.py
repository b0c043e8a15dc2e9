"""What the demo company's customers order: a few parts all the time, most parts hardly ever."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.examples.geography import PLACES, REGIONAL_PLACE, Customers
from spareverse.examples.parts import CATEGORIES, HERO_ORDERS_PER_YEAR, HERO_RISE, Catalogue
from spareverse.examples.timeline import DAYS, YEARS, order_profile, stream

SALES_LINES_PER_PART_AND_YEAR = 195_000 / 300_000
LINES_PER_ORDER = 3.2
REGIONAL_STOCK = (1.0, 0.10, 0.08)
"""Share of the moving parts stocked at each place, the most ordered ones first."""


@dataclass(frozen=True)
class Demand:
    """Customer order lines sorted by day and order; one entry per line."""

    part: NDArray[np.int64]
    place: NDArray[np.int64]
    customer: NDArray[np.int64]
    order: NDArray[np.int64]
    """Running number of the customer order."""
    day: NDArray[np.int64]
    quantity: NDArray[np.int64]
    stocked: NDArray[np.bool_]
    """Part x place: whether the part is kept there."""
    yearly_orders: NDArray[np.float64]
    """Expected order lines a year, part x place."""


def demand(part: Catalogue, buyers: Customers, seed: int) -> Demand:
    """All customer order lines from the first day to the extract."""
    random = stream(seed, "demand")
    lines = round(SALES_LINES_PER_PART_AND_YEAR * len(part) * YEARS)
    weight = _line_weights(part, lines)
    bought = random.choice(len(part), size=lines, p=weight)
    day = _order_days(part, bought, random)
    order = np.argsort(day, kind="stable")
    bought, day = bought[order], day[order]
    slot = _order_slots(day, random)
    customer = random.choice(len(buyers.weight), size=slot[-1] + 1, p=buyers.weight)[slot]
    stocked = _stocked(weight)
    regional = REGIONAL_PLACE[buyers.region[customer]]
    place = np.where(stocked[bought, regional], regional, 0)
    pack = part.pack[bought]
    packs = random.geometric(np.minimum(1.0, pack / np.maximum(pack, part.order_size[bought])))
    return Demand(
        part=bought,
        place=place,
        customer=customer,
        order=slot,
        day=day,
        quantity=pack * packs,
        stocked=stocked,
        yearly_orders=_yearly_orders(weight * lines / YEARS, stocked, buyers),
    )


def _line_weights(part: Catalogue, lines: int) -> NDArray[np.float64]:
    """Chance that a line is for that part; the hero's number of lines does not depend on the company's size."""
    weight = part.order_rate * (part.sold_until - part.sold_from) / DAYS
    weight[0] = 0.0
    hero = HERO_ORDERS_PER_YEAR * YEARS / lines
    weight *= (1 - hero) / weight.sum()
    weight[0] = hero
    return weight


def _order_days(part: Catalogue, bought: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """Days by the season of the category, within the part's time on sale."""
    day = np.empty(len(bought), dtype=np.int64)
    uniform = random.random(len(bought))
    uniform[bought == 0] **= HERO_RISE
    for category in range(len(CATEGORIES)):
        here = part.category[bought] == category
        profile = order_profile(season_peak=0.2 + 0.05 * category, season_swing=0.06 + 0.01 * category)
        until = np.concatenate(([0.0], np.cumsum(profile) / profile.sum()))
        low, high = until[part.sold_from[bought[here]]], until[part.sold_until[bought[here]]]
        day[here] = np.searchsorted(until, low + uniform[here] * (high - low), side="right") - 1
    return np.minimum(day, DAYS - 1)


def _order_slots(day: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
    """Share each day's lines out to customer orders, numbered day by day; ``day`` is sorted, so is the answer."""
    slots = np.ceil(np.bincount(day, minlength=DAYS) / LINES_PER_ORDER).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(slots)[:-1]))
    return np.sort(first[day] + (random.random(len(day)) * slots[day]).astype(np.int64))


def _stocked(weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    stocked = np.zeros((len(weight), len(PLACES)), dtype=np.bool_)
    by_demand = np.argsort(-weight, kind="stable")
    moving = int(np.count_nonzero(weight))
    for place, share in enumerate(REGIONAL_STOCK):
        stocked[by_demand[: round(share * moving)], place] = True
    stocked[0, 1:] = False  # the hero is kept in one place, so that its cycles tell one story
    return stocked


def _yearly_orders(orders: NDArray[np.float64], stocked: NDArray[np.bool_], buyers: Customers) -> NDArray[np.float64]:
    """Split each part's order lines a year over the places that serve its customers."""
    share = np.zeros((len(orders), len(PLACES)))
    for region, part_of_orders in enumerate(buyers.region_share):
        regional = REGIONAL_PLACE[region]
        share[:, regional] += part_of_orders * stocked[:, regional]
        share[:, 0] += part_of_orders * ~stocked[:, regional]
    return orders[:, None] * share
