"""Draws: rounding, limits, tables, and the kernels against their own source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.engine.memory import NEVER
from spareverse.engine.sampling import (
    ALMOST_ONE,
    EXPONENTIAL,
    FIRST,
    KIND,
    LAW_SIZE,
    LENGTH,
    gamma_standard,
    other_quantile,
    pick,
    quantile,
    rescale,
    sample,
    triangular_quantile,
)
from spareverse.engine.streams import seed_stream
from spareverse.network.distributions import Constant, Exponential, Gamma, parse
from spareverse.simulation.compile_distributions import compile_distributions

LAWS = compile_distributions(
    [
        parse(text)
        for text in (
            "weibull(2, 10)", "gamma(2, 10)", "lognormal(10, 1)", "uniform(1, 2)", "empirical(1, 2, 4)", "kde(1, 2, 5)",
            "mixture(0.5: 3, 0.5: exponential(4))", "triangular(1, 2, 5)", "exponential(3)", "8",
        )
    ]
)  # fmt: skip
SIMPLE = [0, 1, 2, 3, 4, 5]


def states() -> np.ndarray:
    made = np.zeros((1, 4), np.uint64)
    seed_stream(made, 0, np.uint64(5), 0, np.uint64(0), 0)
    return made


def test_kernels_are_what_their_source_says() -> None:
    us = np.linspace(0.003, 0.997, 71)
    for u in us:
        for law in range(10):
            assert quantile(LAWS, law * LAW_SIZE, u) == quantile.py_func(LAWS, law * LAW_SIZE, u)
        for law in SIMPLE:
            assert other_quantile(LAWS, law * LAW_SIZE, u) == other_quantile.py_func(LAWS, law * LAW_SIZE, u)
        first = int(LAWS[LAW_SIZE + FIRST])
        assert gamma_standard(LAWS, first, u) == gamma_standard.py_func(LAWS, first, u)
        assert triangular_quantile(1.0, 2.0, 5.0, u) == triangular_quantile.py_func(1.0, 2.0, 5.0, u)
    one, two = states(), states()
    for law in range(10):
        assert sample(LAWS, law * LAW_SIZE, one, 0) == sample.py_func(LAWS, law * LAW_SIZE, two, 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.floats(1e-9, 1.0 - 1e-9))
def test_pick_finds_the_share_that_u_falls_on(shares: list[int], u: float) -> None:
    ends = np.concatenate([[-7.0, -7.0], np.cumsum(shares) / sum(shares), [99.0]])
    chosen = pick(ends, 2, len(shares), u)
    assert chosen == pick.py_func(ends, 2, len(shares), u)
    below = ends[chosen - 1] if chosen > 2 else 0.0
    assert below < u <= ends[chosen] or chosen == 2
    rest = rescale(ends, 2, chosen, u)
    assert rest == rescale.py_func(ends, 2, chosen, u)
    assert 0.0 < rest < 1.0
    assert below + rest * (ends[chosen] - below) == pytest.approx(u, abs=1e-12)


def test_seconds_are_whole_rounded_and_bounded() -> None:
    memory = compile_distributions([Constant(1.4 / 3600), Constant(1.6 / 3600), Constant(0.0), Constant(1e300)])
    assert [sample(memory, i * LAW_SIZE, states(), 0) for i in range(4)] == [1, 2, 0, NEVER]
    endless = compile_distributions([Exponential(1e300)])
    assert sample(endless, 0, states(), 0) == NEVER


@pytest.mark.parametrize("law", range(10))
def test_the_largest_numbers_stay_finite(law: int) -> None:
    for u in (2.0**-53, ALMOST_ONE, 1.0):
        assert 0.0 <= quantile(LAWS, law * LAW_SIZE, u) < np.inf


@settings(max_examples=100, deadline=None)
@given(st.floats(0.02, 3e4), st.floats(1e-7, 1.0 - 1e-7))
def test_gamma_tables_are_right_to_nine_digits(shape: float, u: float) -> None:
    law = Gamma(shape, 1.0)
    memory = compile_distributions([law])
    assert quantile(memory, 0, u) / 3600.0 == pytest.approx(float(law.quantile(u)), rel=2e-9, abs=1e-300)


def test_gammas_of_one_shape_share_a_table() -> None:
    one = compile_distributions([Gamma(2.0, 1.0)])
    three = compile_distributions([Gamma(2.0, 1.0), Gamma(2.0, 5.0), Gamma(2.0, 9.0)])
    assert len(three) == len(one) + 2 * LAW_SIZE


def test_memory_may_lie_anywhere() -> None:
    laws = [Exponential(3.0), parse("mixture(0.5: 3, 0.5: kde(1, 2, 4))"), Gamma(2.0, 3.0)]
    plain, moved = compile_distributions(laws), np.concatenate([np.full(11, np.nan), compile_distributions(laws, 11)])
    for index in range(3):
        for u in (0.1, 0.6, 0.9):
            assert quantile(plain, index * LAW_SIZE, u) == quantile(moved, 11 + index * LAW_SIZE, u)


def test_mixtures_are_flat() -> None:
    memory = compile_distributions(
        [parse("truncated(mixture(0.5: mixture(0.5: 3, 0.5: 200), 0.5: exponential(4)), 0, 9)")]
    )
    assert memory[LENGTH] == 2  # what lies outside the limits is gone
    rows = memory[int(memory[FIRST]) :][:2].astype(int)
    assert memory[rows[1] + KIND] == EXPONENTIAL
    weights = memory[int(memory[FIRST]) + 2 :][:2]
    assert weights[0] == pytest.approx(0.25 / (0.25 + 0.5 * (1.0 - np.exp(-9.0 / 4.0))), rel=1e-12)
    assert weights[1] == 1.0


def test_no_laws_no_memory() -> None:
    assert len(compile_distributions([])) == 0
