"""Laws of many items as texts: they read back with the figures they were made of."""

from __future__ import annotations

import numpy as np
import pytest

from spareverse.calibration.law_texts import residual_texts, size_texts, weibull_of, weibull_texts
from spareverse.network.distributions import Truncated, Weibull, parse
from spareverse.statistics.demand_models.order_sizes import group_order_sizes


def test_weibull_texts_keep_mean_and_spread() -> None:
    mean, sd = np.array([10.0, 50.0, 5.0, 200.0]), np.array([5.0, 20.0, 6.0, 8.0])
    for text, wanted, spread in zip(weibull_texts(mean, sd), mean, sd, strict=True):
        law = parse(text, unit="d")
        assert law.mean / 24.0 == pytest.approx(wanted, rel=0.01)
        assert law.variance**0.5 / 24.0 == pytest.approx(spread, rel=0.02)


def test_a_lead_time_that_never_varies_is_a_number() -> None:
    assert weibull_texts(np.array([30.0]), np.array([0.0])).to_list() == ["30.0 d"]


@pytest.mark.parametrize("age", [0.0, 20.0, 90.0])
def test_what_is_left_of_an_open_order_is_its_law_given_its_age(age: float) -> None:
    shape, scale = weibull_of(np.array([50.0]), np.array([25.0]))
    left = parse(residual_texts(shape, scale, np.array([age]))[0], unit="d")
    given = Truncated(Weibull(float(shape[0]), float(scale[0])), age)
    assert left.mean / 24.0 == pytest.approx(given.mean - age, rel=0.03)
    assert float(left.quantile(0.5)) / 24.0 == pytest.approx(float(given.quantile(0.45)) - age, rel=0.02)


def test_sizes_keep_the_mean_of_own_and_group_sizes() -> None:
    sizes = np.array([1.0, 1.0, 4.0, 10.0, 2.0, 2.0, 2.0, 1.0])
    starts = np.array([0, 4, 7, 8, 8], dtype=np.int64)
    group = np.zeros(4, dtype=np.int64)
    law = group_order_sizes(sizes, np.ones(8), starts, group, np.arange(4), group, 1)
    texts = size_texts(law, np.arange(4))
    for text, mean in zip(texts, law.mean(), strict=True):
        assert parse(text, unit="h").mean == pytest.approx(mean, abs=0.5 / 20 + 1e-9)
        assert all(value >= 1 and value == int(value) for value, _ in parse(text, unit="h").atoms)


def test_one_size_for_all_is_a_number() -> None:
    one = np.ones(3)
    law = group_order_sizes(one, one, np.array([0, 3]), np.zeros(1, dtype=np.int64), np.arange(1), np.arange(1), 1)
    assert size_texts(law, np.arange(1)).to_list() == ["1"]
