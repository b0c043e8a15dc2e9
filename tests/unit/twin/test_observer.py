"""A twin observed: first answer, better ones, resumed and cancelled; warnings answered, recommendations followed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import Cancelled, NotFound, TwinBusy, UsageError
from spareverse.examples.drawn_companies import drawn_company
from spareverse.io.scenario_files import read_scenario, scenario_of
from spareverse.network.network import Network
from spareverse.network.observer_tables import OBSERVER_TABLES, RECOMMENDATIONS
from spareverse.network.scenario import Override, Scenario
from spareverse.network.tables import TABLES
from spareverse.observer.nudges import AMONG_SAMPLE
from spareverse.observer.recommendations import Advice
from spareverse.optimisation.costs import CostFile
from spareverse.twin import making
from spareverse.twin.follow_ups import UNCLEAR, _verdict, follow_ups
from spareverse.twin.observation import Observation
from spareverse.twin.twin import Twin

LEAN = Scenario("lean", overrides=(Override("stock", "reorder_point", factor=0.5),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("observed") / "acme"
    twin = Twin.create(path)
    twin.import_network(drawn_company(3, parts=12))
    twin.save_scenario(LEAN)
    return path


@pytest.fixture(autouse=True)
def small() -> Iterator[None]:
    """Fewer replications of everything."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FIRST_REPLICATIONS", 2), ("MORE_REPLICATIONS", 2), ("MOST_REPLICATIONS", 4),
                            ("FIRST_SEARCH", 4), ("REFINED_SEARCH", 6), ("SCENARIO_SEARCH", 4),
                            ("SCORES", 6)):  # fmt: skip
            patch.setattr(making, name, value)
        yield


@pytest.fixture(scope="module")
def first(folder: Path) -> Observation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "FIRST_REPLICATIONS", 2)
        patch.setattr(making, "FIRST_SEARCH", 4)
        patch.setattr(making, "SCENARIO_SEARCH", 4)
        patch.setattr(making, "SCORES", 6)
        return Twin.open(folder).observe(["lean"], weeks=6)


def test_the_first_answer_fills_the_tables(folder: Path, first: Observation) -> None:
    points = first.table("viability")
    assert points.select("point", "kind").rows() == [("now", "now"), ("lean", "scenario")]
    assert points.select(pl.col("coherence", "homeostasis").is_between(0.0, 1.0)).to_numpy().all()
    assert first.now is not None
    assert first.now["covariance"] == 0.0
    assert first.now["homeostasis_low"] < first.now["homeostasis"] < first.now["homeostasis_high"]
    assert not first.refined
    assert "No limits are set" in " ".join(first.notices)
    assert first.document["centre"] in ("now", "lean")
    for name in ("coherence", "agent_moves", "externalities", "homeostasis", "recovery", "viability_measures"):
        assert first.table(name).height, name
    for table in OBSERVER_TABLES[:12]:
        assert first.table(table.name).schema == table.schema
    assert first.table("coherence")["rho"].to_list() == [1.0, 2.0]
    assert first.table("coherence")["coherence"][0] == first.now["coherence"]
    assert set(first.table("warnings")["within_weeks"]) <= {6}
    assert "homeostasis" in first.experimental
    with pytest.raises(NotFound):
        first.table("warning_states")


def test_the_battery_lies_in_the_twin_as_scenarios(folder: Path, first: Observation) -> None:
    files = sorted((folder / "battery").glob("*.toml"))
    assert [file.stem for file in files] == ["capacity", "closure", "lead-time", "outage", "pulse"]
    twin = Twin.open(folder)
    for file in files:
        twin.check_scenario(read_scenario(file))


def test_asked_again_it_is_the_same_and_refining_goes_on_from_it(folder: Path, first: Observation) -> None:
    twin = Twin.open(folder)
    answers = list(twin.observing(["lean"], weeks=6))
    assert answers[0].id == first.id
    assert answers[-1].refined
    assert [one.document["runs"]["now"]["replications"] for one in answers] == [2, 4]
    before, after = (one.tables["battery_runs"] for one in answers)
    assert after.filter(pl.col("replication") < 2).equals(before)
    assert twin.observe(["lean"], weeks=6).id == answers[-1].id
    assert twin.observation().id == answers[-1].id
    assert next(twin.observing(["lean"], weeks=6)).refined


