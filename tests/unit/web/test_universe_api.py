"""``/api/v1/network``, ``/scenarios`` and ``/simulations``: read, order, ask why; and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from spareverse.service.jobs import JobQueue
from spareverse.service.workspace import Workspace
from spareverse.twin.twin import Twin
from spareverse.web.api import include_api
from spareverse.web.pages.jobs import _universe_options
from tests.networks_small import OUTAGE, OUTAGE_TEXT, chain
from tests.unit.web.asgi import TestClient


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A twin with one simulation of a small chain."""
    twin = Twin.create(tmp_path_factory.mktemp("twin") / "acme", name="Acme")
    twin.import_network(chain())
    twin.save_scenario(OUTAGE)
    twin.simulate(["outage"], replications=3)
    jobs = JobQueue(twin.folder.path, target=lambda *_: None)
    yield Workspace(twin, jobs)
    jobs.close()


@pytest.fixture(scope="module")
def rest(workspace: Workspace) -> TestClient:
    app = FastAPI(openapi_url="/api/v1/openapi.json")
    include_api(app, workspace)
    return TestClient(app, base_url="http://127.0.0.1/api/v1", raise_server_exceptions=False)


def test_the_network_and_its_tables(rest: TestClient) -> None:
    found = rest.get("network").json()
    assert (found["name"], found["start"], found["summary"]["rows"]["stock"]) == ("chain", None, 5)
    assert rest.get("network/places").json()["total"] == 2
    assert rest.get("network/calibration").json()["items"] == []
    assert rest.get("network/tea").status_code == 404


def test_scenarios_are_kept_changed_and_removed(rest: TestClient) -> None:
    assert [row["name"] for row in rest.get("scenarios").json()] == ["outage"]
    assert 'target_id = "F"' in rest.get("scenarios/outage").json()["text"]
    slow = OUTAGE_TEXT.replace('"outage"\n', '"slow"\n', 1)
    assert rest.put("scenarios/slow", json={"text": slow}).json()["title"] == OUTAGE.title
    assert rest.put("scenarios/other", json={"text": slow}).status_code == 400
    wrong = rest.put("scenarios/slow", json={"text": slow.replace('target_id = "F"', 'target_id = "X"')})
    assert wrong.status_code == 422
    assert wrong.json()["problems"]
    assert rest.delete("scenarios/slow").status_code == 204
    assert rest.delete("scenarios/slow").status_code == 404
    assert rest.get("scenarios/..%2F..%2Ftwin").status_code == 404


def test_a_simulation_is_a_job(rest: TestClient, workspace: Workspace) -> None:
    answer = rest.post("simulations", json={"scenarios": ["outage"], "replications": 4})
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["Location"].endswith(job["id"])
    assert job["arguments"] == {"scenarios": ["outage"], "replications": 4}
    again = rest.post("simulations", json={"scenarios": ["outage"], "replications": 4, "seed": 1}).json()
    assert again["id"] == job["id"]
    assert rest.post("simulations", json={"scenarios": ["strike"]}).status_code == 404
    assert rest.post("simulations", json={"replications": 0}).status_code == 422
    for until in ("yesterday", "2030-01-01", -1):  # told at once, not by the job
        assert rest.post("simulations", json={"until": until}).status_code == 400
    assert rest.post("simulations", json={"colour": "red"}).status_code == 422
    workspace.jobs.cancel(job["id"])
    assert rest.get(f"jobs/{job['id']}").json()["status"] == "cancelled"


