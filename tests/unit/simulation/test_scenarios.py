"""Networks as scenarios change them: the right rows, whole numbers left whole, nothing that hits nothing."""

from __future__ import annotations

from typing import Any

import pytest

from spareverse.errors import InputRejected, Problem
from spareverse.network.distributions import parse
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.network.scenario import Override, Scenario
from spareverse.simulation.scenarios import apply_scenario, within_run
from tests.unit.network.small_network import added, changed, small_network


@pytest.fixture
def network() -> Network:
    return checked_network(small_network(), name="North Sea", notices=("Assumed.",))


def with_override(network: Network, *arguments: Any, **more: Any) -> Network:
    return apply_scenario(network, Scenario("s", overrides=(Override(*arguments, **more),)))


def problems_of(network: Network, scenario: Scenario) -> list[Problem]:
    with pytest.raises(InputRejected) as caught:
        apply_scenario(network, scenario)
    return caught.value.problems


def refused(network: Network, *arguments: Any, **more: Any) -> Problem:
    (problem,) = problems_of(network, Scenario("s", overrides=(Override(*arguments, **more),)))
    return problem


def test_no_change_is_no_change(network: Network) -> None:
    same = apply_scenario(network, Scenario("today"))
    assert same.name == "North Sea"
    assert same.notices == ("Assumed.",)
    assert all(same[table].equals(network[table]) for table in network.tables)


def test_a_value_replaces_in_the_rows_that_match(network: Network) -> None:
    new = with_override(network, "places", "order_cost", {"place_id": "SITE"}, value=50.0)
    assert new["places"]["order_cost"].to_list() == [0.0, 50.0]
    assert network["places"]["order_cost"].to_list() == [0.0, 0.0]
    assert with_override(network, "places", "order_cost", value=9)["places"]["order_cost"].to_list() == [9.0, 9.0]
    assert (
        with_override(network, "sourcing", "lead_time", {"place_id": "HUB"}, value=12)["sourcing"]["lead_time"][0]
        == "12"
    )


@pytest.mark.parametrize("column", ["horizon_days", "warm_up_days", "period_days", "currency"])
def test_scenarios_of_other_lengths_or_moneys_are_not_compared(network: Network, column: str) -> None:
    value = "EUR" if column == "currency" else 365.0
    problem = refused(network, "settings", column, value=value)
    assert (problem.column, problem.value) == ("override[1].column", column)
    assert with_override(network, "settings", "co2_price_per_kg", value=0.2).setting("co2_price_per_kg") == 0.2


@pytest.mark.parametrize("value", [10**30, 1e30, float("nan"), float("-inf")])
def test_values_beyond_measure_are_told(network: Network, value: float) -> None:
    assert refused(network, "stock", "order_up_to", value=value).column == "override[1].value"


def test_rows_match_by_every_column_named(network: Network) -> None:
    new = with_override(network, "seasons", "factor", {"season_id": "WINTER", "month": 2}, value=1.4)
    assert new["seasons"]["factor"].to_list()[:3] == [1.5, 1.4, 0.9]


def test_a_factor_keeps_whole_numbers_whole_and_stretches_laws(network: Network) -> None:
    stock = with_override(network, "stock", "reorder_point", {"place_id": "HUB"}, factor=1.3)["stock"]
    assert stock["reorder_point"].to_list() == [3, 0]  # 2.6 is nearest to 3
    links = with_override(network, "links", "transit_time", {"link_id": "boat"}, factor=2.0)["links"]
    assert parse(links["transit_time"][1]) == parse("uniform(2, 4) d")
    pieces = with_override(network, "demands", "pieces", factor=2.0)["demands"]["pieces"][0]
    assert parse(pieces) == parse("uniform(0, 4)")


def test_an_empty_text_clears_a_cell(network: Network) -> None:
    assert with_override(network, "suppliers", "lines", value="")["suppliers"]["lines"].to_list() == [None]


def test_disturbances_are_added(network: Network) -> None:
    fire = {"disturbance_id": "fire", "kind": "quality_hold", "target_id": "HUB", "start_day": 9, "days": 5}
    rows = apply_scenario(network, Scenario("fire", disturbances=(fire,)))["disturbances"]
    assert rows["disturbance_id"].to_list() == ["strike", "storm", "fire"]
    assert rows["start_day"].to_list() == [100.0, None, 9.0]


