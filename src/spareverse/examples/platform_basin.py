"""Twelve platforms of the North Sea, the two bases that supply them by boat, and eight suppliers in Europe.

Platforms keep what stops production and what is light and cheap; the rest they get from their base when work is
planned. A base buys, from a purchase budget by quarter. Storms close the boats, and in winter more fails. Positions are
real, all else is invented (``basin_places``).
"""

from __future__ import annotations

import math

import polars as pl

from spareverse.examples.basin_places import BASES, MAKERS, PARTS, PLATFORMS, Kind, Spot
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.scenario import Override, Scenario

HORIZON_DAYS = 5 * 365.0
WARM_UP_DAYS = 365.0
KEPT_OFFSHORE = ("A", "B")
"""Criticality of the parts that a platform keeps, if they can be carried; of the others it keeps the cheap ones."""
HEAVY_KG, CHEAP = 100.0, 500.0
COVER_MARGIN_DAYS = 10.0
"""A base covers the usual lead time of a part's first maker and this."""
SAFETY = {"A": 1.3, "B": 0.7, "C": 0.5}
"""Standard deviations of demand meanwhile that a base keeps."""
PLANNED = "W"
"""Ends the name of the customer that is a platform's planned work."""
QUARTERLY_BUDGET = 150_000.0
SEASON, WINTER_FACTORS = "winter", (1.25, 1.2, 1.1, 1.0, 0.9, 0.85, 0.8, 0.85, 0.9, 1.0, 1.05, 1.1)
BUDGET_DAYS = 91.25
BOAT, TRUCK = "boat", "truck"
BOAT_CO2 = 0.25
"""Supply vessels are in no table of factors: invented, kg per tonne-km."""


def network() -> Network:
    """The basin, with distances by mode."""
    tables = {
        "settings": pl.DataFrame(
            {"horizon_days": [HORIZON_DAYS], "warm_up_days": [WARM_UP_DAYS], "co2_price_per_kg": [0.09]}
        ),
        "places": _places(),
        "suppliers": _spots(MAKERS, "supplier_id").with_columns(
            lines=pl.Series([maker.lines for maker in MAKERS]),
            work_time=pl.Series([maker.work_time for maker in MAKERS]),
        ),
        "links": _links(),
        "parts": _parts(),
        "sourcing": _sourcing(),
        "stock": _stock(),
        "customers": _customers(),
        "demands": _demands(),
        "seasons": pl.DataFrame({"season_id": [SEASON] * 12, "month": range(1, 13), "factor": WINTER_FACTORS}),
        "budgets": pl.DataFrame(
            {"budget_id": _budgets(), "amount": [QUARTERLY_BUDGET] * 2, "period_days": [BUDGET_DAYS] * 2}
        ),
        "disturbances": _disturbances(),
    }
    return with_distances(checked_network(tables, name="platform-basin"))


def _spots(spots: tuple[Spot, ...], key: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            key: [spot.code for spot in spots],
            "name": [spot.name for spot in spots],
            "country": [spot.country for spot in spots],
            "latitude": [spot.latitude for spot in spots],
            "longitude": [spot.longitude for spot in spots],
        }
    )


def _places() -> pl.DataFrame:
    platforms = tuple(platform for each in PLATFORMS.values() for platform in each)
    bases = _spots(BASES, "place_id").with_columns(kind=pl.lit("warehouse"), order_cost=pl.lit(60.0))
    offshore = _spots(platforms, "place_id").with_columns(kind=pl.lit("site"), order_cost=pl.lit(10.0))
    # room offshore is dear
    return pl.concat(
        [bases.with_columns(holding_rate_per_year=pl.lit(0.18)), offshore.with_columns(holding_rate_per_year=0.45)]
    )


def _links() -> pl.DataFrame:
    trucks = [
        {
            "link_id": f"{TRUCK} {maker.code} {base.code}",
            "from_id": maker.code,
            "to_id": base.code,
            "mode": "road",
            "transit_time": "uniform(0.2, 1)" if maker.code == "M-STAVANGER" else "triangular(2, 3, 7)",
            "planned_transit_days": 1.0 if maker.code == "M-STAVANGER" else 4.0,
            "capacity_kg_per_day": None,
            "cost_per_kg": 0.9,
            "cost_per_shipment": 120.0,
        }
        for maker in MAKERS
        for base in BASES
    ]
    boats = [
        {
            "link_id": f"{BOAT} {platform.code}",
            "from_id": base,
            "to_id": platform.code,
            "mode": "sea",
            "transit_time": "triangular(0.8, 1.5, 4)",
            "planned_transit_days": 2.0,
            "capacity_kg_per_day": 800.0,
            "cost_per_kg": 1.6,
            "co2_kg_per_tonne_km": BOAT_CO2,
            "cost_per_shipment": 350.0,
        }
        for base, platforms in PLATFORMS.items()
        for platform in platforms
    ]
    return pl.DataFrame(trucks + boats, infer_schema_length=None)


