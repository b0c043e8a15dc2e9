"""Master data that comes in several files: a column that a file says nothing in keeps what was known."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from spareverse.network.schema import Table

_CURRENCY = "currency"


def with_known_columns(frames: Sequence[pl.DataFrame], table: Table) -> list[pl.DataFrame]:
    """Frames of imports, the oldest first; columns without any value in one are those known of its rows before.

    A part list with last-order days alone so leaves names, prices and suppliers as they are. An amount known in
    another currency than that of the newer amounts of its row is not taken over: a row has one currency.
    """
    key = list(table.identity)
    money = [column.name for column in table.columns if column.unit.startswith(_CURRENCY)]
    done = [frames[0]]
    known = frames[0]
    for frame in frames[1:]:
        silent = [name for name in table.names if name not in key and frame[name].null_count() == frame.height]
        if set(money) <= set(silent) and _CURRENCY in table.names:
            silent.append(_CURRENCY)
        done.append(_filled(frame, known, key, silent, money))
        known = pl.concat([known.join(frame, on=key, how="anti"), done[-1]])
    return done


def _filled(
    frame: pl.DataFrame, known: pl.DataFrame, key: Sequence[str], silent: Sequence[str], money: Sequence[str]
) -> pl.DataFrame:
    before = known.unique(key, keep="last").select(*key, pl.col(silent).name.suffix("_known"))
    if _CURRENCY in silent or _CURRENCY not in frame.columns:
        agrees = pl.lit(value=True)
    else:
        before = before.join(known.unique(key, keep="last").select(*key, currency_known=_CURRENCY), on=key)
        agrees = pl.col("currency_known") == pl.col(_CURRENCY)
    joined = frame.join(before, on=key, how="left", maintain_order="left")
    values = {
        name: pl.coalesce(
            pl.when(agrees).then(f"{name}_known") if name in money else pl.col(f"{name}_known"), pl.col(name)
        )
        for name in dict.fromkeys(silent)
    }
    return joined.with_columns(**values).select(frame.columns)
