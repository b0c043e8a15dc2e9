"""A disturbance said in words, made the scenario that is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spareverse.errors import InputRejected
from spareverse.io.scenario_folder import check_name
from spareverse.network.scenario import Scenario

NAMES = {
    "outage": "{target} stands still",
    "capacity_loss": "{target} with {factor:g} of its capacity",
    "lead_time_stretch": "{target} takes {factor:g} times as long",
    "demand_surge": "demand at {target} times {factor:g}",
    "link_closure": "{target} is closed",
    "quality_hold": "deliveries of {target} are held",
}


def what_if(disturbances: Sequence[Mapping[str, Any]], name: str = "what if") -> Scenario:
    """A scenario of these disturbances (rows of the table of disturbances), titled in words.

    InputRejected for a name no scenario can have.
    """
    rows = [{"disturbance_id": f"event-{number}", **row} for number, row in enumerate(disturbances, start=1)]
    title = "; ".join(_title(row) for row in rows)
    try:
        check_name(name)
    except InputRejected:
        name = "what if"
    return Scenario(name, title, disturbances=tuple(rows))


def _title(row: Mapping[str, Any]) -> str:
    target = "everybody" if row["target_id"] == "*" else str(row["target_id"])
    said = NAMES[str(row["kind"])].format(target=target, factor=row.get("factor") or 1.0)
    since = "" if row.get("start_day") is None else f" from day {row['start_day']:g}"
    return f"{said} for {row['days']:g} days{since}"
