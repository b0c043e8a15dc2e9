"""Sums of fractions that no chance enters."""

from __future__ import annotations

import polars as pl


def steady_sum(values: pl.Expr) -> pl.Expr:
    """Sum within a group, the same to the bit in whatever order its rows come.

    Polars adds up a group in pieces, threads taking them as they can; the last digit of a sum of fractions follows
    that order, and with it every tie, every zero difference and every fingerprint made from the sum.
    """
    return values.sort().sum()
