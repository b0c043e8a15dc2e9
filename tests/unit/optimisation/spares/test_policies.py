"""One entry for every policy: it takes the strongest formula."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spareverse.network.study import Policy
from spareverse.optimisation.spares import Fleet, FleetChain, evaluate
from spareverse.optimisation.spares.reorder_policies import reorder_point
from spareverse.optimisation.spares.single_asset import one_for_one

AT_ONCE = Fleet(1, 486.67, 800.0)
ONE = replace(AT_ONCE, mean_replacement_h=8.0)
MANY = Fleet(400, 40_000.0, 300.0, 5.0)


def test_every_kind_of_policy_is_evaluated_and_adds_up() -> None:
    policies = [
        Policy("on_demand"),
        Policy("base_stock", initial_stock=4, order_up_to=4),
        Policy("reorder_point", initial_stock=4, reorder_point=2, order_quantity=2),
        Policy("reorder_point", initial_stock=4, reorder_point=2, order_quantity=2, basis="on_hand"),
        Policy("order_up_to", initial_stock=4, reorder_point=1, order_up_to=4),
        Policy("periodic", initial_stock=6, reorder_point=5, order_up_to=6, review_interval_h=400.0),
        Policy("adaptive", initial_stock=4, order_quantity=2, service_level=0.9),
    ]
    for policy in policies:
        for fleet in (AT_ONCE, ONE, replace(ONE, emergency="first_arrival"), MANY):
            found = evaluate(policy, fleet)
            failures = fleet.demand_per_h * found.availability
            down = failures * fleet.mean_work_h + found.expected_backorders
            assert fleet.assets * (1.0 - found.availability) == pytest.approx(down, rel=1e-6), found.source
            assert 0.0 <= found.fill_rate <= 1.0
            assert found.availability <= fleet.ceiling + 1e-12
            assert found.orders_per_h <= failures * (1.0 + 1e-6)


def test_one_for_one_replaced_at_once_is_exact() -> None:
    found = evaluate(Policy("base_stock", order_up_to=3), AT_ONCE)
    assert found.exact
    assert found.availability == pytest.approx(one_for_one(3, 486.67, 800.0), rel=1e-12)
    chain = FleetChain(Policy("base_stock", order_up_to=3), AT_ONCE).long_run()
    assert (found.fill_rate, found.expected_backorders, found.mean_on_hand, found.orders_per_h) == pytest.approx(
        (chain.fill_rate, chain.expected_backorders, chain.mean_on_hand, chain.orders_per_h), rel=1e-10
    )


def test_no_stock_follows_the_expedited_lead_time_only_where_one_is_ordered() -> None:
    hurried = replace(ONE, mean_emergency_lead_time_h=100.0)
    assert evaluate(Policy("on_demand"), hurried).availability == pytest.approx(486.67 / (486.67 + 808.0))
    urgent = replace(hurried, emergency="first_arrival")
    assert evaluate(Policy("on_demand"), urgent).availability == pytest.approx(486.67 / (486.67 + 108.0))


def test_large_fleets_are_hadley_and_whitins_stock_with_the_demand_of_working_assets() -> None:
    policy = Policy("reorder_point", reorder_point=5, order_quantity=4)
    found = evaluate(policy, MANY)
    assert "Hadley" in found.source
    stock = reorder_point(5, 4, MANY.demand_per_h * found.availability, 300.0)
    assert found.expected_backorders == pytest.approx(stock.expected_backorders, rel=1e-9)


def test_an_adaptive_policy_is_judged_where_it_settles() -> None:
    adaptive = evaluate(Policy("adaptive", order_quantity=2, service_level=0.9), ONE)
    # P(X <= 3) = .91 of a Poisson pipeline of 800 / 486.67
    assert adaptive == evaluate(Policy("reorder_point", reorder_point=3, order_quantity=2), ONE)
