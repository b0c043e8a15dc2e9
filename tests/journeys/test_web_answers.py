"""Acting on warnings and advice in the browser: acceptance and its day, snoozes that end, long lists."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest
from playwright.sync_api import expect

from spareverse.observer.warnings import ranked_warnings
from spareverse.twin.twin import Twin
from tests import fixtures_observation as made
from tests.journeys.conftest import Visit, serving, settled

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


def test_a_recommendation_is_accepted_and_followed_up(observed: str, visit: Open) -> None:
    window = visit(observed)
    page = window.page
    window.go("/warnings?tab=followed")
    settled(page)
    expect(page.locator(".state")).to_contain_text("Nothing has been accepted yet")
    page.click("[data-tab=advice]")
    settled(page)
    expect(page.locator("[data-nudge]")).to_have_count(2)
    nudge = page.locator("[data-nudge='nudge 0']")
    expect(nudge).to_contain_text("Gets worse: stock value +10 %")
    expect(nudge.locator("[data-caution]")).to_have_count(0)
    told = page.locator("[data-nudge='nudge 1']").inner_text()
    assert told.index(f"{made.CAUTION[1:]}.") < told.index("Raise the reorder points")
    expect(page.locator("[data-how-ranked]")).to_contain_text("Ranked by money saved")
    expect(page.locator("[data-how-ranked]")).to_contain_text("means over 730 days simulated ahead")
    accept, asked = nudge.locator("[data-accept]"), page.locator("[data-accepting]")
    accept.focus()
    page.keyboard.press("Enter")
    since = asked.locator("input[data-holds-from]")
    expect(since).to_be_focused()
    expect(asked.locator("[data-table=to-follow]")).to_contain_text("Stock value")
    expect(asked.locator("[data-record-ends]")).to_contain_text("no record yet")
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(accept).to_be_focused()
    accept.click()
    asked.locator("[data-cancel]").click()
    expect(asked).to_have_count(0)
    assert httpx.get(f"{observed}/api/v1/recommendations/follow-ups", timeout=60).json() == []
    accept.click()
    since.fill("2027-01-01")
    asked.locator("input[data-comment]").fill("agreed by <the board>")
    asked.locator("[data-keep]").click()
    expect(nudge.locator("[data-withdraw]")).to_be_focused()
    expect(nudge).to_contain_text("holds from 2027-01-01")
    expect(nudge).to_contain_text("agreed by <the board>")
    page.click("[data-tab=followed]")
    settled(page)
    expect(page.locator("[data-table=follow-ups]")).to_contain_text("not enough lines")
    followed = page.locator("[data-came='nudge 0']")
    expect(followed).to_contain_text("holds from 2027-01-01")
    expect(followed.locator("[data-said]")).to_have_text("agreed by <the board>")
    followed.locator("[data-withdraw]").click()
    expect(page.locator(".state")).to_contain_text("Nothing is accepted now")
    page.get_by_text("1 acceptance was taken back").click()
    expect(page.locator("[data-table=withdrawn]")).to_contain_text("agreed by <the board>")
    page.click("[data-tab=advice]")
    settled(page)
    expect(page.locator("[data-accept]")).to_have_count(2)
    assert window.complaints == []


def test_an_acceptance_holds_from_the_end_of_the_record_at_the_earliest(
    network_only: Path, visit: Open, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(network_only, tmp_path / "acme"))
    orders = tmp_path / "orders.csv"
    orders.write_text("part_id,ordered_on,promised_on,received_on,quantity\nP,2024-01-02,2024-01-09,2024-01-09,2\n")
    Twin.open(folder).import_orders(purchases=orders)
    with serving(folder) as address:
        window = visit(address)
        page = window.page
        window.go("/warnings?tab=advice")
        settled(page)
        page.locator("[data-nudge='nudge 0'] [data-accept]").click()
        asked = page.locator("[data-accepting]")
        expect(asked.locator("input[data-holds-from]")).to_have_value("2024-01-02")
        expect(asked.locator("[data-record-ends]")).to_contain_text("The record ends on 2024-01-02")
        asked.locator("input[data-holds-from]").fill("2024-01-01")
        asked.locator("[data-keep]").click()
        expect(page.get_by_text("cannot have held before.").last).to_be_visible()
        expect(asked).to_be_visible()
        asked.locator("input[data-holds-from]").fill("")
        asked.locator("[data-keep]").click()
        expect(page.get_by_text("Give the day from which on")).to_be_visible()
        asked.locator("input[data-holds-from]").fill("2024-01-02")
        asked.locator("input[data-comment]").press("Enter")
        expect(page.locator("[data-nudge='nudge 0']")).to_contain_text("holds from 2024-01-02")
        assert window.complaints == []


def test_contracts_without_a_penalty_are_one_line_and_what_slept_comes_back(
    network_only: Path, visit: Open, tmp_path: Path
) -> None:
    twin = Twin.open(Path(shutil.copytree(network_only, tmp_path / "acme")))
    later = datetime.now(UTC).date() + timedelta(days=14)
    twin.answer_warning("stock_out:P-29:OSLO", "snoozed", snoozed_until=later, comment="asked")
    known = made.warnings().with_columns(pl.col("chance", "chance_low", "chance_high").clip(lower_bound=0.45))
    free = known.tail(1).with_columns(kind=pl.lit("contract_breach"), expected_money=0.0, chance=0.99)
    named = [free.with_columns(warning_id=pl.lit(f"contract_breach:{name}"), customer_id=pl.lit(name)) for name in "DE"]
    ranked = ranked_warnings(pl.concat([known, *named])).select(known.columns)
    twin.folder.save_run("observation", twin.observation().document, made.tables() | {"warnings": ranked})
    with serving(twin.folder.path) as address:
        window = visit(address)
        page = window.page
        window.go("/warnings?shown=40")
        settled(page)
        expect(page.locator("[data-ranking]")).to_contain_text("Contracts without a penalty come last")
        expect(page.locator("[data-warning]").last).to_contain_text("customer E")
        woken = page.locator("[data-warning='stock_out:P-29:OSLO']")
        expect(woken.locator("[data-state]")).to_have_text("awake again: the chance was 32 % when it was snoozed")
        woken.locator(".warning-line").click()
        expect(woken.locator("input[data-comment]")).to_have_value("asked")
        page.get_by_text("2 contracts without a penalty are likely to be missed too.").click()
        settled(page)
        expect(page.locator("[data-warning]")).to_have_count(3)
        expect(page.locator("[data-free]")).to_have_count(0)
        expect(page.locator("[data-warning]").last).to_contain_text("nonepenalty", use_inner_text=False)
        assert window.complaints == []


def test_long_lists_show_more_on_demand(network_only: Path, visit: Open, tmp_path: Path) -> None:
    twin = Twin.open(Path(shutil.copytree(network_only, tmp_path / "acme")))
    alarms = [
        made.alarms().with_columns(trouble=pl.lit(at, pl.Int64), subject_id=pl.lit(f"S-{at}")) for at in range(1, 61)
    ]
    tables = made.tables() | {"warnings": made.warnings(140), "alarms": pl.concat(alarms)}
    twin.folder.save_run("observation", twin.observation().document, tables)
    with serving(twin.folder.path) as address:
        window = visit(address)
        page = window.page
        window.go("/warnings")
        settled(page)
        for shown, more in ((25, "Show 100 more"), (125, "Show 16 more"), (141, "")):
            expect(page.locator("[data-warning]")).to_have_count(shown)
            if more:
                expect(page.locator("[data-more]")).to_have_text(more)
                page.click("[data-more]")
                settled(page)
        expect(page.locator("[data-more]")).to_have_count(0)
        page.click("[data-kind=contract_breach]")
        settled(page)
        expect(page.locator("[data-warning]")).to_have_count(1)
        window.go("/warnings?tab=alarms")
        settled(page)
        first = page.locator("[data-trouble]").count()
        expect(page.locator("[data-more]")).to_have_text(f"Show {60 - first} more")
        page.click("[data-more]")
        settled(page)
        expect(page.locator("[data-trouble]")).to_have_count(60)
        expect(page.locator("[data-more]")).to_have_count(0)
        assert window.complaints == []
