"""What is asked of a plan, refused at once where no plan can be so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spareverse.errors import Problem, UsageError
from spareverse.optimisation.portfolio.problem import Measure
from spareverse.optimisation.portfolio.wanted_limits import Limit, wrong_limits


@dataclass(frozen=True)
class Wish:
    """What is asked of a plan. At most one target; with none, the stock value of today's rule."""

    budget: float | None = None
    """Mean stock on hand at unit cost [currency]."""
    fill_rate: float | None = None
    availability: float | None = None
    measure: Measure = "lines"
    lead_time_days: float | None = None
    """Assumed where the tables say nothing; so is ``unit_cost`` [currency/piece]."""
    unit_cost: float | None = None
    floors: Mapping[str, int] = field(default_factory=dict)
    """Criticality class -> pieces kept at least."""
    limits: tuple[Limit, ...] = ()
    installed_assets: float = 0.0
    least_action: float | None = None
    """Worth [currency] from which on an action is listed; None: what an order line costs."""

    def __post_init__(self) -> None:
        problems = []
        targets = {"budget": self.budget, "fill_rate": self.fill_rate, "availability": self.availability}
        given = [name for name, value in targets.items() if value is not None]
        if len(given) > 1:
            problems.append(Problem("only one target can be met exactly", "Keep one.", column=", ".join(given)))
        for name in given:
            value = float(targets[name] or 0.0)
            most = np.inf if name == "budget" else 1.0
            if not (0.0 <= value <= most and np.isfinite(value)):
                remedy = "Give money, 0 or more." if name == "budget" else "Give a share between 0 and 1, such as 0.95."
                problems.append(Problem("this target cannot be", remedy, column=name, value=f"{value:g}"))
        if not 0.0 <= self.installed_assets < np.inf:
            remedy = "Give how many there are, 0 where it does not matter."
            said = f"{self.installed_assets:g}"
            problems.append(Problem("no number of assets", remedy, column="installed_assets", value=said))
        elif self.availability is not None and self.installed_assets <= 0.0:
            remedy = "Give installed_assets."
            problems.append(Problem("an availability is shared by installed assets", remedy, column="installed_assets"))
        if self.measure not in ("lines", "pieces", "backorders"):
            remedy = "Use lines, pieces or backorders."
            problems.append(Problem("plans are not measured in this", remedy, column="measure", value=self.measure))
        if self.least_action is not None and not 0.0 <= self.least_action < np.inf:
            remedy, said = "Give money, 0 or more.", f"{self.least_action:g}"
            problems.append(Problem("no worth of an action", remedy, column="least_action", value=said))
        problems += wrong_limits(self.limits)
        if problems:
            raise UsageError("This plan cannot be asked for.", problems)

    def document(self) -> dict[str, Any]:
        """The wish as it is kept with the plan."""
        kept = ("kind", "bound", "column", "value", "comment")
        limits = [{name: getattr(x, name) for name in kept if name != "comment" or x.comment} for x in self.limits]
        return {**vars(self), "floors": dict(self.floors), "limits": limits}
