"""Where parts come from: every stock point has a source that can send, and no part goes round in a circle."""

from __future__ import annotations

import polars as pl

from spareverse.network.network_checks.draft import Draft
from spareverse.network.schema import FILE, ROW

POINT = ("part_id", "place_id")


def supply_of(draft: Draft) -> pl.DataFrame:
    """One row per stock point and source: the point's own rows of sourcing, else those of its place for every part.

    Columns of sourcing, and sourcing_rule, policy, expedite_at, budget_id of the point. FILE and ROW are the point's.
    """
    if draft.supply is None:
        points = draft["stock"].select(*POINT, "policy", "sourcing_rule", "expedite_at", "budget_id", FILE, ROW)
        rows = draft["sourcing"].drop(FILE, ROW)
        own = rows.filter(pl.col("part_id").is_not_null())
        of_place = rows.filter(pl.col("part_id").is_null()).drop("part_id")
        without = points if own.is_empty() else points.join(own.select(POINT).unique(), on=POINT, how="anti")
        draft.supply = pl.concat(
            [points.join(own, on=POINT), without.join(of_place, on="place_id")], how="diagonal"
        )  # fmt: skip
    return draft.supply


def stock_points_have_a_source(draft: Draft) -> None:
    """Every part kept somewhere comes from somewhere."""
    if "sourcing" in draft.misread:
        return
    orphans = with_known_names(draft, "stock")
    orphans = orphans.join(supply_of(draft).select(POINT).unique(), on=POINT, how="anti", maintain_order="left")
    reason = "The part has no source at this place."
    remedy = "Add a row to sourcing; with an empty part it holds for every part of the place."
    draft.report(orphans, "part_id", reason, remedy)


def with_known_names(draft: Draft, table: str) -> pl.DataFrame:
    """Rows whose part and place are there; of others that is said already."""
    parts, places = draft.names("parts").implode(), draft.names("places").implode()
    return draft[table].filter(pl.col("part_id").is_in(parts), pl.col("place_id").is_in(places))


def inner_sources_keep_the_part(draft: Draft) -> None:
    """A place that sends a part from its stock has a stock row for it."""
    inner = _inner(draft)
    kept = draft["stock"].select("part_id", source_id="place_id")
    missing = inner.join(kept, on=("part_id", "source_id"), how="anti", maintain_order="left")
    words = pl.format("It comes from {}, which has no stock row for the part.", "source_id")
    draft.report(
        missing, "part_id", words, "Add the part to stock at that place; with policy on_demand it is only passed on."
    )


def supply_is_not_circular(draft: Draft) -> None:
    """No stock point is supplied, over however many places, by itself."""
    circle = _on_a_circle(_inner(draft).select("place_id", "source_id").unique())
    if circle.is_empty():
        return
    edges = _inner(draft).join(circle.unique(), on=("place_id", "source_id"), how="semi")
    # the places form a circle; whether one part goes round it is seen part by part
    key = pl.concat_str("part_id", pl.lit("\x1f"), "place_id"), pl.concat_str("part_id", pl.lit("\x1f"), "source_id")
    named = edges.with_columns(place_key=key[0], source_key=key[1])
    pairs = _on_a_circle(named.select(place_id="place_key", source_id="source_key").unique())
    again = named.join(pairs, left_on=("place_key", "source_key"), right_on=("place_id", "source_id"), how="semi")
    words = pl.format("Supply goes round in a circle: it comes from {}, which is supplied from here.", "source_id")
    draft.report(again.sort(ROW), "place_id", words, "Let one of the places get the part from outside.")


def _inner(draft: Draft) -> pl.DataFrame:
    """Stock points supplied by a place."""
    return supply_of(draft).filter(pl.col("source_id").is_in(draft.names("places").implode()))


def _on_a_circle(edges: pl.DataFrame) -> pl.DataFrame:
    """Edges left once those are taken off, again and again, that lead to an end or come from a beginning."""
    while True:
        left = edges.join(edges.select(source_id="place_id").unique(), on="source_id", how="semi")
        left = left.join(left.select(place_id="source_id").unique(), on="place_id", how="semi")
        if left.height == edges.height:
            return left
        edges = left


def links_join_source_and_place(draft: Draft) -> None:
    """The link of a source leads from that source to that place."""
    links = draft["links"].select("link_id", "from_id", "to_id").unique("link_id")
    rows = draft["sourcing"].join(links, on="link_id", maintain_order="left")
    ends = (pl.col("from_id") != pl.col("source_id")) | (pl.col("to_id") != pl.col("place_id"))
    words = pl.format("The link leads from {} to {}.", "from_id", "to_id")
    draft.report(rows.filter(ends), "link_id", words, "Name a link from the source to the place, or leave it empty.")


