"""Troubles as rows that open in place: what changed, and every stream that says so."""

from __future__ import annotations

from collections import Counter
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
from spareverse.web.pages.cards import Cell, box, button, link, table, text
from spareverse.web.pages.opening_row import OpeningRow
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import day, number

STREAMS_SHOWN, TROUBLES_SHOWN = 100, 50
STREAM_KINDS = {"demand": "Demand", "supply": "Supply", "other": "Other"}
DEMAND, SUPPLY = ("demand", "dispersion"), ("lead time", "lateness", "spread of lead times")
Row = dict[str, Any]


class TroubleList:
    """Rows of ``figures.viability.alarms.troubles``; the address says of which kind of stream, and how many."""

    def __init__(self, place: Place, troubles: list[Row]) -> None:
        kind = place.query.get("of", "")
        counts = Counter(kind_of(row) for row in troubles)
        with box("row-gap filters"):
            for name, words in {"": "All", **STREAM_KINDS}.items():
                if counts[name] or not name:
                    count = counts[name] if name else len(troubles)
                    chip = link(f"{words} {count:,}", place.here(of=name or None, shown=None),
                                f"chip {'on' if name == kind else ''}")  # fmt: skip
                    chip.props(f"data-of={name or 'all'}")
        rows = [row for row in troubles if kind_of(row) == kind] if kind in STREAM_KINDS else troubles
        most = int(shown) if (shown := place.query.get("shown", "")).isdigit() else TROUBLES_SHOWN
        TroubleRows(rows[:most])
        if len(rows) > most:
            more = min(len(rows) - most, 100)
            button(f"Show {more} more", slim=True, href=place.here(shown=most + more)).props("data-more")


def kind_of(row: Row) -> str:
    """Which of STREAM_KINDS a trouble is."""
    stream = str(row["stream"])
    return "demand" if stream in DEMAND else "supply" if stream in SUPPLY else "other"


class TroubleRows:
    """One after the other."""

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
            once = (row["last"], row["last_day"]) == (row["raised"], row["raised_day"])
            levels = level_words(row) or str(row["direction"] or "")
            told = text(levels if once else f"{levels} · still on {_when(row, 'last')}", "quiet small", "span")
            told.style("white-space: normal")  # the day stands at its end
        _figure(_when(row, "since"), "since")
        _figure(_when(row, "raised"), "first noticed")
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
