"""Both ledgers of waiting, worked out by hand: small stories in whole days, one mechanism each."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from drawn_networks import Rows, add, network_of, row
from spareverse.network.scenario import Scenario
from spareverse.simulation.universe_run import UniverseRun, run_universe

Charges = dict[tuple[str, str], float]
"""(cause, what it is laid on) -> piece days."""


def shop(*demands: tuple[float, int], horizon: float = 200.0, lead: str = "10", **sourcing: Any) -> Rows:
    """A place W that orders each piece when it is asked for: 10 days at supplier F, 2 days over link FW."""
    return {
        "settings": [{"horizon_days": horizon, "period_days": horizon}],
        "places": [{"place_id": "W"}],
        "suppliers": [{"supplier_id": "F"}],
        "links": [{"link_id": "FW", "from_id": "F", "to_id": "W", "transit_time": "2"}],
        "parts": [{"part_id": "p", "category": "pumps", "unit_cost": 100.0, "weight_kg": 1.0}],
        "sourcing": [{"place_id": "W", "source_id": "F", "lead_time": lead, **sourcing}],
        "stock": [{"part_id": "p", "place_id": "W", "policy": "base_stock", "order_up_to": 0}],
        "customers": [{"customer_id": "c"}],
        "demand_traces": [
            {"part_id": "p", "place_id": "W", "customer_id": "c", "day": day, "pieces": pieces}
            for day, pieces in demands
        ],
    }  # fmt: skip


def chain(*demands: tuple[float, int], centre: int = 0, lead: str = "10", **sourcing: Any) -> Rows:
    """F supplies the centre C in 10 days, C the shop R over link CR in 2 days; R keeps nothing."""
    rows = shop(*demands, lead=lead, **sourcing)
    rows["places"] = [{"place_id": "C"}, {"place_id": "R"}]
    rows["links"] = [{"link_id": "CR", "from_id": "C", "to_id": "R", "transit_time": "2"}]
    rows["sourcing"][0]["place_id"] = "C"
    add(rows, "sourcing", {"place_id": "R", "source_id": "C"})
    rows["stock"][0].update(place_id="C", order_up_to=centre)
    add(rows, "stock", {"part_id": "p", "place_id": "R", "policy": "base_stock", "order_up_to": 0})
    for each in rows["demand_traces"]:
        each["place_id"] = "R"
    return rows


def disturbed(rows: Rows, kind: str, target: str, start: float, end: float, factor: float | None = None) -> Rows:
    add(rows, "disturbances", {"disturbance_id": kind, "kind": kind, "target_id": target, "start_day": start,
                               "days": end - start, "factor": factor})  # fmt: skip
    return rows


def told(rows: Rows) -> UniverseRun:
    return run_universe(network_of(rows), replications=1, log=True)


def charges(rows: Rows) -> tuple[Charges, Charges]:
    """What the timeline and the critical path charge; both add up to the waiting of the accounts."""
    run = told(rows)
    causes = (
        run.tables["causes"].group_by("cause", "entity_id").agg(pl.col("timeline_seconds", "critical_seconds").sum())
    )
    found: list[Charges] = [
        {(cause, entity): seconds / 86_400 for cause, entity, seconds in
         causes.select("cause", "entity_id", f"{ledger}_seconds").iter_rows() if seconds}
        for ledger in ("timeline", "critical")
    ]  # fmt: skip
    waited = run.tables["series"]["waiting_piece_days"].sum()
    assert [sum(ledger.values()) for ledger in found] == pytest.approx([waited, waited])
    return found[0], found[1]


PLANNED = {("lead time in plan", "F"): 10.0, ("transport in plan", "FW"): 2.0}
COVER = {("cover here", "W"): 12.0}


def test_everything_as_planned_is_a_matter_of_cover() -> None:
    assert charges(shop((5, 1))) == (PLANNED, COVER)


def test_a_longer_lead_time_than_planned() -> None:
    timeline, critical = charges(shop((5, 1), planned_lead_time_days=6.0))
    assert timeline == {**PLANNED, ("lead time in plan", "F"): 6.0, ("lead time beyond plan", "F"): 4.0}
    assert critical == {("lead time beyond plan", "F"): 4.0, ("cover here", "W"): 8.0}


def test_work_on_further_pieces_is_planned_for() -> None:
    """Four pieces are 2 + 3 x 1 days of work by plan; they used to be 3 days late, and to be made in 2 where nothing
    took longer than planned."""
    rows = shop((5, 4))
    rows["suppliers"][0].update(lines=1, work_time="2", work_per_piece_days=1.0)
    timeline, critical = charges(rows)
    assert timeline == {("lead time in plan", "F"): 60.0, ("transport in plan", "FW"): 8.0}
    assert critical == {("cover here", "W"): 68.0}
    as_planned = Scenario("planned", switched_off=("lead time beyond plan",))
    run = run_universe(network_of(rows), [as_planned], replications=1, log=True)
    came = run.tables["events"].filter(pl.col("kind") == "delivery")
    assert came["day"].to_list() == [22.0, 22.0]


def test_a_plan_that_is_given_is_for_the_whole_order() -> None:
    rows = shop((5, 4), planned_lead_time_days=14.0)
    rows["suppliers"][0].update(lines=1, work_time="2", work_per_piece_days=1.0)
    timeline, critical = charges(rows)
    assert timeline[("lead time beyond plan", "F")] == critical[("lead time beyond plan", "F")] == 4.0


def test_a_longer_transport_than_planned() -> None:
    rows = shop((5, 1))
    rows["links"][0].update(transit_time="7", planned_transit_days=4.0)
    timeline, critical = charges(rows)
    assert timeline == {**PLANNED, ("transport in plan", "FW"): 4.0, ("transport beyond plan", "FW"): 3.0}
    assert critical == {("transport beyond plan", "FW"): 3.0, ("cover here", "W"): 14.0}


def test_money_comes_on_day_30() -> None:
    """The first order takes the month's 100; the second waits from day 2 to day 30."""
    rows = shop((1, 1), (2, 1))
    add(rows, "budgets", {"budget_id": "M", "amount": 100.0, "period_days": 30.0})
    rows["stock"][0]["budget_id"] = "M"
    timeline, critical = charges(rows)
    assert timeline == {key: 2.0 * days for key, days in PLANNED.items()} | {("budget", "M"): 28.0}
    assert critical == {("cover here", "W"): 24.0, ("budget", "M"): 28.0}


