"""Narratives on pages: sentences in which every number and name opens its source."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from nicegui import ui

from spareverse.assistant.sources import segments
from spareverse.explainer.facts import Fact, Narrative
from spareverse.web.pages.place import Place
from spareverse.web.pages.wording import unbroken

PAGES = {
    "summary": "/portfolio", "parts": "/portfolio", "plan": "/worklist", "warnings": "/warnings",
    "recommendations": "/warnings", "viability": "/viability", "viability_measures": "/viability",
    "coherence": "/viability", "externalities": "/viability", "homeostasis": "/viability",
}  # fmt: skip
"""Table of a fact's source -> the page that shows it."""
SECTIONS = {
    "recommendations": "advice", "viability_measures": "limits", "coherence": "axes", "externalities": "matrix",
    "homeostasis": "components",
}  # fmt: skip


def paragraph(place: Place, narrative: Narrative, classes: str = "paragraph", *, sentences: Sequence[str] = ()) -> None:
    """Sentences of a narrative (default: all of them) as one paragraph."""
    said = unbroken(" ".join(sentences or narrative.sentences))
    pieces = [_piece(place, words, fact) for words, fact in segments(said, narrative.facts)]
    ui.html("".join(pieces), sanitize=False, tag="p").classes(classes)


def _piece(place: Place, words: str, fact: Fact | None) -> str:
    target = "" if fact is None else source_page(place, fact)
    if fact is None or not target:
        return escape(words)
    return f'<a class="fact" href="{escape(target)}" title="{escape(fact.source or fact.id)}">{escape(words)}</a>'


def source_page(place: Place, fact: Fact) -> str:
    """Where a fact is shown: the page of its part or supplier, else that of the table it comes from; empty: nowhere."""
    about = dict(fact.about)
    if isinstance(fact.value, str) and fact.unit in ("part", "supplier"):
        about = {fact.unit: fact.value}
    known = place.workspace.has_data()
    if about.get("part") and known:
        return place.part(about["part"], about.get("place", ""))
    if about.get("supplier") and known:
        return place.supplier(about["supplier"])
    table = fact.source.partition(".")[0]
    if table not in PAGES:
        return ""
    tab = {"tab": SECTIONS[table]} if PAGES[table] == "/warnings" and table in SECTIONS else {}
    anchor = f"#{SECTIONS[table]}" if PAGES[table] == "/viability" and table in SECTIONS else ""
    return place.link(PAGES[table], **tab) + anchor
