"""What replications of a compiled network add up to, as the declared result tables."""

from __future__ import annotations

import threading

import numpy as np
import polars as pl

from spareverse.engine import memory as a
from spareverse.engine.memory import Floats, Whole
from spareverse.engine.outcome import Ledger, Outcome
from spareverse.network.network import Network
from spareverse.network.simulation_tables import CAUSE_TABLE, CUSTOMER_RESULTS, POINTS, SERIES
from spareverse.simulation.universe.charges import Charges
from spareverse.simulation.universe.compile import CompiledUniverse
from spareverse.simulation.universe.laws import DAY

CENTS = 100.0
MG_PER_KG = 1e6
VALUE, WAITING = 0, 1
"""Columns of the money of an outcome: value on hand x seconds, and the cost of waiting."""
YEAR_S = 365 * DAY
_COUNTED = {
    "demands": a.DEMANDS,
    "pieces_demanded": a.PIECES_DEMANDED,
    "pieces_filled": a.PIECES_FILLED,
    "pieces_lost": a.PIECES_LOST,
    "pieces_late": a.PIECES_LATE,
    "orders": a.ORDERS,
    "emergency_orders": a.EMERGENCY_ORDERS,
    "pieces_ordered": a.PIECES_ORDERED,
    "pieces_received": a.PIECES_RECEIVED,
    "end_on_hand": a.END_ON_HAND,
}
_IN_DAYS = {
    "waiting_piece_days": a.WAITING_SECONDS,
    "late_piece_days": a.LATE_SECONDS,
    "on_hand_piece_days": a.ON_HAND_SECONDS,
}
_IN_CENTS = {
    "transport_cost": a.FREIGHT_CENTS,
    "emergency_cost": a.EMERGENCY_CENTS,
    "penalty_cost": a.PENALTY_CENTS,
    "lost_sales_cost": a.LOST_CENTS,
    "purchases_cost": a.SPENT_CENTS,
}


def value_ledger(compiled: CompiledUniverse) -> Ledger:
    """The counts that must be weighted stock point by stock point: what lies on hand, by its value, and who waits."""
    return Ledger(
        measure=np.array([a.ON_HAND_SECONDS, a.WAITING_SECONDS], np.int64),
        kind=np.array([VALUE, WAITING], np.int64),
        weight=np.column_stack([compiled.unit_cost, compiled.waiting_cost / DAY]),
        downtime=np.zeros((0, len(compiled.entities.bounds) - 1)),
        downtime_kind=0,
        kinds=2,
    )


class _Prices:
    """What the places and the network charge beside what the engine counts in money."""

    def __init__(self, network: Network) -> None:
        self.places = network["places"].sort("place_id")
        self.holding = self.places["holding_rate_per_year"].fill_null(0.0).to_numpy() / YEAR_S
        self.per_order = self.places["order_cost"].fill_null(0.0).to_numpy()
        self.co2 = float(network.setting("co2_price_per_kg"))


def _amounts(
    counts: Whole, value_seconds: Floats, waiting: Floats, holding: Floats, per_order: Floats, co2: float
) -> dict[str, Floats]:
    """Columns of counts [..., measures]; all else as the leading axes of the counts, ``waiting`` in money."""
    columns: dict[str, Floats] = {name: counts[..., measure].astype(np.float64) for name, measure in _COUNTED.items()}
    columns["filled"] = (counts[..., a.DEMANDS] - counts[..., a.STOCK_OUTS]).astype(np.float64)
    columns |= {name: counts[..., measure] / DAY for name, measure in _IN_DAYS.items()}
    columns |= {name: counts[..., measure] / CENTS for name, measure in _IN_CENTS.items()}
    columns["holding_cost"] = value_seconds * holding
    columns["waiting_cost"] = waiting
    columns["ordering_cost"] = (counts[..., a.ORDERS] + counts[..., a.EMERGENCY_ORDERS]) * per_order
    columns["price_variance_cost"] = (counts[..., a.SPENT_CENTS] - counts[..., a.LIST_CENTS]) / CENTS
    columns["co2_kg"] = counts[..., a.CO2_MG] / MG_PER_KG
    columns["co2_cost"] = columns["co2_kg"] * co2
    return columns


