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
_COMMA = (r"^\d*,\d{1,2}$", r"^\d*,\d{4,}$", r"^0,\d+$", r"^\d{1,3}(\.\d{3})+,\d+$", r"^\d{1,3}(\.\d{3}){2,}$")
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
    file: str, texts: pl.DataFrame, *, titles: Mapping[str, str], delimiter: str, decimal: str | None = None
) -> NumberReading:
    """Read text columns as numbers; NaN and infinity are no numbers.

    delimiter
        Of the text file; empty for formats that know numbers (Excel, Parquet).
    decimal
        The decimal sign, where it is known; else it is told by the numbers themselves.
    """
    plain = texts.select(_plain(pl.col(name)).alias(name) for name in texts.columns)
    signs = _decimal_signs(file, plain, titles, delimiter, decimal)
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


def _decimal_signs(
    file: str, texts: pl.DataFrame, titles: Mapping[str, str], delimiter: str, decimal: str | None
) -> dict[str, str]:
    if decimal:
        return dict.fromkeys(texts.columns, decimal)
    votes = {name: _votes(texts[name]) for name in texts.columns}
    comma = sum(vote[0] for vote in votes.values())
    point = sum(vote[1] for vote in votes.values())
    signs: dict[str, str] = {}
    problems: list[Problem] = []
    for name, (own_comma, own_point, either, example) in votes.items():
        if own_comma != own_point:
            signs[name] = "," if own_comma > own_point else "."
        elif comma != point:
            signs[name] = "," if comma > point else "."
        else:
            signs[name] = "."
            if either and delimiter not in ("", ","):
                problems.append(_question(file, titles.get(name, name), either, example))
    if problems:
        raise InputRejected(f"{file}: the decimal sign cannot be told. Nothing was imported.", problems)
    return signs


def _votes(texts: pl.Series) -> tuple[int, int, int, str]:
    """How many different numbers show a decimal comma, a decimal point, or could be either; an example of these."""
    marked = texts.filter(texts.str.contains(r"[.,eE]").fill_null(value=False)).unique(maintain_order=True)
    marked = marked.str.strip_prefix("-")
    comma = int(marked.str.contains("|".join(_COMMA)).sum())
    point = int(marked.str.contains("|".join(_POINT)).sum())
    either = marked.filter(marked.str.contains(_EITHER))
    return comma, point, len(either), either[0] if len(either) else ""


def _question(file: str, title: str, count: int, example: str) -> Problem:
    return Problem(
        reason=f"{count:,} numbers such as {example} may have thousands or decimals after the sign, and nothing in"
        " the file decides.",
        remedy='Say it in a mapping file: decimal = "," or decimal = ".".',
        file=file,
        column=title,
        value=example,
    )
