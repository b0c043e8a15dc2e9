"""Networks whose answer is known exactly: queues, base stocks, batches, two echelons.

Fixed seeds. Bound: four standard errors of the mean over the replications, widened for few runs (Student's t), as in
test_agreement.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from agreement.comparison import FAR
from drawn_networks import network_of
from spareverse.network.network import Network
from spareverse.optimisation.single_item.demand_laws import compound_poisson, from_chances, poisson
from spareverse.optimisation.single_item.order_up_to import order_up_to_cost
from spareverse.optimisation.single_item.reorder_point import evaluate_reorder_point
from spareverse.optimisation.spares import palm
from spareverse.optimisation.spares.erlang import blocking
from spareverse.optimisation.spares.two_echelons import Base, TwoEchelons, total_cost
from spareverse.simulation.universe_run import UniverseRun, run_universe

YEAR = 365.0
RUNS = 40


def one_place(
    *, per_year: float, lead: str, stock: Mapping[str, Any], years: float = 30.0, warm_up: float = YEAR,
    customer: Mapping[str, Any] | None = None, pieces: str | None = None, supplier: Mapping[str, Any] | None = None,
    gap: str | None = None,
) -> Network:  # fmt: skip
    """A place, a supplier, a part, a customer."""
    return network_of({
        "settings": [{"horizon_days": years * YEAR, "warm_up_days": warm_up, "period_days": YEAR}],
        "places": [{"place_id": "W", "holding_rate_per_year": 0.0}],
        "suppliers": [{"supplier_id": "F", **(supplier or {})}],
        "parts": [{"part_id": "p", "unit_cost": 1.0}],
        "sourcing": [{"place_id": "W", "source_id": "F", "lead_time": lead}],
        "stock": [{"part_id": "p", "place_id": "W", **stock}],
        "customers": [{"customer_id": "c", **(customer or {})}],
        "demands": [{"part_id": "p", "place_id": "W", "customer_id": "c", "per_year": per_year, "pieces": pieces,
                     "gap": gap}],
    })  # fmt: skip


def per_run(run: UniverseRun, place: str = "W") -> dict[str, np.ndarray]:
    """Per replication: shares, and means over time."""
    sums = run.tables["series"].filter(pl.col("place_id") == place).group_by("replication").agg(
        pl.col(pl.Int64, pl.Float64).exclude("replication", "period").sum()
    )  # fmt: skip
    days = sums["days"].to_numpy()
    found = {
        "fill": sums["filled"] / sums["demands"], "piece_fill": sums["pieces_filled"] / sums["pieces_demanded"],
        "lost": sums["pieces_lost"] / sums["pieces_demanded"], "backorders": sums["waiting_piece_days"] / days,
        "on_hand": sums["on_hand_piece_days"] / days, "orders": sums["orders"] / days * YEAR,
    }  # fmt: skip
    return {name: np.asarray(values) for name, values in found.items()}


def agrees(values: np.ndarray, exact: float) -> None:
    error = values.std(ddof=1) / len(values) ** 0.5
    far = float(student.isf(norm.sf(FAR), len(values) - 1))
    assert abs(values.mean() - exact) < far * error, (values.mean(), exact, error)
    assert error < 0.08 * abs(exact), "too wide a bound proves nothing"


# one place ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lead", ["gamma(shape=2, mean=9.23815)", "9.23815", "exponential(9.23815)"])
def test_the_depot_of_sherbrooke(lead: str) -> None:
    """Sherbrooke 2004, chapter 3: 92.8 demands a year, 0.02531 years, three pieces; whatever the law (Palm 1938)."""
    assert pytest.approx(0.02531 * YEAR) == 9.23815
    network = one_place(per_year=92.8, lead=lead, stock={"policy": "base_stock", "order_up_to": 3})
    found = per_run(run_universe(network, replications=RUNS, seed=5))
    agrees(found["backorders"], 0.34716689)
    agrees(found["fill"], 0.58314925)
    agrees(found["on_hand"], float(palm.mean_on_hand(3, 92.8 * 0.02531)))


@pytest.mark.parametrize(("stock", "lead"), [(1, "exponential(40)"), (4, "30"), (6, "gamma(shape=3, mean=50)")])
def test_lost_sales_are_erlangs(stock: int, lead: str) -> None:
    """Without patience and one for one: Erlang's loss, whatever the law of the lead time (Sevastyanov 1957)."""
    network = one_place(
        per_year=36.5, lead=lead, stock={"policy": "base_stock", "order_up_to": stock}, customer={"patience_days": 0.0}
    )
    mean = {1: 40.0, 4: 30.0, 6: 50.0}[stock]
    agrees(per_run(run_universe(network, replications=RUNS, seed=6))["lost"], blocking(stock, 0.1 * mean))


SIZES = from_chances({1: 0.5, 2: 0.3, 5: 0.2})


