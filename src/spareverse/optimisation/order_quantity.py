"""Economic order quantity (Harris 1913), rounded to what the supplier accepts."""

from __future__ import annotations

import polars as pl


def economic_order_quantity(
    pieces_a_day: pl.Expr, ordering_cost: pl.Expr, holding_cost: pl.Expr, least: pl.Expr, pack: pl.Expr
) -> pl.Expr:
    """sqrt(2 D K / h) [pieces], at least ``least`` and one, in whole packs.

    pieces_a_day: D; ordering_cost: K [currency/order]; holding_cost: h [currency/piece/day].
    """
    plain = (2.0 * pieces_a_day * ordering_cost / holding_cost).sqrt()
    wanted = pl.max_horizontal(plain.round(), least.fill_null(1.0), pl.lit(1.0))
    packs = pl.when(pack.fill_null(1.0) > 0).then(pack.fill_null(1.0)).otherwise(1.0)
    return (wanted / packs).ceil() * packs
