"""A report of an analysis as one HTML file: readable without a network, printable, with the figures of the pages."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from spareverse.figures import numbers, page
from spareverse.figures.figure import Figure


@dataclass(frozen=True)
class Section:
    """A heading with sentences, figures and a table; ``headers`` names the table's columns for readers.

    ``sentences`` are one paragraph, ``items`` a list with a line for each; ``note`` stands under the table.
    """

    title: str
    sentences: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    table: pl.DataFrame | None = None
    headers: Mapping[str, str] | None = None
    items: Sequence[str] = ()
    note: str = ""


def html_report(title: str, document: Mapping[str, Any], sections: Sequence[Section]) -> str:
    """The whole page: window and tiles from the analysis' ``document``, the sections, then what was assumed."""
    body = [_window(document), _tiles(document["summary"]), *(_section(section) for section in sections)]
    for heading, key in (("What was assumed", "assumptions"), ("What to know", "notices")):
        body.append(_list(heading, document.get(key) or ()))
    return page.document(title, "".join(body))


def html_study_report(title: str, document: Mapping[str, Any], sections: Sequence[Section]) -> str:
    """The report of a warehouse study: how it was made, the sections, then what was assumed."""
    made = (
        f"{document['replications']:,} runs of each option over {document['horizon_h'] / 8760:g} years, seed "
        f"{document['seed']}; made on {str(document['made_at'])[:10]} with Spareverse {document['version']}."
    )
    body = [f'<p class="note">{html.escape(made)}</p>', *(_section(section) for section in sections)]
    return page.document(title, "".join([*body, _list("What was assumed", document["notes"])]))


def _window(document: Mapping[str, Any]) -> str:
    since, until = document.get("since") or "the first line", document.get("until") or "the last line"
    made = str(document.get("made_at", ""))[:10]
    text = f"Orders from {since} to {until}; analysed on {made} with Spareverse {document.get('version', '')}."
    return f'<p class="note">{html.escape(text)}</p>'


def _tiles(summary: Mapping[str, Any]) -> str:
    currency = str(summary["currency"])
    still_open = numbers.whole(summary["open_lines"])
    tiles = (
        (numbers.money(summary["money_at_risk"], currency, "day"), "money at risk"),
        (numbers.money(summary["saving"], currency, "day"), "saved by the proposals"),
        (numbers.percent(summary["supply_on_time"]), "receipts on time"),
        (numbers.percent(summary["customer_on_time"]), "customer orders on time"),
        (numbers.money(summary["stock_value_now"], currency), "stock value now"),
        (numbers.money(summary["stock_value_proposed"], currency), "stock value proposed"),
        (numbers.whole(summary["parts_to_decide"]), f"to decide of {numbers.whole(summary['parts_analysed'])} parts"),
        (numbers.whole(summary["purchase_lines"]), f"purchase lines, {still_open} of them open"),
    )
    items = (f"<li><strong>{html.escape(value)}</strong><span>{html.escape(name)}</span></li>" for value, name in tiles)
    return f'<ul class="tiles">{"".join(items)}</ul>'


def _section(section: Section) -> str:
    text = " ".join(section.sentences)
    lead = f'<p class="lead">{html.escape(text)}</p>' if text else ""
    lead += _items(section.items)
    drawn = "".join(page.chart(figure) for figure in section.figures)
    table = _table(section.table, section.headers or {}) if section.table is not None else ""
    note = f'<p class="note">{html.escape(section.note)}</p>' if section.note else ""
    return f"<section><h2>{html.escape(section.title)}</h2>{lead}{drawn}{table}{note}</section>"


def _items(lines: Sequence[str]) -> str:
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _list(heading: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    return f"<section><h2>{heading}</h2>{_items(lines)}</section>"


def _table(frame: pl.DataFrame, headers: Mapping[str, str]) -> str:
    def cell(value: Any, numeric: bool, tag: str = "td") -> str:
        text = value if isinstance(value, str) else "" if value is None else numbers.digits(value)
        return f"<{tag}{' class=number' if numeric else ''}>{html.escape(text)}</{tag}>"

    numeric = [kind.is_numeric() for kind in frame.dtypes]
    head = "".join(cell(headers.get(name, name), n, "th") for name, n in zip(frame.columns, numeric, strict=True))
    rows = ("".join(cell(v, n) for v, n in zip(row, numeric, strict=True)) for row in frame.iter_rows())
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
