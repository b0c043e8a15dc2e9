"""A back-test's contenders beside one another: replayed curves, stock at equal fill rate, money against the company."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import money_scale, room, two_lines, whiskers
from spareverse.figures.plan.policies import compared, compared_note, in_order, policy_colour, policy_words
from spareverse.figures.style import LIGHT, Options

Row = dict[str, Any]
NO_BACKTEST = "Run a back-test: it replays what happened after a date."
_SHOWN_FILL = 0.3
"""Curves are drawn from this fill rate on, unless some contender stays below it."""


def contender_curves(results: pl.DataFrame, currency: str) -> Figure:
    """Realised fill rate against realised stock value of every contender at every setting; BACKTEST_RESULTS."""
    rows = compared(results).drop_nulls(["fill_rate", "stock_value"])
    if rows.is_empty():
        return not_enough("contenders", "Nothing has been replayed yet, so there is nothing to compare.", NO_BACKTEST)
    names = in_order(rows["policy"])
    most = _end(rows)
    size, unit = money_scale([most], currency)
    series = [one for name in names for one in _curve(name, rows.filter(pl.col("policy") == name), size, unit)]
    picture = style.chart(
        series,
        legend=style.legend([policy_words(name) for name in names]) | {"left": 8, "right": 8},
        grid=style.grid(top=64, right=40),
        xAxis=style.axis("value", f"Mean stock on hand, realised, {unit}", min=0, max=style.rounded(most / size)),
        yAxis=style.axis("value", "Demand lines met at once, realised, %", vertical=True, min=_floor(rows), max=100),
    )
    note = "Large: the setting that stands for the contender, with 95 % intervals by part."
    beyond = rows.filter(pl.col("stock_value") > most).height
    note += f" {numbers.count(beyond, 'more generous setting')} beyond the right edge." if beyond else ""
    note += compared_note(results)
    return Figure("contenders", _curves_title(rows), picture, rows, note, 400)


def _end(rows: pl.DataFrame) -> float:
    """The axis holds every chosen setting and the plan's whole curve as far as it still rises."""
    plan = rows.filter(pl.col("policy") == "plan").sort("stock_value")
    rising = plan.filter(pl.col("fill_rate") < pl.col("fill_rate").max() - 0.002)
    values = [*rows.filter("chosen")["stock_value"], *(1.3 * value for value in rising["stock_value"].tail(1))]
    return style.nice_end(1.15 * max(values or rows["stock_value"].to_list()))


def _floor(rows: pl.DataFrame) -> float:
    least = float(rows.filter("chosen")["fill_rate"].min() or 0.0)  # type: ignore[arg-type]
    return 0.0 if least < _SHOWN_FILL + 0.1 else 100 * _SHOWN_FILL


def _curve(policy: str, rows: pl.DataFrame, size: float, unit: str) -> list[Options]:
    shade = policy_colour(policy)
    found = rows.sort("stock_value").to_dicts()
    data = [
        {
            "value": [style.rounded(row["stock_value"] / size), style.rounded(100 * row["fill_rate"])],
            "name": _said(row, size, unit),
            "symbolSize": 13 if row["chosen"] else 5,
        }
        for row in found
    ]
    strokes = [stroke for row in found if row["chosen"] for stroke in _cross(row, size)]
    mark = {"symbol": ["none", "none"], "silent": True, "animation": False, "label": {"show": False}, "data": strokes}
    mark |= {"lineStyle": {"type": "solid", "width": 2, "color": shade}}
    look = {"color": shade, "borderColor": LIGHT.surface, "borderWidth": 1}
    line: Options = {
        "id": policy,
        "name": policy_words(policy),
        "type": "line" if len(found) > 1 else "scatter",
        "data": data,
        "symbol": "circle",
        "showAllSymbol": True,
        "lineStyle": {"color": shade, "width": 2.5 if policy == "plan" else 1.5},
        "itemStyle": look,
        "markLine": mark,
        "clip": True,
        "z": 6 if policy in ("plan", "company") else 4,
    }
    return [line]


def _cross(row: Row, size: float) -> list[list[Options]]:
    x, y = row["stock_value"] / size, 100 * row["fill_rate"]
    strokes: list[list[Options]] = []
    if row["stock_value_low"] is not None and row["stock_value_high"] is not None:
        ends = [row["stock_value_low"] / size, row["stock_value_high"] / size]
        strokes.append([{"coord": [style.rounded(end), style.rounded(y)]} for end in ends])
    if row["fill_rate_low"] is not None and row["fill_rate_high"] is not None:
        ends = [100 * row["fill_rate_low"], 100 * row["fill_rate_high"]]
        strokes.append([{"coord": [style.rounded(x), style.rounded(end)]} for end in ends])
    return strokes


