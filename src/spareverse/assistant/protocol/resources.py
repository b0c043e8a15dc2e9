"""Tables and figures of the twin as resources: CSV, and figures as ECharts options."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import polars as pl

from spareverse.assistant.session import Session, lazily
from spareverse.assistant.tool import Call
from spareverse.assistant.tools import TOOLS, run
from spareverse.errors import NotFound
from spareverse.network.harmless import harmless

SCHEME = "spareverse"
CSV, JSON = "text/csv", "application/json"
MOST_ROWS = 5_000

TABLES: Mapping[str, tuple[str, str, Callable[[Session], pl.LazyFrame | pl.DataFrame]]] = {
    "parts": ("Parts analysed", "analysis", lambda s: s.parts()),
    "suppliers": ("Suppliers", "analysis", lambda s: s.analysis().suppliers),
    "cycles": ("Reorder cycles", "analysis", lambda s: lazily(s.analysis().tables, "cycles")),
    "changes": ("Changes proposed", "analysis", lambda s: s.twin.changes(s.analysis())),
    "plan": ("The plan", "plan", lambda s: s.plan().plan),
    "curve": ("Efficient plans", "plan", lambda s: s.plan().curve),
    "backtest": ("Back-test", "backtest", lambda s: s.backtest().results),
    "measures": ("Measures of the newest simulation", "simulation", lambda s: s.simulation().table("measures")),
    "differences": ("Differences of its scenarios", "simulation", lambda s: s.simulation().table("differences")),
    "warnings": ("What is coming", "observation", lambda s: s.observation().table("warnings")),
    "troubles": ("What has changed", "observation", lambda s: s.observation().table("troubles")),
    "alarms": ("Alarms behind it", "observation", lambda s: s.observation().table("alarms")),
    "expedites": ("Orders to expedite", "observation", lambda s: s.observation().table("expedites")),
    "recommendations": ("What would help", "observation", lambda s: s.observation().table("recommendations")),
    "follow_ups": ("What came of what was accepted", "observation", lambda s: s.twin.follow_ups()),
    "externalities": ("Who is paid against whom", "observation", lambda s: s.observation().table("externalities")),
    "causes": ("Causes of waiting in it", "simulation", lambda s: s.simulation().table("causes")),
}
"""Name -> title, what the twin must keep, and how the table is read; largest money at risk or as it was made first."""
FIGURES: Mapping[str, tuple[str, ...]] = {
    "part": ("shanghai", "cost-curve", "risk-curve", "weibull"),
    "supplier": ("slips",),
    "suppliers": ("suppliers",),
    "plan": ("plan-curve",),
    "backtest": ("reliability", "contenders", "equal-fill-rate"),
    "compare": ("scenarios", "hurt", "causes"),
    "viability": ("viability-map", "components", "externalities", "recovery"),
    "incentives": ("externalities",),
    "alarms": ("alarms",),
    "study": ("options", "costs"),
}
"""Tool -> its figures."""
OF_ONE = ("part", "supplier")
"""Tools whose figures are of one thing, named last in the address."""


def listed_resources(session: Session) -> list[tuple[str, str, str]]:
    """Address, title and type of every table and figure there is; those of one part or supplier are templates."""
    found = [(f"{SCHEME}://twin", "What the twin holds", JSON)]
    found += [
        (f"{SCHEME}://tables/{name}", title, CSV) for name, (title, kind, _) in TABLES.items() if session.has(kind)
    ]
    kinds = {"suppliers": "analysis", "plan": "plan", "backtest": "backtest", "compare": "simulation",
             "viability": "observation", "alarms": "observation"}  # fmt: skip
    for tool, kind in kinds.items():
        if session.has(kind):
            found += [
                (f"{SCHEME}://figures/{tool}/{name}", f"{TOOLS[tool].title}: {name}", JSON) for name in FIGURES[tool]
            ]
    return found


def templates() -> list[tuple[str, str, str]]:
    """Address with a name to fill in, title and type."""
    return [
        (f"{SCHEME}://figures/{tool}/{name}/{{{tool}_id}}", f"{TOOLS[tool].title}: {name}", JSON)
        for tool in OF_ONE for name in FIGURES[tool]
    ]  # fmt: skip


def read_resource(session: Session, uri: str) -> tuple[str, str]:
    """Content and type of a resource; NotFound where there is none at that address."""
    parts = urlsplit(uri)
    path = [parts.netloc, *(unquote(piece) for piece in parts.path.strip("/").split("/") if piece)]
    if parts.scheme != SCHEME:
        raise NotFound(f"There is no resource {uri[:200]!r}.")
    if path == ["twin"]:
        return json.dumps(_holds(session), ensure_ascii=False), JSON
    if path[0] == "tables" and len(path) == 2 and path[1] in TABLES:
        return _csv(TABLES[path[1]][2](session)), CSV
    if path[0] == "figures" and len(path) in (3, 4) and path[2] in FIGURES.get(path[1], ()):
        return _figure(session, path[1], path[2], path[3] if len(path) == 4 else ""), JSON
    raise NotFound(f"There is no resource {uri[:200]!r}; list the resources to see those there are.")


def figure_address(tool: str, name: str, of: str = "") -> str:
    """Where a figure of a tool can be read; empty where it is no resource."""
    if name not in FIGURES.get(tool, ()) or (tool in OF_ONE) != bool(of):
        return ""
    return f"{SCHEME}://figures/{tool}/{name}{f'/{quote(of, safe=str())}' if of else ''}"


def _holds(session: Session) -> dict[str, Any]:
    kinds = ("analysis", "plan", "adopted", "backtest", "network", "simulation")
    return {
        "name": session.name, "currency": session.currency,
        "holds": {kind: session.has(kind) for kind in kinds}, "scenarios": session.twin.scenario_names(),
    }  # fmt: skip


def _figure(session: Session, tool: str, name: str, of: str) -> str:
    given = {f"{tool}_id": of} if tool in OF_ONE else {}
    found = run(session, Call(tool, given)).figures.get(name)
    if found is None:
        raise NotFound(f"{TOOLS[tool].title} has no figure {name!r} here.")
    return found().json()


def _csv(table: pl.LazyFrame | pl.DataFrame) -> str:
    """At most ``MOST_ROWS`` rows; a text that a spreadsheet would run begins with an apostrophe."""
    frame = table.lazy().head(MOST_ROWS).collect().select(pl.exclude(pl.List(pl.Float32), pl.List(pl.Float64)))
    return frame.with_columns(harmless(pl.col(pl.String))).write_csv()
