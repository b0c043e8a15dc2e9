"""The warehouse-options study a second time, as SimPy processes, from the words of ``network.study`` alone.

Nothing of the product's engine, sampling or compilation is used: laws are drawn with Python's own ``random``. It reads
the same ``Study`` and answers the measures that do not depend on prices, one value per run.

    runs = replicate(study, "physical", runs=100, seed=1)      # {"availability": array of 100, ...}
"""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from math import ceil, log
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from spareverse.network import distributions as laws
from spareverse.network.study import HOURS_PER_MONTH, HOURS_PER_YEAR, Option, Policy, Study

Process = Generator[simpy.Event, Any, None]
Draw = Callable[[], float]


def drawing(law: laws.Distribution, dice: random.Random) -> Draw:
    """A way to draw ``law`` [h] with ``dice``."""
    match law:
        case laws.Constant(value):
            return lambda: value
        case laws.Exponential(mean):
            return lambda: dice.expovariate(1.0 / mean)
        case laws.Triangular(low, mode, high):
            return lambda: dice.triangular(low, high, mode)
        case laws.Uniform(low, high):
            return lambda: dice.uniform(low, high)
        case laws.Gamma(shape, scale):
            return lambda: dice.gammavariate(shape, scale)
        case laws.Weibull(shape, scale):
            return lambda: dice.weibullvariate(scale, shape)
        case laws.LogNormal(median, sigma):
            return lambda: dice.lognormvariate(log(median), sigma)
    raise TypeError(f"no drawing of {law}")


def life_law(words: str | None, mean_h: float) -> laws.Distribution:
    """Only the two laws the cases use."""
    if words is None or words == "exponential":
        return laws.Exponential(mean_h)
    found = re.fullmatch(r"weibull\(shape=([\d.]+)\)", words)
    assert found, words
    shape = float(found[1])
    return laws.Weibull(shape, mean_h / laws.Weibull(shape, 1.0).mean)


@dataclass
class Order:
    """Pieces asked of the stock point above, or a piece an asset waits for."""

    pieces: int
    serve: Callable[[int], None]
    """Called with the number of pieces, perhaps in parts."""


