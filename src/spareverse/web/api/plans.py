"""``/api/v1/plans`` and ``/api/v1/backtests``: order, read, decide on, and take away plans and their proofs."""

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

from spareverse.errors import NotFound, Problem
from spareverse.figures.figure import Figure
from spareverse.figures.plan.gallery import BACKTEST_FIGURES, PLAN_FIGURES
from spareverse.io.plan_files import as_policies
from spareverse.network.plan_tables import PLAN_TABLES
from spareverse.optimisation.planning_inputs import MOST_PIECES
from spareverse.optimisation.portfolio.wanted_limits import LimitKind, limits_given
from spareverse.service.plan_list import BACKTEST_LIST, PLAN_LIST
from spareverse.service.plans import BACKTEST, OPTIMISE
from spareverse.service.rows import OPERATORS
from spareverse.service.workspace import Workspace
from spareverse.twin.planning import known_policies
from spareverse.twin.records import as_day
from spareverse.twin.wish import Wish as TwinWish
from spareverse.web.api import plan_limits
from spareverse.web.api.frames import MAX_LIMIT, Rows, page, plain, rows

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Offset = Annotated[int, Query(ge=0, description="Rows to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows to return")]
Sort = Annotated[str, Query(description="Columns to sort by, separated by commas; '-' in front = largest first")]
Search = Annotated[str, Query(description="Text in id, description, supplier or planner")]
Form = Annotated[Literal["json", "csv"], Query(alias="format")]
Undecided = Annotated[bool, Query(description="Also the rules of proposals nobody has decided on")]
Conditions = Annotated[
    list[str] | None,
    Query(description=f"column:operator:value, any number of times; operators: {', '.join(OPERATORS)}"),
]


class GroupLimit(BaseModel):
    """A limit on the parts whose ``column`` holds ``value``; on all parts when both are empty."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    kind: LimitKind
    bound: float
    column: str = ""
    value: str = ""
    comment: str = ""


class Wish(BaseModel):
    """What is asked of a plan: at most one target; with none, the stock value of today's rule."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    budget: Annotated[float | None, Field(description="Mean stock value the plan may hold")] = None
    fill_rate: Annotated[float | None, Field(description="Share of demand met at once, such as 0.95")] = None
    availability: Annotated[float | None, Field(description="Share of assets that do not wait for a part")] = None
    measure: Literal["lines", "pieces", "backorders"] = "lines"
    since: Annotated[str | None, Field(description="First day of demand looked at, YYYY-MM-DD")] = None
    lead_time_days: Annotated[float | None, Field(description="Assumed where the tables say nothing")] = None
    unit_cost: Annotated[float | None, Field(description="Assumed where the tables say nothing")] = None
    floors: Annotated[dict[str, int] | None, Field(description="Criticality class -> pieces kept at least")] = None
    limits: Annotated[
        list[GroupLimit] | None, Field(description="Limits on groups of parts; those of the imported table unless said")
    ] = None
    installed_assets: Annotated[float | None, Field(description="Assets that share the pieces owed")] = None


class PlanWish(Wish):
    """A plan to be made."""

    least_action: Annotated[
        float | None, Field(description="Worth from which on an action is listed; what an order line costs unless said")
    ] = None
    until: Annotated[str | None, Field(description="Plan as of this day and forget all later, YYYY-MM-DD")] = None
    prove: Annotated[bool | None, Field(description="Replay the plan on later history; true unless said")] = None
    adopt: Annotated[bool, Field(description="Make it the plan of record; a trial unless said")] = False


class BacktestWish(Wish):
    """A back-test to be made."""

    fit_until: Annotated[str | None, Field(description="First day the plan does not know, YYYY-MM-DD")] = None
    policies: Annotated[list[str] | None, Field(description="Contenders; all by default")] = None


class Decision(BaseModel):
    """What a planner decided on one row."""

    model_config = ConfigDict(extra="forbid")

    part_id: str
    place_id: str = ""
    accept: Literal["yes", "no"] | None = None
    override_reorder_point: Annotated[float | None, Field(ge=-1, le=MOST_PIECES)] = None
    comment: str | None = None


def router(workspace: Workspace) -> APIRouter:
    """The addresses of plans, back-tests and what became of accepted changes."""
    addresses = APIRouter()
    plans = APIRouter(prefix="/plans", tags=["plans"])
    _ordered_plans(plans, workspace)
    _plan_tables(plans, workspace)
    _handed_over(plans, workspace)
    backtests = APIRouter(prefix="/backtests", tags=["plans"])
    _backtests(backtests, workspace)
    addresses.include_router(plans)
    addresses.include_router(plan_limits.router(workspace))
    addresses.include_router(backtests)
    _learning(addresses, workspace)
    return addresses


def _order(workspace: Workspace, kind: str, wish: Wish, title: str, response: Response) -> dict[str, Any]:
    # Only what was said: what was not asked for is decided by the verb, and alike orders are one job.
    said = wish.model_dump(exclude_none=True, exclude_defaults=True)
    _refuse(said)
    job = workspace.plans.order(kind, said, title)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return plain(job.document())


