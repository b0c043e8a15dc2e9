"""Cost parameters: documented defaults, refined per category or part in one small TOML file.

    [default]
    carrying_rate = 0.25          # share of unit cost a year: structure + energy + labour
    early_factor = 1.62           # h_e / h
    stock_out_factor = 26.1       # b / h
    ordering_cost = 60.0          # currency per order line

    [category.bearings]
    carrying_rate = 0.30

    [part.P-1042]
    stock_out_cost = 4.5          # currency/piece/day, replaces the factor

A section may also give ``holding_cost``, ``early_holding_cost`` and ``stock_out_cost`` in currency/piece/day; they
replace what the shares would give.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import InputRejected, Problem

DAYS_A_YEAR = 365.0


@dataclass(frozen=True)
class CostParameters:
    """One section of the cost file. Rates are shares of unit cost; None = not given here."""

    carrying_rate: float | None = None
    early_factor: float | None = None
    stock_out_factor: float | None = None
    ordering_cost: float | None = None
    holding_cost: float | None = None
    early_holding_cost: float | None = None
    stock_out_cost: float | None = None


# carrying_rate: 25 % a year, the middle of the 20-30 % that inventory texts quote for rent, equipment, insurance,
# energy, labour and capital (Silver, Pyke & Thomas 2017, section 3.3). early_factor and stock_out_factor: the ratios
# h_e/h = .0941/.05805 and b/h = 1.515/.05805 behind the published case of Sirri et al. 2023.
DEFAULTS = CostParameters(carrying_rate=0.25, early_factor=1.62, stock_out_factor=26.1, ordering_cost=60.0)
NAMES = tuple(field.name for field in fields(CostParameters))

MEANING = {
    "carrying_rate": "structure, energy and labour of keeping a piece, as a share of its cost a year",
    "early_factor": "cost of a day of early supply over a day of planned holding (h_e / h)",
    "stock_out_factor": "delayed profit, lost order and lost customer over a day of holding (b / h)",
    "ordering_cost": "cost of one order line, for the economic order quantity",
}


@dataclass(frozen=True)
class CostFile:
    """All sections; parts win over categories, categories over the default."""

    default: CostParameters = DEFAULTS
    category: dict[str, CostParameters] = field(default_factory=dict)
    part: dict[str, CostParameters] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> CostFile:
        """The file's sections over the defaults; a missing file means the defaults. InputRejected if wrong."""
        if not path.exists():
            return cls()
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputRejected(
                f"{path.name} is not a valid TOML file: {error}",
                [Problem(str(error), "Correct the file, or delete it to return to the defaults.", file=path.name)],
            ) from error
        problems: list[Problem] = []
        default = _section(document.get("default", {}), "default", path.name, problems)
        category = _sections(document.get("category", {}), "category", path.name, problems)
        part = _sections(document.get("part", {}), "part", path.name, problems)
        problems.extend(
            Problem("unknown section", "Use default, category.NAME or part.ID.", path.name, column=name)
            for name in sorted(set(document) - {"default", "category", "part"})
        )
        if problems:
            raise InputRejected(f"{path.name} has {len(problems)} wrong entries.", problems)
        merged = {
            name: value if (value := getattr(default, name)) is not None else getattr(DEFAULTS, name) for name in NAMES
        }
        return cls(CostParameters(**merged), category, part)

    def per_part(self, frame: pl.DataFrame) -> pl.DataFrame:
        """h, h_e, b [currency/piece/day] and the ordering cost for rows with part_id, category, unit_cost."""
        resolved = {name: self._resolve(name) for name in NAMES}
        rated = frame.with_columns(
            pl.coalesce(resolved["holding_cost"], pl.col("unit_cost") * resolved["carrying_rate"] / DAYS_A_YEAR).alias(
                "holding_cost"
            )
        )
        return rated.with_columns(
            pl.coalesce(resolved["early_holding_cost"], pl.col("holding_cost") * resolved["early_factor"]).alias(
                "early_holding_cost"
            ),
            pl.coalesce(resolved["stock_out_cost"], pl.col("holding_cost") * resolved["stock_out_factor"]).alias(
                "stock_out_cost"
            ),
            resolved["ordering_cost"].alias("ordering_cost"),
        )

    def _resolve(self, name: str) -> pl.Expr:
        sources: list[pl.Expr] = []
        for column, sections in (("part_id", self.part), ("category", self.category)):
            given = {key: value for key, section in sections.items() if (value := getattr(section, name)) is not None}
            if given:
                sources.append(pl.col(column).replace_strict(given, default=None, return_dtype=pl.Float64))
        return pl.coalesce(*sources, pl.lit(getattr(self.default, name), dtype=pl.Float64))


def _sections(values: Any, kind: str, file: str, problems: list[Problem]) -> dict[str, CostParameters]:
    if not isinstance(values, dict):
        problems.append(_no_section(kind, file, values))
        return {}
    return {name: _section(value, f"{kind}.{name}", file, problems) for name, value in values.items()}


def _no_section(name: str, file: str, value: Any) -> Problem:
    return Problem("not a section", "Write parameters below a line in brackets.", file, column=name, value=str(value))


def _section(values: Any, name: str, file: str, problems: list[Problem]) -> CostParameters:
    if not isinstance(values, dict):
        problems.append(_no_section(name, file, values))
        return CostParameters()
    taken: dict[str, float] = {}
    for key, value in values.items():
        if key not in NAMES:
            problems.append(Problem("unknown parameter", f"Known: {', '.join(NAMES)}.", file, column=f"{name}.{key}"))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            problems.append(
                Problem(
                    "not a number of at least zero",
                    "Write a plain number.",
                    file,
                    column=f"{name}.{key}",
                    value=str(value),
                )
            )
        else:
            taken[key] = float(value)
    return CostParameters(**taken)
