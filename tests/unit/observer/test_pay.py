"""Pay goes by relative change: units and weights of another size change nothing that agents do."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.observer.agents import Agent
from spareverse.observer.pay import means, pay

MEASURES = {
    "total_cost": np.array([[100.0, 110.0], [90.0, 99.0]]),
    "stock_value": np.array([[1000.0, 1000.0], [1200.0, 1250.0]]),
    "fill_rate": np.array([[0.9, 0.8], [0.95, np.nan]]),
}
TODAY = means({name: values[0] for name, values in MEASURES.items()})


def test_pay_is_the_weighted_change_in_per_cent() -> None:
    planner = Agent("planner", {"stock_value": -1.0}, 0.0)
    assert pay(planner, MEASURES, TODAY)[1] == pytest.approx([-20.0, -25.0])


def test_a_share_of_the_enterprise_is_blended_in() -> None:
    planner = Agent("planner", {"stock_value": -1.0}, 0.5)
    assert pay(planner, MEASURES, TODAY)[1, 0] == pytest.approx(0.5 * -20.0 + 0.5 * 100.0 * 15.0 / 105.0)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_weights_of_another_size_and_other_units_change_nothing(share: float) -> None:
    small = Agent("someone", {"stock_value": -1.0, "fill_rate": 2.0}, share)
    large = Agent("someone", {"stock_value": -500.0, "fill_rate": 1000.0}, share)
    cents = {**MEASURES, "stock_value": 100.0 * MEASURES["stock_value"]}
    in_cents = means({name: values[0] for name, values in cents.items()})
    assert pay(large, MEASURES, TODAY) == pytest.approx(pay(small, MEASURES, TODAY))
    assert pay(small, cents, in_cents) == pytest.approx(pay(small, MEASURES, TODAY))


def test_what_was_not_measured_does_not_pay() -> None:
    service = Agent("service", {"fill_rate": 1.0}, 0.0)
    assert pay(service, MEASURES, TODAY)[1, 1] == 0.0
    nothing = {**MEASURES, "fill_rate": np.full((2, 2), np.nan)}
    assert (pay(service, nothing, means({name: values[0] for name, values in nothing.items()})) == 0.0).all()
