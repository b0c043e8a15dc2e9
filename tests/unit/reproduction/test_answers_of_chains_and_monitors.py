"""Published answers of areas 6a, 6b and 7: other names and kinds of the same questions."""

from __future__ import annotations

from typing import Any

import pytest

from spareverse.reproduction import answers_of_chains, answers_of_monitors
from spareverse.reproduction.case_inputs import CaseInputs


def case(inputs: dict[str, Any], words: str = "") -> CaseInputs:
    return CaseInputs(inputs, {}, words)


def test_an_assembly_tree_of_named_stages() -> None:
    inputs = {
        "processing_time": {"screw": 2, "plate": 3, "pump": 1}, "holding": {"screw": 1, "plate": 2, "pump": 5},
        "edges": [["screw", "pump"], ["plate", "pump"]], "demand_sd": {"pump": 10}, "z": 2,
    }  # fmt: skip
    found = answers_of_chains.stages(case(inputs))
    assert found["cst"] == {"screw": 0.0, "plate": 0.0, "pump": 0.0}
    assert found["cost"] == pytest.approx(20.0 * (2**0.5 + 2.0 * 3**0.5 + 5.0))


def test_levels_upstream_first_and_local_costs() -> None:
    echelon = {"echelon_holding_downstream_first": [3, 2, 2], "lead_time_downstream_first": [1, 1, 2],
               "stockout_cost": 37.12, "demand": "normal 5, sd 1"}  # fmt: skip
    local = {"local_holding_upstream_first": [2, 4, 7], "lead_time_upstream_first": [2, 1, 1], "p": 37.12,
             "demand_mean": 5, "demand_sd": 1}  # fmt: skip
    found, turned = answers_of_chains.stages(case(echelon)), answers_of_chains.stages(case(local))
    assert turned["S"] == pytest.approx(found["S"][::-1])
    assert turned["cost"] == pytest.approx(found["cost"])
    counts = answers_of_chains.stages(case({**echelon, "demand": "Poisson 5"}))
    assert counts["S"] == [9.0, 15.0, 26.0]


def test_amplification_of_rows_and_of_one_policy() -> None:
    assert answers_of_chains.amplification(case({"rows_L_p": [[1, 3], [2, 5]]}))["ratio"] == pytest.approx(
        [1 + 2 / 3 + 2 / 9, 2.12]
    )
    assert answers_of_chains.amplification(case({"p": 5, "L": 2}))["ratio"] == pytest.approx(2.12)
    correlated = answers_of_chains.amplification(case({"p": 5, "L": 2, "rho": 0.5}))["ratio"]
    assert correlated == pytest.approx(1 + 1.12 * (1 - 0.5**5))
    smoothed = answers_of_chains.amplification(case({"alpha": 0.2, "L": 3}))["ratio"]
    assert smoothed == pytest.approx(1 + 1.2 + 18 * 0.04 / 1.8)
    assert answers_of_chains.amplification(case({"Ti": 3, "L": 2}))["net_stock_ratio"] == pytest.approx(2.8)
    with pytest.raises(KeyError):
        answers_of_chains.amplification(case({"p": 5}))


def test_charts_by_their_inputs() -> None:
    two = answers_of_monitors.answer(case({"k": 0.5, "h": 4, "sided": "two", "headstart": "h/2", "shift": [0, 1]}))
    assert two["arl"] == pytest.approx([148.70, 5.29], rel=1e-3)
    assert answers_of_monitors.answer(case({"k": 0.5, "h": 5}))["arl"] == pytest.approx(930.89, rel=1e-3)
    ewma = answers_of_monitors.answer(case({"lambda": 0.1, "L": 2.814, "shift": 0}))
    assert ewma["arl"] == pytest.approx(500, rel=2e-3)
    counts = answers_of_monitors.answer(case({"k": 1, "h": 5, "mean": 1.0, "distribution": "Poisson"}))
    assert counts["arl"] == pytest.approx(34.1665, rel=1e-5)
    with pytest.raises(ValueError, match="head start"):
        answers_of_monitors.answer(case({"k": 0.5, "h": 4, "headstart": "fast"}))
