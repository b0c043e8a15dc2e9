"""The beer game: four stages in a row, each of which sees only the orders of the stage below.

After the board game of MIT's System Dynamics Group (Sterman 1989, Management Science 35(3) 321): customers buy 4 cases
a week, and from the fifth week on 8; a case on stock costs 0.50 a week, a case owed 1.00. An order and its cases take
three weeks from stage to stage. Unlike in the game the stages follow a rule, an order-up-to level at a weekly review.
"""

from __future__ import annotations

import polars as pl

from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.scenario import Override, Scenario

STAGES = ("RETAILER", "WHOLESALER", "DISTRIBUTOR", "FACTORY")
"""From the customers up; each is supplied by the next, the factory by the brewing itself."""
BREWING = "BREWERY"
PART, CUSTOMER = "BEER", "DRINKERS"
WEEK = 7.0
WEEKS = 52
CASES_BEFORE, CASES_AFTER = 4, 8
STEP_WEEK = 4
"""The first week of the higher demand, counted from 0."""
PIPE_WEEKS = 3
INITIAL_STOCK = 12
ORDER_UP_TO = CASES_BEFORE * (PIPE_WEEKS + 1) + INITIAL_STOCK
"""What is ordered and on stock while demand is as it was."""
HOLDING_PER_WEEK, OWED_PER_WEEK = 0.5, 1.0
UNIT_COST = 50.0


def network() -> Network:
    """The four stages at rest: 12 cases on stock at each, 4 a week under way to each."""
    above = (*STAGES[1:], BREWING)
    tables = {
        "settings": pl.DataFrame({"horizon_days": [WEEKS * WEEK], "period_days": [WEEK]}),
        "places": pl.DataFrame(
            {
                "place_id": STAGES,
                "name": [stage.capitalize() for stage in STAGES],
                "kind": ["site", "warehouse", "distribution centre", "factory"],
                "holding_rate_per_year": [HOLDING_PER_WEEK / UNIT_COST * 365.25 / WEEK] * len(STAGES),
            }
        ),
        "suppliers": pl.DataFrame({"supplier_id": [BREWING], "name": ["Brewing"]}),
        "links": pl.DataFrame(
            {
                "link_id": [f"to {stage}" for stage in STAGES],
                "from_id": above,
                "to_id": STAGES,
                "transit_time": [f"{PIPE_WEEKS * WEEK:g}"] * len(STAGES),
            }
        ),
        "parts": pl.DataFrame({"part_id": [PART], "description": ["A case of beer"], "unit_cost": [UNIT_COST]}),
        "sourcing": pl.DataFrame({"place_id": STAGES, "source_id": above}),
        "stock": pl.DataFrame(
            {
                "part_id": [PART] * len(STAGES),
                "place_id": STAGES,
                "policy": ["periodic"] * len(STAGES),
                "order_up_to": [ORDER_UP_TO] * len(STAGES),
                "review_interval_days": [WEEK] * len(STAGES),
                "initial_stock": [INITIAL_STOCK] * len(STAGES),
            }
        ),
        "customers": pl.DataFrame(
            {
                "customer_id": [CUSTOMER],
                "name": ["Drinkers"],
                "commitment_days": [0.0],
                "penalty_per_piece_day": [OWED_PER_WEEK / WEEK],
            }
        ),
        "demand_traces": _demand(),
        "opening_orders": _under_way(above),
    }
    return checked_network(tables, name="beer-game")


def _demand() -> pl.DataFrame:
    """One demand a week, in the middle of it: reviews come between."""
    weeks = range(WEEKS)
    return pl.DataFrame(
        {
            "part_id": [PART] * WEEKS,
            "place_id": [STAGES[0]] * WEEKS,
            "customer_id": [CUSTOMER] * WEEKS,
            "day": [(week + 0.5) * WEEK for week in weeks],
            "pieces": [CASES_BEFORE if week < STEP_WEEK else CASES_AFTER for week in weeks],
        }
    )


def _under_way(above: tuple[str, ...]) -> pl.DataFrame:
    rows = [
        {
            "part_id": PART,
            "place_id": stage,
            "source_id": source,
            "quantity": CASES_BEFORE,
            "ordered_days_ago": (PIPE_WEEKS - week) * WEEK,
            "due_in": f"{week * WEEK:g}",
        }
        for stage, source in zip(STAGES, above, strict=True)
        for week in range(1, PIPE_WEEKS + 1)
    ]
    return pl.DataFrame(rows)


def scenarios() -> tuple[Scenario, ...]:
    """Steady demand, levels that follow the demand seen, and shorter pipes."""
    steady = Override("demand_traces", "pieces", {"pieces": CASES_AFTER}, value=CASES_BEFORE)
    adaptive = (
        Override("stock", "policy", value="adaptive"),
        Override("stock", "service_level", value=0.95),
        Override("stock", "expected_per_year", value=round(CASES_BEFORE * 365.25 / WEEK)),
        Override("stock", "review_interval_days", value=""),
    )
    return (
        Scenario("steady", "Demand stays at 4 cases a week", (steady,)),
        Scenario("adaptive", "Every stage adapts its level to the orders it sees", adaptive),
        Scenario("short-pipes", "Transport takes one week", (Override("links", "transit_time", value="7"),)),
    )
