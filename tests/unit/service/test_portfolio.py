from __future__ import annotations

import polars as pl
import pytest

from spareverse.errors import UsageError
from spareverse.service.portfolio import PARTS, VIEWS, Portfolio
from tests.fixtures_results import part_results


@pytest.fixture(scope="module")
def parts() -> pl.DataFrame:
    return part_results(500)


@pytest.fixture
def portfolio(parts: pl.DataFrame) -> Portfolio:
    return Portfolio(parts)


def test_a_page_is_the_slice_of_the_sorted_table(portfolio: Portfolio, parts: pl.DataFrame) -> None:
    total, rows = portfolio.page(PARTS.query(sort="-saving,part_id"), offset=40, limit=20)
    expected = parts.sort(["saving", "part_id"], descending=[True, False], nulls_last=True)["part_id"]
    assert total == 500
    assert rows["part_id"].to_list() == expected[40:60].to_list()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("current_cover:ge:5", pl.col("current_cover") >= 5),
        ("current_cover:lt:5", pl.col("current_cover") < 5),
        ("evidence:in:weak|fair", pl.col("evidence").is_in(["weak", "fair"])),
        ("evidence:ne:weak", pl.col("evidence") != "weak"),
        ("description:contains:VALVE", pl.col("description").str.contains("Valve")),
        ("part_id:starts:0001", pl.col("part_id").str.starts_with("0001")),
        ("optimal_cover:empty", pl.col("optimal_cover").is_null()),
        ("optimal_cover:filled", pl.col("optimal_cover").is_not_null()),
    ],
)
def test_conditions_choose_the_rows_they_name(
    portfolio: Portfolio, parts: pl.DataFrame, condition: str, expected: pl.Expr
) -> None:
    shown = portfolio.all(PARTS.query([condition], sort="part_id"))["part_id"].to_list()
    assert shown == parts.filter(expected).sort("part_id")["part_id"].to_list()
    assert 0 < len(shown) < 500


def test_search_reads_id_description_and_supplier(portfolio: Portfolio) -> None:
    by_supplier = portfolio.all(PARTS.query(search="S001"))
    assert set(by_supplier["supplier_id"]) >= {"S001"}
    assert portfolio.page(PARTS.query(search="no such thing"))[0] == 0


def test_a_search_for_a_pattern_is_taken_literally(portfolio: Portfolio) -> None:
    assert portfolio.page(PARTS.query(search="valve.*"))[0] == 0
    assert portfolio.suggestions("(").is_empty()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: PARTS.where("savings:gt:1"), "saving"),
        (lambda: PARTS.where("saving:over:1"), "gt"),
        (lambda: PARTS.where("saving:gt:much"), "decimal point"),
        (lambda: PARTS.query(sort="-savigs"), "saving"),
        (lambda: PARTS.query(view="mine"), "to_decide"),
    ],
)
def test_a_wrong_query_is_told_what_would_be_right(call: object, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        call()  # type: ignore[operator]
    assert said in str(caught.value.problems[0])


def test_every_view_can_be_shown(portfolio: Portfolio) -> None:
    counts = {name: portfolio.count(PARTS.query(view=name)) for name in VIEWS}
    assert counts["all"] == 500
    assert all(0 < counts[name] < 500 for name in ("to_decide", "long_lead", "critical"))


def test_a_decision_shows_at_once_and_leaves_the_view_to_decide(portfolio: Portfolio) -> None:
    waiting = portfolio.all(PARTS.query(view="to_decide"))
    chosen = waiting.row(0, named=True)
    rows = {"part_id": [chosen["part_id"]], "place_id": [chosen["place_id"]], "accept": ["yes"]}
    portfolio.decide(pl.DataFrame(rows).with_columns(override_reorder_point=pl.lit(7.0), comment=pl.lit("seen")))
    now = portfolio.all(PARTS.query(view="to_decide"))
    assert now.height == waiting.height - 1
    decided = portfolio.all(PARTS.query([f"part_id:eq:{chosen['part_id']}"])).row(0, named=True)
    assert (decided["accept"], decided["override_reorder_point"], decided["comment"]) == ("yes", 7.0, "seen")


def test_sorting_by_the_decision_follows_new_decisions(portfolio: Portfolio) -> None:
    query = PARTS.query(sort="-override_reorder_point")
    portfolio.page(query)
    for part, level in (("000007", 5.0), ("000009", 6.0)):
        rows = {"part_id": [part], "place_id": [""], "accept": ["yes"], "override_reorder_point": [level]}
        portfolio.decide(pl.DataFrame(rows).with_columns(comment=pl.lit(None, pl.String)))
        assert portfolio.page(query)[1]["part_id"][0] == part
