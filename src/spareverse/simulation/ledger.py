"""What each count of an option costs: the engine's counts become money and CO2 through one table of weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.engine import memory as a
from spareverse.engine.outcome import Ledger
from spareverse.network.study import HOURS_PER_MONTH, HOURS_PER_YEAR, Option, Study, Transport
from spareverse.network.study_tables import COST_KINDS
from spareverse.simulation.compile_network import SECONDS, CompiledNetwork
from spareverse.simulation.study_network import CENTRAL, OptionNetwork

Floats = NDArray[np.float64]
KIND = {name: number for number, name in enumerate(COST_KINDS)}
CO2_KG = len(COST_KINDS)
"""Column of the money that holds kilograms instead."""


@dataclass(frozen=True)
class OptionLedger:
    """``weights`` turn counts into money and CO2; ``fixed`` [periods + 1, cost kinds] does not depend on the run: row
    0 falls due at time 0. ``discount`` [periods + 1] is the worth of money due then."""

    weights: Ledger
    fixed: Floats
    discount: Floats
    buys: NDArray[np.bool_]
    """Stock points that buy from a supplier."""
    emits: NDArray[np.bool_]
    """Of those, the ones whose shipments travel a stated distance."""
    prices: Floats
    """Of a piece, per stock point."""
    fees: Floats
    """Each stock point's share of the fees and investments that are paid: a part bears those of the option it follows.
    """
    first_stock: Floats
    """What the stock at commissioning costs, per stock point."""


def option_ledger(study: Study, option: Option, network: OptionNetwork, compiled: CompiledNetwork) -> OptionLedger:
    """Entries of all stock points, by the option each part follows.

    What is used, is paid: an option bears its own fee and investment, and those of every other option that one of its
    parts follows.
    """
    count = len(compiled.stock_ids)
    entries: dict[tuple[int, int], Floats] = {}
    fixed = np.zeros((len(compiled.entities.bounds), len(COST_KINDS)))
    buys, emits = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    prices, first_stock = np.zeros(count), np.zeros(count)
    shares: dict[str, Floats] = {}
    row = {name: number for number, name in enumerate(compiled.stock_ids)}
    points = network.universe.stock_points.join(network.parts, on="part_id", how="left", suffix="_of_part")
    for point in points.iter_rows(named=True):
        k = row[point["stock_id"]]
        followed = study.option(point["follows"])
        prices[k] = point["unit_price"]
        buys[k] = point["supplied_from"] is None
        emits[k] = buys[k] and followed.transport.distance_km > 0
        if point["place_id"] != CENTRAL:
            shares.setdefault(followed.name, np.zeros(count))[k] = max(point["failures_per_year"], 1e-12)
        _enter(study, followed, point, k, entries, count, bool(buys[k]))
        if followed.parts_charged == "on_purchase":
            first_stock[k] = point["initial_stock"] * paid_per_piece(followed, prices[k])
    fixed[0, KIND["parts"]] = first_stock.sum()
    fees = np.zeros(count)
    for name in dict.fromkeys((option.name, *shares)):
        due = _fees(study.option(name), compiled)
        fixed += due
        share = shares.get(name, np.sum(list(shares.values()), axis=0))
        fees += due.sum() * share / share.sum()
    keys = list(entries)
    weights = Ledger(
        measure=np.array([measure for measure, _ in keys], np.int64),
        kind=np.array([kind for _, kind in keys], np.int64),
        weight=np.column_stack([entries[each] for each in keys]) if keys else np.zeros((count, 0)),
        downtime=_downtime(study, network.assets, compiled),
        downtime_kind=KIND["downtime"],
        kinds=len(COST_KINDS) + 1,
    )
    return OptionLedger(weights, fixed, _discount(study, compiled), buys, emits, prices, fees, first_stock)


def _enter(
    study: Study,
    option: Option,
    point: dict[str, object],
    k: int,
    entries: dict[tuple[int, int], Floats],
    count: int,
    buys: bool,
) -> None:
    """Weights of one stock point."""

    def add(measure: int, kind: int, weight: float) -> None:
        if weight != 0.0:
            entries.setdefault((measure, kind), np.zeros(count))[k] += weight

    price = float(str(point["unit_price"]))
    piece = paid_per_piece(option, price)
    if option.parts_charged == "on_use":
        # a piece that nobody used is paid for when it leaves the stock
        add(a.PIECES_ISSUED, KIND["parts"], piece)
        add(a.PIECES_EXPIRED, KIND["parts"], piece)
    elif buys:
        add(a.PIECES_ORDERED, KIND["parts"], piece)
    if "holding" not in option.fee.covers:
        per_h = option.holding_per_piece_h + option.holding_rate_per_year * price / HOURS_PER_YEAR
        add(a.ON_HAND_SECONDS, KIND["holding"], per_h / SECONDS)
    if option.parts_charged == "on_purchase" and "parts" not in option.fee.covers:
        # what was never paid for brings nothing back
        add(a.END_ON_HAND, KIND["scrap"], -option.scrap_share * price)
    if buys:
        add(a.ORDERS, KIND["ordering"], option.order_cost)
        add(a.EMERGENCY_ORDERS, KIND["ordering"], option.order_cost)
        add(a.EMERGENCY_ORDERS, KIND["expedite"], option.expedite_price)
    way: Transport = option.transport if buys else option.transfer_transport
    shipments = a.DELIVERIES if buys else a.TRANSFERS
    weight_kg = float(str(point["weight_kg"]))
    add(shipments, KIND["transport"], way.cost_per_shipment)
    per_tonne = way.distance_km * way.co2_kg_per_tonne_km / 1000.0
    moved = (
        (shipments, way.shipment_weight_kg) if way.shipment_weight_kg is not None else (a.PIECES_RECEIVED, weight_kg)
    )
    add(moved[0], KIND["transport"], way.cost_per_kg * moved[1])
    add(moved[0], CO2_KG, per_tonne * moved[1])
    add(moved[0], KIND["co2"], per_tonne * moved[1] * study.economics.co2_price_per_kg)


def paid_per_piece(option: Option, price: float) -> float:
    """What a piece costs beside the subscription: the printer's charge, and its price unless the fee covers parts."""
    return option.fee.pay_per_use + (0.0 if "parts" in option.fee.covers else price)


