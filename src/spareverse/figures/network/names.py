"""Where the names of a map go: beside their node where they cover neither a node nor another name, else nowhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spareverse.figures.network.plane import Floats

HEIGHT_PX = 500.0
"""Height of a map on which names are placed; on smaller ones the chart itself hides what would overlap."""
_LETTER_PX, _LINE_PX, _GAP_PX = 6.1, 12.0, 4.0
Box = tuple[float, float, float, float]


def sides(nodes: Floats, aspect: float, names: Sequence[str], sizes: Sequence[float]) -> list[str | None]:
    """Side of each name: right, left, top or bottom; None where there is room on none of them.

    nodes
        Rows (x, y) in a box 1 high and ``aspect`` wide, NaN where unknown.
    sizes
        Diameters of the nodes [px]; the largest choose first.
    """
    spots = nodes * HEIGHT_PX
    taken = [_around(x, y, size / 2) for (x, y), size in zip(spots.tolist(), sizes, strict=True) if np.isfinite(x)]
    found: list[str | None] = [None] * len(names)
    for at in sorted(range(len(names)), key=lambda row: -sizes[row]):
        x, y = spots[at].tolist()
        if not np.isfinite(x + y):
            continue
        for side, box in _places(x, y, sizes[at] / 2, _LETTER_PX * len(names[at])).items():
            if box[0] >= 0 and box[2] <= aspect * HEIGHT_PX and not any(_meet(box, other) for other in taken):
                found[at] = side
                taken.append(box)
                break
    return found


def _around(x: float, y: float, radius: float) -> Box:
    return x - radius, y - radius, x + radius, y + radius


def _places(x: float, y: float, radius: float, long: float) -> dict[str, Box]:
    away, half = radius + _GAP_PX, _LINE_PX / 2
    return {
        "right": (x + away, y - half, x + away + long, y + half),
        "left": (x - away - long, y - half, x - away, y + half),
        "top": (x - long / 2, y - away - _LINE_PX, x + long / 2, y - away),
        "bottom": (x - long / 2, y + away, x + long / 2, y + away + _LINE_PX),
    }


def _meet(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
