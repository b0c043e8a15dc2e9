"""The planning verbs of a twin: plan, prove, decide, and hold promises against what came."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from spareverse.errors import InputRejected, NotEnoughData, NotFound, UsageError
from spareverse.jit import Cancel, Progress
from spareverse.optimisation.portfolio.plan_rows import curve_table, plan_table
from spareverse.optimisation.portfolio.problem import Measure
from spareverse.twin import planning
from spareverse.twin.backtest import Backtest
from spareverse.twin.decisions import BroughtBack, brought_back, with_figures
from spareverse.twin.plan import Plan, law_table, path_tables
from spareverse.twin.plan_limits import Limits, limit_tables, wished_limits
from spareverse.twin.promises import decided_rows, kept_promises, outcomes, promised
from spareverse.twin.records import Day, Records, announce_compiling, as_day, as_text
from spareverse.twin.rejections import as_rejected, refused_proposals
from spareverse.twin.wish import Wish

ADOPTED = "adopted"
"""The plan of record, and the kind of run by which the twin keeps which it is."""


class Planner(Records):
    """Plans of a twin, their proofs, and the planners' decisions on them.

    What ``optimise`` makes is a trial; the one that is adopted leads change list, worklist, promises and exports.
    """

    def optimise(
        self,
        *,
        budget: float | None = None,
        fill_rate: float | None = None,
        availability: float | None = None,
        measure: Measure = "lines",
        until: Day = None,
        since: Day = None,
        lead_time_days: float | None = None,
        unit_cost: float | None = None,
        floors: Mapping[str, int] | None = None,
        limits: Limits = None,
        installed_assets: float = 0.0,
        least_action: float | None = None,
        prove: bool = True,
        adopt: bool = False,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Plan:
        """The stock of all parts that does most for its money, proved on later history before it is shown.

        budget, fill_rate, availability
            One target: mean stock value [currency], share of demand met at once, or share of assets that run. With
            none, the plan holds what today's rule holds.
        lead_time_days, unit_cost
            Assumed where the tables say nothing.
        floors
            Criticality class -> pieces kept at least.
        limits
            On groups of parts, as Limit or its fields; by default those of the imported table, () for none.
        least_action
            Worth [currency] from which on an action (buy, move, cut, scrap) is listed; by default what an order line
            costs, ``ordering_cost`` of the cost parameters.
        prove
            Also plan on three quarters of the history and replay the rest. A plan that breaks its promise there is
            marked as failed.
        adopt
            Make it the plan of record; else it is a trial, from which nothing follows until it is adopted.

        The plan is kept in the twin; asked again with the same inputs, the kept one is the newest again. Reorder
        points that planners decided are respected, and so are rejections: today's rule stays there. UsageError for a
        target out of reach, InputRejected, NotEnoughData, Cancelled.
        """
        wish = Wish(
            budget=budget, fill_rate=fill_rate, availability=availability, measure=measure,
            lead_time_days=lead_time_days, unit_cost=unit_cost, floors=dict(floors or {}),
            limits=wished_limits(limits, self.folder.table("limits")), installed_assets=installed_assets,
            least_action=least_action,
        )  # fmt: skip
        own, refused = self._own_figures(), refused_proposals(self.folder.decisions())
        made_of = {
            **self.made_of(),
            "wish": wish.document(),
            "since": as_text(since),
            "until": as_text(until),
            "decisions": hashlib.sha256((own.write_csv() + refused.write_csv()).encode()).hexdigest()[:16],
            "proved": prove,
        }
        if (kept := self._asked_before("plan", made_of)) is not None:
            return self.adopt(kept) if adopt else self.plan(kept)
        announce_compiling(progress)
        say = progress or (lambda _fraction, _what: None)
        found = planning.plan(
            self.tables(), wish, costs=self.costs(), until=as_day(until), since=as_day(since), decisions=own,
            refused=refused,
            currency=self.folder.settings.currency,
            progress=lambda fraction, what: say((0.5 if prove else 0.95) * fraction, what), cancel=cancel,
        )  # fmt: skip
        proof: dict[str, Any] = {"verdict": "no proof", "cause": "No proof was asked for."}
        if prove:
            proof = self._proof(
                wish, since, lambda fraction, what: say(0.5 + 0.45 * fraction, f"Proof: {what}"), cancel
            )
        document = {
            **made_of,
            **planning.plan_document(found),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "proof": proof,
            "least_action": self.costs().default.ordering_cost if least_action is None else least_action,
            "own_limits": limits is not None,
        }
        currency = self.folder.settings.currency
        document["summary"]["currency"] = currency
        rows = plan_table(found.data, found.models, found.frontier, found.point, currency)
        rows = as_rejected(rows, found.rejections)
        tables = {
            "plan": rows,
            "curve": curve_table(found.data, found.models, found.frontier, found.point),
            "demand": found.models.table,
            "worth": planning.worth(found),
            "laws": law_table(found.models.law, rows, found.models.table),
            **path_tables(found.frontier),
            **limit_tables(found.data, found.models, found.frontier, found.point, wish.limits, currency),
        }
        with self.folder.writing():
            run = self.folder.save_run("plan", document, tables)
        return self.adopt(run) if adopt else self.plan(run)

    def adopt(self, id: str = "latest") -> Plan:  # noqa: A002 -- the word users know
        """Make a kept plan the plan of record: change list, worklist, promises and exports follow it from now on."""
        plan = self.plan(id)
        with self.folder.writing():
            self.folder.renew_run(ADOPTED, plan.id)
        return plan

    def withdraw(self, id: str = ADOPTED) -> None:  # noqa: A002
        """Take an adoption back: the plan is a trial again, and the one adopted before it leads, where there is one."""
        plan = self.plan(id)
        with self.folder.writing():
            self.folder.forget_run(ADOPTED, plan.id)

    def _proof(self, wish: Wish, since: Day, progress: Progress, cancel: Cancel | None) -> dict[str, Any]:
        try:
            return self._backtest(replace(wish, least_action=None), None, since, None, progress, cancel).proof
        except (NotEnoughData, InputRejected) as error:
            return planning.no_proof(error)

    def _asked_before(self, kind: str, made_of: Mapping[str, Any]) -> str | None:
        """The run that was made of exactly this, from now on the newest of its kind; None when there is none."""
        kept = self.made_before(kind, made_of)
        if kept is not None and kept != self.folder.runs(kind)[0]:
            with self.folder.writing():
                self.folder.renew_run(kind, kept)
        return kept

    def _own_figures(self) -> pl.DataFrame:
        """Reorder points planners decided themselves and did not refuse afterwards."""
        decided = self.folder.decisions().filter(pl.col("override_reorder_point").is_not_null())
        return decided.filter(pl.col("accept").fill_null("yes") == "yes").select(
            "part_id", "place_id", "override_reorder_point"
        )

    def plan(self, id: str = ADOPTED) -> Plan:  # noqa: A002 -- the word users know
        """A kept plan: ``adopted``, ``latest`` (the newest, trial or not) or an id; NotFound when there is none."""
        runs = self.folder.runs(ADOPTED if id == ADOPTED else "plan")
        if id == "latest" and not runs:
            raise NotFound("This twin has no plan yet. `spareverse optimise` makes one.")
        if id == ADOPTED and not runs:
            raise NotFound("No plan has been adopted yet. `spareverse plans` lists the trials and adopts one.")
        run = runs[0] if id in (ADOPTED, "latest") else id
        document, tables = self.folder.load_run("plan", run)
        return Plan(run, document, tables, self)

    def backtest(
        self,
        *,
        fit_until: Day = None,
        policies: Sequence[str] | None = None,
        budget: float | None = None,
        fill_rate: float | None = None,
        availability: float | None = None,
        measure: Measure = "lines",
        since: Day = None,
        lead_time_days: float | None = None,
        unit_cost: float | None = None,
        floors: Mapping[str, int] | None = None,
        limits: Limits = None,
        installed_assets: float = 0.0,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Backtest:
        """Plan as of ``fit_until``, freeze, and replay what came, beside the company's rule and textbook policies.

        fit_until
            First day after the fit; by default after three quarters of the history.
        policies
            Some of plan, company, croston-normal, months-of-cover, poisson-base-stock; all by default.

        Kept in the twin like a plan. UsageError, InputRejected, NotEnoughData, Cancelled.
        """
        wish = Wish(
            budget=budget, fill_rate=fill_rate, availability=availability, measure=measure,
            lead_time_days=lead_time_days, unit_cost=unit_cost, floors=dict(floors or {}),
            limits=wished_limits(limits, self.folder.table("limits")), installed_assets=installed_assets,
        )  # fmt: skip
        return self._backtest(wish, as_day(fit_until), since, policies, progress, cancel)

    def _backtest(
        self,
        wish: Wish,
        fit_until: date | None,
        since: Day,
        policies: Sequence[str] | None,
        progress: Progress | None,
        cancel: Cancel | None,
    ) -> Backtest:
        made_of = {
            **self.made_of(),
            "wish": wish.document(),
            "since": as_text(since),
            "asked_fit_until": as_text(fit_until),
            "policies": list(planning.known_policies(policies)),
        }
        if (kept := self._asked_before("backtest", made_of)) is not None:
            return self.kept_backtest(kept)
        announce_compiling(progress)
        proved = planning.prove_plan(
            self.tables(), wish, costs=self.costs(), fit_until=fit_until, since=as_day(since), policies=policies,
            currency=self.folder.settings.currency, progress=progress, cancel=cancel,
        )  # fmt: skip
        document = {
            **made_of,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "proof": planning.proof_document(proved),
            "notices": planning.proof_notices(proved),
            "currency": self.folder.settings.currency,
        }
        proof = proved.proof
        with self.folder.writing():
            tables = {"results": proof.results, "equal": proof.equal, "parts": proof.parts}
            run = self.folder.save_run("backtest", document, tables)
        return self.kept_backtest(run)

    def kept_backtest(self, id: str = "latest") -> Backtest:  # noqa: A002 -- the word users know
        """A kept back-test; NotFound when there is none."""
        runs = self.folder.runs("backtest")
        if id == "latest" and not runs:
            raise NotFound("This twin has no back-test yet. `spareverse backtest` makes one.")
        run = runs[0] if id == "latest" else id
        document, tables = self.folder.load_run("backtest", run)
        document["proof"]["backtest"] = run
        return Backtest(run, document, tables)

    def promises(self) -> pl.DataFrame:
        """What accepted recommendations promised (schema PROMISES), oldest first."""
        return self.folder.promises()

    def outcomes(self) -> pl.DataFrame:
        """Promise and outcome per kind of recommendation (schema OUTCOMES), from what was imported since."""

        def assumed(run: str) -> dict[str, Any]:
            wish = self.plan(run).document["wish"]
            return {name: wish.get(name) for name in ("lead_time_days", "unit_cost")}

        return outcomes(self.tables(), kept_promises(self.promises(), self.folder.decisions()), self.costs(), assumed)

    def bring_back(self, path: str | Path) -> BroughtBack:
        """Read a change list or plan that was filled in; ``decide`` keeps what it decides.

        InputRejected names every cell that makes no sense, and every part that is in no plan and in no analysis.
        """
        plan = self.plan() if self.folder.runs(ADOPTED) else None
        analyses = self.folder.runs("analysis")[:1]
        others = self.folder.load_run("analysis", analyses[0])[1]["parts"] if analyses else None
        kept, run = self.folder.decisions(), "" if plan is None else plan.id
        return brought_back(Path(path), kept, None if plan is None else plan.decided(), run, others)

    def decide(self, rows: pl.DataFrame, plan: Plan | None = None) -> None:
        """Keep the planner's decisions: part_id, place_id, accept ("yes", "no"), override_reorder_point, comment.

        What is accepted of the plan of record is remembered with its promise. InputRejected names every figure no part
        can be kept by; NotFound the parts a named plan does not have; UsageError a plan that is a trial.
        """
        if plan is not None and not plan.adopted:
            raise UsageError(
                f"Plan {plan.id} is a trial, and decisions are made on the plan of record. Adopt it first, or decide "
                "on the one that is adopted."
            )
        rows = decided_rows(rows, None if plan is None else plan.plan)
        if plan is None and self.folder.runs(ADOPTED):
            plan = self.plan()
        if plan is not None:
            rows = with_figures(rows, plan.plan, plan.id)
        with self.folder.writing():
            self.folder.decide(rows, None if plan is None else promised(plan, rows))
