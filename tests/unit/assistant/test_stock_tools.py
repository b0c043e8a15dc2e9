"""Stock on hand, and the share of it that has not moved for a time."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from spareverse.assistant.answers import explain
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Call
from spareverse.assistant.tools import run
from spareverse.errors import NotFound
from spareverse.explainer.grounding import check


def unmoved_by_hand(session: Session, days: int, place: str = "") -> tuple[float, float]:
    """Pieces in all and not moved, row by row."""
    table = session.twin.folder.table
    last: dict[tuple[str, str], date] = {}
    for name, columns in (("purchases", ["received_on"]), ("sales", ["delivered_on", "ordered_on"])):
        for row in table(name).to_dicts():
            day = next((row[column] for column in columns if row[column]), None)
            if day and row["quantity"] > 0 and row["status"] != "cancelled":
                key = (row["part_id"], row["place_id"])
                last[key] = max(last.get(key, day), day)
    stock = [row for row in table("stock").to_dicts() if row["on_hand"] > 0 and place in ("", row["place_id"])]
    since = max(row["as_of"] for row in table("stock").to_dicts()) - timedelta(days=days)
    still = [row for row in stock if last.get((row["part_id"], row["place_id"]), since) <= since]
    return sum(row["on_hand"] for row in stock), sum(row["on_hand"] for row in still)


def value(session: Session, call: Call, name: str) -> float:
    return float(next(fact.value for fact in run(session, call).facts if fact.id == name))  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [180, 365, 730])
def test_the_share_of_pieces_is_that_counted_by_hand(company: Session, days: int) -> None:
    every, still = unmoved_by_hand(company, days)
    call = Call("stock", {"unmoved_days": days})
    assert 0 < still < every
    assert value(company, call, "unmoved.pieces_in_all") == pytest.approx(every)
    assert value(company, call, "unmoved.pieces_not_moved") == pytest.approx(still)
    assert value(company, call, "unmoved.share_of_pieces") == pytest.approx(still / every)


def test_places_add_up_and_one_can_be_asked_for(company: Session) -> None:
    places = company.twin.folder.table("stock").filter(pl.col("on_hand") > 0)["place_id"].unique().to_list()
    whole = value(company, Call("stock", {"unmoved_days": 365}), "unmoved.value_not_moved")
    parts = [value(company, Call("stock", {"unmoved_days": 365, "place_id": one}), "unmoved.value_not_moved")
             for one in places]  # fmt: skip
    assert sum(parts) == pytest.approx(whole)
    assert value(company, Call("stock", {"unmoved_days": 365, "place_id": places[0]}), "unmoved.pieces_not_moved") == (
        pytest.approx(unmoved_by_hand(company, 365, places[0])[1])
    )


def test_the_question_is_answered_in_words_that_trace_to_facts(company: Session) -> None:
    answer = explain(company, "What share of stock has not moved for two years?")
    assert "% of the stock value has not moved for 730 days: " in answer.sentences()[0]
    assert answer.sentences()[1].startswith("In pieces it is ")
    for level in ("plain", "expert"):
        text = " ".join(answer.sentences(level))  # type: ignore[arg-type]
        assert not check(text, list(answer.facts), expert=level == "expert")
        assert check(text.replace("730 days", "740 days"), list(answer.facts), expert=level == "expert")
    assert all(fact.source for fact in answer.facts)


def test_on_hand_is_told_of_a_part_where_it_lies(company: Session) -> None:
    table = company.twin.folder.table("stock").filter(pl.col("on_hand") > 0)
    part = str(table.sort("on_hand", descending=True)["part_id"][0])
    answer = explain(company, f"How many of part {part} do we own, and where are they?")
    every = table.filter(pl.col("part_id") == part)["on_hand"].sum()
    assert f"On hand of {part}: {every:,.0f} piece" in answer.sentences()[0]


def test_what_the_record_cannot_tell_is_said(company: Session, record: Session, world: Session) -> None:
    with pytest.raises(NotFound, match="the record of movements begins on"):
        run(company, Call("stock", {"unmoved_days": 36500}))
    for session in (record, world):
        with pytest.raises(NotFound, match="a file of stock"):
            run(session, Call("stock", {}))