@pytest.fixture
def without_advice() -> Iterator[None]:
    """No nudges are tried."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "recommend", lambda *_, **__: Advice(RECOMMENDATIONS.empty(), {}, 0, 0))
        yield


@pytest.mark.usefixtures("without_advice")
def test_refining_goes_on_from_runs_kept_before_a_cost_was_counted(folder: Path) -> None:
    kept = Twin.open(folder).observe(weeks=4)
    (file,) = folder.rglob(f"{kept.id}/battery_runs.parquet")
    pl.read_parquet(file).drop("waiting_cost").write_parquet(file)
    later = Twin.open(folder).observe(weeks=4, thorough=True)
    assert later.refined
    assert later.document["runs"]["now"]["replications"] == 4
    held = later.table("viability_measures").filter(pl.col("measure") == "total_cost")
    assert held["value"][0] > 0


@pytest.mark.usefixtures("without_advice")
def test_cancelled_while_it_refines_the_first_answer_stays(folder: Path) -> None:
    twin = Twin.open(folder)
    stop = False
    answers = twin.observing(weeks=5, cancel=lambda: stop)
    kept = next(answers)
    stop = True
    with pytest.raises(Cancelled):
        next(answers)
    assert twin.observation().id == kept.id


@pytest.mark.usefixtures("without_advice")
def test_two_at_once_the_second_is_told_before_it_has_done_anything(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Twin.open(folder).observing(weeks=7)
    kept = next(answers)  # refining is still to come
    begun: list[int] = []
    monkeypatch.setattr(making.Making, "first", lambda _: begun.append(1))
    with pytest.raises(TwinBusy, match="observed already, by process"):
        Twin.open(folder).observe(weeks=9)
    assert not begun
    assert Twin.open(folder).observe(weeks=7).id == kept.id  # what is kept can be read all the time
    answers.close()


@pytest.mark.usefixtures("without_advice")
def test_limits_of_the_network_are_used(tmp_path: Path) -> None:
    network = drawn_company(3, parts=12)
    limits = pl.DataFrame({"measure": ["fill_rate"], "side": ["service"], "at_least": [0.999], "at_most": [None]})
    twin = Twin.create(tmp_path / "limited")
    twin.import_network(Network.of({**network.tables, "limits": limits}, network.name))
    found = twin.observe()
    assert found.now is not None
    assert found.now["viable"] == "no"
    assert not any("No limits" in text for text in found.notices)


def test_of_a_sample_recommendations_are_of_the_whole_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PARTS", 8)
    twin = Twin.create(tmp_path / "large")
    whole = drawn_company(3, parts=24)
    twin.import_network(whole)
    found = twin.observe()
    runs = found.document["runs"]["now"]
    assert (runs["parts"], runs["parts_in_all"]) == (8, 24)
    tried = found.table("recommendations").filter(pl.col("kind") == "stock_level")
    assert tried.height
    named = [row for row in tried.to_dicts() if AMONG_SAMPLE in (row["remark"] or "")]
    assert all("where waiting costs most" in row["title"] for row in named)
    of_groups = tried.filter(pl.col("nudge_id").str.starts_with("level category")).to_dicts()
    assert of_groups
    for row in of_groups:
        group = str(row["nudge_id"]).removeprefix("level category ").rsplit(" ", 1)[0]
        change = scenario_of("change", str(row["change"]).encode())
        wanted = set(whole["parts"].filter(pl.col("category") == group)["part_id"])
        assert {override.where["part_id"] for override in change.overrides} == wanted


def test_what_cannot_be_observed_is_said(tmp_path: Path, folder: Path) -> None:
    empty = Twin.create(tmp_path / "empty")
    with pytest.raises(NotFound, match="nothing to observe"):
        empty.observe()
    with pytest.raises(NotFound, match="not been observed"):
        empty.observation()
    with pytest.raises(UsageError, match="1 to 52"):
        Twin.open(folder).observe(weeks=0)
    with pytest.raises(UsageError, match="not at -1"):
        Twin.open(folder).observe(seed=-1)
    with pytest.raises(UsageError, match="not at -1"):
        Twin.open(folder).simulate(seed=-1)
    with pytest.raises(NotFound, match="nobody"):
        Twin.open(folder).observe(["nobody"])
    with pytest.raises(UsageError, match="point 'now' of its own"):
        Twin.open(folder).observe([replace(LEAN, name="now")])


def test_warnings_are_answered_for_good(folder: Path, first: Observation) -> None:
    twin = Twin.open(folder)
    twin.observe(["lean"], weeks=6)  # the newest again
    names = twin.warnings(first.id)["warning_id"].to_list()
    assert len(names) >= 2
    later = datetime.now(UTC).date() + timedelta(days=30)
    twin.answer_warning(names[0], "acknowledged", comment="seen")
    twin.answer_warning(names[1], "snoozed", snoozed_until=later)
    shown = twin.warnings(first.id)
    assert shown["warning_id"].to_list() == [names[0], *names[2:]]
    assert shown.select("state", "comment").row(0) == ("acknowledged", "seen")
    assert twin.warnings(first.id, snoozed=True)["warning_id"].to_list() == names
    twin.answer_warning(names[1], "snoozed", snoozed_until=date(2020, 1, 1))
    assert names[1] in Twin.open(folder).warnings(first.id)["warning_id"]
    twin.answer_warning(names[0], None)
    assert twin.warnings(first.id)["state"][0] is None
    for state, until, error in (("lost", None, UsageError), ("snoozed", None, UsageError),
                                ("acted", later, UsageError)):  # fmt: skip
        with pytest.raises(error):
            twin.answer_warning(names[0], state, snoozed_until=until)
    with pytest.raises(NotFound):
        twin.answer_warning("nobody", "acted")


def test_a_recommendation_is_accepted_followed_up_and_withdrawn(folder: Path, first: Observation) -> None:
    twin = Twin.open(folder)
    twin.observe(["lean"], weeks=6)  # the newest again
    nudges = first.table("recommendations")
    assert nudges["change"].str.contains(r"\[scenario\]").all()
    name = nudges["nudge_id"][0]
    twin.accept_recommendation(name, comment="try it")
    accepted = twin.accepted_recommendations().row(0, named=True)
    assert (accepted["nudge_id"], accepted["comment"], accepted["known_until"]) == (name, "try it", None)
    followed = twin.follow_ups()
    assert set(followed["nudge_id"]) == {name}
    assert set(followed["verdict"]) == {"not enough lines"}
    twin.withdraw_recommendation(name)
    assert twin.follow_ups().is_empty()
    with pytest.raises(NotFound):
        twin.withdraw_recommendation(name)
    with pytest.raises(NotFound):
        twin.accept_recommendation("nobody")


def test_what_came_is_held_against_what_was_promised() -> None:
    """100 lines before, 70 on time; 100 since, 90 on time: 20 points more, where 5 were promised."""
    accepted_on, rows = date(2023, 1, 1), []
    for line in range(200):
        after, number = divmod(line, 100)
        ordered = accepted_on + timedelta(days=(number if after else number - 100))
        met = number < (90 if after else 70)
        rows.append({"part_id": "P", "ordered_on": ordered, "promised_on": ordered + timedelta(days=5),
                     "delivered_on": ordered + timedelta(days=5 if met else 9), "quantity": 1.0})  # fmt: skip
    given = {"sales": pl.DataFrame(rows)}
    tables = {name: table.completed(given.get(name, table.empty())).select(table.names).cast(table.schema)
              for name, table in TABLES.items()}  # fmt: skip
    accepted = pl.DataFrame({"nudge_id": ["n"], "accepted": [accepted_on], "observation": ["o"]})
    promise = {"nudge_id": "n", "kind": "batch", "fill_change": 0.05, "fill_change_low": 0.04, "fill_change_high": 0.06,
               "waiting_change": -1.0}  # fmt: skip
    promised = RECOMMENDATIONS.completed(pl.DataFrame([promise])).select(RECOMMENDATIONS.names).cast(
        RECOMMENDATIONS.schema
    )  # fmt: skip
    found = {row["measure"]: row for row in follow_ups(accepted, promised, tables, CostFile()).iter_rows(named=True)}
    assert found.keys() == {"fill", "waiting"}
    assert found["fill"]["came"] == pytest.approx(0.2)
    # by the binomial error of both shares: sqrt(.7 x .3 / 100 + .9 x .1 / 100)
    assert found["fill"]["came_high"] == pytest.approx(0.2 + 1.96 * 0.0547723, abs=1e-5)
    assert found["fill"]["verdict"] == "exceeded"
    assert found["waiting"]["came"] == pytest.approx((10 * 4 - 30 * 4) / (found["waiting"]["until"] - accepted_on).days)
    assert found["waiting"]["verdict"] in ("kept", "missed")


def test_stock_and_its_cost_are_followed_up_from_receipts_and_issues() -> None:
    """One piece of 36.5 a day in and out; from the acceptance on a piece more lies there for every second day."""
    accepted_on, days = date(2023, 1, 1), 80
    bought, sold = [], []
    for number in range(-days, days):
        on = accepted_on + timedelta(days=number)
        more = 1.0 if number >= 0 and number % 2 == 0 else 0.0
        bought.append({"part_id": "P", "place_id": "C", "ordered_on": on - timedelta(days=9), "received_on": on,
                       "quantity": 1.0 + more})  # fmt: skip
        sold.append({"part_id": "P", "place_id": "C", "ordered_on": on, "promised_on": on, "delivered_on": on,
                     "quantity": 1.0})  # fmt: skip
    sold.append(sold[-1] | {"ordered_on": accepted_on + timedelta(days=days), "promised_on": None,
                            "delivered_on": accepted_on + timedelta(days=days)})  # fmt: skip
    parts = pl.DataFrame({"part_id": ["P"], "unit_cost": [36.5]})
    given = {"sales": pl.DataFrame(sold), "purchases": pl.DataFrame(bought), "parts": parts}
    tables = {name: table.completed(given.get(name, table.empty())).select(table.names).cast(table.schema)
              for name, table in TABLES.items()}  # fmt: skip
    accepted = pl.DataFrame({"nudge_id": ["n"], "accepted": [accepted_on], "observation": ["o"]})
    promise = {"nudge_id": "n", "kind": "batch", "stock_change": 700.0, "stock_change_low": 600.0,
               "stock_change_high": 800.0, "cost_change": 0.5, "part_id": "P"}  # fmt: skip
    promised = RECOMMENDATIONS.completed(pl.DataFrame([promise])).select(RECOMMENDATIONS.names).cast(
        RECOMMENDATIONS.schema
    )  # fmt: skip
    found = {row["measure"]: row for row in follow_ups(accepted, promised, tables, CostFile()).iter_rows(named=True)}
    # 1 to 40 pieces more over 80 days: 20.5 on average
    assert found["stock"]["came"] == pytest.approx(20.5 * 36.5)
    assert found["stock"]["came_low"] < 20.5 * 36.5 < found["stock"]["came_high"]
    assert found["stock"]["verdict"] == "kept"
    assert (found["stock"]["promised_low"], found["stock"]["promised_high"]) == (600.0, 800.0)
    # 25 % a year of it; as many orders are received before as since
    assert found["cost"]["came"] == pytest.approx(20.5 * 36.5 * 0.25 / 365.25, rel=2e-3)
    assert found["cost"]["came_low"] < 0.5 < found["cost"]["came_high"]
    # where the promise has the price of waiting in it, so has what came: 4 pieces in the time since come 3 days late
    late = pl.col("ordered_on").is_between(accepted_on, accepted_on + timedelta(days=3))
    waited = tables["sales"].with_columns(
        delivered_on=pl.when(late).then(pl.col("delivered_on") + timedelta(days=3)).otherwise("delivered_on")
    )
    costs = CostFile(replace(CostFile().default, stock_out_cost=7.0))
    both = [follow_ups(accepted, promised.with_columns(ranked_by=pl.lit(by)), {**tables, "sales": waited}, costs)
            .filter(measure="cost").row(0, named=True) for by in ("service", "money")]  # fmt: skip
    assert both[1]["came"] - both[0]["came"] == pytest.approx(4 * 3 * 7.0 / days)
    assert both[1]["came_high"] - both[1]["came"] > both[0]["came_high"] - both[0]["came"]
    lone = {**tables, "sales": tables["sales"].clear()}
    unknown = follow_ups(accepted, promised, lone, CostFile())
    assert set(unknown["verdict"]) == {"not enough lines"}


def test_what_may_be_all_or_nothing_is_not_called_kept() -> None:
    own = {"waiting_change": -1.0, "waiting_change_low": -2.0, "waiting_change_high": -0.5}
    assert _verdict("waiting_change", own, (-1.0, 4.0)) == UNCLEAR
    assert _verdict("waiting_change", own, (-1.0, 0.2)) == "kept"
    assert _verdict("waiting_change", own, (0.5, 0.1)) == "missed"
