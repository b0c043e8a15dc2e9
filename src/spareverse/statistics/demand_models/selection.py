"""Choose a model for every item from out-of-sample scores, so that few data do not choose by noise.

The portfolio has one best model. A class leaves it, and an item leaves its class's, only for a model that scored
better by more than its own standard error allows: differences of scores are paired, of the same forecasts. What an
item hopes to gain is drawn to its class's mean as far as its gain did not last from earlier to later forecasts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

CLASS_CAUTION, ITEM_CAUTION = 2.0, 3.0
"""Standard errors a gain must exceed; an item has few forecasts and many models to be lucky with."""
LEAST_FORECASTS = 5


def select(
    scores: Floats, class_then: Integers, class_now: Integers, own: Booleans, alone: Booleans
) -> tuple[Integers, Integers, Floats]:
    """Model of every class, model of every item, and the item's expected score less that of its class's model.

    scores
        [forecasts, models, items], comparable between items; smaller is better, NaN where not scored.
    class_then
        [forecasts, items] class as it was known at the forecast; ``class_now`` [items] as it is known today. What
        came after a forecast decides today's class, so that classes are compared by the former.
    own
        [models] whether a model knows the item's own history only;
    alone
        [classes] whether items of the class have history enough for such models, and to choose by themselves.
    """
    classes, models = len(alone), scores.shape[1]
    matured = alone[class_then]
    everyone = _best(scores, matured, None, np.ones(models, dtype=np.bool_)) if matured.any() else -1
    pooled = _best(scores, np.ones_like(matured), None, ~own)
    everyone = pooled if everyone < 0 else everyone
    of_class = np.empty(classes, dtype=np.int64)
    of_item = np.empty(len(class_now), dtype=np.int64)
    gain = np.zeros(len(class_now))
    for c in range(classes):
        allowed = ~own | alone[c]
        of_class[c] = _best(scores, class_then == c, everyone if allowed[everyone] else pooled, allowed)
        mine = np.flatnonzero(class_now == c)
        of_item[mine] = of_class[c]
        if alone[c] and len(mine):
            centre = _mean(np.where((class_then == c)[:, None], scores - scores[:, [of_class[c]]], np.nan), (0, 2))
            of_item[mine], gain[mine] = _items(scores[:, :, mine], np.nan_to_num(centre), of_class[c])
    return of_class, of_item, gain


def _best(scores: Floats, chosen: Booleans, usual: int | None, allowed: Booleans) -> int:
    """The allowed model with the least mean score over the chosen forecasts [forecasts, items].

    Given ``usual``, only a model that is better for sure, items taken as independent, takes its place.
    """
    base = scores[:, [0 if usual is None else usual]]
    difference = _mean(np.where(chosen[:, None], scores - base, np.nan), 0)
    known = ~np.isnan(difference)
    count = known.sum(axis=1)
    mean = _mean(difference, 1)
    eligible = allowed & (count >= LEAST_FORECASTS) & ~np.isnan(mean)
    if usual is not None:
        spread = np.sqrt(_mean((difference - mean[:, None]) ** 2, 1) / np.maximum(count - 1, 1))
        eligible &= mean + CLASS_CAUTION * spread < 0.0
        if not eligible.any():
            return usual
    if not eligible.any():
        return int(np.flatnonzero(allowed)[0])
    return int(np.argmin(np.where(eligible, mean, np.inf)))


def _items(scores: Floats, centre: Floats, best: int) -> tuple[Integers, Floats]:
    """Model of each item of a class, and its expected gain (0 or negative) on the class's ``best``.

    What lasts of a gain is the covariance, over the items, of its mean over the earlier forecasts with that over the
    later ones. Luck that an item had with a model does not repeat itself; a model that suits it does.
    """
    gain = scores - scores[:, [best]]
    mean, count = _mean(gain, 0), (~np.isnan(gain)).sum(axis=0)
    half = len(gain) // 2
    early, late = (_mean(part, 0) - centre[:, None] for part in (gain[:half], gain[half:]))
    both = ~np.isnan(early + late)
    lasting = np.maximum(_mean(np.where(both, early * late, np.nan), 1), 0.0)
    variance = _mean(np.where(both, (mean - centre[:, None]) ** 2, np.nan), 1)
    weight = np.nan_to_num(np.minimum(lasting / np.maximum(variance, 1e-12), 1.0))
    drawn = centre[:, None] + weight[:, None] * np.nan_to_num(mean - centre[:, None])
    spread = np.sqrt(_mean((gain - mean) ** 2, 0) / np.maximum(count - 1, 1))
    sure = (count >= 2) & (mean + ITEM_CAUTION * spread < 0.0)
    drawn = np.where(sure, np.minimum(drawn, 0.0), 0.0)
    least = drawn.min(axis=0)
    return np.where(least < 0.0, np.argmin(drawn, axis=0), best), least


def _mean(values: Floats, axis: int | tuple[int, ...]) -> Floats:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=axis) / known.sum(axis=axis))
