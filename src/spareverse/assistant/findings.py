"""What a tool found: sentences, tables, figures, and the facts that every number of them comes from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from spareverse.explainer.facts import MOVER, TEXT, Fact, Narrative
from spareverse.explainer.grounding.names import quoted
from spareverse.figures import numbers
from spareverse.figures.figure import Figure

SHARE, PIECES, DAYS, POINTS, WAITING = "share", "pieces", "days", "points", "piece d"
LONGEST_NAME = 200
LINE = "line"


KINDS = {
    "part_id": "part", "place_id": "place", "supplier_id": "supplier", "scenario": "scenario", "order_id": "order",
    "worst_part_id": "part", "policy": "policy", "cause": "cause", "title": "option",
    "customer_id": "customer", "component": "component", "disturbance": "disturbance", "line": LINE,
    "mover": MOVER, "agent": "agent",
}  # fmt: skip
"""Columns that hold names, and of what."""


SIGNED = ("difference", "share_of_range")
"""Columns whose sign is a direction, beside those that end in _change."""
MEASURES = {
    "money_at_risk": ("money_at_risk", ""), "saving": ("saving", ""), "late_risk": ("late_risk", ""),
    "current_cover": ("cover", "today"), "optimal_cover": ("cover", "proposed"),
    "current_risk": ("stock_out_risk", "today"), "optimal_risk": ("stock_out_risk", "proposed"),
    "expected_lead_time_days": ("lead_time", ""), "lead_time_median_days": ("lead_time", ""),
    "stock_value_now": ("stock_value", "today"), "open_lines": ("open_lines", ""), "chance": ("chance", ""),
    "expected_money": ("expected_money", ""), "days_left": ("days_left", ""), "on_hand": ("on_hand", ""),
    "owed": ("owed", ""),
    "cost_change": ("total_cost", ""), "fill_change": ("fill_rate", ""), "stock_change": ("stock_value", ""),
    "ordered_on": ("ordered_on", ""), "promised_on": ("promised_on", ""), "received_on": ("received_on", ""),
}  # fmt: skip
"""Columns that say what they measure, by its name in the lexicon of grounding, and of which state."""


@dataclass(frozen=True)
class Subject:
    """What findings are about, so that their source can be opened: a part, a supplier, a plan, a run."""

    kind: str
    id: str = ""
    place_id: str = ""
    scenario: str = ""


@dataclass(frozen=True)
class Shown:
    """A column of a table that is told: its heading, and its unit (``share``: 0 to 1, written in per cent)."""

    name: str
    heading: str
    unit: str = ""
    fact: bool = True
    """False: a word of ours that is no finding, such as the unit of the cell beside it."""
    unit_of: str = ""
    """The column that holds the unit of each row, where it has no unit of its own."""
    measure_of: str = ""
    """The column that says what each row measures."""

    def unit_in(self, row: Mapping[str, Any]) -> str:
        return str(row.get(self.unit_of) or "") if self.unit_of else self.unit


def order_columns(orders: pl.DataFrame) -> tuple[Shown, ...]:
    """Number and line of open orders; none where no number is known."""
    named = bool(orders["order_id"].is_not_null().any())
    return (Shown("order_id", "Order"), Shown("line", "Line")) if named else ()


@dataclass(frozen=True)
class Listing:
    """Rows that were found, best first; ``total`` counts those there are."""

    name: str
    title: str
    columns: tuple[Shown, ...]
    rows: tuple[dict[str, Any], ...]
    total: int
    key: tuple[str, ...] = ()
    """Columns that name a row."""
    of_too: tuple[str, ...] = ()
    """Columns beside the key whose names the figures of a row are of: the supplier of an order."""

    @classmethod
    def of(
        cls, name: str, title: str, columns: Sequence[Shown], frame: pl.DataFrame, total: int, *, key: Sequence[str],
        of_too: Sequence[str] = (),
    ) -> Listing:  # fmt: skip
        return cls(name, title, tuple(columns), tuple(frame.to_dicts()), total, tuple(key), tuple(of_too))

    def told_name(self, row: Mapping[str, Any]) -> str:
        """The same as a sentence has it: in quotes where a name could be read as something else."""
        return " at ".join(quoted(str(row[column])) for column in self.key if row.get(column) not in (None, ""))

    def row_name(self, row: Mapping[str, Any]) -> str:
        """``P-1042 at HUB``."""
        return " at ".join(str(row[column]) for column in self.key if row.get(column) not in (None, ""))

    def facts(self, source: str) -> tuple[Fact, ...]:
        """A fact for every cell, with the limits of its row; ids are ``name[row].column``."""
        found = []
        for row in self.rows:
            named = (*self.key, *self.of_too)
            about = {
                TEXT if name == "title" else kind: str(row[name])
                for name, kind in KINDS.items() if name in named and row.get(name) and kind != LINE  # its order says it
            }  # fmt: skip
            for whose in ("subject", "entity"):
                if row.get(f"{whose}_kind") and row.get(f"{whose}_id"):
                    about[str(row[f"{whose}_kind"])] = str(row[f"{whose}_id"])
            for column in self.columns:
                value = row.get(column.name) if column.fact else None
                if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
                    continue
                id_ = f"{self.name}[{self.row_name(row)}].{column.name}"
                low, high = (row.get(f"{column.name}_{side}") for side in ("low", "high"))
                unit = column.unit_in(row) or KINDS.get(column.name, TEXT if isinstance(value, str) else "")
                shown = "" if isinstance(value, str) else written(value, unit, low, high)
                measure, period = MEASURES.get(column.name, ("", ""))
                if column.measure_of:
                    measure = str(row[column.measure_of]).replace(" ", "_")
                change = (column.name.endswith("_change") or column.name in SIGNED) and not isinstance(value, str)
                found.append(
                    Fact(id_, _told(value), unit, low, high, f"{source}.{column.name}", about, measure, period,
                         direction=(value > 0) - (value < 0) if change else 0, shown=shown)
                )  # fmt: skip
        return tuple(found)

    def document(self) -> dict[str, Any]:
        """As JSON: columns with units, and the rows."""
        names = [column.name for column in self.columns]
        limits = [f"{name}_{side}" for name in names for side in ("low", "high")]
        return {
            "name": self.name,
            "title": self.title,
            "columns": [asdict(column) for column in self.columns],
            "rows": [
                {name: _told(row[name]) for name in (*names, *limits) if row.get(name) is not None} for row in self.rows
            ],
            "total": self.total,
        }


@dataclass(frozen=True)
class Findings:
    """What one call found. ``sentences`` say it plainly, ``expert`` all there is to say, in place of them."""

    sentences: tuple[str, ...]
    facts: tuple[Fact, ...]
    expert: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    figures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)
    """Drawn when somebody wants to see them; one that lacks data says so itself."""
    subject: Subject = field(default_factory=lambda: Subject("twin"))

    @classmethod
    def told(cls, plain: Narrative, expert: Narrative, subject: Subject, *more: Narrative, **others: Any) -> Findings:
        """The narrative of the explainer at its two levels, and what else is said to an expert."""
        facts = [*plain.facts, *expert.facts]
        said = list(expert.sentences)
        for number, each in enumerate(more, start=1):
            said += each.sentences
            facts += [replace(fact, id=f"more{number}.{fact.id}") for fact in each.facts]
        return cls(plain.sentences, _apart(facts), tuple(dict.fromkeys(said)), subject=subject, **others)

    def at(self, level: str) -> tuple[str, ...]:
        """The sentences of a level."""
        return self.expert if level == "expert" and self.expert else self.sentences

    def marked(self, mark: str) -> Findings:
        """The same with ``mark`` before the id of each fact, so that facts of several calls stay apart."""
        return replace(self, facts=tuple(replace(fact, id=f"{mark}.{fact.id}") for fact in self.facts))


def _apart(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Facts of one id only: of a figure told at both levels, the one with more digits shown."""
    best: dict[str, Fact] = {}
    for fact in facts:
        if fact.id not in best or len(fact.shown) > len(best[fact.id].shown):
            best[fact.id] = fact
    return tuple(best.values())


