"""A plan as tables: one row per part and place, and the curve it was chosen from."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import PLAN, PLAN_CURVE
from spareverse.optimisation.demand_choice import DemandModels
from spareverse.optimisation.evidence import evidence_grade
from spareverse.optimisation.last_orders import is_ended
from spareverse.optimisation.portfolio.actions import actions, first_actions
from spareverse.optimisation.portfolio.frontier import Frontier
from spareverse.optimisation.portfolio.intervals import curve_limits, fill_limits
from spareverse.optimisation.portfolio.measures import availability
from spareverse.optimisation.portfolio.problem import FREE, Measure, PlanPoint
from spareverse.optimisation.portfolio.single_part import single_part_reorder_points
from spareverse.optimisation.portfolio.steps import BACKORDERS, LINE_FILL, ON_HAND, performance
from spareverse.optimisation.portfolio.supersession import is_superseded, with_replaced_stock
from spareverse.optimisation.portfolio.todays_rule import rule_performance, todays_rule

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

MOST_CURVE_POINTS = 200
BAND_POINTS = 24
"""Points of the curve whose limits are computed; between them they are interpolated."""
ASKED_FOR = 0.8
"""A last step that gains less than this share of the plan's margin is not there for its gain: a limit asks for it."""
ENDED = "It can be ordered or is needed no more: see its last-time buy."
REPLACED = "Replaced: its demand is planned as another part's, its stock is used up."


def plan_table(
    data: PlanningData, models: DemandModels, frontier: Frontier, point: PlanPoint, currency: str
) -> pl.DataFrame:
    """Schema PLAN: today's rule and the plan's, what both do, and what follows for today's stock.

    ``currency`` is that of the unit costs; the reasons name it.
    """
    problem, law = frontier.problem, frontier.problem.demand
    found = performance(law, point.reorder_point, point.order_quantity)
    rule = todays_rule(data)
    known, today = rule.known, rule_performance(rule, law, models.sizes)
    stocked = np.flatnonzero(point.reorder_point >= 0)
    limits = fill_limits(data, models, stocked, point.reorder_point[stocked], point.order_quantity[stocked])
    low, high = np.zeros(len(data)), np.zeros(len(data))
    low[stocked], high[stocked] = limits.low, limits.high
    alone = single_part_reorder_points(
        law,
        problem.order_quantity,
        data.items["holding_cost"].fill_null(0.0).to_numpy(),
        data.items["stock_out_cost"].fill_null(0.0).to_numpy(),
    )
    held = point.unit_cost * found[:, ON_HAND]
    gain, enters = _marginals(frontier, held)
    listed = data.items["on_hand"].is_not_null().any()
    frame = data.items.with_columns(
        pl.lit(listed).alias("listed"),
        # a list of stock names what there is
        pl.col("on_hand").fill_null(pl.lit(0.0 if listed else None, pl.Float64)),
        pl.col("on_hand").is_null().alias("unlisted"),
        pl.Series("unit_cost", point.unit_cost),
        pl.Series("stocked", point.reorder_point >= 0),
        pl.Series("reorder_point", point.reorder_point.astype(np.float64)),
        pl.Series("order_up_to", (point.reorder_point + point.order_quantity).astype(np.float64)),
        pl.Series("order_quantity", point.order_quantity.astype(np.float64)),
        pl.Series("single_part_reorder_point", alone.astype(np.float64)),
        pl.Series("fill_rate", found[:, LINE_FILL]),
        pl.Series("fill_rate_low", np.minimum(low, found[:, LINE_FILL])),
        pl.Series("fill_rate_high", np.maximum(high, found[:, LINE_FILL])),
        _where(known, "current_fill_rate", today[:, LINE_FILL]),
        pl.Series("lines_a_year", law.lines_a_year),
        pl.Series("pieces_a_year", law.lines_a_year * law.line_mean),
        pl.Series("expected_backorders", found[:, BACKORDERS]),
        pl.Series("stock_value", held),
        _where(known, "current_stock_value", problem.unit_cost * today[:, ON_HAND]),
        pl.Series("gain_per_money", gain, nan_to_null=True),
        pl.Series("enters_at", enters, nan_to_null=True),
        models.table["model"].alias("model"),
        models.table["demand_class"].alias("demand_class"),
        models.table["rate_high"].fill_null(0.0).alias("most_pieces_a_year"),
        evidence_grade(pl.col("cycles")).alias("evidence"),
        pl.Series("floor", problem.least),
        pl.Series("decided", problem.fixed != FREE),
        pl.Series("superseded", is_superseded(data)),
        pl.Series("ended", is_ended(data)),
        pl.lit(point.gain_per_money).alias("margin"),
        pl.lit(None, dtype=pl.String).alias("accept"),
        pl.lit(None, dtype=pl.String).alias("comment"),
        pl.Series("override_reorder_point", np.where(problem.fixed == FREE, np.nan, problem.fixed), nan_to_null=True),
    )
    frame = with_replaced_stock(frame, data)
    frame = frame.join(first_actions(actions(frame)), on="item", how="left", maintain_order="left")
    return frame.with_columns(_reason(frontier.measure, currency).alias("reason"), _remarks()).select(
        pl.col(name).cast(kind) for name, kind in PLAN.schema.items()
    )


