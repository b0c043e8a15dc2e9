"""Plan, back-test and worklist in the browser: try budgets, decide, take away, bring back, plan anew, see the proof."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import polars as pl
import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Visit, serving

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
FIRST = ".ag-pinned-left-cols-container .ag-row[row-index='0']"
LONGEST_JOB_SECONDS = 600


@pytest.fixture(scope="module")
def planned(demo_twin: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose twin has one plan with its proof."""
    folder = Path(shutil.copytree(demo_twin, tmp_path_factory.mktemp("planned") / "acme"))
    with serving(folder) as address:
        job = httpx.post(f"{address}/api/v1/plans", json={"adopt": True}, timeout=60).raise_for_status().json()
        finished(address, job["id"])
        yield address


def finished(address: str, job_id: str) -> dict[str, Any]:
    until = time.monotonic() + LONGEST_JOB_SECONDS
    while time.monotonic() < until:
        job: dict[str, Any] = httpx.get(f"{address}/api/v1/jobs/{job_id}", timeout=60).json()
        if job["status"] in ("done", "failed", "cancelled"):
            assert job["status"] == "done", job["problem"]
            return job
        time.sleep(0.3)
    raise AssertionError("the job did not finish")


def rows(address: str, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{address}/api/v1/plans/adopted/rows", params=query, timeout=60).json()
    return found


def state(address: str, part: dict[str, Any]) -> str:
    where = [f"part_id:eq:{part['part_id']}", f"place_id:eq:{part['place_id']}"]
    return str(rows(address, view="all", where=where)["items"][0]["state"])


def tile(window: Visit, mark: str) -> Locator:
    return window.page.locator(f"[data-tile={mark}] .value")


def test_dragging_the_budget_moves_the_figures_and_lists_the_parts_that_enter(planned: str, visit: Open) -> None:
    window = visit(planned)
    window.go("/plan")
    window.page.wait_for_selector("[data-figure=plan_curve] [data-ready=yes]")
    tiles = [tile(window, mark) for mark in ("stock-value", "fill-rate", "parts-stocked")]
    expect(tiles[0]).not_to_have_text("–")
    made = [one.inner_text() for one in tiles]
    chart = window.page.locator("[data-figure=plan_curve] .figure")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    level = box["y"] + 0.4 * box["height"]
    window.page.mouse.move(box["x"] + 0.2 * box["width"], level)
    window.page.mouse.down()
    window.page.mouse.move(box["x"] + 0.9 * box["width"], level, steps=8)
    window.page.mouse.up()
    for one, before in zip(tiles, made, strict=True):
        expect(one).not_to_have_text(before)
    entering = window.page.locator("[data-entering]")
    expect(entering).to_contain_text("enter the stock")
    expect(entering.locator("[data-again]")).to_contain_text("Plan with")
    window.page.focus("#plan-budget")
    window.page.keyboard.press("Home")
    expect(tiles[2]).to_have_text("0")
    expect(entering).to_contain_text("leave the stock")
    entering.get_by_role("button", name="Back").click()
    expect(tiles[2]).to_have_text(made[2])
    assert not window.complaints
    assert not window.foreign()


def test_a_decision_is_kept_counted_and_can_be_taken_back(planned: str, visit: Open) -> None:
    before = rows(planned, view="to_decide", limit=1)
    window = visit(planned)
    window.go("/plan")
    window.page.wait_for_selector(FIRST)
    expect(window.page.locator(f"{FIRST} [col-id=part_id]")).to_have_text(before["items"][0]["part_id"])
    window.page.click(f"{FIRST} .ag-checkbox-input-wrapper")
    window.page.get_by_role("button", name="Accept", exact=True).click()
    window.page.wait_for_selector("text=1 part accepted")
    assert state(planned, before["items"][0]) == "accepted"
    expect(window.page.locator("[data-tile=to_decide] .value")).to_have_text(f"{before['total'] - 1:,}")
    expect(window.page.locator("[data-summary]")).to_contain_text(f"{before['total'] - 1:,} changes wait")
    window.page.get_by_role("button", name="Undo").click()
    expect(window.page.locator("[data-tile=to_decide] .value")).to_have_text(f"{before['total']:,}")
    expect(window.page.locator("[data-summary]")).to_contain_text(f"{before['total']:,} changes wait")
    assert state(planned, before["items"][0]) == "open"


def test_filters_stand_in_the_address(planned: str, visit: Open) -> None:
    window = visit(planned)
    window.go("/plan?view=all")
    window.page.wait_for_selector(FIRST)
    window.page.select_option("select[data-filter=demand_class]", "never moved")
    window.page.wait_for_url("**demand_class*never**")
    total = rows(planned, view="all", where="demand_class:eq:never moved", limit=1)["total"]
    expect(window.page.locator("#row-count")).to_contain_text(f"{total:,}")
    window.page.reload()
    window.page.wait_for_selector(FIRST)
    expect(window.page.locator("#row-count")).to_contain_text(f"{total:,}")
    expect(window.page.locator("select[data-filter=demand_class]")).to_have_value("never moved")


def test_the_change_list_is_filled_in_and_brought_back(planned: str, visit: Open, tmp_path: Path) -> None:
    waiting = rows(planned, view="to_decide", limit=3)["items"]
    window = visit(planned)
    window.go("/plan")
    with window.page.expect_download() as download:
        window.page.click("[data-list-file]")
    path = tmp_path / "plan.xlsx"
    download.value.save_as(path)
    filled(path, waiting)
    window.page.locator(".q-uploader input[type=file]").set_input_files(path)
    window.page.wait_for_selector("text=2 decisions brought back")
    assert [state(planned, part) for part in waiting] == ["accepted", "rejected", "open"]
    with window.page.expect_download() as policies:
        window.page.click("[data-policies]")
    policies.value.save_as(tmp_path / "plan.csv")
    upload = pl.read_csv(tmp_path / "plan.csv", infer_schema=False)
    assert upload.columns == ["part_id", "place_id", "policy", "reorder_point", "order_up_to", "order_quantity"]
    named = [(part["part_id"], part["place_id"]) for part in waiting[:2]]
    assert [key in upload.select("part_id", pl.col("place_id").fill_null("")).rows() for key in named] == [True, False]


def filled(path: Path, parts: list[dict[str, Any]], *, wrong: str = "") -> None:
    """Accept the first part, reject the second; ``wrong`` takes the place of the first part's id."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    at = {name: names.index(name) for name in ("Part", "Place", "Accept", "Comment")}
    answers = {(part["part_id"], part["place_id"]): answer for part, answer in zip(parts, ("yes", "no"), strict=False)}
    for row in sheet.iter_rows(min_row=2):
        answer = answers.get((row[at["Part"]].value, row[at["Place"]].value or ""))
        if answer:
            row[at["Accept"]].value = answer
            row[at["Comment"]].value = "from the sheet"
            if wrong and answer == "yes":
                row[at["Part"]].value = wrong
    book.save(path)


def test_a_change_list_of_unknown_parts_is_refused_whole(planned: str, visit: Open, tmp_path: Path) -> None:
    waiting = rows(planned, view="to_decide", limit=2)["items"]
    path = tmp_path / "plan.xlsx"
    path.write_bytes(httpx.get(f"{planned}/api/v1/plans/adopted/file?format=xlsx", timeout=120).content)
    filled(path, waiting, wrong="NO-SUCH-PART")
    window = visit(planned)
    window.go("/plan")
    window.page.locator(".q-uploader input[type=file]").set_input_files(path)
    expect(window.page.locator("[data-refused]")).to_contain_text("Nothing was changed")
    expect(window.page.locator("[data-table=problems]")).to_contain_text("NO-SUCH-PART")
    assert [state(planned, part) for part in waiting] == ["open", "open"]


def test_an_own_figure_is_respected_by_the_next_plan(planned: str, visit: Open) -> None:
    part = rows(planned, view="to_decide", limit=1)["items"][0]
    own = part["reorder_point"] + 7
    window = visit(planned)
    window.go("/plan")
    window.page.wait_for_selector(FIRST)
    window.page.click(f"{FIRST} .ag-checkbox-input-wrapper")
    window.page.get_by_role("button", name="Override", exact=True).click()
    window.page.get_by_label("Reorder point, pieces").fill(f"{own:g}")
    window.page.get_by_label("Why").fill("service contract")
    window.page.get_by_role("button", name="Keep").click()
    window.page.wait_for_selector(f"text=reorder point {own:g}")
    assert state(planned, part) == "own figure"
    window.page.wait_for_selector("[data-figure=plan_curve] [data-ready=yes]")
    window.page.focus("#plan-budget")
    for _ in range(3):
        window.page.keyboard.press("PageUp")
    window.page.locator("[data-again]").click()
    window.page.wait_for_selector("[data-progress]")
    window.page.wait_for_selector("[data-trial]", timeout=1000 * LONGEST_JOB_SECONDS)
    assert state(planned, part) == "own figure"
    assert len(httpx.get(f"{planned}/api/v1/plans", timeout=60).json()) == 2
    window.go("/worklist")
    expect(window.page.locator("hgroup")).to_contain_text("first plan")
    window.go("/plan?plan=latest")
    window.page.click("[data-adopt]")
    window.page.wait_for_selector("[data-withdraw]")
    where = [f"part_id:eq:{part['part_id']}", f"place_id:eq:{part['place_id']}"]
    again = rows(planned, view="all", where=where)["items"][0]
    assert (again["reorder_point"], again["state"], again["comment"]) == (own, "own figure", "service contract")
    window.go("/worklist")
    expect(window.page.locator("hgroup")).to_contain_text("Another target")
    expect(window.page.locator("[data-table=planners]")).to_be_visible()
    expect(window.page.locator("[data-table=outcomes]")).to_contain_text("Raise")
    assert not window.complaints


def test_the_backtest_says_its_verdict_first(planned: str, visit: Open) -> None:
    proof = httpx.get(f"{planned}/api/v1/plans/latest/proof", timeout=60).json()
    window = visit(planned)
    window.go("/backtest")
    verdict = window.page.locator("[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", proof["verdict"])
    said = {"missed": "FAILED", "kept": "kept", "exceeded": "More was met"}
    expect(verdict).to_contain_text(said[proof["verdict"]])
    if proof["verdict"] == "missed":
        expect(window.page.locator("[data-summary]")).to_contain_text("The proof FAILED")
    for name in ("reliability", "contenders", "equal_fill_rate", "money"):
        expect(window.page.locator(f"[data-figure={name}]")).to_be_visible()
    expect(window.page.locator("[data-table=contenders]")).to_contain_text("Company's rule")
    window.page.click("[data-tile=unstocked]")
    window.page.wait_for_url("**view=unstocked**")
    total = httpx.get(f"{planned}/api/v1/backtests/latest/parts?view=unstocked&limit=1", timeout=60).json()["total"]
    expect(window.page.locator("#row-count")).to_contain_text(f"{total:,}")
    assert not window.complaints
    assert not window.foreign()


def test_home_and_part_show_the_plan(planned: str, visit: Open) -> None:
    window = visit(planned)
    window.go("/")
    waiting = rows(planned, view="to_decide", limit=1)
    expect(window.page.locator("[data-tile=to-decide] .value")).to_have_text(f"{waiting['total']:,}")
    part = waiting["items"][0]
    window.go(f"/part/{part['part_id']}?place_id={part['place_id']}")
    planned_part = window.page.locator("[data-in-plan]")
    expect(planned_part).to_contain_text("the part alone wants")
    expect(planned_part).to_contain_text("reorder cycles, and may differ")
    accept = window.page.get_by_role("button", name="Accept", exact=True)
    expect(accept).to_have_count(1)
    accept.click()
    expect(planned_part).to_contain_text("Accepted")
    assert state(planned, part) == "accepted"
    window.page.click("[data-law]")
    expect(window.page.locator("[data-figure=lead_time_law] h2")).to_contain_text("over a lead time")
    assert not window.complaints


def test_without_a_plan_the_page_offers_to_make_one(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/plan")
    expect(window.page.locator(".state")).to_contain_text("No plan yet")
    expect(window.page.locator("[data-run]")).to_be_visible()
    for path, words in (("/backtest", "No back-test yet"), ("/worklist", "No plan yet")):
        window.go(path)
        expect(window.page.locator(".state")).to_contain_text(words)
