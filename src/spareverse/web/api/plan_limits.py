"""Limits of a plan and last-time buys over REST."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from spareverse.service.workspace import Workspace
from spareverse.web.api.frames import MAX_LIMIT, Rows, page

Offset = Annotated[int, Query(ge=0, description="Rows to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows to return")]
Sort = Annotated[str, Query(description="Columns to sort by, separated by commas; '-' in front = largest first")]


def router(workspace: Workspace) -> APIRouter:
    """The addresses below a plan."""
    addresses = APIRouter(prefix="/plans", tags=["plans"])
    plans = workspace.plans

    @addresses.get("/{plan_id}/limits")
    def limits(plan_id: str, sort: Sort = "", offset: Offset = 0, limit: Limit = 1000) -> Rows:
        """What limits the plan, how far it goes to each limit, and what easing each would bring."""
        return page(plans.plan(plan_id).limits, offset, limit, sort)

    @addresses.get("/{plan_id}/last-orders")
    def last_orders(plan_id: str, sort: Sort = "", offset: Offset = 0, limit: Limit = 1000) -> Rows:
        """Parts that can be ordered only until a day, and how many pieces last until the end of service."""
        return page(plans.plan(plan_id).last_orders, offset, limit, sort)

    return addresses
