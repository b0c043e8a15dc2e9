"""All answers of a study from its run."""

from __future__ import annotations

import polars as pl

from spareverse.jit import Cancel, Progress
from spareverse.network.study import Study
from spareverse.network.study_answers import (
    GLOBAL_SENSITIVITY,
    PART_BY_PART,
    QUANTITIES,
    SMALLEST_STOCK,
    STOCK_LADDER,
    STUDY_ANSWERS,
)
from spareverse.optimisation.warehouse.best_options import best_options
from spareverse.optimisation.warehouse.break_even import break_even
from spareverse.optimisation.warehouse.downtime_switches import downtime_switches
from spareverse.optimisation.warehouse.fee_chart import fee_chart
from spareverse.optimisation.warehouse.global_sensitivity import SAMPLES, global_sensitivity
from spareverse.optimisation.warehouse.pareto import pareto, pareto_of_steps
from spareverse.optimisation.warehouse.part_by_part import part_by_part
from spareverse.optimisation.warehouse.quantities import fill_quantities
from spareverse.optimisation.warehouse.questions import questions, simulated_uptimes
from spareverse.optimisation.warehouse.recommendation import recommendation
from spareverse.optimisation.warehouse.risk_matrix import matrix_lines, risk_matrix
from spareverse.optimisation.warehouse.runs import Run, Simulate, option_names
from spareverse.optimisation.warehouse.stock_search import exact_answers, search
from spareverse.optimisation.warehouse.supplies import supply_options
from spareverse.optimisation.warehouse.tornado import tornado
from spareverse.simulation.study_network import stocked_lines

MOST_SEARCHED = 20
"""Parts up to which the smallest stock is searched by simulation; larger packages have the closed form."""
WORK = 500_000
"""Events that one further simulation may cost: about half a second."""
MIXTURE_WORK = 5_000_000
"""Events that what is recommended for each part may cost: it stands beside the options and should be as exact."""
LEAST = 16
"""Replications it has at least, where the run has them."""


def answers(
    run: Run,
    *,
    simulate: Simulate | None = None,
    thorough: bool = False,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> dict[str, pl.DataFrame]:
    """Every table of ``STUDY_ANSWERS``, in that order. Raises ``Cancelled``.

    simulate
        Without it nothing new is simulated: closed forms stand alone, the tornado has prices only, and stock_ladder
        is empty.
    thorough
        Also vary all inputs at once (global_sensitivity), which takes hundreds of simulations, and set options with
        more and less stock beside the options in the Pareto front.
    """
    study = run.study
    fees = break_even(run)
    stock, ladder = smallest_stocks(study, simulate, seed=run.seed, progress=_part(progress, 0.0, 0.3), cancel=cancel)
    few = affordable(run)
    uptimes = None if simulate is None else simulated_uptimes(study, simulate, replications=few, seed=run.seed)
    lines = matrix_lines(run)
    made = {
        "best_options": best_options(run),
        "questions": questions(run, stock, fees, uptimes),
        "smallest_stock": stock,
        "stock_ladder": ladder,
        "quantities": quantities(run),
        "break_even": fees,
        "fee_chart": fee_chart(run),
        "downtime_switches": downtime_switches(run),
        "tornado": tornado(
            run, simulate=simulate, most_replications=few, progress=_part(progress, 0.3, 0.6), cancel=cancel
        ),
        "global_sensitivity": GLOBAL_SENSITIVITY.empty(),
        "pareto": pareto(run),
        "risk_matrix": risk_matrix(lines),
        "matrix_lines": lines,
    }
    if simulate is not None and thorough:
        made["global_sensitivity"] = global_sensitivity(
            run, simulate, samples=SAMPLES, progress=_part(progress, 0.6, 1.0), cancel=cancel
        )
        made["pareto"] = pareto_of_steps(run, simulate, replications=few)
    made["part_by_part"] = PART_BY_PART.empty()
    if simulate is not None:
        enough = affordable(run, MIXTURE_WORK * len(run.study.options))
        made["part_by_part"] = part_by_part(run, made, simulate, replications=enough)
    made["recommendation"] = recommendation(run, made)
    return {name: made[name] for name in STUDY_ANSWERS}


def smallest_stocks(
    study: Study,
    simulate: Simulate | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Schemas SMALLEST_STOCK and STOCK_LADDER, for conventional and for digital supply; empty without a target."""
    stocks, ladders = [SMALLEST_STOCK.empty()], [STOCK_LADDER.empty()]
    searched = stocked_lines(study)["stock_part"].n_unique() <= MOST_SEARCHED
    names = list(supply_options(study).values())
    for place, name in enumerate(names):
        target = study.option(name).target_availability or study.target_availability
        if target is None:
            continue
        if simulate is None or not searched:
            stocks.append(exact_answers(study, name, target))
            continue
        share = _part(progress, place / len(names), (place + 1) / len(names))
        found, ladder = search(study, name, target, simulate, seed=seed, progress=share, cancel=cancel)
        stocks.append(found)
        ladders.append(ladder)
    return pl.concat(stocks), pl.concat(ladders)


def affordable(run: Run, work: float = WORK) -> int:
    """Replications of further simulations: those of the run, fewer where they are long."""
    events = float(run.tables["replications"]["events"].sum()) / max(run.replications, 1)
    return min(run.replications, max(LEAST, int(work / max(events, 1.0))))


def quantities(run: Run) -> pl.DataFrame:
    """Schema QUANTITIES, every option."""
    found = [fill_quantities(run.study, run.tables["line_results"], name) for name in option_names(run)]
    return pl.concat(found) if found else QUANTITIES.empty()


def _part(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Progress of a share of the work."""
    if progress is None:
        return None
    return lambda share, text: progress(start + share * (end - start), text)
