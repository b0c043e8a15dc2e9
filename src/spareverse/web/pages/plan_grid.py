"""How the rows of a plan and of a back-test show as grids."""

from __future__ import annotations

from dataclasses import replace

from spareverse.network.plan_list import HEADINGS
from spareverse.service.plan_list import BACKTEST_LIST, PLAN_LIST
from spareverse.web.pages.grid import Look


def plan_look(plan: str) -> Look:
    """The grid of one plan."""
    return replace(_PLAN, rows=f"/api/v1/plans/{plan}/rows", file=f"/files/plans/{plan}/rows.xlsx")


def backtest_look(backtest: str) -> Look:
    """The grid of one back-test."""
    at = f"/api/v1/backtests/{backtest}/parts", f"/files/backtests/{backtest}/parts.xlsx"
    return replace(_BACKTEST, rows=at[0], file=at[1])


_PLAN = Look(
    PLAN_LIST,
    (
        "part_id",
        "place_id",
        "description",
        "current_reorder_point",
        "reorder_point",
        "action",
        "lines_gained",
        "evidence",
        "effect",
        "state",
    ),
    headings=HEADINGS,
    widths={
        "part_id": 96,
        "place_id": 98,
        "description": 96,
        "current_reorder_point": 64,
        "reorder_point": 60,
        "single_part_reorder_point": 76,
        "order_quantity": 90,
        "fill_rate": 138,
        "current_fill_rate": 84,
        "lines_gained": 84,
        "value_change": 96,
        "action": 84,
        "action_pieces": 80,
        "evidence": 76,
        "state": 88,
        "effect": 230,
        "reason": 360,
    },
    ranged=frozenset({"fill_rate"}),
    shares=frozenset({"fill_rate", "current_fill_rate"}),
    signed=frozenset({"change", "lines_gained", "value_change", "action_money"}),
    grows="effect",
    counted={"action": "action_pieces"},
    narrow=frozenset(
        {
            "description",
            "current_reorder_point",
            "reorder_point",
            "action",
            "lines_gained",
            "evidence",
            "effect",
            "state",
        }
    ),
    wrapped=frozenset({"description", "effect", "reason", "remarks"}),
    pinned=frozenset({"state"}),
    levels=frozenset({"current_reorder_point", "reorder_point", "single_part_reorder_point"}),
    digits={
        "lines_gained": 1,
        "lines_a_year": 2,
        "pieces_a_year": 2,
        "expected_backorders": 3,
        "gain_per_money": 3,
    },
)
_BACKTEST = Look(
    BACKTEST_LIST,
    (
        "part_id",
        "place_id",
        "demand_class",
        "reorder_point",
        "company_reorder_point",
        "lines",
        "lines_met",
        "company_lines_met",
        "promised_fill_rate",
        "wait_days",
        "stock_value",
        "value_change",
    ),
    headings={
        "reorder_point": "Plan",
        "company_reorder_point": "Company",
        "lines": "Later",
        "lines_met": "Met by plan",
        "company_lines_met": "Met by company",
        "fill_rate": "Met at once",
        "promised_fill_rate": "Promised",
        "wait_days": "Waited",
        "stock_value": "Stock, plan",
        "company_stock_value": "Stock, company",
        "value_change": "Stock, change",
        "demand_class": "Class",
    },
    widths={
        "part_id": 96,
        "place_id": 88,
        "demand_class": 96,
        "reorder_point": 70,
        "company_reorder_point": 84,
        "lines": 78,
        "lines_met": 78,
        "company_lines_met": 84,
        "promised_fill_rate": 86,
        "wait_days": 76,
        "stock_value": 78,
        "value_change": 78,
    },
    shares=frozenset({"fill_rate", "promised_fill_rate"}),
    signed=frozenset({"lines_gained", "value_change"}),
    narrow=frozenset(
        {
            "company_reorder_point",
            "lines",
            "lines_met",
            "company_lines_met",
            "promised_fill_rate",
            "wait_days",
            "stock_value",
            "value_change",
        }
    ),
    levels=frozenset({"reorder_point", "company_reorder_point"}),
)
