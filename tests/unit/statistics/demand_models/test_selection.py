"""A choice among models that are alike is no choice, a sure gain is taken."""

from __future__ import annotations

import numpy as np

from spareverse.statistics.demand_models.selection import select

OWN = np.array([False, False, True])


def noise(seed: int, items: int = 400, forecasts: int = 6) -> np.ndarray:
    return 1.0 + 0.5 * np.random.default_rng(seed).standard_normal((forecasts, 3, items))


def test_noise_does_not_choose() -> None:
    scores = noise(1)
    scores[:, 1] -= 0.2
    group = np.tile(np.arange(400) % 2, (6, 1))
    of_class, of_item, gain = select(scores, group, group[0], OWN, np.array([True, True]))
    assert of_class.tolist() == [1, 1]
    # three standard errors of six forecasts, two other models: a few in a hundred
    assert (of_item != 1).mean() < 0.05
    assert (gain <= 0.0).all()


def test_a_class_and_an_item_that_differ_are_found() -> None:
    scores = noise(2)
    group = np.tile((np.arange(400) < 100).astype(np.int64), (6, 1))
    scores[:, 1] -= 0.3
    scores[:, 0, :100] -= 0.8
    special = np.arange(300, 340)
    scores[:, 2, special] -= 3.0
    of_class, of_item, gain = select(scores, group, group[0], OWN, np.array([True, True]))
    assert of_class.tolist() == [1, 0]
    assert (of_item[special] == 2).mean() > 0.9
    assert gain[special].mean() < -1.0


def test_items_without_history_never_get_a_model_of_their_own_series() -> None:
    scores = noise(3)
    scores[:, 2] -= 1.0
    group = np.tile((np.arange(400) < 100).astype(np.int64), (6, 1))
    of_class, of_item, _ = select(scores, group, group[0], OWN, np.array([True, False]))
    assert of_class[0] == 2
    assert of_class[1] != 2
    assert (of_item[:100] == of_class[1]).all()


def test_unscored_items_get_their_class() -> None:
    scores = noise(4)
    scores[:, 1] -= 0.5
    scores[:, :, :10] = np.nan
    group = np.zeros((6, 400), dtype=np.int64)
    _, of_item, gain = select(scores, group, group[0], OWN, np.array([True]))
    assert (of_item[:10] == 1).all()
    assert (gain[:10] == 0.0).all()
