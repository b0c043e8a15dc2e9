"""Planning verbs of a twin: what is kept, proved, decided, promised, handed over, and what is refused."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import spareverse as sv
from company import company, day
from spareverse.errors import InputRejected, NotEnoughData, NotFound, UsageError
from spareverse.io.report import read_changes
from spareverse.network.plan_tables import (
    BACKTEST_PARTS,
    BACKTEST_RESULTS,
    DEMAND_RESULTS,
    OUTCOMES,
    PLAN,
    PLAN_CURVE,
    POLICY_EXPORT,
    PROMISES,
)
from spareverse.network.results import CHANGE_LIST
from spareverse.twin.promises import promised
from spareverse.twin.wish import Wish

FIT = day(520)


def stock_and_rules(parts: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    names = [f"P{number:04d}" for number in range(parts)]
    stock = pl.DataFrame({"part_id": names, "as_of": [day(699)] * parts, "on_hand": [2.0] * parts})
    rules = pl.DataFrame(
        {
            "part_id": names,
            "planner": ["Bianchi", "Verdi"] * (parts // 2),
            "policy": ["sQ"] * parts,
            "reorder_point": [float(number % 4) for number in range(parts)],
            "order_quantity": [3.0] * parts,
            "valid_from": [day(1)] * parts,
        }
    )
    return stock, rules


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A twin of forty parts whose first 520 days are imported and planned."""
    files = tmp_path_factory.mktemp("files")
    whole = company(40, 12)
    known = {
        "purchases": whole["purchases"].filter(pl.col("ordered_on") < FIT),
        "sales": whole["sales"].filter(pl.col("ordered_on") < FIT),
        "parts": whole["parts"],
    }
    known["purchases"] = known["purchases"].with_columns(
        pl.when(pl.col("received_on") < FIT).then(pl.col("received_on")).alias("received_on")
    )
    for name, frame in known.items():
        frame.drop("flag").write_csv(files / f"{name}.csv")
    stock, rules = stock_and_rules(40)
    stock.with_columns(pl.lit(FIT).alias("as_of")).write_csv(files / "stock.csv")
    rules.write_csv(files / "policies.csv")
    for name in ("purchases", "sales"):
        whole[name].drop("flag").write_csv(files / f"{name}-later.csv")
    twin = sv.create(files / "twin", name="Test company", currency="CHF")
    twin.import_orders(**{name: files / f"{name}.csv" for name in (*known, "stock", "policies")})
    twin.optimise(fill_rate=0.9, adopt=True)
    return files


@pytest.fixture
def twin(made: Path, tmp_path: Path) -> sv.Twin:
    shutil.copytree(made / "twin", tmp_path / "twin")
    return sv.open(tmp_path / "twin")


def test_a_plan_is_kept_with_its_proof(twin: sv.Twin) -> None:
    plan = twin.plan()
    assert plan.plan.schema == PLAN.schema
    assert plan.curve.schema == PLAN_CURVE.schema
    assert set(DEMAND_RESULTS.names) <= set(plan.demand.columns)
    assert plan.plan.height == 40
    assert plan.summary["fill_rate"] >= 0.9
    assert plan.summary["currency"] == "CHF"
    assert plan.proof["verdict"] in ("kept", "missed")
    assert plan.proof["fit_until"] < plan.document["known_until"] == day(519).isoformat()
    assert plan.failed == (plan.proof["verdict"] == "missed")
    assert twin.kept_backtest().id == plan.proof["backtest"]
    assert ("FAILED" in str(plan)) == plan.failed
    assert plan.plan["on_hand"].null_count() == 0


def test_the_same_wish_is_planned_once_and_another_anew(twin: sv.Twin) -> None:
    first = twin.plan()
    assert twin.optimise(fill_rate=0.9).id == first.id
    other = twin.optimise(fill_rate=0.9, prove=False)
    assert other.id != first.id
    assert other.proof["verdict"] == "no proof"
    assert twin.plan("latest").id == other.id
    assert twin.optimise(fill_rate=0.9).id == first.id
    assert twin.plan("latest").id == first.id
    with pytest.raises(NotFound):
        twin.plan("nothing")


