"""Figures and animation of a network in headless Chromium: whole, offline, and answering to mouse and keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from spareverse.figures import page
from spareverse.figures.network.gallery import NAMES, NetworkGallery
from spareverse.network.scenario import Scenario
from tests.unit.figures.network import made
from tests.unit.figures.test_browser import CUT_OFF, OVERLAPS

pytestmark = pytest.mark.browser

SCENARIOS = (Scenario("today", "Today"), Scenario("storm", "Storm in July"))


@pytest.fixture(scope="module")
def gallery() -> NetworkGallery:
    return NetworkGallery(made.network(), made.tables(), SCENARIOS)


def opened(browser: Browser, file: Path, width: int, scheme: str) -> tuple[Page, list[str]]:
    tab = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    troubles: list[str] = []
    tab.on("request", lambda request: troubles.append(request.url) if request.url.startswith("http") else None)
    tab.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.goto(file.as_uri())
    return tab, troubles


@pytest.mark.parametrize(("width", "scheme"), [(600, "dark"), (1280, "light")])
def test_figures_are_drawn_whole_and_offline(
    browser: Browser, gallery: NetworkGallery, tmp_path: Path, width: int, scheme: str
) -> None:
    figures = [gallery.figure(name) for name in NAMES]
    target = tmp_path / "network.html"
    target.write_text(page.document("Network", "".join(map(page.chart, figures))), encoding="utf-8")
    tab, troubles = opened(browser, target, width, scheme)
    tab.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
    assert tab.locator(".chart svg").count() == len(NAMES)
    assert troubles == []
    assert tab.evaluate(CUT_OFF) == []
    # names of places that lie close together on a map touch; everywhere else nothing does
    places = set(made.network()["places"]["name"]) | set(made.network()["suppliers"]["name"])
    assert [hit for hit in tab.evaluate(OVERLAPS) if not set(hit.split(" x ")) <= places] == []
    tab.close()


@pytest.mark.parametrize(("width", "scheme"), [(1920, "dark"), (700, "light")])
def test_two_scenarios_play_with_one_clock(
    browser: Browser, gallery: NetworkGallery, tmp_path: Path, width: int, scheme: str
) -> None:
    file = gallery.animation("today").to_html(tmp_path / "play.html", gallery.animation("storm"))
    tab, troubles = opened(browser, file, width, scheme)
    tab.wait_for_selector("#play[data-ready=yes]")
    assert tab.locator(".pane canvas").count() == 2
    day = tab.get_by_label("Day", exact=True).first
    day.fill("172")
    day.press("Enter")
    # the figures follow the clock at the next frame
    tab.wait_for_function("!document.querySelectorAll('.figures')[1].textContent.includes(' 0 owed')")
    assert " 0 owed" in tab.locator(".figures").all_text_contents()[0]
    tab.get_by_role("button", name="Layers").click()
    tab.get_by_role("button", name="Play").click()
    tab.wait_for_function("Number(document.querySelector('input[type=number]').value) > 173")
    tab.get_by_role("button", name="Pause").click()
    tab.get_by_role("slider").press("Home")
    tab.wait_for_function("document.querySelector('input[type=number]').value === '0'")
    tab.get_by_role("slider").press("ArrowRight")
    tab.wait_for_function("document.querySelector('input[type=number]').value === '1'")
    assert troubles == []
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.close()


def test_a_click_tells_what_was_clicked(browser: Browser, gallery: NetworkGallery, tmp_path: Path) -> None:
    file = gallery.animation("storm").to_html(tmp_path / "play.html")
    html = file.read_text(encoding="utf-8")
    file.write_text(html.replace(", {});</script>", ", {select: (found) => { window.found = found; }});</script>"))
    tab, troubles = opened(browser, file, 1280, "light")
    tab.wait_for_selector("#play[data-ready=yes]")
    tab.get_by_role("button", name="Layers").click()
    tab.wait_for_timeout(600)
    # the node of Platform 11 is the first of the last echelon
    box = tab.locator(".pane canvas").bounding_box()
    assert box
    view = gallery.animation("storm").document["views"]["layers"]
    names = [node["id"] for node in gallery.animation("storm").document["nodes"]]
    x, y = view["nodes"][names.index("P11")]
    scale = min((box["width"] - 12) / view["aspect"], box["height"] - 12)
    left, top = (box["width"] - scale * view["aspect"]) / 2, (box["height"] - scale) / 2
    tab.mouse.click(box["x"] + left + scale * x, box["y"] + top + scale * y)
    tab.wait_for_function("window.found")
    assert tab.evaluate("window.found") == {"kind": "place", "id": "P11", "scenario": "storm", "day": 0}
    tab.get_by_label("Choose a place, supplier or link").select_option(label="Stavanger base → Platform 11, sea")
    assert tab.evaluate("window.found.kind") == "link"
    assert tab.evaluate("window.found.id") == "STAVANGER-P11"
    assert troubles == []
    tab.close()
