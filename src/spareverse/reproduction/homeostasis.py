"""Does the index of homeostasis tell how companies fare under disturbances it has not seen?

Companies drawn at random are put to the battery, then to ten other disturbances of other sizes; the index is ranked
beside the service lost. And three companies with the same average service, made so by other means: does the index tell
them apart, and as the other disturbances do?
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import spareverse
from spareverse.examples.drawn_companies import Company, Terms, company, drawn_company
from spareverse.jit import Progress
from spareverse.network.geography import with_distances
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.observer.battery import UNDISTURBED, WINDOW_DAYS, disturbed, for_battery
from spareverse.observer.flows import expected_flows, main_link, main_supplier
from spareverse.observer.homeostasis import LOST_DAYS, REFERENCES, WEIGHTS, homeostasis
from spareverse.simulation.universe_run import run_variants

COMPANIES, PARTS, REPLICATIONS, SEED = 50, 60, 16, 1
OTHER_SEED = 1_000_000
"""The other disturbances are simulated under random numbers the battery has not seen."""
RESAMPLED = 4_000
SERVICE_TOLERANCE, TUNING_STEPS = 0.003, 12
EQUALS = 5
Document = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Other:
    """A disturbance that is not in the battery; ``target``: "*", or which supplier, link or place is hit."""

    name: str
    kind: str
    target: str
    days: float
    factor: float | None = None


OTHERS = (
    Other("demand half as high again for 90 days", "demand_surge", "*", 90.0, 1.5),
    Other("demand four times as high at one place for 14 days", "demand_surge", "largest place", 14.0, 4.0),
    Other("the second supplier stands still for 45 days", "outage", "second supplier", 45.0),
    Other("every supplier stands still for 14 days", "outage", "*", 14.0),
    Other("the main supplier stands still for 120 days", "outage", "main supplier", 120.0),
    Other("goods of the main supplier held for quality for 30 days", "quality_hold", "main supplier", 30.0),
    Other("the main supplier three times as slow for 30 days", "lead_time_stretch", "main supplier", 30.0, 3.0),
    Other("every lead time 1.3 times as long for 180 days", "lead_time_stretch", "*", 180.0, 1.3),
    Other("every link closed for 7 days", "link_closure", "*", 7.0),
    Other("the main supplier at a quarter of its capacity for 90 days", "capacity_loss", "main supplier", 90.0, 0.25),
)
MEASURES: Mapping[str, str] = {
    "extra waiting": "days of demand waited beyond the undisturbed run",
    "extra lines not served at once": "share of lines beyond the undisturbed run",
    "waiting in all": "days of demand waited, undisturbed waiting included",
}


def run(
    *,
    companies: int = COMPANIES,
    parts: int = PARTS,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    record: Path | None = None,
    progress: Progress | None = None,
) -> Document:
    """Index and service lost of each company, their rank correlation with limits; then the pairs of equal service.

    record
        JSON file the document is written to; None: nowhere.
    """
    say = progress or (lambda _share, _what: None)
    began = time.perf_counter()
    rows = []
    for number in range(companies):
        say(0.8 * number / companies, f"Company {number + 1} of {companies}")
        rows.append(_company(seed + number, parts, replications))
    equals = []
    for number in range(EQUALS):
        say(0.8 + 0.2 * number / EQUALS, f"Companies of equal service {number + 1} of {EQUALS}")
        equals.append(equal_service(seed + number, parts, replications))
    index = np.array([row["index"] for row in rows])
    document: Document = {
        "version": spareverse.__version__,
        "companies": companies,
        "parts": parts,
        "replications": replications,
        "seed": seed,
        "references": dict(REFERENCES),
        "weights": dict(WEIGHTS),
        "disturbances": [other.name for other in OTHERS],
        "correlations": [
            {"measure": name, "meaning": meaning, **_correlation(index, np.array([_mean(row, name) for row in rows]))}
            for name, meaning in MEASURES.items()
        ],
        "by_disturbance": [
            {"disturbance": other.name,
             **_correlation(index, np.array([row["lost"][other.name]["extra waiting"] for row in rows]))}
            for other in OTHERS
        ],
        "rivals": _rivals(rows),
        "rows": rows,
        "equal_service": equals,
        "agreement": _agreement(equals),
        "seconds": round(time.perf_counter() - began, 1),
    }  # fmt: skip
    document = rounded(document)
    if record is not None:
        record.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return document


def rounded(value: Any) -> Any:
    """A document with its numbers to six significant digits: none of them is known better."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _company(seed: int, parts: int, replications: int) -> Document:
    network = drawn_company(seed, parts=parts)
    held = homeostasis(network, replications=replications, seed=seed)
    components = {
        f"{row['disturbance']} {row['component']}": row["h"] for row in held.tables["homeostasis"].iter_rows(named=True)
    }
    lost = service_lost(network, replications=replications, seed=OTHER_SEED + seed)
    return {"seed": seed, "index": held.index, "low": held.low, "high": held.high, "components": components,
            "lost": lost}  # fmt: skip


