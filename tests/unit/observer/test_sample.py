"""A sample of parts stands for the whole: its costs, its load, and how unsure it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from spareverse.examples.drawn_companies import CENTRAL, drawn_company
from spareverse.network.network_checks import check_network
from spareverse.observer.sample import sampled

WHOLE = drawn_company(3, parts=600)


def test_small_networks_are_taken_whole() -> None:
    sample = sampled(WHOLE, 600, seed=1)
    assert sample.network is WHOLE
    assert sample.factor == 1.0
    assert sample.error(WHOLE["parts"]["part_id"], np.arange(600.0)) == 0.0


def test_a_sample_is_a_network_of_its_own() -> None:
    sample = sampled(WHOLE, 150, seed=1)
    assert sample.parts == 150
    assert sample.factor == 4.0
    assert check_network(sample.network.tables) == []
    assert sample.network["stock"]["part_id"].n_unique() == 150
    assert set(sample.network["demands"]["part_id"]) == set(sample.network["parts"]["part_id"])


def test_groups_of_parts_come_in_proportion() -> None:
    counts = {
        name: network["parts"].group_by("category").len().sort("category")["len"].to_numpy()
        for name, network in (("whole", WHOLE), ("sample", sampled(WHOLE, 150, seed=4).network))
    }
    assert 4 * counts["sample"] == pytest.approx(counts["whole"], abs=6)


def test_totals_are_estimated_within_their_error() -> None:
    """Value of demand over 200 samples: unbiased, the stated error about that seen, limits held 95 times of 100."""
    demand = WHOLE["demands"].group_by("part_id").agg(pl.col("per_year").sum())
    worth = WHOLE["parts"].join(demand, on="part_id").select("part_id", value=pl.col("per_year") * pl.col("unit_cost"))
    total = float(worth["value"].sum())
    found, errors = [], []
    for seed in range(200):
        sample = sampled(WHOLE, 100, seed)
        mine = sample.strata.join(worth, on="part_id", maintain_order="left")
        found.append(sample.factor * float(mine["value"].sum()))
        errors.append(sample.error(mine["part_id"], mine["value"].to_numpy()))
    seen, stated = np.std(found), np.mean(errors)
    assert np.mean(found) == pytest.approx(total, abs=3 * seen / 200**0.5)
    assert stated == pytest.approx(seen, rel=0.25)
    held = np.mean(np.abs(np.array(found) - total) < 1.96 * np.array(errors))
    assert 0.86 <= held <= 1.0


def test_many_small_groups_leave_no_error_out() -> None:
    """Two parts to a group, so that strata have one part of the sample or none: the stated error is the seen one."""
    groups = pl.format("G{}", pl.int_range(pl.len()) // 2)
    whole = replace(WHOLE, tables={**WHOLE.tables, "parts": WHOLE["parts"].with_columns(category=groups)})
    value = np.random.default_rng(5).lognormal(3.0, 1.0, 600)
    worth = whole["parts"].select("part_id", value=pl.Series(value))
    found, errors = [], []
    for seed in range(60):
        sample = sampled(whole, 100, seed)
        mine = sample.strata.join(worth, on="part_id", maintain_order="left")
        found.append(sample.factor * float(mine["value"].sum()))
        errors.append(sample.error(mine["part_id"], mine["value"].to_numpy()))
    assert np.mean(errors) == pytest.approx(np.std(found), rel=0.3)


def test_suppliers_and_budgets_are_as_busy_as_before() -> None:
    sample = sampled(WHOLE, 200, seed=2).network
    assert sample["budgets"]["amount"][0] / WHOLE["budgets"]["amount"][0] == pytest.approx(1 / 3, rel=0.25)
    bought = WHOLE["stock"].filter(pl.col("place_id") == CENTRAL)
    assert bought.height == 600
    speed = dict(sample["disturbances"].filter(pl.col("kind") == "capacity_loss").select("target_id", "factor").rows())
    before = dict(WHOLE["suppliers"].select("supplier_id", "lines").rows())
    for name, lines in sample["suppliers"].select("supplier_id", "lines").rows():
        left = lines * speed.get(name, 1.0) / before[name]
        assert left == pytest.approx(1 / 3, rel=0.3) or lines == 1
