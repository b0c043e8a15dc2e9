"""The viability map: points of structural coherence and dynamic homeostasis, and how far each is from the limits.

The viable zone is what the user's limits on service, money and workload leave; nothing here is a threshold of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from spareverse.errors import Problem, UsageError
from spareverse.network.agent_tables import LIMITS
from spareverse.network.observer_tables import VIABILITY, VIABILITY_MEASURES
from spareverse.network.spelling import did_you_mean
from spareverse.observer.battery import UNDISTURBED
from spareverse.observer.workload import WORKLOAD
from spareverse.simulation.universe.measures import MEASURES, Measure, with_limits

YEAR_DAYS = 365.0
DEFAULT_SLACK = 0.1
"""Without limits of the user, a tenth worse than today is taken for the limit; that is a default, not a finding."""
SIDES: Mapping[str, str] = {
    "fill_rate": "service", "wait_days": "service", "total_cost": "money", "stock_value": "money",
    "purchases_cost": "money", "exceptions_per_week": "workload", "expedites_per_week": "workload",
}  # fmt: skip
"""Measures shown at every point, limited or not."""
DEFAULT_LIMITED = ("fill_rate", "total_cost", "stock_value", "exceptions_per_week")
LIMITABLE: Mapping[str, Measure] = {**MEASURES, **WORKLOAD}
GROWING = ("stock_value", "backorders", *WORKLOAD)
"""Quotients that are larger in a larger company."""
NO_SHARE = "A share is between 0 and 1.", "Write 95 % as 0.95."
"""What is wrong with a limit beyond it, and the remedy."""
SHARE = "share"
"""Unit of a margin, but for limits of 0."""
Kind = Literal["now", "scenario", "plan", "past"]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % limits; None where a single replication gives none."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Point:
    """A point of the map with its figures and margins."""

    row: Mapping[str, object]
    """Of schema VIABILITY."""
    measures: pl.DataFrame
    """Schema VIABILITY_MEASURES."""


def figures(series: pl.DataFrame, whole: float = 1.0) -> pl.DataFrame:
    """Columns measure, unit, value, value_low, value_high of the undisturbed runs of a battery, sums per year.

    ``whole``: how many times as many parts the company has; what grows with the parts is scaled up by it.
    """
    limits = with_limits(_of_replications(series, whole), ["measure", "unit"])
    return limits.select(
        "measure", "unit", pl.col("mean").alias("value"), pl.col("low").alias("value_low"),
        pl.col("high").alias("value_high"),
    )  # fmt: skip


def errors_beside(series: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Columns measure, below, above: 95 % limits of figures as multiples of today's, replications paired, as shares of
    the figures; today is no less sure than itself. Empty without two replications in common."""
    key = ["measure", "replication"]
    both = _of_replications(series).join(_of_replications(today), on=key, suffix="_today", maintain_order="left")
    own, of_today = (pl.col(name) / pl.col(name).mean().over("measure") for name in ("value", "value_today"))
    # the logarithm of a ratio of means moves as the difference of both in shares of them
    moves = both.with_columns((own - of_today).alias("value")).filter(pl.col("value").is_finite())
    limits = with_limits(moves, ["measure"])
    return limits.select("measure", pl.col("low").alias("below"), pl.col("high").alias("above")).drop_nulls()


def _of_replications(series: pl.DataFrame, whole: float = 1.0) -> pl.DataFrame:
    """measure, unit, replication, value."""
    own = series.filter(pl.col("scenario") == UNDISTURBED)
    days = float(own.group_by("period", maintain_order=True).agg(pl.col("days").first())["days"].sum())
    rows = []
    for name, measure in LIMITABLE.items():
        values = own.group_by("replication", maintain_order=True).agg(measure.value().cast(pl.Float64).alias("value"))
        a_year = YEAR_DAYS / days if measure.per is None else 1.0
        a_year *= whole if measure.per is None or name in GROWING else 1.0
        unit = f"{measure.unit}/year" if measure.per is None else measure.unit
        rows.append(values.with_columns(pl.col("value") * a_year, measure=pl.lit(name), unit=pl.lit(unit)))
    return pl.concat(rows)


def default_limits(now: pl.DataFrame) -> pl.DataFrame:
    """Schema LIMITS where the user has set none: a tenth worse than today.

    Budgets are none: runs keep to them already, and emergencies and stock without a budget draw on none.
    """
    today = dict(now.select("measure", "value").rows())
    rows: list[dict[str, object]] = []
    for name in DEFAULT_LIMITED:
        if not (value := today.get(name)):
            continue
        bound = "at_least" if LIMITABLE[name].better == "more" else "at_most"
        factor = 1.0 - DEFAULT_SLACK if bound == "at_least" else 1.0 + DEFAULT_SLACK
        rows.append({"measure": name, "side": SIDES[name], bound: value * factor})
    return pl.DataFrame(rows, schema=LIMITS.schema) if rows else LIMITS.empty()


def checked_limits(limits: pl.DataFrame) -> pl.DataFrame:
    """Schema LIMITS, each with its side; UsageError for a measure there is not, or a row that limits nothing."""
    problems = []
    for row in limits.iter_rows(named=True):
        name = str(row["measure"])
        if name not in LIMITABLE:
            hint = did_you_mean(name, tuple(LIMITABLE)).strip() or f"Measures: {', '.join(LIMITABLE)}."
            problems.append(Problem("There is no such measure.", hint, column="measure", value=name))
        elif row["at_least"] is None and row["at_most"] is None:
            problems.append(Problem("It limits nothing.", "Give at_least, at_most or both.", value=name))
        elif row["side"] is None and name not in SIDES:
            sides = ", ".join(LIMITS.column("side").choices)
            problems.append(Problem("It is not said what it is about.", f"Give side: {sides}.", value=name))
    if problems:
        raise UsageError("The limits of the viable zone cannot be used.", problems)
    side = pl.coalesce("side", pl.col("measure").replace_strict(dict(SIDES), default=None))
    return limits.select(LIMITS.names).cast(LIMITS.schema).with_columns(side)


