"""The last order before a part can no longer be bought (final order, last-time buy).

The stock must last for all demand that remains. With Q pieces, D_t the demand until the end of period t and D = D_T all
of it,

    cost(Q) = unit cost x Q + holding x sum of E(Q - D_t)+ - scrap value x E(Q - D)+ + shortage cost x E(D - Q)+,

which is convex in Q: a newsvendor whose holding lasts as long as the demand lets it (Teunter & Fortuin 1999).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spareverse.optimisation.single_item.checks import in_order, not_negative, positive, whole
from spareverse.optimisation.single_item.demand_laws import DiscreteLaw, negative_binomial, poisson


@dataclass(frozen=True)
class LastTimeBuy:
    """What to buy, what it is expected to cost, and what may become of it."""

    quantity: int
    cost: float
    chance_enough: float
    """P(all remaining demand is met)."""
    expected_left: float
    """Pieces to scrap at the end."""
    expected_short: float
    """Pieces demanded after the stock has run out."""
    demand_low: int
    demand_high: int
    """95 % limits of the remaining demand."""


def remaining_demand(
    mean_per_period: Sequence[float], relative_variance: float = 0.0, pieces_per_line: float = 1.0
) -> tuple[DiscreteLaw, ...]:
    """Laws of the demand until the end of each period, for ``last_time_buy``.

    mean_per_period [pieces] falls with the installed base. relative_variance: squared coefficient of variation of the
    demand rate itself, which is known with error and the same in all periods (gamma): counts become negative binomial.
    pieces_per_line: E J^2 / E J of the sizes J of demands; above 1 the variance of the counts grows by it, and the law
    is the negative binomial of that mean and variance.
    """
    if not len(mean_per_period):
        raise ValueError("a last-time buy needs at least one period of remaining demand")
    if not pieces_per_line >= 1.0:
        raise ValueError(f"demands are of one piece or more, so E J^2 / E J is at least 1, got {pieces_per_line:g}")
    not_negative(relative_variance=relative_variance, **{f"demand {i}": v for i, v in enumerate(mean_per_period)})
    laws = []
    for mean in np.cumsum(np.asarray(mean_per_period, dtype=np.float64)).tolist():
        spread = (pieces_per_line - 1.0) * mean + relative_variance * mean * mean
        laws.append(negative_binomial(mean, mean + spread) if spread > 1e-12 * mean else poisson(mean))
    return tuple(laws)


def last_time_buy(
    demand_until: Sequence[DiscreteLaw],
    *,
    unit_cost: float,
    shortage_cost: float,
    holding_cost: float = 0.0,
    scrap_value: float = 0.0,
    stock: int = 0,
    least: int = 0,
    most: int | None = None,
) -> LastTimeBuy:
    """The cheapest quantity on top of ``stock`` pieces already there.

    demand_until: law of the demand from now until the end of each period, the last of all that remains. unit_cost,
    shortage_cost [currency/piece], holding_cost [currency/piece/period]; scrap_value [currency/piece] is negative where
    disposal costs money. ValueError where a piece scrapped returns more than it cost.
    """
    if not demand_until:
        raise ValueError("a last-time buy needs at least one period of remaining demand")
    positive(unit_cost=unit_cost)
    not_negative(shortage_cost=shortage_cost, holding_cost=holding_cost)
    whole(0, stock=stock, minimum_quantity=least)
    in_order(least, most, "quantity")
    if not (math.isfinite(scrap_value) and scrap_value < unit_cost):
        raise ValueError(f"the scrap value of {scrap_value:g} must lie below the unit cost of {unit_cost:g}")
    remaining = demand_until[-1]
    upper = max(least, remaining.last - stock) if most is None else min(most, max(least, remaining.last - stock))
    choice = np.arange(least, upper + 1)
    level = choice + stock
    cost = unit_cost * choice + shortage_cost * remaining.shortage(level) - scrap_value * remaining.surplus(level)
    for law in demand_until:
        cost += holding_cost * law.surplus(level)
    best = int(np.argmin(cost))
    enough = int(level[best])
    return LastTimeBuy(
        int(choice[best]),
        float(cost[best]),
        float(remaining.cdf(enough)),
        float(remaining.surplus(enough)),
        float(remaining.shortage(enough)),
        remaining.quantile(0.025),
        remaining.quantile(0.975),
    )
