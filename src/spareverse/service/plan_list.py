"""The rows of a plan and of a back-test as grids show them, with what was decided on each."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from spareverse.network.plan_list import ACCEPTED, CHANGED, OPEN, OWN, REJECTED
from spareverse.network.plan_list import PLAN_LIST as PLAN_LIST_TABLE
from spareverse.network.plan_tables import BACKTEST_PARTS, POLICY_KEY
from spareverse.network.schema import Column
from spareverse.service.rows import Listing, Rows, View, Where
from spareverse.twin.plan_list import described, with_decisions

TO_DECIDE = f"{OPEN}|{CHANGED}"
DECIDED = f"{ACCEPTED}|{REJECTED}|{OWN}"
_MOST_LINES = ("-lines_gained", "-lines_a_year")

_NOT_SMALL = Where("small", "ne", "true")
_VIEWS = (
    View(
        "to_decide",
        "To decide",
        "The plan differs from today's rule and nobody has decided on it, most lines gained first",
        (Where("state", "in", TO_DECIDE),),
        _MOST_LINES,
    ),
    View(
        "enter",
        "Newly stocked",
        "Not kept in stock today, kept by the plan, most lines gained first",
        (Where("kind", "eq", "stock"),),
        _MOST_LINES,
    ),
    View(
        "leave",
        "Dropped",
        "Kept in stock today, bought on demand by the plan, most money freed first",
        (Where("kind", "eq", "do not stock"),),
        ("value_change",),
    ),
    View(
        "buy",
        "Buy or move",
        "Today's stock and orders are short of the plan, most money first",
        (Where("action", "in", "buy|move"), _NOT_SMALL),
        ("-worth",),
    ),
    View(
        "surplus",
        "Surplus",
        "Today's stock and orders are more than the plan wants: cut, scrap or watch, most money first",
        (Where("action", "in", "cut|scrap|watch"), _NOT_SMALL),
        ("action_money", "-worth"),
    ),
    View(
        "never_moved",
        "Never moved",
        "Stocked without any demand so far: the group's chance of demand is worth the money, dearest first",
        (Where("demand_class", "eq", "never moved"), Where("stocked", "eq", "true")),
        ("-stock_value",),
    ),
    View("decided", "Decided", "Accepted, rejected, or with a figure of the planner's own", (
        Where("state", "in", DECIDED),), _MOST_LINES),
    View("all", "All parts", "Every part of the plan, most lines gained first", (), _MOST_LINES),
)  # fmt: skip
PLAN_LIST = Listing(
    {column.name: column for column in PLAN_LIST_TABLE.columns},
    {view.name: view for view in _VIEWS},
    ("part_id", "description", "supplier_id", "planner"),
)


class PlanRows(Rows):
    """The rows of one plan with the planners' decisions beside them."""

    def __init__(
        self, plan: pl.DataFrame, currency: str, decisions: pl.DataFrame | None = None, least_action: float = 0.0
    ) -> None:
        super().__init__(PLAN_LIST, described(plan, currency, least_action), decisions)

    def _decided(self, decisions: pl.DataFrame | None) -> pl.DataFrame:
        return with_decisions(self._rows, decisions)

    def small(self, view: str) -> int:
        """How many actions a view leaves out because they are worth too little."""
        chosen = PLAN_LIST.query(view=view)
        if _NOT_SMALL not in chosen.where:
            return 0
        others = tuple(Where("small", "eq", "true") if where == _NOT_SMALL else where for where in chosen.where)
        return self.count(replace(chosen, where=others))

    def entering(self, budget: float, before: float, most: int = 8) -> tuple[pl.DataFrame, int, pl.DataFrame, int]:
        """Parts that come into stock and that go when the plan's stock value goes from ``before`` to ``budget``.

        The ``most`` parts of each with the most demand, and how many there are. One of the two is always empty.
        """
        low, high = sorted((budget, before))
        moved = self.frame.filter((pl.col("enters_at") > low) & (pl.col("enters_at") <= high))
        shown = moved.top_k(most, by="lines_a_year") if moved.height else moved
        none = moved.clear()
        return (shown, moved.height, none, 0) if budget >= before else (none, 0, shown, moved.height)


BACKTEST_LIST = Listing(
    {
        column.name: column
        for column in (
            *(BACKTEST_PARTS.column(name) for name in (*POLICY_KEY, "demand_class", "lines", "lines_met")),
            Column("fill_rate", "number", "Share of its later lines the plan met at once"),
            *(
                BACKTEST_PARTS.column(name)
                for name in ("promised_fill_rate", "reorder_point", "order_quantity", "wait_days", "stock_value")
            ),
            *(BACKTEST_PARTS.column(name) for name in ("pieces", "pieces_met", "orders")),
            Column("company_reorder_point", "number", "The company's reorder point at the fit", "pieces"),
            Column("company_lines_met", "integer", "Lines the company's rule met at once", "lines"),
            Column("company_stock_value", "number", "Mean stock value under the company's rule", "currency"),
            Column("lines_gained", "integer", "Lines the plan met and the company's rule did not", "lines"),
            Column("value_change", "number", "Mean stock value under the plan, less the company's", "currency"),
        )
    },
    {
        view.name: view
        for view in (
            View("all", "All parts", "Every part replayed, most lines first", (), ("-lines",)),
            View("missed", "Lines missed", "The plan did not meet all of its lines, longest wait first",
                 (Where("wait_days", "gt", "0"),), ("-wait_days",)),
            View("worse", "Worse than the company", "The company's rule met more of its lines",
                 (Where("lines_gained", "lt", "0"),), ("lines_gained",)),
            View("better", "Better than the company", "The plan met more of its lines",
                 (Where("lines_gained", "gt", "0"),), ("-lines_gained",)),
            View("unstocked", "Demanded, not stocked", "The plan kept none, and it was demanded",
                 (Where("reorder_point", "lt", "0"), Where("lines", "gt", "0")), ("-lines",)),
        )
    },
    ("part_id", "place_id"),
)  # fmt: skip


def backtest_rows(parts: pl.DataFrame) -> Rows:
    """The plan's rows of BACKTEST_PARTS with the company's beside them."""
    plan, company = (
        parts.filter(pl.col("policy") == name).with_columns(pl.col("place_id").fill_null(""))
        for name in ("plan", "company")
    )
    beside = company.select(
        *POLICY_KEY, *(pl.col(name).alias(f"company_{name}") for name in ("reorder_point", "lines_met", "stock_value"))
    )
    frame = plan.join(beside, on=list(POLICY_KEY), how="left", maintain_order="left").with_columns(
        pl.when(pl.col("lines") > 0).then(pl.col("lines_met") / pl.col("lines")).alias("fill_rate"),
        (pl.col("lines_met") - pl.col("company_lines_met")).alias("lines_gained"),
        (pl.col("stock_value") - pl.col("company_stock_value")).alias("value_change"),
    )
    return Rows(BACKTEST_LIST, frame)
