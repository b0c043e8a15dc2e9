"""What replications add up to, and how a period's counts are folded into it."""

from __future__ import annotations

from typing import NamedTuple

from spareverse.engine import memory as a
from spareverse.engine.memory import Floats, Whole, at
from spareverse.jit import lean_kernel


class Ledger(NamedTuple):
    """What a count costs: entry e turns measure ``measure[e]`` of stock point k into ``weight[k, e]`` of cost kind
    ``kind[e]``; a second of down time of asset a in period p costs ``downtime[a, p]`` of kind ``downtime_kind``."""

    measure: Whole
    kind: Whole
    weight: Floats
    downtime: Floats
    downtime_kind: int
    kinds: int


class Outcome(NamedTuple):
    """What a batch of replications produced; rows are replications unless said otherwise. Counted periods only."""

    stock_totals: Whole
    """[replications, stock points, measures]"""
    asset_totals: Whole
    """[replications, assets, measures]"""
    customer_totals: Whole
    """[replications, customers, measures]"""
    series: Whole
    """[replications, places, periods, measures of stock points]"""
    up_seconds: Whole
    """[replications, periods], all assets"""
    money: Floats
    """[replications, places, periods, cost kinds]; down time at place 0"""
    asset_up: Whole
    """[assets, periods], summed over the replications"""
    system_down: Whole
    """[replications] counted seconds in which some critical asset is down; 0 where there are fewer than two."""
    events: Whole
    """[replications]"""


@lean_kernel
def fold(
    m: Whole, group: int, stocks: Whole, assets: Whole, customers: Whole, bounds: Whole, ledger: Ledger, row: int,
    outcome: Outcome,
) -> None:  # fmt: skip
    """Add the group's counts of the period that ends to row ``row`` of the outcome, and begin anew.

    Periods before the counted time are forgotten. What is on hand at the end counts in the last period, for series
    in each.
    """
    p = m[a.PERIOD]
    counted = bounds[p] >= m[a.COUNTED_FROM]
    last = p == m[a.PERIODS] - 1
    entries = ledger.measure.shape[0]
    for k in range(m[at(group + a.GROUP_STOCKS)], m[at(group + a.GROUP_STOCKS_END)]):
        totals = stocks[k] + a.STOCK_TOTALS
        place = m[at(stocks[k] + a.PLACE)]
        if counted and last:
            m[at(totals + a.END_ON_HAND)] = m[at(stocks[k] + a.ON_HAND)]
            m[at(totals + a.END_ON_ORDER)] = m[at(stocks[k] + a.ON_ORDER)]
        elif counted:
            outcome.series[row, place, p, a.END_ON_HAND] += m[at(stocks[k] + a.ON_HAND)]
        if counted:
            for e in range(entries):
                if ledger.weight[k, e] != 0.0:
                    cost = ledger.weight[k, e] * m[at(totals + ledger.measure[e])]
                    outcome.money[row, place, p, ledger.kind[e]] += cost
        for measure in range(a.STOCK_COUNTS):
            amount = m[at(totals + measure)]
            if amount != 0:
                m[at(totals + measure)] = 0
                if counted:
                    outcome.series[row, place, p, measure] += amount
                    outcome.stock_totals[row, k, measure] += amount
    fold_assets(m, group, assets, bounds, ledger, row, outcome, counted)
    fold_customers(m, group, customers, row, outcome, counted)


@lean_kernel
def fold_assets(
    m: Whole, group: int, assets: Whole, bounds: Whole, ledger: Ledger, row: int, outcome: Outcome, counted: bool
) -> None:
    p = m[a.PERIOD]
    for i in range(m[at(group + a.GROUP_ASSETS)], m[at(group + a.GROUP_ASSETS_END)]):
        totals = assets[i] + a.ASSET_TOTALS
        if counted:
            up = m[at(totals + a.UP_SECONDS)]
            for measure in range(a.ASSET_COUNTS):
                outcome.asset_totals[row, i, measure] += m[at(totals + measure)]
            outcome.up_seconds[row, p] += up
            outcome.asset_up[i, p] += up
            down = bounds[p + 1] - bounds[p] - up
            outcome.money[row, 0, p, ledger.downtime_kind] += ledger.downtime[i, p] * down
        for measure in range(a.ASSET_COUNTS):
            m[at(totals + measure)] = 0


@lean_kernel
def fold_customers(m: Whole, group: int, customers: Whole, row: int, outcome: Outcome, counted: bool) -> None:
    for i in range(m[at(group + a.GROUP_CUSTOMERS)], m[at(group + a.GROUP_CUSTOMERS_END)]):
        totals = customers[i] + a.CUSTOMER_TOTALS
        for measure in range(a.CUSTOMER_COUNTS):
            if counted:
                outcome.customer_totals[row, i, measure] += m[at(totals + measure)]
            m[at(totals + measure)] = 0


@lean_kernel
def fold_open_waits(m: Whole, group: int, customers: Whole, row: int, outcome: Outcome) -> None:
    """Waits that ended only after the horizon, as far as they lie before it."""
    for i in range(m[at(group + a.GROUP_CUSTOMERS)], m[at(group + a.GROUP_CUSTOMERS_END)]):
        waited = m[at(customers[i] + a.CUSTOMER_TOTALS + a.C_WAITING)]
        outcome.customer_totals[row, i, a.C_WAITING] += waited
