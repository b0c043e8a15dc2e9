"""Erlang's loss formula against its sum, and its inverse."""

from __future__ import annotations

import math

import pytest

from spareverse.optimisation.spares import erlang


@pytest.mark.parametrize(("servers", "load"), [(0, 3.0), (1, 0.2), (4, 0.2), (7, 12.5), (40, 31.0)])
def test_recursion_equals_the_sum(servers: int, load: float) -> None:
    terms = [load**n / math.factorial(n) for n in range(servers + 1)]
    assert erlang.blocking(servers, load) == pytest.approx(terms[-1] / sum(terms), rel=1e-13)


def test_no_load_blocks_nobody_and_large_systems_do_not_overflow() -> None:
    assert erlang.blocking(3, 0.0) == 0.0
    assert 0.0 < erlang.blocking(5_000, 4_900.0) < 0.01


@pytest.mark.parametrize("probability", [1e-9, 0.01, 0.5, 0.97])
@pytest.mark.parametrize("servers", [1, 3, 60])
def test_offered_load_inverts_blocking(servers: int, probability: float) -> None:
    assert erlang.blocking(servers, erlang.offered_load(servers, probability)) == pytest.approx(probability, rel=1e-10)


def test_smallest_servers_is_minimal() -> None:
    for load in (0.1, 2.0, 35.0):
        found = erlang.smallest_servers(load, 0.01)
        assert erlang.blocking(found, load) <= 0.01 < erlang.blocking(found - 1, load)
    assert erlang.smallest_servers(2.0, 1.0) == 0


def test_impossible_arguments_are_refused() -> None:
    for wrong in ((-1, 1.0), (1, -1.0)):
        with pytest.raises(ValueError, match="Erlang"):
            erlang.blocking(*wrong)
    with pytest.raises(ValueError, match="probability"):
        erlang.offered_load(2, 1.0)
    with pytest.raises(ValueError, match="probability"):
        erlang.smallest_servers(2.0, 0.0)
