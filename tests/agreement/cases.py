"""Studies whose answer is known exactly, or that two programs must answer alike.

Each case is a study of one option, small enough to simulate in seconds. ``exact`` comes from ``optimisation.spares``:
a closed form, or the Markov chain of the case; it is empty where no formula is known and only SimPy stands beside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from spareverse.network.distributions import Constant, Distribution, Exponential, Gamma, LogNormal, Triangular, Weibull
from spareverse.network.study import Access, Emergency, Option, Policy, RateProfile, Study
from spareverse.network.study_tables import STUDY_LINES
from spareverse.optimisation.spares import Fleet, FleetChain, evaluate
from spareverse.optimisation.spares import single_asset as asset
from spareverse.optimisation.spares.finite_population import birth_death
from spareverse.optimisation.spares.palm import expected_backorders, poisson_mass

YEAR = 8760.0
TWENTY_YEARS = 20 * YEAR
MONTHLY = 486.0 + 2.0 / 3.0
"""Mean life of El-Thalji 2025: 1.5 failures per month of 730 h."""
MANY = 1_000
"""Assets enough for Poisson demand."""


@dataclass(frozen=True)
class Case:
    """A study of one option, what is known of it, and how many runs to compare."""

    name: str
    formula: str
    study: Study
    exact: Mapping[str, float]
    runs: int = 2_000
    simpy_runs: int = 100
    compared: tuple[str, ...] = ()
    """Measures compared with SimPy alone."""

    @property
    def measures(self) -> tuple[str, ...]:
        return (*self.exact, *self.compared)


def line(mean_life_h: float, **given: Any) -> dict[str, Any]:
    """A line of the package; one piece in an asset of its own unless ``given`` says otherwise."""
    row = {
        "tag": "T1",
        "part_id": "P",
        "installed_quantity": 1,
        "criticality": "high",
        "failures_per_year": YEAR / mean_life_h,
        "replacement": "0 h",
    } | given
    row.setdefault("asset_id", row["tag"])
    return {name: row.get(name) for name in STUDY_LINES.names}


def fleet_lines(count: int, mean_life_h: float, **given: Any) -> list[dict[str, Any]]:
    """Assets alike that share one stock."""
    return [line(mean_life_h, tag=f"T{number}", **given) for number in range(count)]


def study(
    lines: list[dict[str, Any]],
    policy: Policy,
    lead_time: Distribution,
    *,
    emergency: Emergency = "none",
    option: Mapping[str, Any] | None = None,
    **given: Any,
) -> Study:
    """One option, ``only``."""
    table = pl.DataFrame(lines, schema=STUDY_LINES.schema)
    only = Option("only", "physical", policy=policy, lead_time=lead_time, **(option or {}))
    return Study("agreement", table, (only,), emergency=emergency, **({"horizon_h": TWENTY_YEARS} | given))


def base_stock(level: int) -> Policy:
    return Policy("base_stock", initial_stock=level, order_up_to=level)


def reorder(point: int, quantity: int, basis: Any = "position", kind: Any = "reorder_point") -> Policy:
    return Policy(kind, point + quantity, point, quantity, point + quantity, basis)


ON_DEMAND = Policy("on_demand")
PAPER = replace(reorder(2, 3, "on_hand"), initial_stock=3)
"""Scenario 1 of El-Thalji 2025."""


# one asset ---------------------------------------------------------------------------------------------------------


def erlang_losses() -> list[Case]:
    """Replaced at once, one order per failure: 1 - B(S + 1, E[L] / E[X]) whatever the law of the lead time."""
    found = []
    for stock, lead in (
        (0, Exponential(200.0)),
        (1, Constant(800.0)),
        (2, Triangular(480.0, 720.0, 1200.0)),
        (3, LogNormal(700.0, 0.6)),
    ):
        known = evaluate(base_stock(stock), Fleet(1, 1_000.0, lead.mean))
        found.append(
            Case(
                f"one asset, base stock {stock}, {type(lead).__name__.lower()} lead time",
                "1 - ErlangB(S + 1, E[L]/E[X])",
                study([line(1_000.0)], base_stock(stock), lead, warm_up_h=TWENTY_YEARS, horizon_h=2 * TWENTY_YEARS),
                {"availability": known.availability, "mean_stock": known.mean_on_hand},
            )
        )
    return found


def renewals() -> list[Case]:
    """No stock: E[X] / (E[X] + E[L] + r)."""
    given: list[tuple[str, float, str | None, Distribution, float]] = [
        ("digital warehouse of El-Thalji 2025", MONTHLY, None, Triangular(120.0, 168.0, 336.0), 8.0),
        ("conventional supply without stock", MONTHLY, None, Triangular(480.0, 720.0, 1200.0), 8.0),
        ("Weibull life, log-normal lead time", 886.2269, "weibull(shape=2)", LogNormal(280.0, 0.5), 24.0),
    ]
    return [
        Case(
            f"no stock: {name}",
            "E[X] / (E[X] + E[L] + r)",
            study(
                [line(life, life=law, replacement=f"{work} h")],
                ON_DEMAND,
                lead,
                emergency="first_arrival",
                warm_up_h=TWENTY_YEARS,
                horizon_h=3 * TWENTY_YEARS,
            ),
            {"availability": asset.without_stock(life, lead.mean, work)},
        )
        for name, life, law, lead, work in given
    ]


def chained(name: str, policy: Policy, fleet: Fleet) -> Case:
    """Erlang lead time (``lead_stages``), exponential replacement; exact over 20 years from the first stock on."""
    chain = FleetChain(policy, fleet, most_emergencies=6 if fleet.lead_stages == 1 else 3)
    found = chain.over(TWENTY_YEARS)
    assert found.truncated < 1e-5, name
    lead: Distribution = Exponential(fleet.mean_lead_time_h)
    if fleet.lead_stages > 1:
        lead = Gamma(float(fleet.lead_stages), fleet.mean_lead_time_h / fleet.lead_stages)
    hurried = fleet.mean_emergency_lead_time_h
    work = f"exponential({fleet.mean_replacement_h}) h" if fleet.mean_replacement_h else "0 h"
    exact = {
        "availability": found.availability,
        "failures": found.failures_per_h * TWENTY_YEARS,
        "stock_outs": found.failures_per_h * (1.0 - found.fill_rate) * TWENTY_YEARS,
        "orders": (found.orders_per_h + found.emergency_orders_per_h) * TWENTY_YEARS,
        "mean_stock": found.mean_on_hand,
    }
    if fleet.assets > 1:
        exact["system_availability"] = found.all_working
    return Case(
        name,
        f"Markov chain, {len(chain.chain.states)} states",
        study(
            fleet_lines(fleet.assets, fleet.mean_life_h, replacement=work),
            policy,
            lead,
            emergency=fleet.emergency,
            option={"expedite_lead_time": Exponential(hurried) if hurried else None},
        ),
        exact,
    )


def chains() -> list[Case]:
    one = Fleet(1, MONTHLY, 800.0, 8.0)
    own, first = replace(one, emergency="own_piece"), replace(one, emergency="first_arrival")
    three = Fleet(3, 900.0, 400.0, 24.0)
    by_position = reorder(1, 2)
    return [
        chained("El-Thalji 1, own piece, exponential", PAPER, own),
        chained("El-Thalji 1, first arrival, exponential", PAPER, first),
        chained("El-Thalji 1, no emergency order, exponential", PAPER, one),
        chained("El-Thalji 1, own piece, gamma(28) lead time", PAPER, replace(own, lead_stages=28)),
        chained("El-Thalji 4, own piece", reorder(3, 4, "on_hand"), replace(own, mean_lead_time_h=208.0)),
        chained("(s, Q) on the position", by_position, one),
        chained("(s, Q) on the position, first arrival", by_position, first),
        chained("(s, S) on stock on hand", reorder(1, 3, "on_hand", "order_up_to"), first),
        chained("base stock 3 on stock on hand", replace(base_stock(3), basis="on_hand"), one),
        chained("base stock 2, expedited", base_stock(2), replace(first, mean_emergency_lead_time_h=100.0)),
        chained("base stock 1, own piece expedited", base_stock(1), replace(own, mean_emergency_lead_time_h=100.0)),
        chained("three assets share base stock 2", base_stock(2), three),
        chained("three assets share (s, Q), first arrival", by_position, replace(three, emergency="first_arrival")),
        chained("three assets share (s, Q) on hand, own piece", PAPER, replace(three, emergency="own_piece")),
    ]


def warnings() -> list[Case]:
    found = []
    for life, law, ahead, lead in (
        (Exponential(MONTHLY), None, Exponential(300.0), Gamma(4.0, 50.0)),
        (Weibull(2.0, 900.0), "weibull(shape=2)", Constant(400.0), Triangular(480.0, 720.0, 1200.0)),
    ):
        found.append(
            Case(
                f"ordered on a warning, {type(life).__name__} life",
                "E[X] / (E[X] + r + E[(L - min(W, X))+])",
                study(
                    [line(life.mean, life=law, warning=ahead.text, replacement="8 h")],
                    ON_DEMAND,
                    lead,
                    option={"order_on_warning": True},
                    warm_up_h=TWENTY_YEARS,
                    horizon_h=3 * TWENTY_YEARS,
                ),
                {"availability": asset.with_warning(life, ahead, lead, 8.0)},
            )
        )
    return found


def access() -> list[Case]:
    """Ample spares; work waits for a visit or for open weather."""
    plenty, lead = base_stock(40), Constant(100.0)
    found = [
        Case(
            f"visits every {every:g} h, replacement of {work:g} h",
            "m / (V (n + exp(-(nV - r)/m) / (1 - exp(-V/m))))",
            study(
                [line(1_000.0, replacement=f"{work} h")],
                plenty,
                lead,
                access=Access(visit_interval_h=every),
                horizon_h=3 * TWENTY_YEARS,
                warm_up_h=TWENTY_YEARS,
            ),
            {"availability": asset.at_visits(1_000.0, every, work)},
        )
        for every, work in ((2_190.0, 0.0), (168.0, 8.0))
    ]
    found.append(
        Case(
            "weather windows, 60 h open and 35 h closed",
            "m / (m + r + P(closed) closed)",
            study(
                [line(400.0, replacement="24 h")],
                plenty,
                lead,
                access=Access(open_mean_h=(60.0,), closed_mean_h=(35.0,)),
            ),
            {"availability": asset.in_weather(400.0, 60.0, 35.0, 24.0)},
        )
    )
    return found


def assemblies() -> list[Case]:
    """Redundancy, and several parts in one asset; no stock, replaced at once, parts age only while the asset works."""
    rate, back = 1.0 / 1_000.0, 1.0 / 300.0
    one_of_two = birth_death(np.array([2 * rate, rate]), np.array([back, 2 * back]))
    two_of_three = birth_death(np.array([3 * rate, 2 * rate]), np.array([back, 2 * back]))
    exponential = Exponential(300.0)
    lasting = {"warm_up_h": TWENTY_YEARS, "horizon_h": 3 * TWENTY_YEARS}
    return [
        Case(
            "one of two pieces is enough",
            "birth and death",
            study([line(1_000.0, installed_quantity=2, needed_quantity=1)], ON_DEMAND, exponential, **lasting),
            {"availability": float(one_of_two[:2].sum())},
        ),
        Case(
            "two of three pieces are enough",
            "birth and death, the third rests while the asset is down",
            study([line(1_000.0, installed_quantity=3, needed_quantity=2)], ON_DEMAND, exponential, **lasting),
            {"availability": float(two_of_three[:2].sum())},
        ),
        Case(
            "two parts in one asset",
            "1 / (1 + sum E[L]/E[X]), suspended animation (Barlow & Proschan 1975)",
            study(
                [line(1_000.0, asset_id="A"), line(2_500.0, tag="T2", part_id="Q", asset_id="A")],
                ON_DEMAND,
                exponential,
                **lasting,
            ),
            {"availability": 1.0 / (1.0 + 0.3 + 0.12)},
        ),
    ]


# many assets: Poisson demand ---------------------------------------------------------------------------------------


def hadley_whitin() -> list[Case]:
    fleet = Fleet(MANY, MANY * 100.0, 400.0)
    lasting = {"warm_up_h": YEAR, "horizon_h": 6 * YEAR}
    policies = [
        ("(s, Q)", reorder(4, 3), Constant(400.0)),
        ("(s, S)", reorder(2, 5, kind="order_up_to"), Constant(400.0)),
        ("base stock, gamma lead time", base_stock(6), Gamma(2.0, 200.0)),
        ("periodic review", Policy("periodic", 9, 6, 1, 9, review_interval_h=333.0), Constant(400.0)),
    ]
    found = []
    for name, policy, lead in policies:
        known = evaluate(policy, fleet)
        exact = {
            "fill_rate": known.fill_rate,
            "wait_hours": known.expected_backorders / (fleet.demand_per_h * known.availability),
            "mean_stock": known.mean_on_hand,
        }
        found.append(
            Case(
                f"{MANY:,} assets, {name}",
                "Palm" if policy.kind == "base_stock" else "Hadley-Whitin",
                study(fleet_lines(MANY, MANY * 100.0), policy, lead, **lasting),
                exact,
                runs=300,
                simpy_runs=25,
            )
        )
    adaptive = Policy("adaptive", 8, 0, 3, service_level=0.9)
    known = evaluate(adaptive, replace(fleet, mean_lead_time_h=300.0))
    found.append(
        Case(
            f"{MANY:,} assets, adaptive reorder point",
            "Hadley-Whitin at the Poisson quantile",
            study(fleet_lines(MANY, MANY * 100.0), adaptive, Constant(300.0), warm_up_h=40 * YEAR, horizon_h=45 * YEAR),
            {"fill_rate": known.fill_rate, "mean_stock": known.mean_on_hand},
            runs=100,
            simpy_runs=0,
        )
    )
    return found


def two_places() -> Case:
    """Central base stock above a site: site backorders are those of Poisson(transfer) plus the central backorders."""
    rate, supplier, transfer, site, central = 0.01, 500.0, 72.0, 2, 4
    behind = np.arange(80)
    late = poisson_mass(behind + central, rate * supplier)
    late[0] = 1.0 - late[1:].sum()
    short = float(late @ expected_backorders(site - behind, rate * transfer))
    return Case(
        f"{MANY:,} assets, central base stock 4 above a site with 2",
        "exact two-echelon: transfer demand plus central backorders",
        study(
            fleet_lines(MANY, MANY / rate),
            base_stock(site),
            Gamma(3.0, supplier / 3.0),
            option={"central": base_stock(central), "transfer": Constant(transfer)},
            warm_up_h=YEAR,
            horizon_h=6 * YEAR,
        ),
        {"wait_hours": short / rate},
        runs=300,
        simpy_runs=25,
    )


def rates_in_time() -> list[Case]:
    """Failures while replaced at once from ample stock: the integral of the rate."""
    season = (0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 1.5, 1.5, 0.5)
    plenty, lead = base_stock(60), Constant(50.0)
    expected = TWENTY_YEARS / 500.0
    campaigns = ((1_000.0, 9_000.0, 3.0), (50_000.0, 60_000.0, 0.2))
    extra = 1.0 + (8_000.0 * 2.0 - 10_000.0 * 0.8) / TWENTY_YEARS
    bursts = RateProfile(burst_gap_h=700.0, burst_length_h=300.0, burst_factor=4.0)
    return [
        Case(
            "season of failures",
            "integral of the rate",
            study([line(500.0)], plenty, lead, profile=RateProfile(season)),
            {"failures": expected * sum(season) / 12.0},
        ),
        Case(
            "campaigns",
            "integral of the rate",
            study([line(500.0)], plenty, lead, profile=RateProfile(campaigns=campaigns)),
            {"failures": expected * extra},
        ),
        Case(
            "bursts",
            "integral of the mean rate",
            study([line(500.0)], plenty, lead, profile=bursts, warm_up_h=TWENTY_YEARS, horizon_h=2 * TWENTY_YEARS),
            {"failures": expected * (0.7 + 0.3 * 4.0)},
            simpy_runs=0,
        ),
    ]


# beside SimPy alone ------------------------------------------------------------------------------------------------


def beside_simpy() -> list[Case]:
    """What no formula covers at once; both emergency rules, all kinds of warehouse."""
    own = {"installed_quantity": 1, "replacement": "triangular(4, 8, 16) h"}
    package = [
        line(700.0, asset_id="pump", life="weibull(shape=2)", **own),
        line(1_500.0, tag="T2", asset_id="pump", part_id="Q", **own),
        line(900.0, tag="T3", asset_id="fan", part_id="Q", **own),
        line(1_200.0, tag="T4", part_id="R", **(own | {"installed_quantity": 3, "needed_quantity": 2})),
    ]
    slow, fast = Triangular(480.0, 720.0, 1200.0), Triangular(120.0, 168.0, 336.0)
    seen = ("availability", "system_availability", "failures", "stock_outs", "orders", "mean_stock", "wait_hours")
    central = {"central": reorder(1, 2), "transfer": Triangular(24.0, 48.0, 96.0)}
    weather = Access(168.0, (60.0,), (35.0,), must_fit=True)
    season = RateProfile((0.5, 0.5, 1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 0.5, 0.5, 0.5))
    periodic = Policy("periodic", 3, 2, 1, 3, review_interval_h=1_000.0)
    given: list[tuple[str, Study, tuple[str, ...]]] = [
        ("package, physical, own piece", study(package, PAPER, slow, emergency="own_piece"), ()),
        ("package, physical, first arrival", study(package, PAPER, slow, emergency="first_arrival"), ()),
        ("package, digital", study(package, ON_DEMAND, fast, emergency="first_arrival"), ()),
        ("package, hybrid, (s, S)", study(package, reorder(0, 2, kind="order_up_to"), fast), ("pieces_bought",)),
        (
            "package, central stock and transfer",
            study(package, base_stock(1), slow, option=central),
            ("transfers", "shipments"),
        ),
        (
            "package, central stock, first arrival",
            study(package, reorder(0, 2), slow, emergency="first_arrival", option=central),
            ("transfers", "shipments", "emergency_orders"),
        ),
        ("package, visits in weather windows", study(package, PAPER, fast, access=weather), ("access_hours",)),
        (
            "package, ordered on warnings",
            study(
                [row | {"warning": "exponential(400) h"} for row in package],
                base_stock(1),
                slow,
                option={"order_on_warning": True},
            ),
            ("unused_pieces",),
        ),
        ("package, periodic review", study(package, periodic, slow, emergency="first_arrival"), ("emergency_orders",)),
        ("package, season", study(package, reorder(1, 2), fast, profile=season), ()),
        (
            "package, shelf life of 1,500 h",
            study(package, base_stock(2), fast, option={"shelf_life_h": 1_500.0}),
            ("expired_pieces", "pieces_bought"),
        ),
        (
            "package, expedited",
            study(
                package, reorder(0, 2), slow, emergency="first_arrival", option={"expedite_lead_time": Constant(72.0)}
            ),
            ("emergency_orders",),
        ),
    ]
    return [
        Case(name, "none", found, {}, runs=1_000, simpy_runs=80, compared=(*seen, *more)) for name, found, more in given
    ]


def all_cases() -> list[Case]:
    """Every case, those with a formula first."""
    return [
        *erlang_losses(),
        *renewals(),
        *chains(),
        *warnings(),
        *access(),
        *assemblies(),
        *hadley_whitin(),
        two_places(),
        *rates_in_time(),
        *beside_simpy(),
    ]


def half_width(values: np.ndarray) -> float:
    """Of the 95 % interval of the mean."""
    return 1.96 * float(values.std(ddof=1)) / math.sqrt(len(values))
