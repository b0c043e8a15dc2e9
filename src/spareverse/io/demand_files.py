"""Files of demand per period: a column per month made into rows, and what absent months mean settled."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from spareverse.errors import AbsentPeriods, InputRejected, Problem, UsageError
from spareverse.history.demand_units import MOST_NAMED, period_groups, refuse_mixed, with_units
from spareverse.history.periods import Periods
from spareverse.io.demand_totals import with_total_labels
from spareverse.io.mapping import GENERIC, Mapping, nearest_table, shipped_mapping, sources
from spareverse.io.period_names import periods_named, unit_named
from spareverse.io.sheets import DAMAGE, FILE, ROW, Sheet, plain
from spareverse.network.tables import DEMAND

QUESTION = "missing_periods"
FEWEST_PERIODS = 3
"""Columns that name periods from which on a file is taken for a table of demand by itself."""
_PERIOD, _QUANTITY, _UNIT = "period", "quantity", "period_unit"


def as_demand(sheet: Sheet, table: str | None, mapping: Mapping | None) -> Sheet:
    """The sheet with one row per part and period, periods as days; unchanged when it is no table of demand.

    What names of periods say of their length is a column of its own, unless the file has one.
    """
    if table not in (None, DEMAND.name):
        return sheet
    named = periods_named(sheet.header)
    chosen = mapping or shipped_mapping(GENERIC)
    found = sources(chosen, DEMAND, sheet.header)
    if len(named) >= (FEWEST_PERIODS if table is None else 1):
        return _unpivoted(sheet, {heading: day.isoformat() for heading, day in named.items()}, found)
    heading = found.get(_PERIOD)
    if heading is None or (table is None and nearest_table(sheet, chosen) != DEMAND.name):
        return sheet
    texts = sheet.frame[heading]
    days = {text: day.isoformat() for text, day in periods_named(texts.drop_nulls().unique()).items()}
    frame = sheet.frame.with_columns(texts.replace(days).alias(heading))
    frame = with_total_labels(frame, found.get("part_id"), list(sheet.header))
    if _UNIT in found:
        return replace(sheet, frame=frame)
    frame = frame.with_columns(_units(texts))
    _refuse_two_lengths(sheet.file, frame, found)
    return replace(sheet, header=(*sheet.header, _UNIT), frame=frame)


def _units(texts: pl.Series) -> pl.Series:
    """How long the periods are that texts name; null where they do not say."""
    units = {text: unit_named(text) for text in texts.drop_nulls().unique()}
    return texts.replace_strict(units, default=None, return_dtype=pl.String).alias(_UNIT)


def _unpivoted(sheet: Sheet, days: dict[str, str], found: dict[str, str]) -> Sheet:
    _refuse_repeated(sheet, days)
    kept = [name for name in sheet.header if name not in days and plain(name) not in (_PERIOD, _QUANTITY)]
    frame = with_total_labels(sheet.frame, found.get("part_id"), kept)
    cells = frame.unpivot(on=list(days), index=[*kept, FILE, ROW, DAMAGE], variable_name=_PERIOD, value_name=_QUANTITY)
    units = [] if _UNIT in found else [_units(cells[_PERIOD])]
    cells = cells.with_columns(
        # A cell is found again by its row and its heading.
        pl.concat_str(FILE, pl.lit(", column "), _PERIOD).alias(FILE),
        pl.col(_PERIOD).replace_strict(days),
        *units,
    )
    said = (
        f"{sheet.frame.height:,} rows with a column for each of {len(days):,} periods: every cell is a line, an empty "
        "one is a period that is not known."
    )
    header = (*kept, _PERIOD, _QUANTITY, *(unit.name for unit in units))
    return replace(sheet, header=header, frame=cells, notices=(*sheet.notices, said))


def _refuse_two_lengths(file: str, frame: pl.DataFrame, found: dict[str, str]) -> None:
    """A part's month and quarter that begin on one day would replace one another."""
    key = [found[name] for name in ("part_id", "place_id", _PERIOD) if name in found]
    twice = frame.filter(pl.col(_UNIT).n_unique().over(key) > 1)
    if twice.height:
        problems = [
            Problem(
                f"A {unit} and another period of this part begin on one day.",
                "Keep one of them.",
                file=file,
                row=row,
                column=found[_PERIOD],
                value=day,
            )
            for row, unit, day in twice.select(ROW, _UNIT, found[_PERIOD]).head(MOST_NAMED).rows()
        ]
        raise InputRejected(f"{file}: demand of some parts is told twice, in periods of different lengths.", problems)


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

    InputRejected where periods cannot be added up with the others of the file or of ``earlier``.
    """
    if rows.is_empty():
        return rows
    said = rows if answer is None else rows.with_columns(pl.col("absent").fill_null(answer))
    everything = _together(earlier, said)
    groups = period_groups(everything)
    refuse_mixed(everything, groups)
    absent, example = 0, ""
    for periods, of in groups:
        silent = of.filter(pl.col("new") & pl.col("absent").is_null())
        if silent.height:
            lacking, named = _absent(periods, of, silent)
            absent, example = absent + lacking, example or named
    if absent:
        reason = (
            f"{absent:,} times a part has no row in a period, such as {example}. No demand and no information are not "
            "the same."
        )
        remedy = f'Answer {QUESTION} = "zero" (there was no demand) or "missing" (it is not known).'
        problem = Problem(reason, remedy, file=file, column=QUESTION)
        raise AbsentPeriods(f"{file}: it is not clear what absent periods mean. Nothing was imported.", [problem])
    return said


_KEY = ["part_id", "place_id"]


def _together(earlier: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Earlier rows that none of the new ones replaces, and these (``new``). No month replaces its quarter."""
    if earlier.is_empty():
        return rows.with_columns(new=pl.lit(value=True))
    before, now = with_units(earlier), with_units(rows)
    identity = list(DEMAND.identity)
    kept = before.join(now, on=[*identity, _UNIT], how="anti", nulls_equal=True)
    unsaid = pl.col(_UNIT).is_null()
    # a row that does not say its length replaces, and is replaced by, whatever begins on its day
    kept = kept.join(now.filter(unsaid), on=identity, how="anti", nulls_equal=True)
    silent = kept.filter(unsaid).join(now, on=identity, how="anti", nulls_equal=True)
    kept = pl.concat([kept.filter(~unsaid), silent])
    return pl.concat(
        [frame.with_columns(new=pl.lit(value=new)) for frame, new in ((kept, False), (now, True))],
        how="diagonal_relaxed",
    )


def _absent(periods: Periods, cells: pl.DataFrame, silent: pl.DataFrame) -> tuple[int, str]:
    """Part-periods without a row, in periods that rows without a word on absence name; one of the parts."""
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
