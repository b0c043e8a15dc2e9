"""Options that no other beats."""

from __future__ import annotations

import numpy as np

from spareverse.network.study_answers import NOT_ENOUGH, PARETO
from spareverse.optimisation.warehouse.pareto import front


def _points(*options: tuple[float, float, float], noise: float, runs: int = 30) -> np.ndarray:
    rng = np.random.default_rng(2)
    means = np.array(options).T[:, None, :]
    return means + noise * means.max(axis=2, keepdims=True) * rng.standard_normal((3, runs, len(options)))


def test_dominated_when_clear() -> None:
    points = _points((0.95, 100.0, 5.0), (0.90, 120.0, 6.0), (0.99, 300.0, 5.5), noise=0.001)
    found = front([("a", ""), ("b", ""), ("c", "3/2")], points)
    assert found.schema == PARETO.schema
    assert found["verdict"].to_list() == ["efficient", "dominated", "efficient"]
    assert found["dominated_by"].to_list() == [None, "a", None]


def test_not_dominated_within_noise() -> None:
    found = front([("a", ""), ("b", "")], _points((0.95, 100.0, 5.0), (0.94, 101.0, 5.05), noise=0.02))
    assert NOT_ENOUGH in found["verdict"].to_list()
    assert "dominated" not in found["verdict"].to_list()


def test_equal_in_one_measure_counts_as_equal() -> None:
    """No transport at all, and availabilities that differ by a hundredth of a point: cost decides."""
    points = _points((0.95, 100.0, 0.0), (0.9501, 120.0, 0.0), noise=0.0)
    assert front([("a", ""), ("b", "")], points)["verdict"].to_list() == ["efficient", "dominated"]


def test_twins_do_not_dominate_each_other() -> None:
    points = _points((0.95, 100.0, 1.0), (0.95, 100.0, 1.0), noise=0.0)
    assert front([("a", ""), ("b", "")], points)["verdict"].to_list() == ["efficient", "efficient"]


def test_one_run_cannot_tell() -> None:
    points = _points((0.95, 100.0, 5.0), (0.90, 120.0, 6.0), noise=0.0, runs=1)
    found = front([("a", ""), ("b", "")], points)
    assert found["verdict"].to_list() == ["efficient", NOT_ENOUGH]
    assert found["availability_low"].null_count() == 2
