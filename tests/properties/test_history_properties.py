"""What holds for every history: the cycle join is the naive loop, and the future is never seen."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from company import day, tables
from spareverse.history.cycles import reorder_cycles
from spareverse.history.history import prepare
from spareverse.history.window import Window

DAYS = 60
parts = st.sampled_from(["A", "B", "C"])
places = st.sampled_from(["X", "Y"])
purchase_rows = st.lists(
    st.fixed_dictionaries(
        {
            "part_id": parts,
            "place_id": places,
            "ordered_on": st.integers(0, DAYS),
            "received_on": st.none() | st.integers(0, DAYS),
            "quantity": st.just(1.0),
        }
    ).filter(lambda row: row["received_on"] is None or row["received_on"] >= row["ordered_on"]),
    max_size=12,
)
sales_rows = st.lists(
    st.fixed_dictionaries(
        {
            "part_id": parts,
            "place_id": places,
            "ordered_on": st.integers(0, DAYS),
            "quantity": st.integers(1, 9).map(float),
        }
    ),
    max_size=25,
)
Rows = list[dict[str, object]]


def found(purchases: Rows, sales: Rows, window: Window) -> pl.DataFrame:
    history = prepare(tables(purchases=purchases, sales=sales), window)
    return reorder_cycles(history.lines, history.demand, history.items.height, window)


@settings(max_examples=150, deadline=None)
@given(purchase_rows, sales_rows, st.integers(0, 20), st.integers(25, DAYS))
def test_the_cycle_join_is_the_naive_loop(purchases: Rows, sales: Rows, since: int, until: int) -> None:
    as_of = DAYS - 5
    expected = []
    by_place = bool(purchases) or bool(sales)
    for line in purchases:
        start, end = line["ordered_on"], line["received_on"]
        if not since <= start < until or start > as_of:
            continue
        open_ = end is None or end > as_of
        end = as_of if open_ else end
        inside = [
            sale["quantity"]
            for sale in sales
            if sale["part_id"] == line["part_id"]
            and (not by_place or sale["place_id"] == line["place_id"])
            and start <= sale["ordered_on"] < end
        ]
        expected.append((line["part_id"], float(end - start), open_, float(sum(inside)), len(inside)))
    cycles = found(purchases, sales, Window(day(since), day(until), day(as_of)))
    columns = ("part_id", "lead_time_days", "open", "safety_cover", "sales_lines")
    assert cycles.select(columns).rows() == expected


@settings(max_examples=100, deadline=None)
@given(purchase_rows, sales_rows, st.integers(5, DAYS))
def test_the_future_is_never_seen(purchases: Rows, sales: Rows, as_of: int) -> None:
    """An analysis as of a day equals one of the files as they stood on that day."""
    window = Window(day(0), day(DAYS + 1), day(as_of))
    known = [
        line | {"received_on": end if (end := line["received_on"]) is not None and end <= as_of else None}
        for line in purchases
        if line["ordered_on"] <= as_of
    ]
    shown = [sale for sale in sales if sale["ordered_on"] <= as_of]
    # Whether places are compared must not hang on lines that came later; all lines here name one.
    if bool(known) == bool(purchases) and bool(shown) == bool(sales):
        assert found(purchases, sales, window).drop("item").equals(found(known, shown, window).drop("item"))


@settings(max_examples=100, deadline=None)
@given(purchase_rows, sales_rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(purchases: Rows, sales: Rows, chance: object) -> None:
    window = Window(day(0), day(DAYS + 1), day(DAYS))
    shuffled = [list(purchases), list(sales)]
    for rows in shuffled:
        chance.shuffle(rows)  # type: ignore[attr-defined]
    key = ["part_id", "place_id", "ordered_on", "received_on", "safety_cover"]
    one, other = (found(*rows, window).select(key).sort(key) for rows in ((purchases, sales), shuffled))
    assert one.equals(other)


@settings(max_examples=60, deadline=None)
@given(purchase_rows, sales_rows)
def test_each_sale_is_counted_once_in_every_cycle_open_that_day(purchases: Rows, sales: Rows) -> None:
    window = Window(day(0), day(DAYS + 1), day(DAYS))
    cycles = found(purchases, sales, window)
    total = 0.0
    for sale in sales:
        running = cycles.filter(
            (pl.col("part_id") == sale["part_id"])
            & (pl.col("place_id") == sale["place_id"])
            & (pl.col("ordered_on") <= day(sale["ordered_on"]))
            & (pl.col("received_on").fill_null(day(DAYS)) > day(sale["ordered_on"]))
        )
        total += running.height * sale["quantity"]
    assert cycles["safety_cover"].sum() == total
