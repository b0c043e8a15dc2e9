from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from spareverse.errors import UsageError
from spareverse.io.twin_folder import TwinFolder
from spareverse.optimisation.safety_cover import UnitCosts
from spareverse.service.workspace import Window, Workspace, months_before


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2023, 3, 1), 38, date(2020, 1, 1)),
        (date(2023, 3, 31), 1, date(2023, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 15), 12, date(2022, 1, 15)),
        (date(2023, 12, 31), 1, date(2023, 11, 30)),
    ],
)
def test_months_are_counted_back_to_days_that_exist(day: date, months: int, earlier: date) -> None:
    assert months_before(day, months) == earlier


def test_a_window_matches_the_analysis_made_of_it() -> None:
    document = {"since": "2020-01-01", "until": "2023-03-01", "as_of": "2023-03-01"}
    assert Window().matches(document)
    assert Window.of("2020-01-01", "2023-03-01").matches(document)
    assert not Window.of("2021-01-01").matches(document)


def test_an_address_keeps_only_what_was_asked() -> None:
    assert Window.of(until="2023-03-01").texts == {"until": "2023-03-01"}


@pytest.mark.parametrize(("since", "until"), [("2023-13-01", ""), ("soon", ""), ("2023-03-01", "2023-03-01")])
def test_windows_that_cannot_be_are_refused(since: str, until: str) -> None:
    with pytest.raises(UsageError) as caught:
        Window.of(since, until)
    assert caught.value.problems


def test_costs_of_a_part_are_kept_beside_what_stood_in_the_file(tmp_path: Path) -> None:
    folder = TwinFolder.create(tmp_path / "acme")
    file = folder.path / "costs.toml"
    file.write_text("# ours\n[default]\ncarrying_rate = 0.3\n", encoding="utf-8")
    workspace = Workspace.open(folder.path)
    for stock_out in (4.5, 6.0):
        workspace.keep_costs("P.1 [x]", UnitCosts(0.1, 0.2, stock_out))
    costs = workspace.twin.costs()
    assert costs.default.carrying_rate == 0.3
    assert costs.part["P.1 [x]"].stock_out_cost == 6.0
    workspace.keep_costs("P-2", UnitCosts(0.1, 0.2, 1.0))
    assert set(workspace.twin.costs().part) == {"P.1 [x]", "P-2"}
    workspace.jobs.close()
