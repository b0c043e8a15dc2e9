"""Chains whose answers are known: two states, absorption, several classes."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from spareverse.optimisation.spares.markov import MarkovChain

UP, DOWN = 0.01, 0.25


def machine(state: str) -> Iterator[tuple[float, str]]:
    yield (UP, "down") if state == "up" else (DOWN, "up")
    yield 3.0, state  # nothing comes of it


def test_two_states_in_the_long_run_and_over_a_horizon() -> None:
    chain = MarkovChain.explore("up", machine)
    assert chain.states == ("up", "down")
    assert chain.stationary() == pytest.approx([DOWN / (UP + DOWN), UP / (UP + DOWN)], rel=1e-13)
    for horizon in (0.5, 20.0, 50_000.0):
        gone = (1.0 - math.exp(-(UP + DOWN) * horizon)) / ((UP + DOWN) * horizon)
        assert chain.mean_over(horizon)[0] == pytest.approx((DOWN + UP * gone) / (UP + DOWN), rel=1e-10)
    assert chain.mean_over(0.0) == pytest.approx([1.0, 0.0])


def test_states_left_for_good_get_nothing_in_the_long_run() -> None:
    chain = MarkovChain.explore(
        0, lambda n: [(1.0, n + 1)] if n < 3 else [(2.0, 4), (0.0, 9)] if n == 3 else [(1.0, 3)]
    )
    shares = dict(zip(chain.states, chain.stationary(), strict=True))
    assert shares == pytest.approx({0: 0.0, 1: 0.0, 2: 0.0, 3: 1 / 3, 4: 2 / 3})


def test_a_single_end_takes_all_and_two_ends_are_refused() -> None:
    assert MarkovChain.explore(0, lambda n: [(1.0, 1)] if n == 0 else []).stationary() == pytest.approx([0.0, 1.0])
    with pytest.raises(ValueError, match="closed class"):
        MarkovChain.explore(0, lambda n: [(1.0, 1), (1.0, 2)] if n == 0 else []).stationary()


def test_endless_chains_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 50 states"):
        MarkovChain.explore(0, lambda n: [(1.0, n + 1)], most_states=50)


def test_rows_of_the_generator_sum_to_zero() -> None:
    generator = MarkovChain.explore("up", machine).generator.toarray()
    assert np.abs(generator.sum(axis=1)).max() < 1e-15
    assert generator[0, 0] == -UP
