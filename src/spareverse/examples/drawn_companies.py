"""Small companies drawn at random, each with its own suppliers, policies and terms: to try on many what is claimed of
one.

Parts are bought from two to four suppliers, some cheap and slow with price breaks, some dear and fast, for a central
store; regions keep a base stock, fed from it, and order at the fastest supplier what is urgently owed. Purchases are
paid from a budget, suppliers have finite capacity and stand still at random, contracts bear penalties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spareverse.examples.timeline import stream
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network

CENTRAL = "CENTRAL"
CATEGORIES = ("Bearings", "Seals", "Valves")
HOLDING_RATE, ORDER_COST, REGION_ORDER_COST = 0.22, 45.0, 6.0
TRANSIT_DAYS, REGION_DAYS = 2.0, 3.0
WORK_DAYS, LONGEST_WORK_DAYS = 2.0, 6.0
BUDGET_DAYS = 30.0
PIECES = (1, 3, 8)
"""Largest numbers of pieces of a line, each as likely."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Terms:
    """One supplier."""

    price: float
    """Of a piece, as a share of its value."""
    discount: float
    """Share off the price from the break on; 0: no breaks."""
    lead_days: float
    share: float
    """Of the pieces bought."""
    load: float
    """Share of its capacity in use."""


@dataclass(frozen=True)
class Company:
    """What a company is drawn from; the rest follows from its parts."""

    suppliers: tuple[Terms, ...]
    regions: int
    central_cover: float
    """Standard deviations of demand over the lead time kept beyond its mean."""
    region_cover: float
    batch: float
    """Batches, times the economic quantity."""
    budget_margin: float
    """Money over mean purchases."""
    penalty_per_piece_day: float
    outage_days: float
    outage_every_days: float
    expedite_at: int


@dataclass(frozen=True)
class _Parts:
    """Arrays by part."""

    names: list[str]
    lines_per_day: Floats
    largest: Ints
    """Pieces of the largest line."""
    unit_cost: Floats

    @property
    def pieces_per_day(self) -> Floats:
        return self.lines_per_day * (self.largest + 1) / 2

    @property
    def square_per_day(self) -> Floats:
        """Mean square of a line's pieces, per day: the variance of a day's demand."""
        squares: Floats = self.lines_per_day * (self.largest + 1) * (2 * self.largest + 1) / 6
        return squares


def drawn_company(seed: int, parts: int = 60) -> Network:
    """A company of its own for every seed, with some ``parts``."""
    random = stream(seed, "company")
    return company(_drawn(random), seed=seed, parts=parts, name=f"company-{seed}")


def _drawn(random: np.random.Generator) -> Company:
    count = int(random.integers(2, 5))
    speed = np.sort(random.uniform(0.0, 1.0, count))
    share = np.sort(random.dirichlet(np.full(count, 1.5)))[::-1]
    suppliers = tuple(
        Terms(
            price=round(0.96 + 0.24 * float(fast), 3),
            discount=round(float(random.uniform(0.03, 0.15)) * (1.0 - float(fast)), 3),
            lead_days=round(45.0 - 38.0 * float(fast), 1),
            share=round(float(part), 3),
            load=round(float(random.uniform(0.45, 0.85)), 2),
        )
        for fast, part in zip(speed, share, strict=True)
    )
    return Company(
        suppliers,
        regions=int(random.integers(2, 6)),
        central_cover=float(random.uniform(0.0, 2.0)),
        region_cover=float(random.uniform(0.3, 2.0)),
        batch=float(random.uniform(0.5, 2.0)),
        budget_margin=float(random.uniform(1.1, 1.7)),
        penalty_per_piece_day=round(float(random.uniform(3.0, 15.0)), 1),
        outage_days=float(random.uniform(10.0, 50.0)),
        outage_every_days=float(random.uniform(250.0, 900.0)),
        expedite_at=int(random.integers(2, 9)),
    )


