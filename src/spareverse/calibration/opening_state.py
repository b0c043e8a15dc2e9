"""The state a network starts from: stock rules, stock on hand, orders under way, customers who wait."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from spareverse.calibration.demands_from_history import grouped
from spareverse.calibration.law_texts import residual_texts, weibull_of
from spareverse.calibration.points_from_history import NO_SUPPLIER, Recorded
from spareverse.calibration.sources_from_history import KEY, Sources
from spareverse.network.components import ORDER_LINE

POINT = ("part_id", "place_id")
NAMED = tuple(column.name for column in ORDER_LINE)
LEAST_RATIO, MOST_RATIO = 0.25, 4.0
"""How far a line's own promise moves its expected lead time."""
_OPTIONAL = pl.DataFrame(
    schema={"part_id": pl.String, "place_id": pl.String, "reorder_point": pl.Float64, "order_quantity": pl.Float64}
)


@dataclass(frozen=True)
class Opening:
    """Tables of a network."""

    stock: pl.DataFrame
    orders: pl.DataFrame
    backorders: pl.DataFrame
    notices: tuple[str, ...]


def opening_of(
    known: Recorded, sources: Sources, plan: pl.DataFrame | None = None, analysis: pl.DataFrame | None = None
) -> Opening:
    """Rules of the company, else of ``plan`` (schema PLAN), else of ``analysis`` (PART_RESULTS), else on demand."""
    stock, said = _stock(known, sources, _rules(plan, None), _rules(analysis, "optimal_cover"))
    orders, more = _orders(known, sources)
    backorders, waiting = _backorders(known)
    return Opening(stock, orders, backorders, (*said, *more, *waiting))


def _rules(frame: pl.DataFrame | None, point: str | None) -> pl.DataFrame:
    """part_id, place_id, reorder_point, order_quantity of a result, places as the record writes them."""
    if frame is None:
        return _OPTIONAL
    return frame.select(
        "part_id",
        pl.col("place_id").fill_null(""),
        pl.col(point or "reorder_point").cast(pl.Float64).alias("reorder_point"),
        pl.col("order_quantity").cast(pl.Float64),
    ).drop_nulls()


def _stock(
    known: Recorded, sources: Sources, plan: pl.DataFrame, analysis: pl.DataFrame
) -> tuple[pl.DataFrame, list[str]]:
    """The table of stock, one row per point, and whose rules they are."""
    recorded_place = known.data.items.select("item", pl.col("place_id").alias("recorded_place"))
    points = known.points.join(recorded_place, on="item", how="left", maintain_order="left")
    key = {"left_on": ["part_id", "recorded_place"], "right_on": list(POINT), "how": "left", "maintain_order": "left"}
    own = pl.col("current_reorder_point").is_not_null()
    for name, rules in (("planned", plan), ("optimal", analysis)):
        named = rules.rename({"reorder_point": f"{name}_point", "order_quantity": f"{name}_quantity"})
        points = points.join(named, **key)  # type: ignore[arg-type]
    origin = (
        pl.when(own).then(pl.lit("company")).when(pl.col("planned_point").is_not_null()).then(pl.lit("plan"))
        .when(pl.col("optimal_point").is_not_null()).then(pl.lit("analysis")).otherwise(pl.lit("none"))
    )  # fmt: skip
    several = sources.sourcing.filter(pl.col("rank") == 2).select(POINT).with_columns(pl.lit("share").alias("rule"))
    point = pl.coalesce("current_reorder_point", "planned_point", "optimal_point", pl.lit(-1.0)).floor()
    quantity = (
        pl.when(own).then(pl.col("current_order_quantity"))
        .otherwise(pl.coalesce("planned_quantity", "optimal_quantity")).fill_null(1.0).ceil().clip(lower_bound=1.0)
    )  # fmt: skip
    ruled = points.with_columns(origin.alias("origin"), point.alias("point"), quantity.alias("quantity")).join(
        several, on=POINT, how="left", maintain_order="left"
    )
    fills_up = own & pl.col("current_fills_up").fill_null(value=False)
    on_demand = pl.col("point") < 0
    stock = ruled.select(
        *POINT,
        pl.when(on_demand).then(pl.lit("on_demand")).when(fills_up).then(pl.lit("order_up_to"))
        .otherwise(pl.lit("reorder_point")).alias("policy"),
        pl.col("point").clip(lower_bound=0).cast(pl.Int64).alias("reorder_point"),
        pl.when(on_demand).then(1).otherwise("quantity").cast(pl.Int64).alias("order_quantity"),
        pl.when(fills_up & ~on_demand).then(pl.col("point") + pl.col("quantity")).cast(pl.Int64).alias("order_up_to"),
        pl.col("rule").fill_null("first").alias("sourcing_rule"),
        pl.col("on_hand").clip(lower_bound=0).round().cast(pl.Int64).alias("initial_stock"),
        pl.col("stock_out_cost").fill_null(0.0).round_sig_figs(5).alias("waiting_cost_per_piece_day"),
    )  # fmt: skip
    relays = sources.relays.with_columns(
        pl.lit("on_demand").alias("policy"), pl.lit(0, pl.Int64).alias("initial_stock")
    )
    return pl.concat([stock, relays], how="diagonal"), _stock_notices(ruled)


