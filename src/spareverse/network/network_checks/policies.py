"""Policies that can order, and say one thing."""

from __future__ import annotations

import polars as pl

from spareverse.network.network_checks.draft import Draft

_POLICY = pl.col("policy")


def order_up_to_levels_are_above_reorder_points(draft: Draft) -> None:
    """(s, S) orders only where S is above s."""
    never = (_POLICY == "order_up_to") & (pl.col("order_up_to") <= pl.col("reorder_point"))
    reason = "The reorder point is not below the order-up-to level: nothing is ever ordered."
    draft.reject("stock", never, "order_up_to", reason, "Raise order_up_to above reorder_point.")


def base_stock_has_a_level(draft: Draft) -> None:
    """A base stock is the order-up-to level; a reorder point beside it means another policy."""
    meant = (_POLICY == "base_stock") & (pl.col("reorder_point") > 0) & (pl.col("order_up_to") == 0)
    reason = "The policy base_stock orders up to order_up_to, which is 0; the reorder point is not used."
    draft.reject("stock", meant, "reorder_point", reason, "Choose the policy reorder_point, or write order_up_to.")


def on_demand_keeps_nothing(draft: Draft) -> None:
    """Bought on demand contradicts a level."""
    kept = (_POLICY == "on_demand") & ((pl.col("reorder_point") > 0) | (pl.col("order_up_to") > 0))
    reason = "The policy on_demand keeps nothing, but a level is given."
    draft.reject("stock", kept, "policy", reason, "Choose base_stock or reorder_point, or clear the level.")


def periodic_policies_have_an_interval(draft: Draft) -> None:
    """A periodic policy is reviewed, within the run."""
    periodic, interval = _POLICY == "periodic", pl.col("review_interval_days")
    reason = "A periodic policy needs its review interval."
    draft.reject("stock", periodic & interval.is_null(), "review_interval_days", reason, "Write days.")
    run = draft["settings"].select((pl.col("warm_up_days") + pl.col("horizon_days")).max()).item()
    if run is not None:
        reason = f"The interval is longer than the run of {run:g} days: nothing is ever reviewed."
        draft.reject("stock", periodic & (interval > run), "review_interval_days", reason, "Write days.")


def adaptive_policies_have_a_start(draft: Draft) -> None:
    """An adaptive policy has a service level to reach and a demand to start from."""
    for column in ("service_level", "expected_per_year"):
        missing = (_POLICY == "adaptive") & pl.col(column).is_null()
        draft.reject("stock", missing, column, f"An adaptive policy needs {column}.", "Fill it in.")


def figures_belong_to_their_policy(draft: Draft) -> None:
    """Doubt: figures that the policy does not look at."""
    stock = draft["stock"]
    unused = {
        "review_interval_days": pl.col("review_interval_days").is_not_null() & (_POLICY != "periodic"),
        "service_level": pl.col("service_level").is_not_null() & (_POLICY != "adaptive"),
        "order_up_to": (pl.col("order_up_to") > 0) & (_POLICY == "reorder_point"),
    }
    for column, test in unused.items():
        draft.doubt(stock.filter(test), f"{column} is not used by the policy.")
