"""``/api/v1/studies``: warehouse studies, their runs, and what runs give: tables, figures, SPIR workbook, report."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from spareverse.errors import NotFound, Problem, SpareverseError
from spareverse.examples import STUDIES
from spareverse.figures.warehouse import gallery
from spareverse.network.schema import Table
from spareverse.network.study_answers import STUDY_ANSWERS
from spareverse.network.study_tables import STUDY_RESULTS
from spareverse.service import uploads
from spareverse.service.studies import MOST_REPLICATIONS, SavedRun
from spareverse.service.workspace import Workspace
from spareverse.web.api.frames import MAX_LIMIT, Rows, page, plain

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES: dict[str, Table] = {**STUDY_RESULTS, **STUDY_ANSWERS}


class Wish(BaseModel):
    """How far to run: to a precision or a number of runs; with neither 200 runs of every option."""

    model_config = ConfigDict(extra="forbid")

    precision: Annotated[float | None, Field(description="Wanted half-width of availability, as a share: 0.002")] = None
    replications: Annotated[int | None, Field(description=f"Runs of every option, 2 to {MOST_REPLICATIONS:,}")] = None
    seed: int = 0
    thorough: Annotated[bool, Field(description="Also vary all inputs at once: hundreds of further runs")] = False


def router(workspace: Workspace) -> APIRouter:
    """The addresses of studies and their runs."""
    studies = APIRouter(prefix="/studies", tags=["studies"])
    _inputs(studies, workspace)
    _runs(studies, workspace)
    _results(studies, workspace)
    return studies


def _inputs(router: APIRouter, workspace: Workspace) -> None:
    studies = workspace.studies

    @router.get("")
    def all_studies() -> list[dict[str, Any]]:
        """All studies with their newest run; of one whose files cannot be read, why."""
        return [_summary_or_problem(workspace, name) for name in studies.names()]

    @router.post("", status_code=201)
    async def create(
        response: Response,
        example: Annotated[str, Form(description=f"One of {', '.join(STUDIES)}")] = "",
        name: Annotated[str, Form(description="Name of the new study; else its own")] = "",
        files: list[UploadFile] | None = None,
    ) -> dict[str, Any]:
        """A new study from an example, or from an uploaded study file (TOML) and the tables it names."""
        if example:
            made = await run_in_threadpool(studies.create_example, example, name=name)
        else:
            with tempfile.TemporaryDirectory(prefix="spareverse-") as folder:
                paths = [await _saved(file, Path(folder)) for file in files or []]
                history = await run_in_threadpool(workspace.history)
                made = await run_in_threadpool(studies.create, paths, name=name, history=history)
        response.headers["Location"] = f"/api/v1/studies/{made}"
        return _summary(workspace, made)

    @router.get("/examples")
    def examples() -> list[str]:
        """Studies that come with the product."""
        return list(STUDIES)

    @router.get("/{name}")
    def study(name: str) -> dict[str, Any]:
        """One study: its file by section and key, what was assumed, its runs."""
        return {
            **_summary(workspace, name),
            "inputs": studies.document(name),
            "notes": list(studies.definition(name).notes),
            "runs": studies.runs(name),
        }

    @router.put("/{name}")
    def change(name: str, document: dict[str, Any]) -> dict[str, Any]:
        """Replace the study file (sections and keys as in ``inputs``); refused as a whole when anything is wrong."""
        studies.change(name, document)
        return _summary(workspace, name)

    @router.get("/{name}/lines")
    def lines(name: str, sort: str = "", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """The lines of the package."""
        return page(studies.definition(name).lines, offset, limit, sort)

    @router.put("/{name}/lines")
    def change_lines(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Replace the lines of the package; refused as a whole when anything is wrong, each problem with its line."""
        studies.change_lines(name, rows)
        return _summary(workspace, name)


Offset = Annotated[int, Query(ge=0, description="Rows to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows to return")]


def _runs(router: APIRouter, workspace: Workspace) -> None:
    studies = workspace.studies

    @router.post("/{name}/runs", status_code=202)
    async def run(name: str, response: Response, wish: Wish | None = None) -> dict[str, Any]:
        """Order a run; the answer is the job to follow, or the job that already does the same."""
        asked = wish or Wish()
        await run_in_threadpool(studies.definition, name)  # read outside the loop, remembered for the order
        job = studies.order(name, **asked.model_dump())
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return plain(job.document())

    @router.get("/{name}/runs")
    def runs(name: str) -> list[dict[str, Any]]:
        """Finished runs, newest first."""
        return [_told(studies.run(name, run_id)) for run_id in studies.runs(name)]

    @router.get("/{name}/runs/{run_id}")
    def one_run(name: str, run_id: str) -> dict[str, Any]:
        """How a run was made and what it says; ``latest`` for the newest."""
        found = studies.run(name, run_id)
        return {**_told(found), "stale": studies.stale(name, found), "decision": found.decision.document()}