def test_a_trial_changes_nothing_until_it_is_adopted(twin: sv.Twin) -> None:
    first = twin.plan()
    listed = twin.changes(None)
    trial = twin.optimise(budget=0.3 * first.summary["stock_value"], prove=False)
    assert (first.adopted, trial.adopted) == (True, False)
    assert "trial" in str(trial)
    assert twin.plan().id == first.id
    assert twin.changes(None).equals(listed)
    accepted = trial.plan.head(1).select("part_id", "place_id", pl.lit("yes").alias("accept"))
    with pytest.raises(UsageError, match="is a trial"):
        trial.accept(accepted)
    assert twin.promises().is_empty()
    trial.adopt()
    assert twin.plan().id == trial.id
    assert not twin.changes(None).equals(listed)
    trial.accept(trial.plan.select("part_id", "place_id", pl.lit("yes").alias("accept")))
    assert set(twin.promises()["run"]) == {trial.id}
    twin.withdraw()
    assert twin.plan().id == first.id
    twin.withdraw()
    with pytest.raises(NotFound, match="No plan has been adopted"):
        twin.plan()
    assert twin.plan("latest").id == trial.id


def test_without_a_target_the_plan_holds_what_todays_rule_holds(twin: sv.Twin) -> None:
    plan = twin.optimise(prove=False)
    assert plan.summary["stock_value"] <= plan.summary["today"]["stock_value"]
    assert plan.summary["fill_rate"] >= plan.summary["today"]["fill_rate"]
    assert any("today's rule" in text for text in plan.document["notices"])


def test_the_least_worth_of_an_action_is_declared(twin: sv.Twin) -> None:
    plan = twin.plan()
    assert plan.least_action == 60.0  # what an order line costs by default
    rows = plan.decided().filter(pl.col("small").is_not_null())
    assert (rows["small"] == (rows["action_pieces"] * rows["unit_cost"] < 60.0)).all()
    (twin.folder.path / "costs.toml").write_text("[default]\nordering_cost = 15.0\n")
    assert twin.optimise(fill_rate=0.9, prove=False).least_action == 15.0
    assert twin.optimise(fill_rate=0.9, prove=False, least_action=0.0).least_action == 0.0
    with pytest.raises(UsageError, match="cannot be asked for"):
        twin.optimise(least_action=-1.0)


def test_other_budgets_are_read_along_the_kept_curve(twin: sv.Twin) -> None:
    plan = twin.plan()
    value = plan.summary["stock_value"]
    here, half = plan.at_budget(value), plan.at_budget(0.5 * value)
    assert here.columns == ["part_id", "place_id", "reorder_point", "order_quantity"]
    for budget, rules in ((value, here), (0.5 * value, half)):
        figures = plan.figures_at(budget)
        assert figures["stock_value"] <= budget * (1 + 1e-9)
        assert figures["parts_stocked"] == (rules["reorder_point"] >= 0).sum()
        assert (rules["order_quantity"] >= 1).all()
    # The plan itself may spend the last money between two points of the curve.
    assert (here["reorder_point"] != plan.plan["reorder_point"]).sum() <= 5
    again = twin.optimise(budget=0.5 * value, prove=False)
    assert plan.figures_at(0.5 * value)["fill_rate"] == pytest.approx(again.summary["fill_rate"], abs=0.01)
    assert (plan.at_budget(-1.0)["reorder_point"] == -1).all()


def test_a_planners_own_figure_is_kept_and_respected(twin: sv.Twin) -> None:
    row = twin.plan().plan.row(0, named=True)
    own = row["reorder_point"] + 5
    twin.plan().accept(pl.DataFrame({"part_id": [row["part_id"]], "accept": ["yes"], "override_reorder_point": [own]}))
    plan = twin.optimise(fill_rate=0.9, prove=False)
    assert plan.part(row["part_id"])["reorder_point"] == own
    twin.decide(pl.DataFrame({"part_id": [row["part_id"]], "accept": ["no"], "override_reorder_point": [own]}))
    refused = twin.optimise(fill_rate=0.9, prove=False).part(row["part_id"])
    assert refused["reorder_point"] == row["current_reorder_point"] != row["reorder_point"]
    twin.decide(pl.DataFrame({"part_id": [row["part_id"]], "accept": [None]}, schema_overrides={"accept": pl.String}))
    assert twin.optimise(fill_rate=0.9, prove=False).part(row["part_id"])["reorder_point"] == row["reorder_point"]


