"""Names as numbers: their place among others, and hashes that start random streams, the same on every machine."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import polars as pl

from spareverse.engine.memory import Streams, Whole
from spareverse.engine.streams import FIRST_FACTOR, GOLDEN, S27, S30, S31, SECOND_FACTOR


def name_keys(kind: str, *names: pl.Series) -> Streams:
    """One key per row of names (a part and a place, say); entities of different kinds never share one.

    Each distinct name is hashed once; the hashes of a row are mixed in order.
    """
    keys = np.full(len(names[0]), _hashed(kind), np.uint64)
    for column in names:
        text = column.fill_null("")
        distinct = text.unique()
        number = pl.DataFrame(
            {"name": distinct, "hash": pl.Series([_hashed(name) for name in distinct], dtype=pl.UInt64)}
        )
        found = pl.DataFrame({"name": text}).join(number, on="name", how="left", maintain_order="left")
        keys = _scrambled(keys ^ found["hash"].to_numpy())
    return keys


def numbered(names: pl.Series, known: pl.Series) -> Whole:
    """Where each name is among those known; -1 for none of them and for no name."""
    if not len(known):
        return np.full(len(names), -1, np.int64)
    found = names.replace_strict(known, np.arange(len(known)), default=-1, return_dtype=pl.Int64)
    return found.fill_null(-1).to_numpy().astype(np.int64)


def _hashed(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def _scrambled(words: Streams) -> Streams:
    """One step of splitmix64 (Steele, Lea & Flood 2014), so that the order of the names counts."""
    z = words + GOLDEN
    z = (z ^ (z >> S30)) * FIRST_FACTOR
    z = (z ^ (z >> S27)) * SECOND_FACTOR
    return z ^ (z >> S31)
