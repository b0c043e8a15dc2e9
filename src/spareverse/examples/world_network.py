"""The demo company as a network: suppliers in a dozen countries, two works, a hub, two centres, 37 depots.

Any number of stocked parts, from a seed. Everything in it is invented. Depots keep what sells there; the rest their
customers get straight from the centre, which keeps all that is ordered below it. Centres are fed from the hub by sea;
the hub buys everything, from one budget.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.errors import UsageError
from spareverse.examples.parts import CATEGORIES, descriptions
from spareverse.examples.suppliers import OWN_WORKS
from spareverse.examples.timeline import REGIONS, stream
from spareverse.examples.world_demand import (
    MAIN_SUPPLIER,
    MARKET_SHARES,
    PARENT,
    PLACES,
    TIER,
    Floats,
    Ints,
    World,
    world,
)
from spareverse.examples.world_places import BY_ROAD_FROM, CENTRES, HUB, OVERSEAS, SEA_KM, SUPPLIER_COUNTRIES
from spareverse.examples.world_stock import HOLDING_RATE, ORDER_COSTS, Rules, largest_line, rules
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.scenario import Override, Scenario

FEWEST_PARTS, MOST_PARTS = 100, 1_000_000
SECOND_WORKS = "WORKS-PL"
SECOND_WORKS_MAKES = ("Gears", "Turned parts")
PURCHASES, SEASON = "PURCHASES", "industry"
SEASON_FACTORS = (1.02, 1.04, 1.08, 1.05, 1.05, 1.04, 1.0, 0.7, 1.04, 1.06, 1.05, 0.87)
LOADS, LOAD_OF_LARGE = (0.6, 0.9), 0.8
"""Of suppliers with lines: between; of the main one and the works."""
WORK_DAYS, LONGEST_WORK_DAYS = 1.5, 6.0
"""Work on an order that lines are laid out for, and the most where few orders come."""
BUDGET_MARGIN = 1.08
MAIN_SUPPLIER_STOPS = "main-supplier-stops"
EVENT_START_DAY, OUTAGE_DAYS = 365.0 + 180.0, 42.0
"""When what a scenario brings begins, a year of warm-up included, and the six weeks of the main supplier."""
TARGET_SERVICE, LOST_PER_MONTH, WON_PER_MONTH = 0.9, 0.2, 0.01


def network(*, parts: int = 100_000, seed: int = 2023) -> Network:
    """The world network with ``parts`` stocked parts; same seed, same network. UsageError outside 100 to 1,000,000."""
    if not FEWEST_PARTS <= parts <= MOST_PARTS:
        raise UsageError(f"A world network has {FEWEST_PARTS:,} to {MOST_PARTS:,} parts, not {parts:,}.")
    of = world(parts, seed)
    source = _sources(of)
    rule = rules(of, *_hub_lead_days(of))
    suppliers = _suppliers(of, source, rule, seed)
    sourcing = _sourcing(of, source, suppliers)
    tables = {
        "settings": pl.DataFrame({"horizon_days": [3 * 365.0], "warm_up_days": [365.0], "co2_price_per_kg": [0.09]}),
        "places": _places(),
        "suppliers": suppliers,
        "links": _links(suppliers),
        "parts": _parts(of),
        "sourcing": sourcing,
        "stock": _stock(of, rule),
        "customers": _customers(),
        "demands": _demands(of),
        "markets": _markets(),
        "seasons": pl.DataFrame({"season_id": [SEASON] * 12, "month": range(1, 13), "factor": SEASON_FACTORS}),
        "budgets": _budget(of),
        "disturbances": _disturbances(suppliers, sourcing),
    }
    return with_distances(checked_network(tables, name="world-network"))


def _named(index: Ints) -> pl.Series:
    return pl.Series([place.code for place in PLACES]).gather(index)


def _part_id(of: World) -> pl.Series:
    return of.part.part_id.gather(of.moving)


def _sources(of: World) -> pl.Series:
    """Supplier of each part; the second works make some of what is made."""
    names = of.supplier.supplier_id.gather(of.source.supplier[of.moving])
    kinds = [number for number, kind in enumerate(CATEGORIES) if kind.name in SECOND_WORKS_MAKES]
    second = pl.Series(np.isin(of.part.category[of.moving], kinds)) & (names == OWN_WORKS)
    return names.set(second, SECOND_WORKS)


def _stock(of: World, rule: Rules) -> pl.DataFrame:
    tier = TIER[of.point_place]
    critical = of.part.criticality[of.moving][of.point_part] == 0
    return pl.DataFrame(
        {
            "part_id": _part_id(of).gather(of.point_part),
            "place_id": _named(of.point_place),
            "reorder_point": rule.reorder_point,
            "order_quantity": rule.order_quantity,
        }
    ).with_columns(
        policy=pl.lit("reorder_point"),
        expedite_at=pl.when(pl.Series(critical & (tier == 1))).then(3),
        budget_id=pl.when(pl.Series(tier == 0)).then(pl.lit(PURCHASES)),
    )


def _hub_lead_days(of: World) -> tuple[Floats, Floats]:
    """Mean and deviation of each part's time to the hub: a Weibull of shape about two, then the way.

    Such a Weibull has its mean at .886 and its deviation at .463 of its scale.
    """
    scale = of.source.scale_days[of.moving]
    overseas = np.isin(of.supplier.region[of.source.supplier[of.moving]], REGIONS.index("overseas"))
    way = np.where(overseas, _MODES["sea"][1], _MODES["road"][1])
    return 0.886 * scale + way + WORK_DAYS, 0.463 * scale


def _suppliers(of: World, source: pl.Series, rule: Rules, seed: int) -> pl.DataFrame:
    """Suppliers that are used; the large ones and a fifth of the others work on finitely many orders at a time."""
    random = stream(seed, "world suppliers")
    hub = of.point_place == 0
    load = (
        pl.DataFrame({"supplier_id": source, "orders_per_day": of.flow[hub] / rule.order_size[hub]})
        .group_by("supplier_id").agg(pl.col("orders_per_day").sum()).sort("supplier_id")
    )  # fmt: skip
    works = load["supplier_id"].is_in([OWN_WORKS, SECOND_WORKS]).to_numpy()
    large = works | (load["supplier_id"] == MAIN_SUPPLIER).to_numpy()
    finite = large | (random.random(load.height) < 0.2)
    busy = np.where(large, LOAD_OF_LARGE, random.uniform(*LOADS, load.height))
    per_day = load["orders_per_day"].to_numpy()
    lines = np.maximum(1, np.round(per_day * WORK_DAYS / busy)).astype(np.int64)
    work = np.minimum(busy * lines / np.maximum(per_day, 1e-9), LONGEST_WORK_DAYS).round(2)
    country = (
        load["supplier_id"].str.split("-").list.first()
        .replace({OWN_WORKS.split("-")[0]: HUB.country}).set(load["supplier_id"] == SECOND_WORKS, "PL")
    )  # fmt: skip
    # overseas goods leave from the port of their country
    still = works | country.is_in(OVERSEAS).to_numpy()
    aside = np.where(still, 0.1, random.uniform(-1.0, 1.0, (2, load.height)))
    at = np.array([SUPPLIER_COUNTRIES[code] for code in country]).T + aside
    frame = load.select("supplier_id", country=country)
    return frame.with_columns(
        name=pl.when(pl.Series(works)).then(pl.lit("Works ") + pl.col("country")),
        latitude=pl.Series(at[0].round(2)),
        longitude=pl.Series(at[1].round(2)),
        lines=pl.when(pl.Series(finite)).then(pl.Series(lines)),
        # the mean of a triangular law is a third of the sum of its corners
        work_time=pl.when(pl.Series(finite)).then(
            pl.format("triangular({}, {}, {})", *(pl.Series((share * work).round(3)) for share in (0.4, 0.7, 1.9)))
        ),
    )


def _sourcing(of: World, source: pl.Series, suppliers: pl.DataFrame) -> pl.DataFrame:
    """The hub buys each part from its supplier; the others get every part from the place above."""
    shape, scale = (values[of.moving] for values in (of.source.shape, of.source.scale_days))
    bought = pl.DataFrame(
        {
            "part_id": _part_id(of),
            "place_id": pl.repeat(HUB.code, len(of.moving), eager=True),
            "source_id": source,
            "shape": pl.Series(shape).round(2),
            "scale": pl.Series(scale).round(1),
            "planned_lead_time_days": of.source.quoted_days[of.moving].astype(np.float64),
            "pack_size": of.part.pack[of.moving],
        }
    ).with_columns(
        lead_time=pl.format("weibull(shape={}, scale={})", "shape", "scale"), min_order_quantity=pl.col("pack_size")
    )
    bought = bought.drop("shape", "scale").join(suppliers.select(source_id="supplier_id"), on="source_id")
    sent = []
    for number, place in enumerate(PLACES[1:], start=1):
        above = PLACES[PARENT[number]].code
        row = {"place_id": place.code, "source_id": above, "link_id": f"{above} {place.code}", "rank": 1}
        if place in CENTRES:
            row |= {"emergency_lead_time": "triangular(3, 4, 8)", "emergency_cost": 90.0}
            sent.append({**row, "link_id": f"{above} {place.code} air", "rank": 2})
        sent.append(row)
    return pl.concat([bought, pl.DataFrame(sent, infer_schema_length=None)], how="diagonal_relaxed")


def _places() -> pl.DataFrame:
    kinds = ["distribution centre" if number <= len(CENTRES) else "warehouse" for number in range(len(PLACES))]
    return pl.DataFrame(
        {
            "place_id": [place.code for place in PLACES],
            "name": [place.name for place in PLACES],
            "kind": kinds,
            "country": [place.country for place in PLACES],
            "latitude": [place.latitude for place in PLACES],
            "longitude": [place.longitude for place in PLACES],
            "holding_rate_per_year": [HOLDING_RATE] * len(PLACES),
            "order_cost": [ORDER_COSTS[tier] for tier in TIER],
        }
    )


def _links(suppliers: pl.DataFrame) -> pl.DataFrame:
    """From every supplier to the hub, and down the tree; to the centres by sea, in need by air."""
    rows = [
        _link(name, HUB.code, "sea" if country in OVERSEAS else "road", sea_km=SEA_KM.get(country))
        for name, country in suppliers.select("supplier_id", "country").rows()
    ]
    for number, place in enumerate(PLACES[1:], start=1):
        above = PLACES[PARENT[number]].code
        if place in CENTRES:
            rows.append(_link(above, place.code, "sea", sea_km=SEA_KM[place.code]))
            rows.append(_link(above, place.code, "air", " air"))
        else:
            rows.append(_link(above, place.code, "road" if place.country in BY_ROAD_FROM[above] else "air"))
    return pl.DataFrame(rows, infer_schema_length=None)


_MODES = {
    "road": ("triangular(1, 2, 5)", 3.0, 0.35, 3.0),
    "sea": ("triangular(20, 26, 45)", 30.0, 0.25, 8.0),
    "air": ("triangular(2, 3, 7)", 4.0, 4.2, 6.0),
}
"""Transit time, planned days, cost per kg, cost per shipment: of one order among many in a lorry or container."""


def _link(
    start: str, end: str, mode: str, note: str = "", sea_km: float | None = None
) -> dict[str, str | float | None]:
    transit, planned, per_kg, per_shipment = _MODES[mode]
    return {
        "link_id": f"{start} {end}{note}", "from_id": start, "to_id": end, "mode": mode, "transit_time": transit,
        "planned_transit_days": planned, "cost_per_kg": per_kg, "cost_per_shipment": per_shipment,
        "distance_km": sea_km,
    }  # fmt: skip


def _parts(of: World) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "part_id": _part_id(of),
            "description": descriptions(of.part).gather(of.moving),
            "category": pl.Series([kind.name for kind in CATEGORIES]).gather(of.part.category[of.moving]),
            "criticality": pl.Series(("A", "B", "C")).gather(of.part.criticality[of.moving]),
            "unit_cost": of.part.unit_cost[of.moving],
            "weight_kg": of.part.weight_kg[of.moving],
        }
    )


def _customers() -> pl.DataFrame:
    """The customers of each place, as one; their market is that of the centre."""
    centre = [place if number <= len(CENTRES) else PLACES[PARENT[number]] for number, place in enumerate(PLACES)]
    return pl.DataFrame(
        {
            "customer_id": [f"C-{place.code}" for place in PLACES],
            "name": [f"Customers of {place.name}" for place in PLACES],
            "country": [place.country for place in PLACES],
            "latitude": [place.latitude for place in PLACES],
            "longitude": [place.longitude for place in PLACES],
            "market_id": [place.code for place in centre],
            "patience_days": [90.0] * len(PLACES),
            "commitment_days": [10.0] * len(PLACES),
            "penalty_per_piece_day": [2.0] * len(PLACES),
        }
    )


def _demands(of: World) -> pl.DataFrame:
    largest = largest_line(of.part.order_size[of.moving])[of.demand_part]
    return pl.DataFrame(
        {
            "part_id": _part_id(of).gather(of.demand_part),
            "place_id": _named(of.served_from),
            "customer_id": pl.Series([f"C-{place.code}" for place in PLACES]).gather(of.demand_place),
            "per_year": of.demand_per_year,
            "pieces": pl.Series(largest),
        }
    ).with_columns(
        # uniform(0, n) rounded up: 1 to n pieces, each as likely
        pieces=pl.when(pl.col("pieces") > 1).then(pl.format("uniform(0, {})", "pieces")).otherwise(pl.lit("1")),
        season_id=pl.lit(SEASON),
        growth_per_year=pl.lit(0.02),
    )


def _markets() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "market_id": [place.code for place in (HUB, *CENTRES)],
            "share": MARKET_SHARES,
            "target_fill_rate": TARGET_SERVICE,
            "loss_per_month": LOST_PER_MONTH,
            "recovery_per_month": WON_PER_MONTH,
        }
    )


def _budget(of: World) -> pl.DataFrame:
    """What the hub buys in a month, and a margin."""
    at_hub = of.point_place == 0
    per_day = float((of.flow * of.part.unit_cost[of.moving][of.point_part])[at_hub].sum())
    return pl.DataFrame({"budget_id": [PURCHASES], "amount": [round(per_day * 30.4167 * BUDGET_MARGIN)]})


def _disturbances(suppliers: pl.DataFrame, sourcing: pl.DataFrame) -> pl.DataFrame:
    """Outages of suppliers with many parts, a canal that closes, a surge in one country."""
    bought = sourcing.filter(pl.col("source_id").is_in(suppliers["supplier_id"].implode()))
    ranked = bought.group_by("source_id").len().sort("len", "source_id", descending=[True, False])
    big = ranked["source_id"].head(6)
    rows: list[tuple[str, str, str, float, float, float | None]] = []
    rows += [(f"outage {name}", "outage", name, 600.0, 25.0, None) for name in big if name != MAIN_SUPPLIER]
    rows.append(("canal closed", "link_closure", f"{HUB.code} SINGAPORE", 900.0, 12.0, None))
    rows.append(("campaign", "demand_surge", "CHICAGO", 450.0, 30.0, 1.6))
    names = ("disturbance_id", "kind", "target_id", "every_days", "days", "factor")
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def scenarios() -> tuple[Scenario, ...]:
    """What the world might bring, and what the company might change."""
    stop = _event("main supplier stops", "outage", MAIN_SUPPLIER, OUTAGE_DAYS)
    works = _event("works burn", "outage", OWN_WORKS, 120.0)
    canal = _event("canal for long", "link_closure", f"{HUB.code} SINGAPORE", 120.0)
    return (
        Scenario(MAIN_SUPPLIER_STOPS, "The main supplier stands still for six weeks", disturbances=(stop,)),
        Scenario("works-burn", "The works in Bologna stand still for four months", disturbances=(works,)),
        Scenario("canal-closed", "No ships to Singapore for four months", disturbances=(canal,)),
        Scenario("less-money", "A tenth less to buy with", (Override("budgets", "amount", factor=0.9),)),
        Scenario(
            "depots-fuller", "Reorder points half as high again", (Override("stock", "reorder_point", factor=1.5),)
        ),
    )


def _event(name: str, kind: str, target: str, days: float) -> dict[str, str | float | None]:
    """From the middle of the first counted year on."""
    return {"disturbance_id": name, "kind": kind, "target_id": target, "start_day": EVENT_START_DAY, "days": days}