@pytest.mark.parametrize(("point", "batch"), [(2, 4), (6, 1), (-1, 3)])
@pytest.mark.parametrize("compound", [False, True])
def test_batches_are_as_exact(point: int, batch: int, compound: bool) -> None:
    """(r, Q) under Poisson and compound Poisson demand, constant lead time (Hadley & Whitin 1963)."""
    stock = {"policy": "reorder_point", "reorder_point": point, "order_quantity": batch}
    lines = 50.0
    if compound:
        pieces = "empirical(1, 1, 1, 1, 1, 2, 2, 2, 5, 5)"
        law = compound_poisson(lines * 21.0 / YEAR, SIZES)
        known = evaluate_reorder_point(point, batch, law, lines / YEAR * SIZES.mean, line_sizes=SIZES)
    else:
        pieces = None
        known = evaluate_reorder_point(point, batch, poisson(lines * 21.0 / YEAR), lines / YEAR)
    found = per_run(run_universe(one_place(per_year=lines, lead="21", stock=stock, pieces=pieces), replications=RUNS))
    agrees(found["backorders"], known.expected_backorders)
    agrees(found["orders"], known.orders * YEAR)
    if point > 0:
        agrees(found["on_hand"], known.mean_on_hand)
        agrees(found["fill"], known.line_fill_rate)
        agrees(found["piece_fill"], known.fill_rate)


@pytest.mark.parametrize(("low", "top", "lead_weeks"), [(2, 6, 1), (0, 4, 0), (5, 9, 2)])
def test_order_up_to_levels_cost_as_computed(low: int, top: int, lead_weeks: int) -> None:
    """(s, S) reviewed every week: orders, stock and shortage at the ends of weeks (Zheng & Federgruen 1991).

    Stock is charged at the end of each week, so accounts are of the last minute of each.
    """
    week = 7.0
    weekly = poisson(2.0)
    minute = 1.0 / 1440.0
    # goods ordered at the end of a week come in just before the end of a later one
    network = one_place(
        per_year=2.0 * YEAR / week, lead=f"{lead_weeks * week}",
        stock={"policy": "periodic", "reorder_point": low, "order_up_to": top, "review_interval_days": week},
        years=100.0, warm_up=52 * week,
    )  # fmt: skip
    run = run_universe(network, replications=8, log=True)
    found = per_run(run)["orders"] * week / YEAR
    fixed = order_up_to_cost(low, top, weekly, 1e6, 1e-9, 1e-9, lead_weeks) / 1e6
    agrees(found, fixed)
    ends = end_of_week_costs(run, network, week, minute)
    cost = order_up_to_cost(low, top, weekly, 1e-9, 1.0, 9.0, lead_weeks)
    assert ends.mean() == pytest.approx(cost, rel=0.05)


def end_of_week_costs(run: UniverseRun, network: Network, week: float, minute: float) -> np.ndarray:
    """1 per piece on hand and 9 per piece owed at the ends of counted weeks, replayed from the record."""
    events = run.tables["events"]
    change = (
        pl.when(pl.col("kind") == "delivery").then(pl.col("quantity"))
        .when(pl.col("kind") == "demand").then(-pl.col("quantity")).otherwise(0)
    )  # fmt: skip
    net = events.select("day", change=change)
    last = float(network.setting("horizon_days")) + 52 * week
    ends = np.arange(52 * week, last, week) - minute
    level = float(network["stock"]["order_up_to"][0]) + np.concatenate([[0.0], np.cumsum(net["change"].to_numpy())])
    at = level[np.searchsorted(net["day"].to_numpy(), ends, side="right")]
    return np.maximum(at, 0.0) + 9.0 * np.maximum(-at, 0.0)


def erlang_c(servers: int, load: float) -> float:
    lost = blocking(servers, load)
    return lost / (1.0 - load / servers * (1.0 - lost))


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (2, 1.5), (4, 3.0)])
def test_a_supplier_with_lines_is_a_queue(servers: int, load: float) -> None:
    """M/M/c: everything waits at the supplier, as nothing is kept; wait and its chance by Erlang's C."""
    work = 5.0
    network = one_place(
        per_year=load / work * YEAR, lead="0", stock={"policy": "base_stock", "order_up_to": 0}, years=60.0,
        supplier={"lines": servers, "work_time": f"exponential({work})"}, warm_up=3 * YEAR,
    )  # fmt: skip
    run = run_universe(network, replications=30, log=True)
    found = per_run(run)
    waiting = erlang_c(servers, load)
    mean = waiting * work / (servers - load)
    agrees(found["backorders"], load / work * (mean + work))
    if servers == 1:  # with more lines orders overtake one another, and a piece ends another one's wait
        queued = run.tables["causes"].group_by("cause").agg(pl.col("timeline_seconds").sum() / 86_400 / 30)
        charged = dict(queued.iter_rows())["capacity queue"]
        assert charged == pytest.approx(load / work * mean * 60 * YEAR, rel=0.08)
    events = run.tables["events"].filter(pl.col("day") > 3 * YEAR, pl.col("kind") == "issue")
    share_waiting(events, servers, waiting)


