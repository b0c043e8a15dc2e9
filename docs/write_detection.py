"""Write docs/validation/detection.md: python docs/write_detection.py DIR (the company is made there if it is not)."""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

import spareverse as sv
from spareverse.calibration.detection import CHANGE, LEAST_ALTERED, MOST_REST, Detection, detect
from spareverse.calibration.network_from_history import network_from_history
from spareverse.calibration.points_from_history import Tables
from spareverse.calibration.replay_measures import expected, longest_lead_times
from spareverse.calibration.replayed_lines import Lines, lines_of_record
from spareverse.calibration.universe_replay import DECLARED, REPLICATIONS, simulate
from spareverse.examples.demo_company import write
from spareverse.history.lines import purchase_lines
from spareverse.network.calibration_table import MEASURES
from spareverse.network.network import Network
from spareverse.twin import Twin

PAGE = Path(__file__).parent / "validation" / "detection.md"
SEED, PARTS, SEEDS = 7, 300_000, 20
EXTRACT = date(2023, 3, 1)
QUIET_FROM, QUIET_UNTIL, SHOCK = date(2019, 3, 1), date(2020, 3, 1), date(2022, 2, 1)
INTRODUCTION = f"""\
# Does calibration find what changed?

Written by `python docs/write_detection.py`; do not edit.

A network made of a record is only worth simulating where the record looks like its simulations.
[Build](../guides/build.md) compares them measure by measure; this page asks how often that comparison finds a change
that was made, and how often it cries wolf.

**Stated before.** {DECLARED.text()} Aims: of what is altered at least {LEAST_ALTERED:.0%} is flagged, of all the rest
at most {MOST_REST:.0%}. The thresholds were set on the demo company of seed 2023; this page is about another one, of
seed {SEED}.

**What was done.** The demo company ({PARTS:,} catalogue parts, seed {SEED}) was imported and its network built. For
each of {SEEDS} seeds the replayed record, not the network, was altered: the lead times of one supplier, the lead times
of one lane (of another supplier) and the demand lines of one part group at one place, all by +{CHANGE:.0%} (even seeds)
or -{CHANGE:.0%} (odd seeds), drawn among those with enough data. Measures that the altered lines touch besides (lanes
of the supplier, pieces of the group, supply on time) count neither way and are told apart."""
BY_LAWS = """\
Suppliers without queues and Poisson demand have exact laws: the check that simulation and measures agree. Orders of a
place and service need simulation and are not here."""
DIFFERS = """\
The record as it is differs in the orders and the service of the places, and rightly so. The demo company orders
once a week and collects what it needs; the network orders at once, and so places some 10 % more orders. And the
real suppliers' slow year lies in one piece, where the network spreads it over all three: customers waited more
often than it says (78 % served in time at the largest place; simulated 86 %). These six measures are nearly all
that is flagged of the rest."""
QUIET = """\
The network knows nothing of the year replayed. Lead times did not change in it, and no lead time is flagged; demand
went on growing by some per cent, which the network does not know, and is flagged where it grew by more than the
tolerance."""
SHOCKED = """\
From February 2022 on the company's suppliers really took 1.6 to 1.8 times as long. Calibration says so nearly
everywhere: the network of January 2022 is no longer that of its company. The share of the altered is low for that
reason: -30 % brings a lead time back to what the network expects."""
POWER = f"""\
Power by number of lines, thin ones included: all altered, and those without enough data judged at
p = {DECLARED.single:g} although calibration would not:"""


def company(folder: Path) -> Twin:
    """The company of this page, imported by the public verb."""
    if (folder / "twin" / "twin.toml").exists():
        return sv.open(folder / "twin")
    twin = sv.create(folder / "twin", name=f"Demo company, seed {SEED}")
    twin.import_orders(**write(folder / "files", parts=PARTS, seed=SEED))
    return twin


def main() -> None:
    twin = company(Path(sys.argv[1]))
    tables = twin.tables()
    text = [INTRODUCTION]
    analysed = twin.analyse().parts
    began = time.perf_counter()
    network = network_from_history(tables, analysis=analysed)
    took = time.perf_counter() - began
    record = lines_of_record(tables, date(2020, 3, 1), EXTRACT)
    longest = longest_lead_times(network, record.days)
    began = time.perf_counter()
    simulated = simulate(network, record.days, longest)
    made = (
        f"{network['stock'].height:,} stock points, {network['suppliers'].height} suppliers; network built in "
        f"{took:.0f} s, {REPLICATIONS} replications of three years simulated and measured in "
        f"{time.perf_counter() - began:.0f} s."
    )
    text += ["", "## Simulated bands", "", made, ""]
    text += [*_section(detect(record, network, longest, simulated, seeds=range(SEEDS))), "", DIFFERS]
    text += ["", "## The same with the laws instead of simulation", "", BY_LAWS, ""]
    text += _section(_by_laws(record, network))
    for title, since, until, remark in (
        ("A quiet year after the fit", QUIET_FROM, QUIET_UNTIL, QUIET),
        ("A shock after the fit", SHOCK, EXTRACT, SHOCKED),
    ):
        earlier = network_from_history(tables, until=since)
        text += ["", f"## {title}", "", f"Fitted until {since}, replayed until {until}. {remark}", ""]
        text += [_orders_under_way(earlier, tables, since), ""]
        text += _section(_by_laws(lines_of_record(tables, since, until), earlier))
    PAGE.write_text("\n".join(text) + "\n", encoding="utf-8")


