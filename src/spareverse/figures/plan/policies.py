"""The contenders of a back-test: their names in words, and the colour each keeps in every figure."""

from __future__ import annotations

from collections.abc import Iterable

from spareverse.figures.style import LIGHT

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
