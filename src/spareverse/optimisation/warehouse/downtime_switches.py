"""The cost of down time at which the cheapest option changes: the lower envelope of straight lines.

The cost of an option is a + b c, with a its cost without down time, b its hours down and c the cost of an hour. From
c = 0 upwards the cheapest option changes to ever more expensive ones with ever fewer hours down.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.study import Study
from spareverse.network.study_answers import DOWNTIME_SWITCHES, NOT_ENOUGH
from spareverse.optimisation.warehouse.estimates import Estimate, Floats, columns, mean_estimate, ratio_estimate
from spareverse.optimisation.warehouse.runs import Run, by_replication, downtime_hours, option_names
from spareverse.simulation.study_network import stocked_lines

RESAMPLES = 2_000
MOST_BATCHES = 500
SURE = 0.95


def common_cost(study: Study) -> float | None:
    """What an hour down costs, where it costs the same on every asset in every month; None where it does not."""
    economics = study.economics
    of_assets = (
        stocked_lines(study)
        .group_by("asset_id")
        .agg(pl.col("downtime_cost_per_h").max().fill_null(economics.downtime_cost_per_h))
    )
    costs = set(of_assets["downtime_cost_per_h"]) or {economics.downtime_cost_per_h}
    return costs.pop() if len(costs) == 1 and len(set(economics.downtime_season)) < 2 else None


def downtime_switches(run: Run) -> pl.DataFrame:
    """Schema DOWNTIME_SWITCHES: all assets are taken to cost the same per hour down, in every month.

    Where they do not (``common_cost`` is None), the study's own totals lie on no point of this scale.
    """
    total = by_replication(run, "total_cost")
    return switches(option_names(run), total - by_replication(run, "downtime_cost"), downtime_hours(run))


def switches(options: Sequence[str], cost: Floats, hours: Floats) -> pl.DataFrame:
    """The same from arrays (replications, options): cost without down time, hours down.

    Limits of a switch: ratio of paired differences of its two neighbours (Fieller), empty where it is not even clear
    which of the two is down less. Whether an option is in the list at all is judged by resampling replications.
    """
    order = lower_envelope(cost.mean(axis=0)[None, :], hours.mean(axis=0)[None, :])[0]
    order = order[order >= 0]
    support = _support(cost, hours)
    between = [
        _from_zero(ratio_estimate(cost[:, after] - cost[:, before], hours[:, before] - hours[:, after]))
        for before, after in pairwise(order)
    ]
    starts = [Estimate(0.0, 0.0, 0.0), *between]
    ends = [*between, None]
    rows = []
    for option, name in enumerate(options):
        place = np.flatnonzero(order == option)
        rank = int(place[0]) if place.size else None
        if rank is None:
            sure = support[option] <= 1.0 - SURE
        else:
            edges = [edge for edge in (starts[rank], ends[rank]) if edge is not None]
            sure = support[option] >= SURE and all(np.isfinite(edge.high) for edge in edges)
        row = {
            "option": name,
            "rank": None if rank is None else rank + 1,
            **columns("cost_without_downtime", mean_estimate(cost[:, option])),
            **columns("downtime_hours", mean_estimate(hours[:, option], lowest=0.0)),
            "support": float(support[option]) if cost.shape[0] > 1 else None,
            "verdict": "clear" if sure and cost.shape[0] > 1 else NOT_ENOUGH,
        }
        if rank is not None:
            row |= columns("from_cost", starts[rank])
            end = ends[rank]
            row |= {} if end is None else columns("to_cost", end)
        rows.append(row)
    return pl.DataFrame(rows, schema=DOWNTIME_SWITCHES.schema).sort("rank", nulls_last=True, maintain_order=True)


def _from_zero(switch: Estimate) -> Estimate:
    """An hour down costs nothing at least."""
    return Estimate(switch.value, max(switch.low, 0.0) if np.isfinite(switch.low) else switch.low, switch.high)


def lower_envelope(cost: Floats, hours: Floats) -> NDArray[np.int64]:
    """Options that are cheapest somewhere, by rising cost of down time; rows are separate cases, -1 fills up.

    Both arrays: (cases, options). Returns the same shape.
    """
    cases, options = cost.shape
    every = np.arange(cases)
    order = np.full((cases, options), -1, dtype=np.int64)
    # At c = 0 the cheapest; of equals the one with fewest hours down.
    now = np.lexsort((hours, cost), axis=1)[:, 0]
    order[:, 0] = now
    for step in range(1, options):
        saved = hours[every, now][:, None] - hours
        with np.errstate(divide="ignore", invalid="ignore"):
            switch = np.where(saved > 0.0, (cost - cost[every, now][:, None]) / saved, np.inf)
        # Of switches at one cost the option with fewest hours down remains.
        following = np.lexsort((hours, switch), axis=1)[:, 0]
        ended = ~np.isfinite(switch[every, following]) | (now < 0)
        order[:, step] = np.where(ended | (order[:, step - 1] < 0), -1, following)
        if (order[:, step] < 0).all():
            break
        now = np.where(order[:, step] >= 0, following, now)
    return order


def _support(cost: Floats, hours: Floats) -> Floats:
    """Share of resamples of the replications in which each option is cheapest somewhere.

    Of many replications, means of equal batches are resampled: as independent, as variable in their mean, and quick.
    """
    cost, hours = _batch_means(cost), _batch_means(hours)
    replications, options = cost.shape
    draws = np.random.default_rng(0).multinomial(replications, np.full(replications, 1.0 / replications), RESAMPLES)
    weights = draws / replications
    order = lower_envelope(weights @ cost, weights @ hours)
    return np.array([(order == option).any(axis=1).mean() for option in range(options)])


def _batch_means(values: Floats) -> Floats:
    """Means of at most ``MOST_BATCHES`` equal batches of rows; what fills no batch is left out."""
    size = -(-len(values) // MOST_BATCHES)
    whole = values[: len(values) // size * size]
    means: Floats = whole.reshape(-1, size, values.shape[1]).mean(axis=1)
    return means
