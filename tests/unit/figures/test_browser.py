"""Every figure in headless Chromium: drawn without a network, without an error, nothing cut off, downloadable."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser

from spareverse.figures import page
from spareverse.figures.cost_curve import cost_curve
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.risk_curve import risk_curve
from spareverse.figures.shanghai import shanghai
from spareverse.optimisation.safety_cover import UnitCosts
from spareverse.optimisation.safety_cover import cost_curve as price
from tests import fixtures_results as results

pytestmark = pytest.mark.browser

CUT_OFF = """() => [...document.querySelectorAll('.chart')].flatMap(chart => {
  const box = chart.getBoundingClientRect();
  return [...chart.querySelectorAll('text')].filter(text => {
    const t = text.getBoundingClientRect();
    const aside = t.left < box.left - 1 || t.right > box.right + 1;
    return t.width > 0 && (aside || t.top < box.top - 1 || t.bottom > box.bottom + 1);
  }).map(text => chart.getAttribute('aria-label') + ': ' + text.textContent);
})"""
OVERLAPS = """() => [...document.querySelectorAll('.chart')].flatMap(chart => {
  const texts = [...chart.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  const hits = [];
  texts.forEach(([a, p], i) => texts.slice(i + 1).forEach(([b, q]) => {
    const width = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const height = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (a && b && width > 3 && height > 5) hits.push(a + ' x ' + b);
  }));
  return hits;
})"""


def unusual(parts: pl.DataFrame) -> list[Figure]:
    """Parts at the edges: nothing sold, most sold, held far too high or too low; their labels must still fit."""
    decided = parts.filter(pl.col("optimal_cover").is_not_null() & (pl.col("current_source") != "none"))
    ranked = [decided.sort(by) for by in ("sales_lines", "pieces_sold", "change")]
    drawn = []
    for row in (ranked[0].row(0, named=True), ranked[1].row(-1, named=True), *ranked[2][[0, -1]].to_dicts()):
        cycles = results.cycle_results(parts.filter(pl.col("part_id") == row["part_id"]))
        costs = UnitCosts(row["holding_cost"], row["early_holding_cost"], row["stock_out_cost"])
        curve = price(row["risk_curve"], row["risk_step"], costs, row["late_weight"], row["early_weight"])
        limits = {"low": row["optimal_cover_low"], "high": row["optimal_cover_high"], "today": row["current_cover"]}
        drawn += [
            shanghai(row, cycles),
            risk_curve(row),
            cost_curve(curve, "EUR", optimum=row["optimal_cover"], **limits),
        ]
    return drawn


@pytest.fixture(scope="module")
def all_figures(figures: dict[str, Figure], parts: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("figures") / "all.html"
    empty = not_enough("empty", "There is nothing to draw.", "Import something.")
    body = "".join(page.chart(figure) for figure in (*figures.values(), *unusual(parts), empty))
    target.write_text(page.document("All figures", body), encoding="utf-8")
    return target


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [600, 1280])
def test_all_figures_are_drawn_whole_and_offline(
    browser: Browser, all_figures: Path, figures: dict[str, Figure], width: int, scheme: str
) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    requests: list[str] = []
    complaints: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(all_figures.as_uri())
    tab.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
    assert tab.locator(".chart svg").count() == tab.locator(".chart").count() > len(figures)
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert tab.evaluate(CUT_OFF) == []
    assert tab.evaluate(OVERLAPS) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.close()


def test_pictures_carry_the_title(browser: Browser, figures: dict[str, Figure], tmp_path: Path) -> None:
    tab = browser.new_page()
    tab.goto(figures["cost_curve"].to_html(tmp_path / "one.html").as_uri())
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("CSV", b"\xef\xbb\xbfcover,")):
        with tab.expect_download() as download:
            tab.get_by_role("button", name=kind, exact=True).click()
        saved = download.value.path().read_bytes()
        assert download.value.suggested_filename == f"cost_curve.{kind.lower()}"
        assert saved.startswith(start)
        if kind == "SVG":
            assert b"The cost is least with" in saved
    tab.close()
