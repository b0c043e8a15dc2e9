"""Few machines and their spares: the machine-repair model with cold spares.

N positions, S cold spares, c repairers, exponential times to failure and to repair. Failed pieces n form a birth-death
process: up at min(N, N + S - n) / MTBF, down at min(n, c) / MTTR (Karlin & Taylor 1975, chapter 4; Gross, Shortle,
Thompson & Harris 2008, section 2.7). Palm's Poisson pipeline would count failures of machines that stand still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def birth_death(up: Floats, down: Floats) -> Floats:
    """Stationary probabilities of states 0 .. k from the rates up[i]: i -> i+1 and down[i]: i+1 -> i, all positive."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(up) - np.log(down))])
    weights: Floats = np.exp(logs - logs.max())
    shares: Floats = weights / weights.sum()
    return shares


@dataclass(frozen=True)
class MachineRepair:
    """``positions`` to keep at work; times in hours (any one unit)."""

    positions: int
    spares: int
    repairers: int
    mtbf: float
    mttr: float

    def __post_init__(self) -> None:
        if min(self.positions, self.repairers) < 1 or self.spares < 0 or min(self.mtbf, self.mttr) <= 0:
            raise ValueError(f"needs at least one machine and repairer, spares >= 0 and times > 0, got {self}")

    @property
    def probabilities(self) -> Floats:
        """P(n pieces failed), n = 0 .. positions + spares."""
        failed = np.arange(self.positions + self.spares)
        up = np.minimum(self.positions, self.positions + self.spares - failed) / self.mtbf
        down = np.minimum(failed + 1, self.repairers) / self.mttr
        return birth_death(up, down)

    @property
    def mean_failed(self) -> float:
        """Pieces in or waiting for repair."""
        return float(self.probabilities @ np.arange(self.positions + self.spares + 1))

    @property
    def mean_operating(self) -> float:
        failed = np.arange(self.positions + self.spares + 1)
        return float(self.probabilities @ np.minimum(self.positions, self.positions + self.spares - failed))

    @property
    def availability(self) -> float:
        """Mean share of the positions at work."""
        return self.mean_operating / self.positions

    def at_least(self, operating: int) -> float:
        """P(at least ``operating`` positions work): k of n."""
        most_failed = self.positions + self.spares - operating
        return float(self.probabilities[: most_failed + 1].sum()) if most_failed >= 0 else 0.0

    @property
    def all_operating(self) -> float:
        return self.at_least(self.positions)


def repairmen_for_ever(positions: int, spares: int, mtbf: float, lead_time: float) -> MachineRepair:
    """As many repairers as pieces: each failed piece is replaced by an order of its own, mean ``lead_time``.

    Spares bought one for one under ample supply; exact for any law of the lead times.
    """
    return MachineRepair(positions, spares, positions + spares, mtbf, lead_time)
