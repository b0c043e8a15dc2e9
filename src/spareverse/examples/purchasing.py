"""The demo company's purchase lines and deliveries: orders, receipts, and which customer got which piece when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spareverse.examples.demand import Demand
from spareverse.examples.geography import TRANSIT_DAYS, Customers
from spareverse.examples.policies import ItemLines, Orders, Policies
from spareverse.examples.suppliers import Sourcing, Suppliers
from spareverse.examples.timeline import DAYS, arrival, next_business_day, stream

SPLIT_SHARE = 0.073
LONGEST_LEAD_TIME_DAYS = 600
PICKING_DAYS = 2
PROMISE_SLACK_DAYS = 3


@dataclass(frozen=True)
class Receipts:
    """Receipts of purchase lines sorted by order; a split line has several. One entry per receipt."""

    order: NDArray[np.int64]
    day: NDArray[np.int64]
    """The day of the extract stands for: not received yet."""
    quantity: NDArray[np.int64]


def receipts(orders: Orders, lines: ItemLines, source: Sourcing, supplier: Suppliers, seed: int) -> Receipts:
    """When each order arrives, stretched by the shocks; about 6 % of all arrive in two or three parts."""
    random = stream(seed, "receipts")
    part = lines.part[orders.item]
    nominal = source.scale_days[part] * random.weibull(source.shape[part])
    nominal = np.minimum(nominal, LONGEST_LEAD_TIME_DAYS)
    split = (random.random(len(part)) < SPLIT_SHARE) & (orders.quantity >= 3)
    pieces = np.where(split, random.integers(2, 4, len(part)), 1)
    order = np.repeat(np.arange(len(part)), pieces)
    number = np.arange(len(order)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    # the first part of a split line comes when the line was due, the rest in the weeks after
    late = number * random.uniform(0.1, 0.35, len(order)) * source.quoted_days[part[order]]
    day = arrival(orders.day[order], nominal[order] + late, supplier.region[source.supplier[part[order]]])
    share = orders.quantity[order] // pieces[order]
    rest = orders.quantity[order] - share * (pieces[order] - 1)
    quantity = np.where(number == pieces[order] - 1, rest, share)
    # what comes on one day is one receipt, and what has not come is one open remainder
    key, receipt = np.unique(order * (DAYS + 1) + np.minimum(day, DAYS), return_inverse=True)
    return Receipts(key // (DAYS + 1), key % (DAYS + 1), _pieces(receipt, quantity, len(key)))


def promises(orders: Orders, lines: ItemLines, source: Sourcing, seed: int) -> NDArray[np.int64]:
    """Day promised for each order: what the supplier quotes, now and then a week more or less."""
    random = stream(seed, "promises")
    part = lines.part[orders.item]
    weeks = random.choice([-1, 0, 1], size=len(part), p=[0.15, 0.7, 0.15])
    weeks[part == 0] = 0
    return next_business_day(orders.day + np.maximum(7, source.quoted_days[part] + 7 * weeks))


def ready_days(plan: Policies, lines: ItemLines, orders: Orders, arrived: Receipts) -> NDArray[np.int64]:
    """Day on which each demand line (as in ``lines``) can leave in full, or the extract: first come, first served."""
    item = np.repeat(np.arange(len(plan.part)), np.diff(lines.first))
    owner = orders.item[arrived.order]
    by_arrival = np.lexsort((arrived.day, owner))
    owner, day = owner[by_arrival], arrived.day[by_arrival]
    supply = _running_sum(arrived.quantity[by_arrival], owner) + plan.start[owner]
    wanted = _running_sum(lines.quantity, item)
    apart = 1 + int(max(supply.max(initial=0), wanted.max(initial=0)))
    covering = np.searchsorted(owner * apart + supply, item * apart + wanted, side="left")
    never = np.append(owner, -1)[covering] != item  # ordered, if at all, after the extract
    covered_on = np.where(never, DAYS, np.append(day, DAYS)[covering])
    return np.where(wanted <= plan.start[item], lines.day, np.maximum(lines.day, covered_on))


def _running_sum(values: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cumulative sum that starts afresh in each group of a sorted ``group``."""
    total = np.cumsum(values)
    begin = np.searchsorted(group, group, side="left")
    return total - (total - values)[begin]


def deliveries(
    wanted: Demand, buyers: Customers, lines: ItemLines, ready: NDArray[np.int64], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Promise to and delivery at the customer of each demand line, in the order of the demand."""
    random = stream(seed, "deliveries")
    transit = TRANSIT_DAYS[buyers.region[wanted.customer], wanted.place]
    leaves = np.empty(len(wanted.day), dtype=np.int64)
    leaves[lines.line] = ready
    under_way = np.round(transit * random.lognormal(0.0, 0.25, len(transit))).astype(np.int64)
    handling = random.integers(0, PICKING_DAYS + 1, len(transit))
    delivered = next_business_day(leaves + handling + np.maximum(1, under_way))
    return next_business_day(wanted.day + transit + PROMISE_SLACK_DAYS), delivered


def on_hand_and_owed(
    plan: Policies, lines: ItemLines, orders: Orders, arrived: Receipts
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pieces on hand, on order and owed to customers of each item at the extract."""
    count = len(plan.part)
    item = np.repeat(np.arange(count), np.diff(lines.first))
    here = arrived.day < DAYS
    received = _pieces(orders.item[arrived.order[here]], arrived.quantity[here], count)
    due = _pieces(orders.item[arrived.order[~here]], arrived.quantity[~here], count)
    balance = plan.start + received - _pieces(item, lines.quantity, count)
    return np.maximum(balance, 0), due, np.maximum(-balance, 0)


def _pieces(item: NDArray[np.int64], quantity: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return np.bincount(item, weights=quantity, minlength=count).astype(np.int64)
