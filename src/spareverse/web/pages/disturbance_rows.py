"""Disturbances as rows of a form and as bars on the axis of time; either changes the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from nicegui import ui

from spareverse.network.components import DISTURBANCES
from spareverse.network.network import Network
from spareverse.network.network_checks.disturbances import EVERYTHING, KIND_OF, TARGETS
from spareverse.web.pages.cards import box
from spareverse.web.pages.scenario_rows import LOOK, Rows, plain
from spareverse.web.pages.time_strip import Bar, TimeStrip

KINDS = {kind: kind.replace("_", " ") for kind in DISTURBANCES}
USUAL_FACTOR = {"capacity_loss": 0.5, "lead_time_stretch": 2.0, "demand_surge": 2.0}
FACTORS = tuple(USUAL_FACTOR)
"""Kinds of disturbances that have a factor."""
MOST_TARGETS = 2_000
_KEYS = {"suppliers": "supplier_id", "links": "link_id", "places": "place_id", "customers": "customer_id"}


class DisturbanceRows(Rows):
    """What goes wrong: on days given, drawn on the axis of time, or at random."""

    heading = "What happens"
    note = "days are counted from the start of the run"
    add = "Add a disturbance"
    mark = "DisturbanceRows"

    def __init__(self, network: Network | None, rows: Sequence[Any]) -> None:
        self._times: dict[int, _Times] = {}
        super().__init__(network, rows)

    def _above(self) -> None:
        """What is drawn, and the axis to draw it on."""
        with box("row-gap"):
            self._kind = ui.select(KINDS, label="Draw", value="outage").props(f"{LOOK} data-draw-kind")
            self._kind.style("width: 164px")
            options = self._targets("outage")
            first = next((key for key in options if key != EVERYTHING), EVERYTHING)
            self._target = ui.select(options, label="Of", value=first, with_input=True).props(
                f"{LOOK} data-draw-target"
            )
            self._target.style("width: 250px")
        self._strip = TimeStrip(self._network, self._drawn, self._moved)

        def turned(kind: str) -> None:
            _offer(self._target, self._targets(kind))
            self._tell_drawing()

        self._kind.on_value_change(lambda event: turned(str(event.value)))
        self._target.on_value_change(self._tell_drawing)
        self._tell_drawing()

    def _tell_drawing(self) -> None:
        self._strip.drawing(_words(str(self._kind.value), self._target.value))

    def _drawn(self, start: float, days: float) -> None:
        kind = str(self._kind.value)
        row: dict[str, Any] = {"kind": kind, **_aimed(self._target), "start_day": start, "days": days}
        if kind in FACTORS:
            row["factor"] = USUAL_FACTOR[kind]
        with self._holder:
            self._row(row)
        self._redraw()

    def _moved(self, key: int, start: float, days: float) -> None:
        if times := self._times.get(key):
            times.start.set_value(start)
            times.days.set_value(days)

    def _redraw(self) -> None:
        """The bars of the rows that are left, as their fields say."""
        self._times = {key: times for key, times in self._times.items() if key in self._read}
        self._strip.show([
            Bar(key, float(times.start.value), float(times.days.value), _words(str(times.kind.value), times.of.value))
            for key, times in self._times.items()
            if times.start.value is not None and times.days.value is not None
        ])  # fmt: skip

    def _changed(self) -> None:
        self._redraw()

    def _targets(self, kind: str) -> dict[str, str]:
        """What a disturbance of that kind can strike: its kind and name -> words."""
        found = {EVERYTHING: "everything"}
        if self._network is None:
            return found
        for table in TARGETS[kind]:
            frame = self._network[table]
            key = _KEYS.get(table, "category")
            frame = frame.filter(pl.col(key).is_not_null()).unique(key, maintain_order=True).head(MOST_TARGETS)
            names = frame["name"] if "name" in frame.columns and table in _KEYS else frame[key]
            for one, name in zip(frame[key], names, strict=True):
                told = f"{one} · {name}" if name and name != one else str(one)
                found[f"{KIND_OF[table]} {one}"] = f"{told} (group of parts)" if table == "parts" else told
        return found

    def _fields(self, row: Mapping[str, Any] | None) -> Callable[[], dict[str, Any]]:
        row = row or {"kind": "outage"}
        kind = str(row.get("kind") or "outage")
        what = (
            ui.select(KINDS, label="What", value=kind if kind in KINDS else "outage")
            .props(f"{LOOK} data-kind")
            .style("width: 164px")
        )
        options = self._targets(str(what.value))
        target = _key_of(row, options)
        if target and target not in options:
            options[target] = str(row["target_id"])
        of = ui.select(options, label="Of", value=target, with_input=True).props(f"{LOOK} data-target")
        of.style("width: 250px")
        start = _number("From day", row.get("start_day"), "start")
        days = _number("For days", row.get("days"), "days")
        every = _number("Every days, at random", row.get("every_days"), "every").style("width: 160px")
        factor = _number("Factor", row.get("factor"), "factor")
        factor.set_visibility(kind in FACTORS)
        self._times[ui.context.slot.parent.id] = _Times(what, of, start, days)

        def turned(value: str) -> None:
            _offer(of, self._targets(value))
            factor.set_visibility(value in FACTORS)

        what.on_value_change(lambda event: turned(str(event.value)))
        for field in (what, of, start, days):
            field.on_value_change(self._redraw)
        named = row.get("disturbance_id")

        def read() -> dict[str, Any]:
            aimed = _aimed(of)
            said = {
                "disturbance_id": named or f"{what.value} {aimed.get('target_id', '')} {plain(start.value)}".strip(),
                "kind": what.value,
                **aimed,
                "start_day": start.value,
                "days": days.value,
                "every_days": every.value,
                "factor": factor.value if what.value in FACTORS else None,
            }
            return {name: value for name, value in said.items() if value is not None}

        return read


@dataclass(frozen=True)
class _Times:
    """Fields of a row that stand on the axis of time."""

    kind: ui.select
    of: ui.select
    start: ui.number
    days: ui.number


def _offer(field: ui.select, options: dict[str, str]) -> None:
    """Other targets; the one that is chosen stays where it can."""
    field.set_options(options, value=field.value if field.value in options else None)


def _key_of(row: Mapping[str, Any], options: Mapping[str, str]) -> str | None:
    """The target of a row among the options: kind and name."""
    target = row.get("target_id")
    if not target or target == EVERYTHING:
        return target
    if row.get("target_kind"):
        return f"{row['target_kind']} {target}"
    return next((key for key in options if key.partition(" ")[2] == target), f" {target}")


def _aimed(field: ui.select) -> dict[str, str]:
    """Columns of the target chosen; its kind only where several things have the name."""
    key = str(field.value or "")
    if not key or key == EVERYTHING:
        return {"target_id": key} if key else {}
    kind, _, target = key.partition(" ")
    several = sum(str(one).partition(" ")[2] == target for one in field.options) > 1
    return {"target_id": target, **({"target_kind": kind} if several and kind else {})}


def _words(kind: str, key: str | None) -> str:
    target = "everything" if key == EVERYTHING else (key or "").partition(" ")[2] or "?"
    return f"{KINDS.get(kind, kind)} of {target}"


def _number(label: str, value: Any, mark: str) -> ui.number:
    return ui.number(label, value=value).props(f"{LOOK} data-{mark}").style("width: 104px")
