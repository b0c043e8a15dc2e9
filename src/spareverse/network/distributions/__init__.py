"""Probability distributions of durations as values, and their text."""

from spareverse.network.distributions.bounded import Constant, Triangular, Uniform
from spareverse.network.distributions.composed import Empirical, Mixture, Truncated
from spareverse.network.distributions.distribution import Distribution
from spareverse.network.distributions.kernel_density import KernelDensity
from spareverse.network.distributions.text import HOURS, Unit, parse
from spareverse.network.distributions.unbounded import Exponential, Gamma, LogNormal, Weibull

__all__ = [
    "HOURS",
    "Constant",
    "Distribution",
    "Empirical",
    "Exponential",
    "Gamma",
    "KernelDensity",
    "LogNormal",
    "Mixture",
    "Triangular",
    "Truncated",
    "Uniform",
    "Unit",
    "Weibull",
    "parse",
]
