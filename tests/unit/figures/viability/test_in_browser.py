"""Figures of the Observer in headless Chromium: whole, offline, nothing over another."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from spareverse.figures import page
from spareverse.figures.viability.gallery import NAMES, ViabilityGallery
from tests import fixtures_observation as made
from tests.unit.figures.network.test_in_browser import opened
from tests.unit.figures.test_browser import CUT_OFF, OVERLAPS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "scheme"), [(700, "dark"), (1280, "light")])
def test_figures_are_drawn_whole_and_offline(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    gallery = ViabilityGallery({**made.tables(), "follow_ups": made.follow_ups()}, "EUR", "plan 7")
    target = tmp_path / "viability.html"
    figures = [gallery.figure(name) for name in NAMES]
    target.write_text(page.document("Viability", "".join(map(page.chart, figures))), encoding="utf-8")
    tab, troubles = opened(browser, target, width, scheme)
    tab.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
    assert tab.locator(".chart svg").count() == len(NAMES)
    assert troubles == []
    assert tab.evaluate(CUT_OFF) == []
    assert tab.evaluate(OVERLAPS) == []
    tab.close()
