"""The five questions of El-Thalji 2025 in sentences, each answered from the table of answers."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.explainer.facts import Narrative
from spareverse.explainer.warehouse import package
from spareverse.explainer.wording import Wording
from spareverse.network.study import Study
from spareverse.network.study_answers import NOT_ENOUGH

LIMITS = {
    "replacement": "the replacement itself takes too long",
    "access": "the asset cannot be reached often enough",
    "supply": "supply takes too long",
}
_UPTIME = {1: "conventional", 3: "digital"}
_STOCK = {2: "conventional", 4: "digital"}


def five_questions(study: Study, questions: pl.DataFrame) -> dict[int, Narrative]:
    """Question -> its answer for the package; ``questions`` as declared (QUESTIONS). Unanswered ones are missing."""
    asked: dict[int, pl.DataFrame] = {
        int(number): rows for (number,), rows in questions.group_by("question", maintain_order=True)
    }
    answered = {}
    for number, rows in sorted(asked.items()):
        if number in _UPTIME:
            answered[number] = _uptime(study, rows, _UPTIME[number])
        elif number in _STOCK:
            answered[number] = _smallest_stock(study, rows, _STOCK[number])
        else:
            answered[number] = _cheaper(study, rows)
    return {number: narrative for number, narrative in answered.items() if narrative.sentences}


def _uptime(study: Study, rows: pl.DataFrame, supply: str) -> Narrative:
    found = package(rows)
    if found.is_empty():
        return Narrative((), ())
    row = found.row(0, named=True)
    # the formula itself is in the table; a sentence only names it
    whole = str(row["method"] or "")
    row["method"] = whole.partition(":")[0].partition(";")[0]
    rough = "approximation" in whole
    write = Wording(row, "questions", study.currency)
    ways = []
    if write.has("exact"):
        if rough:
            name = write.name("method").removesuffix(" (approximation)")
            ways.append(f"about {write.percent('exact')} by {name} (approximation)")
        else:
            ways.append(f"{write.availability('exact')} by {write.name('method')}")
    if write.has("value"):
        ways.append(f"{write.availability('value')} simulated")
    return write.narrative(f"Uptime without stock under {supply} supply: {', '.join(ways)}." if ways else "")


def _smallest_stock(study: Study, rows: pl.DataFrame, supply: str) -> Narrative:
    """One part in full; of a package what all parts need together, and how many cannot reach the target."""
    parts = rows.filter(pl.col("quantity") == "initial_stock")
    out_of_reach = parts.filter(pl.col("verdict") == "unreachable")
    pieces = parts.filter(pl.col("verdict") != "unreachable").select(pl.coalesce("value", "exact").sum()).item()
    row: dict[str, Any] = {
        "target": study.target_availability,
        "pieces": pieces,
        "parts": parts.height - out_of_reach.height,
        "unreachable": out_of_reach.height,
    }
    for quantity in ("reorder_point", "availability"):
        one = rows.filter(pl.col("quantity") == quantity)
        if one.height == 1:
            row |= {f"{quantity}{end}": one[f"value{end}"][0] for end in ("", "_low", "_high")}
            row[quantity] = row[quantity] if row[quantity] is not None else one["exact"][0]
    write = Wording(row, "questions", study.currency)
    asked = f"Smallest stock for {write.availability('target')} availability under {supply} supply"
    if parts.height == 1:
        if out_of_reach.height:
            return write.narrative(f"{asked}: none reaches it, because {LIMITS[str(out_of_reach['limit'][0])]}.")
        return write.narrative(f"{asked}: {_one_stock(write)}.")
    if parts.is_empty():
        return Narrative((), ())
    found = f"{write.count('pieces', 'piece')} over {write.count('parts', 'part')}"
    text = (
        f"{asked}: each part alone reaches it with {found}; parts of one asset multiply, so that the package has less."
    )
    return write.narrative(text, _unreachable(write, out_of_reach))


def _unreachable(write: Wording, parts: pl.DataFrame) -> str:
    """How many parts no stock brings to the target, and what binds them."""
    if parts.is_empty():
        return ""
    reasons = parts.group_by("limit", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    words = []
    for limit, count in reasons.drop_nulls("limit").iter_rows():
        write.derive(f"limited_by_{limit}", count, "questions.limit")
        words.append(f"{LIMITS[limit]} ({write.whole(f'limited_by_{limit}')})")
    why = f", because {' or '.join(words)}" if words else ""
    return f"{write.count('unreachable', 'part')} cannot reach it with any stock{why}."


def _one_stock(write: Wording) -> str:
    text = write.count("pieces", "piece")
    if write.has("reorder_point") and float(write.value("reorder_point")) >= 0:
        text += f", ordering at {write.whole('reorder_point')}"
    return f"{text} ({write.availability('availability')})" if write.has("availability") else text


def _cheaper(study: Study, rows: pl.DataFrame) -> Narrative:
    """Every printing option against every physical one, and the fee up to which it would be cheaper."""
    found = package(rows)
    row: dict[str, Any] = {f"title.{option.name}": option.title or option.name for option in study.options}
    pairs: dict[tuple[str, str], str] = {}
    for one in found.iter_rows(named=True):
        name = f"{one['option']}.{one['against']}.{one['quantity']}"
        row |= {f"{name}{end}": one[f"value{end}"] for end in ("", "_low", "_high")}
        if one["quantity"] == "total_cost":
            pairs[one["option"], one["against"]] = one["verdict"]
    write = Wording(row, "questions", study.currency)
    return write.narrative(*(_one_pair(write, *pair, verdict) for pair, verdict in pairs.items()))


def _one_pair(write: Wording, option: str, against: str, verdict: str) -> str:
    name, titles = f"{option}.{against}", [write.name(f"title.{other}") for other in (option, against)]
    cost = f"{name}.total_cost"
    if verdict == NOT_ENOUGH:
        said = f"{titles[0]} and {titles[1]} cannot be told apart by cost"
    else:
        more = "less" if verdict == "yes" else "more"
        size = f"{cost}.size"
        write.derive(size, abs(float(write.value(cost))), f"|questions.{cost}|")
        low, high = (write.value(f"{cost}_{side}") for side in ("low", "high"))
        if low is not None and high is not None:
            write.derive(f"{size}_low", min(abs(low), abs(high)), f"|questions.{cost}|")
            write.derive(f"{size}_high", max(abs(low), abs(high)), f"|questions.{cost}|")
        said = f"{titles[0]} costs {write.measured(size, write.currency)} {more} than {titles[1]}"
    fee = f"{name}.fee_per_month"
    if write.has(fee) and float(write.value(fee)) > 0.0:
        said += f"; both cost the same at a fee of {write.measured(fee, f'{write.currency}/month')}"
    return f"{said}."
