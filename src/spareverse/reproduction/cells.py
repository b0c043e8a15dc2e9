"""One figure of many runs beside one published figure: mean, its limits, the interval of one run, the verdict."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spareverse.optimisation.warehouse.estimates import Estimate, mean_estimate, ratio_estimate
from spareverse.special import student_quantile

Runs = NDArray[np.float64]
"""One figure of every replication."""
Cell = dict[str, Any]

_ROUNDING = 1e-9
_SURE = 1.7
"""Half-widths of a 95 % interval that make 99.9 %."""


def over_runs(runs: Runs) -> Cell:
    """Mean with its 95 % limits, and the 2.5 % and 97.5 % quantiles of the runs."""
    return _estimated(mean_estimate(runs), runs)


def apart(one: Runs, other: Runs, factor: float = 1.0) -> Cell:
    """factor (one - other), paired; a single run takes ``other`` from the next replication.

    Two published runs share no random numbers, so neither may the two of a single comparison.
    """
    return _estimated(mean_estimate(factor * (one - other)), factor * (one - np.roll(other, 1)))


def ratio(above: tuple[Runs, Runs], below: tuple[Runs, Runs]) -> Cell:
    """(a - b) / (c - d) of means; single runs as in ``apart``, and none where their c - d can vanish."""
    found = ratio_estimate(above[0] - above[1], below[0] - below[1])
    gaps = below[0] - np.roll(below[1], 1)
    if np.all(gaps > 0) or np.all(gaps < 0):
        return _estimated(found, (above[0] - np.roll(above[1], 1)) / gaps)
    return _estimated(found, None)


def check(
    name: str,
    option: str,
    paper: float | None,
    found: Cell,
    unit: str = "",
    remark: str = "",
    *,
    exact: float | None = None,
) -> Cell:
    """A figure that could come out otherwise: it agrees when the paper's run could be one of ours.

    Where nothing is published, ``exact`` (a closed form) takes its place and is held against our mean.
    """
    low, high, reference = found["run_low"], found["run_high"], paper
    if paper is None and exact is not None:
        half = _SURE * (found["high"] - found["ours"])
        low, high, reference = found["ours"] - half, found["ours"] + half, exact
    elif low is None:
        return _cell(name, option, "check", paper, unit, "cannot be told", _joined(remark, ANY_VALUE)) | found
    if reference is None:
        verdict = "not published"
    else:
        slack = _ROUNDING * max(1.0, abs(reference))
        verdict = "agrees" if low - slack <= reference <= high + slack else "differs"
    return (
        _cell(name, option, "check", paper, unit, verdict, remark) | found | ({} if exact is None else {"exact": exact})
    )


ANY_VALUE = "between two single runs any value can come out"


def given(name: str, option: str, paper: float, ours: float, unit: str, remark: str = "") -> Cell:
    """A figure that was put in, or follows from what was put in by arithmetic alone: it confirms nothing."""
    return _cell(name, option, "input", paper, unit, "input", remark) | {"ours": ours}


def _cell(name: str, option: str, kind: str, paper: float | None, unit: str, verdict: str, remark: str) -> Cell:
    empty = dict.fromkeys(("ours", "low", "high", "run_low", "run_high"))
    cell = {"name": name, "option": option, "kind": kind, "paper": paper}
    return {**cell, **empty, "unit": unit, "verdict": verdict, "remark": remark}


def _estimated(found: Estimate, singles: Runs | None) -> Cell:
    run_low, run_high = (None, None) if singles is None else single_run_limits(singles)
    return {"ours": found.value, "low": found.low, "high": found.high, "run_low": run_low, "run_high": run_high}


def single_run_limits(singles: Runs) -> tuple[float, float]:
    """95 % prediction interval of one more run, from the mean and the standard deviation of a run.

    The 2.5 and 97.5 % quantiles of a few hundred runs are twice as uncertain.
    """
    mean, count = float(singles.mean()), len(singles)
    if count < 2:
        return mean, mean
    half = student_quantile(count - 1, 0.975) * float(singles.std(ddof=1)) * math.sqrt(1.0 + 1.0 / count)
    return mean - half, mean + half


def _joined(*texts: str) -> str:
    return "; ".join(text for text in texts if text)
