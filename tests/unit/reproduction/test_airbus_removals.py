"""Removals of an airliner part: a generated workbook whose life is known, files that are wrong, and the real one."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from spareverse.cli.main import app
from spareverse.errors import InputRejected, UsageError
from spareverse.reproduction import airbus_file
from spareverse.reproduction.airbus_fleet import record
from spareverse.reproduction.airbus_forecasts import last_quarters, quarter_edges, quarter_name, scored, summary
from spareverse.reproduction.airbus_removals import measured_hours_per_month
from spareverse.statistics import lives

LAST, BEGINS = date(2018, 12, 31), date(2015, 1, 1)
HOURS = 300.0
SHEETS = {
    "Removals": ["Customer", "Removal date", "P/N", "Description", "S/N", "Maintenance Type",
                 "TSI (Flight Hours) at removal", "TSN (Flight Hours) at Removal"],
    "SN list": ["Part Number", "Description", "Serial Number", "Current SN Status Description", "Company",
                "Hour ageing Since Installation", "Hour ageing Since New", "Since New Date"],
    "Airlines": ["Company", "Number of aircraft", "FH per aircraft per month", "End of contract"],
}  # fmt: skip


def workbook(path: Path, sheets: dict[str, list[list[object]]], columns: dict[str, list[str]] = SHEETS) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, header in columns.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, header)
            for number, row in enumerate(sheets.get(name, []), start=1):
                sheet.write_row(number, 0, row)
    return path


def generated(shape: float, scale: float, positions: int = 300) -> dict[str, list[list[object]]]:
    """A fleet filled from 2012 to 2016, every failure replaced; the record sees what happens from 2015 on."""
    random, end, per_day = np.random.default_rng(5), LAST.toordinal() + 1.0, HOURS * 12 / 365.25
    removals, units, serial = [], [], 1000
    for _ in range(positions):
        day = date(2012, 1, 1).toordinal() + random.uniform(0, 4 * 365.25)
        while day < end:
            serial += 1
            life = scale * random.weibull(shape)
            stop = day + life / per_day
            if stop >= end:
                age = (end - day) * per_day
                units.append(["C", "PN_C", str(serial), "On Aircraft", 3, age, age, None])
            elif stop >= BEGINS.toordinal():
                when = date.fromordinal(int(stop))
                removals.append([3, when, "C", "PN_C", str(serial), "Unscheduled", life, life])
            day = stop
    removals.append([3, date(2016, 5, 5), "C", "PN_C", "1", "Unscheduled", 0.0, 0.0])
    removals.append([3, date(2016, 5, 6), "C", "PN_C", "2", "Unscheduled", None, None])
    removals.append([3, date(2018, 12, 31), "C", "PN_C", "3", "Scheduled", 100.0, 100.0])
    removals.append([3, date(2018, 12, 31), "C", "PN_C", "1001", "Unscheduled", 100.0, 100.0])
    units.append(["C", "PN_C", "5", "Stored", 3, 100.0, 100.0, None])
    airlines = [[1, 6, 415, date(2024, 12, 1)], [3, 12, HOURS, date(2026, 12, 1)]]
    return {"Removals": removals, "SN list": units, "Airlines": airlines}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbook(tmp_path_factory.mktemp("airbus") / "made.xlsx", generated(1.8, 12_000.0))


def test_the_life_behind_a_workbook_is_found(made: Path) -> None:
    file = airbus_file.read(made)
    assert (file.scheduled, file.off_aircraft) == (1, 1)
    units = record(file, LAST)
    assert len(units.unaged) == 2
    known = units.lives(LAST.toordinal() + 1.0)
    found = lives.fit(known)
    assert found.shape.low < 1.8 < found.shape.high
    assert found.scale.low < 12_000 < found.scale.high
    assert lives.fit(known.untruncated()).shape.value > found.shape.value
    early = units.lives(float(date(2017, 1, 1).toordinal()))
    assert early.failures < known.failures
    assert len(early) < len(known)
    assert early.exit.max() <= known.exit.max()


def test_forecasts_use_nothing_later(made: Path, tmp_path: Path) -> None:
    """Whatever the last quarter's removals are, its forecast is the same."""
    file = airbus_file.read(made)
    units, edges = record(file, LAST), quarter_edges(BEGINS, LAST)
    quarter = last_quarters(units, edges, 3, 1, 0)[0]
    law = quarter.by_lives(units.lives(quarter.day))
    later = units.removed & (units.seen > quarter.day)
    assert later.sum() > 0
    calm = record(file, LAST).only(np.ones(len(units.age), dtype=bool))
    calm.removed[later] = False
    same = last_quarters(calm, edges, 3, 1, 0)[0]
    assert same.by_lives(calm.lives(same.day)).mass == pytest.approx(law.mass, abs=1e-12)
    assert same.actual == 0 < quarter.actual
    assert quarter.name == "2018 Q4"


def test_counts_of_quarters_hold_every_removal(made: Path) -> None:
    units, edges = record(airbus_file.read(made), LAST), quarter_edges(BEGINS, LAST)
    counts = units.counts(edges, 3)
    assert counts.sum() == units.removed.sum() + 2
    assert quarter_name(edges[0]) == "2015 Q1"
    assert len(counts) == 16
    found = lives.fit(units.lives(float(edges[-1])))
    expected = units.expected(edges, 3, found.shape.value, found.scale.value)
    # the likelihood's maximum expects as many as were seen
    assert expected.sum() == pytest.approx(units.removed.sum(), rel=1e-6)


