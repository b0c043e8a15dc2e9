"""Names on a map: none over a node or another name, the largest node first."""

from __future__ import annotations

import numpy as np

from spareverse.figures.network.names import HEIGHT_PX, sides


def test_a_name_goes_where_it_covers_nothing() -> None:
    nodes = np.array([[0.5, 0.5], [0.5 + 20 / HEIGHT_PX, 0.5], [1.49, 0.2], [np.nan, np.nan]])
    assert sides(nodes, 1.5, ["Oslo", "Bergen", "At the edge", "Nowhere"], [20, 10, 10, 10]) == [
        "left", "right", "left", None,
    ]  # fmt: skip


def test_in_a_crowd_the_largest_is_named_and_those_without_room_are_not() -> None:
    crowd = np.array([[0.5 + dx / HEIGHT_PX, 0.5 + dy / HEIGHT_PX] for dx in (-8, 0, 8) for dy in (-8, 0, 8)])
    sizes = [9.0] * 4 + [26.0] + [9.0] * 4
    found = sides(crowd, 1.5, ["A long name of a place"] * 9, sizes)
    assert found[4] is not None
    assert None in found
