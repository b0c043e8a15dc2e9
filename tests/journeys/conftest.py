"""Twins, a server of the installed program, and a browser, for the journeys."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from spareverse.examples.drawn_companies import drawn_company
from spareverse.io.twin_folder import TwinFolder
from spareverse.twin.twin import Twin
from tests import fixtures_observation as made

WAIT_MS = 60_000
"""Generous, since the machine may be busy with other tests; a step that works takes a fraction of it."""
expect.set_options(timeout=WAIT_MS)
LONGEST_START_S = 180.0


@dataclass
class Visit:
    """A page in the browser, with everything it asked for and complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")

    def foreign(self) -> list[str]:
        """Requests that left the server."""
        own = (self.address, self.address.replace("http:", "ws:"), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture(scope="session")
def files(demo_twin: Path) -> dict[str, Path]:
    """The order files of the small demo company, by table."""
    return {path.stem: path for path in (demo_twin / "files").glob("*.csv")}


@pytest.fixture(scope="session")
def analysed(demo_twin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo company's twin in which decisions may be made."""
    return Path(shutil.copytree(demo_twin, tmp_path_factory.mktemp("twin") / "acme"))


@pytest.fixture(scope="session")
def acme(analysed: Path) -> Iterator[str]:
    """Address of a server of the analysed twin."""
    with serving(analysed) as address:
        yield address


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """Address of a server of a twin without data."""
    with serving(TwinFolder.create(tmp_path / "empty", name="Empty").path) as address:
        yield address


@pytest.fixture(scope="session")
def network_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network without order lines, with a constructed observation."""
    twin = Twin(TwinFolder.create(tmp_path_factory.mktemp("observer") / "acme", name="Acme"))
    built = twin.import_network(drawn_company(3, parts=12))
    twin.folder.save_run("observation", made.document(network=built.id), made.tables())
    return twin.folder.path


@pytest.fixture
def observed(network_only: Path, tmp_path: Path) -> Iterator[str]:
    """Address of a server of a copy of it, in which answers may be given."""
    with serving(Path(shutil.copytree(network_only, tmp_path / "acme"))) as address:
        yield address


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[[str], Visit]]:
    """Open a fresh browser window on a server; nothing of an earlier visit is left."""
    contexts = []

    def open_window(address: str, *, width: int = 1280, height: int = 800, dark: bool = False) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        context.set_default_timeout(WAIT_MS)
        if dark:
            context.add_cookies([{"name": "spareverse_theme", "value": "dark", "url": address}])
        contexts.append(context)
        made = Visit(context.new_page(), address)
        made.page.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("request", lambda request: _note(made, request))
        return made

    yield open_window
    for context in contexts:
        context.close()


def _note(made: Visit, request: Request) -> None:
    made.requests.append(request.url)


def settled(page: Page) -> None:
    page.wait_for_function("() => !document.querySelector('.bone')")
    page.wait_for_function("() => [...document.querySelectorAll('.figure')].every((one) => one.querySelector('svg'))")


@contextmanager
def serving(path: Path) -> Iterator[str]:
    """The program's own server for a twin, ended with the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = str(Path(sys.executable).parent / "spareverse")
    # NiceGUI leaves its worker processes running where it sees the variables of pytest.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    server = subprocess.Popen([program, "serve", str(path), "--port", str(port)], stdout=subprocess.DEVNULL, env=plain)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/api/v1/twin", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=WAIT_MS / 1000)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + LONGEST_START_S
    while time.monotonic() < until:
        try:
            httpx.get(url, timeout=WAIT_MS / 1000).raise_for_status()
        except httpx.TransportError:
            assert server.poll() is None, "the server ended at its start"
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")
