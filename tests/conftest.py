"""What all tests share: where real data lies, and the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
CHROMIUM_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# The same examples on every machine, however slow; --hypothesis-profile=default looks for others.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of public data beside the checkout (read only); tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("SPAREVERSE_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"no public data folder at {folder}; set SPAREVERSE_SHARED to its place")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; SPAREVERSE_REQUIRE_BROWSER=1 turns its absence from a skip into a failure."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    message = "no Chromium on this machine (Debian: apt-get install chromium): the browser journeys are not run"
    if os.environ.get("SPAREVERSE_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless browser. It ends with the module: while it runs, no test may start an event loop of its own."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo_twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo company, imported and analysed by the command line. Read only: copy it to change it."""
    folder = tmp_path_factory.mktemp("company") / "demo"
    subprocess.run(
        [Path(sys.executable).parent / "spareverse", "demo", folder, "--parts", "400", "--no-serve"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder
