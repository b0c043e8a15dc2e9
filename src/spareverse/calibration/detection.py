"""How often calibration finds a change that was made, and how often one that was not: changes drawn by seeds.

In a replayed record one supplier's lead times, one part group's demand and one lane's lead times are altered; the
network and its predictions stay as they were made of the record without the change. Everything else should not be
flagged. What a change also touches (the lanes of the supplier, the supplier of the lane, pieces beside lines) counts
neither way, and is told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from spareverse.calibration.replay_measures import measured
from spareverse.calibration.replayed_lines import NO_GROUP, Lines, altered_demand, altered_lead_times
from spareverse.calibration.universe_replay import DECLARED, Thresholds, judged
from spareverse.network.network import Network

SUPPLIER, LANE, GROUP = "lead time of a supplier", "lead time of a lane", "demand of a group"
ALTERED = (SUPPLIER, GROUP, LANE)
CHANGE = 0.30
LEAST_ALTERED, MOST_REST = 0.90, 0.05
"""Aims, stated before: share of the altered measures that is flagged, and of all others."""
BANDS = (0, 30, 60, 100, 150, 250, 500, 1000)
"""Least numbers of lines for which power is told apart."""
TESTED = pl.col("verdict").is_in(["as simulated", "differs"])
FLAGGED = pl.col("verdict") == "differs"


@dataclass(frozen=True)
class Detection:
    """``draws``: one row per seed and altered measure; ``rest``: one row per seed; ``power``: by number of lines."""

    draws: pl.DataFrame
    rest: pl.DataFrame
    power: pl.DataFrame

    @property
    def altered_flagged(self) -> float:
        """Share of the altered measures that was flagged."""
        return float(self.draws["flagged"].cast(pl.Float64).sum()) / max(self.draws.height, 1)

    @property
    def rest_flagged(self) -> float:
        """Share of all measures tested and not touched that was flagged."""
        return float(self.rest["flagged"].sum()) / max(float(self.rest["tested"].sum()), 1.0)

    @property
    def reached(self) -> bool:
        """Whether both aims are."""
        return self.altered_flagged >= LEAST_ALTERED and self.rest_flagged <= MOST_REST


def detect(
    record: Lines,
    network: Network,
    longest: pl.DataFrame,
    simulated: pl.DataFrame,
    *,
    seeds: Sequence[int] = range(20),
    change: float = CHANGE,
    thresholds: Thresholds = DECLARED,
) -> Detection:
    """Alter the record by every seed and see what is flagged against ``simulated`` (``universe_replay.predicted``).

    Drawn is among the measures with enough data, since the others are never flagged; ``power`` shows those as well.
    Even seeds lengthen and add, odd ones shorten and take away.
    """
    plain = judged(measured(record, network, longest), simulated, thresholds)
    draws, rest = [], []
    for seed in seeds:
        signed = change if seed % 2 == 0 else -change
        drawn = _draw(plain, seed)
        altered = _altered(record, network, drawn, signed, seed)
        after = judged(measured(altered, network, longest), simulated, thresholds)
        touched = _touched(drawn)
        for kind, subject in drawn.items():
            found = after.filter(_is(kind, subject)).row(0, named=True)
            draws.append({"seed": seed, "change": signed, **found, "flagged": found["verdict"] == "differs"})
        others = after.filter(TESTED & ~touched)
        also = after.filter(TESTED & touched)
        rest.append({
            "seed": seed, "tested": others.height, "flagged": others.filter(FLAGGED).height,
            "touched": also.height - len(drawn), "touched_flagged": also.filter(FLAGGED).height
            - sum(row["flagged"] for row in draws[-len(drawn) :]),
        })  # fmt: skip
    power = power_by_lines(record, network, longest, simulated, change=change, thresholds=thresholds)
    return Detection(pl.DataFrame(draws, infer_schema_length=None), pl.DataFrame(rest), power)


def _draw(plain: pl.DataFrame, seed: int) -> dict[str, dict[str, str | None]]:
    """One measure of each kind with enough data; the lane is of another supplier than the one drawn."""
    random = np.random.default_rng([seed, 59])
    drawn: dict[str, dict[str, str | None]] = {}
    for kind in ALTERED:
        rows = plain.filter(TESTED & (pl.col("measure") == kind))
        if kind == LANE and SUPPLIER in drawn:
            rows = rows.filter(pl.col("supplier_id") != drawn[SUPPLIER]["supplier_id"])
        if rows.height:
            row = rows.row(int(random.integers(rows.height)), named=True)
            drawn[kind] = {name: row[name] for name in ("supplier_id", "place_id", "group")}
    return drawn


def _altered(
    record: Lines, network: Network, drawn: dict[str, dict[str, str | None]], change: float, seed: int
) -> Lines:
    if (subject := drawn.get(SUPPLIER)) is not None:
        record = altered_lead_times(record, pl.col("source_id") == subject["supplier_id"], 1.0 + change)
    if (subject := drawn.get(LANE)) is not None:
        lane = (pl.col("source_id") == subject["supplier_id"]) & (pl.col("place_id") == subject["place_id"])
        record = altered_lead_times(record, lane, 1.0 + change)
    if (subject := drawn.get(GROUP)) is not None:
        parts = network["parts"].filter(pl.col("category").fill_null(NO_GROUP) == subject["group"])["part_id"]
        where = pl.col("part_id").is_in(parts.implode()) & (pl.col("place_id") == subject["place_id"])
        record = altered_demand(record, where, change, seed)
    return record


def _is(measure: str, subject: dict[str, str | None]) -> pl.Expr:
    same = [pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in subject.items()]
    return (pl.col("measure") == measure) & pl.all_horizontal(same)


def _touched(drawn: dict[str, dict[str, str | None]]) -> pl.Expr:
    """Measures in which altered lines count: all of the two suppliers, and of the group at its place."""
    suppliers = [drawn[kind]["supplier_id"] for kind in (SUPPLIER, LANE) if kind in drawn]
    touched = pl.col("supplier_id").is_in(suppliers)
    if (group := drawn.get(GROUP)) is not None:
        same = (pl.col("place_id") == group["place_id"]) & (pl.col("group") == group["group"])
        touched = touched | same | ((pl.col("place_id") == group["place_id"]) & (pl.col("measure") == "served in time"))
    return touched.fill_null(value=False)


def power_by_lines(
    record: Lines,
    network: Network,
    longest: pl.DataFrame,
    simulated: pl.DataFrame,
    *,
    change: float = CHANGE,
    thresholds: Thresholds = DECLARED,
) -> pl.DataFrame:
    """Every supplier, lane and group altered, thin ones too: measure, change, lines_from, subjects, enough, found.

    ``enough`` is the share with enough data; ``found`` the share that would be flagged at p = ``thresholds.single``
    if it were tested. The rows of no change show how often there is a false alarm.
    """
    frames = [_power(judged(measured(record, network, longest), simulated, thresholds), 0.0, thresholds)]
    for signed in (change, -change):
        every = pl.lit(value=True)
        altered = altered_demand(altered_lead_times(record, every, 1.0 + signed), every, signed, seed=7)
        frames.append(_power(judged(measured(altered, network, longest), simulated, thresholds), signed, thresholds))
    return pl.concat(frames).sort("measure", "change", "lines_from")


def _power(rows: pl.DataFrame, change: float, thresholds: Thresholds) -> pl.DataFrame:
    known = rows.filter(pl.col("measure").is_in(ALTERED) & pl.col("p_value").is_not_null())
    bands = np.array(BANDS)
    begins = bands[np.searchsorted(bands, known["lines"].fill_null(0).to_numpy(), side="right") - 1]
    return (
        known.with_columns(pl.Series("lines_from", begins))
        .group_by("measure", "lines_from")
        .agg(
            pl.len().cast(pl.Int64).alias("subjects"),
            TESTED.mean().alias("enough"),
            (pl.col("p_value") <= thresholds.single).mean().alias("found"),
        )
        .with_columns(pl.lit(change).alias("change"))
        .select("measure", "change", "lines_from", "subjects", "enough", "found")
    )