def _parts() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "part_id": [part.code for part in PARTS],
            "description": [part.description for part in PARTS],
            "category": [part.category for part in PARTS],
            "criticality": [part.criticality for part in PARTS],
            "unit_cost": [float(part.unit_cost) for part in PARTS],
            "weight_kg": [float(part.weight_kg) for part in PARTS],
            "shelf_life_days": pl.Series([part.shelf_life_days for part in PARTS], dtype=pl.Float64),
        }
    )


def _sourcing() -> pl.DataFrame:
    """Bases buy from the makers of a part, the first one preferred; platforms get every part from their base."""
    makers = {maker.code: maker for maker in MAKERS}
    bought = [
        {
            "part_id": part.code,
            "place_id": base.code,
            "source_id": code,
            "rank": rank,
            "share": 0.7 if rank == 1 else 0.3,
            "unit_price": part.unit_cost * (1.0 if rank == 1 else 1.12),
            "lead_time": makers[code].lead_time,
            "planned_lead_time_days": makers[code].planned_days,
            "emergency_lead_time": "triangular(3, 5, 9)" if part.criticality == "A" and rank == 1 else None,
            "emergency_cost": 2_500.0,
        }
        for part in PARTS
        for base in BASES
        for rank, code in enumerate(part.makers, start=1)
    ]
    sent = [
        {"place_id": platform.code, "source_id": base}
        for base, platforms in PLATFORMS.items()
        for platform in platforms
    ]
    return pl.concat([pl.DataFrame(bought, infer_schema_length=None), pl.DataFrame(sent)], how="diagonal")


def _stock() -> pl.DataFrame:
    rows = []
    for base, platforms in PLATFORMS.items():
        rows += [_base_point(part, base, len(platforms)) for part in PARTS]
        rows += [_platform_point(part, platform) for part in PARTS for platform in platforms]
    return pl.DataFrame(rows, infer_schema_length=None)


def _base_point(part: Kind, base: str, platforms: int) -> dict[str, object]:
    """Cover for all its platforms, and a batch of two months or two pieces."""
    per_day = part.per_year * _mean_pieces(part) * platforms / 365.25
    usual_days = {maker.code: maker.planned_days for maker in MAKERS}[part.makers[0]]
    wanted = per_day * (usual_days + COVER_MARGIN_DAYS)
    spread = math.sqrt(wanted * _largest_line(part))
    return {
        "part_id": part.code,
        "place_id": base,
        "policy": "reorder_point",
        "reorder_point": math.ceil(wanted + SAFETY[part.criticality] * spread) - 1,
        "order_quantity": max(2, math.ceil(60 * per_day)) if part.unit_cost < 10_000 else 1,
        "order_up_to": 0,
        "sourcing_rule": "first",
        "expedite_at": 1 if part.criticality == "A" else None,
        "budget_id": f"{base} purchases",
    }


def _platform_point(part: Kind, platform: Spot) -> dict[str, object]:
    kept = part.weight_kg < HEAVY_KG and (part.criticality in KEPT_OFFSHORE or part.unit_cost < CHEAP)
    # the largest job, and one for what stops production while the boat is away
    level = _largest_line(part) + (part.criticality == "A" and part.per_year > 1) if kept else 0
    return {
        "part_id": part.code,
        "place_id": platform.code,
        "policy": "base_stock" if kept else "on_demand",
        "reorder_point": 0,
        "order_quantity": 1,
        "order_up_to": level,
        "sourcing_rule": "first",
        "expedite_at": None,
        "budget_id": None,
    }


def _mean_pieces(part: Kind) -> float:
    """Lines of 1 to n pieces, each as likely."""
    return (_largest_line(part) + 1) / 2


