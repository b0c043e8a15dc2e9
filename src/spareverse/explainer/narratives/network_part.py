"""A stock point of a network in words: how it orders, from where, and how it did in simulation."""

from __future__ import annotations

from spareverse.explainer.facts import Narrative
from spareverse.explainer.narratives.telling import Row, Telling


def network_part_narrative(row: Row, currency: str, *, expert: bool = False) -> Narrative:
    """One row of the network's stock with its first source; fill_rate, waiting_piece_days: simulated, or None."""
    about = {"part": str(row["part_id"]), "place": str(row["place_id"])}
    tell = Telling("network_part", "network.stock", expert, about)
    for name in ("part", "place"):
        tell.put(name, about[name], name, source=f"network.stock.{name}_id")
    tell.put("source", row["source_id"], "supplier", source="network.sourcing.source_id")
    for name, measure in (("reorder_point", "cover"), ("order_up_to", "cover"), ("order_quantity", "order_quantity")):
        tell.put(
            name, row[name] if (row[name] or 0) > 0 or name == "reorder_point" else None, "pieces", measure=measure
        )
    tell.put("unit_price", row["unit_price"], f"{currency}/piece", source="network.sourcing.unit_price")
    tell.put("fill_rate", row["fill_rate"], "share", measure="fill_rate", source="simulation.points")
    tell.put("waiting", row["waiting_piece_days"], "piece d", measure="waiting_days", source="simulation.points")
    tell.say(
        "happened.up_to"
        if tell.has("order_up_to")
        else "happened.batch"
        if tell.has("order_quantity")
        else "happened.point"
    )
    tell.say("why.source")
    tell.say("means.simulated")
    return tell.narrative()
