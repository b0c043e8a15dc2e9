"""A record held against simulations of the network that was made of it, measure by measure.

Each measure of the record is compared with its values in replications over as long a time. What counts as a
difference is declared before (``Thresholds``): less than the tolerance is none, the chance of a difference by luck is
computed at the edge of the tolerance, and the share of false findings among all is held down by the rule of Benjamini
& Hochberg (1995). Where the lines are too few to find the difference that matters, that is said instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.calibration.points_from_history import Tables
from spareverse.calibration.replay_measures import longest_lead_times, measured
from spareverse.calibration.replayed_lines import lines_of_events, lines_of_record
from spareverse.jit import Cancel, Progress
from spareverse.network.calibration_table import CALIBRATION, COUNTS, SHARES, SUBJECT
from spareverse.network.network import Network
from spareverse.simulation.universe_run import run_universe

Floats = NDArray[np.float64]

REPLICATIONS = 24
UNITS = {
    "lead time of a supplier": "days", "lead time of a lane": "days", "supply on time": "share",
    "demand of a group": "lines/year", "pieces of a group": "pieces/year", "orders of a place": "orders/year",
    "served in time": "share",
}  # fmt: skip


@dataclass(frozen=True)
class Thresholds:
    """What is called a difference; stated with every result."""

    tolerance: float = 0.05
    """Relative difference that does not matter; of shares so many points."""
    matters: float = 0.30
    """Relative difference that must be found; of shares half as many points."""
    power: float = 0.90
    """Chance with which it must be found, else the data are not enough."""
    single: float = 0.001
    """Chance of luck at which that power is judged, before many measures are looked at."""
    false_findings: float = 0.05
    """Share of false ones among all differences found, at most."""

    def text(self) -> str:
        """The thresholds in words."""
        return (
            f"A difference of up to {self.tolerance:.0%} is none. A measure has enough data where a difference of "
            f"{self.matters:.0%} would be found with a chance of {self.power:.0%} at p = {self.single:g}. Of all "
            f"differences found, {self.false_findings:.0%} at most are false (Benjamini & Hochberg)."
        )


DECLARED = Thresholds()
"""The thresholds used unless others are given."""


def compare(
    tables: Tables,
    network: Network,
    *,
    since: date,
    until: date,
    thresholds: Thresholds = DECLARED,
    replications: int = REPLICATIONS,
    seed: int = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> pl.DataFrame:
    """The record of [since, until) beside simulations of the network (schema CALIBRATION)."""
    record = lines_of_record(tables, since, until)
    longest = longest_lead_times(network, record.days)
    simulated = simulate(
        network, record.days, longest, replications=replications, seed=seed, progress=progress, cancel=cancel
    )
    return judged(measured(record, network, longest), simulated, thresholds)


def simulate(
    network: Network,
    days: float,
    longest: pl.DataFrame,
    *,
    replications: int = REPLICATIONS,
    seed: int = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> pl.DataFrame:
    """Predictions of all measures from replications of ``days`` days: the columns of ``predicted``."""
    found: dict[int, pl.DataFrame] = {}

    def measure(replication: int, events: pl.DataFrame) -> None:
        found[replication] = measured(lines_of_events(events, network, days), network, longest)

    run = run_universe(
        _for_days(network, days), replications=replications, seed=seed, causes=False, each_record=measure,
        progress=progress, cancel=cancel,
    )  # fmt: skip
    return predicted([*(found[number] for number in range(replications)), *_served(run.tables["series"])])


def _for_days(network: Network, days: float) -> Network:
    settings = network["settings"].with_columns(
        pl.lit(float(days)).alias("horizon_days"), pl.lit(0.0).alias("warm_up_days")
    )
    return Network({**network.tables, "settings": settings}, network.name, network.notices)


def _served(series: pl.DataFrame) -> list[pl.DataFrame]:
    """Share of pieces handed over within the commitment, per place, of each replication."""
    sums = series.group_by("replication", "place_id").agg(pl.col("pieces_demanded", "pieces_late", "demands").sum())
    kept = sums.filter(pl.col("pieces_demanded") > 0).select(
        "replication",
        pl.lit("served in time").alias("measure"),
        pl.lit(None, pl.String).alias("supplier_id"),
        "place_id",
        pl.lit(None, pl.String).alias("group"),
        pl.col("demands").cast(pl.Int64).alias("lines"),
        (1.0 - pl.col("pieces_late") / pl.col("pieces_demanded")).alias("value"),
    )
    return [one.drop("replication") for one in kept.sort("replication", "place_id").partition_by("replication")]


def predicted(replications: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Mean and spread of each measure over replications: SUBJECT, mean, sd, lines, replications.

    ``sd`` is that of one record with as many lines as simulated, the error of the mean included.
    """
    values = pl.concat(replications).group_by(SUBJECT, maintain_order=True).agg(
        pl.col("value").mean().alias("mean"), pl.col("value").std().alias("sd"), pl.col("lines").mean(),
        pl.len().cast(pl.Int64).alias("replications"),
    )  # fmt: skip
    wide = (1.0 + 1.0 / pl.col("replications")).sqrt()
    return values.with_columns(pl.col("sd").fill_null(0.0) * wide).sort(SUBJECT)


