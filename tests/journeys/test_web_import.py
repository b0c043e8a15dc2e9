"""From files to a decision in the browser: upload, look, import, analyse, open a part, take the quarantine away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fastexcel
import httpx
import pytest

from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


def test_upload_import_analyse_and_open_a_part(empty: str, visit: Open, files: dict[str, Path], tmp_path: Path) -> None:
    window = visit(empty)
    window.go("/data")
    chosen = [str(files[name]) for name in ("purchases", "sales", "parts", "rates")]
    window.page.set_input_files("input[type=file] >> nth=0", chosen)
    for _ in range(4):
        window.page.wait_for_selector("[data-table=preview] >> nth=3", timeout=120_000)
    # nothing is written before the user says so
    assert httpx.get(f"{empty}/api/v1/imports", timeout=60).json()["total"] == 0
    window.page.get_by_role("button", name="Import 4 files").click()
    window.page.wait_for_selector("[data-report] >> nth=3", timeout=120_000)
    imports = httpx.get(f"{empty}/api/v1/imports", timeout=60).json()["items"]
    assert {one["table"] for one in imports} == {"purchases", "sales", "parts", "rates"}
    for one in imports:
        assert one["read"] == one["taken"] + one["not_applicable"] + one["quarantined"]

    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="Export to Excel").click()
    path = tmp_path / "quarantine.xlsx"
    download.value.save_as(path)
    waiting = httpx.get(f"{empty}/api/v1/quarantine?limit=1", timeout=60).json()["total"]
    book = fastexcel.read_excel(path)
    assert sum(book.load_sheet(name).height for name in book.sheet_names) == waiting > 0

    window.page.get_by_role("button", name="Analyse now").click()
    window.page.wait_for_selector("[data-table=worst-parts] a", timeout=600_000)
    window.page.locator("[data-table=worst-parts] a").first.click()
    window.page.wait_for_selector("[data-decision]")
    assert "stock-out risk" in window.page.inner_text("[data-decision]")
    jobs = httpx.get(f"{empty}/api/v1/jobs", timeout=60).json()
    assert [job["status"] for job in jobs] == ["done", "done"]
    assert not window.complaints


def test_dates_that_can_be_read_two_ways_are_asked_about(empty: str, visit: Open, tmp_path: Path) -> None:
    lines = [f"P-{i},{i % 12 + 1}/{(i * 5) % 12 + 1}/2023,{i + 1}" for i in range(30)]
    path = tmp_path / "purchases.csv"
    path.write_text("\n".join(["part_id,ordered_on,quantity", *lines]), encoding="utf-8")
    window = visit(empty)
    window.go("/data")
    window.page.set_input_files("input[type=file] >> nth=0", str(path))
    window.page.get_by_role("radio", name="Month first").click(timeout=120_000)
    window.page.get_by_role("button", name="Read it so").click()
    window.page.wait_for_selector("[data-table=preview]", timeout=120_000)
    assert "2023-01-01" in window.page.inner_text("[data-table=preview]")


def test_a_file_that_is_none_of_ours_is_refused_in_place(empty: str, visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "holiday.csv"
    path.write_text("beach,sun\n1,2\n", encoding="utf-8")
    window = visit(empty)
    window.go("/data")
    window.page.set_input_files("input[type=file] >> nth=0", str(path))
    window.page.wait_for_selector("[data-file] .note-bar.bad", timeout=120_000)
    assert window.page.get_by_role("button", name="Import").count() == 0
    assert not window.complaints