def links_are_told_apart(draft: Draft) -> None:
    """Where several links join a source and a place, sourcing says which is taken."""
    between = draft["links"].group_by(source_id="from_id", place_id="to_id").agg(ways=pl.col("link_id"))
    several = between.filter(pl.col("ways").list.len() > 1)
    open_rows = draft["sourcing"].filter(pl.col("link_id").is_null())
    rows = open_rows.join(several, on=("source_id", "place_id"), maintain_order="left")
    words = pl.format("Several links lead from {} to {}.", "source_id", "place_id")
    remedy = "Name one; add a row for each that may be chosen."
    draft.report(rows, "link_id", words, remedy)


def shares_are_given(draft: Draft) -> None:
    """Under the rule 'share' some source has a share."""
    shared = supply_of(draft).filter(pl.col("sourcing_rule") == "share")
    none = shared.group_by(POINT, maintain_order=True).agg(pl.col(FILE, ROW).first(), share=pl.col("share").sum())
    draft.report(none.filter(pl.col("share") <= 0), "share", "The shares of its sources are all zero.", "Give shares.")


def emergency_orders_have_a_lead_time(draft: Draft) -> None:
    """Where emergency orders are placed, a source takes them."""
    expedited = supply_of(draft).filter(pl.col("expedite_at").is_not_null())
    able = expedited.group_by(POINT, maintain_order=True).agg(
        pl.col(FILE, ROW, "expedite_at").first(), able=pl.col("emergency_lead_time").is_not_null().any()
    )
    reason = "No source of the part takes emergency orders."
    remedy = "Give emergency_lead_time in sourcing, or leave expedite_at empty."
    draft.report(able.filter(~pl.col("able")), "expedite_at", reason, remedy)


def first_sources_are_ranked(draft: Draft) -> None:
    """Doubt: sources of equal rank, of which the rule 'first' takes only one."""
    first = supply_of(draft).filter(pl.col("sourcing_rule") == "first")
    tied = first.group_by(*POINT, "rank", maintain_order=True).agg(pl.col(FILE, ROW).first(), ways=pl.len())
    words = "several sources have the same rank; the rule 'first' takes the first of them."
    draft.doubt(tied.filter(pl.col("ways") > 1), words)


def suppliers_take_time(draft: Draft) -> None:
    """Doubt: a supplier beside other sources whose goods are ready at once, for want of a lead time."""
    suppliers = draft["suppliers"].with_columns(work=draft.mean("suppliers", "work_time").fill_null(0.0))
    working = pl.col("lines").is_not_null() & ((pl.col("work") > 0) | (pl.col("work_per_piece_days") > 0))
    idle = suppliers.filter(~working).select(source_id="supplier_id")
    ways = draft["sourcing"].with_columns(lead=draft.mean("sourcing", "lead_time"), ways=pl.len().over(POINT))
    quick = ways.filter(pl.col("lead") == 0, pl.col("ways") > 1).join(idle, on="source_id", how="semi")
    words = "lead_time is 0 at a supplier with others beside it; whenever it is chosen, its goods are ready at once."
    draft.doubt(quick.sort(ROW), words)


def places_have_transport(draft: Draft) -> None:
    """Doubt: goods that arrive without transport, from somewhere else."""
    pairs = draft["sourcing"].filter(pl.col("link_id").is_null())
    linked = draft["links"].select(source_id="from_id", place_id="to_id").unique()
    alone = pairs.join(linked, on=("source_id", "place_id"), how="anti", maintain_order="left")
    draft.doubt(alone, "no link leads from the source to the place; goods arrive without transport.")


def prices_fall_with_the_quantity(draft: Draft) -> None:
    """Doubt: price breaks at which a larger order costs more per piece."""
    breaks = draft["price_breaks"].sort("part_id", "supplier_id", "from_quantity")
    dearer = pl.col("unit_price") > pl.col("unit_price").shift(1).over("part_id", "supplier_id")
    draft.doubt(breaks.filter(dearer).sort(ROW), "a larger order costs more per piece.")


def budgets_pay_the_least_order(draft: Draft) -> None:
    """Doubt: orders dearer than a whole period's budget; each passes alone and leaves a debt."""
    paid = supply_of(draft).filter(pl.col("budget_id").is_not_null())
    paid = paid.join(draft["budgets"].select("budget_id", "amount"), on="budget_id", maintain_order="left")
    paid = paid.join(draft["parts"].select("part_id", "unit_cost"), on="part_id", how="left", maintain_order="left")
    packs = (pl.col("min_order_quantity") / pl.col("pack_size")).ceil()
    least = packs * pl.col("pack_size") * pl.col("unit_price").fill_null(pl.col("unit_cost"))
    words = "the least order costs more than a period's budget; it passes when the balance is full, and leaves a debt."
    draft.doubt(paid.filter(least > pl.col("amount")), words)
