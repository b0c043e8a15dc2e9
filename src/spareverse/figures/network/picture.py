"""The network drawn: places and suppliers on a map or by echelon, links as wide as what travels on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from spareverse.figures import numbers, style
from spareverse.figures.figure import Figure, not_enough
from spareverse.figures.labels import plain
from spareverse.figures.network.diagram import Diagram
from spareverse.figures.network.flows import link_flows, place_totals
from spareverse.figures.network.names import sides
from spareverse.figures.network.plane import EDGES, Floats, Plane, layers, on_map
from spareverse.figures.style import LIGHT, Options
from spareverse.network.network import Network

HEIGHT = 540
_WIDTHS = (520, 700, 860, 1040)
"""Widths of a chart from which the drawing grows [px]; it keeps its shape."""
_THICKEST = 8.0
_SIZES = (9.0, 26.0)
_FEW = 8
"""More nodes than these in an echelon have their names beside them."""
MODE_COLOURS = {
    "road": LIGHT.ordering, "rail": LIGHT.scrap, "sea": LIGHT.holding, "air": LIGHT.fee, "parcel": LIGHT.late,
}  # fmt: skip


def network_map(network: Network, tables: Mapping[str, pl.DataFrame], scenario: str) -> Figure:
    """On the map; SERIES give the size of places, EVENTS the width of links, both may be empty."""
    diagram = Diagram.of(network)
    if not diagram.on_map:
        return not_enough(
            "network-map",
            "Some places have neither coordinates nor a known country, so there is no map.",
            "Give latitude and longitude, or the country, of every place; the layered drawing needs neither.",
        )
    plane = on_map(diagram)
    note = f"Outlines: countryinfo, coarse.{_scales(tables)} Where names would overlap, hovering shows them."
    if plane.beyond.any():
        note += " Suppliers beyond the map stand at its edge."
    return _figure("network-map", diagram, plane, network, tables, scenario, note)


def network_layers(network: Network, tables: Mapping[str, pl.DataFrame], scenario: str) -> Figure:
    """By echelon, suppliers on the left; needs no coordinates."""
    diagram = Diagram.of(network)
    if not diagram.nodes.height:
        return not_enough("network-layers", "The network has no places yet.", "Add places, suppliers and links.")
    note = f"Goods flow from left to right.{_scales(tables)}"
    return _figure("network-layers", diagram, layers(diagram), network, tables, scenario, note)


def _figure(
    name: str,
    diagram: Diagram,
    plane: Plane,
    network: Network,
    tables: Mapping[str, pl.DataFrame],
    scenario: str,
    note: str,
) -> Figure:
    events = tables["events"].filter(pl.col("scenario") == scenario)
    flows = link_flows(diagram, events)
    totals = place_totals(tables["series"], scenario)
    nodes = diagram.nodes.join(totals, left_on="id", right_on="place_id", how="left", maintain_order="left")
    series = [_outlines(plane), *_lines(flows, plane, diagram), *_dots(nodes, plane, str(network.setting("currency")))]
    height = HEIGHT if plane.outlines else _tall(diagram.tallest())
    picture = style.chart(series, **_frame(plane, height))
    modes = [mode for mode in MODE_COLOURS if mode in set(diagram.links["mode"])]
    if modes:
        picture["legend"] = style.legend([mode.capitalize() for mode in modes])
        series += [_key(mode) for mode in modes]
        picture["series"] = series
    return Figure(name, _title(flows, diagram, nodes), picture, _data(flows), note, height)


def _scales(tables: Mapping[str, pl.DataFrame]) -> str:
    """What widths and sizes mean, where a run gives them one."""
    if tables["series"].is_empty():
        return ""
    return " Width of a line: pieces per year; size of a place: value of its stock."


def _tall(nodes: int) -> int:
    """Height of a drawing by echelon: low for a chain, with room for every name in a full echelon [px]."""
    return max(240, min(HEIGHT, 34 * nodes + 90), 15 * nodes + 60)


def _frame(plane: Plane, height: int) -> Options:
    """Axes that keep the shape of the drawing at every width of the chart."""
    tall = height - 40
    free = plane.outlines == ()

    def box(width: int) -> Options:
        fits = width - 16 if free else min(width - 16, round(tall * plane.aspect))
        return {"left": "center", "top": 28, "width": fits, "height": tall if free else round(fits / plane.aspect)}

    hidden = {"show": False, "min": 0}
    return {
        "grid": box(_WIDTHS[0]),
        "media": [{"query": {"minWidth": width}, "option": {"grid": box(width)}} for width in _WIDTHS[1:]],
        "xAxis": {"type": "value", "max": style.rounded(plane.aspect), **hidden},
        "yAxis": {"type": "value", "max": 1, "inverse": True, **hidden},
    }


def _pairs(points: Floats) -> list[list[float]]:
    return [[round(x, 4), round(y, 4)] for x, y in points.tolist()]


def _polylines(id_: str, data: list[Options], z: int, **more: Any) -> Options:
    return {
        "id": id_,
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        "polyline": True,
        "data": data,
        "z": z,
        **more,
    }


def _outlines(plane: Plane) -> Options:
    data = [{"coords": _pairs(line)} for line in plane.outlines]
    look = {"color": LIGHT.today, "width": 0.8, "opacity": 0.5}
    return _polylines("outlines", data, 0, silent=True, clip=True, lineStyle=look)


def _lines(flows: pl.DataFrame, plane: Plane, diagram: Diagram) -> list[Options]:
    most = max(float(flows["pieces"].max() or 0), 1.0)  # type: ignore[arg-type]
    named = diagram.named()
    by_mode: dict[str, list[Options]] = {}
    for row in flows.iter_rows(named=True):
        points = plane.paths[row["link"]]
        if not np.isfinite(points).all():
            continue
        width = 0.8 + (_THICKEST - 0.8) * (row["pieces"] / most) ** 0.5 if row["pieces"] else 0.8
        words = f"{named[row['from_id']]} to {named[row['to_id']]}" + (f", by {row['mode']}" if row["mode"] else "")
        words += f"\n{numbers.digits(row['pieces_per_year'])} pieces a year"
        if row["days"] is not None:
            words += f", {numbers.digits(row['days'])} days under way"
        line = {"name": words, "coords": _pairs(points), "lineStyle": {"width": round(width, 1)}, "id": row["link_id"]}
        by_mode.setdefault(row["mode"] or "", []).append(line)
    return [
        _polylines(f"links {mode}", data, 2, lineStyle={"color": _colour(mode), "opacity": 0.62},
                   emphasis={"lineStyle": {"opacity": 1}})
        for mode, data in by_mode.items()
    ]  # fmt: skip


def _colour(mode: str) -> str:
    return MODE_COLOURS.get(mode, LIGHT.muted)


def _key(mode: str) -> Options:
    """A series without data that names a colour in the legend."""
    return {"id": f"key {mode}", "name": mode.capitalize(), "type": "line", "data": [],
            "itemStyle": {"color": _colour(mode)}, "lineStyle": {"color": _colour(mode)}}  # fmt: skip


def _dots(nodes: pl.DataFrame, plane: Plane, currency: str) -> list[Options]:
    most = max(float(nodes["stock_value"].max() or 0), 1e-9)  # type: ignore[arg-type]
    kinds: dict[str, list[Options]] = {"supplier": [], "place": []}
    rows = nodes.to_dicts()
    sizes = [_size(row, most) for row in rows]
    names = [plain(row["name"], 26) for row in rows]
    where = (
        sides(plane.nodes, plane.aspect, names, sizes)
        if plane.outlines
        else [_side(plane, at) for at in range(len(rows))]
    )
    for at, row in enumerate(rows):
        if not np.isfinite(plane.nodes[at]).all():
            continue
        dot = {
            "id": row["id"],
            "name": _words(row, currency),
            "value": [round(float(x), 4) for x in plane.nodes[at]],
            "symbolSize": round(sizes[at], 1),
            "label": {"formatter": names[at], "position": where[at]} if where[at] else {"show": False},
        }
        kinds["supplier" if row["kind"] == "supplier" else "place"].append(dot)
    looks = {"supplier": ("diamond", LIGHT.ordering), "place": ("circle", LIGHT.proposed)}
    label = {"show": True, "color": LIGHT.ink, "fontSize": 11, "distance": 4, "textBorderColor": LIGHT.surface,
             "textBorderWidth": 2}  # fmt: skip
    return [
        {"id": kind, "type": "scatter", "data": data, "symbol": looks[kind][0], "z": 5, "label": label,
         "labelLayout": {"hideOverlap": True},
         "itemStyle": {"color": looks[kind][1], "borderColor": LIGHT.surface, "borderWidth": 1.5, "opacity": 1}}
        for kind, data in kinds.items()
    ]  # fmt: skip


def _size(row: dict[str, Any], most: float) -> float:
    """Diameter of a node [px]: by the value of its stock; suppliers have none."""
    if row["kind"] == "supplier":
        return 11.0
    return float(_SIZES[0] + (_SIZES[1] - _SIZES[0]) * ((row["stock_value"] or 0.0) / most) ** 0.5)


def _side(plane: Plane, at: int) -> str:
    """Where the name has room by echelon: outside the first and last, above the few between, beside the many."""
    share = plane.nodes[at][0] / plane.aspect
    if share < EDGES[0] + 0.01:
        return "left"
    beside = int((plane.nodes[:, 0] == plane.nodes[at][0]).sum())
    return "right" if share > EDGES[1] - 0.01 or beside > _FEW else "top"


def _words(row: dict[str, Any], currency: str) -> str:
    lines = [str(row["name"])]
    if row["stock_value"] is not None:
        lines.append(f"Stock {numbers.rough(row['stock_value'], currency)}")
    if row["demands"]:
        lines.append(f"{numbers.percent(row['fill_rate'])} of {numbers.digits(row['demands'])} demands met at once")
    return "\n".join(lines)


def _title(flows: pl.DataFrame, diagram: Diagram, nodes: pl.DataFrame) -> str:
    named = diagram.named()
    busiest = flows.sort("pieces", descending=True).head(1).to_dicts()
    if busiest and busiest[0]["pieces"]:
        way = busiest[0]
        share = numbers.percent(way["pieces"] / float(flows["pieces"].sum()))
        return (
            f"The busiest link, {named[way['from_id']]} to {named[way['to_id']]}, carries {share} of all pieces moved"
        )
    places = nodes.filter(pl.col("kind") != "supplier").height
    counted = numbers.count(places, "place"), numbers.count(nodes.height - places, "supplier")
    return f"{', '.join(counted)}, {numbers.count(flows.height, 'link')}"


def _data(flows: pl.DataFrame) -> pl.DataFrame:
    return flows.select("link_id", "from_id", "to_id", "mode", "pieces", "shipments", "pieces_per_year", "days")
