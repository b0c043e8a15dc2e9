"""Pay of agents: weights on relative changes of measures, blended with the relative change of the enterprise's cost.

Relative changes have no units: whatever a measure is counted in, and whatever all weights of an agent are multiplied
by, its pay goes up and down alike, and so does what it does for it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spareverse.observer.agents import Agent
from spareverse.observer.trials import COST

Floats = NDArray[np.float64]
ENTERPRISE = "enterprise"


def pay(agent: Agent, measures: Mapping[str, Floats], today: Mapping[str, float]) -> Floats:
    """Pay in per cent of change from ``today`` (means of the measures), in the shape of the measures."""
    whole = sum(abs(weight) for weight in agent.weights.values())
    own = np.zeros_like(measures[COST])
    for name, weight in agent.weights.items():
        if whole > 0:
            own = own + weight / whole * _change(measures[name], today[name])
    paid: Floats = (1.0 - agent.enterprise_share) * own - agent.enterprise_share * _change(measures[COST], today[COST])
    return paid


def means(measures: Mapping[str, Floats]) -> dict[str, float]:
    """Means of values [R]; NaN where there is none."""
    return {name: float(np.nanmean(values)) if np.isfinite(values).any() else np.nan for name, values in
            measures.items()}  # fmt: skip


def _change(values: Floats, today: float) -> Floats:
    """Per cent; a measure that is zero today changes by its own size, one that nothing was measured of not at all."""
    if not np.isfinite(today):
        return np.zeros_like(values)
    change: Floats = 100.0 * (np.nan_to_num(values, nan=today) - today) / (abs(today) or 1.0)
    return change
