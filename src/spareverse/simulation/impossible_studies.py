"""Studies that no run could end or make sense of, told before anything is simulated.

A study read from a file has been checked line by line; one made in Python comes here unseen.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.network.life_laws import life_law
from spareverse.network.study import HOURS_PER_YEAR, Study


def check_possible(study: Study) -> None:
    """InputRejected lists what makes the study impossible."""
    problems = [*_options(study), *_times(study), *_lines(study)]
    if problems:
        raise InputRejected(f"The study {study.name!r} cannot be simulated. {problems[0]}", problems)


def _options(study: Study) -> list[Problem]:
    names = [option.name for option in study.options]
    problems = [] if names else [Problem("There is no option.", "Give the study one at least.", column="option")]
    for name, count in Counter(names).items():
        if count > 1:
            problems.append(Problem(f"{count} options have this name.", "Rename them.", column="option", value=name))
    for option in study.options:
        path = f"option[{option.name}]"
        if option.fallback is not None and option.fallback not in names:
            reason, remedy = "There is no such option.", f"Options: {', '.join(names)}."
            problems.append(Problem(reason, remedy, column=f"{path}.fallback", value=option.fallback))
        if option.shelf_life_h is not None and not option.shelf_life_h > 0.0:
            problems.append(_too_short(f"{path}.shelf_life_h", option.shelf_life_h))
        for place, policy in (("policy", option.policy), ("central", option.central)):
            if policy is not None and policy.kind == "periodic" and not policy.review_interval_h > 0.0:
                problems.append(_too_short(f"{path}.{place}.review_interval_h", policy.review_interval_h))
    return problems


def _times(study: Study) -> list[Problem]:
    problems = []
    if not study.horizon_h > study.warm_up_h >= 0.0:
        reason = "The warm-up is part of the horizon and leaves no hour of it to be counted."
        problems.append(Problem(reason, "Lengthen the horizon.", column="horizon_h", value=f"{study.horizon_h:g}"))
    if not study.period_h > 0.0:
        problems.append(_too_short("period_h", study.period_h))
    return problems


def _too_short(column: str, hours: float) -> Problem:
    return Problem("Nothing can come again after no time.", "Write hours above 0.", column=column, value=f"{hours:g}")


def _lines(study: Study) -> list[Problem]:
    """The first line of each kind of trouble, and how many more there are."""
    rate, pieces = pl.col("failures_per_year"), pl.col("installed_quantity").fill_null(1)
    troubles = {
        "installed_quantity": (pieces < 1, "No piece is installed.", "Count the pieces at work, or drop the line."),
        "needed_quantity": (
            (pl.col("needed_quantity") > pieces) | (pl.col("needed_quantity") < 1),
            "More pieces are needed than are installed, or none.",
            "Write a number from 1 to installed_quantity.",
        ),
        "failures_per_year": (
            (rate < 0.0) | rate.is_infinite() | rate.is_nan(),
            "A life of 0 h never ends a run, and no rate is below 0.",
            "Write failures a year, 0 or more.",
        ),
        "shelf_life_months": (pl.col("shelf_life_months") <= 0.0, "Pieces expire at once.", "Leave it empty: never."),
    }
    if study.lines.is_empty():
        return [Problem("The package has no line.", "Give it one at least.", column="lines")]
    lines = study.lines.with_row_index("row", offset=1)
    problems = []
    for column, (wrong, reason, remedy) in troubles.items():
        found = lines.filter(wrong).select("row", pl.col(column).cast(pl.String))
        problems += [_first(found, column, reason, remedy)] if found.height else []
    return problems + _lives(lines)


def _first(found: pl.DataFrame, column: str, reason: str, remedy: str) -> Problem:
    more = f" It holds for {found.height - 1:,} more line{'s' * (found.height > 2)}." if found.height > 1 else ""
    row, value = found.row(0)
    return Problem(reason, f"{remedy}{more}", row=row, column=column, value=value)


def _lives(lines: pl.DataFrame) -> list[Problem]:
    """Each different law once."""
    problems = []
    for text in lines["life"].drop_nulls().unique(maintain_order=True):
        try:
            life_law(text, HOURS_PER_YEAR)
        except ValueError as error:
            row = lines.filter(pl.col("life") == text)["row"][0]
            problems.append(Problem(f"{str(error).rstrip('.')}.", row=row, column="life", value=text))
    return problems
