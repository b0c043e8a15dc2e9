"""A company's network made of its record: places, suppliers, lead times, rules, demand, and the state of today.

What the record does not tell is assumed, and every assumption is said with its count in the notices of the network.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from spareverse.calibration.demands_from_history import Demands, demands_of
from spareverse.calibration.opening_state import Opening, opening_of
from spareverse.calibration.points_from_history import YEAR_DAYS, Recorded, Tables, recorded
from spareverse.calibration.sources_from_history import Sources, sources_of
from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.optimisation.costs import CostFile

HORIZON_DAYS = 3 * 365.0
NOT_IN_A_RECORD = (
    "Budgets, markets, seasons and disturbances are in no record: there are none until you add them. Places and "
    "suppliers have no coordinates."
)


def network_from_history(
    tables: Tables,
    *,
    until: date | None = None,
    costs: CostFile | None = None,
    plan: pl.DataFrame | None = None,
    analysis: pl.DataFrame | None = None,
    currency: str = "EUR",
    name: str = "",
    horizon_days: float = HORIZON_DAYS,
    lead_time_days: float | None = None,
    unit_cost: float | None = None,
    choose_models: bool = False,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Network:
    """The network of what was known before ``until`` (default: all of it); that day is its day 0.

    tables
        As imported (schemas of ``network.tables``).
    plan, analysis
        Rules where the company has none: a plan (schema PLAN), then an analysis (PART_RESULTS).
    lead_time_days, unit_cost
        Assumed where the tables say nothing.
    choose_models
        Choose each part's demand model by its score on earlier forecasts, as a plan does; slower.

    NotEnoughData without demand; InputRejected (all parts in one report) where lead times are missing, or figures of
    the record are beyond what a network can count.
    """
    say = progress or (lambda _fraction, _what: None)
    known = recorded(
        tables, until=until, costs=costs, lead_time_days=lead_time_days, unit_cost=unit_cost,
        choose_models=choose_models, progress=lambda fraction, what: say(0.7 * fraction, what), cancel=cancel,
    )  # fmt: skip
    return network_of(
        known, tables, plan=plan, analysis=analysis, currency=currency, name=name, horizon_days=horizon_days,
        progress=lambda fraction, what: say(0.7 + 0.3 * fraction, what),
    )  # fmt: skip


def network_of(
    known: Recorded,
    tables: Tables,
    *,
    plan: pl.DataFrame | None = None,
    analysis: pl.DataFrame | None = None,
    currency: str = "EUR",
    name: str = "",
    horizon_days: float = HORIZON_DAYS,
    progress: Progress | None = None,
) -> Network:
    """The network of a record that is gathered already; arguments as ``network_from_history``."""
    say = progress or (lambda _fraction, _what: None)
    say(0.0, "Fitting lead times of every source")
    sources = sources_of(known)
    say(0.5, "Writing demands and the state of the first day")
    demands = demands_of(known)
    opening = opening_of(known, sources, plan, analysis)
    made = _tables(known, sources, demands, opening, tables, currency, horizon_days)
    said = (*known.notices, *sources.notices, *demands.notices, *opening.notices, *_money_notices(made))
    network = Network.of(made, name or f"Company as of {known.start}", (_start_notice(known), *said, NOT_IN_A_RECORD))
    say(1.0, "Built")
    return network


def _tables(
    known: Recorded,
    sources: Sources,
    demands: Demands,
    opening: Opening,
    tables: Tables,
    currency: str,
    horizon_days: float,
) -> dict[str, pl.DataFrame]:
    return {
        "settings": pl.DataFrame({"horizon_days": [horizon_days], "currency": [currency]}),
        "places": _places(known),
        "suppliers": sources.suppliers.with_columns(pl.col("supplier_id").alias("name")),
        "links": sources.links,
        "parts": _parts(known, tables),
        "sourcing": sources.sourcing,
        "price_breaks": _breaks(known, tables),
        "stock": opening.stock,
        "customers": demands.customers,
        "demands": demands.demands,
        "opening_orders": opening.orders,
        "opening_backorders": opening.backorders,
    }


def _places(known: Recorded) -> pl.DataFrame:
    """Places with the usual cost of holding and ordering there."""
    rate = (pl.col("holding_cost") * YEAR_DAYS / pl.col("unit_cost")).median()
    cost = known.points.group_by("place_id").agg(
        rate.round(4).alias("holding_rate_per_year"), pl.col("ordering_cost").median().alias("order_cost")
    )
    return pl.DataFrame({"place_id": known.places, "name": known.places}).join(
        cost, on="place_id", how="left", maintain_order="left"
    )


def _parts(known: Recorded, tables: Tables) -> pl.DataFrame:
    """Parts of the stock points, with the mean of their unit costs over the places."""
    described = known.points.group_by("part_id").agg(
        *(pl.col(column).drop_nulls().first() for column in ("description", "category", "criticality")),
        pl.col("unit_cost").mean(),
    )
    weight = (
        tables["parts"].filter(pl.col("weight_kg") > 0).select("part_id", "weight_kg").unique("part_id", keep="last")
    )
    return described.join(weight, on="part_id", how="left").sort("part_id")


def _breaks(known: Recorded, tables: Tables) -> pl.DataFrame:
    """Price breaks of the parts; one without a supplier is the main supplier's."""
    main = known.points.select("part_id", pl.col("supplier_id").alias("main")).drop_nulls().unique("part_id")
    return (
        tables["price_breaks"].join(main, on="part_id", how="inner")
        .select("part_id", pl.coalesce("supplier_id", "main").alias("supplier_id"),
                pl.col("from_quantity").ceil().cast(pl.Int64), pl.col("unit_cost").alias("unit_price"))
        .unique(["part_id", "supplier_id", "from_quantity"], keep="last", maintain_order=True)
    )  # fmt: skip


def _start_notice(known: Recorded) -> str:
    return f"Day 0 is {known.start}: {known.points.height:,} stock points at {len(known.places)} places."


def _money_notices(tables: dict[str, pl.DataFrame]) -> list[str]:
    """What is assumed of weights and prices."""
    light = tables["parts"]["weight_kg"].null_count()
    unpriced = tables["sourcing"]["unit_price"].null_count()
    said = [
        "The cost of holding and of an order at each place is the usual one of its parts by the cost parameters.",
        "A piece somebody waits for costs what the cost parameters say of a stock-out: an assumption until you set it.",
    ]
    if light:
        said.append(f"{light:,} of {tables['parts'].height:,} parts have no weight: 1 kg is assumed.")
    if unpriced:
        said.append(
            f"{unpriced:,} of {tables['sourcing'].height:,} sources have no price paid in the last three years: the "
            "value of the part is taken."
        )
    return said
