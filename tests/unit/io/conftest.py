from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from spareverse.io.twin_folder import TwinFolder


@pytest.fixture
def twin(tmp_path: Path) -> TwinFolder:
    return TwinFolder.create(tmp_path / "acme")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file and return its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
