"""Examples to try the product on: order files of companies, and warehouse-options studies."""

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


def _el_thalji_2025(directory: Path) -> dict[str, Path]:
    from spareverse.examples.platform import write

    return write(directory)


def _package_500(directory: Path) -> dict[str, Path]:
    from spareverse.examples.package import write

    return write(directory)


def _wind_farm(directory: Path) -> dict[str, Path]:
    from spareverse.examples.wind_farm import write

    return write(directory)


STUDIES: dict[str, Callable[[Path], dict[str, Path]]] = {
    "el-thalji-2025": _el_thalji_2025,
    "package-500": _package_500,
    "wind-farm": _wind_farm,
}
"""Name -> writer of a study into a folder; the writer returns ``study`` -> its file, and ``lines`` -> its package."""
