"""The director's paragraph: where we stand, what changed, what is coming, the one thing to do."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from spareverse.explainer.facts import TEXT, Narrative
from spareverse.explainer.narratives.telling import Row, Telling
from spareverse.explainer.narratives.viability import recommended
from spareverse.explainer.narratives.warning import SUBJECTS

Tables = Mapping[str, pl.DataFrame]


def director_narrative(
    summary: Row,
    tables: Tables | None = None,
    *,
    previous: Row | None = None,
    worst: Row | None = None,
    to_decide: int | None = None,
    expert: bool = False,
) -> Narrative:
    """``summary`` of an analysis and ``previous`` of the one before, ``worst``: the row of PART_RESULTS with most money
    at risk; of the Observer's ``tables`` warnings, recommendations and viability, where there are any."""
    found = tables or {}
    currency = str(summary["currency"])
    tell = Telling("director", "summary", expert)
    _where(tell, summary, previous, currency)
    _viable(tell, found.get("viability"))
    warned = _coming(tell, found.get("warnings"), currency)
    _do(tell, found.get("recommendations"), worst, to_decide, currency, warned=warned)
    for grade, count in summary["evidence"].items():
        tell.put(grade, count, measure=f"evidence_{grade}", source=f"summary.evidence.{grade}")
    tell.say("sure.evidence")
    return tell.narrative()


def _where(tell: Telling, summary: Row, previous: Row | None, currency: str) -> None:
    daily = f"{currency}/day"
    tell.put("money_at_risk", summary["money_at_risk"], daily, measure="money_at_risk", period="today")
    tell.put("customer_on_time", summary["customer_on_time"], "share")
    change = summary["money_at_risk"] - previous["money_at_risk"] if previous else 0.0
    tell.change({"risk_change": change}, "risk_change", daily, measure="money_at_risk",
                source="summary.money_at_risk less that of the last analysis")  # fmt: skip
    tell.say("where.risk_more" if change > 0 else "where.risk_less" if change < 0 else "where.risk")
    tell.say("where.service")


def _viable(tell: Telling, viability: pl.DataFrame | None) -> None:
    if viability is not None:
        now = viability.filter(pl.col("kind") == "now", pl.col("viable").is_not_null())
        if now.height:
            tell.say(f"where.viable_{now['viable'][0]}")


def _coming(tell: Telling, warnings: pl.DataFrame | None, currency: str) -> bool:
    """The first warning of the list, and how many there are."""
    if warnings is None or warnings.is_empty():
        return False
    row: Row = warnings.sort("rank").row(0, named=True)
    about = {kind: str(row[column]) for kind, column in SUBJECTS.items() if row[column]}
    for kind, name in about.items():
        tell.put(kind, name, kind, source=f"warnings.{SUBJECTS[kind]}")
    coming = f"next {row['within_weeks']} weeks"
    tell.put("within_weeks", row["within_weeks"], "weeks", period=coming, source="warnings.within_weeks")
    tell.estimate(row, "chance", "share", about=about, period=coming, measure="chance", source="warnings.chance")
    tell.put("expected_money", row["expected_money"], currency, about=about, measure="expected_money",
             source="warnings.expected_money")  # fmt: skip
    tell.put("action", str(row["action"] or "").rstrip("."), TEXT, source="warnings.action")
    tell.put("warnings", warnings.height, "warnings", source="warnings", measure="warnings")
    tell.put("owed", row.get("owed") or None, "pieces", about=about, measure="owed", source="warnings.owed")
    stock_out = "coming.warning" if tell.has("expected_money") else "coming.warning_no_price"
    stock_out = "coming.owed" if tell.has("owed") else stock_out
    tell.say({"stock_out": stock_out, "contract_breach": "coming.contract"}.get(row["kind"], "coming.budget"))
    if warnings.height > 1:
        tell.say("coming.more")
    return True


def _do(
    tell: Telling, nudges: pl.DataFrame | None, worst: Row | None, to_decide: int | None, currency: str, *, warned: bool
) -> None:
    """The one thing: a nudge that survived, else what the warning asks for, else the decisions that wait."""
    survived = nudges.filter(pl.col("verdict") == "survives").sort("rank") if nudges is not None else None
    if survived is not None and survived.height:
        recommended(tell, survived.row(0, named=True), currency)
        saves = tell.clear("cost_change") < 0
        tell.say("do.nudge" if saves else "do.nudge_plain")
        tell.say("do.span" if saves else "")
    elif warned and tell.has("action"):
        tell.say("do.action")
    elif to_decide and worst is not None:
        tell.put("to_decide", to_decide, "changes", source="plan.to_decide", measure="to_decide")
        about = {"part": str(worst["part_id"])}
        tell.put("worst_part", worst["part_id"], "part", source="parts.part_id")
        tell.put("worst_money", worst["money_at_risk"], f"{currency}/day", about=about, measure="money_at_risk",
                 source="parts.money_at_risk")  # fmt: skip
        tell.say("do.decide")
    else:
        tell.say("do.nothing")
