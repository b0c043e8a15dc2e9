"""Columns of text -> numbers: decimal sign told by evidence, trailing minus, units of pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from spareverse.errors import InputRejected, Problem
from spareverse.io.date_formats import EMPTY_TEXTS

_SPACES = r"(\d)[\s\u00a0\u202f'’]+(\d)"
_UNIT = (
    r"(?i)\s*(?:pieces?|pcs?|pce|ea|each|units?|st|stk|stck|stück|stueck|pz|pezzi|pièces?|u|eur|usd|chf|gbp|€|\$|£)\.?$"
)
_MONEY_BEFORE = r"(?i)^([+-]?)(?:eur|usd|chf|gbp|€|\$|£)\s*"
_COMMA = (
    r"^\d*,\d{1,2}$",
    r"^\d*,\d{4,}$",
    r"^0,\d+$",
    r"^\d{1,3}(\.\d{3})+,\d+$",
    r"^\d{1,3}(\.\d{3}){2,}$",
    r"^\d{4,},\d+$",
)
_POINT = (r"^\d*\.\d{1,2}$", r"^\d*\.\d{4,}$", r"^0\.\d+$", r"^\d{1,3}(,\d{3})+\.\d+$", r"^\d{1,3}(,\d{3}){2,}$",
          r"^\d{4,}\.\d+$", r"^\d+(\.\d+)?[eE][+-]?\d+$")  # fmt: skip
_EITHER = r"^[1-9]\d{0,2}[.,]\d{3}$"


@dataclass(frozen=True)
class NumberReading:
    """Numbers of every column, the decimal sign used for each, and which rows hold something else."""

    values: pl.DataFrame
    decimal: str
    unreadable: dict[str, pl.Series]


def read_numbers(
    file: str,
    texts: pl.DataFrame,
    *,
    titles: Mapping[str, str],
    delimiter: str,
    decimal: str | None = None,
    three_decimals: bool = False,
) -> NumberReading:
    """Read text columns as numbers; NaN and infinity are no numbers.

    delimiter
        Of the text file; empty for formats that know numbers (Excel, Parquet).
    decimal
        The decimal sign, where it is known; else it is told by the numbers themselves.
    three_decimals
        Whether the source writes quantities with three decimals, so that 5,000 is five where all look like that.
    """
    plain = texts.select(_plain(pl.col(name)).alias(name) for name in texts.columns)
    signs = _decimal_signs(file, plain, titles, delimiter, decimal, three_decimals)
    values = plain.select(_number(pl.col(name), signs[name]).alias(name) for name in plain.columns)
    used = {sign for name, sign in signs.items() if plain[name].str.contains(r"[.,]").any()}
    return NumberReading(
        values=values,
        decimal=" and ".join(sorted(used)) or ".",
        unreadable={name: plain[name].is_not_null() & values[name].is_null() for name in texts.columns},
    )


def _plain(text: pl.Expr) -> pl.Expr:
    """Text without spaces between digits, units of pieces and currency signs; minus in front; empty texts null."""
    simple = text.str.contains(r"^-?\d+(\.\d+)?$")
    bare = (
        text.str.strip_chars()
        .str.replace_all(_SPACES, "${1}${2}")
        .str.replace_all(_SPACES, "${1}${2}")
        .str.replace_all("\u2212", "-", literal=True)
        .str.replace(_UNIT, "")
        .str.replace(_MONEY_BEFORE, "${1}")
        .str.replace(r"^\((.*)\)$", "-${1}")
        .str.replace(r"^(.*\d)\s*-$", "-${1}")
        .str.replace(r"^\+", "")
    )
    bare = pl.when(~text.str.to_lowercase().is_in(EMPTY_TEXTS)).then(bare)
    return pl.when(simple).then(text).otherwise(bare)


def _number(text: pl.Expr, decimal: str) -> pl.Expr:
    group = "," if decimal == "." else "."
    grouped = text.str.contains(rf"^-?\d{{1,3}}(\{group}\d{{3}})+(\{decimal}\d*)?$")
    ungrouped = text.str.contains(rf"^-?\d*\{decimal}?\d*([eE][+-]?\d+)?$")
    canonical = text.str.contains(r"^-?\d*\.?\d*([eE][+-]?\d+)?$")
    number = (
        pl.when(grouped)
        .then(text.str.replace_all(group, "", literal=True).str.replace(decimal, ".", literal=True))
        .when(ungrouped)
        .then(text.str.replace(decimal, ".", literal=True))
        # Excel writes its own numbers with a point beside texts with a comma
        .when(canonical)
        .then(text)
    ).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


@dataclass(frozen=True)
class _Votes:
    """How many different numbers of a column show a decimal comma, a decimal point, or could be either."""

    comma: int
    point: int
    either: int
    example: str
    all_three_digits: bool


def _decimal_signs(
    file: str,
    texts: pl.DataFrame,
    titles: Mapping[str, str],
    delimiter: str,
    decimal: str | None,
    three_decimals: bool,
) -> dict[str, str]:
    """The sign of every column: by its own numbers, else by those of the other columns, else by what is usual."""
    if decimal:
        return dict.fromkeys(texts.columns, decimal)
    votes = {name: _votes(texts[name]) for name in texts.columns}
    comma = sum(vote.comma for vote in votes.values())
    point = sum(vote.point for vote in votes.values())
    signs: dict[str, str] = {}
    problems: list[Problem] = []
    for name, vote in votes.items():
        if vote.comma != vote.point:
            signs[name] = "," if vote.comma > vote.point else "."
        elif comma != point:
            signs[name] = "," if comma > point else "."
        elif vote.either and three_decimals and vote.all_three_digits:
            signs[name] = "," if "," in vote.example else "."
        else:
            signs[name] = "."
            if vote.either and delimiter not in ("", ","):
                problems.append(_question(file, titles.get(name, name), vote.either, vote.example))
    if problems:
        raise InputRejected(f"{file}: the decimal sign cannot be told. Nothing was imported.", problems)
    return signs


def _votes(texts: pl.Series) -> _Votes:
    marked = texts.filter(texts.str.contains(r"[.,eE]").fill_null(value=False))
    different = marked.unique(maintain_order=True).str.strip_prefix("-")
    either = different.filter(different.str.contains(_EITHER))
    return _Votes(
        comma=int(different.str.contains("|".join(_COMMA)).sum()),
        point=int(different.str.contains("|".join(_POINT)).sum()),
        either=len(either),
        example=either[0] if len(either) else "",
        all_three_digits=len(marked) == texts.count() and bool(different.str.contains(r"^\d+[.,]\d{3}$").all()),
    )


def _question(file: str, title: str, count: int, example: str) -> Problem:
    return Problem(
        reason=f"{count:,} numbers such as {example} may have thousands or decimals after the sign, and nothing in"
        " the file decides.",
        remedy='Say it in a mapping file: decimal = "," or decimal = ".".',
        file=file,
        column=title,
        value=example,
    )
