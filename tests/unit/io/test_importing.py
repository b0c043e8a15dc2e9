"""From a file to rows of the twin: mapping, trouble of three kinds, counts that always add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import AmbiguousDates, InputRejected, NotFound, UsageError
from spareverse.io.importing import FileReport, import_files, preview
from spareverse.io.twin_folder import TwinFolder
from spareverse.network.tables import TABLES

Write = Callable[[str, str | bytes], Path]
HEAD = "part_id,order_id,line,ordered_on,received_on,quantity,unit_cost\n"
GOOD = HEAD + "007,PO1,10,2024-01-02,2024-02-01,5,12.5\n008,PO1,20,2024-01-03,,2,3\n"


def take(twin: TwinFolder, path: Path, table: str = "purchases", **options: object) -> FileReport:
    report = import_files(twin, {table: path}, **options).files[0]  # type: ignore[arg-type]
    assert report.read == report.taken + report.not_applicable + report.quarantined
    assert sum(report.reasons.values()) == report.not_applicable + report.quarantined
    return report


def problems_of(twin: TwinFolder, path: Path, table: str = "purchases", **options: object) -> list[str]:
    before = twin.fingerprint()
    with pytest.raises(InputRejected) as caught:
        import_files(twin, {table: path}, **options)  # type: ignore[arg-type]
    assert twin.fingerprint() == before
    assert twin.imports().is_empty()
    assert all(problem.remedy for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def test_good_lines_arrive_with_their_origin(twin: TwinFolder, write: Write) -> None:
    report = take(twin, write("po.csv", GOOD))
    rows = twin.table("purchases")
    assert rows.schema == {
        **TABLES["purchases"].schema,
        "import_id": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "flag": pl.String,
    }
    assert rows.select("part_id", "ordered_on", "received_on", "quantity", "kind", "row", "flag").rows() == [
        ("007", date(2024, 1, 2), date(2024, 2, 1), 5.0, "purchase", 2, None),
        ("008", date(2024, 1, 3), None, 2.0, "purchase", 3, None),
    ]
    assert rows["import_id"].unique().to_list() == [report.import_id]
    assert {column for column, _ in report.missing} >= {"place_id", "supplier_id", "promised_on", "status"}


def test_the_same_file_twice_adds_nothing(twin: TwinFolder, write: Write) -> None:
    path = write("po.csv", GOOD)
    first = take(twin, path)
    before = twin.fingerprint()
    again = take(twin, path)
    assert "nothing was added" in again.notices[0]
    assert (again.taken, again.import_id) == (first.taken, first.import_id)
    assert twin.imports().height == 1
    assert twin.fingerprint() == before


def test_the_same_content_under_another_mapping_replaces(twin: TwinFolder, write: Write) -> None:
    path = write("po.csv", GOOD)
    take(twin, path)
    mapping = write("m.toml", '[[purchases.filters]]\ncolumn = "part_id"\ndrop = ["008"]\nreason = "not ours"\n')
    report = take(twin, path, mapping=mapping)
    assert report.reasons == {"not ours": 1}
    assert twin.table("purchases")["part_id"].to_list() == ["007"]


def test_newer_lines_win_by_order_line_and_part(twin: TwinFolder, write: Write) -> None:
    take(twin, write("old.csv", GOOD))
    take(twin, write("new.csv", HEAD + "008,PO1,20,2024-01-03,2024-03-01,2,3\n009,PO1,20,2024-01-03,,1,1\n"))
    rows = twin.table("purchases").sort("part_id")
    assert rows.select("part_id", "received_on").rows() == [
        ("007", date(2024, 2, 1)), ("008", date(2024, 3, 1)), ("009", None),
    ]  # fmt: skip


def test_lines_without_order_are_never_merged(twin: TwinFolder, write: Write) -> None:
    text = "part_id,ordered_on,quantity\nA,2024-01-02,1\nA,2024-01-02,1\n"
    assert take(twin, write("a.csv", text)).taken == 2
    take(twin, write("b.csv", text + "A,2024-01-02,1\n"))
    assert twin.table("purchases").height == 5


def test_split_deliveries_stay_and_repeated_rows_go(twin: TwinFolder, write: Write) -> None:
    text = (
        HEAD
        + "A,PO1,1,2024-01-02,2024-02-01,5,1\nA,PO1,1,2024-01-02,2024-03-01,5,1\nA,PO1,1,2024-01-02,2024-02-01,5,1\n"
    )
    report = take(twin, write("po.csv", text))
    assert (report.taken, report.reasons) == (2, {"duplicate of an earlier row": 1})


def test_undo_takes_an_import_back(twin: TwinFolder, write: Write) -> None:
    report = take(twin, write("po.csv", GOOD))
    twin.undo(str(report.import_id))
    assert twin.table("purchases").is_empty()
    assert twin.imports()["undone"].to_list() == [True]
    assert take(twin, write("po.csv", GOOD)).taken == 2
    assert twin.table("purchases").height == 2
    with pytest.raises(NotFound):
        twin.undo("no such import")


def test_unreadable_lines_are_quarantined_with_reason_and_remedy(twin: TwinFolder, write: Write) -> None:
    text = GOOD + (
        "A,PO2,1,soon,,5,1\nB,PO2,2,2024-01-05,,twelve,1\n,PO2,3,2024-01-05,,1,1\nC,PO2,4,2024-01-05\n"
        "D,PO2,5,2024-01-05,x,y,1\nE,PO2,6,2024-01-05,2024-02-01,3,2\nF,PO3,7,2024-01-05,,,1\n"
    )
    report = take(twin, write("po.csv", text))
    assert (report.read, report.taken, report.quarantined) == (9, 3, 6)
    quarantine = twin.quarantine().sort("row")
    assert quarantine.select("row", "column", "value", "reason").rows() == [
        (4, "ordered_on", "soon", "ordered_on is no date"),
        (5, "quantity", "twelve", "quantity is no number"),
        (6, "part_id", None, "part_id is empty"),
        (7, None, None, "row has fewer fields than the header"),
        (8, "received_on; quantity", "x; y", "received_on is no date; quantity is no number"),
        (10, "quantity", None, "quantity is empty"),
    ]
    assert quarantine["remedy"].null_count() == 0
    assert '"part_id":"A"' in quarantine["record"][0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,PO2,1,2024-01-05,,-5,1,", "negative quantity (a return)"),
        ("A,PO2,1,2024-01-05,,0,1,", "quantity is zero"),
        ("A,PO2,1,2024-01-05,,5,1,storniert", "cancelled"),
    ],
)
def test_lines_that_do_not_apply_are_counted_apart(twin: TwinFolder, write: Write, row: str, reason: str) -> None:
    report = take(twin, write("po.csv", HEAD.replace("\n", ",status\n") + row + "\n"))
    assert (report.not_applicable, report.quarantined, report.reasons) == (1, 0, {reason: 1})


def test_lines_that_contradict_themselves_are_taken_with_a_flag(twin: TwinFolder, write: Write) -> None:
    late = (date.today() + timedelta(days=30)).isoformat()
    text = HEAD.replace("\n", ",promised_on,received_quantity\n") + (
        "A,PO1,1,2024-02-05,2024-02-01,5,1,2024-02-01,5\nB,PO1,2,2024-02-05,2024-03-01,5,1,,6\n"
        f"C,PO1,3,{late},,5,1,,\nD,PO1,4,2024-02-05,2024-03-01,5,1,,3\nD,PO1,4,2024-02-05,2024-03-02,5,1,,3\n"
        "E,PO1,5,2024-02-05,2024-03-01,5,1,,5\n"
    )
    report = take(twin, write("po.csv", text))
    assert report.taken == 6
    assert report.flagged == {
        "delivered_before_ordered": 1, "promised_before_ordered": 1, "future_date": 1, "received_more_than_ordered": 3,
    }  # fmt: skip
    assert twin.table("purchases").filter(pl.col("flag").is_null())["part_id"].to_list() == ["E"]


def test_cancelled_sales_stay_with_a_flag_and_returned_issues_stay(twin: TwinFolder, write: Write) -> None:
    sales = "part_id,customer,order date,quantity,status\nA,C1,2024-01-02,3,cancelled\nA,C1,2024-01-02,-3,\n"
    report = take(twin, write("so.csv", sales), "sales")
    assert (report.taken, report.flagged, report.not_applicable) == (1, {"cancelled": 1}, 1)
    issues = take(twin, write("gi.csv", "part_id,issued_on,quantity\nA,2024-01-02,-3\n"), "consumption")
    assert (issues.taken, issues.flagged) == (1, {})


def test_missing_required_columns_say_what_was_meant(twin: TwinFolder, write: Write) -> None:
    problems = problems_of(twin, write("po.csv", "part_id,ordred_on,quantity\nA,2024-01-02,1\n"))
    assert len(problems) == 1
    assert "Did you mean 'ordred_on'?" in problems[0]


def test_all_missing_columns_are_named_at_once(twin: TwinFolder, write: Write) -> None:
    assert len(problems_of(twin, write("po.csv", "a,b,c\n1,2,3\n"))) == 3


def test_misspelt_optional_columns_are_noticed(twin: TwinFolder, write: Write) -> None:
    report = take(twin, write("po.csv", "part_id,ordered_on,quantity,recieved_on\nA,2024-01-02,1,2024-02-02\n"))
    assert any("recieved_on" in notice and "received_on" in notice for notice in report.notices)


def test_a_repeated_heading_that_is_needed_is_refused(twin: TwinFolder, write: Write) -> None:
    problems = problems_of(twin, write("po.csv", "part_id,ordered_on,quantity,quantity\nA,2024-01-02,1,2\n"))
    assert "more than once" in problems[0]


def test_rows_that_mostly_do_not_fit_the_header_are_refused(twin: TwinFolder, write: Write) -> None:
    text = "part_id,ordered_on,quantity,\nA,2024-01-02,1,10\nB,2024-01-02,1,10\nC,2024-01-02,1\n"
    assert "2 of 3 rows do not fit the header" in problems_of(twin, write("po.csv", text))[0]
    assert twin.imports().is_empty()


def test_a_suggested_heading_is_one_not_used_yet(twin: TwinFolder, write: Write) -> None:
    text = "part_id,order_id,order_onn,quantity\nA,1,2024-01-02,1\n"
    assert "Did you mean 'order_onn'" in problems_of(twin, write("po.csv", text))[0]


def test_a_rate_must_be_above_zero(twin: TwinFolder, write: Write) -> None:
    report = take(
        twin, write("r.csv", "currency,on,rate\nUSD,2024-01-01,0.9\nCHF,2024-01-01,0\nGBP,2024-01-01,-1\n"), "rates"
    )
    assert report.reasons == {"rate is not above zero": 2}


def test_a_column_without_dates_is_refused(twin: TwinFolder, write: Write) -> None:
    problems = problems_of(twin, write("po.csv", "part_id,ordered_on,quantity\nA,red,1\nB,blue,2\n"))
    assert "no dates, such as red, blue" in problems[0]


def test_ambiguous_dates_ask_and_an_answer_is_taken(twin: TwinFolder, write: Write) -> None:
    path = write("po.csv", "part_id,ordered_on,quantity\nA,01/02/2024,1\n")
    with pytest.raises(AmbiguousDates):
        import_files(twin, {"purchases": path})
    take(twin, path, answers={"ordered_on": "day"})
    assert twin.table("purchases")["ordered_on"].to_list() == [date(2024, 2, 1)]
    with pytest.raises(UsageError, match="day"):
        import_files(twin, {"purchases": path}, answers={"ordered_on": "perhaps"})


def test_one_bad_file_keeps_the_good_one_out(twin: TwinFolder, write: Write) -> None:
    with pytest.raises(InputRejected):
        import_files(twin, {"purchases": write("po.csv", GOOD), "sales": write("so.csv", "x\n1\n")})
    assert twin.imports().is_empty()
    assert list((twin.path / "imports").iterdir()) == []


def test_german_headings_and_numbers(twin: TwinFolder, write: Write) -> None:
    text = "Artikelnummer;Lieferant;Bestelldatum;Wareneingangsdatum;Menge;Preis;Währung;Status\n"
    text += "0815;Bosch;25.01.2024;01.03.2024;1.200;1.234,50;EUR;erledigt\n0816;Bosch;02.02.2024;;3;7,1;;offen\n"
    report = take(twin, write("po.csv", text.encode("cp1252")))
    assert (report.delimiter, report.decimal, report.encoding) == (";", ",", "windows-1252")
    assert twin.table("purchases").select("part_id", "quantity", "unit_cost", "currency", "status").rows() == [
        ("0815", 1200.0, 1234.5, "EUR", "closed"), ("0816", 3.0, 7.1, "EUR", "open"),
    ]  # fmt: skip


MAPPING = """
decimal = ","
[date_formats]
ordered_on = ["dd/mm/yyyy"]
[purchases.columns]
part_id = "Ref"
ordered_on = "D"
quantity = "N"
unit_cost = "P"
[purchases.constants]
place_id = "BO"
kind = "repair"
[purchases.not_applicable.ordered_on]
"internal" = "internal order"
[purchases.values.status]
Z9 = "closed"
[purchases.units]
column = "U"
factors = { ST = 1, PAK = 10 }
[[purchases.filters]]
column = "Type"
keep = ["EX"]
reason = "not external"
"""


def test_a_mapping_file_translates_everything(twin: TwinFolder, write: Write) -> None:
    text = "Ref;D;N;P;U;Type;Status\n"
    text += "A;01/02/2024;2,0;50;PAK;EX;Z9\nB;internal;2;5;ST;EX;\nC;03/02/2024;2;5;ST;IN;\nD;03/02/2024;2;5;KG;EX;\n"
    report = take(twin, write("po.csv", text), mapping=write("m.toml", MAPPING))
    assert report.reasons == {"internal order": 1, "not external": 1, "no factor for this unit": 1}
    columns = ("part_id", "place_id", "ordered_on", "quantity", "unit_cost", "kind", "status")
    assert twin.table("purchases").select(columns).rows() == [
        ("A", "BO", date(2024, 2, 1), 20.0, 5.0, "repair", "closed")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [("a = [", "TOML"), ("[purchase.columns]\n", "Did you mean 'purchases'"), ('decimal = "x"\n', "decimal"),
     ('[purchases.columns]\npartid = "x"\n', "Did you mean 'part_id'"),
     ('[purchases.units]\ncolumn = "U"\n', "incomplete"), ("[purchases]\ncolumns = 3\n", "must be a section"),
     ("columns = 3\n", "must be a section"), ("headings = 3\n", "must be a section"),
     ('delimiter = "ab"\n', "one plain character"), ("encoding = 3\n", "must be a text")],
)  # fmt: skip
def test_mistakes_in_a_mapping_are_named(twin: TwinFolder, write: Write, text: str, words: str) -> None:
    problems = problems_of(twin, write("po.csv", GOOD), mapping=write("m.toml", text))
    assert words in problems[0]


RATES = "currency,on,rate\nUSD,2024-01-01,0.9\nUSD,2024-02-01,0.8\nCHF,,1.05\n"
FOREIGN = (
    "part_id,ordered_on,quantity,unit_cost,currency\nA,2024-01-15,1,10,USD\nB,2024-02-15,1,10,usd\nC,2023-12-31,1,10,USD\n"
    "D,2024-01-15,1,10,CHF\nE,2024-01-15,1,10,EUR\nF,2024-01-15,1,10,\nG,2024-01-15,1,10,JPY\nH,2024-01-15,1,,JPY\n"
)


def test_prices_are_converted_by_the_newest_rate_of_the_day(twin: TwinFolder, write: Write) -> None:
    files = {"purchases": write("po.csv", FOREIGN), "rates": write("r.csv", RATES)}
    report = import_files(twin, files).files[0]
    assert report.table == "purchases"
    costs = dict(twin.table("purchases").select("part_id", "unit_cost").rows())
    assert costs == {"A": 9.0, "B": 8.0, "D": 10.5, "E": 10.0, "F": 10.0, "H": None}
    assert report.reasons == {
        "no rate for USD to EUR on or before the day": 1, "no rate for JPY to EUR on or before the day": 1,
    }  # fmt: skip


def test_later_rates_bring_the_lines_in(twin: TwinFolder, write: Write) -> None:
    path = write("po.csv", FOREIGN)
    assert take(twin, path).quarantined == 5
    take(twin, write("r.csv", RATES), "rates")
    assert take(twin, path).quarantined == 2
    assert twin.table("purchases").height == 6
    assert twin.quarantine().height == 2


def test_master_data_keeps_the_last_row_of_an_identity(twin: TwinFolder, write: Write) -> None:
    report = take(twin, write("p.csv", "part_id,description\nA,old\nB,b\nA,new\n"), "parts")
    assert report.reasons == {"replaced by a later row of the file": 1}
    assert dict(twin.table("parts").select("part_id", "description").rows()) == {"A": "new", "B": "b"}


def test_preview_shows_without_importing(twin: TwinFolder, write: Write) -> None:
    shown = preview(write("po.csv", GOOD + "A,PO2,1,soon,,5,1\n"), settings=twin.settings)
    assert (shown.table, shown.mapping, shown.rows.height) == ("purchases", "generic", 2)
    assert shown.sources["ordered_on"] == "ordered_on"
    assert shown.quarantine["reason"].to_list() == ["ordered_on is no date"]
    assert twin.imports().is_empty()


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("part_id,supplier,order date,received,quantity", "purchases"),
        ("part_id,customer,country,order date,delivered on,quantity", "sales"),
        ("part_id,work order,issued_on,quantity", "consumption"),
        ("part_id,description,category,unit_cost", "parts"),
        ("part_id,place_id,on_hand,on_order", "stock"),
        ("part_id,place_id,reorder_point,order_quantity,safety_stock", "policies"),
        ("asset_id,part_id,quantity,redundancy", "installed"),
        ("currency,on,rate", "rates"),
    ],
)
def test_the_table_is_recognised_by_its_header(twin: TwinFolder, write: Write, header: str, table: str) -> None:
    numbers = (
        "quantity",
        "on_hand",
        "on_order",
        "rate",
        "unit_cost",
        "reorder_point",
        "order_quantity",
        "safety_stock",
    )
    dates = ("order date", "received", "delivered on", "issued_on", "on")
    row = ["1.5" if name in numbers else "2024-01-31" if name in dates else "x" for name in header.split(",")]
    assert preview(write("f.csv", header + "\n" + ",".join(row) + "\n"), settings=twin.settings).table == table


def test_several_files_of_one_make_are_one_import(twin: TwinFolder, write: Write) -> None:
    paths = [write("a.csv", GOOD), write("b.csv", HEAD + "009,PO9,1,2024-01-02,,1,1\n")]
    report = import_files(twin, {"purchases": paths}).files[0]
    assert report.taken == 3
    assert set(twin.table("purchases")["file"]) == {"a.csv", "b.csv"}


def test_wrong_calls_are_named(twin: TwinFolder, write: Write) -> None:
    with pytest.raises(UsageError):
        import_files(twin, {})
    with pytest.raises(UsageError, match="purchases"):
        import_files(twin, {"purchase": write("po.csv", GOOD)})


def test_the_report_is_a_json_document(twin: TwinFolder, write: Write) -> None:
    file = import_files(twin, {"purchases": write("po.csv", GOOD)}).document()["files"][0]
    assert {"file", "table", "read", "taken", "not_applicable", "quarantined", "reasons"} <= set(file)


def test_progress_reaches_one(twin: TwinFolder, write: Write) -> None:
    seen: list[float] = []
    import_files(twin, {"purchases": write("po.csv", GOOD)}, progress=lambda fraction, _: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_file_near_a_table_is_told_what_is_missing(twin: TwinFolder, write: Write) -> None:
    with pytest.raises(InputRejected) as caught:
        preview(
            write("f.csv", "part_id,supplier_id,received_on,ordred_on\nA,S,2024-01-02,2024-01-01\n"),
            settings=twin.settings,
        )
    assert "'ordred_on'" in str(caught.value.problems[0])
    with pytest.raises(InputRejected, match="fit no table"):
        preview(write("g.csv", "a,b\n1,2\n"), settings=twin.settings)