def service_lost(network: Network, *, replications: int, seed: int) -> dict[str, dict[str, float]]:
    """What each of the ten disturbances costs in service, by ``MEASURES``, within the window of the battery."""
    base = with_distances(for_battery(network))
    start = float(base.setting("warm_up_days"))
    variants: list[tuple[str, Callable[[], Network]]] = [(UNDISTURBED, lambda: base)]
    for other, target in zip(OTHERS, _targets(base), strict=True):
        row: dict[str, str | float | None] = {
            "disturbance_id": "other", "kind": other.kind, "target_id": target, "start_day": start,
            "days": other.days, "factor": other.factor,
        }  # fmt: skip
        variants.append((other.name, partial(disturbed, base, Scenario("other", disturbances=(row,)))))
    tables, _ = run_variants(variants, replications=replications, seed=seed)
    window = tables["series"].filter(pl.col("start_day") < start + WINDOW_DAYS)
    sums = window.group_by("scenario").agg(
        (pl.col("waiting_piece_days") + LOST_DAYS * pl.col("pieces_lost")).sum().alias("waited"),
        (pl.col("demands") - pl.col("filled")).sum().alias("unfilled"),
        pl.col("demands", "pieces_demanded").sum(),
    )
    rows = {row["scenario"]: row for row in sums.iter_rows(named=True)}
    calm = rows[UNDISTURBED]
    a_day = calm["pieces_demanded"] / WINDOW_DAYS
    return {
        other.name: {
            "extra waiting": (rows[other.name]["waited"] - calm["waited"]) / a_day,
            "extra lines not served at once": (rows[other.name]["unfilled"] - calm["unfilled"]) / calm["demands"],
            "waiting in all": rows[other.name]["waited"] / a_day,
        }
        for other in OTHERS
    }


def _targets(network: Network) -> list[str]:
    flows = expected_flows(network)
    suppliers = network["suppliers"]["supplier_id"]
    main = main_supplier(network, flows) or suppliers[0]
    others = flows.filter(pl.col("source_id") != main)
    ends = network["demands"].group_by("place_id").agg(pl.col("per_year").sum()).sort("per_year", "place_id")
    known = {
        "*": "*", "main supplier": main, "second supplier": main_supplier(network, others) or main,
        "largest place": ends["place_id"][-1], "main link": main_link(network, flows) or "*",
    }  # fmt: skip
    return [str(known[other.target]) for other in OTHERS]


def _mean(row: Document, measure: str) -> float:
    """Over the ten disturbances; of differences that no noise makes negative."""
    return float(np.mean([max(one[measure], 0.0) for one in row["lost"].values()]))


def _correlation(index: Floats, lost: Floats) -> Document:
    """Spearman's rank correlation of the index with service kept, and its 95 % limits by resampling companies."""
    generator = np.random.default_rng(SEED)
    drawn = [spearman(index, -lost)]
    for _ in range(RESAMPLED):
        chosen = generator.integers(0, len(index), len(index))
        drawn.append(spearman(index[chosen], -lost[chosen]))
    low, high = np.quantile(drawn[1:], [0.025, 0.975])
    return {"rank_correlation": drawn[0], "low": float(low), "high": float(high)}