@dataclass
class StockPoint:
    """Stock on site or in the central warehouse."""

    env: simpy.Environment
    policy: Policy
    rule: str
    lead: Draw
    """Supplier's lead time, or the transfer from the stock point above."""
    hurried: Draw
    above: StockPoint | None = None
    shelf_life_h: float = 0.0
    count: dict[str, float] = field(default_factory=dict)
    on_hand: int = 0
    on_order: int = 0
    replenishing: int = 0
    announced: int = 0
    queue: deque[Order] = field(default_factory=deque)
    ages: deque[float] = field(default_factory=deque)
    since: float = 0.0

    def __post_init__(self) -> None:
        if self.policy.kind != "on_demand":
            self.stock(self.policy.initial_stock)
        if self.policy.kind == "periodic":
            self.env.process(self.reviews())
        self.review()

    def add(self, what: str, amount: float = 1.0) -> None:
        self.count[what] = self.count.get(what, 0.0) + amount

    def hold(self) -> None:
        """Charge stock on hand up to now."""
        self.add("stock_hours", self.on_hand * (self.env.now - self.since))
        self.since = self.env.now

    def stock(self, pieces: int) -> None:
        self.hold()
        self.on_hand += pieces
        self.ages.extend([self.env.now] * pieces)
        if self.shelf_life_h and pieces:
            self.env.process(self.expiry())

    def take(self, pieces: int) -> None:
        self.hold()
        self.on_hand -= pieces
        for _ in range(pieces):
            self.ages.popleft()

    def expiry(self) -> Process:
        yield self.env.timeout(self.shelf_life_h)
        old = sum(age <= self.env.now - self.shelf_life_h + 1e-9 for age in self.ages)
        if old:
            self.take(old)
            self.add("expired_pieces", old)
            self.review()

    def request(self, order: Order) -> int:
        """Serve what is there at once; the rest waits. Returns the pieces short."""
        ready = min(self.on_hand, order.pieces)
        if ready:
            self.take(ready)
            order.serve(ready)
        if ready < order.pieces:
            self.queue.append(Order(order.pieces - ready, order.serve))
        return order.pieces - ready

    def piece_for(self, asset_gets: simpy.Event) -> None:
        """A failure asks for its piece."""
        self.add("failures")
        if self.on_hand:
            self.take(1)
            asset_gets.succeed()
            self.review()
            return
        self.add("stock_outs")
        if self.rule == "own_piece":
            self.order(1, "own", lambda _: asset_gets.succeed())
        else:
            self.queue.append(Order(1, lambda _: asset_gets.succeed()))
            if self.rule == "first_arrival":
                self.order(1, "emergency", self.arrive_hurried)
        self.review()

    def review(self, *, by_clock: bool = False) -> None:
        """Order what the policy wants."""
        policy = self.policy
        if policy.kind == "periodic" and not by_clock:
            return
        position = self.on_hand + self.on_order - sum(order.pieces for order in self.queue) - self.announced
        up_to = 0 if policy.kind == "on_demand" else policy.order_up_to
        level = up_to - 1 if policy.kind in ("base_stock", "on_demand") else policy.reorder_point
        if policy.basis == "on_hand":
            if self.on_hand > level or self.replenishing:
                return
            wanted = policy.order_quantity if policy.kind == "reorder_point" else up_to - self.on_hand
        else:
            if position > level:
                return
            wanted = up_to - position
            if policy.kind == "reorder_point":
                wanted = policy.order_quantity * ((level - position) // policy.order_quantity + 1)
        self.order(wanted, "ordinary", self.arrive_ordinary)

    def reviews(self) -> Process:
        while True:
            yield self.env.timeout(self.policy.review_interval_h)
            self.review(by_clock=True)

    def order(self, pieces: int, kind: str, arrive: Callable[[int], None]) -> None:
        self.add("orders")
        self.add("pieces_ordered", pieces)
        if kind != "ordinary":
            self.add("emergency_orders")
        if kind != "own":
            self.on_order += pieces
        if kind == "ordinary":
            self.replenishing += pieces
        if self.above is None:
            hours = self.lead() if kind == "ordinary" else self.hurried()
            self.env.process(self.deliver(hours, pieces, arrive, "shipments"))
            return
        above = self.above
        short = above.request(
            Order(pieces, lambda ready: self.env.process(self.deliver(self.lead(), ready, arrive, "transfers")))
        )
        if short and kind != "ordinary" and self.rule != "none":
            above.order(short, "emergency", above.arrive_hurried)
        above.review()

    def deliver(self, hours: float, pieces: int, arrive: Callable[[int], None], what: str) -> Process:
        yield self.env.timeout(hours)
        self.add(what)
        arrive(pieces)

    def arrive_ordinary(self, pieces: int) -> None:
        self.replenishing -= pieces
        self.arrive_hurried(pieces)

    def arrive_hurried(self, pieces: int) -> None:
        self.on_order -= pieces
        left = pieces
        while left and self.queue:
            head = self.queue.popleft()
            given = min(left, head.pieces)
            left -= given
            if given < head.pieces:
                self.queue.appendleft(Order(head.pieces - given, head.serve))
            head.serve(given)
        self.stock(left)


class Weather:
    """Open and closed spells, exponential, with the mean of the month in which they start."""

    def __init__(self, opened: tuple[float, ...], closed: tuple[float, ...], dice: random.Random) -> None:
        self.opened, self.closed, self.dice = opened, closed, dice
        self.spells: list[tuple[float, float]] = []
        self.until = 0.0
        if closed and dice.random() > opened[0] / (opened[0] + closed[0]):
            self.until = self.spell(closed)

    def spell(self, means: tuple[float, ...]) -> float:
        return self.dice.expovariate(1.0 / means[int(self.until // HOURS_PER_MONTH) % 12 % len(means)])

    def start(self, now: float, hours: float, must_fit: bool) -> tuple[float, float]:
        """First moment from ``now`` on at which work of so many hours can start, and the end of that window."""
        if not self.closed:
            return now, float("inf")
        position = 0
        while True:
            while position >= len(self.spells):
                begin = self.until
                self.until += self.spell(self.opened)
                self.spells.append((begin, self.until))
                self.until += self.spell(self.closed)
            begin, end = self.spells[position]
            start = max(begin, now)
            if start < end and (not must_fit or start + hours <= end):
                return start, end
            position += 1


class Asset:
    """Pieces in blocks of k of n; they age only while the asset works."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.blocks: list[Block] = []
        self.changed = world.env.event()
        self.up_h = self.waiting_h = self.access_h = self.replacing_h = 0.0
        self.since = 0.0

    @property
    def works(self) -> bool:
        return all(block.at_work >= block.needed for block in self.blocks)

    def charge(self) -> None:
        """The time since the last change goes to what the asset did."""
        spent, self.since = self.world.env.now - self.since, self.world.env.now
        states = [piece.state for block in self.blocks for piece in block.pieces]
        if self.works:
            self.up_h += spent
        elif "waiting" in states:
            self.waiting_h += spent
        elif "blocked" in states:
            self.access_h += spent
        else:
            self.replacing_h += spent

    def change(self, piece: Piece, state: str) -> None:
        self.charge()
        piece.state = state
        self.changed.succeed()
        self.changed = self.world.env.event()

    def life(self) -> Process:
        """Let the pieces age to the next failure or warning, or until something changes."""
        env = self.world.env
        while True:
            working = [piece for block in self.blocks for piece in block.pieces if piece.state == "working"]
            if not self.works or not working:
                yield self.changed
                continue
            factor, until = self.world.wear(env.now)
            soonest = min(working, key=lambda piece: piece.mark)
            begin, left = env.now, soonest.mark / factor
            yield env.timeout(min(left, until - begin)) | self.changed
            for piece in working:
                piece.mark -= (env.now - begin) * factor
            if soonest.mark <= 1e-9 and soonest.state == "working":
                soonest.reach_mark()


@dataclass
class Block:
    """The pieces of one line in its asset."""

    asset: Asset
    stock: StockPoint
    needed: int
    life: Draw
    replacement: Draw
    warning: Draw | None
    announces: bool
    pieces: list[Piece] = field(default_factory=list)

    @property
    def at_work(self) -> int:
        return sum(piece.state == "working" for piece in self.pieces)


class Piece:
    """A position in the asset; ``mark`` is the wear to its warning or failure, ``rest`` what follows the warning."""

    def __init__(self, block: Block) -> None:
        self.block, self.state = block, "working"
        self.renew()

    def renew(self) -> None:
        total = self.block.life()
        ahead = min(self.block.warning(), total) if self.block.warning else 0.0
        self.warned = self.block.warning is None
        self.mark, self.rest = total - ahead, ahead

    def reach_mark(self) -> None:
        if not self.warned:
            self.warned, self.mark = True, self.rest
            if self.block.announces:
                self.block.stock.announced += 1
                self.block.stock.review()
            return
        self.block.asset.change(self, "waiting")
        self.block.asset.world.env.process(self.renewal())

    def renewal(self) -> Process:
        block, world = self.block, self.block.asset.world
        if block.announces and block.warning:
            block.stock.announced -= 1
        failed, piece = world.env.now, world.env.event()
        world.waiting[self] = failed
        block.stock.piece_for(piece)
        yield piece
        block.stock.add("wait_hours", world.env.now - world.waiting.pop(self))
        hours = block.replacement()
        start = world.access(world.env.now, hours)
        if start > world.env.now:
            block.asset.change(self, "blocked")
            yield world.env.timeout(start - world.env.now)
        block.asset.change(self, "replacing")
        yield world.env.timeout(hours)
        self.renew()
        block.asset.change(self, "working")


class World:
    """One run of one option."""

    def __init__(self, study: Study, option: Option, dice: random.Random) -> None:
        self.env = simpy.Environment()
        self.study, self.option, self.dice = study, option, dice
        self.assets: dict[str, Asset] = {}
        self.stocks: dict[str, StockPoint] = {}
        self.centrals: dict[str, StockPoint] = {}
        self.waiting: dict[Piece, float] = {}
        access = study.access
        self.weather = Weather(access.open_mean_h, access.closed_mean_h, dice) if access else None
        self.critical: set[str] = set()
        for line in study.lines.iter_rows(named=True):
            self.install(line)
        for asset in self.assets.values():
            self.env.process(asset.life())

    def install(self, line: dict[str, Any]) -> None:
        asset = self.assets.setdefault(line["asset_id"], Asset(self, line["asset_id"]))
        key = line["interchange_group"] or line["part_id"]
        if key not in self.stocks:
            self.stocks[key] = self.stock_point(line, key)
        mean = HOURS_PER_YEAR / line["failures_per_year"]
        warning = laws.parse(line["warning"]) if line["warning"] else None
        block = Block(
            asset,
            self.stocks[key],
            line["needed_quantity"] or line["installed_quantity"],
            drawing(life_law(line["life"], mean), self.dice),
            drawing(laws.parse(line["replacement"]), self.dice),
            drawing(warning, self.dice) if warning else None,
            self.option.order_on_warning,
        )
        block.pieces = [Piece(block) for _ in range(line["installed_quantity"])]
        asset.blocks.append(block)
        if line["criticality"] == "high":
            self.critical.add(asset.name)

    def stock_point(self, line: dict[str, Any], key: str) -> StockPoint:
        option = self.option
        text = line["lead_time"] if option.warehouse == "physical" else line["digital_lead_time"]
        law = option.lead_time or laws.parse(text, unit="d")
        lead = drawing(law, self.dice)
        hurried = drawing(option.expedite_lead_time, self.dice) if option.expedite_lead_time else lead
        months = line["shelf_life_months"]
        shelf = option.shelf_life_h or (months * HOURS_PER_MONTH if months else 0.0)
        rule = self.study.emergency
        if option.central is None:
            return StockPoint(self.env, option.policy, rule, lead, hurried, shelf_life_h=shelf)
        above = StockPoint(self.env, option.central, rule, lead, hurried, shelf_life_h=shelf)
        self.centrals[key] = above
        assert option.transfer
        transfer = drawing(option.transfer, self.dice)
        return StockPoint(self.env, option.policy, rule, transfer, transfer, above, shelf_life_h=shelf)

    def wear(self, now: float) -> tuple[float, float]:
        """Factor of the failure rate, and until when it holds."""
        profile = self.study.profile
        if profile is None:
            return 1.0, float("inf")
        month = int((now + 1e-6) // HOURS_PER_MONTH)
        factor = profile.season[month % 12] if profile.season else 1.0
        until = (month + 1) * HOURS_PER_MONTH
        for begin, end, times in profile.campaigns:
            factor *= times if begin <= now + 1e-6 < end else 1.0
            until = min([until, *(edge for edge in (begin, end) if edge > now + 1e-6)])
        return factor, until

    def access(self, now: float, hours: float) -> float:
        """When work that could begin now begins."""
        rules = self.study.access
        if rules is None or self.weather is None:
            return now
        every, start = rules.visit_interval_h, now
        while True:
            visit = ceil(start / every - 1e-9) * every if every else start
            start, _ = self.weather.start(visit, hours, rules.must_fit)
            if not every or start == visit:
                return start

    def forget(self) -> None:
        """The warm-up is over."""
        for asset in self.assets.values():
            asset.charge()
            asset.up_h = asset.waiting_h = asset.access_h = asset.replacing_h = 0.0
        for point in (*self.stocks.values(), *self.centrals.values()):
            point.hold()
            point.count.clear()
        self.waiting = dict.fromkeys(self.waiting, self.env.now)

    def run(self) -> dict[str, float]:
        if self.study.warm_up_h:
            self.env.run(until=self.study.warm_up_h)
            self.forget()
        self.env.process(self.watch())
        self.env.run(until=self.study.horizon_h)
        for asset in self.assets.values():
            asset.charge()
        points = [*self.stocks.values(), *self.centrals.values()]
        for point in points:
            point.hold()
        horizon = self.study.horizon_h - self.study.warm_up_h

        def total(name: str, among: list[StockPoint]) -> float:
            return sum(point.count.get(name, 0.0) for point in among)

        site = list(self.stocks.values())
        supplied = [point for point in points if point.above is None]
        failures = total("failures", site)
        waited = total("wait_hours", site) + sum(self.env.now - since for since in self.waiting.values())
        assets = list(self.assets.values())
        return {
            "availability": sum(asset.up_h for asset in assets) / horizon / len(assets),
            "system_availability": self.together_h / horizon,
            "up_hours": sum(asset.up_h for asset in assets) / len(assets),
            "access_hours": sum(asset.access_h for asset in assets) / len(assets),
            "replacing_hours": sum(asset.replacing_h for asset in assets) / len(assets),
            "failures": failures,
            "stock_outs": total("stock_outs", site),
            "fill_rate": 1.0 - total("stock_outs", site) / failures if failures else 0.0,
            "wait_hours": waited / failures if failures else 0.0,
            "orders": total("orders", supplied),
            "emergency_orders": total("emergency_orders", supplied),
            "pieces_bought": total("pieces_ordered", supplied),
            "shipments": total("shipments", points),
            "transfers": total("transfers", points),
            "mean_stock": total("stock_hours", points) / horizon,
            "unused_pieces": float(sum(point.on_hand for point in points)),
            "expired_pieces": total("expired_pieces", points),
        }

    together_h: float = 0.0

    def watch(self) -> Process:
        """Hours in which all assets of high criticality work at once."""
        watched = [self.assets[name] for name in sorted(self.critical)]
        while watched:
            begin, together = self.env.now, all(asset.works for asset in watched)
            change = simpy.AnyOf(self.env, [asset.changed for asset in watched])
            left = self.env.timeout(self.study.horizon_h - begin - 1e-6)
            yield change | left
            self.together_h += (self.env.now - begin) * together
            if self.env.now >= self.study.horizon_h - 1e-5:
                return


def replicate(study: Study, option: str, *, runs: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """``runs`` independent runs: measure -> one value per run."""
    found = [World(study, study.option(option), random.Random(f"{seed} {run}")).run() for run in range(runs)]
    return {name: np.array([one[name] for one in found]) for name in found[0]}
