from __future__ import annotations

import csv
import io

import pytest

from spareverse.service.workspace import Workspace
from spareverse.web.api.figures import NAMES, PART_FIGURES
from tests.unit.web.asgi import TestClient


def test_parts_are_paged_sorted_and_cut_to_columns(rest: TestClient) -> None:
    query = {"sort": "-saving", "columns": "part_id,saving", "limit": 10, "offset": 5}
    answer = rest.get("/parts", params=query).json()
    assert (answer["total"], answer["offset"], answer["limit"], len(answer["items"])) == (300, 5, 10, 10)
    savings = [item["saving"] for item in answer["items"]]
    assert savings == sorted(savings, reverse=True)
    assert set(answer["items"][0]) == {"part_id", "saving"}


def test_parts_are_filtered_and_searched(rest: TestClient, workspace: Workspace) -> None:
    query = {"where": ["evidence:eq:fair", "current_cover:ge:3"], "limit": 500}
    items = rest.get("/parts", params=query).json()["items"]
    assert items
    assert all(item["evidence"] == "fair" and item["current_cover"] >= 3 for item in items)
    assert rest.get("/parts", params={"q": "000123"}).json()["total"] == 1


def test_one_part_has_its_curves_and_its_cycles(rest: TestClient, workspace: Workspace) -> None:
    part = rest.get("/parts/000000").json()
    assert part["optimal_cover"] == workspace.twin.analysis().part("000000").row["optimal_cover"]
    assert len(part["risk_curve"]) == len(part["risk_curve_low"]) > 10
    cycles = rest.get("/parts/000000/cycles").json()
    assert len(cycles) == 13
    assert sum(cycle["open"] for cycle in cycles) == 2
    assert rest.get("/cycles", params={"part_id": "000000"}).json()["total"] == 13


@pytest.mark.parametrize(
    "path", ["/twin", "/suppliers", "/lanes", "/imports", "/quarantine", "/analyses", "/changes", "/jobs", "/tables"]
)
def test_every_collection_answers(rest: TestClient, path: str) -> None:
    assert rest.get(path).status_code == 200


def test_a_supplier_is_found_by_id(rest: TestClient) -> None:
    first = rest.get("/suppliers", params={"limit": 1}).json()["items"][0]
    assert rest.get(f"/suppliers/{first['supplier_id']}").json() == first


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/parts/nobody", 404, "nobody"),
        ("/suppliers/nobody", 404, "nobody"),
        ("/nothing/at/all", 404, "/docs"),
        ("/jobs/none", 404, "none"),
        ("/parts?sort=savings", 400, "savings"),
        ("/parts?where=saving:gt:lots", 400, "lots"),
        ("/parts?view=mine", 400, "mine"),
        ("/parts?columns=nope", 400, "nope"),
        ("/parts?since=yesterday", 400, "yesterday"),
        ("/parts?since=2023-01-01&until=2022-01-01", 400, "ends before"),
        ("/parts?since=1999-01-01", 404, "not been analysed"),
        ("/parts?limit=0", 422, "request"),
        ("/parts?limit=100000", 422, "request"),
        ("/suppliers?sort=nope", 400, "nope"),
        ("/jobs?status=lost", 400, "lost"),
        ("/figures/pie", 404, "pie"),
        ("/figures/shanghai", 400, "part"),
    ],
)
def test_errors_are_problem_documents(rest: TestClient, path: str, status: int, said: str) -> None:
    answer = rest.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert said in document["detail"]
    assert document["instance"].startswith("/api/v1/")


def test_a_problem_names_the_field_and_the_remedy(rest: TestClient) -> None:
    (problem,) = rest.get("/parts?sort=-savng").json()["problems"]
    assert (problem["column"], problem["remedy"]) == ("savng", "Did you mean 'saving'?")
    (problem,) = rest.get("/parts?limit=many").json()["problems"]
    assert (problem["column"], problem["value"]) == ("limit", "many")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(rest: TestClient, method: str) -> None:
    answer = getattr(rest, method)("/parts")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", PART_FIGURES)
def test_figures_of_a_part_come_as_options_and_as_numbers(rest: TestClient, name: str) -> None:
    figure = rest.get(f"/figures/{name}", params={"part_id": "000000"}).json()
    assert figure["options"]["series"]
    assert figure["title"]
    text = rest.get(f"/figures/{name}", params={"part_id": "000000", "format": "csv"}).text
    assert len(list(csv.reader(io.StringIO(text)))) > 2


@pytest.mark.parametrize("name", ["portfolio", "money-at-risk", "suppliers"])
def test_figures_of_the_portfolio_come_as_options(rest: TestClient, name: str) -> None:
    assert name in NAMES
    assert rest.get(f"/figures/{name}").json()["options"]["series"]


def test_the_description_names_every_address_and_the_problem_document(rest: TestClient) -> None:
    description = rest.get("http://127.0.0.1/api/v1/openapi.json").json()
    paths = set(description["paths"])
    assert {"/api/v1/parts", "/api/v1/cycles", "/api/v1/figures/{name}", "/api/v1/jobs/{job_id}"} <= paths
    assert "ProblemDocument" in description["components"]["schemas"]
    changing = {path for path, operations in description["paths"].items() if set(operations) - {"get"}}
    assert changing == {
        "/api/v1/studies",
        "/api/v1/studies/{name}",
        "/api/v1/studies/{name}/lines",
        "/api/v1/studies/{name}/runs",
        "/api/v1/plans",
        "/api/v1/plans/{plan_id}/adopt",
        "/api/v1/plans/{plan_id}/decisions",
        "/api/v1/scenarios/{name}",
        "/api/v1/simulations",
        "/api/v1/simulations/{simulation_id}/counterfactuals",
        "/api/v1/backtests",
        "/api/v1/explain",
        "/api/v1/viability",
        "/api/v1/viability/limits",
        "/api/v1/warnings/{warning_id}",
        "/api/v1/recommendations/{nudge_id}/acceptance",
        "/api/v1/jobs/{job_id}/cancel",
        "/api/v1/jobs/{job_id}/stop",
    }
