"""From replications to the declared result tables of a study."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.engine import memory as a
from spareverse.engine.run import run_batch
from spareverse.network.study_tables import (
    COST_KINDS,
    DIFFERENCE_RESULTS,
    LINE_RESULTS,
    MEASURES,
    OPTION_RESULTS,
    PERIOD_RESULTS,
    REPLICATION_RESULTS,
    STUDY_EVENTS,
    measure_range,
)
from spareverse.simulation.compile_network import SECONDS
from spareverse.simulation.ledger import CO2_KG, KIND
from spareverse.simulation.option_run import OptionRun
from spareverse.simulation.study_network import CENTRAL, SITE
from spareverse.special import student_quantile
from spareverse.statistics.limits import limits_of_mean

Floats = NDArray[np.float64]


def mean_limits(
    values: Floats, lowest: float = -math.inf, highest: float = math.inf
) -> tuple[float | None, float | None, float | None]:
    """Mean of what is known and its 95 % limits; no limits from fewer than two values, nothing from none."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return None, None, None
    mean, low, high = limits_of_mean(known, lowest, highest)
    return (mean, None, None) if len(known) == 1 else (mean, low, high)


def option_results(runs: Sequence[OptionRun]) -> pl.DataFrame:
    """Mean, its interval and the spread of one run, per option and measure."""
    rows = []
    for run in runs:
        for measure, (_, unit) in MEASURES.items():
            values = run.values(measure)
            known = values[np.isfinite(values)]
            counted_h = run.compiled.counted_seconds / SECONDS
            mean, low, high = mean_limits(values, *measure_range(measure, counted_h))
            spread = np.quantile(known, [0.025, 0.975]) if len(known) > 1 else (None, None)
            rows.append((run.option.name, measure, mean, low, high, *spread, _unit(unit, run)))
    return pl.DataFrame(rows, schema=OPTION_RESULTS.schema, orient="row")


def _unit(unit: str, run: OptionRun) -> str:
    return run.study.currency if unit == "currency" else unit


def difference_results(runs: Sequence[OptionRun]) -> pl.DataFrame:
    """Paired differences between options, over the replications both have."""
    rows = []
    for one, other in permutations(runs, 2):
        shared = min(one.done, other.done)
        for measure in MEASURES:
            x, y = one.values(measure)[:shared], other.values(measure)[:shared]
            known = np.isfinite(x) & np.isfinite(y)
            x, y = x[known], y[known]
            mean, low, high = mean_limits(x - y)
            ratio = None
            if len(x) > 1 and (paired := float((x - y).var(ddof=1))) > 0:
                ratio = float(x.var(ddof=1) + y.var(ddof=1)) / paired
            rows.append((one.option.name, other.option.name, measure, mean, low, high, ratio))
    return pl.DataFrame(rows, schema=DIFFERENCE_RESULTS.schema, orient="row")


def replication_results(runs: Sequence[OptionRun]) -> pl.DataFrame:
    """Every measure of every replication."""
    frames = []
    for run in runs:
        columns = {measure: run.values(measure) for measure in MEASURES}
        frame = pl.DataFrame({"replication": np.arange(run.done), "events": np.concatenate(run.events), **columns})
        frames.append(frame.with_columns(pl.lit(run.option.name).alias("option"), pl.col(pl.Float64).fill_nan(None)))
    return pl.concat(frames).select(REPLICATION_RESULTS.names).cast(REPLICATION_RESULTS.schema)


def period_results(runs: Sequence[OptionRun]) -> pl.DataFrame:
    """Counted periods of each option: availability, stock, costs, and the cumulative cost with the spread of a run."""
    frames = []
    for run in runs:
        first = run.compiled.first_period
        bounds = run.compiled.entities.bounds
        up = np.concatenate(run.up_by_period)[:, first:]
        limits = np.array([mean_limits(up[:, p], 0.0, 1.0) for p in range(up.shape[1])], dtype=np.float64)
        money = run.money_by_period / run.done
        cumulative = money[:, : len(COST_KINDS)].sum(axis=1).cumsum()
        paths = np.concatenate(run.cumulative)
        spread = np.quantile(paths, [0.025, 0.975], axis=0)
        columns = {
            "period": np.arange(1, len(limits) + 1),
            "until_h": (bounds[first + 1 :] - bounds[first]) / SECONDS,
            "availability": limits[:, 0],
            "availability_low": limits[:, 1],
            "availability_high": limits[:, 2],
            "mean_stock": run.held_by_period[first:] / run.done,
            **{f"{kind}_cost": money[first + 1 :, number] for number, kind in enumerate(COST_KINDS)},
            "cumulative_cost": cumulative[first + 1 :],
            "cumulative_low": spread[0, first + 1 :],
            "cumulative_high": spread[1, first + 1 :],
        }
        frame = pl.DataFrame(columns).with_columns(pl.lit(run.option.name).alias("option"))
        frames.append(frame.with_columns(pl.col(pl.Float64).fill_nan(None)))
    return pl.concat(frames).select(PERIOD_RESULTS.names).cast(PERIOD_RESULTS.schema)


def line_results(runs: Sequence[OptionRun]) -> pl.DataFrame:
    """Means of each stocked part; its central stock counts with it."""
    return pl.concat([_lines_of(run).select(LINE_RESULTS.names).cast(LINE_RESULTS.schema) for run in runs])