def test_what_is_accepted_is_remembered_with_its_promise(twin: sv.Twin) -> None:
    plan = twin.plan()
    changed = plan.decided().filter(pl.col("kind").is_not_null())
    rows = changed.head(3).select("part_id", "place_id", pl.lit("yes").alias("accept"))
    plan.accept(rows)
    promises = twin.promises()
    assert promises.schema == PROMISES.schema
    assert promises["part_id"].to_list() == changed["part_id"].head(3).to_list()
    assert promises["promised_fill_rate"].to_list() == changed["fill_rate"].head(3).to_list()
    assert set(promises["run"]) == {plan.id}
    assert promises["known_until"][0] == day(519)
    states = dict(plan.decided().select("part_id", "state").rows())
    assert [states[part] for part in rows["part_id"]] == ["accepted"] * 3
    plan.accept(rows.with_columns(pl.lit("no").alias("accept")))
    assert twin.promises().height == 3
    twin.decide(rows.head(1).with_columns(pl.lit(2000.0).alias("override_reorder_point")))
    newest = twin.promises().filter(pl.col("part_id") == rows["part_id"][0])
    assert newest.height == 1
    assert newest["overridden"].item()
    assert newest["promised_fill_rate"].item() is None
    assert newest["reorder_point"].item() == 2000.0


def test_what_leaves_rule_and_order_size_as_today_promises_nothing(twin: sv.Twin) -> None:
    plan = twin.plan()
    before = plan.plan.filter(pl.col("current_order_quantity").is_not_null() & (pl.col("reorder_point") >= 0))
    as_today = replace(
        plan,
        tables={
            **plan.tables,
            "plan": before.with_columns(
                current_reorder_point=pl.col("reorder_point"), current_order_quantity=pl.col("order_quantity")
            ),
        },
    )
    assert promised(as_today, before.select("part_id", "place_id", pl.lit("yes").alias("accept"))).is_empty()


def test_decisions_that_cannot_be_are_named_and_nothing_is_kept(twin: sv.Twin) -> None:
    plan = twin.plan()
    rows = plan.plan.head(4).select("part_id", "place_id", pl.lit("yes").alias("accept"))
    for figures in ([1.0, math.inf, -7.0, math.nan], ["1", "abc", "-7", "1e300"]):
        with pytest.raises(InputRejected, match="3 decided reorder points cannot be") as caught:
            plan.accept(rows.with_columns(pl.Series("override_reorder_point", figures)))
        assert len(caught.value.problems) == 3
    with pytest.raises(NotFound, match="1 decision is"):
        plan.accept(pl.concat([rows, rows.head(1).with_columns(pl.lit("nobody").alias("part_id"))]))
    assert twin.folder.decisions().is_empty()


def test_what_is_refused_after_all_has_no_outcome(twin: sv.Twin) -> None:
    plan = twin.plan()
    rows = plan.plan.filter(pl.col("reorder_point") != pl.col("current_reorder_point")).head(2)
    accepted = rows.select("part_id", "place_id", pl.lit("yes").alias("accept"))
    plan.accept(accepted)
    assert twin.outcomes()["accepted"].sum() == 2
    assert twin.outcomes()["realised_stock_value"].null_count() == twin.outcomes().height
    refused = accepted.head(1).with_columns(pl.lit("no").alias("accept"))
    plan.accept(pl.concat([accepted.head(1), refused]))
    assert twin.outcomes()["accepted"].sum() == 1


def test_later_imports_show_what_became_of_promises(twin: sv.Twin, made: Path) -> None:
    assert twin.outcomes().schema == OUTCOMES.schema
    assert twin.outcomes().is_empty()
    plan = twin.plan()
    accepted = plan.plan.select("part_id", "place_id", pl.lit("yes").alias("accept"))
    plan.accept(accepted)
    early = twin.outcomes()
    assert set(early["verdict"]) == {"too early"}
    assert early["lines"].sum() == 0
    twin.import_orders(purchases=made / "purchases-later.csv", sales=made / "sales-later.csv")
    found = twin.outcomes()
    assert found["accepted"].sum() == twin.promises().height
    assert found["lines"].sum() > 0
    assert found.filter(pl.col("lines") >= 30)["realised_fill_rate"].is_between(0.0, 1.0).all()
    assert set(found["kind"]) <= set(PROMISES.column("kind").choices)


def test_the_plan_leads_the_change_list_and_both_are_shown(twin: sv.Twin) -> None:
    plan = twin.plan()
    alone = twin.changes(None)
    assert alone.schema == CHANGE_LIST.schema
    assert set(alone["source"]) == {"plan that failed its proof" if plan.failed else "plan"}
    changed = plan.decided().filter(pl.col("kind").is_not_null())
    assert set(alone["part_id"]) == set(changed["part_id"])
    assert "order size" in changed["kind"].to_list()
    moved = plan.plan.filter(pl.col("reorder_point") != pl.col("current_reorder_point"))
    both = twin.changes(twin.analyse())
    one = both.filter(pl.col("part_id") == moved["part_id"][0]).row(0, named=True)
    assert one["proposed_reorder_point"] == moved["reorder_point"][0]
    assert one["single_part_reorder_point"] is not None
    assert 0.0 <= one["risk_after"] <= 1.0
    assert both["saving"].drop_nulls().is_sorted(descending=True)


