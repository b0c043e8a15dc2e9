"""The addresses of ``/api/v1``."""

from __future__ import annotations

from typing import Annotated, Any, Never

import polars as pl
from fastapi import APIRouter, FastAPI, Query
from starlette.exceptions import HTTPException

from spareverse.errors import NotFound, Problem, UsageError
from spareverse.network.results import RESULTS
from spareverse.service.portfolio import PARTS, VIEWS
from spareverse.service.rows import OPERATORS
from spareverse.service.workspace import Workspace
from spareverse.web.api import explain, figures, observer, plans, studies, universe
from spareverse.web.api.asked import Asked
from spareverse.web.api.frames import MAX_LIMIT, Rows, page, plain, records, rows
from spareverse.web.api.problems import RESPONSES, handle_problems

PREFIX = "/api/v1"
Offset = Annotated[int, Query(ge=0, description="Rows to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows to return")]
Sort = Annotated[str, Query(description="Columns to sort by, separated by commas; '-' in front = largest first")]
Id = Annotated[str, Query(description="Analysis; the newest of the window when empty")]
Conditions = Annotated[
    list[str] | None,
    Query(description=f"column:operator:value, any number of times; operators: {', '.join(OPERATORS)}"),
]


def include_api(app: FastAPI, workspace: Workspace) -> None:
    """Add the REST interface of a workspace to the app."""
    router = APIRouter(prefix=PREFIX, responses=RESPONSES)
    _twin(router, workspace)
    _parts(router, workspace)
    _partners(router, workspace)
    _records(router, workspace)
    router.include_router(figures.router(workspace))
    router.include_router(studies.router(workspace))
    router.include_router(plans.router(workspace))
    router.include_router(universe.router(workspace))
    router.include_router(observer.router(workspace))
    router.include_router(explain.router(workspace))

    @router.get("/{rest:path}", include_in_schema=False, response_model=None)
    def nothing(rest: str) -> Never:
        raise HTTPException(404, f"There is nothing at {PREFIX}/{rest}. See /docs.")

    app.include_router(router)
    handle_problems(app)


