"""The order of recommendations: by money where waiting has a price, else by service; what leaves a limit comes last."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from spareverse.network.network import Network
from spareverse.network.observer_tables import RECOMMENDATIONS
from spareverse.observer.ranking import (
    LIMITS_LAST,
    MONEY,
    PAY_LATER,
    RANKED,
    SERVICE,
    how_ranked,
    ranked,
    waiting_is_priced,
    with_margins,
)
from tests.networks_small import chain
from tests.unit.observer import test_viability as made
from tests.unit.observer.test_viability import CEILING, FLOOR, limits, placed

UNITS = {"expedites_per_week": "1/week", "co2_kg": "kg/year", "fill_rate": "share of lines", "stock_value": "currency",
         "total_cost": "currency/year"}  # fmt: skip


def now(**values: tuple[float, float, float]) -> pl.DataFrame:
    return made.now(**values).with_columns(unit=pl.col("measure").replace_strict(UNITS))


def effect(name: str, value: float, half: float) -> dict[str, float]:
    return {f"{name}_change": value, f"{name}_change_low": value - half, f"{name}_change_high": value + half}


def nudge(name: str, **of: Any) -> dict[str, Any]:
    return {"nudge_id": name, "kind": "stock_level", "verdict": "survives", "ranked_by": SERVICE, "cost_today": 100.0,
            **effect("cost", 0.0, 0.01), **effect("fill", 0.0, 0.001), **of}  # fmt: skip


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    columns = {name: [row.get(name) for row in rows] for name in RECOMMENDATIONS.names}
    return pl.DataFrame(columns, schema=RECOMMENDATIONS.schema)


def ids(found: pl.DataFrame) -> list[str]:
    return found.sort("rank")["nudge_id"].to_list()


def test_what_a_nudge_does_to_the_least_margin() -> None:
    """Fill rate is the nearer limit: 0.945 over 0.9; it gains 0.018, 0.009 to 0.027; cost is a tenth away."""
    today = placed(
        now(fill_rate=(0.945, 0.94, 0.95), total_cost=(900.0, 880.0, 920.0)), limits(FLOOR, CEILING)
    ).measures
    dearer = effect("cost", 100.0 / 365, 100.0 / 365)
    found = with_margins(
        table(nudge("a", **effect("fill", 0.018, 0.009)), nudge("b", **dearer, **effect("fill", 0, 0))), today, "EUR"
    )
    rows = {row["nudge_id"]: row for row in found.iter_rows(named=True)}
    assert [rows["a"][f"margin_change{end}"] for end in ("", "_low", "_high")] == pytest.approx([0.02, 0.01, 0.03])
    assert [rows["b"][f"margin_change{end}"] for end in ("", "_low", "_high")] == pytest.approx([-0.05, -0.15, 0.0])


HELD = {"measure": "stock_value", "side": "money", "at_most": 835_000.0}
INSIDE = now(fill_rate=(0.92, 0.91, 0.93), stock_value=(759_000.0, 700_000.0, 800_000.0))


def test_what_leaves_a_limit_says_so_first_and_comes_after_all_that_do_not() -> None:
    today = placed(INSIDE, limits(FLOOR, HELD)).measures
    rows = [
        nudge("dear", ranked_by=MONEY, **effect("cost", -100.0, 20.0), **effect("stock", 79_000.0, 5_000.0)),
        nudge("small", ranked_by=MONEY, **effect("cost", -5.0, 2.0), **effect("stock", 9_000.0, 5_000.0)),
        nudge("pay", kind="incentive", ranked_by=MONEY, **effect("cost", -500.0, 2.0), stock_change=1e6),
        nudge("lost", ranked_by=MONEY, verdict="not clear", **effect("cost", -900.0, 2.0)),
    ]
    found = with_margins(table(*rows), today, "EUR")
    assert ids(found) == ["small", "pay", "dear", "lost"]
    said = dict(found.select("nudge_id", "caution").rows())
    assert said.pop("dear") == "would take stock value out of its limit: 838,000 against 835,000 EUR"
    assert set(said.values()) == {None}
    assert found.filter(nudge_id="dear")["leaves_limits"].item() == "yes"
    taken = with_margins(table(rows[0]), today, "EUR", defaults=True)["caution"].item()
    assert taken == (
        "would make stock value over a tenth worse than today (limits not set): 838,000 against 835,000 EUR"
    )
    assert found.filter(nudge_id="pay")["margin_change"].item() is None  # held against a drift, not against today
    assert LIMITS_LAST in how_ranked(found)
    assert LIMITS_LAST not in how_ranked(found.filter(pl.col("nudge_id") != "dear"))


def test_limits_broken_today_are_not_to_be_broken_more() -> None:
    """Fill rate is farther out than the stock value: what moves it out further is last; what mends it is not."""
    outside = now(fill_rate=(0.8, 0.79, 0.81), stock_value=(840_000.0, 830_000.0, 850_000.0))
    today = placed(outside, limits(FLOOR, HELD)).measures
    found = with_margins(
        table(
            nudge("worse", ranked_by=MONEY, **effect("cost", -9.0, 1.0), **effect("fill", -0.01, 0.002)),
            nudge("noise", ranked_by=MONEY, **effect("cost", -8.0, 1.0), **effect("fill", -0.01, 0.02)),
            nudge("mends", ranked_by=MONEY, **effect("cost", -7.0, 1.0), **effect("stock", 900.0, 90.0)),
        ),
        today, "EUR",
    )  # fmt: skip
    assert ids(found) == ["noise", "mends", "worse"]
    said = dict(found.select("nudge_id", "caution").rows())
    assert said["worse"] == (
        "would take fill rate further out of its limit: 79 against 90 %; lowers the fill rate by 1.0 points [0.8-1.2]"
    )
    assert said["noise"] is None
    assert said["mends"] is None


def test_a_limit_just_left_is_told_with_the_digits_that_show_it() -> None:
    today = placed(now(stock_value=(834_000.0, 830_000.0, 835_000.0)), limits({**HELD, "at_most": 835_004.25})).measures
    found = with_margins(table(nudge("a", **effect("stock", 1_010.0, 5.0))), today, "NOK")
    assert found["caution"].item() == "would take stock value out of its limit: 835,010 against 835,004 NOK"


def test_where_waiting_has_no_price_service_gained_per_money_spent_leads() -> None:
    """3.6 points for 0.074 a day before 0.08 a day saved; a point per 1 a day before two for 4."""
    rows = [
        nudge("saves", **effect("cost", -0.08, 0.01)),
        nudge("nearly free", **effect("cost", 0.074, 0.01), **effect("fill", 0.036, 0.004)),
        nudge("free too", **effect("cost", -0.5, 0.01), **effect("fill", 0.004, 0.001)),
        nudge("two points", **effect("cost", 4.0, 0.1), **effect("fill", 0.02, 0.004)),
        nudge("a point", **effect("cost", 1.0, 0.1), **effect("fill", 0.01, 0.004)),
        nudge("unclear", **effect("cost", -0.01, 0.001), **effect("fill", 0.05, 0.06)),
        nudge("pay", kind="incentive", **effect("cost", -900.0, 1.0), **effect("fill", 0.09, 0.01)),
    ]
    found = ranked(table(*rows))
    assert ids(found) == ["nearly free", "free too", "a point", "two points", "saves", "unclear", "pay"]
    assert how_ranked(found) == f"{RANKED[SERVICE]} {PAY_LATER}"
    by_money = ranked(table(*(row | {"ranked_by": MONEY} for row in rows)))
    assert ids(by_money)[:2] == ["free too", "saves"]
    assert how_ranked(by_money) == f"{RANKED[MONEY]} {PAY_LATER}"
    assert how_ranked(found.filter(pl.col("kind") != "incentive")) == RANKED[SERVICE]


def test_what_serves_less_says_so_wherever_it_stands() -> None:
    today = placed(INSIDE, limits(FLOOR)).measures
    found = with_margins(
        table(nudge("cut", ranked_by=MONEY, **effect("cost", -50.0, 1.0), **effect("fill", -0.0123, 0.0045))),
        today, "EUR",
    )  # fmt: skip
    assert found["caution"].item() == "lowers the fill rate by 1.2 points [0.78-1.7]"
    assert found["leaves_limits"].item() == "no"


def test_errors_of_floats_are_no_change() -> None:
    """A share of 0.1 + 0.2 - 0.3: the margin has not moved by 0.0000000000000139 points."""
    today = placed(now(fill_rate=(0.945, 0.94, 0.95)), limits(FLOOR)).measures
    found = with_margins(table(nudge("a", **effect("fill", 1.25e-16, 0.0))), today, "EUR")
    assert found["margin_change"].to_list() == [0.0]


def test_of_an_observation_made_before_the_order_stays_by_money() -> None:
    before = table(
        nudge("dear", ranked_by=None, cost_today=None, **effect("fill", 0.1, 0.01), **effect("cost", 2.0, 0.1)),
        nudge("saves", ranked_by=None, cost_today=None, **effect("cost", -2.0, 0.1)),
    ).drop("ranked_by", "cost_today", "caution", "leaves_limits", "simulated_days")
    found = with_margins(before, placed(INSIDE, limits(FLOOR)).measures, "EUR")
    assert ids(found) == ["saves", "dear"]
    assert how_ranked(found) == RANKED[MONEY]


def test_waiting_has_a_price_by_contract_by_lost_sale_or_at_its_stock_point() -> None:
    tables = dict(chain().tables)
    free = tables["customers"].with_columns(penalty_per_piece_day=pl.lit(0.0), lost_sale_cost=pl.lit(0.0))
    assert waiting_is_priced(chain())
    assert waiting_is_priced(Network.of(tables | {"customers": free.with_columns(lost_sale_cost=pl.lit(1.0))}))
    assert not waiting_is_priced(Network.of(tables | {"customers": free}))
    at_points = tables["stock"].with_columns(waiting_cost_per_piece_day=pl.lit(0.5))
    assert waiting_is_priced(Network.of(tables | {"customers": free, "stock": at_points}))


EXPEDITES = {"measure": "expedites_per_week", "side": "workload", "at_most": 5.0}


def test_a_limit_on_expedites_alone_is_checked() -> None:
    today = placed(now(expedites_per_week=(4.0, 3.5, 4.5)), limits(EXPEDITES)).measures
    more, fewer = (nudge(name, **effect("expedites", size, 0.1)) for name, size in (("more", 2.0), ("fewer", -1.0)))
    found = with_margins(table(more, fewer), today, "EUR")
    assert dict(found.select("nudge_id", "leaves_limits").rows()) == {"more": "yes", "fewer": "no"}
    said = dict(found.select("nudge_id", "caution").rows())
    assert said == {"more": "would take expedites out of its limit: 6 against 5 a week", "fewer": None}
    assert found["unchecked"].to_list() == [None, None]


def test_a_limit_that_trials_do_not_measure_is_said_to_be_unchecked() -> None:
    emissions = {"measure": "co2_kg", "side": "money", "at_most": 100.0}
    today = placed(now(co2_kg=(90.0, 80.0, 95.0), fill_rate=(0.95, 0.94, 0.96)), limits(emissions, FLOOR)).measures
    found = with_margins(table(nudge("a")), today, "EUR")
    assert found.select("leaves_limits", "unchecked").row(0) == (None, "co2_kg")
    assert "Not checked: the limit on CO2 kg" in how_ranked(found)
    only = with_margins(table(nudge("a")), placed(now(co2_kg=(90.0, 80.0, 95.0)), limits(emissions)).measures, "EUR")
    assert only.select("leaves_limits", "unchecked", "margin_change").row(0) == (None, "co2_kg", None)


def test_of_a_limit_of_nothing_the_margin_is_no_share() -> None:
    today = placed(now(expedites_per_week=(4.0, 3.5, 4.5)), limits({**EXPEDITES, "at_most": 0.0})).measures
    found = with_margins(table(nudge("more", **effect("expedites", 2.0, 0.1))), today, "EUR")
    assert found.select("margin_change", "leaves_limits").row(0) == (None, "yes")
    assert found["caution"].item() == "would take expedites further out of its limit: 6 against 0 a week"
