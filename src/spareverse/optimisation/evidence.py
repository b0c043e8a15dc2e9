"""What the history says of each item before any cost: lead time, demand rate and order size, with uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.history.groups import Groups, choose_groups
from spareverse.history.measures import COMPLETED
from spareverse.history.window import Window
from spareverse.statistics import demand as demand_models
from spareverse.statistics import pooling, weibull
from spareverse.statistics.goodness import weibull_p_values

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

LEAST_GROUP_CYCLES = 40
# Where a number must stand for a lead time of zero days, which lies in (0, 1].
HALF_DAY = 0.5
LEAST_GROUP_PARTS = 30
# A twin without a single lead time: 60 days, spread e^1 either way, flagged as assumed.
ASSUMED_LEAD_TIME = (np.log(60.0), np.log(1.5))


@dataclass(frozen=True)
class LeadTimeEvidence:
    """Per item: posterior of (ln scale, ln shape), own maximum likelihood fit, goodness of fit."""

    posterior: pooling.Posterior
    groups: Groups
    own: weibull.WeibullFits
    p_value: Floats


@dataclass(frozen=True)
class DemandEvidence:
    """Per item: gamma posterior of the order rate; per group: order sizes and dispersion."""

    rate_shape: Floats
    rate_days: Floats
    dispersion: Floats
    groups: Groups
    sizes: Floats
    size_starts: Integers
    group_sizes: Floats
    group_chances: Floats
    group_starts: Integers
    concentration: Floats


def evidence_grade(cycles: pl.Expr) -> pl.Expr:
    """strong, fair, weak or borrowed: how much of a part's lead time is its own, by completed cycles."""
    return (
        pl.when(cycles >= 20)
        .then(pl.lit("strong"))
        .when(cycles >= 8)
        .then(pl.lit("fair"))
        .when(cycles >= 1)
        .then(pl.lit("weak"))
        .otherwise(pl.lit("borrowed"))
    )


def starts_of(item: Integers, items: int) -> Integers:
    """Where each item's rows begin in an array sorted by item; one entry more than items."""
    starts = np.zeros(items + 1, dtype=np.int64)
    np.cumsum(np.bincount(item, minlength=items), out=starts[1:])
    return starts


def _gather(starts: Integers, chosen: Integers) -> tuple[Integers, Integers]:
    """Row numbers of the chosen samples end to end, and their new starts."""
    length = starts[chosen + 1] - starts[chosen]
    new = np.zeros(len(chosen) + 1, dtype=np.int64)
    np.cumsum(length, out=new[1:])
    rows = np.arange(new[-1]) - np.repeat(new[:-1], length) + np.repeat(starts[chosen], length)
    return rows, new


def lead_time_evidence(cycles: pl.DataFrame, items: pl.DataFrame) -> LeadTimeEvidence:
    """``cycles`` with column item; ``items`` with columns item, supplier_id, category."""
    count = items.height
    counted = cycles.filter(pl.col("flag").is_null()).sort("item", maintain_order=True)
    values = counted["lead_time_days"].to_numpy().astype(np.float64)
    censored = counted["open"].to_numpy().astype(np.bool_)
    item = counted["item"].to_numpy()
    starts = starts_of(item, count)
    completed = np.bincount(item[~censored], minlength=count).astype(float)
    supplier, category = items["supplier_id"].fill_null(""), items["category"].fill_null("")
    both = pl.select(
        pl.when((supplier != "") & (category != "")).then(supplier + " × " + category).otherwise(pl.lit(""))
    ).to_series()
    groups = choose_groups([both, supplier, category], completed, LEAST_GROUP_CYCLES)
    hierarchy = _fit_groups(values, censored, starts, groups)
    own = pooling.own_fits(values, censored, starts)
    done = ~censored
    return LeadTimeEvidence(
        pooling.posterior(values, censored, starts, groups.number, hierarchy),
        groups,
        own,
        weibull_p_values(np.maximum(values[done], HALF_DAY), starts_of(item[done], count)),
    )


