"""Tools on plans: the plan of record and other budgets along its curve, what to change, and the proof on history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import (
    PIECES,
    POINTS,
    SHARE,
    Findings,
    Listing,
    Shown,
    Subject,
    cell,
    listed,
    written,
)
from spareverse.assistant.foresight_tools import sentences
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool, rows_wanted
from spareverse.errors import NotFound
from spareverse.explainer.facts import Fact, Narrative
from spareverse.explainer.narratives.plan import plan_narrative
from spareverse.explainer.plan import after_a_failed_proof, backtest_summary, misses, plan_summary
from spareverse.explainer.rivals import better_rivals
from spareverse.explainer.wording import Wording
from spareverse.figures import numbers

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.plan import Plan


def plan(session: Session, plan: str = "") -> Findings:
    """What a plan does for its money, how its proof went, and what limits it."""
    found = session.plan(plan)
    to_decide = session.to_decide() if found.adopted else None
    plain, expert = (plan_narrative(found.document, to_decide, expert=level) for level in (False, True))
    texts = (*after_a_failed_proof(found.proof), *found.document.get("notices", ()))
    notices = Narrative(texts, sentences("notices", texts))
    listing = Listing.of(
        "limits", "What limits the plan", _LIMITS, found.limits.head(20), found.limits.height, key=("name", "sense")
    )
    told = Findings.told(
        plain, expert, Subject("plan", found.id), plan_summary(found.document, to_decide), notices,
        listings=(listing,) if listing.rows else (), figures=_curve(found),
    )  # fmt: skip
    return replace(told, facts=(*told.facts, *listing.facts("plan_limits")))


def _curve(found: Plan) -> dict[str, Callable[[], Figure]]:
    return {"plan-curve": partial(found.figure, "plan-curve")}


_LIMITS = (
    Shown("name", "Limit"), Shown("sense", "Sense"), Shown("bound", "Bound", unit_of="unit"),
    Shown("reached", "Reached", unit_of="unit"),
    Shown("unit", "Unit", fact=False), Shown("shadow_price", "Easing it brings", unit_of="worth"),
    Shown("worth", "In", fact=False),
)  # fmt: skip


def budget(
    session: Session, budget: float | None = None, factor: float | None = None, fill_rate: float | None = None,
    plan: str = "",
) -> Findings:  # fmt: skip
    """What another budget along the plan's curve would do, or which one a fill rate takes, beside the plan."""
    found = session.plan(plan)
    now = found.summary
    wanted = float(budget if budget is not None else (factor or 1.0) * float(now["stock_value"]))
    wanted = wanted if fill_rate is None else _reaching(found, fill_rate)
    other = found.figures_at(wanted)
    row = {
        **{name: now.get(name) for name in ("stock_value", "fill_rate", "parts_stocked", "parts")},
        **{f"other_{name}": value for name, value in other.items()},
    }
    write = Wording(row, "plan", session.currency)
    write.derive("budget", wanted, "the question")
    write.derive("target", fill_rate or 0.0, "the question")
    more = float(other["stock_value"]) - float(now["stock_value"])
    write.derive(
        "difference", abs(more), "|plan.other_stock_value - plan.stock_value|", direction=1 if more >= 0 else -1
    )
    points = float(other["fill_rate"]) - float(now["fill_rate"])
    change = Fact("points", abs(points), POINTS, source="|plan.other_fill_rate - plan.fill_rate|",
                  direction=1 if points >= 0 else -1, shown=written(abs(points), POINTS))  # fmt: skip
    rose = "more" if points >= 0 else "fewer"
    told = write.narrative(
        f"With {write.money('other_stock_value')} of stock instead of {write.money('stock_value')} the plan would meet "
        f"{write.percent('other_fill_rate')} of the demand lines at once instead of {write.percent('fill_rate')}.",
        f"That is {write.money('difference')} {'more' if more >= 0 else 'less'} stock for "
        f"{written(change.value, POINTS)} {rose}, with {write.whole('other_parts_stocked')} of "
        f"{write.count('parts', 'part')} in stock instead of {write.whole('parts_stocked')}.",
        f"Asked was a budget of {write.money('budget')}: the nearest step of the curve answers it."
        if fill_rate is None
        else f"Asked was a fill rate of {write.percent('target')}: the first step of the curve that reaches it.",
    )
    told = replace(told, facts=(*told.facts, change))
    return Findings(told.sentences, told.facts, figures=_curve(found), subject=Subject("plan", found.id))


def _reaching(plan: Plan, fill_rate: float) -> float:
    """The least stock value of the plan's curve that meets such a share of the demand lines at once."""
    path = plan.tables["path"]
    enough = path.filter(pl.col("fill_rate") >= fill_rate)
    if enough.is_empty():
        most = numbers.percent(float(path["fill_rate"].max()))  # type: ignore[arg-type]
        raise NotFound(
            f"The curve of the plan ends where {most} of the demand lines are met at once: no budget along it reaches "
            f"{numbers.percent(fill_rate)}. What is left is demand that no stock of the plan's parts can meet."
        )
    return float(enough["stock_value"].min())  # type: ignore[arg-type]


