"""All cells of the reproduction of El-Thalji 2025 beside what the article prints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spareverse.reproduction.el_thalji_2025 import run

RUNS = 300
SCENARIOS = ("1 physical", "2 digital", "3 enhanced", "4 hybrid")
RULES = ("own_piece", "first_arrival")
# typed once more from the article's table 2; the last two rows are its costs over its prices
TABLE_2 = {
    "availability": (0.87, 0.719, 0.984, 0.985),
    "up_hours": (152_373, 125_906, 172_351, 172_575),
    "lead_time": (799.79, 209, 803, 206.87),
    "global_shipments": (134, 0, 51, 0),
    "co2": (2_680, 0, 1_020, 0),
    "transport_cost": (402_000, 0, 153_000, 0),
    "parts_cost": (531_000, 391_500, 543_000, 492_000),
    "holding_cost": (412_124, 0, 1_309_577, 898_943),
    "subscription_cost": (0, 315_000, 0, 630_000),
    "total_cost": (1_345_124, 706_500, 2_005_577, 2_020_943),
    "parts_used": (354, 261, 362, 328),
    "mean_stock": (2.352, 0, 7.475, 5.131),
}
# mean and standard deviation of one run under own_piece, from a prototype written apart from the product
PROTOTYPE = {
    ("availability", "1 physical"): (0.887, 0.019),
    ("availability", "2 digital"): (0.694, 0.013),
    ("availability", "3 enhanced"): (0.984, 0.002),
    ("availability", "4 hybrid"): (0.984, 0.001),
    ("global_shipments", "1 physical"): (121, 6),
    ("global_shipments", "3 enhanced"): (50.8, 2.7),
    ("parts_used", "1 physical"): (318, 14),
    ("parts_used", "2 digital"): (249, 11),
    ("parts_used", "3 enhanced"): (352, 19),
    ("parts_used", "4 hybrid"): (353, 18),
    ("mean_stock", "1 physical"): (2.49, 0.08),
    ("mean_stock", "3 enhanced"): (8.38, 0.15),
    ("mean_stock", "4 hybrid"): (5.08, 0.07),
}
Cells = dict[tuple[str, str], dict[str, Any]]


def cells_of(document: dict[str, Any]) -> Cells:
    found = {(cell["name"], cell["option"]): cell for cell in document["cells"]}
    assert len(found) == len(document["cells"])
    return found


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return run(seed=1, replications=RUNS)


@pytest.fixture(scope="module")
def cells(document: dict[str, Any]) -> Cells:
    return cells_of(document)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("row", TABLE_2)
def test_every_cell_of_table_2_is_there(cells: Cells, row: str, rule: str) -> None:
    for scenario, published in zip(SCENARIOS, TABLE_2[row], strict=True):
        cell = cells[row, f"{scenario}, {rule}"]
        assert cell["paper"] == pytest.approx(published, abs=5e-4)
        if cell["kind"] == "input":
            assert cell["verdict"] == "input"
            continue
        assert cell["low"] < cell["ours"] < cell["high"]
        assert cell["run_low"] < cell["low"], "one run scatters more than the mean of many"
        assert cell["high"] < cell["run_high"]
        inside = cell["run_low"] <= published <= cell["run_high"]
        assert cell["verdict"] == ("agrees" if inside else "differs")


def test_inputs_are_called_inputs_and_are_the_articles(cells: Cells) -> None:
    inputs = [cell for cell in cells.values() if cell["kind"] == "input"]
    assert {cell["verdict"] for cell in inputs} == {"input"}
    assert all(cell["ours"] == pytest.approx(cell["paper"]) for cell in inputs)
    arithmetic = {cell["name"] for cell in inputs if cell["option"].endswith(RULES)}
    assert arithmetic == {
        "global_shipments", "co2", "transport_cost", "holding_cost", "subscription_cost", "mean_stock",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "scenario"), PROTOTYPE)
def test_own_piece_is_what_a_prototype_found(cells: Cells, name: str, scenario: str) -> None:
    """Both means of 300 runs: 4 standard errors, and half a unit of the prototype's last digit."""
    mean, deviation = PROTOTYPE[name, scenario]
    cell = cells[name, f"{scenario}, own_piece"]
    digit = 0.5 * 10.0 ** -(len(str(mean).partition(".")[2]))
    assert abs(cell["ours"] - mean) <= digit + 4.0 * deviation * np.sqrt(2.0 / RUNS)
    single = (cell["run_high"] - cell["run_low"]) / 3.92
    assert single == pytest.approx(deviation, rel=0.35)