def _twin(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/twin", tags=["twin"])
    def twin() -> dict[str, Any]:
        """Name, currency and what the newest analysis says in total."""
        runs = workspace.analyses()
        return {
            "name": workspace.name,
            "currency": workspace.currency,
            "has_data": workspace.has_data(),
            "newest_analysis": runs[0].id if runs else None,
            "summary": plain(runs[0].document.get("summary", {})) if runs else None,
            "views": {view.name: view.meaning for view in VIEWS.values()},
        }

    @router.get("/analyses", tags=["twin"])
    def analyses() -> list[dict[str, Any]]:
        """All saved analyses, newest first."""
        return [{"id": run.id, **plain(run.document)} for run in workspace.analyses()]

    @router.get("/tables", tags=["twin"])
    def tables() -> dict[str, list[dict[str, str]]]:
        """Columns, units and meaning of the result tables."""
        return {
            name: [{"name": c.name, "kind": c.kind, "unit": c.unit, "meaning": c.meaning} for c in table.columns]
            for name, table in RESULTS.items()
        }


def _parts(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/parts", tags=["parts"])
    def parts(
        asked: Asked,
        q: Annotated[str, Query(description="Text in id, description or supplier")] = "",
        view: Annotated[str, Query(description=f"Saved view: {', '.join(VIEWS)}")] = "",
        where: Conditions = None,
        sort: Sort = "",
        columns: Annotated[str, Query(description="Columns to return, separated by commas; all when empty")] = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """Parts of an analysis, sorted, filtered and searched at the server."""
        portfolio = workspace.portfolio(workspace.analysis(asked))
        total, frame = portfolio.page(PARTS.query(where or (), q, sort, view), offset, limit)
        if columns:
            frame = frame.select([PARTS.column(name).name for name in columns.split(",")])
        return rows(total, offset, limit, frame)

    @router.get("/parts/{part_id:path}/cycles", tags=["parts"])
    def part_cycles(part_id: str, asked: Asked, place_id: str = "") -> list[dict[str, Any]]:
        """Reorder cycles of one part."""
        return records(workspace.analysis(asked).part(part_id, place_id).cycles)

    @router.get("/parts/{part_id:path}", tags=["parts"])
    def part(part_id: str, asked: Asked, place_id: str = "") -> dict[str, Any]:
        """Everything the analysis says of one part, with its risk curves."""
        return plain(workspace.analysis(asked).part(part_id, place_id).row)

    @router.get("/cycles", tags=["parts"])
    def cycles(
        asked: Asked,
        part_id: str = "",
        supplier_id: str = "",
        sort: Sort = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """Reorder cycles, of one part or supplier or all."""
        wanted = {"part_id": part_id, "supplier_id": supplier_id}
        conditions = [pl.col(name) == value for name, value in wanted.items() if value]
        frame = workspace.analysis(asked).cycles
        return page(frame.filter(conditions) if conditions else frame, offset, limit, sort)

    @router.get("/changes", tags=["parts"])
    def changes(asked: Asked, sort: Sort = "", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """The change list with the planners' decisions."""
        return page(workspace.twin.changes(workspace.analysis(asked)), offset, limit, sort)


def _partners(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/suppliers", tags=["suppliers"])
    def suppliers(asked: Asked, sort: Sort = "-money_at_risk", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """Suppliers with their late risk."""
        return page(workspace.analysis(asked).suppliers, offset, limit, sort)

    @router.get("/suppliers/{supplier_id:path}", tags=["suppliers"])
    def supplier(supplier_id: str, asked: Asked) -> dict[str, Any]:
        """One supplier."""
        found = workspace.analysis(asked).suppliers.filter(pl.col("supplier_id") == supplier_id)
        if found.is_empty():
            raise NotFound(f"There is no supplier {supplier_id!r} in this window.")
        return records(found)[0]

    @router.get("/lanes", tags=["suppliers"])
    def lanes(asked: Asked, sort: Sort = "-money_at_risk", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """Supplier x place."""
        return page(workspace.analysis(asked).lanes, offset, limit, sort)


def _records(router: APIRouter, workspace: Workspace) -> None:
    @router.get("/imports", tags=["data"])
    def imports(offset: Offset = 0, limit: Limit = 100) -> Rows:
        """Every import, newest first, with its counts."""
        return page(workspace.twin.folder.imports(), offset, limit, "-at")

    @router.get("/quarantine", tags=["data"])
    def quarantine(offset: Offset = 0, limit: Limit = 100, sort: Sort = "") -> Rows:
        """Rows that could not be read, with reason and remedy."""
        return page(workspace.twin.folder.quarantine(), offset, limit, sort)

    @router.get("/jobs", tags=["jobs"])
    def jobs(status: Annotated[str, Query(description="Only jobs in this state")] = "") -> list[dict[str, Any]]:
        """Running, waiting and finished work, newest first."""
        known = ("queued", "running", "done", "failed", "cancelled", "interrupted")
        if status and status not in known:
            problem = Problem("unknown state", f"Use one of {', '.join(known)}.", column="status", value=status)
            raise UsageError(f"There is no job state {status!r}.", [problem])
        return [plain(job.document()) for job in workspace.jobs.all() if not status or job.status == status]

    @router.get("/jobs/{job_id}", tags=["jobs"])
    def job(job_id: str) -> dict[str, Any]:
        """One job with its progress, result or problem."""
        return plain(workspace.jobs.get(job_id).document())

    @router.post("/jobs/{job_id}/cancel", status_code=202, tags=["jobs"])
    async def cancel(job_id: str) -> dict[str, Any]:
        """Take a waiting job out of the queue, or ask the running one to give up."""
        workspace.jobs.cancel(job_id)
        return plain(workspace.jobs.get(job_id).document())

    @router.post("/jobs/{job_id}/stop", status_code=202, tags=["jobs"])
    async def stop(job_id: str) -> dict[str, Any]:
        """Ask the running job to end early and keep what it has."""
        workspace.jobs.stop(job_id)
        return plain(workspace.jobs.get(job_id).document())
