"""What a number in a text is to its reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """One number as a reader takes it.

    place
        Unit of its last digit; ``near`` how far off a fraction in words may be (0: as its digits say).
    role
        ``value``; ``low`` and ``high`` of a pair; ``from`` and ``to`` of a pair that may be a change.
    """

    start: int
    end: int
    value: float
    place: float
    sign: int = 0
    units: frozenset[str] = frozenset()
    per: str = ""
    hedge: str = ""
    near: float = 0.0
    tense: str = ""
    role: str = "value"
    partner: int = -1
    """Of low and high: position of the number whose limits they are, -1: none."""
    mate: int = -1
    """Of a pair: position of the other."""
    fraction: bool = False