def _results(router: APIRouter, workspace: Workspace) -> None:
    studies = workspace.studies

    @router.get("/{name}/runs/{run_id}/tables/{table}")
    def table(
        name: str,
        run_id: str,
        table: str,
        option: Annotated[str, Query(description="Only rows of this option")] = "",
        measure: Annotated[str, Query(description="Only rows of this measure")] = "",
        part_id: Annotated[str, Query(description="Only rows of this part")] = "",
        sort: Annotated[str, Query(description="Columns, separated by commas; '-' = largest first")] = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """One table of results or answers, paged, sorted and filtered at the server."""
        frame = _table(studies.run(name, run_id), table)
        wanted = {"option": option, "measure": measure, "part_id": part_id}
        conditions = [pl.col(key) == value for key, value in wanted.items() if value and key in frame.columns]
        return page(frame.filter(conditions) if conditions else frame, offset, limit, sort)

    @router.get("/{name}/runs/{run_id}/figures")
    def figures(name: str, run_id: str) -> list[str]:
        """Names of the figures."""
        studies.run(name, run_id)
        return list(gallery.NAMES)

    @router.get("/{name}/runs/{run_id}/figures/{figure}", response_model=None)
    def figure(
        name: str,
        run_id: str,
        figure: str,
        option: str = "",
        against: str = "",
        measure: str = "total_cost",
        part_id: str = "",
        form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    ) -> Response:
        """One figure as ECharts options, or the numbers behind it."""
        drawn = studies.run(name, run_id).gallery.figure(
            figure, option=option or None, against=against or None, measure=measure, part_id=part_id or None
        )
        if form == "csv":
            return Response(drawn.csv(), media_type="text/csv; charset=utf-8")
        return Response(drawn.json(), media_type="application/json")

    @router.get("/{name}/runs/{run_id}/spir", response_model=None)
    def spir(name: str, run_id: str) -> FileResponse:
        """The filled SPIR workbook."""
        path = studies.run(name, run_id).file("SPIR.xlsx")
        return FileResponse(path, media_type=EXCEL, filename=f"{name}-SPIR.xlsx")

    @router.get("/{name}/runs/{run_id}/report", response_model=None)
    def report(name: str, run_id: str) -> FileResponse:
        """The report: one HTML file that needs no network."""
        path = studies.run(name, run_id).file("report.html")
        return FileResponse(path, media_type="text/html; charset=utf-8", filename=f"{name}-report.html")


async def _saved(file: UploadFile, folder: Path) -> Path:
    """An uploaded file under a safe name, in pieces, so that a large one does not fill the memory."""
    path = folder / uploads.safe_name(file.filename or "file")
    with path.open("wb") as target:
        while piece := await file.read(1 << 20):
            target.write(piece)
    return path


def _summary(workspace: Workspace, name: str) -> dict[str, Any]:
    studies = workspace.studies
    definition, runs, job = studies.definition(name), studies.runs(name), studies.active(name)
    newest = studies.run(name) if runs else None
    return {
        "name": name,
        "title": definition.name,
        "currency": definition.currency,
        "lines": definition.lines.height,
        "options": [{"name": option.name, "title": option.title or option.name} for option in definition.options],
        "newest_run": newest.id if newest else None,
        "stale": studies.stale(name, newest) if newest else None,
        "decision": newest.decision.headline if newest else None,
        "job": job.id if job else None,
    }


def _summary_or_problem(workspace: Workspace, name: str) -> dict[str, Any]:
    try:
        return _summary(workspace, name)
    except SpareverseError as error:
        return {"name": name, "problem": error.message}


def _told(run: SavedRun) -> dict[str, Any]:
    return {"id": run.id, **plain(run.document)}


def _table(run: SavedRun, name: str) -> pl.DataFrame:
    if name not in TABLES:
        problem = Problem("unknown table", f"Use one of {', '.join(TABLES)}.", value=name)
        raise NotFound(f"There is no table {name!r} of a run.", [problem])
    found = run.tables.get(name)
    return TABLES[name].empty() if found is None else found
