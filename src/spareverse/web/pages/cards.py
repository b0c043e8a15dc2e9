"""The building blocks of every page: text, tiles, cards, plain tables, links that look like buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from nicegui import ui

from spareverse.web.pages.wording import MISSING


def text(words: str, classes: str = "", tag: str = "div") -> ui.html:
    """Plain words in an element; never read as markup."""
    return ui.html(escape(words), sanitize=False, tag=tag).classes(classes)


def title(words: str, note: str = "") -> None:
    with box("titles", "hgroup"):
        text(words, "title", "h1")
        if note:
            text(note, "quiet", "p")


def section(words: str) -> None:
    text(words, "section", "h2")


def box(classes: str, tag: str = "div") -> ui.element:
    return ui.element(tag).classes(classes)


def card(heading: str = "", note: str = "") -> ui.element:
    """A bordered surface with a heading; ``note`` stands quietly to its right."""
    element = box("card", "section")
    if heading:
        with element, box("head"):
            section(heading)
            if note:
                text(note, "quiet small")
    return element


def tile(
    name: str,
    value: str,
    *,
    unit: str = "",
    range_: str = "",
    note: str = "",
    href: str = "",
    here: bool = False,
    mark: str = "",
) -> ui.html:
    """One figure with its name, unit and interval; a link when it leads somewhere. ``mark`` names it for tests."""
    range_html = f'<span class="range">{escape(range_)}</span>' if range_ else ""
    unit_html = f'<span class="unit">{escape(unit)}</span>' if unit and value != MISSING else ""
    inner = (
        f'<span class="name">{escape(name)}</span><span class="value">{escape(value)}{unit_html}{range_html}</span>'
        f'<span class="note">{escape(note)}</span>'
    )
    element = ui.html(inner, sanitize=False, tag="a" if href else "div").classes(f"tile {'here' if here else ''}")
    if href:
        element.props["href"] = href
    if mark:
        element.props["data-tile"] = mark
    return element


def link(words: str, href: str, classes: str = "link") -> ui.html:
    element = text(words, classes, "a")
    element.props["href"] = href
    return element


def button(
    words: str,
    on_click: Callable[..., Any] | None = None,
    *,
    icon: str = "",
    main: bool = False,
    slim: bool = False,
    href: str = "",
) -> ui.element:
    """A button that does something, or a link that looks the same."""
    element = ui.element("a" if href else "button").classes(
        " ".join(("button", *(name for name, on in (("main", main), ("slim", slim)) if on)))
    )
    if href:
        element.props["href"] = href
    else:
        element.props["type"] = "button"
    with element:
        if icon:
            ui.icon(icon).props("aria-hidden=true")
        if words:
            text(words, tag="span")
    if on_click:
        element.on("click", on_click)
    return element


@dataclass(frozen=True)
class Cell:
    """One column of a plain table: heading, unit, how a row shows, and where its text leads."""

    heading: str
    show: Callable[[dict[str, Any]], str]
    unit: str = ""
    right: bool = False
    href: Callable[[dict[str, Any]], str] | None = None
    nowrap: bool = False


def lines(*words: str | None) -> str:
    """What there is of these, one below the other in a cell of a table."""
    return "\n".join(word for word in words if word)


def below(measured: str) -> str:
    """A figure with its interval in a line of its own."""
    return measured.replace(" [", "\n[", 1)


def table(rows: Sequence[dict[str, Any]], cells: Sequence[Cell], mark: str = "") -> ui.html:
    """A short table as markup; every text is escaped."""

    def head(cell: Cell) -> str:
        unit = f'<span class="unit">{escape(cell.unit)}</span>' if cell.unit else ""
        return f'<th scope="col" class="{"n" if cell.right else ""}">{escape(cell.heading)}{unit}</th>'

    def data(cell: Cell, row: dict[str, Any]) -> str:
        shown = escape(cell.show(row))
        target = cell.href(row) if cell.href else ""
        inner = f'<a class="link" href="{escape(target)}">{shown}</a>' if target else shown
        return f'<td class="{"n" if cell.right else "nowrap" if cell.nowrap else ""}">{inner}</td>'

    body = "".join("<tr>" + "".join(data(cell, row) for cell in cells) + "</tr>" for row in rows)
    markup = f'<table class="plain"><thead><tr>{"".join(map(head, cells))}</tr></thead><tbody>{body}</tbody></table>'
    element = ui.html(markup, sanitize=False).classes("scroll-x")
    if mark:
        element.props["data-table"] = mark
    return element


def facts(pairs: Sequence[tuple[str, str]]) -> None:
    """Names and values under one another."""
    inner = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    ui.html(inner, sanitize=False, tag="dl").classes("facts")


def notes(lines: Sequence[str]) -> None:
    """Remarks one below the other, quietly."""
    if lines:
        ui.html("".join(f"<li>{escape(line)}</li>" for line in lines), sanitize=False, tag="ul").classes("notes")


def note_bar(words: str, *, tone: str = "", icon: str = "info") -> ui.element:
    """A line across the page that must be read; returned so that buttons can be put into it."""
    bar = ui.element("div").classes(f"note-bar {tone}").props("role=status")
    with bar:
        ui.icon(icon).props("aria-hidden=true")
        text(words, "grow")
    return bar
