"""Plausible result tables of any size, without running an analysis: for tests of figures, words and pages.

The numbers hang together (the optimum is the least point of its cost curve, shares add up to one, today's
risk lies on the risk curve), but come from no history.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from spareverse.network.results import (
    CHANGE_LIST,
    CYCLE_RESULTS,
    LANE_RESULTS,
    PART_RESULTS,
    ROLLING_RESULTS,
    SUPPLIER_RESULTS,
)
from spareverse.network.schema import Table
from spareverse.network.tables import PURCHASES, SALES

SINCE, UNTIL = date(2020, 1, 1), date(2023, 3, 1)
GRID = 64
"""Points of each risk curve."""
_NOUNS = ("Valve", "Gripper", "Bearing", "Belt", "Sensor", "Seal kit", "Gearbox", "Nozzle", "Cylinder", "Motor")


def part_results(n: int = 200, seed: int = 1, places: tuple[str, ...] = ("",)) -> pl.DataFrame:
    """n parts; row 0 resembles the published case, row 1 lacks lead times, row 2 lacks today's stock, row 3 borrows."""
    rng = np.random.default_rng(seed)
    index = np.arange(n)
    cycles = np.where(index == 0, 11, rng.choice([0, 1, 2, 4, 9, 15, 30], n, p=[0.3, 0.2, 0.15, 0.15, 0.1, 0.06, 0.04]))
    cycles[3:4] = 0
    open_lines = np.where(index == 0, 2, rng.poisson(0.4, n))
    sales_lines = np.where(index == 0, 40, rng.poisson(rng.gamma(0.7, 12, n)))
    size = np.where(index == 0, 2.43, np.round(1 + rng.gamma(1.5, 0.9, n), 2))
    unit_cost = np.round(np.where(index == 0, 52.0, rng.lognormal(4.0, 1.4, n)), 2)
    shape = np.where(index == 0, 2.12, rng.uniform(1.3, 3.2, n))
    scale = np.where(index == 0, 81.79, rng.lognormal(4.2, 0.5, n))
    expected = np.round(np.where(index == 0, 65.0, scale * rng.uniform(0.6, 1.3, n)))
    late = np.exp(-((expected / scale) ** shape))
    mean_cover = np.where(index == 0, 9.83, np.maximum(sales_lines * size / 1155 * scale, 0.05))
    cover_shape = np.where(index == 0, 1.44, rng.uniform(0.8, 1.6, n))
    step = np.maximum(1.0, np.ceil(mean_cover * 5 / GRID))
    x = step[:, None] * np.arange(GRID)
    tight = np.sqrt(np.maximum(cycles, 1.0))[:, None]
    no_sale = np.where(index == 0, 0.0, np.exp(-sales_lines * scale / 1155.0))[:, None]

    def risk(factor: np.ndarray | float) -> np.ndarray:
        return (1 - no_sale) * np.exp(-((x / (mean_cover[:, None] * factor)) ** cover_shape[:, None]))

    curve, low, high = risk(1.0), risk(1 - 0.5 / tight), risk(1 + 0.7 / tight)
    holding, early_holding, stock_out = (unit_cost * 0.25 / 365 * f for f in (1.0, 1.6, 26.0))
    holding[:1], early_holding[:1], stock_out[:1] = 0.05805, 0.0941, 1.35
    cost = _cost(curve, step, holding, early_holding, stock_out, late)

    def least(of: np.ndarray) -> np.ndarray:
        return np.argmin(_cost(of, step, holding, early_holding, stock_out, late)[0], axis=1)

    best, best_low, best_high = least(curve), least(low), least(high)
    today = np.minimum(np.where(index == 0, 9, np.round(best * rng.lognormal(0, 0.6, n))).astype(int), GRID - 1)
    source = np.where(rng.random(n) < 0.75, "policy", "stock")
    source[0:1] = "policy"
    missing = index == 1
    unknown_today = (index == 2) | (rng.random(n) < 0.05)
    unknown_today[0:1] = False
    total, c1, c2, c3 = cost
    at = (index, best)
    now = (index, today)
    money = np.where(unknown_today, c1[:, 0], c1[now])
    cover_today = np.where(unknown_today, 0, today * step)
    now = (index, np.where(unknown_today, 0, today))
    evidence = np.select([cycles >= 20, cycles >= 8, cycles >= 1], ["strong", "fair", "weak"], "borrowed")
    pieces_sold = np.round(sales_lines * size)
    p_value = np.where(cycles >= 3, rng.uniform(0.005, 1.0, n), np.nan)
    p_value[0:1] = 0.42
    spread = 0.35 / np.sqrt(np.maximum(cycles, 1.0))
    columns: dict[str, Any] = {
        "part_id": [f"{i:06d}" for i in index],
        "place_id": [places[i % len(places)] for i in index],
        "description": [f"{_NOUNS[i % len(_NOUNS)]} {100 + i % 900}" for i in index],
        "category": [_NOUNS[i % len(_NOUNS)].lower() for i in index],
        "criticality": rng.choice(["A", "B", "C"], n, p=[0.15, 0.35, 0.5]),
        "planner": rng.choice(["Bianchi", "Okafor", "Silva"], n),
        "supplier_id": [f"S{i % 37:03d}" for i in rng.integers(0, 10_000, n)],
        "evidence": evidence,
        "lead_time_group": [f"S{i % 37:03d} x {_NOUNS[i % len(_NOUNS)].lower()}" for i in index],
        "demand_group": [f"{_NOUNS[i % len(_NOUNS)].lower()} x slow" for i in index],
        "purchase_lines": cycles + open_lines,
        "open_lines": open_lines,
        "cycles": cycles,
        "sales_lines": sales_lines,
        "pieces_sold": np.where(index == 0, 97, pieces_sold),
        "customers": np.minimum(sales_lines, np.where(index == 0, 22, rng.integers(1, 40, n))),
        "countries": np.minimum(sales_lines, np.where(index == 0, 15, rng.integers(1, 25, n))),
        "annual_value": pieces_sold / 1155 * 365 * unit_cost,
        "lead_time_mean_days": _none(scale * 0.89, cycles == 0),
        "lead_time_median_days": _none(scale * 0.83, cycles == 0),
        "expected_lead_time_days": _none(expected, missing),
        "expected_lead_time_source": np.where(missing, "missing", "promise"),
        "supply_on_time": _none(np.clip(1 - late + rng.normal(0, 0.05, n), 0, 1), cycles == 0),
        "customer_on_time": _none(np.where(index == 0, 0.6, rng.beta(6, 3, n)), sales_lines == 0),
        "days_to_customer": _none(np.where(index == 0, 17.2, rng.gamma(2, 8, n)), sales_lines == 0),
        "slip_median_days": _none(np.round(scale * 0.83 - expected), (cycles == 0) | missing),
        "weibull_shape": _none(shape * rng.normal(1, 0.05, n), cycles < 2),
        "weibull_scale_days": _none(scale * rng.normal(1, 0.05, n), cycles < 2),
        "weibull_p_value": _none(p_value, cycles < 3),
        "lead_time_shape": shape,
        "lead_time_scale_days": scale,
        "late_risk": _none(late, missing),
        "late_risk_low": _none(np.clip(late - spread * 0.7, 0.001, 1), missing),
        "late_risk_high": _none(np.clip(late + spread * 0.7, 0, 0.999), missing),
        "order_rate": np.maximum(sales_lines, 0.2) / 1155,
        "order_size": size,
        "risk_step": step,
        "paper_no_sale": _none(no_sale[:, 0], cycles < 2),
        "paper_shape": _none(cover_shape, cycles < 2),
        "paper_scale": _none(mean_cover, cycles < 2),
        "paper_optimum": _none(np.maximum(best * step - 1, 0), (cycles < 2) | missing),
        "unit_cost": unit_cost,
        "unit_cost_source": np.where(index % 9 == 0, "category", "purchases"),
        "holding_cost": holding,
        "early_holding_cost": early_holding,
        "stock_out_cost": stock_out,
        "late_weight": _none(late, missing),
        "early_weight": _none(1 - late, missing),
        "optimal_cover": _none(best * step, missing),
        "optimal_cover_low": _none(np.minimum(best_low, best) * step, missing),
        "optimal_cover_high": _none(np.maximum(best_high, best) * step, missing),
        "optimal_risk": _none(curve[at], missing),
        "optimal_risk_low": _none(low[at], missing),
        "optimal_risk_high": _none(high[at], missing),
        "optimal_cost": _none(total[at], missing),
        "share_stock_out": _none(_share(c1[at], total[at]), missing),
        "share_early": _none(_share(c2[at], total[at]), missing),
        "share_holding": _none(_share(c3[at], total[at]), missing),
        "order_quantity": _none(np.maximum(1, np.round(np.sqrt(2 * pieces_sold / 3.2 * 60 / unit_cost))), missing),
        "on_hand": _none(np.round(today * step * 1.1), unknown_today),
        "current_cover": _none(cover_today, unknown_today),
        "current_source": np.where(unknown_today, "none", source),
        "current_order_quantity": _none(np.maximum(1, np.round(size * 4)), unknown_today | (source == "stock")),
        "current_risk": _none(curve[now], unknown_today),
        "current_risk_low": _none(low[now], unknown_today),
        "current_risk_high": _none(high[now], unknown_today),
        "current_cost": _none(total[now], missing | unknown_today),
        "money_at_risk": _none(money, missing),
        "saving": _none(total[now] - total[at], missing | unknown_today),
        "stock_value_now": _none(cover_today * unit_cost, unknown_today),
        "stock_value_proposed": _none(best * step * unit_cost, missing),
        "change": _none(best * step - cover_today, missing),
        "remarks": np.where(
            missing,
            "no expected lead time",
            np.where(index % 9 == 0, "unit cost assumed from the category", ""),
        ),
    }
    columns["order_quantity"][0:1] = [10.0]
    frame = pl.DataFrame(columns, strict=False)
    curves = {"risk_curve": curve, "risk_curve_low": low, "risk_curve_high": high}
    frame = frame.with_columns(
        pl.Series(name, values.astype(np.float32), dtype=pl.Array(pl.Float32, GRID)).cast(pl.List(pl.Float32))
        for name, values in curves.items()
    )
    return _declared(frame, PART_RESULTS)


