"""Network and scenarios in the browser: make a scenario, run it, watch it, ask why, open an account to its events."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from spareverse.io.scenario_files import scenario_of
from spareverse.twin.twin import Twin
from tests.journeys.conftest import Visit, serving

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
PROGRAM = str(Path(sys.executable).parent / "spareverse")
LONGEST_MS = 600_000


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The twin of the beer game, not simulated yet."""
    folder = tmp_path_factory.mktemp("game") / "beer"
    subprocess.run([PROGRAM, "new", folder, "--example", "beer-game"], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="module")
def simulated(game: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose twin has one run of two scenarios."""
    folder = Path(shutil.copytree(game, tmp_path_factory.mktemp("simulated") / "beer"))
    asked = ["--scenario", "steady", "--scenario", "short-pipes", "--replications", "2"]
    subprocess.run([PROGRAM, "simulate", folder, *asked], check=True, stdout=subprocess.DEVNULL)
    with serving(folder) as address:
        yield address


def test_without_a_network_the_next_step_is_offered_and_a_wrong_workbook_refused(
    empty: str, visit: Open, tmp_path: Path, game: Path
) -> None:
    window = visit(empty)
    window.go("/network")
    expect(window.page.locator(".state")).to_contain_text("No network yet")
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_text("no workbook")
    window.page.set_input_files("input[type=file]", wrong)
    expect(window.page.locator("[data-refused]")).to_contain_text("workbook")
    window.page.set_input_files("input[type=file]", game / "beer-game.xlsx")
    expect(window.page.locator("[data-not-simulated]")).to_be_visible()
    window.go("/scenarios")
    expect(window.page.locator(".state")).to_contain_text("No scenarios yet")
    assert window.foreign() == []


def test_a_scenario_is_made_in_the_form_refused_mended_run_and_removed(game: Path, visit: Open, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(game, tmp_path / "beer"))
    with serving(folder) as address:
        window = visit(address)
        page = window.page
        window.go("/scenarios")
        page.get_by_text("New scenario").click()
        page.wait_for_selector("[data-name]")
        page.fill("[data-name]", "dry-well")
        page.fill("[data-title]", "The brewery stands still")
        page.click("[data-rows=DisturbanceRows] [data-add]")
        row = page.locator("[data-rows=DisturbanceRows] [data-row]")
        row.locator("[data-start]").fill("60")
        row.locator("[data-days]").fill("28")
        page.click("[data-save]")
        expect(page.locator("[data-refused]")).to_be_visible()
        expect(page.locator("[data-table=problems]")).to_contain_text("target_id")
        row.locator("[data-target]").click()
        page.get_by_role("option", name="BREWERY").click()
        page.click("[data-save-run]")
        page.wait_for_url("**/network**")
        page.wait_for_url("**simulation=**", timeout=LONGEST_MS)
        expect(page.locator("[data-finding]")).to_contain_text("The brewery stands still: waiting +")
        assert "dry-well" in (folder / "scenarios" / "dry-well.toml").read_text()
        window.go("/scenarios/edit?name=dry-well&as=text")
        expect(page.locator("textarea")).to_have_value(re.compile("BREWERY"))
        page.click("[data-delete]")
        expect(page.locator("[data-undo]")).to_be_visible()
        assert not (folder / "scenarios" / "dry-well.toml").exists()
        page.click("[data-undo]")
        page.wait_for_selector("textarea")
        assert (folder / "scenarios" / "dry-well.toml").exists()


def test_a_running_simulation_is_cancelled_and_leaves_the_twin_as_it_was(visit: Open, tmp_path: Path) -> None:
    """The largest example, as often as may be asked: minutes of work, so that it is under way when it is cancelled."""
    folder = tmp_path / "basin"
    subprocess.run([PROGRAM, "new", folder, "--example", "platform-basin"], check=True, stdout=subprocess.DEVNULL)
    with serving(folder) as address:
        window = visit(address)
        wish = {"scenarios": ["quay-closed"], "replications": 1000}
        answer = httpx.post(f"{address}/api/v1/simulations", json=wish, timeout=60)
        assert answer.status_code == 202, answer.text
        job = answer.json()
        window.go("/network")
        expect(window.page.locator("[data-progress]")).to_be_visible()
        window.page.locator("[data-progress]").get_by_text("Cancel").click()
        expect(window.page.locator("[data-progress]")).to_have_count(0)
        found = httpx.get(f"{address}/api/v1/jobs/{job['id']}", timeout=60).json()
        assert found["status"] == "cancelled"
        assert httpx.get(f"{address}/api/v1/simulations", timeout=60).json() == []


def test_watching_and_opening_the_course_of_a_place(simulated: str, visit: Open) -> None:
    window = visit(simulated)
    window.go("/network?scenario=as+it+is&beside=steady")
    page = window.page
    page.wait_for_selector("[data-network-animation] canvas")
    assert page.locator("[data-network-animation] .pane").count() == 2
    page.select_option("[aria-label='Choose a place, supplier or link']", label="Wholesaler")
    expect(page.locator("[data-series]")).to_contain_text("Wholesaler")
    expect(page.get_by_text("Why customers waited here")).to_be_visible()
    page.select_option("[aria-label='Choose a place, supplier or link']", label="Brewing")
    page.get_by_text("What if it stands still").click()
    expect(page.locator("[data-name]")).to_have_value("brewery-outage")
    expect(page.locator("[data-start]")).to_have_value("0")
    expect(page.locator("[data-days]")).to_have_value("42")
    assert window.complaints == []
    assert window.foreign() == []


def _drag(page: Page, strip: Locator, start: float, end: float, lane: int = 0) -> None:
    """From one place of the strip to another, as shares of its length, on one of its lanes."""
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    height = box["y"] + 6 + 26 * lane + 11
    page.mouse.move(box["x"] + start * box["width"], height)
    page.mouse.down()
    page.mouse.move(box["x"] + (start + end) / 2 * box["width"], height)
    page.mouse.move(box["x"] + end * box["width"], height)
    page.mouse.up()


def _days(row: Locator) -> tuple[int, int]:
    return int(row.locator("[data-start]").input_value()), int(row.locator("[data-days]").input_value())


def test_a_disturbance_is_drawn_moved_stretched_and_kept(game: Path, visit: Open, tmp_path: Path) -> None:
    """The run has 364 days, so that a day is narrower than a step of the mouse: a day either way is right."""
    folder = Path(shutil.copytree(game, tmp_path / "beer"))
    with serving(folder) as address:
        window = visit(address)
        page = window.page
        window.go("/scenarios/edit")
        lanes = page.locator("[data-time-strip] .lanes")
        _drag(page, lanes, 0.25, 0.5)
        row = page.locator("[data-rows=DisturbanceRows] [data-row]")
        expect(row.locator("[data-start]")).to_have_value("91")
        expect(row.locator("[data-days]")).to_have_value("91")
        bar = page.locator("[data-time-strip] .spell")
        expect(bar).to_have_count(1)
        expect(bar).to_contain_text("outage of BREWERY")
        _drag(page, lanes, 0.3, 0.4)  # moved
        expect(row.locator("[data-start]")).not_to_have_value("91")
        start, days = _days(row)
        assert (abs(start - 127) <= 1, days) == (True, 91)
        end = (start + days) / 364
        _drag(page, lanes, end - 0.003, end + 0.1)  # its end is drawn out
        expect(row.locator("[data-days]")).not_to_have_value("91")
        assert _days(row)[0] == start
        assert abs(_days(row)[1] - 127) <= 2
        bar.focus()
        page.keyboard.press("ArrowRight")
        expect(row.locator("[data-start]")).to_have_value(str(start + 1))
        row.locator("[data-days]").fill("30")  # the field moves the bar
        expect(bar).to_have_attribute("aria-label", re.compile(rf"day {start + 1} to {start + 31} \(30 days\)"))
        page.fill("[data-name]", "drawn")
        page.click("[data-save]")
        page.wait_for_url("**/scenarios")
        kept = (folder / "scenarios" / "drawn.toml").read_text()
        assert f"start_day = {start + 1}" in kept
        assert 'target_id = "BREWERY"' in kept
        assert window.complaints == []
        assert window.foreign() == []


def test_what_is_drawn_below_the_run_that_is_watched_runs_beside_it(game: Path, visit: Open, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(game, tmp_path / "beer"))
    subprocess.run([PROGRAM, "simulate", folder, "--replications", "2"], check=True, stdout=subprocess.DEVNULL)
    with serving(folder) as address:
        window = visit(address)
        page = window.page
        window.go("/network?scenario=as+it+is")
        page.wait_for_selector("[data-draw] .lanes")
        _drag(page, page.locator("[data-draw] .lanes"), 0.1, 0.3)
        expect(page.locator("[data-draw] [data-row]")).to_have_count(1)
        page.fill("[data-draw-name]", "drawn-here")
        page.click("[data-draw-run]")
        page.wait_for_url("**simulation=**", timeout=LONGEST_MS)
        expect(page.locator("[data-finding]")).to_contain_text("drawn-here: waiting")
        expect(page.locator("[data-draw] .spell")).to_contain_text("outage of BREWERY")
        expect(page.locator("[data-left-out]")).to_have_count(0)
        page.get_by_role("button", name="More").click()
        page.get_by_label("End of the run").fill("20")
        page.keyboard.press("Escape")
        page.locator("[data-scenarios]").click()
        page.get_by_role("option", name="drawn-here").click()
        page.keyboard.press("Escape")
        before = page.url
        page.click("[data-run]")
        page.wait_for_url(lambda url: "simulation=" in url and url != before, timeout=LONGEST_MS)
        expect(page.locator("[data-left-out]").first).to_contain_text("this run ends on day 20")
        assert window.complaints == []


def test_scenarios_side_by_side_and_why_down_to_the_waits(simulated: str, visit: Open) -> None:
    window = visit(simulated)
    page = window.page
    window.go("/network?tab=compare&scenario=short-pipes")
    page.wait_for_selector("[data-figure=scenarios] svg")
    expect(page.locator("[data-table=differences]")).to_contain_text("waiting piece days")
    expect(page.locator("[data-differences]")).to_contain_text("The same in both")
    window.go("/network?tab=why&scenario=as+it+is")
    page.wait_for_selector("[data-figure=causes] svg")
    page.locator("[data-table=charges] a").first.click()
    page.wait_for_url("**cause=**")
    window.go("/network?tab=why&scenario=as+it+is&place=RETAILER")
    page.locator("[data-table=waits] a").first.click()
    expect(page.locator("[data-story]")).to_contain_text("of waiting")
    page.get_by_text("Close the story").click()
    expect(page.locator("[data-story]")).to_have_count(0)
    page.click("[data-remove]")
    expect(page.locator("[data-table=removed]")).to_contain_text("Cannot be switched off", timeout=LONGEST_MS)
    assert window.complaints == []


def test_an_account_opens_down_to_its_events(simulated: str, visit: Open) -> None:
    window = visit(simulated)
    window.go("/network?tab=accounts&scenario=as+it+is")
    window.page.get_by_role("link", name="penalty cost").click()
    expect(window.page.locator("[data-account-events] [data-table=events]")).to_contain_text("issue")
    window.page.locator("[data-account-events] [data-table=events] a").first.click()
    expect(window.page.locator("[data-story]")).to_contain_text("of waiting")
    window.go("/network?simulation=gone")
    expect(window.page.locator(".note-bar")).to_contain_text("no simulation 'gone'")
    window.page.locator("[data-tile=co2_kg]").click()
    expect(window.page.locator("[data-account-events]")).to_be_visible()
    window.go("/network?tab=accounts&scenario=none")
    expect(window.page.locator(".state")).to_contain_text("no scenario")


def test_what_monitors_would_have_noticed_stands_with_the_run(game: Path, visit: Open, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(game, tmp_path / "beer"))
    text = (
        '[scenario]\nname = "dry-well"\n[[disturbance]]\ndisturbance_id = "the brewery stops"\nkind = "outage"\n'
        'target_id = "BREWERY"\nstart_day = 60.0\ndays = 60.0\n'
    )
    twin, dry_well = Twin.open(folder), scenario_of("dry-well.toml", text.encode())
    twin.simulate([dry_well], replications=2)
    with serving(folder) as address:
        window = visit(address)
        page = window.page
        window.go("/network?tab=noticed")
        expect(page.locator("[data-figure=noticed-strip]").or_(page.locator("[data-unwatched]"))).to_be_visible()
        expect(page.locator("[data-noticed]")).to_contain_text("the brewery stops")
        expect(page.locator("[data-noticed]")).to_contain_text("from day 60 on")
        window.go("/network?tab=noticed&scenario=as+it+is")
        expect(page.locator(".state")).to_contain_text("Nothing begins in the network as it is")
        twin.simulate([dry_well], replications=1)
        window.go("/network?tab=noticed")
        expect(page.locator(".state")).to_contain_text("A single run cannot be watched")
        twin.simulate(replications=2)
        window.go("/network?tab=noticed")
        expect(page.locator(".state")).to_contain_text("No scenario in this run")
        assert window.complaints == []
