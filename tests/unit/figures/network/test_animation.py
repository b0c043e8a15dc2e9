"""The data an animation plays: counts that add up, compact, fit for a page."""

from __future__ import annotations

import json

import polars as pl
import pytest

from spareverse.figures.network import animation
from spareverse.figures.network.animation import Animation, encoded
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import EVENTS
from tests.unit.figures.network import made

Steps = list[list[int]]


def at(steps: Steps, day: int) -> int:
    found = [value for start, value in zip(*steps, strict=True) if start <= day]
    return found[-1] if found else 0


@pytest.fixture(scope="module")
def storm() -> Animation:
    return Animation.of(made.network(), made.events("storm"), Scenario("storm", "Storm"))


def row(one: Animation, name: str) -> int:
    return next(i for i, node in enumerate(one.document["nodes"]) if node["id"] == name)


def test_stock_is_what_the_record_says_at_the_end_of_every_day(storm: Animation) -> None:
    record = made.events("storm")
    for day in (0, 40, 170, 359):
        known = record.filter(pl.col("day") < day + 1)
        last = known.filter((pl.col("place_id") == "STAVANGER") & (pl.col("kind") != "shipment"))
        held = last.group_by("part_id").agg(pl.col("on_hand", "day").last())
        untouched = len(made.PARTS) - held.height
        sent = known.filter(kind="shipment", source_id="STAVANGER").join(held, on="part_id", suffix="_told")
        gone = sent.filter(pl.col("day") > pl.col("day_told"))["quantity"].sum()
        expected = int(held["on_hand"].sum()) - gone + 5 * untouched
        assert abs(at(storm.document["stock"][row(storm, "STAVANGER")], day) - expected) <= untouched
    assert at(storm.document["stock"][row(storm, "MILAN")], 100) == 0


def _record(*rows: dict[str, object]) -> pl.DataFrame:
    whole = EVENTS.completed(pl.DataFrame([{"scenario": "today", "part_id": "PART-001", **row} for row in rows]))
    return whole.select(EVENTS.names).cast(EVENTS.schema)


def test_a_place_is_emptier_once_goods_have_left_it_not_at_its_next_event() -> None:
    base = {"place_id": "STAVANGER", "source_id": "HAMBURG"}
    down = {"kind": "shipment", "place_id": "P01", "source_id": "STAVANGER", "link_id": "STAVANGER-P01", "days": 2.0}
    record = _record(
        {"day": 1.0, "kind": "order", "quantity": 1, "on_hand": 5, **base},
        {"day": 3.0, "quantity": 2, "on_hand": 0, **down},
        {"day": 9.0, "kind": "delivery", "quantity": 4, "on_hand": 6, "days": 8.0, **base},  # three had been taken
        {"day": 10.0, "quantity": 1, "on_hand": 0, **down},  # the third leaves only now
        {"day": 12.0, "quantity": 2, "on_hand": 0, **down},
        {"day": 15.0, "kind": "demand", "place_id": "P01", "quantity": 1, "on_hand": 3},
    )
    found = Animation.of(made.network(), record, Scenario("today"), part_id="PART-001").document
    steps = found["stock"][next(i for i, node in enumerate(found["nodes"]) if node["id"] == "STAVANGER")]
    others = 5 * (len(made.PARTS) - 1)
    shown = [at(steps, day) - (others if at(steps, 0) > 5 else 0) for day in (0, 2, 3, 8, 9, 10, 12, 14)]
    assert shown == [5, 5, 3, 3, 6, 6, 4, 4]


def test_emergency_orders_travel_although_no_leaving_is_recorded() -> None:
    way = {"place_id": "P01", "source_id": "STAVANGER", "quantity": 1, "on_hand": 0}
    record = _record(
        {"day": 1.0, "kind": "order", "days": 0.0, "link_id": "STAVANGER-P01", **way},
        {"day": 2.0, "kind": "shipment", "days": 3.0, "link_id": "STAVANGER-P01", **way},
        {"day": 3.0, "kind": "emergency_order", "days": 0.0, **way},
        {"day": 4.5, "kind": "transfer", "days": 1.5, **way},
        {"day": 5.0, "kind": "transfer", "days": 4.0, "link_id": "STAVANGER-P01", **way},
    )
    moves = Animation.of(made.network(), record, Scenario("today")).document["moves"]
    assert list(zip(moves["leave"], moves["arrive"], strict=True)) == [(2.0, 5.0), (3.0, 4.5)]
    assert len(set(moves["link"])) == 1


def test_customers_are_owed_what_was_demanded_and_not_handed_over(storm: Animation) -> None:
    record = made.events("storm").filter(pl.col("kind").is_in(["stock_out", "issue"]) & (pl.col("day") < 176))
    signed = pl.when(pl.col("kind") == "stock_out").then(pl.col("quantity")).otherwise(-pl.col("quantity"))
    owed = dict(record.group_by("place_id").agg(signed.sum().alias("owed")).iter_rows())
    found = {node["id"]: at(storm.document["owed"][i], 175) for i, node in enumerate(storm.document["nodes"])}
    assert {name: pieces for name, pieces in found.items() if pieces} == {n: p for n, p in owed.items() if p}
    assert sum(owed.values()) == storm.document["total"][175] > 0


