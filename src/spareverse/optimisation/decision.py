"""Risk curve, optimal safety cover and their intervals for many items, under the estimator 'process'.

SC is the demand over the lead time: gamma posterior of the order rate, Dirichlet-process posterior of order
sizes, hierarchical posterior of the lead time (see ``statistics``). The reported risk is the posterior
predictive. Limits recover the variance of each unknown from the curve at its own 95 % limits and
combine them by squares (MOVER; Zou & Donner 2008, Statistics in Medicine 27), on the logit of the risk and on
the interpolated crossing for the optimum; exact where one unknown dominates, free of any symmetry assumption.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel, run_in_chunks
from spareverse.optimisation.decision_kernels import COLUMNS, MOST_POINTS, WIDTH, decide_range
from spareverse.optimisation.safety_cover import Lateness

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MONEY = [
    COLUMNS.index(name) for name in ("cost_stock_out", "cost_early", "cost_holding", "current_cost", "money_at_risk")
]


@dataclass(frozen=True)
class Items:
    """What is known of each item, all arrays of one length unless said otherwise."""

    rate_shape: Floats
    rate_days: Floats
    dispersion: Floats
    sizes: Floats
    """Order sizes of all items end to end [pieces]."""
    size_starts: Integers
    size_group: Integers
    group_sizes: Floats
    """Distinct sizes of the groups end to end, with their chances and each group's start."""
    group_chances: Floats
    group_starts: Integers
    concentration: Floats
    """Per group."""
    lead_mean: Floats
    """Items x 2: posterior mean of (ln scale, ln shape)."""
    lead_covariance: Floats
    """Items x 3."""
    expected_lead_time: Floats
    """Days; NaN where unknown: then there is a risk curve but no optimum."""
    holding: Floats
    early_holding: Floats
    stock_out: Floats
    current_cover: Floats
    """Pieces; today's reorder point."""

    def __len__(self) -> int:
        return len(self.rate_shape)

    def take(self, chosen: Integers) -> Items:
        """The chosen items; those left out must have no order sizes of their own, so that the others' stay in place."""
        return Items(
            self.rate_shape[chosen],
            self.rate_days[chosen],
            self.dispersion[chosen],
            self.sizes,
            np.append(self.size_starts[chosen], self.size_starts[-1]),
            self.size_group[chosen],
            self.group_sizes,
            self.group_chances,
            self.group_starts,
            self.concentration,
            self.lead_mean[chosen],
            self.lead_covariance[chosen],
            self.expected_lead_time[chosen],
            self.holding[chosen],
            self.early_holding[chosen],
            self.stock_out[chosen],
            self.current_cover[chosen],
        )


@dataclass(frozen=True)
class Decisions:
    """Table (items x COLUMNS), and risk curves that alike items share: item i has curve ``curve[i]``.

    Curve c is ``risk[starts[c]:starts[c + 1]]``.
    """

    table: Floats
    curve: Integers
    risk: NDArray[np.float32]
    risk_low: NDArray[np.float32]
    risk_high: NDArray[np.float32]
    starts: Integers

    def column(self, name: str) -> Floats:
        return self.table[:, COLUMNS.index(name)]


def decide(
    items: Items,
    lateness: Lateness = "probability",
    progress: Callable[[float], None] | None = None,
    cancel: Cancel | None = None,
) -> Decisions:
    """Risk curves and optimal covers of all items.

    A catalogue is mostly parts that never moved. Those of one group differ in price only, and money scales with the
    holding cost, so each distinct case is decided once.
    """
    chosen, case = _distinct(items)
    few = items.take(chosen)
    table = np.empty((len(few), WIDTH))
    moments = _group_moments(few)
    pieces: dict[int, tuple[NDArray[np.float32], Integers]] = {}

    def work(first: int, last: int) -> None:
        curves = np.empty((last - first, 3, MOST_POINTS), dtype=np.float32)
        lengths = np.empty(last - first, dtype=np.int64)
        decide_range(
            few.rate_shape,
            few.rate_days,
            few.dispersion,
            few.sizes,
            few.size_starts,
            few.size_group,
            few.group_sizes,
            few.group_chances,
            few.group_starts,
            moments,
            few.concentration,
            few.lead_mean,
            few.lead_covariance,
            few.expected_lead_time,
            few.holding,
            few.early_holding,
            few.stock_out,
            few.current_cover,
            lateness == "duration",
            first,
            last,
            table,
            curves,
            lengths,
        )
        kept = np.arange(MOST_POINTS)[None, :] < lengths[:, None]
        pieces[first] = (np.stack([curves[:, k][kept] for k in range(3)]), lengths)

    run_in_chunks(work, len(few), chunk=512, progress=progress, cancel=cancel)
    ordered = [pieces[first] for first in sorted(pieces)]
    risk = np.concatenate([curves for curves, _ in ordered], axis=1) if ordered else np.empty((3, 0), np.float32)
    starts = np.zeros(len(few) + 1, dtype=np.int64)
    if ordered:
        np.cumsum(np.concatenate([lengths for _, lengths in ordered]), out=starts[1:])
    every = table[case]
    price = _price(items)
    every[:, MONEY] *= (price / price[chosen][case])[:, None]
    return Decisions(every, case, risk[0], risk[1], risk[2], starts)


def _distinct(items: Items) -> tuple[Integers, Integers]:
    """Items to decide, and for every item the number of the decided one that stands for it."""
    silent = np.diff(items.size_starts) == 0
    price = _price(items)
    alike = {
        "rate_shape": items.rate_shape,
        "rate_days": items.rate_days,
        "dispersion": items.dispersion,
        "group": items.size_group,
        "expected": items.expected_lead_time,
        "free": items.holding == 0.0,
        "early": np.round(items.early_holding / price, 9),
        "stock_out": np.round(items.stock_out / price, 9),
        "current": items.current_cover,
        **{f"lead_{k}": items.lead_mean[:, k] for k in range(2)},
        **{f"spread_{k}": items.lead_covariance[:, k] for k in range(3)},
        # Items with orders of their own stand for themselves.
        "own": np.where(silent, -1, np.arange(len(items))),
    }
    frame = pl.DataFrame(alike).with_row_index("item")
    first = frame.select("item", pl.col("item").first().over(*alike).alias("first"))["first"].to_numpy()
    chosen, case = np.unique(first, return_inverse=True)
    return chosen.astype(np.int64), case.astype(np.int64)


def _price(items: Items) -> Floats:
    """What the money of alike items is proportional to; items that cost nothing to hold share it as it is."""
    return np.where(items.holding > 0.0, items.holding, 1.0)


def _group_moments(items: Items) -> Floats:
    """First and second moment of each group's order sizes."""
    group = np.repeat(np.arange(len(items.concentration)), np.diff(items.group_starts))
    count = len(items.concentration)
    return np.stack(
        [np.bincount(group, items.group_chances * items.group_sizes**power, count) for power in (1, 2)], axis=1
    )
