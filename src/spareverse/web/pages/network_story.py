"""The waits themselves, and one of them told from its order to the piece that was handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.errors import NotFound
from spareverse.figures import numbers
from spareverse.simulation.universe.story import still_waiting
from spareverse.web.pages.cards import Cell, box, button, card, note_bar, table, text
from spareverse.web.pages.network_events import show, story_of
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import plural

if TYPE_CHECKING:
    from spareverse.twin.simulation import Simulation

COLUMNS = {"part": "part_id", "place": "place_id", "customer": "customer_id"}
MOST = 50


class Waits:
    """Waits of the recorded run among those wanted (part, place, customer); the address says which story is open."""

    def __init__(self, place: Place, simulation: Simulation, scenario: str, wanted: Mapping[str, str]) -> None:
        self._place, self._simulation, self._scenario = place, simulation, scenario
        asked = {name: wanted[name] for name in COLUMNS if wanted.get(name)}
        self._waits = simulation.waits(scenario=scenario, **asked)
        self._asked = asked

    def show(self, between: Callable[[], None]) -> None:
        """The story that is open, what stands ``between``, and the list."""
        told = self._place.query.get("story", "")
        if told and {"part", "place"} <= self._asked.keys():
            self._story(self._asked["part"], self._asked["place"], told)
        between()
        self._list(self._asked)

    def _list(self, asked: Mapping[str, str]) -> None:
        where = {COLUMNS[name]: value for name, value in asked.items()}
        open_ = still_waiting(self._simulation.table("events"), self._scenario, where)
        with card("The waits themselves", "of the recorded run, longest first; click one for its story") as holder:
            holder.props("data-waits")
            if self._waits.is_empty():
                text("Nobody waited here in the run whose events were recorded; others of its runs had waits.", "quiet")
            else:
                cells = [
                    Cell(
                        "Waited",
                        lambda row: f"{numbers.digits(row['days'])} days",
                        href=lambda row: story_of(self._place, row),
                        nowrap=True,
                    ),
                    Cell("From day", lambda row: f"{row['day'] - row['days']:,.1f}", right=True),
                    Cell("To day", lambda row: f"{row['day']:,.1f}", right=True),
                    Cell("Part", lambda row: row["part_id"]),
                    Cell("Place", lambda row: row["place_id"] or ""),
                    Cell("Customer", lambda row: row["customer_id"] or ""),
                    Cell("Pieces", lambda row: f"{row['quantity']:,}", right=True),
                    Cell("", lambda row: "given up" if row["kind"] == "lost" else ""),
                ]
                table(list(self._waits.head(MOST).iter_rows(named=True)), cells, mark="waits")
            if self._waits.height > MOST:
                text(
                    f"The first {MOST} of {self._waits.height:,}; REST and the tables have all of them.", "quiet small"
                )
            if open_:
                text(
                    f"At the end of the run {plural(open_, 'piece is', 'pieces are')} still waited for.", "quiet small"
                )

    def _story(self, part: str, place: str, told: str) -> None:
        try:
            found = self._simulation.story(part, place, float(told), scenario=self._scenario)
        except (NotFound, ValueError):
            note_bar("There is no such wait in this run any more.")
            return
        rows = found.to_dicts()
        waited = rows[-1]["days"]
        heading = f"{self._part(part)} at {self._name(place)}: waited for {numbers.digits(waited)} days"
        with card(heading, "how the wait came to its end") as holder:
            holder.props("data-story")
            text(self._longest(rows), "paragraph", "p")
            cells = [Cell("Day", lambda row: f"{row['day']:,.1f}", right=True), Cell("What", self._words)]
            table(rows, cells, mark="story")
            with box("row-gap"):
                button("Close the story", icon="close", slim=True, href=self._place.here(story=None))
                course = self._place.here(tab="watch", story=None, cause=None, entity=None, customer=None, by=None)
                button("Watch this part", icon="play_arrow", slim=True, href=course)
        show(holder)

    def _longest(self, rows: list[dict[str, Any]]) -> str:
        """Between which two steps most of the wait went by."""
        began = next(row["day"] for row in rows if row["step"] == "wanted")
        inside = [row for row in rows if row["step"] != "disturbance" and row["day"] >= began]
        first, then = max(pairwise(inside), key=lambda pair: pair[1]["day"] - pair[0]["day"])
        days, whole = then["day"] - first["day"], rows[-1]["days"]
        share = f"{numbers.digits(days)} of the {numbers.digits(whole)} days ({numbers.percent(days / whole)})"
        return f"{share} passed before day {then['day']:,.1f}: {self._words(then)}."

    def _words(self, row: dict[str, Any]) -> str:
        where, source, count = self._name(row["place_id"]), self._name(row["source_id"]), row["quantity"] or 0
        pieces, s = plural(count, "piece"), "s" if count == 1 else ""
        days = numbers.digits(row["days"] or 0.0)
        words = {
            "disturbance": f"{row['link_id']} of {row['place_id']} begins, for {days} days",
            "wanted": f"{row['source_id'] or 'somebody'} wants {pieces} at {where}, where none is left",
            "ordered": f"{where} orders {pieces} from {source}",
            "emergency order": f"{where} orders {pieces} from {source} as an emergency",
            "budget free again": f"{where} has money again and buys from {source}, {days} days after the order",
            "in stock": f"{where} has it in stock",
            "sent": f"{pieces} leave{s} {source} by {row['link_id'] or 'its own way'}, {days} days after the order",
            "arrived": f"{pieces} arrive{s} at {where} after {days} days under way",
            "handed over": f"{pieces} handed over at {where} after {days} days of waiting",
            "given up": f"given up at {where} after {days} days of waiting",
        }
        return words[row["step"]]

    def _name(self, wanted: str | None) -> str:
        for table_, key in (("places", "place_id"), ("suppliers", "supplier_id")):
            found = self._simulation.network[table_].filter(pl.col(key) == (wanted or ""))
            if found.height:
                return str(found["name"][0] or wanted)
        return wanted or "the source"

    def _part(self, part: str) -> str:
        found = self._simulation.network["parts"].filter(pl.col("part_id") == part)
        described = found["description"][0] if found.height and "description" in found.columns else ""
        return f"{part} {described}".strip() if described and described != part else part
