"""Numbers that start the random streams of entities: hashes of their names, the same on every machine."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import polars as pl

from spareverse.engine.memory import Streams


def name_keys(kind: str, names: pl.Series) -> Streams:
    """One key per name; entities of different kinds never share one."""
    start = blake2b(kind.encode() + b"\x1f", digest_size=8)

    def hashed(name: str) -> bytes:
        one = start.copy()
        one.update(name.encode())
        return one.digest()

    return np.frombuffer(b"".join(map(hashed, names)), "<u8").astype(np.uint64)
