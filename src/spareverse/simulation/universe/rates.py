"""Disturbances, seasons and growth as rate profiles: how fast suppliers and links work, when they are open, how much is
demanded."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    def _effects(self, kinds: dict[str, str], targets: set[str]) -> list[_Effect]:
        """Effects on a target of the kinds given; each kind's factor is 'zero', 'same' or 'inverse'."""
        found = []
        for row in self._disturbances:
            if row["kind"] in kinds and row["target_id"] in targets:
                rule = kinds[row["kind"]]
                given = row["factor"]
                factor = 0.0 if rule == "zero" else 1.0 if given is None else given
                factor = 1.0 / factor if rule == "inverse" and factor > 0 else factor
                found.append(_Effect(row["disturbance_id"], row["start_day"], row["days"], row["every_days"], factor))
        return found

    def of_targets(self, names: pl.Series, kinds: dict[str, str]) -> Whole:
        """Profile of each supplier or link under these kinds of disturbance."""
        return np.array(
            [self._add(RateProfile(), self._effects(kinds, {name, EVERYTHING})) for name in names], np.int64
        )

    def of_goods(self, goods: pl.DataFrame, kinds: dict[str, str]) -> Whole:
        """Profile of what each source sends under these kinds of disturbance, whatever of it they aim at.

        ``goods`` has what can be aimed at, a column each: the supplier or place, the link, the group of the part.
        """
        aimed = {row["target_id"] for row in self._disturbances if row["kind"] in kinds} - {EVERYTHING}
        hit = goods.select(pl.when(pl.col(name).is_in(sorted(aimed))).then(name) for name in goods.columns)
        combinations = hit.unique(maintain_order=True)
        numbers = [
            self._add(RateProfile(), self._effects(kinds, {EVERYTHING, *filter(None, row)}))
            for row in combinations.iter_rows()
        ]
        numbered = combinations.with_columns(number=pl.Series(numbers, dtype=pl.Int64))
        joined = hit.join(numbered, on=hit.columns, how="left", nulls_equal=True, maintain_order="left")
        return joined["number"].to_numpy().astype(np.int64)

    def of_demands(self, demands: pl.DataFrame) -> Whole:
        """Profile of each stream of demand: its season, its growth and the surges that meet it.

        ``demands`` has place_id, customer_id, category, season_id, growth_per_year.
        """
        surges = [row for row in self._disturbances if row["kind"] == "demand_surge"]
        columns = ["season_id", "growth_per_year"]
        hit = demands.select(
            *columns,
            *(
                pl.any_horizontal(
                    pl.lit(row["target_id"] == EVERYTHING),
                    *(pl.col(name).eq_missing(row["target_id"])
                      for name in ("place_id", "customer_id", "category")),
                ).alias(f"surge {number}")
                for number, row in enumerate(surges)
            ),
        )  # fmt: skip
        combinations = hit.unique(maintain_order=True).with_row_index("combination")
        numbers = []
        for row in combinations.iter_rows(named=True):
            met = {surges[i]["target_id"] for i in range(len(surges)) if row[f"surge {i}"]}
            base = RateProfile(
                season=self._season(row["season_id"]), campaigns=self._growth(row["growth_per_year"] or 0.0)
            )
            numbers.append(self._add(base, self._effects({"demand_surge": "same"}, met)))
        joined = hit.join(combinations, on=hit.columns, how="left", nulls_equal=True, maintain_order="left")
        return np.array(numbers, np.int64)[joined["combination"].to_numpy()] if numbers else np.zeros(0, np.int64)

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
