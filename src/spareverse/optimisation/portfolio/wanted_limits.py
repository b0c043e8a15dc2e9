"""Limits as people write them, in a table or a call, and the parts of a portfolio they hold for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import InputRejected, Problem
from spareverse.history.planning_data import PlanningData
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.portfolio.ceilings import with_small_orders
from spareverse.optimisation.portfolio.problem import FREE, UNBOUNDED, GroupLimit, PortfolioProblem

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LimitKind = Literal["fill_rate", "stock_value", "volume", "pieces", "floor", "ceiling"]
KINDS: tuple[LimitKind, ...] = get_args(LimitKind)
EACH: tuple[LimitKind, ...] = ("floor", "ceiling")
"""Kinds that hold for every part of the group by itself."""
GROUP_COLUMNS = (
    "part_id", "place_id", "category", "criticality", "supplier_id", "planner", "contract", "demand_class",
)  # fmt: skip
_COLUMN = {"all": "", "part": "part_id", "place": "place_id", "supplier": "supplier_id"}
"""Group of the declared table -> column of the items, where they differ."""
MOST_NAMED = 20


@dataclass(frozen=True)
class Limit:
    """A limit on all parts whose ``column`` holds ``value``."""

    kind: LimitKind
    bound: float
    """``fill_rate``: share of demand lines met at least; ``stock_value`` [currency], ``volume`` [m3], ``pieces``: mean
    stock on hand at most; ``floor``: pieces that each part keeps at least; ``ceiling``: reorder point plus order
    quantity of each part at most."""
    column: str = ""
    """One of ``GROUP_COLUMNS``; empty: all parts."""
    value: str = ""
    file: str = field(default="", compare=False)
    row: int | None = field(default=None, compare=False)
    """Where it was written."""
    comment: str = field(default="", compare=False)
    """Why there is this limit, in the words of who set it."""

    @property
    def name(self) -> str:
        """Such as ``fill rate of criticality A``."""
        measure = str(self.kind).replace("_", " ")
        group = self.column.removesuffix("_id").replace("_", " ")
        return f"{measure} of {group} {self.value}" if group else f"{measure} of all parts"

    def problem(self, reason: str, remedy: str, value: str | None = None) -> Problem:
        """What is wrong with it, and where it stands."""
        return Problem(reason, remedy, self.file or None, self.row, f"limits.{self.name}", value)


def limits_of(table: pl.DataFrame) -> tuple[Limit, ...]:
    """The limits of the declared table ``limits``; a row with both bounds is two."""
    found = []
    for row in table.iter_rows(named=True):
        column = _COLUMN.get(row["group"], row["group"])
        each = row["measure"] == "pieces_each"
        for bound, of_each in zip((row["at_least"], row["at_most"]), EACH, strict=True):
            if bound is not None:
                kind: LimitKind = of_each if each else row["measure"]
                written = (row.get("file") or "", row.get("row"), row.get("comment") or "")
                found.append(Limit(kind, bound, column, row["value"] or "", *written))
    return tuple(found)


def limits_given(given: Sequence[Limit | Mapping[str, Any]]) -> tuple[Limit, ...]:
    """Limits of a call, as ``Limit`` or as its fields. InputRejected names all that are neither."""
    names = {each.name for each in fields(Limit)}
    problems, found = [], []
    for number, limit in enumerate(given):
        if isinstance(limit, Limit):
            found.append(limit)
        elif {"kind", "bound"} <= set(limit) <= names:
            found.append(Limit(**limit))
        else:
            remedy = "Give kind and bound, and column and value of the group."
            problems.append(Problem("this is no limit", remedy, column=f"limits.{number}", value=str(dict(limit))))
    if problems:
        raise InputRejected("Some limits cannot be read.", problems)
    return tuple(found)


def wrong_limits(limits: Sequence[Limit]) -> list[Problem]:
    """What is wrong with limits whatever the parts are."""
    problems = []
    for limit in limits:
        if limit.kind not in KINDS:
            problems.append(limit.problem("there is no such kind of limit", f"Known: {', '.join(KINDS)}.", limit.kind))
        if limit.column and limit.column not in GROUP_COLUMNS:
            remedy = f"Known: {', '.join(GROUP_COLUMNS)}."
            problems.append(limit.problem("parts are not grouped by this column", remedy, limit.column))
        if not (np.isfinite(limit.bound) and limit.bound >= 0):
            remedy = "Give a plain number."
            problems.append(limit.problem("the bound is not a number from zero up", remedy, f"{limit.bound:g}"))
        elif limit.kind == "fill_rate" and limit.bound > 1:
            problems.append(limit.problem("a fill rate is at most 1", "Write 0.95 for 95 %.", f"{limit.bound:g}"))
    return problems


def members_of(data: PlanningData, models: DemandModels, limit: Limit) -> Integers:
    """Item numbers of a limit."""
    if not limit.column:
        return np.arange(len(data))
    values = models.table["demand_class"] if limit.column == "demand_class" else data.items[limit.column]
    return np.flatnonzero((values.fill_null("") == limit.value).to_numpy())


def bounded(
    data: PlanningData,
    models: DemandModels,
    limits: Sequence[Limit],
    problem: PortfolioProblem,
    problems: list[Problem],
) -> PortfolioProblem:
    """The problem (with its floors and quantities) under limits: of groups, and least and largest of each part.

    Orders of parts with a ceiling become small enough for it. Troubles are added to ``problems``: groups that no part
    is in, minima above maxima.
    """
    wrong = wrong_limits(limits)
    problems += wrong
    least, ceiling = problem.least.copy(), np.full(len(problem), np.inf)
    groups = []
    # a superseded part is not bought again, whatever its floor
    bought = problem.most >= 0
    for limit in () if wrong else limits:
        members = members_of(data, models, limit)
        if not len(members):
            problems.append(limit.problem(f"no part has {limit.column} {limit.value!r}", "Name a group there is."))
        elif limit.kind == "floor":
            held = members[bought[members]]
            least[held] = np.maximum(least[held], int(np.ceil(limit.bound)) - 1)
        elif limit.kind == "ceiling":
            ceiling[members] = np.minimum(ceiling[members], np.floor(limit.bound))
        else:
            groups.append(GroupLimit(limit.name, members, limit.kind, limit.bound, limit.file or None, limit.row))
    fitting = with_small_orders(data, problem, ceiling, least)
    largest = np.maximum.reduceat(fitting.options.quantity, fitting.options.starts[:-1])
    most = np.minimum(problem.most, np.maximum(np.minimum(ceiling, UNBOUNDED).astype(np.int64) - largest, -1))
    contradicting = np.flatnonzero((least > most) & bought & (problem.fixed == FREE))
    problems += _contradictions(data, least, ceiling, largest, contradicting)
    return replace(fitting, least=least, most=np.where(np.isfinite(ceiling), most, problem.most), limits=tuple(groups))


def without_volume(data: PlanningData, models: DemandModels, limits: Sequence[Limit]) -> list[str]:
    """Which limits of volume leave parts out whose room is not known, in sentences."""
    said = []
    for limit in limits:
        if limit.kind == "volume":
            unknown = data.items["volume_m3"].is_null().to_numpy()[members_of(data, models, limit)]
            if unknown.any():
                parts = f"{int(unknown.sum()):,} of its {len(unknown):,} parts"
                said.append(f"Limit on {limit.name}: {parts} have no volume_m3 and take no room in it.")
    return said


def _contradictions(
    data: PlanningData, least: Integers, ceiling: Floats, quantity: Integers, items: Integers
) -> list[Problem]:
    """A minimum above the maximum, part by part; the first few, then how many more."""
    found = []
    for item in items[:MOST_NAMED].tolist():
        part, place = data.items["part_id"][item], data.items["place_id"][item] or ""
        reason = (
            f"keeps at least {least[item] + 1:,} pieces and at most {ceiling[item]:,.0f}, "
            f"and orders are of {quantity[item]:,}"
        )
        remedy = "Lower the minimum, raise the maximum, or order fewer at a time."
        found.append(Problem(reason, remedy, column="limits", value=f"{part} {place}".strip()))
    if len(items) > MOST_NAMED:
        more = f"{len(items) - MOST_NAMED:,} parts more have a minimum above their maximum"
        found.append(Problem(more, column="limits"))
    return found
