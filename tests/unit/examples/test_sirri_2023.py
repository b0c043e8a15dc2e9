"""The constructed lines of the published part carry its counts and fit near its distributions."""

from __future__ import annotations

from datetime import timedelta
from math import exp
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import CensoredData, weibull_min

from spareverse.examples.sirri_2023 import PUBLISHED, SINCE, UNTIL, lines, write


@pytest.fixture(scope="module")
def purchases() -> pl.DataFrame:
    return lines()[0]


@pytest.fixture(scope="module")
def sales() -> pl.DataFrame:
    return lines()[1]


def published(name: str) -> float:
    return PUBLISHED[name].value


def weibull(sample: list[int], censored: list[int] | None = None) -> tuple[float, float]:
    """Shape and scale by maximum likelihood, by another program."""
    data = CensoredData(uncensored=np.array(sample, float), right=np.array(censored or [], float))
    shape, _, scale = weibull_min.fit(data, floc=0)
    return shape, scale


def lead_times(purchases: pl.DataFrame) -> list[int]:
    return (purchases["received_on"] - purchases["ordered_on"]).dt.total_days().drop_nulls().to_list()


def safety_covers(purchases: pl.DataFrame, sales: pl.DataFrame) -> list[int]:
    """Line by line, as the definition says."""
    return [
        int(sales.filter(pl.col("ordered_on") >= emission, pl.col("ordered_on") < delivery)["quantity"].sum())
        for emission, delivery in purchases.drop_nulls("received_on").select("ordered_on", "received_on").iter_rows()
    ]


def test_counts_are_the_published_ones(purchases: pl.DataFrame, sales: pl.DataFrame) -> None:
    assert purchases.height == published("purchase_lines")
    assert sales.height == published("sales_lines")
    assert sales["quantity"].sum() == published("pieces_sold")
    assert sales["country"].n_unique() == published("countries")
    assert purchases["received_on"].is_not_null().sum() == published("pairs")
    days = (sales["delivered_on"] - sales["ordered_on"]).dt.total_days()
    assert days.mean() == pytest.approx(published("days_to_customer"))
    assert (sales["delivered_on"] <= sales["promised_on"]).mean() == published("customer_on_time")
    promised = (purchases["promised_on"] - purchases["ordered_on"]).dt.total_days()
    assert promised.median() == published("expected_lead_time_days")


def test_all_lines_lie_in_the_window_and_on_working_days(purchases: pl.DataFrame, sales: pl.DataFrame) -> None:
    for frame, arrival in ((purchases, "received_on"), (sales, "delivered_on")):
        assert frame["ordered_on"].is_between(SINCE, UNTIL, closed="left").all()
        assert frame["ordered_on"].dt.weekday().max() <= 5
        assert frame[arrival].max() < UNTIL


def test_every_pair_has_a_sale(purchases: pl.DataFrame, sales: pl.DataFrame) -> None:
    covers = safety_covers(purchases, sales)
    assert sorted(covers) == [1, 3, 3, 5, 6, 7, 9, 11, 14, 17, 22]
    assert np.mean(covers) == pytest.approx(published("cover_mean"), abs=0.05)


def test_lead_times_fit_near_the_published_weibull(purchases: pl.DataFrame) -> None:
    censored = [
        (UNTIL - emission) / timedelta(days=1)
        for emission in purchases.filter(pl.col("received_on").is_null())["ordered_on"]
    ]
    for shape, scale in (weibull(lead_times(purchases)), weibull(lead_times(purchases), censored)):
        assert shape == pytest.approx(published("lead_time_shape"), rel=0.004)
        assert scale == pytest.approx(published("lead_time_scale_days"), rel=0.002)
        assert exp(-((65 / scale) ** shape)) == pytest.approx(published("late_risk"), abs=0.002)


def test_safety_covers_fit_near_the_published_weibull(purchases: pl.DataFrame, sales: pl.DataFrame) -> None:
    shape, scale = weibull(safety_covers(purchases, sales))
    assert shape == pytest.approx(published("cover_shape"), abs=0.001)
    assert scale == pytest.approx(published("cover_scale"), abs=0.003)
    assert exp(-((16 / scale) ** shape)) == pytest.approx(published("risk_at_16"), abs=0.001)
    assert exp(-((21 / scale) ** shape)) == pytest.approx(published("risk_at_21"), abs=0.001)


def test_files_hold_the_same_lines(tmp_path: Path) -> None:
    files = write(tmp_path / "sirri")
    for name, table in zip(("purchases", "sales"), lines(), strict=True):
        read = pl.read_csv(files[name], schema_overrides=table.schema)
        assert read.equals(table)
