"""``/api/v1/network``, ``/scenarios`` and ``/simulations``: a network, what might happen to it, and what came of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from spareverse.errors import InputRejected, NotFound, Problem, UsageError
from spareverse.figures.network.causes import LEVELS, Drill
from spareverse.network.components import COMPONENTS
from spareverse.service.universe import MOST_REPLICATIONS
from spareverse.service.workspace import Workspace
from spareverse.simulation.universe.measures import MEASURES
from spareverse.simulation.waiting import BY
from spareverse.web.api.frames import MAX_LIMIT, Rows, page, plain, records

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Offset = Annotated[int, Query(ge=0, description="Rows to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows to return")]
Sort = Annotated[str, Query(description="Columns to sort by, separated by commas; '-' in front = largest first")]
Form = Annotated[Literal["json", "csv"], Query(alias="format")]
Name = Annotated[str, Query(description="Scenario of the run; the last one when empty")]


class SimulationWish(BaseModel):
    """What is to be simulated; the network as it is always is."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    scenarios: Annotated[list[str], Field(description="Kept scenarios, by name")] = []
    from_state: Annotated[bool, Field(description="Start from the state of the day the network was built")] = True
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] = 10
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    until: Annotated[float | str | None, Field(description="End of the run: days from its start, or YYYY-MM-DD")] = None


