"""Where the parts of a network stand, how far they are apart by each mode of transport, and what that emits.

Distances: great circle on the mean sphere; over land times a detour factor; by sea, where land is in the way, along
the shipping network of ``searoute``. A missing position is the capital of the country (``countryinfo``). Whatever is
assumed stands in the notices of the network. docs/design/geography.md gives the sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.network import Network
from spareverse.network.outlines import crosses_land
from spareverse.network.transport_modes import TRANSPORT_MODES

Floats = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""
ROAD_DETOUR = 1.3
"""Way by road over great circle: between the 1.2 of [Newell 1980] and the 1.35 of long ways in Britain [Olner 2015]."""
LONG_HAUL_KM = 3700.0
"""Flights beyond it are long-haul [DESNZ 2025]."""
FAR_FROM_SEA_KM = 100.0
"""A way to the shipping network longer than this is worth a word."""

POSITIONS = pl.Schema(
    {
        "id": pl.String(),
        "kind": pl.String(),
        "name": pl.String(),
        "country": pl.String(),
        "latitude": pl.Float64(),
        "longitude": pl.Float64(),
        "assumed": pl.Boolean(),
    }
)


@dataclass(frozen=True)
class LinkMode:
    """A mode of LINKS: ``detour`` on the great circle (None: by sea), and where it burns its fuel."""

    detour: float | None
    emission: str
    """Name in TRANSPORT_MODES."""


LINK_MODES: Mapping[str, LinkMode] = {
    "road": LinkMode(ROAD_DETOUR, "hgv"),
    "parcel": LinkMode(ROAD_DETOUR, "van"),
    "rail": LinkMode(ROAD_DETOUR, "rail"),
    "sea": LinkMode(None, "container_ship"),
    "air": LinkMode(1.0, "air_long_haul"),
}


@dataclass(frozen=True)
class SeaRoute:
    """A way by sea: its length with the ways to and from the lanes, those two ways, and its points (north, east)."""

    km: float
    access_km: tuple[float, float]
    points: tuple[tuple[float, float], ...]


def great_circle_km(latitude: Any, longitude: Any, to_latitude: Any, to_longitude: Any) -> Floats:
    """Haversine distance [km] of points in degrees; arrays broadcast."""
    north, east, to_north, to_east = (np.radians(x) for x in (latitude, longitude, to_latitude, to_longitude))
    chord = np.sin((to_north - north) / 2) ** 2 + np.cos(north) * np.cos(to_north) * np.sin((to_east - east) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0))), np.float64)


@lru_cache(maxsize=4096)
def sea_route(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> SeaRoute:
    """The great circle where it meets no land, else the shortest way along shipping lanes, no Northwest Passage."""
    start, end = (latitude, longitude), (to_latitude, to_longitude)
    direct = float(great_circle_km(*start, *end))
    straight = SeaRoute(direct, (0.0, 0.0), (start, end))
    if not crosses_land(start, end, direct):
        return straight
    import searoute  # building its network takes seconds: only where a ship goes around land

    found = searoute.searoute([longitude, latitude], [to_longitude, to_latitude])
    lanes = [(float(north), float(east)) for east, north in found["geometry"]["coordinates"]]
    if not lanes:
        return straight
    access = float(great_circle_km(*start, *lanes[0])), float(great_circle_km(*lanes[-1], *end))
    return SeaRoute(float(found["properties"]["length"]) + sum(access), access, (start, *lanes, end))


def distances_km(modes: Sequence[str], ends: Floats) -> Floats:
    """Length of ways by mode [km]; ``ends`` has rows of (latitude, longitude, to_latitude, to_longitude).

    An unknown mode counts as road. NaN where a position is missing.
    """
    direct = great_circle_km(*ends.T)
    known = [LINK_MODES.get(mode, LINK_MODES["road"]) for mode in modes]
    length: Floats = direct * np.array([1.0 if mode.detour is None else mode.detour for mode in known])
    by_sea = np.array([mode.detour is None for mode in known], bool)
    for row in np.flatnonzero(by_sea & np.isfinite(direct)):
        length[row] = sea_route(*ends[row].tolist()).km
    return length


def emission_kg_per_tonne_km(mode: str, distance_km: float | None) -> float:
    """kg CO2e per tonne-km of a mode of LINKS, tank to wheel; flights by their length. Unknown modes count as road."""
    name = LINK_MODES.get(mode, LINK_MODES["road"]).emission
    if name == "air_long_haul" and distance_km is not None and distance_km <= LONG_HAUL_KM:
        name = "air_short_haul"
    return TRANSPORT_MODES[name].factor()


@lru_cache(maxsize=512)
def capital(country: str) -> tuple[float, float] | None:
    """Where the capital of a country stands (degrees north, east); by ISO code or name; None for unknown ones."""
    from countryinfo import CountryInfo, CountryNotFoundError

    if not country.strip():
        return None
    try:
        found = CountryInfo(country.strip()).capital_latlng()
    except CountryNotFoundError:
        return None
    return (float(found[0]), float(found[1])) if found else None


def positions(network: Network) -> pl.DataFrame:
    """Where suppliers, places and customers stand: POSITIONS; null where neither coordinates nor country are known.

    ``assumed`` marks those put at the capital of their country.
    """
    shown = []
    for table in ("suppliers", "places", "customers"):
        key, kind = f"{table[:-1]}_id", table[:-1]
        named = pl.col("name").replace("", None).fill_null(pl.col(key))
        what = pl.col("kind") if table == "places" else pl.lit(kind)
        shown.append(network[table].select(pl.col(key).alias("id"), what.alias("kind"), named.alias("name"),
                     "country", "latitude", "longitude"))  # fmt: skip
    every = pl.concat(shown)
    given = pl.col("latitude").is_finite() & pl.col("longitude").is_finite()
    every = every.with_columns(given.fill_null(False).alias("given"))
    countries = every.filter(~pl.col("given"))["country"].drop_nulls().unique().to_list()
    capitals = {name: found for name in countries if (found := capital(name)) is not None}
    seat = pl.DataFrame(
        [(name, *point) for name, point in capitals.items()],
        schema={"country": pl.String, "north": pl.Float64, "east": pl.Float64},
        orient="row",
    )
    return (
        every.join(seat, on="country", how="left", maintain_order="left")
        .with_columns(
            pl.when("given").then("latitude").otherwise("north").alias("latitude"),
            pl.when("given").then("longitude").otherwise("east").alias("longitude"),
            (~pl.col("given") & pl.col("north").is_not_null()).alias("assumed"),
        )
        .select(POSITIONS.names())
        .cast(POSITIONS)
    )


def with_distances(network: Network) -> Network:
    """The network with ``distance_km`` and ``co2_kg_per_tonne_km`` of its links filled in where they were empty.

    Every assumption is added to the notices. A link whose ends have no position keeps an empty distance.
    """
    links = network["links"]
    if not links.height:
        return network
    where = positions(network)
    modes = [str(mode or "road").strip().lower() for mode in links["mode"]]
    ends = _ends(links, where)
    empty = links["distance_km"].is_null().to_numpy()
    computed = np.full(links.height, np.nan)
    computed[empty] = distances_km([mode for mode, wanted in zip(modes, empty, strict=True) if wanted], ends[empty])
    distance = links["distance_km"].fill_null(pl.Series(computed, nan_to_null=True))
    emission = pl.Series(
        [emission_kg_per_tonne_km(*one) for one in zip(modes, distance, strict=True)], dtype=pl.Float64
    )
    without = links["co2_kg_per_tonne_km"].is_null()
    filled = links.with_columns(
        distance.alias("distance_km"), links["co2_kg_per_tonne_km"].fill_null(emission).alias("co2_kg_per_tonne_km")
    )
    told = [
        *_distance_notices(links, modes, ends, computed, empty, where),
        *_emission_notices([mode for mode, wanted in zip(modes, without, strict=True) if wanted]),
    ]
    added = tuple(notice for notice in told if notice not in network.notices)
    return replace(network, tables={**network.tables, "links": filled}, notices=(*network.notices, *added))


def _ends(links: pl.DataFrame, where: pl.DataFrame) -> Floats:
    """Rows of (latitude, longitude, to_latitude, to_longitude) of links; NaN where not known."""
    spots = where.unique("id", keep="first").select("id", "latitude", "longitude")
    start = links.select(id="from_id").join(spots, on="id", how="left", maintain_order="left")
    end = links.select(id="to_id").join(spots, on="id", how="left", maintain_order="left")
    columns = [start["latitude"], start["longitude"], end["latitude"], end["longitude"]]
    return np.column_stack([column.fill_null(float("nan")).to_numpy() for column in columns])


def _distance_notices(
    links: pl.DataFrame, modes: list[str], ends: Floats, computed: Floats, empty: NDArray[np.bool_], where: pl.DataFrame
) -> list[str]:
    names = links["link_id"].to_list()
    used = {modes[row] for row in np.flatnonzero(empty & np.isfinite(computed))}
    told = []
    land = sorted(mode for mode in used if LINK_MODES.get(mode, LINK_MODES["road"]).detour == ROAD_DETOUR)
    if land:
        told.append(f"Distances by {_join(land)} are the great circle times {ROAD_DETOUR}.")
    if "air" in used:
        told.append("Distances by air are the great circle.")
    if "sea" in used:
        told.append(
            "Distances by sea are the great circle where it meets no land, else the way along the shipping lanes of"
            " searoute, the Northwest Passage closed."
        )
    for row in np.flatnonzero([mode == "sea" for mode in modes] & empty & np.isfinite(computed)):
        access = sum(sea_route(*ends[row].tolist()).access_km)
        if access > FAR_FROM_SEA_KM:
            told.append(f"Link {names[row]}: {access:,.0f} km between its ends and the shipping lanes count as sea.")
    if unknown := sorted({mode for mode in modes if mode not in LINK_MODES}):
        told.append(f"Mode {_join(unknown)} is not known and counts as road.")
    concerned = links.filter(pl.Series(empty))
    near = set(concerned["from_id"]) | set(concerned["to_id"])
    if seats := where.filter(pl.col("assumed") & pl.col("id").is_in(list(near)))["id"].to_list():
        told.append(f"Without coordinates, taken to stand at the capital of the country: {_some(seats)}.")
    if missing := [names[row] for row in np.flatnonzero(empty & ~np.isfinite(computed))]:
        told.append(f"No distance, since an end has neither coordinates nor a known country: link {_some(missing)}.")
    return told


def _emission_notices(modes: list[str]) -> list[str]:
    used = sorted({mode if mode in LINK_MODES else "road" for mode in modes})
    words = {mode: TRANSPORT_MODES[LINK_MODES[mode].emission].words() for mode in used}
    return [f"Emission by {mode}: {text}{_FLIGHTS if mode == 'air' else ''}." for mode, text in words.items()]


_FLIGHTS = f", up to {LONG_HAUL_KM:,.0f} km short-haul"


def _join(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _some(names: Sequence[str], most: int = 8) -> str:
    return _join(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"
