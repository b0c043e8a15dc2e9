"""A twin's network simulated, kept, asked why; its scenarios kept and checked."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import Cancelled, InputRejected, NotFound, UsageError
from spareverse.examples import NETWORKS
from spareverse.io.scenario_files import write_scenario
from spareverse.network.network import Network
from spareverse.network.scenario import Override, Scenario
from spareverse.simulation.universe.accounts import ACCOUNT_EVENTS, TOTAL
from spareverse.simulation.universe.measures import MEASURES
from spareverse.twin.built_network import BuiltNetwork
from spareverse.twin.network_examples import new_network_example
from spareverse.twin.simulation import Simulation
from spareverse.twin.simulator import started, until_days
from spareverse.twin.twin import Twin
from tests.networks_small import OUTAGE, chain


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("twin") / "acme"
    twin = Twin.create(path)
    twin.import_network(chain())
    twin.save_scenario(OUTAGE)
    return path


@pytest.fixture(scope="module")
def run(folder: Path) -> Simulation:
    return Twin.open(folder).simulate(["outage"], replications=6)


def test_a_simulation_is_kept_and_found_again(folder: Path, run: Simulation) -> None:
    twin = Twin.open(folder)
    kept = twin.simulation()
    assert kept.id == run.id
    assert kept.names == ("as it is", "outage")
    assert kept.scenarios == (OUTAGE,)
    assert kept.document["seed"] == 1
    assert kept.document["digest"]
    assert twin.simulate(["outage"], replications=6).id == run.id
    assert kept.table("events")["replication"].unique().to_list() == [0]
    assert set(kept.table("events")["scenario"]) == set(kept.names)
    assert "outage" in str(kept)


def test_measures_come_with_limits_by_place_and_month(run: Simulation) -> None:
    whole = run.measure("fill_rate")
    assert whole["scenario"].to_list() == ["as it is", "outage"]
    assert (whole["low"] <= whole["mean"]).all()
    assert set(run.measure("stock_value", by=["place_id"])["place_id"]) == {"C", "S"}
    assert run.measure("demands", where={"place_id": "S"}, per="month").height >= 2 * 10
    with pytest.raises(UsageError, match="no measure"):
        run.measure("fil_rate")
    with pytest.raises(UsageError, match="not told apart"):
        run.measure("fill_rate", by=["part_id"])


def test_a_run_kept_before_a_cost_was_counted_still_has_its_measures(run: Simulation) -> None:
    before = replace(run, tables={**run.tables, "series": run.table("series").drop("waiting_cost")})
    assert before.table("series").columns == run.table("series").columns
    assert before.measure("total_cost").equals(run.measure("total_cost"))
    assert before.measure("waiting_cost")["mean"].to_list() == [0.0, 0.0]


@pytest.mark.parametrize("scenario", ["as it is", "outage"])
def test_both_ledgers_charge_all_waiting(run: Simulation, scenario: str) -> None:
    found = run.why(scenario=scenario)
    waiting = run.measure("waiting_piece_days").filter(pl.col("scenario") == scenario)["mean"][0]
    assert found["timeline_days"].sum() == pytest.approx(found["critical_days"].sum(), rel=1e-12)
    assert found["timeline_share"].sum() == pytest.approx(1.0)
    # a wait is charged whole in the period it ends in: what began in the warm-up is in it
    assert found["timeline_days"].sum() == pytest.approx(waiting, rel=0.02)


def test_why_tells_apart_and_narrows_down(run: Simulation) -> None:
    everything = run.why(by=("cause",))
    of_p = run.why(part="p", by=("cause", "period"))
    assert of_p["critical_days"].sum() < everything["critical_days"].sum()
    one = run.why(place="S", part="p", customer="n", period=int(of_p["period"][0]))
    assert 0 < one["critical_days"].sum() < of_p["critical_days"].sum()
    assert "disruption" in everything["cause"].to_list()
    with pytest.raises(NotFound, match="no place 'OSLO'"):
        run.why(place="OSLO")
    with pytest.raises(NotFound, match="no scenario"):
        run.why(scenario="other")
    with pytest.raises(UsageError, match="told apart"):
        run.why(by=("colour",))


def test_counterfactuals_stand_beside_the_charges_and_are_kept(folder: Path, run: Simulation) -> None:
    found = run.counterfactuals(6, scenario="outage")
    assert found["critical_days"].is_sorted(descending=True)
    off = {row["cause"]: row for row in found.to_dicts()}
    assert off["disruption"]["switched_off"] == "yes"
    assert off["disruption"]["low"] <= off["disruption"]["removed_days"] <= off["disruption"]["high"]
    assert off["disruption"]["removed_days"] > 0
    covered = [row for cause, row in off.items() if cause.startswith("cover")]
    assert covered
    assert all(row["switched_off"] == "no" and row["removed_days"] is None for row in covered)
    assert all("Cannot be switched off" in row["remark"] for row in covered)
    kept = Twin.open(folder).simulation().kept_counterfactuals(6, scenario="outage")
    assert kept is not None
    assert kept.equals(found)


def test_without_the_outage_the_scenario_is_the_network_as_it_is(run: Simulation) -> None:
    removed = run.counterfactuals(6, scenario="outage").filter(pl.col("cause") == "disruption")
    waits = run.table("series").group_by("scenario").agg(pl.col("waiting_piece_days").sum() / run.replications)
    base, outage = (waits.filter(pl.col("scenario") == name)["waiting_piece_days"][0] for name in run.names)
    assert removed["removed_days"][0] == pytest.approx(outage - base, rel=1e-9)


@pytest.mark.parametrize("scenario", ["as it is", "outage"])
def test_every_account_opens_down_to_its_events(run: Simulation, scenario: str) -> None:
    accounts = run.accounts(scenario=scenario)
    assert accounts.filter(pl.col("account") == "holding_cost")["recorded"][0] > 0
    for found in (accounts, run.accounts(scenario=scenario, place="S")):
        for row in found.drop_nulls("of_events").to_dicts():
            # the engine counts whole cents, and freight when the goods are ready: shipments that leave at either end of
            # the counted time, a dozen of a hundred and more here, may stand on the other side of it
            edge = 0.15 * row["recorded"] if row["account"] in ("transport_cost", "co2_kg") else 0.0
            assert row["of_events"] == pytest.approx(row["recorded"], rel=1e-6, abs=edge + 0.01 * row["events"])
    events = run.account_events("transport_cost", scenario=scenario, place="S", part="p")
    assert set(events["kind"]) == {"shipment"}
    assert set(events["part_id"]) == {"p"}
    with pytest.raises(NotFound, match="no account"):
        run.account_events("tea_cost")


@pytest.mark.parametrize("scenario", ["as it is", "outage"])
def test_every_wait_has_a_story_that_ends_with_it(run: Simulation, scenario: str) -> None:
    found = run.waits(scenario=scenario)
    assert found.height
    for row in found.iter_rows(named=True):
        told = run.story(row["part_id"], row["place_id"], row["day"], scenario=scenario)
        began = told.filter(step="wanted")["day"][0]
        assert told["day"].is_sorted()
        assert told["day"][-1] == pytest.approx(row["day"])
        assert began == pytest.approx(row["day"] - row["days"])
        assert told["step"][-1] == "given up" or {"ordered", "in stock"} & set(told["step"])
    with pytest.raises(NotFound, match="no place"):
        run.waits(place="NOWHERE")


@pytest.mark.parametrize("place", [None, "S"])
@pytest.mark.parametrize("scenario", ["as it is", "outage"])
def test_the_costs_shown_add_up_to_their_total(run: Simulation, scenario: str, place: str | None) -> None:
    rows = {row["account"]: row for row in run.accounts(scenario=scenario, place=place).to_dicts()}
    costs = [row for name, row in rows.items() if name.endswith("_cost") and name not in ("purchases_cost", TOTAL)]
    for column in ("mean", "recorded"):
        assert sum(row[column] for row in costs) == pytest.approx(rows[TOTAL][column], rel=1e-9)
    assert list(rows).index(TOTAL) == len(costs)


def test_accounts_name_measures() -> None:
    assert set(ACCOUNT_EVENTS) <= set(MEASURES)


def test_a_run_that_ends_before_the_outage_runs_and_says_so(folder: Path) -> None:
    run = Twin.open(folder).simulate(["outage"], replications=2, until=80.0, keep=False)
    assert any("this run ends on day 140, before stop, which it leaves out" in text for text in run.notices)
    assert any("nothing of it happens in this run" in text for text in run.notices)
    assert run.table("differences").filter(pl.col("difference").abs() > 0).is_empty()
    longest = run.waits(scenario="outage").row(0, named=True)
    assert run.story(longest["part_id"], longest["place_id"], longest["day"], scenario="outage").height
    assert run.counterfactuals(1, scenario="outage").height == 1


def test_disturbances_of_the_network_itself_may_lie_beyond_a_shorter_run(folder: Path) -> None:
    rows = [row | {"disturbance_id": f"d{at}"} for at in range(7) for row in OUTAGE.disturbances]
    network = Network.of({**chain().tables, "disturbances": pl.DataFrame(rows, infer_schema_length=None)})
    built = BuiltNetwork("n", {"start": None, "name": "chain", "notices": []}, network.tables)
    begun, said = started(built, from_state=False, until_days=80.0)
    assert begun["disturbances"].is_empty()
    assert said == ["The run ends on day 140, before these disturbances of the network: d0, d1, d2, d3, d4 and 2 more."]
    begun, said = started(built, from_state=False, until_days=100.0)
    assert (begun["disturbances"].height, said) == (7, [])


def test_what_fails_or_is_cancelled_leaves_the_twin_as_it_was(folder: Path, run: Simulation) -> None:
    twin = Twin.open(folder)
    before = twin.folder.runs("simulation")
    with pytest.raises(Cancelled):
        twin.simulate(["outage"], replications=9, cancel=lambda: True)
    with pytest.raises(NotFound, match="no scenario 'strike'"):
        twin.simulate(["strike"])
    with pytest.raises(UsageError, match="named twice"):
        twin.simulate(["outage", OUTAGE])
    with pytest.raises(UsageError, match="Replications"):
        twin.simulate(replications=0)
    assert twin.folder.runs("simulation") == before


def test_a_run_ends_when_asked(folder: Path) -> None:
    twin = Twin.open(folder)
    run = twin.simulate(until=200, replications=1, log=False)
    assert run.network.setting("horizon_days") == 200.0
    series = run.table("series")
    assert series["start_day"].min() == pytest.approx(60.0)
    assert (series["start_day"] + series["days"]).max() == pytest.approx(260.0)
    assert run.table("events").is_empty()
    assert run.accounts()["of_events"].null_count() == run.accounts().height
    short = twin.simulate(until=20, replications=1, log=False)  # shorter than the periods of the network
    assert short.table("series")["days"].unique().to_list() == [20.0]
    with pytest.raises(UsageError, match="no day on which it starts"):
        twin.simulate(until="2030-01-01")
    with pytest.raises(UsageError, match="no end of a run"):
        twin.simulate(until="soon")
    with pytest.raises(UsageError, match="ends after it starts"):
        twin.simulate(until=-1)


def test_asked_again_the_kept_run_is_the_newest(folder: Path, run: Simulation) -> None:
    twin = Twin.open(folder)
    other = twin.simulate(replications=2, log=False)
    assert twin.simulation().id == other.id
    assert twin.simulate(["outage"], replications=6).id == run.id
    assert twin.simulation().id == run.id


def test_a_built_network_starts_as_its_rules_would_have_it_unless_told() -> None:
    game, _ = NETWORKS["beer-game"]()
    document = {"name": "game", "start": "2026-01-01", "notices": []}
    built = BuiltNetwork("one", document, game.tables)
    ruled, said = started(built, from_state=False, until_days=None)
    assert ruled["opening_orders"].is_empty()
    assert ruled["stock"]["initial_stock"].null_count() == ruled["stock"].height
    assert "rules" in said[0]
    real, said = started(built, from_state=True, until_days=70.0)
    assert real["opening_orders"].height == game["opening_orders"].height
    assert (real.setting("horizon_days"), said) == (70.0, [])
    assert until_days("2026-03-01", built) == 59.0
    own = BuiltNetwork("two", {**document, "start": None}, game.tables)
    assert started(own, from_state=False, until_days=None)[0]["opening_orders"].height > 0


def test_a_run_under_way_is_cancelled_and_leaves_nothing(folder: Path, run: Simulation) -> None:
    under_way, asked = threading.Event(), threading.Event()

    def progress(share: float, _: str) -> None:
        if share > 0.1:  # of the replications
            under_way.set()
            asked.wait(60.0)  # so that it cannot be over before anybody asks

    def cancel() -> bool:
        if under_way.is_set():
            asked.set()
        return asked.is_set()

    twin = Twin.open(folder)
    before = twin.folder.runs("simulation")
    with pytest.raises(Cancelled):
        twin.simulate(["outage"], replications=40, progress=progress, cancel=cancel)
    assert under_way.is_set()
    assert twin.folder.runs("simulation") == before


def test_results_are_exported(run: Simulation, tmp_path: Path) -> None:
    files = run.export(tmp_path / "tables")
    assert pl.read_parquet(tmp_path / "tables" / "causes.parquet").equals(run.table("causes"))
    assert {file.stem for file in files} == set(run.tables)
    assert run.export(tmp_path / "run.xlsx")[0].stat().st_size > 1000
    with pytest.raises(UsageError, match="workbook"):
        run.export(tmp_path / "run.csv")


def test_scenarios_are_kept_checked_and_removed(folder: Path, tmp_path: Path) -> None:
    twin = Twin.open(folder)
    slow = Scenario("slow", "Longer work", (Override("suppliers", "work_time", value="9"),))
    assert twin.save_scenario(write_scenario(slow, tmp_path / "any.toml")) == slow
    assert twin.scenario_names() == ["outage", "slow"]
    assert 'name = "slow"' in twin.scenario_text("slow")
    with pytest.raises(InputRejected, match="wrong"):
        twin.save_scenario(Scenario("bad", overrides=(Override("suppliers", "work_tim", value="9"),)))
    for name in ("../out", "as it is", "", "a/b", ".hidden"):
        with pytest.raises(InputRejected):
            twin.save_scenario(Scenario(name, overrides=slow.overrides))
        with pytest.raises(NotFound):
            twin.scenario(name)
    twin.delete_scenario("slow")
    assert twin.scenario_names() == ["outage"]
    with pytest.raises(NotFound, match="outage"):
        twin.delete_scenario("slow")


def test_a_file_put_into_the_folder_by_hand_must_be_named_as_it_says(folder: Path) -> None:
    twin = Twin.open(folder)
    write_scenario(Scenario("one", overrides=(Override("suppliers", "lines", value=2),)),
                   folder / "scenarios" / "two.toml")  # fmt: skip
    with pytest.raises(InputRejected, match="calls itself 'one'"):
        twin.scenario("two")
    twin.delete_scenario("two")


def test_an_example_is_a_twin_with_network_and_scenarios(tmp_path: Path) -> None:
    new_network_example("beer-game", tmp_path / "game")
    twin = Twin.open(tmp_path / "game")
    assert twin.network().network.name == "beer-game"
    assert twin.network().start is None
    assert twin.scenario_names() == ["adaptive", "short-pipes", "steady"]
    with pytest.raises(NotFound, match="no simulation yet"):
        twin.simulation()


def test_without_a_network_the_next_step_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="spareverse build"):
        Twin.create(tmp_path / "empty").simulate()
