"""``/api/v1/plan/rows`` and ``/api/v1/backtest/rows``: the parts of a plan and of a back-test, as the grids ask."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from spareverse.service.plan_list import BACKTEST_LIST, PLAN_LIST
from spareverse.service.rows import OPERATORS, Listing
from spareverse.service.rows import Rows as ListedRows
from spareverse.service.workspace import Workspace
from spareverse.web.api.frames import MAX_LIMIT, Rows, rows

Conditions = Annotated[
    list[str] | None,
    Query(description=f"column:operator:value, any number of times; operators: {', '.join(OPERATORS)}"),
]
Sort = Annotated[str, Query(description="Columns to sort by, separated by commas; '-' in front = largest first")]
Columns = Annotated[str, Query(description="Columns to return, separated by commas; all when empty")]
Offset = Annotated[int, Query(ge=0, description="Rows to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows to return")]
Text = Annotated[str, Query(description="Text in id, description, supplier or planner")]


def router(workspace: Workspace) -> APIRouter:
    """The addresses of the rows."""
    found = APIRouter(tags=["plan"])

    @found.get("/plan/rows")
    def plan_rows(
        plan: Annotated[str, Query(description="Plan; the newest when left out")] = "latest",
        q: Text = "",
        view: Annotated[str, Query(description=f"Saved view: {', '.join(PLAN_LIST.views)}")] = "",
        where: Conditions = None,
        sort: Sort = "",
        columns: Columns = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """Parts of a plan with the decisions on them, sorted, filtered and searched at the server."""
        return _page(PLAN_LIST, workspace.plans.rows(plan), q, view, where, sort, columns, offset, limit)

    @found.get("/backtest/rows")
    def backtest_rows(
        backtest: Annotated[str, Query(description="Back-test; the newest when left out")] = "latest",
        q: Text = "",
        view: Annotated[str, Query(description=f"Saved view: {', '.join(BACKTEST_LIST.views)}")] = "",
        where: Conditions = None,
        sort: Sort = "",
        columns: Columns = "",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """What each part did in a back-test under the plan, beside the company's rule."""
        return _page(
            BACKTEST_LIST, workspace.plans.backtest_rows(backtest), q, view, where, sort, columns, offset, limit
        )

    return found


def _page(
    listing: Listing,
    listed: ListedRows,
    q: str,
    view: str,
    where: list[str] | None,
    sort: str,
    columns: str,
    offset: int,
    limit: int,
) -> Rows:
    total, frame = listed.page(listing.query(where or (), q, sort, view), offset, limit)
    if columns:
        frame = frame.select([listing.column(name).name for name in columns.split(",")])
    return rows(total, offset, limit, frame)
