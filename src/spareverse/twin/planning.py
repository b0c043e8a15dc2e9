"""How a plan and its proof are made: data, demand, curve, point; then the same on a shorter history, replayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.calibration.backtest import Contender, Proof, prove
from spareverse.calibration.contenders import PEERS, company, peers, planned
from spareverse.calibration.futures import expected, futures, track_of
from spareverse.calibration.outcomes import Prices
from spareverse.errors import InputRejected, NotEnoughData, Problem, UsageError
from spareverse.history.later_demand import LaterDemand, later_demand
from spareverse.history.periods import first_day_of_step
from spareverse.history.planning_data import PlanningData
from spareverse.jit import Cancel, Progress
from spareverse.network.plan_tables import POLICY_KEY
from spareverse.optimisation.ageing import ageing_rates
from spareverse.optimisation.costs import CostFile
from spareverse.optimisation.demand_choice import Ageing, DemandModels, model_demand
from spareverse.optimisation.planning_inputs import day_within, planning_data
from spareverse.optimisation.portfolio.frontier import Frontier, efficient_frontier
from spareverse.optimisation.portfolio.planning import make_problem
from spareverse.optimisation.portfolio.problem import Measure, PlanPoint, PortfolioProblem
from spareverse.optimisation.portfolio.steps import BACKORDERS, ON_HAND, performance
from spareverse.optimisation.portfolio.supersession import with_demand_moved
from spareverse.optimisation.portfolio.todays_rule import Comparison, compared, rule_performance, todays_rule
from spareverse.twin.plan_limits import as_bought, limit_notices, not_proved
from spareverse.twin.rejections import Rejections, rejection_notices
from spareverse.twin.wish import Wish

Tables = Mapping[str, pl.DataFrame]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

POLICIES = ("plan", "company", *PEERS)
FIT_SHARE = 0.75
"""Share of the history a plan's own proof is fitted to."""
FIGURES = ("stock_value", "fill_rate", "fill_rate_pieces", "expected_backorders", "availability", "gap")
"""What a plan's document says of its point."""
USUAL_FILL_RATE = 0.9
"""Where neither a target nor today's rule is known."""


NOTHING_REJECTED = Rejections(np.empty(0, dtype=np.int64), np.empty(0))


@dataclass(frozen=True)
class Planned:
    """A plan with everything it was made of."""

    data: PlanningData
    models: DemandModels
    problem: PortfolioProblem
    frontier: Frontier
    point: PlanPoint
    today: Comparison | None
    """The plan beside today's rule under the same demand; None where no rule is known."""
    notices: tuple[str, ...] = ()
    rejections: Rejections = NOTHING_REJECTED
    """Items that keep today's rule because their proposal was rejected."""


