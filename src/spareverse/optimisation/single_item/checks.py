"""Refusals in plain sentences, shared by every single-item model."""

from __future__ import annotations

import math


def positive(**values: float) -> None:
    """ValueError unless every value is finite and above zero; names are said as words."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0.0):
            raise ValueError(f"{_words(name)} must be above zero, got {value:g}")


def not_negative(**values: float) -> None:
    """ValueError unless every value is finite and zero or more."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0.0):
            raise ValueError(f"{_words(name)} must not be negative, got {value:g}")


def whole(least: int, **values: float) -> None:
    """ValueError unless every value is a whole number of at least ``least``."""
    for name, value in values.items():
        if not (math.isfinite(value) and value == int(value) and value >= least):
            raise ValueError(f"{_words(name)} must be a whole number of at least {least}, got {value:g}")


def in_order(least: float, most: float | None, what: str) -> None:
    """ValueError when a minimum lies above its maximum."""
    if most is not None and least > most:
        raise ValueError(f"the minimum {what} of {least:g} lies above the maximum of {most:g}")


def _words(name: str) -> str:
    return name.replace("_", " ")
