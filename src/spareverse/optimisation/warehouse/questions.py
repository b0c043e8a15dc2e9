"""The five questions of El-Thalji 2025, for each part and for the package.

1 and 3: uptime without stock under conventional and under digital supply. 2 and 4: smallest stock that reaches the
target under each. 5: is digital supply cheaper, and up to which fee or price per piece.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import polars as pl

from spareverse.network.study import Option, Study
from spareverse.network.study_answers import NOT_ENOUGH, QUESTIONS
from spareverse.network.study_tables import STUDY_STOCK
from spareverse.optimisation.warehouse.best_options import NORMAL, line_costs, order_of_parts
from spareverse.optimisation.warehouse.estimates import Estimate, columns, mean_estimate
from spareverse.optimisation.warehouse.runs import Run, Simulate, by_replication, estimated
from spareverse.optimisation.warehouse.stock_ladder import Exact, exact, step
from spareverse.optimisation.warehouse.stock_search import alone
from spareverse.optimisation.warehouse.supplies import (
    CONVENTIONAL,
    DIGITAL,
    part_supplies,
    supply_options,
)
from spareverse.simulation.study_network import stocked_lines

UPTIME = {CONVENTIONAL: 1, DIGITAL: 3}
STOCK = {CONVENTIONAL: 2, DIGITAL: 4}
CHEAPER = 5

Row = dict[str, object]


def questions(run: Run, stock: pl.DataFrame, break_even: pl.DataFrame, uptimes: Uptimes | None = None) -> pl.DataFrame:
    """Schema QUESTIONS.

    stock
        Schema SMALLEST_STOCK: the answers to 2 and 4.
    break_even
        Schema BREAK_EVEN: the fees of 5.
    uptimes
        Of ``simulated_uptimes``; without them 1 and 3 have the closed form alone.
    """
    rows = [*_uptimes(run.study, uptimes), *_stocks(stock), *_package_costs(run), *_fees(run.study, break_even)]
    found = pl.concat([pl.DataFrame(rows, schema=QUESTIONS.schema), _part_costs(run)])
    places = pl.concat([pl.DataFrame({"part_id": [""]}), order_of_parts(run)]).with_row_index("place")
    return found.join(places, on="part_id", how="left").sort("question", "place", maintain_order=True).drop("place")


def without_stock(study: Study) -> Study:
    """The same study with two options at most: everything ordered on demand, by conventional and digital supply.

    A part that does not qualify for printing then follows the conventional supply.
    """
    options = tuple(bare(study, supply) for supply in supply_options(study))
    return replace(study, options=options, stock=STUDY_STOCK.empty())


def bare(study: Study, supply: str) -> Option:
    """The option that stands for a supply, without any stock."""
    names = supply_options(study)
    option = study.option(names[supply])
    fallback = names.get(CONVENTIONAL) if option.qualified_only and supply == DIGITAL else None
    return replace(
        option,
        policy=step(option.policy, 0),
        central=None,
        transfer=None,
        target_availability=None,
        qualified_only=fallback is not None,
        fallback=fallback,
    )


class Uptimes(NamedTuple):
    """Runs without stock: of the package, and of its parts each on assets of its own."""

    package: Run
    parts: Run


def simulated_uptimes(study: Study, simulate: Simulate, *, replications: int, seed: int) -> Uptimes:
    """What the questions 1 and 3 need; parts that share no asset with another need no run of their own."""
    package = without_stock(study)
    run = simulate(package, replications=replications, seed=seed)
    lines = stocked_lines(study)
    if lines["asset_id"].n_unique() == lines.height:
        return Uptimes(run, run)
    return Uptimes(run, simulate(alone(package), replications=replications, seed=seed))


def _uptimes(study: Study, uptimes: Uptimes | None) -> list[Row]:
    rows = []
    for supply, name in supply_options(study).items():
        closed = _exact_uptimes(study, supply)
        simulated = {} if uptimes is None else _simulated(uptimes, name)
        for part, form in closed.items():
            estimate = simulated.get(part)
            row: Row = {
                "question": UPTIME[supply],
                "part_id": part,
                "supply": supply,
                "option": name,
                "quantity": "availability",
                "exact": form.availability,
                "method": form.method,
                "unit": "",
                "verdict": "exact_only" if estimate is None else "answered",
            }
            rows.append(row if estimate is None else {**row, **columns("value", estimate)})
    return rows


def _exact_uptimes(study: Study, supply: str) -> dict[str, Exact]:
    """The package under "" first, then each part.

    Package: mean over assets of 1 / (1 + sum of down / up of its parts), exact while a standing asset does not age.
    """
    option = bare(study, supply)
    others = bare(study, CONVENTIONAL) if option.fallback is not None else option
    found = {part.part_id: exact(others.policy, part) for part in part_supplies(study, others)}
    found |= {part.part_id: exact(option.policy, part) for part in part_supplies(study, option)}
    shares = {part: form.availability for part, form in found.items()}
    down = 1.0 / pl.col("stock_part").replace_strict(shares, return_dtype=pl.Float64) - 1.0
    assets = (
        stocked_lines(study)
        .unique(["asset_id", "stock_part"], maintain_order=True)
        .group_by("asset_id", maintain_order=True)
        .agg((1.0 / (1.0 + down.sum())).alias("availability"))
    )
    methods = sorted({form.method for form in found.values()})
    series = "" if assets.height == study.lines.height else "; parts in series"
    package = Exact(float(assets.select(pl.col("availability").mean()).item()), " / ".join(methods) + series)
    return {"": package, **found}


def _simulated(uptimes: Uptimes, option: str) -> dict[str, Estimate]:
    found = {"": estimated(uptimes.package, "availability", option)}
    lines = uptimes.parts.tables["line_results"].filter(pl.col("option") == option)
    for part, *limits in lines.select("part_id", "availability", "availability_low", "availability_high").iter_rows():
        found[part] = Estimate(*limits)
    return found


def _stocks(stock: pl.DataFrame) -> list[Row]:
    rows = []
    for found in stock.iter_rows(named=True):
        simulated = found["replications"] is not None
        row: Row = {
            "question": STOCK[found["supply"]],
            "part_id": found["part_id"],
            "supply": found["supply"],
            "option": found["option"],
            "method": found["method"],
            "limit": found["limit"],
            "verdict": "answered" if found["verdict"] == "confirmed" else found["verdict"],
        }
        for quantity, closed in (("initial_stock", "exact_stock"), ("reorder_point", "exact_reorder_point")):
            value = found[quantity] if simulated else None
            rows.append({**row, "quantity": quantity, "exact": found[closed], "value": value, "unit": "pieces"})
        limits = {f"value{end}": found[f"availability{end}"] for end in ("", "_low", "_high")}
        rows.append({**row, "quantity": "availability", "exact": found["exact_availability"], **limits, "unit": ""})
    return rows


def _package_costs(run: Run) -> list[Row]:
    """Every option that prints against every one that does not."""
    rows = []
    names = [option.name for option in run.study.options]
    cost = dict(zip(names, by_replication(run, "total_cost", names).T, strict=True))
    for option, against in _pairs(run.study):
        difference = mean_estimate(cost[option] - cost[against])
        verdict = NOT_ENOUGH if not difference.clear else "yes" if difference.value < 0.0 else "no"
        row: Row = {"question": CHEAPER, "part_id": "", "supply": DIGITAL, "option": option, "against": against}
        row |= {"quantity": "total_cost", "unit": run.study.currency, "verdict": verdict}
        rows.append({**row, **columns("value", difference)})
    return rows


def _pairs(study: Study) -> list[tuple[str, str]]:
    printing = [option.name for option in study.options if option.warehouse != "physical"]
    physical = [option.name for option in study.options if option.warehouse == "physical"]
    return [(option, against) for option in printing for against in physical]


def _part_costs(run: Run) -> pl.DataFrame:
    """Per part the cheapest option that prints against the cheapest that does not."""
    printing = [option.name for option in run.study.options if option.warehouse != "physical"]
    cheapest = line_costs(run).sort("total_cost", maintain_order=True)
    cheapest = cheapest.with_columns(pl.col("option").is_in(printing).alias("prints")).unique(
        ["part_id", "prints"], keep="first", maintain_order=True
    )
    columns_kept = ("part_id", "option", "total_cost", "cost_error")
    both = cheapest.filter("prints").select(columns_kept).join(
        cheapest.filter(~pl.col("prints")).select(columns_kept), on="part_id", suffix="_against"
    )  # fmt: skip
    value = pl.col("total_cost") - pl.col("total_cost_against")
    half = NORMAL * (pl.col("cost_error") ** 2 + pl.col("cost_error_against") ** 2).sqrt()
    limits = both.with_columns(
        value.alias("value"), (value - half).alias("value_low"), (value + half).alias("value_high")
    )
    return limits.select(
        pl.lit(CHEAPER, dtype=pl.Int64).alias("question"),
        "part_id",
        pl.lit(DIGITAL).alias("supply"),
        "option",
        pl.col("option_against").alias("against"),
        pl.lit("total_cost").alias("quantity"),
        pl.lit(None, dtype=pl.Float64).alias("exact"),
        pl.lit(None, dtype=pl.String).alias("method"),
        "value",
        "value_low",
        "value_high",
        pl.lit(run.study.currency).alias("unit"),
        pl.when(pl.col("value_high") < 0.0)
        .then(pl.lit("yes"))
        .when(pl.col("value_low") > 0.0)
        .then(pl.lit("no"))
        .otherwise(pl.lit(NOT_ENOUGH))
        .alias("verdict"),
        pl.lit(None, dtype=pl.String).alias("limit"),
    ).select(QUESTIONS.names)


def _fees(study: Study, break_even: pl.DataFrame) -> list[Row]:
    """Break-even fees and prices against conventional supply; down time counted where it has a price."""
    pairs = set(_pairs(study))
    counted = break_even["includes_downtime"].any() if break_even.height else False
    rows = []
    for found in break_even.filter(pl.col("includes_downtime") == counted).iter_rows(named=True):
        if (found["option"], found["against"]) not in pairs:
            continue
        verdict = {"cheaper": "yes", "dearer": "no", "never": "no"}.get(found["verdict"], NOT_ENOUGH)
        kept = {name: found[name] for name in ("part_id", "option", "against", "unit")}
        limits = {name: found[name] for name in ("value", "value_low", "value_high")}
        row: Row = {"question": CHEAPER, "supply": DIGITAL, "quantity": found["lever"], "verdict": verdict}
        rows.append({**row, **kept, **limits})
    return rows
