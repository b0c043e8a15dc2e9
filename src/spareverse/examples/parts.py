"""The demo company's catalogue: twelve kinds of spare parts of packaging machines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.timeline import DAYS, stream

HERO = "0104.2217"
"""A belt with plenty of reorder cycles in every window: the part to open first."""
HERO_UNIT_COST = 84.60
HERO_ORDER_SIZE = 2.3
HERO_ORDERS_PER_YEAR = 64.0
HERO_RISE = 0.8
"""The hero sells more each year: uniform times raised to this power, below one, lie late."""


@dataclass(frozen=True)
class Category:
    """One kind of part; money in EUR, lead time as nominal days of a usual supplier."""

    name: str
    noun: str
    share: float
    """Of the catalogue."""
    unit_cost: float
    """Median; costs are log-normal with ``cost_spread``."""
    cost_spread: float
    moving: float
    """Share of its parts that customers order at all."""
    demand_shape: float
    """Gamma shape of the order rates across its moving parts: the smaller, the more skewed."""
    demand: float
    """Mean order rate of a moving part relative to the other categories."""
    order_size: float
    pack: int
    lead_time_days: float
    made: float = 0.0
    """Share made in the own works."""
    weight_kg: float = 1.0


CATEGORIES = (
    Category("Belts", "Toothed belt", 0.07, 26, 0.8, 0.22, 0.27, 1.3, 2.4, 1, 40, weight_kg=0.4),
    Category("Seals", "Shaft seal", 0.14, 5, 0.9, 0.20, 0.27, 1.6, 5.0, 5, 28, weight_kg=0.05),
    Category("Bearings", "Ball bearing", 0.10, 24, 0.9, 0.20, 0.27, 1.4, 2.8, 1, 35, weight_kg=0.5),
    Category("Knives", "Cutting knife", 0.06, 95, 0.7, 0.24, 0.31, 1.6, 2.6, 1, 42, 0.55, 0.8),
    Category("Servo drives", "Servo motor", 0.03, 1250, 0.6, 0.14, 0.24, 0.5, 1.1, 1, 75, weight_kg=9.0),
    Category("Sensors", "Photocell", 0.06, 90, 0.7, 0.20, 0.27, 1.1, 1.6, 1, 48, weight_kg=0.2),
    Category("Pneumatics", "Air cylinder", 0.09, 62, 0.9, 0.16, 0.26, 0.9, 1.7, 1, 38, weight_kg=1.2),
    Category("Suction cups", "Suction cup", 0.05, 7, 0.7, 0.26, 0.31, 1.8, 8.0, 10, 30, weight_kg=0.03),
    Category("Gears", "Gear wheel", 0.09, 150, 0.9, 0.11, 0.24, 0.6, 1.3, 1, 60, 0.5, 3.0),
    Category("Format parts", "Format part", 0.12, 320, 0.9, 0.08, 0.22, 0.45, 1.4, 1, 50, 0.8, 4.0),
    Category("Electrical", "Control module", 0.08, 110, 1.1, 0.12, 0.24, 0.8, 1.3, 1, 62, weight_kg=0.6),
    Category("Turned parts", "Shaft", 0.11, 70, 0.9, 0.12, 0.24, 0.8, 1.9, 1, 45, 0.6, 1.8),
)
_ELECTRICAL = [category.name for category in CATEGORIES].index("Electrical")
NEVER_MOVING_BUT_STOCKED = 0.03
"""Share of the parts nobody orders that lie in the warehouse all the same."""


@dataclass(frozen=True)
class Catalogue:
    """Every part; all arrays have one entry per part. The hero is part 0."""

    part_id: pl.Series
    category: NDArray[np.int64]
    unit_cost: NDArray[np.float64]
    criticality: NDArray[np.int64]
    """0 = A (stops the machine), 1 = B, 2 = C."""
    weight_kg: NDArray[np.float64]
    pack: NDArray[np.int64]
    made: NDArray[np.bool_]
    moving: NDArray[np.bool_]
    order_rate: NDArray[np.float64]
    """Relative mean number of customer orders while the part is sold; zero for most parts."""
    order_size: NDArray[np.float64]
    sold_from: NDArray[np.int64]
    sold_until: NDArray[np.int64]
    """Day numbers between which customers order the part."""
    superseded_by: NDArray[np.int64]
    """Index of the part that replaces it, else -1."""

    def __len__(self) -> int:
        return len(self.part_id)

    def attribute(self, name: str) -> NDArray[np.float64]:
        """That attribute of each part's category."""
        return np.array([getattr(category, name) for category in CATEGORIES], dtype=np.float64)[self.category]