def test_every_shipment_moves_once(storm: Animation) -> None:
    moves = storm.document["moves"]
    shipped = made.events("storm").filter(pl.col("kind") == "shipment")
    assert sum(moves["pieces"]) == shipped["quantity"].sum()
    assert moves["leave"] == sorted(moves["leave"])
    assert all(arrive > leave for leave, arrive in zip(moves["leave"], moves["arrive"], strict=True))
    assert not moves["together"]


def test_many_shipments_travel_together(monkeypatch: pytest.MonkeyPatch, storm: Animation) -> None:
    monkeypatch.setattr(animation, "MOST_MOVES", 100)
    found = Animation.of(made.network(), made.events("storm"), Scenario("storm")).document["moves"]
    assert found["together"]
    assert sum(found["pieces"]) == sum(storm.document["moves"]["pieces"])
    assert len(found["pieces"]) < len(storm.document["moves"]["pieces"])


def test_without_shipments_what_arrives_is_shown(storm: Animation) -> None:
    record = made.events("storm").filter(pl.col("kind") != "shipment")
    found = Animation.of(made.network(), record, Scenario("storm")).document
    arrived = record.filter(pl.col("kind").is_in(["delivery", "transfer"]))
    assert sum(found["moves"]["pieces"]) == arrived["quantity"].sum()
    # under way from the order on, so not counted as ordered and not sent as well
    assert not any(max(values) for _, values in found["open"])


def test_one_part_alone() -> None:
    found = Animation.of(made.network(), made.events(), Scenario("today"), part_id="PART-001").document
    shipped = made.events().filter((pl.col("kind") == "shipment") & (pl.col("part_id") == "PART-001"))
    assert sum(found["moves"]["pieces"]) == shipped["quantity"].sum()


def test_disturbances_strike_what_they_name() -> None:
    rows = [
        {"disturbance_id": "a", "kind": "link_closure", "target_id": "STAVANGER-P01", "start_day": 10.0, "days": 5.0},
        {"disturbance_id": "b", "kind": "outage", "target_id": "MILAN", "start_day": 20.0, "days": 5.0},
        {"disturbance_id": "c", "kind": "outage", "target_id": "*", "start_day": 9999.0, "days": 5.0},
    ]
    built = Network.of({**made.network().tables, "disturbances": pl.DataFrame(rows[:1])})
    found = Animation.of(built, made.events(), Scenario("today", disturbances=tuple(rows[1:]))).document
    assert [(mark["from"], mark["to"]) for mark in found["marks"]] == [(10.0, 15.0), (20.0, 25.0)]
    assert found["links"][found["marks"][0]["link"]]["id"] == "STAVANGER-P01"
    assert found["nodes"][found["marks"][1]["node"]]["id"] == "MILAN"


def test_waits_of_assets_are_owed_from_their_beginning() -> None:
    at_place = {"part_id": "PART-001", "place_id": "P01", "quantity": 1}
    rows = [
        {"day": 17.5, "kind": "stock_out", "days": 0.0, **at_place},
        {"day": 30.0, "kind": "issue", "days": 12.5, **at_place},
    ]
    record = EVENTS.completed(pl.DataFrame(rows)).with_columns(scenario=pl.lit("today")).select(EVENTS.names)
    found = Animation.of(made.network(), record.cast(EVENTS.schema), Scenario("today")).document
    steps = found["owed"][next(i for i, node in enumerate(found["nodes"]) if node["id"] == "P01")]
    assert [at(steps, day) for day in (16, 17, 29)] == [0, 1, 0]


def test_shipments_beyond_the_run_are_left_out(storm: Animation) -> None:
    record = made.events("storm")
    late = record.filter(pl.col("kind") == "shipment").tail(1).with_columns(day=pl.lit(400.0))
    found = Animation.of(made.network(), pl.concat([record, late]), Scenario("storm")).document
    assert found["days"] == storm.document["days"]
    assert sum(found["moves"]["pieces"]) == sum(storm.document["moves"]["pieces"])


def test_nothing_recorded_still_draws() -> None:
    found = Animation.of(made.network(False), EVENTS.empty(), Scenario("today")).document
    assert found["days"] == 1
    assert found["views"]["map"] is None
    assert found["moves"]["link"] == []
    json.dumps(found, allow_nan=False)


def test_a_name_cannot_become_markup() -> None:
    tables = dict(made.network().tables)
    tables["places"] = tables["places"].with_columns(name=pl.lit("</script><b>x"))
    text = encoded([Animation.of(Network.of(tables), made.events(), Scenario("today"))])
    assert "</script" not in text
    assert json.loads(text)["scenes"][0]["nodes"][-1]["name"] == "</script><b>x"
