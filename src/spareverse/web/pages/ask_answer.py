"""An answer on the page: sentences whose numbers open their source, figures, tables, and the facts in the margin."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from nicegui import ui

from spareverse.assistant.answers import Answer, Level
from spareverse.assistant.findings import Listing, Subject, cell, written
from spareverse.assistant.sources import segments
from spareverse.errors import SpareverseError
from spareverse.web.pages.cards import Cell, box, card, note_bar, notes, table, text
from spareverse.web.pages.drawing import Drawing
from spareverse.web.pages.place import Place

if TYPE_CHECKING:
    from spareverse.explainer.facts import Fact

FIGURES_SHOWN = {"plain": 1, "expert": 4}
FACTS_SHOWN = 80


class Shown:
    """One answer, drawn where the caller stands."""

    def __init__(self, place: Place, answer: Answer, level: Level) -> None:
        self._place, self.answer, self._level = place, answer, level
        self._sentences = [segments(sentence, answer.facts) for sentence in answer.sentences(level)]
        self._rows = {fact.id: number for number, fact in enumerate(self._told())}
        with box("ask-answer"):
            with box("stack"):
                self._said()
                self._figures()
                if level == "expert":
                    for findings in answer.found:
                        for listing in findings.listings:
                            self._table(listing)
            if answer.facts:
                self._margin()

    def _told(self) -> list[Fact]:
        """Facts of the margin, names left out: those of the sentences, to an expert then the others."""
        used = [fact for pieces in self._sentences for _, fact in pieces if fact is not None]
        others = self.answer.facts if self._level == "expert" else ()
        figures = [fact for fact in (*used, *others) if not isinstance(fact.value, str)]
        return list({fact.id: fact for fact in figures}.values())[:FACTS_SHOWN]

    def _said(self) -> None:
        answer = self.answer
        with card() as element:
            element.props(f'data-answer="{"yes" if answer.answered else "no"}"')
            if answer.understood:
                text(answer.understood, "quiet small")
            if answer.refused:
                note_bar(answer.refused, tone="bad", icon="gpp_maybe").props("data-refused")
            elif answer.worded:
                text(f"Worded by {answer.by}; every number was checked against the facts.", "quiet small")
            for number, pieces in enumerate(self._sentences):
                told = "".join(self._piece(words, fact) for words, fact in pieces)
                ui.html(told, sanitize=False, tag="p").classes("paragraph" if number else "decision")
            notes([str(step.call) for step in answer.steps])

    def _piece(self, words: str, fact: Fact | None) -> str:
        """A number or a name as a link to where it comes from; other words as they are."""
        if fact is None:
            return escape(words)
        target = self._source(fact)
        if not target:
            return escape(words)
        return f'<a class="fact" href="{escape(target)}" title="{escape(fact.source or fact.id)}">{escape(words)}</a>'

    def _source(self, fact: Fact) -> str:
        """The page of the part, supplier, plan or run a fact is of; else its row in the margin."""
        about = dict(fact.about)
        if isinstance(fact.value, str) and fact.unit in ("part", "supplier"):
            about = {fact.unit: fact.value}
        if about.get("part"):
            return self._place.part(about["part"], about.get("place", ""))
        if about.get("supplier"):
            return self._place.supplier(about["supplier"])
        subject = self._subject(fact)
        page = "" if subject is None else subject_page(self._place, subject)
        return page or (f"#fact-{self._rows[fact.id]}" if fact.id in self._rows else "")

    def _subject(self, fact: Fact) -> Subject | None:
        """What the call was about that found a fact; its number stands before the id."""
        number = fact.id.partition(".")[0]
        steps = self.answer.steps
        if not number.isdigit() or not 0 < int(number) <= len(steps):
            return None
        findings = steps[int(number) - 1].findings
        return None if findings is None else findings.subject

    def _figures(self) -> None:
        for draw in list(self.answer.figures().values())[: FIGURES_SHOWN[self._level]]:
            try:
                figure = draw()
            except SpareverseError as error:
                text(error.message, "quiet small")
                continue
            if figure.drawn:
                Drawing(self._place, figure)

    def _table(self, listing: Listing) -> None:
        shown = [column for column in listing.columns if any(row.get(column.name) is not None for row in listing.rows)]
        cells = []
        for column in shown:
            numbers = any(isinstance(row.get(column.name), int | float) for row in listing.rows)

            def told(row: dict[str, Any], name: str = column.name, unit: str = column.unit) -> str:
                return "" if row.get(name) is None else cell(row, name, unit)

            cells.append(Cell(column.heading, told, right=numbers, nowrap=column.name in listing.key))
        with card(listing.title, f"{len(listing.rows):,} of {listing.total:,}"):
            table(list(listing.rows), cells, mark=f"ask-{listing.name}")

    def _margin(self) -> None:
        facts = self._told()
        with (
            box("ask-facts", "aside").props('aria-label="Facts"'),
            card("Facts", f"{len(facts):,} of {len(self.answer.facts):,}"),
        ):
            rows = "".join(self._row(number, fact) for number, fact in enumerate(facts))
            ui.html(f'<table class="plain"><tbody>{rows}</tbody></table>', sanitize=False).props("data-facts")

    def _row(self, number: int, fact: Fact) -> str:
        target = self._source(fact)
        value = escape(written(fact.value, fact.unit, fact.low, fact.high))
        shown = (
            value if target.startswith("#") or not target else f'<a class="link" href="{escape(target)}">{value}</a>'
        )
        name = escape(fact_name(fact))
        what = f'{name}<span class="unit">{escape(fact.source)}</span>'
        return f'<tr id="fact-{number}"><td>{what}</td><td class="n">{shown}</td></tr>'


def fact_name(fact: Fact) -> str:
    """``late risk of S-7``: what a fact is, from its id without the number of its call."""
    what = fact.id.partition(".")[2] or fact.id
    column = what.rpartition(".")[2].replace("_", " ")
    about = " at ".join(dict(fact.about).values())
    return f"{column} of {about}" if about else column


def subject_page(place: Place, subject: Subject) -> str:
    """The page of what findings are about; empty where none is."""
    kind, scenario = subject.kind, subject.scenario or None
    pages = {
        "part": lambda: place.part(subject.id, subject.place_id),
        "supplier": lambda: place.supplier(subject.id),
        "parts": lambda: place.link("/portfolio"),
        "suppliers": lambda: place.link("/suppliers"),
        "plan": lambda: place.link("/plan", plan=subject.id),
        "changes": lambda: place.link("/plan"),
        "backtest": lambda: place.link("/backtest"),
        "network": lambda: place.link("/network"),
        "scenarios": lambda: place.link("/scenarios"),
        "simulation": lambda: place.link("/network", simulation=subject.id, scenario=scenario),
        "studies": lambda: place.link("/warehouse"),
        "study": lambda: place.link(f"/warehouse/{subject.id}"),
        "viability": lambda: place.link("/viability"),
        "warnings": lambda: place.link("/warnings"),
        "twin": lambda: place.link("/"),
    }
    return pages[kind]() if kind in pages and (subject.id or kind not in ("part", "supplier", "study")) else ""