def plan(
    tables: Tables,
    wish: Wish,
    *,
    costs: CostFile,
    until: date | None = None,
    since: date | None = None,
    decisions: pl.DataFrame | None = None,
    refused: pl.DataFrame | None = None,
    nearest: bool = False,
    currency: str = "",
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Planned:
    """The plan of a wish from what was known before ``until``.

    decisions
        Planners' own figures, respected. None: all parts are free.
    refused
        Rejected proposals (schema REFUSED): today's rule stays there, until something clearly else would be proposed.
    nearest
        A target out of reach is answered by the plan next to it instead of a UsageError.
    """
    say = progress or (lambda _fraction, _what: None)
    say(0.0, "Gathering demand, lead times and prices")
    known = planning_data(
        tables,
        until=until,
        since=since,
        costs=costs,
        lead_time_days=wish.lead_time_days,
        unit_cost=wish.unit_cost,
        currency=currency,
    )
    bought = as_bought(tables, known)
    data = bought.data
    models = model_demand(data, ageing=_ageing(tables, data), progress=_part(say, 0.1, 0.75), cancel=cancel)
    free = make_problem(
        data,
        models,
        floors=wish.floors,
        decisions=decisions,
        limits=wish.limits,
        price_breaks=bought.breaks,
        installed_assets=wish.installed_assets,
    )
    rule = todays_rule(data)
    held = float(free.unit_cost[rule.known] @ rule_performance(rule, models.law, models.sizes)[rule.known, ON_HAND])
    target = held if (rule.reorder_point >= 0).any() else None
    refusals = Rejections.of(data, refused)

    def solved(problem: PortfolioProblem) -> tuple[Frontier, PlanPoint, tuple[str, ...]]:
        found = efficient_frontier(problem, wish.measure, progress=_part(say, 0.75, 0.98), cancel=cancel)
        return found, *_chosen(found, wish, target, nearest=nearest, currency=currency)

    frontier, point, said = solved(free)
    rejections = refusals.still(point.reorder_point)
    if len(rejections):
        frontier, point, said = solved(rejections.kept(free, data))
    problem = frontier.problem
    today = compared(rule, problem, models, point)
    said += rejection_notices(len(rejections), len(refusals) - len(rejections))
    said += (*limit_notices(data, models, frontier, wish.limits), *_without_rule(data, today))
    say(1.0, "Planned")
    return Planned(data, models, problem, frontier, point, today, said, rejections)


def _ageing(tables: Tables, data: PlanningData) -> Ageing | None:
    """What the ages of the installed base say of parts that surely wear out; None where none is known to."""
    if tables["installed"].is_empty() or tables["consumption"].is_empty():
        return None
    found = ageing_rates(tables, data)
    sure = np.zeros(len(data), dtype=np.bool_)
    sure[found.table.filter(pl.col("wears_out"))["item"].to_numpy()] = True
    if not sure.any():
        return None
    return Ageing(*(np.where(sure, each, np.nan) for each in (found.multiplier, found.low, found.high)))


def _chosen(
    frontier: Frontier, wish: Wish, held: float | None, *, nearest: bool, currency: str
) -> tuple[PlanPoint, tuple[str, ...]]:
    """The point a wish asks for, and what was assumed; ``held``: stock value of today's rules, None without any."""
    if wish.availability is not None:
        most = float(np.nanmax(frontier.availability, initial=0.0)) if nearest else 1.0
        return frontier.at_availability(min(wish.availability, most)), ()
    if wish.fill_rate is not None:
        measure: Measure = "pieces" if wish.measure == "pieces" else "lines"
        reached = frontier.fill_rate_pieces if measure == "pieces" else frontier.fill_rate
        target = min(wish.fill_rate, float(reached.max())) if nearest else wish.fill_rate
        return frontier.at_fill_rate(target, measure), ()
    least = float(frontier.stock_value[0])
    if wish.budget is not None:
        return frontier.at_budget(max(wish.budget, least) if nearest else wish.budget), ()
    if held is not None:
        said = f"No target was given: the plan holds what today's rule holds, {f'{held:,.0f} {currency}'.strip()}."
        return frontier.at_budget(max(held, least)), (said,)
    target = min(USUAL_FILL_RATE, float(frontier.fill_rate.max()))
    said = f"No target was given and no rule of today is known: the plan meets {100 * target:.0f} % of the lines."
    return frontier.at_fill_rate(target, "lines"), (said,)


def _without_rule(data: PlanningData, today: Comparison | None) -> tuple[str, ...]:
    """Parts with demand that are left out where the plan is compared with today."""
    unknown = data.items["current_reorder_point"].is_null().to_numpy()
    moved = unknown & (np.diff(data.event_starts) > 0)
    if today is None or not moved.any():
        return ()
    said = (
        f"Today's rule is not known for {int(moved.sum()):,} parts with demand: where the plan is compared with today, "
        f"parts without one ({100 * (1.0 - today.lines_share):.2g} % of the lines) are left out. Import their reorder "
        "points to compare them too."
    )
    return (said,)


def _part(say: Progress, begin: float, end: float) -> Progress:
    return lambda fraction, what: say(begin + (end - begin) * fraction, what)


@dataclass(frozen=True)
class Proved:
    """A back-test with what it was made of."""

    planned: Planned
    later: LaterDemand
    fit_until: date
    proof: Proof


def prove_plan(
    tables: Tables,
    wish: Wish,
    *,
    costs: CostFile,
    fit_until: date | None = None,
    since: date | None = None,
    policies: Sequence[str] | None = None,
    currency: str = "",
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Proved:
    """Plan as of ``fit_until`` (three quarters of the history) and replay what came, beside other policies.

    UsageError for an unknown policy, NotEnoughData where one side of the date is empty.
    """
    say = progress or (lambda _fraction, _what: None)
    wanted = known_policies(policies)
    end = fit_until or day_within(tables, FIT_SHARE, since)
    # A wish for what is not reachable then is answered by what was nearest; overrides came later and are not known.
    try:
        found = plan(
            tables, wish, costs=costs, until=end, since=since, nearest=True, currency=currency,
            progress=_part(say, 0.0, 0.5), cancel=cancel,
        )  # fmt: skip
    except UsageError as error:
        if wish.limits:
            raise not_proved(end, error) from error
        raise
    data, models = found.data, found.models
    later = _moved(data, later_demand(tables, data, end))
    track = track_of(data, later)
    proof = prove(
        track,
        contenders(found, wanted),
        _prices(data, later),
        models.table.select("part_id", "place_id", "demand_class"),
        future=futures(data, models, track),
        expected=expected(data, models, later.steps),
        progress=_part(say, 0.5, 1.0),
        cancel=cancel,
    )
    return Proved(found, later, end, proof)


def _moved(data: PlanningData, later: LaterDemand) -> LaterDemand:
    """Later demand of superseded parts as their successors', as it is planned."""
    lost = np.bincount(
        np.repeat(np.arange(len(data)), np.diff(later.gap_starts)), later.gap_until - later.gap_from, len(data)
    )
    names = ("event_starts", "event_step", "event_pieces", "gap_starts", "gap_from", "gap_until", "steps")
    then = replace(
        data,
        known_from=np.zeros(len(data), dtype=np.int64),
        known_steps=later.steps - lost.astype(np.int64),
        notices=[],
        **{name: getattr(later, name) for name in names},
    )
    moved = with_demand_moved(then)
    return replace(later, **{name: getattr(moved, name) for name in names})


def known_policies(policies: Sequence[str] | None) -> tuple[str, ...]:
    """The policies asked for, all of them by default; UsageError for an unknown one."""
    wanted = POLICIES if policies is None else tuple(policies)
    if unknown := [name for name in wanted if name not in POLICIES]:
        known = f"Use {', '.join(POLICIES)}."
        problems = [Problem("there is no such policy", known, column="policies", value=name) for name in unknown]
        raise UsageError(f"There is no policy {unknown[0]!r}.", problems)
    return wanted


def contenders(found: Planned, wanted: Sequence[str]) -> list[Contender]:
    """The plan first, then the others asked for; the company only where its rule is known."""
    every = [planned(found.frontier, found.point)]
    if "company" in wanted and (own := company(found.data)) is not None:
        every.append(own)
    if any(name in wanted for name in PEERS):
        every += [peer for peer in peers(found.data, found.problem.order_quantity) if peer.policy in wanted]
    return every


def _prices(data: PlanningData, later: LaterDemand) -> Prices:
    costs = {
        name: data.items[column].cast(pl.Float64).to_numpy()
        for name, column in (
            ("unit_cost", "unit_cost"),
            ("holding", "holding_cost"),
            ("ordering", "ordering_cost"),
            ("stock_out", "stock_out_cost"),
        )
    }
    return Prices(**costs, step_days=later.step_days, steps=later.steps)


def proof_document(proved: Proved) -> dict[str, Any]:
    """What a plan carries of its proof."""
    proof = proved.proof
    mine = proof.results.filter((pl.col("policy") == "plan") & pl.col("chosen") & (pl.col("group") == "all"))
    names = ("lines", "fill_rate", "promised_fill_rate", "stock_value")
    row = mine.row(0, named=True)
    figures = {name: row[name] for base in names for name in (base, f"{base}_low", f"{base}_high") if name in row}
    until = first_day_of_step(proved.later.first, proved.later.step_days, proved.later.steps)
    return {
        "verdict": row["verdict"],
        "cause": proof.cause,
        "fit_until": proved.fit_until.isoformat(),
        "until": until.isoformat(),
        **figures,
    }


def worth(found: Planned) -> pl.DataFrame:
    """part_id, place_id, saving: holding and stock-out cost of today's rule less the plan's [currency/day].

    Empty where today's rule is not known.
    """
    data, point, law = found.data, found.point, found.problem.demand
    rule = todays_rule(data)
    money = [data.items[name].fill_null(0.0).to_numpy() for name in ("holding_cost", "stock_out_cost")]

    def cost(does: Floats) -> Floats:
        total: Floats = money[0] * does[:, ON_HAND] + money[1] * does[:, BACKORDERS]
        return total

    saving = cost(rule_performance(rule, law, found.models.sizes))
    saving -= cost(performance(law, point.reorder_point, point.order_quantity))
    return data.items.select(*POLICY_KEY, pl.Series("saving", np.where(rule.known, saving, np.nan), nan_to_null=True))


def proof_notices(proved: Proved) -> list[str]:
    """What the reader of a back-test should know."""
    return [*proved.planned.data.notices, *proved.planned.notices, *proved.later.notices]


def no_proof(error: NotEnoughData | InputRejected) -> dict[str, Any]:
    """What a plan carries where its proof cannot be made."""
    return {"verdict": "no proof", "cause": error.message}


def plan_document(found: Planned) -> dict[str, Any]:
    """What a plan is kept with beside its tables: what it does, today's rule, what was assumed."""
    data, point = found.data, found.point
    end = first_day_of_step(data.first, data.step_days, data.steps)
    return {
        "first": data.first.isoformat(),
        "known_until": (end - timedelta(days=1)).isoformat(),
        "continuous": data.continuous,
        "step_days": data.step_days,
        "notices": [*data.notices, *found.notices, *point.remarks],
        "models": list(found.models.models),
        "summary": {
            "parts": len(data),
            "parts_stocked": int((point.reorder_point >= 0).sum()),
            "unavoidable": float(found.frontier.stock_value[0]),
            **_figures({name: float(getattr(point, name)) for name in FIGURES}),
            **_beside_today(found.today),
        },
    }


def _beside_today(today: Comparison | None) -> dict[str, Any]:
    """Today's rule and the plan on the parts whose rule is known, and what the plan keeps of the others."""
    if today is None:
        return {"today": None, "beside_today": None, "without_rule": None}
    return {
        "today": _figures(today.today),
        "beside_today": _figures(today.plan) | {"parts": today.parts, "lines_share": today.lines_share},
        "without_rule": {
            "parts": today.unknown_parts,
            "parts_stocked": today.unknown_stocked,
            "stock_value": today.unknown_stock_value,
        },
    }


def _figures(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