def test_a_plan_goes_out_and_its_decisions_come_back(twin: sv.Twin, tmp_path: Path) -> None:
    plan = twin.plan()
    first, second = plan.plan["part_id"][0], plan.plan["part_id"][1]
    plan.accept(
        pl.DataFrame({"part_id": [first, second], "accept": ["no", "yes"], "override_reorder_point": [None, 9]})
    )
    assert plan.export(tmp_path / "plan.csv") == 1
    row = pl.read_csv(tmp_path / "plan.csv").row(0, named=True)
    assert tuple(row) == POLICY_EXPORT
    assert (row["part_id"], row["policy"], row["reorder_point"]) == (second, "sQ", 9)
    assert plan.export(tmp_path / "all.csv", undecided=True) == 39
    rules = pl.read_csv(tmp_path / "all.csv")
    assert rules["reorder_point"].drop_nulls().min() == 0
    assert rules.filter(pl.col("policy") == "on_demand")["order_quantity"].drop_nulls().is_empty()
    assert row["order_up_to"] == 9 + row["order_quantity"]
    plan.export(tmp_path / "plan.xlsx")
    read = read_changes(tmp_path / "plan.xlsx")
    assert dict(read.select("part_id", "accept").rows()) == {first: "no", second: "yes"}
    with pytest.raises(UsageError):
        plan.export(tmp_path / "plan.txt")


def test_a_back_test_holds_the_plan_against_others(twin: sv.Twin) -> None:
    found = twin.backtest(fit_until=day(300), policies=["plan", "company"], fill_rate=0.8)
    assert found.results.schema == BACKTEST_RESULTS.schema
    assert found.parts.schema == BACKTEST_PARTS.schema
    assert set(found.results["policy"]) == {"plan", "company"}
    assert found.proof["fit_until"] == day(300).isoformat()
    sold = twin.folder.table("sales").filter(pl.col("ordered_on") >= day(300)).height
    whole = found.results.filter((pl.col("group") == "all") & pl.col("chosen"))
    assert whole["lines"].to_list() == [sold, sold]
    assert twin.backtest(fit_until=day(300), policies=["plan", "company"], fill_rate=0.8).id == found.id


@pytest.mark.parametrize(
    ("wish", "columns"),
    [
        ({"budget": -1.0}, ["budget"]),
        ({"fill_rate": 95.0}, ["fill_rate"]),
        ({"fill_rate": 0.9, "budget": 5.0}, ["budget, fill_rate"]),
        ({"availability": 2.0, "measure": "hope", "installed_assets": 5.0}, ["availability", "measure"]),
        ({"availability": 0.9}, ["installed_assets"]),
        ({"fill_rate": 0.9, "installed_assets": math.nan}, ["installed_assets"]),
    ],
)
def test_wishes_that_cannot_be_are_collected(wish: dict[str, object], columns: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        Wish(**wish)  # type: ignore[arg-type]
    assert [problem.column for problem in caught.value.problems] == columns


def test_targets_out_of_reach_are_said(twin: sv.Twin) -> None:
    with pytest.raises(UsageError, match="most is"):
        twin.optimise(fill_rate=1.0, prove=False)
    own = twin.plan().plan.select("part_id", pl.lit(50.0).alias("override_reorder_point"))
    twin.decide(own)
    with pytest.raises(UsageError, match="cannot avoid"):
        twin.optimise(budget=1.0, prove=False)
    with pytest.raises(UsageError, match="no policy"):
        twin.backtest(policies=["plan", "guess"])


def test_a_twin_without_demand_or_lead_times_says_what_is_missing(tmp_path: Path) -> None:
    twin = sv.create(tmp_path / "empty")
    with pytest.raises(NotEnoughData):
        twin.optimise()
    months = tmp_path / "months.csv"
    months.write_text("part_id,2024-01,2024-02,2024-03,2024-04,2024-05,2024-06\nA,1,0,0,2,0,1\nB,0,0,1,0,0,0\n")
    twin.import_orders(demand=months)
    with pytest.raises(InputRejected, match="2 parts have no lead time"):
        twin.optimise()
    plan = twin.optimise(fill_rate=0.5, lead_time_days=30, unit_cost=2.0)
    assert plan.plan["unit_cost"].to_list() == [2.0, 2.0]
    assert not plan.document["continuous"]
    assert plan.document["known_until"] == date(2024, 6, 30).isoformat()
