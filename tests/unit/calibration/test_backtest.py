"""The proof of a plan: promises that hold when the world is the models', and fail, with the cause, when it is not."""

import numpy as np
import polars as pl
import pytest

from spareverse.calibration.backtest import FUTURES, Contender, promise_band, prove
from spareverse.calibration.contenders import company, peers
from spareverse.calibration.futures import expected, futures, track_of
from spareverse.calibration.outcomes import Prices, equal_fill, ratio, share, value_at_fill
from spareverse.calibration.replay import COUNTS, Track
from spareverse.calibration.rules import Rules
from spareverse.history.later_demand import LaterDemand
from spareverse.network.plan_tables import ALL_PARTS, BACKTEST_EQUAL, BACKTEST_PARTS, BACKTEST_RESULTS, RULE_KNOWN
from spareverse.optimisation.demand_choice import model_demand
from unit.calibration.lists import planning

ITEMS, FIT, LATER = 1500, 1100, 365


def world(seed, rates, days, *, size=1.4):
    """Poisson lines with shifted Poisson sizes."""
    rng = np.random.default_rng(seed)
    return [
        sorted(zip(rng.integers(0, days, n).tolist(), (1 + rng.poisson(size - 1, n)).tolist(), strict=True))
        for n in rng.poisson(rates * days)
    ]


@pytest.fixture(scope="module")
def history():
    rates = np.random.default_rng(1).gamma(0.4, 0.01, ITEMS)
    cost = np.random.default_rng(2).lognormal(3, 1, ITEMS)
    return rates, planning(
        world(3, rates, FIT),
        steps=FIT,
        lead=40.0,
        unit_cost=cost,
        company=[(1, 2) if i % 3 else None for i in range(ITEMS)],
        category=[f"C{i % 4}" for i in range(ITEMS)],
    )


def what_came(data, events, lead):
    starts = np.concatenate([[0], np.cumsum([len(e) for e in events])]).astype(np.int64)
    flat = [pair for e in events for pair in e]
    none = np.zeros(0, np.int64)
    return LaterDemand(
        data.first, LATER, 1.0, True, starts,
        np.array([step for step, _ in flat], dtype=np.int64), np.array([p for _, p in flat], dtype=np.float64),
        np.zeros(len(data) + 1, np.int64), none, none,
        np.zeros(len(data), np.int64), np.ones(len(data), np.int64), np.array([lead]), np.zeros(len(data), np.int64),
    )  # fmt: skip


def proof(data, later):
    models = model_demand(data, choose=False)
    track = track_of(data, later)
    quantity = np.ones(len(data), np.int64)
    rules = tuple(
        Rules("plan", s, np.full(len(data), s), quantity, False, promised_fill_rate=np.full(len(data), 0.5))
        for s in (0, 1, 3)
    )
    prices = Prices(
        data.items["unit_cost"].to_numpy(), np.full(ITEMS, 0.01), np.full(ITEMS, 5.0), np.full(ITEMS, 1.0), 1.0, LATER
    )
    keys = data.items.select("part_id", "place_id").with_columns(
        pl.Series("demand_class", np.where(np.diff(data.event_starts) == 0, "never moved", "lumpy"))
    )
    return prove(
        track,
        [Contender(rules, 1), company(data), *peers(data, quantity)],
        prices,
        keys,
        future=futures(data, models, track),
        expected=expected(data, models, LATER),
    )


def test_a_promise_is_kept_when_the_future_is_like_the_past(history):
    rates, data = history
    found = proof(data, what_came(data, world(9, rates, LATER), 40.0))
    assert found.kept
    assert found.cause == ""
    for table, schema in (
        (found.results, BACKTEST_RESULTS),
        (found.equal, BACKTEST_EQUAL),
        (found.parts, BACKTEST_PARTS),
    ):
        assert table.schema == schema.schema
    plan = found.results.filter((pl.col("policy") == "plan") & pl.col("chosen"))
    assert plan["group"].to_list() == [ALL_PARTS, "lumpy", "never moved", RULE_KNOWN]
    assert plan["verdict"].to_list() == ["kept"] * 3 + ["no promise"]
    row = plan.row(0, named=True)
    assert row["fill_rate_low"] < row["fill_rate"] < row["fill_rate_high"]
    assert row["promised_fill_rate_low"] < row["promised_fill_rate"] < row["promised_fill_rate_high"]
    assert set(found.results["policy"]) == {
        "plan", "company", "croston-normal", "months-of-cover", "poisson-base-stock",
    }  # fmt: skip
    mine = found.equal.filter((pl.col("policy") == "plan") & pl.col("ratio").is_not_null())
    assert mine.height
    assert (mine["ratio"] == 1.0).all()


