"""Declared tables and distributions."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import weibull_min

from spareverse.network.distributions import Weibull
from spareverse.network.results import RESULTS
from spareverse.network.schema import POLARS_TYPE, Column, Table
from spareverse.network.tables import TABLES

EVERY = [*TABLES.values(), *RESULTS.values()]


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.name)
def test_declarations_are_sound(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert set(table.identity) <= set(table.names)
    assert table.empty().schema == table.schema
    assert table.empty().height == 0
    for column in table.columns:
        assert column.kind in POLARS_TYPE
        assert column.meaning
        assert not column.choices or column.kind == "text"
        assert not column.required or column.name in table.required


def test_input_tables_say_what_a_missing_column_costs() -> None:
    for name in ("purchases", "sales"):
        silent = [
            column.name
            for column in TABLES[name].columns
            if not column.required and not column.consequence and column.default is None
        ]
        assert set(silent) <= {"line", "currency", "received_quantity", "unit_price"}


def test_every_interval_has_both_ends() -> None:
    for table in RESULTS.values():
        for name in table.names:
            if name.endswith("_low"):
                assert name.removesuffix("_low") + "_high" in table.names
                assert name.removesuffix("_low") in table.names


def test_a_column_is_found_by_name() -> None:
    table = Table("t", "T", "a table", (Column("a", "text", "A"), Column("b", "integer", "B", required=True)))
    assert table.column("b").meaning == "B"
    assert table.required == ("b",)
    assert table.schema == pl.Schema({"a": pl.String, "b": pl.Int64})
    with pytest.raises(KeyError, match="'c'"):
        table.column("c")


@settings(max_examples=100, deadline=None)
@given(st.floats(0.2, 12.0), st.floats(0.1, 1e4), st.floats(0.001, 0.999))
def test_weibull_against_scipy(shape: float, scale: float, p: float) -> None:
    ours, theirs = Weibull(shape, scale), weibull_min(shape, scale=scale)
    t = float(ours.quantile(p))
    assert t == pytest.approx(theirs.ppf(p), rel=1e-10)
    assert float(ours.survival(t)) == pytest.approx(1.0 - p, rel=1e-9)
    assert float(ours.density(t)) == pytest.approx(theirs.pdf(t), rel=1e-8)
    assert ours.mean == pytest.approx(theirs.mean(), rel=1e-9)


def test_weibull_before_zero_and_without_sense() -> None:
    w = Weibull(2.0, 5.0)
    np.testing.assert_array_equal(w.survival([-1.0, 0.0]), [1.0, 1.0])
    np.testing.assert_array_equal(w.density([-1.0]), [0.0])
    for shape, scale in ((0.0, 1.0), (1.0, -2.0), (math.nan, 1.0)):
        with pytest.raises(ValueError, match="Weibull needs"):
            Weibull(shape, scale)
