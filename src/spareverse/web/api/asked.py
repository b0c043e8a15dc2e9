"""The window as it stands in an address."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from spareverse.service.workspace import Window


def window(since: str = "", until: str = "", as_of: str = "") -> Window:
    """The window asked for; the newest analysis when all are empty."""
    return Window.of(since, until, as_of)


Asked = Annotated[Window, Depends(window)]
