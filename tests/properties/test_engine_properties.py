"""What holds for every study: pieces, time and money are conserved, runs repeat to the bit, compiled or not."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from spareverse.engine import memory as a
from spareverse.engine.run import run_batch
from spareverse.network.distributions import Constant, Distribution, Exponential, Gamma, Triangular
from spareverse.network.study import Access, Economics, Fee, Option, Policy, RateProfile, Study, Transport
from spareverse.network.study_tables import COST_KINDS, STUDY_LINES
from spareverse.simulation.option_run import OptionRun
from spareverse.simulation.study_network import Package
from spareverse.simulation.study_run import run_study

YEAR = 8760.0
RUNS = 3
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

few = st.integers(0, 4)
lead_times: st.SearchStrategy[Distribution] = st.sampled_from(
    [Constant(300.0), Exponential(700.0), Gamma(3.0, 150.0), Triangular(480.0, 720.0, 1200.0)]
)


@st.composite
def policies(draw: st.DrawFn, *, stocked: bool = True) -> Policy:
    kinds = ["reorder_point", "order_up_to", "base_stock", "periodic", "adaptive", *([] if stocked else ["on_demand"])]
    point, quantity = draw(st.integers(0, 3)), draw(st.integers(1, 4))
    return Policy(
        draw(st.sampled_from(kinds)),  # type: ignore[arg-type]
        initial_stock=draw(few),
        reorder_point=point,
        order_quantity=quantity,
        order_up_to=point + quantity,
        basis=draw(st.sampled_from(["position", "on_hand"])),  # type: ignore[arg-type]
        review_interval_h=draw(st.sampled_from([200.0, 730.0])),
    )


@st.composite
def options(draw: st.DrawFn, name: str) -> Option:
    central = draw(st.booleans())
    return Option(
        name,
        draw(st.sampled_from(["physical", "digital", "hybrid"])),  # type: ignore[arg-type]
        policy=draw(policies(stocked=False)),
        central=draw(policies()) if central else None,
        transfer=draw(lead_times) if central else None,
        lead_time=draw(lead_times),
        expedite_lead_time=draw(st.none() | lead_times),
        expedite_price=70.0,
        order_cost=11.0,
        fee=Fee(13.0, 5.0, frozenset(draw(st.sets(st.sampled_from(["parts", "holding"])))), 0.02),
        transport=Transport("sea", 9_000.0, 0.016, "", 40.0, 0.5, draw(st.none() | st.just(25.0))),
        transfer_transport=Transport("road", 80.0, 0.1, "", 9.0, 0.1),
        holding_per_piece_h=0.02,
        holding_rate_per_year=0.1,
        investment=500.0,
        scrap_share=0.3,
        shelf_life_h=draw(st.none() | st.just(2_000.0)),
        parts_charged=draw(st.sampled_from(["on_purchase", "on_use"])),  # type: ignore[arg-type]
        order_on_warning=draw(st.booleans()),
    )


@st.composite
def lines(draw: st.DrawFn, number: int) -> dict[str, Any]:
    installed = draw(st.integers(1, 3))
    row = {
        "tag": f"T{number}",
        "asset_id": draw(st.sampled_from(["A", "B", f"T{number}"])),
        "part_id": draw(st.sampled_from(["P", "Q", f"P{number}"])),
        "installed_quantity": installed,
        "needed_quantity": draw(st.integers(1, installed)),
        "criticality": draw(st.sampled_from(["low", "high"])),
        "failures_per_year": draw(st.sampled_from([0.0, 2.0, 9.0, 20.0])),
        "life": draw(st.sampled_from([None, "weibull(shape=2)", "gamma(shape=3)"])),
        "warning": draw(st.sampled_from([None, None, "exponential(300) h"])),
        "replacement": draw(st.sampled_from(["0 h", "8 h", "triangular(4, 9, 30) h"])),
        "unit_price": 100.0,
        "weight_kg": 3.0,
        "downtime_cost_per_h": draw(st.sampled_from([None, 4.0])),
    }
    return {name: row.get(name) for name in STUDY_LINES.names}


@st.composite
def studies(draw: st.DrawFn) -> Study:
    package = [draw(lines(number)) for number in range(draw(st.integers(1, 4)))]
    access = Access(draw(st.sampled_from([0.0, 168.0])), (60.0,), (40.0,), draw(st.booleans()))
    profile = RateProfile((0.5, 2.0) * 6, ((900.0, 1_500.0, 3.0),), 500.0, 100.0, 2.5)
    return Study(
        "any",
        pl.DataFrame(package, schema=STUDY_LINES.schema),
        (draw(options("one")), draw(options("two"))),
        horizon_h=2 * YEAR,
        warm_up_h=draw(st.sampled_from([0.0, 0.0, 1_000.0])),
        period_h=draw(st.sampled_from([730.0, YEAR])),
        emergency=draw(st.sampled_from(["first_arrival", "own_piece", "none"])),  # type: ignore[arg-type]
        economics=Economics(0.05, 0.2, 3.0),
        profile=draw(st.none() | st.just(profile)),
        access=draw(st.none() | st.just(access)),
    )


@given(studies())
@QUICK
def test_pieces_and_time_are_conserved(study: Study) -> None:
    """Counted from commissioning: what came is issued, sent on, expired or there; every second has one state."""
    study = replace(study, warm_up_h=0.0)
    for option in study.options:
        run = OptionRun.prepare(Package(study), option, 1)
        given_stocks = run.compiled.entities.stocks
        outcome, _ = run_batch(run.compiled.entities, run.ledger.weights, 1, 0, RUNS)
        count = {name: outcome.stock_totals[:, :, number] for number, name in enumerate(a.STOCK_MEASURES)}
        came = given_stocks[None, :, a.INITIAL - a.PLACE] + count["pieces_received"]
        left = count["pieces_issued"] + count["pieces_sent"] + count["pieces_expired"] + count["end_on_hand"]
        np.testing.assert_array_equal(came, left)
        under_way = count["pieces_ordered"] - count["pieces_received"]
        assert (under_way >= count["end_on_order"]).all()
        if study.emergency != "own_piece":
            np.testing.assert_array_equal(under_way, count["end_on_order"])
        assert (count["end_on_hand"] >= 0).all()
        site = np.array([name.endswith("site") for name in run.compiled.stock_ids])
        demands = count["demands"][:, site].sum(axis=1)
        assert (count["stock_outs"] <= count["demands"]).all()
        assert (count["pieces_issued"].sum(axis=1) <= demands).all()
        assert (count["pieces_received"][:, site] <= count["pieces_ordered"][:, site]).all()
        seconds = outcome.asset_totals[:, :, : a.STOP_COUNT].sum(axis=2)
        np.testing.assert_array_equal(seconds, run.compiled.counted_seconds)
        np.testing.assert_array_equal(outcome.up_seconds.sum(axis=1), outcome.asset_totals[:, :, 0].sum(axis=1))
        held = outcome.series[:, 0, :, a.ON_HAND_SECONDS].sum(axis=1)
        np.testing.assert_array_equal(held, count["on_hand_seconds"].sum(axis=1))
        down = seconds.sum(axis=1) - outcome.asset_totals[:, :, a.UP_SECONDS].sum(axis=1)
        np.testing.assert_array_equal(count["down_seconds"].sum(axis=1), down)


@given(studies())
@QUICK
def test_money_adds_up(study: Study) -> None:
    """Kinds, lines and periods each sum to the total of the option."""
    tables = run_study(study, replications=RUNS, seed=4, trace=0).tables
    kinds = [f"{kind}_cost" for kind in COST_KINDS]
    runs = tables["replications"]
    assert runs.select(pl.sum_horizontal(kinds)).to_series().to_list() == pytest.approx(
        runs["total_cost"].to_list(), rel=1e-9, abs=1e-6
    )
    total = dict(runs.group_by("option").agg(pl.col("total_cost").mean()).iter_rows())
    parts = tables["line_results"].group_by("option").agg((pl.col("supply_cost") + pl.col("downtime_cost")).sum())
    ends = tables["periods"].group_by("option").agg(pl.col("cumulative_cost").sort_by("period").last())
    printed = tables["options"].filter(pl.col("measure") == "total_cost").select("option", "mean")
    for table in (parts, ends, printed):
        assert dict(table.iter_rows()) == pytest.approx(total, rel=1e-9, abs=1e-6)
    assert (runs["scrap_cost"] <= 0.0).all()
    assert runs.select(pl.col(kinds).exclude("scrap_cost").min()).min_horizontal().item() >= 0.0


@given(studies(), st.integers(0, 2**62))
@settings(QUICK, max_examples=15)
def test_a_run_depends_on_its_seed_and_number_alone(study: Study, seed: int) -> None:
    """Repeated: the same bits. Fewer replications: the first of them. Another option beside it: no difference."""
    four = run_study(study, replications=4, seed=seed, trace=1)
    again = run_study(study, replications=4, seed=seed, trace=1)
    for name, table in four.tables.items():
        assert_frame_equal(table, again.tables[name], check_exact=True)
    two = run_study(study, replications=2, seed=seed, trace=1).tables["replications"]
    kept = four.tables["replications"].filter(pl.col("replication") < 2)
    assert_frame_equal(two, kept, check_exact=True)
    alone = run_study(replace(study, options=study.options[1:]), replications=4, seed=seed, trace=1)
    for name in ("replications", "events"):
        beside = four.tables[name].filter(pl.col("option") == "two")
        assert_frame_equal(alone.tables[name], beside, check_exact=True)


def test_another_seed_is_another_run() -> None:
    package = [dict.fromkeys(STUDY_LINES.names) | {"tag": "T", "part_id": "P", "failures_per_year": 9.0}]
    study = Study(
        "one",
        pl.DataFrame(package, schema=STUDY_LINES.schema),
        (Option("one", "physical", lead_time=Exponential(500.0), policy=Policy("on_demand")),),
    )
    first, second = (run_study(study, replications=3, seed=seed, trace=0).tables["replications"] for seed in (1, 2))
    assert set(first["up_hours"]).isdisjoint(second["up_hours"])


def digest() -> str:
    """Of the event logs and results of a dozen studies that between them use everything."""
    from agreement.cases import beside_simpy

    found = hashlib.sha256()
    for case in beside_simpy():
        tables = run_study(replace(case.study, horizon_h=4_000.0), replications=2, seed=3, trace=2).tables
        for name in ("events", "replications"):
            assert tables[name].height >= 2
            found.update(tables[name].write_csv().encode())
    return found.hexdigest()


def test_compiled_and_interpreted_runs_are_equal_to_the_bit() -> None:
    folder = Path(__file__).parents[1]
    command = "from properties.test_engine_properties import digest; print(digest())"
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.strip() == digest()
