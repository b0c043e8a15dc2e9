"""Accounts open to their events, up to the last moment of the run."""

from __future__ import annotations

import polars as pl
import pytest

from spareverse.network.network import Network
from spareverse.simulation.universe.accounts import TOTAL, account_events, accounts
from spareverse.simulation.universe_run import BASE, run_universe


@pytest.mark.parametrize("warm_up", [0.0, 30.0])
def test_purchases_of_the_last_moment_are_events_of_the_account(warm_up: float) -> None:
    """A budget is renewed exactly when the run ends: what it pays then counts, in the account and among its events."""
    network = Network.of(
        {
            "settings": pl.DataFrame([{"horizon_days": 90.0, "warm_up_days": warm_up, "period_days": 30.0}]),
            "places": pl.DataFrame([{"place_id": "HUB"}]),
            "suppliers": pl.DataFrame([{"supplier_id": "MAKER"}]),
            "parts": pl.DataFrame([{"part_id": "P", "unit_cost": 10.0}]),
            "sourcing": pl.DataFrame([{"place_id": "HUB", "source_id": "MAKER", "lead_time": "2"}]),
            "stock": pl.DataFrame([{"part_id": "P", "place_id": "HUB", "order_up_to": 3, "budget_id": "B"}]),
            "demands": pl.DataFrame([{"part_id": "P", "place_id": "HUB", "per_year": 200.0}]),
            "budgets": pl.DataFrame([{"budget_id": "B", "amount": 30.0, "period_days": 30.0}]),
        }
    )
    run = run_universe(network, replications=1, seed=3, log=True)
    opened = account_events(run.tables["events"], run.network, BASE, "purchases_cost")
    assert opened["day"].max() == 90.0 + warm_up
    assert opened["amount"].sum() == run.tables["series"]["purchases_cost"].sum()


def test_waiting_prices_and_emissions_are_accounts_where_they_cost() -> None:
    """Waiting, prices off the list and a price of CO2 are parts of the total cost, with no events to open to."""
    run = run_universe(_store(waiting_cost_per_piece_day=5.0), replications=2, seed=3, log=True)
    found = accounts(run.tables["series"], run.tables["events"], run.network, BASE)
    rows = {row["account"]: row for row in found.to_dicts()}
    costs = [row for name, row in rows.items() if name.endswith("_cost") and name not in ("purchases_cost", TOTAL)]
    assert rows["waiting_cost"]["mean"] > 0
    assert rows["waiting_cost"]["of_events"] is None
    assert sum(row["mean"] for row in costs) == pytest.approx(rows[TOTAL]["mean"], rel=1e-9)
    free = run_universe(_store(), replications=2, seed=3, log=True)
    names = accounts(free.tables["series"], free.tables["events"], free.network, BASE)["account"].to_list()
    assert "waiting_cost" not in names


def _store(**of_stock: float) -> Network:
    return Network.of(
        {
            "settings": pl.DataFrame([{"horizon_days": 90.0, "warm_up_days": 0.0, "period_days": 30.0}]),
            "places": pl.DataFrame([{"place_id": "HUB", "holding_rate_per_year": 0.2}]),
            "suppliers": pl.DataFrame([{"supplier_id": "MAKER"}]),
            "parts": pl.DataFrame([{"part_id": "P", "unit_cost": 10.0}]),
            "sourcing": pl.DataFrame([{"place_id": "HUB", "source_id": "MAKER", "lead_time": "9"}]),
            "stock": pl.DataFrame([{"part_id": "P", "place_id": "HUB", "order_up_to": 3, **of_stock}]),
            "demands": pl.DataFrame([{"part_id": "P", "place_id": "HUB", "per_year": 200.0}]),
        }
    )
