"""Every figure of an observation by its name, for results, pages, REST and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from spareverse.errors import NotFound, Problem
from spareverse.figures.figure import Figure
from spareverse.figures.viability.alarms import alarm_timeline
from spareverse.figures.viability.components import component_bars
from spareverse.figures.viability.effects import promises_and_outcomes, recommendation_forest
from spareverse.figures.viability.externalities import externality_matrix
from spareverse.figures.viability.map import viability_map
from spareverse.figures.viability.noticed import noticed_delays
from spareverse.figures.viability.recovery import recovery_curves
from spareverse.figures.viability.warnings import warning_scatter
from spareverse.network.observer_tables import OBSERVER_TABLES

NAMES = (
    "viability-map", "components", "externalities", "recovery", "alarms", "warnings", "recommendations", "follow-ups",
    "noticed",
)  # fmt: skip
_TABLES = {table.name: table for table in OBSERVER_TABLES}


@dataclass(frozen=True)
class ViabilityGallery:
    """The figures of one observation. ``tables`` by the names of OBSERVER_TABLES, missing = empty.

    ``centre``: the point farthest inside the limits; ``experimental``: axis -> why; ``earlier``: today's points of
    earlier observations (schema VIABILITY), oldest first.
    """

    tables: Mapping[str, pl.DataFrame]
    currency: str
    centre: str | None = None
    experimental: Mapping[str, str] = field(default_factory=dict)
    earlier: pl.DataFrame | None = None

    def figure(self, name: str) -> Figure:
        """One figure; NotFound for another name."""
        drawings: dict[str, Callable[[], Figure]] = {
            "viability-map": self.map,
            "components": lambda: component_bars(self._table("homeostasis")),
            "externalities": lambda: externality_matrix(self._table("externalities"), self.currency),
            "recovery": lambda: recovery_curves(self._table("recovery")),
            "alarms": lambda: alarm_timeline(self._table("alarms")),
            "warnings": lambda: warning_scatter(self._table("warnings"), self.currency),
            "recommendations": lambda: recommendation_forest(self._table("recommendations"), self.currency),
            "noticed": lambda: noticed_delays(self._table("noticed")),
            "follow-ups": lambda: promises_and_outcomes(self._table("follow_ups"), self._titles(), self.currency),
        }
        if name not in drawings:
            problem = Problem("unknown figure", f"Use one of {', '.join(NAMES)}.", value=name)
            raise NotFound(f"There is no figure {name!r} of an observation.", [problem])
        return drawings[name]()

    def map(self, height: int = 440) -> Figure:
        """The viability map, as high as its place asks for."""
        return viability_map(
            self._table("viability"), centre=self.centre, experimental=self.experimental, earlier=self.earlier,
            height=height, currency=self.currency,
        )  # fmt: skip

    def _titles(self) -> dict[str, str]:
        return dict(self._table("recommendations").select("nudge_id", "title").rows())

    def _table(self, name: str) -> pl.DataFrame:
        declared = _TABLES[name]
        found = self.tables.get(name)
        return declared.empty() if found is None else declared.completed(found)
