"""The examples a new twin can start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from spareverse.examples import EXAMPLES
from spareverse.network.tables import TABLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_writer_writes_known_tables(name: str, tmp_path: Path) -> None:
    files = EXAMPLES[name](tmp_path)
    assert {"purchases", "sales"} <= set(files) <= set(TABLES)
    for path in files.values():
        assert path.parent == tmp_path
        assert path.stat().st_size > 0
