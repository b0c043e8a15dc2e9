"""``/api/v1/plans`` and ``/api/v1/backtests``: order, read, decide, take away; and what is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from fastapi import FastAPI

import fixtures_plan as made
from spareverse.io.twin_folder import TwinFolder
from spareverse.network.plan_tables import POLICY_EXPORT
from spareverse.service.workspace import Workspace
from spareverse.web.api import include_api
from tests.unit.web.asgi import TestClient

PARTS = 200
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A twin with one plan and one back-test, made of constructed tables."""
    folder = TwinFolder.create(tmp_path_factory.mktemp("twin") / "acme", name="Acme")
    plan = made.plan(PARTS)
    summary: dict[str, Any] = {"parts": PARTS, "parts_stocked": 90, "currency": "EUR", "today": None}
    document = made.plan_document(proof="missed") | {"summary": summary, "known_until": "2023-02-28", "version": "1"}
    path = pl.DataFrame(
        {
            "item": np.array([-1, 0, 1], dtype=np.int32),
            "stock_value": [0.0, 10.0, 30.0],
            "fill_rate": [0.0, 0.2, 0.3],
        }
    )
    points = pl.DataFrame(
        {
            "item": np.array([*range(PARTS), 0, 1], dtype=np.int32),
            "reorder_point": [-1] * PARTS + [0, 2],
            "order_quantity": [1] * PARTS + [1, 5],
        }
    ).sort("item", maintain_order=True)
    tables = {
        "plan": plan,
        "curve": made.plan_curve(PARTS),
        "demand": made.demand(PARTS),
        "points": points,
        "path": path,
    }
    folder.renew_run("adopted", folder.save_run("plan", document, tables))
    test = {"proof": document["proof"], "currency": "EUR", "notices": []}
    results = {"results": made.backtest_results(), "equal": made.backtest_equal(), "parts": made.backtest_parts(PARTS)}
    folder.save_run("backtest", test, results)
    opened = Workspace.open(folder.path)
    yield opened
    opened.jobs.close()


@pytest.fixture(scope="module")
def rest(workspace: Workspace) -> TestClient:
    app = FastAPI(openapi_url="/api/v1/openapi.json")
    include_api(app, workspace)
    return TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


def test_plans_are_listed_with_their_proof(rest: TestClient) -> None:
    listed = rest.get("/plans").json()
    assert len(listed) == 1
    assert listed[0]["proof"]["verdict"] == "missed"
    assert rest.get("/plans/latest").json()["id"] == listed[0]["id"]
    assert rest.get("/plans/latest/proof").json()["fit_until"] == "2022-03-01"
    assert rest.get("/plans/none").status_code == 404


def test_a_plan_is_adopted_and_taken_back(rest: TestClient) -> None:
    assert rest.get("/plans/adopted").json()["adopted"]
    assert not rest.delete("/plans/adopted/adopt").json()["adopted"]
    assert rest.get("/plans/adopted").status_code == 404
    row = rest.get("/plans/latest/rows", params={"limit": 1}).json()["items"][0]
    said = [{"part_id": row["part_id"], "place_id": row["place_id"], "accept": "yes"}]
    refused = rest.post("/plans/latest/decisions", json=said)
    assert refused.status_code == 400
    assert "is a trial" in refused.text
    assert rest.post("/plans/latest/adopt").json()["adopted"]
    assert rest.get("/plans/adopted").json()["id"] == rest.get("/plans/latest").json()["id"]


def test_rows_are_filtered_sorted_and_paged(rest: TestClient) -> None:
    asked = {"where": "stocked:eq:true", "sort": "-stock_value", "limit": 3}
    found = rest.get("/plans/latest/rows", params=asked).json()
    values = [row["stock_value"] for row in found["items"]]
    assert values == sorted(values, reverse=True)
    assert found["total"] == made.plan(PARTS)["stocked"].sum()
    assert rest.get("/plans/latest/rows", params={"where": "nothing:eq:1"}).status_code == 400


def test_curve_demand_figures_and_other_budgets(rest: TestClient) -> None:
    assert rest.get("/plans/latest/curve").json()["total"] == 62
    assert rest.get("/plans/latest/demand", params={"limit": 1}).json()["total"] == PARTS
    assert rest.get("/plans/latest/figures/plan-curve").status_code == 200
    assert rest.get("/plans/latest/figures/plan-curve", params={"format": "csv"}).text.count("\n") > 60
    assert rest.get("/plans/latest/figures/nothing").status_code == 404
    at = rest.get("/plans/latest/at", params={"budget": 15}).json()
    assert at["figures"]["fill_rate"] == 0.2
    assert [row["reorder_point"] for row in at["rules"]["items"][:2]] == [0, -1]
    at = rest.get("/plans/latest/at", params={"budget": 30}).json()
    assert [row["order_quantity"] for row in at["rules"]["items"][:3]] == [1, 5, 1]


