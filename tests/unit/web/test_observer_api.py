"""``/api/v1/viability``, ``/warnings`` and ``/recommendations``: order, read, answer; and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from spareverse.examples.drawn_companies import drawn_company
from spareverse.service.jobs import JobQueue
from spareverse.service.workspace import Workspace
from spareverse.twin import making
from spareverse.twin.twin import Twin
from spareverse.web.api import include_api
from tests.unit.web.asgi import TestClient


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A small company, observed once."""
    twin = Twin.create(tmp_path_factory.mktemp("twin") / "acme", name="Acme")
    twin.import_network(drawn_company(3, parts=12))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "FIRST_REPLICATIONS", 2)
        patch.setattr(making, "FIRST_SEARCH", 4)
        patch.setattr(making, "SCORES", 4)
        twin.observe()
    jobs = JobQueue(twin.folder.path, target=lambda *_: None)
    yield Workspace(twin, jobs)
    jobs.close()


@pytest.fixture(scope="module")
def rest(workspace: Workspace) -> TestClient:
    app = FastAPI(openapi_url="/api/v1/openapi.json")
    include_api(app, workspace)
    return TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


def test_where_we_stand_and_every_table(rest: TestClient) -> None:
    found = rest.get("viability").json()
    assert [point["point"] for point in found["points"]] == ["now"]
    assert found["refined"] is False
    assert found["stale"] is False
    assert found["id"] == rest.get("viability/observations").json()[0]
    assert rest.get("viability/tables/homeostasis").json()["total"] == 23
    for name in ("coherence", "agent_moves", "externalities", "recovery", "viability_measures", "alarms", "workload",
                 "troubles", "noticed"):  # fmt: skip
        assert rest.get(f"viability/tables/{name}").status_code == 200, name
    assert {row["scenario"] for row in rest.get("viability/tables/noticed?limit=500").json()["items"]} == {
        "pulse", "outage", "lead-time", "closure", "capacity",
    }  # fmt: skip
    assert rest.get("viability/troubles/1").status_code == 404, "no record was watched"
    assert rest.get("viability/tables/tea").status_code == 404
    assert rest.get("viability?observation=none").status_code == 404


def test_an_observation_is_a_job(rest: TestClient) -> None:
    answer = rest.post("viability", json={"weeks": 6, "thorough": True})
    assert answer.status_code == 202
    assert answer.headers["location"].endswith(answer.json()["id"])
    again = rest.post("viability", json={"weeks": 6, "thorough": True})
    assert again.json()["id"] == answer.json()["id"]
    assert rest.post("viability", json={"scenarios": ["nobody"]}).status_code == 404
    assert rest.post("viability", json={"weeks": 99}).status_code == 422


def test_warnings_are_ranked_and_answered(rest: TestClient) -> None:
    rows = rest.get("warnings").json()["items"]
    assert [row["rank"] for row in rows] == sorted(row["rank"] for row in rows)
    name = rows[0]["warning_id"]
    assert rest.put(f"warnings/{name}", json={"state": "acknowledged", "comment": "seen"}).status_code == 204
    assert rest.get("warnings").json()["items"][0]["comment"] == "seen"
    assert rest.put(f"warnings/{name}", json={"state": "snoozed", "snoozed_until": "2999-01-01"}).status_code == 204
    assert name not in [row["warning_id"] for row in rest.get("warnings").json()["items"]]
    assert rest.get("warnings", params={"snoozed": True}).json()["total"] == len(rows)
    assert rest.put(f"warnings/{name}", json={}).status_code == 204
    assert rest.put(f"warnings/{name}", json={"state": "snoozed"}).status_code == 400
    assert rest.put(f"warnings/{name}", json={"state": "lost"}).status_code == 422
    assert rest.put("warnings/nobody", json={"state": "acted"}).status_code == 404
    kinds = {row["kind"] for row in rest.get("warnings", params={"kind": "stock_out"}).json()["items"]}
    assert kinds <= {"stock_out"}


def test_recommendations_are_accepted_and_followed_up(rest: TestClient) -> None:
    tried = rest.get("recommendations", params={"verdict": ""}).json()
    shown = rest.get("recommendations").json()
    assert shown["total"] <= tried["total"]
    assert all(row["verdict"] == "survives" for row in shown["items"])
    told = ("caution", "leaves_limits", "ranked_by", "cost_today", "simulated_days")
    assert all(row[name] is not None for row in tried["items"] for name in told[1:] if row["kind"] != "incentive")
    assert set(told) <= set(tried["items"][0])
    name = tried["items"][0]["nudge_id"]
    assert rest.put(f"recommendations/{name}/acceptance", json={"comment": "try"}).status_code == 204
    accepted = rest.get("recommendations", params={"verdict": ""}).json()["items"][0]
    assert accepted["accepted"] is not None
    wish = {"comment": "the board agreed", "holds_from": "2999-01-01"}
    assert rest.put(f"recommendations/{name}/acceptance", json=wish).status_code == 204
    accepted = rest.get("recommendations", params={"verdict": ""}).json()["items"][0]
    assert {key: accepted[key] for key in wish} == wish
    followed = rest.get("recommendations/follow-ups").json()
    assert {(row["nudge_id"], row["comment"], row["holds_from"]) for row in followed} == {(name, *wish.values())}
    assert rest.put(f"recommendations/{name}/acceptance", json={"holds_from": "soon"}).status_code == 422
    assert rest.delete(f"recommendations/{name}/acceptance").status_code == 204
    assert [row["comment"] for row in rest.get("recommendations/withdrawn").json()] == ["the board agreed"]
    assert rest.delete(f"recommendations/{name}/acceptance").status_code == 404
    assert rest.put("recommendations/nobody/acceptance").status_code == 404


def test_limits_are_set_refused_and_taken_back_and_figures_drawn(rest: TestClient) -> None:
    assert rest.get("viability/limits").json() == []
    given = [{"measure": "fill_rate", "side": "service", "at_least": 0.0001}]
    assert rest.put("viability/limits", json=given).status_code == 204
    points = rest.get("viability").json()["points"]
    assert points[0]["viable"] == "yes"
    assert points[0]["limits"] == "inside the limits"
    assert rest.get("viability/limits").json()[0]["at_least"] == 0.0001
    refused = rest.put("viability/limits", json=[{"measure": "tea", "side": "service", "at_most": 1}])
    assert refused.status_code == 400
    assert refused.json()["problems"][0]["value"] == "tea"
    assert rest.put("viability/limits", json=[]).status_code == 204
    assert rest.get("viability/limits").json() == []
    assert rest.get("viability/figures/viability-map").json()["options"]["series"]
    assert rest.get("viability/figures/components?format=csv").text.startswith("disturbance,component")
    assert rest.get("viability/figures/pie").status_code == 404
