"""Sales and purchases of one part on a common time line."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options

_MOST_SALES = 600
_MOST_PURCHASES = 60


def timeline(purchases: pl.DataFrame, sales: pl.DataFrame, until: date | None = None) -> Figure:
    """Sales as stems, below them each purchase as a bar from order to receipt; open ones run to ``until`` and on."""
    if purchases.is_empty() and sales.is_empty():
        return not_enough(
            "timeline", "Neither purchases nor sales of this part lie in the window.", "Widen the time window."
        )
    days = pl.concat([purchases["ordered_on"], purchases["received_on"], sales["ordered_on"]]).drop_nulls()
    latest = days.max()
    last = until if until is not None or not isinstance(latest, date) else latest
    if last is None:
        return not_enough("timeline", "No line of this part has a date.", "Import its order lines again, with dates.")
    demand = (
        sales.group_by("ordered_on").agg(pieces=pl.sum("quantity"), lines=pl.len()).sort("ordered_on").tail(_MOST_SALES)
    )
    shown = purchases.drop_nulls("ordered_on").sort("ordered_on").tail(_MOST_PURCHASES)
    rows = shown.with_row_index("row").to_dicts()
    height = max(60, min(14 * len(rows), 200))
    options = style.chart(
        [_stems(demand), *_bars(rows, last)],
        grid=[
            {"left": 52, "right": 24, "top": 34, "height": 110},
            {"left": 52, "right": 24, "top": 172, "height": height},
        ],
        xAxis=[_time(0, demand, rows, last), _time(1, demand, rows, last)],
        yAxis=[
            style.axis("value", "Sold, pieces a day", vertical=True, splitNumber=3),
            style.axis(
                "value",
                "Purchase lines, order to receipt",
                vertical=True,
                gridIndex=1,
                lines=False,
                inverse=True,
                nameLocation="start",
            )
            | {"min": -1, "max": len(rows), "axisLabel": {"show": False}},
        ],
    )
    data = pl.concat(
        [
            sales.select(
                pl.lit("sale").alias("what"), "ordered_on", pl.lit(None, pl.Date).alias("received_on"), "quantity"
            ),
            purchases.select(pl.lit("purchase").alias("what"), "ordered_on", "received_on", "quantity"),
        ]
    )
    return Figure(
        "timeline", _title(purchases, sales), options, data, _note(demand, sales, shown, purchases), height=206 + height
    )


def _stems(demand: pl.DataFrame) -> Options:
    data = []
    for row in demand.to_dicts():
        sold = f"{numbers.pieces(row['pieces'])} pieces in {numbers.count(row['lines'], 'line')}"
        value = [row["ordered_on"].isoformat(), style.rounded(row["pieces"])]
        data.append({"value": value, "name": f"{row['ordered_on']}\n{sold}"})
    return {
        "id": "sales",
        "type": "bar",
        "data": data,
        "barWidth": 2,
        "barMinHeight": 2,
        "itemStyle": {"color": LIGHT.holding},
    }


def _bars(rows: list[dict[str, Any]], last: date) -> list[Options]:
    """Each purchase is a two-point line; one series per state keeps the chart small."""
    series: list[Options] = []
    for state, colour in (("on time", LIGHT.early), ("late", LIGHT.late), ("open", LIGHT.today)):
        lines = [_segment(row, last) for row in rows if _state(row) == state]
        look = {
            "color": colour,
            "width": 5 if state != "open" else 2,
            "type": "solid" if state != "open" else [5, 3],
            "cap": "round",
        }
        mark = {
            "symbol": ["none", "none" if state != "open" else "arrow"],
            "symbolSize": 8,
            "data": lines,
            "lineStyle": look,
        }
        mark |= {"label": {"show": False}, "animation": False, "emphasis": {"disabled": True}}
        place = {"xAxisIndex": 1, "yAxisIndex": 1}
        series.append(
            {
                "id": state,
                "name": state,
                "type": "line",
                "data": [],
                "markLine": mark,
                "itemStyle": {"color": colour},
                **place,
            }
        )
    return series


def _state(row: dict[str, Any]) -> str:
    if row["received_on"] is None:
        return "open"
    return "late" if row["promised_on"] is not None and row["received_on"] > row["promised_on"] else "on time"


def _segment(row: dict[str, Any], last: date) -> list[Options]:
    end = row["received_on"] or max(last, row["ordered_on"])
    text = (
        f"Order {row['order_id'] or 'without number'}: {numbers.pieces(row['quantity'])} pieces\n"
        f"ordered {row['ordered_on']}, promised {row['promised_on'] or 'not'}, "
        + (f"received {row['received_on']}" if row["received_on"] else "still open")
    )
    return [
        {"coord": [row["ordered_on"].isoformat(), row["row"]], "name": text},
        {"coord": [end.isoformat(), row["row"]]},
    ]


def _time(panel: int, demand: pl.DataFrame, rows: list[dict[str, Any]], last: date) -> Options:
    starts = [row["ordered_on"] for row in rows] + demand["ordered_on"].to_list()
    look = {"show": panel == 1, "formatter": {"year": "{yyyy}", "month": "{yyyy}-{MM}", "day": "{MM}-{dd}"}}
    ends: dict[str, Any] = {"min": min(starts, default=last).isoformat(), "max": last.isoformat()}
    return style.axis("time", gridIndex=panel, lines=panel == 1, axisLabel=look, axisTick={"show": panel == 1}, **ends)


def _title(purchases: pl.DataFrame, sales: pl.DataFrame) -> str:
    still_open = purchases["received_on"].null_count()
    sold = numbers.pieces(float(sales["quantity"].sum()))
    bought = numbers.count(purchases.height, "purchase line")
    text = f"{sold} pieces sold in {numbers.count(sales.height, 'line')}, {bought}"
    return f"{text}, {still_open} of them open" if still_open else text


def _note(demand: pl.DataFrame, sales: pl.DataFrame, shown: pl.DataFrame, purchases: pl.DataFrame) -> str:
    text = "Purchases: teal received by the promise, amber after it, dashed still open."
    if shown.height < purchases.height:
        text += f" The most recent {shown.height} of {purchases.height} purchase lines are drawn."
    if demand.height == _MOST_SALES and demand["lines"].sum() < sales.height:
        text += f" The most recent {_MOST_SALES} days with sales are drawn."
    return text
