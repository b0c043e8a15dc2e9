"""The main supplier of the world network stands still for six weeks: who waits, why, and what it costs.

Every run has the same random numbers with and without the outage, and with each cause of waiting taken away, so that
differences are paired by replication. Waiting is charged by both ledgers; that they add up is checked, not assumed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

import spareverse
from spareverse.examples import world_network
from spareverse.jit import Progress
from spareverse.network.network import Network
from spareverse.network.scenario import SWITCHES, Scenario
from spareverse.network.simulation_tables import CAUSES
from spareverse.simulation.scenarios import apply_scenario
from spareverse.simulation.universe.measures import MEASURES, per_replication, with_limits
from spareverse.simulation.universe_run import BASE, UniverseRun, run_universe

PARTS, REPLICATIONS, SEED = 20_000, 10, 1
AFTER_DAYS = 180.0
"""What the outage does is also told for its own time and this long after it."""
COMPARED = (
    "fill_rate", "wait_days", "late_share", "lost_share", "waiting_piece_days", "stock_value", "holding_cost",
    "transport_cost", "penalty_cost", "total_cost", "purchases_cost", "co2_kg",
)  # fmt: skip
MOST_HURT, TOP_CAUSES = 3, 5
DAY_SECONDS = 86_400
LEDGERS = ("timeline_seconds", "critical_seconds")

Document = dict[str, Any]


def run(
    *,
    parts: int = PARTS,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    record: Path | None = None,
    progress: Progress | None = None,
) -> Document:
    """Simulate with and without the outage, then without each of the largest causes; one document of it all.

    record
        JSON file it is written to; None: nowhere.

    ArithmeticError if the ledgers do not add up. UsageError for a number of parts the network cannot have.
    """
    say = progress or (lambda _share, _what: None)
    began = time.perf_counter()
    network = world_network.network(parts=parts)
    scenario = next(each for each in world_network.scenarios() if each.name == world_network.MAIN_SUPPLIER_STOPS)
    pair = run_universe(
        network, [scenario], replications=replications, seed=seed,
        progress=lambda share, what: say(0.3 * share, what),
    )  # fmt: skip
    sums = ledger_sums(pair)
    hurt = _most_hurt(pair, scenario.name)
    off = switched_off(pair.tables["causes"], scenario.name)
    removed = run_universe(
        apply_scenario(network, scenario), [Scenario(f"without {cause}", switched_off=(cause,)) for cause in off],
        replications=replications, seed=seed, progress=lambda share, what: say(0.3 + 0.7 * share, what),
    )  # fmt: skip
    supplier = str(scenario.disturbances[0]["target_id"])
    document = {
        "network": network.name,
        "parts": parts,
        "places": network["places"].height,
        "stock_points": network["stock"].height,
        "supplier": supplier,
        "parts_of_supplier": network["sourcing"].filter(pl.col("source_id") == supplier).height,
        "outage_days": world_network.OUTAGE_DAYS,
        "outage_start_day": world_network.EVENT_START_DAY,
        "counted_days": float(network.setting("horizon_days")),
        "after_days": AFTER_DAYS,
        "replications": replications,
        "seed": seed,
        "version": spareverse.__version__,
        "events": pair.events + removed.events,
        "measures": _compared(pair, scenario.name, network),
        "ledgers": sums,
        "causes": _causes(pair, scenario.name),
        "hurt": hurt,
        "counterfactuals": [_counterfactual(pair, removed, scenario.name, cause, hurt) for cause in off],
        "seconds": round(time.perf_counter() - began, 1),
    }
    if record is not None:
        record.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return document


def ledger_sums(run: UniverseRun) -> list[Document]:
    """Both ledgers' whole seconds times pieces of each scenario beside the waiting the accounts hold, all equal.

    ArithmeticError where they are not, also for any part, place, customer and period, or for a cause not declared.
    """
    causes = run.tables["causes"]
    if strangers := set(causes["cause"].unique()) - set(CAUSES):
        raise ArithmeticError(f"Waiting was charged to no declared cause: {sorted(strangers)}.")
    keys = ["scenario", "part_id", "place_id", "customer_id", "period"]
    apart = causes.group_by(keys).agg(pl.col(LEDGERS).sum()).filter(pl.col(LEDGERS[0]) != pl.col(LEDGERS[1]))
    if apart.height:
        raise ArithmeticError(f"The ledgers differ for {apart.height} of the waits, first {apart.row(0)}.")
    waited = run.tables["series"].group_by("scenario").agg(pl.col("waiting_piece_days").sum())
    rows = []
    for name, days in waited.sort("scenario").rows():
        own = causes.filter(pl.col("scenario") == name)
        timeline, critical = (int(own[ledger].sum()) for ledger in LEDGERS)
        accounted = round(days * DAY_SECONDS)
        if not timeline == critical == accounted:
            raise ArithmeticError(f"{name}: timeline {timeline}, critical path {critical}, accounts {accounted} s.")
        rows.append({"scenario": name, "timeline_seconds": timeline, "critical_seconds": critical,
                     "waiting_seconds": accounted})  # fmt: skip
    return rows


def _compared(run: UniverseRun, scenario: str, network: Network) -> list[Document]:
    """Measures as they are, with the outage, and the paired difference: of all counted time, and about the outage."""
    series = run.tables["series"]
    begin = world_network.EVENT_START_DAY
    end = begin + world_network.OUTAGE_DAYS + AFTER_DAYS
    about = series.filter((pl.col("start_day") + pl.col("days") > begin) & (pl.col("start_day") < end))
    rows = []
    for span, among in (("all", series), ("about the outage", about)):
        for name in COMPARED:
            values = per_replication(among, name).pivot("scenario", index="replication", values="value")
            changes = values.select("replication", value=pl.col(scenario) - pl.col(BASE))
            row: Document = {"span": span, "measure": name, "unit": MEASURES[name].unit}
            for label, table in (
                ("before", values.select("replication", value=BASE)),
                ("after", values.select("replication", value=scenario)),
                ("difference", changes),
            ):
                row[label] = _limits(table)
            rows.append(row)
    return rows


def _limits(values: pl.DataFrame) -> Document:
    """Mean of ``value`` over the replications with its 95 % limits."""
    whole = with_limits(values.with_columns(pl.lit("").alias("of")), ["of"]).row(0, named=True)
    return {name: whole[name] for name in ("mean", "low", "high")}


def _causes(run: UniverseRun, scenario: str) -> list[Document]:
    """Each cause by both ledgers, as it is and with the outage [piece-days of one run]; most in the scenario first."""
    days = 1.0 / DAY_SECONDS / run.replications
    wide = (
        run.tables["causes"].group_by("cause", "scenario").agg((pl.col(LEDGERS).sum() * days).name.replace("_s.*", ""))
        .pivot("scenario", index="cause", values=["timeline", "critical"]).fill_null(0.0)
    )  # fmt: skip
    named = {f"{ledger}_{name}": f"{ledger}_{word}" for ledger in ("timeline", "critical")
             for name, word in ((BASE, "before"), (scenario, "after"))}  # fmt: skip
    return (
        wide.rename(named).sort("critical_after", "timeline_after", "cause", descending=[True, True, False]).to_dicts()
    )


def switched_off(causes: pl.DataFrame, scenario: str, top: int = TOP_CAUSES) -> list[str]:
    """The largest causes of a scenario by the critical path that a run can do without, the largest first.

    Cover that is too low is none of them: more cover is another plan.
    """
    own = causes.filter((pl.col("scenario") == scenario) & pl.col("cause").is_in(SWITCHES))
    charged = own.group_by("cause").agg(pl.col("critical_seconds").sum()).filter(pl.col("critical_seconds") > 0)
    return charged.sort("critical_seconds", "cause", descending=[True, False])["cause"].head(top).to_list()


def _most_hurt(run: UniverseRun, scenario: str) -> list[Document]:
    """The parts and customers with most waiting added, each with the causes of its waiting."""
    found = []
    for kind, column, table in (("part", "part_id", "points"), ("customer", "customer_id", "customers")):
        keys = [column, "scenario"] + (["replication"] if table == "customers" else [])
        waits = run.tables[table].group_by(keys).agg(pl.col("waiting_piece_days").sum())
        means = waits.group_by(column, "scenario").agg(pl.col("waiting_piece_days").mean())
        wide = means.pivot("scenario", index=column, values="waiting_piece_days").fill_null(0.0)
        wide = wide.with_columns(more=pl.col(scenario) - pl.col(BASE)).sort("more", column, descending=[True, False])
        for row in wide.filter(pl.col(column) != "").head(MOST_HURT).iter_rows(named=True):
            limits = {}
            if table == "customers":
                own = waits.filter(pl.col(column) == row[column]).pivot(
                    "scenario", index="replication", values="waiting_piece_days"
                )
                limits = _limits(own.select("replication", value=pl.col(scenario) - pl.col(BASE)))
            found.append(
                {"kind": kind, "id": row[column], "name": _name(run.network, kind, row[column]),
                 "before": row[BASE], "after": row[scenario], "more": row["more"],
                 "low": limits.get("low"), "high": limits.get("high"),
                 "causes": _ledger(run, scenario, column, row[column])}
            )  # fmt: skip
    return found


def _name(network: Network, kind: str, id_: str) -> str | None:
    table, key, column = {
        "part": ("parts", "part_id", "description"),
        "customer": ("customers", "customer_id", "name"),
    }[kind]
    return network[table].filter(pl.col(key) == id_)[column].first()  # type: ignore[return-value]


def _ledger(run: UniverseRun, scenario: str, column: str, value: str) -> list[Document]:
    """Whole seconds times pieces over all runs by cause, and where most of it happened: of one part or customer.

    ArithmeticError if the ledgers do not add up to the same.
    """
    own = run.tables["causes"].filter((pl.col("scenario") == scenario) & (pl.col(column) == value))
    if own["timeline_seconds"].sum() != own["critical_seconds"].sum():
        raise ArithmeticError(f"The ledgers differ for {value}.")
    apart = own.group_by("cause", "entity_id").agg(pl.col(*LEDGERS, "waits").sum())
    apart = apart.sort(pl.sum_horizontal(LEDGERS), "entity_id", descending=[True, False], nulls_last=True)
    rows = apart.group_by("cause", maintain_order=True).agg(
        pl.col("entity_id").first().alias("mostly_at"), pl.col(*LEDGERS, "waits").sum()
    )
    return rows.sort(*reversed(LEDGERS), "cause", descending=[True, True, False]).to_dicts()


def _counterfactual(
    pair: UniverseRun, removed: UniverseRun, scenario: str, cause: str, hurt: Sequence[Document]
) -> Document:
    """What both ledgers charge to a cause, what goes away without it, and what of that each other cause accounts for.

    ``others``: charges by the critical path in the scenario less those without the cause, in piece-days of one run, of
    all causes but this one. Charge and others add up to what goes away.
    """
    name = f"without {cause}"
    waits = per_replication(removed.tables["series"], "waiting_piece_days")
    wide = waits.pivot("scenario", index="replication", values="value")
    days = 1.0 / DAY_SECONDS / pair.replications
    with_it, without = (
        dict(table.filter(pl.col("scenario") == which).group_by("cause").agg(pl.col(LEDGERS[1]).sum() * days).rows())
        for table, which in ((pair.tables["causes"], scenario), (removed.tables["causes"], name))
    )
    timeline = pair.tables["causes"].filter((pl.col("scenario") == scenario) & (pl.col("cause") == cause))
    others = {each: with_it.get(each, 0.0) - without.get(each, 0.0) for each in CAUSES if each != cause}
    limits = _limits(wide.select("replication", value=pl.col(BASE) - pl.col(name)))
    document = {
        "cause": cause,
        "timeline_days": float(timeline["timeline_seconds"].sum()) * days,
        "critical_days": with_it.get(cause, 0.0),
        "removed_days": limits["mean"],
        "low": limits["low"],
        "high": limits["high"],
        "still_charged": without.get(cause, 0.0),
        "others": {each: change for each, change in others.items() if change},
        "hurt": [_of_hurt(removed, name, each) for each in hurt],
    }
    return {**document, "why": _why(document)}


def _of_hurt(removed: UniverseRun, name: str, one: Document) -> Document:
    """What of the waiting of a part or customer goes away without the cause [piece-days of one run]."""
    table, column = ("points", "part_id") if one["kind"] == "part" else ("customers", "customer_id")
    own = removed.tables[table].filter((pl.col(column) == one["id"]) & pl.col("scenario").is_in([BASE, name]))
    runs = 1 if table == "points" else removed.replications
    waits = dict(own.group_by("scenario").agg(pl.col("waiting_piece_days").sum() / runs).rows())
    return {"id": one["id"], "removed_days": waits.get(BASE, 0.0) - waits.get(name, 0.0)}


def _why(one: Document) -> str:
    """Where charge and removal part, told by the causes that moved along."""
    gone, charge = one["removed_days"], one["critical_days"]
    told = f"{gone:,.0f} piece-days go away, {charge:,.0f} are charged"
    if one["low"] is not None and one["low"] <= charge <= one["high"]:
        told += ": within the interval"
    moved = sorted(one["others"].items(), key=lambda each: -abs(each[1]))[:2]
    along = [f"{each} {'falls' if change > 0 else 'rises'} by {abs(change):,.0f}" for each, change in moved]
    return f"{told}. Without it {' and '.join(along)}." if along else f"{told}."
