"""The demo company's history laid out as the tables people bring."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.demand import Demand
from spareverse.examples.geography import PLACES, Customers
from spareverse.examples.money import in_currency, price_level
from spareverse.examples.parts import CATEGORIES, NEVER_MOVING_BUT_STOCKED, Catalogue, descriptions
from spareverse.examples.policies import ItemLines, Orders, Policies
from spareverse.examples.purchasing import Receipts
from spareverse.examples.suppliers import Sourcing, Suppliers
from spareverse.examples.timeline import DAYS, EXTRACT_DATE, FIRST_DAY, dates, stream
from spareverse.network.schema import Table
from spareverse.network.tables import PARTS, POLICIES, PURCHASES, SALES, STOCK

CANCELLED_SHARE = 0.01
POLICY_MISSING = 0.07
PLANNERS = ("Amadori", "Benassi", "Corsini", "Degli Esposti", "Fabbri", "Galletti", "Lorenzini", "Montanari", "Zanardi")


def conform(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame in the declared columns, order and types of the table; columns it lacks are empty."""
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, dtype=kind).alias(name)
        for name, kind in table.schema.items()
    )


def _texts(values: tuple[str, ...], index: NDArray[np.int64]) -> pl.Series:
    return pl.Series(values).gather(index)


def purchases_table(
    part: Catalogue,
    supplier: Suppliers,
    source: Sourcing,
    lines: ItemLines,
    orders: Orders,
    arrived: Receipts,
    promised: NDArray[np.int64],
    rates: NDArray[np.float64],
    seed: int,
) -> pl.DataFrame:
    """One row per receipt, sorted by order; about 1 % more lines were cancelled and ordered anew."""
    random = stream(seed, "purchase lines")
    part_of = lines.part[orders.item]
    source_of, place_of = source.supplier[part_of], lines.place[orders.item]
    euros = part.unit_cost[part_of] * price_level(orders.day) * random.lognormal(0.0, 0.03, len(part_of))
    currency = supplier.currency[source_of]
    number, position = _order_numbers(orders.day, source_of * len(PLACES) + place_of)
    row = arrived.order
    known = arrived.day < DAYS
    frame = pl.DataFrame(
        {
            "part_id": part.part_id.gather(part_of[row]),
            "place_id": _texts(PLACES, place_of[row]),
            "supplier_id": supplier.supplier_id.gather(source_of[row]),
            "order_id": pl.Series(4_500_000_000 + number[row]).cast(pl.String),
            "line": pl.Series(10 * position[row]).cast(pl.String),
            "kind": _texts(("purchase", "production"), (source_of[row] == 0).astype(np.int64)),
            "ordered_on": dates(orders.day[row]),
            "promised_on": dates(promised[row]),
            "received_on": dates(arrived.day, known),
            "quantity": orders.quantity[row],
            "received_quantity": pl.Series(np.where(known, arrived.quantity, -1)),
            "unit_cost": in_currency(euros, currency, orders.day, rates)[row],
            "currency": pl.Series(currency[row]),
            "status": _texts(("open", "closed"), known.astype(np.int64)),
        }
    ).with_columns(
        received_quantity=pl.when(pl.col("received_quantity") >= 0).then(pl.col("received_quantity")),
    )
    again = np.flatnonzero(random.random(len(part_of)) < CANCELLED_SHARE)
    cancelled = _cancelled(frame[np.searchsorted(row, again)], 4_400_000_000, random)
    return conform(pl.concat([frame, cancelled]).sort("ordered_on", "order_id", "line", maintain_order=True), PURCHASES)