def listed(
    listing: Listing, source: str, subject: Subject, sentences: Sequence[str], facts: Sequence[Fact] = (), **others: Any
) -> Findings:
    """Findings of a table: its cells are facts beside those of the sentences."""
    every = (*facts, *listing.facts(source))
    return Findings(tuple(sentences), every, listings=(listing,), subject=subject, **others)


def written(value: Any, unit: str = "", low: float | None = None, high: float | None = None) -> str:
    """A value as people read it, with its unit and its interval."""
    if value is None or value == "":
        return numbers.EMPTY
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(_told(value))
    if unit == SHARE:
        return numbers.percent_interval(float(value), low, high)
    if unit == POINTS:
        if low is None or high is None:
            return f"{numbers.digits(100.0 * value, 2)} percentage points"
        return numbers.measured(100.0 * value, 100.0 * low, 100.0 * high, "percentage points")
    if unit == PIECES:
        return numbers.interval(float(value), low, high, "piece" if value == 1 else "pieces")
    unit = "piece-days" if unit == WAITING else unit
    if low is not None and high is not None:
        return numbers.measured(float(value), low, high, unit)
    if isinstance(value, int):
        return f"{numbers.whole(value)} {unit}".strip()
    return f"{numbers.digits(float(value))} {unit}".strip()


def cell(row: Mapping[str, Any], column: str, unit: str = "") -> str:
    """A column of a row as people read it, with its interval where the row has one."""
    return written(row.get(column), unit, row.get(f"{column}_low"), row.get(f"{column}_high"))


def _told(value: Any) -> float | str | None:
    """A value as a fact holds it. Texts of the twin are data: on one line, and no longer than a name."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).split())[:LONGEST_NAME]


def told_rows(
    rows: Sequence[dict[str, Any]],
    name: Callable[[dict[str, Any]], str],
    tell: Callable[[dict[str, Any], bool], Narrative],
) -> Findings:
    """Rows told one after the other at both levels, each in one line; facts go by the name of their row.

    tell
        The narrative of a row, and whether it is for an expert.
    """
    every = [(row, Findings.told(tell(row, False), tell(row, True), Subject("twin"))) for row in rows]
    every = [(row, one) for row, one in every if one.sentences]
    facts = [
        replace(fact, id=f"{name(row)}.{fact.id}")
        for row, one in every for fact in one.facts
    ]  # fmt: skip
    plain, expert = (tuple(" ".join(one.at(level)) for _, one in every) for level in ("plain", "expert"))
    return Findings(plain, tuple(facts), expert)
