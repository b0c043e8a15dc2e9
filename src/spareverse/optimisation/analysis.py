"""From order lines to a stock decision per part: the analysis of a history, as result tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from spareverse.errors import UsageError
from spareverse.history.cycles import reorder_cycles
from spareverse.history.history import History, prepare
from spareverse.history.item_master import (
    prices_paid,
    rules_and_stock,
    with_expected_lead_time,
    with_supplier,
    with_unit_cost,
)
from spareverse.history.measures import demand_measures, purchase_measures
from spareverse.history.planning import with_todays_rule
from spareverse.history.window import Window
from spareverse.jit import Cancel, Progress
from spareverse.network.results import CYCLE_RESULTS, PART_RESULTS
from spareverse.optimisation.costs import CostFile
from spareverse.optimisation.decision import Items, decide
from spareverse.optimisation.evidence import (
    DemandEvidence,
    LeadTimeEvidence,
    demand_evidence,
    evidence_grade,
    lead_time_evidence,
)
from spareverse.optimisation.notes import assumptions, counts, notices
from spareverse.optimisation.paper import paper_estimates
from spareverse.optimisation.ranking import ranked
from spareverse.optimisation.safety_cover import Lateness
from spareverse.optimisation.single_item.eoq import order_quantity_column

Pairs = Literal["all", "positive"]
_OF_TODAY = ("current_risk", "current_risk_low", "current_risk_high", "current_cost")
"""What nothing is claimed of where neither today's rule nor today's stock is known."""


@dataclass(frozen=True)
class Options:
    """How an analysis is made; all of it is recorded with the result."""

    lateness: Lateness = "probability"
    pairs: Pairs = "all"
    receipt: Literal["complete", "first"] = "complete"

    def __post_init__(self) -> None:
        choices = {"lateness": get_args(Lateness), "pairs": get_args(Pairs), "receipt": ("complete", "first")}
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise UsageError(f"{name} is {' or '.join(known)}, not {getattr(self, name)!r}.")


@dataclass(frozen=True)
class Result:
    """Tables with the schemas of ``network.results``, what was assumed, and what a reader should know."""

    parts: pl.DataFrame
    cycles: pl.DataFrame
    suppliers: pl.DataFrame
    lanes: pl.DataFrame
    assumptions: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)


def analyse_history(
    tables: Mapping[str, pl.DataFrame],
    window: Window,
    costs: CostFile,
    options: Options = Options(),
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Result:
    """Everything of models section 1 for all parts: cycles, fits, risks, optimal cover, ranking."""
    say = progress or (lambda _fraction, _what: None)
    say(0.02, "Joining order lines")
    history = prepare(tables, window, options.receipt)
    cycles = reorder_cycles(history.lines, history.demand, history.items.height, window)
    items = with_supplier(history.items, cycles)
    say(0.15, "Fitting lead times")
    lead = lead_time_evidence(cycles, items)
    scale = np.exp(lead.posterior.mean[:, 0])
    say(0.35, "Fitting demand")
    demand = demand_evidence(history.demand, cycles, items, window, scale)
    say(0.45, "Measuring")
    parts = _measured(items, cycles, history, tables, window)
    parts = costs.per_part(with_unit_cost(parts, prices_paid(history)))
    say(0.5, "Deciding")
    parts = _decided(
        parts,
        lead,
        demand,
        options,
        lambda done: say(0.5 + 0.4 * done, f"Deciding: {int(done * parts.height):,} of {parts.height:,} parts"),
        cancel,
    )
    say(0.92, "Ranking")
    parts = parts.with_columns(*paper_estimates(cycles, parts, options.pairs))
    parts = _finished(parts, window)
    result_cycles = cycles.select(CYCLE_RESULTS.names)
    suppliers = ranked(cycles, parts, ["supplier_id"], window)
    lanes = ranked(cycles, parts, ["supplier_id", "place_id"], window)
    say(1.0, "Done")
    return Result(
        parts.select(PART_RESULTS.names),
        result_cycles,
        suppliers,
        lanes,
        assumptions(parts, costs),
        notices(history, tables, cycles),
        counts(history, cycles),
    )


def _measured(
    items: pl.DataFrame, cycles: pl.DataFrame, history: History, tables: Mapping[str, pl.DataFrame], window: Window
) -> pl.DataFrame:
    """Items with their empirical measures and the company's own figures of today."""
    bought = purchase_measures(cycles, "item").rename({"on_time": "supply_on_time"}).drop("promised_median_days")
    today = rules_and_stock(tables, items, window.as_of, by_place=history.by_place)
    parts = with_expected_lead_time(items, cycles)
    for frame in (bought, demand_measures(history.demand, window), *today):
        parts = parts.join(frame, on="item", how="left", maintain_order="left")
    parts = with_todays_rule(parts)
    zero = ("purchase_lines", "open_lines", "cycles", "sales_lines", "pieces_sold", "customers", "countries")
    return parts.with_columns(
        *(pl.col(name).fill_null(0) for name in zero),
        # bought on demand holds nothing
        pl.coalesce(pl.col("current_reorder_point").clip(lower_bound=0.0), "on_hand").alias("current_cover"),
        pl.when(pl.col("current_reorder_point").is_not_null())
        .then(pl.lit("policy"))
        .when(pl.col("on_hand").is_not_null())
        .then(pl.lit("stock"))
        .otherwise(pl.lit("none"))
        .alias("current_source"),
    )


