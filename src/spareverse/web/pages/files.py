"""What can be taken away: Excel files of exactly what a page shows, the quarantine, the change list, the template."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import polars as pl
from fastapi import Query as Parameter
from fastapi.responses import FileResponse
from nicegui import app, run
from starlette.background import BackgroundTask

from spareverse.io.excel import write_tables
from spareverse.io.quarantine import export_quarantine
from spareverse.io.report import write_changes
from spareverse.io.templates import write_templates
from spareverse.network.schema import Table
from spareverse.service.portfolio import PARTS
from spareverse.service.workspace import Window, Workspace
from spareverse.web.pages.grid import Look
from spareverse.web.pages.portfolio_grid import PORTFOLIO

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Texts = Annotated[list[str] | None, Parameter()]


def include(workspace: Workspace) -> None:
    """Declare the downloads."""

    @app.get("/files/portfolio.xlsx")
    async def portfolio(
        q: str = "",
        view: str = "",
        where: Texts = None,
        sort: str = "",
        columns: str = "",
        since: str = "",
        until: str = "",
        as_of: str = "",
    ) -> FileResponse:
        analysis = workspace.analysis(Window.of(since, until, as_of))
        frame = workspace.portfolio(analysis).all(PARTS.query(where or (), q, sort, view))
        return await send_shown("Portfolio", PORTFOLIO, frame, columns)

    @app.get("/files/changes.xlsx")
    async def changes(since: str = "", until: str = "", as_of: str = "") -> FileResponse:
        analysis = workspace.analysis(Window.of(since, until, as_of))
        return await send("changes.xlsx", lambda path: write_changes(path, workspace.twin.changes(analysis)))

    @app.get("/files/quarantine.xlsx")
    async def quarantine() -> FileResponse:
        return await send("quarantine.xlsx", lambda path: export_quarantine(workspace.twin.folder, path))

    @app.get("/files/template.xlsx")
    async def template() -> FileResponse:
        return await send("spareverse-template.xlsx", lambda path: write_templates(path.parent)[0].replace(path))


async def send_shown(title: str, look: Look, frame: pl.DataFrame, columns: str) -> FileResponse:
    """The rows of a grid with the columns it shows (names separated by commas; empty: those shown at first)."""
    names = [look.listing.column(name).name for name in columns.split(",") if name] or list(look.default)
    chosen = _with_limits(look, names)
    table = Table(title, title, "Rows as shown", tuple(look.listing.columns[name] for name in chosen))
    shown = frame.select(chosen)
    return await send(
        f"{title.lower().replace(' ', '-')}.xlsx", lambda path: write_tables(path, {title: shown}, {title: table})
    )


def _with_limits(look: Look, names: list[str]) -> list[str]:
    """The columns with the limits of their intervals right behind them, as the grid shows them."""
    return [
        name
        for shown in names
        for name in ((shown, f"{shown}_low", f"{shown}_high") if shown in look.ranged else (shown,))
    ]


async def send(name: str, write: Callable[[Path], object], media_type: str = EXCEL) -> FileResponse:
    """Write the file in a thread, send it, and remove it."""
    folder = tempfile.TemporaryDirectory(prefix="spareverse-")
    path = Path(folder.name) / name
    await run.io_bound(write, path)
    return FileResponse(path, media_type=media_type, filename=name, background=BackgroundTask(folder.cleanup))
