"""Ask in the browser: examples, an answer whose numbers open their source, a name there is not, a what if as a job."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from spareverse.twin.twin import Twin
from tests.journeys.conftest import Visit, serving
from tests.networks_small import chain

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
LONGEST_MS = 600_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[str]:
    """Address of a server whose twin has a network that was never simulated."""
    twin = Twin.create(tmp_path / "chain")
    twin.import_network(chain())
    with serving(tmp_path / "chain") as address:
        yield address


def test_an_example_is_asked_by_a_click_and_a_number_opens_the_part(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/ask")
    window.page.locator("[data-examples] button", has_text=re.compile("^Why is part")).click()
    answer = window.page.locator("[data-answer=yes]")
    expect(answer).to_contain_text("Understood as why")
    expect(window.page.locator("[data-facts] tr").first).to_be_visible()
    assert "/ask?q=Why" in window.page.url
    window.page.get_by_text("Expert", exact=True).click()
    expect(answer).to_contain_text("[")  # intervals
    expect(window.page.locator("[data-table=ask-orders]")).to_be_visible()
    answer.locator("a.fact").first.click()
    window.page.wait_for_url(re.compile("/part/"))
    assert not window.complaints
    assert not window.foreign()


def test_what_is_not_understood_offers_questions_that_are(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/ask?q=What is the meaning of life?")
    expect(window.page.locator("[data-answer=no]")).to_contain_text("did not understand")
    expect(window.page.locator("[data-examples] button").first).to_be_visible()


def test_a_what_if_is_offered_simulated_as_a_job_and_answered(world: str, visit: Open) -> None:
    window = visit(world)
    window.go("/ask?q=What if supplier F stops for six weeks?")
    start = window.page.get_by_role("button", name="Simulate and answer")
    expect(start).to_be_visible()  # a link alone starts nothing
    start.click()
    expect(window.page.get_by_role("button", name="Cancel")).to_be_visible()
    answer = window.page.locator("[data-answer=yes]")
    expect(answer).to_contain_text("is worse than the network as it is", timeout=LONGEST_MS)
    expect(window.page.locator("[data-figure=scenarios]")).to_be_visible()
    assert not window.complaints


def test_the_next_question_goes_on_from_the_one_answered(acme: str, visit: Open) -> None:
    window = visit(acme)
    window.go("/ask?q=Which suppliers are late most often?")
    answer = window.page.locator("[data-answer=yes]")
    expect(answer).to_contain_text("Understood as which: suppliers")
    window.page.locator("[data-question]").fill("And parts?")
    window.page.locator("[data-ask]").click()
    expect(answer).to_contain_text('Taken as "Which parts are late most often?"')
    assert "after=Which" in window.page.url
    assert not window.complaints
