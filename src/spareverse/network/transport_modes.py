"""Emissions of freight by mode of transport, as facts with their source.

[DESNZ 2025] UK Government GHG Conversion Factors for Company Reporting 2025 (Department for Energy Security and Net
Zero, Open Government Licence v3), "Freighting goods" and, for the well-to-tank add-on (making and bringing the fuel),
"WTT - delivery vehicles and freight". Kilograms of CO2 equivalent per tonne and kilometre.
[El-Thalji 2025] Appl. Syst. Innov. 8(1) 8: 10 g per tonne-km, no mode named.
"""

from __future__ import annotations

from dataclasses import dataclass

DESNZ = "DESNZ 2025"
EL_THALJI = "El-Thalji 2025"


@dataclass(frozen=True)
class TransportMode:
    """One mode. kg CO2e per tonne-km from tank to wheel, and what the fuel emitted before it was in the tank.

    ``heading`` names the row of the source: its levels 2 to 4 and its column.
    """

    title: str
    kg_per_tonne_km: float
    well_to_tank_kg_per_tonne_km: float
    source: str
    heading: tuple[str, str, str, str] = ("", "", "", "")

    def factor(self, *, well_to_tank: bool = False) -> float:
        """kg CO2e per tonne-km, with the add-on where asked for; rounded as the source prints it."""
        return round(self.kg_per_tonne_km + well_to_tank * self.well_to_tank_kg_per_tonne_km, 5)

    def words(self, *, well_to_tank: bool = False) -> str:
        """The source in words, for the notes of a study."""
        return f"{self.source}, {self.title}{', with well-to-tank' if well_to_tank else ''}"


TRANSPORT_MODES: dict[str, TransportMode] = {
    "van": TransportMode(
        "vans up to 3.5 t, diesel, average", 0.6313, 0.15095, DESNZ,
        ("Vans", "Average (up to 3.5 tonnes)", "", "Diesel"),
    ),
    "hgv": TransportMode(
        "all heavy goods vehicles, average laden", 0.10163, 0.02359, DESNZ,
        ("HGV (all diesel)", "All HGVs", "", "Average laden"),
    ),
    "hgv_articulated": TransportMode(
        "all articulated heavy goods vehicles, average laden", 0.078, 0.01823, DESNZ,
        ("HGV (all diesel)", "All artics", "", "Average laden"),
    ),
    "rail": TransportMode("freight train", 0.02779, 0.00691, DESNZ, ("Rail", "Freight train", "", "")),
    "container_ship": TransportMode(
        "container ship, average size", 0.01612, 0.00365, DESNZ, ("Cargo ship", "Container ship", "Average", "")
    ),
    "container_ship_large": TransportMode(
        "container ship of 8000 TEU and more", 0.01266, 0.00287, DESNZ,
        ("Cargo ship", "Container ship", "8000+ TEU", ""),
    ),
    "general_cargo_ship": TransportMode(
        "general cargo ship, average size", 0.01321, 0.003, DESNZ, ("Cargo ship", "General cargo", "Average", "")
    ),
    "roro_ferry": TransportMode(
        "RoRo ferry, average size", 0.05158, 0.0117, DESNZ, ("Cargo ship", "RoRo-Ferry", "Average", "")
    ),
    "air_long_haul": TransportMode(
        "long-haul air freight, with radiative forcing", 0.89939, 0.13516, DESNZ,
        ("Freight flights", "Long-haul, to/from UK", "", "With RF"),
    ),
    "air_long_haul_without_rf": TransportMode(
        "long-haul air freight, without radiative forcing", 0.5313, 0.13516, DESNZ,
        ("Freight flights", "Long-haul, to/from UK", "", "Without RF"),
    ),
    "air_short_haul": TransportMode(
        "short-haul air freight, with radiative forcing", 1.27835, 0.20515, DESNZ,
        ("Freight flights", "Short-haul, to/from UK", "", "With RF"),
    ),
    "air_short_haul_without_rf": TransportMode(
        "short-haul air freight, without radiative forcing", 0.75539, 0.20515, DESNZ,
        ("Freight flights", "Short-haul, to/from UK", "", "Without RF"),
    ),
    "air_domestic": TransportMode(
        "domestic air freight, with radiative forcing", 4.60397, 0.57429, DESNZ,
        ("Freight flights", "Domestic, to/from UK", "", "With RF"),
    ),
    "air_domestic_without_rf": TransportMode(
        "domestic air freight, without radiative forcing", 2.71931, 0.57429, DESNZ,
        ("Freight flights", "Domestic, to/from UK", "", "Without RF"),
    ),
    "el_thalji_2025": TransportMode("10 g per tonne-km, no mode named", 0.01, 0.0, EL_THALJI),
}  # fmt: skip
"""Mode as a study names it -> its factors. Supply vessels and helicopters are in neither source: give the factor."""