def _order_numbers(day: NDArray[np.int64], partner: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Orders group the lines to one partner on one day: running number of the order and position in it."""
    order = np.lexsort((partner, day))
    key = day[order] * (int(partner.max(initial=0)) + 1) + partner[order]
    begins = np.concatenate(([True], key[1:] != key[:-1])) if len(key) else np.zeros(0, dtype=np.bool_)
    running = np.cumsum(begins) - 1
    number, position = np.empty(len(day), dtype=np.int64), np.empty(len(day), dtype=np.int64)
    number[order] = running
    position[order] = np.arange(len(day)) - np.flatnonzero(begins)[running] + 1
    return number, position


def _cancelled(lines: pl.DataFrame, first_number: int, random: np.random.Generator) -> pl.DataFrame:
    """Lines placed by mistake some days before the right ones, and cancelled."""
    early = pl.Series(-random.integers(0, 6, len(lines))).cast(pl.String) + "d"
    return lines.with_columns(
        order_id=pl.Series(first_number + np.arange(len(lines))).cast(pl.String),
        line=pl.lit("10"),
        ordered_on=pl.max_horizontal(lines["ordered_on"].dt.offset_by(early), pl.lit(FIRST_DAY)),
        status=pl.lit("cancelled"),
        **{
            name: pl.lit(None, dtype=kind)
            for name, kind in lines.schema.items()
            if name in ("received_on", "received_quantity", "delivered_on")
        },
    )


def sales_table(
    part: Catalogue,
    buyers: Customers,
    wanted: Demand,
    promised: NDArray[np.int64],
    delivered: NDArray[np.int64],
    rates: NDArray[np.float64],
    seed: int,
) -> pl.DataFrame:
    """One row per customer order line, sorted by day; the office in Memphis invoices in dollars."""
    random = stream(seed, "sales lines")
    known = delivered < DAYS
    position = np.arange(len(wanted.order)) - np.searchsorted(wanted.order, wanted.order) + 1
    margin = 2.6 * random.lognormal(0.0, 0.12, len(part))[wanted.part]
    discount = random.choice([1.0, 0.95, 0.9, 0.8], size=len(buyers.weight), p=[0.5, 0.25, 0.15, 0.1])
    euros = part.unit_cost[wanted.part] * margin * discount[wanted.customer] * price_level(wanted.day)
    currency = np.where(wanted.place == PLACES.index("MEMPHIS"), "USD", "EUR")
    frame = pl.DataFrame(
        {
            "part_id": part.part_id.gather(wanted.part),
            "place_id": _texts(PLACES, wanted.place),
            "customer_id": buyers.customer_id.gather(wanted.customer),
            "country": buyers.country.gather(wanted.customer),
            "order_id": pl.Series(10_000_000 + wanted.order).cast(pl.String).str.zfill(10),
            "line": pl.Series(10 * position).cast(pl.String),
            "ordered_on": dates(wanted.day),
            "promised_on": dates(promised),
            "delivered_on": dates(delivered, known),
            "quantity": wanted.quantity,
            "unit_price": in_currency(euros, currency, wanted.day, rates),
            "currency": pl.Series(currency),
            "status": _texts(("open", "closed"), known.astype(np.int64)),
        }
    )
    lost = np.flatnonzero(random.random(len(frame)) < CANCELLED_SHARE)
    cancelled = _cancelled(frame[lost], 90_000_000, random).with_columns(pl.col("order_id").str.zfill(10))
    return conform(pl.concat([frame, cancelled]).sort("ordered_on", maintain_order=True), SALES)


def parts_table(part: Catalogue, supplier: Suppliers, source: Sourcing) -> pl.DataFrame:
    successor = part.part_id.gather(np.maximum(part.superseded_by, 0))
    return conform(
        pl.DataFrame(
            {
                "part_id": part.part_id,
                "description": descriptions(part),
                "category": _texts(tuple(kind.name for kind in CATEGORIES), part.category),
                "criticality": _texts(("A", "B", "C"), part.criticality),
                "unit_cost": part.unit_cost,
                "currency": pl.repeat("EUR", len(part), eager=True),
                "weight_kg": part.weight_kg,
                "supplier_id": supplier.supplier_id.gather(source.supplier),
                "expected_lead_time_days": source.quoted_days,
                "min_order_quantity": part.pack,
                "pack_size": part.pack,
                "superseded_by": pl.select(pl.when(pl.Series(part.superseded_by >= 0)).then(successor)).to_series(),
            }
        ),
        PARTS,
    )


def stock_and_policies(
    part: Catalogue,
    source: Sourcing,
    plan: Policies,
    pieces: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    seed: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Snapshot at the extract and today's rules: moving items, and the dead stock nobody orders any more."""
    random = stream(seed, "stock")
    asleep = np.flatnonzero(~part.moving & (random.random(len(part)) < NEVER_MOVING_BUT_STOCKED))
    count = len(asleep)
    item_part = np.concatenate((plan.part, asleep))
    item_place = np.concatenate((plan.place, np.zeros(count, dtype=np.int64)))
    dead = part.pack[asleep] * random.integers(1, 4, count)
    on_hand, on_order, owed = (
        np.concatenate((known, more)) for known, more in zip(pieces, (dead, 0 * dead, 0 * dead), strict=True)
    )
    stock = pl.DataFrame(
        {
            "part_id": part.part_id.gather(item_part),
            "place_id": _texts(PLACES, item_place),
            "as_of": pl.repeat(EXTRACT_DATE, len(item_part), eager=True),
            "on_hand": on_hand,
            "on_order": on_order,
            "backordered": owed,
        }
    )
    on_stock = np.concatenate((plan.on_stock, np.ones(count, dtype=np.bool_)))
    reorder_point = np.concatenate((plan.reorder_point, np.minimum(1, dead)))
    quantity = np.concatenate((plan.order_quantity, part.pack[asleep]))
    kept = pl.Series(on_stock)
    rule = stock.select("part_id", "place_id").with_columns(
        planner=_texts(PLANNERS, (part.category[item_part] + 5 * item_place) % len(PLANNERS)),
        policy=pl.when(kept).then(pl.lit("sQ")).otherwise(pl.lit("on_demand")),
        reorder_point=pl.when(kept).then(pl.Series(reorder_point)),
        order_quantity=pl.when(kept).then(pl.Series(quantity)),
        planned_lead_time_days=pl.Series(source.quoted_days[item_part]),
        valid_from=dates(-random.integers(30, 1400, len(item_part))),
    )
    missing = random.random(len(item_part)) < POLICY_MISSING
    missing[0] = False
    policy = rule.filter(~pl.Series(missing))
    return conform(stock.sort("part_id", "place_id"), STOCK), conform(policy.sort("part_id", "place_id"), POLICIES)
