"""A network run: results whatever the threads, memory refused early, records in files, stopped at once."""

from __future__ import annotations

import gc
import tempfile
import threading
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spareverse.engine.memory import PLACE, USUAL_LEAD
from spareverse.errors import Cancelled, InputRejected
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import CAUSE_TABLE, EVENTS
from spareverse.simulation.universe import charges, event_store, size
from spareverse.simulation.universe.compile import compile_universe
from spareverse.simulation.universe.measures import measured
from spareverse.simulation.universe_run import BASE, UniverseRun, run_universe
from spareverse.simulation.waiting import why
from tests.networks_small import OUTAGE, chain


@pytest.fixture(scope="module")
def run() -> UniverseRun:
    return run_universe(chain(), [OUTAGE], replications=4, log=True, threads=1)


def test_threads_and_sums_on_the_way_change_nothing(run: UniverseRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charges, "LEAST_SUMMED", 0)
    other = run_universe(chain(), [OUTAGE], replications=4, log=True, threads=3)
    assert list(other.tables) == list(run.tables)
    for name in run.tables:
        assert_frame_equal(other.tables[name], run.tables[name], check_exact=True)


def test_waiting_costs_at_each_stock_point_what_the_point_says(run: UniverseRun) -> None:
    """A site asking its centre is nobody who waits: only customers cost, at each place and in each period."""
    price = {"p": 2.0, "q": 0.5, "idle": 9.0}
    priced = chain()["stock"].with_columns(
        waiting_cost_per_piece_day=pl.when(pl.col("place_id") == "S").then(
            pl.col("part_id").replace_strict(price, return_dtype=pl.Float64)
        ).otherwise(100.0)
    )  # fmt: skip
    tables = run_universe(Network.of({**chain().tables, "stock": priced}), replications=4).tables
    points, series = tables["points"], tables["series"]
    expected = points["waiting_piece_days"] * points["part_id"].replace_strict(price, return_dtype=pl.Float64)
    assert points["waiting_cost"].to_list() == pytest.approx(expected.to_list())
    assert points["waiting_cost"].sum() > 0
    assert series["waiting_cost"].sum() / 4 == pytest.approx(points["waiting_cost"].sum())
    assert series.filter(pl.col("place_id") == "C")["waiting_cost"].sum() == 0
    unpriced = run.tables["series"].filter(pl.col("scenario") == BASE)
    assert measured(series, "total_cost")["mean"][0] == pytest.approx(
        measured(unpriced, "total_cost")["mean"][0] + series["waiting_cost"].sum() / 4
    )


def test_causes_are_sums_told_apart_by_every_name(run: UniverseRun) -> None:
    causes = run.tables["causes"]
    names = [name for name in CAUSE_TABLE.names if name not in ("timeline_seconds", "critical_seconds", "waits")]
    assert causes.height
    assert not causes.select(names).is_duplicated().any()
    assert_frame_equal(causes.sort("scenario", "part_id", "place_id", "customer_id", "period", "cause", "entity_id"),
                       causes)  # fmt: skip
    ends = causes.group_by("scenario").agg(pl.col("timeline_seconds", "critical_seconds").sum())
    assert (ends["timeline_seconds"] == ends["critical_seconds"]).all()


def test_shares_of_waiting_are_the_same_to_the_bit_in_any_order_of_rows(run: UniverseRun) -> None:
    causes = run.tables["causes"]
    found = why(causes, "outage", 3, by=("part_id", "period"))
    for seed in range(8):
        assert why(causes.sample(fraction=1.0, shuffle=True, seed=seed), "outage", 3, by=("part_id", "period")).equals(
            found
        )


def test_measures_are_the_same_to_the_bit_each_time(run: UniverseRun) -> None:
    first = run.measure("stock_value", by=["place_id"], per="month")
    for _ in range(20):
        assert_frame_equal(run.measure("stock_value", by=["place_id"], per="month"), first, check_exact=True)


def test_a_long_record_is_read_from_files_that_go_with_it(
    run: UniverseRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(event_store, "ROWS_IN_MEMORY", 50)
    other = run_universe(chain(), [OUTAGE], replications=4, log=True)
    assert list(tmp_path.rglob("*.parquet"))
    file = tmp_path / "kept.parquet"
    other.tables.scan("events").sink_parquet(file)
    assert_frame_equal(pl.read_parquet(file), run.tables["events"])
    assert_frame_equal(other.tables["events"], run.tables["events"])
    del other
    gc.collect()
    assert list(tmp_path.iterdir()) == [file]


def test_tables_hold_the_record_only_where_it_was_kept(run: UniverseRun) -> None:
    assert "events" in run.tables
    assert run.tables["events"].columns == list(EVENTS.names)
    plain = run_universe(chain(), replications=1, causes=False)
    assert "events" not in plain.tables
    assert plain.tables["causes"].is_empty()
    with pytest.raises(KeyError):
        plain.tables["events"]


def test_a_run_that_outgrows_memory_is_refused_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "memory_available", lambda: 2_000_000_000)
    monkeypatch.setattr("spareverse.simulation.universe_run.run_scenario", None)
    with pytest.raises(InputRejected, match=r"needs about [\d,.]+ GB of memory and 2\.0 GB are free") as told:
        run_universe(chain(), [OUTAGE], replications=1_000_000)
    assert len(told.value.problems) == 2
    assert "1,000,000 replications of 2 scenarios" in told.value.problems[0].reason
    assert "fewer replications" in told.value.problems[0].remedy


