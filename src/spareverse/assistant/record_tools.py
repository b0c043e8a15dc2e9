"""Tools on the record and its analysis: parts, suppliers, orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import DAYS, PIECES, SHARE, Findings, Listing, Shown, Subject, cell, listed, written
from spareverse.assistant.network_points import network_orders, network_part, network_parts, network_supplier
from spareverse.assistant.session import Session, lazily
from spareverse.assistant.tool import Tool, rows_wanted
from spareverse.errors import NotFound
from spareverse.explainer.decision import part_decision
from spareverse.explainer.facts import Fact, Narrative
from spareverse.explainer.grounding.names import order_words, quoted
from spareverse.explainer.narratives.part import part_narrative
from spareverse.explainer.plan import part_in_plan
from spareverse.explainer.reasons import reason_expression
from spareverse.explainer.summaries import supplier_summary
from spareverse.figures.cost_curve import cost_at
from spareverse.figures.lead_times import slip_histogram
from spareverse.figures.suppliers import supplier_comparison
from spareverse.figures.viability.words import capital
from spareverse.twin.change_list import WORTHWHILE

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.analysis import PartResult

PART = Argument("part_id", "text", "Part", required=True)
PLACE = Argument("place_id", "text", "Place; where the part has most money at risk if not given")
MOST = {
    "money_at_risk": "most money at risk",
    "saving": "most to be saved",
    "current_risk": "greatest stock-out risk today",
    "late_risk": "supply most often late",
    "stock_value_now": "most money in stock",
    "expected_lead_time_days": "longest expected lead time",
    "annual_value": "greatest yearly value",
}
"""Columns by which parts are ranked, in words."""
ADDED = ("money_at_risk", "saving", "stock_value_now", "annual_value")
"""Those that may be added up over parts."""
ONLY = {
    "to_decide": WORTHWHILE,
    "never_moved": (pl.col("sales_lines") == 0) & (pl.col("purchase_lines") == 0),
    "too_much": pl.col("change") < 0,
    "too_little": pl.col("change") > 0,
    "critical": pl.col("criticality").is_in(["A", "a", "high", "High", "1"]),
}
_READ = (
    *MOST, "part_id", "place_id", "description", "supplier_id", "criticality", "current_cover", "current_source",
    "optimal_cover", "optimal_cover_low", "optimal_cover_high", "current_risk_low", "current_risk_high", "optimal_risk",
    "optimal_risk_low", "optimal_risk_high", "late_risk_low", "late_risk_high", "open_lines", "evidence", "change",
    "sales_lines", "purchase_lines",
)  # fmt: skip
"""What a ranking reads: all other columns of 300,000 parts would take longer than the rest of the answer."""
OPEN_ORDERS = {"open": "open", "overdue": "past their promise", "received": "received"}


def _network_alone(session: Session) -> bool:
    """Whether the twin has a network and no analysis of a record: then that tells what it can."""
    return session.has("network") and not session.has("analysis")


def parts(
    session: Session, by: str, limit: int, only: str = "", supplier_id: str = "", place_id: str = "", search: str = ""
) -> Findings:
    """The parts that lead a ranking, each with the reason in words."""
    if _network_alone(session):
        return network_parts(session, limit, only, supplier_id, place_id)
    every = session.ranked(_READ).lazy()
    chosen = every.filter(pl.col(by).is_not_null() & (pl.col(by) != 0))
    for column, wanted in (("supplier_id", supplier_id), ("place_id", place_id)):
        chosen = chosen.filter(pl.col(column) == wanted) if wanted else chosen
    if only:
        chosen = (every if only == "never_moved" else chosen).filter(ONLY[only])
    if search:
        text = pl.concat_str(pl.col("part_id"), pl.col("description").fill_null(""), separator=" ")
        chosen = chosen.filter(text.str.to_lowercase().str.contains(search.lower(), literal=True))
    total, together = chosen.select(pl.len(), pl.col(by).sum().alias("sum")).collect().row(0)
    together = float(together) if by in ADDED else None
    frame = chosen.top_k(limit, by=by).collect()
    frame = frame.sort(by, descending=True, nulls_last=True).with_columns(reason_expression())
    listing = Listing.of(
        "parts", f"Parts, {MOST[by]}", _part_columns(session.currency, by), frame, total, key=("part_id", "place_id")
    )
    said, facts = _said(listing, by, only, together), _totals(listing, by, only, together)
    return listed(listing, "parts", Subject("parts"), said, facts)


def _part_columns(currency: str, by: str) -> tuple[Shown, ...]:
    columns = {
        "part_id": Shown("part_id", "Part"),
        "place_id": Shown("place_id", "Place"),
        "description": Shown("description", "Name"),
        "supplier_id": Shown("supplier_id", "Supplier"),
        "money_at_risk": Shown("money_at_risk", "At risk", f"{currency}/day"),
        "saving": Shown("saving", "Saving", f"{currency}/day"),
        "current_cover": Shown("current_cover", "Today", PIECES),
        "optimal_cover": Shown("optimal_cover", "Proposed", PIECES),
        "current_risk": Shown("current_risk", "Risk today", SHARE),
        "optimal_risk": Shown("optimal_risk", "Risk then", SHARE),
        "late_risk": Shown("late_risk", "Late", SHARE),
        "expected_lead_time_days": Shown("expected_lead_time_days", "Expected lead time", DAYS),
        "stock_value_now": Shown("stock_value_now", "Stock value", currency),
        "annual_value": Shown("annual_value", "Value a year", f"{currency}/year"),
        "open_lines": Shown("open_lines", "Open lines", "lines"),
        "reason": Shown("reason", "Why"),
    }
    usual = ("part_id", "place_id", "description", "supplier_id", "money_at_risk", "current_cover", "optimal_cover",
             "current_risk", "optimal_risk", "late_risk", "open_lines", "reason")  # fmt: skip
    return tuple(shown for name, shown in columns.items() if name in usual or name == by)


_WHICH = {
    "to_decide": " that wait for a decision", "never_moved": " that never moved", "critical": " of class A",
    "too_much": " with more than the proposal holds", "too_little": " with less than the proposal holds",
}  # fmt: skip


def _said(listing: Listing, by: str, only: str, total: float | None) -> tuple[str, ...]:
    if not listing.rows:
        return ("No part answers to that.",)
    unit = next((column.unit for column in listing.columns if column.name == by), "")
    parts_of = f"{listing.total:,} {'part' if listing.total == 1 else 'parts'}{_WHICH.get(only, '')}"
    first = f"{parts_of}, {MOST[by]} first{'' if total is None else f'; together {written(total, unit)}'}."
    named = (f"{listing.told_name(row)}: {cell(row, by, unit)}. {row['reason']}." for row in listing.rows[:5])
    return (first, *named)


def _totals(listing: Listing, by: str, only: str, total: float | None) -> tuple[Fact, ...]:
    which = f", {only}" if only else ""
    unit = next((column.unit for column in listing.columns if column.name == by), "")
    count = Fact(f"{listing.name}.total", listing.total, "parts", source=f"parts counted{which}")
    facts = (count, Fact("class", "A", "class", source="parts.criticality")) if only == "critical" else (count,)
    if total is None:
        return facts
    return *facts, Fact(
        f"{listing.name}.sum", total, unit, source=f"parts.{by} added up{which}", shown=written(total, unit)
    )


def part(session: Session, part_id: str, place_id: str = "", cover: float | None = None) -> Findings:
    """What to hold of one part and why; ``cover``: what another stock level would do."""
    if cover is None and _network_alone(session):
        return network_part(session, part_id, place_id)
    found = session.part(part_id, place_id)
    row = found.row
    place = str(row["place_id"] or "")
    subject = Subject("part", part_id, place)
    figures = {name: partial(found.figure, name) for name in ("shanghai", "cost-curve", "risk-curve", "weibull")}
    if cover is not None:
        return _tried(session, found, cover, figures)
    plain, expert = (part_narrative(row, session.currency, expert=level) for level in (False, True))
    more = [part_decision(row, session.currency)]
    supplier = session.analysis().suppliers.filter(pl.col("supplier_id") == (row["supplier_id"] or ""))
    more += [supplier_summary(one, session.currency) for one in supplier.head(1).to_dicts()]
    if session.has("plan"):
        more += _planned(session, part_id, place)
    return Findings.told(plain, expert, subject, *more, figures=figures)


def _tried(session: Session, found: PartResult, cover: float, figures: Mapping[str, Callable[[], Figure]]) -> Findings:
    """What another stock level would do."""
    row, curve = found.row, found.cost_curve()
    cost = None if curve is None else float(curve.total[cost_at(curve, cover)])
    told = part_decision(row, session.currency, cover=cover, cost=cost)
    part, place = str(row["part_id"]), str(row["place_id"] or "")
    name = f"{quoted(part)}{f' at {quoted(place)}' if place else ''}"
    facts = [Fact("part", part, "part", source="parts.part_id"), Fact("place", place, "place", source="parts.place_id")]
    first = f"{name}: {told.headline[0].lower()}{told.headline[1:]}"
    sentences = (first, *told.sentences[1:])
    return Findings(sentences, (*facts, *told.facts), figures=figures, subject=Subject("part", part, place))


def _planned(session: Session, part_id: str, place: str) -> list[Narrative]:
    """What the plan does with the part; nothing where it is not in the plan."""
    try:
        return [part_in_plan(session.plan().part(part_id, place), session.currency)]
    except NotFound:
        return []


def suppliers(session: Session, by: str, limit: int) -> Findings:
    """Suppliers, those that matter most first."""
    if _network_alone(session):
        return network_supplier(session)
    frame = session.analysis().suppliers
    most = {"money_at_risk": "most money at risk", "late_risk": "most often late", "lines": "most lines",
            "overdue_lines": "most lines past their promise"}  # fmt: skip
    ranked = frame.filter(pl.col(by).is_not_null() & (pl.col("supplier_id") != ""))
    ranked = ranked.sort(by, descending=True, nulls_last=True)
    listing = Listing.of(
        "suppliers", f"Suppliers, {most[by]}", _supplier_columns(session.currency), ranked.head(limit), ranked.height,
        key=("supplier_id",),
    )  # fmt: skip
    said = [f"{ranked.height:,} {'supplier' if ranked.height == 1 else 'suppliers'}, {most[by]} first."]
    for row in listing.rows[:5]:
        late, money = cell(row, "late_risk", SHARE), cell(row, "money_at_risk", f"{session.currency}/day")
        said.append(
            f"{quoted(str(row['supplier_id']))} is late {late} of the time; {money} are at risk with its parts."
        )
    facts = (Fact("suppliers.total", ranked.height, "suppliers", source="suppliers counted"),)
    figures = {"suppliers": partial(supplier_comparison, frame)}
    return listed(listing, "suppliers", Subject("suppliers"), said, facts, figures=figures)


def _supplier_columns(currency: str) -> tuple[Shown, ...]:
    return (
        Shown("supplier_id", "Supplier"),
        Shown("late_risk", "Late", SHARE),
        Shown("on_time", "On time", SHARE),
        Shown("lines", "Lines", "lines"),
        Shown("open_lines", "Open", "lines"),
        Shown("overdue_lines", "Past promise", "lines"),
        Shown("lead_time_median_days", "Lead time, median", DAYS),
        Shown("slip_median_days", "Slip, median", DAYS),
        Shown("money_at_risk", "At risk", f"{currency}/day"),
        Shown("worst_part_id", "Worst part"),
    )


def supplier(session: Session, supplier_id: str) -> Findings:
    """How late one supplier is, how surely, and what its parts put at risk."""
    if _network_alone(session):
        return network_supplier(session, supplier_id)
    found = session.analysis().suppliers.filter(pl.col("supplier_id") == supplier_id)
    if found.is_empty():
        raise NotFound(f"There is no supplier {supplier_id!r} in the analysis.")
    told = supplier_summary(found.row(0, named=True), session.currency)
    cycles = lazily(session.analysis().tables, "cycles").filter(pl.col("supplier_id") == supplier_id).collect()
    listing = Listing.of(
        "suppliers", "The supplier", _supplier_columns(session.currency), found, 1, key=("supplier_id",)
    )
    return Findings(
        told.sentences[:3], (*told.facts, *listing.facts("suppliers")), told.sentences, (listing,),
        {"slips": partial(slip_histogram, cycles)}, Subject("supplier", supplier_id),
    )  # fmt: skip


def orders(session: Session, state: str, limit: int, part_id: str = "", supplier_id: str = "") -> Findings:
    """Purchase lines and their reorder cycles: which are open or overdue, and since when."""
    if _network_alone(session):
        return network_orders(session, limit, part_id, supplier_id)
    as_of = session.as_of()
    cycles = lazily(session.analysis().tables, "cycles")
    for column, wanted in (("part_id", part_id), ("supplier_id", supplier_id)):
        cycles = cycles.filter(pl.col(column) == wanted) if wanted else cycles
    overdue = pl.col("promised_on") < as_of
    state_of = {"open": pl.col("open"), "overdue": pl.col("open") & overdue, "received": ~pl.col("open")}
    chosen = cycles.filter(state_of[state]).with_columns(
        pl.when(pl.col("open") & overdue)
        .then((pl.lit(as_of) - pl.col("promised_on")).dt.total_days())
        .alias("overdue_days")
    )
    order = ["received_on", "ordered_on"] if state == "received" else ["overdue_days", "ordered_on"]
    frame = chosen.sort(order, descending=[True, state == "received"], nulls_last=True).collect()
    columns = (
        Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("supplier_id", "Supplier"),
        Shown("order_id", "Order"), Shown("line", "Line"), Shown("ordered_on", "Ordered"),
        Shown("promised_on", "Promised"), Shown("received_on", "Received"), Shown("quantity", "Quantity", PIECES),
        Shown("lead_time_days", "Lead time so far" if state != "received" else "Lead time", DAYS),
        Shown("overdue_days", "Past promise", DAYS),
    )  # fmt: skip
    title = f"Purchase lines {OPEN_ORDERS[state]} as of {as_of}"
    listing = Listing.of("orders", title, columns, frame.head(limit), frame.height, key=("part_id", "order_id", "line"),
                         of_too=("supplier_id",))  # fmt: skip
    facts = (
        Fact("orders.total", frame.height, "lines", source=f"cycles counted, {state}"),
        Fact("as_of", as_of.isoformat(), source="analysis.as_of"),
    )
    return listed(
        listing, "cycles", Subject("part", part_id) if part_id else Subject("parts"), _orders_said(listing), facts
    )


def _orders_said(listing: Listing) -> list[str]:
    title = listing.title[0].lower() + listing.title[1:]
    said = [f"{listing.total:,} {title.replace('lines', 'line') if listing.total == 1 else title}."]
    for row in listing.rows[:5]:
        order = order_words(row["order_id"], row["line"]) if row["order_id"] else "order without a number"
        text = f"{capital(order)} of {quoted(str(row['part_id']))}"
        text += f" from {quoted(str(row['supplier_id']))}" if row["supplier_id"] else ""
        text += f": ordered {row['ordered_on']}"
        text += f", promised {row['promised_on']}" if row["promised_on"] else ", without a promise"
        if row["received_on"]:
            text += f", received {row['received_on']}"
        elif row["overdue_days"]:
            text += f", {cell(row, 'overdue_days', DAYS)} past it"
        said.append(text + ".")
    return said


TOOLS = (
    Tool(
        "parts", "Parts, ranked",
        "Parts of the newest analysis ranked by a figure, largest first, each with stock today and proposed, risks and "
        "the reason in words.",
        parts,
        (
            Argument("by", "text", "What to rank by", default="money_at_risk", choices=tuple(MOST)),
            Argument("only", "text", "Only some of them", choices=tuple(ONLY)),
            Argument("supplier_id", "text", "Only parts of this supplier"),
            Argument("place_id", "text", "Only parts at this place"),
            Argument("search", "text", "Only parts whose id or name holds this text"),
            rows_wanted(),
        ),
    ),
    Tool(
        "part", "One part's decision",
        "What to hold of one part and why: stock-out risk today and then, cost, order quantity, evidence, its supplier "
        "and what the plan does with it. With `cover`: what another stock level would do instead.",
        part,
        (PART, PLACE, Argument("cover", "number", "Try this reorder point [pieces] instead", least=0, most=1e7)),
    ),
    Tool(
        "suppliers", "Suppliers, ranked",
        "Suppliers with late risk, lead times, open and overdue lines and the money at risk with their parts.",
        suppliers,
        (
            Argument("by", "text", "What to rank by", default="money_at_risk",
                     choices=("money_at_risk", "late_risk", "lines", "overdue_lines")),
            rows_wanted(),
        ),
    ),
    Tool(
        "supplier", "One supplier",
        "How late one supplier is, its lead times and slips, open lines, and what its parts put at risk.",
        supplier,
        (Argument("supplier_id", "text", "Supplier", required=True),),
    ),
    Tool(
        "orders", "Purchase lines",
        "Purchase lines (reorder cycles) that are open, past their promise, or received; of one part or supplier, or "
        "all.",
        orders,
        (
            Argument("state", "text", "Which lines", default="open", choices=tuple(OPEN_ORDERS)),
            Argument("part_id", "text", "Only of this part"),
            Argument("supplier_id", "text", "Only of this supplier"),
            rows_wanted(),
        ),
    ),
)  # fmt: skip
"""Verbs on the record, none of which changes anything."""