def test_longer_lead_times_break_the_promise_and_are_named(history):
    rates, data = history
    found = proof(data, what_came(data, world(9, rates, LATER), 300.0))
    assert not found.kept
    assert found.cause.startswith("Worse than promised: lead times")


def test_more_demand_is_named(history):
    rates, data = history
    found = proof(data, what_came(data, world(9, 6.0 * rates, LATER, size=3.0), 40.0))
    assert not found.kept
    assert "more than expected" in found.cause


def test_futures_have_the_demand_the_models_expect(history):
    _, data = history
    models = model_demand(data, choose=False)
    track = track_of(data, what_came(data, [[] for _ in range(ITEMS)], 40.0))
    draw = futures(data, models, track)
    due = expected(data, models, LATER)
    drawn = [draw(seed) for seed in range(30)]
    lines = np.array([(future.event_step >= 0).sum() for future in drawn])
    pieces = np.array([future.event_pieces[future.event_step >= 0].sum() for future in drawn])
    assert abs(lines.mean() - due.lines.sum()) < 3 * lines.std() / np.sqrt(30)
    assert abs(pieces.mean() - due.pieces.sum()) < 3 * pieces.std() / np.sqrt(30)
    before = track.event_step < 0
    for future in drawn[:2]:
        np.testing.assert_array_equal(future.event_step[future.event_step < 0], track.event_step[before])
    again = draw(0)
    np.testing.assert_array_equal(again.event_step, drawn[0].event_step)


def test_without_models_nothing_is_promised():
    track = Track(
        np.array([0, 1]), np.array([3]), np.array([1.0]), np.zeros(2, np.int64), np.zeros(0, np.int64),
        np.zeros(0, np.int64), np.array([0]), np.array([1]), np.array([5.0]), 10, 0, 0,
    )  # fmt: skip
    rule = Rules("plan", 0.0, np.array([0]), np.array([1]), False)
    keys = pl.DataFrame({"part_id": ["A"], "place_id": [""], "demand_class": ["lumpy"]})
    prices = Prices(np.ones(1), np.ones(1), np.ones(1), np.ones(1), 1.0, 10)
    found = prove(track, [Contender((rule,), 0)], prices, keys)
    assert found.kept
    assert found.results["verdict"].to_list() == ["no promise"] * 2
    assert found.parts["promised_fill_rate"].null_count() == 1


def test_limits_of_a_ratio_cover():
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(400):
        below = rng.poisson(2.0, 300).astype(float)
        top = rng.binomial(below.astype(int), rng.beta(8, 2, 300)).astype(float)
        _, low, high = ratio(top, below)
        inside += low <= 0.8 <= high
    assert 0.92 < inside / 400 < 0.975
    assert share(np.ones(3), np.ones(3)) == (1.0, 1.0, 1.0)
    assert np.isnan(ratio(np.zeros(2), np.zeros(2))[0])


def test_the_band_of_a_promise_holds_the_next_draw_19_times_in_20():
    """20,000 bands of 60 draws: standard error 0.15 points; the usual quantile holds 92 in 100."""
    drawn = np.random.default_rng(1).beta(8, 2, (20_000, FUTURES + 1))
    inside = [low <= row[-1] <= high for row in drawn for low, high in (promise_band(row[:-1]),)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.005)


def test_stock_value_at_a_fill_rate_is_read_between_settings():
    fill, value = np.array([0.5, 0.8, 0.7, 0.9]), np.array([10.0, 20.0, 25.0, 40.0])
    assert value_at_fill(fill, value, 0.65) == pytest.approx(15.0)
    assert value_at_fill(fill, value, 0.85) == pytest.approx(32.5)
    assert value_at_fill(fill, value, 0.5) == 10.0
    # how little would do for less than its least setting is not known
    assert np.isnan(value_at_fill(fill, value, 0.4))
    assert np.isnan(value_at_fill(fill, value, 0.95))


