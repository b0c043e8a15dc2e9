"""Emission factors: arithmetic of the add-on, and what a study's notes say of their source."""

from __future__ import annotations

import pytest

from spareverse.network.transport_modes import TRANSPORT_MODES


def test_the_add_on_is_added_once() -> None:
    mode = TRANSPORT_MODES["hgv"]
    assert mode.factor() == 0.10163
    assert mode.factor(well_to_tank=True) == pytest.approx(0.10163 + 0.02359)


def test_the_source_stands_beside_the_factor() -> None:
    for name, mode in TRANSPORT_MODES.items():
        assert mode.source in mode.words(), name
        assert "well-to-tank" in mode.words(well_to_tank=True)
        assert mode.kg_per_tonne_km > 0


def test_the_paper_emits_twenty_kilograms_a_shipment() -> None:
    assert 20_000 * 0.1 * TRANSPORT_MODES["el_thalji_2025"].factor() == pytest.approx(20.0)


def test_modes_stand_in_their_known_order() -> None:
    factors = [TRANSPORT_MODES[name].factor() for name in ("container_ship", "rail", "hgv", "van", "air_long_haul")]
    assert factors == sorted(factors)
