"""What every figure keeps: plain data, a finding as title, one palette, offline pages, safe text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spareverse.figures import page
from spareverse.figures.cost_curve import cost_curve
from spareverse.figures.figure import Figure
from spareverse.figures.lead_times import lead_time_histogram, lead_time_trend, slip_histogram
from spareverse.figures.portfolio import money_pareto, portfolio_scatter
from spareverse.figures.risk_curve import risk_curve
from spareverse.figures.rolling import rolling
from spareverse.figures.shanghai import shanghai
from spareverse.figures.style import DARK, DARK_OF, LIGHT
from spareverse.figures.suppliers import supplier_comparison
from spareverse.figures.timeline import timeline
from spareverse.figures.weibull_plot import weibull_plot
from spareverse.network.results import CYCLE_RESULTS, PART_RESULTS, ROLLING_RESULTS, SUPPLIER_RESULTS
from spareverse.network.tables import PURCHASES, SALES
from tests import fixtures_results as results

NAMES = (
    *("shanghai", "cost_curve", "risk_curve", "weibull_plot", "rolling", "lead_times"),
    *("slips", "trend", "timeline", "portfolio", "pareto_parts", "suppliers"),
)


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, item
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


@pytest.mark.parametrize("name", NAMES)
def test_options_are_plain_json_without_functions(figures: dict[str, Figure], name: str) -> None:
    figure = figures[name]
    assert figure.drawn
    assert json.loads(figure.json())["options"] == figure.options
    for key, value in walk(figure.options):
        assert not key.startswith(":"), "a function in disguise"
        assert not (isinstance(value, str) and "function" in value)


@pytest.mark.parametrize("name", NAMES)
def test_the_title_is_a_finding_with_a_number_in_it(figures: dict[str, Figure], name: str) -> None:
    title = figures[name].title
    assert title[0].isupper() or title[0].isdigit()
    assert len(title) > 25
    assert re.search(r"\d", title)
    assert "not known" not in title
    assert "nan" not in title


@pytest.mark.parametrize("name", NAMES)
def test_every_value_axis_that_shows_labels_has_a_name_with_a_unit(figures: dict[str, Figure], name: str) -> None:
    for side in ("xAxis", "yAxis"):
        axes = figures[name].options[side]
        for one in axes if isinstance(axes, list) else [axes]:
            if one["type"] in ("value", "log") and one["axisLabel"].get("show", True):
                assert re.search(r", (days|pieces|%|[A-Z]{3}/(day|year))|pieces a day", one["name"]), one["name"]


@pytest.mark.parametrize("name", NAMES)
def test_colours_come_from_the_palette_and_turn_dark(figures: dict[str, Figure], name: str) -> None:
    light = {v for _, v in walk(figures[name].options) if isinstance(v, str) and v.startswith("#")}
    assert light <= set(DARK_OF)
    dark = {v for _, v in walk(figures[name].dark().options) if isinstance(v, str) and v.startswith("#")}
    assert dark <= set(DARK_OF.values())


def test_no_two_meanings_share_a_colour() -> None:
    for palette in (LIGHT, DARK):
        assert len(set(vars(palette).values())) == len(vars(palette))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_the_contrast_of_wcag_aa(palette: Any) -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ground = luminance(palette.surface)
    for name, least in (("ink", 7.0), ("muted", 4.5), ("proposed", 4.5), ("stock_out", 3.0), ("holding", 3.0)):
        text = luminance(getattr(palette, name))
        ratio = (max(text, ground) + 0.05) / (min(text, ground) + 0.05)
        assert ratio >= least, name


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_nothing_of_the_network(figures: dict[str, Figure], name: str, tmp_path: Path) -> None:
    text = figures[name].to_html(tmp_path / "figure.html").read_text(encoding="utf-8")
    assert page.echarts_module() in text
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", text.replace(page.echarts_module(), ""))


def test_text_of_users_cannot_leave_the_json_block() -> None:
    evil = "</script><script>alert(1)</script>"
    figure = Figure("f", evil, {"series": [{"name": evil}]}, pl.DataFrame({"a": [evil]}), evil)
    assert "<script>alert" not in page.chart(figure)
    assert "&lt;script&gt;alert" in page.chart(figure)


def test_csv_holds_the_numbers_and_no_formulas(figures: dict[str, Figure], tmp_path: Path) -> None:
    data = pl.DataFrame({"part_id": ["=cmd()", "+1", "-x", "@y", "00012", None], "n": [1.0, -2.0, 3.0, 4.0, 5.0, 6.0]})
    lines = Figure("f", "t", {}, data).to_csv(tmp_path / "f.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["part_id,n", "'=cmd(),1.0", "'+1,-2.0", "'-x,3.0", "'@y,4.0", "00012,5.0", ",6.0"]
    assert all(figure.csv().count("\n") > 1 for figure in figures.values())


def test_the_chart_library_comes_from_the_installed_nicegui() -> None:
    code = page.echarts_module()
    assert code.rstrip().splitlines()[-1].startswith("globalThis.echarts = ")
    assert "export{" not in code[-3000:]
    assert len(code) > 500_000


def test_a_notebook_shows_it_in_a_frame(figures: dict[str, Figure]) -> None:
    shown = figures["risk_curve"]._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert shown.count("<iframe") == 1


EMPTY_PART = {**dict.fromkeys(PART_RESULTS.names), "current_source": "none"}


@pytest.mark.parametrize(
    "figure",
    [
        shanghai(EMPTY_PART, CYCLE_RESULTS.empty()),
        cost_curve(None, "EUR", optimum=None),
        risk_curve(EMPTY_PART),
        weibull_plot(CYCLE_RESULTS.empty(), own=None),
        rolling(ROLLING_RESULTS.empty()),
        lead_time_histogram(CYCLE_RESULTS.empty()),
        slip_histogram(CYCLE_RESULTS.empty()),
        lead_time_trend(CYCLE_RESULTS.empty()),
        timeline(PURCHASES.empty(), SALES.empty()),
        portfolio_scatter(PART_RESULTS.empty(), "EUR"),
        money_pareto(PART_RESULTS.empty(), "EUR", by=("part_id",)),
        supplier_comparison(SUPPLIER_RESULTS.empty()),
    ],
    ids=lambda figure: figure.name,
)
def test_without_data_there_is_a_sentence_and_a_next_step(figure: Figure) -> None:
    assert not figure.drawn
    assert len(figure.title) > 30
    assert figure.note.endswith(".")
    assert figure.title in json.dumps(figure.options)
    assert 'class="empty"' in page.chart(figure)


def test_every_part_can_be_drawn() -> None:
    """Borrowed evidence, no demand, no lead time, no stock: nothing may fail and nothing may be NaN."""
    parts = results.part_results(120, seed=7)
    cycles = results.cycle_results(parts)
    for row in parts.iter_rows(named=True):
        own = cycles.filter(pl.col("part_id") == row["part_id"])
        for figure in (shanghai(row, own), risk_curve(row), lead_time_histogram(own), weibull_plot(own, own=None)):
            figure.json()
