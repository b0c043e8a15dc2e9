"""Order lines for the one part of Sirri et al. 2023, CONSTRUCTED: the paper prints its figures but not its lines.

The lines below carry the paper's counts exactly: 13 purchase lines (11 completed, 2 still open), 40 sales lines,
97 pieces, 15 countries, 11 pairs, 17.2 days to the customer, 60 % of them on time, 65 days of expected lead time.

They were found once by a seeded search. Eleven whole numbers of days and eleven whole numbers of pieces start at the
quantiles of the two published Weibull distributions and are moved by a day or a piece as long as the maximum
likelihood fit comes nearer. Emissions are then drawn, longer lead times towards the end, with four pairs of cycles
overlapping (11 safety covers add up to 98 pieces, so that some sales must count twice), and the sales are laid into
the cycles. Whole numbers limit how near the fits can be:

                                 published    lines below
    lead time   shape                 2.12         2.1200   open lines as censored (2.1135 without them)
                scale, days          81.79          81.78   (81.70)
                P(RC_LT > 65)       54.1 %         54.1 %   (54.0 %)
    cover       shape                 1.44          1.440
                scale, pieces        9.828          9.826
                P(SC > 16)          13.3 %         13.3 %
                P(SC > 21)             5 %          5.1 %
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import polars as pl

from spareverse.network.tables import PURCHASES, SALES

PART = "SIRRI-2023"
SINCE, UNTIL = date(2020, 1, 1), date(2023, 3, 1)
EXPECTED_LEAD_TIME_DAYS = 65
ORDER_QUANTITY = 8
UNIT_COST, UNIT_PRICE = 84.00, 218.00


@dataclass(frozen=True)
class Published:
    """One figure of the paper; an input was put into the lines or the costs, a check must come out."""

    value: float
    unit: str
    kind: Literal["input", "check"]
    meaning: str


PUBLISHED: dict[str, Published] = {
    "purchase_lines": Published(13, "lines", "input", "Purchase and production order lines (PPO)"),
    "sales_lines": Published(40, "lines", "input", "Sales order lines (SO)"),
    "pieces_sold": Published(97, "pieces", "input", "Pieces sold"),
    "countries": Published(15, "", "input", "Countries of the customers"),
    "pairs": Published(11, "cycles", "input", "Completed cycles that count"),
    "days_to_customer": Published(17.2, "days", "input", "Mean days from order to delivery"),
    "customer_on_time": Published(0.60, "", "input", "Share of deliveries not later than promised"),
    "expected_lead_time_days": Published(65, "days", "input", "Expected lead time T"),
    "lead_time_shape": Published(2.12, "", "input", "Weibull shape of the lead time"),
    "lead_time_scale_days": Published(81.79, "days", "input", "Weibull scale of the lead time, from the late risk"),
    "late_risk": Published(0.541, "", "input", "P(RC_LT > 65)"),
    "cover_shape": Published(1.44, "", "input", "Weibull shape of the safety cover"),
    "cover_scale": Published(9.828, "pieces", "input", "Weibull scale of the safety cover, from the risk at 16"),
    "cover_mean": Published(8.9, "pieces", "input", "Mean safety cover"),
    "risk_at_16": Published(0.133, "", "input", "P(SC > 16)"),
    "cost_at_16": Published(2.16, "EUR/day", "input", "Cost of a cover of 16"),
    "share_stock_out": Published(0.25, "", "input", "Share of the stock-out cost in it"),
    "share_early": Published(0.32, "", "input", "Share of the early-supply inventory in it"),
    "share_holding": Published(0.43, "", "input", "Share of the on-time inventory in it"),
    "optimal_cover": Published(16, "pieces", "check", "Cover of least cost"),
    "risk_at_21": Published(0.05, "", "check", "P(SC > 21)"),
    "cost_of_safety": Published(0.15, "EUR/day", "check", "Cost of 21 pieces less the cost of 16"),
}

# emission, days to receipt (None: open at the extract)
# fmt: off
_PURCHASES: tuple[tuple[str, int | None], ...] = (
    ("2020-01-16", 28), ("2020-05-18", 15), ("2020-08-31", 85), ("2020-10-21", 42),
    ("2020-12-21", 45), ("2021-04-22", 99), ("2021-07-09", 94), ("2021-09-02", 77),
    ("2021-10-21", 60), ("2022-02-28", 114), ("2022-09-12", 137), ("2023-02-20", None),
    ("2023-02-27", None),
)

# day of the order, pieces, country, days promised, days taken
_SALES: tuple[tuple[str, int, str, int, int], ...] = (
    ("2020-02-04", 3, "TH", 14, 17), ("2020-05-27", 1, "IT", 21, 17), ("2020-07-03", 2, "CN", 14, 9),
    ("2020-10-19", 3, "TR", 14, 11), ("2020-11-17", 2, "MX", 14, 9), ("2020-11-25", 1, "TH", 21, 15),
    ("2021-01-04", 1, "IT", 14, 18), ("2021-01-11", 5, "CN", 14, 11), ("2021-03-12", 5, "DE", 21, 24),
    ("2021-03-23", 2, "IT", 14, 11), ("2021-04-27", 4, "US", 14, 26), ("2021-05-05", 2, "DE", 21, 30),
    ("2021-05-18", 2, "IN", 14, 23), ("2021-05-27", 2, "MX", 21, 26), ("2021-07-07", 3, "US", 21, 15),
    ("2021-07-14", 3, "FR", 14, 10), ("2021-07-21", 1, "DE", 21, 17), ("2021-08-02", 4, "US", 14, 30),
    ("2021-08-18", 1, "BR", 14, 7), ("2021-08-19", 2, "FR", 14, 23), ("2021-08-23", 7, "IT", 14, 10),
    ("2021-09-01", 1, "MX", 14, 33), ("2021-10-05", 3, "AE", 14, 28), ("2021-10-20", 1, "IT", 14, 10),
    ("2021-11-12", 3, "MX", 14, 9), ("2021-11-22", 1, "FR", 14, 11), ("2021-11-26", 5, "TH", 21, 18),
    ("2022-01-14", 1, "MX", 14, 14), ("2022-03-11", 1, "ZA", 14, 16), ("2022-03-15", 4, "DE", 14, 12),
    ("2022-03-29", 2, "PL", 14, 8), ("2022-05-18", 3, "IN", 14, 55), ("2022-05-30", 1, "ES", 14, 10),
    ("2022-07-27", 1, "GB", 14, 7), ("2022-09-16", 1, "TH", 14, 19), ("2022-10-17", 2, "IT", 14, 11),
    ("2022-10-19", 1, "GB", 21, 20), ("2022-11-07", 4, "ES", 14, 14), ("2022-11-18", 3, "IT", 14, 18),
    ("2023-01-16", 3, "BR", 14, 16),
)
# fmt: on


def lines() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Purchase lines (13 rows) and sales lines (40 rows): the columns of ``network.tables`` that have a value."""
    return _purchase_lines(_PURCHASES), _sales_lines(_SALES)


