"""Learning: what accepted recommendations promised, and what later imports show of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.calibration.futures import track_of
from spareverse.calibration.outcomes import share
from spareverse.calibration.replay import LINES, LINES_MET, STOCK, replay
from spareverse.calibration.rules import Rules
from spareverse.errors import InputRejected, NotEnoughData, NotFound, Problem, UsageError
from spareverse.figures import numbers
from spareverse.history.later_demand import later_demand
from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import OUTCOMES, POLICY_KEY, PROMISES
from spareverse.optimisation.costs import CostFile
from spareverse.optimisation.planning_inputs import MOST_PIECES, planning_data
from spareverse.twin.plan import Plan
from spareverse.twin.plan_list import kind_expression

Tables = Mapping[str, pl.DataFrame]
Floats = NDArray[np.float64]

KINDS = PROMISES.column("kind").choices
FEWEST_LINES = 30
"""With fewer demand lines since, it is too early for a verdict."""


def decided_rows(rows: pl.DataFrame, plan: pl.DataFrame | None) -> pl.DataFrame:
    """Decisions that can be kept, the last of each part and place.

    InputRejected names every own figure that is no stock level; NotFound the rows the ``plan`` does not have.
    """
    if "part_id" not in rows.columns:
        raise UsageError("A decision names its part: the column part_id is missing.")
    place = pl.col("place_id").cast(pl.String).fill_null("") if "place_id" in rows.columns else pl.lit("")
    given = rows.with_columns(pl.col("part_id").cast(pl.String), place.alias("place_id"))
    name = "override_reorder_point"
    if name in given.columns:
        own = given.with_columns(pl.col(name).cast(pl.Float64, strict=False).alias("own"))
        sound = pl.col("own").is_between(-1.0, MOST_PIECES).fill_null(value=False)
        wrong = own.filter(pl.col(name).is_not_null() & ~sound)
        if wrong.height:
            remedy = f"Write pieces from 0 to {MOST_PIECES:,.0f}; -1 = bought on demand."
            problems = [
                Problem(f"no stock level for {part} {place}".strip(), remedy, column=name, value=str(value))
                for part, place, value in wrong.select("part_id", "place_id", name).rows()
            ]
            raise InputRejected(
                f"{numbers.count(wrong.height, 'decided reorder point')} cannot be. Nothing was decided.", problems
            )
    if plan is not None:
        keys = plan.select("part_id", pl.col("place_id").fill_null(""))
        unknown = given.join(keys, on=POLICY_KEY, how="anti")
        if unknown.height:
            problems = [
                Problem("the plan has no such part and place", column="part_id", value=f"{part} {place}".strip())
                for part, place in unknown.select("part_id", "place_id").head(200).rows()
            ]
            raise NotFound(
                f"{numbers.count(unknown.height, 'decision is', 'decisions are')} on parts the plan does not have.",
                problems,
            )
    return given.unique(POLICY_KEY, keep="last", maintain_order=True)


def kept_promises(promises: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Promises without those of recommendations that were refused after all: nothing came of them."""
    refused = decisions.filter(pl.col("accept") == "no").select("part_id", pl.col("place_id").fill_null(""))
    return promises.join(refused, on=POLICY_KEY, how="anti", maintain_order="left")


