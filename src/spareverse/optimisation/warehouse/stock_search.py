"""Smallest stock that reaches a target availability, found by simulation.

All parts of an option are searched at once: every round simulates each part at its present step and at one step less,
under the same random numbers, each part as if it alone stopped its assets. Rounds begin coarse, at what the closed
form says; a part leaves the search when the interval at its step lies above the target and that of one step less
below it, and replications are quadrupled for the parts that remain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from spareverse.errors import Cancelled
from spareverse.jit import Cancel, Progress
from spareverse.network.study import Option, Study
from spareverse.network.study_answers import NOT_ENOUGH, SMALLEST_STOCK, STOCK_LADDER
from spareverse.optimisation.warehouse.estimates import Estimate, columns
from spareverse.optimisation.warehouse.runs import Run, Simulate
from spareverse.optimisation.warehouse.stock_ladder import (
    exact,
    exact_step,
    is_large,
    most_steps,
    step,
    stock_rows,
    stocked,
)
from spareverse.optimisation.warehouse.supplies import CONVENTIONAL, DIGITAL, PartSupply, part_supplies
from spareverse.simulation.study_network import stocked_lines

COARSE, MOST = 50, 3_200
"""Replications of the first rounds, and of the last."""
WORK = 10_000_000
"""Events that one round may cost: some seconds. Long runs of many assets then end sooner."""
WITHOUT, PLENTY, AT, LESS = "without stock", "ample stock", "step", "one step less"


@dataclass
class PartSearch:
    """What is known about one part: availability by step, and where the search stands."""

    supply: PartSupply
    target: float
    exact_step: int | None
    most: int
    quick: bool
    at: int = 0
    tried: dict[int, tuple[Estimate, int]] = field(default_factory=dict)
    reachable: float | None = None
    verdict: str = ""

    def note(self, level: int, availability: Estimate, replications: int) -> None:
        if level not in self.tried or self.tried[level][1] <= replications:
            self.tried[level] = availability, replications

    def reached(self, level: int) -> bool | None:
        """Whether the mean at a step reaches the target; None: not tried."""
        return self.tried[level][0].value >= self.target if level in self.tried else None

    def advance(self, replications: int, most_replications: int) -> None:
        """Choose the next step, or settle."""
        if not self.reached(self.at):
            self._up()
        elif self.at > 0 and self.reached(self.at - 1):
            self._down()
        elif self._clear():
            self.verdict = "confirmed"
        elif replications >= most_replications:
            self.verdict = NOT_ENOUGH

    def bracketed(self) -> bool:
        """Whether the present step is the smallest by the means."""
        return bool(self.reached(self.at)) and (self.at == 0 or self.reached(self.at - 1) is False)

    def _clear(self) -> bool:
        here = self.tried[self.at][0].above(self.target)
        return here and (self.at == 0 or self.tried[self.at - 1][0].below(self.target))

    def _up(self) -> None:
        above = [level for level in self.tried if level > self.at and self.reached(level)]
        if self.at >= self.most:
            self.verdict = NOT_ENOUGH
        elif above:
            self.at = (self.at + min(above) + 1) // 2
        else:
            self.at = min(self.most, 2 * self.at + 1)

    def _down(self) -> None:
        below = max((level for level in self.tried if level < self.at and not self.reached(level)), default=-1)
        self.at = (self.at + below) // 2


def search(
    study: Study,
    option_name: str,
    target: float,
    simulate: Simulate,
    *,
    seed: int = 0,
    most_replications: int = MOST,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Schemas SMALLEST_STOCK and STOCK_LADDER of one option, every part that follows it. Raises ``Cancelled``."""
    option = study.option(option_name)
    parts = _begin(study, option, target)
    _ends(study, option, parts, simulate, seed)
    replications, rounds = COARSE, 0
    while searched := {name: part for name, part in parts.items() if not part.verdict}:
        if cancel is not None and cancel():
            raise Cancelled("The search for the smallest stock was stopped.")
        if progress is not None:
            done = 1.0 - len(searched) / len(parts)
            count = f"{len(searched):,} part{'s' * (len(searched) != 1)}"
            progress(done, f"Smallest stock of {option_name}: {count}, {replications} replications")
        events = _try(study, option, searched, simulate, replications, seed)
        most = min(most_replications, max(COARSE, int(WORK / max(events, 1.0))))
        for part in searched.values():
            part.advance(replications, most)
        rounds += 1
        remaining = [part for part in searched.values() if not part.verdict]
        if remaining and (all(part.bracketed() for part in remaining) or rounds >= 12):
            replications, rounds = min(4 * replications, most), 0
    return _answers(option, parts), _ladder(option, parts)


def exact_answers(study: Study, option_name: str, target: float) -> pl.DataFrame:
    """Schema SMALLEST_STOCK by the closed form alone."""
    option = study.option(option_name)
    parts = _begin(study, option, target)
    for part in parts.values():
        part.verdict = "unreachable" if part.exact_step is None else "exact_only"
        part.reachable = exact(step(option.policy, part.most), part.supply, quick=part.quick).availability
    return _answers(option, parts)


def alone(study: Study, parts: Iterable[str] | None = None) -> Study:
    """The study with these parts only (None: all), each on assets of its own, so that no part waits for another."""
    kept = stocked_lines(study)
    if parts is not None:
        kept = kept.filter(pl.col("stock_part").is_in(list(parts)))
    asset = pl.concat_str("asset_id", pl.lit("|"), "stock_part").alias("asset_id")
    return replace(study, lines=kept.with_columns(asset).drop("stock_part"))


