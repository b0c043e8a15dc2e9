"""Accounts of a simulated network, and the events any total of them opens to."""

from __future__ import annotations

import polars as pl

from spareverse.engine import memory as a
from spareverse.errors import NotFound, Problem
from spareverse.network.network import Network
from spareverse.network.simulation_answers import ACCOUNTS
from spareverse.simulation.universe.compile import compile_universe
from spareverse.simulation.universe.measures import CONTROLLABLE, MEASURES, measured, per_replication

YEAR_DAYS = 365.0
ACCOUNT_EVENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "transport_cost": (("shipment",), "cost"),
    "purchases_cost": (("purchase",), "cost"),
    "emergency_cost": (("emergency_order",), "cost"),
    "lost_sales_cost": (("lost",), "cost"),
    "penalty_cost": (("issue",), "cost"),
    "ordering_cost": (("order", "emergency_order"), "order cost of the place"),
    "holding_cost": ((), "pieces held"),
    "co2_kg": (("shipment",), "co2"),
    "demands": (("demand",), "one"),
    "pieces_demanded": (("demand",), "quantity"),
    "pieces_lost": (("lost",), "quantity"),
    "orders": (("order",), "one"),
    "emergency_orders": (("emergency_order",), "one"),
}
"""Account -> the kinds of events that make it up, and what each of them adds. Holding: every event that moves stock."""
TOTAL = "total_cost"


def accounts(
    series: pl.DataFrame, events: pl.DataFrame, network: Network, scenario: str, *, place_id: str | None = None
) -> pl.DataFrame:
    """Every account of a scenario, of one place or of all (schema ACCOUNTS); without events the last columns are null.

    First what makes up the controllable cost, then that: every kind of cost that opens to its events, and the others
    where they are not zero. ``network`` as the scenario changed it.
    """
    own = series.filter(pl.col("scenario") == scenario)
    own = own if place_id is None else own.filter(pl.col("place_id") == place_id)
    found = []
    shown = [name for name in CONTROLLABLE if name in ACCOUNT_EVENTS or bool((own[name] != 0).any())]
    for name in (*shown, TOTAL, *(name for name in ACCOUNT_EVENTS if name not in CONTROLLABLE)):
        mean = measured(own, name).row(0, named=True) if own.height else dict.fromkeys(("mean", "low", "high"))
        first = per_replication(own, name).filter(pl.col("replication") == 0)["value"]
        row = {"account": name, "unit": MEASURES[name].unit, **{end: mean[end] for end in ("mean", "low", "high")}}
        row["recorded"] = first[0] if len(first) else None
        if events.height and name in ACCOUNT_EVENTS:
            parts = account_events(events, network, scenario, name, place_id=place_id)
            row |= {"of_events": parts["amount"].sum(), "events": parts.height}
        found.append(row)
    return ACCOUNTS.completed(pl.DataFrame(found, infer_schema_length=None)).select(ACCOUNTS.names).cast(
        ACCOUNTS.schema
    )  # fmt: skip


