"""``/api/v1/viability/limits`` and ``/figures``: what the company must keep, and the Observer's figures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from spareverse.network.agent_tables import LIMITS
from spareverse.service.workspace import Workspace
from spareverse.web.api.frames import records

Form = Annotated[Literal["json", "csv"], Query(alias="format", description="json: options, csv: numbers")]


class ViableLimit(BaseModel):
    """One limit of the viable zone."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    measure: Annotated[str, Field(max_length=200, description="Measure of a simulated network, or of workload")]
    side: Literal["service", "money", "workload"]
    at_least: float | None = None
    at_most: float | None = None
    comment: Annotated[str | None, Field(max_length=2_000, description="Why, or who asks for it")] = None


def router(workspace: Workspace) -> APIRouter:
    """The addresses below viability."""
    addresses = APIRouter(prefix="/viability", tags=["observer"])
    observations = workspace.observations

    @addresses.get("/limits")
    def limits() -> list[dict[str, Any]]:
        """Limits set for the twin; empty: those of its network, or defaults."""
        return records(observations.limits())

    @addresses.put("/limits", status_code=204)
    def set_limits(given: list[ViableLimit]) -> None:
        """Hold every observation against these limits; an empty list takes them back. Nothing is simulated again."""
        rows = [limit.model_dump() for limit in given]
        observations.set_limits(pl.DataFrame(rows, schema=LIMITS.schema))

    @addresses.get("/figures/{name}", response_model=None)
    def figure(
        name: str,
        observation: Annotated[str, Query(description="Observation; the newest by default")] = "latest",
        form: Form = "json",
    ) -> Response:
        """One figure as ECharts options, or the numbers behind it."""
        said = {"follow_ups": observations.follow_ups()} if name == "follow-ups" else None
        drawn = observations.gallery(observations.observation(observation), said).figure(name)
        if form == "csv":
            return Response(drawn.csv(), media_type="text/csv; charset=utf-8")
        return Response(drawn.json(), media_type="application/json")

    return addresses
