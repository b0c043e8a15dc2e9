"""Tables of agents: what is wrong is told with its place, what is odd is a notice, and old networks need none of it."""

from __future__ import annotations

from typing import Any

import pytest

from spareverse.network.agent_tables import MEASURES_PAID
from spareverse.network.components import PLACE_KINDS
from spareverse.network.network_checks import check_network, checked_network
from spareverse.simulation.universe.measures import MEASURES
from tests.unit.network.small_network import changed, small_network, table


def _with_agents() -> dict[str, Any]:
    return {
        **small_network(),
        "agents": table({"agent_id": "planner", "enterprise_share": 0.2}),
        "levers": table({"agent_id": "planner", "lever": "stock_level", "place_id": "HUB", "place_kind": None,
                         "supplier_id": None, "category": "Pumps", "step": 0.1}),
        "incentives": table({"agent_id": "planner", "measure": "stock_value", "weight": -1.0}),
        "limits": table({"measure": "fill_rate", "side": "service", "at_least": 0.9, "at_most": None}),
    }  # fmt: skip


WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    # what: table, new values of its row, column blamed, words of the reason
    "percent as share": ("agents", {"enterprise_share": 20.0}, "enterprise_share", "at most 1"),
    "share below nothing": ("agents", {"enterprise_share": -0.1}, "enterprise_share", "at least 0"),
    "no step": ("levers", {"step": 0.0}, "step", "above 0"),
    "step back": ("levers", {"step": -0.1}, "step", "above 0"),
    "unknown lever": ("levers", {"lever": "stock_levle"}, "lever", "one of"),
    "unknown group": ("levers", {"category": "Pump"}, "category", "No part is of this group"),
    "unknown place": ("levers", {"place_id": "HUBB"}, "place_id", "Did you mean 'HUB'"),
    "unknown kind of place": ("levers", {"place_kind": "depot"}, "place_kind", "no such kind"),
    "unknown supplier": ("levers", {"supplier_id": "MAKERS"}, "supplier_id", "Did you mean 'MAKER'"),
    "unknown measure": ("incentives", {"measure": "stock_valeu"}, "measure", "Did you mean 'stock_value'"),
    "pay of nobody": ("incentives", {"agent_id": "buyer"}, "agent_id", "no such name"),
    "limit of what": ("limits", {"measure": "fillrate"}, "measure", "Did you mean 'fill_rate'"),
    "limit without a side": ("limits", {"at_least": None}, "at_least", "Neither"),
    "limits crossed": ("limits", {"at_most": 0.8}, "at_most", "nothing is viable"),
}


def test_agents_that_are_right_are_taken_without_a_word() -> None:
    network = checked_network(_with_agents())
    assert network.notices == ()
    assert network["levers"]["step"].to_list() == [0.1]
    assert checked_network(small_network())["agents"].is_empty()


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_with_its_place(what: str) -> None:
    name, values, column, words = WRONG[what]
    problems = check_network(changed(_with_agents(), name, 0, **values))
    found = next(problem for problem in problems if problem.column == column)
    assert words in found.reason
    assert found.row == 2
    assert len(problems) == 1 or what == "pay of nobody"  # then the planner is paid by the share alone


def test_agents_turn_something_and_are_paid() -> None:
    tables = _with_agents()
    idle = check_network({**tables, "levers": tables["levers"].clear()})
    assert [problem.reason for problem in idle] == ["The agent has no lever."]
    unpaid = changed({**tables, "incentives": tables["incentives"].clear()}, "agents", 0, enterprise_share=0.0)
    assert [problem.reason for problem in check_network(unpaid)] == ["The agent is paid for nothing."]
    assert check_network({**tables, "incentives": tables["incentives"].clear()}) == []


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("incentives", {"weight": 0.0}, "pays for nothing"),
        ("levers", {"lever": "source_share"}, "turns nothing"),
    ],
)
def test_doubts_are_notices(name: str, values: dict[str, Any], words: str) -> None:
    notices = checked_network(changed(_with_agents(), name, 0, **values)).notices
    assert any(words in notice for notice in notices), notices


def test_measures_of_pay_are_those_of_a_run() -> None:
    assert set(MEASURES_PAID) == set(MEASURES)
    assert "warehouse" in PLACE_KINDS