def curve_table(
    data: PlanningData, models: DemandModels, frontier: Frontier, point: PlanPoint | None = None
) -> pl.DataFrame:
    """Schema PLAN_CURVE: the efficient plans (evenly thinned), today's rules where any are known, the chosen plan.

    Today's point has the plan's figures for parts whose rule is not known, so that it lies on the curve's own basis.
    """
    entries = _thinned(frontier)
    few = entries[np.unique(np.linspace(0, len(entries) - 1, min(BAND_POINTS, len(entries))).round().astype(np.int64))]
    band = curve_limits(data, models, frontier, few)
    low = np.interp(frontier.stock_value[entries], frontier.stock_value[few], band.low)
    high = np.interp(frontier.stock_value[entries], frontier.stock_value[few], band.high)
    curve = pl.DataFrame(
        {
            "point": np.arange(len(entries)),
            "stock_value": frontier.stock_value[entries],
            "fill_rate": frontier.fill_rate[entries],
            "fill_rate_low": np.minimum(low, frontier.fill_rate[entries]),
            "fill_rate_high": np.maximum(high, frontier.fill_rate[entries]),
            "fill_rate_pieces": frontier.fill_rate_pieces[entries],
            "expected_backorders": frontier.expected_backorders[entries],
            "availability": availability(frontier.problem, frontier.expected_backorders[entries]),
            "parts_stocked": frontier.parts_stocked[entries],
            "gain_per_money": frontier.gain_per_money[entries],
        }
    ).with_columns(pl.lit("efficient").alias("kind"))
    others = []
    if data.items["current_reorder_point"].is_not_null().any():
        others.append(("today", _as_today(data, models, frontier, point)))
    if point is not None:
        others.append(("chosen", point))
    rows = [curve, *(_single(frontier, kind, other, curve) for kind, other in others)]
    frame = pl.concat(rows, how="vertical_relaxed")
    numbers = [pl.col(name).fill_nan(None) for name, kind in frame.schema.items() if kind == pl.Float64]
    finite = pl.when(pl.col("gain_per_money").is_finite()).then("gain_per_money").alias("gain_per_money")
    return (
        frame.with_columns(*numbers)
        .with_columns(finite)
        .select(pl.col(name).cast(kind) for name, kind in PLAN_CURVE.schema.items())
    )


def _as_today(data: PlanningData, models: DemandModels, frontier: Frontier, point: PlanPoint | None) -> PlanPoint:
    """Today's rules where they are known, elsewhere the plan's: so both are held against the same parts."""
    rule = todays_rule(data)
    found = rule_performance(rule, frontier.problem.demand, models.sizes)
    if point is None:
        return frontier.evaluate(rule.reorder_point, rule.order_quantity, found)
    planned = performance(frontier.problem.demand, point.reorder_point, point.order_quantity)
    return frontier.evaluate(
        np.where(rule.known, rule.reorder_point, point.reorder_point),
        np.where(rule.known, rule.order_quantity, point.order_quantity),
        np.where(rule.known[:, None], found, planned),
    )


def _single(frontier: Frontier, kind: str, point: PlanPoint, curve: pl.DataFrame) -> pl.DataFrame:
    """One more row of the curve; its limits lie around it as those of the curve at its stock value."""
    value = [point.stock_value]
    along, centre = curve["stock_value"].to_numpy(), curve["fill_rate"].to_numpy()
    below = np.interp(value, along, centre - curve["fill_rate_low"].to_numpy())[0]
    above = np.interp(value, along, curve["fill_rate_high"].to_numpy() - centre)[0]
    return pl.DataFrame(
        {
            "point": [0],
            "stock_value": value,
            "fill_rate": [point.fill_rate],
            "fill_rate_low": [max(0.0, point.fill_rate - below)],
            "fill_rate_high": [min(1.0, point.fill_rate + above)],
            "fill_rate_pieces": [point.fill_rate_pieces],
            "expected_backorders": [point.expected_backorders],
            "availability": [point.availability],
            "parts_stocked": [int((point.reorder_point >= 0).sum())],
            "gain_per_money": [point.gain_per_money],
            "kind": [kind],
        }
    )


def _thinned(frontier: Frontier) -> Integers:
    """Entries evenly spread along the curve, by stock value and by fill rate."""
    half = MOST_CURVE_POINTS // 2
    last = len(frontier) - 1
    spread = [
        np.searchsorted(figure, np.linspace(figure[0], figure[-1], half)).clip(max=last)
        for figure in (frontier.stock_value, np.maximum.accumulate(frontier.gain))
    ]
    return np.unique(np.concatenate([[0, last], *spread]))