def account_events(
    events: pl.DataFrame, network: Network, scenario: str, account: str, *, place_id: str | None = None,
    part_id: str | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The events of the counted time that make up an account, each with its ``amount``, in the order of time.

    Events of EVENTS with the column amount; ``network`` as the scenario changed it. Pieces held stand at the event
    after which they lie there, or in rows of the kind "opening". NotFound for an account that does not exist.
    """
    if account not in ACCOUNT_EVENTS:
        problem = Problem("unknown account", f"Use one of {', '.join(ACCOUNT_EVENTS)}.", value=account)
        raise NotFound(f"There is no account {account!r}.", [problem])
    own = events.filter(pl.col("scenario") == scenario)
    chosen = [pl.col(n) == v for n, v in (("place_id", place_id), ("part_id", part_id)) if v is not None]
    start = float(network.setting("warm_up_days"))
    kinds, adds = ACCOUNT_EVENTS[account]
    if account == "holding_cost":
        held = _held(own, network, start, scenario)
        return held.filter(*chosen) if chosen else held
    end = start + float(network.setting("horizon_days"))
    # what happens at the last moment counts, what happens at the end of the warm-up does not
    counted = pl.col("day").is_between(start, end, closed="right" if start > 0 else "both")
    own = own.filter(*chosen, pl.col("kind").is_in(kinds) & counted)
    if account == "ordering_cost":
        per_order = network["places"].select("place_id", pl.col("order_cost").fill_null(0.0).alias("amount"))
        return own.join(per_order, on="place_id", how="left", maintain_order="left")
    amount = {"co2": pl.col("co2_kg"), "one": pl.lit(1.0), "quantity": pl.col("quantity")}.get(adds, pl.col("cost"))
    table = own.with_columns(amount.fill_null(0.0).cast(pl.Float64).alias("amount"))
    return table.filter(pl.col("amount") != 0) if adds in ("cost", "co2") else table


def _held(events: pl.DataFrame, network: Network, start: float, scenario: str) -> pl.DataFrame:
    """Events after which pieces lie, and what their lying costs until the next one or the end."""
    point = ["part_id", "place_id"]
    rows = pl.concat([_opening(network, scenario), _movements(events, network)], how="diagonal")
    rows = rows.sort(*point, "day", maintain_order=True)
    # requests from below are no events of the place: what lies there is what came less what was asked for
    left = pl.col("change").fill_null(0).cum_sum().over(point).clip(lower_bound=0)
    relays = pl.col("place_id").is_in(network["sourcing"]["source_id"].implode())
    end = start + float(network.setting("horizon_days"))
    rows = rows.with_columns(
        pl.when(relays).then(left).otherwise(pl.col("on_hand")).alias("on_hand"),
        pl.col("day").shift(-1).over(point).fill_null(end).alias("until"),
    )
    length = (pl.col("until").clip(start, end) - pl.col("day").clip(start, end)).alias("length")
    value = network["parts"].select("part_id", pl.col("unit_cost").fill_null(0.0))
    rate = network["places"].select("place_id", pl.col("holding_rate_per_year").fill_null(0.0).alias("rate"))
    rows = rows.with_columns(length).join(value, on="part_id", how="left", maintain_order="left")
    rows = rows.join(rate, on="place_id", how="left", maintain_order="left")
    amount = pl.col("on_hand") * pl.col("length") * pl.col("unit_cost") * pl.col("rate") / YEAR_DAYS
    rows = rows.with_columns(amount.fill_null(0.0).alias("amount"))
    return rows.filter(pl.col("amount") != 0).sort("day", maintain_order=True).select(*events.columns, "amount")


def _opening(network: Network, scenario: str) -> pl.DataFrame:
    """What every stock point begins with."""
    compiled = compile_universe(network)
    begin = pl.Series("on_hand", compiled.entities.stocks[:, a.INITIAL - a.PLACE])
    owed = network["opening_backorders"].group_by("part_id", "place_id").agg(pl.col("quantity").sum().alias("owed"))
    points = compiled.stocks.select("part_id", "place_id").with_columns(begin)
    return points.join(owed, on=["part_id", "place_id"], how="left", maintain_order="left").select(
        "part_id", "place_id", "on_hand", change=pl.col("on_hand") - pl.col("owed").fill_null(0),
        scenario=pl.lit(scenario), replication=pl.lit(0, pl.Int64), day=pl.lit(0.0), kind=pl.lit("opening"),
    )  # fmt: skip


def _movements(events: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Events of stock points with the ``change`` they are for what is there to be had; requests where they go to."""
    ordered = events.with_row_index("order")
    kind = pl.col("kind")
    change = (
        pl.when(kind.is_in(["delivery", "transfer", "lost"]))
        .then(pl.col("quantity"))
        .when(kind.is_in(["demand", "expiry"]))
        .then(-pl.col("quantity"))
    )
    own = ordered.filter(pl.col("on_hand").is_not_null() & (kind != "shipment")).with_columns(change=change)
    inner = pl.col("source_id").is_in(network["places"]["place_id"].implode())
    asked = ordered.filter((kind == "order") & inner).with_columns(
        pl.col("source_id").alias("place_id"), pl.lit(None, pl.Int64).alias("on_hand"), change=-pl.col("quantity")
    )
    return pl.concat([own, asked], how="diagonal").sort("order", maintain_order=True).drop("order")
