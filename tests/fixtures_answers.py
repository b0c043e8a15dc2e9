"""Plausible answers of a warehouse-options study, worked out roughly from its constructed result tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from spareverse.network import study_answers as answers
from spareverse.network.study import Study

_CLASSES = ("first_line", "not_frequent", "capital")
_LEVELS = ("low", "medium", "high")


def study_answers(of: Study, made: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The answers figures are drawn from, worked out roughly from the result tables."""
    filled = {
        "best_options": _best_options(of, made),
        "part_by_part": _part_by_part(of, made["options"]),
        "break_even": _break_even(of),
        "fee_chart": _fee_chart(of, made["periods"]),
        "downtime_switches": _switches(of, made["options"]),
        "tornado": _tornado(of, made["options"]),
        "global_sensitivity": _sobol(of),
        "pareto": _pareto(of, made["options"]),
        "risk_matrix": _risk_matrix(of),
        "matrix_lines": _matrix_lines(of, made),
    }
    return {name: filled.get(name, table.empty()) for name, table in answers.STUDY_ANSWERS.items()}


def _table(table: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(table.schema))


def _best_options(of: Study, made: dict[str, pl.DataFrame]) -> pl.DataFrame:
    lines = made["line_results"].with_columns(cost=pl.col("supply_cost") + pl.col("downtime_cost"))
    whole = made["options"].filter(pl.col("measure") == "total_cost").sort("mean")
    rows = [
        {"part_id": "", "best_option": whole["option"][0], "runner_up": whole["option"][1], "verdict": "clear",
         "total_cost": whole["mean"][0], "availability": 0.95, "saving": whole["mean"][1] - whole["mean"][0],
         "saving_low": 1000.0, "saving_high": 90_000.0, "most_available": of.options[-1].name},
    ]  # fmt: skip
    for (part,), found in lines.sort("cost").group_by(["part_id"], maintain_order=True):
        saving = found["cost"][1] - found["cost"][0]
        close = saving < 0.05 * found["cost"][0]
        rows.append(
            {"part_id": part, "description": found["description"][0], "best_option": found["option"][0],
             "runner_up": found["option"][1], "total_cost": found["cost"][0], "availability": found["availability"][0],
             "saving": saving, "saving_low": 0.8 * saving, "saving_high": 1.2 * saving,
             "most_available": found.sort("availability")["option"][-1],
             "verdict": answers.NOT_ENOUGH if close else "clear"}
        )  # fmt: skip
    return _table(answers.BEST_OPTIONS, rows)


def _part_by_part(of: Study, options: pl.DataFrame) -> pl.DataFrame:
    """Each part its own option: a twentieth better than the first option in every measure."""
    if of.lines.height < 2:
        return answers.PART_BY_PART.empty()
    first = options.filter(pl.col("option") == of.options[0].name)
    rows = [
        {"measure": row["measure"], "unit": row["unit"], "value": 0.95 * row["mean"], "value_low": 0.95 * row["low"],
         "value_high": 0.95 * row["high"], "against": of.options[0].name, "difference": -0.05 * row["mean"],
         "difference_low": -0.06 * row["mean"], "difference_high": -0.04 * row["mean"], "replications": 60}
        for row in first.iter_rows(named=True)
    ]  # fmt: skip
    return _table(answers.PART_BY_PART, rows)


def _break_even(of: Study) -> pl.DataFrame:
    rows = [
        {"option": option.name, "against": against.name, "part_id": "", "lever": "fee_per_month",
         "includes_downtime": False, "today": option.fee.per_month, "value": 2200.0, "value_low": 2150.0,
         "value_high": 2260.0, "unit": "NOK/month", "verdict": "cheaper"}
        for option in of.options if option.fee.per_month
        for against in of.options if not against.fee.per_month
    ]  # fmt: skip
    return _table(answers.BREAK_EVEN, rows)


def _fee_chart(of: Study, periods: pl.DataFrame) -> pl.DataFrame:
    frames = []
    for kind, column in (("parts", "parts_cost"), ("fee", "fee_cost"), ("holding", "holding_cost")):
        frames.append(
            periods.select("option", "period", "until_h", pl.lit(kind).alias("kind"),
                           cumulative=pl.col(column).cum_sum().over("option"))
        )  # fmt: skip
    covered = (pl.col("parts_cost") + pl.col("holding_cost")).cum_sum().over("option")
    frames.append(periods.select("option", "period", "until_h", pl.lit("covered").alias("kind"), cumulative=covered))
    whole = pl.col("cumulative_cost")
    frames.append(periods.select("option", "period", "until_h", pl.lit("total").alias("kind"), cumulative=whole))
    start = pl.concat(frames).filter(pl.col("period") == 1).with_columns(
        period=pl.lit(0, pl.Int64), until_h=pl.lit(0.0), cumulative=pl.lit(0.0)
    )  # fmt: skip
    whole = pl.concat([start, *frames]).filter(pl.col("cumulative").max().over("option", "kind") > 0)
    whole = pl.concat([answers.FEE_CHART.empty(), whole], how="diagonal").select(answers.FEE_CHART.names)
    return whole.sort("option", "kind", "period")


