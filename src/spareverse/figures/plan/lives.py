"""How long parts live and what a fleet will need: survival with its band, and forecasts beside what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.style import LIGHT, Options
from spareverse.statistics.lives import LifeFit, Lives, ParameterDraws, accumulated_hazard

Floats = NDArray[np.float64]

_POINTS = 61


def life_figure(
    lives: Lives, fit: LifeFit, draws: ParameterDraws, *, unit: str = "h", ignoring: LifeFit | None = None
) -> Figure:
    """Share still at work by age: Kaplan-Meier with delayed entry as steps, the Weibull as a line with its 95 % band.

    ``ignoring`` is a fit that leaves censoring or truncation out, drawn dashed. ``unit`` is that of the ages.
    """
    if not lives.failures:
        return not_enough(
            "life", "No unit has failed yet.", "Wait for failures, or look at the group of similar parts."
        )
    ages, share, at_risk = kaplan_meier(lives)
    grid = np.linspace(0.0, float(lives.exit.max()), _POINTS)
    curves = np.exp(-((grid / draws.scale[:, None]) ** draws.shape[:, None]))
    low, high = np.quantile(curves, (0.025, 0.975), axis=0)
    own = np.exp(-((grid / fit.scale.value) ** fit.shape.value))
    texts = [
        f"{numbers.digits(age)} {unit}\n{numbers.percent_interval(x, a, b)} still at work"
        for age, x, a, b in zip(grid, own, low, high, strict=True)
    ]
    series = [
        style.hover_series(grid, own, texts),
        *style.band("band", grid, low, high, LIGHT.holding),
        style.line("observed", style.points(ages, share), LIGHT.today, name="observed", step="end"),
        style.line("fit", style.points(grid, own), LIGHT.holding, name="Weibull"),
    ]
    names = ["observed", "Weibull"]
    if ignoring is not None:
        wrong = np.exp(-((grid / ignoring.scale.value) ** ignoring.shape.value))
        names.append("Weibull of failed units alone")
        look = {"lineStyle": {"color": LIGHT.stock_out, "width": 2, "type": "dashed"}}
        series.append(style.line("ignoring", style.points(grid, wrong), LIGHT.stock_out, name=names[-1]) | look)
    options = style.chart(
        series,
        hover="axis",
        legend=style.legend(names),
        grid=style.grid(top=34),
        xAxis=style.axis("value", f"Age since installation, {unit}", lines=False, min=0),
        yAxis=style.axis("value", "Share still at work", vertical=True, min=0, max=1),
    )
    data = pl.DataFrame({"age": ages, "share_at_work": share, "at_risk": at_risk})
    return Figure("life", _life_title(fit, unit), options, data, _life_note(fit), height=360)


def kaplan_meier(lives: Lives) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Ages of failures, share still at work after each, and units at risk at it; delayed entry counted.

    Product-limit estimate (Kaplan & Meier 1958; with delayed entry Lynden-Bell 1971). Where all early risk sets are
    tiny the share is that of the units seen, which the at-risk numbers show.
    """
    ages, failures = np.unique(lives.exit[lives.failed], return_counts=True)
    entered = np.searchsorted(np.sort(lives.entry), ages, side="left")
    left = np.searchsorted(np.sort(lives.exit), ages, side="left")
    at_risk = (entered - left).astype(np.int64)
    share = np.cumprod(1.0 - np.minimum(failures / np.maximum(at_risk, 1), 1.0))
    return np.concatenate([[0.0], ages]), np.concatenate([[1.0], share]), np.concatenate([at_risk[:1], at_risk])


