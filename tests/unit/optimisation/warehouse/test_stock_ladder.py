"""Steps of stock and their closed forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from spareverse.network.study import Access, Option, Policy, Study
from spareverse.network.study_tables import STUDY_STOCK
from spareverse.optimisation.spares.erlang import blocking
from spareverse.optimisation.spares.single_asset import smallest_spares
from spareverse.optimisation.warehouse.stock_ladder import exact, exact_step, first_step, step, stock_levels
from spareverse.optimisation.warehouse.supplies import part_supplies, supply_options


def test_batch_of_the_size_of_the_stock_grows_with_it() -> None:
    paper = Policy("reorder_point", 3, 2, 3, basis="on_hand")
    raised = step(paper, 7)
    assert (raised.initial_stock, raised.reorder_point, raised.order_quantity) == (7, 6, 7)
    assert step(paper, 3) == replace(paper, order_up_to=3)


def test_other_batches_stay() -> None:
    raised = step(Policy("reorder_point", 6, 1, 5), 4)
    assert (raised.initial_stock, raised.reorder_point, raised.order_quantity) == (8, 3, 5)
    raised = step(Policy("order_up_to", 6, 2, 1, 8), 5)
    assert (raised.reorder_point, raised.order_up_to) == (4, 10)


def test_option_without_stock_steps_up_by_base_stock() -> None:
    assert step(Policy("on_demand"), 2) == Policy("base_stock", 2, 1, 1, 2)
    assert step(Policy("base_stock", 5, 4, 1, 5), 0).kind == "on_demand"


def test_platform_without_stock(platform: Study) -> None:
    """Renewal: 486.67 / (486.67 + E[L] + 8), 37.6 % and 69.3 % (models of El-Thalji 2025)."""
    found = {}
    for supply, name in supply_options(platform).items():
        option = platform.option(name)
        found[supply] = exact(step(option.policy, 0), part_supplies(platform, option)[0]).availability
    assert found["conventional"] == pytest.approx(486.667 / (486.667 + 800 + 8), abs=1e-6)
    assert found["digital"] == pytest.approx(486.667 / (486.667 + 208 + 8), abs=1e-6)


@pytest.mark.parametrize("spares", [1, 3, 6])
def test_one_asset_at_once_is_erlang(platform: Study, spares: int) -> None:
    lines = platform.lines.with_columns(pl.lit("0 h").alias("replacement"))
    supply = part_supplies(replace(platform, lines=lines), platform.options[0])[0]
    found = exact(step(Policy("base_stock"), spares), supply)
    assert found.availability == pytest.approx(1 - blocking(spares + 1, 800 / (8760 / 18)), abs=1e-12)
    assert "approximation" not in found.method


@pytest.mark.parametrize("target", [0.3, 0.6, 0.9, 0.98])
def test_the_step_found_is_the_smallest(platform: Study, target: float) -> None:
    lines = platform.lines.with_columns(pl.lit("0 h").alias("replacement"))
    supply = part_supplies(replace(platform, lines=lines), platform.options[0])[0]
    level = exact_step(Policy("base_stock"), supply, target)
    assert level == smallest_spares(target, 8760 / 18, 800.0)
    if level:
        assert exact(step(Policy("base_stock"), level - 1), supply).availability < target


@pytest.mark.parametrize("rate", [0.05, 0.5, 4.0, 18.0])
def test_quick_forms_are_near_the_chain(
    platform: Study, many_lines: Callable[[list[float]], pl.DataFrame], rate: float
) -> None:
    study = replace(platform, lines=many_lines([rate]))
    supply = part_supplies(study, platform.options[0])[0]
    for level in (1, 2, 4):
        chain = exact(step(Policy("base_stock"), level), supply).availability
        quick = exact(step(Policy("base_stock"), level), supply, quick=True)
        assert quick.availability == pytest.approx(chain, abs=0.004)
        assert quick.availability <= chain + 1e-9  # on the safe side
        assert "approximation" in quick.method


def test_parts_that_need_some_of_their_pieces(platform: Study) -> None:
    """Two of three, each up 69.3 % of the time: binomial."""
    lines = platform.lines.with_columns(installed_quantity=pl.lit(3, pl.Int64), needed_quantity=pl.lit(2, pl.Int64))
    option = platform.option("digital")
    supply = part_supplies(replace(platform, lines=lines), option)[0]
    one = 486.667 / (486.667 + 208 + 8)
    found = exact(step(option.policy, 0), supply)
    assert found.availability == pytest.approx(one**3 + 3 * one**2 * (1 - one), abs=1e-6)
    assert "approximation" in found.method


def test_only_lines_that_qualify_follow_a_qualified_option(
    platform: Study, many_lines: Callable[[list[float]], pl.DataFrame]
) -> None:
    lines = many_lines([1.0, 2.0, 3.0]).with_columns(am_qualified=pl.Series([True, False, None]))
    option = replace(platform.option("hybrid"), qualified_only=True, fallback="physical")
    assert [part.part_id for part in part_supplies(replace(platform, lines=lines), option)] == ["P0"]


def test_first_step_is_the_smallest() -> None:
    for answer in range(40):
        assert first_step(lambda level, answer=answer: level >= answer, 50) == answer  # type: ignore[misc]
    assert first_step(lambda _: False, 50) is None


def test_work_alone_can_keep_the_target_out_of_reach(platform: Study) -> None:
    supply = part_supplies(platform, platform.options[0])[0]
    assert exact_step(Policy("base_stock"), supply, 0.983) is not None
    assert exact_step(Policy("base_stock"), supply, 0.985) is None  # 486.67 / 494.67 = 98.38 %
    visits = replace(platform, access=Access(visit_interval_h=400.0))
    assert exact_step(Policy("base_stock"), part_supplies(visits, platform.options[0])[0], 0.9) is None


def test_levels_of_options_with_a_target(platform: Study, many_lines: Callable[[list[float]], pl.DataFrame]) -> None:
    option = Option("held", "physical", policy=Policy("base_stock"), lead_time=platform.options[0].lead_time,
                    target_availability=0.98)  # fmt: skip
    fixed = pl.DataFrame([("held", "P1", "site", 9, 8, 1, 9)], schema=STUDY_STOCK.schema, orient="row")
    study = replace(platform, lines=many_lines([18.0, 2.0, 0.01]), options=(option, *platform.options), stock=fixed)
    found = stock_levels(study)
    assert found.schema == STUDY_STOCK.schema
    assert set(found["option"]) == {"held"}
    levels = dict(found.select("part_id", "initial_stock").iter_rows())
    assert levels["P1"] == 9
    assert levels["P0"] > levels["P2"] >= 0
    for supply in part_supplies(study, option):
        if supply.part_id != "P1":
            reached = exact(step(option.policy, levels[supply.part_id]), supply).availability
            assert reached >= 0.98
            if levels[supply.part_id]:
                assert exact(step(option.policy, levels[supply.part_id] - 1), supply).availability < 0.98