def test_where_the_article_agrees_with_one_run(cells: Cells) -> None:
    """Four availabilities, shipments of 3, holding of 1 and 4; not the demands of 1, nor the holding of 3."""
    agree = [("availability", scenario) for scenario in SCENARIOS]
    agree += [("global_shipments", "3 enhanced"), ("holding_cost", "1 physical"), ("holding_cost", "4 hybrid")]
    for name, scenario in agree:
        assert cells[name, f"{scenario}, own_piece"]["verdict"] == "agrees", (name, scenario)
    assert cells["parts_used", "1 physical, own_piece"]["verdict"] == "differs"
    assert cells["holding_cost", "3 enhanced, own_piece"]["verdict"] == "differs"


def test_the_product_s_own_rule_gives_more_availability(cells: Cells) -> None:
    own, first = (cells["availability", f"1 physical, {rule}"] for rule in RULES)
    assert own["high"] < 0.90 < 0.93 < first["low"]
    assert first["verdict"] == "differs"
    assert cells["availability", "2 digital, own_piece"]["ours"] == pytest.approx(
        cells["availability", "2 digital, first_arrival"]["ours"], abs=1e-12
    ), "without stock both rules are one"


def test_uptime_without_stock_has_a_closed_form(cells: Cells) -> None:
    for rule in RULES:
        for number, supply, lead_time in ((1, "conventional", 800.0), (3, "digital", 208.0)):
            cell = cells[f"question {number}: availability without stock", f"{supply} supply, {rule}"]
            exact = (730 / 1.5) / (730 / 1.5 + lead_time + 8.0)
            assert cell["exact"] == pytest.approx(exact, abs=1e-9)
            assert abs(cell["ours"] - exact) <= 1.7 * (cell["high"] - cell["ours"])
            assert cell["verdict"] == "agrees"
    assert cells["question 1: availability without stock", f"conventional supply, {RULES[0]}"]["paper"] is None


def test_published_prices_and_switches(cells: Cells) -> None:
    switch = "cost of down time at which both cost the same"
    expected = {
        (switch, "2 digital below, 1 physical above"): 24.1,
        (switch, "1 physical below, 3 enhanced above"): 33.1,
        (switch, "3 enhanced below, 4 hybrid above"): 68.6,
        ("break-even fee, parts alone", "2 digital against 1 physical"): 2_212.5,
        ("break-even fee, all costs", "2 digital against 1 physical"): 3_973.4,
        ("break-even fee, all costs", "4 hybrid against 1 physical"): -190.9,
        ("break-even pay-per-use price", "2 digital against 1 physical"): 5_153.7,
    }
    for (name, label), value in expected.items():
        for rule in RULES:
            cell = cells[name, f"{label}, {rule}"]
            assert cell["paper"] == pytest.approx(value, abs=0.06)
            assert cell["low"] < cell["ours"] < cell["high"]


def test_two_seeds_differ_by_no_more_than_their_noise(document: dict[str, Any]) -> None:
    other = cells_of(run(seed=2, replications=RUNS))
    pairs = [
        (cell, other[cell["name"], cell["option"]])
        for cell in document["cells"]
        if cell["low"] is not None and cell["high"] > cell["low"]
    ]
    assert all(one["ours"] != two["ours"] for one, two in pairs)
    inside = [
        abs(one["ours"] - two["ours"]) <= np.hypot(one["high"] - one["ours"], two["high"] - two["ours"])
        for one, two in pairs
    ]
    assert np.mean(inside) >= 0.9


def test_the_same_seed_gives_the_same_cells(document: dict[str, Any]) -> None:
    assert run(seed=1, replications=RUNS) == document


def test_more_runs_narrow_the_mean_and_not_the_single_run(cells: Cells) -> None:
    few = cells_of(run(seed=1, replications=40))["availability", "1 physical, own_piece"]
    many = cells["availability", "1 physical, own_piece"]
    assert many["high"] - many["low"] < 0.6 * (few["high"] - few["low"])
    assert many["run_high"] - many["run_low"] == pytest.approx(few["run_high"] - few["run_low"], rel=0.5)


def test_the_contradictions_are_listed(document: dict[str, Any]) -> None:
    text = " ".join(document["contradictions"])
    for mark in ("CO2", "0.02 t", "safety stock", "2,020,943", "69.3 %", "Figure 11", "354"):
        assert mark in text
