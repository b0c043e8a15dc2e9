"""What limits, price lists, substitutes and last orders of a twin make of its plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from spareverse.errors import NotEnoughData, UsageError
from spareverse.history.planning_data import PlanningData
from spareverse.network.tables import TABLES
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.last_orders import day_of_plan, ended_notice, last_orders
from spareverse.optimisation.portfolio.frontier import Frontier
from spareverse.optimisation.portfolio.limit_table import limit_table
from spareverse.optimisation.portfolio.price_lists import Priced, with_price_list
from spareverse.optimisation.portfolio.problem import PlanPoint
from spareverse.optimisation.portfolio.substitution import with_substitutes
from spareverse.optimisation.portfolio.supersession import with_demand_moved
from spareverse.optimisation.portfolio.wanted_limits import Limit, limits_given, limits_of, without_volume

Limits = Sequence[Limit | Mapping[str, Any]] | None
"""Limits of a call; None: those of the imported table."""


def wished_limits(given: Limits, table: pl.DataFrame) -> tuple[Limit, ...]:
    """The limits a plan keeps to: those of the call, else those of the declared table. InputRejected for no limits."""
    return limits_of(table) if given is None else limits_given(given)


def as_bought(tables: Mapping[str, pl.DataFrame], known: PlanningData) -> Priced:
    """Items at list prices, with the demand of superseded and substituted parts where it is planned."""
    breaks, substitutes = (
        tables[name] if name in tables else TABLES[name].empty() for name in ("price_breaks", "substitutes")
    )
    listed = with_price_list(known, breaks)
    data = with_demand_moved(with_substitutes(listed.data, substitutes, day_of_plan(known)))
    return Priced(data, listed.breaks)


def limit_notices(
    data: PlanningData, models: DemandModels, frontier: Frontier, limits: Sequence[Limit]
) -> tuple[str, ...]:
    """What the reader of a plan should know of its limits."""
    apart = "The curve, and plans of other budgets along it, leave the limits aside; the plan itself keeps them."
    return (
        *ended_notice(data),
        *without_volume(data, models, limits),
        *(() if frontier.keeps_limits else (apart,)),
    )


def not_proved(fit_until: date, error: UsageError) -> NotEnoughData:
    """Why a plan cannot be proved whose limits nothing kept on the earlier history."""
    message = f"As of {fit_until} no plan keeps the limits, so this one cannot be proved. {error.message}"
    return NotEnoughData(message, error.problems)


def limit_tables(
    data: PlanningData,
    models: DemandModels,
    frontier: Frontier,
    point: PlanPoint,
    limits: Sequence[Limit],
    currency: str,
) -> dict[str, pl.DataFrame]:
    """Tables a plan is kept with: ``limits`` (schema PLAN_LIMITS) and ``last_orders`` (LAST_ORDERS)."""
    return {
        "limits": limit_table(data, models, frontier, point, limits, currency),
        "last_orders": last_orders(data, models),
    }
