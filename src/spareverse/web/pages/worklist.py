"""Worklist: what the plan of record proposes otherwise than the last, per planner; what came of accepted changes."""

from __future__ import annotations

from typing import Any

import polars as pl
from nicegui import run

from spareverse.errors import NotEnoughData
from spareverse.figures import numbers
from spareverse.figures.plan.reliability import outcome_figure
from spareverse.network.plan_list import CHANGED, OPEN
from spareverse.service.workspace import Workspace
from spareverse.web.pages import plan_run, states
from spareverse.web.pages.cards import Cell, box, button, card, note_bar, table, text, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day, moment, money, number, plural, share_of

SHOWN = 15
NEWS = {
    "new": ("New proposals", "proposed now, not before"),
    "changed": ("Other figures", "proposed before too, with another reorder point"),
    "gone": ("No longer proposed", "today's rule is right by now, or the plan came back to it"),
}


def include(workspace: Workspace) -> None:
    page(workspace, "/worklist", "Worklist")(show)


async def show(place: Place) -> None:
    plans = place.workspace.plans
    ids = plans.adopted_ids()
    if not ids:
        title("Worklist", "What is new since last time, per planner")
        if not place.workspace.has_data():
            states.no_data(place)
            return
        row = states.state(
            "checklist",
            "No plan yet",
            "The worklist compares the plan of record with the one before. "
            + ("Your plans are trials so far: make one of them the plan." if plans.ids() else "Make a plan first."),
        )
        with row:
            button("To the plan", main=True, href=place.link("/plan"))
        return
    now = plans.plan()
    title("Worklist", _since(place, ids))
    if plans.stale(now.document):
        with note_bar("Files were imported or undone, or costs changed, since this plan was made.", icon="update"):
            button("Plan again", lambda: plan_run.start(place, plan_run.wish_of(now)), slim=True)
    news = plans.changes()
    everything = plans.rows().frame
    chosen = place.query.get("planner", "")
    planners = sorted({str(name) for name in everything["planner"].drop_nulls().unique()})
    mine = pl.col("planner") == chosen if chosen else pl.lit(value=True)
    _tiles(place, news.filter(mine), everything.filter(mine), chosen)
    if planners:
        _planners(place, news, everything, chosen)
    for kind, (heading, note) in NEWS.items():
        _news(place, news.filter(mine & (pl.col("news") == kind)), kind, heading, note, chosen)
    await _outcomes(place)


def _since(place: Place, ids: list[str]) -> str:
    plans, currency = place.workspace.plans, place.workspace.currency
    now = plans.plan(ids[0]).document
    made = f"Plan of {moment(now.get('made_at'))} UTC, demand known until {day(now['known_until'])}"
    if len(ids) < 2:
        return f"{made}. It is the first plan: everything in it is new."
    before = plans.plan(ids[1]).document
    text_ = f"{made}, against that of {moment(before.get('made_at'))} UTC"
    targets = [plan_run.wish_words(document["wish"], currency) for document in (now, before)]
    return text_ if targets[0] == targets[1] else f"{text_}. Another target: {targets[0]}, before {targets[1]}."


def _tiles(place: Place, news: pl.DataFrame, everything: pl.DataFrame, planner: str) -> None:
    count = {kind: news.filter(pl.col("news") == kind).height for kind in NEWS}
    waiting = everything.filter(pl.col("state") == OPEN).height
    since = everything.filter(pl.col("state") == CHANGED).height
    where = f"planner:eq:{planner}" if planner else None
    with box("tiles"):
        for kind, (heading, note) in NEWS.items():
            tile(heading, number(count[kind]), note=note, mark=f"news-{kind}", href=f"#{kind}")
        tile(
            "To decide",
            number(waiting + since),
            note=f"{number(since)} decided on another figure" if since else "no decision yet",
            href=place.link("/plan", view="to_decide", where=where) + "#list",
            mark="open",
        )
        accepted = everything.filter(pl.col("state").is_in(["accepted", "own figure"])).height
        tile(
            "Accepted",
            number(accepted),
            note="or with an own figure",
            href=place.link("/plan", view="decided", where=where) + "#list",
        )


