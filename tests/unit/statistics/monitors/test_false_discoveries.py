"""q-values of Benjamini & Hochberg and of Benjamini & Yekutieli."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from spareverse.statistics.monitors.false_discoveries import q_values


@pytest.mark.parametrize(("any_dependence", "method"), [(False, "bh"), (True, "by")])
def test_the_same_as_scipy(any_dependence: bool, method: str) -> None:
    p = np.random.default_rng(6).beta(0.5, 2.0, 500)
    assert q_values(p, any_dependence=any_dependence) == pytest.approx(stats.false_discovery_control(p, method=method))


def test_none_and_nonsense() -> None:
    assert len(q_values([])) == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        q_values([0.5, 1.5])
