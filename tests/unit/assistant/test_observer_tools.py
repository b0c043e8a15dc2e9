"""The Observer's tables asked for: alarms, orders to expedite, incentives, limits, what came of advice; no record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from spareverse.assistant.answers import explain
from spareverse.assistant.protocol.resources import listed_resources, read_resource
from spareverse.assistant.questions import understand
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Call
from spareverse.assistant.tools import run
from spareverse.errors import NotFound
from spareverse.explainer.grounding import check
from spareverse.io.twin_folder import TwinFolder
from spareverse.twin.twin import Twin
from tests.fixtures_observation import CAUTION, HOSTILE


def test_alarms_say_what_moved_from_where_to_where_and_since_when(observed: Session) -> None:
    found = run(observed, Call("alarms", {"supplier_id": "S-1"}))
    assert found.sentences[0] == "1 trouble noticed by the monitors in 3 alarms, surest first."
    assert "lead time of supplier S-1 rose from 12.0 days to 20 days" in found.sentences[1]
    assert "began about 2022-02-01" in found.sentences[1]
    assert "3 alarms stand behind it (lead time: 1 supplier, 1 lane)." in found.sentences[1]
    after = next(fact for fact in found.facts if fact.id.endswith(".after") and fact.measure == "lead_time")
    assert (after.value, after.low, after.high, after.unit) == (20.0, 17.0, 23.0, "days")
    assert "[17-23]" in found.expert[1]
    assert "CUSUM and EWMA" in found.expert[1]


def test_what_is_wrong_is_answered_with_troubles_as_the_page_has_them(observed: Session) -> None:
    found = run(observed, Call("alarms", {}))
    assert found.sentences[0] == "2 troubles noticed by the monitors in 4 alarms, surest first."
    assert [row["alarms"] for row in found.listings[0].rows] == [1, 3]
    assert found.listings[0].total == 2
    for question in ("What alarms are there?", "What is wrong?", "Are there any troubles?"):
        assert explain(observed, question).found[0].sentences == found.sentences, question
    assert "3 alarms stand behind it" in " ".join(found.sentences)


def test_a_sign_of_a_wider_trouble_says_so(observed: Session) -> None:
    found = run(observed, Call("alarms", {"place_id": "OSLO"}))
    assert "lane S-1 at OSLO" in found.sentences[1] or "lane S-1" in found.sentences[1]
    assert "one sign of a wider trouble, the lead time of supplier S-1: 3 alarms in all" in found.sentences[1]


def test_alarms_of_what_did_not_change_say_so(observed: Session) -> None:
    found = run(observed, Call("alarms", {"part_id": "P", "stream": "demand"}))
    assert found.sentences == ('No demand stream of part "P" has left what it was.',)


def test_an_order_to_expedite_is_told_with_what_it_changes(observed: Session) -> None:
    found = run(observed, Call("expedites", {}))
    assert "Expedite 4 pieces of P-1 at OSLO from S-1" in found.sentences[1]
    assert "30 percentage points" in found.sentences[1]
    assert "It saves 900 EUR" in found.sentences[1]
    assert run(observed, Call("expedites", {"part_id": "P-2"})).sentences[0].startswith("No open order of part P-2")


def test_incentives_name_who_works_against_whom_and_what_it_costs(observed: Session) -> None:
    text = " ".join(run(observed, Call("incentives", {})).sentences)
    assert "costs the enterprise 148 EUR/day" in text or "costs the enterprise 150 EUR/day" in text
    assert "planner does for its own pay raises the cost of the enterprise" in text
    assert "buyer does for its own pay works against planner, which loses 13 %" in text


def test_what_was_assumed_is_told_to_an_expert(observed_folder: Path, tmp_path: Path) -> None:
    folder = TwinFolder.open(shutil.copytree(observed_folder, tmp_path / "chain"))
    document, tables = folder.load_run("observation", folder.runs("observation")[0])
    folder.save_run("observation", {**document, "notices": ["Lead times are drawn."]}, dict(tables))
    found = run(Session(Twin.open(folder.path), keep=False), Call("evidence", {}))
    assert "Lead times are drawn." in found.expert
    assert "Lead times are drawn." not in found.sentences
    assert any("expert" in sentence for sentence in found.sentences)


def test_limits_say_which_are_kept(observed: Session) -> None:
    text = " ".join(run(observed, Call("limits", {})).sentences)
    assert "Today the fill rate is 90 %, the limit at least 95 %: that is missed." in text
    assert "Today the workload is 3.2 exceptions/week" in text


def test_warnings_can_be_asked_of_one_part_and_of_one_kind(observed: Session) -> None:
    one = run(observed, Call("warnings", {"part_id": "P-3"}))
    assert one.sentences[0] == "1 warning of part P-3, most pressing first."
    assert run(observed, Call("warnings", {"kind": "contract_breach"})).listings[0].total == 1
    hostile = run(observed, Call("warnings", {"part_id": HOSTILE}))
    assert hostile.listings[0].total == 1


def test_why_a_part_is_at_risk_tells_its_warning_too(observed: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    part = observed.network().network["parts"]["part_id"][0]
    asked = [call.tool for call in understand(observed, f"Why is part {part} at risk?").calls]
    assert asked[-1] == "warnings"
    monkeypatch.setattr(observed, "has", lambda kind: False)
    assert "warnings" not in [call.tool for call in understand(observed, f"Why is part {part} at risk?").calls]


def test_what_came_of_accepted_advice_is_told_with_its_promise(observed_folder: Path, tmp_path: Path) -> None:
    twin = Twin.open(shutil.copytree(observed_folder, tmp_path / "chain"))
    session = Session(twin)
    with pytest.raises(NotFound, match="accepted yet"):
        run(session, Call("follow_ups", {}))
    twin.accept_recommendation("nudge 0")
    found = run(session, Call("follow_ups", {}))
    text = " ".join(found.sentences)
    assert "Of 4 promised effects it is too early to tell what came." in text
    assert "as promised or better" not in text
    assert "Raise reorder points for Bearings by 40 %" in text
    assert "a fall of the controllable cost by 110 EUR/day was promised" in text
    assert check(text, found.facts) == []


def test_advice_says_how_it_is_ranked_over_which_time_and_what_is_to_be_minded_first(observed: Session) -> None:
    found = run(observed, Call("recommendations", {}))
    assert (
        "Ranked by money saved, the price of waiting included. What would leave a limit comes last."
        in (found.sentences[0])
    )
    assert "All are means over 730 days simulated ahead; doing nothing costs 1,890 EUR/day there." in found.sentences[0]
    text = " ".join(found.sentences)
    assert text.index(f"Mind first: this {CAUTION}.") < text.index("Raise the reorder points of")
    assert CAUTION in read_resource(observed, "spareverse://tables/recommendations")[0]


@pytest.mark.parametrize(
    "tool", ["alarms", "expedites", "incentives", "limits", "recommendations", "warnings", "viability"]
)
def test_what_the_observer_says_traces_to_its_facts(observed: Session, tool: str) -> None:
    found = run(observed, Call(tool, {}))
    for level in ("plain", "expert"):
        assert check(" ".join(found.at(level)), found.facts, expert=level == "expert") == []
    ids = [fact.id for fact in found.facts]
    assert len(ids) == len(set(ids))


def test_the_new_tables_are_resources(observed: Session) -> None:
    addresses = [address for address, _, _ in listed_resources(observed)]
    for name in ("alarms", "expedites", "externalities"):
        assert f"spareverse://tables/{name}" in addresses
        assert read_resource(observed, f"spareverse://tables/{name}")[0].count("\n") >= 2
    assert "spareverse://tables/follow_ups" in addresses
    for figure in ("alarms/alarms", "incentives/externalities"):
        assert json.loads(read_resource(observed, f"spareverse://figures/{figure}")[0])


def test_a_network_alone_tells_of_a_part_what_it_knows(observed: Session, world: Session) -> None:
    """Said was that there is no analysis, beside a warning and a run of that very part."""
    part = str(world.network().network["stock"]["part_id"][0])
    answer = explain(world, f"Tell me about part {part}")
    text = " ".join(answer.sentences())
    assert answer.answered
    assert "is kept at 2 places of the network" in text
    assert "of the demands there were met at once" in text
    assert all(check(" ".join(answer.sentences(level)), answer.facts) == [] for level in ("plain", "expert"))
    for question in (f"Why is part {part} at risk?", "Which parts press most?", "Which suppliers are late?",
                     "Why are we late?", "Which orders are open?", "How good is our service?"):  # fmt: skip
        assert explain(world, question).answered, question


def test_a_network_alone_tells_of_a_part_that_is_warned_of(observed_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(observed_folder, tmp_path / "chain")
    session = Session(Twin.open(folder), keep=False)
    part = str(session.network().network["stock"]["part_id"][0])
    tables = dict(session.observation().tables)
    warned = tables["warnings"].with_columns(part_id=tables["warnings"]["part_id"].replace("P-1", part))
    session.twin.folder.save_run("observation", session.observation().document, {**tables, "warnings": warned})
    text = " ".join(explain(session, f"Will part {part} run out?").sentences())
    assert "1 warning of part" in text
    assert "may run out" in text
