"""Plausible tables of a plan and of its proof, of any size: for tests of figures, words and pages.

The numbers hang together (the curve rises, enters_at lies on it, promises have bands), but come from no history.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from spareverse.network.plan_tables import (
    BACKTEST_EQUAL,
    BACKTEST_PARTS,
    BACKTEST_RESULTS,
    DEMAND_RESULTS,
    OUTCOMES,
    PLAN,
    PLAN_CURVE,
    PROMISES,
)
from spareverse.network.schema import Table

CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "too few demands", "never moved")
MODELS = ("negative-binomial", "poisson", "compound-poisson", "bootstrap", "group")
BEST, HALF = 0.985, 60_000.0
"""Fill rate no money exceeds, and the stock value at which half of it is reached."""


def _frame(table: Table, columns: dict[str, Any]) -> pl.DataFrame:
    height = max(len(values) for values in columns.values() if not isinstance(values, str))
    full = {name: columns.get(name, [None] * height) for name in table.names}
    frame = pl.DataFrame(full, strict=False, nan_to_null=True)
    return frame.cast(table.schema)


def fill_at(value: np.ndarray) -> np.ndarray:
    """The fill rate of the efficient plan that holds so much."""
    return np.asarray(BEST * value / (value + HALF))


def value_at(fill: np.ndarray) -> np.ndarray:
    return np.asarray(HALF * fill / (BEST - fill))


def plan_curve(parts: int = 200, *, today: bool = True) -> pl.DataFrame:
    """Sixty efficient plans, today's below them, and the chosen one at 300,000."""
    values = np.concatenate([np.geomspace(500, 2_000_000, 60), [320_000.0][: int(today)], [300_000.0]])
    kind = ["efficient"] * 60 + ["today"] * today + ["chosen"]
    fill = fill_at(values)
    if today:
        fill[60] -= 0.09
    number = [*range(60), *([0] * today), 0]
    stocked = np.round(parts * (1 - np.exp(-values / 150_000))).astype(int)
    return _frame(
        PLAN_CURVE,
        {
            "point": number,
            "stock_value": values,
            "fill_rate": fill,
            "fill_rate_low": fill - 0.03,
            "fill_rate_high": np.minimum(fill + 0.02, 1.0),
            "fill_rate_pieces": fill - 0.02,
            "expected_backorders": 400 * (1 - fill),
            "availability": np.exp(-4 * (1 - fill)),
            "parts_stocked": stocked,
            "gain_per_money": BEST * HALF / (values + HALF) ** 2 * 4000,
            "kind": kind,
        },
    )


def plan(n: int = 200, seed: int = 3) -> pl.DataFrame:
    """n parts of four planners; row 0 is bought, row 1 is not stocked, row 2 keeps the planner's figure."""
    rng = np.random.default_rng(seed)
    index = np.arange(n)
    cost = np.round(rng.lognormal(4.0, 1.3, n), 2)
    lines = np.round(rng.gamma(0.5, 12.0, n), 2)
    enters = np.round(rng.lognormal(12.0, 1.4, n))
    stocked = enters <= 300_000
    stocked[:3] = (True, False, True)
    point = np.where(stocked, rng.poisson(1 + lines / 5), -1)
    today = np.maximum(point + rng.integers(-4, 5, n), 0)
    unknown = rng.random(n) < 0.05
    unknown[:3] = False
    today[0], point[0], point[1], today[1] = 2, 6, -1, 3
    fill = np.where(stocked, 1 - np.exp(-(point + 1) / (1 + lines / 8)), 0.0)
    fill_today = 1 - np.exp(-today / (1 + lines / 8))
    move = np.where(unknown, 0, point - today)
    action = np.select([move > 1, move == 1, move < -2, move < 0], ["buy", "move", "scrap", "cut"], "keep")
    action[5:6] = "watch"
    pieces = np.abs(move).astype(float)
    value = np.where(stocked, (point + 1) * cost, 0.0)
    return _frame(
        PLAN,
        {
            "part_id": [f"{i:06d}" for i in index],
            "place_id": [""] * n,
            "planner": [f"P{1 + i % 4}" for i in index],
            "description": [f"{('Valve', 'Gripper', 'Bearing')[i % 3]} {i}" for i in index],
            "category": [("valves", "grippers", "bearings")[i % 3] for i in index],
            "criticality": [("A", "B", "C")[i % 3] for i in index],
            "supplier_id": [f"S{i % 7:03d}" for i in index],
            "unit_cost": cost,
            "current_reorder_point": np.where(unknown, np.nan, today),
            "current_order_quantity": np.where(unknown, np.nan, 5.0),
            "stocked": stocked,
            "reorder_point": point.astype(float),
            "order_quantity": np.where(stocked, 5.0, 1.0),
            "order_up_to": np.where(stocked, point + 5.0, 0.0),
            "single_part_reorder_point": np.maximum(point + rng.integers(-2, 3, n), -1).astype(float),
            "fill_rate": fill,
            "fill_rate_low": np.maximum(fill - 0.08, 0.0),
            "fill_rate_high": np.minimum(fill + 0.06, 1.0),
            "current_fill_rate": np.where(unknown, np.nan, fill_today),
            "lines_a_year": lines,
            "pieces_a_year": lines * 1.8,
            "expected_backorders": lines * (1 - fill) / 12,
            "stock_value": value,
            "current_stock_value": np.where(unknown, np.nan, (today + 1) * cost),
            "gain_per_money": 1.0 / enters,
            "enters_at": enters,
            "on_hand": rng.poisson(3, n).astype(float),
            "on_order": rng.poisson(1, n).astype(float),
            "backordered": np.zeros(n),
            "action": action,
            "action_pieces": pieces,
            "action_money": move * cost,
            "model": [MODELS[i % 5] for i in index],
            "demand_class": [CLASSES[i % 6] for i in index],
            "evidence": [("strong", "fair", "weak", "borrowed")[i % 4] for i in index],
            "reason": [f"Because of {i}" for i in index],
        },
    )


