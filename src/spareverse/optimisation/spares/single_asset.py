"""Availability of one asset in closed form. Times in hours.

All rest on the renewal-reward theorem (Ross 1996, section 3.6): availability is the mean life over the mean cycle.
"""

from __future__ import annotations

import math

import numpy as np

from spareverse.network.distributions import Distribution
from spareverse.optimisation.spares.erlang import blocking, smallest_servers


def without_stock(mean_life_h: float, mean_lead_time_h: float, mean_replacement_h: float = 0.0) -> float:
    """One piece ordered at each failure: E[X] / (E[X] + E[L] + r), any laws."""
    return mean_life_h / (mean_life_h + mean_lead_time_h + mean_replacement_h)


def one_for_one(spares: int, mean_life_h: float, mean_lead_time_h: float) -> float:
    """``spares`` pieces, one ordered at each failure, replaced in no time: 1 - ErlangB(S + 1, E[L] / E[X]).

    Exponential life, any law of the lead times (Palm 1938; Sevastyanov 1957).
    """
    return 1.0 - blocking(spares + 1, mean_lead_time_h / mean_life_h)


def smallest_spares(target: float, mean_life_h: float, mean_lead_time_h: float) -> int:
    """Fewest spares, ordered one for one and replaced in no time, that reach the availability ``target`` < 1."""
    return max(0, smallest_servers(mean_lead_time_h / mean_life_h, 1.0 - target) - 1)


def with_warning(
    life: Distribution, warning: Distribution, lead_time: Distribution, mean_replacement_h: float = 0.0
) -> float:
    """A piece is ordered at a warning W before the failure: E[X] / (E[X] + r + E[(L - min(W, X))+]).

    A life shorter than the warning is warned of at its start. No other stock; any laws.
    """
    wait = _excess(lead_time, warning, life)
    return life.mean / (life.mean + mean_replacement_h + wait)


def _excess(lead_time: Distribution, warning: Distribution, life: Distribution) -> float:
    """E[(L - min(W, X))+], the integral of P(L > t) P(min(W, X) <= t), on a fine grid that keeps the jumps."""
    far = max(float(lead_time.quantile(1.0 - 1e-13)), lead_time.mean)
    jumps = [value for law in (lead_time, warning, life) for value, _ in law.atoms if value < far]
    edges = np.unique(np.concatenate([np.linspace(0.0, far, 10_001), jumps]))
    nodes, weights = np.polynomial.legendre.leggauss(3)
    half = 0.5 * np.diff(edges)
    t = edges[:-1, None] + half[:, None] * (nodes + 1.0)
    waiting = lead_time.survival(t) * (1.0 - warning.survival(t) * life.survival(t))
    return float(half @ (waiting @ weights))


def at_visits(mean_life_h: float, visit_interval_h: float, replacement_h: float = 0.0) -> float:
    """Work starts only at multiples of V, ample spares, exponential life m, replacement of exactly r hours.

    A cycle lasts V ceil((r + X) / V): the mean is V (n + exp(-(nV - r) / m) / (1 - exp(-V / m))), n = ceil(r / V).
    With r = 0 that is m / (V / (1 - exp(-V / m))).
    """
    visits = math.ceil(replacement_h / visit_interval_h)
    late = math.exp(-(visits * visit_interval_h - replacement_h) / mean_life_h)
    cycle = visit_interval_h * (visits + late / -math.expm1(-visit_interval_h / mean_life_h))
    return mean_life_h / cycle


def in_weather(mean_life_h: float, open_mean_h: float, closed_mean_h: float, replacement_h: float = 0.0) -> float:
    """Work starts only in open weather (exponential open and closed spells), ample spares, exponential life.

    A replacement of exactly r hours starts in open weather; the weather at the next failure, r + X later, is closed
    with probability p (1 - exp(-g r) / (1 + g E[X])), p = closed / (open + closed), g = 1 / open + 1 / closed.
    The wait is then a whole closed spell, because exponential spells have no memory.
    """
    relaxation = 1.0 / open_mean_h + 1.0 / closed_mean_h
    closed = closed_mean_h / (open_mean_h + closed_mean_h)
    found_closed = closed * (1.0 - math.exp(-relaxation * replacement_h) / (1.0 + relaxation * mean_life_h))
    return mean_life_h / (mean_life_h + replacement_h + found_closed * closed_mean_h)
