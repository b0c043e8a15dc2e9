"""What a study's run shows in a terminal: the decision, the comparison, the questions, prices and switches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spareverse.cli import screen

if TYPE_CHECKING:
    import polars as pl

    from spareverse.network.study import Study
    from spareverse.twin.warehouse_study import StudyResult


def study_document(result: StudyResult) -> dict[str, Any]:
    """Everything but single runs and events, as one JSON document."""
    from spareverse.explainer.warehouse_questions import five_questions

    study, tables, answers = result.run.study, result.tables, result.answers
    shown = ("options", "differences", "line_results", "periods")
    told = five_questions(study, answers["questions"])
    return {
        **result.document,
        "decision": result.decision.document(),
        "five_questions": {str(number): narrative.document() for number, narrative in told.items()},
        **{name: screen.records(tables[name]) for name in shown},
        "answers": {name: screen.records(frame) for name, frame in answers.items()},
    }


def show_study(result: StudyResult) -> None:
    """Print the decision first, then what it rests on."""
    from spareverse.explainer.warehouse_questions import five_questions
    from spareverse.figures.warehouse.comparison_table import comparison_rows
    from spareverse.optimisation.warehouse.part_by_part import with_mixture

    study, tables, answers = result.run.study, result.tables, result.answers
    for sentence in result.decision.sentences:
        screen.say(sentence)
    screen.say()
    options, results = with_mixture(study, tables["options"], answers)
    titles = [option.title or option.name for option in options]
    title = f"{study.name}: means over {study.horizon_h / 8760:g} years, 95 % interval in brackets"
    screen.table(title, ("", *titles), comparison_rows(replace(study, options=options), results), right=titles)
    for number, narrative in five_questions(study, answers["questions"]).items():
        screen.say(f"{number}. {narrative.text}")
    screen.say()
    _show_prices(study, answers["break_even"])
    _show_switches(study, answers["downtime_switches"])
    for text in study.notes:
        screen.remark(f"* {text}")


def _show_prices(study: Study, prices: pl.DataFrame) -> None:
    """Break-even fees and prices against the physical warehouses."""
    import polars as pl

    from spareverse.explainer.warehouse import package
    from spareverse.figures import numbers

    shelves = [option.name for option in study.options if option.warehouse == "physical"]
    found = package(prices).filter(pl.col("against").is_in(shelves))
    found = found.filter(pl.col("includes_downtime") == found["includes_downtime"].any())
    if found.is_empty():
        return
    titles = {option.name: option.title or option.name for option in study.options}
    levers = {
        "fee_per_month": "subscription",
        "pay_per_use": "price per use",
        "pay_per_use_alone": "price per use, no subscription",
    }
    rows = (
        (
            titles[row["option"]],
            titles[row["against"]],
            levers[row["lever"]],
            numbers.measured(row["value"], row["value_low"], row["value_high"]),
            numbers.digits(row["today"], 6),
            row["unit"],
            row["verdict"].replace("_", " "),
        )
        for row in found.iter_rows(named=True)
    )
    columns = ("option", "costs the same as", "at a", "of", "today", "unit", "verdict")
    counted = bool(found["includes_downtime"].any())
    title = f"Break-even prices, down time {'counted' if counted else 'not counted'}"
    screen.table(title, columns, rows, right=("of", "today"))
    if counted:
        screen.say(price_of_down_time(study))
        screen.say()


def price_of_down_time(study: Study) -> str:
    """At what cost of an hour down the prices compare."""
    from spareverse.figures import numbers
    from spareverse.optimisation.warehouse.downtime_switches import common_cost

    common = common_cost(study)
    if common is None:
        return "Down time at what it costs on each asset and in each month."
    return f"Down time at one common cost: {numbers.digits(common)} {study.currency} an hour on every asset."


def scale_of_switches(study: Study) -> str:
    """What the scale of the switches takes to be alike, and whether the study's own totals lie on it."""
    from spareverse.optimisation.warehouse.downtime_switches import common_cost

    text = "At one common cost of an hour down: the same on every asset and in every month."
    if common_cost(study) is not None:
        return text
    return f"{text} Those of this study differ, so that its totals stand at no point of this scale."


def _show_switches(study: Study, switches: pl.DataFrame) -> None:
    from spareverse.figures import numbers

    titles = {option.name: option.title or option.name for option in study.options}

    def edge(row: dict[str, Any], name: str, missing: str) -> str:
        if row["rank"] is None or row[name] is None:
            return "-" if row["rank"] is None else missing
        return numbers.measured(row[name], row[f"{name}_low"], row[f"{name}_high"])

    rows = (
        (
            titles[row["option"]],
            edge(row, "from_cost", "0"),
            edge(row, "to_cost", "without end"),
            numbers.measured(
                row["cost_without_downtime"], row["cost_without_downtime_low"], row["cost_without_downtime_high"]
            ),
            numbers.measured(row["downtime_hours"], row["downtime_hours_low"], row["downtime_hours_high"]),
            "never cheapest" if row["rank"] is None else row["verdict"].replace("_", " "),
        )
        for row in switches.sort("rank", nulls_last=True, maintain_order=True).iter_rows(named=True)
    )
    money = study.currency
    columns = ("cheapest option", f"from, {money}/h", f"to, {money}/h", f"cost, {money}", "hours down", "verdict")
    screen.table("Cheapest option by the cost of an hour down", columns, rows, right=columns[1:5])
    screen.say(scale_of_switches(study))
