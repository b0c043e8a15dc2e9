"""Published answers simulated: the network of a case, run as any network is, and its figures with their intervals.

Offered where a case is a system that the simulation knows: one place under Poisson demand, lost sales, a warehouse with
retailers, one asset with its spares. METRIC is a model and no system; nobody can simulate it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.network.distributions import Constant, Exponential
from spareverse.network.network import Network
from spareverse.network.study import Option, Policy, Study
from spareverse.network.study_tables import STUDY_LINES
from spareverse.reproduction.case_comparison import AGREES, DIFFERS, Figure
from spareverse.reproduction.case_inputs import CaseInputs
from spareverse.simulation.study_run import run_study
from spareverse.simulation.universe_run import run_universe
from spareverse.special import student_quantile

Values = NDArray[np.float64]
"""One per replication."""
YEAR = 365.0
WARM_UP_DAYS = 300.0
COUNTED_DAYS = 2_000.0
FAR = 4.0
"""Standard errors beyond which a simulated figure differs; of a hundred right ones not one does."""


def figures(area: str, case: CaseInputs, tolerance: dict[str, Any], replications: int, seed: int) -> list[Figure]:
    """Simulated figures of a case beside the expected ones; none where the case is no system to simulate."""
    simulate = _SYSTEMS.get(area)
    found = simulate(case, replications, seed) if simulate else {}
    return [
        _figure(f"{name}.{number}" if isinstance(case.wanted[name], list) else name, expected, values, tolerance)
        for name, runs in found.items()
        for number, (expected, values) in enumerate(zip(_listed(case.wanted[name]), runs, strict=True))
    ]


def _listed(value: Any) -> list[float]:
    return list(value) if isinstance(value, list) else [value]


def _figure(name: str, expected: float, values: Values, tolerance: dict[str, Any]) -> Figure:
    """Agrees within four standard errors (and within the case's own tolerance for simulations, where it has one)."""
    mean, error = float(values.mean()), float(values.std(ddof=1)) / len(values) ** 0.5
    half = float(student_quantile(len(values) - 1, 0.975)) * error
    most = float(tolerance.get("simulation_abs", math.inf))
    apart = abs(mean - expected)
    # a figure that never varies must be the expected one to the digits printed
    close = apart <= max(FAR * error, 1e-7) and apart <= most
    words = f"4 standard errors; 95 % limits +-{half:.2g}" + ("" if math.isinf(most) else f"; abs {most:g}")
    return Figure(f"{name}, simulated", expected, mean, words, AGREES if close else DIFFERS)


def _one_place(
    rows: Sequence[tuple[int, float, str]], patience: float | None, replications: int, seed: int
) -> pl.DataFrame:
    """Series of as many places as rows of (stock, demands per day, lead time), one part each."""
    names = [f"W{number:03d}" for number in range(len(rows))]
    network = Network.of({
        "settings": _settings(),
        "places": pl.DataFrame({"place_id": names}),
        "suppliers": pl.DataFrame({"supplier_id": ["F"]}),
        "parts": pl.DataFrame({"part_id": ["p"]}),
        "sourcing": pl.DataFrame({"place_id": names, "source_id": "F", "lead_time": [lead for _, _, lead in rows]}),
        "stock": pl.DataFrame({"part_id": "p", "place_id": names, "order_up_to": [stock for stock, _, _ in rows]}),
        "customers": pl.DataFrame({"customer_id": ["c"], "patience_days": [patience]}),
        "demands": pl.DataFrame({
            "part_id": "p", "place_id": names, "customer_id": "c", "per_year": [rate * YEAR for _, rate, _ in rows]
        }),
    })  # fmt: skip
    return _series(network, replications, seed)


def _settings() -> pl.DataFrame:
    return pl.DataFrame({"horizon_days": [COUNTED_DAYS], "warm_up_days": [WARM_UP_DAYS], "period_days": [COUNTED_DAYS]})


def _series(network: Network, replications: int, seed: int) -> pl.DataFrame:
    run = run_universe(network, replications=replications, seed=seed, causes=False)
    return run.tables["series"].sort("place_id", "replication")


def _per_place(series: pl.DataFrame, value: pl.Expr) -> list[Values]:
    grouped = series.group_by("place_id", maintain_order=True).agg(value.alias("value"))
    return [np.array(values, np.float64) for values in grouped["value"].to_list()]


def _single_site(case: CaseInputs, replications: int, seed: int) -> dict[str, list[Values]]:
    """Erlang's losses, or Palm's one item at each stock level (a year of the case is a year)."""
    if case.has("pairs"):
        rows = [(int(stock), load / 10.0, "exponential(10)") for stock, load in case.given["pairs"]]
        series = _one_place(rows, 0.0, replications, seed)
        return {"blocking": _per_place(series, pl.col("pieces_lost") / pl.col("pieces_demanded"))}
    if not (case.has("demand_mean", "mttr") and case.asks("ebo_by_stock", "fill_rate_by_stock")):
        return {}
    levels = range(len(case.wanted["ebo_by_stock"]))
    lead = f"gamma(shape=2, mean={case.number('mttr') * YEAR})"
    series = _one_place(
        [(level, case.number("demand_mean") / YEAR, lead) for level in levels], None, replications, seed
    )
    return {
        "ebo_by_stock": _per_place(series, pl.col("waiting_piece_days") / pl.col("days")),
        "fill_rate_by_stock": _per_place(series, pl.col("filled") / pl.col("demands")),
    }


def _two_echelons(case: CaseInputs, replications: int, seed: int) -> dict[str, list[Values]]:
    """Costs of a warehouse with retailers; its unit of time is a day."""
    if not case.has("policies"):
        return {}
    return {"own_more_digits": [_cost(case, policy, replications, seed) for policy in case.given["policies"]]}


def _cost(case: CaseInputs, policy: dict[str, Any], replications: int, seed: int) -> Values:
    shops = [f"R{number:03d}" for number in range(case.whole("retailers"))]
    places = ["W", *shops]
    network = Network.of({
        "settings": _settings(),
        "places": pl.DataFrame({"place_id": places}),
        "suppliers": pl.DataFrame({"supplier_id": ["F"]}),
        "links": pl.DataFrame({"link_id": shops, "from_id": "W", "to_id": shops,
                               "transit_time": str(case.number("transit_time"))}),
        "parts": pl.DataFrame({"part_id": ["p"]}),
        "sourcing": pl.DataFrame({"place_id": places, "source_id": ["F", *["W"] * len(shops)],
                                  "lead_time": [str(case.number("warehouse_lead_time")), *["0"] * len(shops)]}),
        "stock": pl.DataFrame({
            "part_id": "p", "place_id": places, "policy": "reorder_point",
            "reorder_point": [int(policy["R_warehouse"]), *[int(policy["R_retailer"])] * len(shops)],
            "order_quantity": [case.whole("warehouse_batch"), *[case.whole("retailer_batch")] * len(shops)],
        }),
        "demands": pl.DataFrame({"part_id": "p", "place_id": shops,
                                 "per_year": case.number("retailer_demand_rate") * YEAR}),
    })  # fmt: skip
    at_warehouse = pl.col("place_id") == "W"
    holding = pl.when(at_warehouse).then(case.number("holding_warehouse")).otherwise(case.number("holding_retailer"))
    cost = holding * pl.col("on_hand_piece_days")
    cost = cost + case.number("shortage_cost_per_unit_time") * pl.col("waiting_piece_days")
    series = _series(network, replications, seed)
    sums = series.group_by("replication", maintain_order=True).agg((cost / pl.col("days")).sum().alias("cost"))
    return sums["cost"].to_numpy()


def _one_asset(case: CaseInputs, replications: int, seed: int) -> dict[str, list[Values]]:
    """Availability of one asset with spares replaced one for one, or without any."""
    if case.has("table"):
        life = case.number("mtbf")
        rows: list[tuple[int, float, str | None, float, float]]
        rows = [(int(spares), life, None, float(lead), 0.0) for spares, lead in case.given["table"]]
    elif case.has("rows"):
        rows = [_without_stock(row) for row in case.given["rows"]]
    else:
        return {}
    return {"availability": [_availability(*row, replications=replications, seed=seed) for row in rows]}


def _without_stock(row: dict[str, Any]) -> tuple[int, float, str | None, float, float]:
    lead, work = float(row["mean_lead"]), float(row.get("repair", 0.0))
    if "life" not in row:
        return 0, float(row["mtbf"]), None, lead, work
    words = str(row["life"]).lower().split()
    shape, scale = float(words[2]), float(words[4])
    return 0, scale * math.gamma(1.0 + 1.0 / shape), f"weibull(shape={shape})", lead, work


def _availability(
    spares: int, mean_life_h: float, life: str | None, lead_h: float, work_h: float, *, replications: int, seed: int
) -> Values:
    line = dict.fromkeys(STUDY_LINES.names) | {
        "tag": "A", "asset_id": "A", "part_id": "p", "installed_quantity": 1, "criticality": "high",
        "failures_per_year": 8760.0 / mean_life_h, "life": life, "replacement": f"{work_h} h",
    }  # fmt: skip
    lead = Exponential(lead_h) if spares else Constant(lead_h)
    stock = Policy("base_stock", initial_stock=spares, order_up_to=spares)
    study = Study(
        "one asset",
        pl.DataFrame([line], schema=STUDY_LINES.schema),
        (Option("only", "physical", policy=stock, lead_time=lead),),
        horizon_h=40 * 8760.0,
        warm_up_h=4 * 8760.0,
        emergency="none",
    )
    runs = run_study(study, replications=replications, seed=seed, trace=0).tables["replications"]
    return runs["availability"].to_numpy()


_SYSTEMS: dict[str, Callable[[CaseInputs, int, int], dict[str, list[Values]]]] = {
    "4a": _single_site,
    "4b": _two_echelons,
    "5": _one_asset,
}
