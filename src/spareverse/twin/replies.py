"""What people say to the Observer: warnings acknowledged, snoozed or acted upon, recommendations accepted."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from datetime import UTC, date, datetime
from typing import Any, cast

import polars as pl

from spareverse.errors import NotFound, Problem, UsageError
from spareverse.io.twin_folder import RunTables
from spareverse.network.agent_tables import LIMITS
from spareverse.network.observer_tables import RECOMMENDATIONS, VIABILITY, WARNINGS
from spareverse.network.reply_tables import ACCEPTED, WARNING_STATES, WITHDRAWN
from spareverse.observer.judging import judged
from spareverse.observer.viability import NO_SHARE, beyond_shares, centre, checked_limits
from spareverse.twin.builder import NETWORK
from spareverse.twin.follow_ups import follow_ups
from spareverse.twin.observation import DEFAULT_LIMITS_TAKEN, OBSERVATION, Observation
from spareverse.twin.records import Day, as_day
from spareverse.twin.simulator import Simulator

STATES = WARNING_STATES.column("state").choices


class Replies(Simulator):
    """Observations of a twin as they are answered."""

    def observation(self, id: str = "latest") -> Observation:  # noqa: A002 -- the word users know
        """A kept observation; NotFound when there is none."""
        runs = self.folder.runs(OBSERVATION)
        if id == "latest" and not runs:
            raise NotFound("This twin has not been observed yet. `spareverse observe` does it.")
        run = runs[0] if id == "latest" else id
        document, tables = self.folder.load_run(OBSERVATION, run)
        limits = self.limits()
        return Observation(run, document, tables) if limits.is_empty() else _against(limits, run, document, tables)

    def limits(self) -> pl.DataFrame:
        """The limits of the viable zone that were set for this twin (schema LIMITS); empty: those of its network."""
        return self.folder.replies(LIMITS)

    def limits_held(self) -> pl.DataFrame:
        """The limits observations are held against, with their comments: those set, else those of the network; empty:
        the defaults."""
        own = self.limits()
        if own.height or not self.folder.runs(NETWORK):
            return own
        return self.network().network[LIMITS.name]

    def set_limits(self, limits: pl.DataFrame) -> None:
        """Set the limits of the viable zone; observations are held against them from now on, earlier ones too.

        ``limits``: schema LIMITS; empty: back to those of the network, or the defaults. UsageError for a measure there
        is not or that is limited twice, a row without a limit, one whose lower limit is above its upper one, or a share
        beyond 0 to 1.
        """
        checked = checked_limits(LIMITS.completed(limits))
        wrong = [
            *((name, "The lower limit is above the upper one.", "Swap them.")
              for name in checked.filter(pl.col("at_least") > pl.col("at_most"))["measure"]),
            *((name, "The measure is limited twice.", "Keep one row, with both limits.")
              for name in checked.filter(~pl.col("measure").is_first_distinct())["measure"]),
            *((row["measure"], *NO_SHARE) for row in checked.to_dicts() if beyond_shares(row)),
        ]  # fmt: skip
        if wrong:
            problems = [Problem(reason, remedy, value=name) for name, reason, remedy in wrong]
            raise UsageError("The limits of the viable zone cannot be used.", problems)
        with self.folder.writing():
            for measure in self.limits()["measure"]:
                self.folder.take_back(LIMITS, str(measure))
            self.folder.reply(LIMITS, checked)

    def warnings(self, id: str = "latest", *, snoozed: bool = False) -> pl.DataFrame:  # noqa: A002
        """Warnings of an observation (schema WARNINGS) with state, snoozed_until, comment and chance_then; snoozed ones
        on demand.

        What was said of a warning holds for every observation that warns of the same. A snooze is over at its day, or
        where the chance has clearly risen since: the warning then waits for an answer again, without a state.
        """
        found = self.observation(id).table(WARNINGS.name)
        states = self.folder.replies(WARNING_STATES).drop("at")
        known = found.join(states, on="warning_id", how="left", maintain_order="left")
        slept, risen = pl.col("state") == "snoozed", pl.col("chance_low") > pl.col("chance_then_high")
        over = (pl.col("snoozed_until") <= datetime.now(UTC).date()) | risen.fill_null(value=False)
        woken = pl.when(slept & over).then(None).otherwise(pl.col("state"))
        known = known.with_columns(state=woken).drop("chance_then_high")
        return known if snoozed else known.filter((pl.col("state") == "snoozed").not_().fill_null(value=True))

    def answer_warning(
        self, warning_id: str, state: str | None, *, snoozed_until: Day = None, comment: str | None = None
    ) -> None:
        """Keep that a warning was acknowledged, snoozed until a day, or acted upon; None takes the word back.

        NotFound for a warning the newest observation does not have; UsageError for a state there is not.
        """
        if state is not None and state not in STATES:
            raise UsageError(f"A warning is {', '.join(STATES)}, not {state!r}.")
        until = as_day(snoozed_until)
        if (state == "snoozed") != (until is not None):
            raise UsageError("A snoozed warning needs the day until which it sleeps, any other has none.")
        own = self.observation().table(WARNINGS.name).filter(pl.col("warning_id") == warning_id)
        if own.is_empty():
            raise NotFound(f"The newest observation has no warning {warning_id!r}.")
        with self.folder.writing():
            if state is None:
                self.folder.take_back(WARNING_STATES, warning_id)
                return
            row = {
                "warning_id": warning_id, "state": state, "snoozed_until": until, "comment": comment, "at": _now(),
                "chance_then": own["chance"][0], "chance_then_high": own["chance_high"][0],
            }  # fmt: skip
            self.folder.reply(WARNING_STATES, pl.DataFrame([row], schema=WARNING_STATES.schema))

    def record_ends(self) -> date | None:
        """The day of the last order of the record; None without one."""
        days = [self.folder.table(name)["ordered_on"].max() for name in ("purchases", "sales")]
        return max((day for day in days if isinstance(day, date)), default=None)

    def accept_recommendation(self, nudge_id: str, *, comment: str | None = None, holds_from: Day = None) -> None:
        """Accept a recommendation of the newest observation; what it promises is held against the record from then on.

        ``holds_from``: from when on it is meant to hold; by default the last day of the record, or today without one.
        NotFound for one the newest observation does not have; UsageError for a day before the end of the record.
        """
        found = self.observation()
        if nudge_id not in found.table(RECOMMENDATIONS.name)["nudge_id"]:
            raise NotFound(f"The newest observation has no recommendation {nudge_id!r}.")
        today, ends = datetime.now(UTC).date(), self.record_ends()
        since = as_day(holds_from) or ends or today
        if ends is not None and since < ends:
            raise UsageError(f"The record ends on {ends}; what is accepted now cannot have held before.")
        row = {
            "nudge_id": nudge_id, "accepted": today, "observation": found.id, "known_until": ends, "comment": comment,
            "holds_from": since,
        }  # fmt: skip
        with self.folder.writing():
            self.folder.reply(ACCEPTED, pl.DataFrame([row], schema=ACCEPTED.schema))

    def withdraw_recommendation(self, nudge_id: str) -> None:
        """Take an acceptance back, and keep that there was one; NotFound where there is none."""
        with self.folder.writing():
            own = self.accepted_recommendations().filter(pl.col("nudge_id") == nudge_id)
            if own.is_empty():
                raise NotFound(f"No recommendation {nudge_id!r} has been accepted.")
            title = self._promised(own)["title"]
            told = own.with_columns(title=pl.lit(title[0] if len(title) else None, pl.String), withdrawn=pl.lit(_now()))
            self.folder.reply(WITHDRAWN, told.select(WITHDRAWN.names))
            self.folder.take_back(ACCEPTED, nudge_id)

    def accepted_recommendations(self) -> pl.DataFrame:
        """Schema ACCEPTED."""
        return self.folder.replies(ACCEPTED)

    def withdrawn_recommendations(self) -> pl.DataFrame:
        """Acceptances that were taken back, the newest first (schema WITHDRAWN)."""
        return self.folder.replies(WITHDRAWN).sort("withdrawn", "nudge_id", descending=[True, False])

    def follow_ups(self) -> pl.DataFrame:
        """What accepted recommendations promised beside what the record shows since (schema FOLLOW_UPS)."""
        accepted = self.accepted_recommendations()
        return follow_ups(accepted, self._promised(accepted), self.tables(), self.costs())

    def _promised(self, accepted: pl.DataFrame) -> pl.DataFrame:
        """The recommendations themselves (schema RECOMMENDATIONS), from the observations they come from."""
        promised = [RECOMMENDATIONS.empty()]
        for nudge, run in accepted.select("nudge_id", "observation").rows():
            _, tables = self.folder.load_run(OBSERVATION, run)
            promised.append(_promise(tables, nudge))
        return pl.concat(promised)


def _promise(tables: RunTables, nudge: str) -> pl.DataFrame:
    rows = RECOMMENDATIONS.completed(tables[RECOMMENDATIONS.name]).select(RECOMMENDATIONS.names)
    return rows.filter(pl.col("nudge_id") == nudge)


def _against(
    limits: pl.DataFrame, run: str, document: dict[str, Any], tables: Mapping[str, pl.DataFrame]
) -> Observation:
    """An observation held against limits that it was not made with."""
    held = judged(tables, limits, str(document["currency"]))
    notices = [text for text in document["notices"] if text != DEFAULT_LIMITS_TAKEN]
    said = document | {"notices": notices, "centre": centre(held[VIABILITY.name])}
    # lazily: replications are kept beside it, and need not be read
    return Observation(run, said, ChainMap(held, cast("MutableMapping[str, pl.DataFrame]", tables)))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
