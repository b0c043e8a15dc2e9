"""Where the user is: the twin, the window, the theme; and links that keep the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from fastapi import Request

from spareverse.service.workspace import Window, Workspace

THEME_COOKIE = "spareverse_theme"


@dataclass(frozen=True)
class Place:
    """What a page needs to know about the request. All of it stands in the address, but for the theme."""

    workspace: Workspace
    path: str
    query: Mapping[str, str]
    window: Window
    dark: bool
    where: tuple[str, ...] = ()
    """Conditions of the grid, ``column:operator:value``."""

    @classmethod
    def of(cls, workspace: Workspace, request: Request) -> Place:
        query = {**request.query_params, **request.path_params}
        window = Window.of(query.get("since", ""), query.get("until", ""), query.get("as_of", ""))
        where = tuple(request.query_params.getlist("where"))
        return cls(
            workspace, quote(request.url.path), query, window, request.cookies.get(THEME_COOKIE) == "dark", where
        )

    def link(self, path: str, /, **query: str | int | None) -> str:
        """An address inside the product that keeps the window; empty values are left out."""
        wanted = {name: value for name, value in query.items() if value not in (None, "")}
        return address(path, {**self.window.texts, **wanted})

    def here(self, **query: str | int | None) -> str:
        """This page with some of its query changed."""
        kept = {name: value for name, value in self._asked().items() if name not in query}
        return address(self.path, {**kept, **{name: value for name, value in query.items() if value not in (None, "")}})

    def in_window(self, window: Window) -> str:
        """This page in another window."""
        kept = {name: value for name, value in self._asked().items() if name not in ("since", "until", "as_of")}
        return address(self.path, {**kept, **window.texts})

    def _asked(self) -> dict[str, str]:
        """What stands behind the question mark, without the names that are part of the path."""
        return {name: value for name, value in self.query.items() if name not in ("part_id", "supplier_id", "study")}

    def part(self, part_id: str, place_id: str = "") -> str:
        return self.link(f"/part/{quote(part_id, safe='')}", place_id=place_id)

    def supplier(self, supplier_id: str) -> str:
        return self.link(f"/supplier/{quote(supplier_id, safe='')}")


def address(path: str, query: Mapping[str, object]) -> str:
    return f"{path}?{urlencode(dict(query))}" if query else path
