"""Are the warnings right? Chances stated from many states of a network, against futures they did not know.

Half of the futures are other paths of the very world the warnings were made with: they test the sampling. The other
half come from worlds the warnings do not know: lead times of another family and wider, a drift of lead times and
demand, the main supplier standing still, demand a fifth off. Both tables are shown, never mixed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

import spareverse
from spareverse.examples import world_network
from spareverse.jit import Progress
from spareverse.network.distributions import parse
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.observer.screen import POINT
from spareverse.observer.warnings import warn
from spareverse.simulation.forward import Futures, run_forward
from spareverse.simulation.midway import states_after, with_residual_lead_times

PARTS, STATES, SEED, WEEKS = 1_000, 20, 1, 8
PAST_DAYS = 500.0
LEAN = 0.5
"""Factor on the reorder points of the network: as it is, too little goes wrong to score warnings on."""
FUTURES_PER_STATE = {"the same world": 5, "another lead-time family": 1, "drift": 1, "a supplier missing": 1,
                     "demand 20 % up": 1, "demand 20 % down": 1}  # fmt: skip
KNOWN = "the same world"
UNKNOWN = "worlds it does not know"
WARNED_AT = (0.2, 0.5)
BANDS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.0)

Document = dict[str, Any]
Floats = NDArray[np.float64]


def run(
    *, parts: int = PARTS, states: int = STATES, seed: int = SEED, weeks: int = WEEKS, record: Path | None = None,
    progress: Progress | None = None,
) -> Document:  # fmt: skip
    """Warn from ``states`` of the world network and score it on ten futures of each; one document of it all."""
    say = progress or (lambda _share, _what: None)
    began = time.perf_counter()
    network = lean(world_network.network(parts=parts))
    cells: list[pl.DataFrame] = []
    for number in range(states):
        say(number / states, f"State {number + 1} of {states}")
        state = states_after(network, PAST_DAYS, [number], seed=seed)[0]
        seen = with_residual_lead_times(state)
        outlook = warn(seen, weeks=weeks, seed=seed + 1)
        for kind, count in FUTURES_PER_STATE.items():
            world = WORLDS[kind](seen)
            futures = run_forward(world, days=7.0 * weeks, paths=count, seed=seed + 1000 + number)
            cells.append(_cells(outlook.chances, futures, weeks, kind, number))
    table = pl.concat(cells)
    kinds = [KNOWN, UNKNOWN, *(kind for kind in FUTURES_PER_STATE if kind != KNOWN)]
    document = {
        "network": network.name, "parts": parts, "stock_points": network["stock"].height, "states": states,
        "futures": states * sum(FUTURES_PER_STATE.values()), "weeks": weeks, "past_days": PAST_DAYS, "lean": LEAN,
        "seed": seed,
        "version": spareverse.__version__,
        "scores": [_score(kind, _of(table, kind)) for kind in kinds],
        "calibration": [row for kind in (KNOWN, UNKNOWN) for row in _reliability(kind, _of(table, kind))],
        "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip
    if record is not None:
        record.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return document


def _of(table: pl.DataFrame, kind: str) -> pl.DataFrame:
    if kind == UNKNOWN:
        return table.filter(pl.col("world") != KNOWN)
    return table.filter(pl.col("world") == kind)


def _cells(chances: pl.DataFrame, futures: Futures, weeks: int, world: str, state: int) -> pl.DataFrame:
    """One row per stock point and future: the chance stated, whether and when it failed."""
    row = futures.points.with_row_index("row").cast({"row": pl.Int64})
    found = chances.join(row, on=list(POINT), how="inner", maintain_order="left")
    first = futures.first_unfilled[found["row"].to_numpy()]
    paths = first.shape[1]
    return pl.DataFrame(
        {
            "world": world,
            "state": state,
            "chance": np.repeat(found["chance"].to_numpy(), paths),
            "screened": np.repeat(found["screened"].to_numpy(), paths),
            "day": first.ravel().astype(np.float64),
            "failed": (first <= 7.0 * weeks).ravel(),
        }
    )


def _score(kind: str, cells: pl.DataFrame) -> Document:
    """How well the chances rank and tell the shares; limits by resampling states, which share a past."""
    chance, failed = cells["chance"].to_numpy(), cells["failed"].to_numpy().astype(np.float64)
    base = float(failed.mean())
    brier, none = float(((chance - failed) ** 2).mean()), base * (1.0 - base)
    days = cells["day"].to_numpy()
    row: Document = {
        "world": kind, "cells": cells.height, "failed_share": base, "said_share": float(chance.mean()),
        "brier": brier, "skill": 1.0 - brier / none, "auc": _area(chance, failed), "ece": _ece(chance, failed),
        "skill_of_screen": 1.0 - float(((cells["screened"].to_numpy() - failed) ** 2).mean()) / none,
    }  # fmt: skip
    low, high = _limits(cells, lambda one: _skill(one["chance"].to_numpy(), one["failed"].to_numpy()))
    row |= {"skill_low": low, "skill_high": high}
    top = chance >= np.quantile(chance, 0.95)
    row |= {"hits_in_top_5": float(failed[top].mean()), "found_in_top_5": float(failed[top].sum() / failed.sum())}
    for limit in WARNED_AT:
        warned = chance >= limit
        hit = warned & (failed > 0)
        row[f"at_{limit:g}"] = {
            "warned": int(warned.sum()), "came_true": _share(failed[warned]), "found": float(hit.sum() / failed.sum()),
            "false_alarms": _share(1.0 - failed[warned]),
            "of_the_quiet": float((warned & (failed == 0)).sum() / (failed == 0).sum()),
            "weeks_ahead": float(np.median(days[hit]) / 7.0) if hit.any() else None,
        }  # fmt: skip
    return row


def _share(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _skill(chance: Floats, failed: Floats) -> float:
    base = failed.mean()
    return float(1.0 - ((chance - failed) ** 2).mean() / max(base * (1.0 - base), 1e-12))


def _area(chance: Floats, failed: Floats) -> float:
    """Chance that a stock point that failed was given a higher chance than one that did not."""
    ranks = rankdata(chance)
    hits = failed.sum()
    return float((ranks[failed > 0].sum() - hits * (hits + 1) / 2) / (hits * (len(failed) - hits)))


def _ece(chance: Floats, failed: Floats) -> float:
    """Mean distance of stated chances from seen shares, over bands of the stated chance."""
    band = np.digitize(chance, BANDS[1:-1])
    total = 0.0
    for one in np.unique(band):
        own = band == one
        total += own.sum() * abs(chance[own].mean() - failed[own].mean())
    return float(total / len(chance))


def _limits(cells: pl.DataFrame, of: Callable[[pl.DataFrame], float], draws: int = 200) -> tuple[float, float]:
    by_state = cells.partition_by("state")
    rng = np.random.default_rng(7)
    values = [of(pl.concat([by_state[k] for k in rng.integers(0, len(by_state), len(by_state))])) for _ in range(draws)]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _reliability(kind: str, cells: pl.DataFrame) -> list[Document]:
    chance, failed = cells["chance"].to_numpy(), cells["failed"].to_numpy()
    band = np.digitize(chance, BANDS[1:-1])
    return [
        {"world": kind, "from": BANDS[one], "until": BANDS[one + 1], "cells": int((band == one).sum()),
         "said": float(chance[band == one].mean()), "seen": float(failed[band == one].mean())}
        for one in np.unique(band)
    ]  # fmt: skip


# ---- worlds


def lean(network: Network) -> Network:
    stock = network["stock"].with_columns((pl.col("reorder_point") * LEAN).floor().cast(pl.Int64))
    return with_distances(_replaced(network, stock=stock))


def _replaced(network: Network, **tables: pl.DataFrame) -> Network:
    return checked_network({**network.tables, **tables}, name=network.name)


def _other_family(network: Network) -> Network:
    """Lead times log-normal with the same mean and half as wide again; open orders too."""
    sourcing = network["sourcing"]
    laws = {text: _lognormal(text) for text in sourcing["lead_time"].drop_nulls().unique()}
    changed = sourcing.with_columns(pl.col("lead_time").replace_strict(laws, default=None, return_dtype=pl.String))
    return with_residual_lead_times(_replaced(network, sourcing=changed))


def _lognormal(text: str) -> str:
    law = parse(text, unit="d").scaled(1.0 / 24.0)
    if law.variance <= 0:
        return text
    return f"lognormal(mean={law.mean:.6g} d, cv={1.5 * law.variance**0.5 / law.mean:.6g})"


def _drift(network: Network) -> Network:
    """Lead times a quarter longer, open orders with them, and a tenth more demand."""
    sourcing = network["sourcing"]
    laws = {text: parse(text, unit="d").scaled(1.25).text if text != "0" else text
            for text in sourcing["lead_time"].drop_nulls().unique()}  # fmt: skip
    longer = sourcing.with_columns(pl.col("lead_time").replace_strict(laws, default=None, return_dtype=pl.String))
    return _demand(with_residual_lead_times(_replaced(network, sourcing=longer)), 1.1)


def _supplier_missing(network: Network) -> Network:
    """The supplier with most parts delivers nothing for 60 days, nor what is under way from it."""
    main = network["sourcing"].filter(pl.col("source_id").is_in(network["suppliers"]["supplier_id"].implode()))
    supplier = main.group_by("source_id").len().sort("len", "source_id", descending=[True, False])["source_id"][0]
    row = pl.DataFrame({"disturbance_id": ["gone"], "kind": ["outage"], "target_id": [supplier], "start_day": [0.0],
                        "days": [60.0], "factor": [0.0]})  # fmt: skip
    gone = pl.concat([network["disturbances"], row.cast({c: network["disturbances"].schema[c] for c in row.columns})],
                     how="diagonal")  # fmt: skip
    orders = network["opening_orders"]
    due = [f"{parse(text, unit='d').mean / 24.0 + 60.0:.2f} d" if source == supplier else text
           for text, source in orders.select("due_in", "source_id").rows()]  # fmt: skip
    late = orders.with_columns(pl.Series("due_in", due, pl.String))
    return _replaced(network, disturbances=gone, opening_orders=late)


def _demand(network: Network, factor: float) -> Network:
    return _replaced(network, demands=network["demands"].with_columns(pl.col("per_year") * factor))


WORLDS: dict[str, Callable[[Network], Network]] = {
    KNOWN: lambda network: network,
    "another lead-time family": _other_family,
    "drift": _drift,
    "a supplier missing": _supplier_missing,
    "demand 20 % up": lambda network: _demand(network, 1.2),
    "demand 20 % down": lambda network: _demand(network, 0.8),
}
