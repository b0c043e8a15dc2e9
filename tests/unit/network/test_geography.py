"""Distances by mode, positions, emissions, and what is told about them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from spareverse.network import geography
from spareverse.network.geography import great_circle_km, positions, sea_route, with_distances
from spareverse.network.network import Network
from spareverse.network.outlines import great_circle, on_land

GENOA, SHANGHAI, ROTTERDAM, MILAN = (44.41, 8.93), (31.2, 121.8), (51.95, 4.05), (45.46, 9.19)


def network(*links: dict[str, object]) -> Network:
    places = [
        {"place_id": "MILAN", "latitude": MILAN[0], "longitude": MILAN[1]},
        {"place_id": "GENOA", "latitude": GENOA[0], "longitude": GENOA[1]},
        {"place_id": "SHANGHAI", "latitude": SHANGHAI[0], "longitude": SHANGHAI[1]},
        {"place_id": "NOWHERE"},
    ]
    suppliers = [{"supplier_id": "S1", "country": "FR"}, {"supplier_id": "S2", "country": "Atlantis"}]
    tables = {"places": places, "suppliers": suppliers, "links": list(links)}
    return Network.of({name: pl.DataFrame(rows) for name, rows in tables.items()})


def link(name: str, start: str, end: str, mode: str, **more: object) -> dict[str, object]:
    given = {"distance_km": None, "co2_kg_per_tonne_km": None, **more}
    return {"link_id": name, "from_id": start, "to_id": end, "mode": mode, "transit_time": "3", **given}


def test_great_circle_of_known_pairs() -> None:
    # a quarter of the equator, pole to pole, and one degree of latitude
    found = great_circle_km([0.0, 90.0, 10.0], [0.0, 0.0, 5.0], [0.0, -90.0, 11.0], [90.0, 0.0, 5.0])
    quarter = np.pi / 2 * geography.EARTH_RADIUS_KM
    np.testing.assert_allclose(found, [quarter, 2 * quarter, quarter / 90], rtol=1e-12)
    # Paris to New York: 5,837 km
    assert great_circle_km(48.8566, 2.3522, 40.7128, -74.006) == pytest.approx(5837, abs=2)


def test_a_ship_goes_around_the_land() -> None:
    found = sea_route(*ROTTERDAM, *SHANGHAI)
    # 10,525 nautical miles in the usual tables, by Suez
    assert found.km == pytest.approx(10525 * 1.852, rel=0.03)
    assert sea_route(*ROTTERDAM, *SHANGHAI) is found
    assert found.points[0] == ROTTERDAM
    assert found.points[-1] == SHANGHAI


def test_a_ship_goes_straight_over_open_sea() -> None:
    # Aberdeen to the middle of the North Sea; along the lanes it would be nearly twice as long
    found = sea_route(57.15, -2.09, 57.84, 2.5)
    assert found.km == pytest.approx(float(great_circle_km(57.15, -2.09, 57.84, 2.5)))
    # Genoa to Venice: Italy is in the way
    venice = sea_route(*GENOA, 45.44, 12.33)
    assert venice.km > 5 * float(great_circle_km(*GENOA, 45.44, 12.33))


def test_land_is_told_from_sea() -> None:
    north, east = np.array([48.8, 40.0, 0.0, 57.5, 65.0]), np.array([2.3, -100.0, -30.0, 2.0, 100.0])
    assert on_land(north, east).tolist() == [True, True, False, False, True]


def test_a_great_circle_passes_near_the_pole() -> None:
    north, east = great_circle((60.0, 0.0), (60.0, 180.0), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(north, [60, 90, 60], atol=1e-6)
    np.testing.assert_allclose(np.abs(east[[0, 2]]), [0, 180], atol=1e-6)


def test_only_empty_distances_and_emissions_are_filled() -> None:
    filled = with_distances(
        network(
            link("given", "GENOA", "MILAN", "road", distance_km=150.0, co2_kg_per_tonne_km=0.2),
            link("road", "GENOA", "MILAN", "road"),
            link("air", "MILAN", "SHANGHAI", "air"),
            link("sea", "MILAN", "SHANGHAI", "sea"),
            link("short", "MILAN", "GENOA", "air"),
        )
    )
    rows = {row["link_id"]: row for row in filled["links"].to_dicts()}
    assert (rows["given"]["distance_km"], rows["given"]["co2_kg_per_tonne_km"]) == (150.0, 0.2)
    direct = float(great_circle_km(*GENOA, *MILAN))
    assert rows["road"]["distance_km"] == pytest.approx(1.3 * direct)
    assert rows["road"]["co2_kg_per_tonne_km"] == 0.10163
    assert rows["air"]["distance_km"] == pytest.approx(float(great_circle_km(*MILAN, *SHANGHAI)))
    assert rows["air"]["co2_kg_per_tonne_km"] == 0.89939
    assert rows["short"]["co2_kg_per_tonne_km"] == 1.27835
    assert rows["sea"]["distance_km"] > 15_000
    told = " ".join(filled.notices)
    for words in ("times 1.3", "great circle", "searoute", "Link sea:", "DESNZ 2025"):
        assert words in told
    assert with_distances(filled).notices == filled.notices


def test_a_missing_position_is_the_capital_or_none() -> None:
    filled = with_distances(network(link("a", "S1", "MILAN", "road"), link("b", "S2", "MILAN", "barge")))
    rows = {row["link_id"]: row for row in filled["links"].to_dicts()}
    assert rows["a"]["distance_km"] == pytest.approx(1.3 * float(great_circle_km(48.857, 2.352, *MILAN)), rel=0.01)
    assert rows["b"]["distance_km"] is None
    told = " ".join(filled.notices)
    assert "capital of the country: S1" in told
    assert "link b" in told
    assert "barge is not known and counts as road" in told


def test_positions_of_all_that_stand_somewhere() -> None:
    found = positions(network())
    assert found.schema == geography.POSITIONS
    rows = {row["id"]: row for row in found.to_dicts()}
    assert (rows["S1"]["kind"], rows["S1"]["assumed"]) == ("supplier", True)
    assert (rows["MILAN"]["kind"], rows["MILAN"]["assumed"]) == ("warehouse", False)
    assert rows["NOWHERE"]["latitude"] is None
    assert geography.capital("  ") is None


def test_a_network_without_links_stays_as_it_is() -> None:
    empty = Network.of({})
    assert with_distances(empty) is empty
