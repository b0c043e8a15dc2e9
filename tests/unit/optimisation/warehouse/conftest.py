"""A stand-in for the simulation: closed-form availabilities with noise, so that the truth is known."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl
import pytest

from spareverse.network.distributions import Triangular
from spareverse.network.study import Economics, Fee, Option, Policy, Study
from spareverse.network.study_tables import (
    COST_KINDS,
    LINE_RESULTS,
    MEASURES,
    PERIOD_RESULTS,
    REPLICATION_RESULTS,
    STUDY_LINES,
)
from spareverse.optimisation.warehouse.stock_ladder import exact
from spareverse.optimisation.warehouse.supplies import part_supplies

CONVENTIONAL = Triangular(480.0, 720.0, 1200.0)
DIGITAL = Triangular(120.0, 168.0, 336.0)


@dataclass(frozen=True)
class MadeRun:
    study: Study
    seed: int
    replications: int
    tables: dict[str, pl.DataFrame]


@dataclass
class MadeSimulation:
    """Availability of each part: closed form plus noise that is the same under every option."""

    noise: float = 0.01
    calls: list[tuple[Study, int]] = field(default_factory=list)

    def __call__(self, study: Study, *, replications: int, seed: int, only: Collection[str] | None = None) -> MadeRun:
        self.calls.append((study, replications))
        lines, rows = [], []
        for option in study.options:
            if only is not None and option.name not in only:
                continue
            followed = {name: study.option(name) for name in option.follows.values()} or {option.name: option}
            found = [
                self._part(study, each, supply, replications, seed)
                for each in followed.values()
                for supply in part_supplies(study, each)
                if option.follows.get(supply.part_id, each.name) == each.name
            ]
            lines += [line for line, _ in found]
            rows.append(self._replications(study, option, found, replications))
        return MadeRun(
            study,
            seed,
            replications,
            {
                "line_results": _table(LINE_RESULTS, pl.DataFrame(lines, infer_schema_length=None)),
                "replications": _table(REPLICATION_RESULTS, pl.concat(rows)),
                "periods": PERIOD_RESULTS.empty(),
            },
        )

    def _part(
        self, study: Study, option: Option, supply: Any, replications: int, seed: int
    ) -> tuple[dict[str, Any], Any]:
        policy = option.policy
        for row in study.stock.filter(
            (pl.col("option") == option.name) & (pl.col("part_id") == supply.part_id)
        ).iter_rows(named=True):
            kept = {name: row[name] for name in ("initial_stock", "reorder_point", "order_quantity", "order_up_to")}
            policy = replace(policy, **kept, kind="on_demand" if row["initial_stock"] == 0 else policy.kind)
        luck = np.random.default_rng([seed, crc32(supply.part_id.encode())]).standard_normal(replications)
        share = np.clip(exact(policy, supply).availability + self.noise * luck, 0.0, 1.0)
        error = 1.96 * share.std(ddof=1) / np.sqrt(replications)
        price = study.lines.filter(pl.col("part_id") == supply.part_id)["unit_price"][0] or 0.0
        pieces = supply.failures_per_year * share * study.horizon_h / 8760.0
        supplied = policy.initial_stock * price + pieces * price
        idle = (1.0 - share) * study.horizon_h * study.economics.downtime_cost_per_h
        line = {
            "option": option.name, "follows": option.name, "part_id": supply.part_id, "criticality": "high",
            "failures_per_year": supply.failures_per_year, "unit_price": price,
            "lead_time_days": supply.lead_time_days, "policy": policy.kind, "initial_stock": policy.initial_stock,
            "reorder_point": policy.reorder_point, "central_stock": 0, "availability": share.mean(),
            "availability_low": share.mean() - error, "availability_high": share.mean() + error,
            "mean_stock": float(policy.initial_stock), "supply_cost": supplied.mean(), "downtime_cost": idle.mean(),
            "cost_error": (supplied + idle).std(ddof=1) / np.sqrt(replications),
        }  # fmt: skip
        return line, {"availability": share, "parts_cost": supplied, "downtime_cost": idle, "pieces_bought": pieces}

    def _replications(self, study: Study, option: Option, found: list[Any], replications: int) -> pl.DataFrame:
        columns: dict[str, Any] = {name: np.zeros(replications) for name in MEASURES}
        for name in ("parts_cost", "downtime_cost", "pieces_bought"):
            columns[name] = sum((sample[name] for _, sample in found), np.zeros(replications))
        columns["availability"] = np.mean([sample["availability"] for _, sample in found], axis=0)
        columns["up_hours"] = columns["availability"] * study.horizon_h
        columns["fee_cost"] = np.full(replications, option.fee.per_month * study.horizon_h / 730.0)
        printed = columns["pieces_bought"] + sum(line["initial_stock"] for line, _ in found)
        columns["parts_cost"] = columns["parts_cost"] + printed * option.fee.pay_per_use
        columns["total_cost"] = sum(columns[f"{kind}_cost"] for kind in COST_KINDS)
        head = {"option": [option.name] * replications, "replication": np.arange(replications), "events": 1}
        return pl.DataFrame(head | columns)


def _table(table: Any, frame: pl.DataFrame) -> pl.DataFrame:
    filled = pl.concat(
        [table.empty(), frame.cast({n: t for n, t in table.schema.items() if n in frame.columns})], how="diagonal"
    )
    return filled.select(table.names)


@pytest.fixture
def platform() -> Study:
    """The published platform (El-Thalji 2025): four options, one part that fails 18 times a year."""
    return Study(
        "platform",
        package([18.0]),
        (
            Option("physical", "physical", policy=_stock(3), lead_time=CONVENTIONAL),
            Option("digital", "digital", policy=Policy("on_demand"), lead_time=DIGITAL, fee=Fee(1312.5)),
            Option("enhanced", "physical", policy=_stock(7), lead_time=CONVENTIONAL),
            Option("hybrid", "hybrid", policy=_stock(4), lead_time=DIGITAL, fee=Fee(2625.0)),
        ),
        currency="NOK",
        economics=Economics(downtime_cost_per_h=40.0),
        target_availability=0.98,
    )


def _stock(pieces: int) -> Policy:
    return Policy("reorder_point", pieces, pieces - 1, pieces, basis="on_hand")


def package(rates: list[float]) -> pl.DataFrame:
    """One tag and asset per rate of failure (per year), as the reader leaves them."""
    lines = pl.DataFrame(
        {
            "tag": [f"T{i}" for i in range(len(rates))],
            "asset_id": [f"A{i}" for i in range(len(rates))],
            "part_id": [f"P{i}" for i in range(len(rates))],
            "installed_quantity": [1] * len(rates),
            "failures_per_year": rates,
            "replacement": ["8 h"] * len(rates),
            "unit_price": [1500.0] * len(rates),
        }
    )
    return pl.concat([STUDY_LINES.empty(), lines], how="diagonal")


@pytest.fixture
def many_lines() -> Callable[[list[float]], pl.DataFrame]:
    return package


@pytest.fixture
def simulation() -> MadeSimulation:
    return MadeSimulation()
