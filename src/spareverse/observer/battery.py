"""The battery: the same published disturbances for every network, as scenarios that people can read and run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from spareverse.network.components import DISTURBANCE_TABLE
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.observer.flows import expected_flows, main_link, main_supplier

UNDISTURBED = "none"
PULSE, OUTAGE, LEAD_TIME, CLOSURE, CAPACITY = "pulse", "outage", "lead-time", "closure", "capacity"
DAYS: Mapping[str, float] = {PULSE: 40.0, OUTAGE: 60.0, LEAD_TIME: 60.0, CLOSURE: 21.0, CAPACITY: 60.0}
"""How long each disturbance lasts."""
PULSE_FACTOR, LEAD_TIME_FACTOR, CAPACITY_LEFT = 2.5, 1.8, 0.5
WARM_UP_DAYS = 365.0
COUNTED_DAYS = 730.0
WINDOW_DAYS = 440.0
"""From the beginning of a disturbance until its consequences are no more counted."""
PERIOD_DAYS = 10.0


@dataclass(frozen=True)
class Battery:
    """What a network is put to: scenarios in order, and in words what it has not got to be disturbed."""

    scenarios: tuple[Scenario, ...]
    left_out: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(scenario.name for scenario in self.scenarios)


def battery_of(network: Network) -> Battery:
    """The battery made for a network: every disturbance begins on the first counted day of ``for_battery``."""
    flows = expected_flows(network)
    supplier, link = main_supplier(network, flows), main_link(network, flows)
    limited = network["suppliers"]["lines"].count() + network["links"]["capacity_kg_per_day"].count()
    start = _warm_up_days(network)
    found: list[Scenario] = []
    missing: list[str] = []

    def add(name: str, title: str, kind: str, target: str | None, lack: str, factor: float | None = None) -> None:
        if target is None:
            missing.append(f"{name}: {lack}")
            return
        row: dict[str, str | float | None] = {
            "disturbance_id": f"battery {name}", "kind": kind, "target_id": target, "start_day": start,
            "days": DAYS[name], "factor": factor,
        }  # fmt: skip
        found.append(Scenario(name, title, disturbances=(row,)))

    streams = "*" if network["demands"].height else None
    add(PULSE, "Demand 2.5 times as high for 40 days", "demand_surge", streams,
        "no demand but recorded one, which happens as written", PULSE_FACTOR)  # fmt: skip
    add(OUTAGE, f"The main supplier {supplier} stands still for 60 days", "outage", supplier,
        "no supplier delivers anything")  # fmt: skip
    add(LEAD_TIME, "Every lead time and transit 1.8 times as long for 60 days", "lead_time_stretch", "*", "",
        LEAD_TIME_FACTOR)  # fmt: skip
    add(CLOSURE, f"The main link {link} is closed for 21 days", "link_closure", link, "no link carries anything")
    add(CAPACITY, "Half of every capacity for 60 days", "capacity_loss", "*" if limited else None,
        "no supplier has lines and no link a capacity", CAPACITY_LEFT)  # fmt: skip
    return Battery(tuple(found), tuple(missing))


def for_battery(network: Network) -> Network:
    """The network with the run the battery needs: a year to settle, two that count, periods of ten days."""
    settings = network["settings"].with_columns(
        warm_up_days=pl.lit(_warm_up_days(network)), horizon_days=pl.lit(COUNTED_DAYS),
        period_days=pl.lit(PERIOD_DAYS),
    )  # fmt: skip
    return replace(network, tables={**network.tables, "settings": settings})


def disturbed(network: Network, scenario: Scenario) -> Network:
    """The network with the disturbances of a scenario that is known to fit it; nothing is checked again."""
    rows = pl.DataFrame(
        [{name: row.get(name) for name in DISTURBANCE_TABLE.names} for row in scenario.disturbances],
        schema=DISTURBANCE_TABLE.schema,
    )
    table = pl.concat([network["disturbances"], rows])
    return replace(network, tables={**network.tables, "disturbances": table})


def _warm_up_days(network: Network) -> float:
    return max(float(network.setting("warm_up_days")), WARM_UP_DAYS)
