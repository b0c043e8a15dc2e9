"""Networks as workbooks and folders: what is written is read back as it was, what is wrong is told with its cell."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from spareverse.errors import InputRejected, NotFound, UsageError
from spareverse.io.excel import write_csv, write_tables
from spareverse.io.network_files import network_of_workbook, read_network, write_network, write_network_template
from spareverse.network.components import COMPONENTS
from spareverse.network.network import Network
from spareverse.network.network_checks import checked_network
from tests.unit.network.small_network import changed, small_network

FORMULAS = ('=HYPERLINK("http://x")', "+1", "-2", "@SUM(A1)", "0012")


def awkward_network() -> Network:
    """Names that a spreadsheet would take for formulas or numbers, and figures with many digits."""
    tables = changed(small_network(), "parts", description=FORMULAS[0], category=FORMULAS[3], unit_cost=1 / 3)
    tables = changed(tables, "suppliers", name=FORMULAS[1])
    tables["places"] = tables["places"].with_columns(name=pl.Series([FORMULAS[2], FORMULAS[4]]))
    return checked_network(tables, name="net", notices=("Freight was assumed.", "=2+2"))


def same(one: Network, other: Network) -> None:
    assert set(one.tables) == set(other.tables)
    for name in one.tables:
        assert_frame_equal(one[name], other[name])
    assert one.name == other.name
    assert one.notices == other.notices


@pytest.mark.parametrize("where", ["net.xlsx", "csv", "parquet"])
def test_what_is_written_is_read_back(where: str, tmp_path: Path) -> None:
    network = awkward_network()
    if where.endswith("xlsx"):
        path = tmp_path / where
        write_network(network, path)
    else:
        path = tmp_path / "net"
        files = write_network(network, path, kind="parquet" if where == "parquet" else "csv")
        assert {file.parent for file in files} == {path}
    same(read_network(path), network)


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    write_network(awkward_network(), tmp_path / "net.xlsx")
    write_network(awkward_network(), tmp_path / "net")
    book = openpyxl.load_workbook(tmp_path / "net.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert FORMULAS[0] in [cell.value for cell in cells]
    assert "\"'=HYPERLINK" in (tmp_path / "net" / "parts.csv").read_text(encoding="utf-8-sig")


def test_a_wrong_cell_is_told_with_sheet_row_and_column(tmp_path: Path) -> None:
    network = checked_network(small_network())
    sheets = dict(network.tables)
    sheets["links"] = sheets["links"].with_columns(to_id=pl.Series(["HUB", "SIET"]))
    write_tables(tmp_path / "net.xlsx", sheets)
    with pytest.raises(InputRejected) as caught:
        read_network(tmp_path / "net.xlsx")
    found = caught.value.problems[0]
    assert (found.file, found.row, found.column, found.value) == ("net.xlsx [links]", 3, "to_id", "SIET")
    assert "Did you mean 'SITE'" in found.reason


def test_troubles_of_reading_and_of_meaning_come_together(tmp_path: Path) -> None:
    folder = tmp_path / "net"
    write_network(checked_network(small_network()), folder)
    (folder / "suppliers.csv").write_text("supplier_id;lines\nMAKER;two\n", encoding="utf-8")
    (folder / "budgets.csv").write_text("budget_id,amount\nYEAR,0\n", encoding="utf-8")
    (folder / "season.csv").write_text("season_id\nX\n", encoding="utf-8")
    with pytest.raises(InputRejected) as caught:
        read_network(folder)
    told = {(each.file, each.row, each.column) for each in caught.value.problems}
    assert {("suppliers.csv", 2, "lines"), ("budgets.csv", 2, "amount"), ("season.csv", None, None)} <= told


def test_headings_nearly_right_are_slips_and_others_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "net"
    write_network(checked_network(small_network()), folder)
    parts = pl.DataFrame({"Part ID": ["PUMP"], "unit_cots": [3.0], "drawing": ["A-1"], "Weight kg": [2.0]})
    write_csv(folder / "parts.csv", parts)
    with pytest.raises(InputRejected) as caught:
        read_network(folder)
    (found,) = caught.value.problems
    assert (found.column, found.remedy) == ("unit_cots", "Did you mean 'unit_cost'?")
    write_csv(folder / "parts.csv", parts.rename({"unit_cots": "unit_cost"}))
    network = read_network(folder)
    assert network["parts"].select("unit_cost", "weight_kg").row(0) == (3.0, 2.0)
    assert "parts.csv: columns not used: drawing." in network.notices


def test_a_long_table_goes_on_in_a_second_sheet(tmp_path: Path) -> None:
    network = checked_network(small_network(), name="net")
    sheets = {**network.tables, "seasons": network["seasons"].head(5), "seasons 2": network["seasons"].slice(5)}
    write_tables(tmp_path / "net.xlsx", sheets)
    same(read_network(tmp_path / "net.xlsx"), network)


def test_sheets_that_are_no_tables(tmp_path: Path) -> None:
    network = checked_network(small_network())
    write_tables(tmp_path / "net.xlsx", {**network.tables, "calculation": pl.DataFrame({"x": [1]})})
    assert any("'calculation'" in notice for notice in read_network(tmp_path / "net.xlsx").notices)
    write_tables(tmp_path / "net.xlsx", {**network.tables, "custommers": pl.DataFrame({"x": [1]})})
    with pytest.raises(InputRejected) as caught:
        read_network(tmp_path / "net.xlsx")
    assert caught.value.problems[0].remedy == "Did you mean 'customers'?"


@pytest.mark.parametrize("where", ["blank.xlsx", "blank"])
def test_templates_have_every_table_and_lack_what_must_be_filled_in(where: str, tmp_path: Path) -> None:
    files = write_network_template(tmp_path / where)
    assert all(file.is_file() for file in files)
    if where.endswith("xlsx"):
        book = openpyxl.load_workbook(tmp_path / where)
        assert {table.name for table in COMPONENTS} <= set(book.sheetnames)
        kinds = [rule.formula1 for rule in book["places"].data_validations.dataValidation]
        assert kinds == ['"warehouse,distribution centre,site,port,repair shop,factory"']
        choices = [rule.formula1.split(",")[0] for rule in book["disturbances"].data_validations.dataValidation]
        assert choices == ['"outage', '"supplier']
    with pytest.raises(InputRejected) as caught:
        read_network(tmp_path / where)
    assert [each.file for each in caught.value.problems] == ["places", "parts", "stock", "demands"]


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_network(tmp_path / "nothing")
    with pytest.raises(NotFound):
        read_network(tmp_path)
    with pytest.raises(InputRejected, match="Excel workbook or a folder"):
        network_of_workbook("net.csv", b"place_id\nHUB\n")
    with pytest.raises(InputRejected, match="damaged"):
        network_of_workbook("net.xlsx", b"PK\x03\x04 no more")
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(InputRejected):
        read_network(tmp_path / "other.xlsx")
    with pytest.raises(UsageError):
        write_network(awkward_network(), tmp_path / "net.csv")


def test_a_folder_says_everything_once(tmp_path: Path) -> None:
    write_network(awkward_network(), tmp_path / "net")
    with pytest.raises(UsageError, match="another folder"):
        write_network(awkward_network(), tmp_path / "net", kind="parquet")
    awkward_network()["parts"].write_parquet(tmp_path / "net" / "parts.parquet")
    with pytest.raises(InputRejected) as caught:
        read_network(tmp_path / "net")
    assert "stands in another file" in caught.value.problems[0].reason


def test_a_parquet_file_with_lists_or_cut_off(tmp_path: Path) -> None:
    write_network(awkward_network(), tmp_path / "net", kind="parquet")
    parts = tmp_path / "net" / "parts.parquet"
    pl.DataFrame({"part_id": ["PUMP"], "unit_cost": [[1.0, 2.0]]}).write_parquet(parts)
    with pytest.raises(InputRejected) as caught:
        read_network(tmp_path / "net")
    assert [(each.file, each.column) for each in caught.value.problems][:1] == [("parts.parquet", "unit_cost")]
    parts.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputRejected) as caught:
        read_network(tmp_path / "net")
    assert "damaged" in caught.value.problems[0].reason
