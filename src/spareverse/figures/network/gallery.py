"""Every figure of a simulated network by its name, for results, pages, REST and reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from spareverse.errors import NotFound, Problem
from spareverse.figures.figure import Figure
from spareverse.figures.network.animation import Animation
from spareverse.figures.network.causes import Drill, cause_stack
from spareverse.figures.network.comparison import scenario_differences
from spareverse.figures.network.hurt import hurt
from spareverse.figures.network.picture import network_layers, network_map
from spareverse.figures.network.scenarios import Scenarios
from spareverse.figures.network.series import link_series, place_series
from spareverse.network.network import Network
from spareverse.network.scenario import Scenario
from spareverse.network.simulation_tables import SIMULATION_TABLES

NAMES = ("network-map", "network-layers", "place-series", "link-series", "causes", "scenarios", "hurt")


@dataclass(frozen=True)
class NetworkGallery:
    """The figures of one run. ``tables`` by the names of SIMULATION_TABLES, missing = empty; ``declared`` scenarios."""

    network: Network
    tables: Mapping[str, pl.DataFrame]
    declared: Sequence[Scenario] = ()

    @property
    def scenarios(self) -> Scenarios:
        """In the order of the run."""
        titles = {one.name: one.title for one in self.declared}
        found = Scenarios.of(self._table("measures"), titles)
        return found if found.names else Scenarios.of(self._table("series"), titles)

    def figure(
        self,
        name: str,
        *,
        scenario: str | None = None,
        place_id: str | None = None,
        link_id: str | None = None,
        drill: Drill | None = None,
    ) -> Figure:
        """One figure; NotFound for another name.

        ``scenario``: of map, layers, causes (None: the first) and hurt (None: the last). ``place_id`` of place-series
        (None: all places), ``link_id`` of link-series (None: the first), ``drill`` of causes.
        """
        every = self.scenarios
        first = scenario or (every.names[0] if every.names else "")
        last = scenario or (every.names[-1] if every.names else "")
        tables = {table.name: self._table(table.name) for table in SIMULATION_TABLES}
        period, warm_up = (float(self.network.setting(name)) for name in ("period_days", "warm_up_days"))
        drawings: dict[str, Callable[[], Figure]] = {
            "network-map": lambda: network_map(self.network, tables, first),
            "network-layers": lambda: network_layers(self.network, tables, first),
            "place-series": lambda: place_series(self.network, tables["series"], every, place_id),
            "link-series": lambda: link_series(self.network, tables["events"], every, link_id or self._any_link()),
            "causes": lambda: cause_stack(self._of_one_run(tables), first, period, drill, warm_up),
            "scenarios": lambda: scenario_differences(tables["differences"], tables["measures"], every),
            "hurt": lambda: hurt(self.network, tables["points"], tables["customers"], every, last),
        }
        if name not in drawings:
            problem = Problem("unknown figure", f"Use one of {', '.join(NAMES)}.", value=name)
            raise NotFound(f"There is no figure {name!r} of a network.", [problem])
        return drawings[name]()

    def animation(self, scenario: str | None = None, *, part_id: str | None = None) -> Animation:
        """What ``figures/network/animation.js`` plays, of one scenario (None: the first)."""
        every = self.scenarios
        name = scenario or (every.names[0] if every.names else "")
        known = next((one for one in self.declared if one.name == name), Scenario(name))
        return Animation.of(self.network, self._table("events"), known, part_id=part_id)

    @staticmethod
    def _of_one_run(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Charges of all replications as the mean of one."""
        runs = max(tables["series"]["replication"].n_unique(), 1)
        return tables["causes"].with_columns(pl.col("timeline_seconds", "critical_seconds") / runs)

    def _any_link(self) -> str:
        links = self.network["links"]["link_id"]
        return str(links[0]) if len(links) else ""

    def _table(self, name: str) -> pl.DataFrame:
        declared = next(table for table in SIMULATION_TABLES if table.name == name)
        found = self.tables.get(name)
        return declared.empty() if found is None else declared.completed(found)
