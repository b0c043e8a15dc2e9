"""The car parts are scored once; a rehearsal never reads the months kept for that."""

import json

import numpy as np
import pytest

from spareverse.errors import UsageError
from spareverse.reproduction import car_parts


@pytest.fixture(scope="module")
def few_parts(tmp_path_factory):
    rng = np.random.default_rng(4)
    months = [f"{1998 + m // 12}-{m % 12 + 1:02d}" for m in range(51)]
    rates = rng.gamma(0.5, 0.6, 60)
    rows = [",".join([f"{20000 + i}", *(str(x) for x in rng.poisson(rates[i], 51))]) for i in range(60)]
    rows[3] = rows[3].rsplit(",", 20)[0] + "," * 20
    file = tmp_path_factory.mktemp("car") / "carparts.csv"
    file.write_text("\n".join([",".join(["part", *months]), *rows]) + "\n")
    return file


def test_one_look(few_parts, tmp_path, monkeypatch):
    monkeypatch.setattr(car_parts, "LEAD_TIMES", (1,))
    record = tmp_path / "score.json"
    result = car_parts.run(few_parts, record=record)
    assert (result["look"], result["fitted_to_months"], result["scored_on_months"]) == (1, "1 to 39", "40 to 51")
    one = result["results"][0]
    assert one["verdict"] in ("kept", "missed")
    assert {row["policy"] for row in one["curves"]} == {
        "plan", "croston-normal", "months-of-cover", "poisson-base-stock",
    }  # fmt: skip
    assert one["classes"][0]["lines"] > 0
    with pytest.raises(UsageError, match="were scored on"):
        car_parts.run(few_parts, record=record)
    assert car_parts.run(few_parts, record=record, again=True)["look"] == 2
    assert [entry["look"] for entry in json.loads(record.read_text())] == [1, 2]


def test_a_rehearsal_reads_no_later_month_and_keeps_no_record(few_parts, tmp_path, monkeypatch):
    monkeypatch.setattr(car_parts, "LEAD_TIMES", (2,))
    lines = few_parts.read_text().splitlines()
    spoiled = tmp_path / "spoiled.csv"
    spoiled.write_text("\n".join(",".join([*line.split(",")[:40], *["?"] * 12]) for line in lines))
    result = car_parts.run(spoiled, rehearse=True)
    assert (result["look"], result["scored_on_months"]) == (0, "28 to 39")
    assert not (tmp_path / car_parts.RECORD).exists()


def test_a_file_that_is_too_short_is_refused(tmp_path):
    file = tmp_path / "short.csv"
    file.write_text("part,1998-01,1998-02\nA,1,0\n")
    with pytest.raises(UsageError, match="2 months; 51 are needed"):
        car_parts.run(file)