def _refuse(said: dict[str, Any]) -> None:
    """UsageError for what no plan can be, before anybody waits for it."""
    for name in ("since", "until", "fit_until"):
        as_day(said.get(name))
    known_policies(said.get("policies"))
    names = ("budget", "fill_rate", "availability", "measure", "installed_assets", "least_action")
    limits = limits_given(said.get("limits") or ())
    TwinWish(**{name: said[name] for name in names if name in said}, limits=limits)


def _ordered_plans(router: APIRouter, workspace: Workspace) -> None:
    plans = workspace.plans

    @router.get("")
    def all_plans() -> list[dict[str, Any]]:
        """All kept plans, newest first, each with its proof; ``adopted`` marks the plan of record."""
        return [_told(workspace, plan_id) for plan_id in plans.ids()]

    @router.post("", status_code=202)
    async def order(response: Response, wish: PlanWish | None = None) -> dict[str, Any]:
        """Order a plan; the answer is the job to follow, or the job that already makes it."""
        return _order(workspace, OPTIMISE, wish or PlanWish(), "Plan the stock of all parts", response)

    @router.get("/{plan_id}")
    def one(plan_id: str) -> dict[str, Any]:
        """How a plan was made, what it does and how its proof went; ``latest`` and ``adopted`` are ids too."""
        return _told(workspace, plan_id)

    @router.post("/{plan_id}/adopt")
    def adopt(plan_id: str) -> dict[str, Any]:
        """Make it the plan of record: change list, worklist, promises and exports follow it from now on."""
        return _told(workspace, plans.plan(plan_id).adopt().id)

    @router.delete("/{plan_id}/adopt")
    def withdraw(plan_id: str) -> dict[str, Any]:
        """Take the adoption back: the plan is a trial again, and the one adopted before it leads."""
        plan = plans.plan(plan_id)
        workspace.twin.withdraw(plan.id)
        return _told(workspace, plan.id)

    @router.post("/{plan_id}/decisions", status_code=201)
    def decide(plan_id: str, decisions: list[Decision]) -> dict[str, Any]:
        """Keep decisions on rows of the plan of record. What is accepted is remembered with its promise."""
        plan = plans.plan(plan_id)
        frame = pl.DataFrame([decision.model_dump() for decision in decisions], schema=_DECISION)
        workspace.decide(frame, plan)
        return {"plan": plan.id, "decided": frame.height}


_DECISION = {
    "part_id": pl.String,
    "place_id": pl.String,
    "accept": pl.String,
    "override_reorder_point": pl.Float64,
    "comment": pl.String,
}


def _told(workspace: Workspace, plan_id: str) -> dict[str, Any]:
    plan = workspace.plans.plan(plan_id)
    stale = workspace.plans.stale(plan.document)
    return {**plain(plan.document), "id": plan.id, "adopted": plan.adopted, "stale": stale}


