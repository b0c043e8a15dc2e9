"""The law of an item's demand over its lead time, and of what an arriving demand needs on top of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Grids = NDArray[np.float32]


@dataclass(frozen=True)
class LeadTimeDemand:
    """Predictive laws on a grid per item: demand, lead time and parameters are all uncertain.

    With position y (stock + on order - owed) a lead time ago, the pieces on hand are (y - D)+, those owed (D - y)+,
    and a line that arrives now is met whole if D + J <= y, J its size.
    """

    mass: Grids
    """[items, points] P(D = x step); what is missing from 1 lies beyond the grid."""
    with_line: Grids
    """[items, points] P(D + J = x step)."""
    step: Floats
    """[items] pieces per grid point; 1 where the grid holds the law at its own resolution."""
    mean: Floats
    """[items] E D [pieces], the tail beyond the grid included."""
    line_mean: Floats
    """[items] E J [pieces]."""
    lines_a_year: Floats
    """[items] expected demand lines (or periods with demand) in a year."""
    chance_of_demand: Floats
    """[items] chance of any demand within a year."""

    def __len__(self) -> int:
        return len(self.step)
