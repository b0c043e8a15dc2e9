"""Windows moved through the history: how punctuality and the best stock drifted (Sirri et al. 2023, figure 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl
from scipy.special import betaincinv

from spareverse.errors import NotEnoughData, NotFound
from spareverse.history.measures import RECEIVED_AND_PROMISED
from spareverse.history.window import Window, last_known_day, months_before
from spareverse.jit import Progress
from spareverse.network.results import ROLLING_RESULTS
from spareverse.optimisation.analysis import analyse_history
from spareverse.optimisation.costs import CostFile

# A part leans on at most this many parts of its category; the portfolio is followed on as many of its busiest parts.
COMPANIONS = 400


def rolling_windows(
    tables: Mapping[str, pl.DataFrame],
    costs: CostFile,
    part_id: str | None,
    place_id: str | None,
    *,
    window_months: int = 38,
    step_months: int = 3,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Schema ROLLING_RESULTS. Every window forgets what happened after its end.

    Without a part: on-time rate and lead times of all lines, and the optimal cover summed over the busiest parts.
    """
    windows = windows_of(tables["purchases"], tables["sales"], window_months, step_months)
    if part_id is not None and not place_id:
        place_id = _busiest_place(tables, part_id)
    chosen = _companions(tables, part_id)
    few = {
        name: frame.join(chosen, on="part_id", how="semi") if "part_id" in frame.columns else frame
        for name, frame in tables.items()
    }
    rows: list[dict[str, Any]] = []
    for number, window in enumerate(windows, start=1):
        if progress is not None:
            progress((number - 1) / len(windows), f"Window {number} of {len(windows)}")
        result = analyse_history(few, window, costs)
        parts = result.parts
        if part_id is not None:
            at_place = pl.col("place_id").is_in(["", place_id or ""])
            parts = parts.filter((pl.col("part_id") == part_id) & at_place)
        cycles = result.cycles.join(parts, on=["part_id", "place_id"], how="semi")
        rows.append(
            {"window": f"T{number}", "since": window.since, "until": window.until, **_row(parts, cycles, part_id)}
        )
    return pl.DataFrame(rows, schema=ROLLING_RESULTS.schema)


def windows_of(purchases: pl.DataFrame, sales: pl.DataFrame, months: int, step: int) -> list[Window]:
    """Windows of whole months, the last one ending with the extract's month; oldest first."""
    last = last_known_day(purchases, sales) + timedelta(days=1)
    end = last if last.day == 1 else months_before(last.replace(day=1), -1)
    first = purchases["ordered_on"].min()
    windows: list[Window] = []
    while isinstance(first, date):
        since = months_before(end, months)
        if since < first.replace(day=1) and windows:
            break
        windows.append(Window(since, end, end - timedelta(days=1)))
        end = months_before(end, step)
        if since < first.replace(day=1):
            break
    if not windows:
        raise NotEnoughData("There are no purchase lines to follow through time. Import purchases first.")
    return windows[::-1]


def _busiest_place(tables: Mapping[str, pl.DataFrame], part_id: str) -> str | None:
    """The place with most purchase lines of a part, so that all windows look at the same stock."""
    places = tables["purchases"].filter(pl.col("part_id") == part_id).drop_nulls("place_id").group_by("place_id").len()
    return str(places.sort("len", "place_id", descending=[True, False])["place_id"][0]) if places.height else None


def _companions(tables: Mapping[str, pl.DataFrame], part_id: str | None) -> pl.DataFrame:
    busy = tables["purchases"].group_by("part_id").len().sort("len", "part_id", descending=[True, False])
    if part_id is None:
        return busy.head(COMPANIONS).select("part_id")
    known = pl.concat([tables[name].select("part_id") for name in ("purchases", "sales", "parts")]).unique()
    if not known.filter(pl.col("part_id") == part_id).height:
        raise NotFound(f"There is no part {part_id!r} in this twin.")
    category = tables["parts"].filter(pl.col("part_id") == part_id)["category"]
    alike = busy
    if category.len() and category[0] is not None:
        alike = busy.join(tables["parts"].filter(pl.col("category") == category[0]), on="part_id", how="semi")
    others = (
        alike.select("part_id")
        .filter(pl.col("part_id") != part_id)
        .sample(fraction=1.0, shuffle=True, seed=1)
        .head(COMPANIONS)
    )
    return pl.concat([pl.DataFrame({"part_id": [part_id]}), others])


def _row(parts: pl.DataFrame, cycles: pl.DataFrame, part_id: str | None) -> dict[str, Any]:
    slips = cycles.filter(RECEIVED_AND_PROMISED)["slip_days"]
    punctual, received = int((slips <= 0).sum()), slips.len()
    done = cycles.filter(~pl.col("open") & pl.col("flag").is_null())
    row: dict[str, Any] = {
        "cycles": done.height,
        "sales_lines": int(parts["sales_lines"].sum()),
        "on_time": punctual / received if received else None,
        # Jeffreys limits of a share.
        "on_time_low": float(betaincinv(punctual + 0.5, received - punctual + 0.5, 0.025)) if received else None,
        "on_time_high": float(betaincinv(punctual + 0.5, received - punctual + 0.5, 0.975)) if received else None,
        "lead_time_median_days": done["lead_time_days"].median(),
    }
    if part_id is None:
        row["optimal_cover"] = float(parts["optimal_cover"].fill_null(0.0).sum())
        return row
    best = parts.sort("money_at_risk", descending=True, nulls_last=True).row(0, named=True) if parts.height else {}
    for name in ("optimal_cover", "late_risk"):
        for end in ("", "_low", "_high"):
            row[name + end] = best.get(name + end)
    return row
