"""What a scenario is: something to decide on, something that befalls, or other pay."""

from __future__ import annotations

from spareverse.network.scenario import Override, Scenario

OUTAGE = {"disturbance_id": "o", "kind": "outage", "target_id": "S", "start_day": 1.0, "days": 9.0}
PAY, RULE = Override("agents", "enterprise_share", value=1.0), Override("stock", "reorder_point", factor=1.5)


def test_the_nature_of_a_scenario() -> None:
    assert Scenario("pay", overrides=(PAY,)).nature == "pay"
    assert Scenario("event", disturbances=(OUTAGE,)).nature == "event"
    for chosen in (
        Scenario("nothing"), Scenario("rule", overrides=(RULE,)), Scenario("both", overrides=(PAY, RULE)),
        Scenario("despite", overrides=(RULE,), disturbances=(OUTAGE,)), Scenario("off", switched_off=("budget",)),
        Scenario("without", overrides=(PAY,), switched_off=("budget",)),
    ):  # fmt: skip
        assert chosen.nature == "choice"
    assert Scenario("two", overrides=(PAY,), disturbances=(OUTAGE,)).nature != "pay"
