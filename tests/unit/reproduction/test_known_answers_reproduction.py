"""Collections of published answers: how a figure is held against its tolerance, and what a case is taken for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spareverse.errors import InputRejected
from spareverse.reproduction.answers_of_stock import answer
from spareverse.reproduction.case_comparison import compare
from spareverse.reproduction.case_inputs import CaseInputs
from spareverse.reproduction.known_answers import run

EOQ = {
    "id": "EOQ", "area": "3-single-item", "source": "Snyder & Shen", "note": "",
    "inputs": {"fixed_cost": 8, "holding_cost": 0.225, "demand_rate": 1300},
    "expected": {"Q": 304.0467800264368}, "tolerance": {"rel": 1e-9},
}  # fmt: skip


def written(folder: Path, cases: Any) -> Path:
    path = folder / "cases.json"
    path.write_text(cases if isinstance(cases, str) else json.dumps(cases), encoding="utf-8")
    return path


def verdicts(expected: dict[str, Any], got: dict[str, Any], tolerance: dict[str, Any]) -> list[str]:
    return [figure.verdict for figure in compare(expected, got, tolerance)]


def solve(inputs: dict[str, Any], *wanted: str) -> dict[str, Any]:
    return answer(CaseInputs(inputs, dict.fromkeys(wanted), ""))


# tolerances --------------------------------------------------------------------------------------------------------


def test_nothing_is_loosened() -> None:
    assert verdicts({"a": 2.0}, {"a": 2.0021}, {"rel": 1e-3}) == ["differs"]
    assert verdicts({"a": 2.0}, {"a": 2.0019}, {"rel": 1e-3}) == ["agrees"]
    assert verdicts({"a": 2.0}, {"a": 2.0019}, {"abs": 1e-3}) == ["differs"]
    assert verdicts({"a": 2}, {"a": 2.001}, {"a": "exact", "rel": 0.5}) == ["differs"]
    assert verdicts({"a": 2.0}, {"a": 2.001}, {}) == ["differs"]
    assert verdicts({"a": [1.0, 2.0]}, {"a": [1.0, 2.1]}, {"rel": 1e-3}) == ["differs"]
    assert verdicts({"a": [1.0, 2.0]}, {"a": [1.0, 2.0, 3.0]}, {"rel": 1e-3}) == ["differs"]
    assert verdicts({"a": 2.0}, {"a": float("nan")}, {"rel": 1.0}) == ["differs"]
    assert verdicts({"a": "lumpy"}, {"a": "smooth"}, {"rel": 1.0}) == ["differs"]


def test_the_tolerance_nearest_in_name_is_taken() -> None:
    tolerance = {
        "rel": 1e-5, "exact_optimum_rQ_rel": 0.1, "total_cost_abs": 0.6, "mle_rel": 0.2, "simulation_abs": 9.0,
        "var_abs": 0.5,
    }  # fmt: skip
    expected = {
        "exact_optimum": {"r": 10.0, "Q": 10.0, "cost": 10.0},
        "by_r": {"7": {"total_cost": 10.0, "fill_rate": 10.0}},
        "mle": {"shape": 10.0},
        "depot_var_backorders": 10.0,
    }
    found = {figure.name: figure.tolerance for figure in compare(expected, {}, tolerance)}
    assert found == {
        "exact_optimum.r": "rel 0.1",
        "exact_optimum.Q": "rel 0.1",
        "exact_optimum.cost": "rel 1e-05",
        "by_r.7.total_cost": "abs 0.6",
        "by_r.7.fill_rate": "rel 1e-05",
        "mle.shape": "rel 0.2",
        "depot_var_backorders": "abs 0.5",
    }


def test_a_printed_figure_has_the_printed_tolerance_and_the_exact_one_its_own() -> None:
    tolerance = {"printed_abs": 0.0006, "exact_rel": 1e-6}
    figures = compare({"p0": 0.619, "p0_exact": 0.61859, "availability": 0.9}, {}, tolerance)
    assert [figure.tolerance for figure in figures] == ["abs 0.0006", "rel 1e-06", "rel 1e-06"]


def test_a_rounded_table_is_rounded_alike() -> None:
    assert verdicts({"table_rounded": [0.153, 12.0]}, {"table_rounded": [0.15259, 12.03]}, {"rel": 1e-9}) == ["agrees"]
    assert verdicts({"table_rounded": [0.153, 12.0]}, {"table_rounded": [0.1519, 12.03]}, {"rel": 1e-9}) == ["differs"]


def test_a_printed_figure_says_no_more_than_its_digits() -> None:
    tolerance = {"rel": 1e-3}
    assert verdicts({"arl_printed": [168, 4.75]}, {"arl_printed": [167.6838, 4.7472]}, tolerance) == ["agrees"]
    assert verdicts({"arl_printed": [168]}, {"arl_printed": [167.4]}, tolerance) == ["differs"]
    assert verdicts({"arl_printed": [2071.51]}, {"arl_printed": [2071.5721]}, tolerance) == ["agrees"]
    assert verdicts({"arl_printed": [1e-07]}, {"arl_printed": [0.4]}, tolerance) == ["differs"]


# cases -------------------------------------------------------------------------------------------------------------


def test_verdict_of_a_case(tmp_path: Path) -> None:
    cases = [
        EOQ,
        EOQ | {"id": "WRONG", "expected": {"Q": 305.0}},
        EOQ | {"id": "PART", "expected": EOQ["expected"] | {"colour": 1.0}},
        EOQ | {"id": "BAD", "inputs": {"fixed_cost": 8, "holding_cost": 0.2, "demand_rate": -5}},
        EOQ | {"id": "LATER", "area": "9-later"},
        EOQ | {"id": "MISSING", "inputs": {"fixed_cost": 8}},
    ]
    found = run(written(tmp_path, cases))
    assert {case["id"]: case["verdict"] for case in found["cases"]} == {
        "EOQ": "agrees",
        "WRONG": "differs",
        "PART": "agrees in part",
        "BAD": "cannot be answered",
        "LATER": "not offered yet",
        "MISSING": "cannot be answered",
    }
    assert found["cases"][3]["remark"] == "demand rate must be above zero, got -5"
    assert "'demand_mean' must be a number" in found["cases"][5]["remark"]
    assert found["verdicts"] == {
        "agrees": 1, "agrees in part": 1, "differs": 1, "cannot be answered": 2, "not offered yet": 1,
    }  # fmt: skip
    assert [case["id"] for case in run(written(tmp_path, cases), "9")["cases"]] == ["LATER"]
    assert len(run(written(tmp_path, cases), "3-single-item")["cases"]) == 5


def test_other_names_of_the_same_inputs() -> None:
    inputs = {"K": 100, "h": 20, "penalty": 150, "demand_rate": 1.5, "L": 2, "demand": "Poisson"}
    assert solve(inputs, "r", "Q")["cost"] == pytest.approx(107.9235806331498)
    assert solve(inputs | {"r": 3, "Q": 5}, "cost")["cost"] == pytest.approx(107.9235806331498)
    levels = solve(
        {"setup_cost": 5, "holding": 1, "shortage_cost": 4, "mean": 6, "demand": "Poisson"}, "s", "S", "cost"
    )
    assert (levels["s"], levels["S"]) == (4, 10)
    in_words = {"holding_cost": 0.18, "stockout_cost": 0.7, "demand": "normal 50, sd 8"}
    assert solve(in_words, "base_stock")["base_stock"] == pytest.approx(56.60395592743389)
    pmf = {"holding_cost": 5, "stockout_cost": 10, "pmf": [0.25, 0.25, 0.25, 0.25]}
    assert solve(pmf, "base_stock")["base_stock"] == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read as JSON"),
        ({"cases": []}, "not a collection of cases"),
        ([], "holds no case"),
        ([EOQ, {"id": "A"}, 7], "holds 5 problems"),
    ],
)
def test_a_file_that_is_no_collection(content: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match=message) as caught:
        run(written(tmp_path, content))
    assert caught.value.problems


def test_a_file_or_an_area_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputRejected, match="cannot be read"):
        run(tmp_path / "absent.json")
    with pytest.raises(InputRejected, match="no case of the area '9'"):
        run(written(tmp_path, [EOQ]), "9")
