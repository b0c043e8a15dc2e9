"""Failure rates: three ways to give one, and what records of earlier platforms and a twin's history make of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from scipy import integrate, stats

from tests.unit.io.study_cases import LINE, problems_of, study_of


def rate(folder: Path, **cells: Any) -> float:
    line = {name: value for name, value in {**LINE, "failures_per_year": "", **cells}.items() if value != ""}
    return float(study_of(folder, line=[line]).lines["failures_per_year"][0])


@pytest.mark.parametrize(
    "cells",
    [{"failures_per_year": 1.5}, {"failures_per_month": 0.125}, {"mtbf_h": 5840}],
    ids=lambda cells: next(iter(cells)),
)
def test_three_ways_to_say_the_same_rate(tmp_path: Path, cells: dict[str, float]) -> None:
    assert rate(tmp_path, **cells) == 1.5


def test_records_pull_the_vendor_rate_as_bayes_says(tmp_path: Path) -> None:
    vendor, failures, years = 0.4, 5, 6.0
    prior = stats.gamma(0.5, scale=vendor / 0.5)

    def posterior(x: float) -> float:
        return float(prior.pdf(x) * stats.poisson.pmf(failures, x * years))

    evidence = integrate.quad(posterior, 0, 20, points=[0.5, 2])[0]
    expected = integrate.quad(lambda x: x * posterior(x), 0, 20, points=[0.5, 2])[0] / evidence
    found = rate(tmp_path, failures_per_year=vendor, record_failures=failures, record_hours=years * 8760)
    assert found == pytest.approx(expected, rel=1e-6)
    assert prior.mean() == pytest.approx(vendor)


def test_many_records_silence_the_vendor_and_none_leave_it(tmp_path: Path) -> None:
    assert rate(tmp_path, failures_per_year=9, record_failures=2000, record_hours=1000 * 8760) == pytest.approx(
        2, rel=0.01
    )
    assert rate(tmp_path, failures_per_year=9, record_failures=0, record_hours=1) == pytest.approx(9, rel=0.01)


def test_a_pooled_rate_is_said_with_its_interval(tmp_path: Path) -> None:
    line = {**LINE, "failures_per_year": 1, "record_failures": 3, "record_hours": 2 * 8760}
    study = study_of(tmp_path, line=[line])
    assert study.lines["rate_source"].to_list() == ["records"]
    posterior = stats.gamma(3.5, scale=1 / (0.5 / 1 + 2))
    low, high = posterior.ppf([0.025, 0.975])
    (note,) = (note for note in study.notes if "gamma" in note)
    assert f"SEAL {posterior.mean():.3g} [{low:.2g}-{high:.2g}]" in note


def test_parts_without_a_vendor_borrow_from_their_kind(tmp_path: Path) -> None:
    def line(part: str, description: str, failures: float, years: float) -> dict[str, Any]:
        line = {**LINE, "tag": part, "part_id": part, "description": description, "record_failures": failures}
        del line["failures_per_year"]
        return {**line, "record_hours": years * 8760}

    lines = [line("A", "Seal, small", 10, 10), line("B", "Seal, large", 0, 0.1), line("C", "Relay", 0, 0.1)]
    lines.append(line("D", "Fan", 0, 100))
    rates = dict(study_of(tmp_path, line=lines).lines.select("part_id", "failures_per_year").iter_rows())
    kind, every = 10.5 / 10.1, 10.5 / 110.2
    assert rates["B"] == pytest.approx(0.5 / (0.5 / kind + 0.1), rel=1e-9)
    assert rates["C"] == pytest.approx(0.5 / (0.5 / every + 0.1), rel=1e-9)


def test_history_gives_the_rate_of_a_piece(tmp_path: Path) -> None:
    from spareverse.io.study_files import read_study
    from tests.unit.io.study_cases import document, written

    first = {**LINE, "installed_quantity": 3, "rate_source": "history"}
    del first["failures_per_year"]
    path = written(tmp_path, document(line=[first, {**first, "tag": "P-2", "installed_quantity": 1}]))
    history = pl.DataFrame({"part_id": ["SEAL", "SEAL"], "order_rate": [0.01, 0.02], "order_size": [2.0, 1.0]})
    study = read_study(path, history=history)
    assert study.lines["failures_per_year"].to_list() == pytest.approx([0.04 * 365 / 4] * 2)
    with pytest.raises(Exception, match="wrong with the study"):
        read_study(path, history=history.clear())


def test_rates_pooled_before_are_not_pooled_again(tmp_path: Path) -> None:
    line = {**LINE, "record_failures": 3, "record_hours": 8760, "rate_source": "records"}
    study = study_of(tmp_path, line=[line], study={"name": "s", "rates_pooled": True})
    assert study.lines["failures_per_year"].to_list() == [2.0]


def test_lines_of_one_part_share_their_records(tmp_path: Path) -> None:
    lines = [{**LINE, "record_failures": 1, "record_hours": 8760}, {**LINE, "tag": "P-2"}]
    rates = study_of(tmp_path, line=lines).lines["failures_per_year"]
    assert rates[0] == rates[1] == pytest.approx(1.5 / (0.25 + 1))
    twice = problems_of(tmp_path, line=[lines[0], {**lines[1], "record_failures": 2, "record_hours": 8760}])
    assert any("another record_failures" in problem.reason for problem in twice)
