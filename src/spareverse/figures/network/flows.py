"""How much travels on each link and what each place holds: the widths and sizes of a drawing."""

from __future__ import annotations

import polars as pl

from spareverse.figures.network.diagram import Diagram

ARRIVALS = ("delivery", "transfer")
"""Events by which goods come in."""


def link_flows(diagram: Diagram, events: pl.DataFrame) -> pl.DataFrame:
    """Per row of ``diagram.links``: link, pieces, shipments, pieces per year, mean transit days; from one event record.

    Counted are shipments that leave; where none is recorded on a link, what arrives over it.
    """
    moved = events.with_columns(diagram.link_of(events)).filter(pl.col("link").is_not_null())
    left = _counted(moved.filter(pl.col("kind") == "shipment"))
    came = _counted(moved.filter(pl.col("kind").is_in(ARRIVALS)))
    best = pl.concat([left, came.join(left, on="link", how="anti")])
    days = events["day"].max()
    years = days / 365.0 if isinstance(days, float) and days > 0 else 1.0
    rows = diagram.links.with_row_index("link").join(best, on="link", how="left", maintain_order="left")
    return rows.with_columns(
        pl.col("pieces", "shipments").fill_null(0), (pl.col("pieces").fill_null(0) / years).alias("pieces_per_year")
    )


def _counted(moved: pl.DataFrame) -> pl.DataFrame:
    return moved.group_by("link").agg(
        pl.col("quantity").sum().alias("pieces"), pl.len().cast(pl.Int64).alias("shipments"), pl.col("days").mean()
    )


def place_totals(series: pl.DataFrame, scenario: str) -> pl.DataFrame:
    """Per place of one scenario: mean stock value, share of demands filled at once, waiting; mean over replications."""
    own = series.filter(pl.col("scenario") == scenario)
    runs = max(own["replication"].n_unique(), 1)
    return own.group_by("place_id", maintain_order=True).agg(
        pl.col("stock_value").mean(),
        (pl.col("filled").sum() / pl.col("demands").sum()).alias("fill_rate"),
        (pl.col("demands").sum() / runs).alias("demands"),
        (pl.col("waiting_piece_days").sum() / runs).alias("waiting_piece_days"),
    )
