"""Options that no other option beats in availability, cost and CO2 at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.study_answers import NOT_ENOUGH, PARETO
from spareverse.network.study_tables import measure_range
from spareverse.optimisation.warehouse.estimates import Floats, columns, mean_estimate
from spareverse.optimisation.warehouse.factors import moved
from spareverse.optimisation.warehouse.runs import Run, Simulate, measured, option_names
from spareverse.special import student_quantile

MEASURES = ("availability", "total_cost", "co2_kg")
BETTER = np.array([1.0, -1.0, -1.0])
"""Sign that makes more of each measure better."""
INDIFFERENCE = {"availability": 0.0005, "total_cost": 0.001, "co2_kg": 0.001}
"""Differences that lie wholly within these count as none: a twentieth of a point of availability, a thousandth of the
largest cost or CO2. Two options of equal availability could otherwise never be told apart."""


def pareto(run: Run, variants: Mapping[str, tuple[str, str]] | None = None) -> pl.DataFrame:
    """Schema PARETO. ``variants``: for a run of stock steps, its option names -> (option, variant)."""
    names = option_names(run)
    points = measured(run, MEASURES)
    labels = [(variants or {}).get(name, (name, "")) for name in names]
    return front(labels, points)


def pareto_of_steps(
    run: Run, simulate: Simulate, steps: Sequence[int] = (-2, -1, 0, 1, 2), replications: int | None = None
) -> pl.DataFrame:
    """Schema PARETO over options and stock: every option with these pieces more on site, simulated again.

    ``variant`` is "+1" and the like; an option that keeps no stock has no variants.
    """
    study, options, stock, labels = run.study, [], [], {}
    for more in steps:
        changed = moved(study, {"reorder_point": more})
        for option in changed.options:
            if more != 0 and option.policy.kind == "on_demand":
                continue
            name = f"{option.name} {more:+d}"
            labels[name] = (option.name, f"{more:+d}" if more else "")
            fallback = f"{option.fallback} {more:+d}" if option.fallback is not None else None
            options.append(replace(option, name=name, fallback=fallback, target_availability=None))
            stock.append(changed.stock.filter(pl.col("option") == option.name).with_columns(option=pl.lit(name)))
    varied = replace(study, options=tuple(options), stock=pl.concat([study.stock.clear(), *stock]))
    return pareto(simulate(varied, replications=replications or run.replications, seed=run.seed), labels)


def front(labels: Sequence[tuple[str, str]], points: Floats) -> pl.DataFrame:
    """The same from an array (3 measures, replications, points), paired over replications."""
    by_means, surely = dominance(points)
    rows = []
    for point, (option, variant) in enumerate(labels):
        by = np.flatnonzero(surely[point])
        suspected = by if by.size else np.flatnonzero(by_means[point])
        dominating = "/".join(filter(None, labels[int(suspected[0])])) if suspected.size else None
        estimates: dict[str, float | None] = {}
        for index, measure in enumerate(MEASURES):
            estimates |= columns(measure, mean_estimate(points[index, :, point], *measure_range(measure, np.inf)))
        verdict = "dominated" if by.size else NOT_ENOUGH if suspected.size else "efficient"
        rows.append({"option": option, "variant": variant, **estimates, "dominated_by": dominating, "verdict": verdict})
    return pl.DataFrame(rows, schema=PARETO.schema)


def dominance(points: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which point (column) dominates which (row): by the means, and clear of noise.

    Clear: in every measure the paired 95 % interval is on the better side or within indifference, in one at least
    it is on the better side.
    """
    _, replications, options = points.shape
    margins = np.array([INDIFFERENCE[measure] for measure in MEASURES])
    margins[1:] *= np.abs(points[1:].mean(axis=1)).max(axis=1, initial=0.0)
    by_means = np.zeros((options, options), dtype=np.bool_)
    surely = np.zeros_like(by_means)
    for this in range(options):
        gain = (points - points[:, :, this : this + 1]) * BETTER[:, None, None]
        mean = gain.mean(axis=1)
        by_means[this] = (mean >= 0.0).all(axis=0) & (mean > 0.0).any(axis=0)
        if replications < 2:
            continue
        error = gain.std(axis=1, ddof=1) / np.sqrt(replications) * student_quantile(replications - 1, 0.975)
        better = mean - error > 0.0
        alike = (np.abs(mean) + error <= margins[:, None]) | ((mean == 0.0) & (error == 0.0))
        surely[this] = (better | alike).all(axis=0) & (better & ~alike).any(axis=0)
    return by_means, surely
