"""How the demo company decides to reorder: rules of thumb set years ago, and the orders that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.examples.demand import Demand
from spareverse.examples.parts import Catalogue
from spareverse.examples.suppliers import Sourcing
from spareverse.examples.timeline import DAYS, FIRST_DAY, YEARS, stream
from spareverse.jit import kernel

PURCHASE_LINES_PER_PART_AND_YEAR = 32_000 / 300_000
STOCKED_FROM_ORDERS_PER_YEAR = 0.6
COVER_DAYS = 21
"""What the rule of thumb adds to the quoted lead time."""
FIRST_WEEKDAY = FIRST_DAY.weekday()


@dataclass(frozen=True)
class ItemLines:
    """Demand lines sorted by stock item and day; item i owns lines ``first[i]`` to ``first[i + 1]``."""

    part: NDArray[np.int64]
    place: NDArray[np.int64]
    order_weekday: NDArray[np.int64]
    first: NDArray[np.int64]
    line: NDArray[np.int64]
    """Position of the line in the demand."""
    day: NDArray[np.int64]
    quantity: NDArray[np.int64]


def item_lines(wanted: Demand, order_weekday: NDArray[np.int64]) -> ItemLines:
    """Sort the demand by stock item; ``order_weekday`` has one entry per part."""
    places = wanted.stocked.shape[1]
    key, line_item = np.unique(wanted.part * places + wanted.place, return_inverse=True)
    item_part, item_place = key // places, key % places
    line = np.argsort(line_item, kind="stable")
    first = np.searchsorted(line_item[line], np.arange(len(item_part) + 1))
    return ItemLines(
        item_part, item_place, order_weekday[item_part], first, line, wanted.day[line], wanted.quantity[line]
    )


@dataclass(frozen=True)
class Policies:
    """One entry per stock item (part x place), sorted by part and place."""

    part: NDArray[np.int64]
    place: NDArray[np.int64]
    on_stock: NDArray[np.bool_]
    """False: ordered only when a customer orders."""
    reorder_point: NDArray[np.int64]
    order_quantity: NDArray[np.int64]
    start: NDArray[np.int64]
    """Pieces on hand on the first day."""


@dataclass(frozen=True)
class Orders:
    """Replenishment orders; one entry per purchase line."""

    item: NDArray[np.int64]
    day: NDArray[np.int64]
    quantity: NDArray[np.int64]


def policies(part: Catalogue, wanted: Demand, source: Sourcing, lines: ItemLines, seed: int) -> Policies:
    """Today's policies, with order quantities such that the company places as many orders as it should."""
    random = stream(seed, "policies")
    item_part, item_place = lines.part, lines.place
    yearly = wanted.yearly_orders[item_part, item_place]
    believed = yearly * random.lognormal(-0.1, 0.5, len(yearly))
    believed[0] = yearly[0]
    pieces_per_day = believed * part.order_size[item_part] / 365.25
    on_stock = (believed > STOCKED_FROM_ORDERS_PER_YEAR) | (random.random(len(yearly)) < 0.2)
    pack = part.pack[item_part]
    cover_days = source.quoted_days[item_part] + COVER_DAYS
    reorder_point = np.round(pieces_per_day * cover_days * random.lognormal(0.0, 0.25, len(yearly))).astype(np.int64)
    reorder_point[0] = round(pieces_per_day[0] * cover_days[0])
    reorder_point = np.where(on_stock, reorder_point, -1)
    # ordering cost and holding rate shape the quantity; one factor common to all meets the number of orders
    economic = np.sqrt(2 * 365.25 * pieces_per_day * 40.0 / (0.2 * part.unit_cost[item_part]))
    economic *= random.lognormal(0.0, 0.3, len(yearly))
    level = random.random(len(yearly))

    def plan(factor: float) -> Policies:
        wish = np.clip(factor * economic, 0.0, 3 * 365.25 * pieces_per_day)
        quantity = np.where(on_stock, pack * np.maximum(1, np.round(wish / pack)), pack).astype(np.int64)
        quantity[0] = 20
        start = np.where(on_stock, reorder_point + 1 + (level * quantity).astype(np.int64), 0)
        return Policies(item_part, item_place, on_stock, reorder_point, quantity, start)

    target = PURCHASE_LINES_PER_PART_AND_YEAR * len(part) * YEARS
    low, high = np.log(0.02), np.log(50.0)
    for _ in range(16):
        middle = (low + high) / 2
        if len(place_orders(plan(float(np.exp(middle))), lines).day) > target:
            low = middle
        else:
            high = middle
    return plan(float(np.exp(high)))


def place_orders(plan: Policies, lines: ItemLines) -> Orders:
    """The orders each item's policy places against its demand, sorted by item and day."""
    room = len(lines.day)
    item, day, quantity = (np.empty(room, dtype=np.int64) for _ in range(3))
    count = _review_weekly(
        lines.first, lines.day, lines.quantity, lines.order_weekday,
        plan.reorder_point, plan.order_quantity, plan.start, item, day, quantity,
    )  # fmt: skip
    return Orders(item[:count], day[:count], quantity[:count])


@kernel
def _review_weekly(
    first: NDArray[np.int64],
    demand_day: NDArray[np.int64],
    demand: NDArray[np.int64],
    weekday: NDArray[np.int64],
    reorder_point: NDArray[np.int64],
    batch: NDArray[np.int64],
    start: NDArray[np.int64],
    order_item: NDArray[np.int64],
    order_day: NDArray[np.int64],
    order_quantity: NDArray[np.int64],
) -> int:
    """Follow (s, nQ) with a weekly order day; writes the orders and returns how many.

    An item whose position falls to its reorder point is ordered on its supplier's next order day, in whole
    batches that lift the position above the reorder point. At most one order follows each demand line.
    """
    count = 0
    for item in range(len(first) - 1):
        position = start[item]
        review = -1
        for line in range(first[item], first[item + 1] + 1):
            last = line == first[item + 1]
            day = DAYS if last else demand_day[line]
            if 0 <= review <= day and review < DAYS:
                batches = (reorder_point[item] - position) // batch[item] + 1
                order_item[count] = item
                order_day[count] = review
                order_quantity[count] = batches * batch[item]
                position += batches * batch[item]
                count += 1
                review = -1
            if not last:
                position -= demand[line]
                if position <= reorder_point[item] and review < 0:
                    review = day + 1 + (weekday[item] - (day + 1 + FIRST_WEEKDAY)) % 7
    return count