def _said(row: Row, size: float, unit: str) -> str:
    ends = _ends(row, "stock_value", size)
    setting = "" if row["setting"] is None else f", setting {numbers.digits(row['setting'])}"
    lines = [
        f"{policy_words(row['policy'])}{setting}",
        f"Stock {numbers.measured(row['stock_value'] / size, *ends, unit)}",
        f"Lines met at once {numbers.percent_interval(row['fill_rate'], row['fill_rate_low'], row['fill_rate_high'])}",
        f"Mean wait {numbers.digits(row['wait_days'])} days",
    ]
    return "\n".join(lines)


def _curves_title(rows: pl.DataFrame) -> str:
    chosen = {row["policy"]: row for row in rows.filter("chosen").to_dicts()}
    plan, company = chosen.get("plan"), chosen.get("company")
    if plan is None:
        return "What each contender met and held"
    met = f"met {numbers.percent(plan['fill_rate'])} of the later lines at once"
    if company is None:
        return f"The plan {met}"
    ratio = plan["stock_value"] / company["stock_value"] if company["stock_value"] else None
    held = "" if ratio is None else f" with {numbers.percent(ratio)} of its stock"
    return f"The plan {met}, the company's rule {numbers.percent(company['fill_rate'])}" + (
        f"; the plan did so{held}" if held else ""
    )


def equal_fill_rate(equal: pl.DataFrame, currency: str, fill_rate: float | None = None) -> Figure:
    """Stock each contender holds where it reaches the same fill rate; BACKTEST_EQUAL.

    fill_rate
        One of the table; None: the company's where it is known, else the one nearest to 90 %.
    """
    rows = equal.drop_nulls(["stock_value"])
    if rows.is_empty():
        return not_enough(
            "equal_fill_rate", "No two contenders reach the same fill rate, so their stock cannot be compared.",
            NO_BACKTEST, equal,
        )  # fmt: skip
    at = usual_fill_rate(rows) if fill_rate is None else fill_rate
    found = {row["policy"]: row for row in rows.filter((pl.col("fill_rate") - at).abs() < 1e-9).to_dicts()}
    names = in_order(found)
    size, unit = money_scale([found[name]["stock_value"] for name in names], currency)
    values = [found[name]["stock_value"] / size for name in names]
    bars = [
        {"value": style.rounded(value), "name": _equal_text(found[name], size, unit),
         "itemStyle": {"color": policy_colour(name)}}
        for name, value in zip(names, values, strict=True)
    ]  # fmt: skip
    ends = [_ends(found[name], "stock_value", size) for name in names]
    strokes = [(low, high, place, LIGHT.ink) for place, (low, high) in enumerate(ends)]
    labels = two_lines(
        [policy_words(name) for name in names],
        [_measured(v, end) for v, end in zip(values, ends, strict=True)],
    )
    top = max([*values, *(high for _, high in ends if numbers.known(high))])
    picture = style.chart(
        [{"id": "stock", "type": "bar", "data": bars, "barWidth": 14}, whiskers("limits", strokes)],
        grid={"left": room(map(policy_words, names), 140), "right": 40, "top": 10, "height": 40 * len(names)},
        xAxis=style.axis("value", f"Mean stock at equal fill rate, {unit}", min=0, max=style.nice_end(top)),
        yAxis=style.axis("category", inverse=True, lines=False, **labels),
    )
    missing = [policy_words(name) for name in in_order(equal["policy"]) if name not in found]
    note = "Strokes: 95 % intervals, resampling parts."
    note += f" No setting reaches it: {', '.join(missing)}." if missing else ""
    return Figure("equal_fill_rate", _equal_title(found, at), picture, equal, note, 66 + 40 * len(names))


def usual_fill_rate(equal: pl.DataFrame) -> float:
    """The fill rate to compare at: the company's highest, else that nearest to 90 % which most contenders reach."""
    rows = equal.drop_nulls(["stock_value"])
    own = rows.filter(pl.col("policy") == "company")["fill_rate"].sort()
    if len(own):
        return float(own[-1])
    reach = rows.group_by("fill_rate").len().with_columns((pl.col("fill_rate") - 0.9).abs().alias("far"))
    return float(reach.sort("len", "far", descending=[True, False])["fill_rate"][0])


