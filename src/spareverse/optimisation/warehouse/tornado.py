"""What the answer hangs on, one input at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from spareverse.errors import Cancelled
from spareverse.jit import Cancel, Progress
from spareverse.network.study_answers import NOT_ENOUGH, TORNADO
from spareverse.network.study_tables import MEASURES
from spareverse.optimisation.warehouse.estimates import Estimate, Floats, columns, mean_estimate
from spareverse.optimisation.warehouse.factors import PHYSICS, RANGES, Range, moved, repriced
from spareverse.optimisation.warehouse.runs import Run, Simulate, by_replication, option_names

MOST_REPLICATIONS = 200


def tornado(
    run: Run,
    *,
    simulate: Simulate | None = None,
    measures: Sequence[str] = ("total_cost", "availability"),
    ranges: Mapping[str, Range] = RANGES,
    most_replications: int = MOST_REPLICATIONS,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> pl.DataFrame:
    """Schema TORNADO. Prices are recomputed from the run; what changes the physics is simulated, or left out.

    Simulated settings use the seed of the run, so that replication r meets the same random numbers as in the run.
    """
    rows: list[dict[str, object]] = []
    for place, (factor, span) in enumerate(ranges.items()):
        if cancel is not None and cancel():
            raise Cancelled("The sensitivity was stopped.")
        if progress is not None:
            progress(place / len(ranges), f"Sensitivity to {factor.replace('_', ' ')}")
        if factor not in PHYSICS:
            if "total_cost" in measures:
                base = repriced(run, {})
                changes = [repriced(run, {factor: setting}) - base for setting in (span.low, span.high)]
                rows += _rows(run, "total_cost", factor, span, base, changes)
        elif simulate is not None:
            count = min(run.replications, most_replications)
            runs = [
                simulate(moved(run.study, {factor: setting}), replications=count, seed=run.seed)
                for setting in (span.low, span.high)
            ]
            for measure in measures:
                base = by_replication(run, measure)
                changes = [_change(base, by_replication(other, measure)) for other in runs]
                rows += _rows(run, measure, factor, span, base, changes)
    return pl.DataFrame(rows, schema=TORNADO.schema).sort(
        "option", "measure", "swing", descending=[False, False, True], maintain_order=True
    )


def _change(base: Floats, other: Floats) -> Floats:
    """Paired over the replications both have."""
    both = min(len(base), len(other))
    return other[:both] - base[:both]


def _rows(
    run: Run, measure: str, factor: str, span: Range, base: Floats, changes: Sequence[Floats]
) -> list[dict[str, object]]:
    unit = run.study.currency if MEASURES[measure][1] == "currency" else MEASURES[measure][1]
    rows: list[dict[str, object]] = []
    for place, option in enumerate(option_names(run)):
        low, high = (mean_estimate(change[:, place]) for change in changes)
        ends = (low.value, 0.0, high.value)
        rows.append(
            {
                "option": option,
                "measure": measure,
                "factor": factor,
                "simulated": factor in PHYSICS,
                "low_setting": span.low,
                "high_setting": span.high,
                "base": float(base[:, place].mean()),
                **columns("at_low", low),
                **columns("at_high", high),
                "swing": max(ends) - min(ends),
                "verdict": _verdict(low, high),
                "unit": unit,
            }
        )
    return rows


def _verdict(low: Estimate, high: Estimate) -> str:
    if all(end.value == 0.0 and end.low == end.high for end in (low, high)):
        return "none"
    return "clear" if any(end.clear and end.value != 0.0 for end in (low, high)) else NOT_ENOUGH