def _decided(
    parts: pl.DataFrame,
    lead: LeadTimeEvidence,
    demand: DemandEvidence,
    options: Options,
    progress: Any,
    cancel: Cancel | None,
) -> pl.DataFrame:
    found = decide(
        Items(
            demand.rate_shape,
            demand.rate_days,
            demand.dispersion,
            demand.sizes,
            demand.size_starts,
            demand.groups.number,
            demand.group_sizes,
            demand.group_chances,
            demand.group_starts,
            demand.concentration,
            lead.posterior.mean,
            lead.posterior.covariance,
            parts["expected_lead_time_days"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
            parts["holding_cost"].to_numpy(),
            parts["early_holding_cost"].to_numpy(),
            parts["stock_out_cost"].to_numpy(),
            # where neither rule nor stock is known, the money at risk is that of holding nothing
            parts["current_cover"].cast(pl.Float64).fill_null(0.0).to_numpy(),
        ),
        options.lateness,
        progress,
        cancel,
    )
    curves = [
        _lists(values, found.starts).gather(found.curve).alias(name)
        for name, values in (
            ("risk_curve", found.risk),
            ("risk_curve_low", found.risk_low),
            ("risk_curve_high", found.risk_high),
        )
    ]
    direct = (
        "late_risk", "late_risk_low", "late_risk_high", "late_weight", "early_weight", "optimal_cover",
        "optimal_cover_low", "optimal_cover_high", "optimal_risk", "optimal_risk_low", "optimal_risk_high",
        "current_risk", "current_risk_low", "current_risk_high", "current_cost", "money_at_risk", "order_size",
        "risk_step",
    )  # fmt: skip
    cost = sum(found.column(name) for name in ("cost_stock_out", "cost_early", "cost_holding"))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {f"share_{name}": found.column(f"cost_{name}") / cost for name in ("stock_out", "early", "holding")}
    numbers: dict[str, Any] = {
        **{name: found.column(name) for name in direct},
        **shares,
        "optimal_cost": cost,
        "lead_time_shape": np.exp(lead.posterior.mean[:, 1]),
        "lead_time_scale_days": np.exp(lead.posterior.mean[:, 0]),
        "weibull_shape": lead.own.shape,
        "weibull_scale_days": lead.own.scale,
        "weibull_p_value": lead.p_value,
        "order_rate": demand.rate_shape / demand.rate_days,
    }
    known = pl.col("current_cover").is_not_null()
    return parts.with_columns(
        *(pl.Series(name, values).fill_nan(None) for name, values in numbers.items()),
        *curves,
        lead.groups.label_of_part().alias("lead_time_group"),
        demand.groups.label_of_part().alias("demand_group"),
    ).with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in _OF_TODAY)


def _lists(values: np.ndarray[Any, np.dtype[np.float32]], starts: np.ndarray[Any, np.dtype[np.int64]]) -> pl.Series:
    """Pieces of a flat array as a list column."""
    item = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    frame = pl.DataFrame({"item": item, "value": values})
    return frame.group_by("item", maintain_order=True).agg("value")["value"]


def _finished(parts: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Derived columns: money, order quantity, evidence grade, remarks."""
    quantity = order_quantity_column(
        pl.col("order_rate") * pl.col("order_size"),
        pl.col("ordering_cost"),
        pl.col("holding_cost"),
        pl.col("min_order_quantity"),
        pl.col("pack_size"),
    )
    notes = [
        (
            pl.col("expected_lead_time_source") == "missing",
            "no promise and no planned lead time: no optimum; give expected_lead_time_days",
        ),
        (pl.col("unit_cost_source").is_in(["category", "assumed"]), "unit cost assumed"),
        (pl.col("weibull_p_value") < 0.05, "a Weibull does not describe this part's lead times (p < 0.05)"),
        (pl.col("cycles") == 0, "no completed cycle: lead time of its group"),
        ((pl.col("sales_lines") == 0), "no demand in the window: rate of its group"),
        (pl.col("contradicts"), "today's minimum is above its maximum: the rule is left out"),
        (pl.col("current_source") == "stock", "today's rule unknown: compared with the stock on hand"),
        (
            pl.col("current_source") == "none",
            "today's rule and stock unknown: money at risk is that of holding nothing",
        ),
    ]
    remarks = pl.concat_str(
        [pl.when(condition).then(pl.lit(text)) for condition, text in notes], separator="; ", ignore_nulls=True
    )
    return parts.with_columns(
        pl.col("place_id").fill_null(""),
        (pl.col("pieces_sold") / window.days * 365.0 * pl.col("unit_cost")).alias("annual_value"),
        quantity.alias("order_quantity"),
        evidence_grade(pl.col("cycles")).alias("evidence"),
        (pl.col("current_cost") - pl.col("optimal_cost")).alias("saving"),
        (pl.col("current_cover") * pl.col("unit_cost")).alias("stock_value_now"),
        (pl.col("optimal_cover") * pl.col("unit_cost")).alias("stock_value_proposed"),
        (pl.col("optimal_cover") - pl.col("current_cover").fill_null(0.0)).alias("change"),
        remarks.alias("remarks"),
    )
