"""Is the study possible: options against lines and stock levels, whatever one alone cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from spareverse.errors import Problem
from spareverse.io.study_keys import MOST_PIECES
from spareverse.io.study_sections import SectionReader, Values
from spareverse.io.study_table import Rows
from spareverse.network.spelling import did_you_mean
from spareverse.network.study import HOURS_PER_YEAR, Option, Policy

MOST_PERIODS = 1_200
"""A century in months; tables and memory grow with their number."""
SHORTEST_H = 1.0
"""Of what comes again and again; less would fill the run with events, or the memory with weather."""
FEW = 12
"""Names that a remedy lists in full."""
_UP_TO = ("order_up_to", "base_stock", "periodic")


def followers(options: Sequence[Option], option: Option) -> list[tuple[Option, pl.Expr]]:
    """The options that lines really follow under one option, each with the lines that do."""
    by_name = {each.name: each for each in options}
    found: list[tuple[Option, pl.Expr]] = []
    rest = pl.lit(value=True)
    at: Option | None = option
    while at is not None and at not in [each for each, _ in found]:
        takes = pl.col("am_qualified").fill_null(value=False) if at.qualified_only else pl.lit(value=True)
        found.append((at, rest & takes))
        rest = rest & ~takes
        at = by_name.get(at.fallback or "") if at.qualified_only else None
    return found


def check_lines(options: Sequence[Option], rows: Rows, reader: SectionReader) -> None:
    """Every line has a lead time, and a price or a fee, under every option; every asset one cost of down time."""
    _check_supply(options, rows, reader)
    for option in options:
        outside = ~pl.col("am_qualified").fill_null(value=False)
        if option.qualified_only and option.fallback is None and rows.frame.select(outside.any()).item():
            count = int(rows.frame.select(outside.sum()).item())
            reason = f"{count:,} lines do not qualify and have no option to follow."
            reader.reject(f"option[{option.name}].fallback", reason, "Name the option they follow.")
        needs_weight = option.transport.shipment_weight_kg is None and (
            option.transport.distance_km > 0 or option.transport.cost_per_kg > 0
        )
        if needs_weight and (light := rows.frame["weight_kg"].null_count()):
            rows.notes.append(f"{option.name}: {light:,} lines have no weight; their transport weighs nothing.")
    first = pl.col("downtime_cost_per_h").drop_nulls().first().over("asset_id")
    reason = "The asset has another cost of down time on an earlier line."
    rows.reject(
        pl.col("downtime_cost_per_h") != first, "downtime_cost_per_h", reason, "One asset has one cost per hour."
    )
    if rows.frame.height and (rows.frame["failures_per_year"] == 0).all():
        reader.reject("study.lines", "Nothing in the package ever fails.", "A study needs a failure rate above 0.")


def _check_supply(options: Sequence[Option], rows: Rows, reader: SectionReader) -> None:
    lacking: dict[str, tuple[list[str], pl.Expr]] = {}
    for option in options:
        for at, mask in followers(options, option):
            for columns, key, remedy in _needed(at):
                column = columns[0]
                missing = mask & pl.all_horizontal(pl.col(name).is_null() for name in columns)
                count = int(rows.frame.select(missing.sum()).item() or 0)
                if count and count == rows.frame.height:
                    path = f"option[{at.name}].{key}"
                    if at is option:
                        reader.reject(path, f"Neither the option nor any line has {_words(column)}.", remedy)
                elif count:
                    names, masks = lacking.get(column, ([], pl.lit(value=False)))
                    lacking[column] = ([*dict.fromkeys([*names, at.name])], masks | missing)
    for column, (names, masks) in lacking.items():
        reason = f"The line has no {column}, which option {', '.join(names)} needs."
        rows.reject(masks, column, reason, "Fill it in, or give the option one for all lines.")


def _needed(option: Option) -> list[tuple[tuple[str, ...], str, str]]:
    """(columns of which a line needs one, key that stands for all lines, remedy) of an option."""
    printed = option.warehouse != "physical"
    needed: list[tuple[tuple[str, ...], str, str]] = []
    if option.lead_time is None:
        column = "digital_lead_time" if printed else "lead_time"
        needed.append(((column,), "lead_time_days", f"Add lead_time_days, or the column {column}."))
    if option.unit_price is None and not (option.fee.per_month or option.fee.pay_per_use):
        columns = ("digital_price", "unit_price") if printed else ("unit_price",)
        remedy = "Add unit_price, or a fee under [option.fee]." if printed else "Add unit_price."
        needed.append((columns, "unit_price", remedy))
    return needed


def _words(column: str) -> str:
    return {
        "lead_time": "a lead time",
        "digital_lead_time": "a digital lead time",
        "unit_price": "a price",
        "digital_price": "a price or a fee",
    }[column]


def check_policies(items: Sequence[Values], options: Sequence[Option], stock: Rows, reader: SectionReader) -> None:
    """An option that keeps stock says how much of it."""
    stocked = set(stock.frame["option"].drop_nulls())
    for item in items:
        name = str(item.get("name", ""))
        option = next((each for each in options if each.name == name), None)
        told = "[policy]" in item or "[central]" in item or "target_availability" in item or name in stocked
        if option and option.warehouse != "digital" and not told:
            reason = f"A {option.warehouse} option keeps stock, and none is given."
            reader.reject(f"option[{name}].policy", reason, "Add [option.policy], or target_availability.")


def check_stock(stock: Rows, options: Sequence[Option], lines: pl.DataFrame) -> None:
    """Stock levels belong to options and parts of the study, and make sense with the option's policy."""
    by_name = {option.name: option for option in options}
    _unknown(stock, "option", list(by_name), "There is no such option.")
    parts = pl.concat([lines["part_id"], lines["interchange_group"]]).drop_nulls().unique(maintain_order=True)
    _unknown(stock, "part_id", parts.to_list(), "No line has this part or interchange group.")
    for name in ("initial_stock", "reorder_point", "order_up_to"):
        stock.reject(pl.col(name) < 0, name, f"{name} cannot be negative.", "Write 0 or more.")
    for name in ("initial_stock", "reorder_point", "order_quantity", "order_up_to"):
        stock.reject(pl.col(name) > MOST_PIECES, name, f"{name} is too large to be meant.")
    stock.reject(pl.col("order_quantity") < 1, "order_quantity", "An order is for at least 1 piece.")
    stock.frame = stock.frame.with_columns(pl.col("place").fill_null("site"))
    again = ~pl.struct("option", "part_id", "place").is_first_distinct()
    stock.reject(again, "part_id", "The same option, part and place stand on an earlier row.", "Keep one of them.")
    for option in options:
        for place, policy in (("site", option.policy), ("central", option.central)):
            here = (pl.col("option") == option.name) & (pl.col("place") == place)
            if policy is None:
                stock.reject(here, "place", "The option has no central stock.", "Add [option.central], or use site.")
            elif policy.kind in _UP_TO:
                _check_levels(stock, here, policy)


