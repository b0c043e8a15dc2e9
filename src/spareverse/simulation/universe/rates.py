"""Disturbances, seasons and growth as rate profiles: how fast suppliers and links work, when they are open, how much is
demanded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from spareverse.engine.memory import Whole
from spareverse.engine.profiles import Profiles
from spareverse.network.network import Network
from spareverse.network.study import RateProfile
from spareverse.simulation.compile_distributions import compile_profiles
from spareverse.simulation.compile_network import key

HOURS = 24.0
MONTH_H = 730.0
EVERYTHING = "*"
_NAMES = {
    "source_id": ("supplier", "place"), "link_id": ("link",), "place_id": ("place",), "customer_id": ("customer",),
    "category": ("group",),
}  # fmt: skip
"""Column -> what its names are names of (``target_kind``); no supplier has the name of a place."""


@dataclass(frozen=True)
class _Effect:
    """What a disturbance does to a rate: the factor while it lasts."""

    disturbance_id: str
    start_day: float | None
    days: float
    every_days: float | None
    factor: float


class RateTable:
    """Profiles met so far; number -1 stands for a rate that never changes."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._profiles: list[RateProfile] = []
        self._keys: list[int] = []
        self._number: dict[tuple[RateProfile, int], int] = {}
        self._disturbances = network["disturbances"].sort("disturbance_id").to_dicts()

    def profiles(self) -> Profiles:
        return compile_profiles(self._profiles, self._keys)

    def _add(self, profile: RateProfile, effects: list[_Effect]) -> int:
        """Number of a profile with these effects; at most one of them may be random."""
        campaigns = list(profile.campaigns)
        random = [effect for effect in effects if effect.every_days is not None]
        if len(random) > 1:
            names = ", ".join(effect.disturbance_id for effect in random)
            raise ValueError(f"only one random disturbance of a kind may meet one target, got {names}")
        campaigns += [
            (e.start_day * HOURS, (e.start_day + e.days) * HOURS, e.factor) for e in effects if e.start_day is not None
        ]
        whole = replace(profile, campaigns=tuple(campaigns))
        for effect in random:
            gap = float(effect.every_days or 0.0) * HOURS
            whole = replace(whole, burst_gap_h=gap, burst_length_h=effect.days * HOURS, burst_factor=effect.factor)
        if whole == RateProfile():
            return -1
        name = key("disturbance", random[0].disturbance_id) if random else key("rates")
        if (whole, name) not in self._number:
            self._number[whole, name] = len(self._profiles)
            self._profiles.append(whole)
            self._keys.append(name)
        return self._number[whole, name]

    def _effects(self, kinds: dict[str, str], hit: Iterable[dict[str, Any]]) -> list[_Effect]:
        """Effects of the disturbances that hit; each kind's factor is 'zero', 'same' or 'inverse'."""
        found = []
        for row in hit:
            rule = kinds[row["kind"]]
            given = row["factor"]
            factor = 0.0 if rule == "zero" else 1.0 if given is None else given
            factor = 1.0 / factor if rule == "inverse" and factor > 0 else factor
            found.append(_Effect(row["disturbance_id"], row["start_day"], row["days"], row["every_days"], factor))
        return found

    def of_targets(self, names: pl.Series, kinds: dict[str, str], target_kind: str) -> Whole:
        """Profile of each supplier or link (``target_kind``) under these kinds of disturbance."""
        rows = [row for row in self._disturbances if row["kind"] in kinds and row["target_kind"] in (None, target_kind)]
        hits = ([row for row in rows if row["target_id"] in (name, EVERYTHING)] for name in names)
        return np.array([self._add(RateProfile(), self._effects(kinds, hit)) for hit in hits], np.int64)

    def of_goods(self, goods: pl.DataFrame, kinds: dict[str, str]) -> Whole:
        """Profile of what each source sends under these kinds of disturbance, whatever of it they aim at.

        ``goods`` has what can be aimed at, a column each: the supplier or place, the link, the group of the part.
        """
        return self._of_hit(goods, kinds, lambda row, hit: self._add(RateProfile(), self._effects(kinds, hit)))

    def of_demands(self, demands: pl.DataFrame) -> Whole:
        """Profile of each stream of demand: its season, its growth and the surges that meet it.

        ``demands`` has place_id, customer_id, category, season_id, growth_per_year.
        """
        kinds = {"demand_surge": "same"}

        def profile(row: dict[str, Any], hit: list[dict[str, Any]]) -> int:
            growth = self._growth(row["growth_per_year"] or 0.0)
            base = RateProfile(season=self._season(row["season_id"]), campaigns=growth)
            return self._add(base, self._effects(kinds, hit))

        return self._of_hit(demands, kinds, profile, ("season_id", "growth_per_year"))

    def _of_hit(
        self, things: pl.DataFrame, kinds: dict[str, str],
        profile: Callable[[dict[str, Any], list[dict[str, Any]]], int], besides: Sequence[str] = (),
    ) -> Whole:  # fmt: skip
        """Profile of each row, by the disturbances of these kinds that hit it and its columns ``besides``."""
        rows = [row for row in self._disturbances if row["kind"] in kinds]
        hits = {f"hit {at}": _hits(row, things.columns) for at, row in enumerate(rows)}
        if not (hits or besides):
            return np.full(things.height, -1, np.int64)
        hit = things.with_columns(**hits).select(*besides, *hits)
        combinations = hit.unique(maintain_order=True)
        numbers = [
            profile(one, [row for at, row in enumerate(rows) if one[f"hit {at}"]])
            for one in combinations.iter_rows(named=True)
        ]
        numbered = combinations.with_columns(number=pl.Series(numbers, dtype=pl.Int64))
        joined = hit.join(numbered, on=hit.columns, how="left", nulls_equal=True, maintain_order="left")
        return joined["number"].to_numpy().astype(np.int64)

    def _season(self, season: str | None) -> tuple[float, ...]:
        if season is None:
            return ()
        rows = self._network["seasons"].filter(pl.col("season_id") == season)
        factor = dict(rows.select("month", "factor").iter_rows())
        return tuple(factor.get(month, 1.0) for month in range(1, 13))

    def _growth(self, per_year: float) -> tuple[tuple[float, float, float], ...]:
        """A step each month; the first month has the rate given."""
        if per_year == 0.0:
            return ()
        days = float(self._network.setting("warm_up_days")) + float(self._network.setting("horizon_days"))
        months = int(days * HOURS / MONTH_H) + 1
        return tuple(
            (month * MONTH_H, (month + 1) * MONTH_H, (1.0 + per_year) ** (month / 12.0))
            for month in range(1, months + 1)
        )


def _hits(row: Mapping[str, Any], columns: Sequence[str]) -> pl.Expr:
    """Where a disturbance hits what these columns name."""
    if row["target_id"] == EVERYTHING:
        return pl.lit(value=True)
    kind = row["target_kind"]
    named = [name for name in columns if name in _NAMES and (kind is None or kind in _NAMES[name])]
    return pl.any_horizontal(pl.lit(value=False), *(pl.col(name).eq_missing(row["target_id"]) for name in named))
