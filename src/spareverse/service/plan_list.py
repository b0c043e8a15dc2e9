"""The rows of a plan and of a back-test as grids show them, with what was decided on each."""

from __future__ import annotations

import polars as pl

from spareverse.explainer.plan import effect_expression
from spareverse.network.plan_tables import BACKTEST_PARTS, PLAN, POLICY_KEY, PROMISES
from spareverse.network.schema import Column
from spareverse.service.rows import DECISION_COLUMNS, Listing, Rows, View, Where

OPEN, CHANGED, ACCEPTED, REJECTED, OWN, AS_TODAY = (
    "open", "changed since", "accepted", "rejected", "own figure", "as today",
)  # fmt: skip
STATES = (OPEN, CHANGED, ACCEPTED, REJECTED, OWN, AS_TODAY)
TO_DECIDE = f"{OPEN}|{CHANGED}"
DECIDED = f"{ACCEPTED}|{REJECTED}|{OWN}"
_DECIDED_ON = "decided_reorder_point"
_MOST_LINES = ("-lines_gained",)

_DERIVED: tuple[Column, ...] = (
    Column("kind", "text", "What the plan does to today's rule", choices=PROMISES.column("kind").choices),
    Column("change", "number", "Reorder point less today's; empty where today's is unknown", "pieces"),
    Column("lines_gained", "number", "Demand lines a year met at once more than under today's rule", "/year"),
    Column("value_change", "number", "Mean stock on hand at unit cost, less today's", "currency"),
    Column("effect", "text", "What the change does, in words"),
    Column("state", "text", "Where the decision stands", choices=STATES),
    Column(_DECIDED_ON, "number", "Reorder point that was proposed when it was decided", "pieces"),
)
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
        (Where("action", "in", "buy|move"),),
        ("-action_money",),
    ),
    View(
        "surplus",
        "Surplus",
        "Today's stock and orders are more than the plan wants: cut, scrap or watch, most money first",
        (Where("action", "in", "cut|scrap|watch"),),
        ("action_money",),
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
_NOT_SHOWN = {column.name for column in DECISION_COLUMNS}
PLAN_LIST = Listing(
    {
        column.name: column
        for column in (
            *(column for column in PLAN.columns if column.name not in _NOT_SHOWN),
            *_DERIVED,
            *DECISION_COLUMNS,
        )
    },
    {view.name: view for view in _VIEWS},
    ("part_id", "description", "supplier_id", "planner"),
)


class PlanRows(Rows):
    """The rows of one plan with the planners' decisions beside them."""

    def __init__(self, plan: pl.DataFrame, currency: str, decisions: pl.DataFrame | None = None) -> None:
        before = pl.col("current_reorder_point").fill_null(-1.0)
        after = pl.col("reorder_point")
        kind = (
            pl.when((before < 0) & (after >= 0))
            .then(pl.lit("stock"))
            .when((before >= 0) & (after < 0))
            .then(pl.lit("do not stock"))
            .when(after > before)
            .then(pl.lit("raise"))
            .when(after < before)
            .then(pl.lit("lower"))
        )
        more = pl.col("fill_rate") - pl.col("current_fill_rate").fill_null(0.0)
        frame = plan.with_columns(
            pl.col("place_id").fill_null(""),
            kind.alias("kind"),
            (after - pl.col("current_reorder_point")).alias("change"),
            (pl.col("lines_a_year") * more).alias("lines_gained"),
            (pl.col("stock_value") - pl.col("current_stock_value").fill_null(0.0)).alias("value_change"),
            effect_expression(currency),
        )
        super().__init__(PLAN_LIST, frame, decisions)

    def _decided(self, decisions: pl.DataFrame | None) -> pl.DataFrame:
        own = pl.col("override_reorder_point").is_not_null()
        same = pl.col(_DECIDED_ON) == pl.col("reorder_point")
        accepted, rejected = pl.col("accept") == "yes", pl.col("accept") == "no"
        state = (
            pl.when(own & ~rejected.fill_null(value=False))
            .then(pl.lit(OWN))
            .when(accepted & same)
            .then(pl.lit(ACCEPTED))
            .when(rejected & same)
            .then(pl.lit(REJECTED))
            .when(pl.col("kind").is_null())
            .then(pl.lit(AS_TODAY))
            .when(accepted | rejected)
            .then(pl.lit(CHANGED))
            .otherwise(pl.lit(OPEN))
        )
        rows = super()._decided(decisions)
        if decisions is None or decisions.is_empty():
            rows = rows.with_columns(pl.lit(None, pl.Float64).alias(_DECIDED_ON))
        else:
            on = decisions.select(*POLICY_KEY, pl.col("proposed_reorder_point").alias(_DECIDED_ON))
            latest = on.unique(list(POLICY_KEY), keep="last", maintain_order=True)
            rows = rows.join(latest, on=list(POLICY_KEY), how="left", maintain_order="left")
        return rows.with_columns(state.alias("state"))

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
