"""Every figure of a warehouse study in headless Chromium: nothing cut off, nothing over another, no network."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from spareverse.figures import page
from spareverse.figures.warehouse.gallery import NAMES, Gallery
from spareverse.figures.warehouse.precision import shrinking
from spareverse.network.study import HOURS_PER_MONTH, Access, Study
from tests import fixtures_study as made
from tests.unit.figures.test_browser import CUT_OFF, OVERLAPS

pytestmark = pytest.mark.browser


def studies() -> dict[str, Study]:
    """One asset, a package, and an asset that weather closes."""
    farm = made.study(("physical", "hybrid"), lines=3, period_h=HOURS_PER_MONTH)
    economics = dataclasses.replace(farm.economics, downtime_season=(1.2,) * 6 + (0.8,) * 6)
    closed = Access(open_mean_h=(90.0,), closed_mean_h=(60.0,))
    return {
        "platform": made.study(),
        "package": made.study(lines=60),
        "farm": dataclasses.replace(farm, access=closed, economics=economics),
    }


@pytest.fixture(scope="module", params=["platform", "package", "farm"])
def every_figure(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = studies()[request.param]
    tables = made.tables(study)
    gallery = Gallery(study, tables, made.study_answers(study, tables))
    steps = {name: [(n, 0.1 / n**0.5) for n in (32, 64, 128)] for name in gallery.comparison.names}
    figures = [*(gallery.figure(name) for name in NAMES), shrinking(steps, gallery.comparison, wanted=0.002)]
    target = tmp_path_factory.mktemp("figures") / "study.html"
    target.write_text(page.document("Study", "".join(map(page.chart, figures))), encoding="utf-8")
    return target


@pytest.mark.parametrize(("width", "scheme"), [(600, "dark"), (1280, "light")])
def test_figures_are_drawn_whole_and_offline(browser: Browser, every_figure: Path, width: int, scheme: str) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    requests: list[str] = []
    complaints: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(every_figure.as_uri())
    tab.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
    assert tab.locator(".chart svg").count() == tab.locator(".chart").count() >= len(NAMES)
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert tab.evaluate(CUT_OFF) == []
    assert tab.evaluate(OVERLAPS) == []
    tab.close()
