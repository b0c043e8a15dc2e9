"""``/api/v1/figures``: the figures of the pages as ECharts options with their data."""

from __future__ import annotations

from fastapi import APIRouter

from spareverse.service.workspace import Workspace


def router(workspace: Workspace) -> APIRouter:
    """The addresses of the figures."""
    return APIRouter(prefix="/figures", tags=["figures"])
