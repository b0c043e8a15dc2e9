"""``/api/v1/studies``: create, change, run, tables, figures, files; and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from spareverse.figures.warehouse.gallery import NAMES
from spareverse.io.study_files import write_study
from spareverse.io.twin_folder import TwinFolder
from spareverse.service.workspace import Workspace
from spareverse.web.api import include_api
from tests import fixtures_study as made
from tests.unit.web.asgi import TestClient

RUN = "/studies/platform/runs/latest"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of a study, to be uploaded."""
    source = tmp_path_factory.mktemp("source")
    write_study(made.study(lines=6), source)
    return source


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[Workspace]:
    opened = Workspace.open(TwinFolder.create(tmp_path_factory.mktemp("twin") / "acme", name="Acme").path)
    name = opened.studies.create(sorted(folder.iterdir()))
    made.save_run(opened.studies.definition(name), opened.studies.folder(name))
    yield opened
    opened.jobs.close()


@pytest.fixture(scope="module")
def rest(workspace: Workspace) -> TestClient:
    app = FastAPI(openapi_url="/api/v1/openapi.json")
    include_api(app, workspace)
    return TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


def test_studies_are_listed_with_what_their_newest_run_says(rest: TestClient) -> None:
    listed = {study["name"]: study for study in rest.get("/studies").json()}
    assert listed["platform"]["lines"] == 6
    assert listed["platform"]["stale"] is False
    assert "is the cheapest of 4 options" in listed["platform"]["decision"]


def test_a_study_is_made_from_an_example(rest: TestClient) -> None:
    answer = rest.post("/studies", data={"example": "el-thalji-2025", "name": "Our platform"})
    assert answer.status_code == 201
    assert answer.json()["name"] == "our-platform"
    assert rest.get(answer.headers["location"].removeprefix("/api/v1")).json()["inputs"]["study"]["currency"] == "NOK"
    assert "el-thalji-2025" in rest.get("/studies/examples").json()


def test_a_study_is_made_from_files(rest: TestClient, folder: Path) -> None:
    files = [("files", (f"../../{path.name}", path.read_bytes())) for path in sorted(folder.iterdir())]
    answer = rest.post("/studies", data={"name": "brought"}, files=files)
    assert answer.status_code == 201
    assert rest.get("/studies/brought/lines", params={"sort": "-unit_price", "limit": 2}).json()["total"] == 6


def test_broken_files_are_refused_with_every_problem(rest: TestClient) -> None:
    plan = b'[study]\nname = "x"\nhorizon_years = -3\n[[option]]\nname = "a"\nwarehouse = "lunar"\n'
    answer = rest.post("/studies", files=[("files", ("study.toml", plan))])
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    columns = {problem["column"] for problem in answer.json()["problems"]}
    assert {"study.horizon_years", "option[a].warehouse"} <= columns
    assert rest.post("/studies").status_code == 400


def test_inputs_are_changed_as_a_whole_or_not_at_all(rest: TestClient) -> None:
    made_ = rest.post("/studies", data={"example": "el-thalji-2025", "name": "changing"}).json()["name"]
    inputs = rest.get(f"/studies/{made_}").json()["inputs"]
    inputs["economics"] = {"downtime_cost_per_h": 50}
    assert rest.put(f"/studies/{made_}", json=inputs).status_code == 200
    assert rest.get(f"/studies/{made_}").json()["inputs"]["economics"] == {"downtime_cost_per_h": 50}
    inputs["economics"] = {"downtime_cost_per_h": "much"}
    assert rest.put(f"/studies/{made_}", json=inputs).status_code == 422
    assert rest.get(f"/studies/{made_}").json()["inputs"]["economics"] == {"downtime_cost_per_h": 50}


def test_lines_are_replaced_as_a_whole_or_not_at_all(rest: TestClient) -> None:
    name = rest.post("/studies", data={"example": "el-thalji-2025", "name": "lines"}).json()["name"]
    lines = rest.get(f"/studies/{name}/lines").json()["items"]
    lines[0]["unit_price"] = 1750
    assert rest.put(f"/studies/{name}/lines", json=lines).json()["lines"] == 1
    assert rest.get(f"/studies/{name}/lines").json()["items"][0]["unit_price"] == 1750
    lines[0]["unit_price"] = -1
    answer = rest.put(f"/studies/{name}/lines", json=lines)
    assert answer.status_code == 422
    assert [(problem["row"], problem["column"]) for problem in answer.json()["problems"]] == [(1, "unit_price")]


def test_a_run_is_a_job_that_can_be_taken_back(rest: TestClient) -> None:
    answer = rest.post("/studies/platform/runs", json={"replications": 50, "seed": 3})
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], job["status"], job["arguments"]["replications"]) == ("study", "queued", 50)
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert rest.post(f"/jobs/{job['id']}/stop").json()["status"] == "cancelled"
    again = rest.post("/studies/platform/runs").json()
    assert rest.post(f"/jobs/{again['id']}/cancel").json()["status"] == "cancelled"
    assert rest.post("/studies/platform/runs", json={"precision": 3}).status_code == 400
    assert rest.post("/studies/nobody/runs").status_code == 404


def test_tables_are_paged_sorted_and_filtered(rest: TestClient) -> None:
    query = {"option": "hybrid", "sort": "-availability", "limit": 4}
    answer = rest.get(f"{RUN}/tables/line_results", params=query).json()
    assert (answer["total"], len(answer["items"])) == (6, 4)
    assert {item["option"] for item in answer["items"]} == {"hybrid"}
    one = rest.get(f"{RUN}/tables/options", params={"measure": "availability"}).json()
    assert one["total"] == 4
    assert rest.get(f"{RUN}/tables/stock_ladder").json()["total"] == 0
    assert rest.get(f"{RUN}/tables/passwords").status_code == 404
    assert rest.get(f"{RUN}/tables/options", params={"sort": "beauty"}).status_code == 400


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_comes_as_options_and_as_csv(rest: TestClient, name: str) -> None:
    assert name in rest.get(f"{RUN}/figures").json()
    assert rest.get(f"{RUN}/figures/{name}").json()["title"]
    assert rest.get(f"{RUN}/figures/{name}", params={"format": "csv"}).status_code == 200


def test_a_run_tells_how_it_was_made_and_gives_its_files(rest: TestClient) -> None:
    run = rest.get(RUN).json()
    assert (run["seed"], run["replications"], run["stale"]) == (7, 60, False)
    assert run["decision"]["facts"]
    spir = rest.get(f"{RUN}/spir")
    assert spir.content == b"workbook"
    assert "platform-SPIR.xlsx" in spir.headers["content-disposition"]
    assert "platform-report.html" in rest.get(f"{RUN}/report").headers["content-disposition"]
    assert [one["id"] for one in rest.get("/studies/platform/runs").json()] == [run["id"]]


@pytest.mark.parametrize(
    "path",
    [
        "/studies/nobody",
        "/studies/..%2f..%2ftwin.toml",
        "/studies/platform/runs/..%2f..%2fsource",
        "/studies/platform/runs/none/spir",
        "/studies/PLATFORM",
        f"{RUN}/figures/portrait",
    ],
)
def test_what_is_not_there_is_a_problem_document(rest: TestClient, path: str) -> None:
    answer = rest.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
