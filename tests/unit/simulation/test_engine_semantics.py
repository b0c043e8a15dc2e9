"""What the engine does, traced by hand with constant times, and against exact results of queueing."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.engine import memory as a
from spareverse.engine import run as engine_run
from spareverse.engine.layout import Room
from spareverse.engine.outcome import Ledger
from spareverse.network.universe import Universe
from spareverse.simulation.compile_network import CompiledNetwork, compile_network
from tests.unit.simulation.networks import assets, position, stock_point, universe

HOUR = 3600


def no_ledger(compiled: CompiledNetwork) -> Ledger:
    none = np.zeros(0, np.int64)
    given = compiled.entities
    return Ledger(
        none, none, np.zeros((len(given.stocks), 0)), np.zeros((len(given.assets), len(given.bounds) - 1)), 0, 1
    )


def simulate(net: Universe, replications: int = 1, *, log: bool = False) -> tuple[Any, Any, CompiledNetwork]:
    compiled = compile_network(net)
    outcome, record = engine_run.run_batch(compiled.entities, no_ledger(compiled), 11, 0, replications, log=log)
    return outcome, record, compiled


def story(record: Any) -> list[tuple[float, str, int]]:
    """(hour, what, stock on hand afterwards)"""
    return [(row[1] / HOUR, a.RECORD_KINDS[row[2]], int(row[6])) for row in record]


def one_asset(life: str = "100", horizon_h: float = 300.0, **stock: Any) -> Universe:
    return universe(
        assets(["pump"]),
        [position("pump", "seal", life, replacement="4")],
        [stock_point("seal", **stock)],
        horizon_h=horizon_h,
        period_h=horizon_h,
    )


def test_the_story_of_one_asset_with_one_spare() -> None:
    net = one_asset(initial_stock=1, order_up_to=1, lead_time="30")
    outcome, record, _ = simulate(net, log=True)
    assert story(record) == [
        (100, "failure", 1), (100, "issue", 0), (100, "replacement_start", 0), (100, "order", 0),
        (104, "replacement_end", 0), (130, "delivery", 1), (204, "failure", 1), (204, "issue", 0),
        (204, "replacement_start", 0), (204, "order", 0), (208, "replacement_end", 0), (234, "delivery", 1),
    ]  # fmt: skip
    up, waiting, access, replacing, stops = outcome.asset_totals[0, 0]
    assert (up, waiting, access, replacing, stops) == (292 * HOUR, 0, 0, 8 * HOUR, 2)
    assert outcome.stock_totals[0, 0, a.ON_HAND_SECONDS] == (300 - 60) * HOUR
    assert outcome.stock_totals[0, 0, a.LEAD_SECONDS] == 60 * HOUR


@pytest.mark.parametrize(
    ("rule", "back_at", "left"),
    [("none", 200.0, 2), ("first_arrival", 120.0, 3), ("own_piece", 120.0, 3)],
    ids=["waits for the batch", "takes the hurried piece", "waits for its own piece"],
)
def test_a_failure_without_a_spare(rule: str, back_at: float, left: int) -> None:
    net = one_asset(
        policy="reorder_point", order_quantity=3, basis="on_hand", emergency=rule, lead_time="100",
        expedite_lead_time="20", horizon_h=250.0, life="100",
    )  # fmt: skip
    _, record, _ = simulate(net, log=True)
    # the first review, at commissioning, orders a batch that comes at 100 together with the failure: goods come first
    told = story(record)
    assert told[0] == (0, "order", 0)
    assert told[1] == (100, "delivery", 3)
    net = one_asset(
        policy="reorder_point", order_quantity=3, basis="on_hand", emergency=rule, lead_time="200",
        expedite_lead_time="20", horizon_h=215.0,
    )  # fmt: skip
    _, record, _ = simulate(net, log=True)
    starts = [time for time, what, _ in story(record) if what == "replacement_start"]
    assert starts[0] == back_at
    assert story(record)[-1] == (200, "delivery", left) or rule == "none"


def test_own_piece_is_not_helped_by_a_batch_and_first_arrival_is() -> None:
    policy = {"policy": "reorder_point", "order_quantity": 2, "basis": "on_hand", "lead_time": "120"}
    waits = {}
    for rule in ("own_piece", "first_arrival"):
        _, record, _ = simulate(one_asset(emergency=rule, horizon_h=290.0, **policy), log=True)
        waits[rule] = [time for time, what, _ in story(record) if what == "replacement_start"]
    assert waits == {"own_piece": [220.0], "first_arrival": [120.0, 224.0]}


def test_a_visit_is_waited_for_and_charged_to_access() -> None:
    from spareverse.network.study import Access

    net = one_asset(initial_stock=5, order_up_to=5, life="90")
    calendar = Access(visit_interval_h=100.0)
    net = Universe(
        net.assets.with_columns(access=pl.lit(0, pl.Int64)), net.positions, net.stock_points,
        accesses=(calendar,), horizon_h=300.0, period_h=300.0,
    )  # fmt: skip
    outcome, record, _ = simulate(net, log=True)
    assert [t for t, what, _ in story(record) if what == "replacement_start"] == [100.0, 200.0, 300.0]
    assert outcome.asset_totals[0, 0].tolist() == [(90 + 90 + 90) * HOUR, 0, (10 + 6 + 6) * HOUR, 8 * HOUR, 3]


def test_pieces_in_stock_expire_oldest_first() -> None:
    net = one_asset(initial_stock=2, order_up_to=2, life="1000", shelf_life_h=50.0, lead_time="10", horizon_h=130.0)
    outcome, record, _ = simulate(net, log=True)
    assert story(record) == [
        (50, "expiry", 0), (50, "order", 0), (60, "delivery", 2), (110, "expiry", 0), (110, "order", 0),
        (120, "delivery", 2),
    ]  # fmt: skip
    assert outcome.stock_totals[0, 0, a.PIECES_EXPIRED] == 4


def test_a_central_stock_ships_what_it_has_and_the_rest_later() -> None:
    site = stock_point(
        "seal/site", policy="reorder_point", reorder_point=0, order_quantity=3, initial_stock=1,
        supplied_from="seal/central", lead_time="5",
    )  # fmt: skip
    central = stock_point("seal/central", initial_stock=2, order_up_to=2, lead_time="40")
    net = universe(
        assets(["pump"]), [position("pump", "seal/site", "100", replacement="4")], [site, central],
        horizon_h=160.0, period_h=160.0,
    )  # fmt: skip
    _, record, compiled = simulate(net, log=True)
    names = [compiled.stock_ids[row[3]].split("/")[1] for row in record]
    told = [(*event, place) for event, place in zip(story(record), names, strict=True)]
    assert (100, "order", 0, "site") in told
    assert (105, "transfer", 2, "site") in told  # the two pieces at hand
    assert (145, "transfer", 3, "site") in told  # the third, 40 h from the supplier and 5 h from the central stock
    outcome, _, _ = simulate(net)
    sent = outcome.stock_totals[0, :, a.PIECES_SENT]
    assert sorted(sent.tolist()) == [0, 3]


def test_k_of_n_survives_until_too_few_work() -> None:
    positions = [
        position("pump", "seal", f"{100 * (i + 1)}", position_id=f"p{i}", needed=2, block="seals") for i in range(3)
    ]
    net = universe(
        assets(["pump"]), positions, [stock_point("seal", lead_time="1000")], horizon_h=400.0, period_h=400.0
    )
    outcome, _, _ = simulate(net)
    assert outcome.asset_totals[0, 0, a.UP_SECONDS] == 200 * HOUR  # the second failure leaves one of three


def test_a_warning_orders_ahead_once() -> None:
    net = one_asset(anticipates=True, lead_time="30", horizon_h=250.0)
    net = Universe(net.assets, net.positions.with_columns(warning=pl.lit("30")), net.stock_points, horizon_h=250.0)
    outcome, record, _ = simulate(net, log=True)
    assert [event for event in story(record) if event[1] in ("warning", "order", "delivery", "failure")][:4] == [
        (70, "warning", 0), (70, "order", 0), (100, "delivery", 1), (100, "failure", 1),
    ]  # fmt: skip
    assert outcome.stock_totals[0, 0, a.PIECES_ORDERED] == 2
    assert outcome.asset_totals[0, 0, a.ASSET_MEASURES.index("waiting_seconds")] == 0


def repair_shop(positions: int, spares: int, repairers: int, life: float, repair: float) -> Universe:
    """Machine repair: a failed piece goes to one of the repairers and comes back as a spare."""
    machines = [f"m{i}" for i in range(positions)]
    return universe(
        assets(machines),
        [position(name, "unit", f"exponential({life})") for name in machines],
        [
            stock_point(
                "unit", initial_stock=spares, order_up_to=spares, station_id="shop", lead_time=f"exponential({repair})"
            )
        ],
        stations={"shop": repairers},
        horizon_h=400 * life,
        period_h=400 * life,
    )


@pytest.mark.parametrize(
    ("positions", "spares", "repairers", "life", "repair", "operating"),
    [(5, 0, 2, 30.0, 3.0, 4.5352056), (2, 0, 1, 10.0, 8.0, 0.92783505), (3, 1, 1, 100.0, 10.0, 2.90679529),
     (10, 3, 2, 500.0, 24.0, 9.993531803)],
    ids=["Gross & Harris", "Hillier", "Karlin & Taylor 3+1", "Karlin & Taylor 10+3"],
)  # fmt: skip
def test_finite_repair_capacity_gives_the_birth_and_death_result(
    positions: int, spares: int, repairers: int, life: float, repair: float, operating: float
) -> None:
    runs = 60
    outcome, _, compiled = simulate(repair_shop(positions, spares, repairers, life, repair), runs)
    working = outcome.asset_totals[:, :, a.UP_SECONDS].sum(axis=1) / compiled.counted_seconds
    error = working.std(ddof=1) / math.sqrt(runs)
    assert working.mean() == pytest.approx(operating, abs=4 * error + 2e-4)


def test_small_memories_are_enlarged_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    net = repair_shop(10, 3, 2, 50.0, 24.0)
    plain, record, _ = simulate(net, 3, log=True)
    small = Room(heap=1, far=1, tickets=1, lots=1, pieces=1, log=0, charges=0, stoppages=1)
    guess = classmethod(lambda cls, given, *, log, causes: replace(small, log=int(log), charges=int(causes)))
    monkeypatch.setattr(Room, "first_guess", guess)
    small, again, _ = simulate(net, 3, log=True)
    assert np.array_equal(record, again)
    assert all(np.array_equal(x, y) for x, y in zip(plain, small, strict=True))
