"""What ``reproduce ants`` prints: where adaptive sourcing pays."""

from __future__ import annotations

from dataclasses import asdict

from spareverse.cli import screen


def reproduce(replications: int | None, seed: int | None, *, as_json: bool) -> None:
    """Simulate every environment under every rule and print the paired differences."""
    from spareverse.reproduction import ants

    with screen.progress() as progress:
        result = ants.run(replications=replications or ants.REPLICATIONS, seed=seed or 0, progress=progress)
    if as_json:
        screen.document({**result, "cells": [asdict(cell) for cell in result["cells"]]})
        return
    screen.table(
        f"Sourcing rules, {result['replications']} paired runs: cost per day against the fixed mix, 95 % limits",
        ants.COLUMNS, ants.rows(result), right=ants.COLUMNS[2:],
    )  # fmt: skip
    for sentence in ants.findings(result):
        screen.say(f"* {sentence}")