def test_an_order_dearer_than_a_period_leaves_a_debt() -> None:
    """250 of 100 a month: paid at once from a full balance, -150; then -50 on day 30, 50 on day 60, full on day 90."""
    rows = shop((1, 1), (2, 1))
    add(rows, "budgets", {"budget_id": "M", "amount": 100.0, "period_days": 30.0})
    rows["stock"][0]["budget_id"] = "M"
    rows["parts"][0]["unit_cost"] = 250.0
    assert charges(rows)[0]["budget", "M"] == 88.0


def test_one_line_works_on_one_order_at_a_time() -> None:
    rows = shop((1, 1), (2, 1), lead="6")
    rows["suppliers"][0].update(lines=1, work_time="4")
    timeline, critical = charges(rows)
    assert timeline == {key: 2.0 * days for key, days in PLANNED.items()} | {("capacity queue", "F"): 3.0}
    assert critical == {("cover here", "W"): 24.0, ("capacity queue", "F"): 3.0}


def test_an_outage_and_the_queue_it_leaves() -> None:
    """Work of 4 days, outage from 3 to 13. First order: 2 to 3, 13 to 16, instead of 2 to 6. The second would have
    begun on day 6, for the first order's sake, and begins on 16: 3 days are queue, 10 days the outage's."""
    rows = disturbed(shop((2, 1), (3, 1), lead="0"), "outage", "F", 3, 13)
    rows["suppliers"][0].update(lines=1, work_time="4")
    timeline, critical = charges(rows)
    assert timeline == {
        ("lead time in plan", "F"): 8.0, ("transport in plan", "FW"): 4.0, ("capacity queue", "F"): 3.0,
        ("disruption", "F"): 20.0,
    }  # fmt: skip
    assert critical == {("cover here", "W"): 12.0, ("capacity queue", "F"): 3.0, ("disruption", "F"): 20.0}


def test_half_the_capacity() -> None:
    """Work of 4 days at half speed from day 3 to 100: 1 to 3, then 2 days' work in 4."""
    rows = disturbed(shop((1, 1), lead="0"), "capacity_loss", "F", 3, 100, 0.5)
    rows["suppliers"][0].update(lines=1, work_time="4")
    assert charges(rows)[1] == {("cover here", "W"): 6.0, ("disruption", "F"): 2.0}