def test_a_contender_that_needs_half_the_stock_shows_it():
    items = 400
    rng = np.random.default_rng(3)
    counts = np.zeros((2, items, len(COUNTS)))
    counts[:, :, 0] = rng.poisson(3.0, items)
    counts[0, :, 1], counts[1, :, 1] = 0.6 * counts[0, :, 0], 0.9 * counts[0, :, 0]
    counts[0, :, 5], counts[1, :, 5] = rng.gamma(2.0, 1.0, items), rng.gamma(4.0, 1.0, items)
    double = counts.copy()
    double[:, :, 5] *= 2.0
    found = equal_fill({"plan": counts, "other": double}, np.ones(items), np.array([0.75]), "plan")
    assert found["other", 0.75][3:] == pytest.approx((2.0, 2.0, 2.0))


def test_a_contender_with_one_setting_is_compared_at_its_own_fill_rate_alone():
    items = 400
    rng = np.random.default_rng(3)
    counts = np.zeros((3, items, len(COUNTS)))
    counts[:, :, 0] = rng.poisson(3.0, items)
    for number, share_met in enumerate((0.4, 0.6, 0.9)):
        counts[number, :, 1] = rng.binomial(counts[number, :, 0].astype(int), share_met)
        counts[number, :, 5] = (1 + number) * rng.gamma(2.0, 1.0, items)
    one = counts[1:2].copy()
    one[:, :, 5] *= 2.0
    own = float(one[0, :, 1].sum() / one[0, :, 0].sum())
    targets = np.array([0.5, own, 0.8])
    found = equal_fill({"plan": counts, "company": one}, np.ones(items), targets, "plan")
    assert np.isnan(found["company", 0.5]).all()
    assert np.isnan(found["company", 0.8]).all()
    value, low, high, times, least, most = found["company", own]
    assert value == pytest.approx(one[0, :, 5].sum())
    assert low < value < high
    assert times == pytest.approx(2.0)
    assert least < 2.0 < most


def test_a_handful_of_lines_proves_no_promise(history):
    _, data = history
    few = [[(200, 1 if i % 3 else 50)] if i < 12 else [] for i in range(ITEMS)]
    found = proof(data, what_came(data, few, 40.0))
    mine = found.results.filter((pl.col("policy") == "plan") & pl.col("chosen") & (pl.col("group") == ALL_PARTS))
    assert mine["lines"].to_list() == [12]
    assert mine["verdict"].to_list() == ["not enough lines"]
    assert found.kept
    classes = found.results.filter((pl.col("policy") == "plan") & pl.col("chosen") & (pl.col("lines") > 0))
    classes = classes.filter(pl.col("group") != RULE_KNOWN)
    assert set(classes["verdict"]) == {"not enough lines"}


def test_where_no_line_came_no_promise_was_kept(history):
    _, data = history
    found = proof(data, what_came(data, [[] for _ in range(ITEMS)], 40.0))
    mine = found.results.filter((pl.col("policy") == "plan") & pl.col("chosen") & (pl.col("group") == ALL_PARTS))
    assert mine["verdict"].to_list() == ["no promise"]
    assert mine["cause"].to_list() == ["No demand line came."]


def test_contenders_are_compared_on_the_parts_whose_rule_is_known(history):
    """A third of the company's rules are in no table: those parts count for nobody; the promise is of all parts."""
    rates, data = history
    known = data.items["current_reorder_point"].is_not_null().sum()
    found = proof(data, what_came(data, world(9, rates, LATER), 40.0))
    assert known == ITEMS * 2 // 3
    assert found.results.filter(pl.col("policy") == "company")["group"].to_list() == [RULE_KNOWN]
    same = found.results.filter((pl.col("group") == RULE_KNOWN) & pl.col("chosen"))
    assert set(same["policy"]) == set(found.results["policy"])
    assert set(same["parts"]) == {known}
    assert same["lines"].n_unique() == 1
    assert set(same["verdict"]) == {"no promise"}
    whole = found.results.filter((pl.col("group") == ALL_PARTS) & pl.col("chosen"))
    assert set(whole["parts"]) == {ITEMS}
    assert "company" not in whole["policy"]
    assert found.parts.filter(pl.col("policy") == "company").height == known
    # the company has one setting: at its own fill rate it holds what it held on those parts
    row = same.filter(pl.col("policy") == "company").row(0, named=True)
    alone = found.equal.filter((pl.col("policy") == "company") & (pl.col("fill_rate") == row["fill_rate"]))
    assert alone["stock_value"].to_list() == pytest.approx([row["stock_value"]])
