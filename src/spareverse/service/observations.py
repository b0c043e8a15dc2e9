"""Observations of a twin as the server holds them: read once, ordered as jobs, answered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from spareverse.figures.viability.gallery import ViabilityGallery
    from spareverse.service.jobs import Job, JobQueue
    from spareverse.twin import Twin
    from spareverse.twin.observation import Observation

OBSERVE = "observe"
"""Kind of job."""
MOST_TAIL = 30
"""Observations that are looked through for the way today's point has come."""
KEEP = 3
"""How many observations stay in memory."""


class Observations:
    """Observations of one twin, newest first."""

    def __init__(self, twin: Twin, jobs: JobQueue) -> None:
        self._twin, self._jobs = twin, jobs
        self._known: OrderedDict[str, Observation] = OrderedDict()
        self._ways: dict[str, pl.DataFrame] = {}
        self._held: list[dict[str, Any]] = []
        """The limits that what is in memory is held against."""
        self._lock = Lock()

    def ids(self) -> list[str]:
        return self._twin.folder.runs("observation")

    def observation(self, id: str = "latest") -> Observation:  # noqa: A002 -- the word users know
        """A kept observation; NotFound when there is none."""
        with self._lock:
            self._forget_if_limits_changed()
            run = (self.ids()[:1] or [""])[0] if id == "latest" else id
            if run not in self._known:
                self._known[run] = self._twin.observation(id)
                if len(self._known) > KEEP:
                    self._known.popitem(last=False)
            self._known.move_to_end(run)
            return self._known[run]

    def _forget_if_limits_changed(self) -> None:
        """They may be set in a terminal, too."""
        held = self._twin.limits().to_dicts()
        if held != self._held:
            self._held, self._ways = held, {}
            self._known.clear()

    def stale(self, found: Observation) -> bool:
        """Whether files were imported, or another network was made, since it was observed."""
        networks = self._twin.folder.runs("network")[:1]
        same_network = found.document["network"] == (networks[0] if networks else None)
        return not same_network or found.document["inputs"] != self._twin.folder.fingerprint()

    def warnings(self, id: str = "latest", *, snoozed: bool = False) -> pl.DataFrame:  # noqa: A002
        """Warnings with what was said of them; snoozed ones on demand."""
        return self._twin.warnings(id, snoozed=snoozed)

    def answer(
        self, warning_id: str, state: str | None, *, snoozed_until: date | str | None = None, comment: str | None = None
    ) -> None:
        """Keep what somebody says of a warning; None takes it back."""
        self._twin.answer_warning(warning_id, state, snoozed_until=snoozed_until, comment=comment)

    def limits(self) -> pl.DataFrame:
        """The limits that were set for the twin (schema LIMITS); empty: those of its network, or defaults."""
        return self._twin.limits()

    def limits_held(self) -> pl.DataFrame:
        """Those observations are held against, of the twin or of its network (schema LIMITS); empty: the defaults."""
        return self._twin.limits_held()

    def set_limits(self, limits: pl.DataFrame) -> None:
        """Hold every observation against other limits from now on; empty: back to what it was made with."""
        self._twin.set_limits(limits)

    def trajectory(self, found: Observation) -> pl.DataFrame:
        """Today's point of the observations before one (schema VIABILITY), oldest first; the point is named by its day.

        Of several of the same network and record, the newest.
        """
        import polars as pl

        from spareverse.network.observer_tables import VIABILITY

        def made_of(document: Mapping[str, Any]) -> tuple[Any, Any]:
            return document["network"], document["inputs"]

        if found.id in self._ways:
            return self._ways[found.id]
        ids = self.ids()
        before = ids[ids.index(found.id) + 1 :] if found.id in ids else []
        seen, rows = [made_of(found.document)], []
        for run in before[:MOST_TAIL]:
            earlier = self._twin.observation(run)
            now = earlier.now
            if now is None or now["kind"] != "now" or made_of(earlier.document) in seen:
                continue
            seen.append(made_of(earlier.document))
            rows.append(now | {"point": earlier.document["made_at"][:10]})
        self._ways = {found.id: pl.DataFrame(rows[::-1], schema=VIABILITY.schema)}
        return self._ways[found.id]

    def gallery(self, found: Observation, said: Mapping[str, pl.DataFrame] | None = None) -> ViabilityGallery:
        """Its figures; ``said``: tables in place of its own, as people have answered them."""
        from spareverse.figures.viability.gallery import ViabilityGallery
        from spareverse.network.observer_tables import OBSERVER_TABLES

        own = {table.name: found.table(table.name) for table in OBSERVER_TABLES if table.name in found.tables}
        return ViabilityGallery(
            {**own, **(said or {})}, str(found.document["currency"]),
            found.document.get("centre"), found.experimental, self.trajectory(found),
        )  # fmt: skip

    def record_ends(self) -> date | None:
        """The day of the last order of the record; None without one."""
        return self._twin.record_ends()

    def accept(self, nudge_id: str, *, comment: str | None = None, holds_from: date | str | None = None) -> None:
        """Accept a recommendation of the newest observation, to hold from a day on (default: the record's last)."""
        self._twin.accept_recommendation(nudge_id, comment=comment, holds_from=holds_from)

    def withdraw(self, nudge_id: str) -> None:
        """Take an acceptance back; that there was one is kept."""
        self._twin.withdraw_recommendation(nudge_id)

    def accepted(self) -> pl.DataFrame:
        """Schema ACCEPTED."""
        return self._twin.accepted_recommendations()

    def withdrawn(self) -> pl.DataFrame:
        """Acceptances taken back, the newest first (schema WITHDRAWN)."""
        return self._twin.withdrawn_recommendations()

    def follow_ups(self) -> pl.DataFrame:
        """Schema FOLLOW_UPS."""
        return self._twin.follow_ups()

    def order(self, arguments: Mapping[str, Any]) -> Job:
        """Queue an observation (arguments of ``Twin.observe`` as JSON values), or return the job that does it.

        NotFound for a scenario there is not, before anybody waits for it.
        """
        given = {name: value for name, value in arguments.items() if value not in (None, [], (), False)}
        for name in given.get("scenarios", ()):
            self._twin.scenario(str(name))
        title = "Observe the company" + (", refined" if given.get("thorough") else "")
        return self._jobs.find(OBSERVE, given) or self._jobs.submit(OBSERVE, given, title=title)

    def active(self) -> Job | None:
        """The job that waits or runs."""
        return next((job for job in self._jobs.active() if job.kind == OBSERVE), None)

    def last(self) -> Job | None:
        """The newest job, however it ended."""
        return next((job for job in self._jobs.all() if job.kind == OBSERVE), None)
