"""The network of a twin: built once, kept, told with what was assumed, and handed out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import spareverse as sv
from spareverse.errors import NotFound
from spareverse.io.network_files import read_network
from spareverse.network.calibration_table import CALIBRATION
from spareverse.twin import Twin
from tests.recorded_company import record


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    folder = tmp_path_factory.mktemp("built")
    twin = sv.create(folder / "twin", name="Pumps")
    files = {}
    for name, frame in record().items():
        if frame.height:
            files[name] = folder / f"{name}.csv"
            frame.drop("flag").write_csv(files[name])
    twin.import_orders(**files)
    return twin


def test_without_a_network_there_is_none(twin: Twin) -> None:
    with pytest.raises(NotFound):
        twin.network()


def test_a_network_is_built_once_kept_and_handed_out(twin: Twin, tmp_path: Path) -> None:
    built = twin.build(replay=False)
    assert built.summary["rows"]["stock"] == built.network["stock"].height == 4
    assert built.network.name == "Pumps"
    assert built.document["start"] == "2023-03-12"
    assert built.calibration.is_empty()
    assert any("under way on" in text for text in built.notices)
    assert twin.build(replay=False).id == built.id == twin.network().id
    (workbook,) = built.export(tmp_path / "network.xlsx")
    assert read_network(workbook)["stock"].equals(built.network["stock"])
    built.export(tmp_path / "tables")
    again = read_network(tmp_path / "tables")
    for name, frame in built.network.tables.items():
        assert again[name].equals(frame), name
    # the folder of the run is a network too
    assert read_network(twin.folder.path / "networks" / built.id)["stock"].equals(built.network["stock"])


def test_the_record_is_held_against_simulations_of_the_network(twin: Twin) -> None:
    built = twin.build(replications=5)
    found = built.calibration
    assert found.columns == list(CALIBRATION.names)
    assert {"lead time of a lane", "demand of a group", "served in time"} <= set(found["measure"])
    counted = sum(row["subjects"] for row in built.summary["verdicts"])
    assert counted == found.height
    assert "Benjamini" in built.document["thresholds"]
    # the record is shorter than three years, and only what it has is compared
    lines = found.filter((pl.col("measure") == "demand of a group") & (pl.col("group") == "pumps"))
    assert (lines["observed"] / lines["simulated"]).is_between(0.8, 1.25).all()


def test_rules_of_an_analysis_stand_in_where_the_company_has_none(twin: Twin) -> None:
    before = twin.build(replay=False)
    twin.analyse()
    after = twin.build(replay=False)
    assert after.id != before.id
    chosen = pl.col("part_id") == "B"
    assert before.network["stock"].filter(chosen)["policy"].item() == "on_demand"
    assert after.network["stock"].filter(chosen)["policy"].item() == "reorder_point"


def test_a_built_network_is_simulated_from_the_state_of_its_day_unless_told(twin: Twin) -> None:
    """Stock, orders and customers of the day, and not all the stock that its rules allow with nothing under way."""
    built = twin.build(replay=False)
    real = twin.simulate(replications=1, until=30, log=False, keep=False)
    assert real.document["from_state"] is True
    assert real.network["opening_orders"].height == built.network["opening_orders"].height > 0
    ruled = twin.simulate(from_state=False, replications=1, until=30, log=False, keep=False)
    assert ruled.network["opening_orders"].is_empty()
    assert any("better at first than they stay" in text for text in ruled.notices)
    assert not any("better at first" in text for text in real.notices)