def company(of: Company, *, seed: int, parts: int, name: str, agents: dict[str, pl.DataFrame] | None = None) -> Network:
    """The network of a company with parts drawn from ``seed``, and the tables of its agents, if any."""
    random = stream(seed, "parts")
    part = _Parts(
        names=[f"P{number:03d}" for number in range(1, parts + 1)],
        lines_per_day=np.exp(random.uniform(np.log(0.008), np.log(0.4), parts)),
        largest=random.choice(PIECES, parts).astype(np.int64),
        unit_cost=np.round(110.0 * random.lognormal(0.0, 0.9, parts), 2).astype(np.float64),
    )
    weight = np.round(2.0 * random.lognormal(0.0, 0.8, parts), 2)
    category = random.integers(0, len(CATEGORIES), parts)
    batch, reorder_point = _central_levels(of, part)
    region_share = random.dirichlet(np.full(of.regions, 4.0))
    tables = {
        "settings": pl.DataFrame({"horizon_days": [730.0], "warm_up_days": [365.0]}),
        "places": _places(of),
        "suppliers": _suppliers(of, part, batch),
        "links": _links(of),
        "parts": pl.DataFrame(
            {
                "part_id": part.names, "category": [CATEGORIES[number] for number in category],
                "unit_cost": part.unit_cost, "weight_kg": weight,
            }
        ),
        "sourcing": _sourcing(of, part),
        "price_breaks": _breaks(of, part, batch, random),
        "stock": _stock(of, part, batch, reorder_point, region_share),
        "customers": _customers(of),
        "demands": _demands(of, part, region_share),
        "budgets": _budget(of, part),
        "disturbances": _outages(of),
        **(agents or {}),
    }  # fmt: skip
    return checked_network(tables, name=name)


def supplier_name(number: int) -> str:
    """A, B, C, D in the order of price."""
    return f"SUPPLIER-{'ABCD'[number]}"


def _region(number: int) -> str:
    return f"REGION-{number + 1}"


def _regions(of: Company) -> list[str]:
    return [_region(number) for number in range(of.regions)]


def _central_levels(of: Company, part: _Parts) -> tuple[Ints, Ints]:
    """Batch and reorder point of the central store."""
    per_day = part.pieces_per_day
    economic = np.sqrt(2.0 * per_day * 365.0 * ORDER_COST / (HOLDING_RATE * part.unit_cost))
    batch = np.maximum(1, np.round(of.batch * economic)).astype(np.int64)
    share = np.array([terms.share for terms in of.suppliers])
    days = np.array([terms.lead_days for terms in of.suppliers]) + TRANSIT_DAYS + WORK_DAYS
    lead = float((share * days).sum() / share.sum())
    spread = float(np.sqrt((share * (days - lead) ** 2).sum() / share.sum() + (0.3 * lead) ** 2))
    deviation = np.sqrt(part.square_per_day * lead + (per_day * spread) ** 2)
    return batch, np.maximum(0, np.round(per_day * lead + of.central_cover * deviation)).astype(np.int64)


def _places(of: Company) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "place_id": [CENTRAL, *_regions(of)],
            "kind": ["distribution centre"] + ["warehouse"] * of.regions,
            "holding_rate_per_year": [HOLDING_RATE] * (of.regions + 1),
            "order_cost": [ORDER_COST] + [REGION_ORDER_COST] * of.regions,
        }
    )


def _suppliers(of: Company, part: _Parts, batch: Ints) -> pl.DataFrame:
    orders = float((part.pieces_per_day / batch).sum())
    pieces = float(part.pieces_per_day.sum()) / orders
    rows = []
    for number, terms in enumerate(of.suppliers):
        per_day = orders * terms.share
        lines = max(1, round(per_day * WORK_DAYS / terms.load))
        work = min(terms.load * lines / per_day, LONGEST_WORK_DAYS)
        # half of it for the order, half for its pieces
        rows.append((supplier_name(number), lines, f"gamma(mean={work / 2:.3g}, cv=0.6)", 0.5 * work / pieces))
    names = ["supplier_id", "lines", "work_time", "work_per_piece_days"]
    return pl.DataFrame(rows, schema=names, orient="row")


