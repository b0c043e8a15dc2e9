"""A plan as its reader meets it: list, curve and proof; other budgets along the curve; export and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from spareverse.errors import NotFound, UsageError
from spareverse.network.plan_list import PLAN_LIST
from spareverse.network.plan_tables import LAST_ORDERS, PLAN, PLAN_LIMITS, POLICY_KEY
from spareverse.optimisation.portfolio.frontier import Frontier
from spareverse.statistics.lead_time_demand import LeadTimeDemand
from spareverse.twin.plan_list import described, with_decisions

if TYPE_CHECKING:
    from spareverse.figures.figure import Figure
    from spareverse.twin.planner import Planner

FAILED = "missed"
"""Verdict of a proof that failed."""


@dataclass(frozen=True)
class Plan:
    """A saved plan. ``document`` says how it was made and how its proof went; tables are read when first used."""

    id: str
    document: dict[str, Any]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    twin: Planner | None = field(default=None, repr=False, compare=False)
    """Where it is kept; decisions go there."""

    @cached_property
    def plan(self) -> pl.DataFrame:
        """Schema ``network.plan_tables.PLAN``, as it was made."""
        return PLAN.completed(self.tables["plan"])

    @property
    def adopted(self) -> bool:
        """Whether it is the plan of record; else it is a trial, or was adopted before another."""
        return self.twin is not None and self.twin.folder.runs("adopted")[:1] == [self.id]

    def adopt(self) -> Plan:
        """Make it the plan of record: change list, worklist, promises and exports follow it from now on."""
        if self.twin is None:
            raise UsageError("This plan is not kept in a twin, so it cannot be adopted.")
        return self.twin.adopt(self.id)

    def decided(self) -> pl.DataFrame:
        """Schema ``network.plan_list.PLAN_LIST``: the plan with the planners' decisions and where they stand."""
        rows = described(self.plan, str(self.summary["currency"]), self.least_action)
        return with_decisions(rows, None if self.twin is None else self.twin.folder.decisions()).select(PLAN_LIST.names)

    @property
    def least_action(self) -> float:
        """Worth [currency] from which on an action is listed; 0 in plans of an earlier version."""
        return float(self.document.get("least_action") or 0.0)

    @property
    def curve(self) -> pl.DataFrame:
        """Schema ``network.plan_tables.PLAN_CURVE``."""
        return self.tables["curve"]

    @property
    def limits(self) -> pl.DataFrame:
        """Schema ``network.plan_tables.PLAN_LIMITS``: what limits the plan, and what easing each would bring."""
        return self.tables["limits"] if "limits" in self.tables else PLAN_LIMITS.empty()

    @property
    def last_orders(self) -> pl.DataFrame:
        """Schema ``network.plan_tables.LAST_ORDERS``: parts that can be ordered only until a day."""
        return self.tables["last_orders"] if "last_orders" in self.tables else LAST_ORDERS.empty()

    @property
    def demand(self) -> pl.DataFrame:
        """Schema ``network.plan_tables.DEMAND_RESULTS``."""
        return self.tables["demand"]

    @property
    def summary(self) -> dict[str, Any]:
        return dict(self.document["summary"])

    @property
    def proof(self) -> dict[str, Any]:
        """Verdict (kept, missed, exceeded, no proof), its cause, and promise against outcome after ``fit_until``."""
        return dict(self.document["proof"])

    @property
    def failed(self) -> bool:
        """Whether the plan, made on a shorter history, did not keep its promise on what came."""
        return bool(self.proof["verdict"] == FAILED)

    @cached_property
    def _path(self) -> _Path:
        return _Path(self.tables["points"], self.tables["path"])

    def at_budget(self, budget: float) -> pl.DataFrame:
        """The plan of another budget along the curve: part_id, place_id, reorder_point, order_quantity.

        A budget outside the curve is answered by its nearest end.
        """
        entry = int(np.searchsorted(self._path.stock_value, budget * (1 + 1e-9), side="right")) - 1
        return self.plan.select(*POLICY_KEY).with_columns(*self._path.rules(max(entry, 0)))

    def figures_at(self, budget: float) -> dict[str, float]:
        """What the plan of another budget does: stock_value, fill_rate, fill_rate_pieces, expected_backorders."""
        path = self.tables["path"]
        entry = int(np.searchsorted(path["stock_value"].to_numpy(), budget * (1 + 1e-9), side="right")) - 1
        return dict(path.row(max(entry, 0), named=True))

    def part(self, part_id: str, place_id: str = "") -> dict[str, Any]:
        """One row of the plan; without a place, that with most stock. NotFound when it is not there."""
        rows = self.plan.filter(pl.col("part_id") == part_id)
        if place_id:
            rows = rows.filter(pl.col("place_id") == place_id)
        if rows.is_empty():
            raise NotFound(f"There is no part {part_id!r}{f' at {place_id}' if place_id else ''} in this plan.")
        return rows.sort("stock_value", descending=True, nulls_last=True).row(0, named=True)

    def law(self, part_id: str, place_id: str = "") -> tuple[list[float], float] | None:
        """Chances of the demand over the lead time at 0, 1, 2, ... steps, and the step [pieces].

        None for parts that are neither stocked nor were demanded.
        """
        if "laws" not in self.tables:  # a plan of an earlier version
            return None
        chosen = (pl.col("part_id") == part_id) & (pl.col("place_id") == place_id)
        found = self.tables["laws"].lazy().filter(chosen).collect()
        return (found["mass"][0].to_list(), float(found["step"][0])) if found.height else None

    def figure(self, name: str) -> Figure:
        """One figure of the plan; UsageError names those there are."""
        from spareverse.figures.plan.gallery import plan_figure

        return plan_figure(name, self.document, self.tables)

    def export(self, path: str | Path, *, undecided: bool = False) -> int:
        """Write the plan: .csv (its rules, for a planning system) or .xlsx (also the lists to fill in and bring back).

        undecided
            The rules of all rows but rejected ones; else only of those that were accepted or have an own figure.

        Returns the rules written.
        """
        from spareverse.io.plan_files import write_plan

        about = {**self.document, "id": self.id, "is": "plan of record" if self.adopted else "trial"}
        tables = {
            "plan": self.decided(), "curve": self.curve, "limits": self.limits, "last_orders": self.last_orders,
        }  # fmt: skip
        return write_plan(path, about, tables, undecided=undecided)

    def accept(self, rows: pl.DataFrame) -> None:
        """Keep decisions on rows of this plan: part_id, place_id, accept, override_reorder_point, comment.

        What is accepted is remembered with its promise; ``Twin.outcomes`` compares it with later imports.
        """
        if self.twin is None:
            raise UsageError("This plan is not kept in a twin, so no decision on it can be.")
        self.twin.decide(rows, plan=self)

    def __str__(self) -> str:
        s, proof = self.summary, self.proof
        mark = "FAILED its proof" if self.failed else f"proof: {proof['verdict']}"
        name = self.id if self.adopted else f"{self.id} (trial)"
        return (
            f"Plan {name}: {s['parts_stocked']:,} of {s['parts']:,} parts stocked, {s['stock_value']:,.0f} "
            f"{s['currency']} of stock, fill rate {100 * s['fill_rate']:.1f} % ({mark})"
        )


