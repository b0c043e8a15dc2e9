"""What ``reproduce coherence`` prints: split incentives, what must hold of the index, and what agents drift to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spareverse.cli import screen

Document = dict[str, Any]


def reproduce(replications: int | None, seed: int | None, record: Path | None, *, as_json: bool) -> None:
    """Simulate and print; options that are None have the defaults of the reproduction."""
    from spareverse.reproduction import coherence

    result = screen.made(coherence.run, replications=replications, seed=seed, record=record)
    if as_json:
        screen.document(result)
        return
    _example(result["example"]["ways"])
    rows = [
        (one["network"], *(index(one[name]) for name in ("paid", "for", "against")), f"{one['against']['floor']:.3f}",
         "equal" if one["other_units"] == one["paid"] else "differs",
         " ".join(f"{rung['coherence']:.3f}" for rung in one["ladder"]))
        for one in result["laws"]
    ]  # fmt: skip
    columns = ("network", "as paid", "all for it", "all against it", "floor", "other units", "share 0 to 1")
    screen.table("Coherence within two steps, and what must hold of it", columns, rows, right=columns[1:5])
    validity = result["validity"]
    found = validity["rank_correlation"]
    screen.say(
        f"{len(validity['settings'])} drawn ways of paying: rank correlation of coherence with low cost after a year of"
        f" trying {correlation(found['all'])}; within companies {correlation(found['within'])}."
    )
    screen.say(f"{result['runs']:,} runs of the index, {result['processor_seconds']:.0f} s of processor time in all.")


def _example(ways: list[Document]) -> None:
    rows = []
    for way in ways:
        wide = way["coherence"][-1]
        more = way["drifted_more"]
        rows.append(
            (way["pay"], index(wide), f"{wide['price']:,.0f} [{wide['price_low']:,.0f} to {wide['price_high']:,.0f}]",
             f"{wide['cost_now']:,.0f}", f"{wide['cost_drift']:,.0f}", f"{wide['cost_best']:,.0f}",
             f"{more['value']:+,.0f} [{more['low']:+,.0f} to {more['high']:+,.0f}]")
        )  # fmt: skip
    columns = ("pay", "coherence", "price, EUR/d", "cost now", "at rest", "best", "year of trying adds, EUR/d")
    screen.table("Split incentives, within two steps", columns, rows, right=columns[1:])


def index(one: Document) -> str:
    """``0.775 [0.728 to 0.816]``"""
    return f"{one['coherence']:.3f} [{one['coherence_low']:.3f} to {one['coherence_high']:.3f}]"


def correlation(one: Document) -> str:
    """``+0.71 [+0.50 to +0.83]``"""
    return f"{one['value']:+.2f} [{one['low']:+.2f} to {one['high']:+.2f}]"
