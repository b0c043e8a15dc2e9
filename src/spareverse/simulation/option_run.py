"""Replications of one option, added up batch by batch so that memory does not grow with their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spareverse.engine import memory as a
from spareverse.engine.outcome import Outcome
from spareverse.engine.run import run_batch
from spareverse.network.study import Option, Study
from spareverse.network.study_tables import COST_KINDS, MEASURES
from spareverse.simulation.compile_network import SECONDS, CompiledNetwork, compile_network
from spareverse.simulation.ledger import CO2_KG, OptionLedger, option_ledger
from spareverse.simulation.study_network import SITE, OptionNetwork, Package
from spareverse.special import student_quantile

Floats = NDArray[np.float64]
_SUMS = ("stock_sums", "cost_sums", "asset_sums", "held_by_period", "money_by_period")
_LISTS = ("events", "up_by_period", "cumulative")
REMEMBERED = 400
"""Replications whose money per period is kept, for the bands of the cumulative cost."""
PIECE = 16
"""Least replications per call of the engine."""


@dataclass
class OptionRun:
    """One option's replications so far."""

    study: Study
    option: Option
    network: OptionNetwork
    compiled: CompiledNetwork
    ledger: OptionLedger
    seed: int
    rows: list[dict[str, Floats]] = field(default_factory=list)
    events: list[NDArray[np.int64]] = field(default_factory=list)
    up_by_period: list[Floats] = field(default_factory=list)
    cumulative: list[Floats] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        stocks, periods = len(self.compiled.stock_ids), len(self.compiled.entities.bounds) - 1
        self.stock_sums = np.zeros((stocks, a.STOCK_COUNTS))
        self.cost_sums = np.zeros((2, stocks))
        """Sum and sum of squares of a part's variable cost, down time included."""
        self.asset_sums = np.zeros((2, len(self.compiled.asset_ids)))
        """Sum and sum of squares of the availability."""
        self.held_by_period = np.zeros(periods)
        self.money_by_period = np.zeros((periods + 1, len(COST_KINDS) + 1))

    @classmethod
    def prepare(cls, package: Package, option: Option, seed: int) -> OptionRun:
        """Translate the option; nothing is simulated yet."""
        study, network = package.study, package.under(option)
        compiled = compile_network(network.universe)
        return cls(study, option, network, compiled, option_ledger(study, option, network, compiled), seed)

    def run_until(self, replications: int, pool: Executor, stopped: Callable[[], bool] = lambda: False) -> None:
        """Go on to that many replications, or to the end of the pieces under way once ``stopped`` says so."""

        def piece(bounds: tuple[int, int]) -> Outcome | None:
            if stopped():
                return None
            first, last = bounds
            return run_batch(
                self.compiled.entities,
                self.ledger.weights,
                self.seed,
                first,
                last,
                first_period=self.compiled.first_period,
            )[0]

        for outcome in pool.map(piece, self._pieces(replications)):
            if outcome is None:
                break
            self._add(outcome)

    def _pieces(self, replications: int) -> Iterator[tuple[int, int]]:
        """Replications per call of the engine: few at first and for large networks, many where calls would cost more
        than events. They depend on nothing but the network, so that sums are formed alike on every machine."""
        most = max(PIECE, PIECE * (256 // max(len(self.compiled.position_ids), 1)))
        first = self.done
        while first < replications:
            size = min(most, piece_size(first))
            last = min(first - first % size + size, replications)
            yield first, last
            first = last

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything simulated so far, to be kept and restored."""
        kept: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in _SUMS}
        kept |= {f"measure_{name}": self.values(name) for name in MEASURES} if self.done else {}
        kept |= {name: np.concatenate(getattr(self, name)) for name in _LISTS if getattr(self, name)}
        return kept

    def restore(self, kept: Mapping[str, NDArray[Any]]) -> None:
        """Take up where ``arrays`` was called; further replications give the same bits as without the break."""
        for name in _SUMS:
            setattr(self, name, kept[name])
        for name in _LISTS:
            setattr(self, name, [kept[name]])
        self.rows = [{name: kept[f"measure_{name}"] for name in MEASURES}]
        self.done = len(self.events[0])

    def as_it_stands(self) -> OptionRun:
        """The replications so far, whatever is added to this run later."""
        kept = copy(self)
        for name in _SUMS:
            setattr(kept, name, getattr(self, name).copy())
        for name in ("rows", *_LISTS):
            setattr(kept, name, list(getattr(self, name)))
        return kept

    def half_width(self) -> float:
        """Of the 95 % interval of availability; infinite before the second replication."""
        values = self.values("availability")
        if len(values) < 2:
            return float("inf")
        return float(student_quantile(len(values) - 1, 0.975) * values.std(ddof=1) / np.sqrt(len(values)))

    def values(self, measure: str) -> Floats:
        """One value per replication."""
        return np.concatenate([row[measure] for row in self.rows]) if self.rows else np.zeros(0)

    def _add(self, outcome: Outcome) -> None:
        money = self._money(outcome)
        self.rows.append(self._measures(outcome, money))
        self.events.append(outcome.events)
        totals = outcome.stock_totals.astype(np.float64)
        cost = self._part_costs(totals, outcome)
        share = outcome.asset_totals[:, :, a.UP_SECONDS] / self.compiled.counted_seconds
        seconds = np.diff(self.compiled.entities.bounds)[None, :]
        kept = money[: max(REMEMBERED - self.done, 0), :, : len(COST_KINDS)].sum(axis=2).cumsum(axis=1)
        if len(kept):
            self.cumulative.append(kept)
        self.up_by_period.append(outcome.up_seconds / (seconds * max(len(self.compiled.asset_ids), 1)))
        self.stock_sums += totals.sum(axis=0)
        self.cost_sums += np.stack([cost.sum(axis=0), (cost**2).sum(axis=0)])
        self.asset_sums += np.stack([share.sum(axis=0), (share**2).sum(axis=0)])
        self.held_by_period += (outcome.series[:, 0, :, a.ON_HAND_SECONDS] / seconds).sum(axis=0)
        self.money_by_period += money.sum(axis=0)
        self.done += len(outcome.events)

    def _money(self, outcome: Outcome) -> Floats:
        """[replications, periods + 1, cost kinds and CO2 kg], first row due at time 0."""
        replications, _, periods, kinds = outcome.money.shape
        money = np.zeros((replications, periods + 1, kinds))
        money[:, 1:] = outcome.money[:, 0]
        money[:, :, : len(COST_KINDS)] += self.ledger.fixed
        return money

    def _measures(self, outcome: Outcome, money: Floats) -> dict[str, Floats]:
        """Every measure of the replications of a batch."""
        totals = outcome.stock_totals.astype(np.float64)
        site = np.array([name.endswith(f"\x1f{SITE}") for name in self.compiled.stock_ids], np.bool_)
        buys = self.ledger.buys
        counted = self.compiled.counted_seconds
        assets = max(len(self.compiled.asset_ids), 1)
        hours = outcome.asset_totals.sum(axis=1) / (SECONDS * assets)

        def total(measure: int, points: NDArray[np.bool_] | slice = slice(None)) -> Floats:
            summed: Floats = totals[:, points, measure].sum(axis=1)
            return summed

        failures, stock_outs = total(a.DEMANDS, site), total(a.STOCK_OUTS, site)
        waiting = total(a.WAITING_SECONDS, site) / SECONDS
        emergency = total(a.EMERGENCY_ORDERS, buys)
        shipments = total(a.DELIVERIES, buys)
        kinds = money[:, :, : len(COST_KINDS)]
        with np.errstate(divide="ignore", invalid="ignore"):
            measures = {
                "availability": hours[:, a.UP_SECONDS] * SECONDS / counted,
                "system_availability": self._system_share(outcome),
                "up_hours": hours[:, a.UP_SECONDS],
                "failures": failures,
                "stock_outs": stock_outs,
                "fill_rate": 1.0 - stock_outs / failures,
                "wait_hours": np.where(failures > 0, waiting / failures, np.nan),
                "stock_out_wait_hours": np.where(stock_outs > 0, waiting / stock_outs, np.nan),
                "access_hours": hours[:, a.ACCESS_SECONDS],
                "replacing_hours": hours[:, a.REPLACING_SECONDS],
                "lead_time_hours": total(a.LEAD_SECONDS, buys) / SECONDS / shipments,
                "orders": total(a.ORDERS, buys) + emergency,
                "emergency_orders": emergency,
                "pieces_bought": total(a.PIECES_ORDERED, buys),
                "shipments": shipments,
                "global_shipments": total(a.DELIVERIES, self.ledger.emits),
                "transfers": total(a.TRANSFERS),
                "mean_stock": total(a.ON_HAND_SECONDS) / counted,
                "unused_pieces": total(a.END_ON_HAND),
                "unused_value": (totals[:, :, a.END_ON_HAND] * self.ledger.prices).sum(axis=1),
                "expired_pieces": total(a.PIECES_EXPIRED),
                "co2_kg": money[:, :, CO2_KG].sum(axis=1),
                **{f"{kind}_cost": kinds[:, :, number].sum(axis=1) for number, kind in enumerate(COST_KINDS)},
                "total_cost": kinds.sum(axis=(1, 2)),
                # not a matrix product, whose last bits depend on the number of replications in the batch
                "net_present_cost": (kinds.sum(axis=2) * self.ledger.discount).sum(axis=1),
            }
        return {name: measures[name] for name in MEASURES}

    def _system_share(self, outcome: Outcome) -> Floats:
        """Share of the counted time in which all critical assets work at once."""
        critical = np.flatnonzero(self.compiled.entities.assets[:, a.CRITICAL])
        if len(critical) == 1:
            alone: Floats = outcome.asset_totals[:, critical[0], a.UP_SECONDS] / self.compiled.counted_seconds
            return alone
        together: Floats = 1.0 - outcome.system_down / self.compiled.counted_seconds
        return together

    def _part_costs(self, totals: Floats, outcome: Outcome) -> Floats:
        """Variable cost of each stock point [replications, stock points], down time begun by its part included."""
        weights = self.ledger.weights
        cost = np.zeros(totals.shape[:2])
        for e, kind in enumerate(weights.kind):
            if kind != CO2_KG:
                cost += totals[:, :, weights.measure[e]] * weights.weight[:, e]
        return cost + self.downtime_costs(totals, outcome.money[:, 0, :, weights.downtime_kind].sum(axis=1))

    def downtime_costs(self, totals: Floats, paid: Floats) -> Floats:
        """Down time charged to stock points: by the seconds their parts began, at the rate of their assets, scaled to
        what was paid in all."""
        raw = totals[:, :, a.DOWN_SECONDS] * self._downtime_rates()
        whole = raw.sum(axis=1)
        scale = np.divide(paid, whole, out=np.zeros_like(paid), where=whole > 0)
        charged: Floats = raw * scale[:, None]
        return charged

    def _downtime_rates(self) -> Floats:
        """Mean cost of a second of down time of the assets each stock point serves."""
        positions = self.compiled.entities.positions
        rate = self.ledger.weights.downtime.mean(axis=1)
        count = len(self.compiled.stock_ids)
        stock, asset = positions[:, a.STOCK - a.ASSET], positions[:, 0]
        served = np.bincount(stock, minlength=count)
        summed = np.bincount(stock, weights=rate[asset], minlength=count)
        rates: Floats = np.divide(summed, served, out=np.zeros(count), where=served > 0)
        return rates


def piece_size(first: int) -> int:
    """Replications per call from replication ``first`` on, for a small network."""
    return 8 * PIECE if first >= 64 * PIECE else PIECE


def threads_available() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
