"""An invented offshore wind farm: 60 turbines, six kinds of spares each, that share their stocks.

More fails in winter, when an hour down costs most and boats wait longest for weather. Months of the year count from
January. Rates, prices and weather are invented, of a size that published reliability data make believable.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

TURBINES = 60
_FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Spare:
    """One spare of every turbine: failures per piece and year, EUR, kg, days."""

    code: str
    description: str
    vendor: str
    pieces: int
    needed: int
    failures_per_year: float
    life: str
    replacement: str
    unit_price: float
    lead_time: str
    weight_kg: float
    criticality: str = "high"
    digital_lead_time: str | None = None
    digital_price: float | None = None
    shelf_life_months: float | None = None


SPARES = (
    Spare("PITCH", "Pitch motor", "Rotorgear", 3, 3, 0.045, "weibull(shape=1.8)", "triangular(6, 8, 14) h", 5_200,
          "triangular(40, 60, 120)", 85),
    Spare("BATT", "Pitch battery pack", "Accuvolt", 3, 3, 0.11, "weibull(shape=3.5)", "4 h", 1_900,
          "triangular(14, 25, 60)", 40, shelf_life_months=36),
    Spare("IGBT", "Converter module", "Ostwind Power", 6, 6, 0.055, "exponential", "5 h", 11_500,
          "triangular(60, 90, 210)", 24),
    Spare("PUMP", "Cooling pump impeller and housing", "Hydra Nord", 2, 1, 0.16, "weibull(shape=2)", "4 h", 2_300,
          "triangular(30, 45, 90)", 11, "medium", "triangular(4, 6, 10)", 2_900),
    Spare("YAW", "Yaw brake calliper body", "Rotorgear", 8, 7, 0.02, "weibull(shape=2.2)", "triangular(6, 9, 16) h",
          3_400, "triangular(45, 70, 150)", 38, "high", "triangular(6, 9, 15)", 5_600),
    Spare("VANE", "Wind vane with heated bracket", "Meteora", 2, 1, 0.12, "exponential", "3 h", 1_100,
          "triangular(20, 30, 60)", 4, "medium", "triangular(3, 5, 8)", 1_300),
)  # fmt: skip


def lines() -> pl.DataFrame:
    """360 lines, one per turbine and spare (columns of ``STUDY_LINES`` that have a value)."""
    rows = [
        {
            "tag": f"WTG-{number:02}-{spare.code}",
            "asset_id": f"WTG-{number:02}",
            "part_id": f"WF-{spare.code}",
            "description": spare.description,
            "vendor": spare.vendor,
            "installed_quantity": spare.pieces,
            "needed_quantity": spare.needed,
            "criticality": spare.criticality,
            "failures_per_year": spare.failures_per_year,
            "life": spare.life,
            "replacement": spare.replacement,
            "unit_price": spare.unit_price,
            "lead_time": spare.lead_time,
            "am_qualified": spare.digital_lead_time is not None,
            "digital_lead_time": spare.digital_lead_time,
            "digital_price": spare.digital_price,
            "weight_kg": spare.weight_kg,
            "shelf_life_months": spare.shelf_life_months,
        }
        for number in range(1, TURBINES + 1)
        for spare in SPARES
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def write(directory: Path | str) -> dict[str, Path]:
    """Write ``study.toml`` and ``turbines.csv``; returns ``{"study": ..., "lines": ...}``."""
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / "turbines.csv"
    lines().write_csv(package)
    return {"study": Path(shutil.copyfile(_FILE, folder / "study.toml")), "lines": package}
