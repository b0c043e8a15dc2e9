"""The command that observes: what it prints, what it writes, and a twin with a record only."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import polars as pl
import pytest

from spareverse.cli.main import run
from spareverse.cli.observe import _show_alarms, _show_measures, _show_pay, _show_recommendations
from spareverse.cli.observe_incentives import show_externalities
from spareverse.errors import Cancelled
from spareverse.examples.drawn_companies import drawn_company
from spareverse.network.observer_tables import EXTERNALITIES, VIABILITY
from spareverse.twin import making
from spareverse.twin.twin import Twin
from tests import fixtures_observation as made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("observed") / "acme"
    Twin.create(path).import_network(drawn_company(3, parts=12))
    return path


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FIRST_REPLICATIONS", 2), ("FIRST_SEARCH", 4), ("SCORES", 4)):
        monkeypatch.setattr(making, name, value)


def test_it_prints_where_we_stand_and_writes_the_tables(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["observe", str(folder), "--out", str(tmp_path / "found.xlsx")]) == 0
    shown = capsys.readouterr()
    for heading in ("Where we stand", "How it holds itself", "Service, money and workload: now", "What is coming"):
        assert heading in shown.out
    assert "What the monitors would have noticed" in shown.out
    assert "price of misalignment" in shown.out
    assert "Who gets in whose way, each moving alone for its own pay within 1 step" in shown.out
    assert "on enterprise" in shown.out
    assert "Experimental: homeostasis" in shown.err
    assert set(pl.read_excel(tmp_path / "found.xlsx", sheet_id=0)) >= {"Viability", "Warnings", "Dynamic homeostasis"}
    assert run(["observe", str(folder), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["viability"][0]["point"] == "now"
    assert "battery_runs" not in document
    assert document["follow_ups"] == []
    assert len(document["homeostasis"]) == 23


def test_a_record_alone_has_its_own_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = tmp_path / "po.csv"
    lines = [f"P,2020-{month:02d}-{day:02d},2020-{month:02d}-{day + 8:02d},2020-{month:02d}-{day + 9:02d},2,5"
             for month in range(1, 13) for day in range(1, 8)]  # fmt: skip
    lines += ["P,2021-01-02,2021-01-09,2021-01-31,2,5"]
    orders.write_text("\n".join(["part_id,ordered_on,promised_on,received_on,quantity,unit_cost", *lines]) + "\n")
    Twin.create(tmp_path / "record").import_orders(purchases=orders)
    assert run(["observe", str(tmp_path / "record")]) == 0
    shown = capsys.readouterr()
    assert "2020-01 to 2020-12" in shown.out
    assert "stand-ins of the record" in shown.out
    assert "There is no network yet" in shown.err


def test_the_matrix_of_externalities_is_signed_and_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    agents = ("planner", "buyer", "service", "finance", "a planner of the north sea", "workshop")
    rows = [
        {"rho": rho, "mover": mover, "on": on, "measure": "total_cost" if on == "enterprise" else "stock_value",
         "unit": "currency/d" if on == "enterprise" else "currency", "change": change, "change_low": change - 20.0,
         "change_high": change + 20.0, "share_of_range": -change / 1000.0, "clear": "yes" if change > 20.0 else "no"}
        for rho in (2.0, 1.0) for mover in agents for on in (*agents, "enterprise")
        for change in (0.0 if mover == "buyer" else 12.0 if on == "service" else 123.0 * rho,)
    ]  # fmt: skip
    show_externalities(pl.DataFrame(rows, schema=EXTERNALITIES.schema), "NOK")
    shown = capsys.readouterr().out
    assert "within 1 step" in shown
    first, rest = shown.split("\nand\n", 1)
    heading = next(line for line in first.splitlines() if line.startswith(" who moves"))
    assert heading.split("on ")[1].strip() == "enterprise"
    assert "-12 %" in first
    assert "+120 NOK/day" in first
    assert "[100-140]" in first
    assert "-25 %" not in shown  # the narrow box alone
    assert "-1.2 % (?)" in shown
    assert " buyer                        no change" in first
    assert "on workshop" in rest
    table = [line for line in shown.splitlines() if not line.startswith(("+ is good", "Who gets"))]
    assert max(map(len, table)) <= 100


def _interrupted(self: making.Making) -> bool:
    signal.raise_signal(signal.SIGINT)
    assert self.cancel is not None
    assert self.cancel()
    raise Cancelled("Cancelled.")


def test_interrupted_it_says_what_is_kept_and_how_to_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(making.Making, "refine", _interrupted)
    assert run(["observe", str(folder), "--thorough"]) == 0
    shown = capsys.readouterr()
    assert "Where we stand" in shown.out
    kept = Twin.open(folder).observation().id
    assert "Ctrl-C again to leave at once" in shown.err
    assert f"Stopped. Observation {kept} is kept, with 2 runs" in shown.err
    assert "The same command goes on from there." in shown.err
    monkeypatch.setattr(making.Making, "first", _interrupted)
    assert run(["observe", str(folder), "--weeks", "3"]) == 1
    shown = capsys.readouterr()
    assert "nothing new is kept" in shown.err
    assert "begins anew" in shown.err
    assert Twin.open(folder).observation().id == kept


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [(["--scenario", "nobody"], 1, "nobody"), (["--weeks", "0"], 2, "1 to 52"), (["--tea"], 2, "--tea")],
)
def test_wrong_options(
    folder: Path, arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["observe", str(folder), *arguments]) == code
    assert said in capsys.readouterr().err


def test_troubles_say_what_they_are_of_and_how_many_alarms_they_hold(capsys: pytest.CaptureFixture[str]) -> None:
    alarms = made.alarms().with_columns(trouble=pl.lit(1, pl.Int64), place_id=pl.lit("OSLO"), subject_id=pl.lit("S-1"))
    supplier = alarms.head(2).with_columns(place_id=pl.lit(None, pl.String))
    _show_alarms(pl.concat([alarms.with_columns(subject_kind=pl.lit("lane")), supplier]))
    said = capsys.readouterr().out
    assert "1 troubles of 6 alarms" not in said
    assert "1 trouble of 6 alarms" in said
    assert "supplier S-1" in said
    _show_alarms(alarms.with_columns(subject_kind=pl.lit("lane")))
    assert "lane S-1 to OSLO" in capsys.readouterr().out


def test_advice_is_told_in_its_order_with_its_reason_and_what_is_to_be_minded_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = made.recommendations().with_columns(workload_change=1e-17, workload_change_low=0.0, workload_change_high=0.0)
    _show_recommendations(rows, "EUR")
    told = " ".join(capsys.readouterr().out.split())
    assert f"{made.CAUTION[0].upper()}{made.CAUTION[1:20]}" in told
    assert "EUR a day" in told
    assert "0 [0 to 0]" in told
    assert "Ranked by money saved" in told
    assert "means over 730 days simulated ahead; doing nothing costs 1,890 EUR/day there." in told


def test_measures_are_told_in_words_and_in_the_currency_of_the_company(capsys: pytest.CaptureFixture[str]) -> None:
    rows = made.measures().with_columns(pl.col("measure").replace({"stock_value": "purchases_cost"}))
    _show_measures(rows, {"point": "now"}, "NOK")
    said = capsys.readouterr().out
    assert "cost of purchases" in said
    assert "1,450,000 NOK" in said
    assert "810,000 NOK/year [780,000-840,000]" in said
    assert "at least 95 %" in said
    assert "currency" not in said
    assert "_" not in said


def test_limits_taken_from_today_and_limits_of_nothing_are_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    taken = pl.when(pl.col("measure") == "exceptions_per_week")
    rows = made.measures().with_columns(
        at_most=taken.then(0.0).otherwise("at_most"), margin=taken.then(-3.2).otherwise("margin"),
        margin_low=taken.then(-3.6).otherwise("margin_low"), margin_high=taken.then(-2.8).otherwise("margin_high"),
        margin_unit=taken.then(pl.lit("1/week")).otherwise(pl.lit("share")),
    )  # fmt: skip
    _show_measures(rows, {"point": "now", "viable": "no"}, "NOK")
    said = capsys.readouterr().out
    assert "-3.2 a week [-3.6 to -2.8]" in said
    assert "none is set" not in said
    _show_measures(rows, {"point": "now", "viable": "default"}, "NOK")
    assert "a tenth worse, none is set" in capsys.readouterr().out


def test_what_misalignment_costs_stands_beside_the_coherence_of_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    now, then, *_ = made.viability().filter(pl.col("kind") != "past").to_dicts()
    now |= {**made.around("price", 148.0, 20.0), **made.around("cost_drift", 2350.0, 60.0)}
    then |= {**made.around("price", 12.0, 9.0), **made.around("cost_drift", 2210.0, 60.0)}
    _show_pay(pl.DataFrame([now, then], schema=VIABILITY.schema), "NOK")
    said = capsys.readouterr().out
    assert "150 NOK/day [130-170]" in said
    assert "12 NOK/day [3-21]" in said