def hazard_figure(lives: Lives, fit: LifeFit, draws: ParameterDraws, *, unit: str = "h", pieces: int = 10) -> Figure:
    """Failures per 1,000 units of work by age: observed in classes of age with limits, the Weibull's with its band."""
    if not lives.failures:
        return not_enough(
            "hazard", "No unit has failed yet.", "Wait for failures, or look at the group of similar parts."
        )
    edges = np.linspace(0.0, float(lives.exit.max()), pieces + 1)
    failures = np.histogram(lives.exit[lives.failed], edges)[0]
    worked = np.array(
        [np.clip(np.minimum(lives.exit, b) - np.maximum(lives.entry, a), 0.0, None).sum() for a, b in _pairs(edges)]
    )
    kept = worked > 0
    rate = 1000.0 * failures[kept] / worked[kept]
    error = 1.96 * 1000.0 * np.sqrt(np.maximum(failures[kept], 1)) / worked[kept]
    middle = 0.5 * (edges[1:] + edges[:-1])[kept]
    grid = np.linspace(edges[1] / 10, edges[-1], _POINTS)
    step = grid * 1e-3
    curves = np.stack(
        [1000.0 * accumulated_hazard(k, s, grid - step, grid + step) / (2 * step) for k, s in _each(draws)]
    )
    low, high = np.quantile(curves, (0.025, 0.975), axis=0)
    top = float(max(high.max(), (rate + error).max()))
    own = 1000.0 * accumulated_hazard(fit.shape.value, fit.scale.value, grid - step, grid + step) / (2 * step)
    series = [
        *style.band("band", grid, low, high, LIGHT.holding),
        style.line("fit", style.points(grid, own), LIGHT.holding, name="Weibull"),
        *_whiskers(middle, rate, error, unit),
    ]
    options = style.chart(
        series,
        legend=style.legend(["Weibull", "observed"]),
        grid=style.grid(top=34),
        xAxis=style.axis("value", f"Age since installation, {unit}", lines=False, min=0),
        yAxis=style.axis("value", f"Failures per 1,000 {unit}", vertical=True, min=0, max=style.nice_end(top)),
    )
    data = pl.DataFrame({"from_age": edges[:-1], "to_age": edges[1:], "failures": failures, "worked": worked})
    return Figure("hazard", _wear(fit), options, data, _life_note(fit), height=340)


def _pairs(edges: Floats) -> list[tuple[float, float]]:
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _each(draws: ParameterDraws) -> list[tuple[float, float]]:
    return list(zip(draws.shape.tolist(), draws.scale.tolist(), strict=True))


def _whiskers(x: Floats, y: Floats, error: Floats, unit: str) -> list[Options]:
    """Points with vertical limits, the limits as lines between two points each."""
    texts = [
        f"around {numbers.digits(a)} {unit}\n{numbers.digits(b)} failures per 1,000 {unit}"
        for a, b in zip(x, y, strict=True)
    ]
    dots = [{"value": point, "name": text} for point, text in zip(style.points(x, y), texts, strict=True)]
    bars = [
        [{"coord": low}, {"coord": high}]
        for low, high in zip(style.points(x, np.maximum(y - error, 0.0)), style.points(x, y + error), strict=True)
    ]
    look = {"silent": True, "symbol": "none", "animation": False, "label": {"show": False}}
    return [
        {
            "id": "observed",
            "name": "observed",
            "type": "scatter",
            "data": dots,
            "symbolSize": 8,
            "itemStyle": {"color": LIGHT.proposed},
            "markLine": look | {"data": bars, "lineStyle": {"color": LIGHT.proposed, "width": 1.5, "type": "solid"}},
        }
    ]


