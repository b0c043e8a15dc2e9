"""A plan and its proof in words: a failed proof first, what the money does, why a part is where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.explainer.facts import Narrative
from spareverse.explainer.reasons import percent_text, pieces_text
from spareverse.explainer.wording import Wording
from spareverse.figures.plan.policies import class_order, compared, policy_words
from spareverse.network.plan_tables import ALL_PARTS, RULE_KNOWN
from spareverse.optimisation.portfolio.plan_rows import ENDED, REPLACED, amount_text

Row = Mapping[str, Any]
FAILED, EXCEEDED, TOO_FEW = "missed", "exceeded", "not enough lines"
_REMEDIES = {
    "longer than expected": "Lead times came longer than the fit could know. A plan made today knows them; see under "
    "Suppliers whose lines came late, and whether that goes on.",
    "more than expected": "Demand came higher than the fit could know. A plan made today knows it; floors for critical "
    "parts cover a further rise.",
    "parts not stocked": "A larger budget buys into parts that rarely move: drag it on the curve of the plan and see "
    "which ones.",
}
"""What to do about a cause, by the words that name it."""


PLAN_MEASURES = {
    "stock_value": "stock_value", "fill_rate": "fill_rate", "parts": "parts", "to_decide": "to_decide",
    "today_fill_rate": "fill_rate", "today_stock_value": "stock_value", "beside_fill_rate": "fill_rate",
    "beside_stock_value": "stock_value", "beside_parts": "parts", "without_parts": "parts",
    "without_stock_value": "stock_value", "proof_promised_fill_rate": "fill_rate", "proof_fill_rate": "fill_rate",
}  # fmt: skip


def plan_summary(document: Row, to_decide: int | None = None) -> Narrative:
    """A plan in a few sentences; ``document`` is that of a kept plan, ``to_decide`` how many changes are open."""
    summary, proof = document["summary"], document["proof"]
    today = summary.get("today") or {}
    row = {
        **summary,
        **{f"today_{name}": value for name, value in today.items()},
        **{f"beside_{name}": value for name, value in (summary.get("beside_today") or {}).items()},
        **{f"without_{name}": value for name, value in (summary.get("without_rule") or {}).items()},
        **{f"proof_{name}": value for name, value in proof.items()},
        "to_decide": to_decide,
    }
    write = Wording(row, "plan", str(summary["currency"]), measures=PLAN_MEASURES)
    failed = proof["verdict"] == FAILED
    said = _proof(write, "proof_")
    does = _does(write, today)
    order = (said, does) if failed else (does, said)
    return write.narrative(*order, _waiting(write))


def _does(write: Wording, today: Row) -> str:
    text = (
        f"With {write.money('stock_value')} of stock the plan meets {write.percent('fill_rate')} "
        f"of the demand lines at once"
    )
    kept = f"It keeps {write.whole('parts_stocked')} of {write.count('parts', 'part')} in stock."
    if write.value("without_parts"):
        return f"{text}. {kept} {_where_known(write)}"
    if today:
        text += f"; today's rule meets {write.percent('today_fill_rate')} with {write.money('today_stock_value')}"
    return f"{text}. {kept}"


def _where_known(write: Wording) -> str:
    """The plan beside today's rule on the parts whose rule is known, and the others apart."""
    compared = (
        f"Of {write.count('beside_parts', 'part')} today's rule is known: there the plan meets "
        f"{write.percent('beside_fill_rate')} with {write.money('beside_stock_value')}, today's rule "
        f"{write.percent('today_fill_rate')} with {write.money('today_stock_value')}."
    )
    unknown = f"No rule is known of {write.count('without_parts', 'part')}"
    if not write.value("without_parts_stocked"):
        return f"{compared} {unknown}; the plan stocks none of them."
    return (
        f"{compared} {unknown}: the plan stocks {write.whole('without_parts_stocked')} of them, for "
        f"{write.money('without_stock_value')}."
    )


def _waiting(write: Wording) -> str:
    count = write.value("to_decide")
    if count is None:
        return ""
    if not count:
        return "No change waits for a decision."
    return f"{write.count('to_decide', 'change')} {'waits' if count == 1 else 'wait'} for a decision."


def _proof(write: Wording, before: str = "") -> str:
    """How the proof went, of a document's proof whose names begin with ``before``."""
    verdict = write.value(f"{before}verdict")
    if verdict == "no proof":
        return f"It is not proved. {_cause(write, before)}".strip()
    if not write.has(f"{before}promised_fill_rate", f"{before}fill_rate"):
        return "It promised nothing that can be compared."
    promise = write.percent_interval(f"{before}promised_fill_rate")
    came = write.percent_interval(f"{before}fill_rate")
    since = write.name(f"{before}fit_until")
    lines = write.count(f"{before}lines", "line")
    made = f"made from what was known before {since}, it promised {promise} of the lines at once"
    if verdict == EXCEEDED:
        return f"More came than promised: {made}, and {came} of {lines} were met. {_cause(write, before)}".strip()
    if verdict == FAILED:
        return f"The proof FAILED: {made}, and {came} of {lines} were met. {_cause(write, before)}".strip()
    if verdict == TOO_FEW:
        told = f"Not proved, as too few lines came: {made}, and {came} of {lines} were met."
        return f"{told} {_cause(write, before)}".strip()
    return f"Proved: {made}, and {came} of {lines} were met."


