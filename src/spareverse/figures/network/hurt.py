"""Who a scenario hurts most: parts and customers by the waiting it adds or saves."""

from __future__ import annotations

from typing import Any

import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import LONGEST, plain, room, whiskers
from spareverse.figures.network.scenarios import Scenarios, interval
from spareverse.figures.style import LIGHT, Options
from spareverse.network.network import Network
from spareverse.network.sums import steady_sum

Row = dict[str, Any]
MOST = 10
_LINE, _HEAD, _FOOT = 24, 30, 52


def hurt(
    network: Network,
    points: pl.DataFrame,
    customers: pl.DataFrame,
    scenarios: Scenarios,
    scenario: str,
    most: int = MOST,
) -> Figure:
    """Waiting of customers with the scenario less that with the first, in piece-days; POINTS and CUSTOMER_RESULTS.

    Customers are paired by replication and have intervals; parts are means over the runs.
    """
    base = scenarios.names[0] if scenarios.names else ""
    if scenario == base or scenario not in scenarios.names:
        return not_enough("hurt", "Nobody is hurt by things as they are.", "Choose a scenario other than the first.")
    named = {"part": _names(network, "parts", "part_id", "description"), "customer": _names(network, "customers",
             "customer_id", "name")}  # fmt: skip
    panels = [
        ("Parts", _parts(points, base, scenario, most, named["part"])),
        ("Customers", _customers(customers, base, scenario, most, named["customer"])),
    ]
    drawn = [(title, rows) for title, rows in panels if rows]
    if not drawn:
        return not_enough(
            "hurt", f"Nobody waits longer or shorter with {scenarios.title(scenario)}.", "Try a harder one."
        )
    against = scenarios.title(base)
    left = room([row["name"] for _, rows in drawn for row in rows], 120)
    tops, top = [], _HEAD
    for _, rows in drawn:
        tops.append(top)
        top += _LINE * len(rows) + _FOOT + _HEAD
    picture = style.chart(
        [one for at, (_, rows) in enumerate(drawn) for one in _bars(at, rows)],
        grid=[{"left": left, "right": 40, "top": place, "height": _LINE * len(rows)}
              for place, (_, rows) in zip(tops, drawn, strict=True)],
        xAxis=[style.axis("value", f"Waiting of {title.lower()} against {against}, piece-days", gridIndex=at,
                          **_reach(rows)) for at, (title, rows) in enumerate(drawn)],
        yAxis=[style.axis("category", gridIndex=at, inverse=True, lines=False, axisLabel={"interval": 0},
                          data=[plain(row["name"], LONGEST) for row in rows]) for at, (_, rows) in enumerate(drawn)],
    )  # fmt: skip
    note = "Stroke: 95 % interval of the difference paired by run. Teal: waits less."
    columns = ("id", "name", "difference", "low", "high", "base", "with_scenario")
    data = pl.DataFrame(
        [{"of": title.lower(), **{name: row[name] for name in columns}} for title, rows in drawn for row in rows],
        infer_schema_length=None,
    )
    return Figure("hurt", _title(drawn, scenarios.title(scenario)), picture, data, note, top - _HEAD + 6)


def _names(network: Network, table: str, key: str, name: str) -> dict[str, str]:
    frame = network[table].select(key, pl.col(name).replace("", None)).drop_nulls()
    return dict(zip(frame[key], frame[name], strict=True))


def _row(id_: str, name: str | None, change: tuple[float, float, float], base: float, with_scenario: float) -> Row:
    named = f"{id_} {name}" if name and name != id_ else id_
    mean, low, high = change
    return {"id": id_, "name": named, "difference": mean, "low": low, "high": high, "base": base,
            "with_scenario": with_scenario}  # fmt: skip


def _parts(points: pl.DataFrame, base: str, scenario: str, most: int, named: dict[str, str]) -> list[Row]:
    waits = points.group_by("part_id", "scenario").agg(steady_sum(pl.col("waiting_piece_days")).alias("waits"))
    own = {name: waits.filter(pl.col("scenario") == name).select("part_id", name_="waits") for name in (base, scenario)}
    both = own[scenario].join(own[base], on="part_id", how="full", coalesce=True, suffix="_base").fill_null(0.0)
    change = pl.col("name_") - pl.col("name__base")
    ranked = both.with_columns(change.alias("change")).filter(pl.col("change") != 0)
    ranked = (
        ranked.sort(pl.col("change").abs(), "part_id", descending=[True, False])
        .head(most)
        .sort("change", "part_id", descending=[True, False])
    )
    none = float("nan")
    return [
        _row(row["part_id"], named.get(row["part_id"]), (row["change"], none, none), row["name__base"], row["name_"])
        for row in ranked.iter_rows(named=True)
    ]


def _customers(customers: pl.DataFrame, base: str, scenario: str, most: int, named: dict[str, str]) -> list[Row]:
    wide = (
        customers.filter(pl.col("scenario").is_in([base, scenario]))
        .group_by("customer_id", "replication", "scenario")
        .agg(steady_sum(pl.col("waiting_piece_days")).alias("waits"))
        .pivot("scenario", index=["customer_id", "replication"], values="waits")
        .sort("customer_id", "replication")
    )
    if base not in wide.columns or scenario not in wide.columns:
        return []
    paired = wide.fill_null(0.0).with_columns((pl.col(scenario) - pl.col(base)).alias("change"))
    means = paired.group_by("customer_id", maintain_order=True).agg(
        pl.col("change").mean().alias("mean"), pl.col(base, scenario).mean()
    )
    chosen = means.filter(pl.col("mean") != 0).sort(pl.col("mean").abs(), "customer_id", descending=[True, False])
    found = []
    for row in chosen.head(most).sort("mean", "customer_id", descending=[True, False]).iter_rows(named=True):
        changes = paired.filter(pl.col("customer_id") == row["customer_id"])["change"].to_numpy()
        id_ = row["customer_id"]
        found.append(_row(id_, named.get(id_), interval(changes), row[base], row[scenario]))
    return found


def _bars(at: int, rows: list[Row]) -> list[Options]:
    axes = {"xAxisIndex": at, "yAxisIndex": at}
    data = []
    for row in rows:
        change = numbers.measured(row["difference"], row["low"], row["high"], "piece-days")
        told = f"{row['name']}\n{change}: {numbers.digits(row['base'])} to {numbers.digits(row['with_scenario'])}"
        colour = LIGHT.stock_out if row["difference"] > 0 else LIGHT.early
        data.append({"value": style.rounded(row["difference"]), "name": told, "itemStyle": {"color": colour}})
    ends = [(row["low"], row["high"], place, LIGHT.ink) for place, row in enumerate(rows)]
    bar = {"id": f"bars {at}", "type": "bar", "data": data, "barWidth": 13, **axes}
    return [bar, whiskers(f"intervals {at}", ends, width=1.5, **axes)]


def _reach(rows: list[Row]) -> Options:
    known = [row[name] for row in rows for name in ("difference", "low", "high") if numbers.known(row[name])] + [0.0]
    wide = style.nice_end(max(map(abs, known)))
    return {"min": -wide if min(known) < 0 else 0, "max": wide if max(known) > 0 else 0}


def _title(drawn: list[tuple[str, list[Row]]], scenario: str) -> str:
    told = []
    for title, rows in drawn:
        worst = rows[0]
        if worst["difference"] > 0:
            told.append(f"{title[:-1].lower()} {worst['name']} (+{numbers.digits(worst['difference'])} piece-days)")
    if not told:
        return f"{scenario} hurts nobody: all wait less"
    return f"{scenario} hurts most {' and '.join(told)}"
