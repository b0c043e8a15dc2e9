"""El-Thalji 2025: every published figure of the four warehouse scenarios beside ours, under both emergency rules.

The paper shows one simulated run per scenario, as far as can be told. A published figure therefore agrees when it lies
inside the 95 % interval of a single run of ours; the interval of our mean says how well that mean is known. Figures
that were put in, or follow from what was put in by arithmetic, are marked ``input`` and confirm nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from spareverse.examples import platform as example
from spareverse.jit import Progress
from spareverse.network.distributions import Triangular
from spareverse.network.study import HOURS_PER_DAY, HOURS_PER_MONTH, Option, Study
from spareverse.optimisation.warehouse.downtime_switches import switches
from spareverse.optimisation.warehouse.questions import bare
from spareverse.optimisation.warehouse.runs import by_replication
from spareverse.optimisation.warehouse.supplies import CONVENTIONAL
from spareverse.reproduction.cells import Cell, apart, check, given, over_runs, ratio
from spareverse.simulation.study_run import StudyRun, run_study

REPLICATIONS = 300
RULES: tuple[Literal["own_piece", "first_arrival"], ...] = ("own_piece", "first_arrival")
NO_STOCK = "conventional supply, no stock"
PUBLISHED = example.PUBLISHED

CONTRADICTIONS = (
    "The text says that a subscription usually covers parts and holding; the totals charge both in scenarios 2 and 4.",
    "Figure 11 compares the fee with the cost of parts alone, the totals with all costs.",
    "CO2: one point for a shipment in table 1, two in the text.",
    "Weight of a shipment: 0.02 t and 0.1 t; only 0.1 t gives the 20 kg of CO2 charged.",
    "Scenario 3 is called one without safety stock, and orders when 6 of its 7 pieces are left.",
    "The hybrid is called most cost-effective and has the highest operating expenses: 2,020,943 NOK against 706,500.",
    "Scenario 2 has a closed form, 69.3 % availability; the printed 71.9 % is one run, and a lucky one.",
    "Scenario 1 is charged 354 parts at 87 % availability: more than 152,373 hours of work are likely to need.",
)

_GIVEN: dict[str, tuple[str, Callable[[Option], float]]] = {
    "initial_stock": ("pieces", lambda option: option.policy.initial_stock),
    "reorder_point": ("pieces", lambda option: option.policy.reorder_point),
    "order_quantity": ("pieces", lambda option: option.policy.order_quantity if option.policy.initial_stock else 0),
    "lead_time_minimum_days": ("days", lambda option: _lead_time(option).minimum / HOURS_PER_DAY),
    "lead_time_mode_days": ("days", lambda option: _lead_time(option).mode / HOURS_PER_DAY),
    "lead_time_maximum_days": ("days", lambda option: _lead_time(option).maximum / HOURS_PER_DAY),
}
"""Name of an input -> its unit, and what the option has."""
_TABLE_2 = {
    "availability": ("availability", ""),
    "up_hours": ("up_hours", "h"),
    "lead_time_hours": ("lead_time", "h"),
    "global_shipments": ("global_shipments", ""),
    "co2_kg": ("co2", "kg"),
    "transport_cost": ("transport_cost", "NOK"),
    "parts_cost": ("parts_cost", "NOK"),
    "holding_cost": ("holding_cost", "NOK"),
    "fee_cost": ("subscription_cost", "NOK"),
    "total_cost": ("total_cost", "NOK"),
    "failures": ("parts_used", "pieces"),
    "mean_stock": ("mean_stock", "pieces"),
}
"""Measure of ours -> name and unit of the cell; the last two rows are the paper's costs over its prices."""
_REMARKS = {
    "failures": "the paper's cost of parts over 1,500 NOK",
    "mean_stock": "the paper's holding cost over 175,200 h, at 1 NOK per piece and hour",
    "holding_cost": "1 NOK per piece and hour was found by trial",
}


def run(*, seed: int = 0, replications: int = REPLICATIONS, progress: Progress | None = None) -> dict[str, Any]:
    """``{"paper", "seed", "replications", "cells", "contradictions"}``; cells as in the interface.

    ``replications`` (two or more) of every scenario under each rule. The same seed gives the same cells.
    """
    asked = with_question_one(example.study())
    cells = list(_inputs(asked))
    for number, rule in enumerate(RULES):
        done = run_study(
            replace(asked, emergency=rule),
            replications=replications,
            seed=seed,
            trace=0,
            progress=_share(progress, number),
        )
        cells += [*_table_2(done), *_questions(done), *_fees(done), *_downtime_costs(done)]
    return {
        "paper": "el-thalji-2025",
        "seed": seed,
        "replications": replications,
        "cells": cells,
        "contradictions": list(CONTRADICTIONS),
    }


def with_question_one(study: Study) -> Study:
    """The four scenarios and the one the paper's first question asks for: conventional supply without stock."""
    return replace(study, options=(*study.options, replace(bare(study, CONVENTIONAL), name=NO_STOCK)))


def _scenarios(study: Study) -> list[str]:
    return [f"{number} {option.name}" for number, option in enumerate(study.options[:4], start=1)]


def _paper(number: int, measure: str) -> float:
    """A published figure of scenario ``number``, counted from 0."""
    return list(PUBLISHED.values())[number][measure]


def _lead_time(option: Option) -> Triangular:
    if not isinstance(option.lead_time, Triangular):
        raise TypeError(f"{option.name}: the paper's lead times are triangular")
    return option.lead_time