def test_tables_measures_figures_and_files(rest: TestClient) -> None:
    (found,) = rest.get("simulations").json()
    assert (found["replications"], found["stale"]) == (3, False)
    assert rest.get("simulations/latest").json()["id"] == found["id"]
    assert rest.get("simulations/none").status_code == 404
    page = rest.get("simulations/latest/tables/series", params={"scenario": "outage", "limit": 5}).json()
    assert len(page["items"]) == 5
    assert rest.get("simulations/latest/tables/tea").status_code == 404
    rows = rest.get("simulations/latest/measures/fill_rate", params={"by": "place_id"}).json()
    assert {row["place_id"] for row in rows} == {"C", "S"}
    for by in ("place_id,place_id", "scenario,place_id"):
        assert rest.get("simulations/latest/measures/fill_rate", params={"by": by}).json() == rows
    assert rest.get("simulations/latest/measures/tea").status_code == 404
    figure = rest.get("simulations/latest/figures/causes", params={"scenario": "outage"}).json()
    assert "piece-days" in figure["title"]
    assert rest.get("simulations/latest/figures/scenarios", params={"format": "csv"}).text.startswith("scenario")
    assert rest.get("simulations/latest/file").content.startswith(b"PK")


def test_what_the_monitors_noticed(rest: TestClient) -> None:
    page = rest.get("simulations/latest/noticed", params={"scenario": "outage", "limit": 500}).json()
    assert page["total"] == len(page["items"]) > 0
    assert {row["begins_day"] for row in page["items"]} == {150.0}
    assert rest.get("simulations/latest/noticed", params={"scenario": "tea"}).status_code == 404
    assert rest.get("simulations/latest/figures/noticed").json()["title"]


def test_a_seed_of_nought_and_a_start_from_the_rules_are_what_is_run(rest: TestClient, workspace: Workspace) -> None:
    job = rest.post("simulations", json={"seed": 0, "from_state": False}).json()
    assert (job["arguments"]["seed"], job["arguments"]["from_state"]) == (0, False)
    assert _universe_options(workspace.jobs.get(job["id"]))[-2:] == ["--seed 0", "--from-rules"]
    workspace.jobs.cancel(job["id"])
    plain = rest.post("simulations", json={"seed": 3}).json()
    assert "from_state" not in plain["arguments"]
    workspace.jobs.cancel(plain["id"])


def test_why_and_accounts(rest: TestClient) -> None:
    rows = rest.get("simulations/latest/why", params={"scenario": "outage", "place": "S"}).json()
    assert sum(row["timeline_days"] for row in rows) == pytest.approx(sum(row["critical_days"] for row in rows))
    by_part = rest.get("simulations/latest/why", params={"by": "part,period"}).json()
    assert {"part_id", "period"} <= set(by_part[0])
    assert rest.get("simulations/latest/why", params={"by": "part,period,part"}).json() == by_part
    assert rest.get("simulations/latest/why", params={"place": "OSLO"}).status_code == 404
    assert rest.get("simulations/latest/why", params={"by": "colour"}).status_code == 400
    accounts = {row["account"]: row for row in rest.get("simulations/latest/accounts").json()}
    events = rest.get("simulations/latest/accounts/purchases_cost/events").json()
    assert events["total"] == accounts["purchases_cost"]["events"]
    assert rest.get("simulations/latest/accounts/tea/events").status_code == 404


def test_counterfactuals_are_ordered_first(rest: TestClient, workspace: Workspace) -> None:
    asked = {"scenario": "outage", "top": 3}
    assert rest.get("simulations/latest/counterfactuals", params=asked).status_code == 404
    job = rest.post("simulations/latest/counterfactuals", params=asked).json()
    assert job["kind"] == "counterfactuals"
    workspace.jobs.cancel(job["id"])
    workspace.twin.simulation().counterfactuals(3, scenario="outage")
    assert len(rest.get("simulations/latest/counterfactuals", params=asked).json()) == 3


def test_a_changed_scenario_makes_runs_stale(rest: TestClient) -> None:
    assert rest.put("scenarios/outage", json={"text": OUTAGE_TEXT.replace("42.0", "20.0")}).status_code == 200
    assert rest.get("simulations/latest").json()["stale"]
    rest.put("scenarios/outage", json={"text": OUTAGE_TEXT})
    assert not rest.get("simulations/latest").json()["stale"]
