"""Times that cannot be, and times that look as if they were written in another unit."""

from __future__ import annotations

import polars as pl

from spareverse.network.network_checks.draft import Draft
from spareverse.network.network_checks.reading import DURATIONS

_FASTEST_KM_PER_H = 1_000.0
_LONGEST_DAYS = 36_500.0
_LONG_TRANSIT_DAYS = 180.0
_LONG_LEAD_TIME_DAYS = 1_095.0
_LONG_WORK_DAYS = 365.0
_FAR_APART = 10.0
"""A plan and a mean so many times apart are in different units, or one of them is wrong."""
_NEAR_KM = 50.0


def links_take_time(draft: Draft) -> None:
    """No link is faster than an aeroplane; one over a distance takes time."""
    transit = draft.mean("links", "transit_time")
    far = draft["links"].filter(pl.col("distance_km") > _NEAR_KM)
    fast = far.filter(pl.col("distance_km") > transit * 24.0 * _FASTEST_KM_PER_H)
    words = pl.format("The link over {} km takes {} days.", "distance_km", transit.round(3))
    draft.report(fast, "transit_time", words, "Write days, and kilometres.")


def times_come_to_an_end(draft: Draft) -> None:
    """No mean time is longer than a hundred years."""
    for table, column in DURATIONS:
        if (table, column) != ("demands", "gap"):  # who never asks is nobody
            endless = draft.mean(table, column) > _LONGEST_DAYS
            draft.reject(table, endless, column, "It takes more than a hundred years.", "Write days.")


def times_are_in_days(draft: Draft) -> None:
    """Doubt: means so long that hours may have been meant."""
    long = (
        ("links", "transit_time", _LONG_TRANSIT_DAYS),
        ("sourcing", "lead_time", _LONG_LEAD_TIME_DAYS),
        ("suppliers", "work_time", _LONG_WORK_DAYS),
    )
    for table, column, limit in long:
        rows = draft[table].filter(draft.mean(table, column) > limit)
        draft.doubt(rows, f"{column} has a mean above {limit:g} days; was it written in hours?")


def planned_times_resemble_the_real_ones(draft: Draft) -> None:
    """Doubt: a planned time ten times longer or shorter than the mean."""
    pairs = (("links", "planned_transit_days", "transit_time"), ("sourcing", "planned_lead_time_days", "lead_time"))
    for table, planned, real in pairs:
        ratio = pl.col(planned) / draft.mean(table, real)
        odd = (pl.col(planned) > 1.0) & ((ratio > _FAR_APART) | (ratio < 1.0 / _FAR_APART))
        draft.doubt(draft[table].filter(odd), f"{planned} and the mean of {real} are far apart; is one in hours?")


def lead_times_fit_the_run(draft: Draft) -> None:
    """Doubt: parts that cannot arrive before the run ends."""
    run = draft["settings"].select((pl.col("warm_up_days") + pl.col("horizon_days")).max()).item()
    if run is not None:
        rows = draft["sourcing"].filter(draft.mean("sourcing", "lead_time") > run)
        draft.doubt(rows, "the mean lead time is longer than the run.")


def work_needs_lines(draft: Draft) -> None:
    """Doubt: work without lines is no queue, lines without work are no limit."""
    work = (draft.mean("suppliers", "work_time").fill_null(0) > 0) | (pl.col("work_per_piece_days") > 0)
    endless = pl.col("lines").is_null()
    draft.doubt(draft["suppliers"].filter(endless & work), "work_time is not used: the supplier has no lines.")
    draft.doubt(draft["suppliers"].filter(~endless & ~work), "lines without work_time are no limit.")
