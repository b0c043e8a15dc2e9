"""The pages a planner works in. Each chooses what to show; how it looks is made once in assets, layout and cards."""

from __future__ import annotations

from pathlib import Path

from nicegui import app

from spareverse.service.workspace import Workspace
from spareverse.web.pages import (
    ask,
    backtest,
    data,
    files,
    home,
    jobs,
    network,
    part,
    plan,
    portfolio,
    scenario_edit,
    scenarios,
    supplier,
    suppliers,
    viability,
    warehouse,
    warehouse_lines,
    warehouse_study,
    warnings,
    worklist,
)

ASSETS = Path(__file__).parent / "assets"
FAVICON = ASSETS / "favicon.svg"


def include_pages(workspace: Workspace) -> None:
    """Declare every page for one workspace."""
    app.add_static_files("/assets", ASSETS)
    planning = (plan, backtest, worklist)
    warehouses = (warehouse, warehouse_lines, warehouse_study)
    universe = (network, scenarios, scenario_edit)
    observer = (viability, warnings, ask)
    record = (home, data, files, portfolio, part, suppliers, supplier)
    for module in (*record, *planning, *warehouses, *universe, *observer, jobs):
        module.include(workspace)
