"""What the answers need from a run of a study, and how they ask for another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.study import Study
from spareverse.network.study_tables import measure_range
from spareverse.optimisation.warehouse.estimates import Estimate, mean_estimate
from spareverse.simulation.study_network import stocked_lines

Floats = NDArray[np.float64]


class Run(Protocol):
    """A study and its result tables; ``spareverse.simulation.study_run.StudyRun`` is one."""

    @property
    def study(self) -> Study: ...
    @property
    def seed(self) -> int: ...
    @property
    def replications(self) -> int: ...
    @property
    def tables(self) -> Mapping[str, pl.DataFrame]: ...


class Simulate(Protocol):
    """Runs a study for a fixed number of replications; the same seed gives the same random numbers.

    ``only``: names of the options to simulate; the others are there to be followed.
    """

    def __call__(self, study: Study, *, replications: int, seed: int, only: Collection[str] | None = None) -> Run: ...


def option_names(run: Run) -> tuple[str, ...]:
    return tuple(option.name for option in run.study.options)


def by_replication(run: Run, measure: str, options: Sequence[str] | None = None) -> Floats:
    """A measure as an array (replications, options); a row holds the paired values of one replication."""
    found: Floats = measured(run, (measure,), options)[0]
    return found


def measured(run: Run, measures: Sequence[str], options: Sequence[str] | None = None) -> Floats:
    """Several measures as an array (measures, replications, options), over the replications that all options of the
    run have, also those not asked for: arrays of different options fit together after a run was ended early.

    A measure without a value in a replication (a mean wait where nothing waited) counts as zero.
    """
    table = run.tables["replications"]
    samples = [
        table.filter(pl.col("option") == name).sort("replication").select(pl.col(measures).fill_null(0.0)).to_numpy()
        for name in (options if options is not None else option_names(run))
    ]
    shared = min(run.replications, *(len(sample) for sample in samples))
    return np.stack([sample[:shared].T for sample in samples], axis=2).astype(np.float64)


def estimated(run: Run, measure: str, option: str) -> Estimate:
    """Mean of a measure under an option, with limits within its range."""
    sample = by_replication(run, measure, [option])[:, 0]
    return mean_estimate(sample, *measure_range(measure, counted_hours(run.study)))


def downtime_hours(run: Run) -> Floats:
    """Hours down of all assets together, (replications, options), hours."""
    up = by_replication(run, "up_hours")
    assets = stocked_lines(run.study)["asset_id"].n_unique()
    return (counted_hours(run.study) - up) * assets


def counted_hours(study: Study) -> float:
    """Length of the time the measures are about: the horizon after the warm-up."""
    return study.horizon_h - study.warm_up_h
