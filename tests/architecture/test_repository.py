"""House rules that a machine can hold: small files, no machine paths, no registry hosts, pins with hashes."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def tracked(*patterns: str) -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [REPOSITORY / name for name in done.stdout.splitlines() if (REPOSITORY / name).is_file()]


def test_source_files_stay_small() -> None:
    long = {str(file): lines for file in tracked("src/*.py") if (lines := len(file.read_text().splitlines())) > 400}
    assert not long


def test_no_file_is_named_for_leftovers() -> None:
    banned = {"utils", "helpers", "managers", "manager", "base", "core", "common", "misc"}
    assert not [file for file in tracked("src/*.py") if banned & {file.stem, file.parent.name}]


def test_text_files_name_no_machine_path_and_no_registry_host() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:work|opt|root)/\w|pypi\.org|pythonhosted|registry\.npmjs")
    found = []
    for file in tracked("*.py", "*.md", "*.toml", "*.txt", "*.sh", "Makefile", ".ci/*"):
        if file != Path(__file__):
            found += [f"{file.name}: {line}" for line in file.read_text().splitlines() if pattern.search(line)]
    assert not found


def test_every_pin_is_exact_and_hashed() -> None:
    for name in ("locked.txt", "peers.txt", "uv.txt"):
        pins = (REPOSITORY / "requirements" / name).read_text().replace("\\\n", " ")
        entries = [line for line in pins.splitlines() if line and not line.lstrip().startswith("#")]
        assert entries
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    pins = "".join((REPOSITORY / f"requirements/{name}.txt").read_text() for name in ("locked", "peers"))
    pinned = set(re.findall(r"^([\w.-]+)==", pins, re.MULTILINE))
    assert {re.split(r"[<>=\[; ]", entry)[0].lower() for entry in declared} <= pinned


def test_every_package_of_the_floors_is_listed() -> None:
    floors = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    listed = set(re.findall(r"\w+", " ".join(floors["layers"])))
    source = REPOSITORY / "src" / "spareverse"
    present = {entry.stem for entry in source.iterdir() if entry.suffix == ".py" or (entry / "__init__.py").exists()}
    assert present - {"__init__"} <= listed
