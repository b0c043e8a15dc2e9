"""Failure rates that vary in time: the pieces, their integral and its inverse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.engine.memory import NEVER
from spareverse.engine.profiles import MONTH, Profiles, clock, moment, realise_profile, spell
from spareverse.engine.streams import seed_stream
from spareverse.network.study import RateProfile
from spareverse.simulation.compile_distributions import compile_profiles

HORIZON = 20 * 8760 * 3600
SEASON = (1.0, 2.0, 0.5, 0.0, 0.0, 1.0, 1.0, 3.0, 1.0, 1.0, 1.0, 0.25)
Pieces = tuple[np.ndarray, np.ndarray, np.ndarray, int]


def states(replication: int = 0) -> np.ndarray:
    made = np.zeros((1, 4), np.uint64)
    seed_stream(made, 0, np.uint64(5), replication, np.uint64(0), 0)
    return made


def realised(profile: RateProfile, replication: int = 0, horizon: int = HORIZON) -> Pieces:
    starts, cumulative, factors = np.zeros(6000, np.int64), np.zeros(6000), np.zeros(6000)
    profiles = compile_profiles([RateProfile(), profile], [0, 1])
    count = realise_profile(profiles, 1, states(replication), 0, horizon, starts, cumulative, factors)
    assert count > 0
    return starts, cumulative, factors, count


def factor_at(pieces: Pieces, t: int) -> float:
    starts, _, factors, count = pieces
    return float(factors[np.searchsorted(starts[:count], t, side="right") - 1])


def test_a_season_repeats_every_year() -> None:
    pieces = realised(RateProfile(season=SEASON))
    for month in range(12 * 20):
        for t in (month * MONTH, (month + 1) * MONTH - 1):
            assert factor_at(pieces, t) == SEASON[month % 12]
    assert clock(*pieces, 12 * MONTH) == int(sum(SEASON) * MONTH)
    assert clock(*pieces, 0) == 0


def test_campaigns_multiply_what_they_overlap() -> None:
    pieces = realised(RateProfile(campaigns=((10.0, 20.0, 4.0), (15.0, 30.0, 0.5), (0.0, 1e9, 2.0))))
    expected = {0: 2.0, 9: 2.0, 10: 8.0, 15: 4.0, 20: 1.0, 29: 1.0, 30: 2.0, 10**7: 2.0}
    for hour, factor in expected.items():
        assert factor_at(pieces, hour * 3600) == factor


def test_no_variation_is_one_piece() -> None:
    for profile in (RateProfile(), RateProfile(season=(1.0,) * 12), RateProfile(burst_gap_h=5.0, burst_factor=9.0)):
        pieces = realised(profile)
        assert pieces[3] == 1
        assert clock(*pieces, 12345) == 12345
        assert moment(*pieces, 12345) == 12345


def test_bursts_take_their_long_run_share() -> None:
    profile = RateProfile(burst_gap_h=900.0, burst_length_h=100.0, burst_factor=11.0)
    means = np.array([clock(*realised(profile, r), HORIZON) / HORIZON for r in range(300)])
    # rate 1 + 10 x share; starting outside a burst takes about gap x share / horizon off the share
    expected = 1.0 + 10.0 * (0.1 - 900.0 * 0.1 * 0.1 / (20 * 8760))
    assert means.mean() == pytest.approx(expected, abs=4.0 * means.std() / math.sqrt(len(means)))


def test_replications_meet_different_bursts_and_the_same_ones_again() -> None:
    profile = RateProfile(burst_gap_h=900.0, burst_length_h=100.0, burst_factor=11.0)
    one, again, other = realised(profile, 1), realised(profile, 1), realised(profile, 2)
    np.testing.assert_array_equal(one[0], again[0])
    assert np.any(one[0][:20] != other[0][:20])


def test_too_small_arrays_are_reported_and_change_nothing() -> None:
    profiles = compile_profiles([RateProfile(SEASON, burst_gap_h=100.0, burst_length_h=50.0, burst_factor=2.0)], [0])
    stream = states()
    before = stream.copy()
    assert realise_profile(profiles, 0, stream, 0, HORIZON, np.zeros(9, np.int64), np.zeros(9), np.zeros(9)) == -1
    np.testing.assert_array_equal(stream, before)


profiles_strategy = st.builds(
    RateProfile,
    season=st.one_of(
        st.just(()), st.lists(st.sampled_from([0.0, 0.25, 1.0, 1.0 / 3.0, 7.0]), min_size=12, max_size=12)
    ),
    campaigns=st.lists(
        st.tuples(st.floats(0.0, 9000.0), st.floats(0.0, 9000.0), st.sampled_from([0.0, 0.1, 3.0])), max_size=4
    ),
    burst_gap_h=st.sampled_from([0.0, 300.0]),
    burst_length_h=st.sampled_from([20.0, 300.0]),
    burst_factor=st.sampled_from([0.0, 0.7, 12.0]),
)


@settings(max_examples=150, deadline=None)
@given(profiles_strategy, st.integers(0, 10**8), st.integers(0, 10**6), st.integers(0, 1000))
def test_clock_and_moment_invert_one_another(profile: RateProfile, amount: int, t: int, replication: int) -> None:
    pieces = realised(
        RateProfile(
            tuple(profile.season), tuple(profile.campaigns), profile.burst_gap_h, profile.burst_length_h,
            profile.burst_factor,
        ),
        replication,
        horizon=2 * 8760 * 3600,
    )  # fmt: skip
    starts, cumulative, factors, count = pieces
    assert starts[0] == 0
    assert np.all(np.diff(starts[:count]) > 0)
    assert np.all(np.diff(factors[:count]) != 0.0)
    gained = factors[: count - 1] * np.diff(starts[:count])
    np.testing.assert_allclose(np.diff(cumulative[:count]), gained, rtol=1e-9, atol=1e-6)
    reached = moment(*pieces, amount)
    if reached == NEVER:
        assert factors[count - 1] == 0.0
        assert clock(*pieces, 10**12) < amount
    else:
        assert clock(*pieces, reached) >= amount
        assert reached == 0 or clock(*pieces, reached - 1) < amount
    assert moment(*pieces, clock(*pieces, t)) <= t
    assert clock(*pieces, t) <= clock(*pieces, t + 1)


def test_moments_at_and_beyond_the_ends() -> None:
    never = realised(RateProfile(season=(0.0,) * 12))
    assert moment(*never, 1) == NEVER
    assert moment(*never, 0) == 0
    assert clock(*never, NEVER) == 0
    slow = realised(RateProfile(campaigns=((0.0, 1e12, 1e-9),)))
    assert moment(*slow, NEVER) == NEVER
    fast = realised(RateProfile(campaigns=((0.0, 1e12, 50.0),)))
    assert clock(*fast, NEVER) == NEVER
    assert moment(*fast, 1) == 1


def test_kernels_are_what_their_source_says() -> None:
    profile = RateProfile(SEASON, ((10.0, 2000.0, 4.0),), 900.0, 100.0, 11.0)
    pieces = realised(profile)
    plain = tuple(np.zeros_like(array) for array in pieces[:3])
    profiles: Profiles = compile_profiles([RateProfile(), profile], [0, 1])
    assert realise_profile.py_func(profiles, 1, states(), 0, HORIZON, *plain) == pieces[3]
    for ours, theirs in zip(pieces[:3], plain, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for amount in range(0, 10**9, 33_333_333):
        assert moment(*pieces, amount) == moment.py_func(*pieces, amount)
        assert clock(*pieces, amount) == clock.py_func(*pieces, amount)
    assert spell(500.0, states(), 0) == spell.py_func(500.0, states(), 0)


def test_impossible_profiles_are_refused() -> None:
    with pytest.raises(ValueError, match="12 values"):
        compile_profiles([RateProfile(season=(1.0, 2.0))], [0])
    with pytest.raises(ValueError, match="0 or more"):
        compile_profiles([RateProfile(campaigns=((0.0, 1.0, -2.0),))], [0])
    assert compile_profiles([], []).season.shape == (0, 12)
