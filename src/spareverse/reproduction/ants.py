"""Where adaptive sourcing pays: trails of ants against a fixed mix, the cheapest supplier, and a fixed mix at the
ants' own mean shares, under outages short and long, capacity ample and tight.

A warehouse buys forty parts from three suppliers: cheap and slow, middling, dear and fast. Runs are paired by common
random numbers; a figure is the difference of controllable cost per day (holding, ordering, transport, price variance
against list, penalties), with its 95 % limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.jit import Progress
from spareverse.network.network import Network
from spareverse.network.scenario import Override, Scenario
from spareverse.simulation.universe.measures import per_replication
from spareverse.simulation.universe_run import BASE, run_universe
from spareverse.special import student_quantile

PARTS, REPLICATIONS = 40, 60
COUNTED_DAYS, WARM_UP_DAYS = 3 * 365.0, 365.0
FIXED_MIX = {"cheap": 0.5, "middling": 0.4, "fast": 0.1}
SUPPLIERS: dict[str, tuple[float, str, float, str]] = {
    "cheap": (90.0, "gamma(shape=16, mean=38)", 48.0, "exponential(5)"),
    "middling": (100.0, "gamma(shape=16, mean=20)", 27.0, "exponential(6)"),
    "fast": (118.0, "gamma(shape=16, mean=8)", 12.0, "exponential(12)"),
}
"""Price, lead time, promise [d], and the work on an order where the supplier has but one line."""
OUTAGES: dict[str, tuple[float, float] | None] = {
    "none": None,
    "10 d every 150 d": (10.0, 150.0),
    "30 d every 300 d": (30.0, 300.0),
    "90 d every 500 d": (90.0, 500.0),
}
"""Mean length and mean time between the outages of each supplier, at random."""
CAPACITIES = ("ample", "tight")
ADAPTIVE, CHEAPEST, MATCHED = "adaptive", "cheapest first", "fixed at the ants' shares"
RULES = (CHEAPEST, ADAPTIVE, MATCHED)
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Paired:
    """A mean difference of cost per day, with its 95 % limits."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Values) -> Paired:
        half = float(student_quantile(len(values) - 1, 0.975)) * float(values.std(ddof=1)) / len(values) ** 0.5
        mean = float(values.mean())
        return cls(mean, mean - half, mean + half)


@dataclass(frozen=True)
class Cell:
    """One environment."""

    capacity: str
    outages: str
    cost_of_mix: float
    """Per day, of the fixed mix."""
    against_mix: dict[str, Paired]
    """Each rule's cost less that of the fixed mix."""
    against_matched: Paired
    """The ants' cost less that of a fixed mix at their own mean shares: what adapting itself brings."""
    shares: dict[str, float]


def network(capacity: str, outages: str) -> Network:
    """The warehouse, its suppliers and what goes wrong; sourced by the fixed mix."""
    parts = [f"P{number:02d}" for number in range(PARTS)]
    names = list(SUPPLIERS)
    tight = capacity == "tight"
    random = OUTAGES[outages]
    tables = {
        "settings": pl.DataFrame(
            {"horizon_days": [COUNTED_DAYS], "warm_up_days": [WARM_UP_DAYS], "period_days": [COUNTED_DAYS]}
        ),
        "places": pl.DataFrame({"place_id": ["W"], "order_cost": [10.0]}),
        "suppliers": pl.DataFrame({
            "supplier_id": names, "lines": [1 if tight else None] * len(names),
            "work_time": [SUPPLIERS[name][3] if tight else "0" for name in names],
        }, schema_overrides={"lines": pl.Int64}),
        "parts": pl.DataFrame({"part_id": parts, "unit_cost": 100.0}),
        "sourcing": pl.DataFrame({
            "place_id": "W", "source_id": names, "rank": range(1, len(names) + 1),
            "share": [FIXED_MIX[name] for name in names], "unit_price": [SUPPLIERS[name][0] for name in names],
            "lead_time": [SUPPLIERS[name][1] for name in names],
            "planned_lead_time_days": [SUPPLIERS[name][2] for name in names],
        }),
        "stock": pl.DataFrame({
            "part_id": parts, "place_id": "W", "policy": "reorder_point", "reorder_point": 2, "order_quantity": 4,
            "sourcing_rule": "share",
        }),
        "customers": pl.DataFrame({"customer_id": ["c"], "commitment_days": [0.0], "penalty_per_piece_day": [3.0]}),
        "demands": pl.DataFrame({"part_id": parts, "place_id": "W", "customer_id": "c", "per_year": 12.0}),
    }  # fmt: skip
    if random is not None:
        days, every = random
        tables["disturbances"] = pl.DataFrame({
            "disturbance_id": [f"outage of {name}" for name in names], "kind": "outage", "target_id": names,
            "days": days, "every_days": every,
        })  # fmt: skip
    return Network.of(tables, f"{capacity} capacity, outages: {outages}")


