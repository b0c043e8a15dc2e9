"""Where assets wear out: shapes and next year's demand of generated fleets whose next year is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from spareverse.history.planning_data import PlanningData
from spareverse.network.tables import TABLES
from spareverse.optimisation.ageing import ageing_rates, ageing_table

BEGINS, UNTIL = date(2018, 1, 1), date(2023, 1, 1)
PARTS, ASSETS = 12, 30
YEAR = 365.25


class Company:
    """Parts in assets with one life; what was issued until the window's end, and what then came in a year."""

    def __init__(self, shape: float, scale: float, *, years: float = 8.0, seed: int = 1) -> None:
        random = np.random.default_rng(seed)
        first, last = BEGINS.toordinal(), UNTIL.toordinal()
        installed, issued, self.last_year, self.next_year = [], [], 0, 0
        for part in range(PARTS):
            for asset in range(ASSETS):
                day = float(last - int(random.uniform(0.2, years) * YEAR))
                installed.append({"asset_id": f"{part}/{asset}", "part_id": f"P{part}", "quantity": 1.0}
                                 | {"since": date.fromordinal(int(day))})  # fmt: skip
                while (day := day + max(1.0, scale * random.weibull(shape))) < last + YEAR:
                    self.next_year += day >= last
                    self.last_year += last - YEAR <= day < last
                    if first <= day < last:
                        line = {"asset_id": f"{part}/{asset}", "part_id": f"P{part}", "quantity": 1.0}
                        issued.append(line | {"issued_on": date.fromordinal(int(day))})
        self.tables = {
            "installed": pl.DataFrame(installed, schema=TABLES["installed"].schema),
            "consumption": pl.DataFrame(issued, schema=TABLES["consumption"].schema),
        }
        self.items = pl.DataFrame(
            {"item": range(PARTS + 1), "part_id": [f"P{i}" for i in range(PARTS + 1)], "place_id": ""}
        ).with_columns(pl.lit("pumps").alias("category"))

    def table(self) -> pl.DataFrame:
        return ageing_table(self.tables, self.items, BEGINS, UNTIL)


@pytest.mark.parametrize(("shape", "scale"), [(3.0, 2500.0), (1.0, 2500.0), (0.7, 2000.0), (3.0, 700.0)])
def test_next_year_is_foreseen(shape: float, scale: float) -> None:
    """The shape lies in the limits of nearly every part, and the fleets' next year within four errors."""
    companies = [Company(shape, scale, seed=seed) for seed in (1, 2, 3)]
    tables = [company.table() for company in companies]
    for table in tables:
        assert ((table["shape_low"] < shape) & (shape < table["shape_high"])).mean() > 0.8
        assert not table["wears_out"].all() or shape > 1
    seen, expected = sum(company.next_year for company in companies), sum(t["expected_next_year"].sum() for t in tables)
    assert expected == pytest.approx(seen, abs=4 * np.sqrt(seen) + 0.05 * seen)
    before = sum(t["expected_last_year"].sum() for t in tables)
    assert before == pytest.approx(sum(company.last_year for company in companies), rel=0.15)


def test_a_young_fleet_that_wears_out_will_need_more() -> None:
    table = Company(3.0, 2500.0, years=6.0).table()
    assert table["wears_out"].mean() > 0.7
    assert table["change"].mean() > 1.15
    assert (table["change_low"] <= table["change"]).all()
    assert (table["change"] <= table["change_high"]).all()
    assert (table["expected_next_low"] < table["expected_next_year"]).all()


def test_rates_belong_to_the_items_of_a_plan() -> None:
    company = Company(2.0, 2000.0)
    none, whole = np.zeros(0, dtype=np.int64), np.zeros(PARTS + 1, dtype=np.int64)
    starts, days = np.zeros(PARTS + 2, dtype=np.int64), (UNTIL - BEGINS).days
    data = PlanningData(
        company.items, BEGINS, 1.0, days, True, starts, none, np.empty(0), whole, whole + days, starts, none, none,
        np.ones((PARTS + 1, 1)), np.ones(1),
    )  # fmt: skip
    rates = ageing_rates(company.tables, data)
    assert np.isfinite(rates.multiplier[:PARTS]).all()
    assert np.isnan(rates.multiplier[PARTS])
    assert (rates.low[:PARTS] <= rates.multiplier[:PARTS]).all()
    assert (rates.multiplier[:PARTS] <= rates.high[:PARTS]).all()
    assert rates.table.height == PARTS


def test_without_an_installed_base_there_is_nothing_to_say() -> None:
    empty = {name: TABLES[name].empty() for name in ("installed", "consumption")}
    table = ageing_table(empty, Company(1.0, 1000.0).items, BEGINS, UNTIL)
    assert table.is_empty()
    assert table.schema == Company(1.0, 2000.0).table().schema


def test_no_failure_leans_on_no_wear() -> None:
    company = Company(2.0, 1e7)
    table = company.table()
    assert table["failures"].sum() == 0
    assert table["shape"].to_list() == pytest.approx([1.0] * PARTS)
    assert not table["wears_out"].any()
    assert table["expected_next_year"].max() < 0.1
