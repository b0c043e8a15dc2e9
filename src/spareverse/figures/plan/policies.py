"""The contenders of a back-test: their names in words, and the colour each keeps in every figure."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from spareverse.figures.style import LIGHT
from spareverse.network.plan_tables import ALL_PARTS, RULE_KNOWN

POLICIES: dict[str, tuple[str, str]] = {
    "plan": ("Plan", LIGHT.proposed),
    "company": ("Company's rule", LIGHT.stock_out),
    "croston-normal": ("Croston and normal", LIGHT.option2),
    "months-of-cover": ("Months of cover", LIGHT.option4),
    "poisson-base-stock": ("Poisson base stock", LIGHT.option3),
}
CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "too few demands", "never moved")


def policy_words(policy: str) -> str:
    return POLICIES[policy][0] if policy in POLICIES else policy.replace("-", " ").capitalize()


def policy_colour(policy: str) -> str:
    return POLICIES[policy][1] if policy in POLICIES else LIGHT.option5


def in_order(policies: Iterable[str]) -> list[str]:
    """Each once: the plan, the company, then the others."""
    found = dict.fromkeys(policies)
    return [*(name for name in POLICIES if name in found), *(name for name in found if name not in POLICIES)]


def class_order(group: str) -> int:
    """Where a class of demand stands: ``all`` first, never moved last."""
    return CLASSES.index(group) + 1 if group in CLASSES else 0 if group == "all" else len(CLASSES) + 1


def compared(results: pl.DataFrame) -> pl.DataFrame:
    """The rows of BACKTEST_RESULTS on which contenders are compared: all on the same parts."""
    partly = RULE_KNOWN in results["group"]
    return results.filter(pl.col("group") == (RULE_KNOWN if partly else ALL_PARTS))


def compared_note(results: pl.DataFrame) -> str:
    """Said under such a comparison; empty where it is of all parts."""
    rows = compared(results)
    return f" On the {rows['parts'][0]:,} parts whose rule is known." if RULE_KNOWN in rows["group"] else ""
