"""Streams of counts drawn for tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spareverse.statistics.monitors.counts import CountStreams

Floats = NDArray[np.float64]


def of_table(table: NDArray[np.int64]) -> CountStreams:
    """Streams from a table [streams, periods] of counts."""
    stream, period = np.nonzero(table)
    starts = np.concatenate([[0], np.cumsum(np.bincount(stream, minlength=len(table)))]).astype(np.int64)
    first = np.zeros(len(table), np.int64)
    return CountStreams(starts, period.astype(np.int64), table[stream, period].astype(np.int64), first, table.shape[1])


def drawn(rate: Floats, seed: int, dispersion: float = 1.0) -> CountStreams:
    """Independent counts with means ``rate`` [streams, periods]."""
    rng = np.random.default_rng(seed)
    if dispersion > 1.0:
        return of_table(rng.negative_binomial(rate / (dispersion - 1.0), 1.0 / dispersion))
    return of_table(rng.poisson(rate))
