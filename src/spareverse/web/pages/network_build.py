"""The network itself: map and layers, what was assumed when it was built, and the record beside its simulations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from spareverse.figures import numbers
from spareverse.figures.figure import Figure
from spareverse.network.calibration_table import VERDICTS
from spareverse.web.pages import network_run
from spareverse.web.pages.cards import Cell, box, button, card, notes, table, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import plural

if TYPE_CHECKING:
    from spareverse.twin.built_network import BuiltNetwork

MOST = 50


def itself(place: Place, figures: Sequence[Figure]) -> None:
    """Its figures, how it was made and how far it can be trusted, and the way to take it away and to bring another."""
    built = place.workspace.universe.network()
    with box("two roomy"):
        for figure in figures:
            Drawing(place, figure)
    if not built.calibration.is_empty():
        _calibration(built)
    with box("two"):
        with card("What was assumed", plural(len(built.notices), "remark")) as holder:
            holder.props("data-assumed")
            with box("scroll-y").style("max-height: 320px"):
                notes(list(built.notices) or ["Nothing: the network is as its tables say."])
        with box("stack"):
            with card("Its tables"), box("row-gap"):
                button("The network as a workbook", icon="download", slim=True, href="/files/network.xlsx")
                button("Blank workbook", icon="download", slim=True, href="/files/network-template.xlsx")
            network_run.Bring(place)


def _calibration(built: BuiltNetwork) -> None:
    """Where the record looks like simulations of the network, and where not."""
    found = built.calibration
    differs = found.filter(verdict="differs").sort("p_value")
    tested = found.filter(pl.col("verdict").is_in(["as simulated", "differs"])).height
    with card(_trust(tested, differs.height), "the record beside simulations of the network") as holder:
        holder.props("data-calibration")
        if differs.height:
            cells = [
                Cell("Differs", lambda row: row["measure"]),
                Cell("Of", lambda row: ", ".join(
                    str(row[name]) for name in ("supplier_id", "group", "place_id") if row[name])),
                Cell("Lines", lambda row: numbers.whole(row["lines"]), right=True),
                Cell("Record", lambda row: numbers.digits(row["observed"]), right=True),
                Cell("Simulated", lambda row: f"{numbers.digits(row['simulated'])} "
                     f"[{numbers.digits(row['low'])}-{numbers.digits(row['high'])}]", right=True),
                Cell("Unit", lambda row: row["unit"] or ""),
            ]  # fmt: skip
            table(list(differs.head(MOST).iter_rows(named=True)), cells, mark="differs")
            if differs.height > MOST:
                text(f"The first {MOST} of {differs.height:,}.", "quiet small")
        counts = found.group_by("measure", "verdict").len().pivot("verdict", index="measure", values="len")
        verdicts = [name for name in VERDICTS if name in counts.columns]

        def counted(verdict: str) -> Cell:
            return Cell(verdict.capitalize(), lambda row: numbers.whole(row[verdict] or 0), right=True)

        cells = [Cell("Measure", lambda row: row["measure"]), *(counted(name) for name in verdicts)]
        table(list(counts.sort("measure").iter_rows(named=True)), cells, mark="verdicts")
        text(str(built.document["thresholds"]), "figure-note")


def _trust(tested: int, differs: int) -> str:
    if not tested:
        return "The record is too thin to tell whether the network is right"
    if not differs:
        return f"All {tested:,} measures with enough data are as simulated"
    return f"{differs:,} of {tested:,} measures with enough data differ from the simulations"