def _purchase_lines(rows: Iterable[tuple[str, int | None]]) -> pl.DataFrame:
    records = []
    for number, (emission, lead_time_days) in enumerate(rows, start=1):
        day = date.fromisoformat(emission)
        received = None if lead_time_days is None else day + timedelta(days=lead_time_days)
        records.append(
            {
                "part_id": PART,
                "supplier_id": "SUPPLIER-1",
                "order_id": f"PPO-{number:02}",
                "line": "1",
                "kind": "purchase",
                "ordered_on": day,
                "promised_on": day + timedelta(days=EXPECTED_LEAD_TIME_DAYS),
                "received_on": received,
                "quantity": ORDER_QUANTITY,
                "unit_cost": UNIT_COST,
                "status": "closed" if received else "open",
            }
        )
    return pl.DataFrame(records, schema_overrides=dict(PURCHASES.schema))


def _sales_lines(rows: Iterable[tuple[str, int, str, int, int]]) -> pl.DataFrame:
    records = []
    for number, (ordered, pieces, country, promised_days, taken_days) in enumerate(rows, start=1):
        day = date.fromisoformat(ordered)
        records.append(
            {
                "part_id": PART,
                "customer_id": f"{country}-1",
                "country": country,
                "order_id": f"SO-{number:02}",
                "line": "1",
                "ordered_on": day,
                "promised_on": day + timedelta(days=promised_days),
                "delivered_on": day + timedelta(days=taken_days),
                "quantity": pieces,
                "unit_price": UNIT_PRICE,
                "status": "closed",
            }
        )
    return pl.DataFrame(records, schema_overrides=dict(SALES.schema))


def write(directory: Path | str) -> dict[str, Path]:
    """Write both tables as CSV files; returns table -> file."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, table in zip(("purchases", "sales"), lines(), strict=True):
        files[name] = folder / f"{name}.csv"
        table.write_csv(files[name])
    return files