def _stock_notices(ruled: pl.DataFrame) -> list[str]:
    """Whose rules hold, and where the stock is not known, each with its share of the demand."""
    total = max(float(ruled["per_year"].sum()), 1e-9)
    texts = {
        "company": "stock points follow the company's own rule",
        "plan": "stock points without a rule follow the plan",
        "analysis": "stock points without a rule have the optimum of the analysis",
        "none": "stock points have no rule and no plan: they are bought on demand",
    }
    counted = {
        row["origin"]: row for row in ruled.group_by("origin").agg(pl.len(), pl.col("per_year").sum()).to_dicts()
    }
    said = [
        f"{counted[name]['len']:,} {text} ({counted[name]['per_year'] / total:.0%} of the demand)."
        for name, text in texts.items()
        if name in counted
    ]
    said.append(
        "Orders are placed as soon as a rule asks for them: who orders on fixed days places fewer and serves later."
    )
    unknown = ruled.filter(pl.col("on_hand").is_null())
    if unknown.height:
        said.append(
            f"{unknown.height:,} stock points have no stock in the record: they start as their rule would have it "
            f"({float(unknown['per_year'].sum()) / total:.0%} of the demand)."
        )
    return said


def _orders(known: Recorded, sources: Sources) -> tuple[pl.DataFrame, list[str]]:
    """Orders under way, each with the law of the days it still takes given its age and its promise."""
    open_lines = known.bought.filter(pl.col("received_on").is_null())
    spoiled = open_lines.filter(pl.col("flag").is_not_null())
    rest = pl.col("quantity") - pl.col("received_quantity").fill_null(0.0)
    lines = (
        open_lines.filter(pl.col("flag").is_null())
        .with_columns(pl.col("supplier_id").fill_null(NO_SUPPLIER).alias("source_id"), rest.alias("quantity"))
        .filter(pl.col("quantity") >= 0.5)
        .select(*KEY, *NAMED, "quantity", "ordered_on", "promised_on")
    )
    missing = _not_in_lines(known, lines, sources)
    rows = pl.concat([lines, missing], how="diagonal").join(sources.lead_times, on=KEY, how="left")
    usual = known.points.select(*POINT, "expected_lead_time_days").unique(POINT)
    typical = (float(sources.lead_times["mean"].median() or 30.0), float(sources.lead_times["sd"].median() or 10.0))  # type: ignore[arg-type]
    promised = (pl.col("promised_on") - pl.col("ordered_on")).dt.total_days()
    ratio = pl.when(promised > 0).then((promised / pl.col("expected_lead_time_days")).clip(LEAST_RATIO, MOST_RATIO))
    rows = rows.join(usual, on=POINT, how="left", maintain_order="left").with_columns(
        pl.col("mean").fill_null(typical[0]),
        pl.col("sd").fill_null(typical[1]),
        ratio.fill_null(1.0).fill_nan(1.0).alias("ratio"),
        (pl.lit(known.start) - pl.col("ordered_on")).dt.total_days().cast(pl.Float64).fill_null(0.0).alias("age"),
    )
    shape, scale = weibull_of(rows["mean"].to_numpy(), rows["sd"].clip(lower_bound=1e-3).to_numpy())
    due = residual_texts(shape, scale * rows["ratio"].to_numpy(), rows["age"].to_numpy())
    orders = rows.select(
        *KEY,
        *NAMED,
        pl.col("quantity").round().cast(pl.Int64),
        pl.col("age").alias("ordered_days_ago"),
        due.alias("due_in"),
    ).sort(KEY)
    return orders, _order_notices(known, orders, lines, missing, spoiled)


