"""``/api/v1/viability``, ``/warnings`` and ``/recommendations``: where we stand, what is coming, what to do."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import polars as pl
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from spareverse.errors import NotFound
from spareverse.figures.viability.words import verdict_words
from spareverse.service.workspace import Workspace
from spareverse.web.api import viable_zone
from spareverse.web.api.frames import MAX_LIMIT, Rows, page, plain, records

Offset = Annotated[int, Query(ge=0, description="Rows to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows to return")]
Sort = Annotated[str, Query(description="Columns to sort by, separated by commas; '-' in front = largest first")]
Of = Annotated[str, Query(description="Observation; the newest by default")]


class ObservationWish(BaseModel):
    """What is to be observed."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    scenarios: Annotated[list[str], Field(description="Kept scenarios that are points of the map too, by name")] = []
    weeks: Annotated[int, Field(ge=1, le=52, description="How far warnings look ahead")] = 8
    thorough: Annotated[bool, Field(description="Go on after the first answer, at most five minutes")] = False
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1


class Answer(BaseModel):
    """What a planner says of a warning; without a state the word is taken back."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["acknowledged", "snoozed", "acted"] | None = None
    snoozed_until: date | None = None
    comment: Annotated[str | None, Field(max_length=2_000)] = None


class Acceptance(BaseModel):
    """Why a recommendation is accepted, and from when on it is meant to hold."""

    model_config = ConfigDict(extra="forbid")

    comment: Annotated[str | None, Field(max_length=2_000)] = None
    holds_from: Annotated[
        date | None, Field(description="Not before the end of the record, which is the default; today without a record")
    ] = None


def router(workspace: Workspace) -> APIRouter:
    """The addresses of the Observer."""
    addresses = APIRouter()
    viability = APIRouter(prefix="/viability", tags=["observer"])
    _viability(viability, workspace)
    warnings = APIRouter(prefix="/warnings", tags=["observer"])
    _warnings(warnings, workspace)
    recommendations = APIRouter(prefix="/recommendations", tags=["observer"])
    _recommendations(recommendations, workspace)
    for each in (viability, warnings, recommendations):
        addresses.include_router(each)
    addresses.include_router(viable_zone.router(workspace))
    return addresses


def _viability(router: APIRouter, workspace: Workspace) -> None:
    observations = workspace.observations

    @router.get("")
    def viability(observation: Of = "latest") -> dict[str, Any]:
        """How an observation was made, and its points of the viability map."""
        found = observations.observation(observation)
        document = {name: value for name, value in found.document.items() if name != "scenarios"}
        return {
            **plain(document),
            "id": found.id,
            "stale": observations.stale(found),
            "experimental": found.experimental,
            "points": [row | {"limits": verdict_words(row)} for row in records(found.table("viability"))],
        }

    @router.post("", status_code=202)
    async def order(response: Response, wish: ObservationWish | None = None) -> dict[str, Any]:
        """Order an observation; the answer is the job to follow. Asked again, it goes on from what was found."""
        # only what was said: alike orders are one job
        said = (wish or ObservationWish()).model_dump(exclude_none=True, exclude_defaults=True)
        job = observations.order(said)
        response.headers["Location"] = f"/api/v1/jobs/{job.id}"
        return plain(job.document())

    @router.get("/observations")
    def ids() -> list[str]:
        """All kept observations, newest first."""
        return observations.ids()

    @router.get("/tables/{name}")
    def table(name: str, observation: Of = "latest", sort: Sort = "", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """One table: coherence, agent_moves, externalities, homeostasis, recovery, viability_measures, alarms, ..."""
        return page(observations.observation(observation).table(name), offset, limit, sort)

    @router.get("/troubles/{trouble}")
    def trouble(trouble: int, observation: Of = "latest", offset: Offset = 0, limit: Limit = 100) -> Rows:
        """The alarms that are evidence of one trouble of the table troubles."""
        alarms = observations.observation(observation).table("alarms")
        rows = alarms.filter(pl.col("trouble") == trouble)
        if rows.is_empty():
            raise NotFound(f"The observation has no trouble {trouble}.")
        return page(rows, offset, limit)


def _warnings(router: APIRouter, workspace: Workspace) -> None:
    observations = workspace.observations

    @router.get("")
    def warnings(
        observation: Of = "latest",
        kind: str = "",
        snoozed: Annotated[bool, Query(description="Also those that sleep")] = False,
        sort: Sort = "rank",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """What is coming, ranked, with what was said of each."""
        frame = observations.warnings(observation, snoozed=snoozed)
        return page(frame.filter(pl.col("kind") == kind) if kind else frame, offset, limit, sort)

    @router.put("/{warning_id}", status_code=204)
    def answer(warning_id: str, given: Answer) -> None:
        """Acknowledge, snooze or mark a warning of the newest observation as acted upon; or take that back."""
        observations.answer(warning_id, given.state, snoozed_until=given.snoozed_until, comment=given.comment)


def _recommendations(router: APIRouter, workspace: Workspace) -> None:
    observations = workspace.observations

    @router.get("")
    def recommendations(
        observation: Of = "latest",
        verdict: Annotated[str, Query(description="survives, screened, not clear, harms; empty: all")] = "survives",
        sort: Sort = "rank",
        offset: Offset = 0,
        limit: Limit = 100,
    ) -> Rows:
        """What to do: nudges that were simulated in pairs, those that survive by default."""
        frame = observations.observation(observation).table("recommendations")
        chosen = frame.filter(pl.col("verdict") == verdict) if verdict else frame
        accepted = observations.accepted().select("nudge_id", "accepted", "holds_from", "comment")
        return page(chosen.join(accepted, on="nudge_id", how="left", maintain_order="left"), offset, limit, sort)

    @router.get("/follow-ups")
    def follow_ups() -> list[dict[str, Any]]:
        """What accepted recommendations promised beside what the record shows since."""
        return records(observations.follow_ups())

    @router.get("/withdrawn")
    def withdrawn() -> list[dict[str, Any]]:
        """Acceptances that were taken back, the newest first."""
        return records(observations.withdrawn())

    @router.put("/{nudge_id}/acceptance", status_code=204)
    def accept(nudge_id: str, given: Acceptance | None = None) -> None:
        """Accept a recommendation of the newest observation."""
        said = given or Acceptance()
        observations.accept(nudge_id, comment=said.comment, holds_from=said.holds_from)

    @router.delete("/{nudge_id}/acceptance", status_code=204)
    def withdraw(nudge_id: str) -> None:
        """Take an acceptance back; that there was one is kept."""
        observations.withdraw(nudge_id)