def test_a_stretched_lead_time() -> None:
    """Three days at full speed, ten at half, two at full."""
    rows = disturbed(shop((5, 1)), "lead_time_stretch", "F", 8, 18, 2.0)
    assert charges(rows) == ({**PLANNED, ("disruption", "F"): 5.0}, {**COVER, ("disruption", "F"): 5.0})


def test_what_strikes_a_link_leaves_the_supplier_of_its_name_alone() -> None:
    """Ten days of the supplier as planned, then two of the link at a third of its speed."""
    rows = disturbed(shop((5, 1)), "lead_time_stretch", "F", 8, 40, 3.0)
    rows["links"][0]["link_id"] = "F"
    rows["disturbances"][0]["target_kind"] = "link"
    assert charges(rows)[1] == {**COVER, ("disruption", "F"): 4.0}


def test_a_stretched_transport() -> None:
    rows = disturbed(shop((5, 1)), "lead_time_stretch", "FW", 16, 40, 3.0)
    assert charges(rows) == ({**PLANNED, ("disruption", "FW"): 2.0}, {**COVER, ("disruption", "FW"): 2.0})


def test_a_closed_link() -> None:
    rows = disturbed(shop((5, 1)), "link_closure", "FW", 14, 20)
    assert charges(rows) == ({**PLANNED, ("link closed", "FW"): 5.0}, {**COVER, ("link closed", "FW"): 5.0})


def test_a_dock_loads_half_a_kilogram_a_day() -> None:
    """Ready on 11 and 12, loaded until 13 and 15."""
    rows = shop((1, 1), (2, 1))
    rows["links"][0]["capacity_kg_per_day"] = 0.5
    timeline, critical = charges(rows)
    assert timeline == {key: 2.0 * days for key, days in PLANNED.items()} | {("transport queue", "FW"): 5.0}
    assert critical == {("cover here", "W"): 24.0, ("transport queue", "FW"): 5.0}


def test_a_closure_and_the_queue_it_leaves_at_the_dock() -> None:
    """Loaded until 13 and closed until 20; the second is loaded from 20 to 22 instead of 13 to 15."""
    rows = disturbed(shop((1, 1), (2, 1)), "link_closure", "FW", 12, 20)
    rows["links"][0]["capacity_kg_per_day"] = 0.5
    assert charges(rows)[1] == {
        ("cover here", "W"): 24.0, ("transport queue", "FW"): 5.0, ("link closed", "FW"): 14.0
    }  # fmt: skip


def test_a_link_with_less_capacity() -> None:
    """A capacity lost on a link slows its dock: 2 days' loading at a fifth of the speed."""
    rows = disturbed(shop((1, 1)), "capacity_loss", "FW", 0, 150, 0.2)
    rows["links"][0]["capacity_kg_per_day"] = 0.5
    assert told(rows).tables["series"]["waiting_piece_days"].sum() == 10 + 10 + 2


@pytest.mark.parametrize("target", ["F", "FW", "pumps", "*"])
def test_goods_held_for_their_quality(target: str) -> None:
    """Of a supplier, over a link, of a group of parts, or all: there on 17, usable on 25."""
    rows = disturbed(shop((5, 1)), "quality_hold", target, 16, 25)
    assert charges(rows) == ({**PLANNED, ("quality hold", "F"): 8.0}, {**COVER, ("quality hold", "F"): 8.0})


def test_goods_held_that_come_from_a_place() -> None:
    """From C on day 1, there on 3, usable on 9."""
    rows = disturbed(chain((1, 1), centre=1), "quality_hold", "C", 2, 9)
    assert charges(rows) == (
        {("transport in plan", "CR"): 2.0, ("quality hold", "C"): 6.0},
        {("cover here", "R"): 2.0, ("quality hold", "C"): 6.0},
    )


def test_nothing_is_ordered_before_the_review() -> None:
    rows = shop((1, 1))
    rows["stock"][0].update(policy="periodic", reorder_point=-1, review_interval_days=7.0)
    timeline, critical = charges(rows)
    assert timeline == {**PLANNED, ("not ordered", "W"): 6.0}
    assert critical == {("cover here", "W"): 18.0}


# two echelons ------------------------------------------------------------------------------------------------------


def test_stock_lies_above_unasked() -> None:
    rows = chain((1, 1), centre=5)
    row(rows, "stock", place_id="R").update(policy="periodic", reorder_point=-1, review_interval_days=7.0)
    assert charges(rows) == (
        {("in stock above", "C"): 6.0, ("transport in plan", "CR"): 2.0}, {("cover here", "R"): 8.0}
    )  # fmt: skip


