"""The cost file: precedence, defaults, and one clear report of all that is wrong."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import InputRejected
from spareverse.optimisation.costs import DEFAULTS, CostFile

PARTS = pl.DataFrame(
    {"part_id": ["A", "B", "C", "D"], "category": ["bearings", "bearings", None, "seals"], "unit_cost": [365.0] * 4}
)
FILE = """
[default]
carrying_rate = 0.2
[category.bearings]
carrying_rate = 0.3
stock_out_cost = 7.0
[part.A]
carrying_rate = 0.4
[part.C]
holding_cost = 1.5
early_holding_cost = 0.5
"""


def read(folder: Path, text: str) -> CostFile:
    path = folder / "costs.toml"
    path.write_text(text, encoding="utf-8")
    return CostFile.read(path)


def test_parts_win_over_categories_and_categories_over_the_default(tmp_path: Path) -> None:
    rows = read(tmp_path, FILE).per_part(PARTS)
    assert rows["holding_cost"].to_list() == pytest.approx([0.4, 0.3, 1.5, 0.2])
    early = DEFAULTS.early_factor or 0.0
    assert rows["early_holding_cost"].to_list() == pytest.approx([0.4 * early, 0.3 * early, 0.5, 0.2 * early])
    factor = DEFAULTS.stock_out_factor or 0.0
    assert rows["stock_out_cost"].to_list() == pytest.approx([7.0, 7.0, 1.5 * factor, 0.2 * factor])
    assert rows["ordering_cost"].unique().to_list() == [60.0]


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert CostFile.read(tmp_path / "costs.toml") == CostFile()
    rows = CostFile().per_part(PARTS)
    assert rows["holding_cost"].to_list() == pytest.approx([0.25] * 4)


def test_the_default_ratios_are_those_of_the_published_case() -> None:
    assert DEFAULTS.early_factor == pytest.approx(0.0941 / 0.05805, rel=1e-3)
    assert DEFAULTS.stock_out_factor == pytest.approx(1.515 / 0.05805, rel=1e-3)


def test_everything_wrong_is_reported_at_once(tmp_path: Path) -> None:
    text = """
    [default]
    carrying_rat = 0.2
    early_factor = "much"
    [category.seals]
    stock_out_factor = -1
    [part.A]
    ordering_cost = true
    [supplier.X]
    carrying_rate = 1
    """
    with pytest.raises(InputRejected) as caught:
        read(tmp_path, text)
    problems = caught.value.problems
    assert [problem.column for problem in problems] == [
        "default.carrying_rat",
        "default.early_factor",
        "category.seals.stock_out_factor",
        "part.A.ordering_cost",
        "supplier",
    ]
    assert all(problem.remedy for problem in problems)
    assert {problem.file for problem in problems} == {"costs.toml"}


@pytest.mark.parametrize("text", ["default = [", "carrying_rate 3"])
def test_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputRejected, match="not a valid TOML"):
        read(tmp_path, text)


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_numbers_that_are_none_are_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(InputRejected):
        read(tmp_path, f"[default]\ncarrying_rate = {value}\n")


@pytest.mark.parametrize("text", ["default = 3", "[part]\nA = 4", "category = 'x'"])
def test_a_value_where_a_section_belongs_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputRejected):
        read(tmp_path, text)
