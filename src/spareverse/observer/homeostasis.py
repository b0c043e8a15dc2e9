"""Dynamic homeostasis: how far the disturbances of the battery throw a network, component by component.

h = 1 / (1 + value / reference) of every component; the index is their geometric mean, in (0, 1], what customers feel
counting twice. References and weights are declared: a reference says where a component counts as half lost. Differences
alone would praise a starved network, which looks calm; therefore the undisturbed run counts in absolute terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Cancel, Progress
from spareverse.network.network import Network
from spareverse.network.observer_tables import HOMEOSTASIS, RECOVERY
from spareverse.observer.battery import DAYS, UNDISTURBED, WINDOW_DAYS
from spareverse.observer.battery_runs import OUTER, BatteryRuns, run_battery
from spareverse.observer.sample import Sample, sampled
from spareverse.special import student_quantile

Floats = NDArray[np.float64]
REFERENCES: Mapping[str, float] = {
    "loss": 1.0, "recovery": 90.0, "swing": 0.25, "firefighting": 0.02, "waiting": 2.0, "amplification": 4.0,
}  # fmt: skip
"""Value of each component at which its index is one half."""
WEIGHTS: Mapping[str, float] = {
    "loss": 2.0, "recovery": 1.0, "swing": 1.0, "firefighting": 1.0, "waiting": 2.0, "amplification": 1.0,
}  # fmt: skip
"""Of each component in the geometric mean."""
UNITS: Mapping[str, str] = {
    "loss": "days of demand waited per day of disturbance", "recovery": "d", "swing": "share of the mean stock value",
    "firefighting": "emergency orders per demand", "waiting": "d/piece", "amplification": "variance ratio",
}  # fmt: skip
PARTS, REPLICATIONS = 1_000, 16
LOST_DAYS = 30.0
"""A piece not sold counts as one that was waited for so long."""
LEAST_LOSS = 0.1
"""Below this loss nothing has to be recovered from."""
DRAWS = 400
_BOOTSTRAP_SEED = 20_240_613


@dataclass(frozen=True)
class Validity:
    """How the index ranked drawn companies by the service they lost under disturbances it had not seen."""

    correlation: float
    """Spearman's rank correlation with service kept, and its 95 % limits."""
    low: float
    high: float
    companies: int

    @property
    def experimental(self) -> bool:
        """Whether the index has not proved itself: its correlation may be below ``PROVEN``."""
        return self.low < PROVEN

    @property
    def remark(self) -> str:
        """What was found, in words."""
        found = f"{self.correlation:.2f} [{self.low:.2f} to {self.high:.2f}]"
        return (
            f"Over {self.companies} drawn companies its rank correlation with the service they kept under ten"
            f" disturbances outside the battery is {found}"
            + (f": it may be below {PROVEN:g}. Read the components, not the index alone." if self.experimental else ".")
        )


PROVEN = 0.5
VALIDITY = Validity(0.55, 0.306, 0.734, 50)
"""From docs/validation/homeostasis.json."""


@dataclass(frozen=True)
class Homeostasis:
    """The index with its 95 % limits, its components and recovery curves, and the runs they are made of."""

    index: float
    low: float
    high: float
    worst: tuple[str, str]
    """Disturbance and component of the lowest index."""
    tables: Mapping[str, pl.DataFrame]
    """``homeostasis`` (schema HOMEOSTASIS) and ``recovery`` (schema RECOVERY)."""
    runs: BatteryRuns