def run(*, replications: int = REPLICATIONS, seed: int = 0, progress: Progress | None = None) -> dict[str, Any]:
    """Every environment: a document of ``cells`` and of what was put in."""
    cells = []
    places = [(capacity, outages) for capacity in CAPACITIES for outages in OUTAGES]
    for number, (capacity, outages) in enumerate(places):
        if progress is not None:
            progress(number / len(places), f"Simulating: {capacity} capacity, outages: {outages}")
        cells.append(cell(capacity, outages, replications, seed))
    return {"replications": replications, "seed": seed, "parts": PARTS, "fixed_mix": FIXED_MIX, "cells": cells}


def cell(capacity: str, outages: str, replications: int, seed: int) -> Cell:
    """One environment under all rules."""
    tables = network(capacity, outages)
    shares = dict.fromkeys(SUPPLIERS, 0)

    def count(_: int, record: pl.DataFrame) -> None:
        rows = record.filter((pl.col("scenario") == ADAPTIVE) & (pl.col("kind") == "order"))
        for name, pieces in rows.group_by("source_id").agg(pl.col("quantity").sum()).iter_rows():
            shares[name] += pieces

    first = run_universe(
        tables, [_rule(ADAPTIVE, "adaptive"), _rule(CHEAPEST, "cheapest")], replications=replications, seed=seed,
        log=True, each_record=count,
    )  # fmt: skip
    total = sum(shares.values())
    mean_shares = {name: pieces / total for name, pieces in shares.items()}
    matched = Scenario(MATCHED, overrides=tuple(
        Override("sourcing", "share", {"source_id": name}, share) for name, share in mean_shares.items()
    ))  # fmt: skip
    second = run_universe(tables, [matched], replications=replications, seed=seed, causes=False)
    cost = _costs(first.tables["series"]) | _costs(second.tables["series"])
    return Cell(
        capacity,
        outages,
        float(cost[BASE].mean()),
        {rule: Paired.of(cost[rule] - cost[BASE]) for rule in RULES},
        Paired.of(cost[ADAPTIVE] - cost[MATCHED]),
        mean_shares,
    )


def _rule(name: str, rule: str) -> Scenario:
    return Scenario(name, overrides=(Override("stock", "sourcing_rule", value=rule),))


def _costs(series: pl.DataFrame) -> dict[str, Values]:
    """Controllable cost per day of each replication, by scenario."""
    values = per_replication(series, "total_cost").sort("scenario", "replication")
    return {
        str(scenario): rows["value"].to_numpy() / COUNTED_DAYS
        for (scenario,), rows in values.group_by("scenario", maintain_order=True)
    }


# in words ----------------------------------------------------------------------------------------------------------

COLUMNS = (
    "capacity", "outages", "fixed mix", CHEAPEST, ADAPTIVE, MATCHED, "adapting itself", "ants' shares",
)  # fmt: skip
"""'adapting itself': the ants less the fixed mix at their own shares."""


