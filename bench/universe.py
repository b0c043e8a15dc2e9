"""A whole network: a million stock points a year, the demo company three; beside SimPy and the limits we set."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))

from measuring import Measurement, peak_memory_mb, run
from simpy_network import LEAD_MEAN_DAYS, LEAD_SHAPE, ROAD_DAYS, SEA_DAYS, WORK_DAYS, TwoEchelons

if TYPE_CHECKING:
    from spareverse.network.network import Network

LINES = 50
PARTS, PLACES = 50_000, 21
AIMS = {"shared": 1.0, "apart": 4.0}
"""Million events per CPU second of the engine."""
BESPOKE = {"shared": 2.4, "apart": 13.0}
"""What a loop in C made for this one network, without any other mechanism, reaches."""
MOST_MB, WORLD_S, CANCEL_S = 6000.0, 90.0, 1.0
SEED = 1
REPLICATIONS = 3
"""Of the million stock points: the first one also waits for its memory to be given by the system."""


def measure(*, quick: bool) -> Iterator[Measurement]:
    parts = 500 if quick else PARTS
    yield from _simpy(20 if quick else 200)
    for kind in AIMS:
        yield from _million(kind, parts)
    yield from _stopped(parts)
    yield from _growth(parts // 10)
    yield from _world(1_000 if quick else 100_000, 2 if quick else 10)


def _simpy(parts: int) -> Iterator[Measurement]:
    """Demands a CPU second, both at reduced size; the share served at once must be the same."""
    for kind in AIMS:
        levels = _levels(parts)
        begin = time.process_time()
        lines = LINES if kind == "shared" else None
        theirs = TwoEchelons(*(level.tolist() for level in levels), lines=lines, seed=SEED)
        share = theirs.run()
        their_rate = theirs.demands / (time.process_time() - begin)
        found = _child("engine", kind, parts, PLACES, 1.0, 20)
        case = f"{kind}, {parts * PLACES:,} stock points, demands"
        remark = f"served at once {found['fill_rate']:.4f} and {share:.4f}"
        if abs(found["fill_rate"] - share) > 5.0 * (share * (1.0 - share) / theirs.demands) ** 0.5 + 0.005:
            remark += " DIFFERENT ANSWER"
        ours = found["demands"] / found["events_cpu"]
        yield Measurement(case, ours, "/s", "SimPy", their_rate, higher_is_better=True, remark=remark)


def _million(kind: str, parts: int) -> Iterator[Measurement]:
    """The engine alone, with and without causes, and the verb; the parts of the verb's time."""
    points = f"{parts * PLACES:,} stock points"
    plain, charged, verb = (
        _child(what, kind, parts, PLACES, 1.0, REPLICATIONS) for what in ("engine", "causes", "verb")
    )
    aim = AIMS[kind]
    for name, found in (("engine", plain), ("engine with causes", charged)):
        yield Measurement(
            f"{kind}, {points}, M events, {name}", found["events"] / found["events_cpu"] / 1e6, "/s", "the aim",
            aim, higher_is_better=True, cpu_seconds=found["events_cpu"], memory_mb=found["memory_mb"],
            remark=f"{found['events']:,} events; a C loop for this alone {BESPOKE[kind]}",
        )  # fmt: skip
    rest = verb["cpu"] - charged["compile_cpu"] - charged["layout_cpu"] - charged["events_cpu"]
    yield Measurement(
        f"{kind}, {points}, M events, the verb", verb["events"] / verb["cpu"] / 1e6, "/s", "the aim", aim,
        higher_is_better=True, cpu_seconds=verb["cpu"],
        remark=f"tables to arrays {charged['compile_cpu']:.1f} s, memories {charged['layout_cpu']:.1f} s, "
        f"events and causes {charged['events_cpu']:.1f} s, result tables and sums {rest:.1f} s",
    )  # fmt: skip
    yield Measurement(
        f"{kind}, {points}, memory of the verb", verb["memory_mb"], "MB", "the limit we set", MOST_MB,
        cpu_seconds=verb["cpu"],
    )  # fmt: skip


def _stopped(parts: int) -> Iterator[Measurement]:
    """How long after asking a run ends: while it is made ready and while it runs."""
    found = _child("stopped", "shared", parts, PLACES, 1.0, 1)
    for when, seconds in found["stopped"].items():
        yield Measurement(f"stopped {when}, after", seconds, "s", "the limit we set", CANCEL_S)


