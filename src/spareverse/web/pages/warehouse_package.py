"""The package line by line: the option recommended for each part, filtered, sorted and paged at the server."""

from __future__ import annotations

from typing import Any

import polars as pl
from nicegui import ui

from spareverse.figures import numbers
from spareverse.service.studies import SavedRun
from spareverse.web.pages.cards import Cell, box, button, card, lines, table, text
from spareverse.web.pages.place import Place
from spareverse.web.pages.warehouse_answers import against_one_for_all, option, recommendation_rule, verdict
from spareverse.web.pages.wording import number

ROWS = 25
SORTS = {
    "saving": "Money saved",
    "total_cost": "Cost",
    "availability": "Availability, lowest first",
    "failures_per_year": "Failures a year",
    "part_id": "Part",
}
_RISING = ("part_id", "availability")


class PackageTable:
    """Filters over one page of rows; only that page is ever sent."""

    def __init__(self, place: Place, run: SavedRun) -> None:
        self._run = run
        self._page = 0
        frame = run.package
        who = run.gallery.comparison
        with card("Recommended for each part"):
            text(_told(run), "quiet small").props("data-rule").style("margin-bottom: 8px")
            with box("row-gap filters"):
                look = "outlined dense options-dense stack-label clearable"
                self._words = ui.input("Tag, part or name").props("outlined dense stack-label clearable debounce=250")
                self._vendor = ui.select(_values(frame, "vendor"), label="Vendor", with_input=True).props(look)
                self._level = ui.select(_values(frame, "criticality"), label="Criticality").props(look)
                taken = set(frame["option"].unique())
                chosen = {name: who.title(name) for name in who.names if name in taken}
                self._option = ui.select(chosen, label="Recommended option").props(look)
                self._sort = ui.select(SORTS, label="Sorted by", value="saving").props(
                    "outlined dense options-dense stack-label"
                )
            for field in (self._words, self._vendor, self._level, self._option, self._sort):
                field.on_value_change(self._first)
            with box("row-gap").style("margin-bottom: 6px"):
                self._count = text("", "num grow").props("aria-live=polite data-count")
                self._back = button("", lambda: self._turn(-1), icon="chevron_left", slim=True)
                self._back.props('aria-label="Page before"')
                self._next = button("", lambda: self._turn(1), icon="chevron_right", slim=True)
                self._next.props('aria-label="Next page"')
            self._slot = ui.element("div")
        self._show()

    def _first(self) -> None:
        self._page = 0
        self._show()

    def _turn(self, pages: int) -> None:
        self._page += pages
        self._show()

    def _rows(self) -> pl.DataFrame:
        frame = self._run.package
        conditions = []
        words = str(self._words.value or "").strip().lower()
        if words:
            hay = pl.concat_str(
                [pl.col(name).fill_null("") for name in ("tags", "part_id", "description")], separator="\n"
            )
            conditions.append(hay.str.to_lowercase().str.contains(words, literal=True))
        for column, field in (("vendor", self._vendor), ("criticality", self._level), ("option", self._option)):
            if field.value:
                conditions.append(pl.col(column) == field.value)
        kept = frame.filter(conditions) if conditions else frame
        by = str(self._sort.value)
        return kept.sort(by, descending=by not in _RISING, nulls_last=True)

    def _show(self) -> None:
        rows = self._rows()
        last = max((rows.height - 1) // ROWS, 0)
        self._page = min(max(self._page, 0), last)
        start = self._page * ROWS
        shown = rows.slice(start, ROWS)
        span = f"{start + 1:,} to {start + shown.height:,} of " if rows.height > ROWS else ""
        self._count.set_content(f"{span}{rows.height:,} {'part' if rows.height == 1 else 'parts'}")
        for turn, on in ((self._back, self._page > 0), (self._next, self._page < last)):
            turn.props(remove="disabled") if on else turn.props("disabled")
        self._slot.clear()
        with self._slot:
            if shown.is_empty():
                text("No part fits these filters.", "quiet")
            else:
                table(shown.to_dicts(), self._cells(), mark="package")

    def _cells(self) -> list[Cell]:
        currency, years = self._run.definition.currency, self._run.gallery.comparison.years

        def yearly(row: dict[str, Any], name: str) -> str:
            value, low, high = (row.get(f"{name}{end}") for end in ("", "_low", "_high"))
            ends = (None if low is None else low / years, None if high is None else high / years)
            # the interval below its figure, so that a row fits the window
            return "" if value is None else numbers.measured(value / years, *ends).replace(" [", "\n[")

        title, cheaper = option(self._run), option(self._run, "best_option")
        return [
            Cell("Part", lambda r: lines(r["part_id"], r["description"])),
            Cell("Tags, vendor", lambda r: lines(_short(r["tags"]), r["vendor"])),
            Cell("Criticality", lambda r: str(r["criticality"] or "")),
            Cell("Failures", lambda r: numbers.digits(r["failures_per_year"]), "a year", right=True),
            Cell("Recommended option", lambda r: lines(title(r), "" if _cheapest(r) else f"cheaper: {cheaper(r)}")),
            Cell("Stock", _stock, "first / reorder", right=True),
            Cell("Availability", lambda r: numbers.percent(r["availability"]), right=True),
            Cell("Cost", lambda r: numbers.rough(r["total_cost"] / years), f"{currency}/year", right=True),
            Cell("Saves", lambda r: yearly(r, "saving"), f"{currency}/year", right=True),
            Cell("How sure", verdict),
        ]


def _told(run: SavedRun) -> str:
    """By what rule, for how many parts that is not the cheapest, and what all of them together cost."""
    rule, together = recommendation_rule(run), against_one_for_all(run)
    dearer = sum(not _cheapest(row) for row in run.package.select("option", "best_option").iter_rows(named=True))
    parts = f" For {dearer:,} of {run.package.height:,} parts another is cheaper." if dearer else ""
    return f"{rule}{parts}{f' All together, simulated as one package, this {together}.' if together else ''}"


def _cheapest(row: dict[str, Any]) -> bool:
    return bool(row["option"] == row["best_option"])


def _values(frame: pl.DataFrame, column: str) -> list[str]:
    return [str(value) for value in frame[column].drop_nulls().unique().sort() if value]


def _short(tags: str | None, most: int = 1) -> str:
    names = (tags or "").split(",")
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(name.strip() for name in names[:most]) + more


def _stock(row: dict[str, Any]) -> str:
    central = f" + {row['central_stock']} central" if row["central_stock"] else ""
    if not row["initial_stock"]:
        return f"none{central}"
    return f"{number(row['initial_stock'])} / {number(row['reorder_point'])}{central}"
