"""What all figures of one study share: its options with their titles and colours, the money and the years counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.style import LIGHT, Options
from spareverse.network.study import HOURS_PER_YEAR, Study

Row = dict[str, Any]
_LABEL = 15.0
"""Least distance of two labels [px]."""


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
        """The option's colour; after the eighth option they begin again."""
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


def money_scale(values: Iterable[float | None], currency: str) -> tuple[float, str]:
    """What to divide amounts by, and their unit, so that an axis has room for them: ``million NOK``."""
    largest = max((abs(value) for value in values if value is not None and numbers.known(value)), default=0.0)
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if largest >= 3 * size:
            return size, f"{word} {currency}"
    return 1.0, currency


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


def whiskers(id_: str, ends: Iterable[tuple[float, float, Any, str]], *, width: float = 2, **more: Any) -> Options:
    """Intervals as strokes along x: (low, high, category, colour) each."""
    data = []
    for low, high, place, colour in ends:
        if numbers.known(low) and numbers.known(high):
            start: Options = {"coord": [style.rounded(low), place], "lineStyle": {"color": colour}}
            data.append([start, {"coord": [style.rounded(high), place]}])
    mark = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False}, "data": data}
    mark |= {"lineStyle": {"type": "solid", "width": width}}
    return {"id": id_, "type": "scatter", "data": [], "silent": True, "markLine": mark, "z": 5, **more}


def plain(text: str, most: int = 40) -> str:
    """Words fit for a label of a chart, where braces and bars are markup; cut when long."""
    words = text.translate(str.maketrans("{}|", "()/"))
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def legend(names: Sequence[str], width: int = 540) -> tuple[Options, int]:
    """A legend at the top left and the height it needs where the figure is narrow [px]."""
    lines, used = 1, 0
    for name in names:
        need = 7 * len(name) + 30
        lines, used = (lines + 1, need) if used and used + need > width else (lines, used + need)
    return style.legend(names) | {"left": 8, "right": 8}, 8 + 18 * lines


def two_lines(names: Sequence[str], values: Sequence[str]) -> Options:
    """Labels of a category axis: a name, and its figure under it."""
    look = {"align": "right", "lineHeight": 15}
    rich = {
        "name": {"color": LIGHT.ink, "fontSize": 12, **look},
        "value": {"color": LIGHT.muted, "fontSize": 11, **look},
    }
    labels = [f"{{name|{plain(n, 30)}}}\n{{value|{plain(v)}}}" for n, v in zip(names, values, strict=True)]
    return {"data": labels, "axisLabel": {"rich": rich, "interval": 0}}


def at_end(lines: Mapping[str, Options], top: float, height: float) -> list[Options]:
    """Lines with their names at their ends instead of a legend; names that would meet are moved apart.

    ``top``: end of the value axis, which starts at 0; ``height``: of the plotting area [px].
    """
    natural = {words: height * (1.0 - (one["data"][-1][1] or 0.0) / top) for words, one in lines.items()}
    placed: dict[str, float] = {}
    lowest = -_LABEL
    for words in sorted(natural, key=lambda words: natural[words]):
        lowest = placed[words] = max(natural[words], lowest + _LABEL)
    over = max(lowest - height, 0.0)
    return [
        one | {"endLabel": _end_label(words, one["lineStyle"]["color"], placed[words] - over - natural[words])}
        for words, one in lines.items()
    ]


def _end_label(words: str, colour: str, shift: float) -> Options:
    look = {"color": colour, "fontSize": 11.5, "distance": 6, "offset": [0, round(shift)]}
    return {"show": True, "formatter": plain(words, 22), **look}


def join(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