def removal_figure(quarters: Sequence[dict[str, Any]], forecasts: Sequence[dict[str, Any]]) -> Figure:
    """Removals per quarter as bars, and the forecast of each with its 80 and 95 % intervals.

    ``quarters`` hold quarter and removed; ``forecasts`` quarter, mean, low_80, high_80, low_95, high_95.
    """
    if not quarters:
        return not_enough("removals", "No quarter is known.", "Give removals with their days.")
    names = [row["quarter"] for row in quarters]
    found = {row["quarter"]: row for row in forecasts}
    bars = [
        {"value": row["removed"], "name": f"{row['quarter']}\n{numbers.count(row['removed'], 'removal')}"}
        for row in quarters
    ]
    series: list[Options] = [
        {
            "id": "removed",
            "name": "removed",
            "type": "bar",
            "data": bars,
            "itemStyle": {"color": LIGHT.data},
            "barWidth": "55%",
        }
    ]
    for share, width, colour in (("95", 2, LIGHT.proposed), ("80", 6, LIGHT.proposed)):
        spans = [
            [{"coord": [name, found[name][f"low_{share}"]]}, {"coord": [name, found[name][f"high_{share}"]]}]
            for name in names
            if name in found
        ]
        mark = {"silent": True, "symbol": "none", "animation": False, "label": {"show": False}, "data": spans}
        mark["lineStyle"] = {"color": colour, "width": width, "type": "solid"}
        line = {"id": f"interval {share}", "name": f"{share} % interval", "type": "line", "data": [], "markLine": mark}
        series.append(line | {"itemStyle": {"color": colour}})
    dots = [
        {"value": [name, style.rounded(found[name]["mean"])], "name": _forecast_text(found[name])}
        for name in names
        if name in found
    ]
    look = {"color": LIGHT.stock_out, "borderColor": LIGHT.surface, "borderWidth": 1}
    series.append(
        {
            "id": "forecast",
            "name": "forecast",
            "type": "scatter",
            "data": dots,
            "symbolSize": 10,
            "z": 9,
            "itemStyle": look,
        }
    )
    top = max([row["removed"] for row in quarters] + [row["high_95"] for row in forecasts])
    options = style.chart(
        series,
        legend=style.legend(["removed", "forecast"]),
        grid=style.grid(top=34),
        xAxis=style.axis("category", "", lines=False, data=names),
        yAxis=style.axis("value", "Removals", vertical=True, min=0, max=style.nice_end(top)),
    )
    data = pl.DataFrame(list(quarters)).join(
        pl.DataFrame(list(forecasts)), on="quarter", how="left", suffix="_forecast"
    )
    inside = sum(row["low_95"] <= row["actual"] <= row["high_95"] for row in forecasts)
    title = f"{inside} of {numbers.count(len(forecasts), 'quarter')} lie in the 95 % interval forecast at its beginning"
    note = "Thick: 80 %, thin: 95 % interval. Each forecast uses only what was known on the quarter's first morning."
    return Figure("removals", title, options, data, note, height=340)


def _forecast_text(row: dict[str, Any]) -> str:
    ends = numbers.interval(row["mean"], row["low_95"], row["high_95"], "removals")
    return f"{row['quarter']}, forecast {ends}\nremoved {numbers.whole(row['actual'])}"


def _life_title(fit: LifeFit, unit: str) -> str:
    return f"Half of the units outlive {numbers.digits(_median(fit))} {unit}; " + _wear(fit).lower()


def _median(fit: LifeFit) -> float:
    return float(fit.scale.value * np.log(2.0) ** (1.0 / fit.shape.value))


def _wear(fit: LifeFit) -> str:
    shape = fit.shape
    text = f"shape {numbers.digits(shape.value)} [{numbers.digits(shape.low)}-{numbers.digits(shape.high)}]"
    if shape.low > 1.0:
        return f"Old units fail more often ({text})"
    if shape.high < 1.0:
        return f"Young units fail more often ({text})"
    return f"Age does not show in failures ({text})"


def _life_note(fit: LifeFit) -> str:
    parts = [f"{numbers.count(fit.failures, 'failure')}, {numbers.whole(fit.at_work)} units still at work."]
    if fit.entered_late:
        parts.append(
            f"{numbers.whole(fit.entered_late)} units count from the age at which they came under observation."
        )
    parts.append("Band: 95 % interval.")
    return " ".join(parts)
