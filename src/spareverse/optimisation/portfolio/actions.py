"""What a plan means for today's stock and orders: buy, move, cut, scrap, keep, watch; no piece is used twice."""

from __future__ import annotations

import polars as pl

SCRAP_YEARS = 10.0
"""Stock beyond so many years of demand, at the upper limit of its rate, is not worth its place."""

ACTIONS = pl.Schema(
    {
        "item": pl.Int64(),
        "action": pl.String(),
        "action_pieces": pl.Float64(),
        "action_money": pl.Float64(),
        "from_place_id": pl.String(),
    }
)
"""Money: positive is spent, negative is not spent after all; moving and scrapping cost nothing here."""

_RANK = {"move": 0, "buy": 1, "cut": 2, "scrap": 3, "watch": 4, "keep": 5}


def actions(stock: pl.DataFrame, *, scrap_years: float = SCRAP_YEARS) -> pl.DataFrame:
    """All actions of every item, the first to do first; schema ACTIONS. Items whose stock is unknown have none.

    ``stock``: item, part_id, place_id, on_hand, on_order, backordered (null on_hand: unknown), reorder_point,
    order_quantity, unit_cost, most_pieces_a_year (upper limit of the demand), and where there are any replaced_stock
    (pieces of parts that the item replaces, which count into its position) and serves_successor (pieces of the item
    that its successor counts on). A position (on hand + on order - owed) at or below the reorder point calls for the
    least multiple of the order quantity that lifts it above: surplus of the part at other places first, then a
    purchase. A position above reorder point + order quantity is surplus: moved, else cut from open orders, else
    scrapped or watched.
    """
    today = _positions(stock)
    moves = _moves(today)
    into = moves.group_by("item").agg(pl.col("action_pieces").sum().alias("in"))
    out = moves.group_by("from_item").agg(pl.col("action_pieces").sum().alias("out"))
    after = (
        today.join(into, on="item", how="left", maintain_order="left")
        .join(out, left_on="item", right_on="from_item", how="left", maintain_order="left")
        .with_columns(pl.col("in", "out").fill_null(0.0))
        .with_columns(
            (pl.col("position") + pl.col("in") - pl.col("out")).alias("position"),
            (pl.col("shelf") - pl.col("out")).alias("shelf"),
        )
    )
    cut = pl.min_horizontal("on_order", "over").clip(lower_bound=0.0)
    spare = pl.max_horizontal("top", (pl.col("most_pieces_a_year") * scrap_years).ceil())
    scrapped = pl.min_horizontal(pl.col("shelf") - spare, pl.col("over") - pl.col("cut")).clip(lower_bound=0.0).floor()
    decided = (
        after.with_columns(_shortage(), (pl.col("position") - pl.col("top")).clip(lower_bound=0.0).alias("over"))
        .with_columns(cut.alias("cut"))
        .with_columns(scrapped.alias("scrap"))
        .with_columns((pl.col("over") - pl.col("cut") - pl.col("scrap")).alias("watch"))
    )
    found = [moves.select(ACTIONS.names())]
    for name, column, price in (("buy", "shortage", 1.0), ("cut", "cut", -1.0), ("scrap", "scrap", 0.0)):
        found.append(_rows(decided.filter(pl.col(column) > 0), name, pl.col(column), price))
    acted = pl.concat(found)
    idle = decided.join(acted, on="item", how="anti").with_columns(pl.col("watch").fill_null(0.0))
    found += [
        _rows(idle.filter(pl.col("watch") > 0), "watch", pl.col("watch"), 0.0),
        _rows(idle.filter(pl.col("watch") <= 0), "keep", pl.lit(0.0), 0.0),
    ]
    rank = pl.col("action").replace_strict(_RANK, return_dtype=pl.Int8)
    return pl.concat(found).sort("item", rank, "from_place_id", maintain_order=True)


def first_actions(all_actions: pl.DataFrame) -> pl.DataFrame:
    """One row per item: what to do first."""
    return all_actions.unique("item", keep="first", maintain_order=True)


def _positions(stock: pl.DataFrame) -> pl.DataFrame:
    """Items whose stock is known, with position, shelf (on hand and not owed), top of the plan and what it lacks."""
    known = stock.filter(pl.col("on_hand").is_not_null()).with_columns(
        pl.col("on_order", "backordered").fill_null(0.0), pl.col("place_id").fill_null("")
    )
    replaced, serving = (
        pl.col(name) if name in stock.columns else pl.lit(0.0) for name in ("replaced_stock", "serves_successor")
    )
    return known.with_columns(
        (pl.col("on_hand") + pl.col("on_order") - pl.col("backordered") + replaced).alias("position"),
        (pl.col("on_hand") - pl.col("backordered")).clip(lower_bound=0.0).alias("shelf"),
        # Bought on demand: nothing above what is owed, but for what a successor counts on.
        pl.when(pl.col("reorder_point") < 0)
        .then(serving)
        .otherwise(pl.col("reorder_point") + pl.col("order_quantity"))
        .cast(pl.Float64)
        .alias("top"),
    ).with_columns(_shortage())


def _shortage() -> pl.Expr:
    """The least multiple of the order quantity that lifts the position above the reorder point; 0 where it is above."""
    lacking = pl.col("reorder_point") + 1.0 - pl.col("position")
    needed = (lacking / pl.col("order_quantity")).ceil() * pl.col("order_quantity")
    return pl.when(lacking > 0).then(needed).otherwise(0.0).alias("shortage")


def _moves(today: pl.DataFrame) -> pl.DataFrame:
    """Surplus of a part laid against its shortages, both end to end in order of place: what overlaps is moved."""
    surplus = pl.min_horizontal("shelf", pl.col("position") - pl.col("top")).clip(lower_bound=0.0).floor()
    both = today.with_columns(surplus.alias("surplus")).sort("part_id", "place_id")
    until = both.with_columns(
        pl.col("shortage").cum_sum().over("part_id").alias("short_until"),
        pl.col("surplus").cum_sum().over("part_id").alias("spare_until"),
    )
    needs = until.filter(pl.col("shortage") > 0).select("part_id", "item", "shortage", "short_until")
    gives = until.filter(pl.col("surplus") > 0).select(
        "part_id",
        "surplus",
        "spare_until",
        pl.col("item").alias("from_item"),
        pl.col("place_id").alias("from_place_id"),
    )
    begin = pl.max_horizontal(pl.col("short_until") - pl.col("shortage"), pl.col("spare_until") - pl.col("surplus"))
    overlap = pl.min_horizontal("short_until", "spare_until") - begin
    return (
        needs.join(gives, on="part_id")
        .with_columns(overlap.alias("action_pieces"))
        .filter(pl.col("action_pieces") > 0)
        .select("item", pl.lit("move").alias("action"), "action_pieces", pl.lit(0.0).alias("action_money"),
                "from_place_id", "from_item")
    )  # fmt: skip


def _rows(items: pl.DataFrame, action: str, pieces: pl.Expr, price: float) -> pl.DataFrame:
    return items.select(
        "item",
        pl.lit(action).alias("action"),
        pieces.alias("action_pieces"),
        (pieces * price * pl.col("unit_cost")).alias("action_money"),
        pl.lit(None, dtype=pl.String).alias("from_place_id"),
    )
