"""A small study to take apart: its file and lines, and a way to write and read them with something changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w

from spareverse.errors import InputRejected, Problem
from spareverse.io.study_files import read_study
from spareverse.network.study import Study

LINE: dict[str, Any] = {
    "tag": "P-1",
    "part_id": "SEAL",
    "failures_per_year": 2.0,
    "unit_price": 100,
    "lead_time": 30,
    "digital_lead_time": 5,
    "am_qualified": True,
    "criticality": "high",
    "replacement": 8,
    "downtime_cost_per_h": 10,
}
POLICY: dict[str, Any] = {"initial_stock": 2, "reorder_point": 1, "order_quantity": 2}


def document(**changes: Any) -> dict[str, Any]:
    """A study of one line and two options; keywords replace its sections."""
    usual: dict[str, Any] = {
        "study": {"name": "small"},
        "line": [dict(LINE)],
        "option": [
            {"name": "shelf", "warehouse": "physical", "policy": dict(POLICY)},
            {"name": "printed", "warehouse": "digital", "fee": {"per_month": 10}},
        ],
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def option(name: str = "shelf", warehouse: str = "physical", **keys: Any) -> dict[str, Any]:
    return {"name": name, "warehouse": warehouse, "policy": dict(POLICY), **keys}


def study_of(folder: Path, **changes: Any) -> Study:
    return read_study(written(folder, document(**changes)))


def written(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "study.toml"
    path.write_bytes(tomli_w.dumps(content).encode())
    return path


def refused(path: Path, **how: Any) -> list[Problem]:
    """The problems with a study that must be refused."""
    with pytest.raises(InputRejected) as caught:
        read_study(path, **how)
    assert caught.value.problems
    return caught.value.problems


def problems_of(folder: Path, **changes: Any) -> list[Problem]:
    return refused(written(folder, document(**changes)))