def rows(result: dict[str, Any]) -> list[tuple[str, ...]]:
    """A row of text per environment."""
    return [
        (
            cell.capacity, cell.outages, f"{cell.cost_of_mix:,.1f}",
            *(_limits(cell.against_mix[rule]) for rule in RULES), _limits(cell.against_matched),
            " / ".join(f"{share:.2f}" for share in cell.shares.values()),
        )
        for cell in result["cells"]
    ]  # fmt: skip


def findings(result: dict[str, Any]) -> list[str]:
    """Where ants help and where not, by the limits alone."""
    ants = [(cell, cell.against_mix[ADAPTIVE]) for cell in result["cells"]]
    found = [f"The ants are cheaper than the fixed mix: {_where(ants, None, 0.0)}."]
    found.append(f"The ants are dearer than the fixed mix: {_where(ants, 0.0, None)}.")
    own = [(cell, cell.against_matched) for cell in result["cells"]]
    found.append(f"Adapting itself, beyond the mix, saves: {_where(own, None, 0.0)}.")
    found.append(f"Adapting itself, beyond the mix, costs: {_where(own, 0.0, None)}.")
    cheap = [(cell, cell.against_mix[CHEAPEST]) for cell in result["cells"]]
    found.append(f"Cheapest first is cheaper than the fixed mix: {_where(cheap, None, 0.0)}.")
    return found


def _where(values: list[tuple[Cell, Paired]], least: float | None, most: float | None) -> str:
    """Environments whose whole interval lies above ``least`` or below ``most``."""
    names = [
        f"{cell.capacity} capacity, outages {cell.outages}"
        for cell, paired in values
        if (least is not None and paired.low > least) or (most is not None and paired.high < most)
    ]
    return "; ".join(names) if names else "nowhere that these runs could tell"


def _limits(paired: Paired) -> str:
    return f"{paired.mean:+,.1f} [{paired.low:+,.1f} to {paired.high:+,.1f}]"


def page(result: dict[str, Any]) -> str:
    """The report as Markdown."""
    table = [COLUMNS, *(("---", "---", *["---:"] * (len(COLUMNS) - 2)),), *rows(result)]
    lines = [f"| {' | '.join(row)} |" for row in table]
    suppliers = [
        f"* {name}: price {price:g}, lead time {lead} d, promised in {promise:g} d; where tight one line of {work} d"
        for name, (price, lead, promise, work) in SUPPLIERS.items()
    ]
    mix = ", ".join(f"{share:.0%} {name}" for name, share in FIXED_MIX.items())
    paragraphs = (
        "Written by `python docs/write_ants.py`; do not edit. `spareverse reproduce ants --seed 1` shows the same.",
        (
            f"A warehouse buys {PARTS} parts (list price 100, 12 demands a year each, reorder point 2, batch 4) from"
            f" three suppliers, each of which fails at random. The fixed mix is {mix}."
        ),
        "\n".join(suppliers),
        (
            "Figures are controllable cost per day: holding, ordering, price variance against list, penalties of 3 per"
            f" piece and day late. Differences are paired over {result['replications']} runs by common random numbers,"
            " with 95 % limits. *Adapting itself* compares the ants with a fixed mix at their own mean shares: what"
            " they gain or lose beyond the mix they end up with. Settings are the defaults; nothing was tuned here."
        ),
        "\n".join(lines),
        "\n".join(f"* {sentence}" for sentence in findings(result)),
    )
    return "\n\n".join(("# Where adaptive sourcing pays", *map(_filled, paragraphs))) + "\n"


def _filled(paragraph: str) -> str:
    """Lines of at most 120 characters; tables and lists as they are."""
    return paragraph if paragraph[0] in "|*" else fill(paragraph, 120, break_long_words=False, break_on_hyphens=False)