def test_decisions_are_kept_with_their_promise_and_leave_the_plan(rest: TestClient, workspace: Workspace) -> None:
    plan = made.plan(PARTS)
    before = pl.col("current_reorder_point").fill_null(-1.0)
    row = plan.filter(pl.col("reorder_point") != before).row(0, named=True)
    other = plan.filter(pl.col("part_id") != row["part_id"]).row(0, named=True)
    key = {"part_id": row["part_id"], "place_id": row["place_id"]}
    said = [key | {"accept": "yes"}, {"part_id": other["part_id"], "place_id": other["place_id"], "accept": "no"}]
    assert rest.get("/plans/latest/policies").json()["total"] == 0
    assert rest.post("/plans/latest/decisions", json=said).json()["decided"] == 2
    promises = rest.get("/promises").json()["items"]
    assert [promise["part_id"] for promise in promises] == [row["part_id"]]
    shown = rest.get("/plans/latest/rows", params={"where": "accept:eq:yes"}).json()
    assert [found["part_id"] for found in shown["items"]] == [row["part_id"]]
    policies = rest.get("/plans/latest/policies", params={"limit": 1000}).json()
    assert [found["part_id"] for found in policies["items"]] == [row["part_id"]]
    assert tuple(policies["items"][0]) == POLICY_EXPORT
    assert rest.get("/plans/latest/policies", params={"undecided": True, "limit": 1}).json()["total"] == PARTS - 1
    whole = rest.get("/plans/latest/file", params={"format": "csv", "undecided": True})
    assert whole.text.count("\n") == PARTS
    assert "-1" not in {cell for line in whole.text.splitlines() for cell in line.split(",")}
    assert rest.get("/plans/latest/file", params={"format": "xlsx"}).content[:2] == b"PK"
    unknown = rest.post("/plans/latest/decisions", json=[{"part_id": "nobody", "accept": "yes"}])
    assert unknown.status_code == 404
    assert rest.post("/plans/latest/decisions", json=[key | {"accept": "maybe"}]).status_code == 422
    assert rest.post("/plans/latest/decisions", json=[key | {"override_reorder_point": -3}]).status_code == 422
    endless = json.dumps([key | {"accept": "yes", "override_reorder_point": math.inf}])
    assert rest.post("/plans/latest/decisions", content=endless, headers=JSON).status_code == 422


@pytest.mark.parametrize(
    ("address", "wish", "status"),
    [
        ("/plans", '{"budget": NaN}', 422),
        ("/plans", '{"budget": -1}', 400),
        ("/plans", '{"budget": 5, "fill_rate": 0.9}', 400),
        ("/plans", '{"until": "tomorrow"}', 400),
        ("/backtests", '{"policies": ["hope"]}', 400),
    ],
)
def test_wishes_that_cannot_be_are_refused_before_they_are_queued(
    rest: TestClient, address: str, wish: str, status: int
) -> None:
    assert rest.post(address, content=wish, headers=JSON).status_code == status
    assert rest.get("/plans/latest/at", params={"budget": "nan"}).status_code == 422


def test_back_tests_are_read_in_parts(rest: TestClient) -> None:
    assert len(rest.get("/backtests").json()) == 1
    assert rest.get("/backtests/latest").json()["proof"]["verdict"] == "missed"
    for name in ("results", "equal", "parts"):
        assert rest.get(f"/backtests/latest/{name}", params={"limit": 5}).json()["total"] > 0
    assert rest.get("/backtests/latest/figures/reliability").status_code == 200


def test_orders_become_jobs_and_wrong_ones_are_refused(rest: TestClient) -> None:
    answer = rest.post("/plans", json={"fill_rate": 0.9})
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/jobs/{answer.json()['id']}"
    assert rest.post("/backtests", json={"fit_until": "2022-01-01"}).status_code == 202
    assert rest.post("/plans", json={"fill_rat": 0.9}).status_code == 422
    assert rest.post("/plans", json={"measure": "hope"}).status_code == 422
    assert rest.get("/outcomes").status_code in (200, 422)
    assert "plan" in rest.get("/plan-tables").json()
