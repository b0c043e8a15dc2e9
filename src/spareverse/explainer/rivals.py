"""Where another way of planning did better than the plan in a back-test: less stock, or less cost, for the same."""

from __future__ import annotations

import numpy as np
import polars as pl

from spareverse.figures import numbers
from spareverse.figures.plan.policies import compared, in_order, policy_words


def better_rivals(results: pl.DataFrame, equal: pl.DataFrame, currency: str) -> tuple[str, ...]:
    """A sentence for each contender that held less stock at an equal fill rate, and for each that cost less.

    results, equal
        Rows of BACKTEST_RESULTS and BACKTEST_EQUAL.
    """
    rows = compared(results)
    others = [policy for policy in in_order(rows["policy"]) if policy != "plan"]
    said = [
        *(_less_stock(equal, policy) for policy in others),
        *(_less_cost(rows, policy, currency) for policy in others),
    ]
    return tuple(sentence for sentence in said if sentence)


def _less_stock(equal: pl.DataFrame, policy: str) -> str:
    """At which fill rates a contender held less than the plan, and by how much where it was most."""
    less = equal.filter((pl.col("policy") == policy) & (pl.col("ratio") < 1.0)).sort("fill_rate")
    if less.is_empty():
        return ""
    most = less.sort("ratio").row(0, named=True)
    fills = [numbers.percent(fill) for fill in less["fill_rate"]]
    told = numbers.measured(most["ratio"], most["ratio_low"], most["ratio_high"])
    text = (
        f"{policy_words(policy)} held less stock than the plan at {_joined(fills)} of the lines met at once: {told} "
        f"times as much at {numbers.percent(most['fill_rate'])}"
    )
    clear = most["ratio_high"] is not None and most["ratio_high"] < 1.0
    return f"{text}." if clear else f"{text}, which may be chance."


def _less_cost(rows: pl.DataFrame, policy: str, currency: str) -> str:
    """What a contender cost where it met as many lines as the plan, read between its settings."""
    plan = rows.filter((pl.col("policy") == "plan") & pl.col("chosen")).to_dicts()
    settings = rows.filter(pl.col("policy") == policy).drop_nulls(["fill_rate", "cost"]).sort("fill_rate")
    if not plan or settings.is_empty() or plan[0]["cost"] is None:
        return ""
    fill, cost = float(plan[0]["fill_rate"]), float(plan[0]["cost"])
    reached = settings["fill_rate"].to_numpy()
    if not reached[0] <= fill <= reached[-1]:
        return ""
    would = float(np.interp(fill, reached, settings["cost"].to_numpy()))
    if would >= cost:
        return ""
    unit = f"{currency}/year"
    return (
        f"{policy_words(policy)} would cost less than the plan where it meets as many lines, "
        f"{numbers.percent(fill)}: about {numbers.rough(would, unit)} instead of {numbers.rough(cost, unit)} "
        "(holding, ordering, stock-outs)."
    )


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
