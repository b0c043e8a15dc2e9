"""The grid of all parts of an analysis: its columns, their headings and widths."""

from __future__ import annotations

from spareverse.service.portfolio import PARTS
from spareverse.web.pages.grid import Look

_HEADINGS: dict[str, str] = {
    "description": "Description",
    "evidence": "Evidence",
    "supplier_id": "Supplier",
    "current_cover": "Today",
    "optimal_cover": "Proposed",
    "change": "Change",
    "current_risk": "Risk today",
    "optimal_risk": "Risk proposed",
    "money_at_risk": "Money at risk",
    "saving": "Saving",
    "order_quantity": "Order quantity",
    "late_risk": "Late risk",
    "expected_lead_time_days": "Expected lead time",
    "lead_time_median_days": "Lead time, median",
    "lead_time_mean_days": "Lead time, mean",
    "sales_lines": "Sales lines",
    "purchase_lines": "Purchase lines",
    "stock_value_now": "Stock value by rule",
    "stock_value_proposed": "Stock value proposed",
    "annual_value": "Annual value",
}
_DEFAULT: tuple[str, ...] = (
    "part_id",
    "place_id",
    "description",
    "current_cover",
    "optimal_cover",
    "change",
    "current_risk",
    "optimal_risk",
    "money_at_risk",
    "saving",
    "evidence",
    "order_quantity",
    "supplier_id",
    "expected_lead_time_days",
    "sales_lines",
    "accept",
)
_WIDTHS = {
    "current_risk": 112,
    "optimal_risk": 112,
    "optimal_cover": 116,
    "current_cover": 86,
    "change": 88,
    "money_at_risk": 118,
    "saving": 100,
    "evidence": 100,
    "accept": 100,
}
_SHARES = frozenset(
    column.name
    for column in PARTS.columns.values()
    if any(word in column.name for word in ("risk", "on_time", "share_", "p_value"))
    and column.name not in ("money_at_risk", "risk_step")
    and column.kind == "number"
)
_SHAPES = {name: 2 for name in PARTS.columns if "shape" in name}
PORTFOLIO = Look(
    PARTS,
    _DEFAULT,
    rows="/api/v1/parts",
    file="/files/portfolio.xlsx",
    headings=_HEADINGS,
    widths=_WIDTHS,
    ranged=frozenset({"optimal_cover", "optimal_risk", "current_risk", "late_risk"}),
    shares=_SHARES,
    signed=frozenset({"change"}),
    digits={"order_rate": 3, "late_weight": 3, "early_weight": 3, **_SHAPES},
)