def catalogue(parts: int, seed: int) -> Catalogue:
    """A catalogue of ``parts`` parts; most of them never move."""
    random = stream(seed, "parts")
    category = random.choice(len(CATEGORIES), size=parts, p=[kind.share for kind in CATEGORIES])
    category[0] = 0
    of = {
        name: np.array([getattr(kind, name) for kind in CATEGORIES], dtype=np.float64)[category]
        for name in (
            "unit_cost",
            "cost_spread",
            "moving",
            "demand_shape",
            "demand",
            "order_size",
            "pack",
            "made",
            "weight_kg",
        )
    }
    unit_cost = np.round(of["unit_cost"] * np.exp(of["cost_spread"] * random.standard_normal(parts)), 2)
    unit_cost = np.maximum(unit_cost, 0.05)
    moving = random.random(parts) < of["moving"]
    moving[0] = True
    # cheap parts of a kind wear and move more than dear ones
    cheapness = (unit_cost / of["unit_cost"]) ** -0.15
    order_rate = np.where(moving, of["demand"] * cheapness * random.standard_gamma(of["demand_shape"]), 0.0)
    order_size = np.maximum(1.05, of["order_size"] * random.lognormal(-0.08, 0.4, parts))
    sold_from, sold_until, superseded_by = _life_cycles(category, moving, random)
    unit_cost[0], order_size[0], superseded_by[0] = HERO_UNIT_COST, HERO_ORDER_SIZE, -1
    sold_from[0], sold_until[0] = 0, DAYS
    made = random.random(parts) < of["made"]
    criticality = np.searchsorted([0.15, 0.5], random.random(parts))
    criticality[0] = 0
    return Catalogue(
        part_id=_part_ids(category),
        category=category,
        unit_cost=unit_cost,
        criticality=criticality,
        weight_kg=np.round(of["weight_kg"] * random.lognormal(0, 0.7, parts), 3),
        pack=of["pack"].astype(np.int64),
        made=made,
        moving=moving,
        order_rate=order_rate,
        order_size=order_size,
        sold_from=sold_from,
        sold_until=sold_until,
        superseded_by=superseded_by,
    )


def _life_cycles(
    category: NDArray[np.int64], moving: NDArray[np.bool_], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First and last day on sale of each part, and its successor: an old part ends when the new one begins."""
    parts = len(category)
    sold_from, sold_until = np.zeros(parts, dtype=np.int64), np.full(parts, DAYS)
    superseded_by = np.full(parts, -1)
    fate, day = random.random(parts), random.integers(200, DAYS - 200, parts)
    new = moving & (fate < 0.12)
    sold_from[new] = day[new]
    for kind in range(len(CATEGORIES)):
        successors = np.flatnonzero(new & (category == kind))[::3]
        candidates = np.flatnonzero(moving & (fate > 0.8) & (category == kind))
        pairs = min(len(successors), len(candidates))
        old, successor = candidates[:pairs], successors[:pairs]
        sold_until[old], superseded_by[old] = sold_from[successor], successor
    return sold_from, sold_until, superseded_by


def _part_ids(category: NDArray[np.int64]) -> pl.Series:
    """Drawing numbers GGNN.NNNN with leading zeros; control modules have eight digits, also with leading zeros."""
    rank = np.empty(len(category), dtype=np.int64)
    order = np.argsort(category, kind="stable")
    starts = np.searchsorted(category[order], np.arange(len(CATEGORIES)))
    rank[order] = np.arange(len(category)) - starts[category[order]]
    number = (42_217 + 7_919 * rank) % 1_000_000  # 7,919 has no factor in common with a million: no number twice
    text = (pl.lit(1) + pl.col("category")).cast(pl.String).str.zfill(2) + pl.col("number").cast(pl.String).str.zfill(6)
    dotted = text.str.slice(0, 4) + "." + text.str.slice(4)
    plain = pl.col("number").cast(pl.String).str.zfill(8)
    frame = pl.DataFrame({"category": category, "number": number})
    return frame.select(
        pl.when(pl.col("category") == _ELECTRICAL).then(plain).otherwise(dotted).alias("part_id")
    ).to_series()


def descriptions(part: Catalogue) -> pl.Series:
    """Names such as "Shaft seal 40-2217"; the number runs with the part."""
    nouns = pl.Series([kind.noun for kind in CATEGORIES]).gather(part.category)
    size = pl.Series(10 + 5 * (np.arange(len(part)) * 13 % 37)).cast(pl.String)
    letter = pl.Series(list("ABCDEFHK")).gather(np.arange(len(part)) * 5 % 8)
    return nouns + " " + size + letter
