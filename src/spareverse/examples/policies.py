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
HERO_ORDER_QUANTITY = 15
STOCKED_FROM_ORDERS_PER_YEAR = 0.6
COVER_DAYS = 12
HERO_ITEM = 0  # items are sorted by part, and the hero is part 0
HERO_ORDER_QUANTITY = 15
MONTHS_EXPONENT = -0.5
"""An order lasts so many months: the dearer a year's demand, the fewer (-0.5 is the economic quantity)."""
LONGEST_SUPPLY_MONTHS = 36
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
    """Today's policies: what planners once believed about demand, times the quoted lead time and some days of cover.

    One factor common to all order quantities is set so that the company places as many orders as it should.
    """
    random = stream(seed, "policies")
    size = len(lines.part)
    yearly = wanted.yearly_orders[lines.part, lines.place]
    error = random.lognormal(-0.1, 0.5, size)
    error[HERO_ITEM] = 1.0
    believed = yearly * error
    on_stock = (believed > STOCKED_FROM_ORDERS_PER_YEAR) | (random.random(size) < 0.2)
    pieces_per_day = believed * part.order_size[lines.part] / 365.25
    reorder_point = np.round(pieces_per_day * (source.quoted_days[lines.part] + COVER_DAYS)).astype(np.int64)
    cost_of_a_year = 365.25 * pieces_per_day * part.unit_cost[lines.part]
    months = random.lognormal(0.0, 0.3, size) * np.maximum(cost_of_a_year, 1.0) ** MONTHS_EXPONENT
    level, pack = random.random(size), part.pack[lines.part]

    def with_quantities(factor: float) -> Policies:
        wish = np.minimum(factor * months, LONGEST_SUPPLY_MONTHS) / 12 * 365.25 * pieces_per_day
        quantity = np.where(on_stock, pack * np.maximum(1, np.round(wish / pack)), pack).astype(np.int64)
        quantity[HERO_ITEM] = HERO_ORDER_QUANTITY
        start = np.where(on_stock, reorder_point + 1 + (level * quantity).astype(np.int64), 0)
        return Policies(lines.part, lines.place, on_stock, np.where(on_stock, reorder_point, -1), quantity, start)

    target = PURCHASE_LINES_PER_PART_AND_YEAR * len(part) * YEARS
    low, high = np.log(1.0), np.log(1e5)
    for _ in range(16):
        middle = (low + high) / 2
        if len(place_orders(with_quantities(float(np.exp(middle))), lines).day) > target:
            low = middle
        else:
            high = middle
    return with_quantities(float(np.exp(high)))


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
