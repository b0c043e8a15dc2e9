"""The demo company: sizes, skew, shocks, tables that hang together, and dirt counted to the line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import UsageError
from spareverse.examples.demo_company import DemoCompany, generate, write
from spareverse.examples.timeline import YEARS
from spareverse.network.tables import TABLES

PARTS = 12_000


@pytest.fixture(scope="module")
def company() -> DemoCompany:
    return generate(parts=PARTS)


@pytest.fixture(scope="module")
def purchase_lines(company: DemoCompany) -> pl.DataFrame:
    """One row per line that was not cancelled; a line is received with its last receipt."""
    return (
        company.purchases.filter(pl.col("status") != "cancelled")
        .group_by("order_id", "line")
        .agg(
            pl.col("part_id", "place_id", "supplier_id", "ordered_on", "promised_on", "quantity").first(),
            pl.col("received_quantity").sum(),
            pl.when(pl.col("received_on").null_count() == 0).then(pl.col("received_on").max()).alias("received_on"),
            pl.len().alias("receipts"),
        )
    )


@pytest.fixture(scope="module")
def sales_lines(company: DemoCompany) -> pl.DataFrame:
    return company.sales.filter(pl.col("status") != "cancelled")


@pytest.mark.parametrize("parts", [3_000, PARTS])
def test_lines_a_year_are_those_of_the_published_case_in_proportion(parts: int) -> None:
    company = generate(parts=parts)
    share_of_case = parts / 300_000
    purchases = company.purchases.filter(pl.col("status") != "cancelled").n_unique(["order_id", "line"])
    sales = company.sales.filter(pl.col("status") != "cancelled").height
    assert company.parts.height == parts
    assert purchases / YEARS == pytest.approx(32_000 * share_of_case, rel=0.02)
    assert sales / YEARS == pytest.approx(195_000 * share_of_case, rel=0.02)


def test_tables_have_their_declared_columns(company: DemoCompany) -> None:
    for name, frame in company.tables.items():
        assert frame.schema == TABLES[name].schema
        assert frame.select(pl.any_horizontal(pl.col(TABLES[name].required).is_null().any())).item() is False
        if name != "purchases":  # split deliveries repeat order and line there
            assert frame.n_unique(TABLES[name].identity) == frame.height


def test_same_seed_same_company_and_another_seed_another() -> None:
    first, again, other = generate(parts=800), generate(parts=800), generate(parts=800, seed=7)
    for name, frame in first.tables.items():
        assert frame.equals(again.tables[name])
    assert not first.sales.equals(other.sales)


@pytest.mark.parametrize("parts", [0, 199, 3_000_001])
def test_absurd_sizes_are_refused(parts: int) -> None:
    with pytest.raises(UsageError, match=f"{parts:,}"):
        generate(parts=parts)


def test_smallest_company_is_whole() -> None:
    company = generate(parts=200)
    assert company.purchases.height > 50
    assert company.sales["country"].n_unique() > 30


def test_history_begins_and_ends_with_the_extract(company: DemoCompany) -> None:
    for frame, arrival in ((company.purchases, "received_on"), (company.sales, "delivered_on")):
        assert frame["ordered_on"].min() >= date(2017, 1, 1)
        assert frame["ordered_on"].max() <= date(2023, 2, 28)
        assert frame[arrival].max() <= date(2023, 2, 28)


def test_costs_and_demand_are_skewed(company: DemoCompany, sales_lines: pl.DataFrame) -> None:
    cost = company.parts["unit_cost"]
    assert cost.mean() > 2.5 * cost.median()
    assert company.parts.group_by("category").agg(pl.col("unit_cost").median())["unit_cost"].max() > 800
    per_part = sales_lines.group_by("part_id").len().sort("len", descending=True)["len"]
    assert per_part.len() < 0.2 * PARTS  # most of the catalogue never moves
    assert per_part.head(per_part.len() // 10).sum() > 0.45 * per_part.sum()


def test_network_of_the_company(company: DemoCompany, sales_lines: pl.DataFrame) -> None:
    assert sales_lines["country"].n_unique() > 100
    assert company.parts["category"].n_unique() == 12
    assert set(company.purchases["place_id"]) == {"BOLOGNA", "MEMPHIS", "SINGAPORE"}
    assert company.purchases.filter(pl.col("supplier_id").str.starts_with("WORKS"))["kind"].unique().to_list() == [
        "production"
    ]
    assert set(company.purchases["part_id"]) <= set(company.parts["part_id"])
    successors = company.parts["superseded_by"].drop_nulls()
    assert set(successors) <= set(company.parts["part_id"])
    assert successors.len() > 0


def test_on_time_rate_falls_with_the_shocks_as_in_the_published_case(purchase_lines: pl.DataFrame) -> None:
    """73.3 % in the first window of 38 months, 53.8 % in the last (Sirri et al. 2023)."""

    def on_time(since: date, until: date) -> float:
        received = purchase_lines.filter(pl.col("ordered_on") >= since, pl.col("received_on") < until)
        return float((received["received_on"] <= received["promised_on"]).mean())

    assert on_time(date(2017, 1, 1), date(2020, 3, 1)) == pytest.approx(0.733, abs=0.03)
    assert on_time(date(2020, 1, 1), date(2023, 3, 1)) == pytest.approx(0.538, abs=0.04)


def test_shocks_stretch_lead_times(purchase_lines: pl.DataFrame) -> None:
    def median_days(since: date, until: date) -> float:
        window = purchase_lines.filter(pl.col("ordered_on").is_between(since, until, closed="left"))
        return float((window["received_on"] - window["ordered_on"]).dt.total_days().median())

    quiet = median_days(date(2019, 1, 1), date(2020, 1, 1))
    assert 1.1 < median_days(date(2020, 3, 15), date(2020, 7, 1)) / quiet < 1.45
    assert 1.5 < median_days(date(2022, 2, 1), date(2022, 8, 1)) / quiet < 2.0


def test_hero_has_plenty_of_cycles_and_rising_safety_cover(
    company: DemoCompany, purchase_lines: pl.DataFrame, sales_lines: pl.DataFrame
) -> None:
    cycles = purchase_lines.filter(pl.col("part_id") == company.hero, pl.col("received_on").is_not_null())
    sales = sales_lines.filter(pl.col("part_id") == company.hero)
    covers = cycles.join_where(
        sales.select("ordered_on", "quantity"),
        pl.col("ordered_on_right") >= pl.col("ordered_on"),
        pl.col("ordered_on_right") < pl.col("received_on"),
    )
    cover = covers.group_by("order_id", "line", "ordered_on").agg(pl.col("quantity_right").sum())
    early = cover.filter(pl.col("ordered_on") < date(2020, 3, 1))["quantity_right"]
    late = cover.filter(pl.col("ordered_on") >= date(2020, 1, 1))["quantity_right"]
    assert early.len() >= 20
    assert late.len() >= 20
    assert late.mean() > 1.35 * early.mean()


def test_nothing_is_delivered_before_it_was_there(
    company: DemoCompany, purchase_lines: pl.DataFrame, sales_lines: pl.DataFrame
) -> None:
    """Pieces delivered by any day never exceed the first stock and what was received by then, item by item."""
    item = ["part_id", "place_id"]
    received = company.purchases.filter(pl.col("received_on").is_not_null()).select(
        *item, day="received_on", pieces="received_quantity"
    )
    demanded = sales_lines.group_by(item).agg(pl.col("quantity").sum().alias("demanded"))
    start = (
        company.stock.join(demanded, on=item)
        .join(received.group_by(item).agg(pl.col("pieces").sum()), on=item, how="left")
        .with_columns(
            start=pl.col("on_hand") - pl.col("backordered") + pl.col("demanded") - pl.col("pieces").fill_null(0)
        )
    )
    assert (start["start"] >= 0).all()
    out = sales_lines.filter(pl.col("delivered_on").is_not_null()).select(
        *item, day="delivered_on", pieces=-pl.col("quantity")
    )
    first = start.select(*item, pl.lit(date(2016, 12, 31)).alias("day"), pieces="start")
    balance = (
        pl.concat([first, received, out])
        .sort(*item, "day", pl.col("pieces"), descending=[False, False, False, True])
        .select(pl.col("pieces").cum_sum().over(item))
    )
    assert balance.to_series().min() == 0  # so stock-outs do occur, and nothing is ever below


def test_open_lines_are_what_the_stock_table_says_is_on_order(
    company: DemoCompany, purchase_lines: pl.DataFrame
) -> None:
    due = purchase_lines.with_columns(due=pl.col("quantity") - pl.col("received_quantity"))
    assert due.filter(pl.col("received_on").is_not_null())["due"].abs().sum() == 0
    assert due["due"].sum() == company.stock["on_order"].sum() > 0


def test_split_deliveries_are_about_six_percent(purchase_lines: pl.DataFrame) -> None:
    assert (purchase_lines["receipts"] > 1).mean() == pytest.approx(0.06, abs=0.015)


def test_todays_policies_are_often_wrong_and_some_are_missing(company: DemoCompany, sales_lines: pl.DataFrame) -> None:
    late = sales_lines.filter(pl.col("delivered_on") > pl.col("promised_on")).height / sales_lines.height
    assert 0.15 < late < 0.4
    unruled = company.stock.join(company.policies, on=["part_id", "place_id"], how="anti").height
    assert 0.03 < unruled / company.stock.height < 0.11
    assert set(company.policies["policy"]) == {"sQ", "on_demand"}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pl.DataFrame], dict[str, dict]]:
    folder: Path = tmp_path_factory.mktemp("company")
    files = write(folder, parts=PARTS)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    texts = {name: pl.read_csv(path, separator=";", infer_schema=False) for name, path in files.items()}
    return texts, manifest["tables"]


@pytest.mark.parametrize(("name", "arrival"), [("purchases", "received_on"), ("sales", "delivered_on")])
def test_manifest_counts_exactly_what_was_planted(exported, company: DemoCompany, name: str, arrival: str) -> None:
    """Counted again from the file, by other means than the generator's."""
    text, counts = exported[0][name], exported[1][name]
    clean, planted = company.tables[name], counts["planted"]
    assert text.height == counts["rows"] == clean.height + planted["exact_duplicate"]
    assert text.is_duplicated().sum() == 2 * planted["exact_duplicate"]

    formats = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y")
    parsed = text.with_columns(
        pl.coalesce(pl.col(day).str.to_date(style, strict=False) for style in formats).alias(f"{day} read")
        for day in ("ordered_on", arrival)
    )
    assert parsed["ordered_on read"].null_count() == planted["unreadable_date"]
    assert parsed["quantity"].cast(pl.Float64, strict=False).null_count() == planted["quantity_as_text"]
    assert parsed["part_id"].null_count() == planted["missing_part"]
    assert (parsed["currency"] == "SEK").sum() == planted["currency_without_rate"]
    assert (parsed[f"{arrival} read"] < parsed["ordered_on read"]).sum() == planted["arrived_before_ordered"]
    assert text.n_unique(["order_id", "line"]) == counts["lines"]
    assert (text["status"] == "cancelled").sum() == counts["cancelled_lines"]
    assert text.filter(pl.col("status") == "open").n_unique(["order_id", "line"]) == counts["open_lines"]
    for style in formats:
        read = text["ordered_on"].str.to_date(style, strict=False).drop_nulls().len()
        assert read == counts["date_formats"]["ordered_on"].get(style, 0)
    assert len(counts["date_formats"]["ordered_on"]) == 2
    assert 0.003 < sum(planted.values()) / text.height < 0.007
    assert set(text["currency"]) - {"EUR", "SEK"} <= set(exported[0]["rates"]["currency"])