def _fit_groups(values: Floats, censored: Booleans, starts: Integers, groups: Groups) -> pooling.Hierarchy:
    """Hierarchy of all groups, each from a seeded sample of its members with observations."""
    informed = (np.diff(starts) > 0)[groups.member]
    member, group = groups.member[informed], groups.member_group[informed]
    shuffle = np.random.default_rng(7).permutation(len(member))
    order = shuffle[np.argsort(group[shuffle], kind="stable")]
    member, group = member[order], group[order]
    rank = np.arange(len(group)) - np.searchsorted(group, group)
    member, group = member[rank < pooling.MOST_PARTS], group[rank < pooling.MOST_PARTS]
    rows, sample_starts = _gather(starts, member)
    of_row = np.repeat(group, np.diff(sample_starts))
    pooled = weibull.fit_many(values[rows], censored[rows], starts_of(of_row, len(groups)))
    start = np.stack([np.log(pooled.scale), np.log(pooled.shape)], axis=1)
    start[np.isnan(start).any(axis=1)] = start[0] if not np.isnan(start[0]).any() else ASSUMED_LEAD_TIME
    # Group 0 holds all parts and comes first; its spread steadies the small groups.
    whole = int(np.searchsorted(group, 1))
    end = sample_starts[whole]
    top = pooling.fit_hierarchy(
        values[rows[:end]], censored[rows[:end]], sample_starts[: whole + 1], group[:whole], 1, start[:1]
    )
    if len(groups) == 1:
        return top
    base = np.repeat(top.spread, len(groups), axis=0)
    return pooling.fit_hierarchy(values[rows], censored[rows], sample_starts, group, len(groups), start, base)


def demand_evidence(
    demand: pl.DataFrame, cycles: pl.DataFrame, items: pl.DataFrame, window: Window, lead_scale: Floats
) -> DemandEvidence:
    """``demand`` and ``cycles`` with column item; ``items`` with item, category; lead_scale: days, per item."""
    count = items.height
    inside = demand.filter(
        pl.col("ordered_on").is_between(window.since, window.until, closed="left") & (pl.col("quantity") > 0)
    ).sort("item", maintain_order=True)
    item = inside["item"].to_numpy()
    sizes = inside["quantity"].to_numpy().astype(np.float64)
    orders = np.bincount(item, minlength=count)
    bought = items["item"].is_in(cycles["item"].unique().implode())
    state = pl.select(pl.when(bought).then(pl.lit("bought")).otherwise(pl.lit("not bought"))).to_series()
    category = items["category"].fill_null("")
    fine = pl.select(pl.when(category != "").then(category + ", " + state).otherwise(pl.lit(""))).to_series()
    groups = choose_groups([fine, state], np.ones(count), LEAST_GROUP_PARTS)
    shape, mean = demand_models.rate_priors(orders[groups.member], groups.member_group, len(groups))
    dispersion = _dispersion(cycles, orders, window, groups, count)
    rate_shape, rate_days = demand_models.rate_posterior(
        orders.astype(float),
        float(window.days),
        dispersion[groups.number],
        lead_scale,
        shape[groups.number],
        mean[groups.number],
    )
    starts = starts_of(item, count)
    group_sizes, group_chances, group_starts, concentration = _group_sizes(sizes, starts, groups)
    return DemandEvidence(
        rate_shape,
        rate_days,
        dispersion[groups.number],
        groups,
        sizes,
        starts,
        group_sizes,
        group_chances,
        group_starts,
        concentration,
    )


def _dispersion(cycles: pl.DataFrame, orders: Integers, window: Window, groups: Groups, count: int) -> Floats:
    done = cycles.filter(COMPLETED & (pl.col("lead_time_days") > 0)).sort("item", maintain_order=True)
    item = done["item"].to_numpy()
    days = done["lead_time_days"].to_numpy()
    rows, starts = _gather(starts_of(item, count), groups.member)
    group = np.repeat(groups.member_group, np.diff(starts))
    expected = orders[item] / window.days * days
    return demand_models.dispersion_by_group(
        done["sales_lines"].to_numpy().astype(float)[rows],
        expected[rows],
        (days / window.days)[rows],
        group,
        len(groups),
    )


def _group_sizes(sizes: Floats, starts: Integers, groups: Groups) -> tuple[Floats, Floats, Integers, Floats]:
    """Distinct order sizes of every group with their chances, and how alike the orders of one part are."""
    rows, member_starts = _gather(starts, groups.member)
    group = np.repeat(groups.member_group, np.diff(member_starts))
    counted = (
        pl.DataFrame({"group": group, "size": sizes[rows]})
        .group_by("group", "size")
        .agg(pl.len().alias("n"))
        .with_columns((pl.col("n") / pl.col("n").sum().over("group")).alias("chance"))
        .sort("group", "size")
    )
    silent = np.setdiff1d(np.arange(len(groups)), counted["group"].to_numpy())
    # A group without any order: one piece an order.
    ones = pl.DataFrame({"group": silent, "size": np.ones(len(silent)), "chance": np.ones(len(silent))})
    table = pl.concat([counted.select(ones.columns), ones]).sort("group", "size")
    concentration = demand_models.size_concentration(
        np.log(sizes[rows]),
        np.repeat(np.arange(len(groups.member)), np.diff(member_starts)),
        groups.member_group,
        len(groups),
    )
    return (
        table["size"].to_numpy(),
        table["chance"].to_numpy(),
        starts_of(table["group"].to_numpy(), len(groups)),
        concentration,
    )