@pytest.mark.parametrize(
    ("override", "path", "words"),
    [
        (("stocks", "policy", {}, "x"), "override[1].table", "Did you mean 'stock'"),
        (("stock", "polcy", {}, "x"), "override[1].column", "Did you mean 'policy'"),
        (("stock", "policy", {"plac_id": "HUB"}, "x"), "override[1].where", "Did you mean 'place_id'"),
        (("stock", "order_up_to", {"place_id": "SIET"}, 3), "override[1].where.place_id", "Did you mean 'SITE'"),
        (("seasons", "factor", {"month": "May"}, 3.0), "override[1].where.month", "must be a number"),
        (("stock", "place_id", {}, "HUB"), "override[1].column", "name cannot be overridden"),
        (("stock", "order_up_to", {}, 2.5), "override[1].value", "whole number"),
        (("stock", "order_up_to", {}, "two"), "override[1].value", "whole number"),
        (("stock", "order_up_to", {}, float("inf")), "override[1].value", "whole number"),
        (("stock", "policy", {}, None, 2.0), "override[1].factor", "cannot be multiplied"),
        (("stock", "initial_stock", {}, None, 2.0), "override[1].factor", "nothing to multiply"),
        (("stock", "order_up_to", {}, None, -1.0), "override[1].factor", "not negative"),
        (("stock", "order_up_to", {}, 3, 2.0), "override[1]", "either a value or a factor"),
    ],
)
def test_overrides_that_name_or_hit_nothing(network: Network, override: Any, path: str, words: str) -> None:
    problem = refused(network, *override)
    assert problem.column == path
    assert words in f"{problem.reason} {problem.remedy}"
    assert problem.file == "Scenario s"


def test_an_empty_table_has_no_rows_to_change() -> None:
    tables = small_network()
    del tables["price_breaks"]
    assert "is empty" in refused(checked_network(tables), "price_breaks", "unit_price", {}, 3.0).reason


def test_the_outcome_is_checked_and_all_is_told_at_once(network: Network) -> None:
    scenario = Scenario(
        "s",
        overrides=(
            Override("stock", "order_quantity", {"place_id": "HUB"}, value=0),
            Override("stock", "nothing", value=1),
        ),
        disturbances=({"disturbance_id": "x", "kind": "outage", "target_id": "MAKRE", "start_day": 3, "days": 9},),
        switched_off=("budgets",),
    )
    problems = problems_of(network, scenario)
    assert [each.column for each in problems] == ["override[2].column", "switched_off", "order_quantity", "target_id"]
    assert problems[2].file == "Scenario s [stock]"
    assert problems[1].remedy == "Did you mean 'budget'?"
    unknown = Scenario("s", disturbances=({"disturbance_id": "x", "knd": "outage"},))
    assert problems_of(network, unknown)[0].column == "disturbance[1].knd"


def test_doubts_of_the_scenario_are_added_to_the_notices(network: Network) -> None:
    notices = with_override(network, "links", "transit_time", {"link_id": "boat"}, value="400").notices
    assert notices[0] == "Assumed."
    assert len(notices) == 2
    assert "Scenario s [links]" in notices[1]


def test_other_rows_keep_their_types() -> None:
    tables = added(changed(small_network(), "suppliers", lines=3), "suppliers", supplier_id="OTHER")
    new = with_override(checked_network(tables), "suppliers", "lines", {"supplier_id": "OTHER"}, value=1)
    assert new["suppliers"]["lines"].to_list() == [3, 1]


def struck(*days: float | None) -> Scenario:
    rows = ({"disturbance_id": f"d{at}", "kind": "outage", "target_id": "MAKER", "days": 5.0} for at in range(9))
    return Scenario("s", disturbances=tuple(row | {"start_day": day} for row, day in zip(rows, days, strict=False)))


def test_a_run_cut_short_leaves_out_what_begins_after_it_and_says_so() -> None:
    kept, said = within_run(struck(10.0, 99.5, 100.0, 364.0, None), 100.0, 365.0)
    assert [row["disturbance_id"] for row in kept.disturbances] == ["d0", "d1", "d4"]
    assert said == ["Scenario s: this run ends on day 100, before d2, d3, which it leaves out."]
    nothing, said = within_run(struck(200.0), 100.0)
    assert nothing.disturbances == ()
    assert said[-1].endswith("nothing of it happens in this run, which is the network as it is.")


def test_what_begins_after_the_run_of_the_network_itself_stays_a_mistake(network: Network) -> None:
    kept, said = within_run(struck(730.0), 100.0, network.run_days)
    assert (kept.disturbances, said) == (struck(730.0).disturbances, [])
    assert problems_of(network, kept)[0].column == "start_day"