def _check_levels(stock: Rows, here: pl.Expr, policy: Policy) -> None:
    if policy.kind == "base_stock":
        return
    point = pl.col("reorder_point").fill_null(policy.reorder_point)
    up_to = pl.col("order_up_to").fill_null(policy.order_up_to)
    reason = "The reorder point is not below the order-up-to level."
    stock.reject(here & (point >= up_to), "reorder_point", reason, "An order would be for no piece.")


def _unknown(rows: Rows, column: str, known: Sequence[str], reason: str) -> None:
    texts = rows.frame[column].drop_nulls().unique(maintain_order=True)
    for bad in texts.filter(~texts.is_in(list(known))):
        hint = did_you_mean(bad, list(known)).strip()
        correct = f"Use one of {', '.join(known)}" if len(known) <= FEW else "Correct it"
        rows.reject(pl.col(column) == bad, column, reason, hint or f"{correct}, or delete the row.")


def check_times(document: Values, reader: SectionReader) -> None:
    """Lengths of time that must fit together."""
    study, access = document.get("study", {}), document.get("access", {})
    period, horizon = study.get("period_h"), study.get("horizon_h")
    counted = (horizon or 20 * HOURS_PER_YEAR) - study.get("warm_up_h", 0.0)
    if counted < SHORTEST_H:
        reason = "The warm-up is part of the horizon and leaves no hour of it to be counted."
        reader.reject("study.warm_up_years", reason, "Shorten it, or lengthen horizon_years.")
    if period and horizon and period > horizon:
        reason = "An accounting period is longer than the whole horizon."
        reader.reject("study.period_months", reason, "Shorten it, or lengthen horizon_years.")
    elif period and counted / period > MOST_PERIODS + 1e-6:
        reason = f"There are more than {MOST_PERIODS:,} accounting periods."
        reader.reject("study.period_months", reason, "Write a number of months; 12 is usual.")
    _check_short_times(document, reader)
    for number, campaign in enumerate(document.get("campaign", []), start=1):
        if campaign.get("end", 1.0) <= campaign.get("start", 0.0):
            reader.reject(f"campaign[{number}].end_months", "The campaign ends before it starts.", "Swap the two.")
    for one, other in (("open_mean_h", "closed_mean_h"), ("closed_mean_h", "open_mean_h")):
        if access.get(one) and not access.get(other):
            reader.reject(f"access.{other}", f"There is {one} without it.", "Weather needs both lengths.")
    if access.get("must_fit") and not access.get("open_mean_h"):
        reader.reject("access.must_fit", "There is no weather that the work could fit in.", "Add open_mean_h.")


def _check_short_times(document: Values, reader: SectionReader) -> None:
    """Nothing comes again within the hour."""
    bursts, access = document.get("bursts", {}), document.get("access", {})
    given = [("bursts.gap_days", bursts.get("burst_gap_h")), ("bursts.length_days", bursts.get("burst_length_h"))]
    if access.get("open_mean_h") and access.get("closed_mean_h"):
        # one after the other: a short stretch between long ones is harmless
        given.append(("access.open_mean_h", min(access["open_mean_h"]) + min(access["closed_mean_h"])))
    for item in document.get("option", []):
        path = f"option[{item.get('name', '')}]"
        given.append((f"{path}.shelf_life_months", item.get("shelf_life_h")))
        for place in ("policy", "central"):
            interval = item.get(f"[{place}]", {}).get("review_interval_h")
            given.append((f"{path}.{place}.review_interval_days", interval))
    for path, hours in given:
        if hours and hours < SHORTEST_H:
            reader.reject(path, f"It is shorter than {SHORTEST_H:g} h.", "Check its unit.", f"{hours:g} h")


def limited(problems: list[Problem]) -> list[Problem]:
    """Every problem once; what was given and could not be read is not said to be missing as well."""
    unread = {(each.file, each.column) for each in problems if each.row is None and each.value is not None}

    def follows(each: Problem) -> bool:
        return each.row is None and each.value is None and (each.file, each.column) in unread

    return list(dict.fromkeys(each for each in problems if not follows(each)))
