"""Files of demand per period: a column per month made into rows, and what absent months mean settled."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from spareverse.errors import AbsentPeriods, InputRejected, Problem, UsageError
from spareverse.history.periods import Periods
from spareverse.io.mapping import GENERIC, Mapping, nearest_table, shipped_mapping, sources
from spareverse.io.period_names import periods_named
from spareverse.io.sheets import DAMAGE, FILE, ROW, Sheet, plain
from spareverse.network.tables import DEMAND

QUESTION = "missing_periods"
FEWEST_PERIODS = 3
"""Columns that name periods from which on a file is taken for a table of demand by itself."""
_PERIOD, _QUANTITY = "period", "quantity"


def as_demand(sheet: Sheet, table: str | None, mapping: Mapping | None) -> Sheet:
    """The sheet with one row per part and period, periods as days; unchanged when it is no table of demand."""
    if table not in (None, DEMAND.name):
        return sheet
    named = periods_named(sheet.header)
    if len(named) >= (FEWEST_PERIODS if table is None else 1):
        return _unpivoted(sheet, {heading: day.isoformat() for heading, day in named.items()})
    chosen = mapping or shipped_mapping(GENERIC)
    heading = sources(chosen, DEMAND, sheet.header).get(_PERIOD)
    if heading is None or (table is None and nearest_table(sheet, chosen) != DEMAND.name):
        return sheet
    texts = sheet.frame[heading]
    days = {text: day.isoformat() for text, day in periods_named(texts.drop_nulls().unique()).items()}
    return replace(sheet, frame=sheet.frame.with_columns(texts.replace(days).alias(heading)))


def _unpivoted(sheet: Sheet, days: dict[str, str]) -> Sheet:
    _refuse_repeated(sheet, days)
    kept = [name for name in sheet.header if name not in days and plain(name) not in (_PERIOD, _QUANTITY)]
    cells = sheet.frame.unpivot(
        on=list(days), index=[*kept, FILE, ROW, DAMAGE], variable_name=_PERIOD, value_name=_QUANTITY
    ).with_columns(
        # A cell is found again by its row and its heading.
        pl.concat_str(FILE, pl.lit(", column "), _PERIOD).alias(FILE),
        pl.col(_PERIOD).replace_strict(days),
    )
    said = (
        f"{sheet.frame.height:,} rows with a column for each of {len(days):,} periods: every cell is a line, an empty "
        "one is a period that is not known."
    )
    return replace(sheet, header=(*kept, _PERIOD, _QUANTITY), frame=cells, notices=(*sheet.notices, said))


def _refuse_repeated(sheet: Sheet, days: dict[str, str]) -> None:
    """Two columns of one period: nobody knows which counts."""
    twice = [
        heading for heading, day in days.items() if list(days.values()).count(day) > 1 or heading in sheet.repeated
    ]
    if twice:
        problems = [
            Problem("Several columns name this period.", "Keep one of them.", file=sheet.file, column=heading)
            for heading in twice
        ]
        raise InputRejected(f"{sheet.file}: periods occur more than once.", problems)


def absence_answer(answers: dict[str, str]) -> str | None:
    """Take the answer about absent periods out of all answers; UsageError when it is neither zero nor missing."""
    answer = answers.pop(QUESTION, None)
    if answer is None:
        return None
    known = DEMAND.column("absent").choices
    if answer.strip().lower() not in known:
        raise UsageError(f"The answer for {QUESTION} is {' or '.join(known)}, not {answer!r}.")
    return answer.strip().lower()


def settled(file: str, rows: pl.DataFrame, earlier: pl.DataFrame, answer: str | None) -> pl.DataFrame:
    """Rows of the demand table that say what absent periods mean; AbsentPeriods where they do not and it matters.

    earlier
        Demand the twin has already: a new month that leaves out known parts asks the same question.
    """
    if answer is not None:
        return rows.with_columns(pl.col("absent").fill_null(answer))
    silent = rows.filter(pl.col("absent").is_null())
    if silent.is_empty():
        return rows
    absent, example = _absent(pl.concat([earlier.select(_CELL), rows.select(_CELL)]), silent)
    if absent:
        reason = (
            f"{absent:,} times a part has no row in a period, such as {example}. No demand and no information are not "
            "the same."
        )
        remedy = f'Answer {QUESTION} = "zero" (there was no demand) or "missing" (it is not known).'
        problem = Problem(reason, remedy, file=file, column=QUESTION)
        raise AbsentPeriods(f"{file}: it is not clear what absent periods mean. Nothing was imported.", [problem])
    return rows


_KEY = ["part_id", "place_id"]
_CELL = [*_KEY, "period"]


def _absent(cells: pl.DataFrame, silent: pl.DataFrame) -> tuple[int, str]:
    """Part-periods without a row, in periods that rows without a word on absence name; one of the parts."""
    periods = Periods.of(silent["period"])
    numbers = silent.select(periods.number("period").alias("n"))["n"]
    first, last = numbers.min(), numbers.max()
    inside = cells.with_columns(pl.col("place_id").fill_null(""), periods.number("period").alias("n")).filter(
        pl.col("n").is_between(first, last)
    )
    parts = cells.select("part_id", pl.col("place_id").fill_null("")).unique()
    there = inside.group_by(_KEY).agg(pl.col("n").n_unique())
    asked = int(last) - int(first) + 1  # type: ignore[arg-type]
    short = parts.join(there, on=_KEY, how="left").with_columns((asked - pl.col("n").fill_null(0)).alias("short"))
    lacking = short.filter(pl.col("short") > 0).sort("short", *_KEY, descending=[True, False, False])
    if lacking.is_empty():
        return 0, ""
    return int(lacking["short"].sum()), f"{lacking['part_id'][0]} with {lacking['short'][0]:,} of {asked:,}"
