"""Plausible results and answers of a warehouse-options study, without running one: for tests of figures and pages.

Means resemble the published platform (El-Thalji 2025) or a package of many lines; totals add up, limits enclose
their means, and the same random runs stand behind every table.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from spareverse.io.study_files import write_study
from spareverse.network.distributions import Triangular
from spareverse.network.study import Economics, Fee, Option, Policy, Study, Transport
from spareverse.network.study_tables import (
    COST_KINDS,
    DIFFERENCE_RESULTS,
    LINE_RESULTS,
    MEASURES,
    OPTION_RESULTS,
    PERIOD_RESULTS,
    REPLICATION_RESULTS,
    STUDY_EVENTS,
    STUDY_LINES,
)
from tests.fixtures_answers import study_answers

__all__ = ["TITLES", "save_run", "study", "study_answers", "tables"]

YEARS = 20
HORIZON_H = YEARS * 8760.0
_CLASSES = ("first_line", "not_frequent", "capital")
_LEVELS = ("low", "medium", "high")
# option: warehouse, stock, reorder point, lead time days, mean availability, spread, yearly costs by kind
_SHAPES: dict[str, dict[str, Any]] = {
    "physical": {"warehouse": "physical", "stock": 3, "reorder": 2, "lead": 33.3, "availability": 0.947,
                 "spread": 0.012,
                 "parts": 26_300.0, "transport": 18_200.0, "holding": 20_600.0, "co2_kg": 121.0},
    "digital": {"warehouse": "digital", "stock": 0, "reorder": 0, "lead": 8.7, "availability": 0.693,
                "spread": 0.013,
                "parts": 18_700.0, "fee": 15_750.0},
    "enhanced": {"warehouse": "physical", "stock": 7, "reorder": 6, "lead": 33.3, "availability": 0.984,
                 "spread": 0.002,
                 "parts": 27_200.0, "transport": 7_600.0, "holding": 65_000.0, "co2_kg": 51.0},
    "hybrid": {"warehouse": "hybrid", "stock": 4, "reorder": 3, "lead": 8.7, "availability": 0.9842, "spread": 0.001,
               "parts": 26_500.0, "fee": 31_500.0, "holding": 44_900.0},
}  # fmt: skip
TITLES = {
    "physical": "Physical warehouse",
    "digital": "Digital warehouse",
    "enhanced": "Enhanced physical warehouse",
    "hybrid": "Hybrid warehouse",
}


def study(names: tuple[str, ...] = tuple(_SHAPES), lines: int = 1, period_h: float = 8760.0) -> Study:
    """A study of these options; ``lines`` tags, each with a part of its own."""
    options = tuple(_option(name) for name in names)
    return Study(
        "platform",
        _lines(lines),
        options,
        currency="NOK",
        horizon_h=HORIZON_H,
        period_h=period_h,
        economics=Economics(co2_price_per_kg=0.1, downtime_cost_per_h=40.0),
    )


def _option(name: str) -> Option:
    shape = _SHAPES[name]
    far = Transport("ship", 20_000.0, 0.01, "El-Thalji 2025", 3_000.0, 0.0, 100.0)
    return Option(
        name,
        shape["warehouse"],
        TITLES[name],
        Policy(
            "reorder_point" if shape["stock"] else "on_demand", shape["stock"], shape["reorder"], shape["stock"] or 1
        ),
        lead_time=Triangular(0.6 * 24 * shape["lead"], 0.9 * 24 * shape["lead"], 1.5 * 24 * shape["lead"]),
        fee=Fee(shape.get("fee", 0.0) / 12, covers=frozenset({"parts"}) if "fee" in shape else frozenset()),
        transport=far if "co2_kg" in shape else Transport(),
    )


def _lines(count: int) -> pl.DataFrame:
    index = np.arange(count)
    columns: dict[str, Any] = {
        "tag": [f"P-{i:04d}" for i in index],
        "asset_id": [f"P-{i:04d}" for i in index],
        "part_id": [f"S-{i:04d}" for i in index],
        "description": [f"{('Impeller', 'Seal', 'Bearing', 'Coupling', 'Valve trim')[i % 5]} {i}" for i in index],
        "vendor": [("Norvik", "Halden Pumps", "Aker Seal", "Brandt")[i % 4] for i in index],
        "installed_quantity": 1 + index % 3,
        "criticality": [_LEVELS[i % 3] for i in index],
        "spare_class": [_CLASSES[i // 3 % 3] for i in index],
        "failures_per_year": np.where(index == 0, 18.0, 0.05 + (index * 37 % 100) / 50),
        "unit_price": np.where(index == 0, 1500.0, 80.0 + (index * 7919 % 40_000)),
        "am_qualified": [i % 2 == 0 for i in index],
    }
    frame = pl.DataFrame(columns)
    return pl.concat([STUDY_LINES.empty(), frame.cast({"installed_quantity": pl.Int64})], how="diagonal")


def tables(of: Study, runs: int = 60, seed: int = 3) -> dict[str, pl.DataFrame]:
    """All result tables of ``runs`` replications."""
    replications = _replications(of, runs, np.random.default_rng(seed))
    options = _options(replications)
    return {
        "replications": replications,
        "options": options,
        "periods": _periods(of, options, np.random.default_rng(seed + 1)),
        "line_results": _line_results(of, options),
        "events": _events(of, np.random.default_rng(seed + 2)),
    }


def _replications(of: Study, runs: int, rng: np.random.Generator) -> pl.DataFrame:
    frames = []
    size = len(of.lines)
    for option in of.options:
        shape = _SHAPES[option.name]
        availability = np.clip(rng.normal(shape["availability"], shape["spread"], runs), 0.0, 1.0)
        wobble = rng.normal(1.0, 0.04, runs)
        down = HORIZON_H * (1 - availability) * size
        columns: dict[str, Any] = {name: np.zeros(runs) for name in MEASURES}
        columns |= {
            "availability": availability,
            "system_availability": availability,
            "up_hours": HORIZON_H * availability,
            "failures": 350 * wobble * size,
            "stock_outs": 350 * wobble * size * np.clip(4 * (1 - availability), 0, 1),
            "fill_rate": np.clip(1 - 4 * (1 - availability), 0, 1),
            "wait_hours": down / (350 * size),
            "lead_time_hours": shape["lead"] * 24 * rng.normal(1.0, 0.02, runs),
            "orders": 120 * wobble * size,
            "mean_stock": np.full(runs, 0.9 * shape["stock"] * size),
            "co2_kg": shape.get("co2_kg", 0.0) * YEARS * wobble * size,
        }
        for kind in ("parts", "transport", "holding", "fee"):
            moving = 1.0 if kind == "fee" else wobble
            columns[f"{kind}_cost"] = shape.get(kind, 0.0) * YEARS * moving * size
        columns["co2_cost"] = columns["co2_kg"] * of.economics.co2_price_per_kg
        columns["downtime_cost"] = down * of.economics.downtime_cost_per_h
        columns["total_cost"] = sum(columns[f"{kind}_cost"] for kind in COST_KINDS)
        columns["net_present_cost"] = 0.6 * columns["total_cost"]
        head = {"option": [option.name] * runs, "replication": np.arange(runs), "events": np.full(runs, 1500)}
        frames.append(pl.DataFrame(head | columns))
    return pl.concat(frames).select(REPLICATION_RESULTS.names).cast(dict(REPLICATION_RESULTS.schema))


def _options(replications: pl.DataFrame) -> pl.DataFrame:
    long = replications.drop("replication", "events").unpivot(index="option", variable_name="measure")
    error = 1.96 * pl.col("value").std() / pl.len().sqrt()
    units = {name: unit for name, (_, unit) in MEASURES.items()}
    return (
        long.group_by("option", "measure", maintain_order=True)
        .agg(
            mean=pl.col("value").mean(),
            low=pl.col("value").mean() - error,
            high=pl.col("value").mean() + error,
            run_low=pl.col("value").quantile(0.025),
            run_high=pl.col("value").quantile(0.975),
        )
        .with_columns(unit=pl.col("measure").replace_strict(units))
        .select(OPTION_RESULTS.names)
    )


def _periods(of: Study, options: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    count = round(of.horizon_h / of.period_h)
    month = (np.arange(count) * of.period_h / 730.0).astype(int) % 12
    winter = np.cos(2 * np.pi * month / 12) if of.period_h < 8760 else np.zeros(count)
    frames = []
    for option in of.options:
        mean = dict(options.filter(pl.col("option") == option.name).select("measure", "mean").iter_rows())
        availability = np.clip(mean["availability"] - (1 - mean["availability"]) * 0.5 * winter, 0, 1)
        availability = np.clip(availability + rng.normal(0, 0.002, count), 0, 1)
        columns: dict[str, Any] = {f"{kind}_cost": np.full(count, mean[f"{kind}_cost"] / count) for kind in COST_KINDS}
        columns["downtime_cost"] = columns["downtime_cost"] * (1 + 0.5 * winter)
        total = np.cumsum(sum(columns[f"{kind}_cost"] for kind in COST_KINDS))
        spread = 0.15 * total / np.sqrt(np.arange(1, count + 1)) + 1.0
        columns |= {
            "option": [option.name] * count,
            "period": np.arange(1, count + 1),
            "until_h": of.period_h * np.arange(1, count + 1),
            "availability": availability,
            "availability_low": availability - 0.004,
            "availability_high": np.minimum(availability + 0.004, 1.0),
            "mean_stock": np.full(count, mean["mean_stock"]),
            "cumulative_cost": total,
            "cumulative_low": total - spread,
            "cumulative_high": total + spread,
        }
        frames.append(pl.DataFrame(columns).select(PERIOD_RESULTS.names).cast(dict(PERIOD_RESULTS.schema)))
    return pl.concat(frames)


def _line_results(of: Study, options: pl.DataFrame) -> pl.DataFrame:
    frames = []
    for place, option in enumerate(of.options):
        mean = dict(options.filter(pl.col("option") == option.name).select("measure", "mean").iter_rows())
        size = len(of.lines)
        tilt = 0.4 + (np.arange(size) * (place + 3) * 7 % 17) / 14
        availability = np.clip(1 - (1 - mean["availability"]) * tilt, 0, 1)
        supply = (mean["total_cost"] - mean["downtime_cost"]) / size * tilt
        frame = of.lines.select(
            pl.lit(option.name).alias("option"),
            pl.lit(option.name).alias("follows"),
            "part_id",
            "description",
            "vendor",
            "criticality",
            "spare_class",
            pl.col("tag").alias("tags"),
            "installed_quantity",
            "failures_per_year",
            "unit_price",
        ).with_columns(
            lead_time_days=pl.lit(_SHAPES[option.name]["lead"]),
            policy=pl.lit(option.policy.kind),
            initial_stock=pl.lit(option.policy.initial_stock),
            reorder_point=pl.lit(option.policy.reorder_point),
            order_quantity=pl.lit(option.policy.order_quantity),
            availability=pl.Series(availability),
            availability_low=pl.Series(availability - 0.003),
            availability_high=pl.Series(np.minimum(availability + 0.003, 1.0)),
            stock_outs=pl.lit(12.0),
            wait_hours=pl.lit(30.0),
            mean_stock=pl.lit(float(option.policy.initial_stock)),
            unused_pieces=pl.lit(1.5),
            co2_kg=pl.lit(mean["co2_kg"] / size),
            supply_cost=pl.Series(supply),
            downtime_cost=pl.Series(mean["downtime_cost"] / size * tilt),
        )
        frames.append(frame)
    filled = pl.concat([LINE_RESULTS.empty(), *frames], how="diagonal_relaxed")
    return filled.select(LINE_RESULTS.names).cast(dict(LINE_RESULTS.schema))


def _events(of: Study, rng: np.random.Generator) -> pl.DataFrame:
    """Two runs of the first part's stock: issues, orders and deliveries that keep the count."""
    rows: list[tuple[Any, ...]] = []
    part, asset = of.lines["part_id"][0], of.lines["asset_id"][0]
    for option in of.options:
        shape = _SHAPES[option.name]
        for run in range(2):
            rows += _walk(option.name, run, part, asset, shape, rng)
    frame = pl.DataFrame(rows, schema=dict(STUDY_EVENTS.schema), orient="row")
    return frame.sort("option", "replication", "time_h", maintain_order=True)