def _marginals(frontier: Frontier, held: Floats) -> tuple[Floats, Floats]:
    """[items] gain per money of the last step up to the stock value ``held``; the plan's value that stocks the item."""
    hulls, items = frontier.hulls, len(frontier.problem)
    owner = np.repeat(np.arange(items), np.diff(hulls.starts))
    value = frontier.problem.options.unit_cost[hulls.option] * hulls.performance[:, ON_HAND]
    below = np.bincount(owner, value <= held[owner] * (1.0 + 1e-9), items).astype(np.int64)
    # steps of an item on the curve, in order; those before its start were no choice
    order = np.argsort(frontier.step_item, kind="stable")
    steps = np.bincount(frontier.step_item, minlength=items)
    first = np.cumsum(steps) - steps
    taken = np.minimum(below - 1 - (frontier.base - hulls.starts[:-1]), steps)
    gain, enters = np.full(items, np.nan), np.full(items, np.nan)
    some = taken > 0
    gain[some] = frontier.gain_per_money[1:][order[first[some] + taken[some] - 1]]
    some = steps > 0
    enters[some] = frontier.stock_value[1:][order[first[some]]]
    enters[hulls.reorder_point[frontier.base] >= 0] = frontier.stock_value[0]
    return gain, enters


def _where(known: Booleans, name: str, values: Floats) -> pl.Series:
    return pl.Series(name, np.where(known, values, np.nan), nan_to_null=True)


def _reason(measure: Measure, currency: str) -> pl.Expr:
    """Why the plan holds what it holds, in one sentence."""
    gain = {
        "lines": "one more line a year met at once",
        "pieces": "one more piece a year met at once",
        "backorders": "one piece less owed",
    }
    price, limit = (amount_text(1.0 / pl.col(name)) for name in ("gain_per_money", "margin"))
    alone = pl.format(f"Its last step: {gain[measure]} for {{}} {currency} more in stock", price)
    some = pl.col("margin").is_finite() & (pl.col("margin") > 0)
    paid = (
        pl.when(some & (pl.col("gain_per_money") < ASKED_FOR * pl.col("margin")))
        .then(pl.format(f"; a limit asks for it, else the plan pays up to {{}} {currency}.", limit))
        .when(some)
        .then(pl.format(f"; the plan pays up to {{}} {currency}.", limit))
    )
    return (
        pl.when("ended").then(pl.lit(ENDED))
        .when("superseded").then(pl.lit(REPLACED))
        .when("decided").then(pl.lit("Decided by the planner."))
        .when(pl.col("stocked") & (pl.col("reorder_point") == pl.col("floor")))
        .then(pl.lit("Kept at its floor: more is not worth its money in this plan."))
        .when("stocked").then(pl.concat_str(alone, paid.otherwise(pl.lit("."))))
        .when(pl.col("enters_at").is_null()).then(pl.lit("No stock would meet more of its demand."))
        .otherwise(pl.format(
            f"Not stocked: a plan of {{}} {currency} of stock or more would keep it.", amount_text(pl.col("enters_at"))
        ))
    )  # fmt: skip


def amount_text(amount: pl.Expr) -> pl.Expr:
    """Amounts of money >= 0 in three digits, thousands separated: 0.42, 12.3, 503, 647,000."""
    rounded = amount.round_sig_figs(3)
    whole = rounded.round(0).cast(pl.Int64, strict=False)
    three = [part.cast(pl.String).str.zfill(3) for part in (whole // 1000 % 1000, whole % 1000)]
    return (
        pl.when(rounded < 100)
        .then(rounded.cast(pl.String).str.strip_suffix(".0"))
        .when(whole < 1000)
        .then(whole.cast(pl.String))
        .when(whole < 1_000_000)
        .then(pl.format("{},{}", whole // 1000, three[1]))
        .otherwise(pl.format("{},{},{}", whole // 1_000_000, *three))
    )


def _remarks() -> pl.Expr:
    """The remarks of the inputs, and what the plan adds."""
    least = pl.col("min_order_quantity").fill_null(1.0)
    replaced = pl.col("replaced_stock").round(2).cast(pl.String).str.strip_suffix(".0")
    said = [
        pl.when(pl.col("remarks") != "").then(pl.col("remarks")),
        pl.when((pl.col("floor") >= 0) & ~pl.col("decided")).then(pl.format("floor: {} pieces", pl.col("floor") + 1)),
        pl.when(~pl.col("stocked") & (least > 1)).then(
            pl.format("bought on demand, at least {} pieces at a time", least.ceil().cast(pl.Int64))
        ),
        pl.when(pl.col("replaced_stock") > 0).then(
            pl.format("{} pieces of parts it replaces are used up first", replaced)
        ),
        pl.when("unlisted").then(
            pl.when("listed")
            .then(pl.lit("not in the list of stock: none on hand"))
            .otherwise(pl.lit("today's stock is unknown: nothing to do follows"))
        ),
    ]
    return pl.concat_str(said, separator="; ", ignore_nulls=True).alias("remarks")