def _begin(study: Study, option: Option, target: float) -> dict[str, PartSearch]:
    """Every part at the step the closed form names."""
    quick, parts = is_large(study), {}
    for supply in part_supplies(study, option):
        found, most = exact_step(option.policy, supply, target, quick=quick), most_steps(supply)
        parts[supply.part_id] = PartSearch(supply, target, found, most, quick, at=most if found is None else found)
    return parts


def _ends(study: Study, option: Option, parts: Mapping[str, PartSearch], simulate: Simulate, seed: int) -> None:
    """Both ends of the ladder: no stock, and so much that only the work itself takes time."""
    plenty = {name: part.most for name, part in parts.items()}
    run = _simulated(study, option, {WITHOUT: dict.fromkeys(parts, 0), PLENTY: plenty}, simulate, COARSE, seed)
    for (name, which), found in _availabilities(run).items():
        part = parts[name]
        part.note(0 if which == WITHOUT else part.most, found, COARSE)
        if which == PLENTY:
            part.reachable = found.value
            if found.below(part.target):
                part.verdict, part.at = "unreachable", part.most


def _try(
    study: Study, option: Option, parts: Mapping[str, PartSearch], simulate: Simulate, replications: int, seed: int
) -> float:
    """One round; returns the events of a replication of it."""
    steps = {
        AT: {name: part.at for name, part in parts.items()},
        LESS: {name: max(0, part.at - 1) for name, part in parts.items()},
    }
    run = _simulated(study, option, steps, simulate, replications, seed)
    for (name, which), found in _availabilities(run).items():
        parts[name].note(steps[which][name], found, replications)
    return float(run.tables["replications"]["events"].sum()) / replications


def _simulated(
    study: Study, option: Option, steps: dict[str, dict[str, int]], simulate: Simulate, replications: int, seed: int
) -> Run:
    """One run with an option per entry of ``steps``: name -> part -> step."""
    every = [part for levels in steps.values() for part in levels]
    base = replace(stocked(option), qualified_only=False, fallback=None)
    central = study.stock.filter((pl.col("option") == option.name) & (pl.col("place") != "site"))
    options, stock = [], []
    for name, levels in steps.items():
        bare = not any(levels.values())
        options.append(replace(base, name=name, policy=step(option.policy, 0)) if bare else replace(base, name=name))
        stock.append(central.with_columns(pl.lit(name).alias("option")))
        if not bare:
            stock.append(stock_rows(name, option.policy, levels))
    smaller = replace(alone(study, every), options=tuple(options), stock=pl.concat(stock))
    return simulate(smaller, replications=replications, seed=seed)


def _availabilities(run: Run) -> dict[tuple[str, str], Estimate]:
    """(part, option of the run) -> availability of the assets the part serves."""
    found = run.tables["line_results"].select(
        "part_id", "option", "availability", "availability_low", "availability_high"
    )
    return {(part, option): Estimate(mean, low, high) for part, option, mean, low, high in found.iter_rows()}


def _answers(option: Option, parts: Mapping[str, PartSearch]) -> pl.DataFrame:
    return pl.DataFrame([_answer(option, part) for part in parts.values()], schema=SMALLEST_STOCK.schema)


def _answer(option: Option, part: PartSearch) -> dict[str, object]:
    by_form = None if part.exact_step is None else step(option.policy, part.exact_step)
    closed = exact(by_form or step(option.policy, part.most), part.supply, quick=part.quick)
    row: dict[str, object] = {
        "option": option.name,
        "supply": CONVENTIONAL if option.warehouse == "physical" else DIGITAL,
        "part_id": part.supply.part_id,
        "target": part.target,
        "failures_per_year": part.supply.failures_per_year,
        "lead_time_days": part.supply.lead_time_days,
        "exact_stock": None if by_form is None else by_form.initial_stock,
        "exact_reorder_point": None if by_form is None else by_form.reorder_point,
        "exact_availability": closed.availability,
        "method": closed.method,
        "reachable": part.reachable,
        "verdict": part.verdict,
    }
    if part.verdict == "unreachable":
        return row | {"limit": _limit(part)}
    policy = step(option.policy, part.at)
    row |= {
        "initial_stock": policy.initial_stock,
        "reorder_point": policy.reorder_point,
        "order_quantity": policy.order_quantity,
    }
    if part.at in part.tried:
        estimate, replications = part.tried[part.at]
        row |= {**columns("availability", estimate), "replications": replications}
    if part.at - 1 in part.tried:
        below = columns("below", part.tried[part.at - 1][0])
        row |= {"below": below["below"], "below_high": below["below_high"]}
    return row


def _limit(part: PartSearch) -> str:
    """What keeps ample stock below the target: the work itself, the wait for access to it, or the supply."""
    if part.supply.replacement_ceiling < part.target:
        return "replacement"
    return "access" if part.supply.fleet.ceiling < part.target else "supply"


def _ladder(option: Option, parts: Mapping[str, PartSearch]) -> pl.DataFrame:
    rows = []
    for part in parts.values():
        for level, (estimate, replications) in sorted(part.tried.items()):
            policy = step(option.policy, level)
            rows.append(
                {
                    "option": option.name,
                    "part_id": part.supply.part_id,
                    "initial_stock": policy.initial_stock,
                    "reorder_point": policy.reorder_point,
                    "order_quantity": policy.order_quantity,
                    "exact": exact(policy, part.supply, quick=part.quick).availability,
                    **columns("availability", estimate),
                    "replications": replications,
                }
            )
    return pl.DataFrame(rows, schema=STOCK_LADDER.schema)
