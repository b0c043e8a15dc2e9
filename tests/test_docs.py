"""Examples marked ``run`` in README and docs are executed, links lead somewhere, generated pages are current."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *(REPOSITORY / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w+) run\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Example:
    """One fenced block; blocks of a page run in order, in one folder."""

    language: str
    text: str


def examples(page: Path) -> list[Example]:
    return [Example(language, text) for language, text in FENCE.findall(page.read_text(encoding="utf-8"))]


def name_of(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=name_of)
def test_examples_run(page: Path, tmp_path: Path, demo_twin: Path) -> None:
    shutil.copytree(demo_twin, tmp_path / "demo")
    programs = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "120"}
    for number, example in enumerate(examples(page), start=1):
        command = [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c"]
        if example.language == "sh":
            command = ["sh", "-e", "-c"]
        done = subprocess.run(
            [*command, example.text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"example {number} of {name_of(page)}:\n{example.text}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    broken = []
    for link in LINK.findall(re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, heading = link.partition("#")
        target = page if not path else (page.parent / path).resolve()
        if not target.exists() or (heading and heading not in headings(target)):
            broken.append(link)
    assert not broken


def headings(page: Path) -> set[str]:
    """Anchors of a page as a forge makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_page_is_reached_from_the_index() -> None:
    index = REPOSITORY / "docs" / "README.md"
    seen, waiting = set(), [index]
    while waiting:
        page = waiting.pop()
        seen.add(page)
        links = (page.parent / link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8")))
        waiting += [
            found
            for link in links
            if (found := link.resolve()).suffix == ".md" and found.exists() and found not in seen
        ]
    docs = {page for page in PAGES if (REPOSITORY / "docs") in page.parents}
    assert {name_of(page) for page in docs - seen} == set()


def test_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "docs" / "generate_reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
