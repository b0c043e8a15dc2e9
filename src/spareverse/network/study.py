"""A warehouse-options study: a package of spare part lines, and the ways to keep and supply them.

Times are hours, money is in the study's currency, weights are kilograms. A file may use other units; the reader
converts them. Semantics: El-Thalji 2025, extended where the docstrings say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from spareverse.network.distributions import Distribution
from spareverse.network.study_tables import STUDY_STOCK

HOURS_PER_DAY = 24.0
HOURS_PER_MONTH = 730.0
HOURS_PER_YEAR = 8760.0

PolicyKind = Literal["reorder_point", "order_up_to", "base_stock", "periodic", "on_demand", "adaptive"]
Basis = Literal["position", "on_hand"]
Emergency = Literal["first_arrival", "own_piece", "none"]
Warehouse = Literal["physical", "digital", "hybrid"]
Charged = Literal["on_purchase", "on_use"]
Covered = Literal["parts", "holding"]


@dataclass(frozen=True)
class Policy:
    """When and how much a stock point orders. Pieces.

    ``reorder_point``  (s, Q): at or below s order Q.          ``order_up_to``  (s, S): at or below s order up to S.
    ``base_stock``     (S-1, S): order up to S at every demand. ``periodic``     every R hours, at or below s, up to S.
    ``on_demand``      no stock: one piece ordered per demand.  ``adaptive``     (s, Q) whose s is the Poisson quantile
    at ``service_level`` of the demand expected over the mean lead time, both re-estimated from the asset's own history.

    ``basis`` "position": stock on hand + on order - waiting is compared with s. "on_hand" (El-Thalji 2025): stock on
    hand is, at every demand, and only while no replenishment is outstanding (emergency pieces are none). A piece that
    arrives and is handed on to a waiting asset is not a new demand.
    """

    kind: PolicyKind = "reorder_point"
    initial_stock: int = 0
    reorder_point: int = 0
    order_quantity: int = 1
    order_up_to: int = 0
    basis: Basis = "position"
    review_interval_h: float = 0.0
    service_level: float = 0.95


@dataclass(frozen=True)
class Fee:
    """What a digital warehouse charges: a subscription, a price per printed piece, or both.

    ``covers`` names what the subscriber then does not pay: the price of the parts, their holding cost.
    """

    per_month: float = 0.0
    pay_per_use: float = 0.0
    covers: frozenset[Covered] = frozenset()
    escalation_per_year: float = 0.0


@dataclass(frozen=True)
class Transport:
    """One way of moving pieces. ``shipment_weight_kg`` None: the weight of the pieces in the shipment counts."""

    mode: str = ""
    distance_km: float = 0.0
    co2_kg_per_tonne_km: float = 0.0
    co2_source: str = ""
    cost_per_shipment: float = 0.0
    cost_per_kg: float = 0.0
    shipment_weight_kg: float | None = None


@dataclass(frozen=True)
class Option:
    """One way to keep and supply the package. None for a distribution or price means: the line's own."""

    name: str
    warehouse: Warehouse
    title: str = ""
    policy: Policy = field(default_factory=Policy)
    """Stock on site, unless ``Study.stock`` says otherwise for the part."""
    central: Policy | None = None
    """Central stock that the site is supplied from; None: the supplier ships to the site."""
    transfer: Distribution | None = None
    """Hours from the central stock to the site."""
    lead_time: Distribution | None = None
    """Hours from supplier (or printer) to the first stock."""
    expedite_lead_time: Distribution | None = None
    """Hours of an emergency order; None: the ordinary lead time."""
    expedite_price: float = 0.0
    """Paid per emergency order, over the ordinary cost."""
    unit_price: float | None = None
    price_factor: float = 1.0
    order_cost: float = 0.0
    fee: Fee = field(default_factory=Fee)
    transport: Transport = field(default_factory=Transport)
    transfer_transport: Transport = field(default_factory=Transport)
    holding_per_piece_h: float = 0.0
    holding_rate_per_year: float = 0.0
    """Share of the unit price a year; adds to ``holding_per_piece_h``."""
    investment: float = 0.0
    scrap_share: float = 0.0
    """Share of its price that a piece still unused at the end brings back."""
    shelf_life_h: float | None = None
    """Overrides the line's; None: the line's own."""
    parts_charged: Charged = "on_purchase"
    """``on_use``: a piece is paid for when it leaves the stock, to be used or because it expired."""
    order_on_warning: bool = False
    """Condition-based: a warning counts as a demand in the inventory position."""
    qualified_only: bool = False
    """Only lines with ``am_qualified`` take this option; the others follow ``fallback``."""
    fallback: str | None = None
    """Name of another option. Its fee and investment are paid here too wherever a part follows it."""
    follows: Mapping[str, str] = field(default_factory=dict)
    """Part (or interchange group) -> name of the option it follows instead of this one."""
    target_availability: float | None = None
    """Stock of each part is then the smallest that reaches it, not ``policy``."""


