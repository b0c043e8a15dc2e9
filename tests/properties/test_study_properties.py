"""Study files: whatever stands in them, they are read or refused with problems; what is read survives writing."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spareverse.errors import InputRejected, Problem
from spareverse.io.study_files import read_study, write_study
from spareverse.network.study import Study

PATIENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
LINE = {"tag": "P-1", "part_id": "SEAL", "failures_per_year": 2.0, "unit_price": 100, "lead_time": 30, "vendor": "V",
        "digital_lead_time": "triangular(3, 4, 9)", "am_qualified": True, "interchange_group": "G"}  # fmt: skip
POLICY = {"reorder_point": 1, "order_quantity": 2}
FULL: dict[str, Any] = {
    "study": {"name": "s", "horizon_years": 7.3, "period_months": 1, "emergency": "none"},
    "economics": {"discount_rate": 0.07, "downtime_season": [1.0] * 12},
    "campaign": [{"start_months": 3.3, "end_months": 6, "factor": 2}],
    "bursts": {"gap_days": 100, "length_days": 1.1, "factor": 4},
    "access": {"visit_interval_days": 91, "open_mean_h": [40], "closed_mean_h": [9]},
    "target": {"availability": 0.95},
    "stock": [{"option": "shelf", "part_id": "G", "place": "central", "initial_stock": 9}],
    "line": [LINE, {**LINE, "tag": "P-2", "part_id": "B"}],
    "option": [
        {"name": "shelf", "warehouse": "physical", "lead_time_days": "uniform(5, 9)", "policy": POLICY,
         "central": {"kind": "order_up_to", "order_up_to": 4}, "transfer": {"time_days": 2},
         "transport": {"mode": "rail", "distance_km": 900.5}, "fee": {"covers": ["parts"]}},
        {"name": "printed", "warehouse": "digital", "qualified_only": True, "fallback": "shelf"},
    ],
}  # fmt: skip


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from paths(value, (*path, key))


STRANGE = st.one_of(
    st.booleans(),
    st.sampled_from(
        [0, -1, 1, 10**18, 0.5, 1e-300, 1e300, float("nan"), float("inf"), "", " ", "shelf", "-5", "inf h"]
    ),
    st.sampled_from(["exponential(mean=0)", "empirical()", "((((", "\u00a0", "=1+1", [], [1], ["a"], [[1]], {}, [{}]]),
    st.text(max_size=8),
    st.dates(),
)
CHANGES = st.lists(st.tuples(st.sampled_from(list(paths(FULL))), STRANGE), min_size=1, max_size=3)


def changed(changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    document = copy.deepcopy(FULL)
    for path, value in changes:
        node: Any = document
        for key in path[:-1]:
            node = node[key] if isinstance(node, dict | list) and _has(node, key) else None
        if isinstance(node, dict | list) and _has(node, path[-1]):
            node[path[-1]] = value
    return document


def _has(node: Any, key: Any) -> bool:
    return key in node if isinstance(node, dict) else isinstance(key, int) and key < len(node)


def read_or_refused(path: Path) -> tuple[Study | None, list[Problem]]:
    try:
        return read_study(path), []
    except InputRejected as refused:
        return None, refused.problems


@settings(max_examples=60, deadline=None, suppress_health_check=PATIENT)
@given(changes=CHANGES)
def test_a_study_is_read_or_refused_with_problems(changes: list[tuple[tuple[Any, ...], Any]], tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(tomli_w.dumps(changed(changes)), encoding="utf-8")
    study, problems = read_or_refused(path)
    assert (study is None) == bool(problems)
    assert all(problem.reason and problem.file for problem in problems)
    if study is None:
        return
    again = read_study(write_study(study, tmp_path / "again"))
    for field in fields(Study):
        one, other = getattr(study, field.name), getattr(again, field.name)
        assert one.equals(other) if isinstance(one, pl.DataFrame) else one == other, field.name


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain")


@settings(max_examples=40, deadline=None, suppress_health_check=PATIENT)
@given(
    rates=st.lists(st.floats(0.0, 8760.0, allow_subnormal=False), min_size=1, max_size=5),
    price=st.floats(0.0, 1e12, allow_subnormal=False),
    days=st.floats(0.0, 3_000.0, allow_subnormal=False),
)
def test_numbers_survive_a_workbook_to_the_last_digit(
    rates: list[float], price: float, days: float, plain: Path
) -> None:
    rates[0] = max(rates[0], 0.001)
    lines = [{"tag": f"T-{i}", "part_id": f"P-{i}", "failures_per_year": rate, "unit_price": price, "lead_time": days}
             for i, rate in enumerate(rates)]  # fmt: skip
    option = {"name": "shelf", "warehouse": "physical", "policy": POLICY}
    path = plain / "study.toml"
    path.write_text(tomli_w.dumps({"study": {"name": "s"}, "line": lines, "option": [option]}))
    study = read_study(path)
    assert read_study(write_study(study, plain / "again")).lines.equals(study.lines)
    assert study.lines["failures_per_year"].to_list() == pytest.approx(rates, rel=1e-11, abs=0)
