"""What can be taken away: Excel files of exactly what a page shows, the quarantine, the blank template."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as Parameter
from fastapi import Response
from nicegui import app

from spareverse.service.portfolio import Query, column_of
from spareverse.service.workspace import Window, Workspace
from spareverse.web.pages.grid import DEFAULT, RANGED, heading, unit

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
