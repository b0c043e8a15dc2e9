"""From an example to the SPIR workbook in the browser: start, change, run, compare, take away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import fastexcel
import httpx
import pytest
from playwright.sync_api import Locator, expect

from spareverse.io.study_files import write_study
from spareverse.io.twin_folder import TwinFolder
from spareverse.service.studies import Studies
from tests import fixtures_study as made
from tests.journeys.conftest import Visit, serving

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
REORDER_POINT = '[data-input="option[physical].policy.reorder_point"]'
LONGEST_MS = 600_000
TABS = ("money", "downtime", "spread", "stock", "sensitivity", "pareto", "matrix", "questions", "spir", "compare")


def test_start_change_run_compare_and_take_the_workbook(empty: str, visit: Open, tmp_path: Path) -> None:
    window = visit(empty)
    page = window.page
    window.go("/")
    page.get_by_role("link", name="Warehouse options").click()
    page.wait_for_selector("text=No study yet")
    page.locator("[data-example=el-thalji-2025]").click()
    page.wait_for_selector("[data-inputs]")
    page.wait_for_selector("text=Not run yet")

    # a wrong input is told beside its field and not kept; a right one is
    page.locator('[data-option="0"] .q-item').first.click()
    page.get_by_text("Stock on site").first.click()
    page.locator(REORDER_POINT).fill("-3")
    page.locator(REORDER_POINT).press("Tab")
    page.wait_for_selector("text=It must be at least 0.")
    page.wait_for_selector("text=Mend the inputs marked red first")
    assert policy(empty)["reorder_point"] == 2
    page.locator(REORDER_POINT).fill("1")
    page.locator(REORDER_POINT).press("Tab")
    page.wait_for_selector("text=It must be at least 0.", state="detached")
    page.wait_for_selector("text=The inputs are in order.")
    assert policy(empty)["reorder_point"] == 1

    page.locator("[data-run]").click()
    page.wait_for_selector("[data-decision]", timeout=LONGEST_MS)
    run = httpx.get(f"{empty}/api/v1/studies/el-thalji-2025/runs/latest", timeout=60).json()
    assert page.inner_text("[data-decision]").startswith(run["decision"]["headline"])
    assert page.locator("[data-option-card]").count() == 4
    assert all("%" in words and "[" in words for words in page.locator("[data-option-card]").all_inner_texts())

    for tab in TABS:
        page.locator(f"[data-tab={tab}]").click()
        page.wait_for_selector(f"[data-tab={tab}][aria-selected=true]")
        page.wait_for_selector("[role=tabpanel] .card")
        # what a tab shows must be in the window
        page.wait_for_function(f"document.querySelector('[data-tab={tab}]').getBoundingClientRect().y < 200")
        page.wait_for_url(lambda url, shown=tab: ("tab=" in url) == (shown != "compare"))
    expect(page.locator("[data-figure=options] svg")).to_have_count(1)

    with page.expect_download() as download:
        page.locator("[data-spir]").click()
    book = tmp_path / "SPIR.xlsx"
    download.value.save_as(book)
    assert fastexcel.read_excel(book).sheet_names

    # another input makes the results stale, and its undo makes them fresh again
    assert page.locator("[data-stale]").count() == 0
    assert not page.locator(REORDER_POINT).is_visible(), "the first results take the room of the inputs"
    page.locator("[data-fold]").click()
    page.locator(REORDER_POINT).fill("2")
    page.locator(REORDER_POINT).press("Tab")
    page.wait_for_selector("[data-stale]")
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector("[data-stale]", state="detached")
    assert policy(empty)["reorder_point"] == 1
    assert not window.complaints
    assert not window.foreign()


def policy(address: str) -> dict[str, object]:
    study = httpx.get(f"{address}/api/v1/studies/el-thalji-2025", timeout=60).json()
    return dict(study["inputs"]["option"][0]["policy"])


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a twin with a finished run of a package of 120 lines."""
    twin = TwinFolder.create(tmp_path_factory.mktemp("twin") / "acme", name="Acme").path
    source = tmp_path_factory.mktemp("source")
    write_study(made.study(lines=120), source)
    studies = Studies(twin, None)  # type: ignore[arg-type]  # no job is ordered here
    name = studies.create(sorted(source.iterdir()))
    made.save_run(studies.definition(name), studies.folder(name))
    with serving(twin) as address:
        yield address
    shutil.rmtree(source)


def test_the_package_is_filtered_and_paged_at_the_server(studied: str, visit: Open) -> None:
    window = visit(studied)
    page = window.page
    window.go("/warehouse/platform?tab=package")
    page.wait_for_selector("[data-table=package]")
    expect(page.locator("[data-count]")).to_have_text("1 to 25 of 120 parts")
    expect(page.locator("[data-option-card]")).to_have_count(5)  # four options, and what is recommended by part
    expect(page.locator("[data-rule]")).to_contain_text("simulated as one package")
    page.get_by_role("button", name="Next page").click()
    page.wait_for_selector("text=26 to 50 of 120 parts")
    page.get_by_label("Tag, part or name").fill("P-0007")
    page.wait_for_selector("[data-count]:has-text('1 part')")
    expect(page.locator("[data-table=package] tbody tr")).to_have_count(1)
    page.get_by_label("Tag, part or name").fill("nothing like it")
    page.wait_for_selector("text=No part fits these filters.")
    page.get_by_label("Tag, part or name").fill("")
    page.get_by_label("Vendor").click()
    page.get_by_role("option", name="Brandt").click()
    page.wait_for_selector("text=1 to 25 of 30 parts")
    page.get_by_label("Criticality").click()
    page.get_by_role("option", name="high").click()
    page.wait_for_selector("[data-count]:text-is('10 parts')")
    expect(page.locator("[data-table=package] tbody tr")).to_have_count(10)
    shown = page.locator("[data-table=package] tbody tr").all_inner_texts()
    assert all("Brandt" in row and "high" in row for row in shown)
    assert not window.complaints


