"""The application: REST and pages in one FastAPI app behind the guard, served by one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from nicegui import run, ui

from spareverse.service.workspace import Workspace
from spareverse.web import pages
from spareverse.web.api import include_api
from spareverse.web.security import UPLOAD_LIMIT_BYTES, Guard, is_loopback

STEP_SECONDS = 0.15


def create_app(
    path: Path | str,
    *,
    host: str = "127.0.0.1",
    token: str | None = None,
    upload_limit_bytes: int = UPLOAD_LIMIT_BYTES,
) -> FastAPI:
    """The whole web application for the twin in a folder.

    Parameters
    ----------
    host
        The address it will be bound to; its name is accepted beside those of this machine.
    token
        Access token asked from everyone; needed when others can reach the host.

    Raises
    ------
    NotFound
        No twin in the folder.
    """
    run.process_pool_start_method = "spawn"  # a forked Polars waits for threads it did not inherit
    workspace = Workspace.open(Path(path))
    app = FastAPIOffline(
        title="Spareverse",
        description=f"REST interface of the twin {workspace.name!r}.",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url="/docs",
        redoc_url=None,
        lifespan=_lifespan(workspace),
    )
    include_api(app, workspace)
    pages.include_pages(workspace)
    ui.run_with(app, title=workspace.name, favicon=pages.FAVICON, tailwind=False, show_welcome_message=False)
    app.add_middleware(
        Guard, hosts=("127.0.0.1", "localhost", "::1", host), token=token, body_limit_bytes=upload_limit_bytes
    )
    return app


def serve(
    path: Path | str,
    host: str = "127.0.0.1",
    port: int = 8080,
    open_browser: bool = False,
    *,
    token: str | None = None,
) -> None:
    """Serve a twin until interrupted.

    ``token`` is needed on any address but loopback (see ``security.new_token``); ValueError without one.
    """
    if token is None and not is_loopback(host):
        raise ValueError(f"an access token is needed to serve on {host}, where others can reach the server")
    app = create_app(path, host=host, token=token)
    if open_browser:
        import threading
        import webbrowser

        threading.Timer(1.0, webbrowser.open, [f"http://{host}:{port}/"]).start()
    uvicorn.run(app, host=host, port=port, log_level="warning", ws_max_size=16 * 1024**2, server_header=False)


def _lifespan(workspace: Workspace) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(_step_forever(workspace)), asyncio.create_task(asyncio.to_thread(workspace.warm))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        workspace.jobs.close()

    return live


async def _step_forever(workspace: Workspace) -> None:
    """Keep the job queue moving; a step reads a pipe and never waits."""
    while True:
        workspace.jobs.step()
        await asyncio.sleep(STEP_SECONDS)
