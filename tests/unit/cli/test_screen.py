"""What people and scripts see."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from spareverse.cli import screen
from spareverse.errors import InputRejected, Problem


def test_a_document_holds_no_value_that_json_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    screen.document(
        {
            "missing": float("nan"),
            "endless": [float("inf")],
            "day": date(2023, 3, 1),
            "file": Path("a"),
            "name": "Kühler",
        }
    )
    text = capsys.readouterr().out
    assert json.loads(text) == {"missing": None, "endless": [None], "day": "2023-03-01", "file": "a", "name": "Kühler"}
    assert "Kühler" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (float("nan"), "-"),
        (0, "0"),
        (1234567, "1,234,567"),
        (0.12345678, "0.1235"),
        (16.0, "16"),
        (98765.4321, "98,765"),
        (True, "yes"),
        ("P-1", "P-1"),
        (date(2023, 3, 1), "2023-03-01"),
    ],
)
def test_values_are_shown_with_the_digits_people_read(value: object, text: str) -> None:
    assert screen.shown(value) == text


def test_a_long_report_is_capped_and_counts_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [
        Problem("It is no date.", "Write 2023-03-01.", "po.csv", row, "ordered_on", "soon") for row in range(25)
    ]
    screen.failure(InputRejected("po.csv cannot be read.", problems), as_json=False)
    text = capsys.readouterr().err
    assert text.count("It is no date.") == screen.PROBLEMS_SHOWN
    assert "and 5 more" in text
    assert "po.csv, row 3, ordered_on: It is no date. (value 'soon')" in text


def test_a_narrow_terminal_hides_no_figure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    values = [f"1,325,000 [1,320,000-1,330,00{i}]" for i in range(3)]
    remark = "a remark that is folded into several lines"
    screen.table("Costs", ("total cost", "a", "b", "c", "why"), [("parts", *values, remark)], right=("a", "b", "c"))
    text = capsys.readouterr().out
    assert all(value in text for value in values)
    lines = re.sub("\x1b\\[[0-9;]*m", "", text).splitlines()
    assert max(map(len, lines)) <= 3 * 31 + 10 + 16 + 5 * screen.GAP, "texts are folded"


def test_text_that_looks_like_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    screen.failure(InputRejected("[bold]x[/bold]", [Problem("[red]y")]), as_json=False)
    screen.say("[z]")
    screen.table("[t]", ["[c]"], [["[v]"]])
    shown = capsys.readouterr()
    assert "[bold]x[/bold]" in shown.err
    assert "[red]y" in shown.err
    assert all(text in shown.out for text in ("[z]", "[t]", "[c]", "[v]"))


def test_progress_without_a_terminal_is_one_line_per_step_and_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with screen.progress() as progress:
        for part in range(100):
            progress(part / 200, f"Deciding: {part} of 1,000 parts")
        progress(0.5, "Ranking")
    tenths = [f"{10 * tenth:3} %  Deciding: {20 * tenth} of 1,000 parts" for tenth in range(5)]
    assert capsys.readouterr().err.splitlines() == [*tenths, " 50 %  Ranking"]
