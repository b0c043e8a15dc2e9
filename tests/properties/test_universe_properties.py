"""What holds for every network: parts, time and money are conserved, waits are charged in full, and nothing depends on
what must not matter: order of rows, strangers, threads, batches, pauses, the compiler, whether causes are kept."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from drawn_networks import MECHANISMS, covering_sets, network_with
from spareverse.engine import layout
from spareverse.engine import memory as a
from spareverse.engine import run as engine_run
from spareverse.engine.layout import Room
from spareverse.engine.memory import Whole
from spareverse.engine.outcome import Outcome
from spareverse.engine.run import Simulator
from spareverse.network.network import Network
from spareverse.network.network_checks import check_network
from spareverse.network.simulation_tables import SERIES
from spareverse.simulation.universe.compile import CompiledUniverse, compile_universe
from spareverse.simulation.universe.results import value_ledger
from spareverse.simulation.universe_run import run_universe

COVERING = covering_sets()
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
networks = st.builds(network_with, st.sets(st.sampled_from(list(MECHANISMS))), st.integers(0, 999))
covering = pytest.mark.parametrize("network", [network_with(some, n) for n, some in enumerate(COVERING)])
MONEY = {
    "purchase": "purchases_cost", "shipment": "transport_cost", "emergency_order": "emergency_cost",
    "issue": "penalty_cost", "lost": "lost_sales_cost",
}  # fmt: skip


def simulate(
    compiled: CompiledUniverse, first: int = 0, last: int = 1, *, log: bool = True, causes: bool = True, seed: int = 3
) -> tuple[Outcome, Whole, Whole]:
    """Outcome, event record and charges of some replications."""
    logs, charges = [np.zeros((0, a.RECORD_SIZE), np.int64)], [np.zeros((0, a.CHARGE_SIZE), np.int64)]

    def keep(log_rows: Whole, charge_rows: Whole) -> None:
        if not len(log_rows) and not len(charge_rows):
            logs.clear(), charges.clear()
        logs.append(log_rows), charges.append(charge_rows)

    simulator = Simulator(compiled.entities, log=log, causes=causes)
    outcome = simulator.run(value_ledger(compiled), seed, first, last, rows=keep, going_on=lambda _: True)
    return outcome, np.concatenate(logs), np.concatenate(charges)


def counted_from_the_start(network: Network) -> CompiledUniverse:
    compiled = compile_universe(network)
    return replace(compiled, entities=replace(compiled.entities, counted_from=0))


def same(one: tuple[Outcome, Whole, Whole], other: tuple[Outcome, Whole, Whole]) -> None:
    for name, left, right in zip(Outcome._fields, one[0], other[0], strict=True):
        np.testing.assert_array_equal(left, right, name)
    for left, right in zip(one[1:], other[1:], strict=True):
        np.testing.assert_array_equal(left, right)


def test_every_pair_of_mechanisms_is_on_together() -> None:
    """The drawn networks are ones that would be let in."""
    on = {frozenset(pair) for some in COVERING for pair in combinations(some, 2)}
    assert on == {frozenset(pair) for pair in combinations(MECHANISMS, 2)}
    for number, some in enumerate(COVERING):
        assert check_network(network_with(some, number).tables) == []


# conserved ---------------------------------------------------------------------------------------------------------


def pieces_and_time_are_conserved(network: Network) -> None:
    """What came is issued, sent on, expired or there; what was ordered came or is under way; no stock is below zero;
    levels over time add up to the accounts."""
    compiled = counted_from_the_start(network)
    entities = compiled.entities
    outcome, log, _ = simulate(compiled)
    count = {name: outcome.stock_totals[0, :, number] for number, name in enumerate(a.STOCK_MEASURES)}
    came = entities.stocks[:, a.INITIAL - a.PLACE] + count["pieces_received"]
    left = count["pieces_issued"] + count["pieces_sent"] + count["pieces_expired"] + count["end_on_hand"]
    np.testing.assert_array_equal(came, left)
    under_way = np.bincount(entities.under_way[:, 0], entities.under_way[:, 2], len(came)).astype(np.int64)
    to_come = under_way + count["pieces_ordered"] - count["pieces_received"]
    np.testing.assert_array_equal(to_come, count["end_on_order"])
    assert (count["end_on_hand"] >= 0).all()
    assert (to_come >= 0).all()
    assert (log[:, a.RECORD.index("on_hand")] >= 0).all()
    waits_over_time(compiled, count, log)
    periods = outcome.series[0, :, :, :]
    flows = [measure for measure in range(a.STOCK_COUNTS) if measure not in (a.END_ON_HAND, a.END_ON_ORDER)]
    np.testing.assert_array_equal(periods.sum(axis=(0, 1))[flows], outcome.stock_totals[0].sum(axis=0)[flows])
    np.testing.assert_array_equal(periods[:, -1, a.END_ON_HAND].sum(), count["end_on_hand"].sum())


def waits_over_time(compiled: CompiledUniverse, count: dict[str, Whole], log: Whole) -> None:
    """Pieces owed, replayed from the record: never below zero, and their integral is the waiting of the accounts."""
    kind, stock, quantity, time = (log[:, a.RECORD.index(name)] for name in ("kind", "stock", "quantity", "time"))
    entities = compiled.entities
    horizon = int(entities.bounds[-1])
    owed = np.zeros(len(entities.stocks), np.int64)
    waiting = entities.waiting
    stock_of = entities.customers[:, a.CUSTOMER_STOCK]
    np.add.at(owed, stock_of[waiting[:, 0]], waiting[:, 1])
    seconds = owed * horizon
    sign = {a.R_STOCK_OUT: 1, a.R_ISSUE: -1, a.R_LOST: -1}
    for k, s, q, t in zip(kind.tolist(), stock.tolist(), quantity.tolist(), time.tolist(), strict=True):
        if k in sign:
            owed[s] += sign[k] * q
            seconds[s] += sign[k] * q * (horizon - t)
            assert owed[s] >= 0
    np.testing.assert_array_equal(seconds, count["waiting_seconds"])
    np.testing.assert_array_equal(
        count["pieces_issued"] + count["pieces_lost"] + owed,
        count["pieces_demanded"] + np.bincount(stock_of[waiting[:, 0]], waiting[:, 1], len(owed)).astype(np.int64),
    )


def waits_are_charged(network: Network) -> None:
    """Both ledgers charge every second of every wait once, customer by customer; open waits and warm-up included."""
    compiled = compile_universe(network)
    outcome, _, charges = simulate(compiled)
    rows = pl.from_numpy(charges, schema=list(a.CHARGE))
    assert rows.filter((pl.col("timeline") < 0) | (pl.col("critical") < 0)).is_empty()
    stock_of = compiled.entities.customers[:, a.CUSTOMER_STOCK]
    assert (stock_of[rows["customer"].to_numpy()] == rows["stock"].to_numpy()).all()
    waiting = outcome.customer_totals[0, :, a.C_WAITING]
    charged = rows.group_by("customer").agg(pl.col("timeline", "critical").sum())
    for ledger in ("timeline", "critical"):
        found = np.zeros(len(waiting), np.int64)
        found[charged["customer"].to_numpy()] = charged[ledger].to_numpy()
        np.testing.assert_array_equal(found, waiting, ledger)
    accrued = outcome.stock_totals[0, :, a.WAITING_SECONDS]
    by_stock = np.zeros(len(accrued), np.int64)
    np.add.at(by_stock, stock_of, waiting)
    np.testing.assert_array_equal(by_stock, accrued)
    counted = np.flatnonzero(compiled.entities.bounds[:-1] >= compiled.entities.counted_from)
    assert rows["period"].is_in(counted).all()


def events_add_up(network: Network) -> None:
    """Whatever the accounts say opens down to events: money, emissions, counts, by place."""
    settings_table = network["settings"].with_columns(warm_up_days=pl.lit(0.0))
    network = Network({**network.tables, "settings": settings_table})
    tables = run_universe(network, replications=1, log=True).tables
    events, series = tables["events"], tables["series"].group_by("place_id").agg(pl.col(pl.Float64, pl.Int64).sum())
    for kind, account in {**MONEY, "co2": "co2_kg"}.items():
        of = events.group_by("place_id").agg(
            pl.col("co2_kg").sum() if kind == "co2" else pl.col("cost").filter(pl.col("kind") == kind).sum()
        )
        booked = dict(series.select("place_id", account).iter_rows())
        assert dict.fromkeys(booked, 0.0) | dict(of.iter_rows()) == pytest.approx(booked, abs=1e-6), account
    for kind, account in {"demand": "demands", "order": "orders", "emergency_order": "emergency_orders"}.items():
        assert events.filter(pl.col("kind") == kind).height == series[account].sum()
    pieces = events.group_by("kind").agg(pl.col("quantity").sum())
    found = dict(pieces.iter_rows())
    assert found.get("demand", 0) == series["pieces_demanded"].sum()
    assert found.get("lost", 0) == series["pieces_lost"].sum()
    assert found.get("delivery", 0) + found.get("transfer", 0) == series["pieces_received"].sum()


@covering
def test_pieces_and_time_are_conserved(network: Network) -> None:
    pieces_and_time_are_conserved(network)


@covering
def test_waits_are_charged_in_full(network: Network) -> None:
    waits_are_charged(network)


@covering
def test_events_add_up_to_the_accounts(network: Network) -> None:
    events_add_up(network)


@given(networks)
@QUICK
def test_any_network_is_conserved_and_charged(network: Network) -> None:
    pieces_and_time_are_conserved(network)
    waits_are_charged(network)
    events_add_up(network)


@pytest.mark.parametrize("seed", [1, 4, 5])
def test_a_budget_is_kept(seed: int) -> None:
    """Paid so far is never more than what the periods begun have brought and one order."""
    network = network_with({"budget", "batches", "sizes"}, seed)
    amount = network["budgets"]["amount"][0]
    events = run_universe(network, replications=1, log=True).tables["events"].filter(pl.col("kind") == "purchase")
    paid = events.with_columns(sofar=pl.col("cost").cum_sum(), granted=amount * ((pl.col("day") // 30.0) + 1))
    assert paid.height >= 5
    assert (paid["sofar"] <= paid["granted"] + paid["cost"]).all()


# does not matter ---------------------------------------------------------------------------------------------------


def tables_of(network: Network, **how: object) -> dict[str, pl.DataFrame]:
    return run_universe(network, **{"replications": 2, "seed": 9, "log": True, **how}).tables  # type: ignore[arg-type]


def shuffled(network: Network) -> Network:
    """Rows and columns in another order."""
    return Network(
        {
            name: table.sample(fraction=1.0, shuffle=True, seed=11).select(reversed(table.columns))
            for name, table in network.tables.items()
        }
    )


@covering
def test_the_order_of_rows_changes_nothing(network: Network) -> None:
    one, other = tables_of(network), tables_of(shuffled(network))
    for name, table in one.items():
        assert_frame_equal(table, other[name], check_exact=name != "measures", rel_tol=1e-12)


def with_strangers(network: Network) -> Network:
    """Parts before and behind all others, made by a supplier of their own."""

    def rows(table: str, *new: dict[str, object]) -> pl.DataFrame:
        own = network[table]
        return pl.concat([own, pl.DataFrame(list(new), schema_overrides=own.schema)], how="diagonal")

    names = ("aa", "zz")
    changed = {
        "parts": rows("parts", *({"part_id": name, "unit_cost": 5.0, "weight_kg": 1.0} for name in names)),
        "suppliers": rows("suppliers", {"supplier_id": "0"}),
        "sourcing": rows("sourcing", *(
            {"part_id": name, "place_id": "C", "source_id": "0", "rank": 1, "lead_time": "30", "share": 1.0,
             "min_order_quantity": 1, "pack_size": 1, "emergency_cost": 0.0} for name in names)),
        "stock": rows("stock", *(
            {"part_id": name, "place_id": "C", "policy": "base_stock", "order_up_to": 2, "sourcing_rule": "first",
             "reorder_point": 0, "order_quantity": 1} for name in names)),
        "demands": rows("demands", *(
            {"part_id": name, "place_id": "C", "customer_id": None, "per_year": 20.0, "growth_per_year": 0.0}
            for name in names)),
    }  # fmt: skip
    return Network({**network.tables, **changed})


@covering
def test_strangers_change_nothing(network: Network) -> None:
    alone, beside = tables_of(network), tables_of(with_strangers(network))
    for name in ("events", "causes", "points"):
        kept = beside[name].filter(pl.col("part_id").is_in(["p", "q"]))
        assert beside[name].height > kept.height or name == "causes"
        assert_frame_equal(alone[name], kept, check_exact=True)


@covering
def test_threads_and_batches_change_nothing(network: Network) -> None:
    one, two = tables_of(network, threads=1, replications=5), tables_of(network, threads=2, replications=5)
    for name, table in one.items():
        assert_frame_equal(table, two[name], check_exact=True)
    compiled = compile_universe(network)
    whole = simulate(compiled, 0, 4)
    parts = [simulate(compiled, *part) for part in ((0, 1), (1, 4))]
    for name in ("stock_totals", "customer_totals", "series", "money", "events"):
        joined = np.concatenate([getattr(part[0], name) for part in parts])
        np.testing.assert_array_equal(getattr(whole[0], name), joined)
    for kind in (1, 2):
        np.testing.assert_array_equal(whole[kind], np.concatenate([part[kind] for part in parts]))


@contextmanager
def engine_with(
    monkeypatch: pytest.MonkeyPatch, *, at_once: int, room: Room | None = None, buckets: int = 0
) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(engine_run, "EVENTS_AT_ONCE", at_once)
        patch.setattr(layout, "buckets", lambda _: buckets)
        if room is not None:
            patch.setattr(Room, "first_guess", classmethod(lambda cls, given, log, causes=False: replace(
                room, log=room.log if log else 0, charges=room.charges if causes else 0)))  # fmt: skip
        yield


@covering
def test_pauses_and_small_rooms_change_nothing(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms that fill at once are made larger, and the run begins anew; a full log is handed out."""
    compiled = compile_universe(network)
    expected = simulate(compiled, 0, 2)
    tiny = Room(heap=1, far=1, tickets=1, lots=1, pieces=1, log=64, charges=64, stoppages=0)
    for at_once, room, buckets in ((3, None, 0), (7, tiny, 0), (1_000_000, tiny, 5), (13, None, 40)):
        with engine_with(monkeypatch, at_once=at_once, room=room, buckets=buckets):
            same(expected, simulate(compiled, 0, 2))


@covering
def test_keeping_causes_and_events_changes_nothing_else(network: Network) -> None:
    full = tables_of(network)
    for how in ({"causes": False}, {"log": False}, {"causes": False, "log": False}):
        bare = tables_of(network, **how)
        for name in set(bare) - {"causes"}:
            assert_frame_equal(full[name], bare[name], check_exact=True)


def digest() -> str:
    """Of the event records and charges of all covering networks."""
    found = hashlib.sha256()
    for number, some in enumerate(COVERING):
        outcome, log, charges = simulate(compile_universe(network_with(some, number)), 0, 1)
        assert len(log) > 100
        for part in (outcome.stock_totals, outcome.customer_totals, outcome.money, log, charges):
            found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def test_compiled_and_interpreted_runs_are_equal_to_the_bit() -> None:
    folder = Path(__file__).parents[1]
    command = "from properties.test_universe_properties import digest; print(digest())"
    environment = os.environ | {
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }
    done = subprocess.run([sys.executable, "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.strip() == digest()


def test_the_tables_are_as_declared() -> None:
    series = tables_of(network_with(COVERING[0], 0))["series"]
    assert series.schema == SERIES.schema