def demand(n: int = 200) -> pl.DataFrame:
    """One row per part of ``plan``."""
    parts = plan(n)
    rate = parts["pieces_a_year"].to_numpy()
    return _frame(
        DEMAND_RESULTS,
        {
            "part_id": parts["part_id"],
            "place_id": parts["place_id"],
            "periods": np.full(n, 1095),
            "missing_periods": np.zeros(n, int),
            "demand_periods": np.round(parts["lines_a_year"].to_numpy() * 3).astype(int),
            "pieces": rate * 3,
            "demand_class": parts["demand_class"],
            "model": parts["model"],
            "group": parts["category"],
            "rate": rate,
            "rate_low": rate * 0.6,
            "rate_high": rate * 1.6,
            "chance_of_demand": 1 - np.exp(-rate),
            "lead_time_days": np.full(n, 65.0),
            "lead_time_demand": rate * 65 / 365,
            "lead_time_demand_sd": np.sqrt(rate * 65 / 365) + 0.4,
        },
    )


def backtest_results(*, kept: bool = True) -> pl.DataFrame:
    """The plan, the company and two peers at several settings; the plan by class too. Not kept: promised too much."""
    rows: list[dict[str, Any]] = []
    for policy, worse, settings in (
        ("plan", 1.0, np.geomspace(20_000, 900_000, 9)),
        ("company", 1.55, np.array([310_000.0])),
        ("croston-normal", 1.45, np.geomspace(30_000, 900_000, 8)),
        ("months-of-cover", 2.1, np.geomspace(40_000, 900_000, 8)),
    ):
        for number, value in enumerate(settings):
            fill = float(fill_at(np.array([value / worse]))[0])
            chosen = number == len(settings) // 2
            rows.append(_row(policy, float(number + 1), chosen, "all", value, fill, 1800))
    promised = 0.03 if kept else 0.09
    chosen_row = next(row for row in rows if row["policy"] == "plan" and row["chosen"])
    for group, share, drop in zip(CLASSES, (0.3, 0.1, 0.25, 0.15, 0.12, 0.08), (0, 0, 0, 1, 0, 0), strict=True):
        fill = chosen_row["fill_rate"] - (0.12 if drop else -0.01)
        row = _row("plan", chosen_row["setting"], True, group, 80_000 * share, fill, int(1800 * share))
        _promise(row, fill + (0.11 if drop else 0.01), 0.05)
        rows.append(row)
    _promise(chosen_row, chosen_row["fill_rate"] + promised / 3 if kept else chosen_row["fill_rate"] + promised, 0.03)
    full = [{name: row.get(name) for name in BACKTEST_RESULTS.names} for row in rows]
    return pl.DataFrame(full, schema=BACKTEST_RESULTS.schema, strict=False)


def _row(
    policy: str, setting: float, chosen: bool, group: str, value: float, fill: float, lines: int
) -> dict[str, Any]:
    cost = value * 0.22 + 260_000 * (1 - fill)
    return {
        "policy": policy, "setting": setting, "chosen": chosen, "group": group, "parts": 200, "lines": lines,
        "pieces": lines * 1.8, "fill_rate": fill, "fill_rate_low": fill - 0.02, "fill_rate_high": min(fill + 0.02, 1.0),
        "fill_rate_pieces": fill - 0.01, "fill_rate_pieces_low": fill - 0.03, "fill_rate_pieces_high": fill + 0.01,
        "wait_days": 30 * (1 - fill), "stock_value": value, "stock_value_low": value * 0.92,
        "stock_value_high": value * 1.08, "orders": 900, "cost": cost, "cost_low": cost * 0.93,
        "cost_high": cost * 1.07, "verdict": "no promise",
    }  # fmt: skip


