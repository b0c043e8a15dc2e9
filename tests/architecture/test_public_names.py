"""The public surface is a tested list, and importing it costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import spareverse
from spareverse.errors import SpareverseError


def test_the_package_exports_exactly_the_documented_names() -> None:
    assert spareverse.__all__ == ["Analysis", "Study", "Twin", "__version__", "create", "open"]
    assert all(getattr(spareverse, name) for name in spareverse.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(spareverse, "Simulation")


def test_importing_the_package_loads_no_heavy_library() -> None:
    check = "import spareverse, spareverse.cli.main, sys; print([n for n in HEAVY if n in sys.modules])"
    heavy = ["numpy", "polars", "numba", "scipy", "nicegui", "fastapi", "fastexcel", "xlsxwriter"]
    done = subprocess.run(
        [sys.executable, "-c", check.replace("HEAVY", repr(heavy))], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_error_has_its_own_kind_an_exit_code_and_a_place_in_the_drawn_tree() -> None:
    import spareverse.errors as errors

    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SpareverseError)]
    assert len({error.kind for error in found}) == len(found)
    assert {error.exit_code for error in found} <= {1, 2}
    assert all(error.__name__ in (errors.__doc__ or "") for error in found)