def _planners(place: Place, news: pl.DataFrame, everything: pl.DataFrame, chosen: str) -> None:
    """One line per planner: what is new, what waits, what it is worth."""
    counted = news.group_by("planner").agg(*((pl.col("news") == kind).sum().alias(kind) for kind in NEWS))
    waiting = pl.col("state").is_in([OPEN, CHANGED])
    rows = (
        everything.group_by("planner")
        .agg(
            waiting.sum().alias("waiting"),
            (pl.col("state") == CHANGED).sum().alias("changed_since"),
            pl.col("lines_gained").filter(waiting).sum(),
            pl.col("value_change").filter(waiting).sum(),
        )
        .join(counted, on="planner", how="left", nulls_equal=True)
        .sort("waiting", "planner", descending=[True, False], nulls_last=True)
    )

    def link(row: dict[str, Any]) -> str:
        return place.here(planner=row["planner"]) if row["planner"] and row["planner"] != chosen else ""

    def count(name: str) -> Cell:
        heading = {"new": "New", "changed": "Other figures", "gone": "No longer", "waiting": "To decide"}[name]
        return Cell(heading, lambda r: number(r[name] or 0), right=True)

    with card("By planner", f"shown below: {chosen}" if chosen else "choose one to see only their parts") as holder:
        holder.props("data-planners")
        table(
            rows.to_dicts(),
            [
                Cell("Planner", lambda r: str(r["planner"] or "not given"), href=link, nowrap=True),
                count("waiting"),
                Cell("Decided on another figure", lambda r: number(r["changed_since"]), right=True),
                *(count(kind) for kind in NEWS),
                Cell("Lines gained", lambda r: number(round(r["lines_gained"])), "a year, if accepted", right=True),
                Cell(
                    "Stock value",
                    lambda r: ("+" if r["value_change"] > 0 else "") + money(r["value_change"]),
                    f"{place.workspace.currency}, if accepted",
                    right=True,
                ),
            ],
            mark="planners",
        )
        if chosen:
            button("All planners", slim=True, icon="close", href=place.here(planner=None)).style("margin-top: 8px")


def _news(place: Place, rows: pl.DataFrame, kind: str, heading: str, note: str, planner: str) -> None:
    if rows.is_empty():
        return
    shown = rows.sort("lines_gained", descending=True, nulls_last=True).head(SHOWN)
    before = "reorder_point_before" in rows.columns

    def level(row: dict[str, Any], name: str) -> str:
        value = row.get(name)
        return "" if value is None else "none" if value < 0 else number(value)

    cells = [
        Cell("Part", lambda r: str(r["part_id"]), href=lambda r: place.part(r["part_id"], r["place_id"]), nowrap=True),
        Cell("Description", lambda r: str(r["description"] or "")),
        Cell("Planner", lambda r: str(r["planner"] or "")),
        Cell("Today", lambda r: level(r, "current_reorder_point"), right=True),
        *([Cell("Before", lambda r: level(r, "reorder_point_before"), right=True)] if before else []),
        Cell("Plan", lambda r: level(r, "reorder_point"), right=True),
        Cell("Met at once", lambda r: share_of(r, "fill_rate"), right=True),
        Cell("Effect", lambda r: str(r["effect"])),
        Cell("Decision", lambda r: str(r["state"])),
    ]
    with card(f"{heading}: {plural(rows.height, 'part')}", note) as holder:
        holder.props(f"id={kind} data-news={kind}")
        table(shown.to_dicts(), cells, mark=f"news-{kind}")
        if rows.height > shown.height:
            with box("row-gap").style("margin-top: 8px"):
                text(f"The {shown.height} with the most lines gained of {number(rows.height)}.", "quiet small grow")
                where = f"planner:eq:{planner}" if planner else None
                button("All in the plan", slim=True, href=place.link("/plan", view="all", where=where) + "#list")


async def _outcomes(place: Place) -> None:
    """What accepted changes promised and what came of them since."""
    plans = place.workspace.plans
    try:
        found = await run.io_bound(plans.outcomes)
    except NotEnoughData as error:
        with card("What became of accepted changes"):
            text(error.message, "quiet")
        return
    if found is None:  # the server is being stopped
        return
    if found.is_empty():
        with card("What became of accepted changes") as holder:
            holder.props("data-outcomes")
            text(
                "Nothing has been accepted yet. Each accepted change is remembered with what it promised; later "
                "imports show what came of it, per kind of change.",
                "quiet",
            )
        return
    currency = place.workspace.currency
    with box("stack").props("data-outcomes").style("gap: 16px"):
        Drawing(place, outcome_figure(found))
        with card("What became of accepted changes", "since they were accepted, by replay of what was imported"):
            table(
                found.to_dicts(),
                [
                    Cell("Kind", lambda r: str(r["kind"]).capitalize(), nowrap=True),
                    Cell("Accepted", lambda r: number(r["accepted"]), right=True),
                    Cell("Demanded since", lambda r: number(r["with_outcome"]), right=True),
                    Cell("Lines", lambda r: number(r["lines"]), right=True),
                    Cell("Promised", lambda r: share_of(r, "promised_fill_rate"), right=True),
                    Cell("Realised", lambda r: share_of(r, "realised_fill_rate"), right=True),
                    Cell("Stock promised", lambda r: numbers.rough(r["promised_stock_value"]), currency, right=True),
                    Cell("Stock since", lambda r: numbers.rough(r["realised_stock_value"]), currency, right=True),
                    Cell("Verdict", lambda r: str(r["verdict"])),
                ],
                mark="outcomes",
            )
