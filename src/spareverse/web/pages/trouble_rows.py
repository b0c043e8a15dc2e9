"""Troubles as rows that open in place: what changed, and every stream that says so."""

from __future__ import annotations

from typing import Any

from spareverse.figures import numbers
from spareverse.figures.viability.alarms import (
    alarm_words,
    discovery_words,
    level_words,
    one_per_stream,
    trouble_words,
)
from spareverse.figures.viability.words import capital
from spareverse.web.pages.cards import Cell, box, table, text
from spareverse.web.pages.opening_row import OpeningRow
from spareverse.web.pages.wording import day, number

STREAMS_SHOWN = 100
Row = dict[str, Any]


class TroubleRows:
    """Rows of ``figures.viability.alarms.troubles``."""

    def __init__(self, troubles: list[Row]) -> None:
        with box("warning-list", "ul").props("data-troubles"):
            for place, row in enumerate(troubles, 1):
                TroubleRow(place, row)


class TroubleRow:
    """One trouble: a line that is a button, and its evidence."""

    def __init__(self, place: int, row: Row) -> None:
        self._place, self._row = place, row
        OpeningRow(self._words, self._show).item.props("data-trouble")

    def _words(self) -> None:
        row = self._row
        text(number(self._place), "rank num", "span")
        with box("what", "span"):
            text(capital(trouble_words(row)), "strong", "span")
            text(level_words(row) or str(row["direction"] or ""), "quiet small", "span")
        _figure(_when(row, "since"), "since")
        _figure(_when(row, "raised"), "noticed")
        _figure(numbers.count(len(row["all"]), "alarm"), f"q {discovery_words(row['q_value'])}")

    def _show(self) -> None:
        found = one_per_stream(self._row["all"])
        table(found[:STREAMS_SHOWN], _cells(), mark="alarms")
        if len(found) > STREAMS_SHOWN:
            text(f"The first {STREAMS_SHOWN} of {len(found):,}.", "quiet small")


def _cells() -> list[Cell]:
    return [
        Cell("What", alarm_words),
        Cell("Since", lambda r: _when(r, "since"), nowrap=True),
        Cell("Noticed", lambda r: _when(r, "raised"), nowrap=True),
        Cell("Level", lambda r: level_words(r) or str(r["direction"] or "")),
        Cell("Monitors", lambda r: ", ".join(dict.fromkeys(one["monitor"] for one in r["all"]))),
        Cell("Run length", lambda r: number(r["run_length"]), "periods to a false alarm", right=True),
        Cell("q", lambda r: discovery_words(r["q_value"]), "false discovery rate", right=True),
        Cell("", lambda r: r["remark"] or ""),
    ]


def _when(row: Row, name: str) -> str:
    return day(row[name]) if row[name] else f"day {number(row[f'{name}_day'])}"


def _figure(value: str, name: str) -> None:
    with box("figure-of", "span"):
        text(value, "num", "span")
        text(name, "quiet small", "span")
