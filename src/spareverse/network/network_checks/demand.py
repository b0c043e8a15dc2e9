"""Demand and those who demand: streams that flow, at places that keep the part, on terms that fit together."""

from __future__ import annotations

import polars as pl

from spareverse.network.network_checks.draft import Draft
from spareverse.network.network_checks.supply import POINT, supply_of, with_known_names
from spareverse.network.schema import FILE, ROW

DAYS_PER_YEAR = 365.25
_SAME = 0.02
"""A rate and a gap that differ by no more say the same."""
_MONTHS = 12
_MOST_PER_YEAR = 1e6
_MOST_PIECES = 1e6


def demands_have_one_rate(draft: Draft) -> None:
    """A stream has a rate or a gap; where it has both they agree."""
    rate, gap = pl.col("per_year"), draft.mean("demands", "gap")
    neither = rate.is_null() & pl.col("gap").is_null()
    draft.reject("demands", neither, "per_year", "The stream has neither per_year nor gap.", "Give one of them.")
    apart = (DAYS_PER_YEAR / gap / rate - 1.0).abs() > _SAME
    words = pl.format("The gap means {} demands a year.", (DAYS_PER_YEAR / gap).round(2))
    both = draft["demands"].filter((gap > 0) & (rate > 0) & apart)
    draft.report(both, "per_year", words, "Give one of the two, or make them agree.")


def demands_can_be_counted(draft: Draft) -> None:
    """No stream comes to more than a million demands a year, grown as far as the run goes and in its season."""
    run = draft["settings"].select((pl.col("warm_up_days") + pl.col("horizon_days")).max()).item() or 0.0
    seasons = draft["seasons"].group_by("season_id").agg(season=pl.col("factor").max())
    rows = draft["demands"].join(seasons, on="season_id", how="left", maintain_order="left")
    grown = (1.0 + pl.col("growth_per_year").clip(lower_bound=0.0)) ** (run / DAYS_PER_YEAR)
    rate = pl.coalesce("per_year", DAYS_PER_YEAR / draft.mean("demands", "gap"))
    rows = rows.with_columns(most=rate * grown * pl.max_horizontal("season", 1.0))
    rows = rows.filter(rate.is_finite(), pl.col("most") > _MOST_PER_YEAR)
    words = pl.format("The stream comes to {} demands a year.", pl.col("most").clip(upper_bound=1e18).cast(pl.Int64))
    for column, given in (("per_year", pl.col("per_year") <= _MOST_PER_YEAR), ("gap", pl.col("per_year").is_null())):
        draft.report(rows.filter(given), column, words, "Check its rate, its growth and its season.")


def demands_take_time_and_pieces(draft: Draft) -> None:
    """The mean gap and the mean number of pieces are above zero."""
    for column, what in (("gap", "time between demands"), ("pieces", "number of pieces")):
        nothing = draft.mean("demands", column) <= 0
        draft.reject("demands", nothing, column, f"The mean {what} is zero.", "Write one above zero.")
    large = draft.mean("demands", "pieces") > _MOST_PIECES
    draft.reject("demands", large, "pieces", "It is too large to be meant.", "Write pieces per demand.")


def what_is_demanded_is_stocked(draft: Draft) -> None:
    """Demands, and what is open at the start, belong to a stock point."""
    points = draft["stock"].select(POINT)
    for table in ("demands", "demand_traces", "opening_orders", "opening_backorders"):
        alone = with_known_names(draft, table).join(points, on=POINT, how="anti", maintain_order="left")
        words = pl.format("The part has no row in stock at {}.", "place_id")
        draft.report(alone, "part_id", words, "Add one; with the policy on_demand nothing is kept.")


def seasons_have_twelve_months(draft: Draft) -> None:
    """A season has a factor for every month, and some month has demand."""
    months = (
        draft["seasons"].filter(pl.col("season_id").is_not_null())
        .group_by("season_id", maintain_order=True)
        .agg(pl.col(FILE, ROW).first(), months=pl.col("month").n_unique(), factor=pl.col("factor").sum())
    )  # fmt: skip
    words = pl.format("The season has {} of 12 months.", "months")
    draft.report(months.filter(pl.col("months") != _MONTHS), "season_id", words, "Give a row for each month.")
    draft.report(months.filter(pl.col("factor") <= 0), "season_id", "Its factors are all zero.", "Raise one.")
    mean = months.filter((pl.col("months") == _MONTHS) & ((pl.col("factor") / _MONTHS - 1).abs() > _SAME))
    draft.doubt(mean, "the factors of a season have a mean other than 1, so they change the demand of the year.")


def contracts_can_be_late(draft: Draft) -> None:
    """A penalty needs a commitment after which a delivery is late."""
    idle = (pl.col("penalty_per_piece_day") > 0) & pl.col("commitment_days").is_null()
    reason = "A penalty is given, but no commitment after which a delivery is late."
    draft.reject("customers", idle, "commitment_days", reason, "Write the days of the commitment; 0 for at once.")
    gone = pl.col("patience_days") <= pl.col("commitment_days")
    words = "the customer leaves before a delivery can be late; the contract never costs."
    draft.doubt(draft["customers"].filter(gone & (pl.col("penalty_per_piece_day") > 0)), words)


def waiting_customers_wait(draft: Draft) -> None:
    """Who waits at the start is one who waits, for longer than so far."""
    patience = draft["customers"].select("customer_id", "patience_days").unique("customer_id")
    rows = draft["opening_backorders"].join(patience, on="customer_id", maintain_order="left")
    over = rows.filter(pl.col("waiting_days") >= pl.col("patience_days"))
    words = pl.format("The customer waits no longer than {} days.", "patience_days")
    draft.report(over, "waiting_days", words, "Correct the days, or the customer's patience_days.")


def orders_under_way_have_their_source(draft: Draft) -> None:
    """Doubt: orders under way from where the stock point does not buy."""
    ways = supply_of(draft).select(*POINT, "source_id").unique()
    named = draft["opening_orders"].filter(pl.col("source_id").is_not_null())
    strange = named.join(ways, on=(*POINT, "source_id"), how="anti", maintain_order="left")
    draft.doubt(strange, "the order under way comes from no source of the part there; it counts as one of the first's.")


def recorded_demands_fall_into_the_run(draft: Draft) -> None:
    """Doubt: recorded demands after the end of the run."""
    run = draft["settings"].select((pl.col("warm_up_days") + pl.col("horizon_days")).max()).item()
    if run is not None:
        late = draft["demand_traces"].filter(pl.col("day") >= run)
        draft.doubt(late, "recorded demands lie after the end of the run and do not happen.")


def customers_demand_something(draft: Draft) -> None:
    """Doubt: customers without demand."""
    used = pl.concat([draft[name]["customer_id"] for name in ("demands", "demand_traces", "opening_backorders")])
    idle = draft["customers"].filter(~pl.col("customer_id").is_in(used.drop_nulls().unique().implode()))
    draft.doubt(idle, "the customer demands nothing.")
