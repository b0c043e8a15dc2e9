"""Break-even subscription fees and prices per printed piece."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl

from spareverse.network.study import Option, Study
from spareverse.network.study_answers import BREAK_EVEN, LEVERS, NOT_ENOUGH
from spareverse.optimisation.warehouse.estimates import Estimate, Floats, columns, mean_estimate, ratio_estimate
from spareverse.optimisation.warehouse.runs import Run, by_replication, counted_hours, option_names
from spareverse.simulation.ledger import months_charged
from spareverse.simulation.study_network import accounting_period_h


def break_even(run: Run) -> pl.DataFrame:
    """Schema BREAK_EVEN: every option that prints against every other one.

    Costs are linear in fee and price, so that no new simulation is needed: the value at which the paired difference
    of total costs is zero. What the fee covers stays as the option declares it. The levers are the option's own fee and
    price: what it pays for the options that its parts fall back on stays as it is.
    """
    names = option_names(run)
    money = {kind: by_replication(run, kind) for kind in ("total_cost", "downtime_cost")}
    pieces = charged_pieces(run)
    rows = []
    for this, other in permutations(range(len(names)), 2):
        option = run.study.option(names[this])
        if option.warehouse == "physical":
            continue
        surplus = money["total_cost"][:, this] - money["total_cost"][:, other]
        idle = money["downtime_cost"][:, this] - money["downtime_cost"][:, other]
        for includes, difference in ((False, surplus - idle), (True, surplus)):
            if includes and not money["downtime_cost"].any():
                continue
            for lever in LEVERS:
                if lever == "pay_per_use_alone" and option.fee.per_month == 0.0:
                    continue
                row = _row(option, lever, difference, pieces[:, this], run)
                rows.append({"option": names[this], "against": names[other], "includes_downtime": includes, **row})
    return pl.DataFrame(rows, schema=BREAK_EVEN.schema)


def _row(option: Option, lever: str, difference: Floats, pieces: Floats, run: Run) -> dict[str, str | float | None]:
    """One lever: what it brings in today less what the option costs too much, over what it is charged on."""
    currency = run.study.currency
    months = np.full_like(pieces, own_months(option, run.study))
    fee = option.fee.per_month * months
    if lever == "fee_per_month":
        today, unit, charged, base = option.fee.per_month, f"{currency}/month", fee, months
    else:
        today, unit, base = option.fee.pay_per_use, f"{currency}/piece", pieces
        charged = today * pieces + (fee if lever == "pay_per_use_alone" else 0.0)
    value = ratio_estimate(charged - difference, base)
    verdict = _verdict(mean_estimate(difference), value)
    return {"part_id": "", "lever": lever, "today": today, **columns("value", value), "unit": unit, "verdict": verdict}


def _verdict(difference: Estimate, value: Estimate) -> str:
    if value.high < 0.0:
        return "never"
    if not difference.clear:
        return NOT_ENOUGH
    return "cheaper" if difference.value < 0.0 else "dearer"


def charged_pieces(run: Run) -> Floats:
    """Pieces a price per printed piece is paid for, (replications, options): those bought, or those used.

    The first stock is bought too. A failure uses a piece; the last few may still wait for theirs. An expired piece is
    paid for as if used. Pieces of parts
    that follow another option are not charged here; each replication is taken to hold their mean share.
    """
    lines = run.tables["line_results"].with_columns(
        (pl.col("follows").is_null() | (pl.col("follows") == pl.col("option"))).alias("own")
    )
    levels = (
        lines.filter("own")
        .group_by("option")
        .agg((pl.col("initial_stock").fill_null(0) + pl.col("central_stock").fill_null(0)).sum().alias("first_stock"))
    )
    stocked = dict(levels.iter_rows())
    first_stock = np.array([stocked.get(option.name, 0) for option in run.study.options], np.float64)
    pieces = by_replication(run, "pieces_bought") * _own_share(run, lines, "pieces_bought") + first_stock
    used = by_replication(run, "failures") * _own_share(run, lines, "failures")
    used = used + by_replication(run, "expired_pieces") * _own_share(run, lines, "expired_pieces")
    on_use = np.array([option.parts_charged == "on_use" for option in run.study.options])
    return np.where(on_use, used, pieces)


def _own_share(run: Run, lines: pl.DataFrame, measure: str) -> Floats:
    """Share of the pieces of each option that its own parts have; 1 where no part follows another option."""
    own, all_parts = (
        dict(frame.group_by("option").agg(pl.col(measure).sum()).iter_rows()) for frame in (lines.filter("own"), lines)
    )
    falling_back = set(lines.filter(~pl.col("own"))["option"])
    return np.array(
        [
            own.get(name, 0.0) / all_parts[name] if name in falling_back and all_parts[name] else 1.0
            for name in option_names(run)
        ]
    )


def own_months(option: Option, study: Study) -> float:
    """Months of subscription over the counted time, each weighted by the escalation reached in its year."""
    starts = np.arange(0.0, counted_hours(study), accounting_period_h(study))
    return float(months_charged(option, starts, np.append(starts[1:], counted_hours(study))).sum())
