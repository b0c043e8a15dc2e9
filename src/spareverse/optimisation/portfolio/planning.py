"""From what is known of the parts to the problem of planning them: quantities, floors, ceilings, decisions, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.errors import InputRejected, Problem
from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import POLICY_KEY
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.last_orders import is_ended
from spareverse.optimisation.portfolio.order_quantities import order_quantities, quantity_options
from spareverse.optimisation.portfolio.plan_rows import curve_table, plan_table
from spareverse.optimisation.portfolio.problem import FREE, UNBOUNDED, PortfolioProblem
from spareverse.optimisation.portfolio.supersession import is_superseded
from spareverse.optimisation.portfolio.wanted_limits import Limit, bounded

__all__ = ["Limit", "curve_table", "make_problem", "plan_table"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def make_problem(
    data: PlanningData,
    models: DemandModels,
    *,
    floors: Mapping[str, int] | None = None,
    weights: Mapping[str, float] | None = None,
    decisions: pl.DataFrame | None = None,
    limits: Sequence[Limit] = (),
    price_breaks: pl.DataFrame | None = None,
    installed_assets: float = 0.0,
) -> PortfolioProblem:
    """The portfolio problem of all items.

    floors, weights
        Per criticality class: pieces that are kept at least, and what a demand line counts.
    decisions
        Planners' own figures: part_id, place_id, override_reorder_point; empty = free.
    limits
        On groups of parts, or on each part of a group.
    price_breaks
        item, from_quantity, unit_cost: prices that fall with the quantity ordered.

    Superseded parts, and those that can be ordered or are needed no more, are not bought again, unless a planner
    decided so, and count nothing. InputRejected with all that cannot be used.
    """
    problems = [
        *_unknown_classes(data, "floors", floors or {}),
        *_unknown_classes(data, "weights", weights or {}),
        *_wrong_numbers("floors", floors or {}),
        *_wrong_numbers("weights", weights or {}),
    ]
    fixed = _decided(data, decisions, problems)
    law = models.law
    pieces_a_year = law.lines_a_year * law.line_mean
    gone = is_superseded(data) | is_ended(data)
    floor = _per_class(data, floors or {}, 0.0).astype(np.int64) - 1
    problem = PortfolioProblem(
        demand=law,
        unit_cost=data.items["unit_cost"].to_numpy(),
        order_quantity=order_quantities(data, pieces_a_year),
        weight=np.where(gone, 0.0, _per_class(data, weights or {}, 1.0)),
        least=np.where(gone, -1, floor),
        most=np.where(gone, -1, UNBOUNDED),
        fixed=fixed,
        volume=data.items["volume_m3"].fill_null(0.0).clip(lower_bound=0.0).to_numpy(),
        installed_assets=installed_assets,
    )
    if price_breaks is not None:
        problem = replace(problem, order_options=quantity_options(data, pieces_a_year, price_breaks))
    limited = bounded(data, models, limits, problem, problems)
    if problems:
        raise InputRejected("The plan cannot be made with these wishes.", problems)
    return limited


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
