"""A scenario: what is different from the network as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
