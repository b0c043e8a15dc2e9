"""Questions by REST: answers with facts, jobs where something is missing, problem documents for the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from spareverse.io.twin_folder import TwinFolder
from spareverse.service.workspace import Workspace
from spareverse.web.api import include_api
from tests.networks_small import chain
from tests.unit.web.asgi import TestClient


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, TestClient]]:
    """A twin with a network that was never simulated."""
    folder = TwinFolder.create(tmp_path_factory.mktemp("world") / "chain")
    workspace = Workspace.open(folder.path)
    workspace.twin.import_network(chain())
    app = FastAPI(openapi_url="/api/v1/openapi.json")
    include_api(app, workspace)
    yield workspace, TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)
    workspace.jobs.close()


def test_an_answer_says_how_it_was_understood_and_brings_its_facts(rest: TestClient) -> None:
    answer = rest.post("/explain", json={"question": "Which suppliers are late most often?", "level": "expert"}).json()
    assert answer["understood"].startswith("Understood as which")
    assert answer["calls"] == [{"tool": "suppliers", "arguments": {"by": "late_risk"}}]
    assert all({"id", "value", "unit", "source"} <= set(fact) for fact in answer["facts"])
    assert answer["tables"][0]["rows"]


def test_a_question_goes_on_from_the_one_before(rest: TestClient) -> None:
    asked = {"question": "and parts?", "after": "Which suppliers are late most often?"}
    answer = rest.post("/explain", json=asked).json()
    assert answer["question"] == "Which parts are late most often?"
    assert answer["calls"] == [{"tool": "parts", "arguments": {"by": "late_risk"}}]


def test_where_the_twin_stands_and_the_facts_of_a_tool(rest: TestClient) -> None:
    assert rest.post("/explain", json={}).json()["answered"]
    found = rest.get("/facts", params={"tool": "parts", "arguments": '{"limit": 2}'}).json()
    assert len(found["tables"][0]["rows"]) == 2
    names = [tool["name"] for tool in rest.get("/tools").json()]
    assert "part" in names
    assert "decide" not in names


@pytest.mark.parametrize(
    ("params", "status"),
    [({"tool": "decide"}, 404), ({"tool": "parts", "arguments": "[]"}, 400), ({"tool": "part"}, 400)],
)
def test_what_cannot_be_asked_is_a_problem_document(rest: TestClient, params: dict[str, str], status: int) -> None:
    answer = rest.get("/facts", params=params)
    assert answer.status_code == status
    assert answer.json()["problems"]
    assert rest.post("/explain", json={"question": "x" * 2000}).status_code == 422


def test_a_what_if_that_was_never_simulated_is_a_job(world: tuple[Workspace, TestClient]) -> None:
    workspace, rest = world
    question = {"question": "What if supplier F stops for six weeks?"}
    answer = rest.post("/explain", json=question)
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert job["kind"] == "simulate"
    assert "F stands still for 42 days" in job["title"]
    assert rest.post("/explain", json=question).json()["job"]["id"] == job["id"]
    assert len(workspace.jobs.active()) == 1
