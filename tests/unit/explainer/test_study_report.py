"""The report of a study: decision as a list, every answer as a table, long tables shortened with a word on the rest."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from spareverse.explainer.study_report import MOST, study_sections
from spareverse.figures.report import Section, html_study_report
from spareverse.figures.warehouse.gallery import Gallery
from spareverse.network.schema import Table
from spareverse.network.study_answers import QUANTITIES, SMALLEST_STOCK
from spareverse.network.study_tables import DIFFERENCE_RESULTS
from tests import fixtures_study as made

DOCUMENT = {
    "replications": 60,
    "horizon_h": 175_200.0,
    "seed": 3,
    "made_at": "2026-01-01T00:00:00",
    "version": "1",
    "notes": [],
}
BUY = "Quantities to buy"
STOCK = "Smallest stock that reaches the target"
MATRIX = "Parts whose best option differs from the risk matrix"


def rows(table: Table, given: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a declared table; what is not given is missing."""
    return pl.DataFrame(given, schema={name: table.schema[name] for name in given[0]}).select(
        pl.col(name) if name in given[0] else pl.lit(None, kind).alias(name) for name, kind in table.schema.items()
    )


def sections(lines: int, **replaced: pl.DataFrame) -> dict[str, Section]:
    study = made.study(lines=lines)
    tables = {**made.tables(study), "differences": DIFFERENCE_RESULTS.empty()}
    keys = tables["line_results"].select("option", "part_id").to_dicts()
    stock = {"target": 0.95, "initial_stock": 0, "reorder_point": -1, "verdict": "confirmed"}
    last = keys[-1] | {"target": 0.95, "verdict": "unreachable", "limit": "access"}
    answers = made.study_answers(study, tables) | {
        "quantities": rows(QUANTITIES, [key | {"first_fill": 1, "two_year": 2} for key in keys]),
        "smallest_stock": rows(SMALLEST_STOCK, [key | stock | {"limit": None} for key in keys[:-1]] + [stock | last]),
    }
    answers |= replaced
    found = study_sections(study, tables, answers, Gallery(study, tables, answers).all())
    return {section.title: section for section in found}


@pytest.fixture(scope="module")
def package() -> dict[str, Section]:
    return sections(80)


def test_every_sentence_of_the_decision_is_a_line(package: dict[str, Section]) -> None:
    items = package["Decision"].items
    assert len(items) > 1
    page = html_study_report("Study", DOCUMENT, list(package.values()))
    assert all(f"<li>{item}</li>" in page for item in items if not set(item) & set("&<>'\""))


def test_answers_stand_as_tables(package: dict[str, Section]) -> None:
    for title in (STOCK, "Break-even fees and prices", BUY, MATRIX):
        table = package[title].table
        assert table is not None, title
        assert 0 < table.height <= MOST


def test_a_long_table_says_where_the_rest_is(package: dict[str, Section]) -> None:
    assert package[BUY].table.height == MOST  # type: ignore[union-attr]
    assert package[BUY].note.endswith("all in SPIR.xlsx.")


def test_one_part_has_its_quantities_under_every_option() -> None:
    study = made.study()
    table = sections(1)[BUY].table
    assert table is not None
    assert table.height == len(study.options)


def test_what_cannot_be_reached_comes_first_and_minus_one_is_said_in_words() -> None:
    table = sections(3)[STOCK].table
    assert table is not None
    assert table["Verdict"][0] == "unreachable: the asset cannot be reached often enough"
    assert table["Reorder point"].to_list() == ["", *["no stock"] * (table.height - 1)]


def test_nothing_to_tell_is_no_section() -> None:
    study = made.study()
    answers = made.study_answers(study, made.tables(study))
    assert MATRIX not in sections(1, matrix_lines=answers["matrix_lines"].clear())
