"""A stream that has left what it was, in words: what changed, from where to where, since when, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spareverse.explainer.facts import TEXT, Narrative
from spareverse.explainer.narratives.telling import Row, Telling

MEASURES: Mapping[str, str] = {
    "demand": "demand", "lead time": "lead_time", "lateness": "lateness", "dispersion": "dispersion",
}  # fmt: skip
"""Streams of the monitors, as the lexicon of grounding knows them; the others watch concentration."""
UNITS: Mapping[str, str] = {"times the usual": "times", "Herfindahl index": "", "variance/mean": "", "d": "days"}
LEAST_RATE = 1e-3
"""False discovery rates below this are only said to be."""


def alarm_narrative(
    row: Row, monitors: Sequence[str] = (), *, trouble: Row | None = None, expert: bool = False
) -> Narrative:
    """One row of ALARMS; ``monitors``: all that noticed it; ``trouble``: the row of TROUBLES it is evidence of."""
    kind, stream = str(row["subject_kind"]), str(row["stream"])
    about = {} if kind == "company" else {kind: str(row["subject_id"])}
    about |= {"place": str(row["place_id"])} if row["place_id"] else {}
    tell = Telling("alarm", "alarms", expert, about)
    for name, value in about.items():
        tell.put("where" if name == "place" else "subject", value, name, source="alarms.subject_id")
    _levels(tell, row, MEASURES.get(stream, "concentration"))
    of = "company" if kind == "company" else "at" if row["place_id"] else "of"
    words = {
        "stream": stream,
        "kind": kind,
        "moved": {"up": "rose", "down": "fell"}.get(str(row["direction"]), "moved"),
    }
    scale = {"times the usual": " what is usual"}.get(str(row["unit"]), "")
    sides = {f"{when}_side": "early" if (row[when] or 0.0) < 0 else "late" for when in ("before", "after")}
    tell.say(f"happened.{of}.{_form(tell, row)}", **words, **sides, scale=scale)
    _days(tell, row)
    days = "since.still" if tell.has("last") else "since.days"
    tell.say(days if row["raised"] else "since.run", monitors=" and ".join(monitors or (str(row["monitor"]),)))
    if trouble is not None and trouble["alarms"] > 1:
        _behind(tell, row, trouble)
    if expert:
        _sure(tell, row)
    return tell.narrative()


def _behind(tell: Telling, row: Row, trouble: Row) -> None:
    """How many alarms of what stand behind it, and the wider trouble it is only a sign of."""
    tell.put("alarms", trouble["alarms"], "alarms", about={}, source="troubles.alarms")
    tell.put("evidence", trouble["evidence"], TEXT, about={}, source="troubles.evidence")
    kind, name = str(trouble["subject_kind"]), trouble["subject_id"]
    if (kind, name) == (row["subject_kind"], row["subject_id"]):
        tell.say("behind.alarms")
        return
    words = {"stream": str(trouble["stream"]), "kind": kind}
    tell.put("wider", name, kind, about={}, source="troubles.subject_id")
    tell.say("behind.wider_company" if kind == "company" else "behind.wider", **words)


def _levels(tell: Telling, row: Row, measure: str) -> None:
    unit = UNITS.get(str(row["unit"] or ""), str(row["unit"] or ""))
    for when in ("before", "after"):
        tell.estimate(row, when, unit, measure=measure)
    sign = {"up": 1, "down": -1}.get(str(row["direction"]), 0)
    tell.put("went", row["direction"], "direction", measure=measure, direction=sign)
    if _agrees(row):
        moved = {"moved": row["after"] - row["before"]}
        tell.change(moved, "moved", unit, measure=measure, source="alarms.after less alarms.before")


def _agrees(row: Row) -> bool:
    """Whether the levels moved as the monitor says: it goes by ranks, and what rises in most cases may fall on average,
    which is what the levels are."""
    if row["before"] is None or row["after"] is None:
        return False
    return bool((row["after"] - row["before"]) * (1 if row["direction"] == "up" else -1) >= 0)


def _form(tell: Telling, row: Row) -> str:
    if not tell.has("before", "after"):
        return "moved"
    if not _agrees(row):
        return "against"
    return "sides" if min(row["before"], row["after"]) < 0 else "levels"  # lateness: some come before their promise


def _days(tell: Telling, row: Row) -> None:
    for name in ("since", "raised"):
        if row[name] is not None:
            tell.put(name, row[name].isoformat(), source=f"alarms.{name}")
        tell.put(f"{name}_day", row[f"{name}_day"], source=f"alarms.{name}_day")
    if row.get("last") is not None and row["last"] != row["raised"]:
        tell.put("last", row["last"].isoformat(), source="troubles.last")


def _sure(tell: Telling, row: Row) -> None:
    tell.put("run_length", row["run_length"], "periods", about={})
    tell.put("q_value", row["q_value"], about={})
    tell.put("least_rate", LEAST_RATE, about={}, source="alarms.q_value")
    tell.put("remark", str(row["remark"] or ""), TEXT)
    tell.say("sure.rate_below" if (row["q_value"] or 0.0) < LEAST_RATE else "sure.rate")
    tell.say("sure.run_length")
    tell.say("sure.remark")
