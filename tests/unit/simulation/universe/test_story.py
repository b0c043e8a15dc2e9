"""One wait told from the event record, by hand: a platform, its base, a maker; a budget; a closed link."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from spareverse.errors import NotFound
from spareverse.network.simulation_answers import STORY
from spareverse.network.simulation_tables import EVENTS
from spareverse.simulation.universe.story import still_waiting, story, waits


def _record(*rows: tuple[float, str, str, str | None, float]) -> pl.DataFrame:
    """day, kind, place, source, days; one piece of one part."""
    made = [
        {"scenario": "as it is", "replication": 0, "day": day, "kind": kind, "part_id": "SEAL", "place_id": place,
         "source_id": source, "link_id": f"{source}-{place}" if source else None, "quantity": 1, "days": days,
         "customer_id": "CREW" if kind in ("stock_out", "issue", "lost") else None}
        for day, kind, place, source, days in rows
    ]  # fmt: skip
    return EVENTS.completed(pl.DataFrame(made)).select(EVENTS.names).cast(EVENTS.schema)


CHAIN = _record(
    (5.0, "order", "BASE", "MAKER", 0.0),
    (5.0, "budget_wait", "BASE", "MAKER", 0.0),
    (9.0, "purchase", "BASE", "MAKER", 0.0),
    (10.0, "stock_out", "RIG", None, 0.0),
    (10.0, "order", "RIG", "BASE", 0.0),
    (20.0, "shipment", "BASE", "MAKER", 3.0),
    (23.0, "delivery", "BASE", "MAKER", 18.0),
    (24.0, "shipment", "RIG", "BASE", 2.0),
    (26.0, "transfer", "RIG", "BASE", 16.0),
    (26.0, "issue", "RIG", None, 16.0),
    (40.0, "stock_out", "RIG", None, 0.0),
)


def told(record: pl.DataFrame, day: float, *disturbances: dict[str, Any]) -> list[tuple[float, str, str | None]]:
    found = story(record, "as it is", "SEAL", "RIG", day, disturbances)
    assert found.schema == STORY.schema
    return list(found.select("day", "step", "place_id").iter_rows())


def test_the_orders_behind_a_wait_are_followed_to_where_the_piece_was_made() -> None:
    assert told(CHAIN, 26.0) == [
        (5.0, "ordered", "BASE"), (9.0, "budget free again", "BASE"), (10.0, "wanted", "RIG"), (10.0, "ordered", "RIG"),
        (20.0, "sent", "BASE"), (23.0, "arrived", "BASE"), (24.0, "sent", "RIG"), (26.0, "arrived", "RIG"),
        (26.0, "handed over", "RIG"),
    ]  # fmt: skip
    found = {(row["step"], row["place_id"]): row for row in story(CHAIN, "as it is", "SEAL", "RIG", 26.0).to_dicts()}
    assert found["sent", "BASE"]["days"] == pytest.approx(15.0)
    assert found["arrived", "RIG"]["days"] == pytest.approx(2.0)
    assert found["handed over", "RIG"]["days"] == pytest.approx(16.0)
    assert found["wanted", "RIG"]["source_id"] == "CREW"


def test_a_place_above_that_had_it_ends_the_story() -> None:
    record = CHAIN.filter(pl.col("place_id") == "RIG")
    closed = {"kind": "link_closure", "target_id": "BASE-RIG", "start_day": 8.0, "days": 14.0}
    elsewhere = {"kind": "outage", "target_id": "OTHER", "start_day": 8.0, "days": 14.0}
    over = {"kind": "outage", "target_id": "*", "start_day": 1.0, "days": 2.0}
    at_random = {"kind": "outage", "target_id": "*", "start_day": None, "days": 2.0}
    assert told(record, 26.0, closed, elsewhere, over, at_random) == [
        (8.0, "disturbance", "BASE-RIG"), (10.0, "wanted", "RIG"), (10.0, "ordered", "RIG"), (10.0, "in stock", "BASE"),
        (24.0, "sent", "RIG"), (26.0, "arrived", "RIG"), (26.0, "handed over", "RIG"),
    ]  # fmt: skip


def test_an_order_by_the_emergency_way_and_a_customer_who_gave_up() -> None:
    urgent = CHAIN.filter(pl.col("place_id") == "RIG").with_columns(
        kind=pl.when(kind="order").then(pl.lit("emergency_order")).otherwise("kind")
    )
    assert (10.0, "emergency order", "RIG") in told(urgent, 26.0)
    lost = _record((1.0, "stock_out", "RIG", None, 0.0), (8.0, "lost", "RIG", None, 7.0))
    assert told(lost, 8.0) == [(1.0, "wanted", "RIG"), (8.0, "given up", "RIG")]


def test_waits_are_listed_longest_first_and_those_still_open_counted() -> None:
    more = pl.concat([CHAIN, _record((50.0, "issue", "HUB", None, 20.0), (51.0, "issue", "HUB", None, 0.0))])
    assert waits(more, "as it is", {})["days"].to_list() == [20.0, 16.0]
    assert waits(more, "as it is", {"place_id": "RIG"})["day"].to_list() == [26.0]
    assert still_waiting(more, "as it is", {"place_id": "RIG"}) == 1
    assert still_waiting(more, "as it is", {"place_id": "HUB"}) == 0
    with pytest.raises(NotFound, match="day 27"):
        story(CHAIN, "as it is", "SEAL", "RIG", 27.0)
