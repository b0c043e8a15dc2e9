"""Demand models of whole portfolios: calibration of parts that never moved, choice on scores, what is said per part."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from spareverse.history.planning_data import PlanningData
from spareverse.network.plan_tables import DEMAND_RESULTS
from spareverse.optimisation.demand_candidates import FORECASTS, OwnSeries
from spareverse.optimisation.demand_choice import WEARS_OUT, Ageing, DemandModels, model_demand
from spareverse.optimisation.demand_groups import make_cells
from spareverse.optimisation.demand_history import DemandHistory
from spareverse.statistics.forecasting.scores import crps_counts
from unit.optimisation.planning_fixture import car_parts, from_periods, planning_data, planning_items

Floats = NDArray[np.float64]
YEARS = 3.0
PRICE_LIMITS = (10.0, 30.0, 100.0, 300.0)


@cache
def catalogue(seed: int, parts: int = 12_000) -> tuple[PlanningData, Floats, Floats, NDArray[np.int64], DemandModels]:
    """Parts most of which never move, cheap ones less so; rates of the others are spread log-normally.

    Returns the data, prices, true rates [lines/year], lines of the year after, and the models.
    """
    random = np.random.default_rng(seed)
    category = random.integers(0, 6, parts)
    price = np.exp(random.normal(3.5, 1.3, parts))
    share = np.minimum(0.55 * (price / 33.0) ** -0.4 * np.array([1.3, 1.0, 0.8, 1.1, 0.7, 1.2])[category], 1.0)
    rate = np.where(random.random(parts) < share, random.lognormal(-0.5, 1.2, parts), 0.0)
    lines = random.poisson(rate * YEARS)
    item = np.repeat(np.arange(parts), lines)
    steps = round(YEARS * 365.25)
    data = planning_data(
        item,
        random.integers(0, steps, len(item)),
        1.0 + random.poisson(0.5, len(item)),
        items=planning_items(parts, category=[f"C{c}" for c in category], unit_cost=price),
        steps=steps,
    )
    return data, price, rate, random.poisson(rate), model_demand(data, choose=False)


def test_parts_that_never_moved_are_expected_to_move_as_often_as_they_do() -> None:
    for seed in (1, 2):
        data, price, rate, later, models = catalogue(seed)
        never = np.diff(data.event_starts) == 0
        assert 0.55 < never.mean() < 0.75
        expected = models.law.lines_a_year
        assert later[never].sum() / later.sum() > 0.05
        band = np.digitize(price, PRICE_LIMITS)
        for of in (never, *(never & (band == b) for b in range(len(PRICE_LIMITS) + 1))):
            # Scatter of the counts (rates differ, hence the second term) and a tenth for what is learnt.
            scatter = np.sqrt(later[of].sum() + (rate[of] ** 2).sum() + 1.0)
            assert abs(expected[of].sum() - later[of].sum()) < 2.6 * scatter + 0.1 * expected[of].sum()
        assert expected[~never].sum() == pytest.approx(later[~never].sum(), rel=0.05)


def test_ranking_parts_that_never_moved_beats_treating_them_alike() -> None:
    data, _, _, later, models = catalogue(1)
    never = np.flatnonzero(np.diff(data.event_starts) == 0)
    best = never[np.argsort(-models.law.lines_a_year[never], kind="stable")][: len(never) // 4]
    # treated alike, a quarter of the parts gets a quarter of the lines
    assert later[best].sum() / later[never].sum() > 0.45


def test_limits_of_a_rate_cover_it() -> None:
    data, _, rate, _, models = catalogue(2)
    moved = np.diff(data.event_starts) > 0
    size = models.law.line_mean
    low = models.table["rate_low"].to_numpy() / size
    high = models.table["rate_high"].to_numpy() / size
    assert ((low <= rate) & (rate <= high))[moved].mean() == pytest.approx(0.95, abs=0.03)


def test_samples_of_rates_spread_as_the_posterior_and_shift_together() -> None:
    *_, models = catalogue(1)
    rates = models.sampled_rates(20, seed=4)
    assert rates.shape == (20, len(models.law))
    assert np.array_equal(rates, models.sampled_rates(20, seed=4))
    assert rates.sum(axis=1).mean() == pytest.approx(models.occurrence.expected().sum(), rel=0.15)
    shift = models.sampled_drift(4000, seed=1)
    assert shift.mean() == pytest.approx(1.0, abs=0.02)
    assert np.log(shift).std() == pytest.approx(float(models.drift[1]), rel=0.1)


def small(seed: int = 5, parts: int = 300, months: int = 40) -> Floats:
    random = np.random.default_rng(seed)
    chance = random.beta(0.5, 3.0, parts)
    return np.where(random.random((parts, months)) < chance[:, None], 1.0 + random.poisson(0.7, (parts, months)), 0.0)


def test_the_order_of_items_changes_nothing() -> None:
    values = small()
    order = np.random.default_rng(1).permutation(len(values))
    one, other = model_demand(from_periods(values, lead=2.0)), model_demand(from_periods(values[order], lead=2.0))
    assert np.allclose(one.law.mass[order], other.law.mass, atol=1e-5)
    assert np.allclose(one.law.lines_a_year[order], other.law.lines_a_year, rtol=1e-6)
    assert (one.table["model"].to_numpy()[order] == other.table["model"].to_numpy()).all()


def test_an_item_of_another_group_hardly_matters() -> None:
    values = small()
    data = from_periods(values)
    data = replace(data, items=data.items.with_columns(category=np.where(np.arange(300) < 150, "A", "B")))
    wild = values.copy()
    wild[-1] = 3.0
    changed = from_periods(wild)
    changed = replace(changed, items=data.items)
    one, other = model_demand(data, choose=False), model_demand(changed, choose=False)
    assert np.abs(one.law.mass[:150] - other.law.mass[:150]).max() < 0.02
    assert np.abs(one.law.mass[-1] - other.law.mass[-1]).max() > 0.2


def test_missing_months_are_not_months_without_demand() -> None:
    values = small(parts=400)
    values[0], values[1] = 0.0, 0.0
    values[:2, 5] = 1.0
    values[0, 10:] = np.nan
    models = model_demand(from_periods(values), choose=False)
    table = models.table
    assert table["missing_periods"].to_list()[:2] == [30, 0]
    assert table["periods"].to_list()[:2] == [10, 40]
    assert "30 periods without information" in table["remarks"][0]
    assert models.law.lines_a_year[0] > 1.5 * models.law.lines_a_year[1]


def test_every_part_says_what_it_is() -> None:
    values = small(parts=60)
    values[0] = 0.0
    values[1] = 0.0
    values[1, 7] = 2.0
    models = model_demand(from_periods(values, lead=3.0))
    table = models.table
    assert table.columns == ["item", *(column.name for column in DEMAND_RESULTS.columns)]
    assert table["demand_class"].to_list()[:2] == ["never moved", "too few demands"]
    assert "No demand yet" in table["remarks"][0]
    assert "One demand only" in table["remarks"][1]
    assert models.law.chance_of_demand[0] > 0.0
    assert (table["rate_low"] <= table["rate"]).all()
    assert table["lead_time_days"].to_list() == pytest.approx([3 * 365.25 / 12] * 60)
    on_grid = (models.law.mass * np.arange(models.law.mass.shape[1])).sum(axis=1) * models.law.step
    assert np.allclose(on_grid, models.law.mean, rtol=0.02, atol=1e-3)
    assert models.origins == 6
    assert set(table["model"]) <= set(models.models)


@pytest.mark.parametrize("name", list(FORECASTS))
def test_a_forecast_is_the_mean_of_the_law_made_of_it(name: str) -> None:
    data = from_periods(small(parts=40), lead=3.0)
    history = DemandHistory.of(data)
    moved = np.flatnonzero(np.diff(data.event_starts) > 0)
    series = OwnSeries.of(history, moved, data.steps)
    law = series.laws(
        name, history, history.order_sizes(data.steps, make_cells(data)), data.lead_nodes, np.ones(1), 128, data.steps
    )
    assert law.mean == pytest.approx(3.0 * FORECASTS[name](series.values, series.starts), rel=1e-6)
    assert law.mass.sum(axis=1) == pytest.approx(1.0, abs=1e-3)


def test_forecasts_from_aggregated_demand_compete() -> None:
    models = model_demand(from_periods(small(), lead=2.0))
    scored = models.scores.filter(
        pl.col("model").is_in(["ADIDA", "IMAPA"]) & (pl.col("demand_class") == "intermittent")
    )
    assert scored.height == 2
    assert (scored["forecasts"] > 0).all()
    usual = models.scores.filter((pl.col("model") == "Croston") & (pl.col("demand_class") == "intermittent"))
    assert (scored["score"] < 1.2 * usual["score"][0]).all()


@pytest.mark.parametrize("choose", [False, True])
def test_little_or_nothing_known(choose: bool) -> None:
    silent = model_demand(from_periods(np.zeros((3, 12))), choose=choose)
    assert (silent.law.mass.sum(axis=1) > 0.99).all()
    assert (silent.law.lines_a_year < 1.0).all()
    one = model_demand(from_periods(np.array([[1.0]])), choose=choose)
    assert one.law.mass.shape[0] == 1
    assert np.isfinite(one.law.lines_a_year).all()


def test_a_choice_needs_no_model_that_foretold_worse() -> None:
    """Demand whose rate never changes: the long memory wins, and whoever leaves it is an exception."""
    models = model_demand(from_periods(small(parts=800, months=60)))
    share = (models.table["model"] == "pooled").mean()
    assert share is not None
    assert share > 0.9


def test_car_parts_are_foretold_better_than_by_textbook_models(shared: Path) -> None:
    """Fit months 1 to 36, score 37 to 39; the later months are kept for the one final score."""
    values = car_parts(shared)
    complete = ~np.isnan(values).any(axis=1)
    came = np.nan_to_num(values[:, 36:39]).sum(axis=1)
    models = model_demand(from_periods(values[:, :36], lead=3.0))

    def score(chosen: DemandModels) -> float:
        return float(crps_counts(chosen.law.mass, chosen.law.step, came)[complete].mean())

    plain = model_demand(from_periods(values[:, :36], lead=3.0), choose=False)
    # TSB, the best of the textbook models here, scores 0.896; Croston 1.16, Poisson 1.12
    assert score(models) < 0.87
    assert score(models) < score(plain)
    expected = models.law.lines_a_year[complete].sum() / 4.0
    assert expected == pytest.approx((values[complete, 36:39] > 0).sum(), rel=0.05)


def test_parts_that_wear_out_expect_what_their_ages_say() -> None:
    random = np.random.default_rng(8)
    item, steps = np.repeat(np.arange(200), 4), 1000
    data = planning_data(
        item, random.integers(0, steps, len(item)), np.ones(len(item)), items=planning_items(200), steps=steps
    )
    nan = np.full(200, np.nan)
    ageing = Ageing(*(np.where(np.arange(200) < 5, value, nan) for value in (2.0, 1.0, 4.0)))
    unmoved = Ageing(*(np.where(np.isfinite(ageing.low), 1.0, nan) for _ in range(3)))
    plain, base, aged = (model_demand(data, choose=False, ageing=each) for each in (None, unmoved, ageing))
    assert aged.table["model"][:5].to_list() == [WEARS_OUT] * 5
    assert WEARS_OUT not in aged.table["model"][5:].to_list()
    np.testing.assert_allclose(aged.law.mean[5:], plain.law.mean[5:])
    np.testing.assert_allclose(aged.law.mean[:5], 2.0 * base.law.mean[:5])
    width = [(m.occurrence.limits(0.975) / m.occurrence.limits(0.025))[0] for m in (base, aged)]
    assert width[1] > 1.5 * width[0]