def promised(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """Schema PROMISES: one row for every accepted row that changes something. ``rows`` as of ``Plan.accept``."""
    if not {"part_id", "accept"} <= set(rows.columns):
        return PROMISES.empty()
    place = pl.col("place_id").cast(pl.String).fill_null("") if "place_id" in rows.columns else pl.lit("")
    own_figure = pl.col("override_reorder_point") if "override_reorder_point" in rows.columns else pl.lit(None)
    figure = pl.col("proposed_reorder_point") if "proposed_reorder_point" in rows.columns else pl.lit(None)
    accepted = rows.filter(pl.col("accept").cast(pl.String) == "yes").select(
        "part_id",
        place.alias("place_id"),
        own_figure.cast(pl.Float64).alias("own"),
        figure.cast(pl.Float64).alias("decided_on"),
    )
    known = plan.plan.select(
        "part_id", pl.col("place_id").fill_null(""), "reorder_point", "order_quantity", "current_reorder_point",
        "current_order_quantity", "fill_rate", "fill_rate_low", "fill_rate_high", "stock_value",
    )  # fmt: skip
    own = pl.col("own").is_not_null() & (pl.col("own") != pl.col("reorder_point"))
    after = pl.coalesce("own", "reorder_point")
    # what was accepted of another plan or of the part alone is not this plan's promise
    its_own = (pl.col("decided_on") == pl.col("reorder_point")) | pl.col("decided_on").is_null()
    figures = {f"promised_fill_rate{end}": f"fill_rate{end}" for end in ("", "_low", "_high")}
    figures["promised_stock_value"] = "stock_value"
    return (
        accepted.join(known, on=POLICY_KEY, how="inner", maintain_order="left")
        .filter(its_own | pl.col("own").is_not_null())
        .with_columns(
            kind_expression(
                pl.col("current_reorder_point"), after, pl.col("current_order_quantity"), pl.col("order_quantity")
            ).alias("kind"),
            own.alias("overridden"),
            pl.lit(datetime.now(UTC).date()).alias("accepted_on"),
            pl.lit(date.fromisoformat(plan.document["known_until"])).alias("known_until"),
            pl.lit(plan.id).alias("run"),
            # The plan says nothing of a figure that is not its own.
            *(pl.when(~own).then(pl.col(name)).alias(promise) for promise, name in figures.items()),
        )
        .with_columns(after.alias("reorder_point"))
        .filter(pl.col("kind").is_not_null())
        .select(PROMISES.names)
    )


def outcomes(
    tables: Tables, promises: pl.DataFrame, costs: CostFile, assumed: Callable[[str], Mapping[str, Any]]
) -> pl.DataFrame:
    """Schema OUTCOMES: promise and outcome per kind of recommendation.

    assumed
        From the id of a plan to its lead_time_days and unit_cost, as assumed where the tables say nothing.
    """
    seen = [
        _since(tables, rows, costs, assumed(str(run)))
        for (run,), rows in promises.filter(pl.col("reorder_point").is_not_null()).group_by("run", maintain_order=True)
    ]
    rows = pl.concat(seen) if seen else pl.DataFrame()
    found = [_outcome(kind, rows.filter(pl.col("kind") == kind)) for kind in KINDS if rows.height]
    return pl.DataFrame([row for row in found if row["accepted"]], schema=OUTCOMES.schema)


def _since(tables: Tables, promises: pl.DataFrame, costs: CostFile, assumed: Mapping[str, Any]) -> pl.DataFrame:
    """Promises of one plan with lines, lines_met and realised_stock_value since its history ended."""
    end = promises["known_until"][0] + timedelta(days=1)
    nothing = promises.with_columns(
        pl.lit(0.0).alias("lines"), pl.lit(0.0).alias("lines_met"), pl.lit(None, pl.Float64).alias("realised_stock")
    )
    try:
        data = planning_data(tables, until=end, costs=costs, **assumed)
        later = later_demand(tables, data, end)
    except NotEnoughData:
        return nothing
    places = data.items.select("part_id", pl.col("place_id").fill_null(""), "item", "unit_cost")
    rows = promises.join(places, on=POLICY_KEY, how="inner", maintain_order="left")
    item = rows["item"].to_numpy()
    track = track_of(data, later)
    counts = replay(track, [_rules(data, rows, item)])[0][item]
    return rows.with_columns(
        pl.Series("lines", counts[:, LINES]),
        pl.Series("lines_met", counts[:, LINES_MET]),
        (pl.Series(counts[:, STOCK]) * rows["unit_cost"]).alias("realised_stock"),
    ).select(nothing.columns)


def _rules(data: PlanningData, rows: pl.DataFrame, item: NDArray[np.int64]) -> Rules:
    point, quantity = np.full(len(data), -1, dtype=np.int64), np.ones(len(data), dtype=np.int64)
    point[item] = rows["reorder_point"].cast(pl.Int64).to_numpy()
    stocked = rows["reorder_point"] >= 0
    quantity[item] = pl.select(pl.when(stocked).then(rows["order_quantity"].fill_null(1.0)).otherwise(1.0)).to_series(
    ).cast(pl.Int64).clip(lower_bound=1).to_numpy()  # fmt: skip
    return Rules("accepted", 1.0, point, quantity, order_up_to=False)


def _outcome(kind: str, rows: pl.DataFrame) -> dict[str, Any]:
    """One row of OUTCOMES. Parts are the clusters of its limits; promises weigh by the lines that came."""
    lines = rows["lines"].to_numpy()
    met = share(rows["lines_met"].to_numpy(), lines)
    told = rows.filter(pl.col("promised_fill_rate").is_not_null() & (pl.col("lines") > 0))
    weight = told["lines"].to_numpy()
    said = {
        end: float(np.average(told[f"promised_fill_rate{end}"].fill_null(strategy="zero").to_numpy(), weights=weight))
        if told.height and told[f"promised_fill_rate{end}"].null_count() == 0
        else None
        for end in ("", "_low", "_high")
    }
    promise = said[""]
    verdict = "too early"
    if lines.sum() >= FEWEST_LINES and promise is not None and not np.isnan(met[1]):
        low, high = said["_low"], said["_high"]
        kept = met[2] >= (promise if low is None else low) and met[1] <= (promise if high is None else high)
        verdict = "kept" if kept else "missed"
    seen = rows["realised_stock"].drop_nulls()
    realised_stock = seen.sum() if seen.len() else None
    realised = {end: None if np.isnan(value) else value for end, value in zip(("", "_low", "_high"), met, strict=True)}
    return {
        "kind": kind,
        "accepted": rows.height,
        "with_outcome": int((lines > 0).sum()),
        "lines": int(lines.sum()),
        **{f"promised_fill_rate{end}": value for end, value in said.items()},
        **{f"realised_fill_rate{end}": value for end, value in realised.items()},
        "promised_stock_value": rows["promised_stock_value"].sum(),
        "realised_stock_value": realised_stock,
        "verdict": verdict,
    }
