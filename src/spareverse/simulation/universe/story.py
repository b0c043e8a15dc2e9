"""One wait told: where the piece came from that ended it, order by order, up to where it was in stock or was made.

The event record has no numbers of orders. The order that ended a wait is found by its end: the last arrival before the
piece was handed over, which says how long ago it was ordered; and so on at the place it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from spareverse.errors import NotFound
from spareverse.network.network_checks.disturbances import KIND_OF, TARGETS
from spareverse.network.simulation_answers import STORY

ENDS = ("issue", "lost")
"""Events that end a wait."""
_ARRIVALS = ("delivery", "transfer")
_SAME = 1e-5
"""Days closer than this are one moment: the record is in whole seconds."""
_NEAR = 0.01
_DEEPEST = 12


def waits(events: pl.DataFrame, scenario: str, where: Mapping[str, str]) -> pl.DataFrame:
    """Events of one scenario that ended a wait, longest first; ``where``: values of part_id, place_id, customer_id."""
    chosen = [pl.col(column) == value for column, value in where.items()]
    ended = pl.col("kind").is_in(ENDS) & (pl.col("days") > 0)
    return events.filter(pl.col("scenario") == scenario, ended, *chosen).sort("days", "day", descending=[True, False])


def still_waiting(events: pl.DataFrame, scenario: str, where: Mapping[str, str]) -> int:
    """Pieces asked for and neither handed over nor given up by the end of the record."""
    own = events.filter(pl.col("scenario") == scenario, *(pl.col(name) == value for name, value in where.items()))
    ended = pl.col("kind").is_in(ENDS) & (pl.col("days") > 0)
    short = int(own.filter(kind="stock_out")["quantity"].sum()) - int(own.filter(ended)["quantity"].sum())
    return max(short, 0)


def story(
    events: pl.DataFrame,
    scenario: str,
    part_id: str,
    place_id: str,
    day: float,
    disturbances: Iterable[Mapping[str, Any]] = (),
) -> pl.DataFrame:
    """What led to the wait at a place that ended on ``day``: rows of STORY, in order of time. NotFound without one."""
    own = events.filter(pl.col("scenario") == scenario, pl.col("part_id") == part_id)
    ended = waits(own, scenario, {"place_id": place_id}).filter((pl.col("day") - day).abs() < _NEAR)
    if ended.is_empty():
        raise NotFound(f"Nobody's wait for {part_id} ended at {place_id} on day {day:g}.")
    end = ended.sort((pl.col("day") - day).abs(), pl.col("days"), descending=[False, True]).row(0, named=True)
    began = end["day"] - end["days"]
    steps = [_step("wanted", began, end, source_id=end["customer_id"])]
    if end["kind"] == "issue":
        steps += _supply(own, place_id, began, end["day"])
    steps.append(_step("handed over" if end["kind"] == "issue" else "given up", end["day"], end, days=end["days"]))
    steps += _disturbed(steps, disturbances)
    order = {name: at for at, name in enumerate(STORY.columns[1].choices or ())}
    rows = sorted(steps, key=lambda step: (round(step["day"], 5), order[step["step"]]))
    return pl.DataFrame(rows, schema=STORY.schema, orient="row").select(STORY.names)


def _supply(own: pl.DataFrame, place_id: str, began: float, until: float) -> list[dict[str, Any]]:
    """The orders that ended the wait, from the place upwards."""
    steps: list[dict[str, Any]] = []
    for above in range(_DEEPEST):
        came = own.filter(
            pl.col("place_id") == place_id, pl.col("kind").is_in(_ARRIVALS),
            pl.col("day") > began + _SAME, pl.col("day") <= until + _SAME,
        )  # fmt: skip
        if came.is_empty():
            steps.append(_step("in stock", began if above else until, {"place_id": place_id}))
            break
        arrival = came.row(-1, named=True)
        ordered = arrival["day"] - arrival["days"]
        left, rows = _order(own, arrival, ordered)
        steps += rows
        if arrival["kind"] == "delivery" or not arrival["source_id"]:
            break
        place_id, began, until = arrival["source_id"], ordered, left
    return steps


def _order(own: pl.DataFrame, arrival: dict[str, Any], ordered: float) -> tuple[float, list[dict[str, Any]]]:
    """When the goods of an order left, and its steps from order to arrival."""
    same = own.filter(pl.col("place_id") == arrival["place_id"], pl.col("source_id") == arrival["source_id"])
    placed = same.filter((pl.col("day") - ordered).abs() < _SAME)
    urgent = (placed["kind"] == "emergency_order").any() and not (placed["kind"] == "order").any()
    steps = [_step("emergency order" if urgent else "ordered", ordered, arrival)]
    sent = same.filter(pl.col("kind") == "shipment", (pl.col("day") + pl.col("days") - arrival["day"]).abs() < _SAME)
    left = sent.row(-1, named=True)["day"] if sent.height else arrival["day"]
    if (placed["kind"] == "budget_wait").any():
        bought = same.filter(kind="purchase").filter(pl.col("day").is_between(ordered, left))
        if bought.height:
            paid = bought.row(0, named=True)["day"]
            steps.append(_step("budget free again", paid, arrival, days=paid - ordered))
    if sent.height:
        steps.append(_step("sent", left, arrival, days=left - ordered))
    under_way = arrival["day"] - left if sent.height else arrival["days"]
    return left, [*steps, _step("arrived", arrival["day"], arrival, days=under_way)]


def _disturbed(steps: list[dict[str, Any]], disturbances: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Disturbances on days given that struck somebody of the story while it lasted."""
    first, last = min(step["day"] for step in steps), max(step["day"] for step in steps)
    found = []
    for row in disturbances:
        start, days = row.get("start_day"), row.get("days") or 0.0
        if start is None or start > last or start + days < first or not _struck(row, steps):
            continue
        said = {"place_id": row["target_id"], "link_id": str(row["kind"]).replace("_", " ")}
        found.append(_step("disturbance", float(start), said, days=float(days)))
    return found


def _struck(row: Mapping[str, Any], steps: list[dict[str, Any]]) -> bool:
    """Whether a disturbance is aimed at anybody of the story."""
    kinds = [row["target_kind"]] if row.get("target_kind") else [KIND_OF[table] for table in TARGETS[row["kind"]]]
    columns = {column for kind in kinds for column in _NAMED_IN.get(kind, ())}
    return row["target_id"] == "*" or any(step[column] == row["target_id"] for step in steps for column in columns)


_NAMED_IN = {"supplier": ("source_id",), "place": ("place_id", "source_id"), "link": ("link_id",)}
"""Kind of a target -> columns of a story that name it."""


def _step(step: str, day: float, row: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    given = {"source_id": row.get("source_id"), "link_id": row.get("link_id"), "quantity": row.get("quantity")}
    return {"day": float(day), "step": step, "place_id": row.get("place_id"), **given, "days": None, **more}
