"""Order amplification of a simulated network, echelon by echelon: what each orders beside what it is asked for.

The first echelon serves customers only; the next one supplies it, and so on. A place that does both stands in the
echelon above the highest it supplies. Variances are of sums over the echelon, period by period of one length.
"""

from __future__ import annotations

import polars as pl

from spareverse.network.network import Network
from spareverse.network.observer_tables import AMPLIFICATION
from spareverse.observer.flows import expected_flows
from spareverse.statistics.order_amplification import variance_ratio


def echelons(network: Network) -> pl.DataFrame:
    """Columns place_id, echelon: 1 where customers are served only, else one above the highest place supplied."""
    places = network["places"]["place_id"].to_list()
    edges = expected_flows(network).select("source_id", "place_id").unique().rows()
    level = dict.fromkeys(places, 1)
    # no chain is longer than there are places; what supplies itself in a circle stops there
    for _ in places:
        raised = {
            source: max(level[source], level[place] + 1)
            for source, place in edges
            if source in level and place in level and source != place
        }
        higher = {place: max(one, raised.get(place, one)) for place, one in level.items()}
        higher = {place: min(one, len(places)) for place, one in higher.items()}
        if higher == level:
            break
        level = higher
    return pl.DataFrame({"place_id": places, "echelon": [level[place] for place in places]},
                        schema={"place_id": pl.String, "echelon": pl.Int64})  # fmt: skip


def order_amplification(network: Network, series: pl.DataFrame) -> pl.DataFrame:
    """Schema AMPLIFICATION of a run's table ``series``: every scenario, echelon by echelon from the customers up.

    What an echelon is asked for is its customers' demand and the orders of the echelons below; demand is that of all
    customers up to it.
    """
    at = series.join(echelons(network), on="place_id")
    rows = []
    for (scenario,), own in at.group_by("scenario", maintain_order=True):
        replications = own["replication"].n_unique()
        sums = (
            own.group_by("echelon", "replication", "period")
            .agg(pl.col("pieces_ordered", "pieces_demanded", "end_on_hand").cast(pl.Float64).sum())
            .sort("echelon", "replication", "period")
        )
        demand = below = None
        for (echelon,), one in sums.group_by("echelon", maintain_order=True):
            ordered, direct, stock = (
                one[name].to_numpy().reshape(replications, -1)
                for name in ("pieces_ordered", "pieces_demanded", "end_on_hand")
            )
            demand = direct if demand is None else demand + direct
            asked = direct if below is None else direct + below
            rows.append(
                [scenario, echelon, own.filter(pl.col("echelon") == echelon)["place_id"].n_unique(),
                 *variance_ratio(ordered, asked), *variance_ratio(ordered, demand), *variance_ratio(stock, demand)]
            )  # fmt: skip
            below = ordered
    return pl.DataFrame(rows, schema=AMPLIFICATION.schema, orient="row") if rows else AMPLIFICATION.empty()
