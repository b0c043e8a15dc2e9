"""Every rule of a network: what is wrong is told with its place and a way out, what is right is left alone."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.errors import InputRejected, Problem
from spareverse.network.components import COMPONENTS, MODES_OF_TRANSPORT
from spareverse.network.geography import LINK_MODES
from spareverse.network.network import Network
from spareverse.network.network_checks import RULES, check_network, checked_network
from spareverse.network.network_checks.limits import LIMITS
from spareverse.simulation.universe.compile import compile_universe
from tests.unit.network.small_network import added, changed, small_network, table

Tables = dict[str, pl.DataFrame]


def only(tables: Tables) -> Problem:
    problems = check_network(tables)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_a_network_that_is_right_is_taken_without_a_word() -> None:
    network = checked_network(small_network(), name="North Sea")
    assert network.notices == ()
    assert network.name == "North Sea"
    assert network.setting("currency") == "NOK"
    assert network["links"]["mode"].to_list() == ["road", "sea"]
    assert network["stock"]["order_quantity"].to_list() == [3, 1]


def test_every_rule_says_what_it_holds() -> None:
    assert all(rule.__doc__ for rule in RULES)
    assert len({rule.__name__ for rule in RULES}) == len(RULES)


WRONG: dict[str, tuple[str, int, dict[str, Any], str, str]] = {
    # what: table, row, its new values, column blamed, words of the reason
    "run without end": ("settings", 0, {"horizon_days": 0.0, "period_days": None}, "horizon_days", "above 0"),
    "period beyond the run": ("settings", 0, {"period_days": 800.0}, "period_days", "longer than the run"),
    "too many periods": ("settings", 0, {"horizon_days": 20_000.0, "period_days": 1.0}, "period_days", "5,000"),
    "degrees swapped": ("places", 0, {"latitude": 105.7, "longitude": 59.0}, "latitude", "at most 90"),
    "half a coordinate": ("places", 1, {"longitude": None}, "latitude", "missing"),
    "percent as rate": ("places", 0, {"holding_rate_per_year": 20.0}, "holding_rate_per_year", "at most 2"),
    "no lines": ("suppliers", 0, {"lines": 0}, "lines", "at least 1"),
    "unreadable law": ("suppliers", 0, {"work_time": "triangle(1, 2, 4)"}, "work_time", "did you mean 'triangular'"),
    "half a line": ("suppliers", 0, {"lines": 1.5}, "lines", "no whole number"),
    "unknown mode": ("links", 0, {"mode": "rode"}, "mode", "Did you mean 'road'"),
    "link to nowhere": ("links", 1, {"to_id": "SITES"}, "to_id", "Did you mean 'SITE'"),
    "closed dock": ("links", 0, {"capacity_kg_per_day": 0.0}, "capacity_kg_per_day", "above 0"),
    "faster than an aeroplane": ("links", 0, {"transit_time": "0.01"}, "transit_time", "over 900.0 km"),
    "no time under way": ("links", 0, {"transit_time": None}, "transit_time", "is missing"),
    "negative price": ("parts", 0, {"unit_cost": -1.0}, "unit_cost", "at least 0"),
    "infinite price": ("parts", 0, {"unit_cost": float("inf")}, "unit_cost", "no number"),
    "unknown source": ("sourcing", 0, {"source_id": "MAKERS"}, "source_id", "Did you mean 'MAKER'"),
    "another's link": ("sourcing", 1, {"link_id": "in"}, "link_id", "leads from MAKER to HUB"),
    "batch of nothing": ("stock", 0, {"order_quantity": 0}, "order_quantity", "at least 1"),
    "level below reorder point": (
        "stock", 0, {"policy": "order_up_to", "order_up_to": 2}, "order_up_to", "nothing is ever ordered"),
    "base stock without level": (
        "stock", 1, {"reorder_point": 2, "order_up_to": 0}, "reorder_point", "base_stock orders up to"),
    "kept on demand": ("stock", 1, {"policy": "on_demand"}, "policy", "keeps nothing"),
    "never reviewed": ("stock", 1, {"policy": "periodic"}, "review_interval_days", "needs its review interval"),
    "reviewed too late": (
        "stock", 1, {"policy": "periodic", "review_interval_days": 731.0}, "review_interval_days", "longer than"),
    "unknown policy": ("stock", 0, {"policy": "reorder_pint"}, "policy", "Did you mean 'reorder_point'"),
    "unknown budget": ("stock", 0, {"budget_id": "YAER"}, "budget_id", "no such name in the table budgets"),
    "nobody expedites": ("stock", 1, {"expedite_at": 1}, "expedite_at", "No source of the part takes emergency"),
    "penalty without contract": ("customers", 0, {"commitment_days": None}, "commitment_days", "no commitment"),
    "fourth class": ("customers", 0, {"priority": 4}, "priority", "at most 3"),
    "unknown market": ("customers", 0, {"market_id": "LAND"}, "market_id", "table markets"),
    "no rate": ("demands", 0, {"per_year": None}, "per_year", "neither per_year nor gap"),
    "two rates": ("demands", 0, {"gap": "exponential(10)"}, "per_year", "The gap means 36.52 demands a year"),
    "no time between": ("demands", 0, {"per_year": None, "gap": "0"}, "gap", "time between demands is zero"),
    "pieces in days": ("demands", 0, {"pieces": "uniform(1, 2) d"}, "pieces", "no unit of time"),
    "no pieces": ("demands", 0, {"pieces": "0"}, "pieces", "number of pieces is zero"),
    "thirteenth month": ("seasons", 0, {"month": 13}, "month", "at most 12"),
    "impatient and waiting": ("customers", 0, {"patience_days": 0.0, "penalty_per_piece_day": 0.0},
                              "waiting_days", "waits no longer than 0.0 days"),
    "share above one": ("markets", 0, {"share": 95.0}, "share", "at most 1"),
    "budget of nothing": ("budgets", 0, {"amount": 0.0}, "amount", "above 0"),
    "after the end": ("disturbances", 0, {"start_day": 731.0}, "start_day", "after the end of the run of 730 days"),
    "never happens": ("disturbances", 0, {"start_day": None}, "start_day", "never happens"),
    "scheduled and random": ("disturbances", 0, {"every_days": 9.0}, "every_days", "and a mean time between"),
    "outage of a place": ("disturbances", 0, {"target_id": "HUB"}, "target_id", "not a supplier"),
    "loss without factor": ("disturbances", 0, {"kind": "capacity_loss"}, "factor", "needs its factor"),
    "loss that gains": ("disturbances", 0, {"kind": "capacity_loss", "factor": 1.5}, "factor", "No capacity_loss"),
    "shelf life of a moment": ("parts", 0, {"shelf_life_days": 1e-9}, "shelf_life_days", "at least 0.01"),
    "reviewed all the time": (
        "stock", 1, {"policy": "periodic", "review_interval_days": 1e-6}, "review_interval_days", "at least 0.01"),
    "budget of a moment": ("budgets", 0, {"period_days": 1e-9}, "period_days", "at least 0.01"),
    "storms all the time": ("disturbances", 1, {"every_days": 1e-6}, "every_days", "at least 0.01"),
    "nothing expected": ("stock", 1, {"policy": "adaptive", "order_up_to": None, "service_level": 0.9,
                                      "expected_per_year": 0.0}, "expected_per_year", "at least 0.001"),
    "penalty in cents": ("customers", 0, {"penalty_per_piece_day": 1e12}, "penalty_per_piece_day", "at most"),
    "endless lead time": ("sourcing", 0, {"lead_time": "1e15"}, "lead_time", "more than a hundred years"),
    "demand without pause": ("demands", 0, {"per_year": None, "gap": "exponential(1e-6)"}, "gap", "demands a year"),
    "season that explodes": ("seasons", 0, {"factor": 1e6}, "per_year", "comes to 6000000 demands a year"),
    "a million million pieces": ("demands", 0, {"pieces": "1e12"}, "pieces", "too large to be meant"),
    "nothing under way": ("opening_orders", 0, {"quantity": 0}, "quantity", "at least 1"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_once_with_its_place(what: str) -> None:
    name, row, values, column, words = WRONG[what]
    problems = check_network(changed(small_network(), name, row, **values))
    assert problems, what
    found = problems[0]
    assert words in found.reason
    assert found.column == column
    assert found.row is not None
    if len(problems) > 1:  # what follows from it, never something about another cell of the row
        assert what in (
            "run without end",
            "unknown source",
            "link to nowhere",
            "thirteenth month",
            "reviewed too late",
            "season that explodes",
        )


def test_places_of_problems_are_rows_of_a_sheet() -> None:
    found = only(changed(small_network(), "places", 1, holding_rate_per_year=-0.1))
    assert (found.file, found.row, found.value) == ("places", 3, "-0.1")
    given = {**small_network(), "places": small_network()["places"].with_columns(holding_rate_per_year=9.0)}
    labelled = check_network(given, {"places": "book.xlsx [places]"})
    assert [each.file for each in labelled] == ["book.xlsx [places]"] * 2


def test_everything_is_told_at_once() -> None:
    tables = changed(small_network(), "places", 0, holding_rate_per_year=-1.0)
    tables = changed(tables, "links", 0, mode="rode")
    with pytest.raises(InputRejected) as caught:
        checked_network(tables, problems=[Problem("Found while reading.")])
    assert [each.column for each in caught.value.problems] == [None, "holding_rate_per_year", "mode"]
    assert "3 things are wrong" in caught.value.message


def test_tables_and_columns_are_known_or_nearly() -> None:
    tables = small_network()
    assert "Did you mean 'suppliers'" in only({**tables, "supplyers": tables["suppliers"]}).remedy
    wrong = {**tables, "parts": tables["parts"].rename({"weight_kg": "wieght_kg"})}
    assert "Did you mean 'weight_kg'" in only(wrong).remedy
    remark = {**tables, "parts": tables["parts"].with_columns(remark=pl.lit("see drawing"))}
    assert checked_network(remark).notices == ("parts: columns not used: remark.",)
    missing = check_network({**tables, "parts": tables["parts"].rename({"part_id": "article"})})
    assert [(each.column, each.row) for each in missing] == [("part_id", None)]


def test_texts_of_numbers_are_numbers_and_names_are_tidied() -> None:
    tables = changed(small_network(), "parts", unit_cost=" 900.5 ")
    tables = changed(tables, "places", place_id=" HUB ")
    tables = changed(tables, "stock", policy="Reorder point")
    network = checked_network(tables)
    assert network["parts"]["unit_cost"].to_list() == [900.5]
    assert network["places"]["place_id"].to_list() == ["HUB", "SITE"]
    assert network["stock"]["policy"][0] == "reorder_point"
    assert "no number" in only(changed(small_network(), "parts", unit_cost="about 900")).reason


def test_rows_that_say_the_same_thing_twice() -> None:
    found = only(added(small_network(), "places", place_id="SITE"))
    assert (found.row, found.value) == (4, "SITE")
    assert "earlier row" in found.reason
    assert "more than one row" in only(added(small_network(), "settings", horizon_days=90.0)).reason


def test_a_name_for_a_place_and_a_supplier() -> None:
    assert "A place and a supplier" in only(added(small_network(), "suppliers", supplier_id="SITE")).reason


def test_an_empty_network_lacks_places_parts_stock_and_demand() -> None:
    assert [each.file for each in check_network({})] == ["places", "parts", "stock", "demands"]


def test_parts_without_a_source() -> None:
    tables = small_network()
    tables["sourcing"] = tables["sourcing"].filter(pl.col("place_id") == "SITE")
    found = only(changed(tables, "stock", expedite_at=None))
    assert (found.file, found.row, found.column) == ("stock", 2, "part_id")
    assert "no source" in found.reason


def test_a_place_cannot_send_what_it_does_not_keep() -> None:
    tables = small_network()
    tables["stock"] = tables["stock"].filter(pl.col("place_id") == "SITE")
    tables["opening_orders"] = tables["opening_orders"].clear()
    assert "It comes from HUB" in only(tables).reason


def test_rows_of_a_part_take_the_place_of_those_for_every_part() -> None:
    tables = added(small_network(), "sourcing", part_id="PUMP", place_id="HUB", source_id="MAKER", lead_time="9")
    assert "No source of the part takes emergency orders" in only(tables).reason


def test_circles_of_supply_are_found_and_two_ways_between_places_are_none() -> None:
    tables = small_network()
    circle = changed(tables, "sourcing", 0, source_id="SITE", emergency_lead_time="4")
    problems = check_network(circle)
    assert {each.value for each in problems if "circle" in each.reason} == {"HUB", "SITE"}
    # the places supply one another, but no part goes both ways
    tables = added(tables, "parts", part_id="SEAL")
    for place in ("HUB", "SITE"):
        tables = added(tables, "stock", part_id="SEAL", place_id=place, policy="base_stock")
    tables = added(tables, "sourcing", part_id="SEAL", place_id="SITE", source_id="MAKER")
    tables = added(tables, "sourcing", part_id="SEAL", place_id="HUB", source_id="SITE")
    assert check_network(tables) == []


def test_of_several_links_one_is_named() -> None:
    tables = added(small_network(), "links", link_id="air", from_id="HUB", to_id="SITE", transit_time="0.1")
    assert "Several links lead from HUB to SITE" in only(tables).reason
    assert check_network(changed(tables, "sourcing", 1, link_id="air")) == []


def test_shares_add_up_to_something() -> None:
    tables = changed(small_network(), "stock", 1, sourcing_rule="share")
    assert check_network(tables) == []
    assert "shares of its sources are all zero" in only(changed(tables, "sourcing", 1, share=0.0)).reason


def test_a_season_has_twelve_months() -> None:
    tables = small_network()
    found = only({**tables, "seasons": tables["seasons"].filter(pl.col("month") != 4)})
    assert "11 of 12 months" in found.reason


def test_an_adaptive_policy_has_a_start() -> None:
    problems = check_network(changed(small_network(), "stock", 1, policy="adaptive", reorder_point=0))
    assert [each.column for each in problems] == ["service_level", "expected_per_year"]


DOUBTS: dict[str, tuple[str, int, dict[str, Any], str]] = {
    "hours as days": ("links", 1, {"transit_time": "480"}, "was it written in hours"),
    "lead time in hours": ("sourcing", 0, {"lead_time": "1440"}, "was it written in hours"),
    "plan in hours": ("sourcing", 0, {"planned_lead_time_days": 720.0}, "is one in hours"),
    "poor budget": ("budgets", 0, {"amount": 10.0}, "leaves a debt"),
    "dear quantity": ("price_breaks", 1, {"unit_price": 900.0}, "costs more per piece"),
    "idle figure": ("stock", 0, {"review_interval_days": 7.0}, "not used by the policy"),
    "growing season": ("seasons", 0, {"factor": 9.0}, "mean other than 1"),
    "order of nobody": ("opening_orders", 0, {"source_id": "SITE"}, "comes from no source of the part there"),
    "late record": ("demand_traces", 0, {"day": 731.0}, "after the end of the run"),
    "idle lines": ("suppliers", 0, {"work_time": "0"}, "no limit"),
    "never late": ("customers", 0, {"patience_days": 1.0}, "leaves before"),
}


@pytest.mark.parametrize("what", DOUBTS)
def test_doubts_are_notices(what: str) -> None:
    name, row, values, words = DOUBTS[what]
    notices = checked_network(changed(small_network(), name, row, **values)).notices
    assert any(words in notice for notice in notices), notices


def random(*rows: tuple[str, str]) -> Tables:
    """The small network with these random disturbances instead: kind, target."""
    factor = {"capacity_loss": 0.5, "lead_time_stretch": 2.0, "demand_surge": 2.0}
    new = [
        {"disturbance_id": f"d{number}", "kind": kind, "target_id": target, "days": 5.0, "every_days": 90.0,
         "factor": factor.get(kind)}
        for number, (kind, target) in enumerate(rows)
    ]  # fmt: skip
    tables = added(small_network(), "suppliers", supplier_id="OTHER", lines=1, work_time="3")
    tables = added(tables, "sourcing", place_id="HUB", source_id="OTHER", lead_time="60", rank=2)
    tables["sourcing"] = tables["sourcing"].with_columns(pl.col("rank").fill_null(1))
    return {**tables, "disturbances": table(*new)}


MEETING = {
    "one supplier twice": (("outage", "MAKER"), ("outage", "MAKER")),
    "one and all": (("outage", "MAKER"), ("outage", "*")),
    "stopped and slowed": (("outage", "MAKER"), ("capacity_loss", "MAKER")),
    "stopped and stretched": (("outage", "MAKER"), ("lead_time_stretch", "MAKER")),
    "a link twice": (("link_closure", "*"), ("link_closure", "in")),
    "stretched links": (("lead_time_stretch", "boat"), ("lead_time_stretch", "boat")),
    "held by maker and group": (("quality_hold", "MAKER"), ("quality_hold", "Pumps")),
    "held by the link between": (("quality_hold", "HUB"), ("quality_hold", "boat")),
    "wanted by place and customer": (("demand_surge", "SITE"), ("demand_surge", "CREW")),
}
APART = {
    "two suppliers": (("outage", "MAKER"), ("outage", "OTHER")),
    "slowed and stretched": (("capacity_loss", "MAKER"), ("lead_time_stretch", "MAKER")),
    "stretched and closed": (("lead_time_stretch", "in"), ("link_closure", "in")),
    "held at two makers": (("quality_hold", "MAKER"), ("quality_hold", "OTHER")),
    "wanted and held": (("demand_surge", "Pumps"), ("quality_hold", "Pumps")),
}


@pytest.mark.parametrize("what", MEETING)
def test_random_disturbances_that_meet_are_told_before_the_run(what: str) -> None:
    tables = random(*MEETING[what])
    found = only(tables)
    assert (found.file, found.row, found.column) == ("disturbances", 3, "target_id")
    assert found.value == MEETING[what][1][1]
    assert "start_day" in found.remedy
    with pytest.raises(ValueError, match="only one random disturbance"):
        compile_universe(Network.of(tables))


@pytest.mark.parametrize("what", APART)
def test_random_disturbances_that_do_not_meet_are_let_in(what: str) -> None:
    compile_universe(checked_network(random(*APART[what])))


def test_a_supplier_without_a_lead_time_beside_others_is_doubted() -> None:
    tables = random()
    tables["disturbances"] = small_network()["disturbances"]
    said = "lead_time is 0 at a supplier with others beside it"
    assert not any(said in notice for notice in checked_network(tables).notices)
    tables = changed(tables, "sourcing", 2, lead_time=None)
    assert not any(said in notice for notice in checked_network(tables).notices)
    tables = changed(tables, "suppliers", 1, lines=None, work_time=None)
    assert any(f"sourcing row 4: {said}" in notice for notice in checked_network(tables).notices)


def test_pieces_may_be_written_with_an_exponent() -> None:
    assert check_network(changed(small_network(), "demands", pieces="exponential(1e1)")) == []


def test_many_rows_with_one_trouble_are_counted() -> None:
    rows = [{"place_id": f"P{number}", "order_cost": -1.0} for number in range(1_000)]
    tables = {**small_network(), "places": pl.concat([small_network()["places"], table(*rows)], how="diagonal")}
    problems = check_network(tables)
    assert len(problems) == 21
    assert problems[-1].reason == "980 more rows have the same trouble."


def test_a_million_stock_rows_are_checked_in_seconds() -> None:
    places, parts = 10, 100_000
    stock = pl.DataFrame({"part": np.repeat(np.arange(parts), places), "place": np.tile(np.arange(places), parts)})
    stock = stock.select(
        part_id=pl.format("PART-{}", "part"), place_id=pl.format("PLACE-{}", "place"), policy=pl.lit("base_stock"),
        order_up_to=2,
    )  # fmt: skip
    tables = {
        "places": pl.DataFrame({"place_id": [f"PLACE-{number}" for number in range(places)]}),
        "parts": stock.select("part_id").unique(),
        "suppliers": table({"supplier_id": "MAKER"}),
        "sourcing": table(
            {"place_id": "PLACE-0", "source_id": "MAKER"},
            *({"place_id": f"PLACE-{number}", "source_id": "PLACE-0"} for number in range(1, places)),
        ),
        "stock": stock,
        "demands": stock.select("part_id", "place_id", per_year=1.0),
    }
    start = time.process_time()
    assert check_network(tables) == []
    assert time.process_time() - start < 15  # of processor time; 2.5 s on two free cores


def test_every_mode_of_links_has_a_way_and_an_emission() -> None:
    assert set(MODES_OF_TRANSPORT) == set(LINK_MODES)


def test_every_column_of_figures_has_limits() -> None:
    figures = {(each.name, c.name) for each in COMPONENTS for c in each.columns if c.kind in ("integer", "number")}
    assert set(LIMITS) == figures


def one_name_for_two() -> Tables:
    """The link of the maker has its name, and the maker loses half of its capacity."""
    tables = changed(small_network(), "links", 0, link_id="MAKER")
    return changed(tables, "disturbances", 0, kind="capacity_loss", factor=0.5)


def test_a_disturbance_of_a_name_that_two_things_have_says_which_is_meant() -> None:
    found = only(one_name_for_two())
    assert (found.row, found.column, found.value) == (2, "target_id", "MAKER")
    assert "Both a supplier and a link" in found.reason
    assert found.remedy == "Write in target_kind which is meant: supplier or link."
    for kind in ("supplier", "link"):
        checked_network(changed(one_name_for_two(), "disturbances", 0, target_kind=kind))
    outage = changed(one_name_for_two(), "disturbances", 0, kind="outage", factor=None)
    checked_network(outage)  # nothing but a supplier has outages


@pytest.mark.parametrize(
    ("target", "kind", "column"),
    [("MAKER", "link", "target_kind"), ("*", "supplier", "target_kind"), ("MAKER", "lorry", "target_kind")],
)
def test_a_kind_of_target_that_does_not_fit_is_told(target: str, kind: str, column: str) -> None:
    found = only(changed(small_network(), "disturbances", 0, target_id=target, target_kind=kind))
    assert (found.column, found.value) == (column, kind)


def test_random_disturbances_of_two_things_of_one_name_do_not_meet() -> None:
    tables = changed(random(("capacity_loss", "MAKER"), ("capacity_loss", "MAKER")), "links", 0, link_id="MAKER")
    tables = changed(tables, "disturbances", 0, target_kind="supplier")
    tables = changed(tables, "disturbances", 1, target_kind="link")
    compile_universe(checked_network(tables))
    assert "Another random disturbance" in only(changed(tables, "disturbances", 1, target_kind="supplier")).reason


def test_a_platform_that_is_its_own_customer_needs_no_kind() -> None:
    tables = {name: frame for name, frame in small_network().items() if name != "demand_traces"}
    for name in ("customers", "demands", "opening_backorders"):
        tables = changed(tables, name, customer_id="SITE")
    tables = changed(tables, "disturbances", 0, kind="demand_surge", target_id="SITE", factor=2.0)
    checked_network(tables)
    both = added(tables, "customers", customer_id="OTHER")
    both = added(both, "demands", part_id="PUMP", place_id="SITE", customer_id="OTHER", per_year=1.0)
    checked_network(both)  # what the customer wants is wanted at the place
    apart = added(both, "stock", part_id="PUMP", place_id="HUB2", policy="base_stock", order_up_to=1)
    apart = added(
        added(apart, "places", place_id="HUB2"), "sourcing", place_id="HUB2", source_id="MAKER", lead_time="9"
    )
    apart = added(apart, "demands", part_id="PUMP", place_id="HUB2", customer_id="SITE", per_year=1.0)
    assert only(apart).remedy == "Write in target_kind which is meant: place or customer or group."
