"""The frame of every page: rail, top bar, search, running jobs; and the one way to declare a page."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from html import escape
from urllib.parse import quote

from fastapi import Request, Response
from nicegui import ui

import spareverse
from spareverse.errors import NotFound, SpareverseError, UsageError
from spareverse.service.workspace import Window, Workspace
from spareverse.web.pages import states
from spareverse.web.pages.cards import box, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.topbar import top_bar

Build = Callable[[Place], Awaitable[None] | None]

RAIL: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("", (("Home", "/", "home"),)),
    (
        "What happened",
        (
            ("Data", "/data", "upload_file"),
            ("Portfolio", "/portfolio", "grid_view"),
            ("Suppliers", "/suppliers", "local_shipping"),
        ),
    ),
    (
        "What to do",
        (
            ("Plan", "/plan", "insights"),
            ("Back-test", "/backtest", "fact_check"),
            ("Worklist", "/worklist", "checklist"),
            ("Warehouse options", "/warehouse", "warehouse"),
        ),
    ),
    ("What if", (("Network", "/network", "hub"), ("Scenarios", "/scenarios", "alt_route"))),
    (
        "Are we viable",
        (("Viability", "/viability", "explore"), ("Warnings", "/warnings", "warning_amber"), ("Ask", "/ask", "forum")),
    ),
    ("Work", (("Jobs", "/jobs", "schedule"),)),
)
_GROUND = {False: "#f4f6f8", True: "#10151b"}
"""The page's ground before its style has come, so that nothing flashes."""
_HEAD = "".join(
    (
        f'<link rel="stylesheet" href="/assets/style.css?v={spareverse.__version__}">',
        *(
            f'<script src="/assets/{name}.js?v={spareverse.__version__}"></script>'
            for name in ("grid", "figures", "plan", "strip")
        ),
    )
)
_LOGO = (
    '<svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke="currentColor" stroke-width="1.8" '
    'aria-hidden="true">'
    '<circle cx="11" cy="11" r="3.2"/><ellipse cx="11" cy="11" rx="9.6" ry="4.2" transform="rotate(-28 11 11)"/></svg>'
)


def page(workspace: Workspace, path: str, name: str, here: str = "") -> Callable[[Build], None]:
    """Declare a page: ``build`` fills the frame; what it raises is shown in the frame as a state.

    ``here`` is the address of the rail's entry the page belongs to. What is not there answers with HTTP 404.
    """

    def declare(build: Build) -> None:
        @ui.page(path, title=f"{name} · {workspace.name}", response_timeout=30)
        async def show(request: Request) -> Response | None:
            try:
                place, wrong = Place.of(workspace, request), None
            except UsageError as error:
                place, wrong = Place(workspace, quote(request.url.path), {}, Window(), False), error
            missing = False
            with frame(place, here or path):
                try:
                    if wrong:
                        raise wrong
                    waiting = build(place)
                    if inspect.isawaitable(waiting):
                        await waiting
                except NotFound as error:
                    missing = True
                    states.not_found(
                        place, error.message, "It may have been written differently, or belong to another window."
                    )
                except SpareverseError as error:
                    states.error(place, error)
            return ui.context.client.build_response(request, 404) if missing else None

    return declare


@contextmanager
def frame(place: Place, here: str) -> Iterator[None]:
    """The rail and the top bar around a page's content."""
    ui.dark_mode(place.dark)
    ui.add_head_html(_HEAD + f"<style>html {{ background: {_GROUND[place.dark]} }}</style>")
    ui.colors(primary="#1d4f91" if not place.dark else "#5f95d8", dark="#181f27", dark_page="#10151b")
    ui.html('<a class="skip" href="#content">Skip to content</a>', sanitize=False)
    with box("shell"):
        _rail(place, here)
        with box("main"):
            top_bar(place)
            with box("page", "main").props("id=content"):
                yield


def _rail(place: Place, here: str) -> None:
    with box("rail", "nav").props('aria-label="Pages"'):
        ui.html(
            f'<a class="plain brand" href="{escape(place.link("/"))}">{_LOGO}<span>Spareverse</span></a>',
            sanitize=False,
        )
        for group, items in RAIL:
            if group:
                text(group, "group")
            for name, path, icon in items:
                item = ui.element("a").classes(f"item {'here' if path == here else ''}")
                item.props["href"] = place.link(path)
                if path == here:
                    item.props["aria-current"] = "page"
                with item:
                    ui.icon(icon).props("aria-hidden=true")
                    text(name, "words", "span")
        ui.html('<a class="link" href="/docs">REST interface</a>', sanitize=False).classes("foot")
