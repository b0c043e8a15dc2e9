"""The inputs of a published case, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from spareverse.optimisation.single_item.demand_laws import (
    DiscreteLaw,
    compound_poisson,
    from_chances,
    negative_binomial,
    poisson,
)

NAMES: dict[str, tuple[str, ...]] = {
    "fixed_cost": ("ordering_cost", "order_cost", "setup_cost", "fixed_ordering_cost", "cost_per_order", "K", "A"),
    "holding_cost": ("holding", "holding_cost_per_unit", "unit_holding_cost", "h"),
    "holding_cost_rate": ("holding_rate", "interest_rate", "carrying_rate", "i"),
    "stockout_cost": (
        "backorder_cost", "shortage_cost", "penalty_cost", "penalty", "backordering_cost", "underage_cost", "p", "b",
    ),
    "demand_mean": (
        "demand_rate", "mean_demand", "demand_per_period", "annual_demand", "mean", "rate", "lambda", "lambda_", "D",
    ),
    "demand_sd": ("sd_demand", "demand_std", "std", "sd", "standard_deviation"),
    "demand_variance": ("variance", "var"),
    "demand_pmf": ("pmf", "demand_probabilities", "demand_distribution"),
    "size_pmf": ("order_size_pmf", "line_size_pmf", "sizes"),
    "lead_time": ("leadtime", "lead_time_periods", "L"),
    "lead_time_demand": ("demand_over_lead_time",),
    "production_rate": ("manufacturing_rate", "replenishment_rate"),
    "breakpoints": ("break_points", "price_breaks", "quantity_breaks"),
    "unit_costs": ("prices", "unit_prices"),
    "unit_cost": ("price", "unit_price"),
    "base_stock": ("base_stock_level",),
    "order_quantity": ("Q",),
    "reorder_point": ("r", "s", "R"),
    "order_up_to": ("order_up_to_level", "S"),
    "series": ("demand_series", "values", "y"),
    "failures": ("times", "failure_times", "lifetimes"),
    "right_censored": ("censored", "suspensions", "survivors"),
    "mtbf": ("mean_time_between_failures", "mean_life", "mttf"),
    "mttr": ("mean_time_to_repair", "mean_repair_time"),
    "positions": ("operating_positions", "machines", "operating", "N"),
    "repairers": ("servers", "mechanics", "repairmen", "c"),
}  # fmt: skip


class CaseInputs:
    """Inputs by one name each, the names of the figures asked for, and the words that came with them."""

    def __init__(self, inputs: Mapping[str, Any], wanted: Mapping[str, Any], words: str) -> None:
        self.given = dict(inputs)
        for name, others in NAMES.items():
            for other in others:
                if name not in self.given and other in self.given:
                    self.given[name] = self.given[other]
        self._read_demand(self.given.get("demand"))
        self.wanted = wanted
        self.words = " ".join([words, *(text for text in inputs.values() if isinstance(text, str))]).lower()

    def has(self, *names: str) -> bool:
        return all(self.given.get(name) is not None for name in names)

    def asks(self, *names: str) -> bool:
        """Whether each of these figures is asked for."""
        return all(name in self.wanted for name in names)

    def number(self, name: str, default: float | None = None) -> float:
        """A number; ValueError where it is missing and has no default."""
        value = self.given.get(name, default)
        if value is None or isinstance(value, str | list | dict):
            raise ValueError(f"the input {name!r} must be a number, got {value!r}")
        return float(value)

    def whole(self, name: str, default: int | None = None) -> int:
        value = self.number(name, default)
        if value != int(value):
            raise ValueError(f"the input {name!r} must be a whole number, got {value:g}")
        return int(value)

    @property
    def is_normal(self) -> bool:
        """Whether demand is normal: a standard deviation is given and no other law is named."""
        return self.has("demand_sd") and not self._says("poisson", "binomial", "compound")

    def demand_law(self, periods: float = 1.0) -> DiscreteLaw:
        """Discrete demand of so many periods (of any length, where the law divides)."""
        if self.has("demand_pmf"):
            if periods != int(periods):
                raise ValueError(f"demand is known per period, so a lead time of {periods:g} must be whole")
            return _pmf(self.given["demand_pmf"]).times(int(periods))
        mean = self.number("demand_mean") * periods
        if self.has("size_pmf"):
            return compound_poisson(mean, _pmf(self.given["size_pmf"]))
        if self._says("binomial"):
            variance = self.number("demand_variance", self.number("demand_sd", 0.0) ** 2)
            return negative_binomial(mean, variance * periods)
        return poisson(mean)

    def lead_time_law(self) -> DiscreteLaw:
        """Discrete demand over the lead time, given as such or to be made from rate and lead time."""
        given = self.given.get("lead_time_demand")
        if given is None:
            return self.demand_law(self.number("lead_time", 0.0))
        if isinstance(given, Mapping | list):
            return _pmf(given)
        numbers = _numbers(str(given))
        if not numbers:
            raise ValueError(f"the lead-time demand {given!r} names no mean")
        if "binomial" in str(given).lower() and len(numbers) > 1:
            return negative_binomial(numbers[0], numbers[1])
        return poisson(numbers[0])

    def _read_demand(self, demand: Any) -> None:
        """Take the figures out of a demand given as a number or in words, such as 'normal 5, sd 1'."""
        figures = [demand] if isinstance(demand, int | float) else _numbers(demand) if isinstance(demand, str) else []
        if figures:
            self.given.setdefault("demand_mean", figures[0])
        if len(figures) > 1 and self._says("normal"):
            self.given.setdefault("demand_sd", figures[1])

    def _says(self, *words: str) -> bool:
        named = f"{self.given.get('demand', '')} {self.given.get('distribution', '')}".lower()
        return any(word in named for word in words)


def _numbers(text: str) -> list[float]:
    return [float(figure) for figure in re.findall(r"\d+(?:\.\d*)?(?:e[+-]?\d+)?", text)]


def _pmf(given: Any) -> DiscreteLaw:
    if isinstance(given, Mapping):
        return from_chances({int(value): float(chance) for value, chance in given.items()})
    if isinstance(given, list):
        return from_chances(dict(enumerate(map(float, given))))
    raise ValueError(f"chances are a list, or values with their chances, got {given!r}")
