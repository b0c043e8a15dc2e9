"""Learning on public demand: plan on 27 months, accept everything, import the next 12, hold promises against them.

The last 12 of the 51 months stay unread: they are for one look (``reproduction.car_parts``).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import spareverse as sv

PLANNED, LATER = 27, 39
PARTS = 900


@pytest.fixture(scope="module")
def months(shared: Path) -> pl.DataFrame:
    """Wide: part_id and the first 39 months of some parts; empty where nothing is known. No later month is read."""
    file = shared / "data" / "demand-carparts" / "carparts.csv"
    whole = pl.read_csv(file, columns=list(range(1 + LATER)), null_values=["NA", ""], infer_schema_length=None)
    some = whole.gather_every(whole.height // PARTS).head(PARTS)
    return some.rename({"part": "part_id"}).with_columns(pl.col("part_id").cast(pl.String))


def rules(months: pl.DataFrame) -> pl.DataFrame:
    """What a company might do: one or six months of cover; a sixth bought on demand; a third known to nobody."""
    pieces = months.select(months.columns[1 : 1 + PLANNED]).fill_null(0).to_numpy().sum(axis=1)
    number = np.arange(months.height)
    frame = pl.DataFrame({"part_id": months["part_id"], "mean": pieces / PLANNED, "number": number})
    known = frame.filter(pl.col("number") % 3 != 2)
    bought = pl.col("number") % 6 == 1
    return known.select(
        "part_id",
        pl.when(bought).then(pl.lit("on_demand")).otherwise(pl.lit("sQ")).alias("policy"),
        pl.when(~bought)
        .then((pl.when(pl.col("number") % 4 < 2).then(1.0).otherwise(6.0) * pl.col("mean")).round())
        .alias("reorder_point"),
        pl.when(~bought).then(pl.col("mean").ceil().clip(lower_bound=1.0)).alias("order_quantity"),
    )


def test_promises_are_held_against_what_was_imported_later(months: pl.DataFrame, tmp_path: Path) -> None:
    names = months.columns
    for name, columns in (("fit", names[: 1 + PLANNED]), ("later", [names[0], *names[1 + PLANNED :]])):
        months.select(columns).write_csv(tmp_path / f"{name}.csv")
    rules(months).write_csv(tmp_path / "policies.csv")
    prices = 5.0 * (1 + np.arange(months.height) % 40)
    months.select("part_id", pl.Series("unit_cost", prices)).write_csv(tmp_path / "parts.csv")
    twin = sv.create(tmp_path / "twin", name="Car parts", currency="EUR")
    answers = {"missing_periods": "missing"}
    files = {name: tmp_path / f"{name}.csv" for name in ("parts", "policies")}
    twin.import_orders(demand=tmp_path / "fit.csv", **files, answers=answers)
    plan = twin.optimise(fill_rate=0.75, lead_time_days=45, prove=False, adopt=True)
    plan.accept(plan.plan.select("part_id", "place_id", pl.lit("yes").alias("accept")))
    promises = twin.promises()
    assert set(promises["kind"]) == {"stock", "do not stock", "raise", "lower", "order size"}
    assert set(twin.outcomes()["verdict"]) == {"too early"}

    shutil.copytree(tmp_path / "twin", tmp_path / "other")
    twin.import_orders(demand=tmp_path / "later.csv", answers=answers)
    found = {row["kind"]: row for row in twin.outcomes().to_dicts()}
    later = months.select(names[0], *names[1 + PLANNED :])
    demanded = later.select("part_id", pl.sum_horizontal(pl.exclude("part_id") > 0).alias("lines"))
    for kind, row in found.items():
        mine = promises.filter(pl.col("kind") == kind).join(demanded, on="part_id")
        assert row["accepted"] == mine.height
        assert row["lines"] == mine["lines"].sum()
        assert row["with_outcome"] == (mine["lines"] > 0).sum()
        limits = [row[f"realised_fill_rate{end}"] for end in ("_low", "", "_high")]
        assert limits == sorted(limits)
        assert (row["verdict"] == "too early") == (row["lines"] < 30)
    for kind in ("stock", "raise", "lower"):
        row = found[kind]
        assert row["lines"] > 150
        assert row["verdict"] == "kept"
        # the 95 % limits of what came are about 0.05 wide; the promise lies within one more
        assert abs(row["realised_fill_rate"] - row["promised_fill_rate"]) < 0.1
        assert 0.7 < row["realised_stock_value"] / row["promised_stock_value"] < 1.3
    assert found["do not stock"]["realised_fill_rate"] == found["do not stock"]["promised_fill_rate"] == 0.0

    kept = plan.plan.filter(pl.col("part_id").is_in(promises.filter(pl.col("kind") == "raise")["part_id"].implode()))
    refused = kept.select("part_id", "place_id", pl.lit("no").alias("accept"))
    twin.plan().accept(refused)
    assert set(twin.outcomes()["kind"]) == {"stock", "do not stock", "lower", "order size"}

    # had each demand been four times as large, the same promises would have been broken
    larger = months.select(names[0], *(pl.col(name) * 4 for name in names[1 + PLANNED :]))
    larger.write_csv(tmp_path / "larger.csv")
    other = sv.open(tmp_path / "other")
    other.import_orders(demand=tmp_path / "larger.csv", answers=answers)
    broken = dict(other.outcomes().select("kind", "verdict").rows())
    assert {broken[kind] for kind in ("stock", "raise", "lower")} == {"missed"}
