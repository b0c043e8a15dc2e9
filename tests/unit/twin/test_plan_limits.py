"""Limits, price lists, substitutes and last orders from their files to plan, page data, Excel, REST and terminal."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest

import spareverse as sv
from company import company, day
from spareverse.cli.main import run
from spareverse.errors import InputRejected, UsageError
from spareverse.network.plan_tables import LAST_ORDERS, PLAN_LIMITS
from spareverse.optimisation.portfolio.limit_table import BUDGET
from spareverse.optimisation.portfolio.wanted_limits import Limit

LIMITS = """group,value,measure,at_least,at_most
category,C0,fill_rate,0.5,
supplier,S1,stock_value,,1500
all,,volume,,120
part,P0003,pieces_each,1,6
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = tmp_path_factory.mktemp("files")
    whole = company(40, 12)
    parts = whole["parts"].with_columns(
        pl.lit(0.2).alias("volume_m3"),
        pl.when(pl.col("part_id") == "P0005").then(pl.lit(day(900))).alias("last_order_on"),
        pl.when(pl.col("part_id") == "P0005").then(pl.lit(date(2030, 1, 1))).alias("needed_until"),
    )
    for name, frame in (whole | {"parts": parts}).items():
        if frame.height:
            frame.drop("flag").write_csv(files / f"{name}.csv")
    (files / "limits.csv").write_text(LIMITS)
    (files / "price_breaks.csv").write_text("part_id,from_quantity,unit_cost\nP0001,1,50\nP0001,4,20\n")
    (files / "substitutes.csv").write_text("part_id,substitute_id,kind\nP0008,P0009,two_way\nP0010,P0404,one_way\n")
    twin = sv.create(files / "twin", currency="CHF")
    names = ("purchases", "sales", "parts", "limits", "price_breaks", "substitutes")
    twin.import_orders(**{name: files / f"{name}.csv" for name in names})
    twin.optimise(fill_rate=0.7)
    return files


@pytest.fixture
def twin(made: Path, tmp_path: Path) -> sv.Twin:
    shutil.copytree(made / "twin", tmp_path / "twin")
    return sv.open(tmp_path / "twin")


def test_the_plan_keeps_to_imported_limits_and_says_how_binding_they_are(twin: sv.Twin) -> None:
    plan = twin.plan("latest")
    assert plan.limits.schema == PLAN_LIMITS.schema
    assert plan.limits["name"].to_list() == [
        BUDGET, "fill rate of category C0", "stock value of supplier S1", "volume of all parts",
        "floor of part P0003", "ceiling of part P0003",
    ]  # fmt: skip
    at_most = plan.limits.filter(pl.col("name").str.contains("stock value of s|volume"))
    assert (at_most["reached"] <= at_most["bound"] * (1 + 1e-9)).all()
    held = plan.plan.filter(pl.col("supplier_id") == "S1")["stock_value"].sum()
    assert at_most["reached"][0] == pytest.approx(held)
    own = plan.part("P0003")
    assert own["reorder_point"] >= 0
    assert own["order_up_to"] <= 6
    assert plan.summary["gap"] >= 0
    assert any("leave the limits aside" in text for text in plan.document["notices"])


def test_substitutes_and_list_prices_reach_the_plan(twin: sv.Twin) -> None:
    plan = twin.plan("latest")
    pair = plan.plan.filter(pl.col("part_id").is_in(["P0008", "P0009"])).sort("unit_cost")
    assert pair["reason"][1].startswith("Replaced")
    assert f"planned together with {pair['part_id'][0]}" in pair["remarks"][1]
    assert any("P0010 by P0404" in text for text in plan.document["notices"])
    assert plan.part("P0001")["unit_cost"] in (50.0, 20.0)


def test_last_orders_are_worked_out(twin: sv.Twin) -> None:
    plan = twin.plan("latest")
    assert plan.last_orders.schema == LAST_ORDERS.schema
    assert plan.last_orders["part_id"].to_list() == ["P0005"]
    assert plan.last_orders["quantity"][0] >= 0


def test_the_call_s_limits_take_the_place_of_the_imported_ones(twin: sv.Twin) -> None:
    free = twin.optimise(fill_rate=0.7, limits=(), prove=False)
    assert free.limits["name"].to_list() == [BUDGET]
    own = twin.optimise(
        fill_rate=0.7, limits=[{"kind": "fill_rate", "bound": 0.6, "column": "category", "value": "C1"}], prove=False
    )
    assert own.limits["name"].to_list() == [BUDGET, "fill rate of category C1"]
    assert (free.document["own_limits"], twin.plan("latest").document["own_limits"]) == (True, True)
    assert not twin.optimise(fill_rate=0.7).document["own_limits"]


def test_limits_that_cannot_be_are_refused_together(twin: sv.Twin) -> None:
    with pytest.raises(UsageError) as trouble:
        twin.optimise(limits=[Limit("size", 1.0), Limit("fill_rate", 95.0)])  # type: ignore[arg-type]
    assert len(trouble.value.problems) == 2
    path = twin.folder.path.parent / "more.csv"
    path.write_text("group,value,measure,at_least,at_most\ncriticality,Z,fill_rate,0.9,\nplanner,Ada,pieces,,9\n")
    twin.import_orders(limits=path)
    with pytest.raises(InputRejected) as refused:
        twin.optimise(fill_rate=0.7, prove=False)
    assert [(problem.file, problem.row) for problem in refused.value.problems] == [("more.csv", 2), ("more.csv", 3)]


def test_limits_that_contradict_one_another_are_refused(twin: sv.Twin) -> None:
    limits = [Limit("fill_rate", 0.6), Limit("stock_value", 1.0)]
    with pytest.raises(UsageError, match=r"(?i)limits"):
        twin.optimise(limits=limits)


def test_undoing_the_import_frees_the_plan(twin: sv.Twin) -> None:
    imports = twin.folder.imports()
    twin.folder.undo(imports.filter(pl.col("table") == "limits")["import_id"][0])
    assert twin.optimise(fill_rate=0.7, prove=False).limits.height == 1


def test_the_workbook_has_limits_and_last_orders(twin: sv.Twin, tmp_path: Path) -> None:
    twin.plan("latest").export(tmp_path / "plan.xlsx")
    names = fastexcel.read_excel(tmp_path / "plan.xlsx").sheet_names
    assert {"Limits of the plan", "Last-time buys"} <= set(names)


def test_the_terminal_shows_limits(
    twin: sv.Twin, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(twin.folder.path)
    assert run(["optimise", folder, "--fill-rate", "0.7"]) == 0
    shown = capsys.readouterr().out
    for words in ("Limits", "No plan within these limits is better", "Last-time buys", "P0005"):
        assert words in shown
    assert run(["optimise", folder, "--fill-rate", "0.7", "--no-limits", "--no-proof", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)["limits"]] == [BUDGET]
    file = tmp_path / "own.csv"
    file.write_text("group,value,measure,at_most\nall,,pieces,40\n")
    assert run(["optimise", folder, "--fill-rate", "0.1", "--limits", str(file), "--no-proof", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["limits"][1]["bound"] == 40
    file.write_text("group,value,measure,at_least,at_most\nall,,pieces,9,4\ncolour,red,volume,,3\n")
    assert run(["optimise", folder, "--limits", str(file)]) == 1
    refused = capsys.readouterr().err
    assert "the minimum is above the maximum" in refused
    assert "group is not known" in refused
    assert run(["optimise", folder, "--limits", str(made / "limits.csv"), "--no-limits"]) == 2