def homeostasis(
    network: Network,
    *,
    parts: int = PARTS,
    replications: int = REPLICATIONS,
    seed: int = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Homeostasis:
    """Simulate the battery, then ``assess`` it. Raises Cancelled.

    parts
        Simulated at most; of a larger network a sample, the error of which is in the limits.
    """
    sample = sampled(network, parts, seed)
    runs = run_battery(sample.network, replications=replications, seed=seed, progress=progress, cancel=cancel)
    return assess(runs, sample)


def assess(runs: BatteryRuns, sample: Sample | None = None) -> Homeostasis:
    """Components, index and intervals of the replications so far, of two at least.

    ``sample``: the parts that were simulated, where they are not all; the limits then hold its error too.
    """
    paths = _Paths(runs.series)
    n = runs.replications
    generator = np.random.default_rng(_BOOTSTRAP_SEED)
    weights = np.vstack([np.full(n, 1.0 / n), generator.multinomial(n, np.full(n, 1.0 / n), DRAWS) / n])
    found = paths.components(weights)
    values = np.array(list(found.values()))
    references = np.array([REFERENCES[component] for _, component in found])
    # a resampled mean varies by (n - 1) / n too little; Student's factor is for few replications
    factor = float(student_quantile(n - 1, 0.975)) * np.sqrt(n / (n - 1))
    indices = 1.0 / (1.0 + values / references[:, None])
    shares = np.array([WEIGHTS[component] for _, component in found])
    logs = np.average(np.log(indices), axis=0, weights=shares)
    half = float(np.hypot(factor * logs[1:].std(), 1.96 * _sampling_deviation(runs, found, sample)))
    index = float(np.exp(logs[0]))
    table = _component_table(list(found), values, references, factor)
    worst = table.filter(pl.col("worst") == "yes").row(0, named=True)
    return Homeostasis(
        index, float(np.exp(logs[0] - half)), min(1.0, float(np.exp(logs[0] + half))),
        (worst["disturbance"], worst["component"]),
        {HOMEOSTASIS.name: table, RECOVERY.name: paths.recovery_table()}, runs,
    )  # fmt: skip


class _Paths:
    """Replications by period [R, T] of each disturbance, less those of the undisturbed run where they are paired."""

    def __init__(self, series: pl.DataFrame) -> None:
        window = series.filter(pl.col("start_day") < pl.col("start_day").min() + WINDOW_DAYS - 1e-6)
        whole = series.group_by("scenario", "replication", "period", maintain_order=True).agg(
            pl.col("days").first(), pl.col("waiting_piece_days", "pieces_lost", "pieces_demanded", "demands",
                                           "emergency_orders", "stock_value").sum(),
            pl.col("pieces_ordered").filter(pl.col("place_id") == OUTER).sum().alias("bought"),
        )  # fmt: skip
        self.names = [name for name in DAYS if name in series["scenario"]]
        base = whole.filter(pl.col("scenario") == UNDISTURBED)
        self.base = {name: _matrix(base, name) for name in whole.columns[3:]}
        self.periods = window["period"].n_unique()
        self.days = self.base["days"][0, : self.periods]
        self.extra: dict[str, dict[str, Floats]] = {}
        for disturbance in self.names:
            own = whole.filter(pl.col("scenario") == disturbance)
            self.extra[disturbance] = {
                name: (_matrix(own, name) - self.base[name])[:, : self.periods] for name in whole.columns[4:]
            }

    def components(self, weights: Floats) -> dict[tuple[str, str], Floats]:
        """(disturbance, component) -> value for each row of ``weights`` [draws, R] of the replications."""
        days = float(self.days.sum())
        a_day = weights @ self.base["pieces_demanded"][:, : self.periods].sum(axis=1) / days
        lines = weights @ self.base["demands"][:, : self.periods].sum(axis=1)
        stock = weights @ self.base["stock_value"][:, : self.periods].mean(axis=1)
        found: dict[tuple[str, str], Floats] = {}
        for name in self.names:
            extra = self.extra[name]
            path = weights @ (extra["waiting_piece_days"] + LOST_DAYS * extra["pieces_lost"])
            total = path.sum(axis=1)
            loss = np.maximum(_ratio(total, a_day * DAYS[name]), 0.0)
            peak = np.maximum((path / self.days).max(axis=1), 1e-12)
            swing = np.abs(weights @ extra["stock_value"]).max(axis=1)
            emergencies = weights @ extra["emergency_orders"].sum(axis=1)
            found[name, "loss"] = loss
            found[name, "recovery"] = np.where(loss < LEAST_LOSS, 0.0, total / peak)
            found[name, "swing"] = _ratio(swing, stock)
            found[name, "firefighting"] = np.maximum(_ratio(emergencies, lines), 0.0)
        return found | self._undisturbed(weights)

    def _undisturbed(self, weights: Floats) -> dict[tuple[str, str], Floats]:
        sums = {name: weights @ values.sum(axis=1) for name, values in self.base.items()}
        waited = sums["waiting_piece_days"] + LOST_DAYS * sums["pieces_lost"]
        ordered, demanded = (weights @ self.base[name].var(axis=1, ddof=1) for name in ("bought", "pieces_demanded"))
        return {
            (UNDISTURBED, "waiting"): _ratio(waited, sums["pieces_demanded"]),
            (UNDISTURBED, "firefighting"): _ratio(sums["emergency_orders"], sums["demands"]),
            (UNDISTURBED, "amplification"): _ratio(ordered, demanded),
        }

    def recovery_table(self) -> pl.DataFrame:
        """Schema RECOVERY: paired differences by period, with Student's limits over the replications."""
        middle = np.cumsum(self.days) - self.days / 2.0
        frames = []
        for name in self.names:
            columns: dict[str, object] = {"disturbance": [name] * self.periods, "day": middle}
            waiting = self.extra[name]["waiting_piece_days"] / self.days
            for column, values in (("waiting", waiting), ("stock", self.extra[name]["stock_value"])):
                n = len(values)
                half = float(student_quantile(n - 1, 0.975)) / np.sqrt(n) * values.std(axis=0, ddof=1)
                mean = values.mean(axis=0)
                columns |= {column: mean, f"{column}_low": mean - half, f"{column}_high": mean + half}
            frames.append(pl.DataFrame(columns))
        return pl.concat(frames).select(RECOVERY.names).cast(RECOVERY.schema) if frames else RECOVERY.empty()


def _matrix(rows: pl.DataFrame, column: str) -> Floats:
    """[replications, periods] of a column of sorted rows."""
    runs = rows["replication"].n_unique()
    matrix: Floats = rows.sort("replication", "period")[column].cast(pl.Float64).to_numpy().reshape(runs, -1)
    return matrix


def _ratio(of: Floats, per: Floats) -> Floats:
    """0 where there is nothing to divide by."""
    return np.divide(of, per, out=np.zeros_like(of), where=per > 0)


def _component_table(keys: list[tuple[str, str]], values: Floats, references: Floats, factor: float) -> pl.DataFrame:
    half = factor * values[:, 1:].std(axis=1)
    low, high = np.maximum(values[:, 0] - half, 0.0), values[:, 0] + half
    indices = 1.0 / (1.0 + values[:, 0] / references)
    columns = {
        "disturbance": [disturbance for disturbance, _ in keys],
        "component": [component for _, component in keys],
        "unit": [UNITS[component] for _, component in keys],
        "value": values[:, 0], "value_low": low, "value_high": high, "reference": references,
        "h": indices, "h_low": 1.0 / (1.0 + high / references), "h_high": 1.0 / (1.0 + low / references),
        "worst": np.where(np.arange(len(keys)) == indices.argmin(), "yes", "no"),
    }  # fmt: skip
    return pl.DataFrame(columns).select(HOMEOSTASIS.names).cast(HOMEOSTASIS.schema)


def _sampling_deviation(runs: BatteryRuns, found: Mapping[tuple[str, str], Floats], sample: Sample | None) -> float:
    """Standard error of the log index from having drawn the parts: of loss, firefighting and waiting.

    Swing and recovery are ratios of the whole network whose parts move together; their share is left out.
    """
    if sample is None or sample.parts >= sample.parts_in_all:
        return 0.0
    wide = {name: rows.sort("part_id") for (name,), rows in runs.parts.group_by("scenario")}
    base = wide[UNDISTURBED]
    total, weights = np.zeros(base.height), sum(WEIGHTS[component] for _, component in found)
    for (disturbance, component), values in found.items():
        if component not in ("loss", "firefighting", "waiting") or values[0] <= 0:
            continue
        of, per = _waited(base), base["pieces_demanded"].to_numpy()
        own = _waited(wide[disturbance])
        if component == "firefighting":
            of, own, per = (rows[name].to_numpy() for rows, name in (
                (base, "emergency_orders"), (wide[disturbance], "emergency_orders"), (base, "demands")))  # fmt: skip
        extra = of if disturbance == UNDISTURBED else own - of
        if extra.sum() <= 0 or per.sum() <= 0:
            continue
        # of a quotient of sums, relative: each part's share above less its share below
        influence = extra / extra.sum() - per / per.sum()
        value = float(values[0])
        total -= WEIGHTS[component] / weights * influence * value / (REFERENCES[component] + value)
    return sample.error(base["part_id"], total) / sample.factor


def _waited(rows: pl.DataFrame) -> Floats:
    return (rows["waiting_piece_days"] + LOST_DAYS * rows["pieces_lost"]).to_numpy()
