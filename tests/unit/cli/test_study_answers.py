"""What stands below the tables of prices and switches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from spareverse.cli import screen
from spareverse.cli.study_answers import price_of_down_time, scale_of_switches, show_study
from spareverse.examples.platform import study as platform
from spareverse.network.study import Economics, Study
from spareverse.twin.warehouse_study import Study as Subject

PRICED = replace(
    platform(), economics=Economics(downtime_cost_per_h=40.0), horizon_h=2 * 8760.0, target_availability=None
)
OTHER = PRICED.lines.with_columns(tag=pl.lit("other"), asset_id=pl.lit("other"), downtime_cost_per_h=pl.lit(7.0))
SEASONS = replace(PRICED, economics=Economics(downtime_cost_per_h=40.0, downtime_season=(1.0,) * 11 + (2.0,)))


def test_one_common_cost_is_named() -> None:
    assert price_of_down_time(PRICED) == "Down time at one common cost: 40 NOK an hour on every asset."
    assert "differ" not in scale_of_switches(PRICED)


@pytest.mark.parametrize("study", [SEASONS, replace(PRICED, lines=pl.concat([PRICED.lines, OTHER]))])
def test_costs_that_differ_are_told_apart_from_the_scale(study: Study) -> None:
    assert price_of_down_time(study) == "Down time at what it costs on each asset and in each month."
    assert "its totals stand at no point of this scale" in scale_of_switches(study)


def test_both_notes_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(screen, "say", lambda text="": said.append(text))
    monkeypatch.setattr(screen, "table", lambda title, *_, **__: said.append(title))
    result: Any = Subject(PRICED).run(replications=4)
    show_study(result)
    switches = said.index("Cheapest option by the cost of an hour down")
    prices = said.index("Break-even prices, down time counted")
    assert said[prices + 1] == price_of_down_time(PRICED)
    assert said[switches + 1] == scale_of_switches(PRICED)
