"""Where the platform basin's bases, platforms and suppliers stand, and what parts its platforms use.

Positions are real: harbours and towns, and platforms to a tenth of a degree near fields of the North Sea. Names of
platforms and companies, parts, rates, prices and times are invented.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    """A named position, degrees north and east."""

    code: str
    name: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Maker(Spot):
    """A supplier: orders it works on at a time, days of work on one, days from order to dispatch."""

    lines: int | None = None
    work_time: str = "0"
    lead_time: str = "0"
    planned_days: float = 0.0


@dataclass(frozen=True)
class Kind:
    """A part of every platform: yearly demands of one platform, price in EUR, weight, and where it comes from."""

    code: str
    description: str
    category: str
    criticality: str
    per_year: float
    pieces: str
    unit_cost: float
    weight_kg: float
    makers: tuple[str, ...]
    shelf_life_days: float | None = None


BASES = (
    Spot("BASE-S", "South base, Stavanger", "NO", 58.99, 5.67),
    Spot("BASE-N", "North base, Agotnes", "NO", 60.40, 5.02),
)
PLATFORMS: dict[str, tuple[Spot, ...]] = {
    "BASE-S": (
        Spot("P-TERN", "Tern", "NO", 56.5, 3.2),
        Spot("P-FULMAR", "Fulmar", "NO", 56.3, 3.4),
        Spot("P-PETREL", "Petrel", "NO", 57.1, 2.8),
        Spot("P-GANNET", "Gannet", "NO", 58.4, 1.9),
        Spot("P-SKUA", "Skua", "NO", 58.8, 2.6),
        Spot("P-AUK", "Auk", "NO", 59.2, 2.5),
    ),
    "BASE-N": (
        Spot("P-PUFFIN", "Puffin", "NO", 59.6, 2.2),
        Spot("P-EIDER", "Eider", "NO", 60.5, 2.8),
        Spot("P-SCOTER", "Scoter", "NO", 60.6, 3.7),
        Spot("P-RAVEN", "Raven", "NO", 61.2, 2.2),
        Spot("P-MERLIN", "Merlin", "NO", 61.4, 2.1),
        Spot("P-OSPREY", "Osprey", "NO", 61.1, 2.5),
    ),
}
"""By the base that supplies them."""
MAKERS = (
    Maker("M-MILAN", "Pompe Lambro", "IT", 45.46, 9.19, 1, "triangular(15, 25, 50)", "triangular(10, 15, 30)", 50),
    Maker("M-HAMBURG", "Elbdichtung", "DE", 53.55, 9.99, None, "0", "triangular(10, 15, 35)", 16),
    Maker("M-ABERDEEN", "Granite Valves", "GB", 57.15, -2.09, 1, "uniform(14, 30)", "gamma(mean=12, cv=0.5)", 35),
    Maker("M-GOTHENBURG", "Gota Lager", "SE", 57.71, 11.97, None, "0", "triangular(7, 12, 25)", 12),
    Maker("M-ROTTERDAM", "Maasregel", "NL", 51.92, 4.48, 1, "triangular(20, 30, 60)", "triangular(5, 8, 20)", 45),
    Maker("M-KRAKOW", "Wisla Elektro", "PL", 50.06, 19.94, 2, "uniform(10, 22)", "triangular(15, 20, 40)", 42),
    Maker("M-BILBAO", "Fundiciones Nervion", "ES", 43.26, -2.93, 1, "uniform(40, 100)",
          "lognormal(mean=20, cv=0.4)", 95),
    Maker("M-STAVANGER", "Printed on the quay", "NO", 58.97, 5.73, 1, "triangular(1, 2, 4)", "2", 5),
)  # fmt: skip
"""Their lines work for the basin alone; queues come when orders do."""
PARTS = (
    Kind("PUMP-SEAL", "Cartridge seal of the water pump", "Pumps", "A", 1.4, "1", 4_200, 12, ("M-HAMBURG", "M-MILAN")),
    Kind("PUMP-SHAFT", "Pump shaft with sleeves", "Pumps", "A", 0.35, "1", 14_500, 95, ("M-MILAN",)),
    Kind("IMPELLER", "Impeller, duplex steel", "Pumps", "B", 0.5, "1", 9_800, 60, ("M-MILAN", "M-STAVANGER")),
    Kind("BEARING", "Bearing set, sleeved", "Bearings", "A", 2.2, "uniform(0, 2)", 1_150, 9, ("M-GOTHENBURG",)),
    Kind("GEAR-SET", "Gear set of the crane", "Bearings", "B", 0.25, "1", 21_000, 240, ("M-GOTHENBURG", "M-BILBAO")),
    Kind("VALVE-TRIM", "Trim of the control valve", "Valves", "A", 1.8, "1", 3_400, 8, ("M-ABERDEEN", "M-ROTTERDAM")),
    Kind("VALVE-BODY", "Valve body 6 inch", "Valves", "B", 0.2, "1", 17_500, 180, ("M-BILBAO",)),
    Kind("ACTUATOR", "Pneumatic actuator", "Valves", "B", 0.7, "1", 6_900, 34, ("M-ROTTERDAM", "M-ABERDEEN")),
    Kind("DIAPHRAGM", "Diaphragm, EPDM", "Valves", "C", 3.1, "uniform(0, 3)", 140, 0.4, ("M-HAMBURG",), 1_095),
    Kind("O-RINGS", "Set of O-rings", "Seals", "C", 5.5, "uniform(0, 4)", 45, 0.2, ("M-HAMBURG",), 1_460),
    Kind("DRIVE", "Frequency converter", "Electrical", "A", 0.4, "1", 26_000, 70, ("M-KRAKOW",)),
    Kind("MOTOR", "Motor 45 kW, explosion-proof", "Electrical", "B", 0.45, "1", 12_800, 420, ("M-KRAKOW", "M-MILAN")),
    Kind("SENSOR", "Pressure transmitter", "Electrical", "A", 2.6, "1", 1_900, 2, ("M-KRAKOW", "M-GOTHENBURG")),
    Kind("BATTERY", "Battery block of the emergency supply", "Electrical", "A", 0.8, "uniform(0, 4)", 2_300, 45,
         ("M-KRAKOW",), 730),
    Kind("FAN-WHEEL", "Fan wheel of the cooler", "Coolers", "C", 0.3, "1", 5_200, 55, ("M-STAVANGER", "M-ROTTERDAM")),
    Kind("TUBE-BUNDLE", "Tube bundle of the cooler", "Coolers", "B", 0.12, "1", 48_000, 1_900, ("M-BILBAO",)),
)  # fmt: skip
