"""All cells of the reproduction of Sirri et al. 2023 beside what the article prints."""

from __future__ import annotations

from typing import Any

import pytest

from spareverse.reproduction.sirri_2023 import run

FORMS = ("published parameters, lateness by probability", "published parameters, lateness by duration")
CONSTRUCTED = "constructed lines, imported and analysed"


@pytest.fixture(scope="module")
def cells() -> dict[tuple[str, str], dict[str, Any]]:
    document = run()
    assert document["paper"] == "sirri-2023"
    found = {(cell["option"], cell["name"]): cell for cell in document["cells"]}
    assert len(found) == len(document["cells"])
    return found


@pytest.mark.parametrize("form", FORMS)
def test_the_checks_of_both_readings(cells: dict[tuple[str, str], dict[str, Any]], form: str) -> None:
    assert cells[form, "optimal_cover"]["ours"] == 16
    assert cells[form, "risk_at_21"]["ours"] == pytest.approx(0.0506, abs=5e-5)
    assert cells[form, "cost_of_safety"]["ours"] == pytest.approx(0.154, abs=5e-4)
    for name in ("optimal_cover", "risk_at_21", "cost_of_safety"):
        assert (cells[form, name]["kind"], cells[form, name]["verdict"]) == ("check", "agrees")


@pytest.mark.parametrize("form", FORMS)
def test_inputs_are_called_inputs(cells: dict[tuple[str, str], dict[str, Any]], form: str) -> None:
    expected = {
        "lead_time_shape": (2.12, 1e-9), "late_risk": (0.541, 5e-5), "cover_shape": (1.44, 1e-9),
        "risk_at_16": (0.133, 5e-5), "cost_at_16": (2.16, 5e-3), "share_stock_out": (0.25, 2e-3),
        "share_early": (0.32, 2e-3), "share_holding": (0.43, 2e-3),
    }  # fmt: skip
    for name, (value, tolerance) in expected.items():
        cell = cells[form, name]
        assert cell["ours"] == pytest.approx(value, abs=tolerance), name
        assert (cell["kind"], cell["verdict"]) == ("input", "input")


def test_nothing_solved_from_the_article_confirms_it(cells: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert {cell["verdict"] for cell in cells.values() if cell["kind"] == "input"} == {"input"}
    checks = {name.split(",")[0] for (_, name), cell in cells.items() if cell["kind"] == "check"}
    assert checks == {"optimal_cover", "risk_at_21", "cost_of_safety"}


def test_the_constructed_lines_carry_the_published_counts(cells: dict[tuple[str, str], dict[str, Any]]) -> None:
    counts = {
        "purchase_lines": 13, "sales_lines": 40, "pieces_sold": 97, "countries": 15, "pairs": 11,
        "days_to_customer": 17.2, "customer_on_time": 0.60, "expected_lead_time_days": 65,
    }  # fmt: skip
    for name, value in counts.items():
        assert cells[CONSTRUCTED, name]["ours"] == pytest.approx(value), name
        assert cells[CONSTRUCTED, name]["paper"] == pytest.approx(value), name


def test_the_constructed_lines_land_near_the_published_fits(cells: dict[tuple[str, str], dict[str, Any]]) -> None:
    near = {"lead_time_shape": 0.01, "lead_time_scale_days": 0.2, "late_risk": 0.003, "cover_shape": 0.005,
            "cover_scale": 0.02, "risk_at_16": 0.002}  # fmt: skip
    for name, tolerance in near.items():
        cell = cells[CONSTRUCTED, name]
        assert cell["ours"] == pytest.approx(cell["paper"], abs=tolerance), name
    late = cells[CONSTRUCTED, "late_risk"]
    assert late["low"] < late["ours"] < late["high"]
    assert cells[CONSTRUCTED, "optimal_cover"]["verdict"] == "agrees"
    assert cells[CONSTRUCTED, "risk_at_21"]["verdict"] == "agrees"
    other = cells[CONSTRUCTED, "optimal_cover, estimator process"]
    assert other["low"] <= other["ours"] <= other["high"]
