"""The public SCMS delivery history from file to analysis, against a plain reading of the same file.

Source: USAID Supply Chain Management System, SCMS_Delivery_History_Dataset_20150929.csv, 10,324 lines.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import spareverse as sv

WINDOW = (date(2005, 1, 1), date(2016, 1, 1))


@pytest.fixture(scope="module")
def file(shared: Path) -> Path:
    return shared / "data" / "po-scms" / "SCMS_Delivery_History_Dataset_20150929.csv"


@pytest.fixture(scope="module")
def analysis(file: Path, tmp_path_factory: pytest.TempPathFactory) -> sv.Analysis:
    twin = sv.create(tmp_path_factory.mktemp("scms") / "twin", currency="USD")
    twin.import_orders(purchases=file, sales=file)
    return twin.analyse(since=WINDOW[0], until=WINDOW[1])


@pytest.fixture(scope="module")
def records(file: Path) -> list[tuple[date, date, date, str, str]]:
    """(ordered, promised, delivered, vendor, item) of the purchase lines, read without the product; month first."""

    def read(text: str, *forms: str) -> date | None:
        for form in forms:
            try:
                return datetime.strptime(text, form).date()
            except ValueError:
                continue
        return None

    found = []
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        for row in csv.DictReader(lines):
            ordered = read(row["PO Sent to Vendor Date"], "%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y")
            promised, delivered = (
                read(row[name], "%d-%b-%y") for name in ("Scheduled Delivery Date", "Delivered to Client Date")
            )
            if ordered and promised and delivered:
                found.append((ordered, promised, delivered, row["Vendor"], row["Item Description"]))
    return found


def test_counts(analysis: sv.Analysis, records: list[tuple[date, date, date, str, str]]) -> None:
    assert len(records) == 4_592
    summary = analysis.summary
    assert (summary["purchase_lines"], summary["open_lines"], summary["cycles"]) == (4_592, 0, 4_587)
    assert (summary["sales_lines"], summary["currency"]) == (7_643, "USD")
    assert analysis.cycles["supplier_id"].n_unique() == len({vendor for *_, vendor, _ in records})
    assert analysis.parts.filter(pl.col("purchase_lines") > 0).height == len({item for *_, item in records})


def test_lead_time_quantiles(analysis: sv.Analysis, records: list[tuple[date, date, date, str, str]]) -> None:
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    published = {"promised_lead_time_days": (0, 52, 92, 142, 266), "lead_time_days": (0, 50, 92, 143, 270)}
    plain = {
        "promised_lead_time_days": [(promised - ordered).days for ordered, promised, *_ in records],
        "lead_time_days": [(delivered - ordered).days for ordered, _, delivered, *_ in records],
    }
    for name, figures in published.items():
        found = np.quantile(analysis.cycles[name].to_numpy(), levels)
        np.testing.assert_allclose(found, np.quantile(plain[name], levels))
        np.testing.assert_allclose(found, figures, atol=0.5)


def test_impossible_deliveries_are_kept_out_of_the_statistics(analysis: sv.Analysis) -> None:
    flagged = analysis.cycles.filter(pl.col("flag").is_not_null())
    assert flagged.height == 5
    assert flagged["flag"].str.contains("delivered_before_ordered").all()
    assert (flagged["lead_time_days"] < 0).all()
    assert analysis.parts["cycles"].sum() == 4_592 - 5
    part = flagged["part_id"][0]
    counted = analysis.cycles.filter((pl.col("part_id") == part) & pl.col("flag").is_null())
    row = analysis.part(part).row
    assert row["cycles"] == counted.height
    assert row["lead_time_mean_days"] == pytest.approx(counted["lead_time_days"].mean())
    assert any(
        "5 purchase lines" in notice and "lead-time statistics" in notice for notice in analysis.document["notices"]
    )


def test_the_notice_that_this_is_made_to_order(analysis: sv.Analysis) -> None:
    notice = next(text for text in analysis.document["notices"] if "made to order" in text)
    assert "3,837 of 3,842" in notice
    assert "Safety cover" in notice


def test_suppliers_are_counted_as_in_the_file(
    analysis: sv.Analysis, records: list[tuple[date, date, date, str, str]]
) -> None:
    rows = {row["supplier_id"]: row for row in analysis.suppliers.iter_rows(named=True)}
    for vendor in {vendor for *_, vendor, _ in records}:
        mine = [(o, p, d) for o, p, d, v, _ in records if v == vendor]
        assert rows[vendor]["lines"] == len(mine)
        days = [(d - o).days for o, _, d in mine if d >= o]
        assert rows[vendor]["lead_time_median_days"] == pytest.approx(np.median(days))