def _fees(option: Option, compiled: CompiledNetwork) -> Floats:
    """Investment at time 0, and the fee of each counted period at the price of its year [periods + 1, cost kinds]."""
    due = np.zeros((len(compiled.entities.bounds), len(COST_KINDS)))
    due[0, KIND["investment"]] = option.investment
    first = compiled.first_period
    ends = (compiled.entities.bounds[first:] - compiled.entities.bounds[first]) / SECONDS
    due[first + 1 :, KIND["fee"]] = option.fee.per_month * months_charged(option, ends[:-1], ends[1:])
    return due


def months_charged(option: Option, start_h: Floats, end_h: Floats) -> Floats:
    """Months of subscription from each start to its end, hours, weighted by the escalation reached in the year."""
    rise = (1.0 + option.fee.escalation_per_year) ** (start_h // HOURS_PER_YEAR)
    months: Floats = rise * (end_h - start_h) / HOURS_PER_MONTH
    return months


def _discount(study: Study, compiled: CompiledNetwork) -> Floats:
    """Worth at time 0 of money due at the end of each period; the first entry is 1."""
    bounds = compiled.entities.bounds
    years = np.maximum(bounds - bounds[compiled.first_period], 0) / (SECONDS * HOURS_PER_YEAR)
    worth: Floats = (1.0 + study.economics.discount_rate) ** -years
    worth[0] = 1.0
    return worth


def _downtime(study: Study, assets: pl.DataFrame, compiled: CompiledNetwork) -> Floats:
    """Cost of a second of down time [assets, periods]."""
    per_h = dict(assets.select("asset_id", "downtime_cost_per_h").iter_rows())
    cost = np.array([per_h[name] for name in compiled.asset_ids]) / SECONDS
    periods = len(compiled.entities.bounds) - 1
    season = np.ones(periods)
    if study.economics.downtime_season:
        months = compiled.entities.bounds[:-1] // round(HOURS_PER_MONTH * SECONDS) % 12
        season = np.array(study.economics.downtime_season)[months]
    return np.outer(cost, season)
