"""What the monitors noticed of a simulated scenario: how soon, in how many runs, and how often without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.figures.figure import Figure
from spareverse.figures.viability.noticed import monitor_words, runs_words, weeks_words
from spareverse.simulation.universe_run import BASE
from spareverse.web.pages import states
from spareverse.web.pages.cards import Cell, button, card, table, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import MISSING, number

if TYPE_CHECKING:
    from spareverse.twin.simulation import Simulation

SHOWN = 12
"""Monitors shown of each disturbance."""
Found = tuple[pl.DataFrame, Figure] | None


class Noticed:
    """A strip of time with the disturbances and alarms, and below it every monitor by disturbance."""

    @staticmethod
    def read(simulation: Simulation, scenario: str) -> Found:
        """Made away from the page: watching every run takes a moment. None where nothing can be watched."""
        if scenario == BASE or simulation.replications < 2:
            return None
        return simulation.noticed(scenario=scenario), simulation.figure("noticed-strip", scenario=scenario)

    def __init__(self, place: Place, simulation: Simulation, scenario: str, found: Found) -> None:
        self._place, self._simulation = place, simulation
        if found is None:
            self._unwatched(scenario)
            return
        rows, figure = found
        if rows.is_empty():
            states.state("monitor_heart", "Nothing could be watched",
                         "The run is too short for the monitors, or what the scenario changes lies after its end. Run"
                         " it for longer, or with more runs.").props("data-unwatched")  # fmt: skip
            return
        Drawing(place, figure)
        for (name, begins), own in rows.group_by("disturbance", "begins_day", maintain_order=True):
            self._disturbance(str(name), float(begins), own)

    def _unwatched(self, scenario: str) -> None:
        others = [name for name in self._simulation.names if name != BASE]
        if scenario != BASE:
            row = states.state("monitor_heart", "A single run cannot be watched",
                               "Monitors judge a run by the others: simulate the scenario at least twice.")  # fmt: skip
        elif others:
            row = states.state("monitor_heart", "Nothing begins in the network as it is",
                               "Choose a scenario: which monitor would have noticed it, and how soon?")  # fmt: skip
        else:
            row = states.state("monitor_heart", "No scenario in this run",
                               "Run the network with a scenario beside it: which monitor would have noticed it, and how"
                               " soon?")  # fmt: skip
        with row.props("data-unwatched"):
            for name in others[:3] if scenario == BASE else ():
                button(name, slim=True, href=self._place.here(scenario=name))
            if not others:
                button("Scenarios", slim=True, href=self._place.link("/scenarios"))

    def _disturbance(self, name: str, begins: float, rows: pl.DataFrame) -> None:
        said = f"from day {number(begins)} on, watched for {number(rows['watched_days'][0])} days"
        with card(name, said) as holder:
            holder.props("data-noticed")
            useful = rows.filter(pl.col("noticed") > 0).head(SHOWN)
            if useful.height:
                table(useful.to_dicts(), _cells(), mark="noticed")
            others = rows.height - useful.height
            if others:
                few = "the others noticed it in fewer runs, later, or not at all"
                text(f"{useful.height} of {rows.height:,} monitors; {few}." if useful.height
                     else f"None of {rows.height:,} monitors noticed it.", "quiet small")  # fmt: skip


def _cells() -> list[Cell]:
    return [
        Cell("Monitor", monitor_words),
        Cell("Went", lambda r: r["direction"] or MISSING),
        Cell("Noticed in", lambda r: _runs(r, "noticed"), right=True),
        Cell("After", lambda r: weeks_words(r) or MISSING, right=True),
        Cell("False alarms", lambda r: _runs(r, "false_alarms"), "without it, in the same time", right=True),
        Cell("Run length", lambda r: number(r["run_length"]), "periods to a false alarm", right=True),
    ]


def _runs(row: dict[str, Any], name: str) -> str:
    return runs_words(row[name], row)
