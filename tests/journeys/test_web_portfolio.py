"""Portfolio and part in the browser: sort, filter, decide, take away, try other levels."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import fastexcel
import httpx
import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
FIRST = ".ag-center-cols-container .ag-row[row-index='0']"


def first_id(window: Visit) -> Locator:
    return window.page.locator(".ag-pinned-left-cols-container .ag-row[row-index='0'] [col-id=part_id]")


def test_the_grid_sorts_at_the_server_and_the_address_says_so(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/portfolio")
    window.page.wait_for_selector(FIRST)
    with window.page.expect_response(lambda answer: "sort=current_cover" in answer.url):
        window.page.click(".ag-header-cell[col-id=current_cover] .ag-header-cell-label")
    least = httpx.get(f"{acme}/api/v1/parts?sort=current_cover&limit=1", timeout=60).json()["items"][0]
    expect(window.page.locator(".ag-pinned-left-cols-container .ag-row[row-index='0'] a")).to_have_text(
        least["part_id"]
    )
    window.page.wait_for_url("**sort=current_cover**")


def test_an_address_opens_the_same_rows_again(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/portfolio?where=evidence:eq:weak&where=current_cover:ge:2&sort=-saving")
    window.page.wait_for_selector(FIRST)
    query = {"where": ["evidence:eq:weak", "current_cover:ge:2"], "sort": "-saving", "limit": 1}
    expected = httpx.get(f"{acme}/api/v1/parts", params=query, timeout=60).json()
    expect(window.page.locator("#row-count")).to_contain_text(f"{expected['total']:,}")
    expect(first_id(window)).to_have_text(expected["items"][0]["part_id"])


def test_views_filter_and_excel_holds_exactly_what_is_shown(acme: str, visit: Open, tmp_path: Path) -> None:
    window = visit(acme)
    window.go("/portfolio")
    window.page.click("[data-tile=long_lead]")
    window.page.wait_for_url("**view=long_lead**")
    window.page.wait_for_selector(FIRST)
    with window.page.expect_download() as download:
        window.page.get_by_role("button", name="Excel").click()
    path = tmp_path / "portfolio.xlsx"
    download.value.save_as(path)
    sheet = fastexcel.read_excel(path).load_sheet(0).to_polars()
    shown = httpx.get(f"{acme}/api/v1/parts?view=long_lead&limit=1000", timeout=60).json()
    assert sheet.height == shown["total"] > 0
    assert sheet["part_id"].to_list() == [item["part_id"] for item in shown["items"]]
    assert {"optimal_cover", "optimal_cover_low", "money_at_risk"} <= set(sheet.columns)


def test_a_decision_is_kept_and_can_be_taken_back(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/portfolio?view=to_decide")
    window.page.wait_for_selector(FIRST)
    before = httpx.get(f"{acme}/api/v1/parts?view=to_decide&limit=1", timeout=60).json()["total"]
    window.page.click(".ag-pinned-left-cols-container .ag-row[row-index='0'] .ag-checkbox-input-wrapper")
    window.page.get_by_role("button", name="Accept", exact=True).click()
    window.page.wait_for_selector("text=1 part accepted")
    assert httpx.get(f"{acme}/api/v1/parts?view=to_decide&limit=1", timeout=60).json()["total"] == before - 1
    with window.page.expect_response(lambda answer: "/api/v1/parts" in answer.url):
        window.page.get_by_role("button", name="Undo").click()
    assert httpx.get(f"{acme}/api/v1/parts?view=to_decide&limit=1", timeout=60).json()["total"] == before


def test_the_sliders_move_the_risk_the_sentence_and_both_figures(acme: str, visit: Open) -> None:
    part = httpx.get(f"{acme}/api/v1/parts?sort=-money_at_risk&limit=1", timeout=60).json()["items"][0]
    window = visit(acme)
    window.go(f"/part/{quote(part['part_id'], safe='')}?place_id={quote(part['place_id'])}")
    decision = window.page.locator("[data-decision]")
    expect(decision).to_contain_text(f"{part['optimal_cover']:g}")
    titles = [window.page.locator(f"[data-figure={name}] h2") for name in ("shanghai", "cost_curve")]
    start = [decision.inner_text(), *(title.inner_text() for title in titles)]
    focus(window, "Stock level")
    window.page.keyboard.press("ArrowRight")
    for sentence, before in zip((decision, *titles), start, strict=True):
        expect(sentence).not_to_have_text(before)
    assert risk(decision.inner_text()) < risk(start[0])
    moved = titles[0].inner_text()
    focus(window, "Expected lead time")
    for _ in range(10):
        window.page.keyboard.press("ArrowRight")
    expect(titles[0]).not_to_have_text(moved)
    assert not window.complaints


def focus(window: Visit, slider: str) -> None:
    """As the tabulator key would."""
    window.page.locator(f"[data-slider='{slider}'] [tabindex='0']").focus()


def risk(sentence: str) -> float:
    found = re.search(r"stock-out risk <?([\d.]+) %", sentence)
    assert found, sentence
    return float(found[1])


def test_other_cost_parameters_move_the_decision(acme: str, visit: Open) -> None:
    part = httpx.get(f"{acme}/api/v1/parts?sort=-money_at_risk&limit=1", timeout=60).json()["items"][0]
    window = visit(acme)
    window.go(f"/part/{quote(part['part_id'], safe='')}?place_id={quote(part['place_id'])}")
    decision = window.page.locator("[data-decision]")
    start = decision.inner_text()
    field = window.page.get_by_label(re.compile("Stock-out"))
    field.fill(str(100 * part["stock_out_cost"]))
    field.press("Tab")
    expect(decision).not_to_have_text(start)
    assert risk(decision.inner_text()) < risk(start)