def _links(of: Company) -> pl.DataFrame:
    rows = [(supplier_name(number), CENTRAL, "triangular(1, 2, 3)", 0.3, 8.0) for number in range(len(of.suppliers))]
    rows += [(CENTRAL, region, "triangular(2, 3, 5)", 0.5, 4.0) for region in _regions(of)]
    fastest = supplier_name(len(of.suppliers) - 1)
    rows += [(fastest, region, "triangular(1, 2, 4)", 2.5, 20.0) for region in _regions(of)]
    names = ["from_id", "to_id", "transit_time", "cost_per_kg", "cost_per_shipment"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return frame.with_columns(link_id=pl.format("{} {}", "from_id", "to_id"))


def _sourcing(of: Company, part: _Parts) -> pl.DataFrame:
    bought = [
        pl.DataFrame(
            {
                "part_id": part.names, "place_id": CENTRAL, "source_id": supplier_name(number), "rank": number + 1,
                "share": terms.share, "unit_price": np.round(part.unit_cost * terms.price, 2),
                "lead_time": f"gamma(mean={terms.lead_days}, cv=0.3)",
            }
        )
        for number, terms in enumerate(of.suppliers)
    ]  # fmt: skip
    urgent = {
        "source_id": supplier_name(len(of.suppliers) - 1), "rank": 2, "emergency_lead_time": "triangular(3, 5, 9)",
        "emergency_cost": 120.0,
    }  # fmt: skip
    sent = [{"source_id": CENTRAL, "rank": 1, "place_id": region} for region in _regions(of)]
    sent += [{**urgent, "place_id": region} for region in _regions(of)]
    return pl.concat([*bought, pl.DataFrame(sent, infer_schema_length=None)], how="diagonal_relaxed")


def _breaks(of: Company, part: _Parts, batch: Ints, random: np.random.Generator) -> pl.DataFrame:
    """One break per part and supplier that grants one, somewhere about the batch."""
    frames = [pl.DataFrame(schema={"part_id": pl.String, "supplier_id": pl.String})]
    for number, terms in enumerate(of.suppliers):
        start = np.maximum(2, np.round(batch * random.uniform(0.8, 2.4, len(batch)))).astype(np.int64)
        if terms.discount > 0:
            price = np.round(part.unit_cost * terms.price * (1.0 - terms.discount), 2)
            frames.append(
                pl.DataFrame(
                    {
                        "part_id": part.names, "supplier_id": supplier_name(number), "from_quantity": start,
                        "unit_price": price,
                    }
                )
            )  # fmt: skip
    return pl.concat(frames, how="diagonal_relaxed")


def _stock(of: Company, part: _Parts, batch: Ints, reorder_point: Ints, region_share: Floats) -> pl.DataFrame:
    central = pl.DataFrame(
        {
            "part_id": part.names, "place_id": CENTRAL, "policy": "reorder_point", "reorder_point": reorder_point,
            "order_quantity": batch, "sourcing_rule": "share", "budget_id": "PURCHASES",
        }
    )  # fmt: skip
    frames = [central]
    for region, share in zip(_regions(of), region_share, strict=True):
        # a week until the central store answers, beside the way
        mean = part.pieces_per_day * share * (REGION_DAYS + 7.0)
        deviation = np.sqrt(part.square_per_day * share * (REGION_DAYS + 7.0))
        level = np.maximum(1, np.round(mean + of.region_cover * deviation)).astype(np.int64)
        frames.append(
            pl.DataFrame(
                {
                    "part_id": part.names, "place_id": region, "policy": "base_stock", "order_up_to": level,
                    "expedite_at": of.expedite_at,
                }
            )
        )  # fmt: skip
    return pl.concat(frames, how="diagonal_relaxed")


def _customers(of: Company) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": [f"CUSTOMERS-{number + 1}" for number in range(of.regions)],
            "commitment_days": 1.0,
            "penalty_per_piece_day": of.penalty_per_piece_day,
        }
    )


def _demands(of: Company, part: _Parts, region_share: Floats) -> pl.DataFrame:
    pieces = [f"uniform(0, {most})" if most > 1 else "1" for most in part.largest]
    return pl.concat(
        pl.DataFrame(
            {
                "part_id": part.names, "place_id": _region(number), "customer_id": f"CUSTOMERS-{number + 1}",
                "per_year": np.round(part.lines_per_day * share * 365.25, 4), "pieces": pieces,
            }
        )
        for number, share in enumerate(region_share)
    )  # fmt: skip


def _budget(of: Company, part: _Parts) -> pl.DataFrame:
    price = sum(terms.share * terms.price for terms in of.suppliers) / sum(terms.share for terms in of.suppliers)
    per_day = float((part.pieces_per_day * part.unit_cost).sum()) * price
    amount = round(per_day * BUDGET_DAYS * of.budget_margin)
    return pl.DataFrame({"budget_id": ["PURCHASES"], "amount": [amount], "period_days": [BUDGET_DAYS]})


def _outages(of: Company) -> pl.DataFrame:
    names = [supplier_name(number) for number in range(len(of.suppliers))]
    return pl.DataFrame(
        {
            "disturbance_id": [f"outage {name}" for name in names], "kind": "outage", "target_id": names,
            "days": round(of.outage_days, 1), "every_days": round(of.outage_every_days, 1),
        }
    )  # fmt: skip
