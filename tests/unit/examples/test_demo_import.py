"""The product's own import finds in the demo company's files exactly what the manifest says was planted."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from spareverse.examples.demo_company import generate, write
from spareverse.io.importing import import_files
from spareverse.io.twin_folder import TwinFolder

PARTS = 3_000


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory):
    root: Path = tmp_path_factory.mktemp("demo")
    files = write(root / "files", parts=PARTS)
    manifest = json.loads((root / "files" / "manifest.json").read_text(encoding="utf-8"))["tables"]
    folder = TwinFolder.create(root / "twin")
    report = import_files(folder, files)
    return folder, {file.table: file for file in report.files}, manifest


@pytest.mark.parametrize("name", ["purchases", "sales"])
def test_every_row_is_accounted_for(imported, name: str) -> None:
    _, reports, manifest = imported
    file, counts = reports[name], manifest[name]
    assert file.read == counts["rows"]
    assert file.quarantined == counts["quarantined"]
    assert file.taken + file.not_applicable + file.quarantined == file.read
    assert file.not_applicable >= counts["planted"]["exact_duplicate"]
    formats = {style: count for style, count in file.formats["ordered_on"].items() if count}
    assert sorted(formats.values()) == sorted(counts["date_formats"]["ordered_on"].values())


@pytest.mark.parametrize("name", ["parts", "stock", "policies", "rates"])
def test_tables_without_dirt_come_in_whole(imported, name: str) -> None:
    _, reports, manifest = imported
    assert reports[name].taken == reports[name].read == manifest[name]["rows"]


def test_values_arrive_as_they_were_generated(imported) -> None:
    """Texts with leading zeros, the country NA (Namibia), numbers and dates, line by line."""
    clean, line = generate(parts=PARTS).sales, ["order_id", "line"]
    columns = ["part_id", "country", "place_id", "ordered_on", "promised_on", "quantity"]
    both = imported[0].table("sales").join(clean, on=line, suffix="_made")
    assert both.height > 0.99 * clean.height
    assert (clean["country"] == "NA").any()
    for column in columns:
        assert both.filter(pl.col(column).ne_missing(pl.col(f"{column}_made"))).height == 0
