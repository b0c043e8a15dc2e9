"""Many streams at once: q-values, so that among the alarms shown no more than a wanted share is false on average.

Sources: Benjamini & Hochberg 1995; Benjamini & Yekutieli 2001.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def q_values(p_values: ArrayLike, *, any_dependence: bool = False) -> Floats:
    """Per p-value the smallest false discovery rate at which it is still reported.

    Streams that cannot alarm at all, for want of events, are no tests: leave them out, which costs nothing, as how
    many events there are says nothing about when they came. For streams that are independent or rise together;
    ``any_dependence`` holds always, at the price of a factor of about log n.
    """
    p = np.asarray(p_values, dtype=np.float64)
    if p.size and not (p.min() >= 0.0 and p.max() <= 1.0):
        raise ValueError("p-values lie between 0 and 1")
    order = np.argsort(p)
    ranks = np.arange(1, p.size + 1)
    factor = float((1.0 / ranks).sum()) if any_dependence else 1.0
    raised = p[order] * p.size * factor / ranks
    found = np.empty_like(p)
    found[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return found
