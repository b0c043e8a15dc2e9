"""Points of the map held against other limits than those they were made with; nothing is simulated again."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from spareverse.network.agent_tables import LIMITS
from spareverse.network.observer_tables import RECOMMENDATIONS, VIABILITY, VIABILITY_MEASURES
from spareverse.observer.ranking import with_margins
from spareverse.observer.viability import point

_HELD = ("viable", "beyond", "margin", "margin_low", "margin_high", "margin_unit")
_FIGURES = ("measure", "unit", "value", "value_low", "value_high")


def judged(tables: Mapping[str, pl.DataFrame], limits: pl.DataFrame, currency: str) -> dict[str, pl.DataFrame]:
    """``viability``, ``viability_measures`` and ``recommendations`` of an observation against limits (schema LIMITS).

    Only measures that are in the tables can be limited; figures and axes stay as they are.
    """
    points = VIABILITY.completed(tables[VIABILITY.name]).select(VIABILITY.names)
    measures = VIABILITY_MEASURES.completed(tables[VIABILITY_MEASURES.name]).select(VIABILITY_MEASURES.names)
    of_point = measures.partition_by("point", as_dict=True, maintain_order=True)
    rows, held = [], []
    for row in points.iter_rows(named=True):
        own = of_point.get((row["point"],))
        margins: dict[str, object] = dict.fromkeys(_HELD)
        if own is not None:
            named = own.select("measure", "side").join(limits.drop("side"), on="measure", how="left")
            placed = point(row["point"], row["kind"], own.select(_FIGURES), named.select(LIMITS.names), coherence=None,
                           homeostasis=None, basis=row["basis"])  # fmt: skip
            margins |= {name: placed.row.get(name) for name in margins}
            held.append(placed.measures)
        rows.append(row | margins)
    found = {
        VIABILITY.name: pl.DataFrame(rows, schema=VIABILITY.schema),
        VIABILITY_MEASURES.name: pl.concat(held) if held else measures,
    }
    today = points.filter(pl.col("kind") == "now")["point"].to_list()
    if RECOMMENDATIONS.name in tables and today:
        now = found[VIABILITY_MEASURES.name].filter(pl.col("point") == today[0])
        found[RECOMMENDATIONS.name] = with_margins(tables[RECOMMENDATIONS.name], now, currency)
    return found
