"""Warnings as rows that open in place: the evidence, the options, and the planner's answer."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.explainer.narratives.warning import warning_narrative
from spareverse.figures import numbers
from spareverse.figures.viability.warnings import NO_STEP_HELPS, out_already, subject_words, time_left
from spareverse.figures.viability.words import capital, change, three
from spareverse.observer.expediting import MOST_POINTS
from spareverse.web.pages.cards import box, button, facts, text
from spareverse.web.pages.opening_row import OpeningRow
from spareverse.web.pages.place import Place
from spareverse.web.pages.told import paragraph
from spareverse.web.pages.wording import day, number

if TYPE_CHECKING:
    from spareverse.twin.observation import Observation

KINDS = {"stock_out": "Stock-outs", "contract_breach": "Contracts", "budget_overrun": "Budgets"}
METHODS = {
    "screen": "closed form, recalibrated on simulated paths",
    "simulated": "share of simulated paths, smoothed",
}
STEPS_SHOWN = 5
WEEKS = {"1 week": 7, "2 weeks": 14, "4 weeks": 28}
Row = dict[str, Any]


class WarningRows:
    """Rows in the order of the list."""

    def __init__(self, place: Place, found: Observation, rows: pl.DataFrame) -> None:
        tried = set(found.table("steps")["warning_id"])
        with box("warning-list", "ul"):
            for row in rows.iter_rows(named=True):
                WarningRow(place, found, row, tried=row["warning_id"] in tried)


class WarningRow:
    """One warning: a line that is a button, and what it opens."""

    def __init__(self, place: Place, found: Observation, row: Row, *, tried: bool) -> None:
        self._place, self._found, self._row, self._tried = place, found, row, tried
        self._currency = str(found.document["currency"])
        OpeningRow(self._words, self._show).item.props["data-warning"] = row["warning_id"]

    def _words(self) -> None:
        row = self._row
        text(number(row["rank"]), "rank num", "span")
        with box("what", "span"):
            text(subject_words(row), "strong", "span")
            words = " · ".join(word for word in (row["reason"], row["action"] or self._no_step()) if word)
            told = text(words, "quiet small", "span")
            told.style("white-space: normal")  # what to do stands at its end
        _figure(numbers.percent_interval(*three(row, "chance")), "chance")
        _figure(*time_left(row))
        if row["expected_money"] is None and row["value_short"] is not None:
            _figure(numbers.rough(row["value_short"], self._currency), "in pieces")
        elif row["kind"] == "contract_breach" and not row["expected_money"]:
            _figure("none", "penalty")
        else:
            words = "beyond it, mean" if row["kind"] == "budget_overrun" else "expected"
            _figure(numbers.rough(row["expected_money"], self._currency), words)
        self._state = text(state_words(row), "grade", "span").props("data-state")
        self._state.set_visibility(bool(state_words(row)))

    def _no_step(self) -> str:
        """Why it is not said what to do."""
        if self._row["kind"] != "stock_out":
            return ""
        return NO_STEP_HELPS if self._tried else "no step was tried"

    def _show(self) -> None:
        row = self._row
        with box("evidence-columns"):
            with box("stack"):
                paragraph(self._place, warning_narrative(row, self._currency))
                self._steps()
                with box("row-gap"):
                    if row["part_id"] and self._place.workspace.has_data():
                        button("The part", slim=True, href=self._place.part(row["part_id"], row["place_id"] or ""))
                    if row["place_id"]:
                        button("Its place in the network", slim=True,
                               href=self._place.link("/network", place=row["place_id"]))  # fmt: skip
            with box("stack").style("align-self: start"):
                facts(self._facts())
        self._answer = box("stack")
        self._answers()

    def _facts(self) -> list[tuple[str, str]]:
        row = self._row
        weeks = f"within {numbers.count(row['within_weeks'], 'week')}"
        due = "not known" if row["due_day"] is None else f"in {numbers.digits(row['due_day'], 2)} days (median)"
        pairs = [
            ("Chance", f"{numbers.percent_interval(*three(row, 'chance'))} {weeks}"),
            ("Until the next one waits" if out_already(row) else "Time left", "not known" if row["days_left"] is None
             else f"{numbers.digits(row['days_left'], 2)} days (median, where it happens)"),
            ("Expected money", "waiting has no price in the records" if row["expected_money"] is None
             else f"{numbers.rough(row['expected_money'], self._currency)}: {row['money_basis'] or ''}"),
            ("Pieces of a line", "" if not row["value_short"]
             else f"{numbers.rough(row['value_short'], self._currency)}: their value times the chance"),
            ("On hand", _pieces(row["on_hand"])),
            ("Customers wait for", _pieces(row["owed"])),
            ("Under way", _pieces(row["under_way"])),
            ("Demand", f"{numbers.digits(row['demand'], 2)} pieces {weeks}" if row["demand"] is not None else ""),
            ("Next receipt", f"{due}, from {row['source_id']}" if row["source_id"] else due if row["part_id"] else ""),
            ("Found by", METHODS.get(row["method"], "")
             + (f", {row['paths']:,} paths" if row["paths"] else "")),
        ]  # fmt: skip
        return [(name, value) for name, value in pairs if value]

    def _steps(self) -> None:
        """What was tried against it, in runs paired with doing nothing."""
        rows = self._found.table("steps").filter(pl.col("warning_id") == self._row["warning_id"])
        rows = rows.sort(pl.col("verdict") != "helps", "waiting_change", "chance_change", "part_id", "place_id", "step")
        if rows.is_empty():
            if self._row["part_id"]:
                text("No step was tried against it: nothing is under way, and no source or place has pieces to give;"
                     f" or it is not among the {MOST_POINTS:,} most pressing.", "quiet small", "p")  # fmt: skip
            return
        text("Tried in runs paired with doing nothing; what a step itself costs is not in it.", "quiet small", "p")
        of_contract = self._row["part_id"] is None
        with box("stack").props("data-steps").style("gap: 4px"):
            for step in rows.head(STEPS_SHOWN).iter_rows(named=True):
                text(step_words(step, self._currency, named=of_contract), "small", "p").props("data-step")
            if rows.height > STEPS_SHOWN:
                text(f"The first {STEPS_SHOWN} of {rows.height:,}.", "quiet small")

    def _answers(self) -> None:
        self._answer.clear()
        with self._answer:
            with box("row-gap"):
                comment = ui.input("Comment", value=self._row["comment"] or "").props(
                    "outlined dense maxlength=2000 data-comment"
                )
                comment.style("min-width: 240px; flex: 1; max-width: 420px")
                self._button("Acknowledge", "visibility", lambda: self._say("acknowledged", comment.value))
                with button("Snooze", icon="snooze", slim=True).props("data-snooze"), ui.menu():
                    for words, days in WEEKS.items():
                        ui.menu_item(words, lambda days=days: self._say("snoozed", comment.value, days))
                self._button("Acted upon", "task_alt", lambda: self._say("acted", comment.value))
                if self._row["state"]:
                    self._button("Take back", "undo", lambda: self._say(None, ""))
            if state_words(self._row):
                words = f": {self._row['comment']}" if self._row["comment"] else ""
                text(f"{capital(state_words(self._row))}{words}", "quiet small", "p")

    def _button(self, words: str, icon: str, act: Any) -> None:
        button(words, act, icon=icon, slim=True).props(f'data-answer="{words}"')

    def _say(self, state: str | None, comment: str | None, days: int = 0) -> None:
        until: date | None = datetime.now(UTC).date() + timedelta(days=days) if state == "snoozed" else None
        try:
            self._place.workspace.observations.answer(
                self._row["warning_id"], state, snoozed_until=until, comment=(comment or "").strip() or None
            )
        except SpareverseError as error:
            ui.notify(error.message, type="negative")
            return
        said = {"state": state, "snoozed_until": until, "comment": (comment or "").strip() or None}
        self._row = {**self._row, **said}
        self._state.set_content(state_words(self._row))
        self._state.set_visibility(bool(state_words(self._row)))
        self._answers()


def step_words(step: Row, currency: str, *, named: bool) -> str:
    """A step that was tried and what it does; ``named``: with the part and the place it is for."""
    whose = f"{step['part_id']} at {step['place_id']}: " if named else ""
    verdict = "helps" if step["verdict"] == "helps" else "does not clearly help"
    told = [f"chance {change(*sure(step, 'chance_change'), 'share')}",
            f"waiting {change(*sure(step, 'waiting_change'), 'piece-days')}"]  # fmt: skip
    if step["money_change"] is not None:
        told.append(f"money {change(*sure(step, 'money_change'), 'currency', currency)}")
    if step["giver_change"]:
        told.append(f"at {step['source_id']} the chance {change(*sure(step, 'giver_change'), 'share')}")
    arrives = numbers.count(max(round(step["arrives_day"]), 1), "day")
    return f"{whose}{capital(step['title'])} (there in {arrives}): {verdict}; {', '.join(told)}."


def sure(row: Row, name: str) -> tuple[float | None, float | None, float | None]:
    """A change with its limits; without them where it is the same in every run but for what floats leave."""
    value, low, high = three(row, name)
    same = low is not None and high is not None and math.isclose(low, high, rel_tol=1e-3)
    return (value, None, None) if same else (value, low, high)


def state_words(row: Row) -> str:
    """``snoozed until 2026-12-01``; of a snooze that is over, why; empty where nothing was said."""
    words = {"acknowledged": "acknowledged", "acted": "acted upon"}
    until: date | None = row["snoozed_until"]
    if row["state"] == "snoozed":
        return f"snoozed until {day(until)}"
    if until is not None and until > datetime.now(UTC).date():
        return f"awake again: the chance was {numbers.percent(row['chance_then'])} when it was snoozed"
    if until is not None:
        return f"awake again: it was snoozed until {day(until)}"
    return words.get(row["state"] or "", "")


def _figure(value: str, name: str) -> None:
    with box("figure-of", "span"):
        text(value, "num", "span")
        text(name, "quiet small", "span")


def _pieces(value: int | None) -> str:
    return "" if value is None else numbers.count(value, "piece")
