"""The smallest stock by simulation, against closed forms the simulation is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from spareverse.errors import Cancelled
from spareverse.network.study import Access, Study
from spareverse.network.study_answers import NOT_ENOUGH, SMALLEST_STOCK, STOCK_LADDER
from spareverse.optimisation.warehouse.stock_ladder import exact, exact_step, step
from spareverse.optimisation.warehouse.stock_search import alone, exact_answers, search
from spareverse.optimisation.warehouse.supplies import part_supplies


@pytest.mark.parametrize("target", [0.5, 0.8, 0.9, 0.97, 0.98])
@pytest.mark.parametrize("name", ["physical", "digital", "hybrid"])
def test_finds_what_the_closed_form_knows(platform: Study, simulation: Any, name: str, target: float) -> None:
    found, ladder = search(platform, name, target, simulation)
    assert found.schema == SMALLEST_STOCK.schema
    assert ladder.schema == STOCK_LADDER.schema
    row = found.row(0, named=True)
    option = platform.option(name)
    level = exact_step(option.policy, part_supplies(platform, option)[0], target)
    assert level is not None
    assert row["initial_stock"] == row["exact_stock"] == step(option.policy, level).initial_stock
    assert row["reorder_point"] == level - 1
    if row["verdict"] == "confirmed":
        assert row["availability_low"] >= target
        assert level == 0 or row["below_high"] < target


def test_the_search_does_not_lean_on_its_start(
    platform: Study, simulation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a start far below or far above it comes to the same step."""
    answers = set()
    for start in (0, 2, 14):
        monkeypatch.setattr("spareverse.optimisation.warehouse.stock_search.exact_step", lambda *_, s=start, **__: s)
        found, _ = search(platform, "physical", 0.97, simulation)
        answers.add(found["initial_stock"][0])
    assert len(answers) == 1


def test_many_parts_share_the_rounds(
    platform: Study, simulation: Any, many_lines: Callable[[list[float]], pl.DataFrame]
) -> None:
    study = replace(platform, lines=many_lines([18.0, 6.0, 2.0, 0.4, 0.0]))
    found, _ = search(study, "physical", 0.975, simulation)
    option = study.option("physical")
    for supply, row in zip(part_supplies(study, option), found.iter_rows(named=True), strict=True):
        level = exact_step(option.policy, supply, 0.975)
        assert level is not None
        assert row["initial_stock"] == step(option.policy, level).initial_stock
    assert len(simulation.calls) < 15
    assert simulation.calls[-1][0].lines.height < 5


def test_noise_that_never_clears_is_said(platform: Study, simulation: Any) -> None:
    option = platform.option("physical")
    supply = part_supplies(platform, option)[0]
    on_the_edge = exact(step(option.policy, 4), supply).availability
    found, _ = search(platform, "physical", on_the_edge, simulation, most_replications=200)
    assert found["verdict"][0] == NOT_ENOUGH
    assert found["initial_stock"][0] in (4, 5)


@pytest.mark.parametrize(
    ("change", "limit"), [({}, "replacement"), ({"access": Access(visit_interval_h=400.0)}, "access")]
)
def test_says_what_keeps_the_target_out_of_reach(platform: Study, simulation: Any, change: Any, limit: str) -> None:
    study = replace(platform, **change)
    target = 0.99 if limit == "replacement" else 0.95
    found, _ = search(study, "hybrid", target, simulation)
    row = found.row(0, named=True)
    assert (row["verdict"], row["limit"], row["initial_stock"]) == ("unreachable", limit, None)
    assert row["reachable"] < target
    assert exact_answers(study, "hybrid", target)["limit"][0] == limit


def test_each_part_stands_alone(platform: Study, many_lines: Callable[[list[float]], pl.DataFrame]) -> None:
    lines = many_lines([1.0, 2.0, 3.0]).with_columns(
        asset_id=pl.lit("A"), interchange_group=pl.Series([None, "G", "G"])
    )
    found = alone(replace(platform, lines=lines), ["P0", "G"])
    assert found.lines["asset_id"].to_list() == ["A|P0", "A|G", "A|G"]
    assert alone(replace(platform, lines=lines), ["G"]).lines.height == 2


def test_can_be_stopped(platform: Study, simulation: Any) -> None:
    with pytest.raises(Cancelled):
        search(platform, "physical", 0.9, simulation, cancel=lambda: True)