class ScenarioText(BaseModel):
    """A scenario file."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=4 << 20, description="TOML: [scenario], [[override]], [[disturbance]]")]


def router(workspace: Workspace) -> APIRouter:
    """The addresses of the simulated network."""
    addresses = APIRouter()
    network = APIRouter(prefix="/network", tags=["network"])
    _network(network, workspace)
    scenarios = APIRouter(prefix="/scenarios", tags=["network"])
    _scenarios(scenarios, workspace)
    simulations = APIRouter(prefix="/simulations", tags=["network"])
    _simulations(simulations, workspace)
    _answers(simulations, workspace)
    for each in (network, scenarios, simulations):
        addresses.include_router(each)
    return addresses


def _network(router: APIRouter, workspace: Workspace) -> None:
    universe = workspace.universe

    @router.get("")
    def network() -> dict[str, Any]:
        """The twin's network: how it was made, what was assumed, how many rows each table has."""
        built = universe.network()
        return {**plain(built.document), "id": built.id}

    @router.get("/calibration")
    def calibration(sort: Sort = "", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """The record beside simulations of the network; empty for a network of one's own."""
        return page(universe.network().calibration, offset, limit, sort)

    @router.get("/{table}")
    def rows(table: str, sort: Sort = "", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """One table of the network: places, suppliers, links, parts, sourcing, stock, customers, demands, ..."""
        known = [each.name for each in COMPONENTS]
        if table not in known:
            problem = Problem("unknown table", f"Use one of {', '.join(known)}.", value=table)
            raise NotFound(f"A network has no table {table!r}.", [problem])
        return page(universe.network().network[table], offset, limit, sort)


def _scenarios(router: APIRouter, workspace: Workspace) -> None:
    universe = workspace.universe

    @router.get("")
    def scenarios() -> list[dict[str, Any]]:
        """The scenarios of the twin; one whose file is wrong says so."""
        return [_told(name) for name in universe.scenario_names()]

    @router.get("/{name}")
    def scenario(name: str) -> dict[str, Any]:
        """One scenario with its file."""
        return {**_told(name), "text": universe.scenario_text(name)}

    @router.put("/{name}")
    def save(name: str, given: ScenarioText) -> dict[str, Any]:
        """Check a scenario against the network and keep it, in place of one of the same name."""
        universe.save_scenario(given.text, name)
        return _told(name)

    @router.delete("/{name}", status_code=204)
    def delete(name: str) -> None:
        """Remove a scenario; simulations made with it stay."""
        universe.delete_scenario(name)

    def _told(name: str) -> dict[str, Any]:
        try:
            found = universe.scenario(name)
        except InputRejected as error:
            return {"name": name, "title": "", "problem": error.message}
        return {
            "name": name,
            "title": found.title,
            "overrides": [{**vars(each), "where": dict(each.where)} for each in found.overrides],
            "disturbances": [dict(each) for each in found.disturbances],
            "switched_off": list(found.switched_off),
            "problem": None,
        }


def _simulations(router: APIRouter, workspace: Workspace) -> None:
    universe = workspace.universe

    @router.get("")
    def simulations() -> list[dict[str, Any]]:
        """All kept simulations, newest first: how they were made."""
        return [_document(run) for run in universe.simulation_ids()]

    @router.post("", status_code=202)
    async def order(response: Response, wish: SimulationWish | None = None) -> dict[str, Any]:
        """Order a simulation; the answer is the job to follow."""
        # only what was said: alike orders are one job
        said = (wish or SimulationWish()).model_dump(exclude_none=True, exclude_defaults=True)
        job = universe.order(said)
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return plain(job.document())

    @router.get("/{simulation_id}")
    def simulation(simulation_id: str) -> dict[str, Any]:
        """How one was made; ``latest`` for the newest."""
        return _document(universe.simulation(simulation_id).id)

    @router.get("/{simulation_id}/tables/{name}")
    def table(
        simulation_id: str, name: str, scenario: str = "", sort: Sort = "", offset: Offset = 0, limit: Limit = 100
    ) -> Rows:
        """One result table: series, points, customers, causes, events, measures or differences."""
        frame = universe.simulation(simulation_id).table(name)
        return page(frame.filter(pl.col("scenario") == scenario) if scenario else frame, offset, limit, sort)

    @router.get("/{simulation_id}/file", response_model=None)
    async def file(simulation_id: str) -> FileResponse:
        """All tables but the event record as a workbook."""
        found = universe.simulation(simulation_id)
        folder = tempfile.TemporaryDirectory(prefix="spareverse-")
        path = Path(folder.name) / "simulation.xlsx"
        await run_in_threadpool(found.export, path)
        name = f"simulation-{found.id}.xlsx"
        return FileResponse(path, media_type=EXCEL, filename=name, background=BackgroundTask(folder.cleanup))

    def _document(run: str) -> dict[str, Any]:
        document = universe.document(run)
        return {**plain(document), "id": run, "stale": universe.stale_document(document)}


def _answers(router: APIRouter, workspace: Workspace) -> None:
    universe = workspace.universe

    @router.get("/{simulation_id}/measures/{name}")
    def measure(
        simulation_id: str,
        name: str,
        by: Annotated[str, Query(description="place_id, or nothing")] = "",
        place_id: str = "",
        per: Literal["", "month", "period"] = "",
    ) -> list[dict[str, Any]]:
        """Mean and 95 % limits of a measure per scenario, and per place, month or period."""
        if name not in MEASURES:
            problem = Problem("unknown measure", f"Use one of {', '.join(MEASURES)}.", value=name)
            raise NotFound(f"There is no measure {name!r}.", [problem])
        where = {"place_id": place_id} if place_id else None
        columns = [column for column in by.split(",") if column]
        return records(universe.simulation(simulation_id).measure(name, columns, where, per or None))

    @router.get("/{simulation_id}/why")
    def why(
        simulation_id: str,
        scenario: Name = "",
        place: str = "",
        part: str = "",
        customer: str = "",
        period: Annotated[int | None, Query(ge=0, description="In which the waits ended, from 0")] = None,
        by: Annotated[str, Query(description=f"Some of {', '.join(LEVELS)}, period")] = "",
    ) -> list[dict[str, Any]]:
        """Why customers waited, by both ledgers side by side."""
        columns = [_column(word) for word in by.split(",")] if by else BY[:3]
        return records(
            universe.simulation(simulation_id).why(
                scenario=scenario or None,
                place=place or None,
                part=part or None,
                customer=customer or None,
                period=period,
                by=columns,
            )
        )

    @router.post("/{simulation_id}/counterfactuals", status_code=202)
    async def order(
        response: Response, simulation_id: str, scenario: Name = "", top: Annotated[int, Query(ge=1, le=14)] = 5
    ) -> dict[str, Any]:
        """Order runs without each of the largest causes; the answer is the job. Ask again with GET when it is done."""
        found = universe.simulation(simulation_id)
        job = universe.order_counterfactuals(found, found.known(scenario or None), top)
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return plain(job.document())

    @router.get("/{simulation_id}/counterfactuals")
    def counterfactuals(
        simulation_id: str, scenario: Name = "", top: Annotated[int, Query(ge=1, le=14)] = 5
    ) -> list[dict[str, Any]]:
        """Causes beside the runs without them; NotFound until such runs were made."""
        found = universe.simulation(simulation_id)
        kept = found.kept_counterfactuals(top, scenario=scenario or None)
        if kept is None:
            raise NotFound("These causes have not been switched off yet. POST to the same address orders it.")
        return records(kept)

    @router.get("/{simulation_id}/noticed")
    def noticed(
        simulation_id: str, scenario: str = "", sort: Sort = "", offset: Offset = 0, limit: Limit = 100
    ) -> Rows:
        """Which monitor would have noticed what begins in the scenarios, and after how many days; false alarms."""
        found = universe.simulation(simulation_id)
        return page(found.noticed(scenario=scenario or None), offset, limit, sort)

    @router.get("/{simulation_id}/accounts")
    def accounts(simulation_id: str, scenario: Name = "", place: str = "") -> list[dict[str, Any]]:
        """Money, emissions and service, and what their events add up to."""
        found = universe.simulation(simulation_id)
        return records(found.accounts(scenario=scenario or None, place=place or None))

    @router.get("/{simulation_id}/accounts/{account}/events")
    def account_events(
        simulation_id: str, account: str, scenario: Name = "", place: str = "", part: str = "", sort: Sort = "",
        offset: Offset = 0, limit: Limit = 100,
    ) -> Rows:  # fmt: skip
        """The events an account is made of, each with its amount."""
        found = universe.simulation(simulation_id)
        rows = found.account_events(account, scenario=scenario or None, place=place or None, part=part or None)
        return page(rows, offset, limit, sort)

    @router.get("/{simulation_id}/figures/{name}", response_model=None)
    def figure(
        simulation_id: str,
        name: str,
        scenario: str = "",
        place_id: str = "",
        link_id: str = "",
        by: str = "cause",
        form: Form = "json",
    ) -> Response:
        """One figure as ECharts options, or the numbers behind it."""
        drawn = universe.simulation(simulation_id).figure(
            name, scenario=scenario or None, place_id=place_id or None, link_id=link_id or None, drill=Drill(by=by)
        )
        if form == "csv":
            return Response(drawn.csv(), media_type="text/csv; charset=utf-8")
        return Response(drawn.json(), media_type="application/json")


def _column(word: str) -> str:
    if word == "period":
        return word
    if word not in LEVELS:
        problem = Problem("unknown column", f"Use some of {', '.join((*LEVELS, 'period'))}.", column="by", value=word)
        raise UsageError(f"Waiting cannot be told apart by {word!r}.", [problem])
    return LEVELS[word]