def _cause(write: Wording, before: str = "") -> str:
    if not write.has(f"{before}cause"):
        return ""
    cause = write.text(f"{before}cause")
    return cause if cause.endswith(".") else f"{cause}."


def backtest_summary(document: Row, results: pl.DataFrame, equal: pl.DataFrame) -> Narrative:
    """A back-test in a few sentences, the verdict first; rows of BACKTEST_RESULTS and BACKTEST_EQUAL."""
    proof = document["proof"]
    chosen = compared(results).filter("chosen")
    company = chosen.filter(pl.col("policy") == "company").to_dicts()
    plan = chosen.filter(pl.col("policy") == "plan").to_dicts()
    row = {**proof}
    for name, found in (("plan", plan), ("company", company)):
        row |= {f"{name}_{key}": value for key, value in (found[0] if found else {}).items()}
    ratio = equal.filter((pl.col("policy") == "company") & pl.col("ratio").is_not_null()).sort("fill_rate").to_dicts()
    if ratio:
        row |= {f"equal_{key}": value for key, value in ratio[-1].items()}
    for name, verdict in (("missed", FAILED), ("exceeded", EXCEEDED)):
        row[f"{name}_classes"] = ", ".join(str(r["group"]) for r in _classes(results) if r["verdict"] == verdict)
    write = Wording(row, "backtest", str(document["currency"]))
    return write.narrative(_proof(write), _missed(write), _against(write, company), _equal(write))


def _classes(results: pl.DataFrame) -> list[dict[str, Any]]:
    whole = pl.col("group").is_in([ALL_PARTS, RULE_KNOWN])
    rows = results.filter((pl.col("policy") == "plan") & pl.col("chosen") & ~whole).to_dicts()
    return sorted(rows, key=lambda row: class_order(str(row["group"])))


def _missed(write: Wording) -> str:
    said = []
    if write.has("missed_classes"):
        said.append(f"Missed for parts of class {write.name('missed_classes')}.")
    if write.has("exceeded_classes"):
        said.append(f"More than promised for parts of class {write.name('exceeded_classes')}.")
    return " ".join(said)


def _against(write: Wording, company: list[dict[str, Any]]) -> str:
    if not company:
        return "The company's own rule is not known, so nothing is said against it."
    if not write.has("plan_fill_rate", "company_fill_rate"):
        return ""
    held, holds = (write.measured(f"{name}_stock_value", write.currency) for name in ("company", "plan"))
    start = "The"
    if company[0]["group"] == RULE_KNOWN:
        start = f"On the {write.whole('company_parts')} parts whose rule is known, the"
    text = (
        f"{start} company's rule met {write.percent('company_fill_rate')} with {held} of stock, "
        f"the plan {write.percent('plan_fill_rate')} with {holds}"
    )
    if write.has("plan_cost", "company_cost"):
        yearly = f"{write.currency}/year"
        text += f"; they cost {write.measured('company_cost', yearly)} and {write.measured('plan_cost', yearly)}"
    return f"{text}."


def _equal(write: Wording) -> str:
    if not write.has("equal_ratio"):
        return ""
    ratio = write.measured("equal_ratio")
    return (
        f"To meet {write.percent('equal_fill_rate')} at once the company's rule holds {ratio} times the plan's stock."
    )


def misses(results: pl.DataFrame) -> list[Narrative]:
    """Each class whose outcome lies outside its promise, with the cause; none when all were kept."""
    return [miss(row) for row in _classes(results) if row["verdict"] in (FAILED, EXCEEDED)]


def miss(row: Row) -> Narrative:
    """One row of BACKTEST_RESULTS outside its promise: what was promised, what came, and why."""
    write = Wording(row, "backtest")
    group = "All parts" if row["group"] == "all" else str(row["group"]).capitalize()
    who = group if row["policy"] == "plan" else f"{policy_words(str(row['policy']))}, {group.lower()}"
    promise, came = write.percent_interval("promised_fill_rate"), write.percent_interval("fill_rate")
    return write.narrative(
        f"{who}: promised {promise} of the lines at once, {came} of {write.count('lines', 'line')} came.", _cause(write)
    )


def after_a_failed_proof(proof: Row) -> tuple[str, ...]:
    """What to do now about a proof that failed, a sentence or two for each cause; empty where it did not fail."""
    if proof["verdict"] != FAILED:
        return ()
    cause = str(proof["cause"] or "")
    return (
        *(remedy for words, remedy in _REMEDIES.items() if words in cause),
        "Until a later proof is kept, take what was met in this replay for what a plan will meet, not its promise.",
    )


