"""The declared tables of who decides what and is paid for what, and of what the enterprise wants: agents, levers,
incentives, limits.

Where a network says nothing of them, the usual four are assumed: planner, buyer, service, finance.
"""

from __future__ import annotations

from spareverse.network.schema import Column, Table
from spareverse.network.simulation_tables import COST_KINDS

LEVER_KINDS = ("stock_level", "batch", "expedite_at", "source_share", "budget", "capacity")
"""What an agent can turn: reorder points and order-up-to levels, batches, the pieces waiting at which an emergency
order is placed, the share of one supplier, purchase budgets, the lines of suppliers and repair shops."""

LIMIT_SIDES = ("service", "money", "workload")
MEASURES_PAID = (
    "fill_rate", "fill_rate_pieces", "wait_days", "waiting_piece_days", "backorders", "stock_value", "lost_share",
    "late_share", "demands", "pieces_demanded", "pieces_lost", "orders", "emergency_orders", "price_index",
    *(f"{kind}_cost" for kind in COST_KINDS), "total_cost", "co2_kg",
)  # fmt: skip
"""Measures of a simulated network that agents can be paid for and limits can be set on: those of its registry."""

_AGENT = Column("agent_id", "text", "Agent", required=True)

AGENTS = Table(
    "agents",
    "Agents",
    "Who decides: planners, buyers, service, finance",
    (
        _AGENT,
        Column("name", "text", "Name shown"),
        Column(
            "enterprise_share", "number", "Share of the pay that follows the cost of the whole enterprise, 0 to 1",
            default=0.0,
        ),
    ),
    identity=("agent_id",),
)  # fmt: skip
LEVERS = Table(
    "levers",
    "Levers",
    "What each agent can turn, and by how much in one step: a factor per agent and class",
    (
        _AGENT,
        Column("lever", "text", "What is turned", required=True, choices=LEVER_KINDS),
        Column("category", "text", "Parts of this group only; empty: all"),
        Column("place_id", "text", "At this place only; empty: all"),
        Column("place_kind", "text", "At places of this kind only; empty: all"),
        Column("supplier_id", "text", "Supplier concerned (source_share, capacity); empty: the largest"),
        Column("step", "number", "One step: share by which it changes (points of share for source_share)", default=0.1),
    ),
    identity=("agent_id", "lever", "category", "place_id", "place_kind", "supplier_id"),
)
INCENTIVES = Table(
    "incentives",
    "Incentives",
    "What each agent is paid for: measures of a simulated network with a weight; negative weights are paid for less",
    (
        _AGENT,
        Column("measure", "text", "Measure of a simulated network", required=True),
        Column("weight", "number", "Weight of one per cent of change; negative: paid for less of it", required=True),
    ),
    identity=("agent_id", "measure"),
)
LIMITS = Table(
    "limits",
    "Limits of the viable zone",
    "What the enterprise must keep to be viable: limits on service, money and workload",
    (
        Column("measure", "text", "Measure of a simulated network", required=True),
        Column("side", "text", "What it is about", choices=LIMIT_SIDES, required=True),
        Column("at_least", "number", "Lower limit; empty: none"),
        Column("at_most", "number", "Upper limit; empty: none"),
        Column("comment", "text", "Why, or who asks for it"),
    ),
    identity=("measure",),
)
AGENT_TABLES: tuple[Table, ...] = (AGENTS, LEVERS, INCENTIVES, LIMITS)
