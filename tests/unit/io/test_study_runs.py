"""The folder of a study's run, whatever version wrote it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from spareverse.io.study_runs import StudyTables
from spareverse.network.study_answers import PART_BY_PART
from spareverse.network.study_tables import LINE_RESULTS


def test_tables_of_an_earlier_version_are_completed(tmp_path: Path) -> None:
    """Columns and answers that a saved run does not have yet are empty, not missing."""
    old = LINE_RESULTS.empty().drop("central_policy", "expired_pieces")
    old.write_parquet(tmp_path / "line_results.parquet")
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "other.parquet")
    tables = StudyTables(tmp_path)
    assert tables["line_results"].schema["central_policy"] == pl.String
    assert set(tables["line_results"].columns) == set(LINE_RESULTS.names)
    assert tables["part_by_part"].equals(PART_BY_PART.empty())
    assert tables["other"]["x"].to_list() == [1]
    assert sorted(tables) == ["line_results", "other"]
    with pytest.raises(KeyError):
        tables["nothing"]
