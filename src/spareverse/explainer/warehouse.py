"""A warehouse-options study in sentences: which option to take, how sure that is, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from spareverse.explainer.facts import Narrative
from spareverse.explainer.wording import Wording
from spareverse.figures import numbers
from spareverse.network.study import HOURS_PER_YEAR, Study
from spareverse.network.study_answers import NOT_ENOUGH
from spareverse.optimisation.warehouse.downtime_switches import common_cost
from spareverse.simulation.study_network import stocked_lines

RULES = {
    "first_arrival": "A failure without a spare orders one piece more; the asset takes whichever piece comes first.",
    "own_piece": "A failure without a spare orders one piece for the asset alone, which waits for that very piece.",
    "none": "A failure without a spare waits for the ordinary replenishment.",
}

ENDS = ("", "_low", "_high")

Tables = Mapping[str, pl.DataFrame]


def decision(study: Study, tables: Tables, answers: Tables) -> Narrative:
    """The decision first, then its margin, its price in availability, what the fee may be, and the rule of the run.

    ``tables``: results of a run (``study_tables``); ``answers``: what was concluded from them (``study_answers``).
    """
    write = Wording(figures(study, tables, answers), "run", study.currency)
    priced = _downtime_is_priced(tables)
    return write.narrative(
        _headline(write, study, answers, priced=priced),
        _recommended(write, study, answers),
        _assets(write, study, answers),
        _margin(write, answers, "" if priced else ", down time not counted"),
        _most_available(write, answers),
        _switches(write, answers) if priced and common_cost(study) is not None else "",
        _target(write, study, tables),
        *_break_even(write, study, answers, priced=priced),
        _unused(write, tables),
        _carbon(write, tables),
        _stocks(write),
        write.text("study.rule"),
        f"{write.count('run.replications', 'run')} of each option, with the same random numbers.",
    )


def figures(study: Study, tables: Tables, answers: Tables) -> dict[str, Any]:
    """Every figure a sentence may use, named ``table.row.column``; limits as ``..._low`` and ``..._high``."""
    lines = stocked_lines(study)
    found: dict[str, Any] = {
        "study.years": study.horizon_h / HOURS_PER_YEAR,
        "study.options": len(study.options),
        "study.assets": lines["asset_id"].n_unique(),
        "study.lines": lines.height,
        "study.stocks": lines["stock_part"].n_unique(),
        "study.rule": RULES[study.emergency],
        "study.target": study.target_availability,
        "run.replications": tables["replications"]["replication"].n_unique(),
    }
    for option in study.options:
        found[f"title.{option.name}"] = option.title or option.name
        found[f"study.{option.name}.fee"] = option.fee.per_month
    for row in tables["options"].iter_rows(named=True):
        name = f"options.{row['option']}.{row['measure']}"
        found |= {name: row["mean"], f"{name}_low": row["low"], f"{name}_high": row["high"]}
    for row in tables["differences"].iter_rows(named=True):
        there = f"differences.{row['option']}.{row['against']}.{row['measure']}"
        found |= {there: row["mean"], f"{there}_low": row["low"], f"{there}_high": row["high"]}
    for row in package(answers["best_options"]).iter_rows(named=True):
        found |= {f"best.{column}": value for column, value in row.items()}
    for row in answers["downtime_switches"].iter_rows(named=True):
        found |= {f"switch.{row['option']}.{column}": value for column, value in row.items()}
    for row in package(answers["break_even"]).iter_rows(named=True):
        kind = "total" if row["includes_downtime"] else "supply"
        name = f"break_even.{row['option']}.{row['against']}.{row['lever']}.{kind}"
        found |= {f"{name}.{column}": value for column, value in row.items()}
    return found


def package(answer: pl.DataFrame) -> pl.DataFrame:
    """The rows of an answer that are about the whole package."""
    return answer.filter(pl.col("part_id").fill_null("") == "")


def _downtime_is_priced(tables: Tables) -> bool:
    options = tables["options"]
    return bool((options.filter(pl.col("measure") == "downtime_cost")["mean"] > 0).any())


def _headline(write: Wording, study: Study, answers: Tables, *, priced: bool) -> str:
    best = _best(answers)
    if best is None:
        return f"{write.name(f'title.{study.options[0].name}')} was simulated; there is nothing to compare it with."
    if priced:
        return _cheapest(write, best, "down time included")
    return _switches(write, answers) or _cheapest(write, best, "down time not counted")


def _cheapest(write: Wording, best: str, counted: str) -> str:
    start = f"{_title(write, best)} is the cheapest of {write.whole('study.options')} options"
    cost = write.measured(f"options.{best}.total_cost", write.currency)
    works = write.availability(f"options.{best}.availability")
    assets = int(write.value("study.assets"))
    mean = f" (mean of {write.whole('study.assets')} assets)" if assets > 1 else ""
    years = write.number("study.years", unit="years")
    return f"{start}: {cost} over {years} years, {counted}, at {works} availability{mean}."


def _recommended(write: Wording, study: Study, answers: Tables) -> str:
    """The cheapest option that reaches the target; where it is not the cheapest, both are named."""
    facts = answers["recommendation"].filter(pl.col("fact_id") == "recommended_option")
    best = _best(answers)
    if best is None or facts.is_empty():
        return ""
    chosen = str(facts["text"][0])
    if study.target_availability is None:
        return f"Recommended: {_title(write, chosen)}, the cheapest."
    target = write.availability("study.target")
    if float(write.value(f"options.{chosen}.availability") or 0.0) < study.target_availability:
        return f"Recommended: {_title(write, chosen)}, the cheapest; no option reaches the target of {target}."
    text = f"Recommended: {_title(write, chosen)}, the cheapest that reaches the target of {target}"
    if chosen == best:
        return f"{text}."
    missed = write.availability(f"options.{best}.availability")
    more = f"differences.{chosen}.{best}.total_cost"
    dearer = f" and costs {write.measured(more, write.currency)} less" if write.has(more) else ""
    return f"{text}; {_title(write, best)} misses it at {missed}{dearer}."


def _assets(write: Wording, study: Study, answers: Tables) -> str:
    """Of many assets: how long all the critical ones work at once."""
    facts = answers["recommendation"].filter(pl.col("fact_id") == "recommended_option")
    option = str(facts["text"][0]) if facts.height else _best(answers)
    name = f"options.{option}.system_availability"
    if int(write.value("study.assets")) < 2 or option is None or not write.has(name):
        return ""
    works = write.availability(name)
    return f"All critical assets work at once {works} of the time under {_title(write, option)}."


def _switches(write: Wording, answers: Tables) -> str:
    """Where, on the scale of what an hour down costs, the cheapest option changes."""
    ranked = answers["downtime_switches"].drop_nulls("rank").sort("rank")
    sure = ranked.filter(pl.col("verdict") != NOT_ENOUGH)["option"].to_list()
    unsure = ranked.filter(pl.col("verdict") == NOT_ENOUGH)["option"].to_list()
    if not sure:
        return ""
    if len(sure) == 1:
        text = f"{_title(write, sure[0])} is cheapest whatever an hour down costs"
    else:
        edges = [write.measured(f"switch.{option}.from_cost", f"{write.currency}/h") for option in sure[1:]]
        parts = [f"{_title(write, sure[0])} is cheapest below {edges[0]}"]
        parts += [f"{_title(write, option)} up to {edge}" for option, edge in zip(sure[1:-1], edges[1:], strict=True)]
        text = f"What an hour down costs decides: {', '.join([*parts, _title(write, sure[-1])])} above"
    if unsure:
        names = _listed([_title(write, option) for option in unsure])
        text += f"; whether {names} is cheapest anywhere is not clear of noise"
    return f"{text}."


def _margin(write: Wording, answers: Tables, counted: str) -> str:
    best = _best(answers)
    if best is None or not write.has("best.runner_up", "best.saving"):
        return ""
    saving, other = write.measured("best.saving", write.currency), _title(write, str(write.value("best.runner_up")))
    if write.value("best.verdict") == NOT_ENOUGH:
        return (
            f"The lead of {_title(write, best)} over {other}, {saving}, is not clear of noise: run more replications."
        )
    return f"{_title(write, best)} costs {saving} less than {other}, the next cheapest{counted}."


def _most_available(write: Wording, answers: Tables) -> str:
    best, most = _best(answers), write.value("best.most_available")
    lead = f"differences.{most}.{best}.availability_low"
    if best is None or not most or most == best or (write.has(lead) and float(write.value(lead)) <= 0.0):
        return ""
    shares = (f"options.{name}.availability" for name in (most, best))
    told = {numbers.measured(*(write.value(f"{name}{end}") for end in ENDS), share=True, limits=False)
            for name in shares}  # fmt: skip
    if len(told) == 1:
        return ""
    more = f"differences.{most}.{best}.total_cost"
    text = (
        f"{_title(write, str(most))} works more of the time, {write.availability(f'options.{most}.availability')} "
        f"against {write.availability(f'options.{best}.availability')}"
    )
    return f"{text}, and costs {write.measured(more, write.currency)} more." if write.has(more) else f"{text}."


def _target(write: Wording, study: Study, tables: Tables) -> str:
    """Which options reach the wanted availability with their whole interval."""
    if study.target_availability is None:
        return ""
    lows = tables["options"].filter(pl.col("measure") == "availability").select("option", "low").rows()
    reached = [option for option, low in lows if low is not None and low >= study.target_availability]
    target = write.availability("study.target")
    if not reached:
        return f"No option reaches the target of {target}; the answers name the smallest stock that would."
    return f"The target of {target} is reached by {_listed([_title(write, option) for option in reached])}."


def _break_even(write: Wording, study: Study, answers: Tables, *, priced: bool) -> list[str]:
    """For each subscription: the fee up to which the option beats the cheapest option without one."""
    rows = package(answers["break_even"]).filter(
        (pl.col("lever") == "fee_per_month") & (pl.col("includes_downtime") == priced)
    )
    free = [option.name for option in study.options if not option.fee.per_month]
    free = [name for name in free if write.has(f"options.{name}.total_cost")]
    sentences = []
    for option in study.options:
        against = rows.filter((pl.col("option") == option.name) & pl.col("against").is_in(free))["against"].to_list()
        if not option.fee.per_month or not against:
            continue
        other = min(against, key=lambda name: float(write.value(f"options.{name}.total_cost") or 0.0))
        sentences.append(_one_break_even(write, option.name, other, priced=priced))
    return sentences


def _one_break_even(write: Wording, option: str, other: str, *, priced: bool) -> str:
    name = f"break_even.{option}.{other}.fee_per_month.{'total' if priced else 'supply'}"
    counted = f"down time {'' if priced else 'not '}counted"
    if write.value(f"{name}.verdict") == "never":
        return f"{_title(write, option)} would cost more than {_title(write, other)} even without its fee, {counted}."
    fee, today = write.measured(f"{name}.value", f"{write.currency}/month"), write.money(f"study.{option}.fee")
    return (
        f"The subscription of {_title(write, option)} pays up to {fee} against {_title(write, other)}, "
        f"{counted} (today {today})."
    )


def _unused(write: Wording, tables: Tables) -> str:
    """The largest stock left over: bought and never used."""
    left = _extreme(tables, "unused_value", largest=True)
    if left is None or not write.has(f"options.{left}.unused_value"):
        return ""
    if not write.value(f"options.{left}.unused_value"):
        return ""
    pieces = write.measured(f"options.{left}.unused_pieces", "pieces")
    value = write.measured(f"options.{left}.unused_value", write.currency)
    return f"{_title(write, left)} ends with {pieces} never used, worth {value}."


def _stocks(write: Wording) -> str:
    """Lines and stocks are counted apart where tags share a part or an interchange group."""
    if int(write.value("study.stocks")) >= int(write.value("study.lines")):
        return ""
    lines, stocks = write.count("study.lines", "line"), write.count("study.stocks", "stock")
    return f"{lines} draw on {stocks}: tags of one part or interchange group share it."


def _carbon(write: Wording, tables: Tables) -> str:
    most, least = (_extreme(tables, "co2_kg", largest=largest) for largest in (True, False))
    if most is None or least is None or write.value(f"options.{most}.co2_kg") == write.value(f"options.{least}.co2_kg"):
        return ""
    high, low = (write.measured(f"options.{option}.co2_kg", "kg") for option in (most, least))
    return f"Transport emits {high} of CO2 under {_title(write, most)} and {low} under {_title(write, least)}."


def _extreme(tables: Tables, measure: str, *, largest: bool) -> str | None:
    found = tables["options"].filter(pl.col("measure") == measure).drop_nulls("mean").sort("mean", descending=largest)
    return str(found["option"][0]) if found.height else None


def _best(answers: Tables) -> str | None:
    found = package(answers["best_options"])
    return str(found["best_option"][0]) if found.height and found["verdict"][0] != "only" else None


def _title(write: Wording, option: str) -> str:
    return write.name(f"title.{option}")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
