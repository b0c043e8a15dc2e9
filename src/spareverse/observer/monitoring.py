"""All monitors over a record or a simulated run: what has left what it was, weighed against how many were watched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from spareverse.history.history import History
from spareverse.network.observer_tables import ALARMS
from spareverse.observer.alarm_rows import Found
from spareverse.observer.concentration_alarms import concentration_alarms
from spareverse.observer.demand_alarms import demand_alarms
from spareverse.observer.series_alarms import series_alarms
from spareverse.observer.supply_alarms import supply_alarms
from spareverse.observer.troubles import belonging, belonging_of_run, troubles
from spareverse.statistics.monitors.counts import RUN_LENGTH

FALSE_DISCOVERY_RATE = 0.1


@dataclass(frozen=True)
class Watch:
    """Alarms, and how many streams stand behind them."""

    alarms: pl.DataFrame
    """Schema ALARMS, surest first, each with the number of its trouble."""
    troubles: pl.DataFrame
    """Schema TROUBLES, surest first."""
    tests: int
    """Charts that could have alarmed."""
    too_few: int
    """Streams with too few events or observations to be watched."""
    seasonal: int
    """Streams of demand whose season was taken out."""


def watch_history(
    history: History, *, false_discovery_rate: float = FALSE_DISCOVERY_RATE, run_length: float = RUN_LENGTH
) -> Watch:
    """Monitors of demand, lead times, lateness and concentration over the window of a history.

    false_discovery_rate
        Share of the alarms of each kind of stream and subject that is false on average.
    run_length
        Wanted periods (months of demand, observations of supply) between false alarms of one chart.
    """
    found = [
        *demand_alarms(history, false_discovery_rate=false_discovery_rate, run_length=run_length),
        *supply_alarms(history, false_discovery_rate=false_discovery_rate, run_length=run_length),
        *concentration_alarms(history, false_discovery_rate=false_discovery_rate),
    ]
    return together(found, lambda _alarms: belonging(history))


def watch_series(
    series: pl.DataFrame,
    *,
    scenario: str | None = None,
    replication: int = 0,
    false_discovery_rate: float = FALSE_DISCOVERY_RATE,
    run_length: float = RUN_LENGTH,
) -> Watch:
    """The same monitors over one replication of a simulated run (table ``series``), by default of its first scenario.

    UsageError where the run has no such replication.
    """
    found = series_alarms(
        series, false_discovery_rate=false_discovery_rate, run_length=run_length, scenario=scenario,
        replication=replication,
    )  # fmt: skip
    return together(found, belonging_of_run)


def together(found: list[Found], belongs: Callable[[pl.DataFrame], pl.DataFrame]) -> Watch:
    """Alarms of all families, surest first; where a chart alarms both ways, the surer one.

    ``belongs`` says what belongs to what, given the alarms.
    """
    rows = pl.concat([ALARMS.empty(), *(one.rows for one in found)])
    order = ["q_value", "p_value", *ALARMS.identity, "direction"]
    surest = rows.sort(order).unique(ALARMS.identity, keep="first", maintain_order=True)
    counts = (sum(getattr(one, name) for one in found) for name in ("tests", "too_few", "seasonal"))
    return Watch(*troubles(surest, belongs(surest)), *counts)
