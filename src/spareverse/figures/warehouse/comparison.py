"""What all figures of one study share: its options with their titles and colours, the money and the years counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from spareverse.figures import numbers
from spareverse.figures.style import LIGHT
from spareverse.network.study import HOURS_PER_YEAR, Study
from spareverse.optimisation.warehouse.part_by_part import MIXTURE

Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """``titles``: option -> words, in the study's order; the place in that order is the option's colour everywhere."""

    titles: Mapping[str, str]
    currency: str
    years: float
    assets: int = 1

    @classmethod
    def of(cls, study: Study) -> Comparison:
        titles = {option.name: option.title or option.name for option in study.options}
        years = (study.horizon_h - study.warm_up_h) / HOURS_PER_YEAR
        return cls(titles, study.currency, years, asset_count(study))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.titles)

    def title(self, option: str | None) -> str:
        """The option in words; of an option the study does not have, its name."""
        return self.titles.get(option or "", option or "none")

    def colour(self, option: str) -> str:
        """The option's colour; after the eighth option they begin again. What is recommended by part has its own."""
        if option == MIXTURE:
            return LIGHT.proposed
        shades = LIGHT.options
        return shades[self.names.index(option) % len(shades)] if option in self.titles else LIGHT.today

    def rows(self, options: pl.DataFrame, measure: str, *, per_year: bool = False) -> list[Row]:
        """Estimates of one measure of OPTION_RESULTS, in the study's order; totals of the horizon as yearly figures."""
        scale = 1.0 / self.years if per_year else 1.0
        limits = ("mean", "low", "high", "run_low", "run_high")
        found = options.filter(pl.col("measure") == measure).with_columns(pl.col(*limits) * scale)
        by_name = {row["option"]: row for row in found.iter_rows(named=True)}
        return [by_name[name] for name in self.names if name in by_name]


def asset_count(study: Study) -> int:
    """How many assets its tags sit in; a tag without one is an asset of its own."""
    return int(study.lines.select(pl.coalesce("asset_id", "tag").n_unique()).item())


def leaders(rows: Sequence[Row], differences: pl.DataFrame | None = None, *, largest: bool = False) -> list[str]:
    """Options that cannot be told from the best one, the best first.

    Told apart by the paired difference (DIFFERENCE_RESULTS) where there is one, else by intervals that do not meet.
    """
    ranked = sorted((row for row in rows if numbers.known(row["mean"])), key=lambda row: row["mean"], reverse=largest)
    if not ranked:
        return []
    best = ranked[0]
    return [row["option"] for row in ranked if row is best or not _apart(best, row, differences)]


def _apart(best: Row, other: Row, differences: pl.DataFrame | None) -> bool:
    if differences is not None and not differences.is_empty():
        pair = [best["option"], other["option"]]
        found = differences.filter(
            (pl.col("measure") == best["measure"]) & pl.col("option").is_in(pair) & pl.col("against").is_in(pair)
        )
        if found.height:
            low, high = found["low"][0], found["high"][0]
            return bool(low is not None and high is not None and (low > 0 or high < 0))
    return bool(best["low"] > other["high"] or best["high"] < other["low"])