def test_the_place_above_is_short() -> None:
    """C has one piece: R's order of day 1 goes at once; that of day 3 gets the piece C ordered on day 1, on day 11."""
    timeline, critical = charges(chain((1, 1), (3, 1), centre=1))
    assert timeline == {("transport in plan", "CR"): 4.0, ("lead time in plan", "F"): 8.0}
    assert critical == {("cover here", "R"): 4.0, ("cover above", "C"): 8.0}


def test_excess_above_counts_as_far_as_it_delayed() -> None:
    """Planned 4 of 10 days: 6 beyond plan, of the 8 that R's order waited at C. Planned 1: 9 beyond, but only 8."""
    timeline, critical = charges(chain((1, 1), (3, 1), centre=1, planned_lead_time_days=4.0))
    assert timeline == {
        ("transport in plan", "CR"): 4.0, ("lead time in plan", "F"): 2.0, ("lead time beyond plan", "F"): 6.0
    }  # fmt: skip
    assert critical == {("cover here", "R"): 4.0, ("cover above", "C"): 2.0, ("lead time beyond plan", "F"): 6.0}
    critical = charges(chain((1, 1), (3, 1), centre=1, planned_lead_time_days=1.0))[1]
    assert critical == {("cover here", "R"): 4.0, ("lead time beyond plan", "F"): 8.0}


def test_a_delay_before_the_customer_came() -> None:
    """R keeps one and takes it on day 1; C sends another on day 3, when what it ordered comes, 10 days beyond plan. The
    customer of day 3 waits until 5 only because R's order had waited those 2 days at C: they are the supplier's."""
    rows = chain((1, 1), (3, 1), lead="13", planned_lead_time_days=3.0)
    rows["stock"][1]["order_up_to"] = 1
    rows["stock"][1]["initial_stock"] = 1
    add(rows, "opening_orders", {"part_id": "p", "place_id": "C", "source_id": "F", "quantity": 1,
                                 "ordered_days_ago": 10.0, "due_in": "3"})  # fmt: skip
    assert charges(rows) == ({("transport in plan", "CR"): 2.0}, {("lead time beyond plan", "F"): 2.0})


def test_one_demand_served_from_two_lots() -> None:
    """Pieces come on day 4 (2) and 9 (3) for a demand of 4 on day 1; planned were 2 days."""
    rows = shop((1, 4), planned_lead_time_days=2.0)
    for quantity, due in ((2, "4"), (3, "9")):
        add(rows, "opening_orders", {"part_id": "p", "place_id": "W", "source_id": "F", "quantity": quantity,
                                     "due_in": due})  # fmt: skip
    timeline, critical = charges(rows)
    assert timeline == {("lead time in plan", "F"): 4.0, ("lead time beyond plan", "F"): 18.0}
    assert critical == {("cover here", "W"): 4.0, ("lead time beyond plan", "F"): 18.0}
    issued = told(rows).tables["events"].filter(pl.col("kind") == "issue")
    assert issued.select("day", "quantity", "days").rows() == [(4.0, 2, 3.0), (9.0, 2, 8.0)]


def test_a_shipment_from_two_lots_above() -> None:
    """C gets a piece on day 4 and one on day 9, R wants both: 3 and 8 days short above, 2 days on the way."""
    rows = chain((1, 2))
    for due in ("4", "9"):
        add(rows, "opening_orders", {"part_id": "p", "place_id": "C", "source_id": "F", "quantity": 1, "due_in": due})
    timeline, critical = charges(rows)
    assert timeline == {("transport in plan", "CR"): 4.0, ("lead time in plan", "F"): 11.0}
    assert critical == {("cover above", "C"): 11.0, ("cover here", "R"): 4.0}


# ends --------------------------------------------------------------------------------------------------------------


def test_a_customer_who_leaves() -> None:
    """Gone on day 6 after 5 days, which the piece that comes on day 13 is charged with."""
    rows = shop((1, 1), planned_lead_time_days=2.0)
    rows["customers"][0].update(patience_days=5.0, lost_sale_cost=7.0, commitment_days=1.0, penalty_per_piece_day=3.0)
    timeline, critical = charges(rows)
    assert timeline == {("lead time in plan", "F"): 2.0, ("lead time beyond plan", "F"): 3.0}
    assert critical == {("lead time beyond plan", "F"): 5.0}
    series = told(rows).tables["series"]
    assert series.select("lost_sales_cost", "penalty_cost", "pieces_late").row(0) == (7.0, 0.0, 0)
    events = told(rows).tables["events"].filter(pl.col("kind") == "lost")
    assert events.select("day", "days").rows() == [(6.0, 5.0)]


