"""The runner: precision, prefixes, stopping, going on; the ledger by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spareverse.errors import Cancelled, InputRejected, UsageError
from spareverse.examples.platform import study as platform
from spareverse.network.distributions import Constant
from spareverse.network.study import HOURS_PER_YEAR, Economics, Fee, Option, Policy, Study, Transport
from spareverse.network.study_tables import COST_KINDS, STUDY_LINES, STUDY_RESULTS
from spareverse.simulation.study_run import run_study

SHORT = replace(platform(), horizon_h=2 * HOURS_PER_YEAR)


class Kept(dict[str, Mapping[str, Any]]):
    """A memory that lasts as long as the test."""

    def read(self, name: str) -> Mapping[str, Any] | None:
        return self.get(name)

    def write(self, name: str, arrays: Mapping[str, Any]) -> None:
        self[name] = dict(arrays)


def test_every_table_has_its_declared_schema() -> None:
    run = run_study(SHORT, replications=4, seed=1)
    assert set(run.tables) == set(STUDY_RESULTS)
    for name, table in STUDY_RESULTS.items():
        assert run.tables[name].schema == table.schema, name
    assert len(run.tables) == len(list(run.tables))


def test_replications_do_not_depend_on_how_many_there_are() -> None:
    few, many = run_study(SHORT, replications=20, seed=3), run_study(SHORT, replications=50, seed=3)
    prefix = many.tables["replications"].filter(pl.col("replication") < 20)
    assert_frame_equal(few.tables["replications"], prefix, check_exact=True)
    assert not few.tables["replications"].equals(run_study(SHORT, replications=20, seed=4).tables["replications"])


def test_a_precision_is_reached_and_not_by_much_too_many() -> None:
    run = run_study(SHORT, precision=0.004, seed=1)
    widest = max(run.half_widths.values())
    assert 0.0032 < widest <= 0.004
    options = run.tables["options"].filter(pl.col("measure") == "availability")
    half = ((options["high"] - options["low"]) / 2).to_list()
    assert half == pytest.approx(list(run.half_widths.values()))


def test_progress_never_goes_back_and_names_half_widths() -> None:
    told: list[tuple[float, str]] = []
    run_study(SHORT, precision=0.01, seed=1, progress=lambda share, what: told.append((share, what)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert "±" in told[0][1]


def test_cancel_raises_and_stop_keeps_what_there_is() -> None:
    with pytest.raises(Cancelled):
        run_study(SHORT, replications=1000, cancel=lambda: True)
    run = run_study(SHORT, precision=0.0001, seed=1, stop=lambda: True)
    assert run.stopped_early
    assert 2 <= run.replications < 1000


def test_a_run_goes_on_where_it_was_stopped() -> None:
    kept = Kept()
    first = run_study(SHORT, replications=96, seed=5, stop=lambda: True, memory=kept)
    assert first.stopped_early
    assert first.replications < 96
    on = run_study(SHORT, replications=96, seed=5, memory=kept)
    whole = run_study(SHORT, replications=96, seed=5)
    for name in STUDY_RESULTS:
        assert_frame_equal(on.tables[name], whole.tables[name], check_exact=True)


@pytest.mark.parametrize(
    "wish",
    [{"precision": 0.1, "replications": 3}, {"precision": 0.0}, {"precision": 0.7}, {"replications": 0}, {"seed": -1}],
)
def test_impossible_wishes_are_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        run_study(SHORT, **wish)


def certain_study() -> Study:
    """No chance in it: fails every 1,000 h, the piece comes after 100 h, work takes 10 h, one spare on the shelf."""
    lines = platform().lines.with_columns(
        failures_per_year=pl.lit(8.76), life=pl.lit("constant(1)"), replacement=pl.lit("10 h"),
        unit_price=pl.lit(50.0), weight_kg=pl.lit(4.0), downtime_cost_per_h=pl.lit(7.0),
    )  # fmt: skip
    from spareverse.network.distributions import Constant

    option = Option(
        "one",
        "hybrid",
        policy=Policy("base_stock", initial_stock=1, order_up_to=1),
        lead_time=Constant(100.0),
        order_cost=3.0,
        fee=Fee(per_month=10.0, pay_per_use=2.0, escalation_per_year=0.1),
        transport=Transport(distance_km=500.0, co2_kg_per_tonne_km=0.2, cost_per_shipment=5.0, cost_per_kg=0.25),
        holding_per_piece_h=0.01,
        holding_rate_per_year=0.1,
        investment=400.0,
        scrap_share=0.2,
    )
    economics = Economics(discount_rate=0.05, co2_price_per_kg=2.0)
    return replace(
        platform(), lines=lines, options=(option,), horizon_h=2 * HOURS_PER_YEAR, economics=economics, emergency="none"
    )


def test_the_money_of_a_certain_study_by_hand() -> None:
    run = run_study(certain_study(), replications=2)
    mean = dict(run.tables["options"].select("measure", "mean").iter_rows())
    failures = 17  # at 1000, 2010, ..., 1010 n - 10 <= 17520
    assert mean["failures"] == failures
    assert mean["up_hours"] == 17_520 - 10 * failures
    assert mean["availability"] == pytest.approx(1 - 170 / 17_520)
    hours_in_stock = 17_520 - 100 * failures
    fee = 12 * 10 * (1 + 1.1)
    expected = {
        "parts": (1 + failures) * (50 + 2),
        "ordering": failures * 3.0,
        "transport": failures * (5 + 0.25 * 4),
        "holding": hours_in_stock * (0.01 + 0.1 * 50 / 8760),
        "fee": fee,
        "investment": 400.0,
        "co2": failures * 4 * 500 * 0.2 / 1000 * 2.0,
        "downtime": failures * 10 * 7.0,
        "scrap": -0.2 * 50.0,
        "expedite": 0.0,
    }
    for kind in COST_KINDS:
        assert mean[f"{kind}_cost"] == pytest.approx(expected[kind]), kind
    assert mean["total_cost"] == pytest.approx(sum(expected.values()))
    assert mean["co2_kg"] == pytest.approx(failures * 0.4)
    periods = run.tables["periods"]
    by_year = periods.select(pl.sum_horizontal(f"{kind}_cost" for kind in COST_KINDS)).to_series().to_numpy()
    assert mean["net_present_cost"] == pytest.approx(452.0 + by_year[0] / 1.05 + by_year[1] / 1.05**2)
    assert periods["cumulative_cost"].to_list()[-1] == pytest.approx(mean["total_cost"])
    line = run.tables["line_results"].row(0, named=True)
    assert line["supply_cost"] + line["downtime_cost"] == pytest.approx(mean["total_cost"])


def test_common_random_numbers_pay() -> None:
    """Enhanced and hybrid meet the same failures: their difference is far better known than either."""
    run = run_study(platform(), replications=100, seed=2)
    ratio = run.tables["differences"].filter(
        (pl.col("option") == "enhanced") & (pl.col("against") == "hybrid") & (pl.col("measure") == "failures")
    )["variance_ratio"][0]
    assert ratio > 5
    assert np.isfinite(ratio)


def _small(lines: list[dict[str, Any]], *options: Option, **study: Any) -> Study:
    usual = {"installed_quantity": 1, "failures_per_year": 4.0, "replacement": "8 h", "unit_price": 100.0}
    rows = [{**usual, "tag": f"T{i}", "part_id": f"P{i}", **line} for i, line in enumerate(lines)]
    table = pl.concat([STUDY_LINES.empty(), pl.DataFrame(rows)], how="diagonal_relaxed").cast(dict(STUDY_LINES.schema))
    return Study("small", table, options, **{"horizon_h": 5 * HOURS_PER_YEAR, **study})


def _one(name: str, warehouse: Any = "physical", **wishes: Any) -> Option:
    usual = {"lead_time": Constant(240.0), "policy": Policy("base_stock", initial_stock=9, order_up_to=9)}
    return Option(name, warehouse, **{**usual, **wishes})


@pytest.mark.parametrize("free", [{"parts_charged": "on_use"}, {"fee": Fee(1.0, covers=frozenset({"parts"}))}])
def test_pieces_never_paid_for_bring_nothing_back(free: dict[str, Any]) -> None:
    run = run_study(_small([{}], _one("a", scrap_share=1.0, **free)), replications=2)
    assert (run.tables["replications"]["unused_pieces"] > 0).all()
    assert (run.tables["replications"]["scrap_cost"] == 0.0).all()


def test_a_printed_piece_may_cost_nothing() -> None:
    study = _small([{"digital_price": 0.0}], _one("shelf"), _one("printed", "digital"))
    paid = dict(run_study(study, replications=2).tables["line_results"].select("option", "unit_price").iter_rows())
    assert paid == {"shelf": 100.0, "printed": 0.0}


def test_waits_are_unknown_where_nothing_fails_while_counted() -> None:
    rare = _one("a", policy=Policy("on_demand"), lead_time=Constant(20 * HOURS_PER_YEAR))
    study = _small([{}], rare, warm_up_h=4.9 * HOURS_PER_YEAR)
    runs = run_study(study, replications=8).tables["replications"]
    assert (runs["failures"] == 0).any()
    assert runs.filter(failures=0).select(pl.col("wait_hours", "stock_out_wait_hours").is_null().all()).row(0) == (
        True,
        True,
    )


def test_parts_carry_all_costs_even_where_all_follow_another_option() -> None:
    printed = _one("printed", "digital", qualified_only=True, fallback="shelf", fee=Fee(100.0), investment=1000.0)
    run = run_study(_small([{}, {"failures_per_year": 1.0}], _one("shelf"), printed), replications=2)
    costs = pl.col("supply_cost") + pl.col("downtime_cost")
    of_parts = dict(run.tables["line_results"].group_by("option").agg(costs.sum()).iter_rows())
    for option in ("shelf", "printed"):
        total = run.tables["options"].filter(option=option, measure="total_cost")["mean"].item()
        assert of_parts[option] == pytest.approx(total)


def _paid(run: Any, option: str, kind: str) -> float:
    return float(run.tables["options"].filter(option=option, measure=f"{kind}_cost")["mean"].item())


def test_what_is_used_is_paid() -> None:
    """An option pays its own fee and investment, and those of every option that one of its parts falls back on."""
    shelf, central = _one("shelf", investment=700.0), _one("central", investment=50.0, fee=Fee(20.0))
    printed = _one("printed", "digital", qualified_only=True, fallback="central", fee=Fee(100.0, escalation_per_year=1))
    lines = [{"am_qualified": True}, {"am_qualified": False, "failures_per_year": 1.0}]
    run = run_study(_small(lines, shelf, central, printed, horizon_h=2 * HOURS_PER_YEAR), replications=2)
    assert _paid(run, "printed", "fee") == pytest.approx(12 * 100 * (1 + 2) + 24 * 20)
    assert _paid(run, "printed", "investment") == pytest.approx(50.0)
    assert (_paid(run, "shelf", "fee"), _paid(run, "shelf", "investment")) == (0.0, pytest.approx(700.0))
    parts = run.tables["line_results"].filter(option="printed")
    cost = dict(parts.select("follows", pl.col("supply_cost") + pl.col("downtime_cost")).iter_rows())
    assert sum(cost.values()) == pytest.approx(_paid(run, "printed", "total"))
    followed = run.tables["line_results"].filter(option="central", part_id="P1").row(0, named=True)
    alone = followed["supply_cost"] + followed["downtime_cost"]  # where it shares the fee of central with the other
    assert cost["central"] - alone == pytest.approx((50.0 + 24 * 20) * (1.0 - 1.0 / 5.0))
    every = [{"am_qualified": True}]
    nobody = run_study(_small(every, central, printed, horizon_h=2 * HOURS_PER_YEAR), replications=2)
    assert _paid(nobody, "printed", "fee") == pytest.approx(12 * 100 * (1 + 2))


def test_a_piece_charged_on_use_is_paid_for_when_it_expires() -> None:
    free = {"parts_charged": "on_use", "fee": Fee(pay_per_use=5.0)}
    run = run_study(_small([{"shelf_life_months": 6.0}], _one("a", **free)), replications=4, seed=1)
    row = run.tables["replications"].select("failures", "expired_pieces", "parts_cost")
    assert (row["expired_pieces"] > 10).all()
    assert row["parts_cost"].to_list() == (105.0 * (row["failures"] + row["expired_pieces"])).to_list()
    line = run.tables["line_results"].row(0, named=True)
    assert line["expired_pieces"] == pytest.approx(row["expired_pieces"].mean())
    assert line["supply_cost"] == pytest.approx(row["parts_cost"].mean())


@pytest.mark.parametrize("asked", [0, 3, 5, 11, 14, 30])
def test_a_run_ended_anywhere_and_gone_on_with_is_the_whole_run(asked: int) -> None:
    """Wherever it ends, every option has as many replications, and going on gives the same bits."""
    kept, count = Kept(), iter(range(10_000))
    wish = {"replications": 130, "seed": 5, "trace": 1}
    ended = run_study(SHORT, **wish, stop=lambda: next(count) >= asked, memory=kept)
    runs = ended.tables["replications"].group_by("option").len()["len"].to_list()
    assert runs == [ended.replications] * 4
    assert ended.stopped_early == (ended.replications < 130)
    on, whole = run_study(SHORT, **wish, memory=kept), run_study(SHORT, **wish)
    for name in STUDY_RESULTS:
        assert_frame_equal(on.tables[name], whole.tables[name], check_exact=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"options": (_one("a"), _one("a"))}, "2 options have this name"),
        ({"options": ()}, "no option"),
        ({"options": (_one("a", "digital", qualified_only=True, fallback="b"),)}, "no such option"),
        ({"options": (_one("a", shelf_life_h=0.0),)}, "after no time"),
        ({"options": (_one("a", policy=Policy("periodic", 1, 0, 1, 2)),)}, "after no time"),
        ({"line": {"needed_quantity": 2}}, "More pieces are needed"),
        ({"line": {"installed_quantity": 0}}, "No piece is installed"),
        ({"line": {"failures_per_year": float("inf")}}, "life of 0"),
        ({"line": {"failures_per_year": -1.0}}, "no rate is below 0"),
        ({"line": {"life": "constant(0)"}}, "life of 0"),
        ({"line": {"life": "wibull(2)"}}, "wibull"),
        ({"line": {"shelf_life_months": 0.0}}, "expire at once"),
        ({"horizon_h": 10.0, "warm_up_h": 10.0}, "no hour of it"),
        ({"period_h": 0.0}, "after no time"),
        ({"lines": STUDY_LINES.empty()}, "no line"),
    ],
)
def test_impossible_studies_made_in_python_are_refused(change: dict[str, Any], words: str) -> None:
    study = replace(_small([{}, change.pop("line", {})], _one("a")), **change)
    with pytest.raises(InputRejected, match=words) as told:
        run_study(study, replications=2)
    assert told.value.problems


def test_every_trouble_of_an_impossible_study_is_told_at_once() -> None:
    study = _small([{"failures_per_year": -1.0}, {"failures_per_year": -2.0, "needed_quantity": 3}], *[_one("a")] * 2)
    with pytest.raises(InputRejected) as told:
        run_study(study)
    assert [problem.column for problem in told.value.problems] == ["option", "needed_quantity", "failures_per_year"]
    assert "1 more line" in told.value.problems[2].remedy
