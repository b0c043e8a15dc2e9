"""Rows of the event record: by time, in files when they are many, and no file left behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spareverse.network.simulation_tables import EVENTS
from spareverse.simulation.universe import event_store
from spareverse.simulation.universe.event_store import EventStore


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(event_store, "ROWS_IN_MEMORY", 100)
    return tmp_path


def rows(count: int, seed: int) -> pl.DataFrame:
    """Of whole days, so that many fall on the same moment; some after the horizon of 30 days."""
    day = np.random.default_rng(seed).integers(0, 40, count).astype(float)
    frame = pl.DataFrame({"day": day, "quantity": np.arange(count)}).with_columns(
        scenario=pl.lit("a/../b"), replication=pl.lit(0), kind=pl.lit("demand"), part_id=pl.lit("p"),
        place_id=pl.lit("S"),
    )  # fmt: skip
    return EVENTS.completed(frame).select(EVENTS.names).cast(EVENTS.schema)


@pytest.mark.parametrize("pieces", [0, 1, 13])
def test_all_rows_come_by_time_in_the_order_in_which_they_were_added(temporary: Path, pieces: int) -> None:
    store = EventStore(30.0)
    given = [rows(70, seed) for seed in range(pieces)]
    for piece in given:
        store.add(piece)
    expected = pl.concat(given).sort("day", maintain_order=True) if given else EVENTS.empty()
    assert_frame_equal(store.table().collect(), expected)
    assert_frame_equal(store.table().collect(), expected)
    assert bool(list(temporary.iterdir())) == (pieces > 1)


def test_files_go_with_the_store(temporary: Path) -> None:
    store = EventStore(30.0)
    store.add(rows(500, 1))
    assert list(temporary.rglob("*.parquet"))
    store.clear()
    assert not list(temporary.iterdir())
    store.add(rows(500, 2))
    assert store.table().select(pl.len()).collect().item() == 500
    del store
    assert not list(temporary.iterdir())
