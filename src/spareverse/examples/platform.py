"""The platform of El-Thalji 2025: one asset, one part, four ways to keep its spares, and every published figure.

Source: "Green Spare Parts Evaluation for Hybrid Warehousing and On-Demand Manufacturing", Appl. Syst. Innov. 8(1) 8,
doi 10.3390/asi8010008. The published totals are exact sums of its rows, so the fee covers nothing here: scenarios 2
and 4 pay for parts besides their subscription, although the paper's text says otherwise.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from spareverse.network.distributions import Triangular
from spareverse.network.study import HOURS_PER_YEAR, Fee, Option, Policy, Study, Transport
from spareverse.network.study_tables import STUDY_LINES
from spareverse.network.transport_modes import TRANSPORT_MODES

TAG, PART = "PLATFORM-1", "SPARE-1"
HORIZON_H = 175_200.0
FAILURES_PER_MONTH = 1.5
MEAN_LIFE_H = 730.0 / FAILURES_PER_MONTH
REPLACEMENT_H = 8.0
UNIT_PRICE = 1_500.0
HOLDING_PER_PIECE_H = 1.0
"""Found by trial: the paper prints the cost of holding, not its rate."""
TARGET_AVAILABILITY = 0.98

_FILE = Path(__file__).with_suffix(".toml")
_CONVENTIONAL = Triangular(20 * 24.0, 30 * 24.0, 50 * 24.0)
_PRINTED = Triangular(5 * 24.0, 7 * 24.0, 14 * 24.0)
_MODE = TRANSPORT_MODES["el_thalji_2025"]
_SHIPMENT = Transport(
    mode="el_thalji_2025",
    distance_km=20_000.0,
    co2_kg_per_tonne_km=_MODE.factor(),
    co2_source=_MODE.words(),
    cost_per_shipment=3_000.0,
    shipment_weight_kg=100.0,
)

PUBLISHED: dict[str, dict[str, float]] = {
    "physical": {
        "initial_stock": 3, "reorder_point": 2, "order_quantity": 3,
        "lead_time_minimum_days": 20, "lead_time_mode_days": 30, "lead_time_maximum_days": 50,
        "availability": 0.87, "up_hours": 152_373, "lead_time_hours": 799.79, "global_shipments": 134,
        "co2_kg": 2_680, "transport_cost": 402_000, "parts_cost": 531_000, "holding_cost": 412_124,
        "fee_cost": 0, "total_cost": 1_345_124,
    },
    "digital": {
        "initial_stock": 0, "reorder_point": 0, "order_quantity": 0,
        "lead_time_minimum_days": 5, "lead_time_mode_days": 7, "lead_time_maximum_days": 14,
        "availability": 0.719, "up_hours": 125_906, "lead_time_hours": 209, "global_shipments": 0,
        "co2_kg": 0, "transport_cost": 0, "parts_cost": 391_500, "holding_cost": 0,
        "fee_cost": 315_000, "total_cost": 706_500,
    },
    "enhanced": {
        "initial_stock": 7, "reorder_point": 6, "order_quantity": 7,
        "lead_time_minimum_days": 20, "lead_time_mode_days": 30, "lead_time_maximum_days": 50,
        "availability": 0.984, "up_hours": 172_351, "lead_time_hours": 803, "global_shipments": 51,
        "co2_kg": 1_020, "transport_cost": 153_000, "parts_cost": 543_000, "holding_cost": 1_309_577,
        "fee_cost": 0, "total_cost": 2_005_577,
    },
    "hybrid": {
        "initial_stock": 4, "reorder_point": 3, "order_quantity": 4,
        "lead_time_minimum_days": 5, "lead_time_mode_days": 7, "lead_time_maximum_days": 14,
        "availability": 0.985, "up_hours": 172_575, "lead_time_hours": 206.87, "global_shipments": 0,
        "co2_kg": 0, "transport_cost": 0, "parts_cost": 492_000, "holding_cost": 898_943,
        "fee_cost": 630_000, "total_cost": 2_020_943,
    },
}  # fmt: skip
"""Table 2, by scenario and measure (and what was put in): hours, kilograms, NOK, shares."""

for _scenario in PUBLISHED.values():
    _scenario["failures"] = _scenario["parts_cost"] / UNIT_PRICE
    _scenario["mean_stock"] = _scenario["holding_cost"] / HORIZON_H / HOLDING_PER_PIECE_H

PUBLISHED_SPIR: dict[str, dict[str, float | str]] = {
    "physical": {
        "warehouse": "physical", "consequence": "high", "demand_per_month": 1.5, "location": "minimum stock at site",
        "unit_price": 1_500, "delivery_days": 20, "at_commissioning": 7, "operational": 7, "reorder_point": 6,
    },
    "hybrid": {
        "warehouse": "hybrid", "consequence": "high", "demand_per_month": 1.5, "location": "minimum stock at site",
        "unit_price": 1_500, "delivery_days": 7, "at_commissioning": 4, "operational": 4, "reorder_point": 3,
    },
}  # fmt: skip
"""Table 4, the paper's filled SPIR worksheet."""


def study() -> Study:
    """The study that the file defines, with the product's own emergency rule."""
    lines = pl.DataFrame(
        {
            "tag": [TAG],
            "asset_id": [TAG],
            "part_id": [PART],
            "description": ["Critical spare part of the platform"],
            "installed_quantity": [1],
            "needed_quantity": [1],
            "criticality": ["high"],
            "failures_per_year": [12 * FAILURES_PER_MONTH],
            "rate_source": ["vendor"],
            "life": ["exponential"],
            "replacement": ["8 h"],
            "unit_price": [UNIT_PRICE],
            "am_qualified": [True],
        }
    )
    return Study(
        "el-thalji-2025",
        pl.concat([STUDY_LINES.empty(), lines], how="diagonal"),
        (
            _option("physical", "1 Physical warehouse", 3, 2),
            _option("digital", "2 Digital warehouse", 0, 0, fee=1_312.50),
            _option("enhanced", "3 Enhanced physical warehouse", 7, 6),
            _option("hybrid", "4 Hybrid warehouse", 4, 3, fee=2_625.0),
        ),
        currency="NOK",
        horizon_h=20 * HOURS_PER_YEAR,
        target_availability=TARGET_AVAILABILITY,
    )


def _option(name: str, title: str, batch: int, reorder_point: int, fee: float = 0.0) -> Option:
    stocked = Policy("reorder_point", batch, reorder_point, batch, basis="on_hand")
    return Option(
        name,
        "physical" if not fee else "hybrid" if batch else "digital",
        title=title,
        policy=stocked if batch else Policy("on_demand"),
        lead_time=_PRINTED if fee else _CONVENTIONAL,
        fee=Fee(per_month=fee),
        transport=Transport() if fee else _SHIPMENT,
        holding_per_piece_h=HOLDING_PER_PIECE_H,
        parts_charged="on_use",
    )


def write(directory: Path | str) -> dict[str, Path]:
    """Write the study file; returns ``{"study": file}``. Its one line stands in it."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    return {"study": Path(shutil.copyfile(_FILE, folder / "study.toml"))}