def _growth(parts: int) -> Iterator[Measurement]:
    """CPU time an event as parts, places, years and replications grow; linear is a constant time."""
    for kind in AIMS:
        first: float | None = None
        for sizes in ((parts, 21, 1.0, 1), (4 * parts, 21, 1.0, 1), (parts, 81, 1.0, 1), (parts, 21, 4.0, 1),
                      (parts, 21, 1.0, 4)):  # fmt: skip
            found = _child("engine", kind, *sizes)
            each = 1e9 * found["events_cpu"] / found["events"]
            first = first or each
            case = "{}, {:,} parts, {} places, {:g} years, {} runs, an event".format(kind, *sizes)
            yield Measurement(
                case, each, "ns", "the first of these", first, cpu_seconds=found["events_cpu"],
                memory_mb=found["memory_mb"], remark=f"{found['events']:,} events",
            )  # fmt: skip


def _world(parts: int, replications: int) -> Iterator[Measurement]:
    found = _child("world", "", parts, 40, 3.0, replications)
    yield Measurement(
        f"world, {parts:,} parts, 3 years x {replications} x 2 paired", found["seconds"], "s", "the limit we set",
        WORLD_S, cpu_seconds=found["cpu"], memory_mb=found["memory_mb"],
        remark=f"{found['events']:,} events, {found['causes']:,} rows of causes",
    )  # fmt: skip


def _child(*arguments: object) -> dict[str, Any]:
    """Measured in a process of its own, for its memory."""
    found: dict[str, Any] = json.loads(
        run([sys.executable, __file__, *map(str, arguments)]).output.strip().splitlines()[-1]
    )
    return found


