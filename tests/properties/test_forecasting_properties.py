"""What holds for every series: units do not matter, missing periods say nothing, true laws score best."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from spareverse.statistics.forecasting.aggregation import adida, imapa
from spareverse.statistics.forecasting.bootstrap import empirical_laws, willemain_laws
from spareverse.statistics.forecasting.classes import demand_classes
from spareverse.statistics.forecasting.croston import croston, sba, tsb
from spareverse.statistics.forecasting.scores import crps_counts, law_quantiles, pinball
from spareverse.statistics.forecasting.smoothing import exponential_smoothing

Floats = NDArray[np.float64]
Method = Callable[[Floats, NDArray[np.int64]], Floats]

METHODS: dict[str, Method] = {
    "Croston": lambda values, starts: croston(values, starts, 0.2, 0.1).rate,
    "SBA": lambda values, starts: sba(values, starts, 0.2, 0.1).rate,
    "TSB": lambda values, starts: tsb(values, starts, 0.2, 0.1).rate,
    "smoothing": lambda values, starts: exponential_smoothing(values, starts, 0.2),
    "ADIDA": adida,
    "IMAPA": imapa,
}
pieces = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 7, 20]).map(float)
series = st.lists(pieces, min_size=1, max_size=40)
gaps = st.lists(st.booleans(), min_size=80, max_size=80)
OFTEN = settings(max_examples=150, deadline=None)


def one(values: list[float] | Floats) -> tuple[Floats, NDArray[np.int64]]:
    return np.asarray(values, dtype=np.float64), np.array([0, len(values)])


def with_gaps(values: list[float], gaps: list[bool]) -> list[float]:
    """Missing periods put in where ``gaps`` says, ends included."""
    waiting = iter(values)
    found = [np.nan if gap else next(waiting, np.nan) for gap in gaps]
    return found + list(waiting)


@OFTEN
@given(series, st.sampled_from([2.0**-9, 0.5, 4.0, 2.0**20]))
def test_a_forecast_follows_the_unit(values: list[float], factor: float) -> None:
    for name, method in METHODS.items():
        assert_array_equal(method(*one(np.array(values) * factor)), factor * method(*one(values)), err_msg=name)
    assert demand_classes(*one(np.array(values) * factor)).label == demand_classes(*one(values)).label


@OFTEN
@given(series, gaps)
def test_missing_periods_say_nothing(values: list[float], gaps: list[bool]) -> None:
    holed = with_gaps(values, gaps)
    for name, method in METHODS.items():
        assert_array_equal(method(*one(holed)), method(*one(values)), err_msg=name)
    plain, found = demand_classes(*one(values)), demand_classes(*one(holed))
    for part in ("periods", "demands", "adi", "adi_periods", "cv2", "cv2_population", "label"):
        assert_array_equal(getattr(found, part), getattr(plain, part), err_msg=part)
    assert_array_equal(empirical_laws(*one(holed), 2).mass, empirical_laws(*one(values), 2).mass)


@OFTEN
@given(st.floats(0.01, 1e6), st.integers(1, 40))
def test_constant_demand_is_forecast_as_it_is(size: float, periods: int) -> None:
    for name, method in METHODS.items():
        expected = size * (0.95 if name == "SBA" else 1.0)
        assert method(*one(np.full(periods, size)))[0] == pytest.approx(expected), name
    found = demand_classes(*one(np.full(periods, size)))
    assert (found.adi[0], found.adi_periods[0]) == (1.0, 1.0)
    assert found.label[0] == ("smooth" if periods >= 3 else "too few demands")


@OFTEN
@given(st.lists(series, min_size=1, max_size=6))
def test_series_do_not_see_one_another(table: list[list[float]]) -> None:
    values = np.concatenate(table)
    starts = np.cumsum([0, *map(len, table)])
    for name, method in METHODS.items():
        assert_array_equal(method(values, starts), [method(*one(row))[0] for row in table], err_msg=name)
    together = willemain_laws(values, starts, 2, points=40).mass
    assert_array_equal(together, np.concatenate([willemain_laws(*one(row), 2, points=40).mass for row in table]))


@OFTEN
@given(series)
def test_the_past_is_forecast_without_the_future(values: list[float]) -> None:
    flat, starts = one(values)
    for method in (croston, sba, tsb):
        path = method(flat, starts, origins=True).origins
        for k in range(len(values)):
            if any(values):
                assert_array_equal(path[k], method(flat[:k], [0, k]).rate[0])
            else:
                assert np.isnan(path[k])


@OFTEN
@given(series.filter(any), st.integers(0, 6))
def test_laws_have_their_mass_and_mean(values: list[float], horizon: int) -> None:
    for laws_of in (empirical_laws, willemain_laws):
        laws = laws_of(*one(values), horizon, points=400)
        grid = np.arange(400) * laws.step[0]
        assert laws.mass[0].sum() == pytest.approx(1.0, abs=1e-3)
        assert laws.mass[0] @ grid == pytest.approx(laws.mean[0], rel=1e-2)
        assert laws.with_line[0, 0] == 0.0
        assert laws.with_line[0].sum() <= 1.0 + 1e-12
    if horizon == 0:
        assert laws.mass[0, 0] == 1.0


laws = (
    st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8)
    .filter(lambda w: sum(w) > 0.1)
    .map(lambda w: np.array(w) / sum(w))
)


@OFTEN
@given(laws, laws)
def test_the_true_law_scores_best_on_average(truth: Floats, other: Floats) -> None:
    seen = np.arange(8.0)
    honest, other_scores = (crps_counts(np.tile(law, (8, 1)), 1.0, seen) for law in (truth, other))
    # the loss of another law is the squared distance of the two
    distance = ((np.cumsum(truth) - np.cumsum(other)) ** 2).sum()
    assert truth @ (other_scores - honest) == pytest.approx(distance, abs=1e-9)
    for level in (0.3, 0.9):
        right, wrong = (law_quantiles(law[None, :], 1.0, level)[0, 0] for law in (truth, other))
        assert truth @ pinball(right, seen, level) <= truth @ pinball(wrong, seen, level) + 1e-9


@OFTEN
@given(laws, st.floats(0.0, 12.0))
def test_crps_is_the_mean_distance_less_half_the_spread(law: Floats, seen: float) -> None:
    grid = np.arange(8.0)
    spread = law @ np.abs(grid[:, None] - grid) @ law
    assert crps_counts(law[None, :], 1.0, [seen])[0] == pytest.approx(
        law @ np.abs(grid - seen) - 0.5 * spread, abs=1e-9
    )


def test_laws_of_a_true_model_score_best_in_a_sample() -> None:
    """Poisson demand of 1.5: the truth beats means 20 % off by more than four standard errors of the difference."""
    random = np.random.default_rng(17)
    seen = random.poisson(1.5, 20_000).astype(float)
    row = np.zeros(len(seen), dtype=np.int64)

    def scores(mean: float) -> Floats:
        mass = np.exp(-mean) * np.cumprod([1.0, *(mean / np.arange(1, 30))])
        return crps_counts(mass[None, :], 1.0, seen, row)

    for wrong in (1.2, 1.8):
        loss = scores(wrong) - scores(1.5)
        assert loss.mean() > 4.0 * loss.std() / np.sqrt(len(seen))
