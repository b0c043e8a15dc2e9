"""Poisson pipelines against sums over the law itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson

from spareverse.optimisation.spares import palm

COUNT = np.arange(400)


@pytest.mark.parametrize("pipeline", [0.0, 0.02, 1.0, 7.3, 90.0])
def test_every_measure_is_its_sum_over_the_pipeline(pipeline: float) -> None:
    law = poisson.pmf(COUNT, pipeline)
    for stock in (0, 1, 2, 5, 20, 100):
        short = np.maximum(COUNT - stock, 0)
        mean = law @ short
        assert palm.expected_backorders(stock, pipeline) == pytest.approx(mean, abs=1e-12)
        assert palm.backorder_variance(stock, pipeline) == pytest.approx(law @ (short - mean) ** 2, abs=1e-9)
        assert palm.fill_rate(stock, pipeline) == pytest.approx(law[:stock].sum(), abs=1e-12)
        assert palm.ready_rate(stock, pipeline) == pytest.approx(law[: stock + 1].sum(), abs=1e-12)
        assert palm.mean_on_hand(stock, pipeline) == pytest.approx(law @ np.maximum(stock - COUNT, 0), abs=1e-12)


def test_a_piece_removes_the_chance_that_more_are_on_order() -> None:
    stock = np.arange(30)
    gain = -np.diff(palm.expected_backorders(np.arange(31), 6.5))
    assert gain == pytest.approx(palm.poisson_tail(stock, 6.5), abs=1e-12)


def test_negative_stock_adds_its_pieces_to_the_backorders() -> None:
    assert palm.expected_backorders(-3, 2.5) == pytest.approx(5.5)
    assert palm.backorder_variance(-3, 2.5) == pytest.approx(2.5)


def test_quantile_is_the_smallest_count_that_reaches_the_probability() -> None:
    for mean in (0.0, 0.3, 4.0, 250.0):
        for probability in (0.0, 0.05, 0.5, 0.95, 0.9999):
            assert palm.poisson_quantile(probability, mean) == max(0, int(poisson.ppf(probability, mean)))
    with pytest.raises(ValueError, match="Poisson quantile"):
        palm.poisson_quantile(1.0, 2.0)
