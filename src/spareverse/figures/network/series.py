"""How a place or a link fares over time: stock, waiting and service per period, with the spread over the runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend, plain
from spareverse.figures.network.diagram import Diagram
from spareverse.figures.network.scenarios import Scenarios, spread
from spareverse.figures.style import LIGHT, Options
from spareverse.network.network import Network

_PANEL, _GAP = 118, 44
NO_RUN = "Simulate the network: it takes seconds to minutes."


@dataclass(frozen=True)
class _Panel:
    name: str
    axis: str
    value: pl.Expr
    share: bool = False


PANELS = (
    _Panel("stock", "Stock on hand, pieces", pl.col("on_hand_piece_days") / pl.col("days")),
    _Panel("waiting", "Waiting customers, pieces", pl.col("waiting_piece_days") / pl.col("days")),
    _Panel("filled", "Demands met at once, %", 100 * pl.col("filled") / pl.col("demands"), share=True),
)


def place_series(network: Network, series: pl.DataFrame, scenarios: Scenarios, place_id: str | None = None) -> Figure:
    """Rows of SERIES of one place, or of all together; a line per scenario, its band the runs between 5 and 95 %."""
    name = "place-series"
    own = series if place_id is None else series.filter(pl.col("place_id") == place_id)
    if own.is_empty():
        what = "The network" if place_id is None else place_id
        return not_enough(name, f"{what} has not been simulated yet, so there is no course to follow.", NO_RUN)
    counts = ("on_hand_piece_days", "waiting_piece_days", "filled", "demands", "pieces_lost")
    runs = own.group_by("scenario", "replication", "period", maintain_order=True).agg(
        pl.col("start_day").first(), *(pl.col(count).sum() for count in counts)
    )
    runs = runs.with_columns(_days_of_period(network).alias("days"))
    top, drawn = _key(scenarios), []
    for at, panel in enumerate(PANELS):
        for scenario in scenarios.names:
            drawn += _line(at, panel, runs.filter(pl.col("scenario") == scenario), scenario, scenarios)
    tops = [top + at * (_PANEL + _GAP) for at in range(len(PANELS))]
    picture = style.chart(
        drawn,
        grid=[{"left": 58, "right": 24, "top": place, "height": _PANEL} for place in tops],
        xAxis=[_days(at, at == len(PANELS) - 1, runs["start_day"]) for at in range(len(PANELS))],
        yAxis=[style.axis("value", panel.axis, vertical=True, gridIndex=at, **_ends(panel, drawn, at),
                          nameTextStyle={"padding": [0, 0, 0, -48]}) for at, panel in enumerate(PANELS)],
    )  # fmt: skip
    if len(scenarios.names) > 1:
        picture["legend"] = legend([plain(scenarios.title(one)) for one in scenarios.names])[0]
    shown = _name(network, place_id)
    note = "Line: mean of the runs; band: the runs between 5 and 95 %."
    data = runs.sort("scenario", "replication", "period").drop("days")
    return Figure(name, _title(runs, scenarios, shown), picture, data, note, tops[-1] + _PANEL + 52)


def _ends(panel: _Panel, drawn: list[Options], at: int) -> Options:
    """Ends of a vertical axis; shares near 100 % are seen from the ten below the lowest run."""
    if not panel.share:
        return {"min": 0, "splitNumber": 3}
    lows = [one["data"] for one in drawn if one["yAxisIndex"] == at and one["id"].endswith("_low")]
    lowest = min((pair[1] for data in lows for pair in data), default=0.0)
    start = min(10.0 * (lowest // 10.0), 90.0)
    return {"min": start, "max": 100, "interval": (100.0 - start) / 2}


def _days_of_period(network: Network) -> pl.Expr:
    """Length of each period; the last one ends with the run."""
    length = float(network.setting("period_days"))
    horizon = float(network.setting("horizon_days"))
    last = max(int(np.ceil(horizon / length - 1e-9)) - 1, 0)
    return pl.when(pl.col("period") == last).then(horizon - last * length).otherwise(length)


def _key(scenarios: Scenarios) -> int:
    if len(scenarios.names) < 2:
        return 30
    return 26 + legend([plain(scenarios.title(one)) for one in scenarios.names])[1]


def _line(at: int, panel: _Panel, runs: pl.DataFrame, scenario: str, scenarios: Scenarios) -> list[Options]:
    valued = runs.select("start_day", panel.value.alias("value")).filter(pl.col("value").is_finite())
    found = spread(valued, "value", "start_day")
    if found.is_empty():
        return []
    x, colour = found["start_day"].to_list(), scenarios.colour(scenario)
    axes: Options = {"xAxisIndex": at, "yAxisIndex": at}
    texts = [
        f"{scenarios.title(scenario)}, day {numbers.whole(row['start_day'])}\n{panel.axis.split(',')[0]}: "
        f"{numbers.measured(row['mean'], row['low'], row['high'])}"
        for row in found.iter_rows(named=True)
    ]
    id_ = f"{scenario} {panel.name}"
    band = style.band(id_, x, found["low"].to_list(), found["high"].to_list(), colour, **axes)
    line = style.line(id_, style.points(x, found["mean"].to_list()), colour, **axes)
    dots = [{"value": pair, "name": text} for pair, text in zip(line["data"], texts, strict=True)]
    hidden = {"id": f"{id_} hover", "type": "scatter", "data": dots, "symbolSize": 9, **axes}
    named = {**line, "name": plain(scenarios.title(scenario))}
    return [
        *band,
        named,
        {**hidden, "itemStyle": {"color": colour, "opacity": 0}, "emphasis": {"itemStyle": {"opacity": 1}}},
    ]


def _days(at: int, last: bool, start_days: pl.Series) -> Options:
    """From the first period that counts on."""
    days = start_days.to_numpy()
    first = float(np.floor(days.min()))
    ends: Options = {"min": first, "max": max(float(np.ceil(days.max())), first + 1.0)}
    return style.axis("value", "Day of the run" if last else "", gridIndex=at, lines=False,
                      axisLabel={"show": last, "showMaxLabel": False}, **ends)  # fmt: skip


def _name(network: Network, place_id: str | None) -> str:
    if place_id is None:
        return "the whole network"
    found = network["places"].filter(pl.col("place_id") == place_id)["name"].drop_nulls()
    return str(found[0]) if len(found) and found[0] else place_id


def _title(runs: pl.DataFrame, scenarios: Scenarios, shown: str) -> str:
    share = runs.group_by("scenario").agg((pl.col("filled").sum() / pl.col("demands").sum()).alias("share"))
    found = dict(zip(share["scenario"], share["share"], strict=True))
    first = scenarios.names[0]
    if len(scenarios.names) == 1 or found.get(first) is None:
        return f"{shown[:1].upper()}{shown[1:]} meets {numbers.percent(found.get(first))} of its demands at once"
    worst = min(scenarios.names[1:], key=lambda one: found.get(one) or 1.0)
    return (
        f"{shown[:1].upper()}{shown[1:]} meets {numbers.percent(found[first])} of its demands at once"
        f" ({scenarios.title(first)}), {numbers.percent(found.get(worst))} with {scenarios.title(worst)}"
    )


def link_series(network: Network, events: pl.DataFrame, scenarios: Scenarios, link_id: str) -> Figure:
    """Pieces that leave over one link per period, in the recorded run of each scenario; rows of EVENTS."""
    diagram = Diagram.of(network)
    drawn = diagram.links.with_row_index("link").filter(pl.col("link_id") == link_id)
    begin = float(network.setting("warm_up_days"))
    counted = events.filter(pl.col("day") >= begin)
    moved = counted.with_columns(diagram.link_of(counted)).filter(pl.col("link").is_in(drawn["link"].to_list()))
    left = moved.filter(pl.col("kind") == "shipment")
    left = left if left.height else moved.filter(pl.col("kind").is_in(["delivery", "transfer"]))
    if left.is_empty():
        remedy = "Choose another link." if events.height else "Simulate with the event record on."
        return not_enough("link-series", f"Nothing travelled over {link_id} in a recorded run.", remedy)
    length = float(network.setting("period_days"))
    periods = int(np.ceil(float(network.setting("horizon_days")) / length - 1e-9))
    begins = [begin + period * length for period in range(periods)]
    summed = left.group_by("scenario", ((pl.col("day") - begin) // length).cast(pl.Int64).alias("period")).agg(
        pl.col("quantity").sum().alias("pieces"), pl.col("days").mean()
    )
    bars = [_bars(summed.filter(pl.col("scenario") == one), one, scenarios, begins) for one in scenarios.names]
    picture = style.chart(
        bars,
        grid=style.grid(top=_key(scenarios) + 6),
        xAxis=style.axis(
            "category", "First day of the period", lines=False, data=[numbers.whole(day) for day in begins]
        ),
        yAxis=style.axis("value", "Pieces per period", vertical=True, min=0),
    )
    if len(scenarios.names) > 1:
        picture["legend"] = legend([plain(scenarios.title(one)) for one in scenarios.names])[0]
    row = drawn.row(0, named=True)
    named = diagram.named()
    days = left["days"].mean()
    told = f", {numbers.digits(days)} days under way" if isinstance(days, float) else ""
    total = numbers.count(float(left["quantity"].sum()) / left["scenario"].n_unique(), "piece")
    title = f"{named[row['from_id']]} sends {named[row['to_id']]} {total} in one run{told}"
    note = "Counted in the one run of each scenario whose events were recorded."
    return Figure("link-series", title, picture, summed.sort("scenario", "period"), note, 320)


def _bars(own: pl.DataFrame, scenario: str, scenarios: Scenarios, begins: list[float]) -> Options:
    found = dict(zip(own["period"], own["pieces"], strict=True))
    data = [
        {"value": found.get(p, 0), "name": f"{scenarios.title(scenario)}, from day {begin:.0f}: "
         f"{numbers.count(found.get(p, 0), 'piece')}"} for p, begin in enumerate(begins)
    ]  # fmt: skip
    return {"id": scenario, "name": plain(scenarios.title(scenario)), "type": "bar", "data": data,
            "itemStyle": {"color": scenarios.colour(scenario) if len(scenarios.names) > 1 else LIGHT.data}}  # fmt: skip
