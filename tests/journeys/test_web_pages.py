"""Every page opens, in both themes and widths, without a complaint and without asking anyone else."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def worst(acme: str) -> dict[str, str]:
    query = {"limit": 1, "sort": "-money_at_risk", "columns": "part_id,place_id,supplier_id"}
    return dict(httpx.get(f"{acme}/api/v1/parts", params=query, timeout=60).json()["items"][0])


def part_path(worst: dict[str, str]) -> str:
    return f"/part/{quote(worst['part_id'], safe='')}?place_id={quote(worst['place_id'])}"


@pytest.mark.parametrize(("width", "height", "dark"), [(1280, 800, False), (1920, 1080, True)])
def test_every_page_opens_quietly_and_loads_nothing_from_outside(
    acme: str, visit: Open, worst: dict[str, str], width: int, height: int, dark: bool
) -> None:
    window = visit(acme, width=width, height=height, dark=dark)
    marks = {
        "/": "[data-table=worst-parts]",
        "/data": "[data-table=imports]",
        "/portfolio": ".ag-row [col-id=part_id] a",
        part_path(worst): "[data-figure=rolling]",
        "/suppliers": "[data-table=suppliers]",
        f"/supplier/{quote(worst['supplier_id'], safe='')}": "[data-table=supplier-parts]",
        "/jobs": ".state",
        "/docs": ".swagger-ui .opblock",
    }
    for path, mark in marks.items():
        window.go(path)
        window.page.wait_for_selector(mark)
        assert not window.complaints, f"{path}: {window.complaints}"
        wide = window.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} pixels wide"
    assert window.requests
    assert not window.foreign()


def test_an_empty_twin_says_what_to_do_next(empty: str, visit: Open) -> None:
    window = visit(empty)
    for path in ("/", "/portfolio", "/suppliers"):
        window.go(path)
        window.page.wait_for_selector("text=This twin has no data yet")
        assert window.page.get_by_role("link", name="Import files").get_attribute("href") == "/data"
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="Blank template").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert not window.complaints


def test_an_unknown_part_and_a_window_never_computed_are_states_not_errors(acme: str, visit: Open) -> None:
    window = visit(acme)
    answer = window.page.goto(f"{acme}/part/nobody")
    assert answer is not None
    assert answer.status == 404
    window.page.wait_for_selector("text=There is no part 'nobody'")
    window.complaints.clear()  # the browser says so too
    window.go("/portfolio?since=2018-01-01&until=2020-01-01")
    window.page.get_by_role("button", name="Analyse now").wait_for()
    window.go("/portfolio?since=soon")
    window.page.wait_for_selector("text=which is not a date")
    assert not window.complaints


def test_the_search_is_reached_by_slash_and_leads_to_the_part(acme: str, visit: Open, worst: dict[str, str]) -> None:
    window = visit(acme)
    window.go("/")
    field = window.page.locator(".searchbox input")
    field.wait_for()
    window.page.keyboard.press("/")
    expect(field).to_be_focused()
    window.page.keyboard.type(worst["part_id"])
    window.page.locator(".hits a").first.click()
    window.page.locator("[data-decision]").wait_for()
    assert worst["part_id"] in window.page.url


def test_the_theme_stays(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/suppliers")
    window.page.get_by_role("button", name="Switch to dark theme").click()
    window.page.wait_for_selector("body.body--dark")
    window.go("/")
    window.page.wait_for_selector("body.body--dark")