def share_waiting(events: pl.DataFrame, servers: int, exact: float) -> None:
    """Whoever finds all lines busy waits: counted from the record of one run, by batches of orders."""
    asked = (events["day"] - events["days"]).to_numpy()
    done = events["day"].to_numpy()
    order = np.argsort(asked)
    asked, done = asked[order], done[order]
    ended = np.sort(done)
    inside = np.arange(len(asked)) - np.searchsorted(ended, asked, side="right")
    busy = (inside >= servers).astype(float)
    batches = busy[: len(busy) // 20 * 20].reshape(20, -1).mean(axis=1)
    error = batches.std(ddof=1) / 20**0.5
    assert abs(busy.mean() - exact) < 4.5 * error


# two echelons ------------------------------------------------------------------------------------------------------


def two_echelons(
    bases: int,
    per_day: float,
    ship: float,
    depot: float,
    depot_stock: int,
    stock: int,
    *,
    batch: int = 1,
    days: float,
) -> Network:
    """A depot and bases alike, all times constant."""
    names = [f"B{number:02d}" for number in range(bases)]
    keeps = (
        {"policy": "base_stock", "order_up_to": depot_stock}
        if batch == 1
        else {"policy": "reorder_point", "reorder_point": depot_stock - batch, "order_quantity": batch}
    )
    return network_of({
        "settings": [{"horizon_days": days, "warm_up_days": 200.0, "period_days": days}],
        "places": [{"place_id": "D"}, *({"place_id": name} for name in names)],
        "suppliers": [{"supplier_id": "F"}],
        "links": [{"link_id": f"D{name}", "from_id": "D", "to_id": name, "transit_time": f"{ship}"} for name in names],
        "parts": [{"part_id": "p", "unit_cost": 1.0}],
        "sourcing": [{"place_id": "D", "source_id": "F", "lead_time": f"{depot}"},
                     *({"place_id": name, "source_id": "D"} for name in names)],
        "stock": [{"part_id": "p", "place_id": "D", **keeps},
                  *({"part_id": "p", "place_id": name, "order_up_to": stock} for name in names)],
        "demands": [{"part_id": "p", "place_id": name, "per_year": per_day * YEAR} for name in names],
    })  # fmt: skip


def cost_per_run(run: UniverseRun, shortage: float) -> np.ndarray:
    """Holding 1 per piece and unit of time, shortage as given; per replication."""
    sums = run.tables["series"].group_by("replication").agg(
        held=pl.col("on_hand_piece_days").sum(), owed=pl.col("waiting_piece_days").sum(), days=pl.col("days").max()
    )  # fmt: skip
    return ((sums["held"] + shortage * sums["owed"]) / sums["days"]).to_numpy()


@pytest.mark.parametrize(
    ("bases", "rate", "shortage", "batch", "depot_stock", "stock", "printed"),
    [
        (4, 0.1, 20.0, 1, 0, 1, 4.77), (4, 0.1, 20.0, 1, 0, 2, 7.30), (4, 0.1, 5.0, 1, 1, 0, 3.02),
        (4, 0.1, 5.0, 4, 3, 1, 4.91), (4, 1.0, 20.0, 1, 5, 3, 12.02), (4, 1.0, 5.0, 4, 6, 2, 8.44),
        (4, 1.0, 5.0, 4, 5, 3, 9.07), (32, 1.0, 20.0, 1, 32, 3, 84.42),
    ],
)  # fmt: skip
def test_the_published_costs_of_axsater(
    bases: int, rate: float, shortage: float, batch: int, depot_stock: int, stock: int, printed: float
) -> None:
    """Axsäter 1993, tables I to III: the exact cost, and the simulated one within its interval of it."""
    known = TwoEchelons(1.0, (Base(rate, 1.0),) * bases, batch)
    exact = total_cost(known, depot_stock, [stock] * bases, 1.0, 1.0, shortage)
    assert exact == pytest.approx(printed, abs=0.0055)
    network = two_echelons(bases, rate, 1.0, 1.0, depot_stock, stock, batch=batch, days=2_000.0)
    agrees(cost_per_run(run_universe(network, replications=RUNS, seed=2, causes=False), shortage), exact)


def test_exact_beats_metric_where_they_differ() -> None:
    """The library model of LINDO: METRIC gives 0.440461 backorders in all, which the simulation refutes."""
    known = TwoEchelons(14.0, (Base(0.1, 2.0),) * 2)
    base = known.bases[0]
    metric, vari, exact = (
        2.0 * float(model(base, 2, 1).backorders[1]) for model in (known.metric, known.vari_metric, known.exact)
    )
    assert metric == pytest.approx(0.440461, abs=1e-6)
    assert abs(vari - exact) < 0.2 * abs(metric - exact)
    network = two_echelons(2, 0.1, 2.0, 14.0, 2, 1, days=20_000.0)
    run = run_universe(network, replications=100, seed=8, causes=False)
    values = cost_per_run(run, 1.0) - cost_per_run(run, 0.0)
    agrees(values, exact)
    assert abs(values.mean() - metric) > FAR * values.std(ddof=1) / len(values) ** 0.5
