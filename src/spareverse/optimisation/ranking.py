"""Suppliers and lanes by the money at risk of their parts."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.history.measures import overdue_lines, purchase_measures
from spareverse.history.window import Window
from spareverse.network.results import LANE_RESULTS, SUPPLIER_RESULTS
from spareverse.statistics.goodness import weibull_p_values
from spareverse.statistics.survival import survival_quantiles
from spareverse.statistics.weibull import fit_many

SCHEMAS = {1: SUPPLIER_RESULTS, 2: LANE_RESULTS}


def ranked(cycles: pl.DataFrame, parts: pl.DataFrame, key: list[str], window: Window) -> pl.DataFrame:
    """One row per supplier (key of one column) or lane (two); worst first."""
    known = cycles.drop_nulls("supplier_id")
    rows = (
        purchase_measures(known, key)
        .rename({"purchase_lines": "lines"})
        .join(overdue_lines(known, key, window), on=key)
        .sort(key)
    )
    rows = rows.with_columns(*_late_risks(known, rows, key))
    money = (
        parts.drop_nulls("supplier_id")
        .sort("money_at_risk", descending=True, nulls_last=True)
        .group_by(key)
        .agg(
            pl.len().cast(pl.Int64).alias("parts"),
            pl.col("money_at_risk").sum(),
            pl.col("part_id").first().alias("worst_part_id"),
        )
    )
    schema = SCHEMAS[len(key)]
    return (
        rows.join(money, on=key, how="left")
        .with_columns(pl.col("parts").fill_null(0), pl.col("money_at_risk").fill_null(0.0))
        .sort("money_at_risk", *key, descending=[True, *(False for _ in key)])
        .select(schema.names)
    )


def _late_risks(cycles: pl.DataFrame, rows: pl.DataFrame, key: list[str]) -> list[pl.Series]:
    """Weibull of each row's lead times and P(RC_LT > median promise) with limits."""
    counted = (
        cycles.filter(pl.col("flag").is_null())
        .join(rows.select(key).with_row_index("row"), on=key, how="inner")
        .sort("row", maintain_order=True)
    )
    row = counted["row"].to_numpy().astype(np.int64)
    starts = np.zeros(rows.height + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=rows.height), out=starts[1:])
    values = counted["lead_time_days"].to_numpy().astype(np.float64)
    censored = counted["open"].to_numpy().astype(np.bool_)
    fits = fit_many(values, censored, starts)
    promised = rows["promised_median_days"].fill_null(float("nan")).to_numpy()
    asked = np.where(np.isnan(promised), np.nan, fits.shape)
    limits = survival_quantiles(values, censored, starts, asked, np.nan_to_num(promised, nan=1.0), (0.025, 0.975))
    done = ~censored & (values > 0)
    done_starts = np.zeros(rows.height + 1, dtype=np.int64)
    np.cumsum(np.bincount(row[done], minlength=rows.height), out=done_starts[1:])
    with np.errstate(invalid="ignore"):
        risk = np.exp(-((promised / fits.scale) ** fits.shape))
    columns = {
        "weibull_shape": fits.shape,
        "weibull_scale_days": fits.scale,
        "weibull_p_value": weibull_p_values(values[done], done_starts),
        "late_risk": risk,
        "late_risk_low": limits[:, 0],
        "late_risk_high": limits[:, 1],
    }
    return [pl.Series(name, numbers).fill_nan(None) for name, numbers in columns.items()]
