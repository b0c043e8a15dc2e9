"""Figures of plans and their proofs: the finding as title, every interval drawn, nothing cut in a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import Browser

from spareverse.errors import UsageError
from spareverse.figures import page
from spareverse.figures.figure import Figure
from spareverse.figures.plan.contenders import usual_fill_rate
from spareverse.figures.plan.curve import EfficientPlans, drawn_range, plan_curve
from spareverse.figures.plan.gallery import BACKTEST_FIGURES, PLAN_FIGURES, backtest_figure, plan_figure
from spareverse.figures.plan.lead_time_law import lead_time_law
from spareverse.figures.plan.models import MOST_MODELS, OTHERS, model_shares
from spareverse.figures.plan.reliability import outcome_figure, reliability
from tests import fixtures_plan as made
from tests.unit.figures.test_browser import CUT_OFF, OVERLAPS


def figures() -> dict[str, Figure]:
    plan = {"curve": made.plan_curve(), "demand": made.demand()}
    proof = {"results": made.backtest_results(), "equal": made.backtest_equal()}
    row = made.plan().row(0, named=True)
    law = np.exp(-3.1) * np.cumprod(np.concatenate([[1.0], 3.1 / np.arange(1, 30)]))
    return {
        **{name: plan_figure(name, {"summary": {"currency": "EUR"}}, plan) for name in PLAN_FIGURES},
        **{name: backtest_figure(name, {"currency": "EUR"}, proof) for name in BACKTEST_FIGURES},
        "outcomes": outcome_figure(made.outcomes()),
        "law": lead_time_law(law, 1.0, row, single_part=4.0),
    }


def test_titles_say_the_finding() -> None:
    drawn = figures()
    assert drawn["plan-curve"].title == (
        "320,000 EUR of stock, spread better than today, would meet 83 % instead of 74 % of the demand lines at once"
    )
    assert "1.55 [1.44-1.67] times the plan's stock" in drawn["equal-fill-rate"].title
    assert drawn["reliability"].title.endswith("kept; missed for lumpy")
    assert drawn["outcomes"].title == "Accepted changes missed their promise: “lower”; too early to say of “stock”"
    assert "exceeds it 4 % of the time" in drawn["law"].title
    assert all(figure.drawn and figure.data.height for figure in drawn.values())


def test_a_missed_promise_is_the_title() -> None:
    assert ": missed, also for lumpy" in reliability(made.backtest_results(kept=False)).title


def test_the_curve_is_read_between_its_points() -> None:
    curve = made.plan_curve()
    plans = EfficientPlans.of(curve)
    at = plans.at(250_000.0)
    assert at["fill_rate"] == pytest.approx(made.fill_at(np.array([250_000.0]))[0], abs=2e-3)
    assert at["fill_rate_low"] < at["fill_rate"] < at["fill_rate_high"]
    few = EfficientPlans.of(curve, most=12)
    assert len(few.stock_value) <= 12
    assert (few.stock_value[0], few.stock_value[-1]) == (plans.stock_value[0], plans.stock_value[-1])
    least, most, size = drawn_range(curve, "EUR")
    assert least == 500.0
    assert 320_000 < most <= 2_000_000
    assert size == 1.0


def test_without_todays_rule_the_curve_says_what_the_plan_does() -> None:
    figure = plan_curve(made.plan_curve(today=False), "EUR")
    assert figure.title == "300,000 EUR of stock meet 82 % of the demand lines at once"
    assert "today" not in {one["id"] for one in figure.options["series"]}


def test_the_curve_says_on_what_today_stands_and_that_it_leaves_limits_aside() -> None:
    figure = plan_curve(made.plan_curve(), "EUR", partly=True, limited=True)
    assert figure.title.startswith("320,000 EUR of stock (the plan's where no rule is known), spread better than today")
    assert "The plan keeps its limits; the curve leaves them aside." in figure.note


def test_contenders_are_compared_where_the_company_stands() -> None:
    equal = made.backtest_equal()
    assert usual_fill_rate(equal) == 0.8
    assert usual_fill_rate(equal.filter(pl.col("policy") != "company")) == 0.9


def test_rare_models_are_one_bar() -> None:
    many = made.demand(400).with_columns(
        model=pl.int_range(400).map_elements(lambda i: f"model {min(i // 30, 11)}", pl.String)
    )
    names = [one["id"] for one in model_shares(many).options["series"]]
    assert len(names) == MOST_MODELS + 1
    assert names[-1] == OTHERS


def test_nothing_to_draw_is_said() -> None:
    empty = made.backtest_results().clear()
    for figure in (
        reliability(empty),
        plan_curve(made.plan_curve().clear(), "EUR"),
        outcome_figure(made.outcomes()[:0]),
    ):
        assert not figure.drawn
        assert figure.note
    with pytest.raises(UsageError, match="no figure"):
        plan_figure("pie", {"summary": {"currency": "EUR"}}, {})


def test_the_law_marks_what_the_reorder_point_does_not_cover() -> None:
    law = [0.5, 0.3, 0.15, 0.05]
    figure = lead_time_law(law, 1.0, {"reorder_point": 1.0})
    assert figure.data["at_most"].to_list() == pytest.approx([0.5, 0.8, 0.95, 1.0])
    assert "exceeds it 20 % of the time" in figure.title
    assert "does not stock" in lead_time_law(law, 1.0, {"reorder_point": -1.0}).title


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(600, "dark"), (1280, "light")])
def test_figures_are_drawn_whole_and_offline(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    target = tmp_path / "plan.html"
    target.write_text(page.document("Plan", "".join(map(page.chart, figures().values()))), encoding="utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    tab.goto(target.as_uri())
    tab.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
    assert complaints == []
    assert tab.evaluate(CUT_OFF) == []
    assert tab.evaluate(OVERLAPS) == []
    tab.close()
