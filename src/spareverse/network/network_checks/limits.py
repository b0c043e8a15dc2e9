"""What single figures may be: the limits of every column of numbers, with what to do about a figure outside."""

from __future__ import annotations

import operator
from dataclasses import dataclass

import polars as pl

from spareverse.network.network_checks.draft import TABLES, Draft

_SHARE = "Write a share: 0.95 for 95 %."
_DEGREES = "Write degrees; are north and east swapped?"
_DAYS = "Write days."


@dataclass(frozen=True)
class Limits:
    """At least, at most, above, below; ``remedy`` for figures outside."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    remedy: str = ""

    def outside(self, column: str) -> tuple[pl.Expr, str]:
        """Where a column is outside, and the limits in words."""
        tests = (
            (self.least, operator.lt, "at least"),
            (self.above, operator.le, "above"),
            (self.most, operator.gt, "at most"),
            (self.below, operator.ge, "below"),
        )
        given = [
            (test(pl.col(column), limit), f"{words} {limit:g}") for limit, test, words in tests if limit is not None
        ]
        return pl.any_horizontal(test for test, _ in given), " and ".join(words for _, words in given)


_POSITIVE = Limits(above=0.0)
_AMOUNT = Limits(least=0.0)
_TIME = Limits(least=0.0, most=36_500.0, remedy=_DAYS)
_LENGTH = Limits(above=0.0, most=36_500.0, remedy=_DAYS)
_SOME_TIME = Limits(least=0.01, most=36_500.0, remedy=_DAYS)
_MONEY = Limits(least=0.0, most=1e9, remedy="Check its currency and its unit.")
_PIECES = Limits(least=0, most=1e9)
_SOME_PIECES = Limits(least=1, most=1e9)
_PART_OF_ONE = Limits(least=0.0, most=1.0, remedy=_SHARE)

LIMITS: dict[tuple[str, str], Limits] = {
    ("settings", "horizon_days"): _LENGTH,
    ("settings", "warm_up_days"): _TIME,
    ("settings", "period_days"): Limits(least=1.0, most=36_500.0, remedy=_DAYS),
    ("settings", "co2_price_per_kg"): _AMOUNT,
    ("settings", "ants_evaporation_per_day"): Limits(least=0.0, below=1.0, remedy=_SHARE),
    ("settings", "ants_penalty"): _PART_OF_ONE,
    ("settings", "ants_floor"): Limits(above=0.0, most=1.0),
    ("settings", "ants_alpha"): _AMOUNT,
    ("settings", "ants_beta"): _AMOUNT,
    ("places", "latitude"): Limits(least=-90.0, most=90.0, remedy=_DEGREES),
    ("places", "longitude"): Limits(least=-180.0, most=180.0, remedy=_DEGREES),
    ("places", "holding_rate_per_year"): Limits(least=0.0, most=2.0, remedy="Write a share: 0.2 for 20 % a year."),
    ("places", "order_cost"): _AMOUNT,
    ("suppliers", "latitude"): Limits(least=-90.0, most=90.0, remedy=_DEGREES),
    ("suppliers", "longitude"): Limits(least=-180.0, most=180.0, remedy=_DEGREES),
    ("suppliers", "lines"): Limits(least=1, most=1e6, remedy="Leave it empty for a supplier without limits."),
    ("suppliers", "work_per_piece_days"): _TIME,
    ("links", "distance_km"): Limits(least=0.0, most=60_000.0, remedy="Write kilometres."),
    ("links", "planned_transit_days"): _TIME,
    ("links", "capacity_kg_per_day"): Limits(above=0.0, remedy="Leave it empty for a link without limits."),
    ("links", "cost_per_kg"): Limits(least=0.0, most=1e6, remedy="Write money per kilogram."),
    ("links", "cost_per_shipment"): _MONEY,
    ("links", "co2_kg_per_tonne_km"): Limits(least=0.0, most=20.0, remedy="Write kg per tonne and km."),
    ("parts", "unit_cost"): _MONEY,
    ("parts", "weight_kg"): Limits(least=0.0, most=1e6, remedy="Write kilograms."),
    ("parts", "shelf_life_days"): Limits(least=0.01, remedy=_DAYS),
    ("sourcing", "rank"): Limits(least=1, most=1_000),
    ("sourcing", "share"): _AMOUNT,
    ("sourcing", "unit_price"): _MONEY,
    ("sourcing", "planned_lead_time_days"): _TIME,
    ("sourcing", "min_order_quantity"): _SOME_PIECES,
    ("sourcing", "pack_size"): _SOME_PIECES,
    ("sourcing", "emergency_cost"): _MONEY,
    ("price_breaks", "from_quantity"): _SOME_PIECES,
    ("price_breaks", "unit_price"): _MONEY,
    ("stock", "reorder_point"): Limits(least=-1, most=1e9, remedy="-1 orders once a piece is owed."),
    ("stock", "order_quantity"): Limits(least=1, most=1e9, remedy="Order at least one piece."),
    ("stock", "order_up_to"): _PIECES,
    ("stock", "review_interval_days"): _SOME_TIME,
    ("stock", "service_level"): Limits(above=0.0, below=1.0, remedy=_SHARE),
    ("stock", "expected_per_year"): Limits(least=0.001, most=1e6, remedy="Write pieces a year."),
    ("stock", "expedite_at"): _SOME_PIECES,
    ("stock", "initial_stock"): _PIECES,
    ("customers", "latitude"): Limits(least=-90.0, most=90.0, remedy=_DEGREES),
    ("customers", "longitude"): Limits(least=-180.0, most=180.0, remedy=_DEGREES),
    ("customers", "priority"): Limits(least=1, most=3),
    ("customers", "patience_days"): _TIME,
    ("customers", "commitment_days"): _TIME,
    ("stock", "waiting_cost_per_piece_day"): _MONEY,
    ("customers", "penalty_per_piece_day"): _MONEY,
    ("customers", "lost_sale_cost"): _MONEY,
    ("demands", "per_year"): Limits(least=0.0, most=1e6),
    ("demands", "growth_per_year"): Limits(above=-1.0, most=10.0, remedy="Write a share: 0.05 for 5 % a year."),
    ("demand_traces", "day"): _AMOUNT,
    ("demand_traces", "pieces"): _SOME_PIECES,
    ("seasons", "month"): Limits(least=1, most=12),
    ("seasons", "factor"): _AMOUNT,
    ("markets", "share"): _PART_OF_ONE,
    ("markets", "target_fill_rate"): _PART_OF_ONE,
    ("markets", "loss_per_month"): _PART_OF_ONE,
    ("markets", "recovery_per_month"): _PART_OF_ONE,
    ("budgets", "amount"): Limits(above=0.0, remedy="Without money nothing is ever bought."),
    ("budgets", "period_days"): _SOME_TIME,
    ("disturbances", "start_day"): _AMOUNT,
    ("disturbances", "days"): _SOME_TIME,
    ("disturbances", "every_days"): _SOME_TIME,
    ("disturbances", "factor"): _AMOUNT,
    ("opening_orders", "quantity"): _SOME_PIECES,
    ("opening_orders", "ordered_days_ago"): _TIME,
    ("opening_backorders", "quantity"): _SOME_PIECES,
    ("opening_backorders", "waiting_days"): _TIME,
    ("agents", "enterprise_share"): _PART_OF_ONE,
    ("levers", "step"): Limits(above=0.0, most=0.5, remedy="Write a share: 0.1 for 10 %."),
    ("incentives", "weight"): Limits(least=-1e6, most=1e6),
    ("limits", "at_least"): Limits(least=-1e12, most=1e12),
    ("limits", "at_most"): Limits(least=-1e12, most=1e12),
}


def figures_within_limits(draft: Draft) -> None:
    """Every figure lies within the limits of its column."""
    for (table, column), limits in LIMITS.items():
        if draft[table][column].null_count() == draft[table].height:
            continue
        bad, words = limits.outside(column)
        draft.reject(table, bad, column, f"It must be {words}.", limits.remedy)


def coordinates_come_in_pairs(draft: Draft) -> None:
    """A latitude has a longitude, and the other way round."""
    for table in TABLES.values():
        if "latitude" in table.names:
            half = pl.col("latitude").is_null() != pl.col("longitude").is_null()
            remedy = "Give both, or neither."
            draft.reject(table.name, half, "latitude", "One of latitude and longitude is missing.", remedy)


def settings_are_one_row(draft: Draft) -> None:
    """The settings are those of one run."""
    rows = draft["settings"]
    draft.report(rows.slice(1), "horizon_days", "The settings have more than one row.", "Keep one.")


def periods_fit_the_run(draft: Draft) -> None:
    """Results are kept by periods no longer than the run, and not by thousands of them."""
    period, horizon = pl.col("period_days"), pl.col("horizon_days")
    draft.reject(
        "settings", (horizon > 0) & (period > horizon), "period_days", "A period is longer than the run.", "Shorten it."
    )
    many = (period > 0) & (horizon / period > _MOST_PERIODS)
    draft.reject("settings", many, "period_days", f"The run has more than {_MOST_PERIODS:,} periods.", "Lengthen it.")


_MOST_PERIODS = 5_000
