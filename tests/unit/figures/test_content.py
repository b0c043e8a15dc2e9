"""What single figures say and draw, against numbers worked out by other means."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from spareverse.figures.cost_curve import cost_curve, cost_marker
from spareverse.figures.figure import Figure
from spareverse.figures.lead_times import lead_time_histogram, lead_time_trend
from spareverse.figures.portfolio import MOST_DOTS, money_pareto, portfolio_scatter
from spareverse.figures.risk_curve import risk_at
from spareverse.figures.rolling import SHOCKS, rolling
from spareverse.figures.shanghai import shanghai, shanghai_markers, shanghai_title
from spareverse.figures.style import LIGHT, nice_end
from spareverse.figures.weibull_plot import plotting_positions, weibull_plot
from spareverse.network.distributions import Weibull
from spareverse.network.results import CYCLE_RESULTS
from spareverse.optimisation.safety_cover import CostCurve
from tests import fixtures_results as results


def series(figure: Figure, id_: str) -> dict[str, Any]:
    return next(one for one in figure.options["series"] if one["id"] == id_)


def test_shanghai_shades_exactly_the_two_risks(row: dict[str, Any], cycles: pl.DataFrame) -> None:
    figure = shanghai(row, cycles)
    bars = np.array(series(figure, "safe_cover")["data"]), np.array(series(figure, "stock_out_tail")["data"])
    assert bars[1].sum() == pytest.approx(row["optimal_risk"], abs=0.006)  # the tail beyond the axis is left out
    assert bars[0].sum() + bars[1].sum() == pytest.approx(1.0, abs=0.006)
    tail = np.array(series(figure, "late_tail")["data"])
    assert tail[0, 0] == 65.0
    assert np.trapezoid(tail[:, 1], tail[:, 0]) == pytest.approx(row["late_risk"], abs=0.02)


def test_shanghai_draws_open_cycles_apart_and_recent_ones_darker(row: dict[str, Any], cycles: pl.DataFrame) -> None:
    figure = shanghai(row, cycles)
    assert len(series(figure, "cycles")["data"]) == 11
    assert len(series(figure, "open_cycles")["data"]) == 2
    assert series(figure, "open_cycles")["itemStyle"]["color"] == "transparent"
    shades = [LIGHT.ages.index(item["itemStyle"]["color"]) for item in series(figure, "cycles")["data"]]
    assert shades == sorted(shades)
    assert "2 open" in figure.note


def test_cycles_kept_out_of_the_statistics_are_not_drawn(row: dict[str, Any], cycles: pl.DataFrame) -> None:
    flagged = cycles.with_columns(
        flag=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("received before order")).otherwise("flag")
    )
    figure = shanghai(row, flagged)
    assert len(series(figure, "cycles")["data"]) + len(series(figure, "open_cycles")["data"]) == 12
    assert "1 kept out" in figure.note


def test_moving_the_markers_changes_only_known_series_and_the_risks_follow(
    row: dict[str, Any], cycles: pl.DataFrame
) -> None:
    whole = {one["id"]: one for one in shanghai(row, cycles, cover=20, lead_time=90).options["series"]}
    for moved in shanghai_markers(row, 20, 90, cycles)["series"]:
        assert moved.items() <= whole[moved["id"]].items()
    late = float(Weibull(2.12, 81.79).survival(90))
    assert f"longer than 90 days in {100 * late:.0f} %" in shanghai_title(row, 20, 90)
    tail = next(one for one in shanghai_markers(row, 20, 90, cycles)["series"] if one["id"] == "stock_out_tail")
    assert sum(tail["data"]) == pytest.approx(row["risk_curve"][20], abs=0.006)


def test_markers_beyond_the_axes_stay_inside(row: dict[str, Any], cycles: pl.DataFrame) -> None:
    moved = {one["id"]: one for one in shanghai_markers(row, 1e6, 1e6, cycles)["series"]}
    assert sum(moved["stock_out_tail"]["data"]) == 0
    across = moved["rules"]["markLine"]["data"]
    axis = shanghai(row, cycles).options
    assert across[0]["xAxis"] <= axis["xAxis"][0]["max"]
    assert across[1]["yAxis"] <= axis["yAxis"][0]["max"]


def test_risk_is_read_from_the_step_below(row: dict[str, Any]) -> None:
    assert risk_at(row, 16) == row["risk_curve"][16]
    assert risk_at(row, 16.7) == row["risk_curve"][16]
    assert risk_at(row, 1e9) == row["risk_curve"][-1]
    assert risk_at({**row, "risk_curve": None}, 3) is None


def test_cost_curve_states_optimum_interval_and_today(row: dict[str, Any], curve: CostCurve) -> None:
    figure = cost_curve(curve, "CHF", optimum=16, low=14, high=20, today=9)
    assert figure.title.startswith("The cost is least with 16 pieces [14-20]: ")
    assert f"{curve.total[9]:.2f} CHF/day" in figure.title
    assert series(figure, "interval")["markArea"]["data"] == [[{"xAxis": 14.0}, {"xAxis": 20.0}]]
    assert cost_marker(12)["markLine"]["data"][0]["xAxis"] == 12
    stacked = sum(np.array(series(figure, name)["data"])[:, 1] for name in ("stock_out", "early", "holding"))
    np.testing.assert_allclose(stacked, np.array(series(figure, "total")["data"])[:, 1], rtol=1e-3)
    assert "held today" in cost_curve(curve, "CHF", optimum=16, today=16).title


def test_plotting_positions_of_a_worked_example() -> None:
    """Abernethy's rank increments by hand: of 5 units the second and fourth are suspended."""
    times, levels = plotting_positions(
        np.array([10.0, 20.0, 30.0, 40.0, 50.0]), np.array([False, True, False, True, False])
    )
    assert times.tolist() == [10.0, 30.0, 50.0]
    ranks = [1.0, 1.0 + 5 / 4, 2.25 + 3.75 / 2]
    np.testing.assert_allclose(levels, (np.array(ranks) - 0.3) / 5.4)


