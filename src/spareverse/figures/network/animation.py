"""A simulated network that plays: stock and queues of every node day by day, and what moves on every link.

From one event record to a compact document that ``animation.js`` plays, on a page or in a file of its own. Up to
``MOST_MOVES`` shipments travel one by one; more are put together by link, day of leaving and days under way.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.figures import page
from spareverse.figures.network.diagram import Diagram
from spareverse.figures.network.flows import ARRIVALS
from spareverse.figures.network.picture import MODE_COLOURS
from spareverse.figures.network.plane import Plane, layers, on_map
from spareverse.figures.style import DARK, DARK_OF, FONT, LIGHT, Palette
from spareverse.network.network import Network
from spareverse.network.network_checks.disturbances import TARGETS
from spareverse.network.scenario import Scenario

Counts = NDArray[np.int64]

MOST_MOVES = 20_000
SCRIPTS = tuple(Path(__file__).with_name(name) for name in ("animation_scene.js", "animation.js"))
STYLE = Path(__file__).with_name("animation.css")
_COLOURS = ("ink", "muted", "line", "surface", "today", "proposed", "stock_out", "late", "ordering", "early", "data")


@dataclass(frozen=True)
class Animation:
    """One scenario, ready to play. ``document`` is what the script gets: see ``of``."""

    title: str
    document: dict[str, Any]

    @classmethod
    def of(cls, network: Network, events: pl.DataFrame, scenario: Scenario, *, part_id: str | None = None) -> Animation:
        """Of one scenario's EVENTS (one replication), with the disturbances it adds; ``part_id``: only that part.

        The document: ``days`` (frames), ``views`` (map or None, layers), ``nodes``, ``links``, per node ``stock``
        [pieces], ``owed`` (customers) and ``open`` (ordered from it and not sent) as steps (days, values), ``moves``
        as columns, ``marks`` (disturbances), ``total`` owed per day.
        """
        own = events.filter(pl.col("scenario") == scenario.name).sort("day", maintain_order=True)
        own = own.filter(pl.col("part_id") == part_id) if part_id else own
        diagram = Diagram.of(network)
        own, start, days = _framed(own)
        moved = own.with_columns(diagram.link_of(own)).filter(pl.col("link").is_not_null())
        states = _States(diagram, days)
        owed = states.running(_owed(own))
        document = {
            "title": scenario.title or scenario.name,
            "scenario": scenario.name,
            "start": start,
            "days": days,
            "views": {"map": _view(on_map(diagram)) if diagram.on_map else None, "layers": _view(layers(diagram))},
            "nodes": diagram.nodes.select("id", "name", "kind").to_dicts(),
            "links": _links(diagram),
            "stock": states.steps(_stock(own, network, states)),
            "owed": states.steps(owed),
            "open": states.steps(states.running(_open(moved, diagram))),
            "moves": _moves(moved),
            "marks": _marks([*network["disturbances"].to_dicts(), *scenario.disturbances], diagram, days),
            "total": owed.sum(axis=0).tolist(),
        }
        return cls(scenario.title or scenario.name, document)

    def to_html(self, path: str | Path, *others: Animation) -> Path:
        """A page that works without a network; ``others`` play beside it with the same clock."""
        target = Path(path)
        target.write_text(document([self, *others], self.title), encoding="utf-8")
        return target


def payload(animations: Sequence[Animation]) -> dict[str, Any]:
    """What ``spareverseNetwork.attach`` gets: the scenes and the colours of both themes."""
    return {
        "scenes": [one.document for one in animations],
        "light": _palette(LIGHT),
        "dark": _palette(DARK),
        "modes": {name: {"light": colour, "dark": DARK_OF[colour]} for name, colour in MODE_COLOURS.items()},
    }


def encoded(animations: Sequence[Animation]) -> str:
    """The payload as JSON that may stand in a page."""
    text = json.dumps(payload(animations), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def document(animations: Sequence[Animation], title: str) -> str:
    """A whole page with the animations side by side."""
    body = f"<h1>{html.escape(title)}</h1><div id='play'></div>"
    start = f"spareverseNetwork.attach(document.getElementById('play'), {encoded(animations)}, {{}});"
    variables = ";".join(
        f"--{name}: light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)})"
        for name in ("ink", "muted", "line", "surface", "proposed", "stock_out")
    )
    scripts = "".join(f"<script>{script.read_text(encoding='utf-8')}</script>" for script in SCRIPTS)
    style = f":root{{color-scheme:light dark;{variables};--font:{FONT}}}{page.style()}main{{max-width:none}}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{style}{STYLE.read_text(encoding='utf-8')}</style></head>"
        f"<body><main>{body}</main>{scripts}<script>{start}</script></body></html>"
    )


def _palette(palette: Palette) -> dict[str, str]:
    return {name: getattr(palette, name) for name in _COLOURS}


def _view(plane: Plane) -> dict[str, Any]:
    return {
        "aspect": round(plane.aspect, 4),
        "nodes": [_flat(one[None]) if np.isfinite(one).all() else None for one in plane.nodes],
        "paths": [_flat(path) if np.isfinite(path).all() else None for path in plane.paths],
        "outlines": [_flat(line) for line in plane.outlines],
        "beyond": np.flatnonzero(plane.beyond).tolist(),
    }


def _flat(points: NDArray[np.float64]) -> list[float]:
    return [round(value, 4) for value in points.ravel().tolist()]


def _links(diagram: Diagram) -> list[dict[str, Any]]:
    row = {name: at for at, name in enumerate(diagram.nodes["id"])}
    return [
        {"id": one["link_id"], "from": row[one["from_id"]], "to": row[one["to_id"]], "mode": one["mode"]}
        for one in diagram.links.iter_rows(named=True)
    ]


def _framed(events: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    """Events with days from the first frame on and their frame; the day of the first frame; the number of frames.

    Shipments may be written down ahead of time: those after the last other event are beyond the run.
    """
    told = events.filter(pl.col("kind") != "shipment")["day"]
    if not len(told):
        return events.head(0).with_columns(frame=pl.lit(0, pl.Int64)), 0, 1
    first, last = np.min(told.to_numpy()), np.max(told.to_numpy())
    start = int(np.floor(min(float(first), 0.0)))
    days = max(int(np.ceil(float(last))) - start, 1)
    day = pl.col("day") - start
    framed = events.with_columns(day.alias("day")).filter(pl.col("day") <= days)
    return framed.with_columns(pl.col("day").floor().cast(pl.Int64).clip(0, days - 1).alias("frame")), start, days


@dataclass(frozen=True)
class _States:
    """Values of every node on every day."""

    diagram: Diagram
    days: int

    def by_day(self, changes: pl.DataFrame) -> Counts:
        """Sum of changes (id, frame, change), nodes x days."""
        row = {name: at for at, name in enumerate(self.diagram.nodes["id"])}
        known = changes.filter(pl.col("id").is_in(list(row))).drop_nulls("change")
        at = known["id"].replace_strict(row, return_dtype=pl.Int64).to_numpy()
        table = np.zeros((len(row), self.days), np.int64)
        np.add.at(table, (at, known["frame"].to_numpy()), known["change"].to_numpy())
        return table

    def running(self, changes: pl.DataFrame) -> Counts:
        """What has come and not yet gone; what was there at the start shows by what goes later."""
        level = self.by_day(changes).cumsum(axis=1)
        least: Counts = np.minimum(level.min(axis=1, keepdims=True), 0)
        return level - least

    def steps(self, table: Counts) -> list[list[list[int]]]:
        """Per node its days of change and the values from then on."""
        found = []
        for values in table:
            changed = np.flatnonzero(np.diff(values, prepend=values[0] - 1))
            found.append([changed.tolist(), values[changed].tolist()])
        return found


def _stock(events: pl.DataFrame, network: Network, states: _States) -> Counts:
    """On hand of every node at the end of each day, pieces; suppliers 0."""
    # a shipment is written down when it is loaded, with the stock of that moment, not of when it leaves
    known = events.filter(pl.col("on_hand").is_not_null() & (pl.col("kind") != "shipment")).select(
        "part_id", "place_id", "day", "frame", "kind", "on_hand", "quantity"
    )
    point = ["part_id", "place_id"]
    kind, next_kind, next_day = (
        pl.col("kind"),
        pl.col("kind").shift(-1).over(point),
        pl.col("day").shift(-1).over(point),
    )
    lacking = pl.when((next_kind == "stock_out") & (next_day == pl.col("day"))).then(
        pl.col("quantity").shift(-1).over(point)).otherwise(0)  # fmt: skip
    came = (
        pl.when(kind.is_in(ARRIVALS)).then("quantity")
        .when(kind == "issue").then(-pl.col("quantity"))
        .when(kind == "demand").then(lacking - pl.col("quantity"))
        .otherwise(0).fill_null(0)
    )  # fmt: skip
    told = known.with_columns(came.alias("came"), (pl.col("on_hand") - came).alias("left"))
    moved = told.group_by(point, maintain_order=True).agg(before=pl.col("left").first())
    changes = pl.concat([told.select(*point, "frame", change="came"), _sent_on(events, told)])
    level = states.by_day(changes.rename({"place_id": "id"})).cumsum(axis=1)
    still = network["stock"].join(moved, on=point, how="anti").select(*point, before=pl.col("initial_stock"))
    start = pl.concat([moved, still]).select(id="place_id", frame=pl.lit(0, pl.Int64), change="before")
    opening = states.by_day(start).sum(axis=1, keepdims=True)
    held: Counts = np.maximum(level + opening, 0)
    return held


def _sent_on(events: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """What leaves a stock point for another, as changes (part_id, place_id, frame, change).

    No event there says so: it shows when goods leave on a link, or at the next event of the point itself if that is
    earlier, and never before more is gone than that event tells.
    """
    point = ["part_id", "place_id"]
    gone = (pl.col("on_hand").shift(1) - pl.col("left")).over(point).fill_null(0).cum_sum().over(point)
    own = told.select(*point, "day", "frame", gone=gone, sent=pl.lit(0, pl.Int64))
    sent = events.filter(kind="shipment").select(
        "part_id", "day", "frame", place_id="source_id", gone=pl.lit(None, pl.Int64), sent="quantity"
    ).join(own.select(point).unique(), on=point, how="semi")  # fmt: skip
    both = pl.concat([sent.select(own.columns), own]).sort("day", maintain_order=True)
    known = pl.col("gone").forward_fill().fill_null(0)
    left = pl.col("sent").cum_sum()
    taken_before = (left - pl.col("gone")).max().clip(0)  # sent on after the first event, but out of stock before it
    total = pl.min_horizontal(pl.max_horizontal(left - taken_before, known), pl.col("gone").backward_fill()).over(point)
    return both.with_columns(total.alias("total")).select(
        *point, "frame", change=-(pl.col("total") - pl.col("total").shift(1).over(point).fill_null(0))
    )


def _owed(events: pl.DataFrame) -> pl.DataFrame:
    """Pieces that somebody waits for: short when they were wanted, until they are handed over or nobody waits on."""
    kind = pl.col("kind")
    ends = (kind == "lost") | ((kind == "issue") & (pl.col("days") > 0))  # others were handed over at once
    sign = pl.when(kind == "stock_out").then(1).when(ends).then(-1)
    return events.select(id="place_id", frame="frame", change=sign * pl.col("quantity"))


def _open(moved: pl.DataFrame, diagram: Diagram) -> pl.DataFrame:
    """Pieces ordered over a link that have not left; of links that record no shipments, none."""
    recorded = moved.filter(pl.col("kind") == "shipment").select("link").unique()
    own = moved.join(recorded, on="link", how="semi").filter(pl.col("kind").is_in(["order", "shipment"]))
    node = pl.col("source_id").replace(dict(diagram.drawn_as))
    change = pl.when(pl.col("kind") == "order").then(pl.col("quantity")).otherwise(-pl.col("quantity"))
    return own.select(node.alias("id"), "frame", change.alias("change"))


def _moves(moved: pl.DataFrame) -> dict[str, Any]:
    """Columns link, leave, arrive [days], pieces, by day of leaving; where no leaving is recorded, since the order."""
    days = pl.col("days").fill_null(1.0).clip(0.1)
    left = moved.filter(pl.col("kind") == "shipment").select("link", leave="day", days=days, pieces="quantity")
    arrivals = moved.filter(pl.col("kind").is_in(ARRIVALS))
    came = pl.concat(
        [arrivals.join(left, on="link", how="anti"), _expedited(moved, arrivals.join(left, on="link", how="semi"))]
    )
    rows = pl.concat([left, came.select("link", leave=(pl.col("day") - days).clip(0), days=days, pieces="quantity")])
    together = rows.height > MOST_MOVES
    if together:
        rows = rows.group_by("link", pl.col("leave").floor() + 0.5, pl.col("days").round(0).clip(1)).agg(
            pl.col("pieces").sum()
        )
    rows = rows.sort("leave", "link", "days").with_columns((pl.col("leave") + pl.col("days")).alias("arrive"))
    columns = {name: rows[name].cast(pl.Float64).round(2).to_list() for name in ("leave", "arrive")}
    whole = {name: rows[name].fill_null(1).cast(pl.Int64).to_list() for name in ("link", "pieces")}
    return {**whole, **columns, "together": together}


def _expedited(moved: pl.DataFrame, arrivals: pl.DataFrame) -> pl.DataFrame:
    """Arrivals of emergency orders: they go their own way, without a record of leaving."""
    same = ["part_id", "place_id", "source_id", "second"]
    ordered = moved.filter(kind="emergency_order").with_columns(second=_second(pl.col("day")))
    sent = moved.filter(kind="shipment").with_columns(second=_second(pl.col("day") + pl.col("days")))
    found = arrivals.with_columns(second=_second(pl.col("day"))).join(sent, on=same, how="anti")
    found = found.with_columns(second=_second(pl.col("day") - pl.col("days"))).join(ordered, on=same, how="semi")
    return found.select(arrivals.columns)


def _second(day: pl.Expr) -> pl.Expr:
    """Days as whole seconds, so that sums of days can be compared."""
    return (day * 86_400).round().cast(pl.Int64)


def _marks(disturbances: Sequence[Mapping[str, Any]], diagram: Diagram, days: int) -> list[dict[str, Any]]:
    """Disturbances on days given, with the node or link they strike; neither: everything."""
    node = {name: at for at, name in enumerate(diagram.nodes["id"])}
    link = {name: at for at, name in enumerate(diagram.links["link_id"])}
    found = []
    for row in disturbances:
        start = row.get("start_day")
        if start is not None and start < days:
            target = diagram.drawn_as.get(row["target_id"], row["target_id"])
            ends = {"from": start, "to": start + row["days"]}
            about = {"kind": row["kind"].replace("_", " "), "target": row["target_id"]}
            at_link = "links" in TARGETS[row["kind"]] and row.get("target_kind") in (None, "link")
            at_node = row.get("target_kind") != "link"
            hit = {"node": node.get(target) if at_node else None, "link": link.get(target) if at_link else None}
            found.append({**about, **ends, **hit})
    return found
