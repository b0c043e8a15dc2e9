"""Which fact a number or a name of a sentence comes from."""

from __future__ import annotations

from spareverse.assistant.sources import segments
from spareverse.explainer.facts import TEXT, Fact

FACTS = (
    Fact("risk", 0.1254, "share", 0.08, 0.2),
    Fact("cover", 16.0, "pieces", 12.0, 21.0),
    Fact("money", 43_217.0, "EUR"),
    Fact("part", "P-16", "part"),
    Fact("why", "because of 16 reasons", TEXT),
)


def linked(sentence: str) -> dict[str, str]:
    return {words: fact.id for words, fact in segments(sentence, FACTS) if fact is not None}


def test_numbers_and_names_lead_to_their_facts_and_nothing_is_lost() -> None:
    sentence = "Hold 16 pieces [12-21] of P-16: risk 13 %, 43,200 EUR; 99 is nobody's."
    assert linked(sentence) == {
        "16": "cover", "12": "cover", "21": "cover", "13": "risk", "43,200": "money", "P-16": "part",
    }  # fmt: skip
    assert "".join(words for words, _ in segments(sentence, FACTS)) == sentence


def test_per_cent_is_a_share_and_a_name_is_no_number() -> None:
    assert linked("16 %") == {}
    assert linked("P-16 and P-161") == {"P-16": "part"}


def test_of_two_parts_alike_each_number_leads_to_its_own_and_that_of_an_advice_to_the_advice() -> None:
    """Led was to the first fact of that figure: the pieces of another part, and for a line of an order, too."""
    about = {name: {"part": name, "place": "HUB"} for name in ("P-1", "P-2")}
    facts = [
        fact for name in about for fact in (
            Fact(f"{name}.part", name, "part", about=about[name]),
            Fact(f"{name}.under_way", 20, "pieces", about=about[name], measure="under_way"),
            Fact(f"{name}.action", f"expedite order 45001 line 20 of 3 pieces of {name}", TEXT, about=about[name]),
        )
    ]  # fmt: skip
    for name in about:
        told = f"{name} at HUB has 20 pieces under way. Do: expedite order 45001 line 20 of 3 pieces of {name}."
        found = [(words, fact.id) for words, fact in segments(told, facts) if fact is not None]
        assert found[1] == ("20", f"{name}.under_way")
        assert dict(found[2:5]) == dict.fromkeys(("45001", "20", "3"), f"{name}.action")


def test_a_name_that_is_a_number_is_one_behind_the_word_for_its_kind_only() -> None:
    facts = (Fact("line", "10", "line"), Fact("pieces", 10, "pieces"), Fact("order", "4500012345", "order"))
    found = [(words, fact.id) for words, fact in segments("Order 4500012345 line 10: 10 pieces.", facts) if fact]
    assert found == [("4500012345", "order"), ("10", "line"), ("10", "pieces")]
    days = (Fact("days", 10.2, "days"), *facts)
    assert segments("Raise it by 10 pieces.", days)[1][1] == facts[1]
    found = [(words, fact.id) for words, fact in segments("Hurry order 4500012345 line 10.", facts) if fact]
    assert found == [("4500012345", "order"), ("10", "line")]


def test_markup_in_a_name_stays_text() -> None:
    facts = (Fact("part", "<b>x</b>", "part"),)
    assert segments("See <b>x</b>.", facts)[1] == ("<b>x</b>", facts[0])