def _largest_line(part: Kind) -> int:
    """``uniform(0, n)`` rounded up is at most n."""
    return 1 if part.pieces == "1" else int(part.pieces.removeprefix("uniform(0, ").removesuffix(")"))


def _customers() -> pl.DataFrame:
    """Of every platform its production, which stands still, and its planned work, which can wait two weeks."""
    spots = _spots(tuple(platform for each in PLATFORMS.values() for platform in each), "customer_id")
    production = spots.with_columns(
        pl.format("Production {}", "name").alias("name"),
        priority=pl.lit(1), commitment_days=pl.lit(2.0), penalty_per_piece_day=pl.lit(900.0),
    )  # fmt: skip
    work = spots.with_columns(
        pl.format("{} {}", "customer_id", pl.lit(PLANNED)).alias("customer_id"),
        pl.format("Planned work {}", "name").alias("name"),
        priority=pl.lit(2), commitment_days=pl.lit(14.0), penalty_per_piece_day=pl.lit(60.0),
    )  # fmt: skip
    return pl.concat([production, work])


def _demands() -> pl.DataFrame:
    rows = [
        {
            "part_id": part.code,
            "place_id": platform.code,
            "customer_id": platform.code if part.criticality == "A" else f"{platform.code} {PLANNED}",
            "per_year": part.per_year,
            "pieces": part.pieces,
            "season_id": SEASON,
            "growth_per_year": 0.03,
        }
        for part in PARTS
        for platforms in PLATFORMS.values()
        for platform in platforms
    ]
    return pl.DataFrame(rows)


def _budgets() -> list[str]:
    return [f"{base.code} purchases" for base in BASES]


def _disturbances() -> pl.DataFrame:
    """Storms at every platform, strikes at one supplier, a shutdown in the first summer."""
    storms = [
        {"disturbance_id": f"storm {platform.code}", "kind": "link_closure", "target_id": f"{BOAT} {platform.code}",
         "start_day": None, "every_days": 40.0, "days": 1.5, "factor": None}
        for platforms in PLATFORMS.values()
        for platform in platforms
    ]  # fmt: skip
    others = [
        ("strikes in Bilbao", "outage", "M-BILBAO", None, 500.0, 21.0, None),
        ("furnace in Milan", "capacity_loss", "M-MILAN", None, 700.0, 60.0, 0.4),
        ("summer shutdown", "demand_surge", "P-RAVEN", WARM_UP_DAYS + 160.0, None, 30.0, 4.0),
        ("bad steel", "quality_hold", "M-ABERDEEN", WARM_UP_DAYS + 900.0, None, 25.0, None),
    ]
    names = ("disturbance_id", "kind", "target_id", "start_day", "every_days", "days", "factor")
    return pl.DataFrame([*storms, *(dict(zip(names, row, strict=True)) for row in others)], infer_schema_length=None)


def scenarios() -> tuple[Scenario, ...]:
    """What the basin is prepared for, and what it might change."""
    begin = WARM_UP_DAYS + 370.0
    closed = tuple(
        _event(f"quay {platform.code}", "link_closure", f"{BOAT} {platform.code}", begin, 42.0)
        for platform in PLATFORMS["BASE-S"]
    )
    outage = _event("fire in Milan", "outage", "M-MILAN", begin, 270.0)
    slow = _event("slow year", "lead_time_stretch", "*", begin, 365.0) | {"factor": 1.8}
    flown = (
        Override("links", "transit_time", {"mode": "sea"}, value="triangular(0.1, 0.2, 0.5)"),
        Override("links", "planned_transit_days", {"mode": "sea"}, value=0.3),
        Override("links", "cost_per_kg", {"mode": "sea"}, factor=12.0),
        Override("links", "co2_kg_per_tonne_km", {"mode": "sea"}, value=2.5),
    )
    return (
        Scenario("quay-closed", "The south quay is closed for six weeks in winter", disturbances=closed),
        Scenario("fire-in-milan", "The pump maker is out for nine months", disturbances=(outage,)),
        Scenario("slow-year", "Every lead time 1.8 times as long for a year", disturbances=(slow,)),
        Scenario("helicopters", "Helicopters instead of boats", flown),
    )


def _event(name: str, kind: str, target: str, start_day: float, days: float) -> dict[str, str | float | None]:
    return {"disturbance_id": name, "kind": kind, "target_id": target, "start_day": start_day, "days": days}
