"""Random streams: one xoshiro256++ generator (Blackman & Vigna 2021) per replication, entity and purpose.

A stream depends on what it is for and on nothing that happens elsewhere, so that two options of a study meet the
same failures and the same delays however much their policies differ (common random numbers).
Without the compiler NumPy warns of the wrapped sums; the caller then works under ``np.errstate(over="ignore")``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spareverse.engine.memory import at
from spareverse.jit import inner_kernel

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
SECOND_FACTOR = np.uint64(0x94D049BB133111EB)
S12 = np.uint64(12)
S17 = np.uint64(17)
S19 = np.uint64(19)
S23 = np.uint64(23)
S27 = np.uint64(27)
S30 = np.uint64(30)
S31 = np.uint64(31)
S41 = np.uint64(41)
S45 = np.uint64(45)
STEP = 2.0**-52


@inner_kernel
def scramble(word: np.uint64) -> np.uint64:
    """One step of splitmix64 (Steele, Lea & Flood 2014): a one-to-one map whose output looks random."""
    z = word + GOLDEN
    z = (z ^ (z >> S30)) * FIRST_FACTOR
    z = (z ^ (z >> S27)) * SECOND_FACTOR
    return z ^ (z >> S31)


@inner_kernel
def seed_stream(
    states: NDArray[np.uint64], index: int, seed: np.uint64, replication: int, key: np.uint64, purpose: int
) -> None:
    """Start stream ``index`` of ``states`` [n, 4]; numbers that differ in any of the four give unrelated streams.

    ``replication`` and ``purpose`` are not negative.
    """
    word = scramble(np.uint64(seed))
    word = scramble(word ^ np.uint64(replication))
    word = scramble(word ^ np.uint64(key))
    word = scramble(word ^ np.uint64(purpose))
    for i in range(4):
        states[index, i] = scramble(word)
        word = word + GOLDEN


@inner_kernel
def uniform(states: NDArray[np.uint64], index: int) -> float:
    """The next number of stream ``index``, in the open interval (0, 1); moves the stream on."""
    row = at(index)
    s0 = states[row, 0]
    s1 = states[row, 1]
    s2 = states[row, 2]
    s3 = states[row, 3]
    total = s0 + s3
    bits = ((total << S23) | (total >> S41)) + s0
    s2 ^= s0
    s3 ^= s1
    states[row, 0] = s0 ^ s3
    states[row, 1] = s1 ^ s2
    states[row, 2] = s2 ^ (s1 << S17)
    states[row, 3] = (s3 << S45) | (s3 >> S19)
    # 52 bits and a half: neither 0 nor, by rounding, 1
    return (float(bits >> S12) + 0.5) * STEP