def _levels(parts: int, places: int = PLACES) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Base stock in the centre [parts] and the regions [parts, places - 1], demand a year in each region [parts]."""
    per_year = np.random.default_rng(SEED).lognormal(np.log(4.0), 0.8, parts)
    above = per_year * (places - 1) * (LEAD_MEAN_DAYS + SEA_DAYS) / 365.0
    centre = np.ceil(above + 2.0 * np.sqrt(above)).astype(int)
    region = np.ceil(per_year * ROAD_DAYS / 365.0 + 1.5).astype(int)
    return centre, np.repeat(region[:, None], places - 1, axis=1), per_year


def _network(kind: str, parts: int, places: int, years: float) -> Network:
    from spareverse.network.network import Network

    centre, region, per_year = _levels(parts, places)
    shared = kind == "shared"
    regions = [f"R{number:02d}" for number in range(1, places)]
    names = pl.Series("part_id", np.char.mod("P%06d", np.arange(parts)))
    part = names.gather(np.repeat(np.arange(parts), places))
    place = pl.Series("place_id", np.tile(["C", *regions], parts))
    level = np.column_stack([centre, region]).ravel()
    stock = pl.DataFrame([part, place]).with_columns(
        pl.lit("base_stock").alias("policy"), pl.Series("order_up_to", level)
    )
    demands = pl.DataFrame([part, place, pl.Series("per_year", np.repeat(per_year, places))])
    road = {"transit_time": f"{ROAD_DAYS}", "capacity_kg_per_day": 1e9 if shared else None, "from_id": "C"}
    sea = {"link_id": "S-C", "from_id": "S", "to_id": "C", "transit_time": f"{SEA_DAYS}", "capacity_kg_per_day": None}
    lead = f"gamma(shape={LEAD_SHAPE}, mean={LEAD_MEAN_DAYS})"
    work = {"lines": LINES, "work_time": f"{WORK_DAYS}"} if shared else {}
    return Network.of(
        {
            "settings": pl.DataFrame(
                {"horizon_days": [365.0 * years], "warm_up_days": [0.0], "period_days": [365.0 * years]}
            ),
            "places": pl.DataFrame({"place_id": ["C", *regions]}),
            "suppliers": pl.DataFrame([{"supplier_id": "S", **work}]),
            "links": pl.DataFrame([sea, *({**road, "link_id": f"C-{name}", "to_id": name} for name in regions)]),
            "parts": pl.DataFrame([names]).with_columns(pl.lit(100.0).alias("unit_cost")),
            "sourcing": pl.DataFrame(
                [{"place_id": "C", "source_id": "S", "lead_time": lead}]
                + [{"place_id": name, "source_id": "C", "lead_time": "0"} for name in regions]
            ),
            "stock": stock,
            "demands": demands.filter(pl.col("place_id") != "C"),
        }
    )


def _engine(kind: str, sizes: tuple[int, int, float, int], *, causes: bool) -> dict[str, Any]:
    """One thread: CPU seconds of making arrays, memories and of the events themselves."""
    from spareverse.engine import memory as a
    from spareverse.engine.run import Simulator
    from spareverse.simulation.universe.charges import Charges
    from spareverse.simulation.universe.compile import compile_universe
    from spareverse.simulation.universe.results import value_ledger

    parts, places, years, replications = sizes

    def once(of_parts: int, runs: int) -> dict[str, Any]:
        network = _network(kind, of_parts, places, years)
        begin = time.process_time()
        compiled = compile_universe(network)
        ready = time.process_time()
        charges = Charges(compiled)
        made = time.process_time()
        simulator = Simulator(compiled.entities, causes=causes)
        laid_out = time.process_time()
        events = demands = filled = 0
        busy = 0.0
        for number in range(runs):

            def rows(_: Any, charged: Any, of: int = number) -> None:
                charges.add(of, charged) if len(charged) else charges.restart(of)

            start = time.process_time()
            outcome = simulator.run(value_ledger(compiled), SEED, number, number + 1, rows=rows if causes else None)
            busy += time.process_time() - start
            events += int(outcome.events[0])
            counts = outcome.stock_totals[0].sum(axis=0)
            demands += int(counts[a.DEMANDS])
            filled += int(counts[a.DEMANDS] - counts[a.STOCK_OUTS])
        return {
            "events": events, "demands": demands, "fill_rate": filled / demands, "compile_cpu": ready - begin,
            "layout_cpu": laid_out - made, "events_cpu": busy, "memory_mb": peak_memory_mb(),
        }  # fmt: skip

    once(20, 1)
    return once(parts, replications)


def _verb(kind: str, sizes: tuple[int, int, float, int]) -> dict[str, Any]:
    from spareverse.simulation.universe_run import run_universe

    parts, places, years, replications = sizes
    run_universe(_network(kind, 20, places, years), replications=1, threads=1)
    network = _network(kind, parts, places, years)
    begin = time.process_time()
    found = run_universe(network, replications=replications, threads=1, seed=SEED)
    return {"events": found.events, "cpu": time.process_time() - begin, "memory_mb": peak_memory_mb()}


def _stop(kind: str, sizes: tuple[int, int, float, int]) -> dict[str, Any]:
    """Asked to stop soon after the start, and when the first events have happened."""
    from spareverse.errors import Cancelled
    from spareverse.simulation.universe.scenario_run import READY
    from spareverse.simulation.universe_run import run_universe

    parts, places, years, _ = sizes
    run_universe(_network(kind, 20, places, years), replications=1)
    network = _network(kind, parts, places, years)
    found = {}
    for when, least in (("while made ready", 0.0), ("while it runs", READY)):
        reached = threading.Event()
        asked: list[float] = []

        def progress(share: float, _: str, least: float = least, reached: threading.Event = reached) -> None:
            if share >= least:
                reached.set()

        def cancel(reached: threading.Event = reached, asked: list[float] = asked) -> bool:
            if reached.is_set() and not asked:
                threading.Timer(0.5, lambda: asked.append(time.perf_counter())).start()
                reached.clear()
            return bool(asked)

        try:
            run_universe(network, replications=1, seed=SEED, progress=progress, cancel=cancel)
        except Cancelled:
            found[when] = time.perf_counter() - asked[0]
    return {"stopped": found}


def _demo(parts: int, replications: int) -> dict[str, Any]:
    from spareverse.examples import world_network
    from spareverse.simulation.universe_run import run_universe

    scenarios = world_network.scenarios()[:1]
    run_universe(world_network.network(parts=200), scenarios, replications=1)
    network = world_network.network(parts=parts)
    begin, cpu = time.perf_counter(), time.process_time()
    found = run_universe(network, scenarios, replications=replications, seed=SEED)
    return {
        "seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu, "events": found.events,
        "causes": found.tables["causes"].height, "memory_mb": peak_memory_mb(),
    }  # fmt: skip


def _main(what: str, kind: str, parts: str, places: str, years: str, replications: str) -> dict[str, Any]:
    sizes = (int(parts), int(places), float(years), int(replications))
    if what == "world":
        return _demo(sizes[0], sizes[3])
    if what == "verb":
        return _verb(kind, sizes)
    if what == "stopped":
        return _stop(kind, sizes)
    return _engine(kind, sizes, causes=what == "causes")


if __name__ == "__main__":
    print(json.dumps(_main(*sys.argv[1:])))