def test_scores_add_up(made: Path) -> None:
    units, edges = record(airbus_file.read(made), LAST), quarter_edges(BEGINS, LAST)
    rows = [
        {"quarter": q.name, "customer": 3, "tested": True, "method": name} | scored(law, q.actual)
        for q in last_quarters(units, edges, 3, 2, 0)
        for name, law in q.laws()
    ]
    found = {row["method"]: row for row in summary(rows, tested=True)}
    ageing = found["lives, ageing"]
    assert ageing["quarters"] == 2
    assert ageing["crps"] < found["lives, truncation and censoring ignored"]["crps"]
    assert 0 <= ageing["inside_80"] <= ageing["inside_95"] <= 2
    assert list(summary(rows, tested=False)) == []


def test_measured_hours_come_from_serial_numbers_in_both_sheets(made: Path, tmp_path: Path) -> None:
    sheets = generated(1.8, 12_000.0, positions=20)
    sheets["Removals"].append([3, date(2016, 12, 31), "C", "PN_C", "77", "Unscheduled", 900.0, 900.0])
    flown = 310.0 * 12 * 730 / 365.25
    sheets["SN list"].append(["C", "PN_C", "77", "On Aircraft", 3, flown, 900.0 + flown, None])
    assert measured_hours_per_month(airbus_file.read(made), LAST) is None
    file = airbus_file.read(workbook(tmp_path / "pairs.xlsx", sheets))
    assert measured_hours_per_month(file, LAST) == pytest.approx(310.0, rel=1e-3)


def test_the_command_prints_tables_or_one_document(made: Path) -> None:
    shown = CliRunner().invoke(app, ["reproduce", "airbus-removals", "--data", str(made), "--json", "--seed", "3"])
    assert shown.exit_code == 0, shown.output
    result = json.loads(shown.stdout)
    assert result["seed"] == 3
    assert next(fit["way"] for fit in result["fits"]) == "censoring and truncation handled"
    assert len([row for row in result["forecasts"] if row["tested"]]) == 4 * 7
    assert result["data"]["removals_at_0_hours_or_below"] == 1
    assert result["data"]["removals_without_hours"] == 1
    shown = CliRunner().invoke(app, ["reproduce", "airbus-removals", "--data", str(made), "--seed", "3"])
    for words in ("both ignored", "CRPS", "2018 Q4", "flight hours 10 % lower"):
        assert words in shown.output


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Airlines": [[3, 12, None, None]]}, "empty or unreadable"),
        ({"Airlines": [[3, 12, -5, None]]}, "0 or below"),
        ({"Airlines": [[3, 12, 300, None], [3, 12, 300, None]]}, "two rows"),
        ({"Airlines": [[1, 12, 300, None]]}, "does not"),
    ],
)
def test_a_workbook_that_cannot_be_used_says_why(
    tmp_path: Path, change: dict[str, list[list[object]]], reason: str
) -> None:
    path = workbook(tmp_path / "wrong.xlsx", generated(1.0, 9_000.0, positions=5) | change)
    with pytest.raises(InputRejected) as caught:
        airbus_file.read(path)
    assert any(reason in str(problem) for problem in caught.value.problems)


def test_other_files_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.xlsx"
    text.write_text("no workbook")
    other = workbook(tmp_path / "other.xlsx", {}, {"Removals": ["Customer", "Removal date"]})
    for path, words in ((tmp_path / "absent.xlsx", "no file"), (text, "cannot be read"), (other, "not the workbook")):
        with pytest.raises(InputRejected, match=words):
            airbus_file.read(path)
    with pytest.raises(InputRejected) as caught:
        airbus_file.read(other)
    assert sum("sheet" in str(problem) for problem in caught.value.problems) >= 2
    assert sum("column is missing" in str(problem) for problem in caught.value.problems) == 4


def test_data_belongs_to_this_paper_alone(made: Path) -> None:
    for arguments in (["airbus-removals"], ["sirri-2023", "--data", str(made)]):
        assert isinstance(CliRunner().invoke(app, ["reproduce", *arguments]).exception, UsageError)


@pytest.fixture(scope="module")
def real(shared: Path) -> Path:
    path = shared / "data" / "failures-airbus-fhs" / "INSA-AirbusFHS-DatasetPN_C-Dec-18.xlsx"
    if not path.is_file():
        pytest.skip(f"no {path.name} in the public data folder")
    return path


def test_the_real_part_does_not_age_and_ignoring_truncation_says_it_does(real: Path) -> None:
    file = airbus_file.read(real)
    units = record(file, LAST)
    assert file.removals.height == 1274
    assert (file.removals["since_installation_h"] <= 0).sum() == 11
    assert file.removals["since_installation_h"].null_count() == 1
    assert file.units.height == 2067
    years = file.removals.group_by(pl.col("day").dt.year()).len().sort("day")["len"].to_list()
    assert years == [264, 361, 349, 300]
    known = units.lives((LAST + timedelta(days=1)).toordinal())
    handled, untruncated, naive = (
        lives.fit(some) for some in (known, known.untruncated(), known.failed_only().untruncated())
    )
    assert (handled.shape.value, handled.mean.value) == pytest.approx((1.0135, 31_959), rel=1e-3)
    assert untruncated.shape.value == pytest.approx(1.308, abs=0.001)
    assert naive.mean.value == pytest.approx(10_080, rel=1e-3)
    edges = quarter_edges(BEGINS, LAST)
    inside = [
        law["inside_95"]
        for q in last_quarters(units, edges, 3, 4, 0)
        for law in [scored(q.by_lives(units.lives(q.day)), q.actual)]
    ]
    assert inside == [True] * 4
