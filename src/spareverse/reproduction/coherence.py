"""What the index of structural coherence is worth: split incentives, what must hold of any index, and fifty companies'
ways of paying held against the cost their agents drift to.

The last uses nothing of the index but the levers: agents try things for a year, each for its own pay.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from spareverse.examples import incentives
from spareverse.examples.drawn_companies import drawn_company
from spareverse.examples.timeline import stream
from spareverse.jit import Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.observer.agents import Agent, agents_of, with_agents
from spareverse.observer.coherence import PARTS, assessed
from spareverse.observer.intervals import mean
from spareverse.observer.levers import levers_of, turns
from spareverse.observer.sample import Sample, sampled
from spareverse.observer.trials import Trials
from spareverse.reproduction.incentive_drift import drift

Document = dict[str, Any]
Floats = NDArray[np.float64]
NETWORKS, SETTINGS, DRIFTS, REPLICATIONS = 5, 50, 8, 20
PARTS_DRAWN = 60
RHO = 2.0
LADDER = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the pay of all that follow the cost of the enterprise."""
PAID_MEASURES = {
    "stock_value": -1.0, "price_index": -1.0, "fill_rate": 1.0, "wait_days": -1.0, "purchases_cost": -1.0,
    "orders": -1.0, "emergency_orders": -1.0, "holding_cost": -1.0, "transport_cost": -1.0, "penalty_cost": -1.0,
}  # fmt: skip
"""What drawn agents may be paid for, and the side that is usually wanted."""
RESAMPLES = 4_000


class _Company:
    """A network whose settings are tried once for all ways of paying."""

    def __init__(self, network: Network) -> None:
        whole = with_distances(with_agents(network))
        self.sample: Sample = sampled(whole, PARTS, 1)
        self.levers = tuple(lever for lever in levers_of(whole) if turns(whole, lever))
        self.agents = agents_of(whole)
        self.trials = Trials(whole, self.levers)

    def assessed(self, agents: Sequence[Agent], replications: int, seed: int) -> dict[str, pl.DataFrame]:
        return assessed(self.trials, agents, self.sample, rhos=(RHO,), replications=replications, seed=seed)


def run(
    *,
    networks: int = NETWORKS,
    settings: int = SETTINGS,
    replications: int = REPLICATIONS,
    seed: int = 1,
    record: Path | None = None,
    progress: Progress | None = None,
) -> Document:
    """A document of ``example``, ``laws`` and ``validity``; written to ``record`` as JSON, if given."""
    start, clock = time.process_time(), time.perf_counter()
    told = progress or (lambda share, words: None)
    told(0.0, "Split incentives")
    example = _Company(incentives.network())
    companies = {f"company {number}": _Company(drawn_company(number, PARTS_DRAWN)) for number in range(1, networks + 1)}
    result: Document = {"seed": seed, "replications": replications, "example": _example(example, replications, seed)}
    result["laws"] = []
    for done, (name, company) in enumerate({"split incentives": example, **companies}.items()):
        told(0.1 + 0.2 * done / (networks + 1), f"Pay that must lead to the best, or the worst: {name}")
        result["laws"].append({"network": name, **_laws(company, replications, seed)})
    result["validity"] = _validity(companies, settings, replications, seed, lambda share: told(
        0.3 + 0.7 * share, "Agents drift"))  # fmt: skip
    result["runs"] = sum(company.trials.runs for company in (example, *companies.values()))
    result["events"] = sum(company.trials.events for company in (example, *companies.values()))
    result["processor_seconds"], result["seconds"] = time.process_time() - start, time.perf_counter() - clock
    if record is not None:
        record.write_text(json.dumps(result, indent=1), encoding="utf-8")
    return result


def _example(company: _Company, replications: int, seed: int) -> Document:
    """Split incentives as they are and mended: the index, its parts, and the years that follow."""
    half = dict.fromkeys((incentives.PLANNER, incentives.BUYER), 0.5)
    shares: dict[str, dict[str, float]] = {
        "as paid": {}, "half": half, "all": {agent.name: 1.0 for agent in company.agents},
    }  # fmt: skip
    ways: list[Document] = []
    as_paid = np.zeros(DRIFTS)
    for name, share in shares.items():
        agents = [replace(agent, enterprise_share=share.get(agent.name, 0.0)) for agent in company.agents]
        tables = company.assessed(agents, replications, seed)
        years = [drift(company.trials.network, company.levers, agents, seed + number) for number in range(DRIFTS)]
        more = np.array([one.cost_more.mean() for one in years])
        as_paid = as_paid if ways else more
        ways.append({
            "pay": name, "coherence": tables["coherence"].to_dicts(),
            "drifted_more": {**asdict(mean(more)), "years": DRIFTS}, "against_as_paid": asdict(mean(more - as_paid)),
            "moves": tables["agent_moves"].to_dicts(), "externalities": tables["externalities"].to_dicts(),
        })  # fmt: skip
    return {"ways": ways}


