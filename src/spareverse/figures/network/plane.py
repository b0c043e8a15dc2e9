"""Where nodes and links lie on a drawing: on a map or by echelon, in a box 1 high and ``aspect`` wide, y downwards."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures.network.diagram import Diagram
from spareverse.network.geography import sea_route
from spareverse.network.outlines import rings

Floats = NDArray[np.float64]

MAP_ASPECT = (1.2, 2.0)
"""Least and most width over height of a map."""
LAYERS_ASPECT = 1.9
EDGES = (0.19, 0.81)
"""Where the first and the last echelon stand, as shares of the width: names need room beside them."""
_MARGIN = 0.12
_LEAST_DEGREES = 4.0
"""Least height of a map [degrees]."""
_BEND = 0.12
"""How far a line leaves the straight way, as a share of its length."""
_FAR = 2.5
"""A map is at most so many times as high as its places need."""
_EDGE = 0.03
_AROUND = 0.6
"""Outlines reach so far beyond the box, for drawings wider than it."""
_POINTS = 14
_CLOSE = 0.004
"""Points of a way nearer than this are one."""


@dataclass(frozen=True)
class Plane:
    """``nodes``: rows (x, y) in the order of the diagram, NaN where unknown; ``paths``: one polyline per link.

    ``beyond`` marks nodes that lie outside the map and are drawn at its edge.
    """

    aspect: float
    nodes: Floats
    paths: tuple[Floats, ...]
    outlines: tuple[Floats, ...] = ()
    beyond: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))


def layers(diagram: Diagram) -> Plane:
    """Echelons from left to right."""
    wide = max(diagram.levels - 1, 1)
    x = (EDGES[0] + (EDGES[1] - EDGES[0]) * diagram.nodes["level"].to_numpy() / wide) * LAYERS_ASPECT
    nodes = np.column_stack([x, 0.04 + 0.92 * diagram.nodes["rank"].to_numpy()])
    return Plane(LAYERS_ASPECT, nodes, tuple(_sweep(start, end) for start, end in _ends(diagram, nodes)))


def on_map(diagram: Diagram) -> Plane:
    """By position, with the outlines of countries; suppliers far from all places stand at the edge."""
    north, east = (diagram.nodes[name].cast(pl.Float64).to_numpy().astype(float) for name in ("latitude", "longitude"))
    place = (diagram.nodes["kind"] != "supplier").to_numpy()
    window = _window(north, east, place)
    nodes, beyond = window.held(window.at(north, east))
    position = dict(zip(diagram.nodes["id"], zip(north.tolist(), east.tolist(), strict=True), strict=True))
    outside = set(diagram.nodes["id"].filter(pl.Series(beyond)))
    paths = []
    for (start, end), link in zip(_ends(diagram, nodes), diagram.links.iter_rows(named=True), strict=True):
        way = position[link["from_id"]], position[link["to_id"]]
        inside = not {link["from_id"], link["to_id"]} & outside
        if link["mode"] == "sea" and inside and np.isfinite(way).all():
            points = np.array(sea_route(*way[0], *way[1]).points)
            if len(points) > 2:
                paths.append(_thinned(window.at(points[:, 0], points[:, 1])))
                continue
        paths.append(_arc(start, end))
    return Plane(window.aspect, nodes, tuple(paths), window.outlines(), beyond)


def _window(north: Floats, east: Floats, place: NDArray[np.bool_]) -> _Window:
    """Of all nodes, unless suppliers would make it much larger than the places and the suppliers near them need."""
    known = np.isfinite(north) & np.isfinite(east)
    everything = _Window.of(north[known], east[known])
    if not (known & place).any():
        return everything
    places = _Window.of(north[known & place], east[known & place])
    if everything.height <= _FAR * places.height:
        return everything
    spot = places.at(north, east)
    near = (np.abs(spot - [places.aspect / 2, 0.5]) < np.array([places.aspect, 1.0]) * _FAR / 2).all(axis=1)
    return _Window.of(north[known & (place | near)], east[known & (place | near)])


def _ends(diagram: Diagram, nodes: Floats) -> list[tuple[Floats, Floats]]:
    row = {name: at for at, name in enumerate(diagram.nodes["id"])}
    pairs = zip(diagram.links["from_id"], diagram.links["to_id"], strict=True)
    return [(nodes[row[start]], nodes[row[end]]) for start, end in pairs]


def _sweep(start: Floats, end: Floats) -> Floats:
    """Leaves and arrives level; between nodes of one echelon it bows to the right."""
    t = np.linspace(0.0, 1.0, _POINTS)
    if abs(start[0] - end[0]) < 1e-9:
        bow = 0.12 * np.sin(np.pi * t)
        return np.column_stack([start[0] + bow, start[1] + (end[1] - start[1]) * t])
    ease = t * t * (3 - 2 * t)
    return np.column_stack([start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * ease])


def _arc(start: Floats, end: Floats) -> Floats:
    """A slight bend to the left, so that the ways there and back are two."""
    t = np.linspace(0.0, 1.0, _POINTS)[:, None]
    along = end - start
    aside = np.array([along[1], -along[0]]) * _BEND
    points: Floats = start + along * t + aside * (4 * t * (1 - t))
    return points


def _thinned(points: Floats) -> Floats:
    """Without points that lie too close to the one before; first and last stay."""
    kept = [0]
    for at in range(1, len(points) - 1):
        if np.abs(points[at] - points[kept[-1]]).max() > _CLOSE:
            kept.append(at)
    return points[[*kept, len(points) - 1]]


@dataclass(frozen=True)
class _Window:
    """Degrees shown; ``west`` may be left of -180, so that no network is cut at the date line."""

    west: float
    north: float
    height: float
    """Degrees of latitude."""
    shrink: float
    """Width of a degree of longitude over that of a degree of latitude."""
    aspect: float

    @classmethod
    def of(cls, north: Floats, east: Floats) -> _Window:
        start, width = _span(east)
        low, high = float(north.min()), float(north.max())
        shrink = max(float(np.cos(np.radians((low + high) / 2))), 0.4)
        tall = max((high - low) * (1 + 2 * _MARGIN), _LEAST_DEGREES)
        wide = max(width * shrink * (1 + 2 * _MARGIN), _LEAST_DEGREES)
        aspect = min(max(wide / tall, MAP_ASPECT[0]), MAP_ASPECT[1])
        tall = max(tall, wide / aspect)
        centre = start + width / 2
        return cls(centre - tall * aspect / shrink / 2, (low + high) / 2 + tall / 2, tall, shrink, aspect)

    def at(self, north: Floats, east: Floats) -> Floats:
        """Rows (x, y); y downwards."""
        shifted = (east - self.west + 90) % 360 - 90
        return np.column_stack([shifted * self.shrink / self.height, (self.north - north) / self.height])

    def held(self, nodes: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Nodes outside moved to the edge, towards the middle; and which they are."""
        middle = np.array([self.aspect / 2, 0.5])
        reach = (np.abs(nodes - middle) / (middle - _EDGE)).max(axis=1)
        beyond = reach > 1.0
        moved: Floats = np.where(
            beyond[:, None], middle + (nodes - middle) / np.where(beyond, reach, 1.0)[:, None], nodes
        )
        return moved, beyond

    def outlines(self) -> tuple[Floats, ...]:
        """Outlines of countries within the window."""
        found = []
        for ring in rings():
            line = self.at(ring[:, 1], ring[:, 0])
            inside = (line >= -_AROUND).all(axis=1) & (line < [self.aspect + _AROUND, 1 + _AROUND]).all(axis=1)
            jump = np.abs(np.diff(line[:, 0], prepend=line[0, 0])) > 90 * self.shrink / self.height
            near = inside | np.roll(inside, 1) | np.roll(inside, -1)
            breaks = np.flatnonzero((np.diff(near.astype(int), prepend=0) != 0) | jump)
            pieces = np.split(np.arange(len(line)), breaks)
            found += [line[piece] for piece in pieces if len(piece) > 1 and near[piece[0]]]
        return tuple(_thinned(line) for line in found)


def _span(east: Floats) -> tuple[float, float]:
    """Start and width of the least arc of longitude that holds all [degrees]."""
    found = np.unique(np.mod(east, 360.0))
    gaps = np.diff(found, append=found[0] + 360.0)
    widest = int(gaps.argmax())
    start = float(found[(widest + 1) % len(found)])
    return (start - 360.0 if start >= 180.0 else start), 360.0 - float(gaps[widest])
