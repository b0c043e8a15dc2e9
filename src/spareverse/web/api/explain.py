"""``/api/v1/explain``, ``/facts`` and ``/tools``: questions in plain words, and the facts behind every answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from spareverse.assistant.question import LONGEST_QUESTION
from spareverse.assistant.session import LongWork
from spareverse.assistant.tool import Call
from spareverse.errors import Problem, UsageError
from spareverse.service.workspace import Workspace
from spareverse.web.api.frames import plain
from spareverse.web.asking import asking, described


class Asked(BaseModel):
    """A question in plain words."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[
        str, Field(max_length=LONGEST_QUESTION, description="Why, what if, compare, which, when; empty: where we stand")
    ] = ""
    after: Annotated[
        str, Field(max_length=LONGEST_QUESTION, description="The question before, which this one may go on from")
    ] = ""
    level: Annotated[Literal["plain", "expert"], Field(description="Sentences for everybody, or all there is")] = (
        "plain"
    )
    worded: Annotated[bool, Field(description="Ask the language model, where the server switches one on")] = False


def router(workspace: Workspace) -> APIRouter:
    """The addresses of questions."""
    addresses = APIRouter(tags=["explain"])
    asked_of = asking(workspace)

    @addresses.post("/explain", response_model=None)
    async def explain(asked: Asked) -> dict[str, Any] | JSONResponse:
        """The answer with its facts, each with its source.

        202 with the job where something has to be simulated first: ask again when it is done.
        """
        found = await run_in_threadpool(
            asked_of.answer, asked.question, asked.level, after=asked.after, worded=asked.worded
        )
        return _ordered(found) if isinstance(found, LongWork) else plain(found.document(asked.level))

    @addresses.get("/facts", response_model=None)
    async def facts(
        tool: Annotated[str, Query(description="A tool, see /tools; where the twin stands when empty")] = "status",
        arguments: Annotated[str, Query(description="Its arguments as a JSON object")] = "{}",
    ) -> dict[str, Any] | JSONResponse:
        """What a tool finds: sentences, facts with unit, 95 % limits and source, tables."""
        found = await run_in_threadpool(asked_of.found, Call(tool, _object(arguments)))
        if isinstance(found, LongWork):
            return _ordered(found)
        return plain(
            {
                "sentences": list(found.sentences),
                "expert": list(found.expert),
                "facts": [asdict(fact) for fact in found.facts],
                "tables": [listing.document() for listing in found.listings],
                "figures": list(found.figures),
            }
        )

    @addresses.get("/tools")
    def tools() -> list[dict[str, Any]]:
        """The twin's verbs that answer questions and change nothing."""
        return described()

    def _ordered(work: LongWork) -> JSONResponse:
        job = asked_of.order(work)
        headers = {"Location": f"/api/v1/jobs/{job.id}"}
        return JSONResponse(plain({"missing": work.title, "job": job.document()}), 202, headers)

    return addresses


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        problem = Problem("not a JSON object", 'Write e.g. {"part_id": "P-1"}.', column="arguments", value=text[:100])
        raise UsageError("The arguments cannot be read.", [problem])
    return found
