"""Texts that a spreadsheet would run as a formula: made harmless on the way out, and themselves again on the way in.

An apostrophe in front makes such a text a text. One that begins with apostrophes and a formula sign gets one too, so
that taking one away gives back what was written, whatever it was.
"""

from __future__ import annotations

import polars as pl

_FORMULA = r"^('*[=+\-@\t\r])"
_QUOTED = r"^('+[=+\-@\t\r])"
_MADE_HARMLESS = r"^'('*[=+\-@\t\r])"


def harmless(text: pl.Expr) -> pl.Expr:
    """Texts for CSV, in which no cell is a formula."""
    return text.str.replace(_FORMULA, "'${1}")


def kept_apart(text: pl.Expr) -> pl.Expr:
    """Texts for a workbook, whose cells are texts by themselves: only those that ``as_written`` would shorten."""
    return text.str.replace(_QUOTED, "'${1}")


def as_written(text: pl.Expr) -> pl.Expr:
    """What was written before it was made harmless."""
    return text.str.replace(_MADE_HARMLESS, "${1}")
