"""Split incentives: planners are paid to cut stock and buyers for low prices, as in many companies, and each does well.

Two hundred parts from three suppliers, the cheaper the slower and the larger the break for bulk, a central store, four
regions, a budget. Everything in it is invented.
"""

from __future__ import annotations

import polars as pl

from spareverse.examples.drawn_companies import CENTRAL, Company, Terms, company, supplier_name
from spareverse.network.network import Network
from spareverse.network.scenario import Override, Scenario

PARTS, SEED = 200, 7
COMPANY = Company(
    suppliers=(
        Terms(price=1.0, discount=0.03, lead_days=38.0, share=0.5, load=0.85),
        Terms(price=1.03, discount=0.02, lead_days=20.0, share=0.4, load=0.7),
        Terms(price=1.2, discount=0.0, lead_days=8.0, share=0.1, load=0.5),
    ),
    regions=4,
    central_cover=1.0,
    region_cover=1.4,
    batch=2.2,
    budget_margin=0.95,
    penalty_per_piece_day=20.0,
    outage_days=30.0,
    outage_every_days=400.0,
    expedite_at=4,
)
PLANNER, BUYER, SERVICE, FINANCE = "planner", "buyer", "service", "finance"


def network() -> Network:
    """The company and its four agents."""
    return company(COMPANY, seed=SEED, parts=PARTS, name="split-incentives", agents=agents())


def agents() -> dict[str, pl.DataFrame]:
    """Who turns what, and is paid for what."""
    levers: list[dict[str, str | float]] = [
        {"agent_id": PLANNER, "lever": "stock_level", "place_id": CENTRAL, "step": 0.1},
        {"agent_id": PLANNER, "lever": "stock_level", "place_kind": "warehouse", "step": 0.1},
        {"agent_id": BUYER, "lever": "batch", "place_id": CENTRAL, "step": 0.1},
        {"agent_id": BUYER, "lever": "source_share", "supplier_id": supplier_name(0), "step": 0.05},
        {"agent_id": SERVICE, "lever": "expedite_at", "step": 0.2},
        {"agent_id": FINANCE, "lever": "budget", "step": 0.025},
    ]
    incentives = [
        (PLANNER, "stock_value", -1.0), (BUYER, "price_index", -1.0), (SERVICE, "fill_rate", 1.0),
        (FINANCE, "purchases_cost", -1.0),
    ]  # fmt: skip
    return {
        "agents": pl.DataFrame(
            {
                "agent_id": [PLANNER, BUYER, SERVICE, FINANCE],
                "name": ["Planners", "Buyers", "Service managers", "Finance"],
            }
        ),
        "levers": pl.DataFrame(levers, infer_schema_length=None),
        "incentives": pl.DataFrame(incentives, schema=["agent_id", "measure", "weight"], orient="row"),
    }


def scenarios() -> tuple[Scenario, ...]:
    """Ways to pay otherwise."""
    half = tuple(Override("agents", "enterprise_share", {"agent_id": name}, value=0.5) for name in (PLANNER, BUYER))
    return (
        Scenario("half-for-all", "Half of the pay of planners and buyers follows the cost of the enterprise", half),
        Scenario(
            "all-for-all", "Everybody is paid for the cost of the enterprise",
            (Override("agents", "enterprise_share", value=1.0),),
        ),
    )  # fmt: skip
