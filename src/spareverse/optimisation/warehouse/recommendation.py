"""What to recommend, and the facts that speak for and against it: ids, values and intervals, no prose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from spareverse.network.study_answers import NOT_ENOUGH, RECOMMENDATION
from spareverse.optimisation.warehouse.best_options import line_costs
from spareverse.optimisation.warehouse.downtime_switches import common_cost
from spareverse.optimisation.warehouse.estimates import Estimate, columns, mean_estimate
from spareverse.optimisation.warehouse.runs import Run, by_replication, estimated, option_names

Fact = dict[str, object]


def recommended(run: Run) -> str:
    """The cheapest option of those that reach the study's target; of all, where none does or there is no target."""
    names = option_names(run)
    cost = by_replication(run, "total_cost").mean(axis=0)
    share = by_replication(run, "availability").mean(axis=0)
    target = run.study.target_availability
    reaching = [place for place in range(len(names)) if target is None or share[place] >= target]
    return names[min(reaching or range(len(names)), key=lambda place: float(cost[place]))]


def recommendation(run: Run, answers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Schema RECOMMENDATION. ``answers``: downtime_switches, break_even, part_by_part and matrix_lines of the run."""
    chosen = recommended(run)
    facts = [
        _fact("recommended_option", chosen, text=chosen, source="options"),
        *_measured(run, chosen),
        *_target(run, chosen),
        *_against_others(run, chosen),
        *_switches(run, answers["downtime_switches"], chosen),
        *_fees(answers["break_even"], chosen),
        *_mixed(run, chosen, answers["part_by_part"]),
        *_matrix(run, answers["matrix_lines"]),
    ]
    return pl.DataFrame(facts, schema=RECOMMENDATION.schema)


def _fact(fact_id: str, about: str, estimate: Estimate | None = None, **more: object) -> Fact:
    fact: Fact = {"fact_id": fact_id, "about": about, "against": "", "verdict": "clear", **more}
    return fact if estimate is None else {**fact, **columns("value", estimate)}


def _measured(run: Run, option: str) -> list[Fact]:
    money = run.study.currency
    units = {"availability": "", "total_cost": money, "net_present_cost": money, "co2_kg": "kg"}
    return [
        _fact(measure, option, estimated(run, measure, option), unit=unit, source="options")
        for measure, unit in units.items()
    ]


def _target(run: Run, option: str) -> list[Fact]:
    target = run.study.target_availability
    if target is None:
        return []
    margin = mean_estimate(by_replication(run, "availability", [option])[:, 0] - target)
    return [_fact("above_target", option, margin, source="options", verdict="clear" if margin.clear else NOT_ENOUGH)]


def _against_others(run: Run, chosen: str) -> list[Fact]:
    """Cost and availability of every other option less those of the chosen one."""
    facts = []
    units = {"total_cost": ("costs_more", run.study.currency), "availability": ("works_more", "")}
    for measure, (name, unit) in units.items():
        base = by_replication(run, measure, [chosen])[:, 0]
        for other in option_names(run):
            if other == chosen:
                continue
            difference = mean_estimate(by_replication(run, measure, [other])[:, 0] - base)
            verdict = "clear" if difference.clear else NOT_ENOUGH
            facts.append(
                _fact(name, other, difference, against=chosen, unit=unit, source="differences", verdict=verdict)
            )
    return facts


def _switches(run: Run, switches: pl.DataFrame, chosen: str) -> list[Fact]:
    """The costs of down time between which the chosen option is the cheapest, where an hour has one cost."""
    facts: list[Fact] = []
    if common_cost(run.study) is None:
        return facts
    for row in switches.filter((pl.col("option") == chosen) & pl.col("rank").is_not_null()).iter_rows(named=True):
        for end in ("from_cost", "to_cost"):
            if row[end] is not None:
                limits = {f"value{tail}": row[f"{end}{tail}"] for tail in ("", "_low", "_high")}
                fact = _fact(f"cheapest_{end}_of_down_time", chosen, source="downtime_switches")
                facts.append({**fact, **limits, "unit": f"{run.study.currency}/h", "verdict": row["verdict"]})
    return facts


def _fees(break_even: pl.DataFrame, chosen: str) -> list[Fact]:
    """Up to which fee the options that print are cheaper: those that concern the chosen one."""
    found = break_even.filter(
        (pl.col("lever") == "fee_per_month") & ((pl.col("option") == chosen) | (pl.col("against") == chosen))
    )
    counted = found["includes_downtime"].any() if found.height else False
    return [
        {
            "fact_id": "break_even_fee",
            "about": row["option"],
            "against": row["against"],
            **{name: row[name] for name in ("value", "value_low", "value_high", "unit")},
            "source": "break_even",
            "verdict": NOT_ENOUGH if row["verdict"] == NOT_ENOUGH else "clear",
        }
        for row in found.filter(pl.col("includes_downtime") == counted).iter_rows(named=True)
    ]


def _mixed(run: Run, chosen: str, mixture: pl.DataFrame) -> list[Fact]:
    """What choosing the best option part by part would save over one option for all: as simulated, else the sum over
    the parts, to which fees are charged as under the options."""
    fact_id, unit = "saved_by_choosing_part_by_part", run.study.currency
    for row in mixture.filter(measure="total_cost").iter_rows(named=True):
        more = [row[f"difference{end}"] for end in ("", "_high", "_low")]
        saving = Estimate(*(np.nan if value is None else -value for value in more))
        verdict = "clear" if saving.clear else NOT_ENOUGH
        return [_fact(fact_id, chosen, saving, unit=unit, source="part_by_part", verdict=verdict)]
    costs = line_costs(run)
    if costs["part_id"].n_unique() < 2:
        return []
    best = costs.group_by("part_id").agg(pl.col("total_cost").min().alias("best"))
    one = run.tables["line_results"].filter(pl.col("option") == chosen).join(best, on="part_id")
    saved = one.select((pl.col("supply_cost") + pl.col("downtime_cost") - pl.col("best")).sum()).item()
    return [{**_fact(fact_id, chosen, unit=unit, source="line_results"), "value": saved}]


def _matrix(run: Run, lines: pl.DataFrame) -> list[Fact]:
    differing = lines.filter(pl.col("verdict") == "differs")
    count = _fact("parts_that_differ_from_the_matrix", "", source="matrix_lines")
    money = _fact("cost_of_following_the_matrix", "", source="matrix_lines", unit=run.study.currency)
    return [{**count, "value": float(differing.height)}, {**money, "value": differing["money"].sum()}]