def test_export_keeps_leading_zeros_and_every_clean_line(exported, company: DemoCompany) -> None:
    text = exported[0]["purchases"]
    assert text.filter(pl.col("part_id").str.contains(r"^00\d{6}$")).height > 50
    kept = text.join(company.purchases, on=["order_id", "line", "part_id"], how="semi").height
    assert kept == text.height - exported[1]["purchases"]["planted"]["missing_part"]
    assert exported[0]["parts"]["part_id"].to_list() == company.parts["part_id"].to_list()


@pytest.mark.long
def test_full_size_is_the_published_case() -> None:
    """300,000 parts; most have no more than three cycles in three years, some thousands have eight or more."""
    company = generate()
    purchases = company.purchases.filter(pl.col("status") != "cancelled")
    assert purchases.n_unique(["order_id", "line"]) / YEARS == pytest.approx(32_000, rel=0.02)
    assert company.sales.filter(pl.col("status") != "cancelled").height / YEARS == pytest.approx(195_000, rel=0.02)
    recent = purchases.filter(pl.col("ordered_on") >= date(2020, 3, 1), pl.col("status") == "closed")
    cycles = recent.group_by("part_id").agg(pl.struct("order_id", "line").n_unique())["order_id"]
    assert (cycles >= 8).sum() > 2_000
    assert company.parts.height - (cycles > 3).sum() > 0.95 * company.parts.height
    assert 250 < company.purchases["supplier_id"].n_unique() < 400
    assert company.sales["customer_id"].n_unique() > 2_000
