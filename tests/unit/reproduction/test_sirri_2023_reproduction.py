"""The reproduction's own promises: every cell is honest about what it is, and figures move as the formulas say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import brentq
from scipy.stats import weibull_min

from spareverse.examples import sirri_2023 as example
from spareverse.optimisation.safety_cover import UnitCosts, weights
from spareverse.reproduction.sirri_2023 import HOLDING, SOLVED, analyse_lines, unit_costs
from spareverse.twin import Twin


def shortage(shape: float, scale: float, x: np.ndarray) -> np.ndarray:
    """E[(SC - x)+] by a plain sum of the tail."""
    grid = np.arange(0.0, 400.0, 0.01) + 0.005
    tail = weibull_min.sf(grid, shape, scale=scale) * 0.01
    return np.array([tail[grid > value].sum() for value in x])


def cheapest(shape: float, scale: float, costs: UnitCosts, late: float, early: float) -> int:
    x = np.arange(80.0)
    total = costs.stock_out * late * shortage(shape, scale, x) + (costs.early_holding * early + costs.holding) * x
    return int(total.argmin())


@pytest.mark.parametrize("lateness", ["probability", "duration"])
def test_the_solved_costs_give_the_published_cost_and_shares(lateness: str) -> None:
    scale = brentq(lambda s: weibull_min.sf(65.0, 2.12, scale=s) - 0.541, 10, 500)
    cover = brentq(lambda s: weibull_min.sf(16.0, 1.44, scale=s) - 0.133, 1, 100)
    late, early = weights(2.12, scale, 65.0, lateness)  # type: ignore[arg-type]
    early_cost, stock_out = SOLVED[lateness]  # type: ignore[index]
    parts = (stock_out * late * shortage(1.44, cover, np.array([16.0]))[0], early_cost * early * 16.0, HOLDING * 16.0)
    assert sum(parts) == pytest.approx(2.16, abs=0.005)
    assert [part / sum(parts) for part in parts] == pytest.approx([0.25, 0.32, 0.43], abs=0.002)


def test_doubling_the_stock_out_cost_moves_the_figures_as_the_formula_says(tmp_path: Path) -> None:
    costs = unit_costs("probability")
    twice = UnitCosts(costs.holding, costs.early_holding, 2.0 * costs.stock_out)
    rows = [
        analyse_lines(tmp_path / name, given).part(example.PART).row
        for name, given in (("once", costs), ("twice", twice))
    ]
    for row, given in zip(rows, (costs, twice), strict=True):
        expected = cheapest(row["paper_shape"], row["paper_scale"], given, row["late_weight"], row["early_weight"])
        assert row["paper_optimum"] == expected
    once, double = rows
    assert double["paper_optimum"] > once["paper_optimum"]
    assert double["optimal_cover"] > once["optimal_cover"]
    # Money at risk of an empty shelf is proportional to b; nothing else of the history moves.
    assert double["money_at_risk"] == pytest.approx(2.0 * once["money_at_risk"], rel=1e-6)
    for name in ("paper_shape", "paper_scale", "late_risk", "risk_curve", "order_rate"):
        assert double[name] == once[name]


def test_deleting_one_sale_moves_the_figures_as_the_definition_says(tmp_path: Path) -> None:
    """The sale of most pieces disappears: its cycles lose those pieces and the fit is that of the remaining covers."""
    before = analyse_lines(tmp_path / "whole", unit_costs("probability")).part(example.PART)
    purchases, sales = example.lines()
    inside = sales.sort("quantity", descending=True)
    gone = inside.row(0, named=True)
    kept = sales.filter(~((pl.col("order_id") == gone["order_id"]) & (pl.col("line") == gone["line"])))
    assert kept.height == sales.height - 1
    twin = Twin.create(tmp_path / "less")
    for name, frame in (("purchases", purchases), ("sales", kept)):
        frame.write_csv(tmp_path / f"{name}.csv")
    twin.import_orders(purchases=tmp_path / "purchases.csv", sales=tmp_path / "sales.csv")
    after = twin.analyse(since=example.SINCE, until=example.UNTIL, pairs="positive").part(example.PART)
    assert after.row["sales_lines"] == before.row["sales_lines"] - 1
    assert after.row["pieces_sold"] == before.row["pieces_sold"] - gone["quantity"]
    spans = (pl.col("ordered_on") <= gone["ordered_on"]) & (
        pl.col("received_on").is_null() | (pl.col("received_on") > gone["ordered_on"])
    )
    expected = before.cycles.sort("ordered_on").select(
        pl.col("safety_cover") - pl.when(spans).then(gone["quantity"]).otherwise(0.0)
    )["safety_cover"]
    found = after.cycles.sort("ordered_on")
    assert found["safety_cover"].to_list() == expected.to_list()
    assert expected.sum() < before.cycles["safety_cover"].sum()
    covers = found.filter(~pl.col("open") & (pl.col("safety_cover") > 0))["safety_cover"].to_numpy()
    shape, _, scale = weibull_min.fit(covers, floc=0)
    assert after.row["paper_shape"] == pytest.approx(shape, rel=2e-3)
    assert after.row["paper_scale"] == pytest.approx(scale, rel=2e-3)
    assert after.row["order_rate"] < before.row["order_rate"]