def _orders_under_way(network: Network, tables: Tables, start: date) -> str:
    """How the orders open at the start really went on, beside what was expected of them."""
    known = purchase_lines(tables["purchases"], EXTRACT - timedelta(days=1)).filter(
        pl.col("flag").is_null() & (pl.col("ordered_on") < start) & (pl.col("received_on") >= start)
    )
    came = known.select(
        "part_id", "place_id", pl.col("supplier_id").alias("source_id"),
        (pl.lit(start) - pl.col("ordered_on")).dt.total_days().cast(pl.Float64).alias("ordered_days_ago"),
        (pl.col("received_on") - pl.lit(start)).dt.total_days().cast(pl.Float64).alias("left"),
    )  # fmt: skip
    key = ["part_id", "place_id", "source_id", "ordered_days_ago"]
    orders = network["opening_orders"].unique(key, keep="none").join(came.unique(key, keep="none"), on=key)
    days = orders["due_in"].str.extract_all(r"[\d.]+").cast(pl.List(pl.Float64))
    below = (orders.with_columns(days.alias("days")).explode("days")).group_by(key).agg(
        (pl.col("days") < pl.col("left")).mean().alias("below")
    )["below"]  # fmt: skip
    early, late = f"{(below <= 0.1).mean():.0%}", f"{(below >= 0.9).mean():.0%}"
    return (
        f"Of {orders.height:,} orders under way on {start}, {days.list.mean().mean():.1f} days were expected to be "
        f"left and {orders['left'].mean():.1f} were; {early} came among the soonest 15% of their law, {late} among the "
        "latest 15%."
    )


def _by_laws(record: Lines, network: Network) -> Detection:
    longest = longest_lead_times(network, record.days)
    return detect(record, network, longest, expected(record, network, longest), seeds=range(SEEDS))


def _section(found: Detection) -> list[str]:
    draws, rest = found.draws, found.rest.sum().row(0, named=True)
    by_kind = draws.group_by("measure").agg(pl.len(), pl.col("flagged").sum(), pl.col("lines").median())
    kinds = {row["measure"]: row for row in by_kind.sort("measure").to_dicts()}
    met = "Both aims are met." if found.reached else "The aims are NOT both met."
    flagged = f"**Altered: {found.altered_flagged:.1%} flagged. Rest: {found.rest_flagged:.2%} flagged**"
    tested = f"({rest['flagged']:,} of {rest['tested']:,} tested)."
    touched = f"Touched besides: {rest['touched_flagged']} of {rest['touched']} flagged."
    rows = [f"| {kind} | {row['flagged']} of {row['len']} | {row['lines']:,.0f} |" for kind, row in kinds.items()]
    return [
        f"{flagged} {tested} {met} {touched}", "",
        "| altered | flagged | median lines |", "|---|---:|---:|", *rows, "",
        "Verdicts on the record as it is:", "", *_verdicts(found), "", POWER, "", *_power(found.power),
    ]  # fmt: skip


def _verdicts(found: Detection) -> list[str]:
    counted = found.plain.group_by("measure", "verdict").len()
    number = {(row["measure"], row["verdict"]): row["len"] for row in counted.to_dicts()}
    verdicts = sorted({verdict for _, verdict in number})
    return [
        "| measure | " + " | ".join(verdicts) + " |",
        "|---|" + "---:|" * len(verdicts),
        *(
            f"| {measure} | " + " | ".join(str(number.get((measure, verdict), "")) for verdict in verdicts) + " |"
            for measure in MEASURES
        ),
    ]


def _power(power: pl.DataFrame) -> list[str]:
    """Enough data and found, per measure and number of lines as they were before the change."""
    rows = []
    for (measure, lines), group in power.group_by("measure", "lines_from", maintain_order=True):
        by = {row["change"]: row for row in group.to_dicts()}
        calm = by.get(0.0)
        shares = [f"{by[change]['found']:.0%}" if change in by else "" for change in (CHANGE, -CHANGE, 0.0)]
        known = (f"{calm['subjects']}", f"{calm['enough']:.0%}") if calm else ("", "")
        rows.append(f"| {measure} | {lines:,}+ | {known[0]} | {known[1]} | " + " | ".join(shares) + " |")
    head = f"| measure | lines | subjects | enough data | found at +{CHANGE:.0%} | at -{CHANGE:.0%} | without change |"
    return [head, "|---|---:|---:|---:|---:|---:|---:|", *rows]


if __name__ == "__main__":
    main()
