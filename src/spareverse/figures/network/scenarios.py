"""Scenarios in all figures of a network: their order, colours and names; means and spreads over replications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from spareverse.figures.style import LIGHT

Floats = NDArray[np.float64]

SPREAD = (0.05, 0.95)
"""Runs between these shares make the band."""


@dataclass(frozen=True)
class Scenarios:
    """Names in the order of the run; the first is what the others are compared with."""

    names: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: pl.DataFrame, titles: Mapping[str, str] | None = None) -> Scenarios:
        return cls(tuple(table["scenario"].unique(maintain_order=True).to_list()), titles or {})

    def title(self, name: str) -> str:
        return self.titles.get(name) or name

    def colour(self, name: str) -> str:
        """The first grey as what is today, the others in the order given."""
        at = self.names.index(name)
        return LIGHT.today if at == 0 else LIGHT.options[(at - 1) % len(LIGHT.options)]


def interval(values: Sequence[float] | Floats) -> tuple[float, float, float]:
    """Mean with its 95 % interval by Student's t; limits NaN for fewer than two values."""
    found = np.asarray(values, np.float64)
    mean = float(found.mean()) if len(found) else float("nan")
    if len(found) < 2:
        return mean, float("nan"), float("nan")
    half = float(stats.t.ppf(0.975, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found)))
    return mean, mean - half, mean + half


def spread(runs: pl.DataFrame, value: str, by: str = "period") -> pl.DataFrame:
    """Mean, low and high of a column over the replications, per ``by``, in order."""
    return (
        runs.group_by(by)
        .agg(
            pl.col(value).mean().alias("mean"),
            pl.col(value).quantile(SPREAD[0], "linear").alias("low"),
            pl.col(value).quantile(SPREAD[1], "linear").alias("high"),
        )
        .sort(by)
    )
