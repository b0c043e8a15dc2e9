"""The plans of a twin as the server holds them: read once, ordered as jobs, decided on, compared with the last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

import polars as pl

from spareverse.network.plan_list import CHANGED, OPEN
from spareverse.network.plan_tables import OUTCOMES, POLICY_KEY
from spareverse.service.plan_list import PlanRows, backtest_rows
from spareverse.service.rows import Rows

if TYPE_CHECKING:
    from spareverse.service.jobs import Job, JobQueue
    from spareverse.twin import Twin
    from spareverse.twin.backtest import Backtest
    from spareverse.twin.plan import Plan

ADOPTED = "adopted"
"""The plan of record, by which ``Twin.plan`` knows it."""
OPTIMISE, BACKTEST = "optimise", "backtest"
"""Kinds of jobs; their arguments are those of the twin's verbs."""
KEEP = 3
"""How many plans stay in memory."""


class Plans:
    """Plans and back-tests of one twin, newest first."""

    def __init__(self, twin: Twin, jobs: JobQueue) -> None:
        self._twin = twin
        self._jobs = jobs
        self._plans: OrderedDict[str, tuple[Plan, PlanRows]] = OrderedDict()
        self._backtests: OrderedDict[str, tuple[Backtest, Rows]] = OrderedDict()
        self._outcomes: tuple[tuple[object, ...], pl.DataFrame] | None = None
        self._lock = Lock()

    def ids(self) -> list[str]:
        """Kept plans, trials too, newest first."""
        return self._twin.folder.runs("plan")

    def adopted_ids(self) -> list[str]:
        """The plan of record and those that were it before, in the order of adoption, the last one first."""
        return self._twin.folder.runs(ADOPTED)

    def backtest_ids(self) -> list[str]:
        return self._twin.folder.runs("backtest")

    def plan(self, id: str = ADOPTED) -> Plan:  # noqa: A002 -- the word users know
        """A kept plan: ``adopted``, ``latest`` or an id; NotFound when there is none."""
        return self._kept_plan(id)[0]

    def rows(self, id: str = ADOPTED) -> PlanRows:  # noqa: A002
        """Its rows with the decisions beside them."""
        return self._kept_plan(id)[1]

    def backtest(self, id: str = "latest") -> Backtest:  # noqa: A002
        """A kept back-test; NotFound when there is none."""
        return self._kept_backtest(id)[0]

    def backtest_rows(self, id: str = "latest") -> Rows:  # noqa: A002
        """What each part did in a back-test."""
        return self._kept_backtest(id)[1]

    def document(self, kind: str, run: str) -> dict[str, Any]:
        """How a plan or a back-test was made, without its tables; ``kind`` is that of its job."""
        return self._twin.folder.load_run("plan" if kind == OPTIMISE else "backtest", run)[0]

    def made_at(self, kind: str) -> str:
        """When the newest plan or back-test was made (ISO, UTC); empty where there is none."""
        ids = self.ids() if kind == OPTIMISE else self.backtest_ids()
        return str(self.document(kind, ids[0]).get("made_at", "")) if ids else ""

    def stale(self, document: Mapping[str, Any]) -> bool:
        """Whether files were imported or undone, or cost parameters changed, since a run was made."""
        now = self._twin.made_of()
        return any(document.get(name) != now[name] for name in ("inputs", "costs"))

    def decided(self, decisions: pl.DataFrame) -> None:
        """Take the newest decisions into the plans in memory."""
        for _, rows in self._plans.values():
            rows.decide(decisions)

    def changes(self) -> pl.DataFrame:
        """What the plan of record proposes otherwise than the one before it: columns of PLAN_LIST and ``news``.

        ``news``: new (proposes a change, did not before), gone (no longer), changed (another figure). Without a plan
        before every open proposal is new.
        """
        ids = self.adopted_ids()
        now = self.rows().frame
        proposes = pl.col("kind").is_not_null()
        if len(ids) < 2:
            return now.filter(proposes).with_columns(pl.lit("new").alias("news"))
        before = self.rows(ids[1]).frame.select(
            *POLICY_KEY, proposes.alias("proposed_before"), pl.col("reorder_point").alias("reorder_point_before")
        )
        joined = now.join(before, on=list(POLICY_KEY), how="left", maintain_order="left").with_columns(
            pl.col("proposed_before").fill_null(value=False)
        )
        news = (
            pl.when(proposes & ~pl.col("proposed_before"))
            .then(pl.lit("new"))
            .when(~proposes & pl.col("proposed_before"))
            .then(pl.lit("gone"))
            .when(proposes & (pl.col("reorder_point") != pl.col("reorder_point_before")))
            .then(pl.lit("changed"))
        )
        return joined.with_columns(news.alias("news")).filter(pl.col("news").is_not_null())

    def outcomes(self) -> pl.DataFrame:
        """Promise and outcome of what was accepted (schema OUTCOMES), remembered until data or promises change."""
        promises = self._twin.promises()
        if promises.is_empty():
            return OUTCOMES.empty()
        key = (promises.height, *sorted(self._twin.folder.fingerprint().values()))
        if self._outcomes is None or self._outcomes[0] != key:
            self._outcomes = (key, self._twin.outcomes())
        return self._outcomes[1]

    def to_decide(self) -> int | None:
        """How many proposals of the plan of record wait for a decision; None where none is adopted."""
        if not self.adopted_ids():
            return None
        return int(self.rows().frame["state"].is_in([OPEN, CHANGED]).sum())

    def order(self, kind: str, arguments: Mapping[str, Any], title: str) -> Job:
        """Queue an ``optimise`` or ``backtest``, or return the job that already does it."""
        given = {name: value for name, value in arguments.items() if value is not None}
        return self._jobs.find(kind, given) or self._jobs.submit(kind, given, title=title)

    def active(self, kind: str) -> Job | None:
        return next((job for job in self._jobs.active() if job.kind == kind), None)

    def last(self, kind: str) -> Job | None:
        """The newest job of a kind, however it ended."""
        return next((job for job in self._jobs.all() if job.kind == kind), None)

    def _kept_plan(self, id: str) -> tuple[Plan, PlanRows]:  # noqa: A002
        newest = {"latest": "plan", ADOPTED: ADOPTED}
        run = self._twin.folder.runs(newest[id])[:1] if id in newest else [id]
        with self._lock:
            if not run or run[0] not in self._plans:
                plan = self._twin.plan(id)
                folder = self._twin.folder
                rows = PlanRows(plan.plan, folder.settings.currency, folder.decisions(), plan.least_action)
                self._plans[plan.id] = (plan, rows)
                run = [plan.id]
                if len(self._plans) > KEEP:
                    self._plans.popitem(last=False)
            self._plans.move_to_end(run[0])
            return self._plans[run[0]]

    def _kept_backtest(self, id: str) -> tuple[Backtest, Rows]:  # noqa: A002
        run = self._twin.folder.runs("backtest")[:1] if id == "latest" else [id]
        with self._lock:
            if not run or run[0] not in self._backtests:
                found = self._twin.kept_backtest(id)
                self._backtests[found.id] = (found, backtest_rows(found.parts))
                run = [found.id]
                if len(self._backtests) > KEEP:
                    self._backtests.popitem(last=False)
            self._backtests.move_to_end(run[0])
            return self._backtests[run[0]]
