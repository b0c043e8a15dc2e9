"""Why customers waited: the causes stacked over time by both ledgers, down to entity, part, place or customer."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from spareverse.errors import Problem, UsageError
from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend, plain
from spareverse.figures.style import LIGHT, Options
from spareverse.network.sums import steady_sum

SECONDS_PER_DAY = 86400.0
MOST_SHADES = 8
"""Further ones are put together as 'other'."""
LEVELS = {"cause": "cause", "entity": "entity_id", "part": "part_id", "place": "place_id", "customer": "customer_id"}
"""Level of the stack -> column of CAUSE_TABLE."""
LEDGERS = {
    "timeline": "Timeline: what was happening while customers waited, piece-days",
    "critical": "Critical path: what the delay came from, piece-days",
}
CAUSE_COLOURS = {
    "not ordered": LIGHT.age1,
    "cover here": LIGHT.proposed,
    "cover above": LIGHT.age3,
    "budget": LIGHT.investment,
    "capacity queue": LIGHT.late,
    "disruption": LIGHT.stock_out,
    "lead time in plan": LIGHT.parts,
    "lead time beyond plan": LIGHT.holding,
    "in stock above": LIGHT.early,
    "transport queue": LIGHT.transport,
    "link closed": LIGHT.option6,
    "transport in plan": LIGHT.ordering,
    "transport beyond plan": LIGHT.scrap,
    "quality hold": LIGHT.fee,
}
OTHER = "other"
_PANEL, _GAP = 168, 46


@dataclass(frozen=True)
class Drill:
    """What is stacked (a key of LEVELS), among the waits of these values; empty text: all."""

    by: str = "cause"
    cause: str = ""
    entity: str = ""
    part: str = ""
    place: str = ""
    customer: str = ""

    def __post_init__(self) -> None:
        if self.by not in LEVELS:
            problem = Problem("unknown level", f"Use one of {', '.join(LEVELS)}.", value=self.by)
            raise UsageError(f"Causes of waiting cannot be stacked by {self.by!r}.", [problem])

    def among(self, causes: pl.DataFrame) -> pl.DataFrame:
        """The rows it asks for."""
        wanted = [pl.col(column) == value for level, column in LEVELS.items() if (value := getattr(self, level))]
        return causes.filter(*wanted) if wanted else causes

    def words(self) -> str:
        """`` of supplier X, at place Y`` for the title."""
        held = [getattr(self, level) for level in LEVELS if getattr(self, level)]
        return f" ({', '.join(held)})" if held else ""


def cause_stack(
    causes: pl.DataFrame, scenario: str, period_days: float, drill: Drill | None = None, start_day: float = 0.0
) -> Figure:
    """Waits of one scenario by the period they ended in; the timeline above, the critical path below. CAUSE_TABLE.

    ``start_day``: day of the run on which the first period begins.
    """
    drill = drill or Drill()
    column = LEVELS[drill.by]
    own = drill.among(causes.filter(pl.col("scenario") == scenario))
    own = own.filter((pl.col("timeline_seconds").fill_null(0) > 0) | (pl.col("critical_seconds").fill_null(0) > 0))
    if own.is_empty():
        remedy = "Choose another scenario or a wider selection." if causes.height else "Simulate with causes on."
        return not_enough("causes", f"Nobody waited{drill.words()}, so there are no causes to show.", remedy)
    key = pl.col(column).replace("", None).fill_null("nobody in particular" if drill.by == "customer" else "unknown")
    summed = own.group_by("period", key.alias("key")).agg(
        pl.col("timeline_seconds").sum().alias("timeline"), pl.col("critical_seconds").sum().alias("critical")
    )
    weight = summed.group_by("key").agg((pl.col("timeline") + pl.col("critical")).sum().alias("weight"))
    shown = weight.sort("weight", "key", descending=[True, False])["key"].head(MOST_SHADES).to_list()
    if weight.height > len(shown):
        summed = summed.with_columns(
            pl.when(pl.col("key").is_in(shown)).then("key").otherwise(pl.lit(OTHER)).alias("key")
        )
        summed = summed.group_by("period", "key").agg(pl.col("timeline", "critical").sum())
        shown.append(OTHER)
    summed = summed.with_columns(pl.col("timeline", "critical") / SECONDS_PER_DAY)  # whole seconds add up exactly
    last = own["period"].max()
    periods = range(1 + (last if isinstance(last, int) else 0))
    begins = [start_day + period * period_days for period in periods]
    key_box, top = legend([plain(name) for name in shown])
    tops = [top + 28, top + 28 + _PANEL + _GAP]
    picture = style.chart(
        [
            _bars(summed, name, shade, ledger, at, begins)
            for at, ledger in enumerate(LEDGERS)
            for name, shade in zip(shown, _shades(drill, shown), strict=True)
        ],
        legend=key_box,
        grid=[{"left": 62, "right": 20, "top": place, "height": _PANEL} for place in tops],
        xAxis=[style.axis("category", "First day of the period" if at else "", gridIndex=at, lines=False,
                          data=[numbers.whole(day) for day in begins], axisLabel={"show": at == 1})
               for at in range(2)],
        yAxis=[style.axis("value", words, vertical=True, gridIndex=at, min=0, splitNumber=4,
                          nameTextStyle={"padding": [0, 0, 0, -52]}) for at, words in enumerate(LEDGERS.values())],
    )  # fmt: skip
    note = "Both ledgers add up to the same waiting: nothing is charged twice, nothing is left out."
    data = summed.sort("period", "key").rename({"key": drill.by})
    return Figure("causes", _title(summed, drill), picture, data, note, tops[1] + _PANEL + 54)


def _shades(drill: Drill, shown: list[str]) -> list[str]:
    if drill.by == "cause":
        return [CAUSE_COLOURS.get(name, LIGHT.muted) for name in shown]
    return [LIGHT.today if name == OTHER else LIGHT.options[at % len(LIGHT.options)] for at, name in enumerate(shown)]


def _bars(summed: pl.DataFrame, name: str, shade: str, ledger: str, at: int, begins: list[float]) -> Options:
    own = summed.filter(pl.col("key") == name)
    found = dict(zip(own["period"], own[ledger], strict=True))
    data = [
        {"value": style.rounded(found.get(period, 0.0)),
         "name": f"{name}\n{numbers.digits(found.get(period, 0.0))} piece-days, from day {begin:.0f}"}
        for period, begin in enumerate(begins)
    ]  # fmt: skip
    return {"id": f"{ledger} {name}", "name": plain(name), "type": "bar", "stack": ledger, "data": data,
            "xAxisIndex": at, "yAxisIndex": at, "barMaxWidth": 34, "itemStyle": {"color": shade}}  # fmt: skip


def _title(summed: pl.DataFrame, drill: Drill) -> str:
    total = summed.group_by("key").agg(steady_sum(pl.col("timeline", "critical")))
    total = total.sort("critical", "timeline", "key", descending=[True, True, False])
    whole = float(total["critical"].sum()) or float(total["timeline"].sum())
    named = total.filter(pl.col("key") != OTHER)
    first = (named if named.height else total).row(0, named=True)
    share = numbers.percent((first["critical"] or first["timeline"]) / whole) if whole else numbers.EMPTY
    waited = f"{numbers.digits(float(total['timeline'].sum()))} piece-days of waiting{drill.words()}"
    return f"{share} of {waited} came from {first['key']}"