def _not_in_lines(known: Recorded, lines: pl.DataFrame, sources: Sources) -> pl.DataFrame:
    """Pieces that the stock table has on order and no open line explains."""
    explained = lines.group_by(POINT).agg(pl.col("quantity").sum().alias("explained"))
    first = sources.sourcing.filter(pl.col("rank") == 1).select(KEY)
    more = pl.col("on_order") - pl.col("explained").fill_null(0.0)
    return (
        known.points.select(*POINT, "on_order")
        .join(explained, on=POINT, how="left")
        .join(first, on=POINT, how="left")
        .with_columns(more.alias("quantity"))
        .filter(pl.col("quantity") >= 0.5)
        .select(*KEY, "quantity")
    )


def _order_notices(
    known: Recorded, orders: pl.DataFrame, lines: pl.DataFrame, missing: pl.DataFrame, spoiled: pl.DataFrame
) -> list[str]:
    said = []
    if orders.height:
        said.append(
            f"{orders.height:,} orders ({orders['quantity'].sum():,} pieces) are under way on {known.start}. What is "
            "left of their lead times is drawn given their age, longer or shorter as their promise is than usual."
        )
    undated = int(lines["promised_on"].is_null().sum())
    counted = (
        (undated, None, "of these have no promise: only their age is known"),
        (missing.height, missing["quantity"].sum(), ("stock points have more on order than open lines explain: the "
         "rest is taken as ordered on the first day")),
        (spoiled.height, spoiled["quantity"].sum(), ("open lines are not believed (open for years, or contradicting "
         "dates) and left out")),
    )  # fmt: skip
    for count, pieces, text in counted:
        amount = f" ({pieces:,.0f} pieces)" if pieces is not None else ""
        if count:
            said.append(f"{count:,} {text}{amount}.")
    return said


def _backorders(known: Recorded) -> tuple[pl.DataFrame, list[str]]:
    """Customers who wait: as many pieces as the stock table owes, of the newest lines not yet delivered."""
    schema = {**dict.fromkeys((*POINT, "customer_id"), pl.String), "quantity": pl.Int64, "waiting_days": pl.Float64}
    owed = known.points.filter(pl.col("backordered") >= 0.5).select(*POINT, "backordered")
    if owed.is_empty():
        return pl.DataFrame(schema=schema), []
    days = (pl.lit(known.start) - pl.col("ordered_on")).dt.total_days().cast(pl.Float64)
    waiting = (
        grouped(known.sold).filter(pl.col("delivered_on").is_null()).join(owed, on=POINT)
        .sort("ordered_on", descending=True)
    )  # fmt: skip
    # Served in turn, so what is still owed belongs to the newest lines.
    before = pl.col("quantity").cum_sum().over(POINT) - pl.col("quantity")
    found = (
        waiting.with_columns(pl.min_horizontal("quantity", pl.col("backordered") - before).alias("taken"))
        .filter(pl.col("taken") >= 0.5)
        .select(
            *POINT, pl.col("group").alias("customer_id"), pl.col("taken").alias("quantity"), days.alias("waiting_days")
        )
    )
    rest = (
        owed.join(found.group_by(POINT).agg(pl.col("quantity").sum().alias("found")), on=POINT, how="left")
        .with_columns((pl.col("backordered") - pl.col("found").fill_null(0.0)).alias("quantity"))
        .filter(pl.col("quantity") >= 0.5)
        .select(*POINT, pl.lit(None, pl.String).alias("customer_id"), "quantity", pl.lit(0.0).alias("waiting_days"))
    )
    both = pl.concat([found, rest]).with_columns(pl.col("quantity").round().cast(pl.Int64)).sort(*POINT, "waiting_days")
    said = [f"{both['quantity'].sum():,} pieces are owed to customers on {known.start} ({both.height:,} demands)."]
    if rest.height:
        said.append(
            f"{rest['quantity'].sum():,.0f} of them belong to no open sales line: nobody in particular waits for them, "
            "since the first day."
        )
    return both, said
