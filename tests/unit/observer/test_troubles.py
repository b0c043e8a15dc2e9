"""Alarms taken together: a supplier with his lanes and parts; demand of a part, its category and the company."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from spareverse.network.observer_tables import ALARMS, TROUBLES
from spareverse.observer.troubles import troubles
from tests.unit.observer.test_monitoring import found

FIRST = date(2022, 3, 1)


def alarm(
    stream: str, kind: str, subject: str, place: str | None = None, *, direction: str = "up", later: int = 0,
    q: float = 1e-3, levels: tuple[float, float] = (1.0, 2.0), monitor: str = "CUSUM",
) -> dict[str, Any]:  # fmt: skip
    since = FIRST + timedelta(days=later)
    return {"stream": stream, "subject_kind": kind, "subject_id": subject, "place_id": place, "monitor": monitor,
            "direction": direction, "since": since, "raised": since + timedelta(days=40), "p_value": q, "q_value": q,
            "before": levels[0], "after": levels[1]}  # fmt: skip


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in ALARMS.names} for row in rows], schema=ALARMS.schema)


def belongs(*rows: tuple[str, str, str, str, str, str]) -> pl.DataFrame:
    names = ("family", "subject_kind", "subject_id", "place", "of_kind", "of")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


SUPPLY = belongs(
    ("supply", "lane", "S", "OSLO", "supplier", "S"), ("supply", "part", "P", "OSLO", "supplier", "S"),
    ("supply", "part", "Q", "OSLO", "supplier", "T"),
)  # fmt: skip


def test_a_supplier_with_his_lane_and_part_is_one_trouble() -> None:
    rows = table(
        alarm("lead time", "part", "P", "OSLO", q=1e-9), alarm("lead time", "supplier", "S", q=1e-6),
        alarm("lead time", "supplier", "S", monitor="EWMA", later=20), alarm("lateness", "supplier", "S", later=10),
        alarm("spread of lead times", "supplier", "S", direction="down"), alarm("lead time", "lane", "S", "OSLO"),
        alarm("lead time", "part", "Q", "OSLO", q=0.05),
    )  # fmt: skip
    marked, grouped = troubles(rows, SUPPLY)
    assert marked.height == rows.height
    assert marked.drop("trouble").equals(rows.drop("trouble").sort("q_value", "p_value", *ALARMS.identity))
    assert grouped.schema == TROUBLES.schema
    assert grouped["subject_id"].to_list() == ["S", "Q"]
    first = grouped.row(0, named=True)
    assert (first["subject_kind"], first["alarms"], first["q_value"]) == ("supplier", 6, 1e-9)
    assert first["evidence"] == "lateness, lead time, spread of lead times: 1 supplier, 1 lane, 1 part"
    assert first["raised"] == FIRST + timedelta(days=40)
    assert marked.filter(pl.col("subject_id") == "Q")["trouble"].to_list() == [2]


def test_another_way_or_another_time_is_another_trouble() -> None:
    rows = table(
        alarm("lead time", "supplier", "S"), alarm("lead time", "part", "P", "OSLO", later=400),
        alarm("lead time", "lane", "S", "OSLO", direction="down", q=0.01),
    )  # fmt: skip
    assert troubles(rows, SUPPLY)[1].height == 3


def test_a_part_that_changed_much_more_than_all_others_stands_for_itself() -> None:
    of = belongs(
        ("demand", "part", "P", "", "category", "C"), ("demand", "part", "P", "", "company", "all parts"),
        ("demand", "part", "Q", "", "category", "C"), ("demand", "part", "Q", "", "company", "all parts"),
        ("demand", "category", "C", "", "company", "all parts"),
    )  # fmt: skip
    rows = table(
        alarm("demand", "part", "P", levels=(1.0, 9.0), q=1e-4), alarm("demand", "part", "Q", levels=(1.0, 1.6)),
        alarm("dispersion", "part", "P", direction="down", q=0.05),
        alarm("demand", "category", "C", levels=(30.0, 45.0)),
        alarm("demand", "company", "all parts", levels=(100.0, 130.0), q=1e-6),
    )  # fmt: skip
    marked, grouped = troubles(rows, of)
    assert dict(marked.filter(pl.col("stream") == "demand").select("subject_id", "trouble").iter_rows()) == {
        "all parts": 1, "C": 1, "Q": 1, "P": 2,
    }  # fmt: skip
    assert grouped["evidence"].to_list() == ["demand: 1 company, 1 category, 1 part", "demand, dispersion: 1 part"]
    without = rows.filter(pl.col("subject_kind") != "category")
    assert troubles(without, of)[1]["subject_id"].to_list() == ["all parts", "P"]


def test_the_slower_supplier_of_a_record_is_one_trouble() -> None:
    watch = found()
    slow = watch.alarms.filter((pl.col("subject_id") == "SLOW") & (pl.col("direction") == "up"))
    assert slow.height >= 5
    assert slow["trouble"].n_unique() == 1
    assert watch.troubles["trouble"].to_list() == list(range(1, watch.troubles.height + 1))
    assert watch.troubles["alarms"].sum() == watch.alarms.height
    assert watch.troubles.height < watch.alarms.select("stream", "subject_kind", "subject_id").n_unique()


def test_no_alarm_no_trouble() -> None:
    marked, grouped = troubles(ALARMS.empty(), SUPPLY)
    assert marked.is_empty()
    assert grouped.schema == TROUBLES.schema
