"""What the answer hangs on when all inputs vary together: Sobol' indices (Saltelli et al. 2010; scipy.stats)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from spareverse.errors import Cancelled
from spareverse.jit import Cancel, Progress
from spareverse.network.study_answers import GLOBAL_SENSITIVITY, NOT_ENOUGH
from spareverse.optimisation.warehouse.estimates import Floats
from spareverse.optimisation.warehouse.factors import PHYSICS, RANGES, Range, moved, repriced
from spareverse.optimisation.warehouse.runs import Run, Simulate, by_replication, option_names

SAMPLES = 64
"""A power of two, as the low-discrepancy sequence wants it."""
REPLICATIONS = 20
RESAMPLES = 400
NOISY = 0.5


def global_sensitivity(
    run: Run,
    simulate: Simulate,
    *,
    measures: Sequence[str] = ("total_cost", "availability"),
    ranges: Mapping[str, Range] = RANGES,
    samples: int = SAMPLES,
    replications: int = REPLICATIONS,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> pl.DataFrame:
    """Schema GLOBAL_SENSITIVITY: inputs independent and uniform over their ranges.

    ``samples`` * (factors + 2) settings are valued; those that differ only in prices share one simulation. All use the
    same seed, so that their differences are the factors' and not the luck of the draw. ``noise_share`` compares the
    error of a mean over the ``replications`` with the variance over the settings: an upper bound, because the common
    random numbers remove much of it.
    """
    factors = _factors_at_work(run, ranges)
    settings = _settings([ranges[factor] for factor in factors], samples)
    valued = _Valuer(run, simulate, factors, measures, replications, progress, cancel)
    values, errors = valued(settings.reshape(-1, len(factors)))
    shape = (len(factors) + 2, samples, -1)
    values, errors = values.reshape(shape), errors.reshape(shape)
    outputs = [(measure, option) for measure in measures for option in option_names(run)]
    rows = []
    for place, (measure, option) in enumerate(outputs):
        found = _indices(values[:, :, place], errors[:, :, place])
        for number, factor in enumerate(factors):
            row: dict[str, object] = {"option": option, "measure": measure, "factor": factor, "runs": valued.runs}
            row |= {"low_setting": ranges[factor].low, "high_setting": ranges[factor].high}
            rows.append({**row, **{name: cells[number] for name, cells in found.items()}})
    return pl.DataFrame(rows, schema=GLOBAL_SENSITIVITY.schema)


def _factors_at_work(run: Run, ranges: Mapping[str, Range]) -> list[str]:
    """Without prices that cost nothing in any option."""
    base = by_replication(run, "total_cost")
    return [
        factor
        for factor, span in ranges.items()
        if factor in PHYSICS or not np.allclose(repriced(run, {factor: span.high}), base)
    ]


def _settings(ranges: Sequence[Range], samples: int) -> Floats:
    """Saltelli's design: A, B, and A with one column of B each; (factors + 2, samples, factors)."""
    from scipy.stats import qmc

    points = qmc.Sobol(2 * len(ranges), rng=np.random.default_rng(0)).random(samples)
    first, second = points[:, : len(ranges)], points[:, len(ranges) :]
    mixed = []
    for column in range(len(ranges)):
        one = first.copy()
        one[:, column] = second[:, column]
        mixed.append(one)
    design = np.stack([first, second, *mixed])
    for column, span in enumerate(ranges):
        share = design[:, :, column]
        if span.whole:
            steps = np.floor(share * (span.high - span.low + 1.0))
            design[:, :, column] = span.low + np.minimum(steps, span.high - span.low)
        else:
            design[:, :, column] = span.low + share * (span.high - span.low)
    return design


class _Valuer:
    """Values settings of the factors, simulating each combination of physical ones once."""

    def __init__(
        self,
        run: Run,
        simulate: Simulate,
        factors: Sequence[str],
        measures: Sequence[str],
        replications: int,
        progress: Progress | None,
        cancel: Cancel | None,
    ) -> None:
        self.run, self.simulate, self.factors, self.measures = run, simulate, factors, measures
        self.replications, self.progress, self.cancel = replications, progress, cancel
        self.runs = 0

    def __call__(self, settings: Floats) -> tuple[Floats, Floats]:
        """Mean and its standard error of every setting (row); columns: measure x option."""
        physical = [place for place, factor in enumerate(self.factors) if factor in PHYSICS]
        distinct, which = np.unique(settings[:, physical], axis=0, return_inverse=True)
        width = len(self.measures) * len(self.run.study.options)
        values, errors = np.empty((len(settings), width)), np.empty((len(settings), width))
        for number, setting in enumerate(distinct):
            if self.cancel is not None and self.cancel():
                raise Cancelled("The sensitivity was stopped.")
            if self.progress is not None:
                self.progress(number / len(distinct), f"Setting {number + 1} of {len(distinct)}")
            named = dict(zip([self.factors[place] for place in physical], setting, strict=True))
            found = self.simulate(moved(self.run.study, named), replications=self.replications, seed=self.run.seed)
            for row in np.flatnonzero(which.ravel() == number):
                sample = self._sample(found, dict(zip(self.factors, settings[row], strict=True)))
                values[row] = sample.mean(axis=0)
                errors[row] = sample.std(axis=0, ddof=1) / np.sqrt(len(sample))
        self.runs = len(distinct)
        return values, errors

    def _sample(self, found: Run, setting: Mapping[str, float]) -> Floats:
        columns = [
            repriced(found, setting) if measure == "total_cost" else by_replication(found, measure)
            for measure in self.measures
        ]
        return np.hstack(columns)


def _indices(values: Floats, errors: Floats) -> dict[str, Sequence[object]]:
    """Columns of the answer, one entry per factor; ``values`` and ``errors``: (factors + 2, samples).

    Limits: percentiles over resampled rows of the design, with a fixed seed.
    """
    factors, samples = len(values) - 2, values.shape[1]
    variance = float(values[:2].var())
    if variance <= 1e-18 * max(1.0, float(np.abs(values[:2]).max()) ** 2):
        return {"verdict": ["clear"] * factors}
    draws = np.random.default_rng(0).integers(samples, size=(RESAMPLES, samples))
    first, total = _sobol(values)
    resampled = np.array([_sobol(values[:, draw]) for draw in draws])
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    noise = float((errors[:2] ** 2).mean()) / variance
    width = high[0] - low[0]
    return {
        "first": first.tolist(),
        "first_low": low[0].tolist(),
        "first_high": high[0].tolist(),
        "total": total.tolist(),
        "total_low": low[1].tolist(),
        "total_high": high[1].tolist(),
        "noise_share": [noise] * factors,
        "verdict": ["noise" if noise > NOISY else "clear" if wide < 0.5 else NOT_ENOUGH for wide in width],
    }


def _sobol(values: Floats) -> tuple[Floats, Floats]:
    """First-order and total indices of each factor."""
    from scipy.stats import sobol_indices

    parts = {"f_A": values[None, 0], "f_B": values[None, 1], "f_AB": values[2:, None, :]}
    found = sobol_indices(func=parts, n=values.shape[1])
    return np.ravel(found.first_order), np.ravel(found.total_order)
