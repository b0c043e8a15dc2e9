"""Result tables and every figure drawn from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.figures.cost_curve import cost_curve
from spareverse.figures.figure import Figure
from spareverse.figures.lead_times import lead_time_histogram, lead_time_trend, slip_histogram
from spareverse.figures.portfolio import money_pareto, portfolio_scatter
from spareverse.figures.risk_curve import risk_curve
from spareverse.figures.rolling import rolling
from spareverse.figures.shanghai import shanghai
from spareverse.figures.suppliers import supplier_comparison
from spareverse.figures.timeline import timeline
from spareverse.figures.weibull_plot import FitBand, weibull_plot
from spareverse.network.distributions import Weibull
from spareverse.optimisation.safety_cover import CostCurve, UnitCosts
from spareverse.optimisation.safety_cover import cost_curve as price
from tests import fixtures_results as results


@pytest.fixture(scope="session")
def parts() -> pl.DataFrame:
    return results.part_results(300)


@pytest.fixture(scope="session")
def row(parts: pl.DataFrame) -> dict[str, Any]:
    """The part that resembles the published case."""
    return parts.row(0, named=True)


@pytest.fixture(scope="session")
def cycles(parts: pl.DataFrame) -> pl.DataFrame:
    return results.cycle_results(parts.head(1))


@pytest.fixture(scope="session")
def curve(row: dict[str, Any]) -> CostCurve:
    costs = UnitCosts(row["holding_cost"], row["early_holding_cost"], row["stock_out_cost"])
    return price(row["risk_curve"], row["risk_step"], costs, row["late_weight"], row["early_weight"])


@pytest.fixture(scope="session")
def figures(parts: pl.DataFrame, row: dict[str, Any], cycles: pl.DataFrame, curve: CostCurve) -> dict[str, Figure]:
    """One of every kind, with data."""
    fit = Weibull(row["lead_time_shape"], row["lead_time_scale_days"])
    days = np.geomspace(5, 300, 40)
    share = 1 - fit.survival(days)
    band = FitBand(days, np.clip(share - 0.1, 0, 1), np.clip(share + 0.1, 0, 1))
    suppliers = results.supplier_results(parts)
    costs = {"low": row["optimal_cover_low"], "high": row["optimal_cover_high"], "today": row["current_cover"]}
    drawn = [
        shanghai(row, cycles),
        cost_curve(curve, "EUR", optimum=row["optimal_cover"], **costs),
        risk_curve(row),
        weibull_plot(cycles, own=fit, pooled=fit, band=band, p_value=0.4),
        rolling(results.rolling_results()),
        lead_time_histogram(cycles, 65.0),
        slip_histogram(cycles),
        lead_time_trend(results.cycle_results(parts)),
        timeline(results.purchases(cycles), results.sales(row), results.UNTIL),
        portfolio_scatter(parts, "EUR"),
        money_pareto(parts, "EUR", by=("part_id", "place_id")),
        supplier_comparison(suppliers, "S003"),
    ]
    return {figure.name: figure for figure in drawn}
