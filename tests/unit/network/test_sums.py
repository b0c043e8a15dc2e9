"""Sums that no chance enters."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from spareverse.network.sums import steady_sum


def test_sums_are_the_same_to_the_bit_in_any_order_of_rows() -> None:
    random = np.random.default_rng(1)
    rows = pl.DataFrame({
        "key": random.integers(0, 3, 200_000), "value": random.random(200_000) * 10.0 ** random.integers(-3, 9, 200_000)
    })  # fmt: skip
    found = rows.group_by("key").agg(steady_sum(pl.col("value"))).sort("key")
    plain = rows.group_by("key").agg(pl.col("value").sum()).sort("key")
    assert np.allclose(found["value"], plain["value"], rtol=1e-12)
    for seed in range(5):
        again = rows.sample(fraction=1.0, shuffle=True, seed=seed)
        assert again.group_by("key").agg(steady_sum(pl.col("value"))).sort("key").equals(found)


def test_unknown_values_are_left_out_and_nothing_known_is_zero() -> None:
    rows = pl.DataFrame({"key": ["a", "a", "b"], "value": [None, 0.1, None]}, schema_overrides={"value": pl.Float64})
    assert rows.group_by("key").agg(steady_sum(pl.col("value"))).sort("key")["value"].to_list() == [0.1, 0.0]


@pytest.mark.parametrize("groups", [30, 200])
def test_rows_in_the_same_order_give_the_same_bits_each_time(groups: int) -> None:
    """What ``spareverse`` asks of Polars; without it this fails nearly always where there are two cores."""
    random = np.random.default_rng(2)
    rows = pl.DataFrame({
        "key": random.integers(0, groups, 2000), "value": random.random(2000) * 10.0 ** random.integers(-3, 9, 2000)
    })  # fmt: skip
    total = [pl.col("value").sum(), pl.col("value").mean().alias("mean")]
    found = rows.group_by("key", maintain_order=True).agg(total)
    assert all(rows.group_by("key", maintain_order=True).agg(total).equals(found) for _ in range(300))
