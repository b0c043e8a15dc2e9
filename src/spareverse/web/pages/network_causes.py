"""Why customers waited: causes stacked over time by both ledgers, narrowed down to the waits of one place or part."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.figures import numbers
from spareverse.figures.network.causes import LEVELS, Drill
from spareverse.service.universe import COUNTERFACTUALS
from spareverse.simulation.waiting import why
from spareverse.web.pages import states
from spareverse.web.pages.cards import Cell, box, button, card, table, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.network_story import Waits
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import percent

if TYPE_CHECKING:
    from spareverse.twin.simulation import Simulation

LOOK = "outlined dense options-dense stack-label clearable use-input hide-selected fill-input input-debounce=200"
NAMES = {"cause": "Cause", "entity": "Where it arose", "part": "Part", "place": "Place", "customer": "Customer"}
MOST_CHOICES, MOST_CHARGES = 300, 20
TOP = 5


class Causes:
    """Filters stand in the address; a row of the table narrows down by one more step."""

    def __init__(self, place: Place, simulation: Simulation, scenario: str) -> None:
        self._place, self._simulation, self._scenario = place, simulation, scenario
        self._wanted = {name: place.query.get(name, "") for name in LEVELS}
        by = place.query.get("by", "cause")
        self._by = by if by in LEVELS else "cause"
        self._causes = simulation.table("causes").filter(pl.col("scenario") == scenario)
        self._filters()
        drill = Drill(self._by, **self._wanted)
        Drawing(place, simulation.figure("causes", scenario=scenario, drill=drill))
        charged = self._charges()
        self._table(charged)
        Waits(place, simulation, scenario, self._wanted).show(self._removed)

    def _filters(self) -> None:
        with box("row-gap"):
            ui.select(
                NAMES, label="Stacked by", value=self._by,
                on_change=lambda event: ui.navigate.to(self._place.here(by=str(event.value))),
            ).props("outlined dense options-dense stack-label data-by").style("width: 140px")  # fmt: skip
            for name, column in LEVELS.items():
                self._filter(name, column)
            if any(self._wanted.values()):
                cleared = dict.fromkeys((*LEVELS, "story"))
                button("All waits", icon="close", slim=True, href=self._place.here(**cleared))

    def _filter(self, name: str, column: str) -> None:
        weights = self._causes.group_by(column).agg(pl.col("critical_seconds", "timeline_seconds").sum())
        weights = weights.sort("critical_seconds", "timeline_seconds", column, descending=[True, True, False])
        found = weights[column].drop_nulls()
        choices = [one for one in found.head(MOST_CHOICES).to_list() if one]
        chosen = self._wanted[name]
        if chosen and chosen not in choices:
            choices.append(chosen)
        if not choices:
            return

        def go(value: Any) -> None:
            ui.navigate.to(self._place.here(**{name: str(value) if value else None, "story": None}))

        ui.select(choices, label=NAMES[name], value=chosen or None, on_change=lambda event: go(event.value)).props(
            f"{LOOK} data-{name}"
        ).style("width: 150px")

    def _charges(self) -> pl.DataFrame:
        where: dict[str, Any] = {LEVELS[name]: value for name, value in self._wanted.items() if value}
        columns = ("cause", "entity_kind", "entity_id") if self._by == "cause" else (LEVELS[self._by],)
        return why(self._causes, self._scenario, self._simulation.replications, by=columns, where=where)

    def _table(self, charged: pl.DataFrame) -> None:
        if charged.is_empty():
            return
        columns = [name for name in charged.columns if name in LEVELS.values() and name != "entity_kind"]

        def narrowed(level: str, column: str) -> Any:
            def href(row: dict[str, Any]) -> str:
                value = row[column]
                return self._place.here(**{level: value, "story": None}) if value and not self._wanted[level] else ""

            return href

        def shown(column: str) -> Callable[[dict[str, Any]], str]:
            return lambda row: str(row[column] or "nobody in particular")

        cells = [
            Cell(NAMES[level], shown(column), href=narrowed(level, column))
            for level, column in LEVELS.items() if column in columns
        ]  # fmt: skip
        cells += [
            Cell("Timeline", lambda row: numbers.digits(row["timeline_days"]), "piece-days a run", right=True),
            Cell("", lambda row: percent(row["timeline_share"]), "share", right=True),
            Cell("Critical path", lambda row: numbers.digits(row["critical_days"]), "piece-days a run", right=True),
            Cell("", lambda row: percent(row["critical_share"]), "share", right=True),
            Cell("Main cause of", lambda row: numbers.digits(row["waits"]), "waits a run", right=True),
        ]
        with card("Both ledgers side by side", "the same waiting, charged in two ways") as holder:
            holder.props("data-charges")
            table(list(charged.head(MOST_CHARGES).iter_rows(named=True)), cells, mark="charges")
            if charged.height > MOST_CHARGES:
                text(f"The first {MOST_CHARGES} of {charged.height:,} rows.", "quiet small")

    def _removed(self) -> None:
        """Runs without each of the largest causes beside what is charged."""
        universe = self._place.workspace.universe
        with card("And without it?", "the largest causes switched off, one at a time") as holder:
            holder.props("data-removed")
            kept = self._simulation.kept_counterfactuals(TOP, scenario=self._scenario)
            if kept is not None:
                _removed_table(kept)
                return
            job = universe.active(COUNTERFACTUALS)
            if job is not None:
                states.follow(self._place, job.id, lambda _: ui.navigate.reload())
                return
            last = universe.last(COUNTERFACTUALS)
            if last is not None and last.status == "failed" and last.arguments.get("simulation") == self._simulation.id:
                states.failed_job(self._place, last)
            text(
                "A ledger charges what happened. What would have happened without a cause, only another run says.",
                "quiet",
            )
            with box("row-gap"):
                button("Switch off the five largest", self._order, icon="play_arrow", main=True).props("data-remove")

    def _order(self) -> None:
        self._place.workspace.universe.order_counterfactuals(self._simulation, self._scenario, TOP)
        ui.navigate.reload()


def _removed_table(found: pl.DataFrame) -> None:
    def removed(row: dict[str, Any]) -> str:
        if row["removed_days"] is None:
            return "–"
        return numbers.measured(row["removed_days"], row["low"], row["high"])

    cells = [
        Cell("Cause", lambda row: row["cause"], nowrap=True),
        Cell("Timeline", lambda row: numbers.digits(row["timeline_days"]), "piece-days a run", right=True),
        Cell("Critical path", lambda row: numbers.digits(row["critical_days"]), "piece-days a run", right=True),
        Cell("Goes away without it", removed, "piece-days a run, 95 % interval", right=True),
        Cell("Which means", lambda row: row["remark"]),
    ]
    table(list(found.iter_rows(named=True)), cells, mark="removed")
