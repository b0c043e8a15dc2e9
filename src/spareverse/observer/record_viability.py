"""The viability map of a record: a point for every twelve months, on the measures a history can give.

Neither axis can be seen in order lines. What stands for them is named so: for coherence, service on time and how much
orders swing beyond demand; for homeostasis, the dispersion of lead times about their promise, how long overdue lines
take to be worked off, and exceptions. Such points show a direction; they are not to be held against simulated ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.agent_tables import LIMITS
from spareverse.observer.viability import Estimate, Point, point

Floats = NDArray[np.float64]
MONTHS = 12
REFERENCES: Mapping[str, float] = {
    "amplification": 4.0, "dispersion": 0.5, "recovery_days": 90.0, "exceptions": 0.2,
}  # fmt: skip
"""Value at which what stands for an axis is half lost: variance ratio, standard deviation of log(lead time / promised),
days, exceptions per receipt."""
COHERENCE_OF, HOMEOSTASIS_OF = ("service", "amplification"), ("dispersion", "recovery_days", "exceptions")
MONTH_DAYS, WEEKS_PER_YEAR, NORMAL, DRAWS = 365.25 / 12.0, 365.25 / 7.0, 1.96, 200
FEWEST_RECEIPTS = 30
"""Of a window; with fewer it is left out."""
_SEED = 7
_COLUMNS = (
    "receipts", "on_time", "exceptions", "lines", "lines_on_time", "log", "log_square", "ordered", "demanded",
    "overdue",
)  # fmt: skip


def record_points(tables: Mapping[str, pl.DataFrame], limits: pl.DataFrame | None = None) -> list[Point]:
    """Points of twelve months each, one a month, oldest first; none where the record is too short or too thin.

    ``tables``: as imported. ``limits``: schema LIMITS, of which those apply that a record can be held against.
    """
    months, sums = _by_month(tables)
    held = LIMITS.empty() if limits is None else limits
    weights = np.random.default_rng(_SEED).multinomial(MONTHS, np.full(MONTHS, 1.0 / MONTHS), DRAWS)
    found = []
    for end in range(MONTHS, len(months) + 1):
        window = sums[end - MONTHS : end]
        if window[:, _COLUMNS.index("receipts")].sum() < FEWEST_RECEIPTS:
            continue
        since, until = months[end - MONTHS], _last_day(months[end - 1])
        found.append(_point(window, weights.astype(np.float64), since, until, held))
    return found


def direction(viability: pl.DataFrame) -> dict[str, Estimate]:
    """Change of each axis from the twelve months before to the last twelve (schema VIABILITY); none without both.

    The two windows have no month in common, so their errors add up as independent ones.
    """
    past = viability.filter(pl.col("kind") == "past").sort("until")
    if past.height <= MONTHS:
        return {}
    before, now = past.row(-1 - MONTHS, named=True), past.row(-1, named=True)
    found = {}
    for axis in ("coherence", "homeostasis"):
        change = now[axis] - before[axis]
        half = float(np.hypot(*((one[f"{axis}_high"] - one[f"{axis}_low"]) / 2 for one in (before, now))))
        found[axis] = Estimate(change, change - half, change + half)
    return found


def _point(window: Floats, weights: Floats, since: date, until: date, limits: pl.DataFrame) -> Point:
    """``window`` [12, columns] sums by month, ``weights`` [draws, 12] months drawn again."""
    recovery = _recovery_days(window[:, _COLUMNS.index("overdue")])
    once = _figures(window, np.ones((1, MONTHS)), recovery)
    drawn = _figures(window, weights, recovery)
    axes = [_axis(once, names)[0] for names in (COHERENCE_OF, HOMEOSTASIS_OF)]
    spread = [_axis(drawn, names) for names in (COHERENCE_OF, HOMEOSTASIS_OF)]
    estimates = [_estimate(value, draws, most=1.0) for value, draws in zip(axes, spread, strict=True)]
    rows = [
        ("service_on_time", "share of lines", once["service"][0], drawn["service"]),
        ("exceptions_per_week", "1/week", once["count"][0] / WEEKS_PER_YEAR, drawn["count"] / WEEKS_PER_YEAR),
        ("purchases_cost", "currency/year", once["ordered"][0], drawn["ordered"]),
        ("lead_time_dispersion", "standard deviation of log", once["dispersion"][0], drawn["dispersion"]),
        ("order_amplification", "variance ratio", once["amplification"][0], drawn["amplification"]),
        ("recovery_days", "d", recovery, np.full(len(weights), recovery)),
    ]
    estimated = [(name, unit, _estimate(float(value), draws)) for name, unit, value, draws in rows]
    now = pl.DataFrame(
        [{"measure": name, "unit": unit, "value": one.value, "value_low": one.low, "value_high": one.high}
         for name, unit, one in estimated]
    )  # fmt: skip
    sides = pl.DataFrame({"measure": list(_SIDES), "side": list(_SIDES.values())})
    named = sides.join(limits.drop("side"), on="measure", how="left").select(LIMITS.names).cast(LIMITS.schema)
    basis = f"stand-ins of the record: {' and '.join(COHERENCE_OF)}; {', '.join(HOMEOSTASIS_OF)}".replace("_", " ")
    return point(
        f"{since:%Y-%m} to {until:%Y-%m}", "past", now, named, coherence=estimates[0], homeostasis=estimates[1],
        basis=basis, covariance=float(np.mean(spread[0] * spread[1]) - spread[0].mean() * spread[1].mean()),
        since=since, until=until,
    )  # fmt: skip


_SIDES = {
    "service_on_time": "service", "purchases_cost": "money", "exceptions_per_week": "workload",
    "lead_time_dispersion": "service", "order_amplification": "workload", "recovery_days": "service",
}  # fmt: skip


def _axis(figures: Mapping[str, Floats], names: tuple[str, ...]) -> Floats:
    """Geometric mean of the indices; service is one already."""
    indices = [figures[name] if name == "service" else 1.0 / (1.0 + figures[name] / REFERENCES[name]) for name in names]
    mean: Floats = np.exp(np.mean(np.log(np.maximum(indices, 1e-6)), axis=0))
    return mean


def _figures(window: Floats, weights: Floats, recovery: float) -> dict[str, Floats]:
    """Each figure for each row of weights [draws, 12]."""
    sums = weights @ window
    of = {name: sums[:, number] for number, name in enumerate(_COLUMNS)}
    promised_lines = of["lines"] > 0
    service = np.where(
        promised_lines, of["lines_on_time"] / np.maximum(of["lines"], 1.0), of["on_time"] / of["receipts"].clip(1.0)
    )
    receipts = of["receipts"].clip(1.0)
    variance = of["log_square"] / receipts - (of["log"] / receipts) ** 2
    return {
        "service": service,
        "amplification": _swing(window, weights, "ordered") / np.maximum(_swing(window, weights, "demanded"), 1e-3),
        "dispersion": np.sqrt(np.maximum(variance, 0.0)),
        "exceptions": of["exceptions"] / receipts,
        "recovery_days": np.full(len(weights), recovery),
        "count": of["exceptions"],
        "ordered": of["ordered"],
    }


def _swing(window: Floats, weights: Floats, name: str) -> Floats:
    """Squared coefficient of variation of a month, over the months as weighted."""
    values = window[:, _COLUMNS.index(name)]
    total = weights.sum(axis=1)
    mean = weights @ values / total
    square = weights @ values**2 / total
    swing: Floats = np.maximum(square - mean**2, 0.0) / np.maximum(mean**2, 1e-12)
    return swing


def _recovery_days(overdue: Floats) -> float:
    """Overdue lines beyond their median, over their peak beyond it: how long the largest pile takes to go."""
    beyond = np.maximum(overdue - np.median(overdue), 0.0)
    return float(MONTH_DAYS * beyond.sum() / beyond.max()) if beyond.max() > 0 else 0.0


def _estimate(value: float, draws: Floats, most: float | None = None) -> Estimate:
    half = NORMAL * float(draws.std()) * np.sqrt(MONTHS / (MONTHS - 1.0))
    high = value + half
    return Estimate(value, max(value - half, 0.0), high if most is None else min(high, most))


def _by_month(tables: Mapping[str, pl.DataFrame]) -> tuple[list[date], Floats]:
    """Whole months of the record and the sums of each [months, columns]."""
    purchases = tables["purchases"].filter(pl.col("ordered_on").is_not_null())
    if purchases.is_empty():
        return [], np.zeros((0, len(_COLUMNS)))
    receipts = purchases.filter(
        pl.col("received_on") >= pl.col("ordered_on"), pl.col("promised_on") > pl.col("ordered_on")
    )
    took, promised = ((pl.col(day) - pl.col("ordered_on")).dt.total_days() for day in ("received_on", "promised_on"))
    of_receipts = _monthly(
        receipts, "received_on",
        receipts=pl.len(),
        on_time=(pl.col("received_on") <= pl.col("promised_on")).sum(),
        exceptions=((pl.col("received_on") > pl.col("promised_on")) | (2 * took < promised)).sum(),
        log=((took + 1) / (promised + 1)).log().sum(),
        log_square=(((took + 1) / (promised + 1)).log() ** 2).sum(),
    )  # fmt: skip
    cost = purchases.group_by("part_id").agg(pl.col("unit_cost").mean().alias("cost"))
    value = pl.col("quantity") * pl.col("cost").fill_null(1.0)
    of_orders = _monthly(purchases.join(cost, on="part_id", how="left"), "ordered_on", ordered=value.sum())
    sales = tables["sales"]
    demand = sales if sales.height else tables["consumption"].rename({"issued_on": "ordered_on"})
    of_demand = _monthly(demand.join(cost, on="part_id", how="left"), "ordered_on", demanded=value.sum())
    delivered = sales.filter(pl.col("delivered_on").is_not_null(), pl.col("promised_on").is_not_null())
    met = pl.col("delivered_on") <= pl.col("promised_on")
    of_sales = _monthly(delivered, "delivered_on", lines=pl.len(), lines_on_time=met.sum())
    months = _months(purchases, demand)
    frame = pl.DataFrame({"month": months}, schema={"month": pl.Date})
    for one in (of_receipts, of_orders, of_demand, of_sales):
        frame = frame.join(one, on="month", how="left", maintain_order="left")
    frame = frame.with_columns(overdue=pl.Series(_overdue(receipts, months)))
    return months, frame.select(_COLUMNS).fill_null(0).cast(pl.Float64).to_numpy()


def _monthly(rows: pl.DataFrame, day: str, **sums: pl.Expr) -> pl.DataFrame:
    """Sums by the month of a day; column ``month`` is its first day."""
    return rows.group_by(pl.col(day).dt.truncate("1mo").alias("month")).agg(**sums)


def _months(purchases: pl.DataFrame, demand: pl.DataFrame) -> list[date]:
    """First days of the whole months between the first purchase and the last order of anybody."""
    first = purchases["ordered_on"].min()
    last = max(day for frame in (purchases, demand) if isinstance(day := frame["ordered_on"].max(), date))
    if not isinstance(first, date):
        return []
    days = pl.date_range(first.replace(day=1), last, "1mo", eager=True).to_list()
    return [day for day in days if day >= first - timedelta(days=3) and _last_day(day) <= last]


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _overdue(receipts: pl.DataFrame, months: list[date]) -> Floats:
    """Lines past their promise and not received at the end of each month; of lines that were received in the end."""
    late = receipts.filter(pl.col("received_on") > pl.col("promised_on"))
    promised, received = (np.sort(late[name].to_numpy()) for name in ("promised_on", "received_on"))
    ends = np.array([_last_day(month) for month in months], dtype="datetime64[D]")
    counted = np.searchsorted(promised, ends, "left") - np.searchsorted(received, ends, "right")
    return np.asarray(counted, np.float64)
