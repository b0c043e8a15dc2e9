"""Seasons in one figure: availability and cost by month, closed weather, and the season of the cost of down time.

Made for assets that can be reached only in weather windows (a wind farm), where the option that wins may win in winter.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend
from spareverse.figures.style import LIGHT, Options
from spareverse.figures.warehouse.comparison import Comparison
from spareverse.network.study import HOURS_PER_MONTH, Study

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PANEL, _GAP = 150, 66


def seasons(periods: pl.DataFrame, study: Study, comparison: Comparison) -> Figure:
    """Availability and cost by month of the year, above the closed weather and the season of the cost of down time.

    Rows of PERIOD_RESULTS with periods of a month.
    """
    if periods.is_empty() or not np.isclose(study.period_h, HOURS_PER_MONTH, rtol=0.01):
        return not_enough(
            "seasons",
            "Seasons need results by month, and this study counts longer periods.",
            "Set the accounting period to one month and run the study again.",
        )
    monthly = _monthly(periods)
    names = [name for name in comparison.names if name in set(monthly["option"])]
    closed, price = _closed(study), _price(study)
    series: list[Options] = []
    for name in names:
        own = monthly.filter(pl.col("option") == name).sort("month")
        series += _availability(name, own, comparison)
    lowest = 100 * float(monthly["low"].min() or 0.0)  # type: ignore[arg-type]
    lost = {name: _lost(monthly.filter(pl.col("option") == name)) for name in names}
    unit = f"{comparison.currency}/year"
    key, room = legend([comparison.title(name) for name in names])
    first_top = room + 30
    cost_top = first_top + _PANEL + _GAP
    season_top = cost_top + 110 + _GAP
    for name in names:
        values = [style.rounded(value / comparison.years) for value in _of(monthly, name, "cost")]
        series.append(_columns(name, values, comparison, 1))
    series += _season(closed, price)
    picture = style.chart(
        series,
        legend=key,
        grid=[
            {"left": 64, "right": 60, "top": first_top, "height": _PANEL},
            {"left": 64, "right": 60, "top": cost_top, "height": 110},
            {"left": 64, "right": 60, "top": season_top, "height": 90},
        ],
        xAxis=[_months(panel) for panel in range(3)],
        yAxis=[
            style.axis(
                "value", "Availability, %", vertical=True, **_from(lowest)
            ),
            style.axis("value", f"Cost by month, {unit}", vertical=True, gridIndex=1, splitNumber=3),
            style.axis("value", "Weather closed, %", vertical=True, min=0, max=100, interval=50, gridIndex=2),
            style.axis(
                "value", "Hour down, factor", vertical=True, min=0, gridIndex=2, lines=False, splitNumber=2,
                position="right", nameTextStyle={"align": "right"},
            ),
        ],
    )  # fmt: skip
    title = _title(monthly, names, lost, comparison)
    note = "Band: 95 % interval of the mean. Months of all years together; weather and price as the study has them."
    return Figure("seasons", title, picture, monthly, note, season_top + 90 + 50)


def _monthly(periods: pl.DataFrame) -> pl.DataFrame:
    """Means by option and month; the interval of a mean of periods, taken as independent."""
    years = pl.len().sqrt()
    costs = [pl.col(name) for name in periods.columns if name.endswith("_cost") and name != "cumulative_cost"]
    half = (pl.col("availability_high") - pl.col("availability_low")).mean() / 2 / years
    return (
        periods.with_columns(month=(pl.col("period") - 1) % 12, cost=pl.sum_horizontal(costs))
        .group_by("option", "month")
        .agg(
            availability=pl.col("availability").mean(),
            low=pl.col("availability").mean() - half,
            high=pl.min_horizontal(pl.col("availability").mean() + half, 1.0),
            downtime=pl.col("downtime_cost").sum(),
            cost=pl.col("cost").sum(),
        )
        .sort("option", "month")
    )


def _from(lowest: float) -> Options:
    """Ends and steps of the availability axis, even and just below its lowest point."""
    step = next(step for step in (0.5, 1.0, 2.0, 5.0, 10.0, 25.0) if 100.0 - 5 * step <= lowest or step == 25.0)
    return {"min": max(step * float(np.floor(lowest / step)), 0.0), "max": 100, "interval": step}


def _of(monthly: pl.DataFrame, name: str, column: str) -> list[float]:
    return [float(value) for value in monthly.filter(pl.col("option") == name).sort("month")[column]]


def _closed(study: Study) -> NDArray[np.float64] | None:
    """Share of time the weather keeps people away, by month; None when the study has no weather."""
    access = study.access
    if access is None or not access.open_mean_h or not access.closed_mean_h:
        return None
    opened = np.resize(np.array(access.open_mean_h, dtype=float), 12)
    shut = np.resize(np.array(access.closed_mean_h, dtype=float), 12)
    share: NDArray[np.float64] = shut / (opened + shut)
    return share


def _price(study: Study) -> NDArray[np.float64] | None:
    season = study.economics.downtime_season
    return np.array(season, dtype=float) if season else None


def _availability(name: str, own: pl.DataFrame, comparison: Comparison) -> list[Options]:
    colour, at = comparison.colour(name), list(range(own.height))
    low, high = (100 * own["low"]).to_list(), (100 * own["high"]).to_list()
    data = [
        {"value": [month, style.rounded(100 * row["availability"])],
         "name": f"{comparison.title(name)}, {MONTHS[month]}\n"
         f"{numbers.measured(row['availability'], row['low'], row['high'], share=True)}"}
        for month, row in enumerate(own.to_dicts())
    ]  # fmt: skip
    mean = style.line(name, data, colour, name=comparison.title(name), showSymbol=True, symbolSize=6, silent=False)
    return [*style.band(f"{name}_band", at, low, high, colour), mean | {"symbol": "circle"}]


def _columns(name: str, values: list[float | None], comparison: Comparison, panel: int) -> Options:
    words = comparison.title(name)
    data = [
        {"value": value, "name": f"{words}, {MONTHS[month]}: {numbers.money(value, comparison.currency, 'year')}"}
        for month, value in enumerate(values)
    ]
    look = {"color": comparison.colour(name)}
    return {
        "id": f"{name}_cost",
        "type": "bar",
        "data": data,
        "itemStyle": look,
        "xAxisIndex": panel,
        "yAxisIndex": panel,
    }


def _season(closed: NDArray[np.float64] | None, price: NDArray[np.float64] | None) -> list[Options]:
    series: list[Options] = []
    axes: Options = {"xAxisIndex": 2, "yAxisIndex": 2}
    if closed is not None:
        data = [
            {
                "value": style.rounded(100 * share),
                "name": f"{MONTHS[month]}: closed {numbers.percent(share)} of the time",
            }
            for month, share in enumerate(closed)
        ]
        series.append({"id": "closed", "type": "bar", "data": data, "itemStyle": {"color": LIGHT.today}, **axes})
    if price is not None:
        points = [
            {"value": style.rounded(factor), "name": f"{MONTHS[month]}: an hour down costs {factor:.2f} times its mean"}
            for month, factor in enumerate(price)
        ]
        drawn = style.line("price", points, LIGHT.stock_out, showSymbol=True, symbolSize=7, silent=False)
        series.append(drawn | {"xAxisIndex": 2, "yAxisIndex": 3})
    return series


def _months(panel: int) -> Options:
    return style.axis(
        "category",
        data=list(MONTHS),
        gridIndex=panel,
        lines=False,
        axisLabel={"interval": 0},
        axisLine={"onZero": False},
    )


def _lost(own: pl.DataFrame) -> float:
    return float(own["cost"].sum())


def _title(monthly: pl.DataFrame, names: list[str], cost: dict[str, float], comparison: Comparison) -> str:
    """Which option wins, and what in the year makes it win."""
    best = min(names, key=lambda name: cost[name])
    up = {name: float(np.mean(_of(monthly, name, "availability"))) for name in names}
    text = f"{comparison.title(best)} costs least and keeps {numbers.percent(up[best])} of the assets up"
    rivals = [name for name in names if name != best]
    if not rivals:
        return text
    worst = min(rivals, key=lambda name: up[name])
    points = 100 * (up[best] - up[worst])
    idle = np.array(_of(monthly, worst, "downtime")) - np.array(_of(monthly, best, "downtime"))
    yearly = float(idle.sum()) / comparison.years
    if points < 0.05 or yearly <= 0:
        dearer = (cost[max(rivals, key=lambda name: cost[name])] - cost[best]) / comparison.years
        most = comparison.title(max(rivals, key=lambda name: cost[name]))
        return f"{text}; {most} costs {numbers.rough(dearer, f'{comparison.currency}/year')} more"
    months, share = _costliest(idle)
    loss = f"{numbers.digits(points, 2)} points of availability and"
    loss += f" {numbers.rough(float(f'{yearly:.2g}'), f'{comparison.currency}/year')} of down time"
    return f"{text}; {comparison.title(worst)} loses {loss}, {numbers.percent(share)} of it in {months}"


def _costliest(idle: NDArray[np.float64]) -> tuple[str, float]:
    """The half of the year, in a row, in which most is lost, and its share."""
    halves = [float(idle[np.arange(start, start + 6) % 12].sum()) for start in range(12)]
    start = int(np.argmax(halves))
    return f"{MONTHS[start]} to {MONTHS[(start + 5) % 12]}", min(halves[start] / float(idle.sum()), 1.0)
