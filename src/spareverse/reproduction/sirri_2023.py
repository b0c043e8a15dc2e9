"""Sirri et al. 2023: the published figures beside ours, by two routes.

(a) The published parameters through the product's own risk and cost functions, under both readings of lateness.
(b) Purchase and sales files constructed to the article's counts, imported and analysed by the public verbs; every
    figure is read from the result.

Parameters that were solved from published figures are inputs and are marked so; only the rest can confirm anything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from spareverse.examples import sirri_2023 as example
from spareverse.network.distributions import Weibull
from spareverse.optimisation.paper import expected_shortage, weibull_cost_curve
from spareverse.optimisation.safety_cover import Lateness, UnitCosts, weights
from spareverse.twin import Analysis, Twin

PUBLISHED = example.PUBLISHED
HOLDING = 0.05805
# (h_e, b) solved from C(16) = 2.16 EUR/day and its shares, under each reading of lateness.
SOLVED: Mapping[Lateness, tuple[float, float]] = {"probability": (0.0941, 1.515), "duration": (0.2609, 2.927)}
MOST_PIECES = 60


def unit_costs(lateness: Lateness) -> UnitCosts:
    early, stock_out = SOLVED[lateness]
    return UnitCosts(HOLDING, early, stock_out)


def run() -> dict[str, Any]:
    """``{"paper", "cells"}`` as in the interface; each cell has name, option, kind, paper, ours, unit, verdict."""
    cells = [cell for lateness in SOLVED for cell in _published_parameters(lateness)]
    return {"paper": "sirri-2023", "cells": cells + _constructed_files()}


def analyse_lines(folder: Path, costs: UnitCosts, lateness: Lateness = "probability") -> Analysis:
    """Import the constructed files into a new twin in ``folder`` and analyse them as the article seems to have."""
    twin = Twin.create(folder / "twin", name="Sirri 2023, constructed")
    section = {
        "holding_cost": costs.holding,
        "early_holding_cost": costs.early_holding,
        "stock_out_cost": costs.stock_out,
    }
    (twin.folder.path / "costs.toml").write_text(tomli_w.dumps({"default": section}), encoding="utf-8")
    files = example.write(folder / "files")
    twin.import_orders(purchases=files["purchases"], sales=files["sales"])
    return twin.analyse(since=example.SINCE, until=example.UNTIL, lateness=lateness, pairs="positive")


def _published_parameters(lateness: Lateness) -> list[dict[str, Any]]:
    option = f"published parameters, lateness by {lateness}"
    costs = unit_costs(lateness)
    lead = Weibull(PUBLISHED["lead_time_shape"].value, PUBLISHED["lead_time_scale_days"].value)
    cover = Weibull(PUBLISHED["cover_shape"].value, PUBLISHED["cover_scale"].value)
    late, early = weights(lead.shape, lead.scale, PUBLISHED["expected_lead_time_days"].value, lateness)
    curve = weibull_cost_curve(cover.shape, cover.scale, 0.0, costs, late, early, MOST_PIECES)
    shares = curve.shares(16)
    inputs = (
        ("lead_time_shape", lead.shape, ""),
        ("late_risk", float(lead.survival(65.0)), "gives the lead-time scale"),
        ("cover_shape", cover.shape, ""),
        ("risk_at_16", float(cover.survival(16.0)), "gives the cover scale"),
        ("cost_at_16", float(curve.total[16]), "with its shares gives h, h_e and b"),
        ("share_stock_out", shares[0], ""),
        ("share_early", shares[1], ""),
        ("share_holding", shares[2], ""),
    )
    cells = [_input(name, option, ours, remark) for name, ours, remark in inputs]
    optimum = curve.optimum
    step = curve.total[21] - curve.total[16]
    return [
        *cells,
        _check("optimal_cover", option, float(optimum), 0.0, "17 if the share of C1 were 25.5 %"),
        _check("risk_at_21", option, float(cover.survival(21.0)), 0.005, "the article rounds to 5 %"),
        _check(
            "cost_of_safety",
            option,
            float(step),
            0.005,
            f"{step / curve.total[16]:.1%} of the cost at 16; about 7 % there",
        ),
    ]


def _constructed_files() -> list[dict[str, Any]]:
    option = "constructed lines, imported and analysed"
    with tempfile.TemporaryDirectory(prefix="spareverse-") as folder:
        analysis = analyse_lines(Path(folder), unit_costs("probability"))
        part = analysis.part(example.PART)
        row, cycles = part.row, part.cycles
        own_lead = Weibull(row["weibull_shape"], row["weibull_scale_days"])
        cover = Weibull(row["paper_shape"], row["paper_scale"])
        done = cycles.filter(~cycles["open"] & (cycles["safety_cover"] > 0))
        counts = {
            "purchase_lines": row["purchase_lines"],
            "sales_lines": row["sales_lines"],
            "pieces_sold": row["pieces_sold"],
            "countries": row["countries"],
            "pairs": done.height,
            "days_to_customer": row["days_to_customer"],
            "customer_on_time": row["customer_on_time"],
            "expected_lead_time_days": row["expected_lead_time_days"],
            "cover_mean": float(done["safety_cover"].to_numpy().mean()),
        }
        cells = [_input(name, option, float(value), "constructed so") for name, value in counts.items()]
        near = {
            "lead_time_shape": own_lead.shape,
            "lead_time_scale_days": own_lead.scale,
            "late_risk": float(own_lead.survival(row["expected_lead_time_days"])),
            "cover_shape": cover.shape,
            "cover_scale": cover.scale,
            "risk_at_16": float(cover.survival(16.0)),
        }
        cells += [_input(name, option, value, "as near as whole days and pieces allow") for name, value in near.items()]
        cells[-4] |= {"low": row["late_risk_low"], "high": row["late_risk_high"]}
        shortage = expected_shortage(cover.shape, cover.scale, 0.0, [16.0, 21.0]) * row["late_weight"]
        per_piece = row["early_holding_cost"] * row["early_weight"] + row["holding_cost"]
        cost = row["stock_out_cost"] * shortage + per_piece * np.array([16.0, 21.0])
        return [
            *cells,
            _check("optimal_cover", option, row["paper_optimum"], 0.0, "estimator paper; the cost curve is flat here"),
            _check("risk_at_21", option, float(cover.survival(21.0)), 0.005, "estimator paper"),
            _check(
                "cost_of_safety", option, float(cost[1] - cost[0]), 0.02, "lateness from 13 lines, not from the article"
            ),
            {
                **_cell("optimal_cover", option, row["optimal_cover"]),
                "name": "optimal_cover, estimator process",
                "kind": "check",
                "low": row["optimal_cover_low"],
                "high": row["optimal_cover_high"],
                "verdict": "other estimator",
                "remark": "the product's default: all sales of the window over the fitted lead time, cycles without a "
                "sale included, which the article seems to have dropped",
            },
        ]


def _cell(name: str, option: str, ours: float) -> dict[str, Any]:
    published = PUBLISHED[name]
    empty = dict.fromkeys(("low", "high", "run_low", "run_high"))
    return {"name": name, "option": option, "paper": published.value, "ours": ours, "unit": published.unit, **empty}


def _input(name: str, option: str, ours: float, remark: str) -> dict[str, Any]:
    return {**_cell(name, option, ours), "kind": "input", "verdict": "input", "remark": remark}


def _check(name: str, option: str, ours: float, tolerance: float, remark: str) -> dict[str, Any]:
    """``tolerance``: half a unit of the article's last digit, or what the remark allows."""
    agrees = abs(ours - PUBLISHED[name].value) <= tolerance + 1e-9
    return {
        **_cell(name, option, ours),
        "kind": "check",
        "verdict": "agrees" if agrees else "differs",
        "remark": remark,
    }