def _walk(name: str, run: int, part: str, asset: str, shape: dict[str, Any], rng: np.random.Generator) -> list[Any]:
    rows: list[Any] = []
    stock, time, due = shape["stock"], 0.0, []

    def say(at: float, kind: str, quantity: int, duration: float | None = None) -> None:
        rows.append((name, run, at, kind, part, "site", asset, quantity, stock, duration))

    while time < HORIZON_H:
        time += rng.exponential(486.67)
        for arrival, quantity, lead in sorted(entry for entry in due if entry[0] <= time):
            stock += quantity
            say(arrival, "delivery", quantity, lead)
        due = [entry for entry in due if entry[0] > time]
        say(time, "failure", 1)
        lead = shape["lead"] * 24 * rng.triangular(0.6, 0.9, 1.5)
        if stock > 0:
            stock -= 1
            say(time, "issue", 1, 0.0)
            if stock <= shape["reorder"] and not due:
                due.append((time + lead, max(shape["stock"], 1), lead))
                say(time, "order", max(shape["stock"], 1))
        else:
            say(time, "stock_out", 1)
            say(time, "emergency_order", 1)
            say(time + lead, "delivery", 1, lead)
            say(time + lead, "issue", 1, lead)
            time += lead
    return rows


def save_run(of: Study, folder: Path, run_id: str = "20260101T000000-abcdef") -> Path:
    """A run of a study as it lies in a study's folder of a twin, made of the tables above."""
    run = folder / "runs" / run_id
    run.mkdir(parents=True)
    write_study(of, run, lines="parquet")
    results = tables(of)
    for name, frame in {**results, **study_answers(of, results), "differences": DIFFERENCE_RESULTS.empty()}.items():
        frame.write_parquet(run / f"{name}.parquet")
    document = {"name": of.name, "seed": 7, "replications": 60, "made_at": "2026-01-01T00:00:00+00:00"}
    (run / "run.json").write_text(json.dumps(document), encoding="utf-8")
    (run / "SPIR.xlsx").write_bytes(b"workbook")
    (run / "report.html").write_text("<h1>Report</h1>", encoding="utf-8")
    return run
