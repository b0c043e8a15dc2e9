"""Distributions that lines and options name by their text; each text is read once."""

from __future__ import annotations

from functools import lru_cache

from spareverse.network.distributions import Distribution, Unit, parse


@lru_cache(maxsize=20_000)
def read_law(text: str, unit: Unit) -> Distribution:
    """The distribution in hours; ``unit`` is that of numbers without one."""
    return parse(text, unit=unit)