class ScenarioResults:
    """Results of one scenario, filled replication by replication in any order, by several threads."""

    def __init__(self, name: str, network: Network, compiled: CompiledUniverse, *, causes: bool = True) -> None:
        self.name, self.compiled = name, compiled
        self._prices = _Prices(network)
        self._series: dict[int, pl.DataFrame] = {}
        self._customers: dict[int, pl.DataFrame] = {}
        self._points = np.zeros((compiled.stocks.height, a.STOCK_COUNTS), np.int64)
        self._charges = Charges(compiled) if causes else None
        self._lock = threading.Lock()
        self.events = 0
        self.cause_rows = 0
        """Rows of the causes table so far."""

    def add(self, replication: int, outcome: Outcome) -> None:
        """Take up the outcome of one replication, which is done."""
        series, customers = self._series_of(replication, outcome), self._customers_of(replication, outcome)
        with self._lock:
            self._series[replication], self._customers[replication] = series, customers
            self._points += outcome.stock_totals[0]
            self.events += int(outcome.events[0])
            if self._charges is not None:
                self.cause_rows = self._charges.finish(replication)

    def restart_charges(self, replication: int) -> None:
        if self._charges is not None:
            self._charges.restart(replication)

    def add_charges(self, replication: int, charges: Whole) -> None:
        """Charges of waits, as the engine wrote them; each replication's by one thread."""
        if self._charges is not None:
            self._charges.add(replication, charges)

    def _series_of(self, replication: int, outcome: Outcome) -> pl.DataFrame:
        bounds = self.compiled.entities.bounds
        counted = np.flatnonzero(bounds[:-1] >= self.compiled.entities.counted_from)
        counts = outcome.series[0][:, counted]
        value, waiting = (outcome.money[0, :, counted, kind].T for kind in (VALUE, WAITING))
        places, periods = counts.shape[:2]
        columns = _amounts(
            counts, value, waiting, self._prices.holding[:, None], self._prices.per_order[:, None], self._prices.co2
        )
        length = (bounds[1:] - bounds[:-1])[counted]
        columns["stock_value"] = value / length
        return pl.DataFrame(
            {
                "scenario": np.full(places * periods, self.name),
                "replication": np.full(places * periods, replication),
                "place_id": np.repeat(np.array(self.compiled.places), periods),
                "period": np.tile(np.arange(periods), places),
                "start_day": np.tile(bounds[:-1][counted] / DAY, places),
                "days": np.tile(length / DAY, places),
                **{name: values.ravel() for name, values in columns.items()},
            }
        ).select(SERIES.names).cast(SERIES.schema)  # fmt: skip

    def _customers_of(self, replication: int, outcome: Outcome) -> pl.DataFrame:
        counts = outcome.customer_totals[0]
        frame = self.compiled.customers.select(pl.col("customer_id").fill_null("")).with_columns(
            pl.Series(name, counts[:, number]) for number, name in enumerate(a.CUSTOMER_MEASURES)
        )
        return (
            frame.group_by("customer_id")
            .agg(pl.all().sum())
            .sort("customer_id")
            .with_columns(
                scenario=pl.lit(self.name),
                replication=pl.lit(replication),
                waiting_piece_days=pl.col("waiting_seconds") / DAY,
                late_piece_days=pl.col("late_seconds") / DAY,
                penalty_cost=pl.col("penalty_cents") / CENTS,
                lost_sales_cost=pl.col("lost_cents") / CENTS,
            )
            .select(CUSTOMER_RESULTS.names)
            .cast(CUSTOMER_RESULTS.schema)
        )

    def series(self) -> pl.DataFrame:
        return pl.concat([self._series[r] for r in sorted(self._series)])

    def customers(self) -> pl.DataFrame:
        return pl.concat([self._customers[r] for r in sorted(self._customers)])

    def points(self) -> pl.DataFrame:
        """Means per replication."""
        place = self.compiled.entities.stocks[:, 0]
        value = self._points[:, a.ON_HAND_SECONDS] * self.compiled.unit_cost
        waiting = self._points[:, a.WAITING_SECONDS] / DAY * self.compiled.waiting_cost
        columns = _amounts(
            self._points, value, waiting, self._prices.holding[place], self._prices.per_order[place], self._prices.co2
        )
        runs = max(len(self._series), 1)
        means = {name: values / runs for name, values in columns.items()}
        frame = self.compiled.stocks.select("part_id", "place_id").with_columns(
            pl.lit(self.name).alias("scenario"), **{k: pl.Series(v) for k, v in means.items()}
        )
        return frame.select(POINTS.names).cast(POINTS.schema)[np.argsort(self.compiled.rank)]

    def causes(self) -> pl.DataFrame:
        """Sums over all replications."""
        return CAUSE_TABLE.empty() if self._charges is None else self._charges.table(self.name)

    def tables(self) -> dict[str, pl.DataFrame]:
        """All of them, by the names of the result tables."""
        return {
            "series": self.series(),
            "points": self.points(),
            "customers": self.customers(),
            "causes": self.causes(),
        }
