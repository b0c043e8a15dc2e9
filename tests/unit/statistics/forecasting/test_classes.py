"""Classes of demand, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.statistics.forecasting.classes import LABELS, demand_classes

NAN = np.nan


def one(*values: float, least_demands: int = 2) -> tuple[float, float, float, float, str]:
    found = demand_classes(values, [0, len(values)], least_demands=least_demands)
    return found.adi[0], found.adi_periods[0], found.cv2[0], found.cv2_population[0], str(found.label[0])


def test_both_definitions_of_interval_and_of_variation() -> None:
    # demands 3 and 1 in the third and fifth of six periods: mean 2, squared deviations 1 and 1
    assert one(0, 0, 3, 0, 1, 0) == pytest.approx((2.5, 3.0, 0.5, 0.25, "lumpy"))


def test_missing_periods_are_neither_demand_nor_interval() -> None:
    assert one(NAN, 0, NAN, 0, 3, NAN, 0, 1, NAN, 0, NAN) == one(0, 0, 3, 0, 1, 0)


def test_a_missing_period_is_not_a_period_without_demand() -> None:
    assert one(2, NAN, 2, NAN, 2)[4] == "smooth"
    assert one(2, 0, 2, 0, 2)[4] == "intermittent"


def test_the_four_classes() -> None:
    assert one(2, 2, 3, 2)[4] == "smooth"
    assert one(0, 2, 0, 3, 0, 2)[4] == "intermittent"
    assert one(1, 9, 1, 1)[4] == "erratic"
    assert one(0, 1, 0, 9, 0, 1)[4] == "lumpy"


def test_both_limits_belong_to_the_calmer_class() -> None:
    # the last of 25 demands lies in period 33: 33 / 25 = 1.32
    at_limit = [0.0] * 8 + [1.0] * 25
    assert one(*at_limit)[4] == "smooth"
    assert one(0, *at_limit)[4] == "intermittent"
    # sizes 3 and 17 about 10: squares 0.49 each, over n - 1 of three with a 10 between
    assert one(3, 10, 17)[2:] == pytest.approx((0.49, 0.98 / 3, "smooth"))
    assert one(2.9, 10, 17.1)[4] == "erratic"


def test_what_cannot_be_classed_is_said() -> None:
    table = [[NAN, NAN], [0, -1], [0, NAN], [0, 4], [np.inf, 1]]
    found = demand_classes(np.ravel(table), np.arange(6) * 2)
    assert found.label.tolist() == [
        "no information", "impossible demand", "never moved", "too few demands", "impossible demand",
    ]  # fmt: skip
    assert found.periods.tolist() == [0, 2, 1, 2, 2]
    assert found.demands.tolist() == [0, 0, 0, 1, 0]
    assert found.adi[3] == 2.0
    assert np.isnan(found.adi[[0, 1, 2, 4]]).all()
    assert np.isnan(found.cv2).all()
    assert np.isnan(found.cv2_population).all()


def test_two_demands_are_too_few_unless_asked_otherwise() -> None:
    assert demand_classes([0, 5, 0, 1], [0, 4]).label.tolist() == ["too few demands"]
    assert demand_classes([0, 5, 0, 1], [0, 4]).cv2[0] == pytest.approx(8 / 9)


def test_arrays_that_do_not_fit_are_refused() -> None:
    for values, starts in (
        ([1.0], [0, 2]),
        ([1.0], [1, 1]),
        ([1.0, 2.0], [0, 2, 1, 2]),
        ([[1.0]], [0, 1]),
        ([1.0], []),
    ):
        with pytest.raises(ValueError, match="starts"):
            demand_classes(values, starts)
    with pytest.raises(ValueError, match="two demands"):
        demand_classes([1.0], [0, 1], least_demands=1)


def test_no_series_have_no_classes() -> None:
    assert len(demand_classes([], [0])) == 0


def test_compiled_and_plain_agree() -> None:
    from spareverse.statistics.forecasting import classes

    random = np.random.default_rng(3)
    values = random.choice([0, 0, 0, 1, 4, 9, NAN, -1], 4_000, p=[0.2, 0.2, 0.2, 0.15, 0.1, 0.09, 0.05, 0.01])
    starts = np.arange(201) * 20
    found = demand_classes(values, starts)
    counts, measures, code = np.zeros((200, 2), dtype=np.int64), np.full((200, 4), NAN), np.zeros(200, dtype=np.int8)
    classes._classify.py_func(values, starts, 0, 200, 3, counts, measures, code)
    assert np.array_equal(code, found.code)
    assert np.array_equal(measures, np.stack([found.adi, found.adi_periods, found.cv2, found.cv2_population], 1), True)
    alone = np.full(4, NAN)
    row = int(np.flatnonzero(found.demands > 2)[0])
    classes._measure.py_func(values, starts[row], starts[row + 1], found.demands[row], alone)
    assert alone == pytest.approx(measures[row])
    assert len(set(found.code)) > 4
    assert set(found.label) <= set(LABELS)
