"""The verb that makes a network of a twin's record, holds the record against it, and keeps both."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from spareverse.calibration.network_from_history import HORIZON_DAYS, network_of
from spareverse.calibration.points_from_history import recorded
from spareverse.calibration.universe_replay import DECLARED, REPLICATIONS, compare
from spareverse.errors import NotFound
from spareverse.jit import Cancel, Progress
from spareverse.network.components import COMPONENTS
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from spareverse.twin.built_network import CALIBRATED, BuiltNetwork
from spareverse.twin.records import Day, Records, announce_compiling, as_day, as_text

NETWORK = "network"
"""Kind of run by which the twin keeps networks."""


class Builder(Records):
    """Networks of a twin."""

    def build(
        self,
        *,
        until: Day = None,
        horizon_days: float = HORIZON_DAYS,
        lead_time_days: float | None = None,
        unit_cost: float | None = None,
        choose_models: bool = False,
        replay: bool = True,
        replications: int = REPLICATIONS,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> BuiltNetwork:
        """The network of the record as known before ``until`` (default: today), which is its day 0.

        Places, suppliers, sources, lead times, prices, rules (the company's, else the plan of record's, else those of
        the newest analysis), demand, and the state of that day. Every assumption is in its notices.

        lead_time_days, unit_cost
            Assumed where the tables say nothing.
        choose_models
            Choose each part's demand model by its score on earlier forecasts, as a plan does; slower.
        replay
            Also hold the record, at most its last three years, against ``replications`` simulations of the network.

        Kept in the twin; asked again with the same inputs, the kept one is returned. NotEnoughData, InputRejected,
        Cancelled.
        """
        made_of = self._built_of(until, horizon_days, lead_time_days, unit_cost, choose_models, replay, replications)
        if (kept := self.made_before(NETWORK, made_of)) is not None:
            return self.network(kept)
        announce_compiling(progress)
        say = progress or (lambda _fraction, _what: None)
        share = 0.4 if replay else 0.95
        known = recorded(
            self.tables(), until=as_day(until), costs=self.costs(), lead_time_days=lead_time_days,
            unit_cost=unit_cost, choose_models=choose_models,
            progress=lambda fraction, what: say(share * 0.7 * fraction, what), cancel=cancel,
        )  # fmt: skip
        made = network_of(
            known, self.tables(), plan=self._rules("adopted", "plan", "plan"),
            analysis=self._rules("analysis", "analysis", "parts"), currency=self.folder.settings.currency,
            name=self.folder.settings.name, horizon_days=horizon_days,
            progress=lambda fraction, what: say(share * (0.7 + 0.3 * fraction), what),
        )  # fmt: skip
        network = checked_network(dict(made.tables), name=made.name, notices=made.notices)
        calibration = None
        if replay and known.cycles.height and known.sold.height:
            calibration = compare(
                self.tables(), network, since=known.since, until=known.start,
                replications=replications, cancel=cancel,
                progress=lambda fraction, what: say(0.45 + 0.5 * fraction, f"Replay: {what}"),
            )  # fmt: skip
        return self._keep(made_of, network, known.start, calibration)

    def _built_of(self, until: Day, *options: Any) -> dict[str, Any]:
        names = ("horizon_days", "lead_time_days", "unit_cost", "choose_models", "replay", "replications")
        return {
            **self.made_of(),
            "until": as_text(until),
            "options": dict(zip(names, options, strict=True)),
            "rules_of": [*self.folder.runs("adopted")[:1], *self.folder.runs("analysis")[:1]],
        }

    def _rules(self, listed: str, kind: str, table: str) -> pl.DataFrame | None:
        """A table of the newest run of a kind, where there is one."""
        runs = self.folder.runs(listed)
        return self.folder.load_run(kind, runs[0])[1][table] if runs else None

    def _keep(
        self, made_of: dict[str, Any], network: Network, start: date, calibration: pl.DataFrame | None
    ) -> BuiltNetwork:
        document = {
            **made_of,
            "name": network.name,
            "start": start.isoformat(),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "notices": list(network.notices),
            "thresholds": DECLARED.text(),
            "summary": {
                "rows": {table.name: network[table.name].height for table in COMPONENTS},
                "verdicts": [] if calibration is None else _verdicts(calibration),
            },
        }
        tables = {name: frame for name, frame in network.tables.items() if frame.height}
        if calibration is not None:
            tables[CALIBRATED] = calibration
        with self.folder.writing():
            run = self.folder.save_run(NETWORK, document, tables)
        return self.network(run)

    def network(self, id: str = "latest") -> BuiltNetwork:  # noqa: A002 -- the word users know
        """A kept network; NotFound when there is none."""
        runs = self.folder.runs(NETWORK)
        if id == "latest" and not runs:
            raise NotFound("This twin has no network yet. `spareverse build` makes one.")
        run = runs[0] if id == "latest" else id
        document, tables = self.folder.load_run(NETWORK, run)
        return BuiltNetwork(run, document, tables)


def _verdicts(calibration: pl.DataFrame) -> list[dict[str, Any]]:
    """How many subjects of each measure have which verdict."""
    counted = calibration.group_by("measure", "verdict").agg(pl.len().alias("subjects"))
    return counted.sort("measure", "verdict").to_dicts()
