"""What ``reproduce homeostasis`` prints: whether the index tells how companies fare under what it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spareverse.cli import screen

Document = dict[str, Any]


def reproduce(
    parts: int | None, replications: int | None, seed: int | None, record: Path | None, *, as_json: bool
) -> None:
    """Draw the companies, simulate and print; options that are None have the defaults of the reproduction."""
    from spareverse.reproduction import homeostasis

    result = screen.made(homeostasis.run, parts=parts, replications=replications, seed=seed, record=record)
    if as_json:
        screen.document(result)
        return
    screen.say(
        f"{result['companies']} drawn companies of {result['parts']} parts, {result['replications']} runs each,"
        f" seed {result['seed']}: the index of the battery beside service under ten other disturbances"
    )
    rows = [(one["measure"], one["meaning"], limits(one)) for one in result["correlations"]]
    screen.table("Rank correlation of the index with service kept", ("service", "measured in", "correlation"), rows)
    apart = [(one["disturbance"], limits(one)) for one in result["by_disturbance"]]
    screen.table("By disturbance, extra waiting", ("disturbance", "correlation"), apart)
    simpler = [(one["figure"], f"{one['rank_correlation']:+.2f}") for one in result["rivals"]]
    screen.table("Simpler figures, extra waiting", ("figure", "correlation"), simpler, right=("correlation",))
    _equals(result)


def limits(one: Document) -> str:
    """``+0.55 [0.31 to 0.73]``"""
    return f"{one['rank_correlation']:+.2f} [{one['low']:+.2f} to {one['high']:+.2f}]"


def _equals(result: Document) -> None:
    rows = [
        (one["seed"], name, screen.percent(each["fill_rate"]),
         f"{each['index']:.3f} [{each['low']:.3f} to {each['high']:.3f}]", screen.shown(each["lost"], 3))
        for one in result["equal_service"]
        for name, each in one.items()
        if name != "seed"
    ]  # fmt: skip
    columns = ("company", "which", "fill rate", "index", "lost under the others, days of demand")
    screen.table("Companies of the same average service", columns, rows, right=columns[2:])
    found = result["agreement"]
    screen.say(
        f"Of {found['pairs']} pairs the index names the one that loses less in {found['alike']};"
        f" {found['clear']} pairs are apart beyond their intervals, {found['clear_alike']} of them rightly."
    )
