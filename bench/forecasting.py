"""Forecasts of intermittent demand, 30,000 series of 60 months: the Croston family beside statsforecast.

Wall time on all cores. theirs: StatsForecast.forecast over a Polars table, in one process or in one per core, whichever
is faster; ours: the same series as arrays. statsforecast comes with the bench extra; without it only ours is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np
import polars as pl
from measuring import Measurement, cores, timed
from numpy.typing import NDArray

from spareverse.statistics.forecasting.aggregation import adida, imapa
from spareverse.statistics.forecasting.bootstrap import willemain_laws
from spareverse.statistics.forecasting.croston import croston, sba, tsb
from spareverse.statistics.forecasting.scores import crps_counts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Method = Callable[[Floats, Integers], Floats]
ALL_FIVE = "all five"

METHODS: dict[str, Method] = {
    "CrostonClassic": lambda values, starts: croston(values, starts).rate,
    "CrostonSBA": lambda values, starts: sba(values, starts).rate,
    "TSB": lambda values, starts: tsb(values, starts, 0.2, 0.1).rate,
    "ADIDA": adida,
    "IMAPA": imapa,
}


def measure(*, quick: bool) -> Iterator[Measurement]:
    series, periods = (600, 60) if quick else (30_000, 60)
    values, starts = _demand(series, periods)
    theirs, answers = _statsforecast(values, starts) if find_spec("statsforecast") else ({}, {})
    total_wall = total_cpu = 0.0
    for name, method in METHODS.items():
        wall, cpu, found = timed(lambda method=method: method(values, starts))
        total_wall, total_cpu = total_wall + wall, total_cpu + cpu
        remark = _agreement(found, answers[name]) if name in answers else ""
        yield Measurement(name, wall, "s", "statsforecast", theirs.get(name), cpu_seconds=cpu, remark=remark)
    yield Measurement(ALL_FIVE, total_wall, "s", "statsforecast, one call", theirs.get(ALL_FIVE), cpu_seconds=total_cpu)
    yield from _growth(quick=quick)
    yield from _laws(values, starts)


def _demand(series: int, periods: int) -> tuple[Floats, Integers]:
    """Series with demand in 5 to 60 % of the periods, at least once, and geometric sizes."""
    random = np.random.default_rng(11)
    chance = random.uniform(0.05, 0.6, (series, 1))
    size = random.uniform(0.1, 0.9, (series, 1))
    table = (random.random((series, periods)) < chance) * random.geometric(size, (series, periods))
    table[table.sum(axis=1) == 0, periods // 2] = 1
    return table.astype(np.float64).ravel(), np.arange(series + 1) * periods


def _statsforecast(values: Floats, starts: Integers) -> tuple[dict[str, float], dict[str, Floats]]:
    """Seconds and answers of each method; one process where that is faster than one per core."""
    from statsforecast import StatsForecast, models

    series, periods = len(starts) - 1, int(starts[1])
    table = pl.DataFrame(
        {
            "unique_id": np.repeat(np.arange(series), periods),
            "ds": np.tile(np.arange(periods), series),
            "y": values,
        }
    )
    asked = {
        "CrostonClassic": models.CrostonClassic(),
        "CrostonSBA": models.CrostonSBA(),
        "TSB": models.TSB(0.2, 0.1),
        "ADIDA": models.ADIDA(),
        "IMAPA": models.IMAPA(),
    }
    seconds, answers = {}, {}
    for name, chosen in (*((name, [model]) for name, model in asked.items()), (ALL_FIVE, list(asked.values()))):
        for processes in sorted({1, cores()}):
            run = StatsForecast(models=chosen, freq=1, n_jobs=processes)
            begin = time.perf_counter()
            answer = run.forecast(df=table, h=1)
            seconds[name] = min(seconds.get(name, np.inf), time.perf_counter() - begin)
    for name in asked:
        answers[name] = answer.sort("unique_id")[name].to_numpy()
    return seconds, answers


def _agreement(ours: Floats, theirs: Floats) -> str:
    """Series whose sums tell nothing of the constant are decided by rounding there, so a few may differ."""
    same = float(np.mean(np.abs(ours - theirs) <= 1e-4 * np.abs(theirs)))
    return f"equal to 1e-4 in {100 * same:.2f} %" + ("" if same >= 0.995 else "  DIFFERENT ANSWER")


def _growth(*, quick: bool) -> Iterator[Measurement]:
    """CPU time a value while the series, or their lengths, grow a hundredfold."""
    sizes = [(300, 60), (3_000, 60)] if quick else [(3_000, 60), (30_000, 60), (300_000, 60)]
    lengths = [(300, 60), (300, 600)] if quick else [(3_000, 60), (3_000, 600), (3_000, 6_000)]
    for name in ("CrostonSBA", "IMAPA"):
        for grows, shapes in (("series", sizes), ("periods", lengths)):
            smallest = None
            for series, periods in shapes:
                values, starts = _demand(series, periods)
                _, cpu, _ = timed(lambda name=name, v=values, s=starts: METHODS[name](v, s), repeat=3)
                each = 1e9 * cpu / len(values)
                smallest = smallest or each
                remark = f"{each / smallest:.2f} times the smallest as {grows} grow"
                yield Measurement(f"{name}, {series:,} x {periods:,}", each, "ns/value", cpu_seconds=cpu, remark=remark)


def _laws(values: Floats, starts: Integers) -> Iterator[Measurement]:
    """Laws of lead-time demand, and their scores; beside 1,000 drawn lead times of one series after another."""
    series = len(starts) - 1
    horizons = np.full(series, 3)
    wall, cpu, laws = timed(lambda: willemain_laws(values, starts, horizons))
    some = min(series, 50)
    begin = time.perf_counter()
    for i in range(some):
        _draw(values[starts[i] : starts[i + 1]], 3, 1_000)
    drawn = (time.perf_counter() - begin) * series / some
    yield Measurement("Willemain's laws over 3 months", wall, "s", "1,000 draws in NumPy", drawn, cpu_seconds=cpu)
    observed = values[starts[:-1]]
    wall, cpu, _ = timed(lambda: crps_counts(laws.mass, laws.step, observed))
    yield Measurement("their CRPS, 128 points", wall, "s", cpu_seconds=cpu)


def _draw(history: Floats, horizon: int, draws: int) -> Floats:
    """Lead-time demand as Willemain, Smart & Schwarz draw it, all draws at once."""
    random = np.random.default_rng(5)
    moved = history > 0
    sizes = history[moved]
    chances = np.array(
        [moved[1:][moved[:-1] == state].mean() if (moved[:-1] == state).any() else 0 for state in (0, 1)]
    )
    state = np.full(draws, int(moved[-1]))
    total = np.zeros(draws)
    for _ in range(horizon):
        state = (random.random(draws) < chances[state]).astype(int)
        size = random.choice(sizes, draws)
        jittered = 1 + np.floor(size + random.standard_normal(draws) * np.sqrt(size))
        total += state * np.where(jittered > 0, jittered, size)
    return total
