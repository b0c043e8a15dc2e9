"""First fill, two years, insurance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from spareverse.network.study import Study
from spareverse.network.study_answers import QUANTITIES
from spareverse.optimisation.warehouse.quantities import ServiceLevels, demand_quantile, fill_quantities


def test_quantiles_of_known_and_uncertain_rates() -> None:
    mean = np.array([0.0, 0.02, 1.64, 36.0, 36.0, 0.5])
    shape = np.array([np.nan, np.nan, np.nan, np.nan, 2.5, 0.5])
    wanted = np.array([0.9, 0.9, 0.98, 0.5, 0.95, 0.8])
    found = demand_quantile(mean, shape, wanted)
    poisson = stats.poisson.ppf(wanted[:4], mean[:4])
    mixed = stats.nbinom.ppf(wanted[4:], shape[4:], shape[4:] / (shape[4:] + mean[4:]))
    assert found.tolist() == [*poisson.astype(int).tolist(), *mixed.astype(int).tolist()]


def test_platform(platform: Study, simulation: Any) -> None:
    run = simulation(platform, replications=5, seed=1)
    found = fill_quantities(platform, run.tables["line_results"], "enhanced")
    assert found.schema == QUANTITIES.schema
    row = found.row(0, named=True)
    assert row["lead_time_demand"] == pytest.approx(18 * 800 / 8760)
    assert row["first_fill"] == stats.poisson.ppf(0.98, 18 * 800 / 8760)
    assert row["two_year"] == stats.poisson.ppf(0.95, 36)
    assert row["insurance"] == 0
    bare = fill_quantities(platform, run.tables["line_results"], "digital")
    assert bare["first_fill"].to_list() == [0]
    central = run.tables["line_results"].with_columns(central_stock=pl.lit(2, pl.Int64))
    assert fill_quantities(platform, central, "digital")["first_fill"][0] > 0


def test_service_levels_follow_the_consequence(
    platform: Study, simulation: Any, many_lines: Callable[[list[float]], pl.DataFrame]
) -> None:
    study = replace(platform, lines=many_lines([6.0, 6.0, 6.0]))
    lines = simulation(study, replications=5, seed=1).tables["line_results"].with_columns(
        criticality=pl.Series(["low", "medium", "high"] * 4)
    )  # fmt: skip
    found = fill_quantities(study, lines, "physical")
    assert found["two_year"].is_sorted()
    assert found["two_year"].n_unique() == 3
    own = ServiceLevels(two_year={"low": 0.99, "medium": 0.99, "high": 0.99})
    assert fill_quantities(study, lines, "physical", own)["two_year"].n_unique() == 1


def test_few_records_ask_for_more(
    platform: Study, simulation: Any, many_lines: Callable[[list[float]], pl.DataFrame]
) -> None:
    lines = many_lines([2.0, 2.0, 2.0]).with_columns(record_failures=pl.Series([None, 1.0, 200.0]))
    study = replace(platform, lines=lines)
    run = simulation(study, replications=5, seed=1)
    known, few, many = fill_quantities(study, run.tables["line_results"], "physical")["two_year"]
    assert few > many >= known


@pytest.mark.parametrize("hourly", [0.0, 50.0, 5000.0])
def test_insurance_pays_for_itself(platform: Study, simulation: Any, hourly: float) -> None:
    """Against the definition: the down-time cost of Palm's backorders, over the horizon, plus price."""
    study = replace(platform, lines=platform.lines.with_columns(
        failures_per_year=pl.lit(0.05), downtime_cost_per_h=pl.lit(hourly), unit_price=pl.lit(40_000.0)
    ))  # fmt: skip
    run = simulation(study, replications=5, seed=1)
    lines = run.tables["line_results"].with_columns(spare_class=pl.lit("capital"))
    row = fill_quantities(study, lines, "physical").row(0, named=True)
    pipeline = 0.05 * 800 / 8760
    count = np.arange(400)

    def cost(stock: int) -> float:
        short = float(np.maximum(count - stock, 0) @ stats.poisson.pmf(count, pipeline))
        return 175_200 * short * hourly + 40_000 * stock

    best = min(range(10), key=cost)
    assert row["insurance"] == best
    assert row["insurance_saving"] == pytest.approx(cost(0) - cost(best), rel=1e-6)
    assert (best > 0) == (hourly > 1000)
