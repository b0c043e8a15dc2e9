"""Example companies: order files to try the product on, large and small, all of them invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

SMALL_DEMO_PARTS = 3_000


def _demo_company(directory: Path) -> dict[str, Path]:
    from spareverse.examples.demo_company import write

    return write(directory, parts=SMALL_DEMO_PARTS)


def _sirri_2023(directory: Path) -> dict[str, Path]:
    from spareverse.examples.sirri_2023 import write

    return write(directory)


EXAMPLES: dict[str, Callable[[Path], dict[str, Path]]] = {
    "demo-company": _demo_company,
    "sirri-2023": _sirri_2023,
}
"""Name -> writer of its CSV files into a folder; the writer returns table -> file."""