def _laws(company: _Company, replications: int, seed: int) -> Document:
    """All paid for the enterprise, against it, in other units, and more and more for it."""

    def index(agents: Sequence[Agent]) -> Document:
        rows = company.assessed(agents, replications, seed)["coherence"].to_dicts()[0]
        return {name: rows[name] for name in ("coherence", "coherence_low", "coherence_high", "floor", "settled")}

    units = [
        replace(agent, weights={name: 1_000.0 * weight for name, weight in agent.weights.items()})
        for agent in company.agents
    ]
    against = [replace(agent, weights={"total_cost": 1.0}, enterprise_share=0.0) for agent in company.agents]
    ladder = [index([replace(agent, enterprise_share=share) for agent in company.agents]) for share in LADDER]
    return {"for": ladder[-1], "against": index(against), "paid": ladder[0], "other_units": index(units),
            "ladder": [{"share": share, **rung} for share, rung in zip(LADDER, ladder, strict=True)]}  # fmt: skip


def drawn_pay(agents: Sequence[Agent], random: np.random.Generator) -> list[Agent]:
    """Other pay for the same agents: one or two measures each, mostly the usual way round, some of it for the whole."""
    paid = []
    names = list(PAID_MEASURES)
    for agent in agents:
        chosen = random.choice(names, int(random.integers(1, 3)), replace=False)
        side = random.choice([1.0, -1.0], len(chosen), p=[0.8, 0.2])
        weights = {
            str(name): PAID_MEASURES[name] * float(turn * random.uniform(0.5, 2.0))
            for name, turn in zip(chosen, side, strict=True)
        }
        share = float(random.uniform(0.0, 1.0)) if random.random() < 0.5 else 0.0
        paid.append(Agent(agent.name, weights, share))
    return paid


def _validity(
    companies: dict[str, _Company], settings: int, replications: int, seed: int, told: Any
) -> Document:  # fmt: skip
    """Coherence of drawn ways of paying, and the cost reached after a year of trying, over the cost today."""
    rows = []
    for number in range(settings):
        told(number / settings)
        name = list(companies)[number % len(companies)]
        company = companies[name]
        agents = drawn_pay(company.agents, stream(seed + number, "pay"))
        table = company.assessed(agents, replications, seed)["coherence"]
        after = drift(company.trials.network, company.levers, agents, 1_000 * seed + number)
        rows.append({
            "network": name, "coherence": table["coherence"][0],
            "expected": table["cost_drift"][0] / table["cost_now"][0],
            "reached": after.cost_after / after.cost_before, "steps": after.steps,
            "pay": {agent.name: {**agent.weights, "enterprise": agent.enterprise_share} for agent in agents},
        })  # fmt: skip
    index, reached = (np.array([row[key] for row in rows]) for key in ("coherence", "reached"))
    group = np.array([row["network"] for row in rows])
    return {"settings": rows, "rank_correlation": _rank_correlation(index, -reached, group, seed)}


def _centred(values: Floats) -> Floats:
    """Ranks about their mean."""
    ranks: Floats = rankdata(values) - (len(values) + 1) / 2
    return ranks


def _rank_correlation(index: Floats, good: Floats, group: NDArray[np.str_], seed: int) -> Document:
    """Spearman's, over all and within networks (ranks within each, correlated over all), bootstrapped by settings."""

    def over(rows: NDArray[np.int64]) -> tuple[float, float]:
        own, of = index[rows], good[rows]
        inside = [group[rows] == name for name in np.unique(group)]
        mine, theirs = (np.concatenate([_centred(values[rows]) for rows in inside]) for values in (own, of))
        return float(np.corrcoef(rankdata(own), rankdata(of))[0, 1]), float(np.corrcoef(mine, theirs)[0, 1])

    random = np.random.default_rng(seed)
    drawn = np.array([over(random.integers(0, len(index), len(index))) for _ in range(RESAMPLES)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    names = ("all", "within")
    values = over(np.arange(len(index)))
    return {name: {"value": values[k], "low": float(low[k]), "high": float(high[k])} for k, name in enumerate(names)}
