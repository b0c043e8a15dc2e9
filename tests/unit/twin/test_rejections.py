"""A rejected proposal is not made again, nothing is spent on it, and it comes back when it becomes another."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import spareverse as sv
from company import company, day

PARTS = 40


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> sv.Twin:
    """A company whose rules keep too little of everything; parts 0 and 1 have no rule."""
    folder = tmp_path_factory.mktemp("rejections")
    tables = company(PARTS, 5)
    for name in ("purchases", "sales", "parts"):
        tables[name].drop("flag", strict=False).write_csv(folder / f"{name}.csv")
    names = [f"P{number:04d}" for number in range(2, PARTS)]
    rules = {"part_id": names, "policy": "sQ", "reorder_point": 0.0, "order_quantity": 2.0, "valid_from": day(1)}
    pl.DataFrame(rules).write_csv(folder / "policies.csv")
    twin = sv.create(folder / "twin")
    files = {name: folder / f"{name}.csv" for name in ("purchases", "sales", "parts", "policies")}
    twin.import_orders(**files)
    return twin


def test_a_rejection_holds_in_the_next_plan_until_it_would_be_another(twin: sv.Twin, tmp_path: Path) -> None:
    first = twin.optimise(fill_rate=0.9, prove=False, adopt=True)
    refused = first.decided().filter(pl.col("kind") == "raise").sort("change", descending=True).head(5)
    assert refused["change"].min() >= 2  # type: ignore[operator]
    unruled = first.decided().filter(pl.col("current_reorder_point").is_null() & pl.col("stocked")).head(1)
    rows = pl.concat([refused, unruled]).select("part_id", "place_id", pl.lit("no").alias("accept"))
    first.accept(rows)
    second = twin.optimise(budget=first.summary["stock_value"], prove=False, adopt=True)
    again = second.decided().join(rows.select("part_id"), on="part_id", how="semi")
    assert set(again["state"]) == {"rejected"}
    assert again["reorder_point"].to_list() == again["current_reorder_point"].fill_null(-1.0).to_list()
    assert again["override_reorder_point"].null_count() == again.height
    assert again.filter(pl.col("current_reorder_point") >= 0)["order_quantity"].unique().to_list() == [2.0]
    assert again["reason"].str.contains("The planner rejected").all()
    assert any("6 parts whose proposals were rejected" in text for text in second.document["notices"])
    # what the rejected parts do not take goes to the others
    others = ~pl.col("part_id").is_in(rows["part_id"].implode())
    spent = [plan.plan.filter(others)["stock_value"].sum() for plan in (first, second)]
    assert spent[1] > spent[0]
    generous = twin.optimise(fill_rate=0.999, prove=False, adopt=True)
    states = generous.decided().join(rows.select("part_id"), on="part_id", how="semi")
    opened = states.filter(pl.col("state") == "changed since")
    assert opened.height
    drift = (opened["reorder_point"] - opened["decided_reorder_point"]).abs()
    assert (drift > 1).all()
    assert set(states["state"]) <= {"changed since", "rejected"}
    assert any("open again" in text for text in generous.document["notices"])
    # taken back, the proposal is made again
    first.adopt()
    first.accept(rows.with_columns(pl.lit(None, pl.String).alias("accept")))
    assert twin.optimise(fill_rate=0.9, prove=False).id == first.id
