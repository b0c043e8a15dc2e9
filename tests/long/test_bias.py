"""Open lines and swings of demand must not bend the stock-out risk.

An open line censors its lead time, but not its safety cover: the demand seen so far depends on the time it had.
Demand here changes its rate from cycle to cycle (gamma, shape 1.5). All parts are alike, so that the mean of their
risks is to be the true risk.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from company import DAY_ZERO, day, table, tables
from spareverse.history.window import Window
from spareverse.optimisation.analysis import Result, analyse_history
from spareverse.optimisation.costs import CostFile
from spareverse.statistics import weibull

PARTS, SLOTS, SLOT_DAYS = 2_000, 8, 400
RATE, RATE_SHAPE, SIZE_MEAN = 0.084, 1.5, 2.4
SHAPE, SCALE_DAYS = 2.12, 81.8


def analysed(cycles: int, latest_age_days: int, seed: int, slots: int = SLOTS) -> Result:
    """Parts whose demand has a rate of its own in each slot of 400 days, and a line in each of the last ``cycles``.

    The books close at the end of the last slot; its line was placed at most ``latest_age_days`` before (0: early in
    the slot, so that none is open).
    """
    random = np.random.default_rng(seed)
    days = slots * SLOT_DAYS
    emission = np.arange(slots - cycles, slots) * SLOT_DAYS + random.integers(0, 100, (PARTS, cycles))
    if latest_age_days:
        emission[:, -1] = days - random.integers(1, latest_age_days, PARTS)
    emission = emission.ravel()
    received = emission + np.maximum(np.round(SCALE_DAYS * random.weibull(SHAPE, emission.size)).astype(int), 1)
    purchases = table_of_days(
        "purchases",
        part_id=np.repeat(np.arange(PARTS), cycles),
        ordered_on=emission,
        promised_on=emission + 65,
        received_on=[end if end < days else None for end in received.tolist()],
    )
    orders = random.poisson(random.gamma(RATE_SHAPE, RATE / RATE_SHAPE, PARTS * slots) * SLOT_DAYS)
    slot = np.repeat(np.arange(PARTS * slots), orders)
    sales = table_of_days(
        "sales",
        part_id=slot // slots,
        ordered_on=slot % slots * SLOT_DAYS + random.integers(0, SLOT_DAYS, slot.size),
        quantity=random.geometric(1 / SIZE_MEAN, slot.size),
    )
    window = Window(day(0), day(days), day(days - 1))
    return analyse_history(tables() | {"purchases": purchases, "sales": sales}, window, CostFile())


def table_of_days(name: str, **columns: object) -> pl.DataFrame:
    """An input table from columns; days are counted from the first of the window."""
    frame = pl.DataFrame({"quantity": 1.0} | columns).with_columns(
        pl.format("P{}", "part_id").alias("part_id"),
        (pl.col("^.*_on$").cast(pl.Int32) + (DAY_ZERO - date(1970, 1, 1)).days).cast(pl.Date),
        pl.col("quantity").cast(pl.Float64),
    )
    return pl.concat([table(name), frame], how="diagonal")


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    """Safety covers of a million cycles, drawn afresh."""
    random = np.random.default_rng(99)
    draws = 1_000_000
    mean = random.gamma(RATE_SHAPE, RATE / RATE_SHAPE, draws) * SCALE_DAYS * random.weibull(SHAPE, draws)
    orders = random.poisson(mean)
    return np.where(orders > 0, orders + random.negative_binomial(np.maximum(orders, 1), 1 / SIZE_MEAN), 0)


def biases(cycles: int, latest_age_days: int, open_share: float, seed: int, truth: np.ndarray) -> tuple[float, float]:
    """Mean predicted less true risk at the median and at the 90 % point."""
    result = analysed(cycles, latest_age_days, seed)
    assert result.cycles["open"].mean() == pytest.approx(open_share, abs=0.03)
    curves, steps = result.parts["risk_curve"].to_list(), result.parts["risk_step"].to_numpy()

    def bias(quantile: float) -> float:
        x = int(np.quantile(truth, quantile))
        shown = [curve[min(int(x / step), len(curve) - 1)] for curve, step in zip(curves, steps, strict=True)]
        return float(np.mean(shown) - (truth > x).mean())

    return bias(0.5), bias(0.9)


def test_quick_bias(truth: np.ndarray) -> None:
    """One company: the error of its own estimates, about 0.01, comes on top of any bias."""
    for bias in biases(4, 160, 0.11, 1, truth):
        assert abs(bias) < 0.03


@pytest.mark.long
@pytest.mark.parametrize(
    ("cycles", "latest_age_days", "open_share", "companies"),
    [(8, 0, 0.0, 6), (4, 160, 0.11, 6), (2, 145, 0.25, 8), (1, 145, 0.5, 16)],
)
def test_the_risk_is_unbiased(
    cycles: int, latest_age_days: int, open_share: float, companies: int, truth: np.ndarray
) -> None:
    found = [biases(cycles, latest_age_days, open_share, seed, truth) for seed in range(companies)]
    for bias in np.mean(found, axis=0):
        assert abs(bias) < 0.01


def test_treating_covers_of_open_lines_as_censored_would_be_biased(truth: np.ndarray) -> None:
    """The trap itself, so that the test above is known to be able to fail."""
    cycles = analysed(1, 145, 31).cycles
    cover, open_ = cycles["safety_cover"].to_numpy(), cycles["open"].to_numpy()
    sold = cover > 0
    x = int(np.quantile(truth, 0.9))
    fit = weibull.fit(cover[sold], open_[sold]).distribution
    assert sold.mean() * float(fit.survival(x)) > (truth > x).mean() + 0.02