def changes(
    session: Session, limit: int, part_id: str = "", supplier_id: str = "", undecided: bool = False
) -> Findings:
    """The change list: what to change, most saving first, with reasons and the planners' decisions."""
    analysis = session.analysis() if session.has("analysis") else None
    if analysis is None and not session.has("adopted"):
        raise NotFound("This twin has neither an analysis nor a plan of record, so nothing is proposed yet.")
    frame = session.twin.changes(analysis)
    for column, wanted in (("part_id", part_id), ("supplier_id", supplier_id)):
        frame = frame.filter(pl.col(column) == wanted) if wanted else frame
    frame = frame.filter(pl.col("accept").is_null()) if undecided else frame
    columns = (
        Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("description", "Name"),
        Shown("current_reorder_point", "Today", PIECES), Shown("proposed_reorder_point", "Proposed", PIECES),
        Shown("proposed_order_quantity", "Order quantity", PIECES), Shown("money", "Money", session.currency),
        Shown("saving", "Saving", f"{session.currency}/day"), Shown("risk_before", "Risk today", SHARE),
        Shown("risk_after", "Risk then", SHARE), Shown("evidence", "Evidence"), Shown("source", "From"),
        Shown("reason", "Why"), Shown("accept", "Accepted"),
    )  # fmt: skip
    listing = Listing.of("changes", "Changes proposed, most saving first", columns, frame.head(limit), frame.height,
                         key=("part_id", "place_id"))  # fmt: skip
    said = [f"{frame.height:,} {'change is' if frame.height == 1 else 'changes are'} proposed, most saving first."]
    for row in listing.rows[:5]:
        today, then = (_level(row[f"{when}_reorder_point"]) for when in ("current", "proposed"))
        saves = f", which saves {cell(row, 'saving', f'{session.currency}/day')}" if row["saving"] else ""
        said.append(
            f"{listing.told_name(row)}: reorder at {then} instead of {today}{saves}. {row['reason'] or ''}".strip()
        )
    facts = (Fact("changes.total", frame.height, "changes", source="changes counted"),)
    return listed(listing, "changes", Subject("changes"), said, facts)


def _level(pieces: float | None) -> str:
    if pieces is None:
        return "an unknown level"
    return "none in stock" if pieces < 0 else cell({"pieces": pieces}, "pieces", PIECES)


def backtest(session: Session) -> Findings:
    """How the newest back-test went: promise against outcome, the company's rule and textbook policies beside."""
    found = session.backtest()
    told = backtest_summary(found.document, found.results, found.equal)
    rivals = better_rivals(found.results, found.equal, session.currency)
    missed = misses(found.results)
    columns = (
        Shown("policy", "Policy"), Shown("group", "Group"), Shown("parts", "Parts", "parts"),
        Shown("lines", "Lines", "lines"), Shown("fill_rate", "Met at once", SHARE),
        Shown("wait_days", "Mean wait", "days"), Shown("stock_value", "Stock", session.currency),
        Shown("cost", "Cost", f"{session.currency}/year"), Shown("verdict", "Verdict", fact=False),
    )  # fmt: skip
    chosen = found.results.filter("chosen")
    listing = Listing.of("backtest", "Contenders", columns, chosen.head(50), chosen.height, key=("policy", "group"))
    expert = (*told.sentences, *(each.text for each in missed), *rivals)
    facts = (*told.facts, *listing.facts("backtest"), *_of(missed), *sentences("rivals", rivals))
    figures = {name: partial(found.figure, name) for name in ("reliability", "contenders", "equal-fill-rate")}
    return Findings(told.sentences[:3], facts, expert, (listing,), figures, Subject("backtest", found.id))


def _of(missed: list[Narrative]) -> list[Fact]:
    return [replace(fact, id=f"missed{number}.{fact.id}") for number, each in enumerate(missed) for fact in each.facts]


TOOLS = (
    Tool(
        "plan", "A plan",
        "What the plan of record (or the newest trial, or a plan by id) does for its money beside today's rule, how "
        "its proof on history went, and what limits it.",
        plan, (Argument("plan", "text", "Id of a plan, or 'latest'; the plan of record if not given"),),
    ),
    Tool(
        "budget", "Another budget",
        "What the plan would do with another stock value along its curve: a budget, a factor on the plan's, or what "
        "a fill rate takes.",
        budget,
        (
            Argument("budget", "number", "Stock value [currency]", least=0, most=1e15),
            Argument("factor", "number", "Times the plan's stock value, instead of a budget", least=0, most=1000),
            Argument("fill_rate", "number", "Least stock that meets this share of the demand lines at once, instead",
                     least=0, most=1),
            Argument("plan", "text", "Id of a plan; the plan of record if not given"),
        ),
    ),
    Tool(
        "changes", "The change list",
        "What to change: reorder points and order quantities today and proposed, money, saving, risks, the reason in "
        "words, and what the planners decided.",
        changes,
        (
            rows_wanted(), Argument("part_id", "text", "Only of this part"),
            Argument("supplier_id", "text", "Only of parts of this supplier"),
            Argument("undecided", "boolean", "Only those nobody decided yet"),
        ),
    ),
    Tool(
        "backtest", "The proof on history",
        "The newest back-test: what the plan promised, what came, by class, beside the company's rule and textbook "
        "policies.",
        backtest,
    ),
)  # fmt: skip
"""Verbs on plans that change nothing."""
