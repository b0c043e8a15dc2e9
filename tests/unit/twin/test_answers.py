"""What people say to the Observer: acceptances with their day and comment, and snoozes that end."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from spareverse.errors import UsageError
from spareverse.examples.drawn_companies import drawn_company
from spareverse.io.twin_folder import TwinFolder
from spareverse.twin.twin import Twin
from tests import fixtures_observation as made

LAST = date(2024, 3, 1)
"""The day of the last order of the record."""
RECORD = f"part_id,ordered_on,promised_on,received_on,quantity\nP,2024-01-02,2024-01-09,2024-05-09,2\nP,{LAST},,,1\n"


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    """A network without a record, with a constructed observation."""
    twin = Twin(TwinFolder.create(tmp_path / "acme", name="Acme"))
    built = twin.import_network(drawn_company(3, parts=12))
    twin.folder.save_run("observation", made.document(network=built.id), made.tables())
    return twin


def with_record(twin: Twin, folder: Path) -> None:
    (folder / "purchases.csv").write_text(RECORD)
    twin.import_orders(purchases=folder / "purchases.csv")


def test_an_acceptance_holds_from_the_day_that_was_given(twin: Twin, tmp_path: Path) -> None:
    today = {datetime.now(UTC).date()}
    assert twin.record_ends() is None
    twin.accept_recommendation("nudge 0")
    today.add(datetime.now(UTC).date())  # midnight may have passed
    assert twin.accepted_recommendations()["holds_from"][0] in today
    with_record(twin, tmp_path)
    assert twin.record_ends() == LAST
    twin.accept_recommendation("nudge 0")
    kept = twin.accepted_recommendations().row(0, named=True)
    assert (kept["holds_from"], kept["known_until"]) == (LAST, LAST)
    assert kept["accepted"] in today
    twin.accept_recommendation("nudge 0", comment="the board agreed", holds_from="2024-07-01")
    followed = twin.follow_ups()
    assert followed.height == 4
    assert followed.select("title", "holds_from", "comment").unique().row(0) == (
        "Raise reorder points for Bearings by 40 %", date(2024, 7, 1), "the board agreed",
    )  # fmt: skip
    assert set(followed["verdict"]) == {"not enough lines"}  # it has not begun to hold
    with pytest.raises(UsageError, match="ends on 2024-03-01"):
        twin.accept_recommendation("nudge 0", holds_from=LAST - timedelta(days=1))
    with pytest.raises(UsageError, match="not a day"):
        twin.accept_recommendation("nudge 0", holds_from="soon")


def test_the_record_of_an_acceptance_outlives_it(twin: Twin) -> None:
    twin.accept_recommendation("nudge 0", comment="by mistake")
    twin.withdraw_recommendation("nudge 0")
    twin.accept_recommendation("nudge 0", comment="meant")
    assert twin.accepted_recommendations()["comment"].to_list() == ["meant"]
    told = Twin.open(twin.folder.path).withdrawn_recommendations()
    assert told.select("nudge_id", "title", "comment").rows() == [
        ("nudge 0", "Raise reorder points for Bearings by 40 %", "by mistake")
    ]
    assert datetime.fromisoformat(told["withdrawn"][0]).tzinfo is not None


def test_an_acceptance_kept_by_an_earlier_version_still_opens(twin: Twin) -> None:
    with sqlite3.connect(twin.folder.path / "catalogue.sqlite") as connection:
        connection.execute("ALTER TABLE accepted DROP COLUMN holds_from")
        connection.execute("DROP TABLE withdrawn")
        observation = twin.observation().id
        connection.execute("INSERT INTO accepted VALUES ('nudge 0', '2024-03-01', ?, NULL, NULL)", (observation,))
    connection.close()
    reopened = Twin.open(twin.folder.path)
    assert reopened.accepted_recommendations().select("accepted", "holds_from").row(0) == (LAST, None)
    assert set(reopened.follow_ups()["holds_from"]) == {LAST}
    reopened.withdraw_recommendation("nudge 0")
    assert reopened.withdrawn_recommendations()["accepted"].to_list() == [LAST]


def test_what_was_said_goes_into_the_exported_observation(twin: Twin, tmp_path: Path) -> None:
    twin.accept_recommendation("nudge 0", comment="the board agreed")
    said = {"follow_ups": twin.follow_ups(), "withdrawn": twin.withdrawn_recommendations()}
    files = twin.observation().export(tmp_path / "out", said)
    assert "withdrawn.parquet" not in {file.name for file in files}
    assert set(pl.read_parquet(tmp_path / "out" / "follow_ups.parquet")["comment"]) == {"the board agreed"}
    assert twin.observation().export(tmp_path / "out.xlsx", said) == [tmp_path / "out.xlsx"]


def observe_again(twin: Twin, chances: float) -> None:
    """A later observation that warns of the same, at other chances."""
    found = made.warnings().with_columns(chance=chances, chance_low=chances - 0.04, chance_high=chances + 0.04)
    twin.folder.save_run("observation", twin.observation().document, made.tables() | {"warnings": found})


def test_what_was_said_of_a_warning_survives_a_new_observation(twin: Twin) -> None:
    names = twin.warnings()["warning_id"].to_list()
    until = datetime.now(UTC).date() + timedelta(days=14)
    twin.answer_warning(names[1], "acted", comment="called the supplier")
    twin.answer_warning(names[29], "snoozed", snoozed_until=until)  # at 32 % [27-37]
    observe_again(twin, 0.38)
    rows = {row["warning_id"]: row for row in twin.warnings().to_dicts()}
    assert (rows[names[1]]["state"], rows[names[1]]["comment"]) == ("acted", "called the supplier")
    assert names[29] not in rows  # no clear change: it sleeps on


def test_a_snooze_ends_at_its_day_or_where_the_chance_clearly_rose(twin: Twin) -> None:
    names = twin.warnings()["warning_id"].to_list()
    today = datetime.now(UTC).date()
    twin.answer_warning(names[0], "snoozed", snoozed_until=today + timedelta(days=14))  # at 90 %
    twin.answer_warning(names[29], "snoozed", snoozed_until=today + timedelta(days=14), comment="asked the supplier")
    twin.answer_warning(names[5], "snoozed", snoozed_until=today - timedelta(days=1))
    over = twin.warnings().filter(pl.col("warning_id") == names[5]).row(0, named=True)
    assert (over["state"], over["snoozed_until"]) == (None, today - timedelta(days=1))  # waits for an answer again
    observe_again(twin, 0.6)
    rows = {row["warning_id"]: row for row in twin.warnings().to_dicts()}
    assert names[0] not in rows  # it fell
    woken = rows[names[29]]
    assert (woken["state"], woken["chance_then"], woken["comment"]) == (None, pytest.approx(0.32), "asked the supplier")
    twin.answer_warning(names[29], "snoozed", snoozed_until=today + timedelta(days=7))  # at 60 % now
    assert names[29] not in twin.warnings()["warning_id"]
    assert names[29] in twin.warnings(snoozed=True).filter(pl.col("state") == "snoozed")["warning_id"]
