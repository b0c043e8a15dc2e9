"""What an invented unmanned platform is made of: equipment, its tags, and the spare parts of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spare:
    """One spare of a kind of equipment; medians, from which each model differs.

    Failures per piece and year, price in NOK, weight in kg, lead time in days, chance that a model of it qualifies
    for additive manufacture.
    """

    name: str
    failures_per_year: float
    price: float
    weight_kg: float
    lead_time_days: float
    printable: float = 0.0
    life: str = "exponential"
    replacement: str = "8 h"
    pieces: int = 1


@dataclass(frozen=True)
class Equipment:
    """A kind of equipment: its code in a tag, how many tags of how many models, who makes it."""

    code: str
    name: str
    system: str
    tags: int
    models: int
    vendors: tuple[str, ...]
    criticality: tuple[float, float, float]
    """Chances that a tag is of low, medium, high consequence."""
    spares: tuple[Spare, ...]


_V = (
    *("Nordvik Valves", "Halden Control", "Brenner Pumps", "Calder & Voss", "Sundt Instrument", "Ferro Actuation"),
    *("Lysgaard Electric", "Meridian Seals", "Tarn Compression", "Oakfield Metering", "Vestfjord Safety"),
    *("Ostra Bearings", "Kestrel Analysers", "Borealis Lighting", "Pelham Filtration"),
)
VENDORS = _V
WEAR = "weibull(shape=2.2)"

EQUIPMENT: tuple[Equipment, ...] = (
    Equipment("PSV", "pressure safety valve", "20", 22, 20, (_V[0], _V[10]), (0.0, 0.4, 0.6), (
        Spare("spring and disc set", 0.07, 14_000, 6, 70, 0.5, WEAR),
        Spare("soft seal kit", 0.16, 2_600, 0.4, 35, 0.6, WEAR, "4 h"),
    )),
    Equipment("ESDV", "emergency shutdown valve", "20", 10, 8, (_V[0], _V[5]), (0.0, 0.1, 0.9), (
        Spare("actuator", 0.05, 280_000, 340, 180, 0.0, WEAR, "triangular(12, 18, 36) h"),
        Spare("solenoid valve", 0.18, 12_500, 1.6, 45, 0.1, "exponential", "4 h", 2),
        Spare("seat and seal kit", 0.09, 24_000, 5, 60, 0.6, WEAR, "triangular(8, 12, 24) h"),
        Spare("limit switch box", 0.12, 7_800, 1.1, 30, 0.3, "exponential", "3 h"),
    )),
    Equipment("XV", "on/off valve", "27", 20, 18, (_V[0], _V[5]), (0.3, 0.5, 0.2), (
        Spare("actuator diaphragm", 0.14, 3_900, 1.5, 40, 0.5, WEAR, "6 h"),
        Spare("positioner", 0.13, 16_500, 2.2, 45, 0.1, "exponential", "4 h"),
        Spare("stem packing set", 0.22, 1_400, 0.3, 21, 0.7, WEAR, "4 h"),
    )),
    Equipment("LV", "level control valve", "20", 14, 12, (_V[1], _V[5]), (0.1, 0.6, 0.3), (
        Spare("trim set", 0.12, 31_000, 8, 75, 0.7, WEAR, "triangular(6, 8, 16) h"),
        Spare("smart positioner", 0.11, 18_000, 2.4, 45, 0.0, "exponential", "4 h"),
    )),
    Equipment("PA", "centrifugal pump", "50", 9, 8, (_V[2],), (0.1, 0.4, 0.5), (
        Spare("mechanical seal", 0.38, 42_000, 7, 60, 0.2, WEAR, "triangular(10, 14, 30) h"),
        Spare("impeller", 0.05, 58_000, 22, 90, 0.8, WEAR, "triangular(14, 20, 40) h"),
        Spare("bearing set", 0.28, 9_500, 4, 25, 0.0, WEAR, "triangular(8, 12, 20) h"),
        Spare("coupling element", 0.17, 6_200, 2, 28, 0.5, WEAR, "6 h"),
        Spare("wear ring set", 0.13, 11_000, 3, 45, 0.8, WEAR, "triangular(12, 16, 30) h"),
    )),
    Equipment("PI", "chemical injection pump", "42", 8, 6, (_V[2], _V[7]), (0.2, 0.6, 0.2), (
        Spare("plunger and packing", 0.55, 7_400, 1.2, 30, 0.6, WEAR, "5 h", 2),
        Spare("check valve cartridge", 0.42, 4_800, 0.5, 28, 0.7, WEAR, "3 h", 2),
        Spare("gear unit", 0.05, 63_000, 45, 110, 0.1, WEAR, "triangular(8, 12, 20) h"),
    )),
    Equipment("KA", "gas compressor", "23", 2, 2, (_V[8],), (0.0, 0.0, 1.0), (
        Spare("dry gas seal cartridge", 0.20, 890_000, 60, 210, 0.0, WEAR, "triangular(36, 48, 96) h", 2),
        Spare("rotor bundle", 0.015, 9_800_000, 2_900, 420, 0.0, WEAR, "triangular(120, 168, 336) h"),
        Spare("journal bearing", 0.07, 74_000, 14, 90, 0.3, WEAR, "triangular(24, 36, 72) h", 2),
        Spare("lube oil filter element", 0.9, 2_300, 1.8, 20, 0.2, WEAR, "3 h", 2),
        Spare("vibration probe", 0.16, 8_900, 0.3, 35, 0.1, "exponential", "4 h", 4),
        Spare("anti-surge valve trim", 0.08, 120_000, 26, 120, 0.6, WEAR, "triangular(12, 16, 30) h"),
    )),
    Equipment("HA", "heat exchanger", "24", 4, 3, (_V[3],), (0.1, 0.5, 0.4), (
        Spare("gasket set", 0.14, 5_600, 6, 30, 0.5, WEAR, "triangular(12, 18, 30) h"),
        Spare("tube bundle", 0.02, 640_000, 1_900, 260, 0.0, WEAR, "triangular(48, 72, 140) h"),
    )),
    Equipment("PT", "pressure transmitter", "20", 26, 23, (_V[4],), (0.3, 0.5, 0.2), (
        Spare("transmitter", 0.06, 13_800, 3.5, 40, 0.0, "exponential", "3 h"),
        Spare("manifold", 0.03, 5_400, 2.6, 30, 0.7, "exponential", "3 h"),
    )),
    Equipment("LT", "level transmitter", "20", 17, 14, (_V[4],), (0.2, 0.5, 0.3), (
        Spare("radar head", 0.08, 46_000, 5, 60, 0.0, "exponential", "4 h"),
        Spare("antenna and flange seal", 0.07, 8_200, 3, 45, 0.6, WEAR, "6 h"),
    )),
    Equipment("TT", "temperature transmitter", "20", 26, 22, (_V[4],), (0.5, 0.4, 0.1), (
        Spare("sensor insert", 0.08, 2_900, 0.4, 25, 0.0, "exponential", "2 h"),
    )),
    Equipment("FT", "flow meter", "20", 9, 7, (_V[9],), (0.1, 0.5, 0.4), (
        Spare("flow computer card", 0.07, 38_000, 0.6, 75, 0.0, "exponential", "3 h"),
        Spare("ultrasonic transducer pair", 0.09, 52_000, 1.4, 60, 0.0, "exponential", "5 h"),
    )),
    Equipment("GD", "gas detector", "70", 24, 20, (_V[10],), (0.0, 0.3, 0.7), (
        Spare("detector head", 0.11, 17_500, 1.9, 35, 0.0, "exponential", "2 h"),
        Spare("weather guard", 0.09, 900, 0.3, 20, 1.0, "exponential", "1 h"),
    )),
    Equipment("AE", "gas analyser", "24", 3, 3, (_V[12],), (0.2, 0.6, 0.2), (
        Spare("sample pump head", 0.6, 9_300, 1.1, 30, 0.7, WEAR, "4 h"),
        Spare("measuring cell", 0.2, 96_000, 2.5, 80, 0.0, WEAR, "6 h"),
    )),
    Equipment("EL", "switchboard", "84", 5, 3, (_V[6],), (0.0, 0.5, 0.5), (
        Spare("circuit breaker", 0.03, 54_000, 28, 90, 0.0, "exponential", "6 h", 4),
        Spare("protection relay", 0.04, 33_000, 2.1, 60, 0.0, "exponential", "4 h", 4),
        Spare("control power supply", 0.09, 7_200, 1.5, 25, 0.0, "exponential", "2 h", 2),
    )),
    Equipment("UPS", "uninterruptible power supply", "85", 2, 2, (_V[6],), (0.0, 0.2, 0.8), (
        Spare("inverter module", 0.09, 88_000, 24, 75, 0.0, "exponential", "4 h", 2),
        Spare("battery string", 0.1, 61_000, 310, 45, 0.0, "weibull(shape=4)", "8 h", 2),
        Spare("cooling fan", 0.3, 1_100, 0.7, 18, 0.6, WEAR, "2 h", 4),
    )),
    Equipment("LX", "navigation light", "79", 8, 6, (_V[13],), (0.1, 0.8, 0.1), (
        Spare("LED unit", 0.06, 6_400, 1.6, 25, 0.0, "exponential", "2 h"),
        Spare("lens housing", 0.03, 3_100, 2.2, 30, 0.9, "exponential", "2 h"),
    )),
    Equipment("CB", "filter vessel", "21", 6, 5, (_V[14],), (0.3, 0.6, 0.1), (
        Spare("filter element set", 0.7, 5_900, 12, 28, 0.3, WEAR, "5 h", 2),
        Spare("quick-opening closure seal", 0.25, 3_300, 1.0, 35, 0.7, WEAR, "5 h"),
    )),
    Equipment("GC", "crane and winch", "73", 2, 2, (_V[11], _V[3]), (0.2, 0.8, 0.0), (
        Spare("hydraulic pump", 0.09, 71_000, 55, 80, 0.0, WEAR, "triangular(8, 12, 24) h"),
        Spare("slewing bearing", 0.012, 410_000, 820, 240, 0.0, WEAR, "triangular(72, 96, 160) h"),
        Spare("sheave", 0.05, 19_000, 34, 60, 0.5, WEAR, "8 h", 2),
    )),
)  # fmt: skip
"""Rates in the spirit of published offshore reliability data, prices and times invented."""