def beyond_shares(row: Mapping[str, object]) -> str | None:
    """The column of LIMITS in which a row limits a share to what no share can be, as 95 for 95 %; None: in none."""
    if not LIMITABLE[str(row["measure"])].unit.startswith("share"):
        return None
    ends = {name: row[name] for name in ("at_least", "at_most")}
    return next((name for name, end in ends.items() if isinstance(end, float) and not 0.0 <= end <= 1.0), None)


def point(
    name: str, kind: Kind, now: pl.DataFrame, limits: pl.DataFrame, *, coherence: Estimate | None,
    homeostasis: Estimate | None, basis: str, covariance: float = 0.0, since: date | None = None,
    until: date | None = None, beside: pl.DataFrame | None = None,
) -> Point:  # fmt: skip
    """One point. ``now``: its ``figures``; the axes are estimated from runs of their own, so their covariance is 0.

    ``beside``: the limits are ``default_limits`` of today, and these the ``errors_beside`` it: today is a tenth inside
    them however well its figures are known, and no point is called inside or outside of what nobody has set.
    """
    measures = _margins(name, now, limits, beside)
    bounded = measures.filter(pl.col("margin").is_not_null())
    least = bounded.sort("margin").head(1).row(0, named=True) if bounded.height else None
    row: dict[str, object] = {"point": name, "kind": kind, "since": since, "until": until, "basis": basis}
    for axis, estimate in (("coherence", coherence), ("homeostasis", homeostasis)):
        if estimate is not None:
            row |= {axis: estimate.value, f"{axis}_low": estimate.low, f"{axis}_high": estimate.high}
    if coherence is not None and homeostasis is not None:
        row["covariance"] = covariance
    if least is not None:
        # each margin has its own interval; the least one lies between the least of both ends
        low, high = bounded["margin_low"].min(), bounded["margin_high"].min()
        beyond = bounded.filter(pl.col("margin_high") < 0).sort("margin")["measure"]
        # where nobody has set limits, nothing is inside or outside of them
        row |= {"viable": "default" if beside is not None else _verdict(low, high), "beyond": ", ".join(beyond) or None}
        alike = bounded.filter(pl.col("margin_unit") == least["margin_unit"])
        low, high = alike["margin_low"].min(), alike["margin_high"].min()
        row |= {name: least[name] for name in ("margin", "margin_unit")} | {"margin_low": low, "margin_high": high}
    return Point(row, measures)


def _verdict(low: object, high: object) -> str:
    if isinstance(low, float) and low >= 0:
        return "yes"
    return "no" if isinstance(high, float) and high < 0 else "unsure"


def _margins(name: str, now: pl.DataFrame, limits: pl.DataFrame, beside: pl.DataFrame | None = None) -> pl.DataFrame:
    shown = now.filter(pl.col("measure").is_in([*SIDES, *limits["measure"]]))
    rows = shown.join(limits, on="measure", how="left", maintain_order="left").with_columns(
        point=pl.lit(name), side=pl.coalesce("side", pl.col("measure").replace_strict(dict(SIDES), default=None))
    )
    least, most = pl.col("value_low"), pl.col("value_high")
    if beside is not None:
        rows = rows.join(beside, on="measure", how="left", maintain_order="left")
        ends = (pl.col("value") * (1.0 + pl.col(name)) for name in ("below", "above"))
        least, most = (pl.coalesce(end, known) for end, known in zip(ends, (least, most), strict=True))
    # the worse end of the value gives the lower end of the margin
    low = pl.min_horizontal(_above(least), _below(most))
    high = pl.min_horizontal(_above(most), _below(least))
    value = pl.col("value")
    middle = pl.min_horizontal(_above(value), _below(value))
    # nothing is a share of a limit of 0: what is beyond it is told in the unit of the measure
    of_zero = ((pl.col("at_least") == 0) & (middle == value)) | ((pl.col("at_most") == 0) & (middle == -value))
    unit = pl.when(middle.is_not_null()).then(pl.when(of_zero).then("unit").otherwise(pl.lit(SHARE)))
    table = rows.with_columns(margin=middle, margin_low=low, margin_high=high, margin_unit=unit)
    return table.select(VIABILITY_MEASURES.names).cast(VIABILITY_MEASURES.schema)


def _above(value: pl.Expr) -> pl.Expr:
    limit = pl.col("at_least")
    return pl.when(limit != 0).then((value - limit) / limit.abs()).otherwise(value - limit)


def _below(value: pl.Expr) -> pl.Expr:
    limit = pl.col("at_most")
    return pl.when(limit != 0).then((limit - value) / limit.abs()).otherwise(limit - value)


def viability_tables(points: list[Point]) -> dict[str, pl.DataFrame]:
    """``viability`` and ``viability_measures`` of points in order."""
    rows = [{column: one.row.get(column) for column in VIABILITY.names} for one in points]
    table = pl.DataFrame(rows, schema=VIABILITY.schema) if rows else VIABILITY.empty()
    measures = [one.measures for one in points if one.measures.height]
    return {
        VIABILITY.name: table,
        VIABILITY_MEASURES.name: pl.concat(measures) if measures else VIABILITY_MEASURES.empty(),
    }


def centre(viability: pl.DataFrame) -> str | None:
    """The point with the largest distance to the limits, as far as they are known; None without limits."""
    known = viability.filter(pl.col("margin").is_not_null(), pl.col("kind") != "past")
    return str(known.sort("margin", descending=True)["point"][0]) if known.height else None