def spearman(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation, ties at their mean rank; 0 where one of them does not vary."""
    a, b = (pl.Series(values).rank("average").to_numpy() for values in (first, second))
    spread = float(a.std() * b.std())
    return float(np.mean((a - a.mean()) * (b - b.mean()))) / spread if spread else 0.0


def _rivals(rows: Sequence[Document]) -> list[Document]:
    """The same for simpler figures: all components alike, and each alone as far as it exists in every company."""
    lost = np.array([_mean(row, "extra waiting") for row in rows])
    names = [name for name in rows[0]["components"] if all(name in row["components"] for row in rows)]
    figures = {name: np.array([row["components"][name] for row in rows]) for name in names}
    figures["all components alike"] = np.array([np.log(list(row["components"].values())).mean() for row in rows])
    found = [{"figure": name, "rank_correlation": spearman(values, -lost)} for name, values in figures.items()]
    return sorted(found, key=lambda one: -float(one["rank_correlation"]))


def equal_service(seed: int, parts: int, replications: int) -> Document:
    """Three companies of the same parts and the same fill rate, which the cover of their regions is tuned to.

    *spread* over three suppliers alike; *concentrated*, nine orders in ten at the first; *expediting*, that orders
    urgently whatever is owed and keeps less.
    """
    spread = _of_shares((0.34, 0.33, 0.33))
    wanted = _fill_rate(_made(spread, seed, parts), seed, replications)
    made = {"spread": _made(spread, seed, parts)}
    for name, other in (
        ("concentrated", _of_shares((0.9, 0.05, 0.05))),
        ("expediting", replace(spread, expedite_at=1, central_cover=0.3)),
    ):
        made[name] = _tuned(other, wanted, seed, parts, replications)
    found: Document = {"seed": seed}
    for name, network in made.items():
        held = homeostasis(network, replications=replications, seed=seed)
        lost = service_lost(network, replications=replications, seed=OTHER_SEED + seed)
        found[name] = {
            "fill_rate": _fill_rate(network, seed, replications), "index": held.index, "low": held.low,
            "high": held.high, "lost": _mean({"lost": lost}, "extra waiting"),
            "components": {f"{row['disturbance']} {row['component']}": row["value"]
                           for row in held.tables["homeostasis"].iter_rows(named=True)},
        }  # fmt: skip
    return found


def _tuned(of: Company, wanted: float, seed: int, parts: int, replications: int) -> Network:
    """With the cover of its regions halved until its fill rate is the one wanted."""
    low, high = 0.0, 4.0
    network = _made(of, seed, parts)
    for _ in range(TUNING_STEPS):
        cover = (low + high) / 2.0
        network = _made(replace(of, region_cover=cover), seed, parts)
        fill = _fill_rate(network, seed, replications)
        if abs(fill - wanted) < SERVICE_TOLERANCE:
            break
        low, high = (cover, high) if fill < wanted else (low, cover)
    return network


def _agreement(equals: Sequence[Document]) -> Document:
    """Of all pairs of equal service: where the index and the other disturbances name the same one as the better."""
    pairs = alike = clear = clear_alike = 0
    for one in equals:
        for first, second in combinations((each for each in one if each != "seed"), 2):
            a, b = one[first], one[second]
            same = (a["index"] > b["index"]) == (a["lost"] < b["lost"])
            apart = a["low"] > b["high"] or b["low"] > a["high"]
            pairs, alike = pairs + 1, alike + same
            clear, clear_alike = clear + apart, clear_alike + (same and apart)
    return {"pairs": pairs, "alike": alike, "clear": clear, "clear_alike": clear_alike}


def _of_shares(shares: Sequence[float]) -> Company:
    terms = ((0.97, 0.1, 38.0), (1.0, 0.06, 20.0), (1.12, 0.0, 9.0))
    suppliers = tuple(
        Terms(price=price, discount=discount, lead_days=days, share=share, load=0.7)
        for (price, discount, days), share in zip(terms, shares, strict=True)
    )
    return Company(
        suppliers, regions=4, central_cover=1.0, region_cover=1.0, batch=1.0, budget_margin=1.5,
        penalty_per_piece_day=8.0, outage_days=20.0, outage_every_days=500.0, expedite_at=5,
    )  # fmt: skip


def _made(of: Company, seed: int, parts: int) -> Network:
    return company(of, seed=seed, parts=parts, name=f"pair-{seed}")


def _fill_rate(network: Network, seed: int, replications: int) -> float:
    """Share of lines served whole at once, undisturbed."""
    base = with_distances(for_battery(network))
    tables, _ = run_variants([(UNDISTURBED, lambda: base)], replications=replications, seed=seed)
    return float(tables["series"]["filled"].sum()) / float(tables["series"]["demands"].sum())
