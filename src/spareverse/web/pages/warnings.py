"""Warnings: what is coming, what the monitors noticed, what to do, and what came of what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.figures import numbers
from spareverse.figures.viability.alarms import troubles
from spareverse.figures.viability.words import change
from spareverse.observer.warnings import free_contracts_words, ranking_words
from spareverse.service.workspace import Workspace
from spareverse.web.pages import observing, states
from spareverse.web.pages.advice import Advice, follow_ups
from spareverse.web.pages.cards import Cell, below, box, button, card, lines, link, table, text, tile, title
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.layout import page
from spareverse.web.pages.place import Place
from spareverse.web.pages.trouble_rows import TroubleList
from spareverse.web.pages.warning_rows import KINDS, WarningRows, sure
from spareverse.web.pages.wording import MISSING, number, order_line, plural

if TYPE_CHECKING:
    from spareverse.twin.observation import Observation

QUESTION = "What is coming, what has changed unnoticed, and what helps?"
TABS = {
    "coming": "What is coming",
    "orders": "Orders to expedite",
    "alarms": "What the monitors noticed",
    "advice": "What helps",
    "followed": "What came of it",
}
SHOWN = 25
ORDERS: dict[str, tuple[str, tuple[str, ...], tuple[bool, ...]]] = {
    "": ("Most pressing", ("rank",), (False,)),
    "chance": ("Likeliest", ("chance", "rank"), (True, False)),
    "money": ("Most money", ("expected_money", "rank"), (True, False)),
    "soon": ("Soonest", ("days_left", "rank"), (False, False)),
}
"""Name in the address -> words, columns and whether they fall."""
Row = dict[str, Any]


def include(workspace: Workspace) -> None:
    page(workspace, "/warnings", "Warnings")(show)


def show(place: Place) -> None:
    found = observing.observed(place)
    if found is None:
        observing.nothing_yet(place, "Warnings", QUESTION)
        return
    with box("headline"):
        with box("words"):
            title("Warnings", observing.made(found))
        observing.Form(place, found, scenarios=False)
    observing.following(place)
    observing.stale_bar(place, found)
    Coming(place, found)


class Coming:
    """One observation: its first sentence, its tiles, and one tab at a time; the tab stands in the address."""

    def __init__(self, place: Place, found: Observation) -> None:
        self._place, self._found = place, found
        self._currency = str(found.document["currency"])
        self._all = place.workspace.observations.warnings(snoozed=True)
        self._awake = place.workspace.observations.warnings()
        self._open = self._awake.filter(pl.col("state").is_null())
        self._survived = found.table("recommendations").filter(pl.col("verdict") == "survives")
        text(self._finding(), "decision", "p").props("data-finding")
        self._tiles()
        tab = place.query.get("tab", "")
        self._tab = tab if tab in TABS else "coming"
        with ui.element("nav").classes("tabs wrap").props('aria-label="Warnings"'):
            for name, words in TABS.items():
                link(words, place.here(tab=name), "here" if name == self._tab else "").props(f"data-tab={name}")
        self._content = box("stack wide")
        with self._content:
            states.skeleton(360)
        ui.timer(0.01, self._fill, once=True)

    def _finding(self) -> str:
        weeks = self._found.document["weeks"]
        if self._found.document["network"] is None:
            return "Only the record is known: build a network, and what is coming is simulated from today's state."
        if self._all.is_empty():
            return f"Nothing is likely to run out, break a contract or overrun a budget within {plural(weeks, 'week')}."
        first = self._open.head(1).to_dicts()
        money = expected(self._open)
        if not first:
            return "Every warning has been answered."
        waits = f"{plural(self._open.height, 'warning waits', 'warnings wait')} for an answer"
        costs = "" if money is None else f", {numbers.rough(money, self._currency)} expected of stock-outs"
        return f"{waits}{costs} within {plural(weeks, 'week')}. First: {first_words(first[0])}."

    def _tiles(self) -> None:
        place, ahead = self._place, self._found.document["network"] is not None
        soon = self._awake.filter(pl.col("days_left") <= 7.0).height
        money = expected(self._awake)
        asleep = self._all.height - self._awake.height

        def known(value: str) -> str:
            return value if ahead else MISSING

        with box("tiles six"):
            tile(
                "Warnings",
                known(number(self._awake.height)),
                href=place.here(tab="coming"),
                mark="warnings",
                note=f"{number(self._open.height)} open, {number(asleep)} asleep" if ahead else "no network yet",
            )
            tile("Expected money", MISSING if money is None else known(numbers.rough(money)),
                 unit="" if money is None else self._currency, href=place.here(tab="coming", sort="money"),
                 note="waiting has no price" if money is None and ahead else "of stock-outs, if nothing is done",
                 mark="money")  # fmt: skip
            tile("Within a week", known(number(soon)), note="median time left",
                 href=place.here(tab="coming", sort="soon"), mark="soon")  # fmt: skip
            tile("Orders to expedite", known(number(self._found.table("expedites").height)), note="of warned places",
                 href=place.here(tab="orders"), mark="orders")  # fmt: skip
            watched = "alarms" in self._found.tables
            tile("Troubles", number(len(troubles(self._found.table("alarms")))) if watched else MISSING,
                 note="noticed by the monitors", href=place.here(tab="alarms"), mark="alarms")  # fmt: skip
            tile("What helps", known(number(self._survived.height)), note="better than doing nothing",
                 href=place.here(tab="advice"), mark="advice")  # fmt: skip

    def _fill(self) -> None:
        self._content.clear()
        tabs: dict[str, Callable[[], None]] = {
            "coming": self._coming, "orders": self._orders, "alarms": self._alarms, "advice": self._advice,
            "followed": self._followed,
        }  # fmt: skip
        with self._content:
            tabs[self._tab]()
            observing.remarks(self._found)

    def _coming(self) -> None:
        if self._all.is_empty():
            self._no_warnings()
            return
        kind = self._place.query.get("kind", "")
        asleep = self._place.query.get("asleep") == "yes"
        chosen = self._all if asleep else self._awake
        rows = chosen.filter(pl.col("kind") == kind) if kind in KINDS else chosen
        if self._place.query.get("step") == "yes":
            rows = rows.filter(pl.col("action").is_not_null())
        order = asked if (asked := self._place.query.get("sort", "")) in ORDERS else ""
        _, columns, falling = ORDERS[order]
        rows = rows.sort(columns, descending=list(falling), nulls_last=True)
        most = int(shown) if (shown := self._place.query.get("shown", "")).isdigit() else SHOWN
        with card("What is coming", "open a row for its evidence") as holder:
            holder.props("data-coming")
            text(ranking_words(self._all), "quiet", "p").props("data-ranking").style("margin-bottom: 8px")
            free = "" if kind else free_contracts_words(rows)
            if free:
                link(free, self._place.here(kind="contract_breach", shown=None), "link small").props("data-free")
            self._filters(chosen, kind, asleep=asleep)
            self._orders_of_the_list(order)
            WarningRows(self._place, self._found, rows.head(most))
            if rows.height > most:
                more = min(rows.height - most, 100)
                button(f"Show {more} more", slim=True, href=self._place.here(shown=most + more)).props("data-more")
            if rows.is_empty():
                text("None of this kind.", "quiet")
        Drawing(self._place, observing.gallery(self._place, self._found, said={"warnings": rows}).figure("warnings"))

    def _no_warnings(self) -> None:
        simulated = self._found.document["network"] is not None
        row = states.state(
            "check_circle" if simulated else "hub",
            "Nothing is warned of" if simulated else "No network yet",
            "No stock point, contract or budget has a chance of one in ten to fail within the weeks asked for."
            if simulated
            else "Warnings run the network forward from today's state: stock, open orders and what is owed.",
        )
        with row:
            button("Viability" if simulated else "Build the network", main=True,
                   href=self._place.link("/viability" if simulated else "/network"))  # fmt: skip

    def _filters(self, chosen: pl.DataFrame, kind: str, *, asleep: bool) -> None:
        counts = dict(chosen.group_by("kind").len().rows())
        with box("row-gap filters"):
            for name, words in {"": "All", **KINDS}.items():
                count = counts.get(name, 0) if name else chosen.height
                if count or not name:
                    chip = link(f"{words} {count:,}", self._place.here(kind=name, shown=None),
                                f"chip {'on' if name == kind else ''}")  # fmt: skip
                    chip.props(f"data-kind={name or 'all'}")
            sleeping = self._all.height - self._awake.height
            if sleeping:
                words = "Hide those asleep" if asleep else f"Show {sleeping:,} asleep"
                link(words, self._place.here(asleep=None if asleep else "yes"), "chip").props("data-asleep")

            helped = chosen["action"].is_not_null().sum()
            if helped:
                on = self._place.query.get("step") == "yes"
                link(f"A step helps {helped:,}", self._place.here(step=None if on else "yes", shown=None),
                     f"chip {'on' if on else ''}").props("data-helped")  # fmt: skip

    def _orders_of_the_list(self, order: str) -> None:
        with box("row-gap filters"):
            text("Order", "quiet small", "span")
            for name, (words, _, _) in ORDERS.items():
                chip = link(words, self._place.here(sort=name or None, shown=None),
                            f"chip {'on' if name == order else ''}")  # fmt: skip
                chip.props(f"data-sort={name or 'rank'}")

    def _orders(self) -> None:
        rows = self._found.table("expedites")
        if rows.is_empty():
            self._empty(
                "local_shipping",
                "No open order is worth expediting",
                "Open orders of warned stock points are run again as if they came sooner; none changes anything.",
            )
            return
        with card("Open orders to expedite", "what changes if they come sooner; paired runs from today's state"):
            known = rows["order_id"].is_not_null().any()
            order = [Cell("Order / line", order_line, nowrap=True)] if known else []
            table(rows.head(100).to_dicts(), [*order, *self._order_cells()], mark="expedites")
            if rows.height > 100:
                text(f"The first 100 of {rows.height:,}.", "quiet small")

    def _order_cells(self) -> list[Cell]:
        return [
            Cell("Part", lambda r: r["part_id"], href=self._part, nowrap=True),
            Cell("Place, from", lambda r: lines(r["place_id"], r["source_id"])),
            Cell("To come", lambda r: number(r["quantity"]), "pieces", right=True),
            Cell("Ordered", lambda r: number(r["ordered_days_ago"]), "days ago", right=True),
            Cell("Due in", lambda r: numbers.digits(r["due_day"], 2), "days", right=True),
            Cell("Sooner", lambda r: numbers.digits(r["sooner_day"], 2), "days", right=True),
            Cell("Chance now", lambda r: numbers.percent(r["chance_before"]), right=True),
            Cell("Change", lambda r: below(change(*sure(r, "chance_change"), "share")), right=True),
            Cell("Waiting", lambda r: below(change(*sure(r, "waiting_change"), "")), "piece-days", right=True),
            Cell("Money", lambda r: below(change(*sure(r, "money_change"), "")), self._currency, right=True),
        ]

    def _part(self, row: Row) -> str:
        return self._place.part(row["part_id"], row["place_id"] or "") if self._place.workspace.has_data() else ""

    def _alarms(self) -> None:
        rows = self._found.table("alarms")
        figures = observing.gallery(self._place, self._found)
        if rows.is_empty():
            watched = "alarms" in self._found.tables
            self._empty("monitor_heart", "No stream has left what it was" if watched else "No record has been watched",
                        "Monitors of known run length watch demand, lead times, lateness, dispersion and concentration"
                        " of the record; false discoveries among all streams are controlled.")  # fmt: skip
        else:
            Drawing(self._place, figures.figure("alarms"))
            found = troubles(rows)
            with card("What has changed", "alarms of one trouble together, the surest first; open a row for them"):
                TroubleList(self._place, found)
        if self._found.table("noticed").height:
            Drawing(self._place, figures.figure("noticed"))

    def _advice(self) -> None:
        if self._found.table("recommendations").is_empty():
            self._empty(
                "recommend",
                "Nothing has been tried yet",
                "With a network, nudges are simulated in pairs against doing nothing; what survives is shown here.",
            )
            return
        Advice(self._place, self._found)

    def _followed(self) -> None:
        follow_ups(self._place, self._found)

    def _empty(self, icon: str, say: str, next_: str) -> None:
        with states.state(icon, say, next_):
            button("Viability", href=self._place.link("/viability"))


def expected(warnings: pl.DataFrame) -> float | None:
    """What the stock-outs are expected to cost; None where waiting has no price. Penalties of contracts are among it,
    and what goes beyond a budget is no cost."""
    money = warnings.filter(pl.col("kind") == "stock_out")["expected_money"].drop_nulls()
    return float(money.sum()) if money.len() else None


def first_words(row: Row) -> str:
    """What a warning is of, its chance and its money in a few words."""
    from spareverse.figures.viability.warnings import out_already, subject_words

    if row["kind"] == "stock_out" and out_already(row):
        return f"{subject_words(row)}: {row['reason']} ({numbers.percent(row['chance'])})"
    verb = {"stock_out": "may run out", "contract_breach": "may have its contract broken"}.get(
        row["kind"], "may be overrun"
    )
    left = f", half of the cases within {plural(round(row['days_left']), 'day')}" if row["days_left"] else ""
    return f"{subject_words(row)} {verb} ({numbers.percent(row['chance'])}{left})"