@dataclass(frozen=True)
class RateProfile:
    """How the failure rate varies in time; factors multiply the rate, the season's mean need not be 1.

    ``season``: 12 factors, one per month of ``HOURS_PER_MONTH`` (time 0 = start of January), or empty.
    ``campaigns``: (start h, end h, factor). ``burst_*``: at random times (mean gap), for a random time (mean length),
    both exponential, the rate is ``burst_factor`` times as high.
    """

    season: tuple[float, ...] = ()
    campaigns: tuple[tuple[float, float, float], ...] = ()
    burst_gap_h: float = 0.0
    burst_length_h: float = 0.0
    burst_factor: float = 1.0


@dataclass(frozen=True)
class Access:
    """When work on the asset can start: at visits every so often, in random weather windows, or both.

    ``open_mean_h`` and ``closed_mean_h``: exponential means of the lengths of open and closed weather, 12 monthly
    values each, or one. ``visit_interval_h``: work starts only at multiples of it. ``must_fit``: the work must end
    within the weather window.
    """

    visit_interval_h: float = 0.0
    open_mean_h: tuple[float, ...] = ()
    closed_mean_h: tuple[float, ...] = ()
    must_fit: bool = False


@dataclass(frozen=True)
class Economics:
    """Prices that do not depend on the option."""

    discount_rate: float = 0.0
    """Per year; costs are discounted at the end of the period they fall in, investment and first stock not at all."""
    co2_price_per_kg: float = 0.0
    downtime_cost_per_h: float = 0.0
    """Of an asset without its own; the line table's column wins."""
    downtime_season: tuple[float, ...] = ()
    """12 factors on the cost of down time, or empty."""


@dataclass(frozen=True)
class Study:
    """Everything a run needs but the seed and the number of replications."""

    name: str
    lines: pl.DataFrame
    """Schema ``STUDY_LINES``: one row per tag x part, checked and with defaults filled in."""
    options: tuple[Option, ...]
    currency: str = "EUR"
    horizon_h: float = 20 * HOURS_PER_YEAR
    warm_up_h: float = 0.0
    """Not counted; for steady-state figures."""
    period_h: float = HOURS_PER_YEAR
    """Length of an accounting period; one month where seasons matter."""
    emergency: Emergency = "first_arrival"
    """What an asset does at a failure without a spare: order one piece more and take whichever piece comes first
    (``first_arrival``), order one piece for itself and wait for that one (``own_piece``: reproduces El-Thalji 2025
    only), or wait for the ordinary replenishment (``none``)."""
    economics: Economics = field(default_factory=Economics)
    profile: RateProfile | None = None
    access: Access | None = None
    stock: pl.DataFrame = field(default_factory=STUDY_STOCK.empty)
    """Stock levels by option, part and place, where they differ from the option's policy."""
    target_availability: float | None = None
    """For the questions about the smallest stock."""
    notes: tuple[str, ...] = ()
    """Assumptions the reader made (defaults, pooled rates); shown with every result."""

    def option(self, name: str) -> Option:
        """KeyError when the study has no option of that name."""
        for option in self.options:
            if option.name == name:
                return option
        raise KeyError(f"study {self.name!r} has no option {name!r}")
