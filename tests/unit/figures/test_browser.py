"""Every figure in headless Chromium: drawn without a network, without an error, nothing cut off, downloadable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from spareverse.figures import page
from spareverse.figures.figure import Figure, not_enough

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


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()


@pytest.fixture(scope="module")
def all_figures(figures: dict[str, Figure], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("figures") / "all.html"
    empty = not_enough("empty", "There is nothing to draw.", "Import something.")
    body = "".join(page.chart(figure) for figure in (*figures.values(), empty))
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
    assert tab.locator(".chart svg").count() == len(figures)
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