def _promise(row: dict[str, Any], promised: float, half: float) -> None:
    low, high = promised - half, min(promised + half, 1.0)
    row |= {"promised_fill_rate": promised, "promised_fill_rate_low": low, "promised_fill_rate_high": high}
    kept = low <= row["fill_rate"] <= high
    row["verdict"] = "kept" if kept else "missed"
    row["cause"] = "" if kept else "Worse than promised: demand lines 22 % fewer than expected"


def backtest_equal() -> pl.DataFrame:
    rows = []
    for fill in (0.5, 0.7, 0.8, 0.85, 0.9, 0.95):
        for policy, worse in (("plan", 1.0), ("company", 1.55), ("croston-normal", 1.45), ("months-of-cover", 2.1)):
            value = float(value_at(np.array([fill]))[0]) * worse
            known = policy != "company" or fill == 0.8
            known = known and not (policy == "months-of-cover" and fill > 0.9)
            rows.append(
                {
                    "policy": policy, "fill_rate": fill,
                    **dict(zip(("stock_value", "stock_value_low", "stock_value_high"),
                               (value, value * 0.9, value * 1.12) if known else (None,) * 3, strict=True)),
                    **dict(zip(("ratio", "ratio_low", "ratio_high"),
                               (worse, worse * 0.93, worse * 1.08) if known else (None,) * 3, strict=True)),
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema=BACKTEST_EQUAL.schema, strict=False)


def backtest_parts(n: int = 200) -> pl.DataFrame:
    parts = plan(n)
    frames = []
    rng = np.random.default_rng(8)
    lines = rng.poisson(parts["lines_a_year"].to_numpy())
    for policy, share in (("plan", 0.9), ("company", 0.8)):
        met = rng.binomial(lines, share)
        frames.append(
            _frame(
                BACKTEST_PARTS,
                {
                    "part_id": parts["part_id"], "place_id": parts["place_id"], "policy": [policy] * n,
                    "reorder_point": parts["reorder_point"], "order_quantity": parts["order_quantity"],
                    "lines": lines, "lines_met": met, "pieces": lines * 2.0, "pieces_met": met * 2.0,
                    "wait_days": (lines - met) * 14.0, "stock_value": parts["stock_value"] * (1.9 - share),
                    "orders": lines // 2,
                    "promised_fill_rate": parts["fill_rate"] if policy == "plan" else [None] * n,
                    "demand_class": parts["demand_class"],
                },
            )
        )  # fmt: skip
    return pl.concat(frames)


def outcomes() -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("raise", 120, 61, 340, 0.93, 0.88, 0.97, 0.91, 0.86, 0.95, 52_000.0, 55_000.0, "kept"),
            ("lower", 80, 33, 150, 0.88, 0.83, 0.93, 0.79, 0.71, 0.86, 21_000.0, 19_500.0, "missed"),
            ("stock", 30, 4, 6, 0.75, 0.5, 0.95, 0.67, 0.22, 0.96, 9_000.0, 9_100.0, "too early"),
        ],
        schema=OUTCOMES.schema,
        orient="row",
    )


def promises() -> pl.DataFrame:
    parts = plan(40).filter(pl.col("stocked"))
    return _frame(
        PROMISES,
        {
            "part_id": parts["part_id"],
            "place_id": parts["place_id"],
            "accepted_on": [date(2026, 3, 1)] * parts.height,
            "kind": ["raise"] * parts.height,
            "reorder_point": parts["reorder_point"],
            "order_quantity": parts["order_quantity"],
            "promised_fill_rate": parts["fill_rate"],
        },
    )


def plan_document(*, proof: str = "kept") -> dict[str, Any]:
    """The document of the run that ``plan`` is; ``proof`` is its verdict."""
    told: dict[str, Any] = {"verdict": proof, "cause": "", "fit_until": "2022-03-01", "until": "2023-03-01"}
    if proof in ("kept", "missed", "not enough lines"):
        realised = 0.71 if proof == "missed" else 0.82
        told |= {
            "lines": 12 if proof == "not enough lines" else 1800,
            "fill_rate": realised,
            "fill_rate_low": realised - 0.02,
        }
        told |= {"fill_rate_high": realised + 0.02, "promised_fill_rate": 0.83}
        told |= {"promised_fill_rate_low": 0.80, "promised_fill_rate_high": 0.86}
        told["cause"] = "Worse than promised: lead times 30 % longer than expected" if proof == "missed" else ""
    return {
        "id": "p1", "made_at": "2026-03-01T10:00:00+00:00", "until": "2023-03-01", "currency": "EUR",
        "wish": {"budget": 300_000.0, "fill_rate": None, "availability": None, "measure": "lines"},
        "proof": told, "assumptions": ["Lead time of 60 days where none is known"], "notices": [],
    }  # fmt: skip
