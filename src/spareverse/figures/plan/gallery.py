"""Every figure of a plan and of a back-test by its name, for pages, REST and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from spareverse.errors import Problem, UsageError
from spareverse.figures.figure import Figure
from spareverse.figures.plan.contenders import contender_curves, equal_fill_rate, money_against_company
from spareverse.figures.plan.curve import plan_curve
from spareverse.figures.plan.models import model_shares
from spareverse.figures.plan.reliability import reliability

PLAN_FIGURES = ("plan-curve", "models")
BACKTEST_FIGURES = ("reliability", "contenders", "equal-fill-rate", "money")


def plan_figure(name: str, document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> Figure:
    """A figure of a plan: tables ``curve`` and ``demand`` (PLAN_CURVE, DEMAND_RESULTS); UsageError for another name."""
    summary, limited = document["summary"], bool(document.get("wish", {}).get("limits"))
    currency, partly = str(summary["currency"]), bool((summary.get("without_rule") or {}).get("parts"))
    drawings: dict[str, Callable[[], Figure]] = {
        "plan-curve": lambda: plan_curve(tables["curve"], currency, partly=partly, limited=limited),
        "models": lambda: model_shares(tables["demand"]),
    }
    return _drawn(name, drawings, "plan")


def backtest_figure(name: str, document: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> Figure:
    """A figure of a back-test: tables ``results`` and ``equal`` (BACKTEST_RESULTS, BACKTEST_EQUAL)."""
    currency = str(document["currency"])
    drawings: dict[str, Callable[[], Figure]] = {
        "reliability": lambda: reliability(tables["results"]),
        "contenders": lambda: contender_curves(tables["results"], currency),
        "equal-fill-rate": lambda: equal_fill_rate(tables["equal"], currency),
        "money": lambda: money_against_company(tables["results"], currency),
    }
    return _drawn(name, drawings, "back-test")


def _drawn(name: str, drawings: Mapping[str, Callable[[], Figure]], of: str) -> Figure:
    if name not in drawings:
        problem = Problem("unknown figure", f"Use one of {', '.join(drawings)}.", value=name)
        raise UsageError(f"There is no figure {name!r} of a {of}.", [problem])
    return drawings[name]()
