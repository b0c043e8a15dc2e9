"""The portfolio and a supplier in a few sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.explainer.decision import UNSUPPORTED
from spareverse.explainer.facts import Narrative
from spareverse.explainer.wording import Wording


def portfolio_summary(document: Mapping[str, Any], parts: pl.DataFrame, planned: int | None = None) -> Narrative:
    """Where the company stands: what is at risk, what to do first, how well it is supplied, how sure that is.

    ``document`` is the document of an analysis, ``parts`` its PART_RESULTS. ``planned``: changes of the plan of record
    that wait for a decision, where there is one; they take the place of what each part alone would want.
    """
    summary = document["summary"]
    row = {**summary, **_concentration(parts), **{f"evidence_{grade}": n for grade, n in summary["evidence"].items()}}
    row["planned"] = planned
    measures = {f"evidence_{grade}": f"evidence_{grade}" for grade in summary["evidence"]}
    measures |= {"money_at_risk": "money_at_risk", "worst_money": "money_at_risk", "parts_to_decide": "to_decide",
                 "planned": "to_decide", "saving": "saving", "stock_value_now": "stock_value",
                 "stock_value_proposed": "stock_value", "known_value": "stock_value"}  # fmt: skip
    periods = {"stock_value_now": "today", "stock_value_proposed": "proposed", "known_value": "proposed"}
    write = Wording(row, "summary", str(summary["currency"]), measures=measures, periods=periods)
    if not summary["parts_analysed"]:
        return write.narrative(
            "No part could be analysed: the window holds neither purchase lines nor sales lines.",
            "Import both, or widen the time window.",
        )
    return write.narrative(_at_risk(write, row), _proposal(write, row), _service(write), _how_sure(write, row))


def _concentration(parts: pl.DataFrame) -> dict[str, Any]:
    """The least number of parts that carry half of the money at risk, and the worst of them."""
    ranked = (
        parts.select("part_id", "money_at_risk")
        .filter(pl.col("money_at_risk") > 0)
        .sort("money_at_risk", descending=True)
    )
    if ranked.is_empty():
        return {"half_parts": 0}
    total = float(ranked["money_at_risk"].sum())
    half = int((ranked["money_at_risk"].cum_sum() < 0.5 * total).sum()) + 1
    worst = ranked.row(0, named=True)
    share = float(ranked["money_at_risk"].head(half).sum()) / total
    top = {"worst_part": worst["part_id"], "worst_money": worst["money_at_risk"]}
    return {"half_parts": half, "half_share": share, **top}


def _at_risk(write: Wording, row: Mapping[str, Any]) -> str:
    if not row["half_parts"]:
        return f"No money is at risk in the {write.count('parts_analysed', 'part')} analysed."
    many = write.count("half_parts", "part")
    return (
        f"{write.money('money_at_risk', 'day')} are at risk: {many} of {write.whole('parts_analysed')} "
        f"{'carries' if row['half_parts'] == 1 else 'carry'} {write.percent('half_share')} of it, "
        f"the worst is {write.name('worst_part')} with {write.money('worst_money', 'day')}"
        f"{_of_unknown(row)}."
    )


def _of_unknown(row: Mapping[str, Any]) -> str:
    """What is counted at risk where nothing is known of today."""
    parts = (row.get("without_rule") or {}).get("parts", 0)
    return "; where neither rule nor stock of today is known, holding nothing is counted" if parts else ""


def _proposal(write: Wording, row: Mapping[str, Any]) -> str:
    if row["planned"] is not None:
        waits = "waits" if row["planned"] == 1 else "wait"
        return f"{write.count('planned', 'change')} of the plan of record {waits} for a decision."
    if not row["parts_to_decide"]:
        return "No change of stock is proposed."
    decide = write.count("parts_to_decide", "part")
    waits = "waits" if row["parts_to_decide"] == 1 else "wait"
    apart = row.get("without_rule") or {}
    if not apart.get("parts"):
        return (
            f"{decide} {waits} for a decision; following the proposals saves {write.money('saving', 'day')}. The stock "
            f"value goes from {write.money('stock_value_now')} to {write.money('stock_value_proposed')}."
        )
    write.derive("unknown_parts", apart["parts"], "summary.without_rule.parts")
    write.derive("unknown_value", apart["stock_value_proposed"], "summary.without_rule.stock_value_proposed")
    known = row["stock_value_proposed"] - apart["stock_value_proposed"]
    write.derive("known_value", known, "summary.stock_value_proposed less that of parts unknown today")
    nothing = f"of {write.count('unknown_parts', 'part')} neither rule nor stock of today is known"
    if apart["parts"] == row["parts_analysed"]:
        nothing = "neither rule nor stock of today is known"
        return f"{decide} {waits} for a decision; {nothing}, the proposals hold {write.money('unknown_value')}."
    return (
        f"{decide} {waits} for a decision; where today is known, following the proposals saves "
        f"{write.money('saving', 'day')}. The stock value there goes from {write.money('stock_value_now')} to "
        f"{write.money('known_value')}; {nothing}, the proposals hold {write.money('unknown_value')} of them."
    )


def _service(write: Wording) -> str:
    clauses = []
    if write.has("supply_on_time"):
        clauses.append(f"{write.percent('supply_on_time')} of the receipts came on time")
    if write.has("customer_on_time"):
        clauses.append(f"{write.percent('customer_on_time')} of the customers' orders left on time")
    if not clauses:
        return "Nothing can be said about deliveries on time, because the lines hold no promised dates."
    sentence = " and ".join(clauses)
    return sentence[0].upper() + sentence[1:] + "."


def _how_sure(write: Wording, row: Mapping[str, Any]) -> str:
    grades = [f"{write.whole(f'evidence_{grade}')} {grade}" for grade in ("strong", "fair", "weak", "borrowed")]
    return f"Evidence by part: {', '.join(grades)}."


SUPPLIER_MEASURES = {
    "late_risk": "late_risk", "lead_time_median_days": "lead_time", "lead_time_p90_days": "lead_time",
    "promised_median_days": "promised", "money_at_risk": "money_at_risk", "open_lines": "open_lines", "parts": "parts",
}  # fmt: skip


def supplier_summary(row: Mapping[str, Any], currency: str) -> Narrative:
    """One row of SUPPLIER_RESULTS or LANE_RESULTS in words, lateness first."""
    about = {"supplier": str(row["supplier_id"])} if row["supplier_id"] else {}
    write = Wording(row, "suppliers", currency, about=about, measures=SUPPLIER_MEASURES)
    name = write.name("supplier_id") if row["supplier_id"] else "Lines without a supplier"
    return write.narrative(
        _lateness(write, name), _lead_times(write), _open(write, row), _money(write, row), _supplier_fit(write, row)
    )


def _lateness(write: Wording, name: str) -> str:
    if not write.has("late_risk"):
        lines = write.count("lines", "purchase line")
        return f"{name}: how often supply is late cannot be said; it has {lines} and too few promises or receipts."
    return (
        f"{name} is late {write.percent_interval('late_risk')} of the time ({write.count('lines', 'purchase line')})."
    )


def _lead_times(write: Wording) -> str:
    if not write.has("lead_time_median_days"):
        return ""
    write.constant("median", 0.5, "share", "suppliers.lead_time_median_days")
    text = f"Half of its lines take longer than {write.days('lead_time_median_days')}"
    if write.has("promised_median_days"):
        text += f", where {write.days('promised_median_days')} are promised"
    if write.has("lead_time_p90_days"):
        write.constant("p90", 0.1, "share", "suppliers.lead_time_p90_days")
        text += f"; one in ten takes longer than {write.days('lead_time_p90_days')}"
    return text + "."


def _open(write: Wording, row: Mapping[str, Any]) -> str:
    if not row["open_lines"]:
        return ""
    lines = write.count("open_lines", "line")
    text = f"{lines} {'is' if row['open_lines'] == 1 else 'are'} open"
    overdue = write.whole("overdue_lines") if row["overdue_lines"] else "none"
    return f"{text}, {overdue} past the promise."


def _money(write: Wording, row: Mapping[str, Any]) -> str:
    if not write.has("money_at_risk"):
        return ""
    carry = "carries" if row["parts"] == 1 else "carry"
    text = f"Its {write.count('parts', 'part')} {carry} {write.money('money_at_risk', 'day')} at risk"
    return f"{text}, most of all {write.name('worst_part_id')}." if write.has("worst_part_id") else f"{text}."


def _supplier_fit(write: Wording, row: Mapping[str, Any]) -> str:
    if not write.has("weibull_p_value") or row["weibull_p_value"] >= UNSUPPORTED:
        return ""
    return f"A Weibull is not supported by its lead times (Anderson-Darling p = {write.number('weibull_p_value', 2)})."
