"""The tool on stock on hand: how many pieces, worth what, where, and how much of it has not moved for a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from spareverse.assistant.arguments import Argument
from spareverse.assistant.findings import PIECES, SHARE, Findings, Listing, Shown, Subject, written
from spareverse.assistant.session import Session
from spareverse.assistant.tool import Tool, rows_wanted
from spareverse.errors import NotFound
from spareverse.explainer.facts import Fact
from spareverse.explainer.grounding.names import quoted
from spareverse.history.item_master import newest_stock

TOLD = 5
"""Rows that are told in sentences."""
_POINT = ("part_id", "place_id")
_MOVEMENTS = (
    ("purchases", ("received_on",)), ("sales", ("delivered_on", "ordered_on")),
    ("consumption", ("issued_on", "required_on")), ("demand", ("period",)),
)  # fmt: skip
"""Tables of the record that move stock, and the day they do: the first that is known."""


def stock(
    session: Session, limit: int, part_id: str = "", place_id: str = "", unmoved_days: int | None = None,
    by: str = "",
) -> Findings:  # fmt: skip
    """Stock on hand by the newest counts of the record; with ``unmoved_days`` the share that has not moved for so long.

    NotFound without a record, without stock on hand, or where the record does not reach that far back.
    """
    points = _points(session)
    for column, wanted in (("part_id", part_id), ("place_id", place_id)):
        points = points.filter(pl.col(column) == wanted) if wanted else points
    if points.is_empty():
        of = "".join(f" {word} {quoted(name)}" for word, name in (("of", part_id), ("at", place_id)) if name)
        raise NotFound(f"The record shows no stock on hand{of}.")
    if unmoved_days is not None:
        return _unmoved(session, points, unmoved_days, place_id, limit, by)
    return _on_hand(session, points, part_id, place_id, limit)


def _points(session: Session) -> pl.DataFrame:
    """part_id, place_id, as_of, on_hand [pieces], unit_cost and stock_value [currency] where there is stock."""
    if not session.has("analysis") or session.twin.folder.table("stock").is_empty():
        raise NotFound("How much stock there is takes a record with its analysis and a file of stock: "
                       "`spareverse import --stock`.")  # fmt: skip
    return session.from_record("stock on hand", _find_points)


def _find_points(session: Session) -> pl.DataFrame:
    table = session.twin.folder.table("stock")
    newest = table["as_of"].max()
    day = newest if isinstance(newest, date) else session.as_of()
    held = newest_stock(table, day).with_columns(pl.col("place_id").fill_null(""), pl.col("as_of").fill_null(day))
    held = held.filter(pl.col("on_hand") > 0).select(*_POINT, "as_of", "on_hand")
    prices = session.parts().group_by("part_id").agg(pl.col("unit_cost").max()).collect()
    found = held.join(prices, on="part_id", how="left", maintain_order="left")
    return found.with_columns(stock_value=pl.col("on_hand") * pl.col("unit_cost"))


def _on_hand(session: Session, points: pl.DataFrame, part_id: str, place_id: str, limit: int) -> Findings:
    """Pieces and their value, and where they lie or which parts they are."""
    each = "place_id" if part_id else "part_id" if place_id else "place_id"
    summed = _summed(points, each).sort("stock_value", "on_hand", each, descending=[True, True, False])
    total = _summed(points.with_columns(every=pl.lit("")), "every").row(0, named=True)
    unit, about = session.currency, {"part": part_id} if part_id else {"place": place_id} if place_id else {}
    pieces, value = written(total["on_hand"], PIECES), written(total["stock_value"], unit)
    of = " at ".join(quoted(name) for name in (part_id, place_id) if name)
    said = [f"On hand{f' of {of}' if part_id else f' at {of}' if of else ''}: {pieces}, worth {value}."]
    title = f"Stock on hand as of {_day(points)}"
    columns = (
        Shown(each, "Place" if each == "place_id" else "Part"), Shown("on_hand", "On hand", PIECES),
        Shown("stock_value", "Stock value", unit),
    )  # fmt: skip
    listing = Listing.of("stock", title, columns, summed.head(limit), summed.height, key=(each,))
    said += [
        f"{listing.told_name(row) or 'Without a place'}: {written(row['on_hand'], PIECES)}, worth "
        f"{written(row['stock_value'], unit)}."
        for row in listing.rows[:TOLD]
    ]
    facts = [
        *_names(part_id, place_id), _as_of(points),
        Fact("stock.pieces", total["on_hand"], "pieces", source="stock.on_hand added up", about=about,
             measure="on_hand", shown=pieces),
        Fact("stock.value", total["stock_value"], unit, source="stock.on_hand times parts.unit_cost, added up",
             about=about, measure="stock_value", shown=value),
    ]  # fmt: skip
    expert = (*said, f"Stock as of {_day(points)}; {_unpriced(points)}")
    return Findings(tuple(said), (*facts, _unpriced_fact(points), *listing.facts("stock")), expert, (listing,),
                    subject=Subject("part", part_id) if part_id else Subject("parts"))  # fmt: skip


def _unmoved(session: Session, points: pl.DataFrame, days: int, place_id: str, limit: int, by: str) -> Findings:
    """Which share of value and of pieces nothing was bought into, sold or used of for so many days."""
    moved = _last_moved(session)
    since, begins = _day(points) - timedelta(days=days), moved["moved_on"].min()
    if not isinstance(begins, date) or since < begins:
        reach = f"begins on {begins.isoformat()}" if isinstance(begins, date) else "holds none"
        raise NotFound(f"What has not moved for {days:,} days cannot be told: the record of movements {reach}.")
    points = _with_last(points, moved).with_columns(still=pl.col("moved_on").is_null() | (pl.col("moved_on") <= since))
    places = _shares(points, "place_id").sort("still_value", "place_id", descending=[True, False])
    total = _shares(points.with_columns(every=pl.lit("")), "every").row(0, named=True)
    still = points.filter("still").sort("stock_value", "on_hand", *_POINT, descending=[True, True, False, False],
                                        nulls_last=True)  # fmt: skip
    unit, at = session.currency, f" at {quoted(place_id)}" if place_id else ""
    about = {"place": place_id} if place_id else {}
    value_of = f"{written(total['still_value'], unit)} of {written(total['stock_value'], unit)}"
    pieces_of = f"{written(total['still'], PIECES)} of {written(total['on_hand'], PIECES)}"
    said = [
        f"{written(total['value_share'], SHARE)} of the stock value{at} has not moved for {days:,} days: {value_of}.",
        f"In pieces it is {written(total['piece_share'], SHARE)}: {pieces_of}.",
    ]
    ways = [
        f"At {quoted(row['place_id'])} it is {written(row['value_share'], SHARE)} of the stock value and "
        f"{written(row['piece_share'], SHARE)} of the pieces."
        for row in places.head(TOLD).to_dicts() if row["place_id"]
    ]  # fmt: skip
    most = [
        f"{_at(row)}: {written(row['stock_value'], unit)}, {_moved_words(row['moved_on'])}."
        for row in still.head(TOLD).to_dicts()
    ]
    meant = f"Not moved: nothing was received, sold or used since {since}, by the record."
    plain = [*said, *{"place": ways, "part": most}.get(by, []), meant]
    expert = [*said, *(() if place_id else ways), *most, meant,
              f"Stock as of {_day(points)}; {_unpriced(points)}"]  # fmt: skip
    share_columns = (
        Shown("place_id", "Place"), Shown("value_share", "Of value, not moved", SHARE),
        Shown("still_value", "Value not moved", unit), Shown("stock_value", "Stock value", unit),
        Shown("piece_share", "Of pieces, not moved", SHARE), Shown("still", "Not moved", PIECES),
        Shown("on_hand", "On hand", PIECES),
    )  # fmt: skip
    part_columns = (
        Shown("part_id", "Part"), Shown("place_id", "Place"), Shown("stock_value", "Stock value", unit),
        Shown("on_hand", "On hand", PIECES), Shown("moved_on", "Last moved"),
    )  # fmt: skip
    still = still.with_columns(pl.col("moved_on").cast(pl.String))
    listings = (
        Listing.of("unmoved_places", f"Stock not moved since {since}, by place", share_columns, places.head(limit),
                   places.height, key=("place_id",)),
        Listing.of("unmoved", f"Stock not moved since {since}", part_columns, still.head(limit), still.height,
                   key=_POINT),
    )  # fmt: skip
    facts = [
        *_names("", place_id), _as_of(points), Fact("unmoved.days", days, "days", source="as asked"),
        Fact("unmoved.since", since.isoformat(), source="stock.as_of less the days"),
        *_total_facts(total, unit, about),
    ]  # fmt: skip
    every = (*facts, _unpriced_fact(points), *(fact for one in listings for fact in one.facts("stock")))
    return Findings(tuple(plain), every, tuple(expert), listings, subject=Subject("parts"))


def _total_facts(total: dict[str, Any], unit: str, about: dict[str, str]) -> list[Fact]:
    given = (
        ("share_of_value", "value_share", SHARE, "stock.on_hand times parts.unit_cost, that not moved by all"),
        ("value_not_moved", "still_value", unit, "stock.on_hand times parts.unit_cost, added up where not moved"),
        ("value_in_all", "stock_value", unit, "stock.on_hand times parts.unit_cost, added up"),
        ("share_of_pieces", "piece_share", SHARE, "stock.on_hand, that not moved by all"),
        ("pieces_not_moved", "still", "pieces", "stock.on_hand added up where not moved"),
        ("pieces_in_all", "on_hand", "pieces", "stock.on_hand added up"),
    )
    return [
        Fact(f"unmoved.{name}", total[column], of, source=source, about=about) for name, column, of, source in given
    ]


def _last_moved(session: Session) -> pl.DataFrame:
    """part_id, place_id and moved_on: the last day that the record knows of a movement; remembered."""
    return session.from_record("last moved", _find_last_moved)


def _find_last_moved(session: Session) -> pl.DataFrame:
    frames = [pl.DataFrame(schema={"part_id": pl.String, "place_id": pl.String, "moved_on": pl.Date})]
    for name, days in _MOVEMENTS:
        rows = session.twin.folder.table(name)
        sound = pl.col("quantity").fill_null(1.0) > 0
        if "status" in rows.columns:
            sound &= pl.col("status").fill_null("") != "cancelled"
        moved = rows.filter(sound).select(
            "part_id", pl.col("place_id").fill_null(""), pl.coalesce(days).alias("moved_on")
        )  # fmt: skip
        frames.append(moved.drop_nulls("moved_on"))
    return pl.concat(frames).group_by("part_id", "place_id").agg(pl.col("moved_on").max())


def _with_last(points: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """The last movement of each stock point; where either does not say the place, that of the part wherever."""
    anywhere = moved.group_by("part_id").agg(pl.col("moved_on").max().alias("_any"))
    unplaced = moved.filter(pl.col("place_id") == "").select("part_id", pl.col("moved_on").alias("_unplaced"))
    found = points.join(moved, on=_POINT, how="left").join(anywhere, on="part_id", how="left")
    found = found.join(unplaced, on="part_id", how="left")
    here = pl.max_horizontal("moved_on", "_unplaced")
    last = pl.when(pl.col("place_id") == "").then(pl.col("_any")).otherwise(here)
    return found.with_columns(moved_on=last).drop("_any", "_unplaced")


def _summed(points: pl.DataFrame, each: str) -> pl.DataFrame:
    return points.group_by(each).agg(pl.col("on_hand").sum(), pl.col("stock_value").sum())


def _shares(points: pl.DataFrame, each: str) -> pl.DataFrame:
    """Value and pieces, in all and not moved, of each; a share of nothing is none."""
    still = pl.col("still")
    return points.group_by(each).agg(
        pl.col("on_hand").sum(), pl.col("stock_value").sum(), pl.col("on_hand").filter(still).sum().alias("still"),
        pl.col("stock_value").filter(still).sum().alias("still_value"),
    ).with_columns(
        value_share=pl.when(pl.col("stock_value") > 0).then(pl.col("still_value") / pl.col("stock_value")),
        piece_share=pl.col("still") / pl.col("on_hand"),
    )  # fmt: skip


def _at(row: dict[str, Any]) -> str:
    return " at ".join(quoted(row[column]) for column in _POINT if row[column])


def _moved_words(day: date | None) -> str:
    return "no movement in the record" if day is None else f"last moved {day}"


def _names(part_id: str, place_id: str) -> list[Fact]:
    names = (("part", part_id), ("place", place_id))
    return [Fact(kind, name, kind, source=f"parts.{kind}_id") for kind, name in names if name]


def _day(points: pl.DataFrame) -> date:
    """The day of the newest count."""
    day: date = max(points["as_of"].unique().to_list())
    return day


def _as_of(points: pl.DataFrame) -> Fact:
    return Fact("as_of", _day(points).isoformat(), source="stock.as_of")


def _unpriced(points: pl.DataFrame) -> str:
    count = _without_price(points)
    return f"{written(count, PIECES)} of it have no known price and count as worth nothing." if count else (
        "the price of every piece is known."
    )  # fmt: skip


def _unpriced_fact(points: pl.DataFrame) -> Fact:
    return Fact("stock.unpriced", _without_price(points), "pieces", source="stock.on_hand without parts.unit_cost")


def _without_price(points: pl.DataFrame) -> float:
    return float(points.filter(pl.col("unit_cost").is_null())["on_hand"].sum())


TOOLS: Sequence[Tool] = (
    Tool(
        "stock", "Stock on hand",
        "Pieces on hand and their value: of a part, at a place, or of all, by the newest counts. With "
        "`unmoved_days`: which share of value and of pieces nothing was received, sold or used of for so long.",
        stock,
        (
            Argument("part_id", "text", "Only this part"),
            Argument("place_id", "text", "Only this place"),
            Argument("unmoved_days", "integer", "Only what has not moved for so many days", least=1, most=36500),
            Argument("by", "text", "Tell it place by place, or part by part", choices=("place", "part")),
            rows_wanted(),
        ),
    ),
)  # fmt: skip
"""Verbs on stock on hand, none of which changes anything."""
