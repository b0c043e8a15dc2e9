"""Contenders of a back-test: a stocking rule for every item, frozen at the end of the fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Rules:
    """One contender at one setting. Arrays are [items]."""

    policy: str
    """"plan", "company", "croston-normal", "months-of-cover", "poisson-base-stock", ..."""
    setting: float
    """How generous it is: service target, factor, months."""
    reorder_point: Integers
    """-1 with order_quantity 1: bought when demanded."""
    order_quantity: Integers
    """Orders are multiples of it, unless ``order_up_to``."""
    order_up_to: bool | Booleans
    """True: orders go up to reorder_point + order_quantity; of all items, or [items]."""
    promised_fill_rate: Floats | None = None
    """[items] of lines; None: the contender promises nothing."""