def test_lines_and_campaigns_are_edited_in_the_browser(studied: str, visit: Open) -> None:
    window = visit(studied)
    page = window.page
    made = httpx.post(f"{studied}/api/v1/studies", data={"example": "el-thalji-2025", "name": "edited"}, timeout=60)
    rest = made.headers["location"]
    window.go("/warehouse/edited")

    page.get_by_text("Campaigns", exact=True).click()
    page.locator("[data-add-campaign]").click()
    factor = page.locator('[data-input="campaign[1].factor"]')
    factor.fill("-2")
    factor.press("Tab")
    page.wait_for_selector("text=It must be at least 0.")
    factor.fill("3")
    factor.press("Tab")
    page.wait_for_selector("text=The inputs are in order.")
    inputs = httpx.get(f"{studied}{rest}", timeout=60).json()["inputs"]
    assert inputs["campaign"] == [{"start_months": 0, "end_months": 12, "factor": 3}]

    page.locator("[data-edit-lines]").click()
    page.wait_for_url("**/warehouse/edited/lines*")
    price = page.locator('[row-index="0"] [col-id="unit_price"]')
    _write(price, "-5")
    page.wait_for_selector("text=unit_price cannot be negative.")
    expect(price).to_have_class(re.compile("wrong"))
    assert lines(studied, rest)[0]["unit_price"] != -5
    _write(price, "1750")
    page.wait_for_selector("[data-table=problems]", state="detached")
    assert lines(studied, rest)[0]["unit_price"] == 1750

    page.locator("[data-add]").click()
    _write(page.locator('[row-index="1"] [col-id="tag"]'), "B-2")
    _write(page.locator('[row-index="1"] [col-id="part_id"]'), "seal")
    page.wait_for_selector("text=The line has no failure rate.")
    _write(page.locator('[row-index="1"] [col-id="failures_per_year"]'), "0.5")
    page.wait_for_selector("text=The line has no unit_price")
    _write(page.locator('[row-index="1"] [col-id="unit_price"]'), "200")
    page.wait_for_selector("[data-table=problems]", state="detached")
    assert [line["part_id"] for line in lines(studied, rest)][1:] == ["seal"]

    page.locator('[row-index="1"] input[type=checkbox]').first.click()
    page.locator("[data-remove]").click()
    page.wait_for_selector("[data-count]:text-is('1 line')")
    assert len(lines(studied, rest)) == 1
    page.get_by_role("button", name="Undo").click()
    page.wait_for_selector("[data-count]:text-is('2 lines')")
    assert len(lines(studied, rest)) == 2
    assert not window.complaints


def lines(address: str, study: str) -> list[dict[str, object]]:
    return list(httpx.get(f"{address}{study}/lines", timeout=60).json()["items"])


def _write(cell: Locator, words: str) -> None:
    """Into a cell of a grid, and leave it."""
    cell.scroll_into_view_if_needed()
    cell.dblclick()
    cell.locator("input").fill(words)
    cell.page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "height", "dark"), [(1280, 800, True), (1920, 1080, False)])
def test_pages_fit_both_widths_and_themes(studied: str, visit: Open, width: int, height: int, dark: bool) -> None:
    window = visit(studied, width=width, height=height, dark=dark)
    for path, mark in (("/warehouse", "[data-study=platform]"), ("/warehouse/platform", "[data-option-card]")):
        window.go(path)
        window.page.wait_for_selector(mark)
        wide = window.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} pixels wide"
    assert not window.complaints
    assert not window.foreign()


def test_a_study_of_ones_own_is_brought_and_a_broken_one_is_told(studied: str, visit: Open, tmp_path: Path) -> None:
    write_study(made.study(lines=2), tmp_path)
    plan = tmp_path / "study.toml"
    good = plan.read_text(encoding="utf-8")
    plan.write_text(good.replace("horizon_years = 20", "horizon_years = -20"), encoding="utf-8")
    window = visit(studied)
    window.go("/warehouse")
    window.page.set_input_files("input[type=file] >> nth=0", [str(plan), str(tmp_path / "lines.xlsx")])
    window.page.wait_for_selector("[data-table=problems]")
    assert "study.horizon_years" in window.page.inner_text("[data-table=problems]")
    plan.write_text(good.replace('name = "platform"', 'name = "our own"'), encoding="utf-8")
    window.page.set_input_files("input[type=file] >> nth=0", str(plan))
    window.page.wait_for_url("**/warehouse/our-own*")
    window.page.wait_for_selector("text=2 lines")
    assert not window.complaints


def test_an_unknown_study_is_a_state_not_an_error(studied: str, visit: Open) -> None:
    window = visit(studied)
    window.go("/warehouse/..%2f..%2ftwin")
    answer = window.page.goto(f"{studied}/warehouse/nobody")
    assert answer is not None
    assert answer.status == 404
    window.page.wait_for_selector("text=There is no study 'nobody'.")
