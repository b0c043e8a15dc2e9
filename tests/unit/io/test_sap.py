"""SAP extracts: purchasing documents joined, goods movements, plant data, stock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from spareverse.errors import InputRejected
from spareverse.io.importing import import_files
from spareverse.io.twin_folder import TwinFolder

Write = Callable[[str, str | bytes], Path]

EKKO = "EBELN;LIFNR;BEDAT;WAERS;BSART\n4500000001;100200;05.01.2024;EUR;NB\n4500000002;100300;25.01.2024;EUR;UB\n"
EKPO = """EBELN;EBELP;MATNR;WERKS;MENGE;NETPR;PEINH;LOEKZ;ELIKZ
4500000001;00010;000000000000004711;1000;10,000;250,00;100;;X
4500000001;00020;ABC-1;1000;4,000;12,50;1;;
4500000001;00030;ABC-2;1000;4,000;12,50;1;L;
4500000002;00010;ABC-3;2000;6,000;1,00;1;;
4500000009;00010;ABC-4;2000;6,000;1,00;1;;
"""
EKET = """EBELN;EBELP;ETENR;EINDT;MENGE
4500000001;10;1;20.02.2024;4,000
4500000001;10;2;28.02.2024;6,000
4500000001;20;1;15.03.2024;4,000
"""
EKBE = """EBELN;EBELP;VGABE;BWART;SHKZG;BUDAT;MENGE
4500000001;00010;1;101;S;19.02.2024;4,000
4500000001;00010;1;101;S;21.02.2024;6,000
4500000001;00010;1;102;H;22.02.2024;6,000
4500000001;00010;1;101;S;01.03.2024;6,000
4500000001;00010;2;;S;05.03.2024;10,000
4500000002;00010;1;101;S;30.01.2024;2,000
4500000008;00010;1;101;S;30.01.2024;2,000
"""
TABLES = {"EKKO": EKKO, "EKPO": EKPO, "EKET": EKET, "EKBE": EKBE}


def check(twin: TwinFolder, source: object) -> None:
    report = import_files(twin, {"purchases": source}).files[0]  # type: ignore[dict-item]
    assert report.mapping == "sap-purchases"
    assert (report.read, report.taken) == (7, 4)
    assert report.reasons == {"cancelled": 1, "ordered_on is empty": 1, "no order item (EKPO) belongs to this row": 1}
    assert any("1 rows are no goods receipts" in notice for notice in report.notices)
    columns = ("line", "promised_on", "received_on", "received_quantity", "quantity", "unit_cost", "status")
    rows = twin.table("purchases").sort("order_id", "line", "received_on")
    assert rows.select("part_id", "place_id", "supplier_id", "kind").unique(maintain_order=True).rows() == [
        ("000000000000004711", "1000", "100200", "purchase"),
        ("ABC-1", "1000", "100200", "purchase"),
        ("ABC-3", "2000", "100300", "transfer"),
    ]
    assert rows.select(columns).rows() == [
        ("00010", date(2024, 2, 28), date(2024, 2, 19), 4.0, 10.0, 2.5, "closed"),
        ("00010", date(2024, 2, 28), date(2024, 3, 1), 6.0, 10.0, 2.5, "closed"),
        ("00020", date(2024, 3, 15), None, None, 4.0, 12.5, None),
        ("00010", None, date(2024, 1, 30), 2.0, 6.0, 1.0, None),
    ]


def test_extracts_in_a_folder(twin: TwinFolder, tmp_path: Path) -> None:
    folder = tmp_path / "extract"
    folder.mkdir()
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text)
    check(twin, folder)


def test_extracts_as_several_files(twin: TwinFolder, write: Write) -> None:
    check(twin, [write(f"{name}.txt", text.replace(";", "\t")) for name, text in TABLES.items()])


def test_extracts_as_sheets_of_a_workbook(twin: TwinFolder, tmp_path: Path) -> None:
    path = tmp_path / "sap.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        for name, text in TABLES.items():
            page = book.add_worksheet(name)
            for number, line in enumerate(text.splitlines()):
                page.write_row(number, 0, line.split(";"))
    check(twin, path)


def test_headings_in_words(twin: TwinFolder, write: Write) -> None:
    words = EKPO.replace("EBELN;EBELP;MATNR;WERKS", "Purchasing Document;Item;Material;Plant")
    check(twin, [write("a.csv", words), *(write(f"{n}.csv", TABLES[n]) for n in ("EKKO", "EKET", "EKBE"))])


def test_an_unreadable_receipt_is_quarantined(twin: TwinFolder, write: Write) -> None:
    files = {**TABLES, "EKBE": EKBE.replace("30.01.2024;2,000\n4500000008", "soon;2,000\n4500000008")}
    report = import_files(twin, {"purchases": [write(f"{n}.csv", t) for n, t in files.items()]}).files[0]
    assert report.reasons["received_on is no date"] == 1


def test_items_without_headers_are_refused(twin: TwinFolder, write: Write) -> None:
    with pytest.raises(InputRejected, match="EKKO"):
        import_files(twin, {"purchases": write("EKPO.csv", EKPO)})


def test_goods_issues(twin: TwinFolder, write: Write) -> None:
    text = "MATNR;WERKS;BUDAT;MENGE;BWART\nA;1000;20240105;5-;261\nA;1000;20240106;2;262\nA;1000;20240107;9;101\n"
    report = import_files(twin, {"consumption": write("mb51.csv", text)}).files[0]
    assert report.mapping == "sap-mb51"
    assert report.reasons == {"movement type is no goods issue": 1}
    assert twin.table("consumption")["quantity"].to_list() == [5.0, -2.0]


def test_plant_data(twin: TwinFolder, write: Write) -> None:
    text = "MATNR;WERKS;DISPO;DISMM;MINBE;EISBE;MABST;BSTFE;PLIFZ\nA;1000;P01;VB;5,000;2,000;0,000;0,000;14\n"
    report = import_files(twin, {"policies": write("marc.csv", text)}, mapping="sap-marc").files[0]
    assert report.taken == 1
    row = twin.table("policies").row(0, named=True)
    assert (row["planner"], row["policy"], row["reorder_point"], row["order_up_to"]) == ("P01", "sQ", 5.0, None)
    assert row["planned_lead_time_days"] == 14.0


def test_storage_locations_are_added_up(twin: TwinFolder, write: Write) -> None:
    text = "MATNR,WERKS,LGORT,LABST\nA,1000,01,5\nA,1000,02,7.5\nB,1000,01,x\n"
    report = import_files(twin, {"stock": write("mard.csv", text)}).files[0]
    assert (report.taken, report.quarantined) == (1, 1)
    assert twin.table("stock")["on_hand"].to_list() == [12.5]


def test_a_price_unit_that_is_no_number_is_quarantined(twin: TwinFolder, write: Write) -> None:
    files = {**TABLES, "EKPO": EKPO.replace("250,00;100", "250,00;C")}
    report = import_files(twin, {"purchases": [write(f"{n}.csv", t) for n, t in files.items()]}).files[0]
    assert report.reasons["the price unit is no number"] == 2
