"""Command backtest: plan as of a day, freeze, and replay what came, beside other policies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spareverse.cli import screen
from spareverse.cli.optimise import (
    Budget,
    FillRate,
    Floors,
    LeadTime,
    Measure,
    UnitCost,
    parsed_floors,
    proof_words,
    share,
)
from spareverse.cli.options import AsJson, Folder, day

if TYPE_CHECKING:
    from spareverse.twin.backtest import Backtest


def backtest(
    folder: Folder,
    fit_until: Annotated[
        Any, typer.Option("--fit-until", parser=day, metavar="DAY", help="First day the plan does not know.")
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="NAME",
            help="company, croston-normal, months-of-cover or poisson-base-stock; all by default.",
        ),
    ] = None,
    budget: Budget = None,
    fill_rate: FillRate = None,
    measure: Annotated[Measure, typer.Option(help="What is met at once.")] = Measure.LINES,
    since: Annotated[
        Any, typer.Option("--from", parser=day, metavar="DAY", help="First day of demand looked at.")
    ] = None,
    lead_time_days: LeadTime = None,
    unit_cost: UnitCost = None,
    floor: Floors = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the tables: .xlsx or .csv.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replay a plan and its rivals on later history.

    Everything is fitted until a day (three quarters of the history), frozen, and replayed against the demand and the
    lead times that really came.

    Example: spareverse backtest acme --fit-until 2022-01-01 --fill-rate 0.95
    Example: spareverse backtest acme --policy company --policy months-of-cover --out backtest.xlsx
    """
    from spareverse import open as open_twin

    floors = parsed_floors(floor or [])
    twin = open_twin(folder)
    with screen.progress() as progress:
        result = twin.backtest(
            fit_until=fit_until,
            policies=["plan", *policy] if policy else None,
            budget=budget,
            fill_rate=fill_rate,
            measure=measure.value,
            since=since,
            lead_time_days=lead_time_days,
            unit_cost=unit_cost,
            floors=floors,
            progress=progress,
        )
    if out:
        result.export(out)
        screen.remark(f"Wrote {out}")
    if as_json:
        tables = {"results": screen.records(result.results), "equal": screen.records(result.equal)}
        screen.document({"backtest": result.id, **result.document, **tables})
        return
    show_backtest(result)


def show_backtest(result: Backtest) -> None:
    """Print the verdict, each contender at its setting, its stock at equal fill rate, and the plan per class."""
    from spareverse.figures.plan.policies import compared, compared_note
    from spareverse.network.plan_tables import RULE_KNOWN

    screen.say(proof_words(result.proof))
    chosen = result.results.filter(result.results["chosen"]).to_dicts()
    same = compared(result.results)
    heading = f"Contenders at their own setting, realised.{compared_note(same)}".removesuffix(".")
    _show_contenders(same.filter("chosen").to_dicts(), result.document["currency"], heading)
    _show_equal(result)
    _show_classes([row for row in chosen if row["policy"] == "plan" and row["group"] != RULE_KNOWN])
    from spareverse.explainer.rivals import better_rivals

    for text in better_rivals(result.results, result.equal, result.document["currency"]):
        screen.say(text)
    for text in result.document["notices"]:
        screen.remark(f"* {text}")


def _show_contenders(rows: list[dict[str, Any]], currency: str, heading: str) -> None:
    money = (f"stock {currency}", f"cost {currency}/year")
    columns = ("policy", "setting", "fill rate", "of pieces", *money, "wait days", "orders")
    shown = (
        (
            row["policy"],
            row["setting"],
            share(row, "fill_rate"),
            share(row, "fill_rate_pieces"),
            row["stock_value"],
            row["cost"],
            row["wait_days"],
            row["orders"],
        )
        for row in rows
    )
    screen.table(heading, columns, shown, right=columns[1:])


def _show_equal(result: Backtest) -> None:
    """Stock at equal fill rate, where the others have any to compare."""
    rows = result.equal.filter(result.equal["policy"] != "plan").drop_nulls("ratio").to_dicts()
    if not rows:
        return
    columns = ("policy", "fill rate", f"stock {result.document['currency']}", "times the plan's")
    shown = (
        (row["policy"], screen.percent(row["fill_rate"]), row["stock_value"], _interval(row, "ratio")) for row in rows
    )
    screen.table("Stock at equal fill rate", columns, shown, right=columns[1:])


def _show_classes(rows: list[dict[str, Any]]) -> None:
    columns = ("class", "parts", "lines", "promised", "came", "verdict", "cause")
    shown = (
        (
            row["group"],
            row["parts"],
            row["lines"],
            share(row, "promised_fill_rate"),
            share(row, "fill_rate"),
            row["verdict"],
            row["cause"],
        )
        for row in rows
    )
    screen.table("The plan by class", columns, shown, right=columns[1:5])


def _interval(row: dict[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    limits = "" if low is None or high is None else f" [{low:.2f}-{high:.2f}]"
    return f"{row[name]:.2f}{limits}"
