"""A surface through simulated settings, to propose further ones; what it says is never a result.

A quadratic in the steps, by least squares with a light ridge, and radial functions for what it leaves over. It is
linear in what was simulated, so the surface of every replication, and with it the spread, costs one product.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spareverse.observer.trials import Outcomes

Floats = NDArray[np.float64]
RIDGE = 1e-2
"""On products of levers, in the units of a box of width one."""
NUGGET = 0.2
REACH = 1.0
"""Of the radial functions, in half-widths of the box."""


class Surrogate:
    """Surfaces of every measure of some outcomes, replication by replication, over steps within ``width``."""

    def __init__(self, outcomes: Outcomes, width: float) -> None:
        self._width = width
        self.levers = outcomes.points.shape[1]
        self._width = width
        self.levers = outcomes.points.shape[1]
        self._points = outcomes.points / width
        terms = _terms(self._points)
        penalty = np.full(terms.shape[1], RIDGE)
        penalty[: 1 + self._points.shape[1]] = 1e-9
        self._solve = np.linalg.solve(terms.T @ terms + np.diag(penalty), terms.T)
        near = _radial(self._points, self._points) + NUGGET * np.eye(len(terms))
        self._rest = np.linalg.solve(near, np.eye(len(terms)) - terms @ self._solve)
        self._logarithmic = {name: bool((values > 0).all()) for name, values in outcomes.measures.items()}
        self._values = {
            name: np.log(values) if self._logarithmic[name] else _without_gaps(values)
            for name, values in outcomes.measures.items()
        }

    def measures(self, points: Floats) -> Mapping[str, Floats]:
        """Each measure [n, R] at points [n, levers]."""
        at = np.atleast_2d(points) / self._width
        weights = _terms(at) @ self._solve + _radial(at, self._points) @ self._rest
        return {
            name: np.exp(weights @ values) if self._logarithmic[name] else weights @ values
            for name, values in self._values.items()
        }


def _terms(points: Floats) -> Floats:
    """1, steps, their squares and products."""
    count = points.shape[1]
    first, second = np.triu_indices(count)
    return np.hstack([np.ones((len(points), 1)), points, points[:, first] * points[:, second]])


def _radial(points: Floats, centres: Floats) -> Floats:
    square = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    falling: Floats = np.exp(-0.5 * square / REACH**2)
    return falling


def _without_gaps(values: Floats) -> Floats:
    """Where nothing was measured: the mean of the others."""
    known = np.isfinite(values)
    mean = float(values[known].mean()) if known.any() else 0.0
    filled: Floats = np.where(known, values, mean)
    return filled
