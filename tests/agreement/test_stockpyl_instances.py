"""Textbook instances that come with stockpyl 1.0.2: its answers as recorded, and as it gives them where installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spareverse.optimisation.single_item.demand_laws import poisson
from spareverse.optimisation.single_item.eoq import discounted_quantity
from spareverse.optimisation.single_item.order_up_to import best_order_up_to
from spareverse.optimisation.single_item.reorder_point import best_reorder_point
from spareverse.reproduction.answers_of_stock import answer
from spareverse.reproduction.case_inputs import CaseInputs

RECORDED: dict[str, dict[str, Any]] = {
    "example_3_1": {"Q": 304.0467800264368, "cost": 68.41052550594829},
    "problem_3_1": {"Q": 1728.1098449935514, "cost": 475230.20737322664},
    "example_3_8": {"Q": 310.81255515896464, "stockout_fraction": 0.0430622009569378, "cost": 66.92136355097325},
    "problem_3_2b": {"Q": 83.23544812889804, "stockout_fraction": 0.4002998500749625, "cost": 1999.1482444152125},
    "problem_3_22": {"Q": 171.26976771553507, "cost": 3.7367949319753104},
    "example_3_5": {"Q": 800.0, "region": 2, "cost": 978.6000000000001},
    "problem_3_12": {"Q": 2400.0, "region": 2, "cost": 201251093.75},
    "example_3_9": {"orders": [210, 0, 150, 0], "cost": 1380.0},
    "problem_3_27": {"orders": [150, 180, 0, 200], "cost": 424.0},
    "problem_3_29": {"orders": [1310, 0, 1095, 0, 880], "cost": 423.0},
    "scmo_ww_hw_c": {"orders": [400, 3000, 0, 0, 0], "cost": 4940.0},
    "example_4_1": {"base_stock": 56.60395592743389, "cost": 1.9976051931766445},
    "example_4_2": {"base_stock": 56.60395592743389, "profit": 33.002394806823354},
    "example_4_3": {"base_stock": 56.60395592743389, "cost": 1.9976051931766445},
    "problem_4_1": {"base_stock": 922.7214038234755, "cost": 2718.196781782411},
    "problem_4_3b": {"base_stock": 59.084578685373856, "profit": 210.47680825231475},
    "example_4_4": {"base_stock": 264.76689437415484, "cost": 4.466781004149577},
    "problem_4_7b": {"base_stock": 5, "cost": 1225000.0},
    "problem_4_8a": {"base_stock": 19, "cost": 786.0884409351079},
    "problem_4_8b": {"base_stock": 295.6266448071368, "cost": 29.442543513243216},
    "example_4_7": {"s": 4, "S": 10, "cost": 8.034111561471642},
    "problem_4_31": {"s": 2, "S": 7, "cost": 223.5748295669688},
    "example_4_8": {"s": 40.19461695647407, "S": 74.29017010980579},
    "problem_4_32": {"s": 226.61379282228387, "S": 324.3797868133974},
    "example_5_1": {
        "EIL": {"r": 213.97044213580244, "Q": 318.5901810768729, "cost": 95.45114022285196},
        "EOQB": {"r": 128.63781442427097, "Q": 308.5737801203754},
        "EOQ_SS": {"r": 190.3369965715624, "Q": 304.0467800264368},
    },
    "problem_5_1": {
        "EIL": {"r": 17.972649360167715, "Q": 162.1231617283653, "cost": 531.1189321826714},
        "EOQB": {"r": -1.9298221851002393, "Q": 166.085006519797},
        "EOQ_SS": {"r": 15.125515371852014, "Q": 160.64386578049977},
    },
    "problem_5_2": {"r": 6, "Q": 7, "cost": 28.241312842169155},
    "problem_5_3": {
        "EIL": {"r": 644.8385303830128, "Q": 400.7559793126, "cost": 100.62739493477414},
        "EOQB": {"r": 609.0252058220594, "Q": 391.32595109448084},
        "EOQ_SS": {"r": 652.9638947041127, "Q": 390.281949364815},
    },
    "example_5_8": {"r": 3, "Q": 5, "cost": 107.92358063314975},
}


def close(found: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        for name, value in expected.items():
            close(found[name], value)
    else:
        # stockpyl stops its searches at 1e-6, and integrates the log-normal to 1e-7
        assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_answers(name: str, shared: Path) -> None:
    text = (shared / "data" / "instances-stockpyl" / "stockpyl_instances.json").read_text(encoding="utf-8")
    data = next(entry["data"] for entry in json.loads(text)["instances"] if entry["name"] == name)
    close(answer(CaseInputs(data, RECORDED[name], "")), RECORDED[name])


def random_items(count: int) -> list[tuple[float, ...]]:
    rng = np.random.default_rng(17)
    rate, lead = np.exp(rng.uniform(-2.0, 2.5, count)), rng.uniform(0.1, 3.0, count)
    holding = np.exp(rng.uniform(-1.0, 1.0, count))
    fixed, stockout = holding * np.exp(rng.uniform(0, 4, count)), holding * np.exp(rng.uniform(0, 4, count))
    return list(zip(rate, lead, fixed, holding, stockout, strict=True))


def test_random_reorder_points_are_stockpyls() -> None:
    stockpyl = pytest.importorskip("stockpyl.rq", reason="stockpyl is a tool of the benchmarks: pip install stockpyl")
    for rate, lead, fixed, holding, stockout in random_items(25):
        low, quantity, cost = stockpyl.r_q_poisson_exact(holding, stockout, fixed, rate, lead)
        found = best_reorder_point(poisson(rate * lead), rate, fixed, holding, stockout)
        assert (found.reorder_point, found.order_quantity) == (low, quantity)
        assert found.cost == pytest.approx(cost, rel=1e-9)


def test_random_order_up_to_levels_are_stockpyls() -> None:
    stockpyl = pytest.importorskip("stockpyl.ss", reason="stockpyl is a tool of the benchmarks: pip install stockpyl")
    for rate, _, fixed, holding, stockout in random_items(12):
        low, high, cost = stockpyl.s_s_discrete_exact(holding, stockout, fixed, True, rate)
        found = best_order_up_to(poisson(rate), fixed, holding, stockout)
        assert (found.reorder_point, found.order_up_to) == (low, high)
        assert found.cost == pytest.approx(cost, rel=1e-9)


def test_discounts_are_stockpyls() -> None:
    eoq = pytest.importorskip("stockpyl.eoq", reason="stockpyl is a tool of the benchmarks: pip install stockpyl")
    for breaks, prices in (([0, 300, 600], [100, 90, 80]), ([0, 200, 500], [500, 475, 450])):
        for incremental, theirs in (
            (False, eoq.economic_order_quantity_with_all_units_discounts),
            (True, eoq.economic_order_quantity_with_incremental_discounts),
        ):
            quantity, _, cost = theirs(150, 0.25, 2400, breaks, prices)
            found = discounted_quantity(150, 0.25, 2400, breaks, prices, incremental=incremental)
            assert (found.quantity, found.cost) == pytest.approx((quantity, cost), rel=1e-10)
