"""Asking for a plan or a back-test: one target, what is assumed where the data say nothing, and the job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nicegui import ui

from spareverse.errors import SpareverseError
from spareverse.figures import numbers
from spareverse.service.jobs import Job
from spareverse.service.plans import BACKTEST, OPTIMISE
from spareverse.web.pages import states
from spareverse.web.pages.cards import box, button, card, text
from spareverse.web.pages.place import Place

if TYPE_CHECKING:
    from spareverse.twin.plan import Plan

Arguments = dict[str, Any]
LOOK = "outlined dense options-dense stack-label"
NO_TARGET: Arguments = {"budget": None, "fill_rate": None, "availability": None}
TARGETS = {
    "today": "Stock value of today's rule",
    "budget": "Stock value",
    "lines": "Share of demand lines",
    "pieces": "Share of pieces",
    "availability": "Share of assets that run",
}
_KEPT = (
    "budget", "fill_rate", "availability", "measure", "lead_time_days", "unit_cost", "floors", "installed_assets",
    "least_action",
)  # fmt: skip
"""Arguments of a plan that the next one is asked with again."""


def wish_of(plan: Plan | None) -> Arguments:
    """What a kept plan was asked for, as arguments of the next."""
    if plan is None:
        return {}
    wish = plan.document["wish"]
    kept = {name: wish.get(name) for name in _KEPT}
    if plan.document.get("own_limits"):
        kept["limits"] = wish.get("limits")
    return {name: value for name, value in kept.items() if value not in (None, {}, 0.0)}


def wish_words(wish: Mapping[str, Any], currency: str) -> str:
    """A target in words: ``2,500,000 EUR of stock``."""
    if wish.get("budget") is not None:
        return f"{numbers.rough(wish['budget'], currency)} of stock"
    if wish.get("availability") is not None:
        return f"{numbers.percent(wish['availability'])} of the assets running"
    if wish.get("fill_rate") is not None:
        what = "pieces" if wish.get("measure") == "pieces" else "demand lines"
        return f"{numbers.percent(wish['fill_rate'])} of the {what} met at once"
    return "the stock value of today's rule"


def start(place: Place, arguments: Arguments, kind: str = OPTIMISE) -> None:
    """Order the job; the page then shows its progress."""
    wanted = {name: value for name, value in arguments.items() if value is not None}
    words = wish_words(wanted, place.workspace.currency)
    if kind == OPTIMISE:
        title = f"Plan for {words}"
    else:
        fit = wanted.get("fit_until")
        title = f"Back-test for {words}" + (f", fitted until {fit}" if fit else "")
    try:
        place.workspace.plans.order(kind, wanted, title)
    except SpareverseError as error:
        ui.notify(error.message, type="negative")
        return
    ui.navigate.to(place.link("/plan" if kind == OPTIMISE else "/backtest"))


def result_link(place: Place, job: Job) -> str:
    """The page of what a finished job made."""
    kind = "plan" if job.kind == OPTIMISE else "backtest"
    made = (job.result or {}).get(kind)
    return place.link(f"/{kind}", **{kind: made})


class Wish:
    """The fields: target and its value, and what is assumed."""

    def __init__(self, place: Place, plan: Plan | None, kind: str = OPTIMISE) -> None:
        self._place, self._kind, self._before = place, kind, wish_of(plan)
        before = self._before
        chosen = next((name for name in ("budget", "availability") if before.get(name) is not None), "today")
        if before.get("fill_rate") is not None:
            chosen = "pieces" if before.get("measure") == "pieces" else "lines"
        with box("run-line"):
            self._target = ui.select(TARGETS, label="Target", value=chosen).props(LOOK).style("min-width: 196px")
            self._value = ui.number(label="Value", value=self._given(chosen), min=0).props(LOOK).style("width: 120px")
            if kind == BACKTEST:
                self._until = ui.input("Fit until", placeholder="3/4 of history").props(LOOK).style("width: 128px")
            with button("Assume", icon="tune", slim=True).props("data-assume"), ui.menu().props("no-auto-close"):
                self._assumptions()
            label = "Plan" if kind == OPTIMISE else "Back-test"
            button(label, self._start, icon="play_arrow", main=True).props("data-run")
        self._target.on_value_change(lambda event: self._shown(str(event.value)))
        self._shown(chosen)

    def _given(self, target: str) -> float | None:
        if target == "budget":
            value = self._before.get("budget")
            return None if value is None else round(float(value))
        value = self._before.get("availability" if target == "availability" else "fill_rate")
        return None if value is None else round(100 * float(value), 2)

    def _shown(self, target: str) -> None:
        """The field for the value, with the unit of its target."""
        unit = self._place.workspace.currency if target == "budget" else "%"
        self._value.props(f'suffix="{unit}"')
        self._value.set_visibility(target != "today")

    def _assumptions(self) -> None:
        before = self._before
        with box("stack").style("padding: 14px; width: 300px"):
            text("Where the data say nothing", "section", "h3")
            self._lead = ui.number("Lead time, days", value=before.get("lead_time_days"), min=0).props(LOOK)
            self._cost = ui.number(
                f"Cost of a piece, {self._place.workspace.currency}", value=before.get("unit_cost"), min=0
            ).props(LOOK)
            text("Least pieces by criticality, such as A=1, B=0", "quiet small")
            floors = ", ".join(f"{name}={count}" for name, count in (before.get("floors") or {}).items())
            self._floors = ui.input("Floors", value=floors).props(LOOK)
            if self._kind == OPTIMISE:
                self._assets = ui.number("Installed assets", value=before.get("installed_assets"), min=0).props(LOOK)
                text("List actions from this worth on; empty: what an order line costs", "quiet small")
                self._least = ui.number(
                    f"Least worth of an action, {self._place.workspace.currency}",
                    value=before.get("least_action"),
                    min=0,
                ).props(LOOK)

    def _start(self) -> None:
        try:
            arguments = self._arguments()
        except ValueError as error:
            ui.notify(str(error), type="negative")
            return
        start(self._place, arguments, self._kind)

    def _arguments(self) -> Arguments:
        """Arguments of the verb; ValueError says which field is missing or wrong."""
        target = str(self._target.value)
        found: Arguments = {"lead_time_days": self._lead.value, "unit_cost": self._cost.value}
        if target != "today":
            if self._value.value is None:
                raise ValueError("Give the target's value.")
            value = float(self._value.value)
            if target != "budget" and not 0 <= value <= 100:
                raise ValueError("A share lies between 0 and 100 %.")
            name = target if target in ("budget", "availability") else "fill_rate"
            found[name] = value if target == "budget" else value / 100
            if target == "pieces":
                found["measure"] = "pieces"
        if floors := self._floors_given():
            found["floors"] = floors
        if self._kind == BACKTEST:
            found["fit_until"] = str(self._until.value or "").strip() or None
            return found
        found["least_action"] = self._least.value
        if self._assets.value:
            found["installed_assets"] = float(self._assets.value)
        return found

    def _floors_given(self) -> dict[str, int]:
        floors = {}
        for part in str(self._floors.value or "").split(","):
            if not part.strip():
                continue
            name, _, count = part.partition("=")
            if not count.strip().isdigit():
                raise ValueError(f"“{part.strip()}” is no floor; write A=1.")
            floors[name.strip()] = int(count)
        return floors


def running(place: Place, kind: str, done: Callable[[Job], None]) -> bool:
    """Progress of the job under way, or why one failed since the newest result; whether one is under way."""
    plans = place.workspace.plans
    job = plans.active(kind)
    if job is not None:
        with card("Running", job.title) as holder:
            holder.props("data-progress")
            states.follow(place, job.id, done)
        return True
    last, made = plans.last(kind), plans.made_at(kind)
    if last is not None and last.status in ("failed", "interrupted") and (last.finished_at or "") > made:
        with card(f"{last.title}: not done") as holder:
            holder.props("data-not-done")
            states.failed_job(place, last)
    return False
