"""Parts, suppliers and orders of a twin that has a network and no record: what its tables, runs and warnings tell."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.assistant import foresight_tools, network_tools
from spareverse.assistant.findings import (
    PIECES,
    SHARE,
    WAITING,
    Findings,
    Listing,
    Shown,
    Subject,
    cell,
    listed,
    order_columns,
    told_rows,
)
from spareverse.assistant.session import Session
from spareverse.errors import NotFound
from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding.names import order_words, quoted
from spareverse.explainer.narratives.network_part import network_part_narrative
from spareverse.figures.viability.words import capital
from spareverse.simulation.universe_run import BASE

SHOWN = 3
_POINT = ("part_id", "place_id")


def network_part(session: Session, part_id: str, place_id: str = "") -> Findings:
    """How a part is kept in the network, how it did in the newest simulation, and what is warned of it."""
    rows = _points(session, part_id, place_id)
    if rows.is_empty():
        raise NotFound(f"There is no part {part_id!r}{f' at {place_id}' if place_id else ''} in the network.")
    told = told_rows(
        rows.head(SHOWN).to_dicts(), lambda row: str(row["place_id"]),
        lambda row, level: network_part_narrative(row, session.currency, expert=level),
    )  # fmt: skip
    columns = (
        Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("reorder_point", "Reorder point", PIECES),
        Shown("order_quantity", "Order quantity", PIECES), Shown("source_id", "From"),
        Shown("fill_rate", "Met at once, simulated", SHARE), Shown("waiting_piece_days", "Waiting", WAITING),
    )  # fmt: skip
    listing = Listing.of("points", "Where it is kept", columns, rows, rows.height, key=_POINT)
    first = f"{quoted(part_id)} is kept at {rows.height:,} {'place' if rows.height == 1 else 'places'} of the network."
    count = Fact("points.total", rows.height, "places", source="stock points counted", about={"part": part_id})
    warned = _warned(session, part_id, place_id)
    return Findings(
        (first, *told.sentences, *warned.sentences),
        (
            Fact("part", part_id, "part", source="network.stock"), count, *told.facts, *listing.facts("network.stock"),
            *warned.facts,
        ),
        (first, *told.expert, *warned.expert),
        (listing, *warned.listings), subject=Subject("network"),
    )  # fmt: skip


def _warned(session: Session, part_id: str, place_id: str) -> Findings:
    """The warnings of a part; nothing where nobody has looked ahead."""
    if not session.has("observation") or "warnings" not in session.observation().tables:
        return Findings((), ())
    found = foresight_tools.warnings(session, foresight_tools.SHOWN, part_id=part_id, place_id=place_id)
    return found.marked("warnings")


def _points(session: Session, part_id: str, place_id: str) -> pl.DataFrame:
    """Stock points of a part with where they order first and how they did, those that waited most first."""
    network = session.network().network
    own = pl.col("part_id") == part_id
    rows = network["stock"].filter(own & (pl.col("place_id") == place_id) if place_id else own)
    sources = network["sourcing"].filter(own).sort("rank").unique(_POINT, keep="first", maintain_order=True)
    rows = rows.join(sources.select(*_POINT, "source_id", "unit_price"), on=_POINT, how="left", maintain_order="left")
    done = _simulated(session).filter(own)
    rows = rows.join(done, on=_POINT, how="left", maintain_order="left")
    return rows.sort("waiting_piece_days", descending=True, nulls_last=True, maintain_order=True)


def _simulated(session: Session) -> pl.DataFrame:
    """Fill rate and waiting of every stock point in the newest simulation of the network as it is; else no row."""
    empty = {"part_id": pl.String, "place_id": pl.String, "fill_rate": pl.Float64, "waiting_piece_days": pl.Float64}
    if not session.has("simulation"):
        return pl.DataFrame(schema=empty)
    points = session.simulation().table("points").filter(pl.col("scenario") == BASE, pl.col("demands") > 0)
    met = (pl.col("filled") / pl.col("demands")).alias("fill_rate")
    return points.select(*_POINT, met, "waiting_piece_days").cast(empty)  # type: ignore[arg-type]


def network_parts(session: Session, limit: int, only: str = "", supplier_id: str = "", place_id: str = "") -> Findings:
    """Parts that press most: those warned of, else those that customers waited for in the newest simulation."""
    if only:
        raise NotFound("That takes a record of orders, and this twin has a network only.")
    if session.has("observation") and "warnings" in session.observation().tables:
        return foresight_tools.warnings(session, limit, kind="stock_out", supplier_id=supplier_id, place_id=place_id)
    rows = _simulated(session).filter(pl.col("waiting_piece_days") > 0)
    if rows.is_empty():
        raise NotFound("This twin has no record, no observation, and no simulation in which a part was waited for.")
    rows = rows.filter(pl.col("place_id") == place_id) if place_id else rows
    if supplier_id:
        sourcing = session.network().network["sourcing"].filter(pl.col("source_id") == supplier_id)
        rows = rows.join(sourcing.select(_POINT).unique(), on=_POINT, how="semi")
    rows = rows.sort("waiting_piece_days", *_POINT, descending=[True, False, False])
    columns = (
        Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("waiting_piece_days", "Waiting a run", WAITING),
        Shown("fill_rate", "Met at once", SHARE),
    )  # fmt: skip
    listing = Listing.of("points", "Parts waited for", columns, rows.head(limit), rows.height, key=_POINT)
    said = [f"{rows.height:,} stock points were waited for in the newest simulation, those with most waiting first."]
    said += [
        f"{listing.told_name(row)}: {cell(row, 'waiting_piece_days', WAITING)} a run, {cell(row, 'fill_rate', SHARE)} "
        "of the demands met at once." for row in listing.rows[:5]
    ]  # fmt: skip
    count = Fact("points.total", rows.height, "stock points", source="points counted")
    return listed(listing, "points", Subject("simulation", session.simulation().id), said, (count,))


def network_supplier(session: Session, supplier_id: str = "") -> Findings:
    """What waiting is charged to one or to all suppliers in the newest simulation; without one what each supplies."""
    if not session.has("simulation"):
        return _supplies(session, supplier_id)
    run = session.simulation()
    frame = run.why(scenario=BASE, by=("entity_kind", "entity_id")).filter(pl.col("entity_kind") == "supplier")
    frame = frame.filter(pl.col("entity_id") == supplier_id) if supplier_id else frame
    rows = frame.select(pl.col("entity_id").alias("supplier_id"), "critical_days", "critical_share")
    columns = (
        Shown("supplier_id", "Supplier"), Shown("critical_days", "Waiting charged to it, a run", WAITING),
        Shown("critical_share", "Of all waiting", SHARE),
    )  # fmt: skip
    listing = Listing.of("suppliers", "Suppliers that are waited for", columns, rows.head(10), rows.height,
                         key=("supplier_id",))  # fmt: skip
    said = [
        f"{cell(row, 'critical_days', WAITING)} of waiting a run, {cell(row, 'critical_share', SHARE)} of "
        f"all, happen at supplier {listing.told_name(row)} {network_tools.under(BASE)}." for row in listing.rows[:5]
    ]  # fmt: skip
    name = f" for supplier {quoted(supplier_id)}" if supplier_id else " for a supplier"
    said = said or [f"Nobody waited{name} {network_tools.under(BASE)}."]
    facts: list[Fact] = [Fact("supplier", supplier_id, "supplier", source="the question")] if supplier_id else []
    return listed(listing, "why", Subject("simulation", run.id, scenario=BASE), said, facts)


def _supplies(session: Session, supplier_id: str) -> Findings:
    """How many parts and stock points suppliers are the source of, those with most first."""
    network = session.network().network
    known = network["suppliers"]["supplier_id"].implode()
    own = network["sourcing"].filter(pl.col("source_id").is_in(known), pl.col("part_id") != "")
    own = own.filter(pl.col("source_id") == supplier_id) if supplier_id else own
    rows = (
        own.group_by(pl.col("source_id").alias("supplier_id")).agg(pl.col("part_id").n_unique().alias("parts"))
        .sort("parts", "supplier_id", descending=[True, False])
    )  # fmt: skip
    columns = (Shown("supplier_id", "Supplier"), Shown("parts", "Parts", "parts"))
    listing = Listing.of("suppliers", "Suppliers", columns, rows.head(10), rows.height, key=("supplier_id",))
    said = [f"Supplier {listing.told_name(row)} supplies {cell(row, 'parts', 'parts')}." for row in listing.rows[:5]]
    said.append("How late suppliers are takes a record; who waits for which of them, a simulation of the network.")
    return listed(listing, "sourcing", Subject("network"), said)


def network_orders(session: Session, limit: int, part_id: str = "", supplier_id: str = "") -> Findings:
    """Orders that are open when the network starts."""
    frame = session.network().network["opening_orders"]
    for column, wanted in (("part_id", part_id), ("source_id", supplier_id)):
        frame = frame.filter(pl.col(column) == wanted) if wanted else frame
    columns = (
        Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("source_id", "From"), *order_columns(frame),
        Shown("quantity", "Quantity", PIECES), Shown("due_in", "Due in", fact=False),
    )  # fmt: skip
    listing = Listing.of("orders", "Orders open at the start", columns, frame.head(limit), frame.height, key=_POINT)
    said = [f"The network starts with {frame.height:,} open {'order' if frame.height == 1 else 'orders'} of these."]
    said += [_order(row) for row in listing.rows[:5]]
    count = Fact("orders.total", frame.height, "orders", source="opening_orders counted")
    return listed(listing, "opening_orders", Subject("network"), said, (count,))


def _order(row: dict[str, Any]) -> str:
    source = f" from {quoted(str(row['source_id']))}" if row["source_id"] else ""
    order = order_words(row["order_id"], row["line"]) if row["order_id"] else ""
    return (
        f"{capital(order)}{': ' if order else ''}{cell(row, 'quantity', PIECES)} of "
        f"{quoted(str(row['part_id']))} for {quoted(str(row['place_id']))}{source}."
    )
