"""Prints what the leaf kernels of the engine give, to the bit; run with and without the compiler by the tests."""

from __future__ import annotations

import numpy as np

from spareverse.engine.profiles import clock, moment, realise_profile
from spareverse.engine.sampling import LAW_SIZE, quantile, sample
from spareverse.engine.streams import seed_stream, uniform
from spareverse.engine.windows import next_start, realise_windows
from spareverse.network.distributions import parse
from spareverse.network.study import Access, RateProfile
from spareverse.simulation.compile_distributions import compile_calendars, compile_distributions, compile_profiles

LAWS = (
    "30 d", "exponential(500)", "triangular(20, 30, 50) d", "weibull(1.7, 1000)", "gamma(0.4, 30)", "gamma(7, 30)",
    "lognormal(mean=30 d, cv=0.4)", "uniform(5, 10) d", "empirical(1, 2, 2, 7)", "kde(12, 15, 40; bandwidth=4) d",
    "mixture(0.6: weibull(2, 20), 0.3: 9, 0.1: uniform(5, 6)) d", "truncated(kde(1, 2, 5; bandwidth=3), 2, 6)",
    "truncated(mixture(0.5: gamma(2, 10), 0.5: lognormal(10, 1)), 2, 20)",
)  # fmt: skip
HORIZON = 3 * 8760 * 3600


def main() -> None:
    states = np.zeros((4, 4), np.uint64)
    for index in range(4):
        seed_stream(states, index, np.uint64(2**63 + 11), 17, np.uint64(2**64 - 1 - index), index)
    memory = compile_distributions([parse(text) for text in LAWS], at=5)
    memory = np.concatenate([np.zeros(5), memory])
    for index in range(len(LAWS)):
        row = 5 + index * LAW_SIZE
        for _ in range(60):
            u = uniform(states, 0)
            print(float(u).hex(), float(quantile(memory, row, u)).hex(), int(sample(memory, row, states, 1)))

    profile = RateProfile((1, 2, 0.5, 0, 0, 1, 1, 3, 1, 1, 1, 0.25), ((100.0, 3000.0, 4.0),), 900.0, 60.0, 5.0)
    profiles = compile_profiles([profile], [3])
    starts, cumulative, factors = np.zeros(900, np.int64), np.zeros(900), np.zeros(900)
    count = realise_profile(profiles, 0, states, 2, HORIZON, starts, cumulative, factors)
    for i in range(count):
        print(int(starts[i]), float(cumulative[i]).hex(), float(factors[i]).hex())
    for amount in range(0, int(cumulative[count - 1]), 500_009):
        t = moment(starts, cumulative, factors, count, amount)
        print(int(t), int(clock(starts, cumulative, factors, count, t)))

    calendars = compile_calendars([Access(168.0, (30.0,), (10.0,) * 6 + (50.0,) * 6, must_fit=True)], [4])
    opens, closes = np.zeros(3000, np.int64), np.zeros(3000, np.int64)
    count = realise_windows(calendars, 0, states, 3, HORIZON, opens, closes)
    print(opens[:count].tolist(), closes[:count].tolist())
    for t in range(0, HORIZON, 777_777):
        print(int(next_start(604_800, 1, opens, closes, count, t, 30_000)))
    print(states.tolist())


if __name__ == "__main__":
    with np.errstate(over="ignore"):
        main()
