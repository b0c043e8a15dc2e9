"""The steps of stock an option can take, and what the closed forms say of each.

Step n of a policy orders at or below n - 1 and keeps the policy's own batch and its initial stock over the reorder
point. Step 0 keeps nothing: every piece is ordered on demand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl
from scipy.special import bdtrc

from spareverse.network.study import Option, Policy, Study
from spareverse.network.study_tables import STUDY_STOCK
from spareverse.optimisation.spares.fleet import Fleet
from spareverse.optimisation.spares.palm import expected_backorders, poisson_quantile
from spareverse.optimisation.spares.policies import evaluate
from spareverse.optimisation.warehouse.supplies import PartSupply, part_supplies
from spareverse.simulation.study_network import stocked_lines

MOST_ASSETS = 8
"""Assets up to which the exact Markov chain is worth its time; above, Palm's pipeline is close."""
MOST_PARTS = 100
"""Parts of a package up to which it is worth its time for each."""


@dataclass(frozen=True)
class Exact:
    """Availability by a closed form, and which one."""

    availability: float
    method: str


def step(policy: Policy, level: int) -> Policy:
    """The policy at step ``level``; a batch as large as the initial stock grows with it (El-Thalji 2025).

    An option without stock steps up by base stock; an adaptive reorder point is fixed.
    """
    if level <= 0:
        return replace(policy, kind="on_demand", initial_stock=0, reorder_point=-1, order_quantity=1, order_up_to=0)
    if policy.kind in ("base_stock", "on_demand"):
        return Policy("base_stock", level, level - 1, 1, level, policy.basis)
    over = max(0, policy.initial_stock - policy.reorder_point - 1)
    initial = level + over
    batch = initial if policy.order_quantity == policy.initial_stock else policy.order_quantity
    up_to = level - 1 + max(1, policy.order_up_to - policy.reorder_point)
    return replace(
        policy,
        kind="reorder_point" if policy.kind == "adaptive" else policy.kind,
        initial_stock=initial,
        reorder_point=level - 1,
        order_quantity=max(1, batch),
        order_up_to=up_to,
    )


def stocked(option: Option) -> Option:
    """The option with the policy its steps have, so that stock levels of parts can be set."""
    return replace(option, policy=step(option.policy, 1), target_availability=None)


def stock_rows(option: str, policy: Policy, levels: dict[str, int]) -> pl.DataFrame:
    """Schema STUDY_STOCK: the steps of parts as stock levels of an option."""
    rows = []
    for part, level in levels.items():
        at = step(policy, max(level, 1))
        held = level > 0
        rows.append(
            {
                "option": option,
                "part_id": part,
                "place": "site",
                "initial_stock": at.initial_stock if held else 0,
                "reorder_point": at.reorder_point if held else -1,
                "order_quantity": at.order_quantity if held else 1,
                "order_up_to": at.order_up_to if held else 0,
            }
        )
    return pl.DataFrame(rows, schema=STUDY_STOCK.schema)


def exact(policy: Policy, supply: PartSupply, *, quick: bool = False) -> Exact:
    """Availability of the assets as far as this part stops them.

    quick
        For large packages: no Markov chains, but Erlang's and Palm's formulas with the work added to the wait.
    """
    fleet = supply.fleet
    if not np.isfinite(fleet.mean_life_h):
        return Exact(1.0, "no failures")
    if policy.kind == "on_demand" or (fleet.assets <= MOST_ASSETS and not quick):
        found = _evaluated(policy, fleet)
    elif _batch(policy) == 1 and fleet.assets <= MOST_ASSETS and fleet.mean_emergency_lead_time_h is None:
        found = _worked(policy, fleet)
    else:
        found = _palm(policy, fleet)
    if supply.caveats:
        found = Exact(found.availability, f"{found.method}; {', '.join(supply.caveats)} (approximation)")
    if supply.needed == supply.pieces:
        return found
    share = float(bdtrc(supply.needed - 1, supply.pieces, found.availability))
    return Exact(share, f"{found.method}; {supply.needed} of {supply.pieces} as if independent (approximation)")


def is_large(study: Study) -> bool:
    """Whether the closed forms of a package's parts have to be quick ones."""
    return stocked_lines(study)["stock_part"].n_unique() > MOST_PARTS


@lru_cache(maxsize=50_000)
def _evaluated(policy: Policy, fleet: Fleet) -> Exact:
    found = evaluate(policy, fleet)
    return Exact(found.availability, found.source if found.exact else f"{found.source} (approximation)")


def _worked(policy: Policy, fleet: Fleet) -> Exact:
    """One for one: replaced in no time, which is exact, then replacement and access added to every cycle."""
    at_once = replace(fleet, mean_replacement_h=0.0, mean_access_h=0.0)
    found = _evaluated(step(Policy("base_stock"), policy.reorder_point + 1), at_once)
    share = 1.0 / (1.0 / found.availability + fleet.mean_work_h / fleet.mean_life_h)
    return Exact(share, f"{found.method}; work added (approximation)")


def _palm(policy: Policy, fleet: Fleet) -> Exact:
    """Large fleets: demand hardly notices the few assets that stand still."""
    positions = np.arange(policy.reorder_point + 1, policy.reorder_point + 1 + _batch(policy))
    waiting = float(expected_backorders(positions, fleet.demand_per_h * fleet.mean_lead_time_h).mean())
    down = waiting / fleet.demand_per_h + fleet.mean_work_h
    return Exact(fleet.mean_life_h / (fleet.mean_life_h + down), "Palm: Poisson pipeline (approximation)")


def _batch(policy: Policy) -> int:
    if policy.kind in ("reorder_point", "adaptive"):
        return policy.order_quantity
    return max(1, policy.order_up_to - policy.reorder_point)


def most_steps(supply: PartSupply) -> int:
    """A step that practically never runs out."""
    return poisson_quantile(1.0 - 1e-9, supply.fleet.demand_per_h * supply.fleet.mean_lead_time_h) + 1


def first_step(reached: Callable[[int], bool], most: int) -> int | None:
    """Smallest step from 0 to ``most`` that is reached, by doubling and bisection; None: not even ``most`` is."""
    low, high = -1, 0
    while not reached(high):
        if high >= most:
            return None
        low, high = high, min(max(1, 2 * high), most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def exact_step(policy: Policy, supply: PartSupply, target: float, *, quick: bool = False) -> int | None:
    """Smallest step that reaches the target by the closed form; None: none does."""
    if target > supply.fleet.ceiling and supply.needed == supply.pieces:
        return None
    return first_step(
        lambda level: exact(step(policy, level), supply, quick=quick).availability >= target, most_steps(supply)
    )


def stock_levels(study: Study) -> pl.DataFrame:
    """Schema STUDY_STOCK: smallest stock of every part for the options with a target availability.

    By the closed form, each part as if it alone stopped its assets. A part that no stock brings to the target gets
    the step above which nothing is gained. Rows the study already has are kept.
    """
    frames, quick = [study.stock], is_large(study)
    for option in study.options:
        if option.target_availability is None:
            continue
        target = option.target_availability
        levels = {}
        for supply in part_supplies(study, option):
            found = exact_step(option.policy, supply, target, quick=quick)
            levels[supply.part_id] = most_steps(supply) if found is None else found
        frames.append(
            stock_rows(option.name, option.policy, levels).join(
                study.stock, on=["option", "part_id", "place"], how="anti"
            )
        )
    return pl.concat(frames)
