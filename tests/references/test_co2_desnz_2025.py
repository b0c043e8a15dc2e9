"""Emission factors beside the table they were taken from (DESNZ 2025)."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from spareverse.network.transport_modes import DESNZ, TRANSPORT_MODES

LEVELS = ("Level 2", "Level 3", "Level 4", "Column Text")
FACTOR = "GHG Conversion Factor 2025"


def factors(shared: Path, name: str) -> dict[tuple[str, ...], float]:
    """kg CO2e per tonne-km by the headings of a row; the add-on's first heading without its 'WTT- '."""
    path = shared / "data" / "co2-desnz-2025" / name
    if not path.is_file():
        pytest.skip(f"no table at {path}")
    table = pl.read_csv(path, encoding="utf8-lossy", infer_schema=False).filter(
        (pl.col("UOM") == "tonne.km") & (pl.col("GHG/Unit") == "kg CO2e")
    )
    headings = table.select(pl.col(level).fill_null("") for level in LEVELS).rows()
    values = table[FACTOR].cast(pl.Float64, strict=False)
    return {
        (first.removeprefix("WTT- ").casefold(), *rest): value
        for (first, *rest), value in zip(headings, values, strict=True)
        if value is not None
    }


@pytest.mark.parametrize("name", [name for name, mode in TRANSPORT_MODES.items() if mode.source == DESNZ])
def test_factor_is_that_of_its_row(name: str, shared: Path) -> None:
    mode = TRANSPORT_MODES[name]
    row = (mode.heading[0].casefold(), *mode.heading[1:])
    assert factors(shared, "category_freighting_goods.csv")[row] == mode.kg_per_tonne_km
    assert factors(shared, "category_wtt_delivery_vehs_freight.csv")[row] == mode.well_to_tank_kg_per_tonne_km
