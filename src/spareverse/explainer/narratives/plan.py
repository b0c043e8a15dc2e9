"""A plan in words: what it does beside today's rule, where the difference comes from, how its proof went."""

from __future__ import annotations

from spareverse.explainer.facts import TEXT, Narrative
from spareverse.explainer.narratives.telling import Row, Telling


def plan_narrative(document: Row, to_decide: int | None = None, *, expert: bool = False) -> Narrative:
    """The document of a kept plan; ``to_decide``: how many of its changes wait for a decision."""
    tell = Telling("plan", "plan", expert)
    summary, proof = document["summary"], document["proof"]
    _facts(tell, summary, str(summary["currency"]))
    _proof_facts(tell, proof)
    tell.put("to_decide", to_decide, "changes", measure="to_decide")
    failed = proof["verdict"] == "missed"
    steps = [_does, _proved] if not failed else [_proved, _does]
    for step in steps:
        step(tell, proof)
    if to_decide is not None:
        tell.say("do.decide" if to_decide else "do.decided")
    if failed:
        tell.say("do.distrust")
    return tell.narrative()


def _facts(tell: Telling, summary: Row, currency: str) -> None:
    tell.put("fill_rate", summary["fill_rate"], "share", measure="fill_rate", period="proposed")
    tell.put("stock_value", summary["stock_value"], currency, measure="stock_value", period="proposed")
    tell.put("parts", summary["parts"], "parts", measure="parts")
    tell.put("parts_stocked", summary["parts_stocked"], measure="parts", period="proposed")
    today = summary.get("today") or {}
    if not today or (summary.get("without_rule") or {}).get("parts"):
        return
    tell.put("today_fill_rate", today["fill_rate"], "share", measure="fill_rate", period="today")
    tell.put("today_stock_value", today["stock_value"], currency, measure="stock_value", period="today")
    changes = {"fill_change": (summary["fill_rate"] - today["fill_rate"], "points", "fill_rate"),
               "stock_change": (summary["stock_value"] - today["stock_value"], currency, "stock_value")}  # fmt: skip
    for name, (value, unit, measure) in changes.items():
        tell.change({name: value}, name, unit, measure=measure, source=f"plan.{measure} less that of today")


def _proof_facts(tell: Telling, proof: Row) -> None:
    for name, column in (("promised", "promised_fill_rate"), ("came", "fill_rate")):
        values = {name: proof.get(column), f"{name}_low": proof.get(f"{column}_low"),
                  f"{name}_high": proof.get(f"{column}_high")}  # fmt: skip
        tell.estimate(values, name, "share", source=f"proof.{column}", measure="fill_rate")
    tell.put("lines", proof.get("lines"), "lines", source="proof.lines")
    tell.put("fit_until", proof.get("fit_until"), source="proof.fit_until")
    tell.put("cause", str(proof.get("cause") or "").rstrip("."), TEXT, source="proof.cause")


def _does(tell: Telling, _: Row) -> None:
    if not tell.has("today_fill_rate"):
        tell.say("happened.alone")
        return
    tell.say("happened.today")
    more = {1: "more", 0: "more", -1: "less"}
    tell.say(f"why.{more[tell.clear('fill_change')]}_{more[tell.clear('stock_change')]}")


def _proved(tell: Telling, proof: Row) -> None:
    tell.say(f"sure.{proof['verdict']}")
    if proof["verdict"] != "kept":
        tell.say("sure.cause")