def _lines_of(run: OptionRun) -> pl.DataFrame:
    n = run.done
    totals = run.stock_sums / n
    buys = run.ledger.buys[:, None] * totals
    split = [name.split("\x1f") for name in run.compiled.stock_ids]
    weights = run.ledger.weights
    variable, co2 = np.zeros(len(totals)), np.zeros(len(totals))
    for e, kind in enumerate(weights.kind):
        amount = totals[:, weights.measure[e]] * weights.weight[:, e]
        variable, co2 = (variable, co2 + amount) if kind == CO2_KG else (variable + amount, co2)
    downtime = run.downtime_costs(totals[None], run.money_by_period[:, KIND["downtime"]].sum(keepdims=True) / n)[0]
    variance = np.maximum(run.cost_sums[1] - run.cost_sums[0] ** 2 / n, 0.0) / max(n - 1, 1) / n
    points = pl.DataFrame(
        {
            "part_id": [part for part, _ in split],
            "site": [place == SITE for _, place in split],
            "failures": totals[:, a.DEMANDS],
            "stock_outs": totals[:, a.STOCK_OUTS],
            "waiting": totals[:, a.WAITING_SECONDS] / SECONDS,
            "orders": buys[:, a.ORDERS] + buys[:, a.EMERGENCY_ORDERS],
            "emergency_orders": buys[:, a.EMERGENCY_ORDERS],
            "pieces_bought": buys[:, a.PIECES_ORDERED],
            "mean_stock": totals[:, a.ON_HAND_SECONDS] / run.compiled.counted_seconds,
            "unused_pieces": totals[:, a.END_ON_HAND],
            "expired_pieces": totals[:, a.PIECES_EXPIRED],
            "co2_kg": co2,
            "supply_cost": variable + run.ledger.first_stock + run.ledger.fees,
            "downtime_cost": downtime,
            "variance": variance,
        }
    )
    summed = points.group_by("part_id", maintain_order=True).agg(pl.exclude("site", "part_id").sum())
    return (
        run.network.parts.join(summed, on="part_id", how="left")
        .join(_availability_of_parts(run), on="part_id", how="left")
        .with_columns(
            pl.lit(run.option.name).alias("option"),
            pl.when(pl.col("failures") > 0).then(pl.col("waiting") / pl.col("failures")).alias("wait_hours"),
            pl.when(n > 1).then(pl.col("variance").sqrt()).alias("cost_error"),
        )
    )


def _availability_of_parts(run: OptionRun) -> pl.DataFrame:
    """Mean availability of the assets each part serves, with limits from the spread of the assets' means."""
    n = run.done
    mean = run.asset_sums[0] / n
    variance = np.maximum(run.asset_sums[1] - run.asset_sums[0] ** 2 / n, 0.0) / max(n - 1, 1) / n
    positions = run.compiled.entities.positions
    pairs = np.unique(positions[:, [a.STOCK - a.ASSET, 0]], axis=0)
    count = len(run.compiled.stock_ids)
    served = np.bincount(pairs[:, 0], minlength=count)
    value = np.bincount(pairs[:, 0], weights=mean[pairs[:, 1]], minlength=count) / np.maximum(served, 1)
    # assets that share a stock are not independent: the standard error of their mean is at most the mean error
    error = np.bincount(pairs[:, 0], weights=np.sqrt(variance)[pairs[:, 1]], minlength=count) / np.maximum(served, 1)
    half = student_quantile(max(n - 1, 1), 0.975) * error
    frame = pl.DataFrame(
        {
            "part_id": [name.split("\x1f")[0] for name in run.compiled.stock_ids],
            "central": [name.endswith(CENTRAL) for name in run.compiled.stock_ids],
            "availability": np.where(served > 0, value, 1.0),
            "availability_low": np.where(served > 0, np.maximum(value - half, 0.0), 1.0),
            "availability_high": np.where(served > 0, np.minimum(value + half, 1.0), 1.0),
        }
    )
    return frame.filter(~pl.col("central")).drop("central")


def event_results(runs: Sequence[OptionRun], replications: int) -> pl.DataFrame:
    """The event log of the first replications: they are simulated once more, with the log."""
    frames = [_events_of(run, min(replications, run.done)) for run in runs]
    return pl.concat(frames) if frames else STUDY_EVENTS.empty()


def _events_of(run: OptionRun, replications: int) -> pl.DataFrame:
    compiled = run.compiled
    _, log = run_batch(compiled.entities, run.ledger.weights, run.seed, 0, replications, log=True)
    field = {name: log[:, number] for number, name in enumerate(a.RECORD)}
    split = [name.split("\x1f") for name in compiled.stock_ids]
    asset = np.append(compiled.entities.positions[:, 0], -1)[field["position"]]
    frame = pl.DataFrame(
        {
            "option": run.option.name,
            "replication": field["replication"],
            "time_h": field["time"] / SECONDS,
            "kind": pl.Series(a.RECORD_KINDS)[field["kind"]],
            "part_id": pl.Series([part for part, _ in split])[field["stock"]],
            "place": pl.Series([place for _, place in split])[field["stock"]],
            "asset_id": pl.Series([*compiled.asset_ids, None], dtype=pl.String)[asset],
            "quantity": field["quantity"],
            "on_hand": field["on_hand"],
            "duration_h": field["duration"] / SECONDS,
        }
    )
    return frame.cast(STUDY_EVENTS.schema).sort("replication", "time_h", maintain_order=True)
