"""The public SCMS delivery history, as it is and damaged: every count is known beforehand.

Source: USAID Supply Chain Management System, SCMS_Delivery_History_Dataset_20150929.csv, 10,324 lines.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from spareverse.io.importing import FileReport, import_files
from spareverse.io.twin_folder import TwinFolder

PO_DATE, PQ_DATE = "PO Sent to Vendor Date", "PQ First Sent to Client Date"
ROLES = {"purchases": PO_DATE, "sales": PQ_DATE}
SET_ASIDE = {
    "purchases": {"N/A - From RDC": "From RDC", "Date Not Captured": "Date Not Captured"},
    "sales": {"Pre-PQ Process": "Pre-PQ Process", "Date Not Captured": "Date Not Captured"},
}


@pytest.fixture(scope="module")
def scms(shared: Path) -> Path:
    return shared / "data" / "po-scms" / "SCMS_Delivery_History_Dataset_20150929.csv"


@pytest.fixture(scope="module")
def records(scms: Path) -> list[dict[str, str]]:
    with scms.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def imported(folder: Path, path: Path) -> tuple[TwinFolder, dict[str, FileReport]]:
    twin = TwinFolder.create(folder)
    reports = import_files(twin, {"purchases": path, "sales": path}).files
    for report in reports:
        assert report.read == report.taken + report.not_applicable + report.quarantined
    return twin, {report.table: report for report in reports}


def test_the_file_as_it_is(scms: Path, tmp_path: Path) -> None:
    twin, reports = imported(tmp_path / "twin", scms)
    purchases, sales = reports["purchases"], reports["sales"]
    assert (purchases.mapping, purchases.read, purchases.taken) == ("scms", 10_324, 4_592)
    assert purchases.formats["ordered_on"] == {"m/d/yyyy": 2_880, "mm-dd-yyyy": 1_712}
    assert purchases.reasons == {"From RDC": 5_404, "Date Not Captured": 328}
    assert (purchases.not_applicable, purchases.quarantined) == (5_732, 0)
    assert purchases.flagged["delivered_before_ordered"] == 5
    assert (sales.read, sales.taken) == (10_324, 7_643)
    assert sales.formats["ordered_on"] == {"m/d/yyyy": 4_495, "mm-dd-yyyy": 3_148}
    assert sales.reasons == {"Pre-PQ Process": 2_476, "Date Not Captured": 205}
    assert (sales.not_applicable, sales.quarantined) == (2_681, 0)
    assert twin.quarantine().is_empty()


def test_lead_times_have_the_published_quantiles(scms: Path, tmp_path: Path) -> None:
    twin, _ = imported(tmp_path / "twin", scms)
    rows = twin.table("purchases")
    ordered = pl.col("ordered_on")
    for column, published in (("promised_on", (0, 52, 92, 142, 266)), ("received_on", (0, 50, 92, 143, 270))):
        days = rows.select((pl.col(column) - ordered).dt.total_days()).to_series()
        found = tuple(days.quantile(q, "linear") for q in (0.05, 0.25, 0.5, 0.75, 0.95))
        assert found == pytest.approx(published, abs=0.5)
    both = twin.table("sales").join(rows.select("order_id", "line", sent=ordered), on=["order_id", "line"], how="inner")
    assert (both.height, int((both["ordered_on"] <= both["sent"]).sum())) == (3_842, 3_837)


def third_format(text: str) -> str:
    """An m/d/yyyy date in another way of writing; everything else as it was."""
    try:
        return datetime.strptime(text, "%m/%d/%Y").strftime("%d.%m.%Y")
    except ValueError:
        return text


DAMAGES = ("date", "quantity", "part", "short")


def damage(record: dict[str, str], kind: str, role: str) -> None:
    if kind == "date":
        record[ROLES[role]] = "31/31/2013"
    elif kind == "quantity":
        record["Line Item Quantity"] = "about fifty"
    elif kind == "part":
        record["Item Description"] = ""


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("role", list(ROLES))
def test_a_shuffled_damaged_copy(records: list[dict[str, str]], tmp_path: Path, seed: int, role: str) -> None:
    """Columns shuffled, rows shuffled, a third date format on a fifth of the rows, 5 % of the rows damaged."""
    chance = random.Random(seed)
    columns = list(records[0])
    chance.shuffle(columns)
    column = ROLES[role]
    rows: list[list[str]] = []
    expected: Counter[str] = Counter()
    for original in chance.sample(records, len(records)):
        record = dict(original)
        if chance.random() < 0.2:
            record[column] = third_format(record[column])
        kind = chance.choice(DAMAGES) if chance.random() < 0.05 else ""
        damage(record, kind, role)
        cells = [record[name] for name in columns]
        aside = SET_ASIDE[role].get(record[column])
        if kind == "short":
            cells = cells[: chance.randrange(5, len(cells))]
        if kind == "short" or (kind and not aside):
            expected["quarantined"] += 1
        elif aside:
            expected[aside] += 1
        else:
            expected["taken"] += 1
        rows.append(cells)
    path = tmp_path / "copy.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    twin = TwinFolder.create(tmp_path / "twin")
    report = import_files(twin, {role: path}).files[0]
    assert report.mapping == "scms"
    assert report.read == len(records)
    assert report.taken == expected["taken"]
    assert report.quarantined == twin.quarantine().height == expected["quarantined"]
    for reason in SET_ASIDE[role].values():
        assert report.reasons[reason] == expected[reason]
    assert set(report.formats["ordered_on"]) == {"m/d/yyyy", "mm-dd-yyyy", "dd.mm.yyyy"}
