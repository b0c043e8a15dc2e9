"""A maker of packaging machines and its spare parts history, generated from a seed.

The size is that of the published case (Sirri et al. 2023): 300,000 catalogue parts, 32,000 purchase and 195,000
sales lines a year, January 2017 to February 2023. Everything in it is invented. Customers order; each stock item's
policy, a rule of thumb set years ago, is run against those orders; suppliers deliver later than they promised, above
all in 2020 and from February 2022 on. So the tables hang together and stock-outs really happen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import UsageError
from spareverse.examples.demand import demand
from spareverse.examples.dirt import soil
from spareverse.examples.geography import customers
from spareverse.examples.money import monthly_rates, rates_table
from spareverse.examples.parts import HERO, catalogue
from spareverse.examples.policies import item_lines, place_orders, policies
from spareverse.examples.purchasing import deliveries, on_hand_and_owed, promises, ready_days, receipts
from spareverse.examples.suppliers import sourcing, suppliers
from spareverse.examples.tables import parts_table, purchases_table, sales_table, stock_and_policies

FEWEST_PARTS, MOST_PARTS = 200, 3_000_000


@dataclass(frozen=True)
class DemoCompany:
    """The clean tables (schemas of ``network.tables``), before the dirt of an export; lines sorted by day."""

    seed: int
    parts: pl.DataFrame
    purchases: pl.DataFrame
    sales: pl.DataFrame
    stock: pl.DataFrame
    policies: pl.DataFrame
    rates: pl.DataFrame
    hero: str = HERO

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        return {name: getattr(self, name) for name in ("parts", "rates", "purchases", "sales", "stock", "policies")}


def generate(*, parts: int = 300_000, seed: int = 2023) -> DemoCompany:
    """The company with a catalogue of ``parts`` parts; lines grow in proportion. Same seed, same company.

    Raises UsageError when ``parts`` is outside 200 to 3,000,000.
    """
    if not FEWEST_PARTS <= parts <= MOST_PARTS:
        raise UsageError(f"A demo company has {FEWEST_PARTS:,} to {MOST_PARTS:,} parts, not {parts:,}.")
    part, buyers, supplier = catalogue(parts, seed), customers(parts, seed), suppliers(parts, seed)
    source = sourcing(part, supplier, seed)
    wanted = demand(part, buyers, seed)
    lines = item_lines(wanted, supplier.order_weekday[source.supplier])
    plan = policies(part, wanted, source, lines, seed)
    orders = place_orders(plan, lines)
    arrived = receipts(orders, lines, source, supplier, seed)
    to_us = promises(orders, lines, source, seed)
    to_customer, delivered = deliveries(wanted, buyers, lines, ready_days(plan, lines, orders, arrived), seed)
    rates = monthly_rates(seed)
    pieces = on_hand_and_owed(plan, lines, orders, arrived)
    stock, policy = stock_and_policies(part, source, plan, pieces, seed)
    return DemoCompany(
        seed=seed,
        parts=parts_table(part, supplier, source),
        purchases=purchases_table(part, supplier, source, lines, orders, arrived, to_us, rates, seed),
        sales=sales_table(part, buyers, wanted, to_customer, delivered, rates, seed),
        stock=stock,
        policies=policy,
        rates=rates_table(rates),
    )


def write(directory: Path | str, *, parts: int = 300_000, seed: int = 2023) -> dict[str, Path]:
    """Write the company's CSV files as its ERP would export them, with a little dirt; returns table -> file.

    ``manifest.json`` beside them counts every line and everything planted, so that an import can be checked.
    Columns are separated by semicolons, decimals by commas.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    exported, manifest = soil(generate(parts=parts, seed=seed).tables, seed)
    files = {}
    for name, table in exported.items():
        files[name] = folder / f"{name}.csv"
        table.write_csv(files[name], separator=";", decimal_comma=True)
    document: dict[str, Any] = {"seed": seed, "catalogue_parts": parts, "hero": HERO, "tables": manifest}
    (folder / "manifest.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return files
