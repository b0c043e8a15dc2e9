"""Random streams: the published generator, apart from one another, alike with and without the compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from spareverse.engine.streams import scramble, seed_stream, uniform
from spareverse.jit import kernel

MASK = (1 << 64) - 1


def stream(seed: int = 1, replication: int = 0, key: int = 0, purpose: int = 0) -> NDArray[np.uint64]:
    states = np.zeros((1, 4), np.uint64)
    seed_stream(states, 0, np.uint64(seed), replication, np.uint64(key), purpose)
    return states


@kernel
def fill(states: NDArray[np.uint64], index: int, out: NDArray[np.float64]) -> None:
    for i in range(len(out)):
        out[i] = uniform(states, index)


def numbers(states: NDArray[np.uint64], n: int) -> NDArray[np.float64]:
    out = np.empty(n)
    fill(states, 0, out)
    return out


def test_splitmix64_as_published() -> None:
    # first output of the generator started at 1234567, from its authors' example
    assert int(scramble(np.uint64(1234567))) == 6457827717110365317


def test_xoshiro_against_whole_number_arithmetic() -> None:
    states = stream(seed=3, replication=5, key=2**64 - 1, purpose=4)
    s = [int(word) for word in states[0]]

    def rotated(x: int, k: int) -> int:
        return ((x << k) | (x >> (64 - k))) & MASK

    for _ in range(200):
        expected = (rotated((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotated(s[3], 45)
        assert uniform(states, 0) == ((expected >> 12) + 0.5) * 2.0**-52
        assert [int(word) for word in states[0]] == s


def test_the_interval_is_open() -> None:
    states = np.zeros((1, 4), np.uint64)  # the state whose output is zero
    assert uniform(states, 0) == 2.0**-53
    # rotated sum 0 plus the first word: all bits set
    states[0] = (np.uint64(MASK), 0, 0, np.uint64(1))
    assert uniform(states, 0) == 1.0 - 2.0**-53


@pytest.mark.parametrize("other", [{"seed": 2}, {"replication": 1}, {"key": 1}, {"purpose": 1}])
def test_streams_that_differ_in_one_number_are_unrelated(other: dict[str, int]) -> None:
    n = 20_000
    one, two = numbers(stream(), n), numbers(stream(**other), n)
    assert abs(np.corrcoef(one, two)[0, 1]) < 5.0 / np.sqrt(n)
    assert len(np.intersect1d(one, two)) < 3


def test_numbers_of_neighbouring_streams_are_uniform() -> None:
    # first and second numbers over a grid of replications, keys and purposes: where weak mixing would show
    pairs = np.array(
        [numbers(stream(0, r, k, p), 2) for r in range(40) for k in range(40) for p in range(5)]
    )  # 8,000 streams
    for values in pairs.T:
        counts = np.histogram(values, bins=64, range=(0.0, 1.0))[0]
        expected = len(values) / 64
        # chi-square with 63 degrees of freedom: 127 is exceeded four times in a million
        assert np.sum((counts - expected) ** 2 / expected) < 127.0
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 5.0 / np.sqrt(len(pairs))
    assert len(np.unique(pairs)) == pairs.size


def test_a_stream_moves_only_itself() -> None:
    states = np.zeros((3, 4), np.uint64)
    for index in range(3):
        seed_stream(states, index, np.uint64(9), 0, np.uint64(index), 0)
    before = states.copy()
    uniform(states, 1)
    np.testing.assert_array_equal(states[[0, 2]], before[[0, 2]])
    assert np.any(states[1] != before[1])


def test_compiled_and_plain_kernels_give_the_same_bits() -> None:
    script = str(Path(__file__).with_name("every_kernel.py"))
    outputs = [
        subprocess.run(
            [sys.executable, "-W", "error", script],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "NUMBA_DISABLE_JIT": flag},
        ).stdout
        for flag in ("0", "1")
    ]
    assert len(outputs[0].splitlines()) > 1000
    assert outputs[0] == outputs[1]