def _plan_tables(router: APIRouter, workspace: Workspace) -> None:
    plans = workspace.plans

    @router.get("/{plan_id}/rows")
    def plan_rows(
        plan_id: str,
        q: Search = "",
        view: Annotated[str, Query(description=f"Saved view: {', '.join(PLAN_LIST.views)}")] = "all",
        where: Conditions = None,
        sort: Sort = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """Rows of a plan with the planners' decisions, sorted, filtered and searched at the server."""
        total, frame = plans.rows(plan_id).page(PLAN_LIST.query(where or (), q, sort, view), offset, limit)
        return rows(total, offset, limit, frame)

    @router.get("/{plan_id}/curve")
    def curve(plan_id: str, sort: Sort = "", offset: Offset = 0, limit: Limit = 1000) -> Rows:
        """Efficient plans, the chosen one, and today's rule: fill rate against stock value."""
        return page(plans.plan(plan_id).curve, offset, limit, sort)

    @router.get("/{plan_id}/demand")
    def demand(plan_id: str, sort: Sort = "", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """What the demand of each part is like and which model forecasts it."""
        return page(plans.plan(plan_id).demand, offset, limit, sort)

    @router.get("/{plan_id}/at")
    def at(
        plan_id: str,
        budget: Annotated[float, Query(allow_inf_nan=False, description="Mean stock value, anywhere along the curve")],
        sort: Sort = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> dict[str, Any]:
        """The plan of another budget along the same curve: its figures and rules."""
        plan = plans.plan(plan_id)
        found = page(plan.at_budget(budget), offset, limit, sort)
        return {"figures": plain(plan.figures_at(budget)), "rules": found.model_dump()}

    @router.get("/{plan_id}/figures/{name}", response_model=None)
    def figure(plan_id: str, name: str, form: Form = "json") -> Response:
        """One figure of the plan as ECharts options, or the numbers behind it."""
        return _drawn(name, PLAN_FIGURES, lambda: plans.plan(plan_id).figure(name), form)

    @router.get("/{plan_id}/proof")
    def proof(plan_id: str) -> dict[str, Any]:
        """Promise against outcome of the plan made on a shorter history; ``backtest`` is the address's id."""
        return plain(plans.plan(plan_id).proof)


def _handed_over(router: APIRouter, workspace: Workspace) -> None:
    plans = workspace.plans

    @router.get("/{plan_id}/policies")
    def policies(
        plan_id: str, undecided: Undecided = False, sort: Sort = "", offset: Offset = 0, limit: Limit = 100
    ) -> Rows:
        """The rules that were accepted or have an own figure, with the columns of the table of policies."""
        return page(as_policies(plans.plan(plan_id).decided(), undecided=undecided), offset, limit, sort)

    @router.get("/{plan_id}/file", response_model=None)
    async def file(
        plan_id: str,
        form: Annotated[Literal["xlsx", "csv"], Query(alias="format", description="xlsx to fill in, csv for upload")],
        undecided: Undecided = False,
    ) -> FileResponse:
        """The plan as a file."""
        plan = plans.plan(plan_id)
        folder = tempfile.TemporaryDirectory(prefix="spareverse-")
        path = Path(folder.name) / f"plan.{form}"
        await run_in_threadpool(plan.export, path, undecided=undecided)
        kind = EXCEL if form == "xlsx" else "text/csv; charset=utf-8"
        name = f"plan-{plan.id}.{form}"
        return FileResponse(path, media_type=kind, filename=name, background=BackgroundTask(folder.cleanup))


def _backtests(router: APIRouter, workspace: Workspace) -> None:
    plans = workspace.plans

    @router.get("")
    def all_backtests() -> list[dict[str, Any]]:
        """All kept back-tests, newest first."""
        return [_tested(workspace, test_id) for test_id in plans.backtest_ids()]

    @router.post("", status_code=202)
    async def order(response: Response, wish: BacktestWish | None = None) -> dict[str, Any]:
        """Order a back-test; the answer is the job to follow."""
        return _order(workspace, BACKTEST, wish or BacktestWish(), "Replay the plan on later history", response)

    @router.get("/{test_id}")
    def one(test_id: str) -> dict[str, Any]:
        """How a back-test was made and what came of it; ``latest`` for the newest."""
        return _tested(workspace, test_id)

    @router.get("/{test_id}/results")
    def results(test_id: str, sort: Sort = "", offset: Offset = 0, limit: Limit = 1000) -> Rows:
        """Every contender at every setting, and per class at its chosen one."""
        return page(plans.backtest(test_id).results, offset, limit, sort)

    @router.get("/{test_id}/equal")
    def equal(test_id: str, sort: Sort = "", offset: Offset = 0, limit: Limit = 1000) -> Rows:
        """Stock value at equal fill rate."""
        return page(plans.backtest(test_id).equal, offset, limit, sort)

    @router.get("/{test_id}/parts")
    def parts(
        test_id: str,
        q: Search = "",
        view: str = "",
        where: Conditions = None,
        sort: Sort = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """What each part did under each contender."""
        query = BACKTEST_LIST.query(where or (), q, sort, view)
        total, frame = plans.backtest_rows(test_id).page(query, offset, limit)
        return rows(total, offset, limit, frame)

    @router.get("/{test_id}/figures/{name}", response_model=None)
    def figure(test_id: str, name: str, form: Form = "json") -> Response:
        """One figure of the back-test."""
        return _drawn(name, BACKTEST_FIGURES, lambda: plans.backtest(test_id).figure(name), form)


def _tested(workspace: Workspace, test_id: str) -> dict[str, Any]:
    test = workspace.plans.backtest(test_id)
    return {**plain(test.document), "id": test.id, "stale": workspace.plans.stale(test.document)}


def _drawn(name: str, known: tuple[str, ...], draw: Any, form: str) -> Response:
    if name not in known:
        problem = Problem("unknown figure", f"Use one of {', '.join(known)}.", value=name)
        raise NotFound(f"There is no figure {name!r}.", [problem])
    drawn: Figure = draw()
    if form == "csv":
        return Response(drawn.csv(), media_type="text/csv; charset=utf-8")
    return Response(drawn.json(), media_type="application/json")


def _learning(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/promises", tags=["plans"])
    def promises(sort: Sort = "-accepted_on", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """Accepted recommendations and what they promised."""
        return page(workspace.twin.promises(), offset, limit, sort)

    @router.get("/outcomes", tags=["plans"])
    def outcomes(offset: Offset = 0, limit: Limit = 100) -> Rows:
        """Promise and outcome per kind of recommendation, from what was imported since."""
        return page(workspace.twin.outcomes(), offset, limit)

    @router.get("/plan-tables", tags=["plans"])
    def tables() -> dict[str, list[dict[str, str]]]:
        """Columns, units and meaning of the tables of plans and back-tests."""
        return {
            name: [{"name": c.name, "kind": c.kind, "unit": c.unit, "meaning": c.meaning} for c in table.columns]
            for name, table in PLAN_TABLES.items()
        }
