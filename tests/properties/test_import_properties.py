"""What holds for every file: nothing is lost, formats agree, order does not matter, twice is once."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from spareverse.io.importing import FileReport, import_files
from spareverse.io.twin_folder import TwinFolder

COLUMNS = ("part_id", "order_id", "line", "ordered_on", "received_on", "quantity", "unit_cost")
CONTENT = ("part_id", "order_id", "line", "ordered_on", "received_on", "quantity", "unit_cost", "flag")

MARKED_AS_TEXT = re.compile(r"'+[=+\-@]")
"""So begins what a spreadsheet is to take as text: the first apostrophe is a mark, not content."""
names = (
    st.text(st.sampled_from("aB09-=+@'\"; ,äé"), min_size=1, max_size=8).map(str.strip)
    .filter(lambda text: bool(text) and not MARKED_AS_TEXT.match(text))
)  # fmt: skip
days = st.dates(date(1990, 1, 1), date(2024, 12, 31))
good_rows = st.tuples(
    names,
    st.just("PO1"),
    st.integers(1, 10**6).map(str),
    days,
    st.none() | days,
    st.integers(1, 10**6),
    st.none() | st.floats(0, 1e6, allow_nan=False).map(lambda x: round(x, 2)),
)
tables = st.lists(good_rows, min_size=1, max_size=12, unique_by=lambda row: row[2])
odd_cells = st.sampled_from(
    ["", "x", "-3", "0", "12", "1.5", "soon", "2024-02-30", "2024-03-01", "31.12.2023", "n/a", '"', "a,b"]
)


@contextmanager
def new_twin() -> Iterator[TwinFolder]:
    with tempfile.TemporaryDirectory() as folder:
        yield TwinFolder.create(Path(folder) / "twin")


def put(twin: TwinFolder, path: Path) -> FileReport:
    report = import_files(twin, {"purchases": path}).files[0]
    assert report.read == report.taken + report.not_applicable + report.quarantined
    assert sum(report.reasons.values()) == report.not_applicable + report.quarantined
    assert twin.quarantine().height == report.quarantined
    return report


def frame_of(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    schema = [pl.String, pl.String, pl.String, pl.Date, pl.Date, pl.Int64, pl.Float64]
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, schema, strict=True)), orient="row")


def content(twin: TwinFolder) -> list[tuple[object, ...]]:
    return twin.table("purchases").select(CONTENT).sort("line").rows()


def write_workbook(path: Path, frame: pl.DataFrame) -> None:
    options = {"strings_to_formulas": False, "default_date_format": "dd.mm.yyyy"}
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, frame.columns)
        for number, row in enumerate(frame.iter_rows(), start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                elif value is not None:
                    page.write(number, column, value)


@settings(max_examples=15, deadline=None)
@given(tables)
def test_every_format_gives_the_same_table(rows: list[tuple[object, ...]]) -> None:
    frame = frame_of(rows)
    contents = []
    for suffix in ("csv", "tsv", "xlsx", "parquet"):
        with new_twin() as twin:
            path = twin.path.parent / f"po.{suffix}"
            if suffix == "parquet":
                frame.write_parquet(path)
            elif suffix == "xlsx":
                write_workbook(path, frame)
            else:
                frame.write_csv(path, separator="," if suffix == "csv" else "\t")
            assert put(twin, path).taken == len(rows)
            contents.append(content(twin))
    assert contents[0] == contents[1] == contents[2] == contents[3]
    assert [row[0] for row in contents[0]] == frame.sort("line")["part_id"].to_list()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(odd_cells, min_size=7, max_size=7), min_size=1, max_size=10), tables)
def test_no_line_is_lost_whatever_it_holds(odd: list[list[str]], good: list[tuple[object, ...]]) -> None:
    frame = frame_of(good).cast(pl.String)
    rest = pl.DataFrame(odd, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    enough = pl.concat([frame] * (1 + len(odd) // len(good)))
    with new_twin() as twin:
        path = twin.path.parent / "po.csv"
        pl.concat([enough, rest]).write_csv(path)
        blank = sum(not any(row) for row in odd)
        assert put(twin, path).read == enough.height + len(odd) - blank


@settings(max_examples=15, deadline=None)
@given(tables, st.randoms(use_true_random=False), st.permutations(COLUMNS))
def test_the_order_of_rows_and_columns_does_not_matter(
    rows: list[tuple[object, ...]], chance: object, columns: list[str]
) -> None:
    frame = frame_of(rows)
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    contents = []
    for version in (frame, frame_of(shuffled).select(columns)):
        with new_twin() as twin:
            version.write_csv(twin.path.parent / "po.csv")
            put(twin, twin.path.parent / "po.csv")
            contents.append(content(twin))
    assert contents[0] == contents[1]


@settings(max_examples=15, deadline=None)
@given(tables)
def test_importing_twice_adds_nothing(rows: list[tuple[object, ...]]) -> None:
    with new_twin() as twin:
        path = twin.path.parent / "po.csv"
        frame_of(rows).write_csv(path)
        put(twin, path)
        before = (twin.fingerprint(), content(twin), twin.imports().height)
        put(twin, path)
        assert (twin.fingerprint(), content(twin), twin.imports().height) == before


@settings(max_examples=15, deadline=None)
@given(tables, tables)
def test_of_two_imports_the_newer_lines_win(old: list[tuple[object, ...]], new: list[tuple[object, ...]]) -> None:
    with new_twin() as twin:
        for name, rows in (("old", old), ("new", new)):
            path = twin.path.parent / f"{name}.csv"
            frame_of(rows).write_csv(path)
            put(twin, path)
        expected = {(row[0], row[2]): row for row in [*old, *new]}
        assert {(row[0], row[2]) for row in content(twin)} == set(expected)
        assert twin.table("purchases").height == len(expected)