def _switches(of: Study, options: pl.DataFrame) -> pl.DataFrame:
    """The lower envelope of the lines cost + hours x price, by trying every price."""
    lines = {}
    for option in of.options:
        mean = dict(options.filter(pl.col("option") == option.name).select("measure", "mean").iter_rows())
        down = mean["downtime_cost"] / of.economics.downtime_cost_per_h
        lines[option.name] = (mean["total_cost"] - mean["downtime_cost"], down)
    prices = np.arange(0.0, 400.0, 0.1)
    names = list(lines)
    best = np.argmin([cost + down * prices for cost, down in lines.values()], axis=0)
    rows = []
    for place, name in enumerate(names):
        cost, down = lines[name]
        where = np.flatnonzero(best == place)
        row: dict[str, Any] = {"option": name, "cost_without_downtime": cost, "downtime_hours": down, "support": 0.99}
        row |= {"cost_without_downtime_low": 0.99 * cost, "cost_without_downtime_high": 1.01 * cost, "verdict": "clear"}
        row |= {"downtime_hours_low": 0.97 * down, "downtime_hours_high": 1.03 * down}
        if len(where):
            start, end = float(prices[where[0]]), float(prices[where[-1]])
            row |= {"from_cost": start, "from_cost_low": 0.95 * start, "from_cost_high": 1.05 * start}
            if where[-1] < len(prices) - 1:
                row |= {"to_cost": end, "to_cost_low": 0.95 * end, "to_cost_high": 1.05 * end}
        rows.append(row)
    ranks = {row["option"]: rank for rank, row in enumerate(
        sorted((row for row in rows if "from_cost" in row), key=lambda row: row["from_cost"]), 1)}  # fmt: skip
    return _table(answers.DOWNTIME_SWITCHES, [row | {"rank": ranks.get(row["option"])} for row in rows])


def _tornado(of: Study, options: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for option in of.options:
        for measure, size, unit in (("availability", 0.01, ""), ("total_cost", 2e5, "NOK")):
            base = options.filter((pl.col("option") == option.name) & (pl.col("measure") == measure))["mean"][0]
            for place, factor in enumerate(answers.FACTORS):
                if measure == "availability" and place > 3:
                    continue
                swing = size / (place + 1)
                pieces = factor in ("reorder_point", "order_quantity")
                rows.append(
                    {"option": option.name, "measure": measure, "factor": factor, "simulated": place < 4,
                     "low_setting": -1.0 if pieces else 0.8, "high_setting": 1.0 if pieces else 1.2, "base": base,
                     "at_low": -swing, "at_low_low": -1.2 * swing, "at_low_high": -0.8 * swing,
                     "at_high": 0.8 * swing, "at_high_low": 0.6 * swing, "at_high_high": swing, "swing": 1.8 * swing,
                     "verdict": "clear", "unit": unit}
                )  # fmt: skip
    return _table(answers.TORNADO, rows)


def _sobol(of: Study) -> pl.DataFrame:
    rows = []
    for option in of.options:
        for place, factor in enumerate(answers.FACTORS):
            first = 0.5 / (place + 1) ** 1.5
            rows.append(
                {"option": option.name, "measure": "total_cost", "factor": factor, "low_setting": 0.8,
                 "high_setting": 1.2, "first": first, "first_low": 0.8 * first, "first_high": 1.2 * first,
                 "total": 1.2 * first, "total_low": first, "total_high": 1.4 * first, "runs": 512,
                 "noise_share": 0.02, "verdict": "clear"}
            )  # fmt: skip
    return _table(answers.GLOBAL_SENSITIVITY, rows)


def _pareto(of: Study, options: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for option in of.options:
        found = options.filter(pl.col("option") == option.name)
        row: dict[str, Any] = {"option": option.name, "variant": "", "verdict": "efficient"}
        for name in ("availability", "total_cost", "co2_kg"):
            one = found.filter(pl.col("measure") == name).row(0, named=True)
            row |= {name: one["mean"], f"{name}_low": one["low"], f"{name}_high": one["high"]}
        rows.append(row)
    for row in rows:
        better = [
            other["option"] for other in rows if other is not row and other["availability"] >= row["availability"]
            and other["total_cost"] <= row["total_cost"] and other["co2_kg"] <= row["co2_kg"]
        ]  # fmt: skip
        if better:
            row |= {"verdict": "dominated", "dominated_by": better[0]}
    return _table(answers.PARETO, rows)


def _risk_matrix(of: Study) -> pl.DataFrame:
    holds = {"low": ("digital_no_stock",) * 3, "medium": ("central_minimum", "digital_no_stock", "digital_no_stock"),
             "high": ("site_and_central", "central_minimum", "case_by_case")}  # fmt: skip
    rows = []
    for level in _LEVELS:
        for place, spare_class in enumerate(_CLASSES):
            inside = of.lines.filter((pl.col("criticality") == level) & (pl.col("spare_class") == spare_class)).height
            rows.append({"spare_class": spare_class, "criticality": level, "holding": holds[level][place],
                         "parts": inside, "differing": inside // 3, "money": 12_000.0 * (inside // 3)})  # fmt: skip
    return _table(answers.RISK_MATRIX, rows)


def _matrix_lines(of: Study, made: dict[str, pl.DataFrame]) -> pl.DataFrame:
    best = _best_options(of, made).filter(pl.col("part_id") != "")
    frame = best.join(of.lines.select("part_id", "criticality", "spare_class"), on="part_id").with_columns(
        class_source=pl.lit("given"),
        holding=pl.lit("central_minimum"),
        matrix_option=pl.lit(of.options[0].name),
        money=pl.col("saving"),
        money_low=pl.col("saving_low"),
        money_high=pl.col("saving_high"),
        verdict=pl.when(pl.col("best_option") == of.options[0].name)
        .then(pl.lit("agrees"))
        .otherwise(pl.lit("differs")),
    )
    whole = pl.concat([answers.MATRIX_LINES.empty(), frame], how="diagonal")
    return whole.select(answers.MATRIX_LINES.names)
