"""Suppliers and lanes by the money at risk of their parts."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.history.measures import overdue_lines, purchase_measures
from spareverse.history.window import Window
from spareverse.network.results import LANE_RESULTS, SUPPLIER_RESULTS
from spareverse.network.sums import steady_sum
from spareverse.optimisation.evidence import HALF_DAY
from spareverse.statistics.goodness import weibull_p_values
from spareverse.statistics.pooling import own_fits
from spareverse.statistics.survival import survival_quantiles
from spareverse.statistics.weibull import Booleans, Floats, Integers, fit_many

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
        parts.select(*key, "part_id", "money_at_risk")
        .drop_nulls("supplier_id")
        .sort("money_at_risk", descending=True, nulls_last=True)
        .group_by(key)
        .agg(
            pl.len().cast(pl.Int64).alias("parts"),
            steady_sum(pl.col("money_at_risk")),
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
    """Weibull of each row's lead times, and the chance to take longer than promised.

    Lines of a supplier promise different lead times. Lateness is therefore fitted to lead time over the line's own
    promise, a number without unit that is late above 1.
    """
    counted = (
        cycles.filter(pl.col("flag").is_null())
        .join(rows.select(key).with_row_index("row"), on=key, how="inner")
        .sort("row", maintain_order=True)
    )
    days, open_, starts = _samples(counted, rows.height, pl.col("lead_time_days"))
    fits = own_fits(days, open_, starts)
    whole = pl.col("lead_time_days").clip(lower_bound=HALF_DAY)
    completed, _, completed_starts = _samples(counted.filter(~pl.col("open")), rows.height, whole)
    promised = counted.filter(pl.col("promised_lead_time_days") > 0)
    ratio, ratio_open, ratio_starts = _samples(promised, rows.height, whole / pl.col("promised_lead_time_days"))
    lateness = fit_many(ratio, ratio_open, ratio_starts)
    limits = survival_quantiles(ratio, ratio_open, ratio_starts, lateness.shape, np.ones(rows.height), (0.025, 0.975))
    with np.errstate(invalid="ignore"):
        risk = np.exp(-((1.0 / lateness.scale) ** lateness.shape))
    columns = {
        "weibull_shape": fits.shape,
        "weibull_scale_days": fits.scale,
        "weibull_p_value": weibull_p_values(completed, completed_starts),
        "late_risk": risk,
        "late_risk_low": limits[:, 0],
        "late_risk_high": limits[:, 1],
    }
    return [pl.Series(name, numbers).fill_nan(None) for name, numbers in columns.items()]


def _samples(frame: pl.DataFrame, rows: int, value: pl.Expr) -> tuple[Floats, Booleans, Integers]:
    """Values, censoring flags and starts of a frame sorted by ``row``."""
    starts = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(frame["row"].to_numpy().astype(np.int64), minlength=rows), out=starts[1:])
    values = frame.select(value.alias("value"))["value"].to_numpy().astype(np.float64)
    return values, frame["open"].to_numpy().astype(np.bool_), starts
