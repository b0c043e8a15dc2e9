"""Tornado and Sobol' indices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.errors import Cancelled
from spareverse.network.study import Economics, Fee, Study
from spareverse.network.study_answers import GLOBAL_SENSITIVITY, TORNADO
from spareverse.network.study_tables import STUDY_STOCK
from spareverse.optimisation.warehouse.factors import RANGES, Range, moved, repriced
from spareverse.optimisation.warehouse.global_sensitivity import _indices, _settings, global_sensitivity
from spareverse.optimisation.warehouse.tornado import tornado


def test_prices_are_recomputed_as_if_run_again(platform: Study, simulation: Any) -> None:
    """Every option with every price moved at once: the same as a new run of the dearer study."""
    options = tuple(replace(option, fee=Fee(100.0, 7.0)) for option in platform.options)
    study = replace(platform, options=options)
    run = simulation(study, replications=20, seed=3)
    found = repriced(run, {"unit_price": 1.2, "fee": 1.5, "downtime_cost": 0.5})
    dearer = replace(
        study,
        lines=study.lines.with_columns(unit_price=pl.lit(1800.0)),
        options=tuple(replace(option, fee=Fee(150.0, 10.5)) for option in options),
        economics=Economics(downtime_cost_per_h=20.0),
    )
    again = simulation(dearer, replications=20, seed=3).tables["replications"]
    for column, option in enumerate(study.options):
        assert found[:, column] == pytest.approx(again.filter(option=option.name)["total_cost"].to_numpy())


def test_holding_follows_the_price_as_far_as_it_is_a_rate(platform: Study, simulation: Any) -> None:
    run = simulation(platform, replications=5, seed=3)
    run.tables["replications"] = run.tables["replications"].with_columns(holding_cost=pl.lit(1000.0))
    share = 1500.0 * 0.2 / 8760 / (1500.0 * 0.2 / 8760 + 0.05)
    for rate, flat, tied in ((0.2, 0.0, 1.0), (0.0, 0.05, 0.0), (0.2, 0.05, share)):
        options = tuple(replace(o, holding_rate_per_year=rate, holding_per_piece_h=flat) for o in platform.options)
        priced = replace(run, study=replace(platform, options=options))
        parts = run.tables["replications"].filter(option="enhanced")["parts_cost"].to_numpy()
        change = repriced(priced, {"unit_price": 1.1})[:, 2] - repriced(priced, {})[:, 2]
        assert change == pytest.approx(0.1 * parts + 100.0 * tied)


def test_physics_that_are_moved(platform: Study) -> None:
    stock = pl.DataFrame([("hybrid", "P0", "site", 4, 3, 4, 8)], schema=STUDY_STOCK.schema, orient="row")
    study = replace(platform, stock=stock, lines=platform.lines.with_columns(lead_time=pl.lit("30")))
    found = moved(study, {"demand_rate": 1.3, "lead_time": 0.5, "reorder_point": -1, "order_quantity": 2})
    assert found.lines["failures_per_year"][0] == pytest.approx(23.4)
    assert found.lines["lead_time"][0] == "360 h"
    lead = found.option("physical").lead_time
    assert lead is not None
    assert lead.mean == pytest.approx(400.0)
    policy = found.option("hybrid").policy
    assert (policy.initial_stock, policy.reorder_point, policy.order_quantity) == (3, 2, 6)
    assert found.option("digital").policy == study.option("digital").policy
    assert found.stock.row(0)[3:] == (3, 2, 6, 9)
    assert moved(study, {}).options == study.options


def test_levels_do_not_fall_below_nothing(platform: Study) -> None:
    policy = moved(platform, {"reorder_point": -9, "order_quantity": -9}).option("hybrid").policy
    assert (policy.initial_stock, policy.reorder_point, policy.order_quantity) == (0, 0, 1)


def test_tornado(platform: Study, simulation: Any) -> None:
    run = simulation(platform, replications=30, seed=3)
    found = tornado(run, simulate=simulation)
    assert found.schema == TORNADO.schema
    assert found.filter(measure="total_cost")["factor"].n_unique() == len(RANGES)
    down = found.filter(option="physical", measure="total_cost", factor="downtime_cost").row(0, named=True)
    base = run.tables["replications"].filter(option="physical")["downtime_cost"].mean()
    assert down["at_high"] == pytest.approx(0.5 * base)
    assert down["swing"] == pytest.approx(base)
    lead = found.filter(option="physical", measure="availability", factor="lead_time").row(0, named=True)
    assert lead["at_low"] > 0 > lead["at_high"]
    assert lead["verdict"] == "clear"
    assert lead["at_high_high"] - lead["at_high_low"] < 0.01  # the same luck on both sides
    assert found.filter(option="physical", measure="total_cost", factor="co2_price")["verdict"][0] == "none"
    swings = found.filter(option="physical", measure="total_cost")["swing"].to_list()
    assert swings == sorted(swings, reverse=True)


def test_without_simulation_only_prices_move(platform: Study, simulation: Any) -> None:
    found = tornado(simulation(platform, replications=30, seed=3))
    assert not found["simulated"].any()
    assert set(found["measure"]) == {"total_cost"}


def test_design_of_saltelli() -> None:
    design = _settings([Range(0.5, 1.5), Range(-1, 1, whole=True)], 64)
    first, second = design[0], design[1]
    assert (design[2][:, 0] == second[:, 0]).all()
    assert (design[2][:, 1] == first[:, 1]).all()
    assert set(np.unique(design[:, :, 1])) == {-1.0, 0.0, 1.0}
    assert design[:, :, 0].min() >= 0.5
    assert design[:, :, 0].max() <= 1.5


def test_indices_of_a_known_function() -> None:
    """y = 4 a + 2 b + 0 c + d e on unit intervals: variances 16/12, 4/12, 0, and 1/9 - 1/16 shared by d and e."""
    design = _settings([Range(0.0, 1.0)] * 5, 1024)
    values = design @ np.array([4.0, 2.0, 0.0, 0.0, 0.0]) + design[:, :, 3] * design[:, :, 4]
    found = _indices(values, np.zeros_like(values))
    alone, both = 1 / 48, 1 / 9 - 1 / 16
    total = 16 / 12 + 4 / 12 + both
    first = np.array([16 / 12, 4 / 12, 0.0, alone, alone]) / total
    together = np.array([16 / 12, 4 / 12, 0.0, both - alone, both - alone]) / total
    assert found["first"] == pytest.approx(first, abs=0.02)
    assert found["total"] == pytest.approx(together, abs=0.02)
    low, high = np.array(found["first_low"]), np.array(found["first_high"])
    assert ((low - 0.01 <= first) & (first <= high + 0.01)).all()
    assert found["verdict"] == ["clear"] * 5


def test_noise_that_dominates_is_said() -> None:
    rng = np.random.default_rng(0)
    values = rng.standard_normal((4, 64))
    assert _indices(values, np.ones_like(values))["verdict"] == ["noise", "noise"]
    assert _indices(np.ones((4, 64)), np.zeros((4, 64))) == {"verdict": ["clear", "clear"]}


def test_global_sensitivity(platform: Study, simulation: Any) -> None:
    digital = platform.option("digital")
    far = replace(digital, name="far", warehouse="physical", lead_time=platform.options[0].lead_time)
    run = simulation(replace(platform, options=(digital, far)), replications=20, seed=3)
    simulation.calls.clear()
    found = global_sensitivity(run, simulation, samples=16, replications=10)
    assert found.schema == GLOBAL_SENSITIVITY.schema
    assert "co2_price" not in found["factor"].to_list()  # costs nothing here
    assert len(simulation.calls) == found["runs"][0] < 16 * (found["factor"].n_unique() + 2)
    share = found.filter(option="digital", measure="availability")
    assert set(share.sort("total", descending=True)["factor"].head(2)) == {"demand_rate", "lead_time"}
    prices = share.filter(pl.col("factor").is_in(["unit_price", "downtime_cost", "fee"]))
    assert prices["total"].abs().max() == pytest.approx(0.0, abs=1e-9)  # type: ignore[arg-type]
    again = global_sensitivity(run, simulation, samples=16, replications=10)
    assert again.equals(found)


def test_can_be_stopped(platform: Study, simulation: Any) -> None:
    run = simulation(platform, replications=5, seed=3)
    with pytest.raises(Cancelled):
        tornado(run, cancel=lambda: True)
    with pytest.raises(Cancelled):
        global_sensitivity(run, simulation, samples=2, cancel=lambda: True)
