"""A scenario: what is different from the network as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from spareverse.network.agent_tables import AGENTS, INCENTIVES, LEVERS

Nature = Literal["choice", "event", "pay"]
_OF_PAY = {table.name for table in (AGENTS, INCENTIVES, LEVERS)}

SWITCHES = (
    "budget", "capacity queue", "disruption", "lead time beyond plan", "transport queue", "link closed",
    "transport beyond plan", "quality hold",
)  # fmt: skip
"""Causes of waiting that can be taken away."""


@dataclass(frozen=True)
class Override:
    """Rows of a table that match ``where`` get new values: ``value`` replaces, ``factor`` multiplies ``column``.

    No ``where`` means every row; an empty text as ``value`` clears the cell.
    """

    table: str
    column: str
    where: Mapping[str, str | int | float] = field(default_factory=dict)
    value: str | float | None = None
    factor: float | None = None


@dataclass(frozen=True)
class Scenario:
    """Overrides in order, and disturbances added; read from a small file of ``[[override]]`` and ``[[disturbance]]``.

    ``switched_off`` names causes of waiting taken away (a counterfactual), of ``SWITCHES``.
    """

    name: str
    title: str = ""
    overrides: tuple[Override, ...] = ()
    disturbances: tuple[Mapping[str, str | float | None], ...] = ()
    """Rows of the table of disturbances."""
    switched_off: tuple[str, ...] = ()

    @property
    def nature(self) -> Nature:
        """``pay``: nobody acts otherwise in a run for it; ``event``: it befalls the company; else ``choice``."""
        if self.overrides and all(one.table in _OF_PAY for one in self.overrides) and not self.disturbances:
            return "choice" if self.switched_off else "pay"
        return "choice" if self.overrides or self.switched_off or not self.disturbances else "event"
