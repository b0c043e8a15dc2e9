"""Agents: their levers and their pay, as declared, or as usual where a network says nothing of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from spareverse.network.agent_tables import AGENTS, INCENTIVES, LEVERS
from spareverse.network.network import Network

ASSUMED = "The network names no agents: planner, buyer, service and finance are assumed, paid as usual."
USUAL_PAY = {
    "planner": ("stock_value", -1.0), "buyer": ("price_index", -1.0), "service": ("fill_rate", 1.0),
    "finance": ("purchases_cost", -1.0),
}  # fmt: skip
USUAL_STEPS = {"stock_level": 0.1, "batch": 0.1, "source_share": 0.05, "expedite_at": 0.2, "budget": 0.025}


@dataclass(frozen=True)
class Agent:
    """Who is paid for what: weights of one per cent of change of measures, and the share that follows the whole."""

    name: str
    weights: Mapping[str, float]
    enterprise_share: float


def with_agents(network: Network) -> Network:
    """The network itself where it names agents; else with the usual four, as far as they have something to turn."""
    if network["agents"].height:
        return network
    levers = pl.DataFrame(_usual_levers(network), schema=LEVERS.schema)
    there = levers["agent_id"].unique(maintain_order=True)
    agents = pl.DataFrame({"agent_id": there}).with_columns(
        name=pl.col("agent_id").str.to_titlecase(), enterprise_share=pl.lit(0.0)
    )
    pay = [(name, *USUAL_PAY[name]) for name in there]
    tables = {
        **network.tables,
        "agents": agents.select(AGENTS.names),
        "levers": levers,
        "incentives": pl.DataFrame(pay, schema=INCENTIVES.schema, orient="row"),
    }
    return Network(tables, network.name, (*network.notices, ASSUMED))


def agents_of(network: Network) -> tuple[Agent, ...]:
    """The declared agents of a network."""
    weights: dict[str, dict[str, float]] = {}
    for name, measure, weight in network["incentives"].select("agent_id", "measure", "weight").rows():
        weights.setdefault(name, {})[measure] = weight
    rows = network["agents"].select("agent_id", "enterprise_share").rows()
    return tuple(Agent(name, weights.get(name, {}), share) for name, share in rows)


def _usual_levers(network: Network) -> list[dict[str, object]]:
    stock = network["stock"]
    bought = network["sourcing"].filter(pl.col("source_id").is_in(network["suppliers"]["supplier_id"].implode()))
    regular = bought.filter(pl.col("emergency_lead_time").is_null())["place_id"].unique().sort()
    rows = [_lever("planner", "stock_level")]
    if (stock["policy"] == "reorder_point").any():
        rows.append(_lever("buyer", "batch", place=regular[0] if len(regular) == 1 else None))
    if (stock["sourcing_rule"] == "share").any():
        rows.append(_lever("buyer", "source_share"))
    if stock["expedite_at"].is_not_null().any():
        rows.append(_lever("service", "expedite_at"))
    if network["budgets"].height:
        rows.append(_lever("finance", "budget"))
    return rows


def _lever(agent: str, kind: str, place: str | None = None) -> dict[str, object]:
    return {"agent_id": agent, "lever": kind, "place_id": place, "step": USUAL_STEPS[kind]}
