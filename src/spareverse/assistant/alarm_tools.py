"""The tool on the monitors: which troubles they noticed in the record, since when, and the alarms behind them."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import Findings, Listing, Shown, Subject, told_rows
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool, rows_wanted
from spareverse.errors import NotFound
from spareverse.explainer.facts import TEXT, Fact
from spareverse.explainer.grounding.names import quoted
from spareverse.explainer.narratives.alarm import alarm_narrative
from spareverse.figures.figure import Figure
from spareverse.figures.viability.alarms import troubles

SHOWN = 5
WATCHED = ("demand", "lead time", "lateness", "dispersion", "concentration")
KINDS_WATCHED = ("part", "supplier", "lane", "category", "place", "company")
_STREAM = ("stream", "subject_kind", "subject_id", "place_id")


def alarms(
    session: Session, limit: int, newest: bool = False, stream: str = "", part_id: str = "", supplier_id: str = "",
    place_id: str = "", of: str = "", went: str = "",
) -> Findings:  # fmt: skip
    """Troubles the monitors noticed, the surest first, or those noticed last: alarms of one cause taken together."""
    found = session.observed()
    if "alarms" not in found.tables:
        raise NotFound("The monitors watch a record, and none was watched: import order files, then observe again.")
    every = found.table("alarms")
    frame = _concerning(session, every, part_id, supplier_id, place_id)
    frame = frame.filter(pl.col("stream").str.starts_with(stream)) if stream else frame
    frame = frame.filter(pl.col("subject_kind") == of) if of else frame
    frame = frame.filter(pl.col("direction") == went) if went else frame
    rows = troubles(frame)
    whole = {row["trouble"]: row for row in found.table("troubles").iter_rows(named=True)}
    if newest:
        rows.sort(key=lambda row: str(row["raised"] or ""), reverse=True)
    listing = _listing(rows, limit)
    told = told_rows(
        rows[:SHOWN], listing.row_name,
        lambda row, level: alarm_narrative(row, _monitors(row), trouble=whole.get(row["trouble"]), expert=level),
    )  # fmt: skip
    facts = [*told.facts]
    names = {"part": part_id, "supplier": supplier_id, "place": place_id}
    facts += [Fact(kind, name, kind, source="the question") for kind, name in names.items() if name]
    facts.append(Fact("troubles.total", len(rows), "troubles", source="troubles counted"))
    facts.append(Fact("alarms.total", frame.height, "alarms", source="alarms counted"))
    facts += [Fact(f"notices.{at}", text, TEXT, source="observation") for at, text in enumerate(found.notices, 1)]
    whose = " ".join(f"of {kind} {quoted(name)}" for kind, name in names.items() if name)
    first = _first(len(rows), frame.height, stream, whose, newest=newest)
    figures = {} if every.is_empty() else {"alarms": partial(_drawn, frame)}
    return Findings(
        (first, *told.sentences), (*facts, *listing.facts("alarms")),
        (first, *told.expert, *found.notices), (listing,), figures, Subject("viability"),
    )  # fmt: skip


def _first(total: int, alarms: int, stream: str, whose: str, *, newest: bool) -> str:
    what = " ".join(word for word in (f"No {stream} stream" if stream else "No stream", whose) if word)
    if not total:
        return f"{what} has left what it was."
    order = "noticed last first" if newest else "surest first"
    behind = f"{alarms:,} {'alarm' if alarms == 1 else 'alarms'}"
    return f"{total:,} {'trouble' if total == 1 else 'troubles'} noticed by the monitors in {behind}, {order}."


def _concerning(session: Session, frame: pl.DataFrame, part: str, supplier: str, place: str) -> pl.DataFrame:
    """Alarms of a part, of a supplier with its lanes and parts, of a place with its lanes."""
    kind, subject = pl.col("subject_kind"), pl.col("subject_id")
    if part:
        frame = frame.filter(kind == "part", subject == part)
    if supplier:
        mine = kind.is_in(["supplier", "lane"]) & (subject == supplier)
        if session.has("analysis"):
            parts = session.parts().filter(pl.col("supplier_id") == supplier).select("part_id").collect()["part_id"]
            mine |= (kind == "part") & subject.is_in(parts.implode()) & (pl.col("stream") != "demand")
        frame = frame.filter(mine)
    if place:
        frame = frame.filter((pl.col("place_id") == place) | ((kind == "place") & (subject == place)))
    return frame


def _monitors(row: dict[str, Any]) -> list[str]:
    """Those that noticed the stream that is told of."""
    own = [one for one in row["all"] if all(one[name] == row[name] for name in _STREAM)]
    return list(dict.fromkeys(str(one["monitor"]) for one in own))


def _listing(rows: list[dict[str, Any]], limit: int) -> Listing:
    columns = (
        Shown("stream", "What", fact=False), Shown("subject_kind", "Of a", fact=False), Shown("subject_id", "Which"),
        Shown("place_id", "Place"), Shown("direction", "Went", fact=False),
        Shown("before", "Before", unit_of="unit", measure_of="stream"),
        Shown("after", "Since", unit_of="unit", measure_of="stream"),
        Shown("unit", "In", fact=False), Shown("since", "Began"), Shown("raised", "First noticed"),
        Shown("last", "Still on"), Shown("monitors", "By", fact=False), Shown("q_value", "False rate"),
        Shown("alarms", "Alarms", "alarms"),
    )  # fmt: skip
    told = tuple({**row, "monitors": ", ".join(_monitors(row)), "alarms": len(row["all"])} for row in rows[:limit])
    return Listing("alarms", "Troubles noticed", columns, told, len(rows), _STREAM)


def _drawn(frame: pl.DataFrame) -> Figure:
    from spareverse.figures.viability.alarms import alarm_timeline

    return alarm_timeline(frame)


TOOLS = (
    Tool(
        "alarms", "What has changed",
        "Troubles the monitors noticed in the record (demand, lead times, lateness, dispersion, concentration), alarms "
        "of one cause taken together: levels before and since, when it began and was noticed, how many alarms of what "
        "stand behind it, and the false discovery rate.",
        alarms,
        (
            rows_wanted(), Argument("newest", "boolean", "Those noticed last first; else the surest", default=False),
            Argument("stream", "text", "Only this kind of stream", choices=WATCHED),
            Argument("of", "text", "Only streams of this kind of thing", choices=KINDS_WATCHED),
            Argument("went", "text", "Only what went this way", choices=("up", "down")),
            Argument("part_id", "text", "Only of this part"),
            Argument("supplier_id", "text", "Only of this supplier, its lanes, and the supply of its parts"),
            Argument("place_id", "text", "Only at this place"),
        ),
    ),
)  # fmt: skip
"""The verb on the monitors; it changes nothing."""
