from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from spareverse.service import uploads


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("orders.xlsx", "orders.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\po 2023.csv", "po 2023.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("...", "file"),
        (".hidden.csv", "hidden.csv"),
        ("Aufträge (März).csv", "Aufträge (März).csv"),
        ("x" * 300 + ".parquet", "x" * 112 + ".parquet"),
    ],
)
def test_names_are_made_safe_and_keep_their_ending(given: str, kept: str) -> None:
    assert uploads.safe_name(given) == kept


def test_an_upload_lies_inside_the_twin_and_is_gone_after_discarding(tmp_path: Path) -> None:
    path = uploads.new_place(tmp_path, "../../orders.csv")
    path.write_text("x")
    assert path.resolve().is_relative_to(tmp_path.resolve())
    assert uploads.new_place(tmp_path, "orders.csv") != path
    uploads.discard(path)
    assert not path.parent.exists()


def test_only_old_uploads_are_swept(tmp_path: Path) -> None:
    old, new = uploads.new_place(tmp_path, "a.csv"), uploads.new_place(tmp_path, "b.csv")
    long_ago = time.time() - uploads.KEEP_SECONDS - 60
    os.utime(old.parent, (long_ago, long_ago))
    uploads.discard_old(tmp_path)
    assert not old.parent.exists()
    assert new.parent.exists()
