"""Which models forecast which kind of demand."""

from __future__ import annotations

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import legend, room
from spareverse.figures.plan.policies import class_order
from spareverse.figures.style import LIGHT, Options

_ROW = 30
MOST_MODELS = 6
"""Models drawn by themselves; the rarer ones are one bar."""
OTHERS = "other models"


def model_shares(demand: pl.DataFrame) -> Figure:
    """Share of the parts of each demand class that each model forecasts; rows of DEMAND_RESULTS."""
    known = demand.select("demand_class", "model").drop_nulls()
    if known.is_empty():
        return not_enough("models", "No demand model has been chosen yet.", "Make a plan from the imported history.")
    counted = known.group_by("demand_class", "model").len()
    classes = sorted(counted["demand_class"].unique(), key=class_order)
    ranked = counted.group_by("model").agg(pl.col("len").sum()).sort("len", "model", descending=[True, False])
    models = ranked["model"].head(MOST_MODELS).to_list()
    if ranked.height > MOST_MODELS:
        rare = pl.when(pl.col("model").is_in(models)).then("model").otherwise(pl.lit(OTHERS)).alias("model")
        counted = counted.with_columns(rare).group_by("demand_class", "model").agg(pl.col("len").sum())
        models = [*models, OTHERS]
    sizes = dict(counted.group_by("demand_class").agg(pl.col("len").sum()).iter_rows())
    found = {(label, model): count for label, model, count in counted.iter_rows()}
    series = [
        _bar(model, LIGHT.today if model == OTHERS else LIGHT.options[place], classes, found, sizes)
        for place, model in enumerate(models)
    ]
    labels = [f"{label.capitalize()} ({numbers.whole(sizes[label])})" for label in classes]
    key, top = legend([words(model) for model in models])
    picture = style.chart(
        series,
        legend=key,
        grid={"left": room(labels), "right": 30, "top": top, "height": _ROW * len(classes)},
        xAxis=style.axis("value", "Share of the parts, %", min=0, max=100),
        yAxis=style.axis("category", data=labels, inverse=True, lines=False, axisLabel={"interval": 0}),
    )
    first = ranked.row(0)
    title = f"{words(first[0])} forecasts {numbers.percent(first[1] / known.height)} of the parts"
    never = sizes.get("never moved", 0)
    title += f"; {numbers.count(never, 'part')} never moved and borrow from their group" if never else ""
    note = "Chosen per part by a proper score over rolling origins, never by the error within the fit."
    return Figure("models", title, picture, counted, note, top + 60 + _ROW * len(classes))


def words(model: str) -> str:
    """The model as a legend names it; abbreviations stay as they are."""
    return model[:1].upper() + model[1:].replace("_", " ")


def _bar(
    model: str, shade: str, classes: list[str], found: dict[tuple[str, str], int], sizes: dict[str, int]
) -> Options:
    data = []
    for label in classes:
        count = found.get((label, model), 0)
        share = count / sizes[label]
        text = f"{words(model)}: {numbers.count(count, 'part')} of {label}, {numbers.percent(share)}"
        data.append({"value": style.rounded(100 * share), "name": text})
    look = {"color": shade}
    return {"id": model, "name": words(model), "type": "bar", "stack": "share", "barWidth": 16, "data": data,
            "itemStyle": look}  # fmt: skip
