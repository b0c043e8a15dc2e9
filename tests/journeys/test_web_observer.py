"""Viability, warnings and the director's home in the browser: states, evidence, limits, answers, acceptance."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest
from playwright.sync_api import Page, expect

from spareverse.examples.drawn_companies import drawn_company
from spareverse.io.twin_folder import TwinFolder
from spareverse.network.observer_tables import OBSERVER_TABLES
from spareverse.twin.twin import Twin
from tests import fixtures_observation as made
from tests.journeys.conftest import Visit, serving, settled

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
LONGEST_MS = 600_000
TABS = ("coming", "orders", "alarms", "advice", "followed")


@pytest.fixture
def unobserved(tmp_path: Path) -> Iterator[str]:
    """A network that was never observed."""
    twin = Twin(TwinFolder.create(tmp_path / "new", name="New"))
    twin.import_network(drawn_company(3, parts=12))
    with serving(twin.folder.path) as address:
        yield address


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than its window."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth + 1"))


def test_an_empty_twin_and_an_unobserved_one_say_what_to_do(empty: str, unobserved: str, visit: Open) -> None:
    window = visit(empty)
    for path in ("/", "/viability", "/warnings"):
        window.go(path)
        expect(window.page.locator(".state")).to_contain_text("no data yet")
    other = visit(unobserved)
    for path in ("/viability", "/warnings"):
        other.go(path)
        expect(other.page.locator(".state")).to_contain_text("Not observed yet")
    other.page.click("[data-observe]")
    expect(other.page.locator("[data-progress]")).to_be_visible()
    other.page.locator("[data-progress]").get_by_text("Cancel").click()
    expect(other.page.locator(".state")).to_contain_text("Not observed yet")
    assert httpx.get(f"{unobserved}/api/v1/viability/observations", timeout=60).json() == []
    other.go("/jobs")
    expect(other.page.locator("[data-job]")).to_contain_text("spareverse observe")
    assert window.complaints == other.complaints == []


def test_the_verdict_comes_first_and_own_limits_change_it(observed: str, visit: Open) -> None:
    window = visit(observed)
    page = window.page
    window.go("/viability")
    settled(page)
    expect(page.locator("[data-verdict] .decision")).to_contain_text("cannot be said")
    expect(page.locator("[data-experimental]")).to_contain_text("experimental")
    expect(page.locator("[data-tile=price] .value")).to_contain_text("150")
    for figure in ("viability-map", "externalities", "components", "recovery"):
        expect(page.locator(f"[data-figure={figure}] svg").first).to_be_visible()
    expect(page.locator("[data-whose]")).to_contain_text("Default limits, not yours")
    page.click("[data-set-limits]")
    field = page.locator("input[data-at_least=fill_rate]")
    expect(field).to_have_value("95")
    field.fill("80")
    page.locator("input[data-why=fill_rate]").fill("asked by <the contract>")
    for other in ("total_cost", "exceptions_per_week"):
        page.locator(f"input[data-at_most={other}]").fill("")
    page.click("[data-save-limits]")
    expect(page.locator("[data-verdict] .decision")).to_contain_text("inside its limits: the least margin is 12 %")
    expect(page.locator("[data-whose]")).to_contain_text("Your limits")
    expect(page.locator("[data-table=margins]")).to_contain_text("asked by <the contract>")
    page.click("[data-set-limits]")
    expect(page.locator("input[data-why=fill_rate]")).to_have_value("asked by <the contract>")
    page.locator("input[data-at_most=fill_rate]").fill("70")
    page.click("[data-save-limits]")
    expect(page.get_by_text("lower limit is above")).to_be_visible()
    page.click("[data-default-limits]")
    expect(page.locator("[data-verdict] .decision")).to_contain_text("cannot be said")
    assert window.complaints == []
    assert window.foreign() == []


def test_a_trouble_opens_its_alarms_in_place(observed: str, visit: Open) -> None:
    window = visit(observed)
    page = window.page
    window.go("/warnings?tab=alarms")
    settled(page)
    expect(page.locator("[data-tile=alarms] .value")).to_have_text("2")
    for figure in ("alarms", "noticed"):
        expect(page.locator(f"[data-figure={figure}] svg").first).to_be_visible()
    rows = page.locator("[data-trouble]")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(made.HOSTILE)
    assert page.locator("img[src=x]").count() == 0
    page.locator("[data-of=supply]").click()
    settled(page)
    expect(page.locator("[data-of=supply]")).to_have_text("Supply 2")
    expect(page.locator("[data-of=demand]")).to_have_count(0)
    expect(rows).to_have_count(2)
    second = rows.nth(1)
    expect(second).to_contain_text("first noticed")
    expect(second).to_contain_text("Lead time, supplier S-1")
    expect(second).to_contain_text("3 alarms")
    second.locator(".warning-line").focus()
    page.keyboard.press("Enter")
    expect(second.locator(".warning-line")).to_have_attribute("aria-expanded", "true")
    expect(second.locator("[data-table=alarms]")).to_contain_text("CUSUM, EWMA")
    assert fits(page)
    assert window.complaints == []


def test_a_warning_opens_its_evidence_and_is_answered_in_place(observed: str, visit: Open) -> None:
    window = visit(observed)
    page = window.page
    window.go("/warnings")
    settled(page)
    expect(page.locator("[data-finding]")).to_contain_text("31 warnings wait for an answer")
    expect(page.locator("[data-warning]")).to_have_count(25)
    expect(page.locator("[data-warning]").first).to_contain_text(made.HOSTILE)
    assert page.locator("img[src=x]").count() == 0
    row = page.locator("[data-warning='stock_out:P-1:OSLO']")
    row.locator(".warning-line").focus()
    page.keyboard.press("Enter")
    expect(row.locator(".warning-line")).to_have_attribute("aria-expanded", "true")
    for evidence in ("88 % [83-93] within 8 weeks", "4 pieces", "5.5 pieces", "200 paths",
                     "Expedite the open order of 4 from S-1 (there in 12 days): helps; chance -30 points [-38 to -22]",
                     "Order 4 now from S-1 (there in 12 days): does not clearly help",
                     "at BERGEN the chance +10 points"):  # fmt: skip
        expect(row.locator(".evidence")).to_contain_text(evidence)
    expect(page.locator("[data-ranking]")).to_contain_text("likelier than not comes first")
    row.locator("input[data-comment]").fill("called the supplier")
    row.locator("[data-answer='Acted upon']").click()
    expect(row.locator("[data-state]")).to_have_text("acted upon")
    row.locator("[data-snooze]").click()
    days = {datetime.now(UTC).date()}
    page.get_by_text("2 weeks").click()
    expect(row.locator("[data-state]")).to_contain_text("snoozed until")
    days.add(datetime.now(UTC).date())  # midnight may have passed
    until = row.locator("[data-state]").inner_text()
    assert until in {f"snoozed until {day + timedelta(days=14)}" for day in days}
    window.go("/warnings")
    settled(page)
    expect(page.locator("[data-warning='stock_out:P-1:OSLO']")).to_have_count(0)
    page.click("[data-asleep]")
    settled(page)
    asleep = page.locator("[data-warning='stock_out:P-1:OSLO']")
    expect(asleep.locator("[data-state]")).to_have_text(until)
    asleep.locator(".warning-line").click()
    asleep.locator("[data-answer='Take back']").click()
    expect(asleep.locator("[data-state]")).to_be_hidden()
    page.click("[data-kind=contract_breach]")
    settled(page)
    expect(page.locator("[data-warning]")).to_have_count(1)
    assert window.complaints == []


def test_warnings_are_ordered_and_narrowed_to_what_a_step_helps(observed: str, visit: Open) -> None:
    window = visit(observed)
    page = window.page
    window.go("/warnings?shown=40")
    settled(page)
    every = page.locator("[data-warning]")
    expect(every.last).to_contain_text("customer C-1")
    page.click("[data-sort=money]")
    settled(page)
    expect(every.nth(2)).to_contain_text("customer C-1")
    for order in ("chance", "soon"):
        page.click(f"[data-sort={order}]")
        settled(page)
        expect(every.first).to_contain_text(made.HOSTILE)
    page.click("[data-sort=rank]")
    settled(page)
    page.click("[data-helped]")
    settled(page)
    expect(page.locator("[data-warning]")).to_have_count(3)
    contract = page.locator("[data-warning='contract_breach:C-1']")
    contract.locator(".warning-line").click()
    expect(contract.locator("[data-step]")).to_contain_text("P-1 at OSLO: Expedite the open order of 4 from S-1")
    window.go("/warnings")
    settled(page)
    third = page.locator("[data-warning='stock_out:P-2:OSLO']")
    expect(third).to_contain_text("no step that was tried clearly helps")
    third.locator(".warning-line").click()
    expect(third.locator("[data-step]")).to_contain_text("does not clearly help")
    assert window.complaints == []


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (1920, False)])
def test_every_page_fits_its_window_and_opens_what_it_tells(observed: str, visit: Open, width: int, dark: bool) -> None:
    window = visit(observed, width=width, dark=dark)
    page = window.page
    for path in ("/", "/viability", *(f"/warnings?tab={tab}" for tab in TABS)):
        window.go(path)
        settled(page)
        assert fits(page), path
    window.go("/?level=expert")
    settled(page)
    expect(page.locator("[data-paragraph]")).to_contain_text("[")
    page.locator("[data-paragraph] a.fact").first.click()
    page.wait_for_url("**/viability**")
    assert window.complaints == []


def test_home_shows_an_observation_before_there_is_an_analysis(network_only: Path, visit: Open, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(network_only, tmp_path / "acme"))
    orders = tmp_path / "orders.csv"
    orders.write_text("part_id,ordered_on,promised_on,received_on,quantity\nP,2024-01-02,2024-01-09,2024-01-09,2\n")
    Twin.open(folder).import_orders(purchases=orders)
    with serving(folder) as address:
        window = visit(address)
        window.go("/")
        settled(window.page)
        expect(window.page.get_by_text("Not analysed yet")).to_be_visible()
        expect(window.page.locator("[data-figure=viability-map] svg")).to_be_visible()
        expect(window.page.locator("[data-table=first-warnings]")).to_be_visible()
        assert window.complaints == []


def test_a_record_alone_shows_its_way_and_home_looks_ahead_once_there_is_more(
    analysed: Path, visit: Open, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(analysed, tmp_path / "acme"))
    with serving(folder) as address:
        window = visit(address)
        page = window.page
        window.go("/")
        expect(page.locator("[data-paragraph]")).to_contain_text("are at risk today")
        expect(page.locator("[data-tile=warnings]")).to_contain_text("not looked ahead yet")
        window.go("/viability")
        page.click("[data-observe]")
        expect(page.locator("[data-verdict]")).to_contain_text("record", timeout=LONGEST_MS)
        expect(page.locator("[data-figure=viability-map] svg")).to_be_visible()
        window.go("/warnings")
        settled(page)
        expect(page.locator(".state")).to_contain_text("No network yet")
        window.go("/warnings?tab=alarms")
        settled(page)
        expect(page.locator("[data-tile=alarms] .value")).not_to_have_text("–")
        window.go("/")
        settled(page)
        expect(page.locator("[data-figure=viability-map] svg")).to_be_visible()
        twin = Twin.open(folder)
        kept = twin.observation()
        document = {**kept.document, "network": "n", "weeks": 6, "made_at": datetime.now(UTC).isoformat()}
        known = {table.name: kept.table(table.name) for table in OBSERVER_TABLES if table.name in kept.tables}
        twin.folder.save_run("observation", document, known | {"warnings": made.warnings(3)})
        window.go("/")
        settled(page)
        expect(page.locator("[data-tile=warnings] .value")).to_have_text("4")
        expect(page.locator("[data-table=first-warnings]")).to_contain_text(made.HOSTILE)
        expect(page.locator(".note-bar")).to_contain_text("has changed since this observation")
        assert isinstance(known["viability"], pl.DataFrame)
        assert window.complaints == []
