"""Forecasts and classes of intermittent demand that others published or that other programs give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spareverse.statistics.forecasting.aggregation import adida, imapa
from spareverse.statistics.forecasting.classes import INTERVAL_LIMIT, VARIATION_LIMIT, demand_classes
from spareverse.statistics.forecasting.croston import croston, sba, tsb
from spareverse.statistics.forecasting.smoothing import best_constants

TS_DATA_2 = [0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0]
STARTS = [0, len(TS_DATA_2)]


def test_the_second_series_of_tsintermittent() -> None:
    """Series of the R package by Kourentzes; answers of statsforecast 2.1.1."""
    assert croston(TS_DATA_2, STARTS, 0.1).rate == pytest.approx([1.362535], abs=1e-6)
    assert sba(TS_DATA_2, STARTS, 0.1).rate == pytest.approx([1.294408], abs=1e-6)
    assert tsb(TS_DATA_2, STARTS, 0.2, 0.1).rate == pytest.approx([0.843956], abs=1e-6)
    assert adida(TS_DATA_2, STARTS) == pytest.approx([1.003881], abs=1e-5)
    assert imapa(TS_DATA_2, STARTS) == pytest.approx([1.050175], abs=1e-5)
    constants = [best_constants(TS_DATA_2, STARTS, stream) for stream in ("sizes", "intervals")]
    assert croston(TS_DATA_2, STARTS, *constants).rate == pytest.approx([1.718310], abs=1e-5)


def area(shared: Path) -> dict[str, dict[str, Any]]:
    cases = json.loads((shared / "cases" / "known-answers.json").read_text(encoding="utf-8"))
    return {case["id"]: case for case in cases if case["area"] == "2-intermittent"}


def answers(case: dict[str, Any]) -> dict[str, Any]:
    """What the case asks for, by the names of its expected values."""
    given = case["inputs"]
    values, starts = given["series"], [0, len(given["series"])]
    alpha = given.get("alpha", given.get("croston_alpha", 0.1))
    found = demand_classes(values, starts)
    return {
        "forecast": croston(values, starts, alpha).rate[0],
        "croston": croston(values, starts, alpha).rate[0],
        "sba": sba(values, starts, alpha).rate[0],
        "tsb": tsb(values, starts, given.get("tsb_alpha_d", 0.2), given.get("tsb_alpha_p", 0.1)).rate[0],
        "adida": adida(values, starts)[0],
        "imapa": imapa(values, starts)[0],
        "adi_mean_interval": found.adi[0],
        "adi_periods_per_demand": found.adi_periods[0],
        "cv2_sample": found.cv2[0],
        "cv2_population": found.cv2_population[0],
        "class_": found.label[0],
    }


def test_every_case_of_the_collection(shared: Path) -> None:
    cases = area(shared)
    assert len(cases) >= 8
    for name, case in cases.items():
        found = answers(case)
        for key, expected in case["expected"].items():
            if isinstance(expected, str):
                assert found[key] == expected, name
            else:
                limits = {"rel": case["tolerance"].get("rel", 0.0), "abs": case["tolerance"].get("abs", 0.0)}
                assert found[key] == pytest.approx(expected, **limits), (name, key)


def test_car_parts_have_the_classes_that_their_source_states(shared: Path) -> None:
    """2,509 complete series, 2,093 intermittent and 416 lumpy, medians 4.64 and 0.24.

    Intervals by periods per demand there, and series with too few demands are classed all the same.
    """
    path = shared / "data" / "demand-carparts" / "carparts.csv"
    rows = [line.split(",")[1:] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    table = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    assert (len(table), int(np.isnan(table).sum())) == (2_674, 6_122)
    complete = table[~np.isnan(table).any(axis=1)]
    found = demand_classes(complete.ravel(), np.arange(len(complete) + 1) * table.shape[1])
    assert (np.median(found.adi_periods), np.nanmedian(found.cv2)) == pytest.approx((4.64, 0.24), abs=0.005)
    assert (found.adi_periods > INTERVAL_LIMIT).all()
    assert int((found.cv2 > VARIATION_LIMIT).sum()) == 416
    labels, counts = np.unique(found.label, return_counts=True)
    assert dict(zip(labels.tolist(), counts.tolist(), strict=True)) == {
        "smooth": 1, "erratic": 3, "intermittent": 1_991, "lumpy": 392, "too few demands": 122,
    }  # fmt: skip