def _cost(
    risk: np.ndarray, step: np.ndarray, h: np.ndarray, h_e: np.ndarray, b: np.ndarray, late: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Total and its three shares on the grid, currency/day."""
    shortage = np.cumsum(risk[:, ::-1], axis=1)[:, ::-1] * step[:, None]
    cover = step[:, None] * np.arange(risk.shape[1])
    c1, c2, c3 = (b * late)[:, None] * shortage, (h_e * (1 - late))[:, None] * cover, h[:, None] * cover
    return c1 + c2 + c3, c1, c2, c3


def _share(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.divide(part, total, out=np.zeros_like(part), where=total > 0)


def _none(values: np.ndarray, where: np.ndarray) -> list[float | None]:
    return [None if absent else float(value) for value, absent in zip(values, where, strict=True)]


def _declared(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The frame with exactly the declared columns and types; missing ones empty."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None).alias(name)).cast(kind)
        for name, kind in table.schema.items()
    )


def cycle_results(parts: pl.DataFrame, seed: int = 2) -> pl.DataFrame:
    """The purchase lines behind the given part rows (meant for few parts)."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    columns = ("part_id", "place_id", "supplier_id", "cycles", "open_lines", "expected_lead_time_days")
    for part in parts.select(
        *columns, "lead_time_shape", "lead_time_scale_days", "order_rate", "order_size"
    ).to_dicts():
        completed, still_open = part["cycles"], part["open_lines"]
        for number in range(completed + still_open):
            is_open = number >= completed
            age = int(rng.integers(5, 60)) if is_open else int(rng.integers(120, 1150))
            ordered = UNTIL - timedelta(days=age)
            drawn = part["lead_time_scale_days"] * rng.weibull(part["lead_time_shape"])
            days = age if is_open else max(1, min(round(float(drawn)), age))
            promised = part["expected_lead_time_days"]
            orders = int(rng.poisson(part["order_rate"] * days))
            rows.append(
                {
                    "part_id": part["part_id"],
                    "place_id": part["place_id"],
                    "supplier_id": part["supplier_id"],
                    "order_id": f"45{len(rows):05d}",
                    "line": "10",
                    "ordered_on": ordered,
                    "promised_on": None if promised is None else ordered + timedelta(days=int(promised)),
                    "received_on": None if is_open else ordered + timedelta(days=days),
                    "quantity": float(rng.integers(5, 20)),
                    "lead_time_days": float(days),
                    "promised_lead_time_days": promised,
                    "slip_days": None if is_open or promised is None else days - promised,
                    "open": is_open,
                    "safety_cover": float(orders + rng.poisson((part["order_size"] - 1) * orders)),
                    "sales_lines": orders,
                    "flag": "",
                }
            )
    if not rows:
        return CYCLE_RESULTS.empty()
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return _declared(frame, CYCLE_RESULTS).sort("part_id", "place_id", "ordered_on")


def _ranked(parts: pl.DataFrame, by: tuple[str, ...], table: Table, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    frame = (
        parts.group_by(by)
        .agg(
            parts=pl.len(),
            lines=pl.sum("purchase_lines"),
            open_lines=pl.sum("open_lines"),
            overdue_lines=pl.sum("open_lines") // 3,
            lead_time_median_days=pl.median("lead_time_median_days"),
            lead_time_p90_days=pl.median("lead_time_median_days") * 1.7,
            promised_median_days=pl.median("expected_lead_time_days"),
            weibull_shape=pl.mean("weibull_shape"),
            weibull_scale_days=pl.mean("weibull_scale_days"),
            late_risk=pl.mean("late_risk"),
            on_time=pl.mean("supply_on_time"),
            slip_median_days=pl.median("slip_median_days"),
            slip_p90_days=pl.median("slip_median_days") + 40,
            money_at_risk=pl.sum("money_at_risk"),
            worst_part_id=pl.col("part_id").sort_by("money_at_risk", nulls_last=False).last(),
        )
        .sort("money_at_risk", descending=True)
    )
    half = 0.9 / pl.col("lines").clip(1).sqrt() * 0.5
    frame = frame.with_columns(
        weibull_p_value=pl.Series(rng.uniform(0.01, 1, frame.height)),
        late_risk_low=(pl.col("late_risk") - half).clip(0, 1),
        late_risk_high=(pl.col("late_risk") + half).clip(0, 1),
    )
    return _declared(frame, table)


def supplier_results(parts: pl.DataFrame, seed: int = 3) -> pl.DataFrame:
    return _ranked(parts, ("supplier_id",), SUPPLIER_RESULTS, seed)


def lane_results(parts: pl.DataFrame, seed: int = 3) -> pl.DataFrame:
    return _ranked(parts, ("supplier_id", "place_id"), LANE_RESULTS, seed)


def rolling_results(windows: int = 13, seed: int = 4) -> pl.DataFrame:
    """Windows of 38 months moved by 3, with on-time falling and cover rising as after the shocks of 2020 and 2022."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(windows):
        fall = 1 / (1 + np.exp(-(i - windows * 0.6)))
        on_time, cover = 0.733 - 0.195 * fall + rng.normal(0, 0.01), round(9 + 7 * fall)
        rows.append(
            {
                "window": f"T{i + 1}",
                "since": _month(2017, 1 + 3 * i),
                "until": _month(2017, 1 + 3 * i + 38),
                "cycles": 11 + i % 3,
                "sales_lines": 40 + 2 * i,
                "on_time": on_time,
                "on_time_low": on_time - 0.12,
                "on_time_high": on_time + 0.1,
                "optimal_cover": float(cover),
                "optimal_cover_low": float(cover - 3),
                "optimal_cover_high": float(cover + 5),
                "late_risk": 0.3 + 0.24 * fall,
                "late_risk_low": 0.15 + 0.2 * fall,
                "late_risk_high": 0.5 + 0.25 * fall,
                "lead_time_median_days": 55 + 20 * fall,
            }
        )
    return _declared(pl.DataFrame(rows), ROLLING_RESULTS)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def change_list(parts: pl.DataFrame) -> pl.DataFrame:
    """One undecided row per part whose proposal differs from today's cover."""
    frame = parts.filter(pl.col("change").abs() > 0).select(
        "part_id",
        "place_id",
        "planner",
        "description",
        "supplier_id",
        "saving",
        "evidence",
        current_reorder_point="current_cover",
        proposed_reorder_point="optimal_cover",
        current_order_quantity="current_order_quantity",
        proposed_order_quantity="order_quantity",
        pieces="change",
        money=pl.col("change") * pl.col("unit_cost"),
        risk_before="current_risk",
        risk_before_low="current_risk_low",
        risk_before_high="current_risk_high",
        risk_after="optimal_risk",
        risk_after_low="optimal_risk_low",
        risk_after_high="optimal_risk_high",
        reason=pl.lit("supply is late more often than not"),
    )
    return _declared(frame, CHANGE_LIST)


def purchases(cycles: pl.DataFrame) -> pl.DataFrame:
    """Purchase lines as a twin holds them, from the given cycles."""
    columns = ("part_id", "place_id", "supplier_id", "order_id", "line", "ordered_on", "promised_on", "received_on")
    return _declared(cycles.select(*columns, "quantity", kind=pl.lit("purchase")), PURCHASES)


def sales(part: dict[str, Any], seed: int = 5) -> pl.DataFrame:
    """Sales lines of one part row."""
    rng = np.random.default_rng(seed)
    n = int(part["sales_lines"])
    ages = np.sort(rng.integers(1, (UNTIL - SINCE).days, n))[::-1]
    frame = pl.DataFrame(
        {
            "part_id": [part["part_id"]] * n,
            "place_id": [part["place_id"]] * n,
            "customer_id": [f"C{i % 22:03d}" for i in range(n)],
            "country": [("IT", "DE", "US", "CN", "BR")[i % 5] for i in range(n)],
            "order_id": [f"9{i:05d}" for i in range(n)],
            "line": ["1"] * n,
            "ordered_on": [UNTIL - timedelta(days=int(age)) for age in ages],
            "delivered_on": [UNTIL - timedelta(days=int(max(age - 17, 0))) for age in ages],
            "quantity": 1.0 + rng.poisson(max(part["order_size"] - 1, 0), n),
        },
        strict=False,
    )
    return _declared(frame, SALES)


def document(parts: pl.DataFrame, currency: str = "EUR") -> dict[str, Any]:
    """The document of an analysis with these parts."""
    unknown = parts.filter(pl.col("current_source") == "none")
    counts = dict(parts["evidence"].value_counts().iter_rows())
    return {
        "id": "20230301-120000-0001",
        "made_at": "2023-03-01T12:00:00Z",
        "version": "0.1.0",
        "since": SINCE.isoformat(),
        "until": UNTIL.isoformat(),
        "as_of": None,
        "options": {"lateness": "probability", "pairs": "all"},
        "inputs": {"purchases": "constructed", "sales": "constructed"},
        "assumptions": ["Holding cost is 25 % of unit cost a year.", "Ordering cost is 60 EUR an order."],
        "notices": [],
        "summary": {
            "parts_analysed": parts.height,
            "catalogue_parts": parts.height * 3,
            "purchase_lines": int(parts["purchase_lines"].sum()),
            "open_lines": int(parts["open_lines"].sum()),
            "cycles": int(parts["cycles"].sum()),
            "sales_lines": int(parts["sales_lines"].sum()),
            "pieces_sold": float(parts["pieces_sold"].sum()),
            "customers": 840,
            "countries": 104,
            "supply_on_time": float(parts["supply_on_time"].mean() or 0.0),
            "customer_on_time": float(parts["customer_on_time"].mean() or 0.0),
            "money_at_risk": float(parts["money_at_risk"].sum()),
            "saving": float(parts["saving"].sum()),
            "stock_value_now": float(parts["stock_value_now"].sum()),
            "stock_value_proposed": float(parts["stock_value_proposed"].sum()),
            "without_rule": {
                "parts": unknown.height,
                "money_at_risk": float(unknown["money_at_risk"].sum()),
                "stock_value_proposed": float(unknown["stock_value_proposed"].sum()),
            },
            "parts_to_decide": parts.filter(pl.col("change").abs() > 0).height,
            "evidence": {grade: int(counts.get(grade, 0)) for grade in ("strong", "fair", "weak", "borrowed")},
            "currency": currency,
        },
    }