def judged(observed: pl.DataFrame, simulated: pl.DataFrame, thresholds: Thresholds = DECLARED) -> pl.DataFrame:
    """Measures of the record (``measured``) beside predictions (``predicted``), schema CALIBRATION.

    Without a column ``replications`` the predictions are exact laws for the lines observed.
    """
    exact = "replications" not in simulated.columns
    if exact:
        simulated = simulated.with_columns(pl.lit(None, pl.Float64).alias("lines"), pl.lit(None).alias("replications"))
    both = observed.rename({"lines": "seen", "value": "observed"}).join(
        simulated, on=list(SUBJECT), how="full", nulls_equal=True, coalesce=True
    )
    rows = both.with_columns(
        pl.col("measure").is_in(SHARES).alias("share"), pl.col("measure").is_in(COUNTS).alias("count")
    )
    # means of fewer lines than simulated spread more; what is counted is spread as it is
    scale = pl.when(pl.col("count") | pl.col("lines").is_null()).then(1.0)
    rows = rows.with_columns((pl.col("sd") * scale.otherwise((pl.col("lines") / pl.col("seen")).sqrt())).alias("sd"))
    rows = _scored(rows, thresholds).sort(SUBJECT)
    found = benjamini_hochberg(rows["tested_p"].to_numpy(), thresholds.false_findings)
    verdict = (
        pl.when(pl.col("observed").is_null()).then(pl.lit("not in the record"))
        .when(pl.col("mean").is_null()).then(pl.lit("not in the network"))
        .when(~pl.col("enough")).then(pl.lit("not enough data"))
        .when(pl.Series(found)).then(pl.lit("differs")).otherwise(pl.lit("as simulated"))
    )  # fmt: skip
    unit = pl.col("measure").replace_strict(UNITS, return_dtype=pl.String)
    return rows.with_columns(verdict.alias("verdict"), unit.alias("unit"), pl.col("seen").alias("lines")).select(
        pl.col(name).cast(kind) for name, kind in CALIBRATION.schema.items()
    )


def _scored(rows: pl.DataFrame, thresholds: Thresholds) -> pl.DataFrame:
    """Difference, band, p-value, and whether the data are enough; ``tested_p`` is NaN where they are not."""
    share, mean, sd, seen = (rows[name].to_numpy() for name in ("share", "mean", "sd", "observed"))
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = rows["replications"].cast(pl.Float64).fill_null(np.inf).to_numpy() - 1.0
        # ratios by their logarithm, in which the spread is relative
        spread = np.where(share, sd, sd / mean)
        apart = np.where(share, seen - mean, np.log(seen / mean))
        edge = np.where(share, thresholds.tolerance, math.log1p(thresholds.tolerance))
        matters = np.where(share, 0.5 * thresholds.matters, math.log1p(thresholds.matters))
        p = _tail((np.abs(apart) - edge) / spread, freedom) + _tail((np.abs(apart) + edge) / spread, freedom)
        needed = _quantile(1.0 - thresholds.single, freedom) + _quantile(
            np.full(len(freedom), thresholds.power), freedom
        )
        enough = np.isfinite(p) & (freedom >= 2.0) & ((matters - edge) / spread >= needed)
        reach = _quantile(0.975, freedom)
        low = np.where(share, np.clip(mean - reach * sd, 0.0, 1.0), mean * np.exp(-reach * spread))
        high = np.where(share, np.clip(mean + reach * sd, 0.0, 1.0), mean * np.exp(reach * spread))
        difference = np.where(share, seen - mean, seen / mean - 1.0)
    p = np.minimum(p, 1.0)
    columns = {"difference": difference, "p_value": p, "low": low, "high": high, "simulated": mean}
    return rows.with_columns(
        *(pl.Series(name, values).fill_nan(None) for name, values in columns.items()),
        pl.Series("enough", enough),
        pl.Series("tested_p", np.where(enough, p, np.nan)),
    )


def _tail(at: Floats, freedom: Floats) -> Floats:
    from scipy.stats import norm, t

    tail: Floats = np.where(np.isfinite(freedom), t.sf(at, np.where(np.isfinite(freedom), freedom, 1.0)), norm.sf(at))
    return tail


def _quantile(chance: float | Floats, freedom: Floats) -> Floats:
    from scipy.stats import norm, t

    finite = np.isfinite(freedom)
    found: Floats = np.where(finite, t.ppf(chance, np.where(finite, np.maximum(freedom, 1.0), 1.0)), norm.ppf(chance))
    return found


def benjamini_hochberg(p_values: Floats, share: float) -> NDArray[np.bool_]:
    """Which p-values are findings when at most ``share`` of the findings may be false on average; NaN: not tested.

    Benjamini & Hochberg 1995: all up to the largest p(k) with p(k) <= k share / m.
    """
    tested = np.flatnonzero(np.isfinite(p_values))
    found = np.zeros(len(p_values), dtype=np.bool_)
    if len(tested) == 0:
        return found
    order = tested[np.argsort(p_values[tested], kind="stable")]
    below = np.flatnonzero(p_values[order] <= share * np.arange(1, len(order) + 1) / len(order))
    if len(below):
        found[order[: below[-1] + 1]] = True
    return found
