"""Scenario files: read as written, and everything wrong with them told at once by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from spareverse.errors import InputRejected, NotFound, Problem
from spareverse.io.scenario_files import read_scenario, read_scenarios, scenario_of, write_scenario
from spareverse.network.scenario import SWITCHES, Override, Scenario
from spareverse.network.simulation_tables import CAUSES

FIRE = """\
[scenario]
name = "fire"
title = "The hub burns"
switched_off = ["budget"]

[[override]]
table = "stock"
column = "order_up_to"
where = { place_id = "HUB", reorder_point = 2 }
factor = 1.5

[[override]]
table = "suppliers"
column = "lines"
value = 3

[[disturbance]]
disturbance_id = "burning"
kind = "quality_hold"
target_id = "HUB"
start_day = 100
days = 40.5
"""
SCENARIO = Scenario(
    "fire",
    "The hub burns",
    (
        Override("stock", "order_up_to", {"place_id": "HUB", "reorder_point": 2}, factor=1.5),
        Override("suppliers", "lines", value=3),
    ),
    ({"disturbance_id": "burning", "kind": "quality_hold", "target_id": "HUB", "start_day": 100.0, "days": 40.5},),
    ("budget",),
)


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(InputRejected) as caught:
        scenario_of("s.toml", text.encode())
    return caught.value.problems


def test_a_scenario_is_read_as_written() -> None:
    assert scenario_of("fire.toml", FIRE.encode()) == SCENARIO


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    assert read_scenario(write_scenario(SCENARIO, tmp_path / "fire.toml")) == SCENARIO
    assert read_scenario(write_scenario(Scenario("today"), tmp_path / "today.toml")) == Scenario("today")


def test_every_switch_is_a_cause() -> None:
    assert set(SWITCHES) <= set(CAUSES)


@pytest.mark.parametrize(
    ("old", "new", "column", "words"),
    [
        ('name = "fire"\n', "", "scenario.name", "missing"),
        ('["budget"]', '["budgets"]', "scenario.switched_off", "Did you mean 'budget'"),
        ('table = "stock"', 'table = "stocks"', "override[1].table", "Did you mean 'stock'"),
        ('column = "lines"', 'colum = "lines"', "override[2].colum", "Did you mean 'column'"),
        ("factor = 1.5", "factor = 1.5\nvalue = 2", "override[1]", "either a value or a factor"),
        ("factor = 1.5", 'factor = "much"', "override[1].factor", "must be a number"),
        ('{ place_id = "HUB", reorder_point = 2 }', '"HUB"', "override[1].where", "name columns"),
        ("value = 3", "value = [3]", "override[2].value", "a text or a number"),
        ('"quality_hold"', '"qualty_hold"', "disturbance[1].kind", "Did you mean 'quality_hold'"),
        ("days = 40.5", 'days = "long"', "disturbance[1].days", "no number"),
        ("days = 40.5", "", "disturbance[1].days", "missing"),
        ("start_day", "strat_day", "disturbance[1].strat_day", "Did you mean 'start_day'"),
        ("[[override]]", "[[overrides]]", "overrides", "no such key"),
    ],
)
def test_what_is_wrong_is_told_by_its_key(old: str, new: str, column: str, words: str) -> None:
    found = next(each for each in problems_of(FIRE.replace(old, new)) if each.column == column)
    assert words in f"{found.reason} {found.remedy}"
    assert found.file == "s.toml"


def test_all_troubles_come_together() -> None:
    text = FIRE.replace('"stock"', '"stocks"').replace('"quality_hold"', '"fire"').replace("40.5", "-")
    assert len(problems_of(text.replace("-", '"-"'))) >= 3


@pytest.mark.parametrize("text", ["name = ", "\x00", "[scenario"])
def test_what_is_no_toml_is_said(text: str) -> None:
    assert "no TOML" in problems_of(text)[0].reason


def test_a_folder_of_scenarios(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_scenarios(tmp_path)
    (tmp_path / "b.toml").write_text(FIRE)
    (tmp_path / "a.toml").write_text('[scenario]\nname = "today"\n')
    assert [each.name for each in read_scenarios(tmp_path)] == ["today", "fire"]
    assert read_scenarios([tmp_path / "b.toml"]) == (SCENARIO,)
    (tmp_path / "c.toml").write_text('[scenario]\nname = "fire"\n[[override]]\ntable = "x"\n')
    with pytest.raises(InputRejected) as caught:
        read_scenarios(tmp_path)
    assert {each.column for each in caught.value.problems} == {
        "scenario.name", "override[1].table", "override[1].column", "override[1]"}  # fmt: skip