def test_fewer_threads_work_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    found = size.RunSize.of(chain(), replications=8, scenarios=1, causes=True)
    shared = found.compiled + found.results
    for threads in (1, 2, 3):
        monkeypatch.setattr(size, "memory_available", lambda n=threads: shared + n * found.each_thread)
        assert found.threads_that_fit(8) == threads
    monkeypatch.setattr(size, "memory_available", lambda: None)
    assert found.threads_that_fit(8) == 8


def test_causes_that_outgrow_memory_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "CAUSE_BYTES", 10**15)
    with pytest.raises(InputRejected) as told:
        run_universe(chain(), replications=3)
    assert "causes of waiting" in told.value.problems[0].reason


def test_size_counts_the_sources_of_each_stock_point() -> None:
    found = size.RunSize.of(chain(), replications=1, scenarios=1, causes=True)
    assert (found.stocks, found.sources, found.streams, found.customers) == (5, 5, 2, 1)


def test_memory_available_is_told_here() -> None:
    available = size.memory_available()
    assert available is None or available > 1_000_000


def test_a_run_stops_at_once_even_while_its_network_is_made_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, let_go, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(network: Network, scenario: object) -> Network:
        begun.set()
        let_go.wait(60.0)
        ended.set()
        return network

    monkeypatch.setattr("spareverse.simulation.universe_run.apply_scenario", slow)
    with pytest.raises(Cancelled):
        run_universe(chain(), [OUTAGE], replications=1, cancel=begun.is_set)
    assert not ended.is_set()
    let_go.set()


def test_a_run_is_not_begun_where_it_is_not_wanted_any_more() -> None:
    for replications in (1, 2, 3):  # over before anybody could ask meanwhile
        with pytest.raises(Cancelled):
            run_universe(chain(), replications=replications, cancel=lambda: True)


def test_a_failure_of_one_replication_ends_the_run_and_leaves_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(event_store, "ROWS_IN_MEMORY", 50)

    def fails(replication: int, events: pl.DataFrame) -> None:
        if replication == 2:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        run_universe(chain(), replications=4, log=True, each_record=fails)
    assert not list(tmp_path.iterdir())


def test_a_surge_at_a_place_is_no_surge_of_a_part_of_that_name() -> None:
    """A part that is called as a place is: only the place's demand is meant."""
    tables = dict(chain().tables)
    tables["places"] = pl.concat([tables["places"], tables["places"][:1].with_columns(place_id=pl.lit("p"))])
    network = Network(tables)
    surge = {"disturbance_id": "more", "kind": "demand_surge", "target_id": "p", "start_day": 0.0, "days": 400.0,
             "factor": 5.0}  # fmt: skip
    run = run_universe(network, [Scenario("surge", disturbances=(surge,))], replications=1)
    assert run.measure("fill_rate")["mean"].n_unique() == 1


def test_the_usual_lead_time_has_the_work_on_each_further_piece() -> None:
    tables = dict(chain().tables)
    plain = compile_universe(chain()).entities.stocks[:, USUAL_LEAD - PLACE]
    tables["suppliers"] = tables["suppliers"].with_columns(work_per_piece_days=pl.lit(2.0))
    single = compile_universe(Network(tables)).entities.stocks[:, USUAL_LEAD - PLACE]
    assert single.tolist() == plain.tolist()  # one for one: no further piece
    lots = tables["stock"].with_columns(
        policy=pl.lit("reorder_point"), reorder_point=pl.lit(1, pl.Int64), order_quantity=pl.lit(4, pl.Int64)
    )
    several = compile_universe(Network({**tables, "stock": lots})).entities.stocks[:, USUAL_LEAD - PLACE]
    of_supplier = lots.sort("part_id", "place_id")["place_id"] == "C"
    assert ((several - plain) / 86_400).tolist() == [6.0 if bought else 0.0 for bought in of_supplier]


def test_a_scenario_that_does_not_fit_is_told_before_anything_runs() -> None:
    late = Scenario("late", disturbances=({**OUTAGE.disturbances[0], "start_day": 5000.0},))
    said: list[str] = []
    with pytest.raises(InputRejected, match="late"):
        run_universe(chain(), [OUTAGE, late], replications=1, progress=lambda _, what: said.append(what))
    assert said == []


def test_progress_only_grows(run: UniverseRun) -> None:
    said: list[tuple[float, str]] = []
    run_universe(chain(), [OUTAGE], replications=3, threads=1, progress=lambda share, what: said.append((share, what)))
    shares = [share for share, _ in said]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert said[0][1] == "Simulating: as it is"
    assert said[-1][1] == f"Simulating: {OUTAGE.name}"
