"""Limits that are set for a twin: every observation is held against them, nothing is simulated again."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from spareverse.cli.main import run
from spareverse.errors import InputRejected, UsageError
from spareverse.examples.drawn_companies import drawn_company
from spareverse.io.twin_folder import TwinFolder
from spareverse.io.viable_limit_files import read_viable_limits, write_viable_limits
from spareverse.network.agent_tables import LIMITS
from spareverse.network.network import Network
from spareverse.service.jobs import JobQueue
from spareverse.service.observations import Observations
from spareverse.twin.observation import DEFAULT_LIMITS_TAKEN
from spareverse.twin.twin import Twin
from tests import fixtures_observation as made


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    twin = Twin(TwinFolder.create(tmp_path / "acme", name="Acme"))
    twin.folder.save_run("observation", made.document(notices=[DEFAULT_LIMITS_TAKEN, "Said."]), made.tables())
    return twin


def limits(*rows: tuple[str, str, float | None, float | None]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=[name for name in LIMITS.names if name != "comment"], orient="row")
    return LIMITS.completed(frame).select(LIMITS.names).cast(LIMITS.schema)


def test_without_own_limits_it_stays_as_it_was_made(twin: Twin) -> None:
    assert twin.limits().is_empty()
    assert (twin.observation().now or {})["viable"] == "unsure"
    assert DEFAULT_LIMITS_TAKEN in twin.observation().notices


def test_own_limits_move_verdict_margin_and_centre(twin: Twin) -> None:
    twin.set_limits(limits(("fill_rate", "service", 0.8, None)))
    found = twin.observation()
    now = found.now or {}
    assert now["viable"] == "yes"
    assert now["margin"] == pytest.approx((0.9 - 0.8) / 0.8)
    assert (now["coherence"], now["homeostasis"]) == (0.82, 0.44)
    assert found.document["centre"] == "now"  # all points have the same fill rate: the first of them
    assert found.notices == ("Said.",)
    held = found.table("viability_measures").filter(pl.col("point") == "now")
    assert held.filter(pl.col("margin").is_not_null())["measure"].to_list() == ["fill_rate"]
    assert held["side"].to_list() == ["service", "money", "money", "workload"]
    changed = found.table("recommendations")["margin_change"][0]
    assert changed == pytest.approx(0.03 / 0.8)
    twin.set_limits(limits(("fill_rate", "service", 0.99, None), ("total_cost", "money", None, 1e6)))
    assert (twin.observation().now or {})["viable"] == "no"
    assert twin.limits()["measure"].to_list() == ["fill_rate", "total_cost"]
    twin.set_limits(LIMITS.empty())
    assert (twin.observation().now or {})["viable"] == "unsure"


def test_limits_that_limit_nothing_are_refused_and_none_is_changed(twin: Twin) -> None:
    twin.set_limits(limits(("fill_rate", "service", 0.8, None)))
    for wrong in (("tea", "service", 0.1, None), ("fill_rate", "service", None, None),
                  ("fill_rate", "service", 0.9, 0.8)):  # fmt: skip
        with pytest.raises(UsageError) as refused:
            twin.set_limits(limits(wrong))
        assert refused.value.problems[0].value == wrong[0]
    assert twin.limits().rows() == [("fill_rate", "service", 0.8, None, None)]


def test_the_way_of_todays_point_is_one_dot_for_every_network(twin: Twin) -> None:
    for network, at in (("n", "2026-11-23"), ("m", "2026-11-24"), ("m", "2026-11-25"), ("k", "2026-11-26")):
        twin.folder.save_run(
            "observation", made.document(network=network, made_at=f"{at}T10:00:00+00:00"), made.tables()
        )
    observations = Observations(twin, JobQueue(twin.folder.path, target=lambda *_: None))
    way = observations.trajectory(observations.observation())
    assert way["point"].to_list() == ["2026-11-23", "2026-11-25"]
    assert observations.limits_held().equals(observations.limits())


def test_comments_of_limits_are_kept_those_of_a_network_too(twin: Twin) -> None:
    assert twin.limits_held().is_empty()
    network = drawn_company(3, parts=4)
    asked = limits(("fill_rate", "service", 0.8, None)).with_columns(comment=pl.lit("the contract"))
    twin.import_network(Network.of({**network.tables, "limits": asked}, network.name))
    assert twin.limits_held()["comment"].to_list() == ["the contract"]
    twin.set_limits(asked.with_columns(comment=pl.lit("the board")))
    assert twin.limits()["comment"].to_list() == ["the board"]
    assert twin.limits_held()["comment"].to_list() == ["the board"]
    assert "comment" not in twin.observation().table("viability_measures").columns
    twin.set_limits(LIMITS.empty())
    assert twin.limits_held()["comment"].to_list() == ["the contract"]


def test_a_twin_of_an_earlier_version_gets_room_for_comments(twin: Twin) -> None:
    with sqlite3.connect(twin.folder.path / "catalogue.sqlite") as connection:
        connection.execute("ALTER TABLE viable_limits DROP COLUMN comment")
        connection.execute("INSERT INTO viable_limits VALUES ('fill_rate', 'service', 0.8, NULL)")
    connection.close()
    reopened = Twin(TwinFolder.open(twin.folder.path))
    assert reopened.limits().rows() == [("fill_rate", "service", 0.8, None, None)]


def test_limits_from_a_file_say_what_is_wrong_with_each_row(tmp_path: Path) -> None:
    file = tmp_path / "asked.csv"
    rows = ("fil_rate,,0.9,,", "orders,,3,2,", "fill_rate,,0.9,,", "fill_rate,,0.8,,", "total_cost,money,,,")
    file.write_text("\n".join(["measure,side,at_least,at_most,comment", *rows]) + "\n")
    with pytest.raises(InputRejected) as rejected:
        read_viable_limits(file)
    found = [(problem.row, problem.reason) for problem in rejected.value.problems]
    assert found == [
        (2, "There is no such measure."), (3, "It is not said what it is about."),
        (3, "The lower limit is above the upper one."), (5, "The measure is limited twice."),
        (6, "It limits nothing."),
    ]  # fmt: skip
    assert "fill_rate" in rejected.value.problems[0].remedy


def test_columns_of_a_limits_file_that_are_not_used_are_told(tmp_path: Path) -> None:
    file, notices = tmp_path / "asked.csv", list[str]()
    file.write_text("measure,at_least,owner\nfill_rate,0.9,Ann\n")
    assert read_viable_limits(file, notices).height == 1
    assert notices == ["asked.csv: columns not used: owner."]
    file.write_text("measure,at_least,at_moost\nstock_value,1000,2000\n")
    with pytest.raises(InputRejected) as rejected:
        read_viable_limits(file)
    (problem,) = rejected.value.problems
    assert (problem.column, problem.remedy) == ("at_moost", "Did you mean 'at_most'?")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_limits_come_back_from_a_file_as_they_were(tmp_path: Path, ending: str) -> None:
    asked = limits(("fill_rate", "service", 0.8, None), ("total_cost", "money", None, 1e6))
    asked = asked.with_columns(comment=pl.Series(["the contract", None]))
    file = write_viable_limits(asked, tmp_path / f"asked.{ending}")
    assert read_viable_limits(file).equals(asked)


def test_the_command_shows_sets_and_takes_back(twin: Twin, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = str(twin.folder.path), tmp_path / "asked.csv"
    assert run(["limits", folder]) == 0
    assert "a tenth worse than today" in capsys.readouterr().out
    file.write_text("measure,at_least,comment\nfill_rate,0.8,the contract\n")
    assert run(["limits", folder, "--set", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "the contract" in shown
    assert "90 % [88-92]" in shown
    assert "Limits set for this twin" in shown
    assert run(["limits", folder, "--json", "--out", str(tmp_path / "kept.csv")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["source"] == "twin"
    assert document["limits"][0]["side"] == "service"
    assert read_viable_limits(tmp_path / "kept.csv").equals(twin.limits())
    assert run(["limits", folder, "--set", str(file), "--reset"]) == 2
    assert run(["limits", folder, "--set", str(tmp_path / "none.csv")]) == 1
    assert run(["limits", folder, "--reset"]) == 0
    assert twin.limits().is_empty()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("fill_rate", "service", 95.0, None)], "between 0 and 1"),
        ([("fill_rate", "service", None, -0.1)], "between 0 and 1"),
        ([("fill_rate", "service", 0.9, None), ("fill_rate", "service", 0.8, None)], "limited twice"),
    ],
)
def test_limits_that_nothing_can_keep_are_refused(
    twin: Twin, tmp_path: Path, rows: list[tuple[str, str, float | None, float | None]], reason: str
) -> None:
    with pytest.raises(UsageError) as told:
        twin.set_limits(limits(*rows))
    assert len(told.value.problems) == 1
    assert reason in told.value.problems[0].reason
    assert twin.limits().is_empty()
    with pytest.raises(InputRejected) as refused:
        read_viable_limits(write_viable_limits(limits(*rows), tmp_path / "limits.csv"))
    assert reason in refused.value.problems[0].reason