def test_a_penalty_beyond_all_whole_numbers_of_cents_and_seconds() -> None:
    """The product of pieces, seconds and thousandths of cents leaves 64 bits; the penalty does not."""
    rows = shop((0, 300), horizon=400.0, lead="350")
    rows["customers"][0].update(commitment_days=2.0, penalty_per_piece_day=1e6)
    run = told(rows)
    assert run.tables["series"]["penalty_cost"].sum() == 300 * 350.0 * 1e6
    assert run.tables["events"].filter(pl.col("kind") == "issue")["cost"].to_list() == [300 * 350.0 * 1e6]


def test_a_wait_open_at_the_horizon() -> None:
    """As far as it lies before; by the pieces that end it afterwards."""
    timeline, critical = charges(shop((5, 1), horizon=8.0, planned_lead_time_days=2.0))
    assert timeline == {("lead time in plan", "F"): 2.0, ("lead time beyond plan", "F"): 1.0}
    assert critical == {("lead time beyond plan", "F"): 3.0}


@pytest.mark.parametrize("end", [100.0, 2_000.0])
def test_an_outage_that_outlasts_the_horizon(end: float) -> None:
    """Who waits for it waits for the outage; it used to count as never ordered, and to bring the run to a halt."""
    timeline, critical = charges(disturbed(shop((5, 1), horizon=20.0), "outage", "F", 6, end))
    assert timeline == {("lead time in plan", "F"): 10.0, ("disruption", "F"): 5.0}
    assert critical == {("disruption", "F"): 15.0}


def test_who_is_never_served() -> None:
    """Nothing is ordered for ever: the cover is too low."""
    rows = shop((5, 1), horizon=20.0)
    rows["stock"][0].update(policy="periodic", reorder_point=-9, review_interval_days=7.0)
    assert charges(rows) == ({("not ordered", "W"): 15.0}, {("cover here", "W"): 15.0})


def test_the_warm_up_is_cut_off() -> None:
    rows = shop((5, 1))
    rows["settings"][0]["warm_up_days"] = 10.0
    assert charges(rows) == (
        {("lead time in plan", "F"): 5.0, ("transport in plan", "FW"): 2.0}, {("cover here", "W"): 7.0}
    )  # fmt: skip


def test_an_emergency_order_is_one_day_under_way() -> None:
    rows = shop((5, 1), emergency_lead_time="1", emergency_cost=50.0)
    rows["stock"][0]["expedite_at"] = 1
    assert charges(rows) == ({("lead time in plan", "F"): 1.0}, {("cover here", "W"): 1.0})


# the state at the start --------------------------------------------------------------------------------------------


def test_who_waits_at_the_start_gets_what_is_there_the_longest_waiting_first() -> None:
    """Two pieces for three who wait; it used to wait for the next delivery, customer by customer."""
    rows = shop(horizon=30.0)
    rows["customers"] = [{"customer_id": "a"}, {"customer_id": "b"}]
    rows["stock"][0].update(initial_stock=2)
    for customer, waiting in (("a", 1.0), ("b", 9.0), ("a", 5.0)):
        add(rows, "opening_backorders", {"part_id": "p", "place_id": "W", "customer_id": customer, "quantity": 1,
                                         "waiting_days": waiting})  # fmt: skip
    issued = told(rows).tables["events"].filter(pl.col("kind") == "issue")
    assert issued.select("day", "customer_id", "days").rows() == [
        (0.0, "b", 9.0), (0.0, "a", 5.0), (12.0, "a", 13.0)
    ]  # fmt: skip


def test_emergency_orders_for_who_waits_at_the_start() -> None:
    rows = shop(emergency_lead_time="1")
    rows["stock"][0].update(expedite_at=1)
    add(rows, "opening_backorders", {"part_id": "p", "place_id": "W", "customer_id": "c", "quantity": 2})
    series = told(rows).tables["series"]
    assert series.select("emergency_orders", "orders", "waiting_piece_days").row(0) == (1, 0, 2.0)
