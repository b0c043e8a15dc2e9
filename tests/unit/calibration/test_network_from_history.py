"""The network of a record: what is bought where, from whom, by which rule, and the state it starts from."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.calibration.network_from_history import network_from_history
from spareverse.errors import InputRejected, NotEnoughData
from spareverse.network.distributions import parse
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.optimisation.costs import CostFile, CostParameters
from tests.company import company, day, table, tables
from tests.recorded_company import DAYS, record


@pytest.fixture(scope="module")
def network() -> Network:
    return network_from_history(record())


def rows(network: Network, name: str, **where: Any) -> list[dict[str, Any]]:
    frame = network[name]
    for column, value in where.items():
        frame = frame.filter(pl.col(column).eq_missing(pl.lit(value)))
    return frame.to_dicts()


def test_it_passes_the_checks_of_a_whole_network(network: Network) -> None:
    checked = checked_network(dict(network.tables), name=network.name, notices=network.notices)
    assert set(checked["places"]["place_id"]) == {"CENTRE", "NORTH"}
    assert set(checked["suppliers"]["supplier_id"]) == {"FIRST", "SECOND"}


def test_two_suppliers_share_as_the_pieces_were_and_the_larger_one_comes_first(network: Network) -> None:
    first, second = rows(network, "sourcing", part_id="A", place_id="CENTRE")
    assert (first["source_id"], first["rank"], second["source_id"], second["rank"]) == ("FIRST", 1, "SECOND", 2)
    # orders every ten days from the first demand up to day 730, every fourth of them from SECOND
    assert first["share"] == pytest.approx(55 / 73, abs=1e-4)
    assert first["share"] + second["share"] == pytest.approx(1.0, abs=1e-3)
    assert first["unit_price"] == pytest.approx(5.0)
    assert rows(network, "stock", part_id="A", place_id="CENTRE")[0]["sourcing_rule"] == "share"


def test_lead_times_are_those_of_the_lines_with_their_transport(network: Network) -> None:
    (row,) = rows(network, "sourcing", part_id="B", place_id="CENTRE")
    (link,) = rows(network, "links", link_id=row["link_id"])
    whole = (parse(row["lead_time"], unit="d").mean + parse(link["transit_time"], unit="d").mean) / 24.0
    lines = record()["purchases"].filter((pl.col("part_id") == "B") & pl.col("received_on").is_not_null())
    observed = (lines["received_on"] - lines["ordered_on"]).dt.total_days().mean()
    assert whole == pytest.approx(observed, rel=0.1)
    assert row["pack_size"] == 5
    assert row["planned_lead_time_days"] == pytest.approx(40.0 - parse(link["transit_time"], unit="d").mean / 24.0)


def test_transfers_are_inner_sources_and_never_go_round(network: Network) -> None:
    (row,) = rows(network, "sourcing", part_id="A", place_id="NORTH")
    assert (row["source_id"], row["lead_time"]) == ("CENTRE", "0")
    (link,) = rows(network, "links", link_id=row["link_id"])
    assert parse(link["transit_time"], unit="d").mean / 24.0 == pytest.approx(5.5, rel=0.25)
    assert any("1 transfer lines (2 pieces) went from a place back" in text for text in network.notices)


def test_rules_are_the_companys_and_what_has_none_is_bought_on_demand(network: Network) -> None:
    (a,) = rows(network, "stock", part_id="A", place_id="CENTRE")
    assert (a["policy"], a["reorder_point"], a["order_quantity"], a["initial_stock"]) == ("reorder_point", 12, 30, 7)
    (north,) = rows(network, "stock", part_id="A", place_id="NORTH")
    assert (north["policy"], north["reorder_point"], north["order_up_to"]) == ("order_up_to", 2, 7)
    assert rows(network, "stock", part_id="B")[0]["policy"] == "on_demand"
    assert rows(network, "stock", part_id="C")[0]["policy"] == "on_demand"


def test_who_waits_costs_what_the_cost_parameters_say() -> None:
    """26.1 times the holding of a quarter of the value a year, or what a costs.toml gives."""
    found = network_from_history(record())
    value = found["parts"].filter(pl.col("part_id") == "A")["unit_cost"][0]
    (usual,) = rows(found, "stock", part_id="A", place_id="CENTRE")
    assert usual["waiting_cost_per_piece_day"] == pytest.approx(26.1 * 0.25 * value / 365, rel=1e-4)
    own = CostFile(part={"A": CostParameters(stock_out_cost=4.5)})
    (told,) = rows(network_from_history(record(), costs=own), "stock", part_id="A", place_id="CENTRE")
    assert told["waiting_cost_per_piece_day"] == 4.5


def test_a_plan_and_then_an_analysis_stand_in_for_a_missing_rule() -> None:
    plan = pl.DataFrame({"part_id": ["B", "A"], "place_id": ["CENTRE"] * 2, "reorder_point": [4.0, 99.0],
                         "order_quantity": [20.0, 99.0]})  # fmt: skip
    analysis = pl.DataFrame({"part_id": ["B"], "place_id": ["CENTRE"], "optimal_cover": [6.0], "order_quantity": [3.0]})
    (planned,) = rows(network_from_history(record(), plan=plan, analysis=analysis), "stock", part_id="B")
    assert (planned["policy"], planned["reorder_point"], planned["order_quantity"]) == ("reorder_point", 4, 20)
    found = network_from_history(record(), analysis=analysis)
    (optimal,) = rows(found, "stock", part_id="B")
    assert (optimal["reorder_point"], optimal["order_quantity"]) == (6, 3)
    assert any("have the optimum of the analysis" in text for text in found.notices)
    assert rows(found, "stock", part_id="A", place_id="CENTRE")[0]["reorder_point"] == 12


def test_orders_under_way_have_their_rest_their_age_and_what_is_left(network: Network) -> None:
    orders = rows(network, "opening_orders", part_id="B")
    (known,) = [row for row in orders if row["ordered_days_ago"] > 0]
    assert (known["quantity"], known["ordered_days_ago"], known["source_id"]) == (6, DAYS - 760, "FIRST")
    # the stock table says 26 are on order: 20 more than the open line explains
    (more,) = [row for row in orders if row["ordered_days_ago"] == 0]
    assert more["quantity"] == 20
    assert parse(known["due_in"], unit="d").mean < parse(more["due_in"], unit="d").mean
    assert (known["order_id"], known["line"], more["order_id"], more["line"]) == ("OPEN", "1", None, None)


def test_a_promise_that_is_longer_than_usual_makes_the_rest_longer() -> None:
    given = record()
    late = given["purchases"].with_columns(
        pl.when(pl.col("order_id") == "OPEN").then(pl.lit(day(760 + 120))).otherwise("promised_on").alias("promised_on")
    )
    (usual,) = [row for row in rows(network_from_history(given), "opening_orders", part_id="B") if row["quantity"] == 6]
    found = network_from_history(given | {"purchases": late})
    (longer,) = [row for row in rows(found, "opening_orders", part_id="B") if row["quantity"] == 6]
    assert parse(longer["due_in"], unit="d").mean > 1.5 * parse(usual["due_in"], unit="d").mean


def test_who_waits_are_the_newest_lines_not_delivered(network: Network) -> None:
    waiting = rows(network, "opening_backorders")
    assert {(row["part_id"], row["place_id"]) for row in waiting} == {("A", "NORTH")}
    assert sum(row["quantity"] for row in waiting) == 2
    assert min(row["waiting_days"] for row in waiting) == 1.0


def test_demand_keeps_the_rate_and_the_shares_of_the_countries(network: Network) -> None:
    streams = rows(network, "demands", part_id="A", place_id="CENTRE")
    lines = record()["sales"].filter((pl.col("part_id") == "A") & (pl.col("place_id") == "CENTRE"))
    assert sum(row["per_year"] for row in streams) == pytest.approx(lines.height / DAYS * 365.0, rel=0.1)
    german = next(row["per_year"] for row in streams if row["customer_id"] == "DE")
    share = (lines["country"] == "DE").mean()
    assert german / sum(row["per_year"] for row in streams) == pytest.approx(share, rel=1e-3)
    assert parse(streams[0]["pieces"], unit="h").mean == pytest.approx(lines["quantity"].mean(), rel=0.1)
    assert rows(network, "customers", customer_id="DE")[0]["commitment_days"] == 7.0


def test_what_nobody_ever_asked_for_is_left_out_and_counted(network: Network) -> None:
    assert "D" not in network["parts"]["part_id"].to_list()
    assert any(text.startswith("1 parts of the catalogue were never asked for") for text in network.notices)


def test_nothing_after_the_day_is_looked_at() -> None:
    given = record()
    then = day(600)
    known = dict(given)
    known["purchases"] = given["purchases"].filter(pl.col("ordered_on") < then).with_columns(
        pl.when(pl.col("received_on") < then).then("received_on").alias("received_on"))  # fmt: skip
    known["sales"] = given["sales"].filter(pl.col("ordered_on") < then).with_columns(
        pl.when(pl.col("delivered_on") < then).then("delivered_on").alias("delivered_on"))  # fmt: skip
    known["stock"] = given["stock"].clear()
    # pieces are known where receipts are
    whole = pl.when(pl.col("received_on").is_not_null()).then("quantity").otherwise("received_quantity")
    given["purchases"] = given["purchases"].with_columns(whole.alias("received_quantity"))
    known["purchases"] = known["purchases"].with_columns(whole.alias("received_quantity"))
    past, cut = network_from_history(given, until=then), network_from_history(known, until=then)
    for name, frame in past.tables.items():
        assert frame.equals(cut[name]), name
    assert past["stock"]["initial_stock"].null_count() == past["stock"].height
    open_then = known["purchases"].filter(pl.col("received_on").is_null())
    assert past["opening_orders"].height == open_then.height > 3


def test_the_order_of_rows_plays_no_part(network: Network) -> None:
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=5) for name, frame in record().items()}
    other = network_from_history(shuffled)
    for name, frame in network.tables.items():
        keys = [column for column in frame.columns if frame[column].dtype != pl.Float64]
        mine, theirs = frame.sort(keys), other[name].sort(keys)
        assert mine.select(keys).equals(theirs.select(keys)), name
        for column in frame.columns:
            if frame[column].dtype == pl.Float64:
                assert np.allclose(mine[column].fill_null(-1.0), theirs[column].fill_null(-1.0)), (name, column)


def test_a_company_without_places_has_one_store() -> None:
    network = network_from_history(company(40, 5))
    assert network["places"]["place_id"].to_list() == ["main store"]
    assert set(network["sourcing"]["source_id"]) <= {"S0", "S1", "S2", "S3"}
    checked_network(dict(network.tables), name="company")


def test_demand_per_period_alone_makes_a_network_with_constant_lead_times() -> None:
    months = [day(number) for number in (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)]
    given = tables(parts=[{"part_id": part, "expected_lead_time_days": 60.0, "unit_cost": 3.0} for part in "AB"])
    demand = [
        {"part_id": part, "period": month, "quantity": 2.0, "absent": "zero"} for part in "AB" for month in months
    ]
    given["demand"] = table("demand", demand)
    network = network_from_history(given)
    (row,) = rows(network, "sourcing", part_id="A")
    (link,) = rows(network, "links", link_id=row["link_id"])
    total = (parse(row["lead_time"], unit="d").mean + parse(link["transit_time"], unit="d").mean) / 24.0
    assert total == pytest.approx(60.0, rel=0.03)
    assert row["source_id"] == "supplier not named"
    assert rows(network, "demands", part_id="A")[0]["per_year"] == pytest.approx(11.0, rel=0.15)


def test_without_demand_there_is_no_network() -> None:
    with pytest.raises(NotEnoughData):
        network_from_history(tables())


def test_without_a_received_line_lead_times_are_the_planned_ones() -> None:
    given = record()
    given["purchases"] = given["purchases"].clear()
    network = network_from_history(given)
    checked_network(dict(network.tables), name="no purchases")
    (row,) = rows(network, "sourcing", part_id="B")
    (link,) = rows(network, "links", link_id=row["link_id"])
    whole = (parse(row["lead_time"], unit="d").mean + parse(link["transit_time"], unit="d").mean) / 24.0
    assert (row["source_id"], whole) == ("FIRST", pytest.approx(45.0, rel=0.01))
    assert any("lead times are constant, as planned" in text for text in network.notices)


def test_goods_issues_of_an_operator_make_a_network_without_countries() -> None:
    given = record()
    issues = given["sales"].select(
        "part_id", "place_id", pl.col("ordered_on").alias("issued_on"), "quantity", pl.lit("PUMP 1").alias("asset_id")
    )
    given["sales"] = given["sales"].clear()
    given["consumption"] = table("consumption", issues.to_dicts())
    network = network_from_history(given)
    checked_network(dict(network.tables), name="operator")
    assert network["customers"]["customer_id"].to_list() == ["customers"]


@pytest.mark.parametrize("name", ["parts", "purchases", "price_breaks"])
def test_a_price_beyond_what_can_be_counted_is_refused_with_its_row(name: str) -> None:
    given = record()
    if given[name].is_empty():
        given[name] = table(name, [{"part_id": "A", "from_quantity": 5.0, "unit_cost": 1.0}])
    prices = given[name]["unit_cost"].to_list()
    prices[-1] = 1e11
    given[name] = given[name].with_columns(pl.Series("unit_cost", prices, pl.Float64))
    with pytest.raises(InputRejected, match="Nothing was built") as caught:
        network_from_history(given)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == (name, len(prices), "unit_cost")
    assert "currency" in problem.remedy


def test_an_assumed_price_beyond_what_can_be_counted_is_refused() -> None:
    with pytest.raises(InputRejected) as caught:
        network_from_history(record(), unit_cost=1e11, lead_time_days=1e9)
    assert [problem.column for problem in caught.value.problems] == ["unit_cost", "lead_time_days"]
