"""The chain of a fleet: special cases with closed forms, bookkeeping, and what the rules mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spareverse.network.distributions import Constant, Exponential, Gamma
from spareverse.network.study import Policy
from spareverse.optimisation.spares.finite_population import MachineRepair, repairmen_for_ever
from spareverse.optimisation.spares.fleet import Fleet, FleetChain, erlang_stages
from spareverse.optimisation.spares.single_asset import one_for_one, without_stock

ONE = Fleet(1, 486.67, 800.0, 8.0)
PHYSICAL = Policy("reorder_point", initial_stock=3, reorder_point=2, order_quantity=3, basis="on_hand")


def one_by_one(level: int) -> Policy:
    return Policy("base_stock", initial_stock=level, order_up_to=level)


@pytest.mark.parametrize("stages", [1, 3])
@pytest.mark.parametrize("spares", [0, 1, 3])
def test_one_asset_ordered_one_for_one_is_erlangs_loss_for_any_lead_time(spares: int, stages: int) -> None:
    fleet = Fleet(1, 500.0, 800.0, lead_stages=stages)
    found = FleetChain(one_by_one(spares), fleet).long_run()
    assert found.availability == pytest.approx(one_for_one(spares, 500.0, 800.0), rel=1e-12)


def test_several_assets_are_a_finite_population() -> None:
    found = FleetChain(one_by_one(2), Fleet(4, 500.0, 300.0)).long_run()
    model = repairmen_for_ever(4, 2, 500.0, 300.0)
    assert found.availability == pytest.approx(model.availability, rel=1e-12)
    assert found.all_working == pytest.approx(model.all_operating, rel=1e-12)


def test_replacement_alone_is_repair_on_the_spot() -> None:
    """With stock that never runs out the assets repair themselves, each with its own repairer."""
    found = FleetChain(one_by_one(30), Fleet(3, 100.0, 50.0, 20.0)).long_run()
    assert found.availability == pytest.approx(MachineRepair(3, 0, 3, 100.0, 20.0).availability, rel=1e-9)
    assert found.fill_rate == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("rule", ["none", "first_arrival", "own_piece"])
@pytest.mark.parametrize("stages", [1, 3])
def test_without_stock_every_rule_is_the_renewal_formula(rule: str, stages: int) -> None:
    fleet = replace(ONE, emergency=rule, lead_stages=stages)
    found = FleetChain(Policy("on_demand"), fleet).long_run()
    assert found.availability == pytest.approx(without_stock(486.67, 800.0, 8.0), rel=1e-12)
    assert found.mean_on_hand == 0.0
    assert found.fill_rate == 0.0


@pytest.mark.parametrize("rule", ["none", "first_arrival"])
@pytest.mark.parametrize("policy", [PHYSICAL, replace(PHYSICAL, basis="position"), one_by_one(2)])
def test_in_the_long_run_as_many_pieces_are_ordered_as_fail(policy: Policy, rule: str) -> None:
    found = FleetChain(policy, replace(ONE, assets=2, emergency=rule), most_emergencies=20).long_run()
    assert found.truncated < 1e-7
    assert found.pieces_per_h == pytest.approx(found.failures_per_h, rel=1e-6)
    down = found.failures_per_h * 8.0 + found.expected_backorders
    assert 2.0 * (1.0 - found.availability) == pytest.approx(down, rel=1e-9)


def test_an_emergency_order_replaces_the_ordinary_one_when_ordering_one_for_one() -> None:
    plain = FleetChain(one_by_one(2), ONE).long_run()
    urgent = FleetChain(one_by_one(2), replace(ONE, emergency="first_arrival")).long_run()
    assert urgent.availability == pytest.approx(plain.availability, rel=1e-12)
    assert urgent.emergency_orders_per_h == pytest.approx(urgent.failures_per_h * (1.0 - urgent.fill_rate), rel=1e-9)
    hurried = FleetChain(one_by_one(2), replace(ONE, emergency="first_arrival", mean_emergency_lead_time_h=50.0))
    assert hurried.long_run().availability > plain.availability + 0.1


def test_the_paper_by_its_own_rule() -> None:
    """El-Thalji 2025 with lead times of 28 stages, whose variance is that of triangular(20, 30, 50) days.

    300 simulated runs of the study's words gave .887, 21.6 stock-outs, 318 demands, 2.49 pieces on hand.
    """
    fleet = replace(ONE, emergency="own_piece", lead_stages=28)
    found = FleetChain(PHYSICAL, fleet).over(175_200.0)
    assert found.availability == pytest.approx(0.887, abs=0.002)
    assert found.failures_per_h * (1 - found.fill_rate) * 175_200 == pytest.approx(21.6, abs=0.8)
    assert found.failures_per_h * 175_200 == pytest.approx(318, abs=2)
    assert found.mean_on_hand == pytest.approx(2.49, abs=0.02)
    assert (found.orders_per_h + found.emergency_orders_per_h) * 175_200 == pytest.approx(121, abs=1)


def test_a_short_horizon_remembers_the_first_stock() -> None:
    chain = FleetChain(PHYSICAL, ONE)
    long_run = chain.long_run()
    assert chain.over(1_000.0).availability > long_run.availability + 0.01
    assert chain.over(1e6).availability == pytest.approx(long_run.availability, abs=3e-4)


def test_stages_follow_the_variance() -> None:
    assert erlang_stages(Exponential(5.0)) == 1
    assert erlang_stages(Gamma(7.0, 3.0)) == 7
    assert erlang_stages(Constant(5.0), most=30) == 30


def test_what_is_no_chain_is_refused() -> None:
    with pytest.raises(ValueError, match="has no chain"):
        FleetChain(Policy("periodic", order_up_to=3, review_interval_h=100.0), ONE)
    with pytest.raises(ValueError, match="lead times above zero"):
        FleetChain(PHYSICAL, replace(ONE, mean_lead_time_h=0.0))
    with pytest.raises(ValueError, match="a fleet needs"):
        replace(ONE, assets=0)
