"""What helps: recommendations that survived their simulations, to be accepted; and what came of those accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.figures import numbers
from spareverse.figures.numbers import settled
from spareverse.figures.viability.effects import OUTCOMES
from spareverse.figures.viability.words import capital, change, held_against, three
from spareverse.observer.ranking import how_ranked
from spareverse.web.pages import observing, states
from spareverse.web.pages.acceptance import BASES, accept_dialog
from spareverse.web.pages.cards import Cell, box, button, card, lines, table, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import MISSING, day, number, plural

if TYPE_CHECKING:
    from spareverse.twin.observation import Observation

EFFECTS = (
    ("Cost", "cost_change", "currency/d"),
    ("Fill rate", "fill_change", "share"),
    ("Waiting", "waiting_change", "piece d/d"),
    ("Stock value", "stock_change", "currency"),
    ("Exceptions", "workload_change", "1/week"),
    ("Least margin", "margin_change", "share"),
)
VERDICTS = {"screened": "dropped early", "not clear": "no better clear of noise", "harms": "does harm"}
Row = dict[str, Any]


class Advice:
    """The forest of effects, then each recommendation with its figures and its button."""

    def __init__(self, place: Place, found: Observation) -> None:
        self._place, self._found = place, found
        self._currency = str(found.document["currency"])
        self._accepted = {row["nudge_id"]: row for row in place.workspace.observations.accepted().to_dicts()}
        rows = found.table("recommendations")
        survived = rows.filter(pl.col("verdict") == "survives").sort("rank")
        Drawing(place, observing.gallery(place, found).figure("recommendations"))
        if survived.height:
            note = "each was simulated in pairs against doing nothing; together they may do less"
            with card("What helps", note), box("stack"):
                text(f"{how_ranked(rows)} {held_against(rows, self._currency)}".rstrip(), "quiet small", "p").props(
                    "data-how-ranked"
                )
                with box("warning-list", "ul"):
                    for row in survived.iter_rows(named=True):
                        Nudge(place, row, self._currency, self._accepted.get(row["nudge_id"]))
        self._others(rows.filter(pl.col("verdict") != "survives"))

    def _others(self, rows: pl.DataFrame) -> None:
        """What was tried and is not advised."""
        if rows.is_empty():
            return
        with ui.expansion(f"{plural(rows.height, 'more was', 'more were')} tried and not advised").classes("more"):
            table(
                rows.sort("verdict", "title").to_dicts(),
                [
                    Cell("Nudge", lambda r: r["title"]),
                    Cell("Verdict", lambda r: VERDICTS.get(r["verdict"], r["verdict"])),
                    Cell("Cost", lambda r: change(*three(r, "cost_change"), "currency/d", self._currency), right=True),
                    Cell("Fill rate", lambda r: change(*three(r, "fill_change"), "share"), right=True),
                ],
                mark="not-advised",
            )


class Nudge:
    """One recommendation: what to do, what it changes, what gets worse; accepted or not."""

    def __init__(self, place: Place, row: Row, currency: str, accepted: Row | None) -> None:
        self._place, self._row, self._currency = place, row, currency
        with box("nudge", "li") as item:
            item.props["data-nudge"] = row["nudge_id"]
            text(number(row["rank"]), "rank num", "span")
            with box("stack tight"):
                if row["caution"]:
                    text(f"{capital(row['caution'])}.", "strong caution").props("data-caution")
                text(row["title"], "strong")
                text(self._effects(), "small num")
                text(self._costs(), "quiet small")
            self._action = box("row-gap action")
        self._show(accepted)

    def _effects(self) -> str:
        told = []
        for words, column, unit in EFFECTS:
            value, low, high = map(settled, three(self._row, column))
            if value is None and column in ("fill_change", "workload_change"):
                told.append(f"{words} not measured")
            elif value:
                unknown = " (its limits not measured)" if low is None or high is None else ""
                told.append(f"{words} {change(value, low, high, unit, self._currency)}{unknown}")
        return " · ".join(told)

    def _costs(self) -> str:
        row = self._row
        once = f"Costs {numbers.rough(row['one_off_cost'], self._currency)} once. " if row["one_off_cost"] else ""
        said = str(row["side_effects"] or "").rstrip(".")
        worse = f"Gets worse: {said}. " if said else "Nothing gets worse clear of noise. "
        if row["kind"] == "incentive":  # of changed pay it is said how the effects are meant
            worse = f"{said}. "
        known = f"{row['remark']} " if row["remark"] else ""
        return f"{once}{worse}{known}Scored on {plural(int(row['replications'] or 0), 'fresh run')}."

    def _show(self, accepted: Row | None) -> None:
        self._action.clear()
        with self._action:
            if accepted is None:
                button("Accept", self._accept, icon="check", slim=True).props("data-accept")
            else:
                with box("stack tight"):
                    text(accepted_words(accepted), "grade")
                    if accepted["comment"]:
                        text(accepted["comment"], "quiet small").props("data-said")
                button("Take back", self._withdraw, icon="undo", slim=True).props("data-withdraw")

    def _accept(self) -> None:
        accept_dialog(self._place, self._row, self._currency, self._accepted)

    def _accepted(self) -> None:
        kept = self._place.workspace.observations.accepted().filter(pl.col("nudge_id") == self._row["nudge_id"])
        self._show(kept.row(0, named=True))
        self._focus("data-withdraw")

    def _withdraw(self) -> None:
        if _withdrawn(self._place, self._row["nudge_id"]):
            self._show(None)
            self._focus("data-accept")

    def _focus(self, mark: str) -> None:
        """Keep the keyboard where it was: the button that was pressed is gone."""
        button_of = f"getElement({self._action.id})?.querySelector('[{mark}]')"
        ui.run_javascript(f"setTimeout(() => {button_of}?.focus(), 400)")


def accepted_words(row: Row) -> str:
    """``accepted 2026-11-23, from 2024-01-01``."""
    since = row["holds_from"]
    return f"accepted {day(row['accepted'])}{f', holds from {day(since)}' if since else ''}"


def _withdrawn(place: Place, nudge_id: str) -> bool:
    """Take an acceptance back; False, and said, where that is not possible."""
    try:
        place.workspace.observations.withdraw(nudge_id)
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return False
    return True


def follow_ups(place: Place, found: Observation) -> None:
    """What accepted recommendations promised beside what the record shows since."""
    currency = str(found.document["currency"])
    rows = place.workspace.observations.follow_ups()
    withdrawn = place.workspace.observations.withdrawn()
    if rows.is_empty():
        with states.state(
            "history",
            "Nothing has been accepted yet" if withdrawn.is_empty() else "Nothing is accepted now",
            "Accept a recommendation; after the next imports its promise stands here beside what came.",
        ):
            button("What helps", main=True, href=place.here(tab="advice"))
        _taken_back(withdrawn)
        return
    drawn = observing.gallery(place, found, said={"follow_ups": rows}).figure("follow-ups")
    Drawing(place, drawn)
    with box("stack").props("data-followed"):
        for own in rows.partition_by("nudge_id", maintain_order=True):
            _followed(place, own.to_dicts(), currency)
    text("What came is what the record shows since that day, less what it showed over as long a time before:"
         " all that happened in between is in it, not the recommendation alone.", "quiet small", "p")  # fmt: skip
    _taken_back(withdrawn)


def _taken_back(withdrawn: pl.DataFrame) -> None:
    """What is no longer followed up."""
    if withdrawn.is_empty():
        return
    with ui.expansion(f"{plural(withdrawn.height, 'acceptance was', 'acceptances were')} taken back").classes("more"):
        table(
            withdrawn.to_dicts(),
            [
                Cell("Recommendation", lambda r: r["title"] or r["nudge_id"]),
                Cell("Accepted", lambda r: day(r["accepted"]), nowrap=True),
                Cell("Taken back", lambda r: day(r["withdrawn"][:10]), nowrap=True),
                Cell("Comment", lambda r: r["comment"] or ""),
            ],
            mark="withdrawn",
        )


def _followed(place: Place, rows: list[Row], currency: str) -> None:
    """One recommendation: each measure promised, and what came of it."""

    def told(name: str) -> Any:
        return lambda r: MISSING if r[name] is None else change(*three(r, name), r["unit"], currency)

    first = rows[0]

    def take_back() -> None:
        if _withdrawn(place, first["nudge_id"]):
            ui.navigate.to(place.here(tab="followed"))

    days = f"{accepted_words(first)}, record until {day(first['until'])}"
    with card(first["title"] or first["nudge_id"], days) as holder:
        holder.props["data-came"] = first["nudge_id"]
        if first["comment"]:
            text(first["comment"], "small", "p").props("data-said")
        table(
            rows,
            [
                Cell(
                    "Measure", lambda r: lines(capital(OUTCOMES.get(r["measure"], r["measure"])), BASES[r["measure"]])
                ),
                Cell("Promised", told("promised"), right=True),
                Cell("Came", told("came"), right=True),
                Cell("Verdict", lambda r: r["verdict"] or ""),
            ],
            mark="follow-ups",
        ).style("white-space: pre-line")
        with box("row-gap"):
            button("Take back", take_back, icon="undo", slim=True).props("data-withdraw")
