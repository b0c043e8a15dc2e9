"""Trails of an adaptive buyer: what strengthens and weakens them, and how price weighs beside them."""

from __future__ import annotations

from typing import Any

import polars as pl

from drawn_networks import Rows, add, network_of
from spareverse.simulation.universe_run import run_universe


def buyer(days: list[float], *, price: tuple[float, float], lead: tuple[str, str] = ("5", "5"), **ants: Any) -> Rows:
    """A place that orders each piece when it is asked for, from A or B, both promised within 5 days."""
    return {
        "settings": [{"horizon_days": 400.0, "period_days": 400.0, **{f"ants_{k}": v for k, v in ants.items()}}],
        "places": [{"place_id": "W"}],
        "suppliers": [{"supplier_id": "A"}, {"supplier_id": "B"}],
        "parts": [{"part_id": "p", "unit_cost": 100.0}],
        "sourcing": [
            {"place_id": "W", "source_id": "AB"[i], "rank": i + 1, "lead_time": lead[i], "unit_price": price[i],
             "planned_lead_time_days": 5.0}
            for i in range(2)
        ],
        "stock": [{"part_id": "p", "place_id": "W", "policy": "base_stock", "order_up_to": 0,
                   "sourcing_rule": "adaptive"}],
        "demand_traces": [{"part_id": "p", "place_id": "W", "day": day, "pieces": 1} for day in days],
    }  # fmt: skip


def chosen(rows: Rows, replications: int = 1) -> list[str]:
    found: list[str] = []

    def keep(_: int, record: pl.DataFrame) -> None:
        found.extend(record.filter(pl.col("kind") == "order")["source_id"].to_list())

    run_universe(network_of(rows), replications=replications, log=True, each_record=keep)
    return found


def test_an_overdue_promise_weakens_the_trail_before_the_goods_are_there() -> None:
    """A is so much cheaper that it is taken while trails are equal. It stops on day 2: the order of day 1 is due on day
    6, so that on day 5 it is A, on day 7 B. Long after, both trails have evaporated to the floor: A again."""
    rows = buyer([1, 5, 7, 20, 390], price=(1.0, 1_000.0), alpha=50.0, beta=6.0, evaporation_per_day=0.05, penalty=0.6)
    add(rows, "disturbances", {"disturbance_id": "o", "kind": "outage", "target_id": "A", "start_day": 2.0,
                               "days": 300.0})  # fmt: skip
    assert chosen(rows) == ["A", "A", "B", "B", "A"]


def test_goods_on_time_strengthen_the_trail() -> None:
    """Equal prices: whoever delivered first on time is stronger by one, and taken from then on. Without evaporation
    and with a weight of nought, trails do not matter."""
    days = [float(day) for day in range(1, 301, 6)]
    loyal = chosen(buyer(days, price=(100.0, 100.0), alpha=60.0, beta=1.0, evaporation_per_day=0.0))
    assert len(set(loyal[1:])) == 1
    fickle = chosen(buyer(days, price=(100.0, 100.0), alpha=0.0, beta=1.0, evaporation_per_day=0.0))
    assert set(fickle) == {"A", "B"}


def test_who_is_always_late_is_left_with_the_floor() -> None:
    """B needs 9 days for a promise of 5; its trail falls to the floor, so that it gets little more than 5 %."""
    days = [float(day) for day in range(1, 301, 3)]
    found = chosen(buyer(days, price=(100.0, 100.0), lead=("5", "9"), alpha=1.0, beta=0.0), replications=20)
    assert 0.0 < found.count("B") / len(found) < 0.06


def test_price_weighs_by_its_power() -> None:
    """Without trails: shares as (1 / price) ** 6, within four standard errors."""
    days = [float(day) for day in range(1, 301, 3)]
    found = chosen(buyer(days, price=(100.0, 110.0), alpha=0.0, beta=6.0), replications=40)
    share = 1.0 / (1.0 + (100.0 / 110.0) ** 6)
    error = (share * (1.0 - share) / len(found)) ** 0.5
    assert abs(found.count("A") / len(found) - share) < 4.0 * error
