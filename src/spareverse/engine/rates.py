"""Realised rate profiles in the engine's memory: how much work or duty a stretch of time holds, and the way back."""

from __future__ import annotations

from spareverse.engine import memory as a
from spareverse.engine.memory import Floats, Whole, at
from spareverse.engine.profiles import clock, moment
from spareverse.jit import inner_kernel, lean_kernel


@lean_kernel
def profile_clock(m: Whole, f: Floats, profile: int, time: int) -> int:
    """Seconds of duty from 0 to ``time`` of what always works under this rate profile."""
    n = m[at(profile + a.PIECES)]
    starts = m[at(profile + a.STARTS)]
    integrals = m[at(profile + a.INTEGRALS)]
    factors = m[at(profile + a.FACTORS)]
    return clock(m[starts : starts + n], f[integrals : integrals + n], f[factors : factors + n], n, time)


@lean_kernel
def profile_moment(m: Whole, f: Floats, profile: int, amount: int) -> int:
    """The inverse of ``profile_clock``."""
    n = m[at(profile + a.PIECES)]
    starts = m[at(profile + a.STARTS)]
    integrals = m[at(profile + a.INTEGRALS)]
    factors = m[at(profile + a.FACTORS)]
    return moment(m[starts : starts + n], f[integrals : integrals + n], f[factors : factors + n], n, amount)


@lean_kernel
def piece_at(m: Whole, profile: int, time: int) -> int:
    """Number of the profile's piece in which ``time`` lies."""
    starts = m[at(profile + a.STARTS)]
    low = 0
    high = m[at(profile + a.PIECES)]
    while high - low > 1:
        middle = (low + high) // 2
        if m[at(starts + middle)] <= time:
            low = middle
        else:
            high = middle
    return int(low)


@inner_kernel
def is_open(m: Whole, f: Floats, profile: int, time: int) -> bool:
    """Whether the factor is above 0 at that moment; always without a profile."""
    return profile < 0 or bool(f[at(m[at(profile + a.FACTORS)] + piece_at(m, profile, time))] > 0.0)


@inner_kernel
def opens_at(m: Whole, f: Floats, profile: int, time: int) -> int:
    """First moment from ``time`` on at which the factor is above 0; NEVER when it stays 0."""
    if profile < 0:
        return time
    return next_opening(m, f, profile, time)


@lean_kernel
def next_opening(m: Whole, f: Floats, profile: int, time: int) -> int:
    """``opens_at`` of a profile that there is."""
    piece = piece_at(m, profile, time)
    while f[at(m[at(profile + a.FACTORS)] + piece)] <= 0.0:
        piece += 1
        if piece >= m[at(profile + a.PIECES)]:
            return a.NEVER
        time = m[at(m[at(profile + a.STARTS)] + piece)]
    return int(time)


@inner_kernel
def finished_at(m: Whole, f: Floats, profile: int, time: int, work: int) -> int:
    """When work begun at ``time`` is done; it goes at the speed of the profile."""
    if profile < 0 or work == 0:
        return time + work
    return max(time, profile_moment(m, f, profile, profile_clock(m, f, profile, time) + work))
