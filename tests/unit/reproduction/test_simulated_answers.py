"""Published answers simulated: right ones agree, wrong ones are seen, what is no system is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from spareverse.reproduction.known_answers import run

RETAILERS: dict[str, Any] = {
    "id": "A", "area": "4b-two-echelon", "source": "", "note": "",
    "inputs": {
        "retailer_demand_rate": 0.1, "retailers": 4, "transit_time": 1, "warehouse_lead_time": 1,
        "holding_retailer": 1, "holding_warehouse": 1, "shortage_cost_per_unit_time": 20, "retailer_batch": 1,
        "warehouse_batch": 1, "policies": [{"R_warehouse": -1, "R_retailer": 0}],
    },
    "expected": {"exact_cost": [4.77], "own_more_digits": [4.77338]}, "tolerance": {"abs": 0.0055},
}  # fmt: skip
PALM: dict[str, Any] = {
    "id": "P", "area": "4a-single-site-spares", "source": "", "note": "",
    "inputs": {"demand_rate": 92.8, "mean_repair_time": 0.02531},
    "expected": {"ebo_by_stock": [2.348768, 1.444255, 0.764018], "fill_rate_by_stock": [0.0, 0.095487, 0.319763]},
    "tolerance": {"abs": 1e-6},
}  # fmt: skip
ASSET: dict[str, Any] = {
    "id": "R", "area": "5-finite-population", "source": "", "note": "",
    "inputs": {"rows": [{"mtbf": 1000, "mean_lead": 200, "repair": 0}]},
    "expected": {"availability": [1.0 / 1.2]}, "tolerance": {"analytic_rel": 1e-9, "simulation_abs": 0.004},
}  # fmt: skip
METRIC: dict[str, Any] = {
    "id": "M", "area": "4b-two-echelon", "source": "", "note": "",
    "inputs": {"outlets": 2, "demand_rate": 0.1, "outlet_resupply": 2, "depot_resupply": 14, "evaluate": [[2, 1]]},
    "expected": {"total_backlog": [0.440461]}, "tolerance": {"abs": 1e-5},
}  # fmt: skip


def verdicts(folder: Path, case: dict[str, Any], **wrong: Any) -> list[tuple[str, str]]:
    """(figure, verdict) of one case; ``wrong`` replaces expected figures."""
    path = folder / "cases.json"
    path.write_text(json.dumps([case | {"expected": case["expected"] | wrong}]))
    found = run(path, replications=30, seed=1)["cases"][0]["figures"]
    return [(figure["name"], figure["verdict"]) for figure in found]


def test_systems_are_simulated(tmp_path: Path) -> None:
    for case, simulated in ((RETAILERS, 1), (PALM, 6), (ASSET, 1)):
        found = verdicts(tmp_path, case)
        assert {verdict for _, verdict in found} == {"agrees"}
        assert len([name for name, _ in found if name.endswith(", simulated")]) == simulated


def test_wrong_figures_are_seen(tmp_path: Path) -> None:
    assert ("own_more_digits.0, simulated", "differs") in verdicts(tmp_path, RETAILERS, own_more_digits=[4.95])
    assert ("availability.0, simulated", "differs") in verdicts(tmp_path, ASSET, availability=[0.84])


def test_a_model_is_not_simulated(tmp_path: Path) -> None:
    assert verdicts(tmp_path, METRIC) == [("total_backlog", "agrees")]


def test_without_replications_nothing_is_simulated(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([RETAILERS]))
    assert [figure["name"] for figure in run(path)["cases"][0]["figures"]] == ["exact_cost", "own_more_digits"]
