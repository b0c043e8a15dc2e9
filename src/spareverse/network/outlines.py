"""The outlines of countries, coarse (about 20 km), from ``countryinfo``: what a map shows, and what a ship avoids.

67 small countries, and of the larger ones Hungary, Serbia, Montenegro and Myanmar, have no outline of their own there;
those within a continent show by the borders of their neighbours.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

COARSE_KM = 40.0
"""So near its ends a way may touch land: harbours lie within coarse outlines."""
_STEP_KM = 15.0


@cache
def rings() -> tuple[Floats, ...]:
    """Closed outlines of all countries, rows of (degrees east, degrees north)."""
    from countryinfo import CountryInfo

    found = []
    for country in CountryInfo.all().values():
        shapes: dict[str, Any] = country.get("geoJSON") or {}
        for feature in shapes.get("features", ()):
            geometry = feature["geometry"]
            polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
            found += [np.array(ring, np.float64)[:, :2] for polygon in polygons for ring in polygon]
    return tuple(ring for ring in found if len(ring) > 3)


@cache
def _edges() -> tuple[Floats, Floats, Floats, Floats]:
    """Start and end of every edge: east, north, east, north."""
    start = np.concatenate([ring[:-1] for ring in rings()])
    end = np.concatenate([ring[1:] for ring in rings()])
    return start[:, 0], start[:, 1], end[:, 0], end[:, 1]


def on_land(north: Floats, east: Floats) -> NDArray[np.bool_]:
    """Whether points in degrees lie within a country: a ray to the east crosses the outlines an odd number of times."""
    x, y, to_x, to_y = _edges()
    odd = np.zeros(len(north), bool)
    for at in range(0, len(north), 256):
        level, here = north[at : at + 256, None], east[at : at + 256, None]
        spans = (y > level) != (to_y > level)
        with np.errstate(divide="ignore", invalid="ignore"):
            crossing = x + (level - y) / (to_y - y) * (to_x - x)
        odd[at : at + 256] = np.count_nonzero(spans & (crossing > here), axis=1) % 2 == 1
    return odd


def great_circle(start: tuple[float, float], end: tuple[float, float], along: Floats) -> tuple[Floats, Floats]:
    """Points (degrees north, degrees east) of the great circle at shares 0 to 1 of its length."""
    first, last = (_vector(*point) for point in (start, end))
    angle = float(np.arccos(np.clip(first @ last, -1.0, 1.0)))
    if angle < 1e-9:
        return np.full(len(along), start[0]), np.full(len(along), start[1])
    weights = np.sin((1 - along) * angle), np.sin(along * angle)
    points = (weights[0][:, None] * first + weights[1][:, None] * last) / np.sin(angle)
    north = np.degrees(np.arcsin(np.clip(points[:, 2], -1.0, 1.0)))
    return north, np.degrees(np.arctan2(points[:, 1], points[:, 0]))


def crosses_land(start: tuple[float, float], end: tuple[float, float], length_km: float) -> bool:
    """Whether the great circle between two points (degrees north, degrees east) meets land, its ends left out."""
    if length_km <= 2 * COARSE_KM:
        return False
    edge = COARSE_KM / length_km
    along = np.linspace(edge, 1 - edge, max(int(length_km / _STEP_KM), 2))
    return bool(on_land(*great_circle(start, end, along)).any())


def _vector(north: float, east: float) -> Floats:
    phi, theta = np.radians(north), np.radians(east)
    return np.array([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])
