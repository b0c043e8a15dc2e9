"""A table held in memory, so that a grid of 300,000 rows sorts, filters and pages at once."""

from __future__ import annotations

import difflib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import polars as pl

from spareverse.errors import Problem, UsageError
from spareverse.network.plan_list import DECISION_COLUMNS
from spareverse.network.schema import Column, Kind

OPERATORS: dict[str, str] = {
    "eq": "equals",
    "ne": "is not",
    "gt": "greater than",
    "ge": "at least",
    "lt": "less than",
    "le": "at most",
    "contains": "contains",
    "starts": "starts with",
    "in": "one of, separated by |",
    "empty": "is empty",
    "filled": "is not empty",
}
KEEP = 24
"""How many sort orders and filters stay in memory; each is 1.2 MB for 300,000 parts."""
_NUMERIC: frozenset[Kind] = frozenset({"integer", "number"})

T = TypeVar("T")
Columns = Mapping[str, Column]


@dataclass(frozen=True)
class Where:
    """One condition, written ``column:operator:value``."""

    column: str
    operator: str
    value: str = ""

    @classmethod
    def parse(cls, text: str) -> Where:
        """The condition as written; ``check`` says whether it can be."""
        column, _, rest = text.partition(":")
        operator, _, value = rest.partition(":")
        return cls(column, operator, value)

    def __str__(self) -> str:
        return f"{self.column}:{self.operator}:{self.value}"

    def check(self, columns: Columns) -> None:
        """UsageError naming the column, operator or value that cannot be."""
        if self.column not in columns:
            problem = unknown_column(self.column, columns)
            raise UsageError(f"There is no column {self.column!r} to filter by.", [problem])
        if self.operator not in OPERATORS:
            known = ", ".join(OPERATORS)
            raise UsageError(
                f"There is no filter {self.operator!r}.",
                [Problem("unknown filter", f"Use one of {known}.", column=self.column, value=self.operator)],
            )
        if columns[self.column].kind in _NUMERIC and self.operator not in ("empty", "filled"):
            for value in self._values():
                _number(self.column, value)

    def expression(self, columns: Columns) -> pl.Expr:
        """The condition as a Polars expression; empty values never match except by ``empty`` and ``ne``."""
        column = pl.col(self.column)
        kind = columns[self.column].kind
        column = column.cast(pl.String) if kind in ("boolean", "date") else column
        text = kind not in _NUMERIC
        if self.operator in ("empty", "filled"):
            empty = column.is_null() | (column == "") if text else column.is_null()
            return empty if self.operator == "empty" else ~empty
        if self.operator in ("contains", "starts"):
            found = column.cast(pl.String).str.to_lowercase()
            wanted = self.value.lower()
            hit = (
                found.str.contains(wanted, literal=True)
                if self.operator == "contains"
                else found.str.starts_with(wanted)
            )
            return hit.fill_null(False)
        values: list[str] | list[float] = (
            self._values() if text else [_number(self.column, value) for value in self._values()]
        )
        if self.operator == "in":
            return column.is_in(values).fill_null(False)
        compare: dict[str, Callable[[object], pl.Expr]] = {
            "eq": column.eq,
            "ne": column.ne_missing,
            "gt": column.gt,
            "ge": column.ge,
            "lt": column.lt,
            "le": column.le,
        }
        return compare[self.operator](pl.lit(values[0])).fill_null(False)

    def _values(self) -> list[str]:
        return self.value.split("|") if self.operator == "in" else [self.value]


@dataclass(frozen=True)
class View:
    """A saved choice of rows and their order."""

    name: str
    title: str
    meaning: str
    where: tuple[Where, ...]
    sort: tuple[str, ...] = ()


@dataclass(frozen=True)
class Query:
    """Which rows, in which order. ``sort`` names columns, '-' in front = largest first."""

    where: tuple[Where, ...] = ()
    search: str = ""
    sort: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """What may be asked of a table: its columns, its saved views (the first is the usual one), where a search looks."""

    columns: Columns
    views: Mapping[str, View]
    searched: tuple[str, ...]

    def column(self, name: str) -> Column:
        """The declared column; UsageError when there is none of that name."""
        if name not in self.columns:
            raise UsageError(f"There is no column {name!r}.", [unknown_column(name, self.columns)])
        return self.columns[name]

    def where(self, text: str) -> Where:
        """A condition as it stands in an address; UsageError where it cannot be."""
        condition = Where.parse(text)
        condition.check(self.columns)
        return condition

    def query(self, where: Sequence[str] = (), search: str = "", sort: str = "", view: str = "") -> Query:
        """A query from its texts, as they stand in an address."""
        chosen = self.views.get(view or next(iter(self.views)))
        if chosen is None:
            raise UsageError(
                f"There is no view {view!r}.", [Problem("unknown view", f"Use one of {', '.join(self.views)}.")]
            )
        order = tuple(name for name in sort.split(",") if name) or chosen.sort
        for name in order:
            if name.lstrip("-") not in self.columns:
                problem = unknown_column(name.lstrip("-"), self.columns)
                raise UsageError(f"There is no column {name.lstrip('-')!r} to sort by.", [problem])
        return Query((*chosen.where, *(self.where(text) for text in where)), search.strip().lower(), order)


