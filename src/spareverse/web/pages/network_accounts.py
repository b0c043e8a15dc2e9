"""Accounts of a scenario: money, emissions and service; each opens down to its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import run, ui

from spareverse.figures import numbers
from spareverse.simulation.universe.accounts import ACCOUNT_EVENTS
from spareverse.web.pages.cards import Cell, box, button, card, table, text
from spareverse.web.pages.network_events import events_table, show
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import MISSING

if TYPE_CHECKING:
    from spareverse.twin.simulation import Simulation

LOOK = "outlined dense options-dense stack-label clearable"


class Accounts:
    """The accounts of all places or one, and the events of the one that is open."""

    def __init__(self, place: Place, simulation: Simulation, scenario: str, accounts: pl.DataFrame) -> None:
        self._place, self._simulation, self._scenario = place, simulation, scenario
        self._where = place.query.get("place") or None
        self._account = place.query.get("account", "")
        if self._where:
            accounts = simulation.accounts(scenario=scenario, place=self._where)
        self._filter()
        self._table(accounts)
        if self._account:
            with card(self._account.replace("_", " ").capitalize(), "its events in the recorded run") as holder:
                holder.props("data-account-events")
                self._slot = box("stack")
                with self._slot:
                    text("Reading the event record", "quiet small")
            self._events = holder
            ui.timer(0.01, self._open, once=True)

    def _filter(self) -> None:
        places = self._simulation.network["places"]
        names = {row["place_id"]: row["name"] or row["place_id"] for row in places.iter_rows(named=True)}
        with box("row-gap"):
            ui.select(
                names, label="Place", value=self._where if self._where in names else None,
                on_change=lambda event: ui.navigate.to(self._place.here(place=event.value)),
            ).props(f"{LOOK} data-place").style("width: 260px")  # fmt: skip
            if self._account:
                button("Close the events", icon="close", slim=True, href=self._place.here(account=None))

    def _table(self, accounts: pl.DataFrame) -> None:
        currency = str(self._simulation.document.get("currency", ""))

        def ranged(row: dict[str, Any]) -> str:
            if row["mean"] is None:
                return MISSING
            # no account can be negative, but for prices paid below the list and what holds them
            signed = row["account"] in ("price_variance_cost", "total_cost")
            least = row["low"] if row["low"] is None or signed else max(row["low"], 0.0)
            return numbers.measured(row["mean"], least, row["high"])

        cells = [
            Cell("Account", lambda row: row["account"].replace("_", " "),
                 href=lambda row: self._place.here(account=row["account"]) if row["account"] in ACCOUNT_EVENTS else ""),
            Cell("Unit", lambda row: currency if row["unit"] == "currency" else row["unit"] or ""),
            Cell("Mean of the runs", ranged, "95 % interval", right=True),
            Cell("The recorded run", lambda row: numbers.digits(row["recorded"]), right=True),
            Cell("Its events add up to", lambda row: numbers.digits(row["of_events"]), right=True),
            Cell("Events", lambda row: "" if row["events"] is None else f"{row['events']:,}", right=True),
        ]  # fmt: skip
        with card("Accounts", "of the whole counted time; click one for its events") as holder:
            holder.props("data-accounts")
            table(list(accounts.iter_rows(named=True)), cells, mark="accounts")
            text(
                "Total cost is the sum of the costs above it; purchases are not in it, for their money passes through. "
                "Freight counts when the goods are ready, its events when they leave: at the ends of the time these "
                "may differ by a few shipments. Holding opens to what lies after each event until the next.",
                "figure-note",
            )

    async def _open(self) -> None:
        found = await run.io_bound(
            self._simulation.account_events, self._account, scenario=self._scenario, place=self._where
        )
        if found is None:  # the server is being stopped
            return
        self._slot.clear()
        with self._slot:
            if found.is_empty():
                text("No event of this kind happened in the recorded run.", "quiet")
                return
            events_table(
                self._place, found.sort(pl.col("amount").abs(), descending=True, maintain_order=True), amount="Amount"
            )
        show(self._events)