def test_a_fitted_weibull_is_a_straight_line_and_poor_fits_are_said(row: dict[str, Any], cycles: pl.DataFrame) -> None:
    figure = weibull_plot(cycles, own=Weibull(2.0, 80.0), p_value=0.01)
    points = np.array(series(figure, "fit this part alone")["data"])
    np.testing.assert_allclose(np.diff(points[:, 1]) / np.diff(points[:, 0]), 2.0, rtol=1e-2)
    assert figure.title.startswith("A Weibull does not describe")
    assert "2 open lines not drawn" in figure.note


def test_rolling_marks_the_shocks_inside_only() -> None:
    frame = results.rolling_results()
    assert (
        rolling(frame).title == "On-time supply fell from 73 % to 54 % and the optimal safety cover rose from 9 to 16"
    )
    assert [rule["xAxis"] for rule in series(rolling(frame), "on_time")["markLine"]["data"]] == [
        day.isoformat() for day, _ in SHOCKS
    ]
    late = rolling(frame.filter(pl.col("until") > date(2022, 4, 1)))
    assert series(late, "on_time")["markLine"]["data"] == []


def test_histogram_counts_every_receipt_and_cuts_at_the_promise(cycles: pl.DataFrame) -> None:
    figure = lead_time_histogram(cycles, 65.0)
    assert figure.data["receipts"].sum() == 11
    days = cycles.filter(~pl.col("open"))["lead_time_days"].to_numpy()
    assert f"{100 * np.mean(days > 65):.0f} % took longer than the expected 65" in figure.title
    assert series(figure, "late")["data"][0][0] == 65.0
    assert series(figure, "early")["data"][-1][0] == 65.0


def test_trend_tells_the_direction() -> None:
    days = [*[30.0] * 8, *[60.0] * 8]
    frame = pl.DataFrame(
        {
            "ordered_on": [date(2020 + i // 4, 1 + 3 * (i % 4), 5) for i in range(16)],
            "lead_time_days": days,
            "open": [False] * 16,
            "flag": [""] * 16,
        }
    )
    full = pl.concat([CYCLE_RESULTS.empty(), frame], how="diagonal_relaxed").select(CYCLE_RESULTS.names)
    assert lead_time_trend(full).title == "Lead times rose from 30 to 60 days"
    assert lead_time_trend(full.with_columns(lead_time_days=pl.lit(30.0))).title == "Lead times stayed near 30 days"


def test_the_portfolio_sends_few_dots_and_says_so() -> None:
    parts = results.part_results(3000)
    figure = portfolio_scatter(parts, "EUR")
    sent = [item for one in figure.options["series"] for item in one["data"]]
    assert len(sent) == MOST_DOTS
    assert len(figure.json()) < 120_000
    assert f"Drawn: the {MOST_DOTS} parts with the most money at risk" in figure.note
    worst = parts.filter(pl.col("annual_value") > 0).top_k(1, by="money_at_risk")["part_id"].item()
    assert worst in {item["value"][2] for item in sent}
    assert {one["name"] for one in portfolio_scatter(parts, "EUR", colour="criticality").options["series"]} == {
        "A",
        "B",
        "C",
    }


def test_a_description_cannot_inject_into_the_hover_text() -> None:
    parts = results.part_results(20).with_columns(description=pl.lit("<img src=x onerror=alert(1)>"))
    figure = portfolio_scatter(parts, "EUR")
    # the template "{b}" makes ECharts encode the name; markup may stand in names only, never in a template
    assert figure.options["tooltip"]["formatter"] == "{b}"
    assert all("tooltip" not in item for one in figure.options["series"] for item in one["data"])


def test_pareto_adds_up() -> None:
    parts = results.part_results(300)
    figure = money_pareto(parts, "EUR", by=("part_id", "place_id"), most=5)
    ranked = parts["money_at_risk"].drop_nulls().sort(descending=True)
    assert figure.title.startswith(f"5 parts carry {100 * ranked.head(5).sum() / ranked.sum():.0f} %")


@pytest.mark.parametrize(("value", "end"), [(0.0, 1.0), (7.1, 8.0), (39.0, 40.0), (100.0, 100.0), (0.043, 0.05)])
def test_axes_end_at_round_numbers(value: float, end: float) -> None:
    assert nice_end(value) == pytest.approx(end)
