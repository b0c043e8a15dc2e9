"""Columns of text -> dates: several formats in one column, day and month told apart by evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from spareverse.errors import AmbiguousDates, Problem
from spareverse.io.date_formats import ORDERS, Order, classified, label_of

_CLEAR_RATIO = 3
_CLEAR_SHARE = 0.02
_EXAMPLES = 3


@dataclass(frozen=True)
class DateReading:
    """Dates of every column; what was read how; which rows hold something that is no date."""

    values: pl.DataFrame
    formats: dict[str, dict[str, int]]
    unreadable: dict[str, pl.Series]
    orders: dict[str, dict[str, Order]]
    """column -> family of formats -> which comes first; enough to read further lines the same way."""
    notices: list[str]


@dataclass
class _DateColumn:
    name: str
    title: str
    rows: pl.DataFrame
    """text, family (null: not ambiguous), label, fixed, day, month: one row per row of the file."""
    decided: dict[str, Order] = field(default_factory=dict)
    families: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.families = sorted(self.rows["family"].drop_nulls().unique().to_list())

    def undecided(self) -> list[str]:
        return [family for family in self.families if family not in self.decided]

    def known(self) -> pl.Series:
        """Dates as far as decided; null elsewhere."""
        dates = pl.col("fixed")
        for family, order in self.decided.items():
            dates = pl.when(pl.col("family") == family).then(pl.col(order)).otherwise(dates)
        return self.rows.select(dates.alias(self.name))[self.name]

    def read(self, family: str, order: Order) -> pl.Series:
        """Dates of one family under one reading; null elsewhere."""
        return self.rows.select(pl.when(pl.col("family") == family).then(pl.col(order)).alias("dates"))["dates"]


@dataclass(frozen=True)
class _Evidence:
    rows: int
    impossible: dict[Order, int]
    contradictions: dict[Order, int]

    def verdict(self) -> Order | None:
        """The reading with fewest bad rows, if the difference is clear."""
        bad = {order: self.impossible[order] + self.contradictions[order] for order in ORDERS}
        better, worse = sorted(ORDERS, key=lambda order: bad[order])
        certain = self.impossible["day"] != self.impossible["month"] or bad[worse] >= _CLEAR_SHARE * self.rows
        clear = bad[better] < bad[worse] and _CLEAR_RATIO * bad[better] <= bad[worse]
        return better if clear and certain else None

    def __str__(self) -> str:
        return "; ".join(
            f"{order} first: {self.impossible[order]:,} impossible, {self.contradictions[order]:,} against the order"
            " of events"
            for order in ORDERS
        )


def read_dates(
    file: str,
    texts: pl.DataFrame,
    *,
    titles: Mapping[str, str],
    events: Sequence[tuple[str, str]] = (),
    orders: Mapping[str, Mapping[str, Order]] | None = None,
) -> DateReading:
    """Read text columns as dates.

    titles
        column -> its heading in the file, for messages.
    events
        Pairs (earlier, later) of columns: a reading that puts them the other way round contradicts itself.
    orders
        Decisions known beforehand: column -> family (such as ``-yyyy``, or ``*`` for all) -> what comes first.
    """
    orders = orders or {}
    columns = [_DateColumn(name, titles.get(name, name), _parsed(texts[name])) for name in texts.columns]
    for column in columns:
        known = orders.get(column.name, {})
        for family in column.families:
            order = known.get(family) or known.get("*")
            if order:
                column.decided[family] = order
    notices = [*_decide(file, columns, events), *(text for column in columns for text in _other_way_round(column))]
    values = pl.DataFrame([column.known() for column in columns]) if columns else pl.DataFrame()
    return DateReading(
        values=values,
        formats={column.name: _formats(column) for column in columns},
        unreadable={
            column.name: column.rows["text"].is_not_null() & values[column.name].is_null() for column in columns
        },
        orders={column.name: column.decided for column in columns if column.decided},
        notices=notices,
    )


def _other_way_round(column: _DateColumn) -> list[str]:
    """Dates that exist only if day and month change places: perhaps two habits in one column."""
    notices = []
    for family, order in column.decided.items():
        other: Order = "month" if order == "day" else "day"
        member = (pl.col("family") == family) & pl.col(order).is_null() & pl.col(other).is_not_null()
        rows = column.rows.filter(member)
        if rows.height:
            notices.append(
                f"{column.title}: {rows.height:,} dates like {rows['text'][0]} exist only {other} first, while the"
                f" others are read {order} first. Check whether two ways of writing are mixed."
            )
    return notices


# -- parsing --


def _parsed(texts: pl.Series) -> pl.DataFrame:
    """Every row of a column under every reading; each different text is looked at once."""
    texts = texts.rename("text")
    different = classified(texts.drop_nulls().unique())
    rows = texts.to_frame().join(different, on="text", how="left", maintain_order="left")
    return rows.with_columns(text=pl.when(~pl.col("empty")).then(pl.col("text"))).drop("empty")


def _formats(column: _DateColumn) -> dict[str, int]:
    """Format -> number of dates read in it."""
    fixed = column.rows.filter(pl.col("fixed").is_not_null())["label"].value_counts(sort=True)
    found: dict[str, int] = dict(fixed.rows())
    for family, order in column.decided.items():
        rows = column.rows.filter((pl.col("family") == family) & pl.col(order).is_not_null())
        if rows.height:
            found[label_of(family, order, padded=bool(rows["padded"].all()))] = rows.height
    return dict(sorted(found.items(), key=lambda item: -item[1]))


# -- day or month first --


def _decide(file: str, columns: list[_DateColumn], events: Sequence[tuple[str, str]]) -> list[str]:
    """Decide every ambiguous family by the strongest evidence there is; AmbiguousDates when some stay open."""
    notices: list[str] = []
    for step in (_by_own_rows, _by_other_columns, _jointly, _by_convention):
        progress = True
        while progress and any(column.undecided() for column in columns):
            progress = step(columns, events, notices)
    problems = [_question(file, column, family, columns, events) for column in columns for family in column.undecided()]
    if problems:
        names = ", ".join(sorted({problem.column or "" for problem in problems}))
        message = f"{file}: it is not clear whether day or month comes first in {names}. Nothing was imported."
        raise AmbiguousDates(message, problems)
    return notices


def _evidence(
    column: _DateColumn, family: str, columns: Sequence[_DateColumn], events: Iterable[tuple[str, str]]
) -> _Evidence:
    """Bad rows of a family under both readings, against whatever is known of the other columns."""
    known = {other.name: other.known() for other in columns if other is not column}
    member = column.rows["family"] == family
    impossible, contradictions = {}, {}
    for order in ORDERS:
        dates = column.read(family, order)
        other_order: Order = "month" if order == "day" else "day"
        possible_otherwise = column.read(family, other_order).is_not_null()
        impossible[order] = int((member & dates.is_null() & possible_otherwise).sum())
        against = pl.repeat(False, len(dates), eager=True)
        for earlier, later in events:
            if earlier == column.name and later in known:
                against |= (dates > known[later]).fill_null(value=False)
            elif later == column.name and earlier in known:
                against |= (dates < known[earlier]).fill_null(value=False)
        contradictions[order] = int(against.sum())
    return _Evidence(int(member.sum()), impossible, contradictions)


def _by_own_rows(columns: list[_DateColumn], events: Sequence[tuple[str, str]], notices: list[str]) -> bool:
    progress = False
    for column in columns:
        for family in column.undecided():
            evidence = _evidence(column, family, columns, events)
            rows = column.rows.filter(pl.col("family") == family)
            order = evidence.verdict()
            if order is None and not rows.select((pl.col("day") != pl.col("month")).any()).item():
                # no date reads differently: there is nothing to ask
                impossible = evidence.impossible
                order = "day" if impossible["day"] <= impossible["month"] else "month"
            if order:
                column.decided[family] = order
                progress = True
                if (
                    evidence.contradictions["day"]
                    or evidence.contradictions["month"]
                    or any(evidence.impossible.values())
                ):
                    notices.append(
                        f"{column.title}: {evidence.rows:,} dates like {rows['text'][0]} are read {order} first"
                        f" ({evidence})."
                    )
    return progress


def _by_other_columns(columns: list[_DateColumn], events: Sequence[tuple[str, str]], notices: list[str]) -> bool:
    """The same way of writing in another column of the file, where it was decided."""
    progress = False
    for column in columns:
        for family in column.undecided():
            found = {other.decided[family] for other in columns if family in other.decided}
            if len(found) == 1:
                column.decided[family] = found.pop()
                notices.append(f"{column.title}: read {column.decided[family]} first, as other columns of the file.")
                progress = True
    return (progress and _by_own_rows(columns, events, notices)) or progress


def _jointly(columns: list[_DateColumn], events: Sequence[tuple[str, str]], notices: list[str]) -> bool:
    """One order for all columns that write dates the same way: which one contradicts the order of events less?"""
    for family in sorted({family for column in columns for family in column.undecided()}):
        together = [column for column in columns if family in column.undecided()]
        dates = {order: {column.name: column.read(family, order) for column in together} for order in ORDERS}
        against = dict.fromkeys(ORDERS, 0)
        for order in ORDERS:
            for earlier, later in events:
                if earlier in dates[order] and later in dates[order]:
                    against[order] += int((dates[order][earlier] > dates[order][later]).sum())
        rows = max(int((column.rows["family"] == family).sum()) for column in together)
        decided = _Evidence(rows, dict.fromkeys(ORDERS, 0), against).verdict()
        if decided:
            for column in together:
                column.decided[family] = decided
            names = ", ".join(column.title for column in together)
            notices.append(
                f"{names}: read {decided} first (lines against the order of events: day first {against['day']:,},"
                f" month first {against['month']:,})."
            )
            return True
    return False


def _by_convention(columns: list[_DateColumn], events: Sequence[tuple[str, str]], notices: list[str]) -> bool:
    """Dates with full stops are written day first everywhere."""
    progress = False
    for column in columns:
        for family in column.undecided():
            if family.startswith("."):
                column.decided[family] = "day"
                notices.append(f"{column.title}: dates with full stops are read day first, as is usual.")
                progress = True
    return progress


def _question(
    file: str, column: _DateColumn, family: str, columns: list[_DateColumn], events: Sequence[tuple[str, str]]
) -> Problem:
    rows = column.rows.filter((pl.col("family") == family) & (pl.col("day") != pl.col("month")))
    examples = ", ".join(rows["text"].unique(maintain_order=True).head(_EXAMPLES).to_list())
    padded = bool(rows["padded"].all())
    day, month = label_of(family, "day", padded=padded), label_of(family, "month", padded=padded)
    return Problem(
        reason=f"{rows.height:,} dates such as {examples} can be read as {day} or {month}, and nothing in the file"
        f" decides ({_evidence(column, family, columns, events)}).",
        remedy=f'Answer {column.title} = "day" or "month", or name the format in a mapping file:'
        f' date_formats = {{ {column.name} = ["{day}"] }}.',
        file=file,
        column=column.title,
        value=str(rows["text"][0]),
    )