def _inputs(study: Study) -> Iterator[Cell]:
    line, shipment = study.lines.row(0, named=True), study.options[0].transport
    weight_t = (shipment.shipment_weight_kg or 0.0) / 1000.0
    common = (
        ("failures", 18.0, line["failures_per_year"], "1/year"),
        ("horizon", 175_200.0, study.horizon_h, "h"),
        ("replacement", 8.0, example.REPLACEMENT_H, "h"),
        ("unit_price", 1500.0, line["unit_price"], "NOK"),
        ("transport_cost_per_shipment", 3000.0, shipment.cost_per_shipment, "NOK"),
        ("co2_per_shipment", 20.0, shipment.distance_km * weight_t * shipment.co2_kg_per_tonne_km, "kg"),
    )
    for name, paper, ours, unit in common:
        yield given(name, "all scenarios", paper, float(ours), unit)
    for option, scenario in zip(study.options, _scenarios(study), strict=False):
        for name, (unit, ours_of) in _GIVEN.items():
            yield given(name, scenario, PUBLISHED[option.name][name], float(ours_of(option)), unit)


def _table_2(done: StudyRun) -> Iterator[Cell]:
    for column, (option, scenario) in enumerate(zip(done.study.options, _scenarios(done.study), strict=False)):
        label = f"{scenario}, {done.study.emergency}"
        for measure, (name, unit) in _TABLE_2.items():
            paper, runs = PUBLISHED[option.name][measure], by_replication(done, measure)[:, column]
            if np.ptp(runs) == 0.0:
                yield given(name, label, paper, float(runs[0]), unit, "follows from the inputs")
            else:
                yield check(name, label, paper, over_runs(runs), unit, _REMARKS.get(measure, ""))


def _questions(done: StudyRun) -> Iterator[Cell]:
    """Questions 1 and 3: uptime without stock, beside the renewal formula."""
    availability = by_replication(done, "availability")
    for question, supply, column in ((1, "conventional", 4), (3, "digital", 1)):
        option = done.study.options[column]
        paper = PUBLISHED[option.name]["availability"] if column < 4 else None
        exact = example.MEAN_LIFE_H / (example.MEAN_LIFE_H + _lead_time(option).mean + example.REPLACEMENT_H)
        yield check(
            f"question {question}: availability without stock",
            f"{supply} supply, {done.study.emergency}",
            paper,
            over_runs(availability[:, column]),
            remark=f"closed form {exact:.1%}" + ("" if paper else "; no scenario of the paper has it"),
            exact=exact,
        )


def _fees(done: StudyRun) -> Iterator[Cell]:
    """Question 5: the fee and the price per use at which digital supply costs as much as a physical warehouse."""
    months, scenarios = done.study.horizon_h / HOURS_PER_MONTH, _scenarios(done.study)
    parts, total, fee, used = (by_replication(done, m).T for m in ("parts_cost", "total_cost", "fee_cost", "failures"))

    def cell(name: str, digital: int, physical: int, found: Cell, paper: float, unit: str, remark: str = "") -> Cell:
        label = f"{scenarios[digital]} against {scenarios[physical]}, {done.study.emergency}"
        return check(name, label, paper, found, unit, remark)

    for digital, physical in ((1, 0), (3, 2)):
        paper = _paper(physical, "parts_cost") / months
        found = over_runs(parts[physical] / months)
        remark = "figure 11: the fee against the cost of parts alone"
        yield cell("break-even fee, parts alone", digital, physical, found, paper, "NOK/month", remark)
    for digital, physical in ((1, 0), (3, 2), (3, 0)):
        rest = total[digital] - fee[digital]
        paper = (_paper(physical, "total_cost") - _paper(digital, "total_cost") + _paper(digital, "fee_cost")) / months
        remark = "below nought: dearer even when given away" if paper < 0 else ""
        found = apart(total[physical], rest, 1.0 / months)
        yield cell("break-even fee, all costs", digital, physical, found, paper, "NOK/month", remark)
    charged = total[1] - fee[1] - parts[1]
    found = ratio((total[0], charged), (used[1], np.zeros_like(used[1])))
    paper = (_paper(0, "total_cost") - _paper(1, "holding_cost")) / _paper(1, "failures")
    yield cell("break-even pay-per-use price", 1, 0, found, paper, "NOK/piece", "instead of fee and price of parts")


def _downtime_costs(done: StudyRun) -> Iterator[Cell]:
    """The costs of an hour down at which the published figures change their cheapest scenario, by our figures."""
    scenarios = _scenarios(done.study)
    total, up = (by_replication(done, measure).T for measure in ("total_cost", "up_hours"))
    for cheaper, dearer, paper in published_switches(done.study):
        found = ratio((total[dearer], total[cheaper]), (up[dearer], up[cheaper]))
        label = f"{scenarios[cheaper]} below, {scenarios[dearer]} above, {done.study.emergency}"
        remark = "below nought: the second is cheaper at any cost of down time" if found["ours"] < 0 else ""
        yield check("cost of down time at which both cost the same", label, paper, found, "NOK/h", remark)


def published_switches(study: Study) -> list[tuple[int, int, float]]:
    """(scenario cheapest below, scenario cheapest above, NOK/h), from the published totals and hours of work."""
    names = [option.name for option in study.options[:4]]
    cost = np.array([[_paper(number, "total_cost") for number in range(4)]])
    hours = study.horizon_h - np.array([[_paper(number, "up_hours") for number in range(4)]])
    ranked = switches(names, cost, hours).drop_nulls("rank").sort("rank")
    order = [names.index(name) for name in ranked["option"]]
    return [(one, other, price) for (one, other), price in zip(pairwise(order), ranked["from_cost"][1:], strict=True)]


def _share(progress: Progress | None, number: int) -> Progress | None:
    """Progress of the rule ``number``, as a share of the whole."""
    if progress is None:
        return None
    whole: Progress = progress
    return lambda fraction, what: whole((number + fraction) / len(RULES), f"{RULES[number]}: {what}")
