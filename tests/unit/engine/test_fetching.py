"""Looking ahead goes from an event to all it will touch, and changes nothing but its own steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spareverse.engine import memory as a
from spareverse.engine.calendar import KIND_SHIFT
from spareverse.engine.fetching import look_ahead

ROWS = {
    "demand": 100,
    "delivery": 110,
    "customer": 200,
    "region": 300,
    "centre": 400,
    "road": 500,
    "sea": 600,
    "ticket": 700,
}
STEPS = slice(a.AHEAD, a.AHEAD_ABOVE + 1)


def bucket() -> a.Whole:
    """A demand at a region that a centre serves, then a delivery to the region."""
    m = np.zeros(800, np.int64)
    m[STEPS] = -1
    m[a.AHEAD] = ROWS["demand"]
    m[ROWS["demand"] : ROWS["demand"] + a.FAR_SIZE] = (
        5,
        a.ARRIVAL << KIND_SHIFT,
        ROWS["customer"],
        0,
        ROWS["delivery"],
    )
    m[ROWS["delivery"] : ROWS["delivery"] + a.FAR_SIZE] = (
        (6, (a.DELIVERY << KIND_SHIFT) + 1, ROWS["region"], ROWS["ticket"], -1)
    )  # fmt: skip
    m[ROWS["customer"] + a.CUSTOMER_STOCK] = ROWS["region"]
    m[ROWS["customer"] + a.GAP] = -1
    for stock, source, above in (("region", "road", ROWS["centre"]), ("centre", "sea", -1)):
        m[ROWS[stock] + a.SOURCES] = ROWS[source]
        m[ROWS[stock] + a.SOURCES_END] = ROWS[source] + a.SOURCE_SIZE
        m[ROWS[source] + a.ABOVE] = above
    m[ROWS["ticket"] + a.TICKET_SOURCE] = ROWS["road"]
    return m


def steps(m: a.Whole, look: Callable[..., Any]) -> list[list[int]]:
    found = []
    for _ in range(6):
        look(m, np.zeros(1), np.zeros((1, 4), np.uint64))
        found.append(m[STEPS].tolist())
    return found


@pytest.mark.parametrize("look", [look_ahead, look_ahead.py_func], ids=["compiled", "plain"])
def test_each_step_follows_what_the_one_before_asked_for(look: Callable[..., Any]) -> None:
    m, before = bucket(), bucket()
    assert steps(m, look) == [
        [ROWS["delivery"], ROWS["customer"], -1, -1, -1, -1],
        [-1, -1, ROWS["ticket"], ROWS["region"], -1, -1],
        [-1, -1, -1, -1, ROWS["road"], -1],
        [-1, -1, -1, -1, -1, ROWS["centre"]],
        [-1] * 6,
        [-1] * 6,
    ]
    m[STEPS] = before[STEPS]
    assert np.array_equal(m, before)


def test_a_stock_point_without_source_leads_nowhere() -> None:
    m = bucket()
    m[ROWS["region"] + a.SOURCES_END] = m[ROWS["region"] + a.SOURCES]
    assert steps(m, look_ahead)[2:] == [[-1] * 6] * 4
