"""What follows from a plan for today's stock: every piece is used once."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.optimisation.portfolio.actions import actions, first_actions


def stock(*rows: tuple[str, str, float | None, float, float, int, int]) -> pl.DataFrame:
    """Rows (part, place, on hand, on order, owed, reorder point, order quantity); 2 money a piece, 1 piece a year."""
    names = ["part_id", "place_id", "on_hand", "on_order", "backordered", "reorder_point", "order_quantity"]
    kinds = {"on_hand": pl.Float64, "on_order": pl.Float64, "backordered": pl.Float64}
    frame = pl.DataFrame(rows, schema=names, orient="row", schema_overrides=kinds).with_row_index("item")
    return frame.with_columns(
        pl.col("item").cast(pl.Int64), pl.lit(2.0).alias("unit_cost"), pl.lit(1.0).alias("most_pieces_a_year")
    )


def found(frame: pl.DataFrame) -> list[tuple[int, str, float, float, str | None]]:
    return actions(frame).rows()


def test_each_kind_of_action() -> None:
    assert found(stock(("a", "", 1, 0, 0, 3, 4))) == [(0, "buy", 4.0, 8.0, None)]
    assert found(stock(("a", "", 0, 0, 3, 3, 4))) == [(0, "buy", 8.0, 16.0, None)]
    assert found(stock(("a", "", 5, 0, 0, 3, 4))) == [(0, "keep", 0.0, 0.0, None)]
    assert found(stock(("a", "", 5, 6, 0, 3, 4))) == [(0, "cut", 4.0, -8.0, None)]
    assert found(stock(("a", "", 9, 0, 0, 3, 4))) == [(0, "watch", 2.0, 0.0, None)]
    assert found(stock(("a", "", 25, 0, 0, 3, 4))) == [(0, "scrap", 15.0, 0.0, None)]
    assert found(stock(("a", "", 0, 0, 0, -1, 1))) == [(0, "keep", 0.0, 0.0, None)]
    assert found(stock(("a", "", 0, 0, 2, -1, 1))) == [(0, "buy", 2.0, 4.0, None)]
    assert found(stock(("a", "", None, 0, 0, 3, 4))) == []


def test_surplus_of_another_place_comes_before_a_purchase() -> None:
    frame = stock(("a", "north", 0, 0, 0, 2, 3), ("a", "south", 9, 0, 0, 2, 3), ("b", "south", 9, 0, 0, 2, 3))
    assert found(frame) == [
        (0, "move", 3.0, 0.0, "south"),
        (1, "watch", 1.0, 0.0, None),
        (2, "watch", 4.0, 0.0, None),
    ]
    short = stock(("a", "north", 0, 0, 0, 5, 6), ("a", "south", 7, 0, 0, 2, 3))
    assert found(short) == [
        (0, "move", 2.0, 0.0, "south"),
        (0, "buy", 6.0, 12.0, None),
        (1, "keep", 0.0, 0.0, None),
    ]
    assert first_actions(actions(short))["action"].to_list() == ["move", "keep"]


Row = tuple[str, str, float, float, float, int, int]
places = st.tuples(
    st.sampled_from(["a", "b"]),
    st.just(""),
    st.integers(0, 30).map(float),
    st.integers(0, 20).map(float),
    st.integers(0, 5).map(float),
    st.integers(-1, 8),
    st.integers(1, 5),
)


@given(st.lists(places, min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_no_piece_is_used_twice_and_the_plan_is_reached(
    rows: list[tuple[str, str, float, float, float, int, int]],
) -> None:
    """After the actions every position is above its reorder point, and no shelf or order gave more than it had."""
    placed = [(row[0], f"p{k}", *row[2:]) for k, row in enumerate(rows)]
    frame = stock(*((*row[:5], row[5], 1 if row[5] < 0 else row[6]) for row in placed))
    done = actions(frame)
    total = {
        name: done.filter(pl.col("action") == name).group_by("item").agg(pl.col("action_pieces").sum().alias(name))
        for name in ("buy", "move", "cut", "scrap")
    }
    places_of = frame.select("part_id", pl.col("place_id").alias("from_place_id"), pl.col("item").alias("giver"))
    given_away = (
        done.filter(pl.col("action") == "move")
        .join(frame.select("item", "part_id"), on="item")
        .join(places_of, on=["part_id", "from_place_id"])
        .group_by("giver")
        .agg(pl.col("action_pieces").sum().alias("out"))
    )
    after = frame.join(given_away, left_on="item", right_on="giver", how="left")
    for each in total.values():
        after = after.join(each, on="item", how="left")
    after = after.fill_null(0.0)
    shelf = (pl.col("on_hand") - pl.col("backordered")).clip(lower_bound=0.0)
    position = pl.col("on_hand") + pl.col("on_order") - pl.col("backordered")
    end = position + pl.col("buy") + pl.col("move") - pl.col("out") - pl.col("cut") - pl.col("scrap")
    assert after.select((pl.col("out") + pl.col("scrap") <= shelf).all()).item()
    assert after.select((pl.col("cut") <= pl.col("on_order")).all()).item()
    assert after.select((end > pl.col("reorder_point")).all()).item()
    top = pl.when(pl.col("reorder_point") < 0).then(0).otherwise(pl.col("reorder_point") + pl.col("order_quantity"))
    acted = pl.col("out") + pl.col("cut") + pl.col("scrap") > 0
    assert after.filter(acted).select((end >= top).all()).item()
    assert after.filter(pl.col("buy") + pl.col("move") > 0).select((end <= top).all()).item()