def _ends(row: Row, name: str, size: float = 1.0) -> tuple[Any, Any]:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return (None if low is None else low / size, None if high is None else high / size)


def _measured(value: float, ends: tuple[Any, Any]) -> str:
    """With its interval; about three digits where it has none."""
    return numbers.rough(value) if None in ends else numbers.measured(value, *ends)


def _equal_text(row: Row, size: float, unit: str) -> str:
    money = numbers.measured(row["stock_value"] / size, *_ends(row, "stock_value", size), unit)
    ratio = f"\n{numbers.measured(row['ratio'], *_ends(row, 'ratio'))} times the plan's" if row["ratio"] else ""
    return f"{policy_words(row['policy'])}: {money}{ratio}"


def _equal_title(found: dict[str, Row], at: float) -> str:
    meeting = f"To meet {numbers.percent(at)} of the lines at once"
    others = [row for name, row in found.items() if name != "plan" and row["ratio"]]
    if "plan" not in found or not others:
        return f"{meeting}: what each contender holds"
    row = next((row for row in others if row["policy"] == "company"), min(others, key=lambda row: row["ratio"]))
    ratio = numbers.measured(row["ratio"], *_ends(row, "ratio"))
    who = policy_words(row["policy"]).replace("Company", "the company")
    return f"{meeting}, {who} holds {ratio} times the plan's stock"


def money_against_company(results: pl.DataFrame, currency: str) -> Figure:
    """Yearly cost (holding, ordering, being out of stock) of each contender as chosen; BACKTEST_RESULTS."""
    chosen = compared(results).filter("chosen").drop_nulls(["cost"])
    if chosen.is_empty():
        return not_enough("money", "No cost was replayed, so money cannot be compared.", NO_BACKTEST)
    found = {row["policy"]: row for row in chosen.to_dicts()}
    names = in_order(found)
    size, unit = money_scale([found[name]["cost"] for name in names], currency)
    values = [found[name]["cost"] / size for name in names]
    ends = [_ends(found[name], "cost", size) for name in names]
    bars = [
        {"value": style.rounded(value), "name": _money_text(found[name], size, unit),
         "itemStyle": {"color": policy_colour(name)}}
        for name, value in zip(names, values, strict=True)
    ]  # fmt: skip
    labels = two_lines(
        [policy_words(name) for name in names], [_measured(v, end) for v, end in zip(values, ends, strict=True)]
    )
    strokes = [(low, high, place, LIGHT.ink) for place, (low, high) in enumerate(ends)]
    top = max([*values, *(high for _, high in ends if numbers.known(high))])
    picture = style.chart(
        [{"id": "cost", "type": "bar", "data": bars, "barWidth": 14}, whiskers("limits", strokes)],
        grid={"left": room(map(policy_words, names), 140), "right": 40, "top": 10, "height": 40 * len(names)},
        xAxis=style.axis("value", f"Cost, {unit}/year", min=0, max=style.nice_end(top)),
        yAxis=style.axis("category", inverse=True, lines=False, **labels),
    )
    note = "Holding, ordering and being out of stock, at the twin's cost parameters. Strokes: 95 % intervals by part."
    note += compared_note(results)
    return Figure("money", _money_title(found, currency), picture, chosen, note, 66 + 40 * len(names))


def _money_text(row: Row, size: float, unit: str) -> str:
    cost = numbers.measured(row["cost"] / size, *_ends(row, "cost", size), f"{unit}/year")
    lines = [
        f"{policy_words(row['policy'])}: {cost}",
        f"Stock {numbers.rough(row['stock_value'] / size, unit)}, {numbers.count(row['orders'], 'order')}",
        f"Lines met at once {numbers.percent(row['fill_rate'])}",
    ]
    return "\n".join(lines)


def _money_title(found: dict[str, Row], currency: str) -> str:
    if "plan" not in found:
        return "What each contender cost"
    plan, company = found["plan"], found.get("company")
    if company is None:
        return f"The plan cost {numbers.measured(plan['cost'], *_ends(plan, 'cost'), f'{currency}/year', limits=False)}"
    saved = company["cost"] - plan["cost"]
    told = numbers.rough(abs(saved), f"{currency}/year")
    if plan["cost_low"] is not None and company["cost_low"] is not None:
        apart = plan["cost_high"] < company["cost_low"] or plan["cost_low"] > company["cost_high"]
        sure = "" if apart else "; chance alone may explain it"
    else:
        sure = ""
    return f"The plan cost {told} {'less' if saved >= 0 else 'more'} than the company's rule{sure}"
