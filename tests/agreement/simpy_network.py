"""A small network with everything at once, written a second time in SimPy: other code, other random numbers, times in
days. Only the tables are shared with the product; how they are to be understood is written down here again."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from drawn_networks import Rows, network_of
from spareverse.network.network import Network

Wait = Generator[simpy.Event, Any, None]
WARM_UP, COUNTED = 365.0, 2 * 365.0
OUTAGES = ((200.0, 240.0), (520.0, 600.0), (800.0, 830.0))
CLOSURES = ((450.0, 470.0), (700.0, 740.0), (900.0, 915.0))
SIZES = (1, 1, 1, 3)
WORK, WORK_PER_PIECE, LEAD_A, LEAD_B, WAY_A, WAY_B, WAY_N, WAY_S = 8.0, 0.5, 9.0, (10.0, 30.0), 3.0, 6.0, 1.5, 2.0
POINT, BATCH, KEEPS = 6, 5, {"N": 5, "S": 3}
WEIGHT, DOCK_KG = 2.0, 1.6
FREIGHT, FREIGHT_KG = 15.0, 0.5
PRICE_A, PRICE_A_FROM_10, PRICE_B, PRICE_EMERGENCY, EMERGENCY = 100.0, 90.0, 120.0, 130.0, 60.0
HASTE, EXPEDITE_AT, DIRECT = 1.5, 2, 4.0
BUDGET, PERIOD = 1_300.0, 30.0
CUSTOMERS: dict[str, tuple[str, float, int, float | None]] = {
    "c1": ("C", 12.0, 1, None), "c3": ("C", 9.0, 3, None), "n1": ("N", 20.0, 1, None), "n3": ("N", 16.0, 3, 8.0),
    "s0": ("S", 10.0, 2, 0.0), "s2": ("S", 14.0, 2, None),
}  # fmt: skip
"""Place, demands per year, priority, patience."""
COMMITMENT, PENALTY, LOST = 2.0, 3.0, 25.0


def tables() -> Network:
    """The network as the product reads it."""
    windows = [("outage", "A", *window) for window in OUTAGES] + [("link_closure", "CS", *w) for w in CLOSURES]
    links = {"AC": f"exponential({WAY_A})", "BC": str(WAY_B), "CN": f"exponential({WAY_N})", "CS": str(WAY_S)}
    rows: Rows = {
        "settings": [{"horizon_days": COUNTED, "warm_up_days": WARM_UP, "period_days": COUNTED}],
        "places": [{"place_id": name} for name in "CNS"],
        "suppliers": [
            {
                "supplier_id": "A",
                "lines": 1,
                "work_time": f"exponential({WORK})",
                "work_per_piece_days": WORK_PER_PIECE,
            },
            {"supplier_id": "B"},
        ],
        "links": [
            {"link_id": name, "from_id": name[0], "to_id": name[1], "transit_time": way, "cost_per_kg": FREIGHT_KG,
             "cost_per_shipment": FREIGHT, "capacity_kg_per_day": DOCK_KG if name == "CN" else None}
            for name, way in links.items()
        ],
        "parts": [{"part_id": "p", "unit_cost": 100.0, "weight_kg": WEIGHT}],
        "sourcing": [
            {"place_id": "C", "source_id": "A", "rank": 1, "lead_time": f"exponential({LEAD_A})",
             "unit_price": PRICE_A},
            {"place_id": "C", "source_id": "B", "rank": 2, "lead_time": f"uniform{LEAD_B}", "unit_price": PRICE_B},
            {"place_id": "N", "source_id": "C"},
            {"place_id": "S", "source_id": "C"},
            {"place_id": "S", "source_id": "B", "rank": 2, "lead_time": str(DIRECT), "unit_price": PRICE_EMERGENCY,
             "emergency_lead_time": str(HASTE), "emergency_cost": EMERGENCY},
        ],
        "price_breaks": [{"part_id": "p", "supplier_id": "A", "from_quantity": 10, "unit_price": PRICE_A_FROM_10}],
        "stock": [
            {"part_id": "p", "place_id": "C", "policy": "reorder_point", "reorder_point": POINT,
             "order_quantity": BATCH, "budget_id": "M"},
            *({"part_id": "p", "place_id": name, "policy": "base_stock", "order_up_to": level,
               "expedite_at": EXPEDITE_AT if name == "S" else None} for name, level in KEEPS.items()),
        ],
        "budgets": [{"budget_id": "M", "amount": BUDGET, "period_days": PERIOD}],
        "customers": [
            {"customer_id": name, "priority": priority, "patience_days": patience, "commitment_days": COMMITMENT,
             "penalty_per_piece_day": PENALTY, "lost_sale_cost": LOST}
            for name, (_, _, priority, patience) in CUSTOMERS.items()
        ],
        "demands": [
            {"part_id": "p", "place_id": place, "customer_id": name, "per_year": rate,
             "pieces": f"empirical{SIZES}"}
            for name, (place, rate, _, _) in CUSTOMERS.items()
        ],
        "disturbances": [
            {"disturbance_id": f"{kind} {start}", "kind": kind, "target_id": target, "start_day": start,
             "days": end - start}
            for kind, target, start, end in windows
        ],
    }  # fmt: skip
    return network_of(rows)


def opened(windows: tuple[tuple[float, float], ...], time: float) -> float:
    """First moment from ``time`` on outside the windows."""
    return next((end for start, end in windows if start <= time < end), time)


def finished(windows: tuple[tuple[float, float], ...], time: float, work: float) -> float:
    """When work is done that rests in the windows."""
    for start, end in windows:
        if end <= time:
            continue
        if time + work <= start:
            break
        work -= max(start - time, 0.0)
        time = end
    return time + work


@dataclass
class Claim:
    """Pieces that somebody waits for: a customer, or a place below."""

    pieces: int
    since: float
    customer: str | None = None
    place: Place | None = None
    gone: bool = False


@dataclass
class Place:
    name: str
    on_hand: int
    on_order: int = 0
    expedited: int = 0
    waiting: dict[int, deque[Claim]] = field(default_factory=lambda: {1: deque(), 2: deque(), 3: deque()})
    held: float = 0.0
    since: float = 0.0

    def owed(self, *, customers_only: bool = False) -> int:
        return sum(
            claim.pieces for queue in self.waiting.values() for claim in queue
            if not claim.gone and (claim.customer or not customers_only)
        )  # fmt: skip

    @property
    def position(self) -> int:
        return self.on_hand + self.on_order - self.owed()


class Model:
    """One run; ``count`` holds what was counted after the warm-up."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.env = simpy.Environment()
        self.places = {"C": Place("C", POINT + BATCH)} | {name: Place(name, level) for name, level in KEEPS.items()}
        self.line = simpy.Resource(self.env, 1)
        self.dock = simpy.Resource(self.env, 1)
        self.balance, self.unpaid = BUDGET, deque[tuple[float, str, int]]()
        self.count: dict[str, float] = {}
        for customer in CUSTOMERS:
            self.env.process(self.demands(customer))
        self.env.process(self.money())

    def run(self) -> dict[str, float]:
        self.env.run(WARM_UP + COUNTED)
        for place in self.places.values():
            self.hold(place)
            for queue in place.waiting.values():
                for claim in queue:
                    if claim.customer and not claim.gone:
                        self.waited(claim, claim.pieces, done=False)
        return self.count

    def add(self, name: str, amount: float) -> None:
        if self.env.now > WARM_UP:
            self.count[name] = self.count.get(name, 0.0) + amount

    def hold(self, place: Place) -> None:
        """Charge the stock on hand since it changed last."""
        now = self.env.now
        self.count[f"on hand {place.name}"] = self.count.get(f"on hand {place.name}", 0.0) + place.on_hand * max(
            0.0, now - max(place.since, WARM_UP)
        )
        place.since = now

    def waited(self, claim: Claim, pieces: int, *, done: bool) -> None:
        now = self.env.now
        self.add(f"waiting {claim.customer}", pieces * max(0.0, now - max(claim.since, WARM_UP)))
        late = now - claim.since - COMMITMENT
        if done and late > 0:
            self.add("penalty", pieces * late * PENALTY)

    def demands(self, customer: str) -> Wait:
        place_name, per_year, priority, patience = CUSTOMERS[customer]
        place = self.places[place_name]
        while True:
            yield self.env.timeout(self.random.exponential(365.0 / per_year))
            pieces = int(self.random.choice(SIZES))
            given = min(pieces, place.on_hand)
            self.hold(place)
            place.on_hand -= given
            self.add(f"lines {place_name}", 1)
            self.add(f"whole {place_name}", given == pieces)
            if given < pieces:
                if patience == 0.0:
                    self.lose(customer, pieces - given)
                else:
                    claim = Claim(pieces - given, self.env.now, customer)
                    place.waiting[priority].append(claim)
                    if patience is not None:
                        self.env.process(self.leave(place, claim, patience))
                    self.hurry(place)
            self.review(place)

    def lose(self, customer: str, pieces: int) -> None:
        self.add(f"lost {customer}", pieces)

    def leave(self, place: Place, claim: Claim, patience: float) -> Wait:
        yield self.env.timeout(patience)
        if claim.pieces:
            claim.gone = True
            self.waited(claim, claim.pieces, done=False)
            self.lose(str(claim.customer), claim.pieces)
            claim.pieces = 0
            self.review(place)

    def hurry(self, place: Place) -> None:
        """S orders from B what waits and is not hurried yet, from two pieces on."""
        if place.name != "S":
            return
        owed = place.owed(customers_only=True)
        if owed >= EXPEDITE_AT and owed > place.expedited:
            more = owed - place.expedited
            place.expedited += more
            place.on_order += more
            self.add("emergency orders", 1)
            self.add("emergency", EMERGENCY)
            self.add("purchases", more * PRICE_EMERGENCY)
            self.env.process(self.hurried(place, more))

    def hurried(self, place: Place, pieces: int) -> Wait:
        yield self.env.timeout(HASTE)
        place.expedited -= pieces
        self.receive(place, pieces)

    def review(self, place: Place) -> None:
        if place.name == "C":
            if place.position <= POINT:
                self.buy(place, BATCH * ((POINT - place.position) // BATCH + 1))
        elif place.position < KEEPS[place.name]:
            self.request(place, KEEPS[place.name] - place.position)

    def request(self, place: Place, pieces: int) -> None:
        """A region orders from the centre; what is there is sent at once. While its link is closed S buys from B."""
        centre = self.places["C"]
        place.on_order += pieces
        self.add(f"orders {place.name}", 1)
        if place.name == "S" and opened(CLOSURES, self.env.now) > self.env.now:
            self.add("purchases", pieces * PRICE_EMERGENCY)
            self.env.process(self.bought(place, pieces))
            return
        given = min(pieces, centre.on_hand)
        self.hold(centre)
        centre.on_hand -= given
        if given:
            self.send(place, given)
        if given < pieces:
            centre.waiting[2].append(Claim(pieces - given, self.env.now, place=place))
        self.review(centre)

    def bought(self, place: Place, pieces: int) -> Wait:
        yield self.env.timeout(DIRECT)
        self.receive(place, pieces)

    def send(self, place: Place, pieces: int) -> None:
        self.add("freight", FREIGHT + pieces * WEIGHT * FREIGHT_KG)
        self.env.process(self.to_north(pieces) if place.name == "N" else self.to_south(pieces))

    def to_north(self, pieces: int) -> Wait:
        with self.dock.request() as turn:
            yield turn
            yield self.env.timeout(pieces * WEIGHT / DOCK_KG)
        yield self.env.timeout(self.random.exponential(WAY_N))
        self.receive(self.places["N"], pieces)

    def to_south(self, pieces: int) -> Wait:
        yield self.env.timeout(opened(CLOSURES, self.env.now) + WAY_S - self.env.now)
        self.receive(self.places["S"], pieces)

    def receive(self, place: Place, pieces: int) -> None:
        self.hold(place)
        place.on_order -= pieces
        for priority in (1, 2, 3):
            queue = place.waiting[priority]
            while queue and (pieces or queue[0].gone):
                claim = queue[0]
                given = min(pieces, claim.pieces)
                pieces -= given
                claim.pieces -= given
                if given and claim.customer:
                    self.waited(claim, given, done=True)
                elif given and claim.place:
                    self.send(claim.place, given)
                if not claim.pieces:
                    queue.popleft()
        place.on_hand += pieces
        self.review(place)

    def buy(self, centre: Place, pieces: int) -> None:
        """From A while it works, else from B; paid when the budget allows, first come, first served."""
        down = opened(OUTAGES, self.env.now) > self.env.now
        price = PRICE_B if down else PRICE_A_FROM_10 if pieces >= 10 else PRICE_A
        centre.on_order += pieces
        self.add("orders C", 1)
        order = (pieces * price, "B" if down else "A", pieces)
        self.unpaid.append(order)
        if len(self.unpaid) == 1:
            self.pay()

    def pay(self) -> None:
        while self.unpaid and (self.balance >= self.unpaid[0][0] or self.balance == BUDGET):
            cost, supplier, pieces = self.unpaid.popleft()
            self.balance -= cost
            self.add("purchases", cost)
            self.env.process(self.supply(supplier, pieces))

    def money(self) -> Wait:
        while True:
            yield self.env.timeout(PERIOD)
            self.balance = min(BUDGET, self.balance + BUDGET)
            self.pay()

    def supply(self, supplier: str, pieces: int) -> Wait:
        self.add("freight", FREIGHT + pieces * WEIGHT * FREIGHT_KG)
        if supplier == "B":
            yield self.env.timeout(self.random.uniform(*LEAD_B) + WAY_B)
        else:
            with self.line.request() as turn:
                yield turn
                work = self.random.exponential(WORK) + (pieces - 1) * WORK_PER_PIECE
                start = opened(OUTAGES, self.env.now)
                yield self.env.timeout(finished(OUTAGES, start, work) - self.env.now)
            ready = finished(OUTAGES, self.env.now, self.random.exponential(LEAD_A))
            yield self.env.timeout(ready - self.env.now + self.random.exponential(WAY_A))
        self.receive(self.places["C"], pieces)