def part_in_plan(row: Row, currency: str) -> Narrative:
    """What the plan does with one part and what the part alone would want; one row of PLAN."""
    about = {kind: str(row[f"{kind}_id"]) for kind in ("part", "place") if row.get(f"{kind}_id")}
    measures = {"fill_rate": "fill_rate", "current_fill_rate": "fill_rate", "stock_value": "stock_value",
                "order_quantity": "order_quantity"}  # fmt: skip
    write = Wording(row, "plan", currency, about=about, measures=measures)
    if row["reason"] in (ENDED, REPLACED) and not row["stocked"]:
        return write.narrative("The plan buys this part no more.", _reason(write))
    alone = f"the part alone wants {_level(write, 'single_part_reorder_point')}"
    today = ", today's rule is not known"
    if write.has("current_reorder_point"):
        today = f", today {_level(write, 'current_reorder_point')}"
    if not row["stocked"]:
        start = f"The plan does not stock this part ({alone}{today}): it is bought when it is demanded."
        return write.narrative(start, _reason(write))
    instead = f" instead of {write.percent('current_fill_rate')}" if write.has("current_fill_rate") else ""
    start = (
        f"The plan reorders at {write.pieces('reorder_point')}, {write.pieces('order_quantity')} at a time "
        f"({alone}{today}): {write.percent_interval('fill_rate')} of its demand lines are met at once{instead}, "
        f"with {write.money('stock_value')} of stock."
    )
    return write.narrative(start, _reason(write))


def _level(write: Wording, name: str) -> str:
    value = write.value(name)
    return "none in stock" if value is None or value < 0 else write.pieces(name)


def _reason(write: Wording) -> str:
    return write.text("reason") if write.has("reason") else ""


def effect_expression(currency: str) -> pl.Expr:
    """Column ``effect`` from the columns of PLAN: what the change does, for many rows at once."""
    before, after = pl.col("current_reorder_point"), pl.col("reorder_point")
    from_, to = pieces_text(before), pieces_text(after)
    fill, fill_now = percent_text(pl.col("fill_rate")), percent_text(pl.col("current_fill_rate"))
    lines = pl.col("lines_a_year").round_sig_figs(2)
    count = (
        pl.when(lines >= 10).then(lines.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(lines.cast(pl.String))
    )
    met = pl.format("{} of {} lines a year at once", fill, count)
    better = pl.format("{} instead of {} of {} lines a year at once", fill, fill_now, count)
    money = pl.col("stock_value") - pl.col("current_stock_value")
    amount = amount_text(money.abs().round(0))
    held = (
        pl.when(money >= 0.5)
        .then(pl.format(f"; holds {{}} {currency} more", amount))
        .when(money <= -0.5)
        .then(pl.format(f"; frees {{}} {currency}", amount))
        .otherwise(pl.lit(""))
    )
    quantity, now = pl.col("order_quantity"), pl.col("current_order_quantity")
    gone = pl.col("reason").is_in([ENDED, REPLACED]) & (after < 0)
    text = (
        pl.when(pl.col("reason").eq(ENDED) & (after < 0))
        .then(pl.lit("Not planned any more: it can be ordered or is needed no longer"))
        .when(pl.col("reason").eq(REPLACED) & (after < 0))
        .then(pl.lit("Bought no more: another part takes its demand, and what there is of it is used up first"))
        .when(before.is_null() & (after < 0))
        .then(pl.lit("Bought on demand; today's rule is not known"))
        .when(before.is_null())
        .then(
            pl.format(
                f"Stock it, reorder at {{}}: {{}}, holds {{}} {currency}; today's rule is not known",
                to,
                met,
                amount_text(pl.col("stock_value")),
            )
        )
        .when((before < 0) & (after >= 0))
        .then(pl.format("Stock it, reorder at {}: {}", to, better))
        .when((before >= 0) & (after < 0))
        .then(pl.format("Stock it no longer, buy on demand: {} lines a year", count))
        .when(after > before)
        .then(pl.format("Raise {} to {}: {}", from_, to, better))
        .when(after < before)
        .then(pl.format("Lower {} to {}: {}", from_, to, better))
        .when((after >= 0) & (quantity != now))
        .then(pl.format("Reorder at {} as today: {}", to, better))
        .otherwise(pl.format("As today: {}", met))
    )
    ordered = (
        pl.when((before >= 0) & (after >= 0) & (quantity != now))
        .then(pl.format("; orders {} at a time instead of {}", pieces_text(quantity), pieces_text(now)))
        .otherwise(pl.lit(""))
    )
    return (text + pl.when(gone).then(pl.lit("")).otherwise(ordered + held)).alias("effect")
