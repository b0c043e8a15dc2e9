"""Input tables of small made-up companies, as a twin hands them to an analysis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from spareverse.network.tables import TABLES

DAY_ZERO = date(2021, 1, 1)


def day(number: int) -> date:
    return DAY_ZERO + timedelta(days=number)


def table(name: str, rows: Sequence[dict[str, Any]] = ()) -> pl.DataFrame:
    """Rows completed to the declared columns of an input table; whole numbers in day columns count from DAY_ZERO."""
    schema = {**TABLES[name].schema, "flag": pl.String()}
    whole = [
        {key: day(value) if schema[key] == pl.Date and isinstance(value, int) else value for key, value in row.items()}
        for row in rows
    ]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in whole], schema=schema)


def tables(**given: Sequence[dict[str, Any]]) -> dict[str, pl.DataFrame]:
    """All input tables; those not given are empty."""
    return {name: table(name, given.get(name, ())) for name in TABLES}


def company(parts: int, seed: int, days: int = 700) -> dict[str, pl.DataFrame]:
    """A varied company: two categories, four suppliers, open lines, parts without orders, prices of all sizes."""
    random = np.random.default_rng(seed)
    master, purchases, sales = [], [], []
    for number in range(parts):
        part = f"P{number:04d}"
        supplier = f"S{number % 4}"
        cost = float(np.round(random.lognormal(3.5, 1.2), 2))
        scale, shape = 70.0 * random.lognormal(0.0, 0.5), 2.0 * random.lognormal(0.0, 0.3)
        master.append(
            {"part_id": part, "category": f"C{number % 2}", "supplier_id": supplier, "unit_cost": cost}
            | ({"expected_lead_time_days": 60.0} if number % 7 else {})
        )
        for start in np.sort(random.integers(0, days, random.poisson(3.0))).tolist():
            received = start + round(scale * random.weibull(shape))
            purchases.append(
                {
                    "part_id": part, "supplier_id": supplier, "order_id": f"O{len(purchases)}", "line": "1",
                    "ordered_on": start, "promised_on": start + 55 if number % 5 else None, "quantity": 10.0,
                    "received_on": received if received < days else None,
                }
            )  # fmt: skip
        rate = random.gamma(0.7, 0.05)
        sales += [
            {
                "part_id": part, "order_id": f"Q{number}-{line}", "line": "1", "ordered_on": when,
                "customer_id": f"K{when % 9}", "country": "IT", "quantity": float(random.geometric(0.5)),
            }
            for line, when in enumerate(np.sort(random.integers(0, days, random.poisson(rate * days))).tolist())
        ]  # fmt: skip
    return tables(parts=master, purchases=purchases, sales=sales)
