"""Command doctor: what this installation has, and what is missing."""

from __future__ import annotations

import platform
import shutil
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from spareverse.cli import screen
from spareverse.cli.options import AsJson

LIBRARIES = (
    "numpy",
    "polars",
    "numba",
    "fastexcel",
    "xlsxwriter",
    "typer",
    "rich",
    "nicegui",
    "fastapi",
    "fastapi-offline",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")
DISK_NEEDED_GB = 2.0


def doctor(as_json: AsJson = False) -> None:
    """Check what is installed and what is missing.

    Versions, compiled kernels, disk and browser; exit 1 when something needed is missing.

    Example: spareverse doctor --json
    """
    found = examination()
    if as_json:
        screen.document(found)
    else:
        for name, version in found["versions"].items():
            screen.say(f"{name:16} {version or 'missing'}")
        cache = found["kernels"]
        state = "compiled" if cache["compiled"] else "not compiled yet: the first analysis takes some seconds more"
        screen.say(f"{'kernels':16} {state} ({cache['folder']})")
        screen.say(f"{'disk':16} {found['disk_free_gb']:.1f} GB free")
        screen.say(f"{'browser':16} {found['browser'] or 'none found; any browser on your own machine will do'}")
        for text in found["missing"]:
            screen.say(f"Missing: {text}")
        screen.say("All that is needed is there." if not found["missing"] else "Mend the above first.")
    if found["missing"]:
        raise typer.Exit(1)


def examination() -> dict[str, Any]:
    """Versions, state of the kernel cache, free disk [GB], browser, and the list of what is missing."""
    versions: dict[str, str | None] = {
        "spareverse": metadata.version("spareverse"),
        "python": platform.python_version(),
    }
    versions |= {name: _version(name) for name in LIBRARIES}
    free_gb = shutil.disk_usage(Path.cwd()).free / 1e9
    missing = [
        f"the library {name}; install again with: make demo" for name, version in versions.items() if not version
    ]
    if free_gb < DISK_NEEDED_GB:
        missing.append(f"disk: {free_gb:.1f} GB free, a company of 300,000 parts needs {DISK_NEEDED_GB:.0f} GB")
    return {
        "versions": versions,
        "kernels": _kernels(),
        "disk_free_gb": round(free_gb, 1),
        "browser": next((path for name in BROWSERS if (path := shutil.which(name))), None),
        "missing": missing,
    }


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _kernels() -> dict[str, Any]:
    if find_spec("numba") is None:
        return {"compiled": False, "folder": None}
    from spareverse import jit

    return {"compiled": jit.is_compiled(), "folder": str(jit.cache_folder())}
