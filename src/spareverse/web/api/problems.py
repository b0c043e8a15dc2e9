"""Errors as problem documents (RFC 9457, ``application/problem+json``)."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from spareverse.errors import SpareverseError

MEDIA_TYPE = "application/problem+json"


class ProblemItem(BaseModel):
    """One thing wrong with an input."""

    reason: str
    remedy: str = ""
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None


class ProblemDocument(BaseModel):
    """What went wrong, as RFC 9457 says it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    problems: list[ProblemItem] = []


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDocument, "description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {}}}
    for status in (400, 404, 422)
}


def handle_problems(app: FastAPI) -> None:
    """Answer every error of the REST interface with a problem document."""

    @app.exception_handler(SpareverseError)
    async def known(request: Request, error: SpareverseError) -> JSONResponse:
        return _answer(request, error.http_status, error.kind, error.message, [asdict(p) for p in error.problems])

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [
            {
                "reason": str(found["msg"]),
                "column": ".".join(str(step) for step in found["loc"][1:]),
                "value": None if found.get("input") is None else str(found["input"])[:200],
            }
            for found in error.errors()
        ]
        return _answer(request, 422, "invalid_request", "The request does not say what is needed.", problems)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return _answer(request, error.status_code, "http", str(error.detail), [])

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        return _answer(request, 500, "failed", f"Unexpected {type(error).__name__}; see the log of the server.", [])


def _answer(request: Request, status: int, kind: str, detail: str, problems: list[dict[str, Any]]) -> JSONResponse:
    document = ProblemDocument(
        type=f"urn:spareverse:problem:{kind}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.url.path,
        problems=[ProblemItem(**found) for found in problems],
    )
    return JSONResponse(document.model_dump(), status, media_type=MEDIA_TYPE)