class _Path:
    """The curve of a saved plan step by step, from which any plan along it is read."""

    def __init__(self, points: pl.DataFrame, path: pl.DataFrame) -> None:
        item = points["item"].to_numpy()
        self._starts = np.searchsorted(item, np.arange(int(item[-1]) + 1))
        self._reorder_point = points["reorder_point"].to_numpy()
        self._order_quantity = points["order_quantity"].to_numpy()
        self._item = path["item"].to_numpy()
        self.stock_value = path["stock_value"].to_numpy()

    def rules(self, entry: int) -> tuple[pl.Series, pl.Series]:
        """Reorder points and order quantities of all items at an entry of the curve."""
        steps = np.bincount(self._item[1 : entry + 1], minlength=len(self._starts))
        at = self._starts + steps
        return (
            pl.Series("reorder_point", self._reorder_point[at].astype(np.float64)),
            pl.Series("order_quantity", self._order_quantity[at].astype(np.float64)),
        )


def law_table(law: LeadTimeDemand, plan: pl.DataFrame, demand: pl.DataFrame) -> pl.DataFrame:
    """Demand over the lead time of the items that are stocked or were demanded: part_id, place_id, step, mass."""
    shown = plan["stocked"] | (plan["current_reorder_point"].fill_null(-1.0) >= 0) | (demand["demand_periods"] > 0)
    chosen = np.flatnonzero(shown.fill_null(value=False).to_numpy())
    keys = plan.select("part_id", pl.col("place_id").fill_null(""))[chosen.tolist()]
    mass = pl.Series("mass", law.mass[chosen], dtype=pl.Array(pl.Float32, law.mass.shape[1]))
    return keys.with_columns(pl.Series("step", law.step[chosen]), mass.cast(pl.List(pl.Float32)))


def path_tables(frontier: Frontier) -> dict[str, pl.DataFrame]:
    """``points``: what each item can be on the curve; ``path``: which item takes its next point, and the totals then.

    The first row of ``path`` is the plan that cannot be avoided; it has no item (-1).
    """
    hulls = frontier.hulls
    item = np.repeat(np.arange(len(frontier.problem)), np.diff(hulls.starts))
    quantity = frontier.problem.options.quantity[hulls.option]
    points = pl.DataFrame(
        {
            "item": item.astype(np.int32),
            "reorder_point": hulls.reorder_point,
            "order_quantity": np.where(hulls.reorder_point >= 0, quantity, 1),
        }
    )
    path = pl.DataFrame(
        {
            "item": np.concatenate([[-1], frontier.step_item]).astype(np.int32),
            "stock_value": frontier.stock_value,
            "fill_rate": frontier.fill_rate,
            "fill_rate_pieces": frontier.fill_rate_pieces,
            "expected_backorders": frontier.expected_backorders,
            "parts_stocked": frontier.parts_stocked,
        }
    )
    return {"points": points, "path": path}
