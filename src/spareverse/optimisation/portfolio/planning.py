"""From what is known of the parts to the problem of planning them: quantities, floors, ceilings, decisions, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import InputRejected, Problem
from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import POLICY_KEY
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.portfolio.order_quantities import order_quantities, quantity_options
from spareverse.optimisation.portfolio.plan_rows import curve_table, plan_table
from spareverse.optimisation.portfolio.problem import FREE, UNBOUNDED, GroupLimit, PortfolioProblem
from spareverse.optimisation.portfolio.supersession import is_superseded

__all__ = ["Limit", "curve_table", "make_problem", "plan_table"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

GROUP_COLUMNS = ("part_id", "place_id", "category", "criticality", "supplier_id", "planner", "demand_class")


@dataclass(frozen=True)
class Limit:
    """A limit as people write it: on all parts whose ``column`` holds ``value``."""

    kind: Literal["fill_rate", "stock_value", "volume"]
    bound: float
    """At least this fill rate; at most this stock value [currency] or volume."""
    column: str = ""
    """One of ``GROUP_COLUMNS``; empty: all parts."""
    value: str = ""

    @property
    def name(self) -> str:
        measure = {"fill_rate": "fill rate", "stock_value": "stock value", "volume": "volume"}[self.kind]
        return f"{measure} of {self.column} {self.value}" if self.column else f"{measure} of all parts"


def make_problem(
    data: PlanningData,
    models: DemandModels,
    *,
    floors: Mapping[str, int] | None = None,
    weights: Mapping[str, float] | None = None,
    decisions: pl.DataFrame | None = None,
    limits: Sequence[Limit] = (),
    price_breaks: pl.DataFrame | None = None,
    volumes: Mapping[str, float] | None = None,
    installed_assets: float = 0.0,
) -> PortfolioProblem:
    """The portfolio problem of all items.

    floors, weights
        Per criticality class: pieces that are kept at least, and what a demand line counts.
    decisions
        Planners' own figures: part_id, place_id, override_reorder_point; empty = free.
    price_breaks
        part_id, least_quantity, unit_cost: prices that fall with the quantity ordered.
    volumes
        Storage volume of a piece per part.

    Superseded parts are not bought again, unless a planner decided so, and count nothing. InputRejected with all that
    cannot be used.
    """
    problems = [
        *_unknown_classes(data, "floors", floors or {}),
        *_unknown_classes(data, "weights", weights or {}),
        *_wrong_numbers("floors", floors or {}),
        *_wrong_numbers("weights", weights or {}),
        *_wrong_numbers("volumes", volumes or {}),
    ]
    members = {limit.name: _members(data, models, limit, problems) for limit in limits}
    fixed = _decided(data, decisions, problems)
    if problems:
        raise InputRejected("The plan cannot be made with these wishes.", problems)
    law = models.law
    pieces_a_year = law.lines_a_year * law.line_mean
    superseded = is_superseded(data)
    floor = _per_class(data, floors or {}, 0.0).astype(np.int64) - 1
    problem = PortfolioProblem(
        demand=law,
        unit_cost=data.items["unit_cost"].to_numpy(),
        order_quantity=order_quantities(data, pieces_a_year),
        weight=np.where(superseded, 0.0, _per_class(data, weights or {}, 1.0)),
        least=np.where(superseded, -1, floor),
        most=np.where(superseded, -1, UNBOUNDED),
        fixed=fixed,
        volume=_looked_up(data, "part_id", volumes or {}, 0.0),
        limits=tuple(GroupLimit(limit.name, members[limit.name], limit.kind, limit.bound) for limit in limits),
        installed_assets=installed_assets,
    )
    if price_breaks is None:
        return problem
    return replace(problem, order_options=quantity_options(data, pieces_a_year, price_breaks))


def _per_class(data: PlanningData, given: Mapping[str, float], default: float) -> Floats:
    return _looked_up(data, "criticality", given, default)


def _looked_up(data: PlanningData, column: str, given: Mapping[str, float], default: float) -> Floats:
    if not given:
        return np.full(len(data), default)
    found = data.items[column].replace_strict(dict(given), default=default, return_dtype=pl.Float64)
    return found.fill_null(default).to_numpy()


def _unknown_classes(data: PlanningData, name: str, given: Mapping[str, float]) -> list[Problem]:
    known = set(data.items["criticality"].drop_nulls().unique())
    remedy = f"Known: {', '.join(sorted(known)) or 'none'}."
    return [
        Problem("no part has this criticality class", remedy, column=f"{name}.{each}")
        for each in given
        if each not in known
    ]


def _wrong_numbers(name: str, given: Mapping[str, float]) -> list[Problem]:
    return [
        Problem("not a number from zero up", "Give a plain number.", column=f"{name}.{key}", value=str(number))
        for key, number in given.items()
        if not 0.0 <= number < np.inf
    ]


def _members(data: PlanningData, models: DemandModels, limit: Limit, problems: list[Problem]) -> Integers:
    """Item numbers of a limit; troubles are added to ``problems``."""
    column = f"limits.{limit.name}"
    if limit.column and limit.column not in GROUP_COLUMNS:
        remedy = f"Known: {', '.join(GROUP_COLUMNS)}."
        problems.append(Problem("parts are not grouped by this column", remedy, column=column, value=limit.column))
        return np.empty(0, dtype=np.int64)
    if not limit.column:
        return np.arange(len(data))
    values = models.table["demand_class"] if limit.column == "demand_class" else data.items[limit.column]
    found = np.flatnonzero((values.fill_null("") == limit.value).to_numpy())
    if not len(found):
        problems.append(Problem(f"no part has {limit.column} {limit.value!r}", "Name a group there is.", column=column))
    return found


def _decided(data: PlanningData, decisions: pl.DataFrame | None, problems: list[Problem]) -> Integers:
    """[items] the planners' own reorder points, FREE elsewhere."""
    if decisions is None or not decisions.height:
        return np.full(len(data), FREE)
    own = decisions.filter(pl.col("override_reorder_point").is_not_null())
    wrong = own.filter((pl.col("override_reorder_point") < -1) | ~pl.col("override_reorder_point").is_finite())
    problems += [
        Problem(
            "a decided reorder point below -1",
            "-1 means bought when demanded.",
            column="override_reorder_point",
            value=f"{row['part_id']}: {row['override_reorder_point']}",
        )
        for row in wrong.head(20).iter_rows(named=True)
    ]
    keyed = own.select(
        pl.col("part_id"), pl.col("place_id").fill_null(""), pl.col("override_reorder_point").alias("decided")
    ).unique(POLICY_KEY, keep="last")
    places = data.items.select("part_id", pl.col("place_id").fill_null(""))
    found = places.join(keyed, on=POLICY_KEY, how="left", maintain_order="left")["decided"]
    return found.floor().fill_null(FREE).cast(pl.Int64).to_numpy() if not wrong.height else np.full(len(data), FREE)
