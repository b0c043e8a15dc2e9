"""One supplier."""

from __future__ import annotations

from spareverse.service.workspace import Workspace
from spareverse.web.pages.cards import title
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place


def include(workspace: Workspace) -> None:
    page(workspace, "/supplier", "Supplier", "/suppliers")(show)


def show(place: Place) -> None:
    title(place.query["id"])