class Rows:
    """The rows of a table with the planner's decisions beside them."""

    def __init__(self, listing: Listing, frame: pl.DataFrame, decisions: pl.DataFrame | None = None) -> None:
        decided = {column.name for column in DECISION_COLUMNS}
        names = [name for name in listing.columns if name in frame.columns and name not in decided]
        self.listing = listing
        self._rows = frame.select(names)
        self._haystack = self._rows.select(
            pl.concat_str([pl.col(name).fill_null("") for name in listing.searched], separator="\n").str.to_lowercase()
        ).to_series()
        self._orders: _Recent[pl.Series] = _Recent()
        self._masks: _Recent[pl.Series] = _Recent()
        self.frame = self._rows
        self.decide(decisions)

    def decide(self, decisions: pl.DataFrame | None) -> None:
        """Take the planner's latest decisions; sort orders of the other columns stay valid."""
        self.frame = self._decided(decisions)
        changed = {name for name in self.frame.columns if name not in self._rows.columns}
        self._masks.clear()
        self._orders.forget(lambda key: any(str(name).lstrip("-") in changed for name in key))

    def _decided(self, decisions: pl.DataFrame | None) -> pl.DataFrame:
        """The rows with what was decided on each."""
        names = [column.name for column in DECISION_COLUMNS]
        if decisions is None or decisions.is_empty():
            kinds = {c.name: pl.Float64 if c.kind == "number" else pl.String for c in DECISION_COLUMNS}
            return self._rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
        keys = ["part_id", "place_id"]
        latest = decisions.select(*keys, *names).unique(keys, keep="last", maintain_order=True)
        return self._rows.join(latest, on=keys, how="left", maintain_order="left")

    def count(self, query: Query) -> int:
        """How many rows a query shows."""
        return int(self._mask(query).sum())

    def total(self, query: Query, column: str) -> float:
        """Sum of a column over the rows a query shows."""
        return float(self.frame[column].filter(self._mask(query)).sum() or 0.0)

    def page(self, query: Query, offset: int = 0, limit: int = 100) -> tuple[int, pl.DataFrame]:
        """The number of rows the query shows and the asked slice of them."""
        order = self._order(query.sort)
        rows = order.filter(self._mask(query).gather(order)) if query.where or query.search else order
        return len(rows), self.frame[rows.slice(offset, limit)]

    def all(self, query: Query) -> pl.DataFrame:
        """Every row the query shows, in its order."""
        return self.page(query, 0, self.frame.height)[1]

    def suggestions(self, text: str, limit: int = 8) -> pl.DataFrame:
        """Rows in which a search finds the text; ids that start with it come first."""
        wanted = text.strip().lower()
        if not wanted:
            return self.frame.clear()
        hits = self.frame.filter(self._haystack.str.contains(wanted, literal=True))
        first = ~pl.col("part_id").str.to_lowercase().str.starts_with(wanted)
        return hits.sort(first, pl.col("part_id")).head(limit)

    def _order(self, sort: tuple[str, ...]) -> pl.Series:
        def build() -> pl.Series:
            names = [name.lstrip("-") for name in sort] or ["part_id"]
            descending = [name.startswith("-") for name in sort] or [False]
            return self.frame.select(
                pl.arg_sort_by(names, descending=descending, nulls_last=True, maintain_order=True)
            ).to_series()

        return self._orders.get(sort, build)

    def _mask(self, query: Query) -> pl.Series:
        def build() -> pl.Series:
            conditions = [where.expression(self.listing.columns) for where in query.where]
            mask = (
                self.frame.select(pl.all_horizontal(conditions)).to_series()
                if conditions
                else pl.repeat(True, self.frame.height, eager=True)
            )
            return mask & self._haystack.str.contains(query.search, literal=True) if query.search else mask

        return self._masks.get((query.where, query.search), build)


class _Recent(Generic[T]):
    """The last few values made, by key."""

    def __init__(self) -> None:
        self._values: OrderedDict[tuple[object, ...], T] = OrderedDict()

    def get(self, key: tuple[object, ...], build: Callable[[], T]) -> T:
        if key not in self._values:
            self._values[key] = build()
            if len(self._values) > KEEP:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]

    def clear(self) -> None:
        self._values.clear()

    def forget(self, stale: Callable[[tuple[object, ...]], bool]) -> None:
        for key in [key for key in self._values if stale(key)]:
            del self._values[key]


def unknown_column(name: str, columns: Columns) -> Problem:
    near = difflib.get_close_matches(name, columns, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else "See the tables of the documentation."
    return Problem("unknown column", remedy, column=name)


def _number(column: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        problem = Problem("not a number", "Write digits with a decimal point.", column=column, value=value)
        raise UsageError(f"{column} is compared with {value!r}, which is not a number.", [problem]) from None
