"""Viability: whether the company keeps its limits, where it stands on the map, and what pulls or shakes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.explainer.narratives.viability import viability_narrative
from spareverse.figures import numbers
from spareverse.figures.viability.words import (
    capital,
    disturbance_words,
    margin_words,
    plain_name,
    three,
    two_costs,
    verdict_words,
)
from spareverse.service.workspace import Workspace
from spareverse.web.pages import observing, states, viability_limits
from spareverse.web.pages.cards import Cell, box, button, card, table, text, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.told import paragraph
from spareverse.web.pages.wording import MISSING

if TYPE_CHECKING:
    from spareverse.twin.observation import Observation

QUESTION = "Do incentives pull together, does the company hold itself under shocks, and does it keep its limits?"
Row = dict[str, Any]


def include(workspace: Workspace) -> None:
    page(workspace, "/viability", "Viability")(show)


def show(place: Place) -> None:
    found = observing.observed(place)
    if found is None:
        observing.nothing_yet(place, "Viability", QUESTION)
        return
    simulated = found.document["network"] is not None
    with box("headline"):
        with box("words"):
            title("Viability", observing.made(found))
        observing.Form(place, found, scenarios=simulated)
    observing.following(place)
    observing.stale_bar(place, found)
    if simulated:
        Simulated(place, found)
    else:
        recorded(place, found)


def recorded(place: Place, found: Observation) -> None:
    """What a record alone can show: the way the company has come, on measures that stand for the axes."""
    drawn = observing.gallery(place, found).map(420)
    text(f"{drawn.title}.", "decision", "p").props("data-verdict")
    text(
        "Order lines show neither incentives nor shocks. What stands for the axes shows a direction; with a network,"
        " today's point, its limits and what is coming are simulated.",
        "quiet", "p",
    )  # fmt: skip
    with box("row-gap"):
        button("Build the network", icon="hub", main=True, href=place.link("/network"))
    with box("two roomy"):
        Drawing(place, drawn)
        viability_limits.measures(place, found)
    if found.table("alarms").height:
        Drawing(place, observing.gallery(place, found).figure("alarms"))
    observing.remarks(found)


class Simulated:
    """An observation of a network: the verdict, the map, the axes; what is below the fold is drawn afterwards."""

    def __init__(self, place: Place, found: Observation) -> None:
        self._place, self._found = place, found
        self._currency = str(found.document["currency"])
        self._tables = observing.tables(found)
        self._gallery = observing.gallery(place, found)
        self._told = viability_narrative(self._tables, self._currency)
        with box("stack").props("data-verdict"):
            paragraph(place, self._told, "decision", sentences=self._told.sentences[:1])
            paragraph(place, self._told, sentences=self._told.sentences[1:])
        observing.experimental_bar(found)
        self._tiles()
        with box("map-columns").props("id=axes"):
            Drawing(place, self._gallery.map(430))
            viability_limits.measures(place, found)
        self._rest = box("stack wide")
        with self._rest:
            states.skeleton(360)
        ui.timer(0.01, self._fill, once=True)

    def _tiles(self) -> None:
        now = self._found.now or {}
        narrow = self._coherence()
        worst = self._found.table("homeostasis").sort("h").head(1).to_dicts()
        with box("tiles"):
            self._index("Structural coherence", now, "coherence", "1: own pay leads to the best cost")
            if narrow:
                value, _, range_ = numbers.measured(*three(narrow, "price")).partition(" [")
                tile(
                    "Price of misalignment",
                    value,
                    unit=f"{self._currency}/day",
                    href="#matrix",
                    mark="price",
                    note=f"[{range_} if all follow their own pay" if range_ else "if all follow their own pay",
                )
            self._index("Dynamic homeostasis", now, "homeostasis", "1: no shock throws it")
            if worst:
                row = worst[0]
                tile(
                    "Weakest component",
                    capital(str(row["component"])),
                    href="#components",
                    mark="worst",
                    note=f"{disturbance_words(row['disturbance']).lower()}, index {numbers.digits(row['h'], 2)}",
                )
            # what is taken from today is a tenth away from it by definition
            unset = now.get("viable") == "default"
            value, _, range_ = (MISSING if unset else self._margin(now)).partition(" [")
            tile("Least margin", value, range_=f"[{range_}" if range_ else "", href="#limits", mark="margin",
                 note="no limits are set" if unset else "to the limit with least room; below 0: outside")  # fmt: skip

    def _margin(self, row: Row) -> str:
        return MISSING if row.get("margin") is None else margin_words(row, self._currency)

    def _index(self, name: str, now: Row, axis: str, note: str) -> None:
        if now.get(axis) is None:
            tile(name, MISSING, note="not known", mark=axis)
            return
        value, _, range_ = numbers.measured(*three(now, axis)).partition(" [")
        told = f"experimental; {note}" if axis in self._found.experimental else note
        tile(name, value, range_=f"[{range_}" if range_ else "", note=told, mark=axis)

    def _coherence(self) -> Row | None:
        rows = self._found.table("coherence").sort("rho").head(1).to_dicts()
        return rows[0] if rows else None

    def _fill(self) -> None:
        self._rest.clear()
        place, drawn = self._place, self._gallery
        with self._rest:
            with box("two roomy"):
                with box("stack").props("id=matrix"):
                    Drawing(place, drawn.figure("externalities"))
                    self._incentives()
                with box("stack").props("id=components"):
                    Drawing(place, drawn.figure("components"))
            with box("two roomy"):
                Drawing(place, drawn.figure("recovery"))
                with box("stack"):
                    self._points()
                    self._next()
            observing.remarks(self._found)

    def _incentives(self) -> None:
        """The index at both widths, and where each lever goes."""
        rows = self._found.table("coherence").sort("rho").to_dicts()
        if not rows:
            return
        with card("Incentives followed to their end", "costs a day; both widths of the box around today"):
            table(rows, self._coherence_cells(), mark="coherence")
            measures = self._found.table("viability_measures")
            text(two_costs(self._found.table("coherence"), measures, self._found.document), "quiet small", "p")
            for row in rows:
                if row["settled"] == "no" or row["remark"]:
                    told = "moves do not come to rest; the last ones count. " if row["settled"] == "no" else ""
                    text(f"Within {row['rho']:g}: {told}{row['remark'] or ''}", "quiet small", "p")
        moves = self._found.table("agent_moves").filter(pl.col("rho") == rows[0]["rho"])
        if moves.height:
            with card("Where the levers go", "steps from today, in the narrow box"):
                table(moves.to_dicts(), _move_cells(), mark="moves")

    def _coherence_cells(self) -> list[Cell]:
        def of(name: str) -> Any:
            return lambda row: numbers.measured(*three(row, name))

        return [
            Cell("Within", lambda r: f"{r['rho']:g}", "steps", right=True),
            Cell("Coherence", of("coherence"), right=True),
            Cell("Price", of("price"), f"{self._currency}/day", right=True),
            Cell("Cost now", of("cost_now"), f"{self._currency}/day", right=True),
            Cell("All follow their pay", of("cost_drift"), f"{self._currency}/day", right=True),
            Cell("Best found", of("cost_best"), f"{self._currency}/day", right=True),
            Cell("Floor", lambda r: numbers.digits(r["floor"], 2), right=True),
        ]

    def _points(self) -> None:
        """Every simulated point in figures."""
        rows = self._found.table("viability").filter(pl.col("kind") != "past").to_dicts()
        unset = bool((self._found.now or {}).get("viable") == "default")
        with card("Points of the map", "add scenarios above to compare them with today"):
            table(
                rows,
                [
                    Cell("Point", lambda r: "Today" if r["kind"] == "now" else str(r["point"])),
                    Cell("Coherence", lambda r: numbers.measured(*three(r, "coherence")), right=True),
                    Cell("Homeostasis", lambda r: numbers.measured(*three(r, "homeostasis")), right=True),
                    Cell("Limits", lambda r: capital(verdict_words(r))),
                    Cell("Least margin", self._margin, "to a tenth worse than today" if unset else "", right=True),
                ],
                mark="points",
            )

    def _next(self) -> None:
        with card("What next"), box("row-gap"):
            button("What is coming", icon="warning_amber", href=self._place.link("/warnings"))
            button("What helps", icon="recommend", href=self._place.link("/warnings", tab="advice"))
            button("Scenarios", icon="alt_route", href=self._place.link("/scenarios"))


def _move_cells() -> list[Cell]:
    def steps(name: str) -> Any:
        return lambda row: MISSING if row[name] is None else f"{row[name]:+.3g}" if row[name] else "0"

    return [
        Cell("Agent", lambda r: str(r["agent_id"])),
        Cell("Lever", lambda r: plain_name(r["lever"])),
        Cell("Alone", steps("own_steps"), right=True),
        Cell("All follow", steps("drift_steps"), right=True),
        Cell("Best for all", steps("best_steps"), right=True),
        Cell("Felt in its pay", lambda r: str(r["identifiable"] or "")),
    ]
